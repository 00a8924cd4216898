"""Verification: queries that must find nothing, and an engine, in; a finding per solution out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal

from coopera import engines, files, places, queries
from coopera.engines import Answer, Engine
from coopera.errors import NothingCheckedError, Place, QueryError
from coopera.findings import SEVERITIES, Finding, order
from coopera.places import Spot, Wanted
from coopera.project import Project
from coopera.queries import SavedQuery
from coopera.tables import Table, Term
from coopera.terms import LANGUAGES, Prefixes

_VARIABLE = re.compile(r"\{[?$](\w+)\}")


@dataclass(frozen=True)
class QueryRule:
    """A file of `queries/verify`: a SELECT or ASK query, and what to say of each solution."""

    query: SavedQuery
    code: str
    severity: str
    message: Mapping[str, str]
    """Language -> text, in which `{?x}` stands for the term bound to that variable."""
    subject: str = ""
    """The variable bound to the thing to mend; empty for ASK."""
    path: str = ""
    """The property to mend, as a CURIE, or as the variable bound to it: `?relation`."""
    value: str = ""
    """The variable bound to the value to mend."""


def rules(project: Project) -> dict[str, QueryRule]:
    """Read every rule, by name.

    Raises QueryError for a header or a query that cannot be used, and for two rules of one name
    or of one code.
    """
    found: dict[str, QueryRule] = {}
    for path in project.verify_files:
        rule = read(path, project)
        for other in found.values():
            for what, one, two in (
                ("name", rule.query.name, other.query.name),
                ("code", rule.code, other.code),
            ):
                if one == two:
                    raise QueryError(
                        f"there is another rule of the {what} {one}: {Place(other.query.path)}.",
                        place=Place(path),
                        remedy=f"give one of the two another {what}.",
                    )
        found[rule.query.name] = rule
    return found


def read(path: Path, project: Project) -> QueryRule:
    """Read one rule. Raises QueryError for a header or a query that cannot be used."""
    text = files.text(path, queries.LARGEST)
    header = queries.read_header(path, text)
    query = queries.saved_query(path, project.root / "queries", text, header)
    variables = _variables(query)

    def refuse(key: str, problem: str, remedy: str) -> QueryError:
        lines = enumerate(query.text.splitlines(), 1)
        line = next((n for n, text in lines if re.match(rf"#\+\s*{key}\s*:", text)), 1)
        return QueryError(f"{problem}.", place=Place(path, line), remedy=f"{remedy}.")

    def variable(key: str, default: str = "") -> str:
        name = str(header.get(key, default)).lstrip("?$")
        if name and name not in variables:
            known = ", ".join(f"?{v}" for v in variables) or "nothing"
            raise refuse(key, f"the query does not give ?{name}", f"it gives {known}")
        return name

    code = header.get("code")
    if not (isinstance(code, str) and re.fullmatch(r"[A-Z]+[0-9]+", code)):
        raise refuse(
            "code", f"{code!r} is no code", "write capital letters and digits, such as OFFICE1"
        )
    severity = header.get("severity")
    if severity not in SEVERITIES:
        raise refuse("severity", f"{severity!r} is no severity", f"one of {', '.join(SEVERITIES)}")
    try:
        message = queries.bilingual(header.get("message"))
    except (KeyError, TypeError) as error:
        raise refuse(
            "message", f"the message lacks {error}", "write message: {en: …, fr: …}"
        ) from error
    named = {language: set(_VARIABLE.findall(text)) for language, text in message.items()}
    unknown = sorted(set.union(*named.values()) - set(variables))
    if unknown or len(set(map(frozenset, named.values()))) > 1:
        raise refuse(
            "message",
            f"the query does not give ?{unknown[0]}" if unknown else "the two messages differ",
            "both messages name the same variables of the query, as {?x}",
        )
    path_text = str(header.get("path", ""))
    if path_text.startswith("?"):
        variable("path")
    elif path_text:
        try:
            project.prefixes.iri(path_text)
        except ValueError as error:
            raise refuse("path", f"{error}", "write a CURIE or a ?variable") from error
    subject = variable("subject", variables[0] if variables else "")
    return QueryRule(query, code, severity, message, subject, path_text, variable("value"))


def _variables(query: SavedQuery) -> tuple[str, ...]:
    """Give the variables of a query's solutions, from an empty graph, where an answer is free."""
    try:
        answer = engines.ENGINES["oxigraph"]([]).query(query.text)
    except QueryError as error:
        raise queries.at(query.path, error) from error
    if isinstance(answer, list):
        raise QueryError(
            "a rule is a SELECT or an ASK query.",
            place=Place(query.path),
            remedy="select what must not be there.",
        )
    return answer.variables if isinstance(answer, Table) else ()


def pick(project: Project, names: Sequence[str] = (), allow_empty: bool = False) -> list[QueryRule]:
    """Give the rules of these names, or all.

    Raises QueryError, with near names, where there is none of a name, and NothingCheckedError
    where there is no rule at all, unless `allow_empty`.
    """
    found = rules(project)
    for name in names:
        if name not in found:
            raise QueryError(
                f"there is no rule '{name}' in queries/{queries.VERIFY}.",
                remedy=queries.nearest(name, list(found)),
            )
    if not found and not allow_empty:
        raise NothingCheckedError(
            "nothing was verified: there is no rule.",
            place=Place(project.root / "queries" / queries.VERIFY),
            remedy="write a query there that must find nothing; --allow-empty accepts it.",
        )
    return [found[name] for name in dict.fromkeys(names)] if names else list(found.values())


def run(project: Project, engine: Engine, names: Sequence[str] = ()) -> list[Finding]:
    """Run the rules of these names, or all, on the graph of an engine: a finding per solution.

    Raises QueryError as `rules` and `pick` do.
    """
    # A place in a file that people write says more than one in a file that is made from it.
    paths = sorted(project.graph_files, key=lambda p: p.name in ("derived.ttl", "evidence.ttl"))
    found = [
        (rule, solution, triple(rule, solution, project.prefixes))
        for rule in pick(project, names, allow_empty=True)
        for solution in solutions(engine.query(rule.query.text))
    ]
    spots = places.find(paths, {wanted for *_, wanted in found if wanted is not None})
    return order(
        _finding(rule, solution, wanted, spots, project.prefixes)
        for rule, solution, wanted in found
    )


def solutions(answer: Answer) -> list[dict[str, Term]]:
    """Give what the answer of a rule found: its solutions, or one without variables for ASK."""
    if isinstance(answer, Table):
        return answer.dicts()
    return [{}] if answer else []


def triple(rule: QueryRule, solution: Mapping[str, Term], prefixes: Prefixes) -> Wanted | None:
    """Give what is to be mended: a subject, perhaps its property, perhaps the value of that."""
    subject = solution.get(rule.subject)
    path = solution.get(rule.path[1:]) if rule.path[:1] in ("", "?") else prefixes.iri(rule.path)
    return None if subject is None else (subject, path, solution.get(rule.value))


def _finding(
    rule: QueryRule,
    solution: Mapping[str, Term],
    wanted: Wanted | None,
    spots: Mapping[Wanted, Spot],
    prefixes: Prefixes,
) -> Finding:
    subject, path, value = wanted or (None, None, None)
    spot = spots.get(wanted) if wanted else Spot(Place(rule.query.path))
    return Finding(
        rule.code,
        rule.severity,
        {language: _filled(rule.message[language], solution, prefixes) for language in LANGUAGES},
        spot.place if spot else None,
        prefixes.text(subject),
        path=prefixes.text(path),
        value=prefixes.text(value),
        shape_place=Place(rule.query.path),
        end=spot.end if spot else None,
    )


def _filled(message: str, solution: Mapping[str, Term], prefixes: Prefixes) -> str:
    def text(match: re.Match[str]) -> str:
        term = solution.get(match[1])
        return term.value if isinstance(term, Literal) else prefixes.text(term) or "?"

    return _VARIABLE.sub(text, message)

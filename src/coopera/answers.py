"""Answers: a saved query and what a person typed in; terms, a whole text and its answer out."""

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, pairwise
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from coopera import dates, engines, files, formats, graphs, queries
from coopera.engines import Engine
from coopera.errors import Place, QueryError, UnknownThingError
from coopera.findings import Finding
from coopera.project import Project
from coopera.queries import Parameter, SavedQuery
from coopera.tables import Table, Term
from coopera.terms import LANGUAGES, RDFS, SKOS, XSD, in_language

ALL = "all"
"""What a person types for "every value"."""
MOST_VALUES = 100
"""Values of one parameter, at most."""
LONGEST = 10_000
"""Characters that the values of one parameter may have together."""
MOST_CHOICES = 10_000
"""Things that are listed as the choices of one parameter, at most."""

AT_ONCE = 300
"""Things whose labels are asked for in one query: servers bound the length of its text."""

# Virtuoso 7.2.5 answers property paths with * wrongly, depending on its plan.
_MEMBER = f"a|(a/<{RDFS}subClassOf>)|(a/<{RDFS}subClassOf>/<{RDFS}subClassOf>)"
_NAMES = f"<{RDFS}label>|<{SKOS}prefLabel>|<{SKOS}altLabel>"


def resolve(
    project: Project, engine: Engine, query: SavedQuery, given: Mapping[str, Sequence[str]]
) -> str:
    """Write what a person typed for the parameters of a query into its text, as terms.

    A value is an IRI, a CURIE, a label that one thing alone bears, a date, a number, a language
    tag, or `all`. Raises QueryError, with near names, for one that cannot be read.
    """
    return queries.bind(query.text, values(project, engine, query, given))


def values(
    project: Project, engine: Engine, query: SavedQuery, given: Mapping[str, Sequence[str]]
) -> dict[str, list[Term] | None]:
    """Read what a person typed for the parameters of a query; `None` stands for every value.

    Raises QueryError as `resolve`, and for more than `MOST_VALUES` or `LONGEST`.
    """
    found: dict[str, list[Term] | None] = {}
    for name, texts in given.items():
        parameter = query.parameter(name)
        length = sum(map(len, texts))
        if len(texts) > MOST_VALUES or length > LONGEST:
            raise QueryError(
                f"the parameter {name} has {len(texts)} values of {length} characters; at most "
                f"{MOST_VALUES} of {LONGEST} may be.",
                remedy=f"write {name}={ALL}, or ask in several parts.",
            )
        if ALL in texts:
            found[name] = None
        else:
            found[name] = [value(project, engine, parameter, text) for text in texts]
    return found


def value(project: Project, engine: Engine, parameter: Parameter, text: str) -> Term:
    """Read one value of a parameter. Raises QueryError, with the remedy, where it does not fit."""
    match parameter.type:
        case "iri":
            return _thing(project, engine, parameter, text)
        case "integer" if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
            return Literal(str(int(text)), datatype=NamedNode(XSD + "integer"))
        case "language" if re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", text):
            return Literal(_language(text))
        case "date" if kind := dates.precision(text):
            if parameter.bound:
                day = dates.first_day if parameter.bound == "earliest" else dates.last_day
                text, kind = day(text), "date"
            return Literal(text, datatype=NamedNode(XSD + kind))
        case "string":
            return Literal(text)
    examples = {"integer": "12", "date": "2025-07-17", "language": "fr"}
    raise QueryError(
        f"'{text}' is no {parameter.type}, as the parameter {parameter.name} asks for.",
        remedy=f"write it like {examples.get(parameter.type, 'a text')}.",
    )


def _language(tag: str) -> str:
    """Look a language up (RFC 4647, 3.4): a regional tag stands for its language.

    Raises QueryError for a language in which nothing is named: all names would be empty.
    """
    language = tag.lower().partition("-")[0]
    if language not in LANGUAGES:
        raise QueryError(
            f"names are not given in the language '{tag}'.",
            remedy=f"choose among {', '.join(sorted(LANGUAGES))}.",
        )
    return language


def choices(
    project: Project, engine: Engine, parameter: Parameter, language: str
) -> list[tuple[Term, str]]:
    """List what may be chosen for a parameter, with its label in a language, sorted by label.

    These are the members of its class or its scheme, `MOST_CHOICES` at most, or the languages.
    There are none for a parameter that is any text, number, date or thing.
    """
    if parameter.type == "language":
        names = {"en": ("English", "anglais"), "fr": ("French", "français")}
        return [(Literal(tag), names[tag][language == "fr"]) for tag in sorted(names)]
    pattern = _pattern(project, parameter)
    if not pattern:
        return []
    found = engine.query(
        f"SELECT DISTINCT ?thing ?label {{ {{ SELECT DISTINCT ?thing {{ {pattern} }} "
        f"ORDER BY ?thing LIMIT {MOST_CHOICES} }} OPTIONAL {{ ?thing <{RDFS}label> ?label }} }}"
    )
    assert isinstance(found, Table)  # noqa: S101 - the text is a SELECT
    texts: dict[Term, list[Term]] = {}
    for thing, label in found.rows:
        if isinstance(thing, NamedNode):
            texts.setdefault(thing, []).extend([label] if label is not None else [])
    labels = ((t, in_language(some, language) or project.prefixes.text(t))
              for t, some in texts.items())  # fmt: skip
    return sorted(labels, key=lambda pair: (_sorted_as(pair[1]), str(pair[0])))


@dataclass(frozen=True)
class Nothing:
    """What may lie behind an empty answer."""

    left: tuple[tuple[Parameter, str], ...] = ()
    """The parameters that were left at their defaults, each with what stands there in words."""
    same: tuple[tuple[Parameter, Parameter, str], ...] = ()
    """Parameters with the same choices that have the same value, and that value in words."""


def nothing(
    project: Project, engine: Engine, query: SavedQuery, given: Container[str], text: str,
    language: str,
) -> Nothing:  # fmt: skip
    """Look for what may lie behind an empty answer to a text of a saved query.

    `given` are the names of the parameters whose values somebody chose. The language of labels
    and "every value" are never behind it.
    """
    terms = engines.bound_terms(engines.ENGINES["oxigraph"]([]), query, text)
    things = [p for p in query.parameters
              if p.type != "language" and terms[p.name] and None not in terms[p.name]]  # fmt: skip
    iris = {term for p in things for term in terms[p.name] if term is not None}
    table = Table(("x",), tuple((term,) for term in iris))
    labels = dict(zip(iris, named(engine, table, language).column("x"), strict=True))

    def said(parameter: Parameter) -> str:
        shown = (labels[term] for term in terms[parameter.name] if term is not None)
        return ", ".join(
            term.value if isinstance(term, Literal) else project.prefixes.text(term)
            for term in shown
        )

    pairs = combinations((p for p in things if p.members_of or p.scheme), 2)
    return Nothing(
        tuple((p, said(p)) for p in things if p.name not in given),
        tuple((a, b, said(a)) for a, b in pairs
              if (a.members_of, a.scheme) == (b.members_of, b.scheme)
              and terms[a.name] == terms[b.name]),
    )  # fmt: skip


def _sorted_as(label: str) -> str:
    """Give what a label is sorted by: its letters without accents and case."""
    apart = unicodedata.normalize("NFKD", label.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def _pattern(project: Project, parameter: Parameter) -> str:
    """Give the pattern that `?thing` meets to be chosen; nothing where anything may be."""
    parts = []
    if parameter.members_of:
        parts.append(f"?thing {_MEMBER} {project.prefixes.iri(parameter.members_of)} .")
    if parameter.scheme:
        parts.append(f"?thing <{SKOS}inScheme> {project.prefixes.iri(parameter.scheme)} .")
    return " ".join(parts)


def named(engine: Engine, table: Table, language: str) -> Table:
    """Put the label of each thing in place of its IRI, where it has one, for a person to read.

    A column `xLabel` is dropped where there is a column `x`.
    """
    kept = [
        at
        for at, name in enumerate(table.variables)
        if not (name.endswith("Label") and name.removesuffix("Label") in table.variables)
    ]
    iris = {cell for row in table.rows for cell in row if isinstance(cell, NamedNode)}
    texts: dict[Term | None, list[Term]] = {}
    rest = iter(sorted(map(str, iris)))
    while some := " ".join(islice(rest, AT_ONCE)):
        found = engine.query(
            f"SELECT ?x ?label {{ VALUES ?x {{ {some} }} ?x <{RDFS}label> ?label }}"
        )
        assert isinstance(found, Table)  # noqa: S101 - the text is a SELECT
        for thing, label in found.rows:
            if label is not None:
                texts.setdefault(thing, []).append(label)

    def shown(cell: Term | None) -> Term | None:
        text = in_language(texts.get(cell, []), language)
        return cell if text is None else Literal(text)

    rows = tuple(tuple(shown(row[at]) for at in kept) for row in table.rows)
    return Table(tuple(table.variables[at] for at in kept), rows)


def _thing(project: Project, engine: Engine, parameter: Parameter, text: str) -> NamedNode:
    """Find the thing that an IRI, a CURIE or a label names, among the choices."""
    pattern = _pattern(project, parameter)
    if re.match(r"<|https?://|urn:", text) or text.partition(":")[0] in project.prefixes.namespaces:
        try:
            thing = project.prefixes.iri(text)
        except ValueError as error:
            raise QueryError(f"{error}.", remedy="write <IRI>, a CURIE or a label.") from error
        _demand_choice(project, engine, parameter, thing)
        return thing
    labels = engine.query(
        f"SELECT DISTINCT ?thing (STR(?text) AS ?label) WHERE {{ {pattern or '?thing a ?class .'} "
        f"?thing {_NAMES} ?text }} ORDER BY ?thing ?label"
    )
    assert isinstance(labels, Table)  # noqa: S101 - the text is a SELECT
    things: dict[str, set[NamedNode]] = {}
    for named_thing, label in labels.rows:
        if isinstance(named_thing, NamedNode) and isinstance(label, Literal):
            things.setdefault(label.value, set()).add(named_thing)
    found = {
        t for label, some in things.items() if label.casefold() == text.casefold() for t in some
    }
    if len(found) == 1:
        return found.pop()
    if found:
        names = ", ".join(sorted(project.prefixes.text(thing) for thing in found))
        raise QueryError(f"several things are called '{text}'.", remedy=f"write one of {names}.")
    raise UnknownThingError(
        f"nothing is called '{text}'.", remedy=queries.nearest(text, list(things))
    )


def _demand_choice(
    project: Project, engine: Engine, parameter: Parameter, thing: NamedNode
) -> None:
    """Raise QueryError, with near names, for a thing that is none of the choices."""
    name, pattern = project.prefixes.text(thing), _pattern(project, parameter)
    asked = pattern.replace("?thing", str(thing))
    if pattern and engine.query(f"ASK {{ {asked} }}"):
        return
    there = engine.query(f"ASK {{ {{ {thing} ?p ?o }} UNION {{ ?s ?p {thing} }} }}")
    if there and not pattern:
        return
    known = engine.query(
        f"SELECT DISTINCT ?thing {{ {pattern or '?thing a ?class'} }} ORDER BY ?thing"
    )
    assert isinstance(known, Table)  # noqa: S101 - the text is a SELECT
    kind = parameter.scheme or parameter.members_of
    problem = f"{name} is none of {kind}." if there else f"nothing in the graph is {name}."
    curies = [project.prefixes.text(member) for (member,) in known.rows]
    raise UnknownThingError(problem, remedy=queries.nearest(name, curies))


def check(project: Project, engine: Engine) -> list[Finding]:
    """Compare each saved query's answer with the one kept beside it (codes COOP951 to 953)."""
    found = []
    for query in project.queries.values():
        finding = problem(project, engine, query)
        if finding:
            found.append(finding)
    return found


def problem(project: Project, engine: Engine, query: SavedQuery) -> Finding | None:
    """Say how a saved query's answer differs from the one kept beside it, if it does."""
    words = [token.text.upper() for token in queries.tokens(query.text)]
    if query.form == "SELECT" and ("ORDER", "BY") not in pairwise(words):
        return _query_finding(
            "COOP954",
            query,
            "the query has no ORDER BY, so its answer is in no order; order it by all its columns.",
            "la requête n'a pas d'ORDER BY, sa réponse n'a pas d'ordre ; ordonnez-la par colonnes.",
        )
    answer = engine.query(query.text)
    rows = answer.rows if isinstance(answer, Table) else answer
    if not rows and query.expects_none is None:
        return _query_finding(
            "COOP951",
            query,
            "the answer is empty; mend the query, or say expect: none with the reason.",
            "la réponse est vide ; corrigez la requête, ou dites expect: none et pourquoi.",
        )
    if rows and query.expects_none is not None:
        return _query_finding(
            "COOP952",
            query,
            "the answer was expected to be empty and is not; take expect: none out.",
            "la réponse devait être vide et ne l'est pas ; ôtez expect: none.",
        )
    if not query.answer.is_file():
        en, fr = "there is no answer beside the query", "aucune réponse à côté de la requête"
    elif not _same(project, answer, query.answer):
        en, fr = (
            f"the answer differs from {query.answer.name}",
            f"la réponse diffère du fichier {query.answer.name}",
        )
    else:
        return None
    return _query_finding(
        "COOP953",
        query,
        f"{en}; look at it, then run coopera queries --update {query.name}.",
        f"{fr} ; regardez-la, puis lancez coopera queries --update {query.name}.",
    )


def _query_finding(code: str, query: SavedQuery, en: str, fr: str) -> Finding:
    return Finding(code, "error", {"en": en, "fr": fr}, Place(query.path), query.name)


def _same(project: Project, answer: engines.Answer, path: Path) -> bool:
    if isinstance(answer, Table):
        text = files.text(path)
        return answer == formats.read_answer(text, project.prefixes, Place(path))
    return not isinstance(answer, bool) and set(answer) == set(graphs.read(path))


def answer_text(project: Project, engine: Engine, query: SavedQuery) -> str:
    """Give the text of the answer to be kept beside a saved query."""
    answer = engine.query(query.text)
    name = "turtle" if query.gives_a_graph else "answer"
    return formats.text(answer, name, project.prefixes)

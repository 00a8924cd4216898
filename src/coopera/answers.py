"""Answers: a saved query and what a person typed in; terms, a whole text and its answer out."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from coopera import engines, files, formats, graphs, queries
from coopera.engines import Engine
from coopera.errors import Place, QueryError
from coopera.findings import Finding
from coopera.project import Project
from coopera.queries import Parameter, SavedQuery
from coopera.tables import Table, Term
from coopera.terms import RDFS, SKOS, XSD, in_language

ALL = "all"
"""What a person types for "every value"."""

_DATES = {"%Y-%m-%d": "date", "%Y-%m": "gYearMonth", "%Y": "gYear"}
_LABELS = f"""SELECT DISTINCT ?thing (STR(?text) AS ?label) WHERE {{
  ?class <{RDFS}subClassOf>* ?kind . ?thing a ?class .
  ?thing <{RDFS}label>|<{SKOS}prefLabel>|<{SKOS}altLabel> ?text
}} ORDER BY ?thing ?label"""


def resolve(
    project: Project, engine: Engine, query: SavedQuery, given: Mapping[str, Sequence[str]]
) -> str:
    """Write what a person typed for the parameters of a query into its text, as terms.

    A value is an IRI, a CURIE, a label that one thing alone bears, a date, a number, a language
    tag, or `all`. Raises QueryError, with near names, for one that cannot be read.
    """
    values: dict[str, list[Term] | None] = {}
    for name, texts in given.items():
        parameter = query.parameter(name)
        if ALL in texts:
            values[name] = None
        else:
            values[name] = [value(project, engine, parameter, text) for text in texts]
    return queries.bind(query.text, values)


def value(project: Project, engine: Engine, parameter: Parameter, text: str) -> Term:
    """Read one value of a parameter. Raises QueryError, with the remedy, where it does not fit."""
    match parameter.type:
        case "iri":
            return _thing(project, engine, parameter, text)
        case "integer" if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
            return Literal(str(int(text)), datatype=NamedNode(XSD + "integer"))
        case "language" if re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", text):
            return Literal(text.lower())
        case "date" if kind := _precision(text):
            return Literal(text, datatype=NamedNode(XSD + kind))
        case "string":
            return Literal(text)
    examples = {"integer": "12", "date": "2025-07-17", "language": "fr"}
    raise QueryError(
        f"'{text}' is no {parameter.type} for -p {parameter.name}=….",
        remedy=f"write it like {examples.get(parameter.type, 'a text')}.",
    )


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
    values = " ".join(map(str, sorted(iris, key=str)))
    found = engine.query(f"SELECT ?x ?label {{ VALUES ?x {{ {values} }} ?x <{RDFS}label> ?label }}")
    assert isinstance(found, Table)  # noqa: S101 - the text is a SELECT
    texts: dict[Term | None, list[Term]] = {}
    for thing, label in found.rows:
        if label is not None:
            texts.setdefault(thing, []).append(label)

    def shown(cell: Term | None) -> Term | None:
        text = in_language(texts.get(cell, []), language)
        return cell if text is None else Literal(text)

    rows = tuple(tuple(shown(row[at]) for at in kept) for row in table.rows)
    return Table(tuple(table.variables[at] for at in kept), rows)


def _precision(text: str) -> str:
    """Name the datatype of a date, a month or a year; nothing for a day that does not exist."""
    for form, datatype in _DATES.items():
        try:
            if datetime.strptime(text, form).strftime(form) == text:
                return datatype
        except ValueError:
            continue
    return ""


def _thing(project: Project, engine: Engine, parameter: Parameter, text: str) -> NamedNode:
    """Find the thing that an IRI, a CURIE or a label names; a label among the choices only."""
    if re.match(r"<|https?://|urn:", text) or text.partition(":")[0] in project.prefixes.namespaces:
        try:
            named_thing = project.prefixes.iri(text)
        except ValueError as error:
            raise QueryError(f"{error}.", remedy="write <IRI>, a CURIE or a label.") from error
        if engine.query(f"ASK {{ {{ {named_thing} ?p ?o }} UNION {{ ?s ?p {named_thing} }} }}"):
            return named_thing
        known = engine.query("SELECT DISTINCT ?thing { ?thing a ?class } ORDER BY ?thing")
        assert isinstance(known, Table)  # noqa: S101 - the text is a SELECT
        curies = [project.prefixes.text(thing) for (thing,) in known.rows]
        raise QueryError(
            f"nothing in the graph is {project.prefixes.text(named_thing)}.",
            remedy=queries.nearest(project.prefixes.text(named_thing), curies),
        )
    kind = str(project.prefixes.iri(parameter.members_of)) if parameter.members_of else "?class"
    labels = engine.query(_LABELS.replace("?kind", kind))
    assert isinstance(labels, Table)  # noqa: S101 - the text is a SELECT
    things: dict[str, set[NamedNode]] = {}
    for thing, label in labels.rows:
        if isinstance(thing, NamedNode) and isinstance(label, Literal):
            things.setdefault(label.value, set()).add(thing)
    found = {
        t for label, some in things.items() if label.casefold() == text.casefold() for t in some
    }
    if len(found) == 1:
        return found.pop()
    if found:
        names = ", ".join(sorted(project.prefixes.text(thing) for thing in found))
        raise QueryError(f"several things are called '{text}'.", remedy=f"write one of {names}.")
    raise QueryError(f"nothing is called '{text}'.", remedy=queries.nearest(text, list(things)))


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
            f"la réponse diffère de {query.answer.name}",
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


def choices(project, engine, parameter, language):
    """Stub."""
    return []

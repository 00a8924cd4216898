"""Formats: a Table or triples in; a text that a person or a program reads out."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from pyoxigraph import Literal, RdfFormat, Triple, serialize

from coopera import turtle
from coopera.errors import QueryError
from coopera.formats import parquet, people, results
from coopera.formats.people import human, markdown
from coopera.formats.results import RowWriter, read_answer
from coopera.tables import Quads, Rows, Table
from coopera.terms import Prefixes

__all__ = [
    "FORMATS",
    "Format",
    "default",
    "ending",
    "human",
    "markdown",
    "pieces",
    "read_answer",
    "text",
]

TableWriter = Callable[[Table, Prefixes], str]
GraphWriter = Callable[[Iterable[Triple], Prefixes], str]


@dataclass(frozen=True)
class Format:
    """A format's file ending and media type, and how it writes what it can hold."""

    ending: str
    media_type: str
    rows: RowWriter | None = None
    """Writes a table row by row, and so one of any length."""
    table: TableWriter | None = None
    """Writes a table that is held as a whole."""
    graph: GraphWriter | None = None
    binary: Callable[[Table], bytes] | None = None
    """Writes a table as bytes, which are for files only."""

    def holds(self, kind: str) -> bool:
        """Say whether it can hold a `table` or a `graph`."""
        if kind == "graph":
            return self.graph is not None
        return self.rows is not None or self.table is not None or self.binary is not None


def _serialized(syntax: RdfFormat) -> GraphWriter:
    def write(triples: Iterable[Triple], prefixes: Prefixes) -> str:
        written = serialize(
            sorted(set(triples), key=str), format=syntax, prefixes=prefixes.namespaces
        )
        return (written or b"").decode()

    return write


def json_ld(triples: Iterable[Triple], prefixes: Prefixes) -> str:
    """Write JSON-LD 1.1 in expanded form, one node a line, so that two versions compare."""
    nodes = json.loads(_serialized(RdfFormat.JSON_LD)(triples, Prefixes({})))
    lines = ",\n".join(json.dumps(node, ensure_ascii=False) for node in nodes)
    return f"[\n{lines}\n]\n"


def rdf_xml(triples: Iterable[Triple], prefixes: Prefixes) -> str:
    """Write RDF/XML. Raises QueryError for what it cannot hold (RDF 1.1 XML Syntax, 8)."""
    held = list(triples)
    for triple in held:
        value = triple.object
        # pyoxigraph 0.5.13 writes both, and nobody can read them.
        if not re.search(r"[^\W\d][\w.-]*$", triple.predicate.value):
            problem = f"RDF/XML cannot hold the predicate {triple.predicate}"
        elif isinstance(value, Literal) and (found := results.NOT_XML.search(value.value)):
            problem = f"a text holds the character U+{ord(found[0]):04X}, which XML cannot hold"
        else:
            continue
        raise QueryError(f"{problem}.", remedy="use -f turtle.")
    # A return is part of a text here only, and an XML reader would take it for a line's end.
    return _serialized(RdfFormat.RDF_XML)(held, prefixes).replace("\r", "&#13;")


FORMATS: dict[str, Format] = {
    "table": Format(".txt", "text/plain", table=human),
    "csv": Format(".csv", "text/csv", rows=results.sparql_csv),
    "tsv": Format(".tsv", "text/tab-separated-values", rows=results.sparql_tsv),
    "json": Format(".srj", "application/sparql-results+json", rows=results.sparql_json),
    "xml": Format(".srx", "application/sparql-results+xml", rows=results.sparql_xml),
    "markdown": Format(".md", "text/markdown", table=markdown),
    "html": Format(".html", "text/html", table=people.html),
    "sheet": Format(".csv", "text/csv", rows=results.sheet),
    "parquet": Format(".parquet", "application/vnd.apache.parquet", binary=parquet.write),
    "answer": Format(".csv", "text/csv", rows=results.answer_csv),
    "turtle": Format(".ttl", "text/turtle", graph=turtle.text),
    "ntriples": Format(".nt", "application/n-triples", graph=_serialized(RdfFormat.N_TRIPLES)),
    "nquads": Format(".nq", "application/n-quads", graph=_serialized(RdfFormat.N_QUADS)),
    "jsonld": Format(".jsonld", "application/ld+json", graph=json_ld),
    "trig": Format(".trig", "application/trig", graph=turtle.text),
    "rdfxml": Format(".rdf", "application/rdf+xml", graph=rdf_xml),
}
"""The formats by name. A graph without names is the same text in TriG as in Turtle (TriG, 2), and
in N-Quads as in N-Triples (N-Quads, 2)."""
LABELLED = ("table", "markdown", "html")
"""The formats for people, in which labels stand in place of IRIs."""


def pieces(
    answer: Table | Rows | Quads | bool, name: str, prefixes: Prefixes, language: str = "en"
) -> Iterator[bytes]:
    """Write an answer in a format, piece by piece.

    Rows are written as they come. Raises QueryError where the format cannot hold the answer, also
    while it is written.
    """
    form = FORMATS[name]
    if isinstance(answer, bool):
        yield _boolean(answer, name).encode()
        return
    if isinstance(answer, list):
        writer = form.graph or _refuse(name, "graph")
        yield writer(answer, prefixes).encode()
        return
    if form.rows:
        rows = answer if isinstance(answer, Rows) else Rows(answer.variables, iter(answer.rows))
        for piece in form.rows(rows, prefixes, language):
            yield piece.encode()
        return
    table = answer if isinstance(answer, Table) else Table(answer.variables, tuple(answer.rows))
    if form.binary:
        yield form.binary(table)
        return
    whole = form.table or _refuse(name, "table")
    yield whole(table, prefixes).encode()


def text(answer: Table | Quads | bool, name: str, prefixes: Prefixes, language: str = "en") -> str:
    """Write an answer in a format that is text; see `pieces`."""
    return b"".join(pieces(answer, name, prefixes, language)).decode()


def _boolean(answer: bool, name: str) -> str:
    """Write the answer to an ASK."""
    word = str(answer).lower()
    if name == "json":
        return f'{{"head": {{}}, "boolean": {word}}}\n'
    if name == "xml":
        return f"{results.XML_HEAD}\n<head/>\n<boolean>{word}</boolean>\n</sparql>\n"
    if FORMATS[name].binary:
        _refuse(name, "boolean")
    return f"{word}\n"


def _refuse(name: str, kind: str) -> NoReturn:
    fit = ", ".join(n for n, form in FORMATS.items() if form.holds(kind)) or "json, xml"
    raise QueryError(
        f"the answer is a {kind}; {name} cannot hold one.", remedy=f"use -f with one of {fit}."
    )


def ending(suffix: str, kind: str) -> str | None:
    """Give the format of a file by its ending: the first that holds a `table` or a `graph`."""
    fit = (n for n, form in FORMATS.items() if form.ending == suffix and form.holds(kind))
    return next(fit, None)

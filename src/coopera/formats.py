"""Formats: a Table or triples in; a text that a person or a program reads out."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from coopera import turtle
from coopera.errors import DataError, Place, QueryError
from coopera.findings import plain
from coopera.tables import Quads, Row, Table, Term
from coopera.terms import XSD, Prefixes

WIDEST = 72
"""Characters that a cell of the table for people may have."""

TableWriter = Callable[[Table, Prefixes], str]
GraphWriter = Callable[[Iterable[Triple], Prefixes], str]


@dataclass(frozen=True)
class Format:
    """A format's file ending and media type, and how it writes tables or triples, if it does."""

    ending: str
    media_type: str
    table: TableWriter | None = None
    graph: GraphWriter | None = None


def _plain(term: Term | None) -> str:
    """Give a term's value without its kind, datatype or language."""
    return "" if term is None else term.value if not isinstance(term, Triple) else str(term)


def _shown(term: Term | None, prefixes: Prefixes) -> str:
    """Give a term for a person: CURIEs, and literals without their quotes."""
    if isinstance(term, Literal):
        return plain(" ".join(term.value.split()))
    return prefixes.text(term)


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def human(table: Table, prefixes: Prefixes) -> str:
    """Write aligned columns under their names, and the number of solutions; long cells are cut."""
    rows = ([_cut(_shown(cell, prefixes)) for cell in row] for row in table.rows)
    cells = [list(table.variables), *rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells
    ]
    lines.insert(1, "  ".join("─" * width for width in widths))
    count = len(table.rows)
    return "\n".join([*lines, f"{count} {'solution' if count == 1 else 'solutions'}", ""])


def markdown(table: Table, prefixes: Prefixes) -> str:
    """Write a Markdown table; pipes and brackets in cells are escaped."""

    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(re.sub(r"([|<>\[\]`*_\\])", r"\\\1", c) for c in cells) + " |\n"

    rows = (line(_shown(cell, prefixes) for cell in row) for row in table.rows)
    return line(table.variables) + "|" + " --- |" * len(table.variables) + "\n" + "".join(rows)


def sparql_csv(table: Table, _prefixes: Prefixes) -> str:
    """Write CSV (SPARQL 1.1 Query Results CSV and TSV Formats, 3)."""
    return _csv(table.variables, ([_plain(cell) for cell in row] for row in table.rows), "\r\n")


def sparql_tsv(table: Table, _prefixes: Prefixes) -> str:
    """Write TSV (SPARQL 1.1 Query Results CSV and TSV Formats, 4)."""
    rows = ("\t".join("" if c is None else str(c) for c in row) for row in table.rows)
    return "\n".join(["\t".join(f"?{name}" for name in table.variables), *rows, ""])


def sparql_json(table: Table, _prefixes: Prefixes) -> str:
    """Write JSON (SPARQL 1.1 Query Results JSON Format, 3)."""
    solutions = [{name: _json(cell) for name, cell in row.items()} for row in table.dicts()]
    document = {"head": {"vars": table.variables}, "results": {"bindings": solutions}}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _json(term: Term) -> dict[str, object]:
    match term:
        case NamedNode():
            return {"type": "uri", "value": term.value}
        case BlankNode():
            return {"type": "bnode", "value": term.value}
        case Literal() if term.language:
            return {"type": "literal", "value": term.value, "xml:lang": term.language}
        case Literal() if term.datatype.value != XSD + "string":
            return {"type": "literal", "value": term.value, "datatype": term.datatype.value}
        case Literal():
            return {"type": "literal", "value": term.value}
        case _:
            raise QueryError("a quoted triple has no form in SPARQL 1.1 results.")


def answer_csv(table: Table, prefixes: Prefixes) -> str:
    """Write the form in which answers are kept: CSV whose cells are Turtle terms."""
    return _csv(
        table.variables, ([prefixes.text(cell) for cell in row] for row in table.rows), "\n"
    )


def read_answer(text: str, prefixes: Prefixes, place: Place) -> Table:
    """Read what `answer_csv` writes. Raises DataError for a cell that is no Turtle term."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows:
        raise DataError("the answer is empty.", place=place, remedy="write the names of variables.")
    solutions: list[Row] = []
    for number, row in enumerate(rows[1:], 2):
        try:
            solutions.append(tuple(prefixes.term(cell) if cell else None for cell in row))
        except ValueError as error:
            raise DataError(
                f"{error}.",
                place=Place(place.path, number),
                remedy="write Turtle terms, or the answer anew: coopera queries --update.",
            ) from error
        if len(row) != len(rows[0]):
            raise DataError(
                f"{len(row)} cells under {len(rows[0])} variables.",
                place=Place(place.path, number),
                remedy="one cell a variable.",
            )
    return Table(tuple(rows[0]), tuple(solutions))


def _csv(head: Iterable[str], rows: Iterable[Iterable[str]], end: str) -> str:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator=end)
    writer.writerow(head)
    writer.writerows(rows)
    return written.getvalue()


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


FORMATS: dict[str, Format] = {
    "table": Format(".txt", "text/plain", table=human),
    "csv": Format(".csv", "text/csv", table=sparql_csv),
    "tsv": Format(".tsv", "text/tab-separated-values", table=sparql_tsv),
    "json": Format(".srj", "application/sparql-results+json", table=sparql_json),
    "markdown": Format(".md", "text/markdown", table=markdown),
    "answer": Format(".csv", "text/csv", table=answer_csv),
    "turtle": Format(".ttl", "text/turtle", graph=turtle.text),
    "ntriples": Format(".nt", "application/n-triples", graph=_serialized(RdfFormat.N_TRIPLES)),
    "jsonld": Format(".jsonld", "application/ld+json", graph=json_ld),
    "trig": Format(".trig", "application/trig", graph=turtle.text),
}
"""The formats by name. A graph without names is the same text in TriG as in Turtle (TriG, 2)."""


def text(answer: Table | Quads | bool, name: str, prefixes: Prefixes) -> str:
    """Write an answer in a format. Raises QueryError where the format cannot hold it."""
    if isinstance(answer, bool):
        document: dict[str, object] = {"head": {}, "boolean": answer}
        return json.dumps(document) + "\n" if name == "json" else f"{str(answer).lower()}\n"
    kind = "table" if isinstance(answer, Table) else "graph"
    writer = getattr(FORMATS[name], kind)
    if writer is None:
        fit = ", ".join(n for n, f in FORMATS.items() if getattr(f, kind) is not None)
        raise QueryError(
            f"the answer is a {kind}; {name} cannot hold one.", remedy=f"use -f with one of {fit}."
        )
    return str(writer(answer, prefixes))


def default(answer: Table | Quads | bool) -> str:
    """Give the format that a terminal shows an answer in."""
    return "turtle" if isinstance(answer, list) else "table"

"""Tables for programs: the names of columns and rows in; pieces of text, as they come, out."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from html import escape

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopera.errors import DataError, Place, QueryError
from coopera.tables import Row, Rows, Table, Term
from coopera.terms import XSD, Prefixes

NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What starts a cell that spreadsheets compute, some of them in its wide form."""
_FRACTIONS = (XSD + "decimal", XSD + "double", XSD + "float")


def _value(term: Term | None) -> str:
    """Give a term's value without its kind, datatype or language."""
    match term:
        case None:
            return ""
        case NamedNode() | Literal():
            return term.value
        case _:
            return str(term)


def _csv(
    names: Iterable[str], rows: Iterable[Iterable[str]], end: str, comma: str = ","
) -> Iterator[str]:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator=end, delimiter=comma)
    writer.writerow(names)
    for row in rows:
        writer.writerow(row)
        yield written.getvalue()
        written.seek(0)
        written.truncate()
    yield written.getvalue()


def sparql_csv(table: Rows, _prefixes: Prefixes, _language: str) -> Iterator[str]:
    """Write CSV (SPARQL 1.1 Query Results CSV and TSV Formats, 3)."""
    return _csv(table.variables, (map(_value, row) for row in table.rows), "\r\n")


def sheet(table: Rows, _prefixes: Prefixes, language: str) -> Iterator[str]:
    """Write CSV for spreadsheets: no cell is a formula, letters are kept, columns are found.

    It begins with a byte order mark. In French, a semicolon stands between cells and a comma in
    fractions, which is what a French spreadsheet reads. A text that would be computed begins with
    an apostrophe.
    """
    french = language == "fr"

    def cell(term: Term | None) -> str:
        text = _value(term)
        kind = term.datatype.value if isinstance(term, Literal) else XSD + "string"
        if kind != XSD + "string" and _NUMBER.fullmatch(text):
            return text.replace(".", ",") if french and kind in _FRACTIONS else text
        return f"'{text}" if text.startswith(_FORMULA) else text

    yield "\ufeff"
    rows = (map(cell, row) for row in table.rows)
    yield from _csv(table.variables, rows, "\r\n", ";" if french else ",")


def sparql_tsv(table: Rows, _prefixes: Prefixes, _language: str) -> Iterator[str]:
    """Write TSV (SPARQL 1.1 Query Results CSV and TSV Formats, 4)."""
    yield "\t".join(f"?{name}" for name in table.variables) + "\n"
    for row in table.rows:
        yield "\t".join("" if c is None else str(c).replace("\t", "\\t") for c in row) + "\n"


def sparql_json(table: Rows, _prefixes: Prefixes, _language: str) -> Iterator[str]:
    """Write JSON (SPARQL 1.1 Query Results JSON Format, 3), one solution a line."""
    head = json.dumps({"vars": table.variables}, ensure_ascii=False)
    yield f'{{"head": {head}, "results": {{"bindings": ['
    comma = "\n"
    for row in table.rows:
        cells = zip(table.variables, row, strict=True)
        solution = {name: _json(cell) for name, cell in cells if cell is not None}
        yield comma + json.dumps(solution, ensure_ascii=False)
        comma = ",\n"
    yield "\n]}}\n"


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
            raise _quoted()


def _quoted() -> QueryError:
    return QueryError("a quoted triple has no form in SPARQL 1.1 results.")


XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">'


def sparql_xml(table: Rows, _prefixes: Prefixes, _language: str) -> Iterator[str]:
    """Write XML (SPARQL Query Results XML Format, 2.3). Raises QueryError for what it cannot hold.

    Such are most control characters.
    """
    names = "".join(f'<variable name="{escape(name)}"/>' for name in table.variables)
    yield f"{XML_HEAD}\n<head>{names}</head>\n<results>\n"
    for row in table.rows:
        cells = zip(table.variables, row, strict=True)
        bindings = "".join(
            f'<binding name="{escape(name)}">{_xml(cell)}</binding>'
            for name, cell in cells
            if cell is not None
        )
        yield f"<result>{bindings}</result>\n"
    yield "</results>\n</sparql>\n"


def _xml(term: Term) -> str:
    if isinstance(term, Triple):
        raise _quoted()
    if found := NOT_XML.search(term.value):
        raise QueryError(
            f"a text holds the character U+{ord(found[0]):04X}, which XML cannot hold.",
            remedy="use -f json.",
        )
    # An XML reader would take a return for a line's end.
    text = escape(term.value, quote=False).replace("\r", "&#13;")
    match term:
        case NamedNode():
            return f"<uri>{text}</uri>"
        case BlankNode():
            return f"<bnode>{text}</bnode>"
        case Literal() if term.language:
            return f'<literal xml:lang="{escape(term.language)}">{text}</literal>'
        case Literal() if term.datatype.value != XSD + "string":
            return f'<literal datatype="{escape(term.datatype.value)}">{text}</literal>'
        case _:
            return f"<literal>{text}</literal>"


def answer_csv(table: Rows, prefixes: Prefixes, _language: str) -> Iterator[str]:
    """Write the form in which answers are kept: CSV whose cells are Turtle terms."""
    return _csv(table.variables, (map(prefixes.text, row) for row in table.rows), "\n")


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


RowWriter = Callable[[Rows, Prefixes, str], Iterator[str]]

"""Formats: what is written is read by others as what it was."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib
import rdflib.query
from conftest import SHARED
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from coopera import formats, graphs
from coopera.engines import ENGINES
from coopera.engines.rdflib import term
from coopera.errors import QueryError
from coopera.formats import FORMATS
from coopera.tables import Rows, Table, Term
from coopera.terms import XSD, Prefixes

PREFIXES = Prefixes({"e": "http://e.org/"})
A, P = NamedNode("http://e.org/a"), NamedNode("http://e.org/p")


def typed(value: str, name: str) -> Literal:
    return Literal(value, datatype=NamedNode(XSD + name))


TERMS: list[Term | None] = [
    A,
    NamedNode("http://e.org/é?a=1&b='<"[:-1]),
    BlankNode("b1"),
    None,
    Literal(""),
    Literal('a "b", \\c; <d> & é \U0001f600'),
    Literal("tab\tline\nreturn\rend "),
    Literal("chat", language="fr-CA"),
    typed("01", "integer"),
    typed("2.50", "decimal"),
    typed("2022", "gYear"),
    Literal("x", datatype=NamedNode("http://e.org/type&more")),
]
TABLE = Table(("x", "é_1"), tuple((term, typed("1", "integer")) for term in TERMS))


# SPARQL 1.1 results, read by another program


def read_json(text: str) -> Any:
    return parse_query_results(text, format=QueryResultsFormat.JSON)


def read_xml(text: str) -> Any:
    """Read XML with a reader that keeps spaces: pyoxigraph 0.5.13 takes those at an end away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        found = rdflib.query.Result.parse(io.BytesIO(text.encode()), format="xml")
    if found.type == "ASK":
        return found.askAnswer
    names = tuple(str(name) for name in found.vars or ())
    rows = (tuple(term(row.get(rdflib.Variable(n))) for n in names) for row in found.bindings)
    return Table(names, tuple(rows))


def read_tsv(text: str) -> Any:
    return parse_query_results(text, format=QueryResultsFormat.TSV)


READERS = {"json": read_json, "xml": read_xml, "tsv": read_tsv}


def rows_of(found: QuerySolutions | Table) -> Iterator[tuple[Term | None, ...]]:
    blank: dict[BlankNode, BlankNode] = {}
    for solution in found.rows if isinstance(found, Table) else found:
        yield tuple(
            blank.setdefault(cell, BlankNode(f"b{len(blank) + 1}"))
            if isinstance(cell, BlankNode)
            else cell
            for cell in solution
        )


@pytest.mark.parametrize("name", sorted(READERS))
def test_results_are_read_as_the_terms_that_were_written(name: str) -> None:
    found = READERS[name](formats.text(TABLE, name, PREFIXES))

    names = [getattr(variable, "value", variable) for variable in found.variables]
    assert tuple(names) == TABLE.variables
    assert tuple(rows_of(found)) == TABLE.rows


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize("name", sorted(READERS))
@given(text=texts)
def test_whatever_text_is_written_is_read_again_or_refused(name: str, text: str) -> None:
    table = Table(("x",), ((Literal(text),), (Literal(text, language="en"),)))
    try:
        written = formats.text(table, name, PREFIXES)
    except QueryError:
        assert name == "xml"
        assert not re.fullmatch(r"[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*", text)
        return

    assert tuple(rows_of(READERS[name](written))) == table.rows


def test_xml_is_read_by_a_reader_of_xml_with_its_returns() -> None:
    root = ET.fromstring(formats.text(TABLE, "xml", PREFIXES))  # noqa: S314 - it is our own

    found = [node.text for node in root.iter("{http://www.w3.org/2005/sparql-results#}literal")]
    assert "tab\tline\nreturn\rend " in found


@pytest.mark.parametrize("name", ["json", "xml"])
@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_is_read_as_it_was(name: str, value: bool) -> None:
    assert bool(READERS[name](formats.text(value, name, PREFIXES))) is value


@pytest.mark.parametrize("name", ["table", "csv", "turtle", "html", "sheet"])
def test_a_boolean_is_a_word_elsewhere(name: str) -> None:
    assert formats.text(True, name, PREFIXES) == "true\n"


def test_csv_is_values_with_blank_nodes_marked() -> None:
    found = list(csv.reader(io.StringIO(formats.text(TABLE, "csv", PREFIXES), newline="")))

    assert found[0] == ["x", "é_1"]
    assert [row[0] for row in found[1:]] == [
        "_:b1" if isinstance(term, BlankNode) else "" if term is None else term.value  # type: ignore[union-attr]
        for term in TERMS
    ]


@pytest.mark.parametrize("name", [n for n, form in FORMATS.items() if form.rows])
def test_rows_are_written_as_they_come(name: str) -> None:
    written: list[int] = []

    def rows() -> Iterator[tuple[Term | None, ...]]:
        for number in range(3):
            written.append(sum(map(len, taken)))
            yield (typed(str(number), "integer"),)

    taken: list[bytes] = []
    for piece in formats.pieces(Rows(("n",), rows()), name, PREFIXES):
        taken.append(piece)  # noqa: PERF402 - looked at meanwhile

    table = Table(("n",), tuple((typed(str(n), "integer"),) for n in range(3)))
    assert b"".join(taken).decode() == formats.text(table, name, PREFIXES)
    assert written[2] > written[1]


@pytest.mark.parametrize("name", [n for n, form in FORMATS.items() if form.holds("table")])
def test_a_table_without_rows_is_written(name: str) -> None:
    if name == "parquet":
        pytest.importorskip("pyarrow")
    assert b"".join(formats.pieces(Table(("x",)), name, PREFIXES))


# The test suite of the W3C

SUITE = SHARED / "w3c" / "sparql11"
suite = pytest.mark.skipif(not SUITE.is_dir(), reason="the suite of the W3C is not beside this")


def answer(folder: str, query: str, data: str) -> Any:
    # Oxigraph 0.5.13 takes xsd:negativeInteger for xsd:integer.
    engine = ENGINES["rdflib"](graphs.read(SUITE / folder / data))
    return engine.query((SUITE / folder / f"{query}.rq").read_text("utf-8"))


def cells(text: str) -> list[list[tuple[str, str]]]:
    """Read CSV: cells with their names, in any order; without the labels of blank nodes."""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return sorted(sorted((n, re.sub("^_:.*", "_:", c)) for n, c in row.items()) for row in rows)


@suite
@pytest.mark.parametrize(
    ("query", "data", "result"),
    [("csvtsv01", "data", "csvtsv01"), ("csvtsv02", "data", "csvtsv02"), ("csvtsv01", "data2", "csvtsv03")],
)  # fmt: skip
def test_csv_of_the_suite(query: str, data: str, result: str) -> None:
    written = formats.text(answer("csv-tsv-res", query, f"{data}.ttl"), "csv", PREFIXES)
    wanted = (SUITE / "csv-tsv-res" / f"{result}.csv").read_text("utf-8")

    # 2.2 of the suite is "2.2"; its 1.0e6 is written 1.0E6 in the data.
    assert cells(written) == cells(wanted.replace("1.0e6", "1.0E6"))


@suite
@pytest.mark.parametrize(
    ("folder", "query", "data", "result"),
    [
        ("csv-tsv-res", "csvtsv01", "data", "csvtsv01.tsv"),
        ("csv-tsv-res", "csvtsv02", "data", "csvtsv02.tsv"),
        ("csv-tsv-res", "csvtsv01", "data2", "csvtsv03.tsv"),
        ("json-res", "jsonres01", "data", "jsonres01.srj"),
        ("json-res", "jsonres02", "data", "jsonres02.srj"),
        ("json-res", "jsonres03", "data", "jsonres03.srj"),
        ("json-res", "jsonres04", "data", "jsonres04.srj"),
    ],
)
def test_tsv_and_json_of_the_suite(folder: str, query: str, data: str, result: str) -> None:
    name = {".tsv": "tsv", ".srj": "json"}[Path(result).suffix]
    written = formats.text(answer(folder, query, f"{data}.ttl"), name, PREFIXES)
    wanted = (SUITE / folder / result).read_text("utf-8").replace("1.0e6", "1.0E6")

    def read(text: str) -> Any:
        found = READERS[name](text)
        if not isinstance(found, QuerySolutions):
            return bool(found)
        names = sorted(variable.value for variable in found.variables)
        rows = ([solution[n] for n in names] for solution in found)
        return sorted(["_:" if isinstance(c, BlankNode) else str(c) for c in row] for row in rows)

    assert read(written) == read(wanted)


# Spreadsheets


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_no_text_is_a_formula_in_a_spreadsheet(start: str) -> None:
    text = f'{start}HYPERLINK("http://e.org/"&A1)'
    table = Table(("x",), ((Literal(text),), (Literal(text, language="en"),)))

    written = formats.text(table, "sheet", PREFIXES)

    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert [row[0] for row in rows[1:]] == [f"'{text}"] * 2
    assert formats.text(table, "csv", PREFIXES).count("'") == 0


def test_numbers_stay_numbers_in_a_spreadsheet() -> None:
    numbers: list[Term] = [
        typed("-5", "integer"),
        typed("+1.5", "decimal"),
        typed("-1.5E-3", "double"),
    ]
    others: list[Term] = [typed("-x", "integer"), Literal("-5"), typed("2.5", "gYear")]
    table = Table(("x",), tuple((term,) for term in [*numbers, *others]))

    english = formats.text(table, "sheet", PREFIXES, "en").split()
    french = formats.text(table, "sheet", PREFIXES, "fr").split()

    assert english == ["\ufeffx", "-5", "+1.5", "-1.5E-3", "'-x", "'-5", "2.5"]
    assert french == ["\ufeffx", "-5", "+1,5", "-1,5E-3", "'-x", "'-5", "2.5"]


def test_a_french_sheet_has_semicolons_and_both_begin_with_a_byte_order_mark() -> None:
    table = Table(("x", "y"), ((Literal("École; a"), Literal("b,c")),))

    assert b"".join(formats.pieces(table, "sheet", PREFIXES, "fr")).startswith(
        b"\xef\xbb\xbfx;y\r\n"
    )
    assert formats.text(table, "sheet", PREFIXES, "fr").endswith('"École; a";b,c\r\n')
    assert formats.text(table, "sheet", PREFIXES, "en").endswith('École; a,"b,c"\r\n')


# Pages


def test_a_page_needs_nothing_else_and_runs_nothing() -> None:
    nasty = '<script>alert("1")</script>&amp;'
    table = Table(
        ("x", "y"),
        (
            (A, NamedNode("javascript:alert(1)")),
            (NamedNode("http://e.org/a'b&c"), Literal(nasty, language="fr")),
        ),
    )

    page = formats.text(table, "html", PREFIXES)

    assert page.startswith("<!DOCTYPE html>")
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert 'href="javascript' not in page
    assert '<a href="http://e.org/a">e:a</a>' in page
    assert 'href="http://e.org/a&#x27;b&amp;c"' in page
    assert '<td lang="fr">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;</td>' in page
    assert "2 solutions" in page


# Parquet


def test_parquet_without_pyarrow_is_an_error_that_tells_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)

    with pytest.raises(QueryError, match="pyarrow") as raised:
        list(formats.pieces(TABLE, "parquet", PREFIXES))

    assert "coopera[tables]" in raised.value.remedy


def test_columns_of_parquet_have_the_types_of_their_literals() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    columns: dict[str, list[Term | None]] = {
        "thing": [A, P],
        "number": [typed("-1", "integer"), None],
        "big": [typed("9" * 30, "integer"), None],
        "share": [typed("1.5E0", "double"), typed("NaN", "double")],
        "known": [typed("true", "boolean"), typed("0", "boolean")],
        "day": [typed("2025-07-17", "date"), None],
        "no_day": [typed("2025-02-30", "date"), None],
        "year": [typed("2022", "gYear"), typed("2025", "gYear")],
        "mixed": [typed("2022", "gYear"), typed("2025-07", "gYearMonth")],
        "name": [Literal("été", language="fr"), Literal("x", language="en")],
        "none": [None, None],
    }
    table = Table(tuple(columns), tuple(zip(*columns.values(), strict=True)))

    (written,) = formats.pieces(table, "parquet", PREFIXES)
    found = parquet.read_table(pyarrow.BufferReader(written))

    assert {field.name: str(field.type) for field in found.schema} == {
        "thing": "string", "number": "int64", "big": "string", "share": "double", "known": "bool",
        "day": "date32[day]", "no_day": "string", "year": "string", "mixed": "string",
        "name": "string", "none": "string",
    }  # fmt: skip
    assert found.column("thing").to_pylist() == [A.value, P.value]
    assert found.column("number").to_pylist() == [-1, None]
    assert found.column("known").to_pylist() == [True, False]
    assert str(found.column("day").to_pylist()[0]) == "2025-07-17"
    assert found.column("mixed").to_pylist() == ["2022", "2025-07"]
    assert found.schema.field("year").metadata == {b"rdf": (XSD + "gYear").encode()}
    assert found.schema.field("thing").metadata == {b"rdf": b"iri"}
    assert found.schema.field("mixed").metadata is None


# Graphs

GRAPH = [Triple(A, P, term) for term in TERMS if term is not None]
SYNTAXES = {
    "turtle": RdfFormat.TURTLE, "ntriples": RdfFormat.N_TRIPLES, "nquads": RdfFormat.N_QUADS,
    "jsonld": RdfFormat.JSON_LD, "trig": RdfFormat.TRIG, "rdfxml": RdfFormat.RDF_XML,
}  # fmt: skip


def canonical(quads: Any) -> str:
    dataset = Dataset(Quad(q.subject, q.predicate, q.object) for q in quads)
    dataset.canonicalize(__import__("pyoxigraph").CanonicalizationAlgorithm.UNSTABLE)
    return "".join(sorted(f"{quad}\n" for quad in dataset))


def test_every_format_of_graphs_is_looked_at() -> None:
    assert set(SYNTAXES) == {name for name, form in FORMATS.items() if form.graph}


@pytest.mark.parametrize("name", sorted(SYNTAXES))
def test_a_graph_is_read_as_it_was_written(name: str) -> None:
    written = formats.text(GRAPH, name, PREFIXES)

    assert canonical(parse(written, format=SYNTAXES[name])) == canonical(GRAPH)


def test_rdf_xml_is_read_by_rdflib_with_its_returns() -> None:
    graph = rdflib.Graph().parse(data=formats.text(GRAPH, "rdfxml", PREFIXES), format="xml")

    assert rdflib.Literal("tab\tline\nreturn\rend ") in set(graph.objects())


@pytest.mark.parametrize(
    ("triple", "problem"),
    [
        (Triple(A, NamedNode("http://e.org/1"), A), "the predicate <http://e.org/1>"),
        (Triple(A, NamedNode("http://e.org/p/"), A), "the predicate"),
        (Triple(A, P, Literal("a\x01")), r"U\+0001"),
    ],
)
def test_what_rdf_xml_cannot_hold_is_refused(triple: Triple, problem: str) -> None:
    with pytest.raises(QueryError, match=problem) as raised:
        formats.text([triple], "rdfxml", PREFIXES)

    assert "turtle" in raised.value.remedy


# What does not fit


@pytest.mark.parametrize(
    ("given_", "name", "fits"),
    [
        (GRAPH, "csv", "turtle, ntriples, nquads"),
        (GRAPH, "parquet", "rdfxml"),
        (TABLE, "turtle", "csv, tsv, json, xml"),
        (True, "parquet", "json"),
    ],
)
def test_an_answer_that_a_format_cannot_hold_names_those_that_can(
    given_: Any, name: str, fits: str
) -> None:
    with pytest.raises(QueryError, match="cannot hold one") as raised:
        formats.text(given_, name, PREFIXES)

    assert fits in raised.value.remedy


@pytest.mark.parametrize(
    ("suffix", "kind", "name"),
    [(".csv", "table", "csv"), (".ttl", "graph", "turtle"), (".ttl", "table", None), (".nt", "graph", "ntriples"),
     (".html", "table", "html"), (".parquet", "table", "parquet"), (".doc", "table", None), ("", "graph", None)],
)  # fmt: skip
def test_the_ending_of_a_file_tells_its_format(suffix: str, kind: str, name: str | None) -> None:
    assert formats.ending(suffix, kind) == name


def test_json_is_one_solution_a_line() -> None:
    lines = formats.text(TABLE, "json", PREFIXES).splitlines()

    assert len(lines) == len(TABLE.rows) + 2
    assert json.loads("\n".join(lines))["head"] == {"vars": ["x", "é_1"]}

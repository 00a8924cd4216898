"""Dumps: the whole graph in each form, the same each time, with sums that are right."""

import csv
import hashlib
import io
import json
import re
import zipfile
from collections import defaultdict

import pytest
from conftest import Make
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from coopera import graphs
from coopera.project import Project
from coopera.publication import Publication, dumps
from coopera.publication.records import Shelf
from coopera.publication.sheets import BETWEEN, LONGEST
from coopera.publication.types import type_of
from coopera.tables import Quads

BASE = "https://w3id.org/coopera/"
CSV = "dumps/csv/"


@pytest.fixture(scope="module")
def graph(coopera_project: Project) -> Quads:
    return graphs.read_all(coopera_project.graph_files)


@pytest.fixture(scope="module")
def published(coopera_project: Project, graph: Quads) -> Publication:
    return Publication(coopera_project, graph)


@pytest.fixture(scope="module")
def files(published: Publication) -> dict[str, bytes]:
    names = [name for name in published.names() if name.startswith("dumps/")]
    return {name: published.content(name) for name in names}


def small(make: Make, more: str) -> Publication:
    project = make({"data/one/more.ttl": f"@base <{BASE}> .\n{more}"})
    return Publication(project, graphs.read_all(project.graph_files))


def test_the_lines_of_the_dumps_are_sorted_and_each_stands_once(files: dict[str, bytes]) -> None:
    for name in ("coopera.nt", "coopera.nq"):
        lines = files[f"dumps/{name}"].decode().splitlines()
        assert lines == sorted(set(lines))


def test_the_sum_of_the_n_quads_is_the_hash_of_the_data_set(
    files: dict[str, bytes], graph: Quads, published: Publication
) -> None:
    dataset = Dataset(Quad(t.subject, t.predicate, t.object) for t in graph)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    written = serialize(dataset, format=RdfFormat.N_QUADS) or b""
    expected = hashlib.sha256(b"".join(sorted(written.splitlines(keepends=True)))).hexdigest()

    assert hashlib.sha256(files["dumps/coopera.nq"]).hexdigest() == expected
    assert expected == published.dumps.canonical_hash
    assert expected.encode() in files["dumps/README.md"]
    assert expected.encode() in published.content("void.ttl")


def test_escapes_are_those_of_canonical_n_quads(make: Make) -> None:
    """RDFC-1.0, 4.4 and RDF 1.2 N-Quads, canonical form: what must be escaped, and what not."""
    made = small(make, r'<id/agreement/x> <http://example.org/p> "\u0007\u007F\t\n\r\\\"é\u2028" .')
    line = next(
        x for x in made.content("dumps/coopera.nq").decode().split("\n") if "agreement/x>" in x
    )

    assert '"\\u0007\\u007F\\t\\n\\r\\\\\\"é\u2028"' in line


@pytest.mark.parametrize(
    ("name", "syntax"),
    [("coopera.ttl", RdfFormat.TURTLE), ("coopera.nt", RdfFormat.N_TRIPLES), ("coopera.nq", RdfFormat.N_QUADS),
     ("coopera.jsonld", RdfFormat.JSON_LD), ("coopera.trig", RdfFormat.TRIG)],
)  # fmt: skip
def test_each_rdf_dump_is_the_graph(
    files: dict[str, bytes], published: Publication, name: str, syntax: RdfFormat
) -> None:
    dataset = Dataset(parse(files[f"dumps/{name}"], format=syntax))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)

    assert {quad.triple for quad in dataset} == set(published.triples)


def test_the_sums_cover_every_file_of_the_folder(files: dict[str, bytes]) -> None:
    lines = files["dumps/SHA256SUMS"].decode().splitlines()
    sums = {f"dumps/{name}": digest for digest, name in (line.split("  ") for line in lines)}

    assert sums == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name != "dumps/SHA256SUMS"
    }


def test_the_notes_name_each_file_in_both_languages(files: dict[str, bytes]) -> None:
    notes = files["dumps/README.md"].decode()

    for name in files:
        if name not in ("dumps/README.md", "dumps/SHA256SUMS", "dumps/ro-crate-metadata.json",
                        f"{CSV}csv-metadata.json"):  # fmt: skip
            assert notes.count(f"]({name.removeprefix('dumps/')})") == 2, name
    assert "| Agreements |" in notes
    assert "| Accords |" in notes


def test_without_pyarrow_there_is_no_parquet_and_nothing_speaks_of_it(
    coopera_project: Project, graph: Quads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "find_spec", lambda name: None)
    made = Publication(coopera_project, graph)

    assert "dumps/coopera.parquet" not in made.files
    for name in (
        "dumps/README.md",
        "dumps/SHA256SUMS",
        "catalog.ttl",
        "dumps/ro-crate-metadata.json",
    ):
        assert b"parquet" not in made.content(name)


def test_parquet_is_the_table_of_the_triples(
    files: dict[str, bytes], published: Publication
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    rows = parquet.read_table(io.BytesIO(files["dumps/coopera.parquet"])).to_pylist()

    assert len(rows) == len(published.triples)
    for row, triple in zip(rows, published.triples, strict=True):
        value = triple.object
        assert row["predicate"] == triple.predicate.value
        if isinstance(value, Literal):
            assert (row["object"], row["language"]) == (value.value, value.language)
            assert row["datatype"] == value.datatype.value
        else:
            assert row["datatype"] is None
        if isinstance(triple.subject, NamedNode):
            assert row["subject"] == triple.subject.value


# --- CSV -----------------------------------------------------------------------------------------


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


@pytest.fixture(scope="module")
def tables(files: dict[str, bytes]) -> dict[str, list[dict[str, str]]]:
    return {
        name.removeprefix(CSV): rows_of(content)
        for name, content in files.items()
        if name.startswith(CSV) and name.endswith(".csv")
    }


def test_each_thing_and_concept_stands_in_one_table(
    tables: dict[str, list[dict[str, str]]], published: Publication
) -> None:
    stand = [row["iri"] for rows in tables.values() for row in rows]
    reader = published.pages.readers["en"]
    types = published.pages.index.types
    expected = {
        iri
        for iri in published.pages.index.facts
        if iri.startswith((f"{BASE}id/", f"{BASE}concept/")) and reader.page(iri) and types(iri)
    }

    assert len(stand) == len(set(stand))
    assert set(stand) == expected


def test_the_main_classes_have_their_table(tables: dict[str, list[dict[str, str]]]) -> None:
    assert {"agreements.csv", "institutions.csv", "partnerships.csv", "commitments.csv",
            "documents.csv", "assertions.csv", "concepts.csv"} <= set(tables)  # fmt: skip
    schools = [r for r in tables["institutions.csv"] if "coop:School" in r["class"]]
    assert schools, "a school is an institution"


def test_each_cell_says_what_the_graph_says(
    tables: dict[str, list[dict[str, str]]], files: dict[str, bytes], graph: Quads
) -> None:
    """The descriptions of the columns tell from which property each comes."""
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for triple in graph:
        if isinstance(triple.subject, NamedNode) and not isinstance(triple.object, Triple):
            said[triple.subject.value, triple.predicate.value].add(triple.object.value)
    seen = 0
    for table in json.loads(files[f"{CSV}csv-metadata.json"])["tables"]:
        rows = tables[table["url"]]
        for column in table["tableSchema"]["columns"]:
            if "propertyUrl" not in column or "lang" in column or column["name"] == "class":
                continue
            for row in rows:
                cell = row[column["name"]]
                found = said[row["iri"], column["propertyUrl"]]
                told = set(cell.split(BETWEEN)) if cell else set()
                assert told <= found, (row["iri"], column["name"])
                if column["datatype"] == "anyURI":
                    assert {v for v in found if v.startswith("http")} <= told
                seen += len(told)
    assert seen > 3000


def test_the_row_of_an_agreement_can_be_read(tables: dict[str, list[dict[str, str]]]) -> None:
    rows = {row["iri"].rpartition("/")[2]: row for row in tables["agreements.csv"]}
    row = rows["imt-uts-ktp-2025"]

    assert row["name_fr"].startswith("Accord")
    assert row["agreement_type_en"] == "Key Technology Partnership"
    assert row["party_en"].split(BETWEEN) == [
        "Institut Mines-Télécom",
        "University of Technology Sydney",
    ]
    assert row["signed_during_date"] == "2025-07-17"
    assert row["current_status_fr"] == "signé"
    assert len(row["participation_in_role"].split(BETWEEN)) == 2
    assert len(row["participation_in_role"].split(BETWEEN)) == len(
        row["participation"].split(BETWEEN)
    )


def test_identifiers_have_a_column_for_each_kind(tables: dict[str, list[dict[str, str]]]) -> None:
    row = next(r for r in tables["institutions.csv"] if r["iri"].endswith("/uts"))

    assert row["identifier_isni"] == "0000 0004 1936 7611"
    assert row["identifier_grid"] == "grid.117476.2"


def test_csv_is_what_rfc_4180_says(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if name.endswith(".csv"):
            text = content.decode("utf-8")
            assert text.endswith("\r\n")
            widths = {len(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)}
            assert len(widths) == 1, name
            head = text.partition("\r\n")[0].split(",")
            assert len(head) == len(set(head))
            assert all(re.fullmatch(r"[a-z][a-z0-9_]*", column) for column in head)


def test_every_column_is_described_in_both_languages(files: dict[str, bytes]) -> None:
    document = json.loads(files[f"{CSV}csv-metadata.json"])

    assert {f"{CSV}{t['url']}" for t in document["tables"]} == {
        name for name in files if name.startswith(CSV) and name.endswith(".csv")
    }
    for table in document["tables"]:
        head = files[f"{CSV}{table['url']}"].decode().partition("\r\n")[0].split(",")
        columns = table["tableSchema"]["columns"]
        assert [column["name"] for column in columns] == head
        for column in columns:
            assert [t["@language"] for t in column["dc:title"]] == ["fr", "en"]
            assert all(t["@value"] for t in column["dc:title"])


def test_the_archive_holds_the_tables_as_they_are(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(files["dumps/coopera-csv.zip"])) as archive:
        inside = {f"{CSV}{entry.filename}": archive.read(entry) for entry in archive.infolist()}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}

    assert inside == {name: content for name, content in files.items() if name.startswith(CSV)}


# --- Workbooks -----------------------------------------------------------------------------------


def workbook(content: bytes) -> dict[str, list[list[object]]]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content))
    return {sheet.title: [[c.value for c in row] for row in sheet.iter_rows()] for sheet in book}


@pytest.mark.parametrize(
    ("language", "first", "name", "status"),
    [("fr", "Lisez-moi", "Accords", "signé"), ("en", "Read me", "Agreements", "signed")],
)
def test_a_workbook_has_a_sheet_for_each_table_in_words(
    files: dict[str, bytes], tables: dict[str, list[dict[str, str]]],
    language: str, first: str, name: str, status: str,
) -> None:  # fmt: skip
    book = workbook(files[f"dumps/coopera-{language}.xlsx"])

    assert next(iter(book)) == first
    assert len(book) == 1 + len(tables)
    head, *rows = book[name]
    assert len(rows) == len(tables["agreements.csv"])
    assert head[-1] == "IRI"
    assert {row[-1] for row in rows} == {row["iri"] for row in tables["agreements.csv"]}
    ktp = next(row for row in rows if str(row[-1]).endswith("imt-uts-ktp-2025"))
    assert status in ktp
    assert "2025-07-17" in ktp
    legend = [row[1] for row in book[first] if row[0] == name]
    assert legend == head, "the first sheet explains every column"


def test_figures_are_numbers_and_identifiers_and_years_texts(files: dict[str, bytes]) -> None:
    book = workbook(files["dumps/coopera-en.xlsx"])
    figures = [cell for row in book["Figures"] for cell in row]
    institutions = [cell for row in book["Institutions"] for cell in row]

    assert 13600 in figures
    assert "1988" in institutions
    assert "501100001775" in institutions


ODD = [
    "=1+1",
    "+1",
    "@SUM(A1)",
    "#N/A",
    "-cmd|' /C calc'!A0",
    "\x07bell",
    "x" * (LONGEST + 10),
    "  spaced  ",
]


def test_no_text_becomes_a_formula_or_breaks_a_workbook(make: Make) -> None:
    made = small(make, "")
    project = made.project
    things = [NamedNode(f"{BASE}id/agreement/odd-{at}") for at in range(len(ODD))]
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    note = NamedNode("http://www.w3.org/2004/02/skos/core#note")
    triples = [Triple(t, kind, NamedNode(f"{BASE}ontology#Agreement")) for t in things]
    triples += [
        Triple(t, note, Literal(text, language="en")) for t, text in zip(things, ODD, strict=True)
    ]
    odd = Publication(project, [*made.triples, *triples])

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(odd.content("dumps/coopera-en.xlsx")))
    cells = {c.value: c.data_type for sheet in book for row in sheet.iter_rows() for c in row}
    for text in ODD:
        shown = text.replace("\x07", "\N{REPLACEMENT CHARACTER}")
        shown = shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
        assert cells[shown] == "s", text
    rows = rows_of(odd.content(f"{CSV}agreements.csv"))
    assert set(ODD) <= {row["note_en"] for row in rows}, "CSV keeps texts as they are"


def test_a_workbook_does_not_tell_when_it_was_made(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(files["dumps/coopera-en.xlsx"])) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert set(
            re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", archive.read("docProps/core.xml").decode())
        ) == {"2026-11-22T00:00:00Z"}


def test_classes_with_one_name_have_two_sheets_and_two_files(make: Make) -> None:
    twice = "".join(
        f"""<id/thing/{n}> a <http://{n}.example/Thing> .
        <http://{n}.example/Thing> <http://www.w3.org/2000/01/rdf-schema#label> "A rather: long/name for a [class] of things"@en ."""
        for n in ("a", "b")
    )
    made = small(make, twice)

    names = [name for name in made.files if name.startswith(f"{CSV}a-rather")]
    assert len(names) == 2
    sheets = [
        name
        for name in workbook(made.content("dumps/coopera-en.xlsx"))
        if name.startswith("A rather")
    ]
    assert len(sheets) == 2
    assert all(len(name) <= 31 for name in sheets)


def test_a_property_that_shares_its_name_has_a_column_of_its_own(make: Make) -> None:
    made = small(
        make,
        """<id/agreement/a> <http://a.example/date> "2020" ; <http://b.example/date> "2021" ;
        <http://a.example/class> "c" ; <http://a.example/hasName> "n" .""",
    )
    shelf = Shelf(made.pages.index, made.pages.readers, BASE)
    (records,) = (r for r in shelf.tables if r.name == "agreements")
    names = [field.name for field in records.fields]

    assert {"date", "date_2", "class_2", "name_2"} <= set(names)
    (row,) = (r for r in rows_of(made.content(f"{CSV}agreements.csv")) if r["iri"].endswith("/a"))
    assert (row["date"], row["date_2"]) == ("2020", "2021")


def test_blank_nodes_are_no_reason_to_fail(make: Make) -> None:
    made = small(
        make,
        """<id/agreement/a> <https://w3id.org/coopera/ontology#hasParticipation> [] ;
        <http://purl.org/dc/terms/relation> [ <http://purl.org/dc/terms/title> "x"@en ] .""",
    )

    assert b"_:" in made.content(f"{CSV}agreements.csv")
    assert made.content("dumps/coopera-fr.xlsx")
    assert any(isinstance(t.subject, BlankNode) for t in made.triples)


def test_what_has_been_written_is_let_go_and_its_sum_kept(published: Publication) -> None:
    content = published.content("dumps/coopera.nt")
    published.forget("dumps/coopera.nt")

    assert "coopera.nt" not in published.dumps._kept
    assert published.dumps.digest("coopera.nt").sha256 == hashlib.sha256(content).hexdigest()
    assert published.content("dumps/coopera.nt") == content


def test_media_types_are_those_that_are_registered() -> None:
    assert type_of("dumps/coopera.parquet") == "application/vnd.apache.parquet"
    assert dumps.media_type("coopera-csv.zip") == "text/csv"
    assert dumps.media_type("coopera.nq") == "application/n-quads"

"""Evidence: the reification that rows give, quotes against their text, and the real data set."""

import csv
import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from conftest import EVIDENCE_HEADER, HEAD, SHARED, Make
from pyoxigraph import Literal, NamedNode, Triple

from coopera import checks, evidence, graphs
from coopera.errors import DataError
from coopera.evidence import Assertion
from coopera.identifiers import SAME_AS
from coopera.project import Project
from coopera.tables import Term
from coopera.terms import COOP, OA, RDF

RELEASE = SHARED / "sources" / "imt-uts-press-release-2025-07.fr.md"
RECORDS = SHARED / "ror" / "ror-records.jsonl.gz"
needs_release = pytest.mark.skipif(
    not RELEASE.is_file(), reason="the text of the press release is not beside this checkout"
)
needs_records = pytest.mark.skipif(
    not RECORDS.is_file(), reason="the extract of ROR is not beside this checkout"
)

TEXT = "Juin. Ils ont signé. Ils ont signé à Lyon."
ROW = "C1,agreement:a,foaf:page,agreement:b,document:d,{start},{quote},paraphrase,accepted\n"


def source(make: Make, rows: str, text: str = TEXT) -> tuple[Project, Path]:
    """Make a project whose document:d has this text; give it and the file of the text."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    sources = f'document:d a foaf:Document ; <https://schema.org/sha256> "{digest}" .\n'
    project = make(
        {"data/one/evidence.csv": EVIDENCE_HEADER + rows, "data/one/sources.ttl": HEAD + sources}
    )
    path = project.root / "text.md"
    path.write_text(text, "utf-8")
    return project, path


def verify(project: Project, path: Path) -> list[tuple[str, str]]:
    """Verify a source; give the code and the English message of each finding."""
    rows = evidence.assertions(project)
    found, _ = evidence.verify(project, path, graphs.read_all(project.data_files), rows)
    return [(finding.code, finding.message["en"]) for finding in found]


def test_a_file_with_a_name_that_no_iri_can_hold_is_checked(make: Make) -> None:
    project = make({'data/one/50 % "new".ttl': HEAD + 'agreement:a skos:note "One"@en .\n'})

    found = [f for f in checks.run(project).findings if f.place and "new" in f.place.path.name]

    assert [finding.code for finding in found] == ["COOP559"]


def test_a_quote_at_its_offset_is_verified(make: Make) -> None:
    project, path = source(make, ROW.format(start=21, quote="Ils ont signé"))

    assert verify(project, path) == []


def test_of_a_phrase_that_occurs_twice_the_offset_decides(make: Make) -> None:
    project, path = source(make, ROW.format(start=20, quote="Ils ont signé"))

    assert verify(project, path) == [
        ("COOP561", "the quote does not stand at 20; it stands at 6, 21: « Ils ont signé ».")
    ]


def test_a_phrase_that_is_not_in_the_text_is_told(make: Make) -> None:
    project, path = source(make, ROW.format(start=6, quote="Elles ont signé"))

    assert verify(project, path)[0][1].startswith(
        "the quote does not stand at 6; it stands nowhere"
    )


def test_offsets_count_code_points_of_the_composed_text(make: Make) -> None:
    project, path = source(make, ROW.format(start=2, quote="é b"), "e\u0301 e\u0301 b" + "." * 20)

    assert verify(project, path) == []


def test_half_of_a_source_is_too_much_to_quote(make: Make) -> None:
    rows = ROW.format(start=0, quote="abcde") + ROW.format(start=3, quote="defg")
    project, path = source(make, rows, "abcdefghijklmn")

    assert verify(project, path) == [
        ("COOP562", "50% of the source is quoted; less than half may be.")
    ]


def test_overlapping_quotes_count_once(make: Make) -> None:
    rows = ROW.format(start=0, quote="abcde") + ROW.format(start=3, quote="defg")
    project, path = source(make, rows, "abcdefghijklmno")

    assert verify(project, path) == []


def test_a_text_with_another_digest_is_no_source(make: Make) -> None:
    project, path = source(make, ROW.format(start=21, quote="Ils ont signé"))
    path.write_text(TEXT + " ", "utf-8")

    with pytest.raises(DataError, match="no source has the digest"):
        verify(project, path)


def test_a_row_gives_plain_reification_with_its_passage(make: Make) -> None:
    project, _ = source(make, ROW.format(start=21, quote="Ils ont signé"))
    (row,) = evidence.assertions(project)[project.data / "one"]
    base = "https://w3id.org/coopera/id/"
    node, excerpt = (
        NamedNode(f"{base}assertion/{row.key}"),
        NamedNode(f"{base}excerpt/{row.excerpt}"),
    )
    position = NamedNode(f"{base}excerpt/{row.excerpt}-position")
    integer = NamedNode("http://www.w3.org/2001/XMLSchema#nonNegativeInteger")

    found = evidence.triples(project, [row])

    assert found >= {
        Triple(node, NamedNode(RDF + "type"), NamedNode(COOP + "Assertion")),
        Triple(node, NamedNode(RDF + "type"), NamedNode(RDF + "Statement")),
        Triple(node, NamedNode(RDF + "subject"), NamedNode(f"{base}agreement/a")),
        Triple(node, NamedNode(RDF + "object"), NamedNode(f"{base}agreement/b")),
        Triple(node, NamedNode(COOP + "supportedBy"), excerpt),
        Triple(position, NamedNode(OA + "start"), Literal("21", datatype=integer)),
        Triple(position, NamedNode(OA + "end"), Literal("34", datatype=integer)),
    }


def test_two_readings_of_one_statement_are_two_nodes(make: Make) -> None:
    rows = ROW.format(start=6, quote="Ils") + ROW.format(start=21, quote="Ils")
    project, _ = source(make, rows)
    first, second = evidence.assertions(project)[project.data / "one"]

    assert first.triple == second.triple
    assert first.key != second.key


def every_row(project: Project) -> list[Assertion]:
    return [row for rows in evidence.assertions(project).values() for row in rows]


def test_generated_files_are_what_their_sources_give(coopera_project: Project) -> None:
    made = evidence.generated(coopera_project)

    assert len(made) == 6
    for path, text in made.items():
        assert path.read_text("utf-8") == text, f"run coopera evidence: {path.name}"


def test_each_of_the_102_claims_is_treated(coopera_project: Project) -> None:
    folder = coopera_project.data / "imt-uts"
    rows = evidence.assertions(coopera_project)[folder]
    treated = {row.claim for row in rows} | evidence.treatments(folder).keys()

    assert {f"C{number}" for number in range(1, 106)} <= treated


def test_personal_data_is_withheld_and_has_no_row(coopera_project: Project) -> None:
    apart = evidence.treatments(coopera_project.data / "imt-uts")

    assert {claim for claim, (how, _, _) in apart.items() if how == "withheld"} == {
        "C103", "C104", "C105",
    }  # fmt: skip
    assert not {row.claim for row in every_row(coopera_project)} & {"C103", "C104", "C105"}


@needs_release
def test_every_quote_of_the_press_release_stands_at_its_offset(coopera_project: Project) -> None:
    rows = evidence.assertions(coopera_project)
    present = graphs.read_all(coopera_project.data_files)

    found, told = evidence.verify(coopera_project, RELEASE, present, rows)

    assert [finding.text("en") for finding in found] == []
    assert "quotes" in told


@needs_release
def test_a_quote_moved_by_one_character_would_be_found(coopera_project: Project) -> None:
    from dataclasses import replace

    rows = evidence.assertions(coopera_project)
    present = graphs.read_all(coopera_project.data_files)
    moved = {
        folder: [replace(r, start=str(int(r.start) + 1)) if r.quote else r for r in some]
        for folder, some in rows.items()
    }

    found, _ = evidence.verify(coopera_project, RELEASE, present, moved)

    assert {f.code for f in found} == {"COOP561"}
    assert len(found) == sum(1 for some in rows.values() for row in some if row.quote)


def at_pointer(record: object, pointer: str) -> object:
    """Follow a JSON Pointer (RFC 6901)."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        record = record[int(key)] if isinstance(record, list) else record[key]  # type: ignore[index]
    return record


@needs_records
def test_every_recorded_field_says_in_ror_what_the_data_say(coopera_project: Project) -> None:
    wanted: dict[str, list[Assertion]] = {}
    for row in every_row(coopera_project):
        if row.source.value.endswith("/document/ror-v2-9") and row.mode == "recorded":
            wanted.setdefault(row.start.partition("#")[0], []).append(row)
    same: dict[Term, set[str]] = {}
    for triple in graphs.read_all(coopera_project.data_files):
        if triple.predicate == SAME_AS and isinstance(triple.object, NamedNode):
            same.setdefault(triple.subject, set()).add(triple.object.value)
    seen = 0
    with gzip.open(RECORDS, "rt", encoding="utf-8") as lines:
        for line in lines:
            if wanted.keys() & set(re.findall(r"https://ror\.org/\w{9}", line)):
                record = json.loads(line)
                for row in wanted.get(record["id"], []):
                    field = at_pointer(record, row.start.partition("#")[2])
                    assert agrees(row, record["id"], field, same), f"{row.place}: {field}"
                    seen += 1

    assert seen == sum(map(len, wanted.values())) > 100


def agrees(row: Assertion, record: str, field: object, same: dict[Term, set[str]]) -> bool:
    """Say whether a field of a ROR record holds the object of a row, in whatever form.

    `same` gives the other identifiers of our things. A field that is an object with parts, such
    as a location, supports a link between the record's own thing and another.
    """
    value = row.triple.object
    subject = same.get(row.triple.subject, set())
    if isinstance(field, list):  # a count of the schools that ROR calls children
        count = sum(relation["type"] == "child" for relation in field)
        return isinstance(value, Literal) and value.value == str(count)
    if isinstance(field, dict):
        return record in subject | same.get(value, set())
    if (
        record not in subject and field in subject
    ):  # a relationship, told by the record of its object
        return record in same.get(value, set())
    text = value.value if isinstance(value, (Literal, NamedNode)) else ""
    names = {text, *same.get(value, set())}
    said = re.sub(r"\W", "", str(field)).casefold()
    tails = {name.rstrip("/").rpartition("/")[2] for name in names}
    return any(re.sub(r"\W", "", name).casefold() in (said, said[-9:]) for name in names | tails)


def test_no_two_readings_share_an_iri(coopera_project: Project) -> None:
    keys = [row.key for row in every_row(coopera_project)]

    assert len(keys) == len(set(keys))


def test_claims_md_tells_every_claim_once(coopera_project: Project) -> None:
    path = coopera_project.data / "imt-uts" / "claims.md"
    told = [
        line.split(" | ")[0].strip("| ")
        for line in path.read_text("utf-8").splitlines()
        if line.startswith("| C")
    ]
    numbered = [claim for claim in told if claim != "Claim"]

    assert numbered == [f"C{number}" for number in range(1, 106)]


def test_reasons_stand_in_both_languages(coopera_project: Project) -> None:
    with (coopera_project.data / "imt-uts" / "claims.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = list(csv.DictReader(file))

    assert all(row["reason_fr"].strip() and row["reason_en"].strip() for row in rows)

"""Extracts of ROR: what is read of them, and what is refused."""

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest import SHARED

from coopera.errors import DataError
from coopera.importers import ror

EXTRACT = SHARED / "ror" / "ror-records.jsonl.gz"

SECOND: dict[str, Any] = {
    "id": "https://ror.org/03f0f6041",
    "names": [
        {"value": "UTS", "types": ["acronym"], "lang": "en"},
        {
            "value": "University of  Technology Sydney",
            "types": ["ror_display", "label"],
            "lang": "en",
        },
        {"value": "Sydney Tech", "types": ["alias"], "lang": None},
    ],
    "locations": [
        {"geonames_details": {"country_code": "AU", "country_name": "Australia", "name": "Sydney"}}
    ],
    "external_ids": [
        {"type": "isni", "preferred": None, "all": ["0000 0004 1936 7611"]},
        {"type": "fundref", "preferred": "501100001775", "all": ["100009660", "501100001775"]},
        {"type": "ukprn", "preferred": None, "all": ["10007806"]},
    ],
    "links": [
        {"type": "website", "value": "https://www.uts.edu.au"},
        {"type": "website", "value": "javascript:alert(1)"},
    ],
    "types": ["education", "funder"],
    "status": "active",
    "established": 1988,
}
FIRST: dict[str, Any] = {
    "id": "https://ror.org/025vp2923",
    "name": "Institut Mines-Télécom",
    "email_address": "someone@example.org",
    "labels": [{"label": "Mines-Telecom Institute", "iso639": "en"}],
    "aliases": ["Institut Télécom"],
    "acronyms": ["IMT"],
    "addresses": [{"city": "Palaiseau"}],
    "country": {"country_code": "FR", "country_name": "France"},
    "external_ids": {"GRID": {"preferred": "grid.29773.38", "all": "grid.29773.38"}},
    "links": ["https://www.imt.fr"],
    "wikipedia_url": "https://fr.wikipedia.org/wiki/Institut_Mines-T%C3%A9l%C3%A9com",
    "types": ["Education"],
    "status": "active",
    "established": 2012,
}


def write(path: Path, *documents: Any) -> Path:
    path.write_text("".join(json.dumps(document) + "\n" for document in documents), "utf-8")
    return path


def test_a_record_of_schema_2_keeps_names_with_language_and_kind_the_one_shown_first(
    tmp_path: Path,
) -> None:
    (record,) = ror.read(write(tmp_path / "some.jsonl", SECOND))

    assert record.names == (
        ("University of Technology Sydney", "en", ("display", "label")),
        ("UTS", "en", ("acronym",)),
        ("Sydney Tech", None, ("alias",)),
    )
    assert (record.countries, record.place) == ((("AU", "Australia"),), "Sydney")
    assert record.types == ("education", "funder")


def test_the_preferred_identifier_comes_first_and_old_registers_are_left_out(
    tmp_path: Path,
) -> None:
    (record,) = ror.read(write(tmp_path / "some.jsonl", SECOND))

    assert record.identifiers == (
        ("isni", "0000 0004 1936 7611"),
        ("fundref", "501100001775"),
        ("fundref", "100009660"),
    )


def test_only_web_addresses_are_links(tmp_path: Path) -> None:
    (record,) = ror.read(write(tmp_path / "some.jsonl", SECOND))

    assert record.links == (("website", "https://www.uts.edu.au"),)


def test_a_record_of_schema_1_is_read_into_the_same_fields(tmp_path: Path) -> None:
    (record,) = ror.read(write(tmp_path / "some.jsonl", FIRST))

    assert [name.text for name in record.names] == [
        "Institut Mines-Télécom",
        "Mines-Telecom Institute",
        "Institut Télécom",
        "IMT",
    ]
    assert [name.kinds[-1] for name in record.names] == ["label", "label", "alias", "acronym"]
    assert record.identifiers == (("grid", "grid.29773.38"),)
    assert record.countries == (("FR", "France"),)
    assert dict(record.links)["wikipedia"].startswith("https://fr.wikipedia.org/")


def test_an_address_of_a_mailbox_is_dropped_at_the_door(tmp_path: Path) -> None:
    (record,) = ror.read(write(tmp_path / "some.jsonl", FIRST))

    assert "someone" not in repr(record)


def test_lines_an_array_gzip_and_zip_give_the_same_records(tmp_path: Path) -> None:
    both = [SECOND, FIRST] * 300  # more than one piece of a file
    lines = write(tmp_path / "some.jsonl", *both)
    array = tmp_path / "some.json"
    array.write_text("\ufeff" + json.dumps(both, indent=2), "utf-8")
    packed = tmp_path / "some.jsonl.gz"
    packed.write_bytes(gzip.compress(lines.read_bytes()))
    archive = tmp_path / "some.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as dump:
        dump.writestr("v1.63-ror-data.json", "[]")
        dump.writestr("v1.63-ror-data_schema_v2.json", array.read_bytes())
        dump.writestr("v1.63-ror-data.csv", "id")

    expected = list(ror.read(lines))

    assert len(expected) == 600
    assert list(ror.read(array)) == expected
    assert list(ror.read(packed)) == expected
    assert list(ror.read(archive)) == expected


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (json.dumps(SECOND) + "\n\n{'id': 1}\n", 3, "no JSON"),
        (json.dumps(SECOND) + '\n{"id": "https://ror.org/03f0f6041"}\n', 2, "no record"),
        ('{"id": "https://ror.org/../../etc"}', 1, "no record"),
        ("7", 1, "no record"),
        ("[" * 100_000, 1, "no JSON"),
        ('{"a":' * 100_000, 1, "no JSON"),
        (f"[\n{json.dumps(SECOND)},\n{json.dumps(SECOND)},\n x]", 4, "no JSON"),
        (f"[{json.dumps(SECOND)}", 1, "does not end"),
        (f"[{json.dumps(SECOND)}] []", 1, "more behind"),
        (json.dumps(SECOND | {"established": "1" * 5000}), 1, "no record"),
        (json.dumps(SECOND | {"names": []}), 1, "no record"),
        (json.dumps(FIRST | {"name": "\ud800"}), 1, "no record"),
        ('{"established": ' + "1" * 5000 + "}", 1, "no JSON"),
    ],
)
def test_what_is_no_record_is_told_with_its_line(
    text: str, line: int, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "some.json"
    path.write_text(text)

    with pytest.raises(DataError, match=told) as caught:
        list(ror.read(path))

    assert caught.value.place is not None
    assert caught.value.place.line == line
    assert caught.value.remedy


def test_bytes_that_are_not_utf_8_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_bytes(json.dumps(SECOND).encode() + b'\n{"id": "\xe9"}\n')

    with pytest.raises(DataError, match="no JSON") as caught:
        list(ror.read(path))

    assert caught.value.place is not None
    assert caught.value.place.line == 2


@pytest.mark.parametrize("head", [b"", b"["], ids=["lines", "array"])
def test_a_record_without_end_is_refused_before_it_fills_the_memory(
    head: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ror, "LONGEST", 10_000)
    path = tmp_path / "some.jsonl"
    path.write_bytes(head + b'{"id": "' + b"x" * 2_000_000)

    with pytest.raises(DataError):
        list(ror.read(path))


def test_a_file_that_swells_beyond_all_measure_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl.gz"
    path.write_bytes(gzip.compress(b" \n" * 20_000_000, 9))

    with pytest.raises(DataError, match="unpacked"):
        list(ror.read(path))


def test_an_archive_that_swells_beyond_all_measure_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as dump:
        dump.writestr("some.json", b" \n" * 20_000_000)

    with pytest.raises(DataError, match="unpacked"):
        list(ror.read(path))


def test_a_file_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ror, "LARGEST", 1000)

    with pytest.raises(DataError, match="unpacked"):
        list(ror.read(write(tmp_path / "some.jsonl", SECOND, SECOND)))


@pytest.mark.parametrize("cut", [10, -20])
def test_a_packed_file_that_is_cut_off_is_refused(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(SECOND).encode() * 1)[:cut])

    with pytest.raises(DataError, match="unpacked"):
        list(ror.read(path))


def test_an_archive_without_records_or_with_two_files_of_them_is_refused(tmp_path: Path) -> None:
    for names in ([], ["a.json", "b.json"]):
        path = tmp_path / "some.zip"
        with zipfile.ZipFile(path, "w") as dump:
            for name in ["readme.txt", *names]:
                dump.writestr(name, "[]")

        with pytest.raises(DataError, match="files of records"):
            list(ror.read(path))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        list(ror.read(tmp_path / "none.jsonl"))


@pytest.mark.skipif(not EXTRACT.is_file(), reason="the extract of ROR lies beside a checkout only")
def test_the_real_extract_is_read_whole() -> None:
    records = list(ror.read(EXTRACT))

    assert len(records) == 51_370
    assert all(record.names and record.names[0].text for record in records)
    assert {record.status for record in records} == {"active", "inactive", "withdrawn"}
    imt = next(record for record in records if record.id == "https://ror.org/025vp2923")
    assert "IMT" in {name.text for name in imt.names}

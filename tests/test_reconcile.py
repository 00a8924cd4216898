"""`coopera reconcile`: sheets as offices have them, and what is added to them."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from test_reconciliation import IMT, UTS, alias, record
from test_ror import write

from coopera.cli import main
from coopera.errors import DataError
from coopera.reconciliation import sheets
from coopera.reconciliation.tables import ADDED

SHEET = "Partenaire;Pays\nUTS;Australie\ninstitut mines telecom;FR\nNowhere College;\n;\n"


def run(path: Path, *options: str, column: str = "Partenaire") -> Result:
    arguments = ["--project", str(ROOT), "reconcile", str(path), "-c", column, "--lang", "en"]
    return CliRunner().invoke(main, [*arguments, *options])


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "partners.csv"
    path.write_text(SHEET, "utf-8")
    return path


def rows(text: str, delimiter: str = ";") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_the_best_candidate_its_standing_and_the_second_are_added(sheet: Path) -> None:
    done = run(sheet)

    first, second, third, fourth = rows(done.stdout)
    assert list(first) == ["Partenaire", "Pays", *ADDED]
    assert (first["match"], first["match_iri"], first["match_score"]) == ("true", UTS, "100")
    assert (second["match_iri"], second["match_name"]) == (IMT, "Institut Mines-Télécom")
    assert second["second_iri"]
    assert float(second["second_score"]) < 90
    assert (third["match"], third["match_iri"]) == ("false", "")
    assert (fourth["match"], fourth["match_iri"]) == ("", "")


@pytest.mark.parametrize(
    ("options", "code"),
    [((), 1), (("--fail-on", "none"), 1), (("--fail-on", "never"), 0), (("--threshold", "20"), 1)],
)
def test_the_exit_code_tells_whether_all_are_sure(
    options: tuple[str, ...], code: int, sheet: Path
) -> None:
    assert run(sheet, *options).exit_code == code


def test_all_sure_gives_exit_code_0_and_empty_cells_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text("Partenaire\nUTS\n\n  \nIMT\n")

    done = run(path)

    assert done.exit_code == 0
    assert "sure: 2, to be checked: 0, without candidate: 0, empty: 2" in done.stderr


def test_a_name_without_a_sure_match_is_no_failure_where_only_none_is(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text("Partenaire\nTelecom Business School\n")

    assert run(path, "--fail-on", "none").exit_code == 0
    assert run(path).exit_code == 1


def test_a_threshold_leaves_out_what_scores_less(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text("Partenaire\nTelecom Business School\n")

    assert rows(run(path, "--threshold", "70").stdout, ",")[0]["match_iri"]
    assert not rows(run(path, "--threshold", "85").stdout, ",")[0]["match_iri"]


def test_a_column_of_countries_decides_between_namesakes(tmp_path: Path) -> None:
    dump = write(
        tmp_path / "ror.jsonl",
        record(1, "Ministry of Health"),
        record(2, "Ministry of Health", "DE"),
    )
    path = tmp_path / "some.csv"
    path.write_text("Partenaire,Pays\nMinistry of Health,Allemagne\nMinistry of Health,\n")

    first, second = rows(run(path, "--ror", str(dump), "--country", "pays").stdout, ",")

    assert (first["match"], first["match_iri"]) == ("true", "https://ror.org/000000200")
    assert (second["match"], second["match_score"]) == ("false", "100")


def test_a_dump_of_ror_is_looked_in_too(tmp_path: Path) -> None:
    dump = write(
        tmp_path / "ror.jsonl",
        record(1, "Laval University", "CA", names=[alias("Université Laval", "label", "fr")]),
    )
    path = tmp_path / "some.csv"
    path.write_text("Partenaire\nuniversite laval\n")

    done = run(path, "--ror", str(dump), "--lang", "fr")

    assert rows(done.stdout, ",")[0]["match_name"] == "Université Laval"
    assert "parmi 40 organismes" in done.stderr


@pytest.mark.parametrize(("delimiter", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")])
def test_the_delimiter_is_guessed_and_told(delimiter: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(
            [
                ["n°", "Partenaire"],
                ["1", "University of Technology, Sydney; UTS"],
                ["2", 'the "IMT"'],
            ]
        )

    done = run(path)

    assert f"delimiter guessed: {name}" in done.stderr
    assert rows(done.stdout, delimiter)[0]["n°"] == "1"
    assert rows(done.stdout, delimiter)[1]["match_iri"] == IMT


def test_a_delimiter_that_is_given_is_not_guessed(sheet: Path) -> None:
    done = run(sheet, "--delimiter", "comma", column="Partenaire;Pays")

    assert "guessed" not in done.stderr
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("encoding", "told", "marked"),
    [
        ("utf-8", False, False),
        ("utf-8-sig", False, True),
        ("cp1252", True, True),
        ("utf-16", False, True),
    ],
)
def test_a_sheet_is_read_in_the_encoding_that_it_has(
    encoding: str, told: bool, marked: bool, tmp_path: Path
) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes("Établissement;Ville\nUniversité d’Adélaïde;Adélaïde\n".encode(encoding))

    done = run(path, column="établissement")

    assert done.exit_code == 0
    assert ("Windows-1252" in done.stderr) is told
    assert done.stdout.startswith("\ufeff") is marked
    assert "Université d’Adélaïde;Adélaïde;true" in done.stdout


@pytest.mark.parametrize(
    "cell", ["=1+1", "+33 1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")']
)
def test_no_cell_is_computed_by_a_spreadsheet(cell: str, tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["Partenaire", cell], ["UTS", cell]])

    written = list(csv.reader(io.StringIO(run(path).stdout, newline="")))

    assert written[0][1] == written[1][1] == f"'{cell}"


@given(st.text())
def test_a_safe_cell_begins_with_nothing_that_is_computed(cell: str) -> None:
    safe = sheets.safe(cell)

    assert safe in (cell, f"'{cell}")
    assert not safe.startswith(("=", "@", "\t", "\r", "\n"))
    assert not safe.startswith(("+", "-")) or safe.lstrip("+-")[:1].isdecimal()


@pytest.mark.parametrize("cell", ["-5", "+3.5", "-0,25", "7"])
def test_numbers_stay_numbers(cell: str) -> None:
    assert sheets.safe(cell) == cell


def test_columns_of_the_sheet_that_are_named_like_ours_stay_its_own(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text("Partenaire,match\nUTS,mine\n")

    (row,) = rows(run(path).stdout, ",")

    assert (row["match"], row["match_"]) == ("mine", "true")


def test_json_shows_candidates_with_what_made_their_score(sheet: Path) -> None:
    found = json.loads(run(sheet, "-f", "json").stdout)

    assert [(one["line"], one["verdict"]) for one in found] == [
        (2, "sure"),
        (3, "sure"),
        (4, "none"),
        (5, "empty"),
    ]
    first = found[0]["candidates"][0]
    assert (first["iri"], first["score"], first["match"], first["found_by"]) == (
        UTS,
        100,
        True,
        "UTS",
    )
    assert first["features"]["same_name"] is True


def test_a_table_reads_in_both_languages(sheet: Path) -> None:
    english, french = (
        run(sheet, "-f", "table").stdout,
        run(sheet, "-f", "table", "--lang", "fr").stdout,
    )

    assert "to be checked" not in english
    assert english.splitlines()[2].split()[:3] == ["2", "UTS", "sure"]
    assert french.splitlines()[2].split()[:3] == ["2", "UTS", "sûr"]
    assert "aucun" in french


def test_a_terminal_is_given_no_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text("Partenaire\nUTS\x1b[2J\n")

    assert "\x1b" not in run(path, "-f", "table").stdout


def test_the_answer_is_written_into_a_file(sheet: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"

    done = run(sheet, "-o", str(target))

    assert done.stdout == ""
    assert rows(target.read_bytes().decode())[0]["match_iri"] == UTS


@pytest.mark.parametrize(
    ("data", "line", "told"),
    [
        (b"", None, "no row of column names"),
        (b"a,b\n1,2,3\n", 2, "3 cells under 2 columns"),
        (b'a,b\n"open,2\n3,4\n', 3, "no CSV"),
        (b'a,b\n"x"y,2\n', 2, "no CSV"),
        (b"a,b\n\x00,2\n", 2, "zero bytes"),
        (b"a,b\n\x81\xff,2\n", None, "neither UTF-8 nor Windows-1252"),
        (b"\xff\xfea", None, "neither UTF-8 nor Windows-1252"),
        (b"a,b\n" + b"x" * 200_000 + b",1\n", 2, "no CSV"),
    ],
)
def test_what_is_no_sheet_is_told_with_its_line(
    data: bytes, line: int | None, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(data)

    with pytest.raises(DataError, match=told) as caught:
        sheets.read(path)

    assert caught.value.place is not None
    assert caught.value.place.line == line
    assert caught.value.remedy


def test_a_sheet_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "LARGEST", 10)
    path = tmp_path / "some.csv"
    path.write_text("a,b\n1,2\n3,4\n")

    with pytest.raises(DataError, match="more than"):
        sheets.read(path)


@pytest.mark.parametrize(
    ("header", "column", "told"),
    [
        ("Partenaire,Pays", "Partnaire", "did you mean Partenaire"),
        ("a,A,b", "ä", "no column"),
        ("a,a,b", "a", "2 columns"),
    ],
)
def test_a_column_that_is_not_there_or_there_twice_exits_with_2_and_a_remedy(
    header: str, column: str, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "some.csv"
    path.write_text(header + "\n")

    done = run(path, column=column)

    assert done.exit_code == 2
    assert told in done.stderr


def test_a_dump_that_is_none_exits_with_2_and_its_line(sheet: Path, tmp_path: Path) -> None:
    dump = tmp_path / "ror.jsonl"
    dump.write_text("{}\n")

    done = run(sheet, "--ror", str(dump))

    assert done.exit_code == 2
    assert "ror.jsonl:1" in done.stderr
    assert "Remedy" in done.stderr

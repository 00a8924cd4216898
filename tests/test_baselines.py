"""Baselines: known findings are held back, new ones are not, and what is fixed is told."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode

from coopera import baselines, files
from coopera.errors import DataError, Place
from coopera.findings import Finding, ValidationResult
from coopera.terms import SH

EX = "http://example.org/"


def finding(
    focus: str = "a", value: str | None = None, line: int = 1, code: str = "COOP201"
) -> Finding:
    node = BlankNode(focus[2:]) if focus.startswith("_:") else NamedNode(EX + focus)
    result = ValidationResult(
        focus_node=node,
        severity="error",
        source_shape=NamedNode(EX + "S"),
        component=NamedNode(SH + "MinCountConstraintComponent"),
        message={"en": "wrong", "fr": "faux"},
        code=code,
        result_path=NamedNode(EX + "p"),
        value_node=None if value is None else Literal(value),
    )
    return Finding(
        code,
        "error",
        result.message,
        Place(Path("data.ttl"), line),
        f"ex:{focus}",
        "ex:p",
        "" if value is None else f'"{value}"',
        "ex:S",
        result=result,
    )


def sift(now: list[Finding], known: list[Finding], tmp_path: Path) -> baselines.Sifted:
    path = tmp_path / "baseline.json"
    files.replace(path, baselines.text(known))
    return baselines.sift(now, baselines.read(path))


def test_known_findings_are_held_back_and_new_ones_are_not(tmp_path: Path) -> None:
    found = sift([finding("a"), finding("b"), finding("c")], [finding("a"), finding("c")], tmp_path)

    assert found.findings == (finding("b"),)
    assert found.held == 2
    assert found.gone == ()


def test_a_finding_stays_known_where_lines_move_and_messages_are_reworded(tmp_path: Path) -> None:
    moved = replace(finding(line=90), message={"en": "mend this", "fr": "corrigez"})

    assert sift([moved], [finding(line=3)], tmp_path).findings == ()


@pytest.mark.parametrize(
    "other",
    [finding("b"), finding(value="x"), finding(code="COOP202")],
    ids=["node", "value", "code"],
)
def test_a_finding_about_something_else_is_new(other: Finding, tmp_path: Path) -> None:
    assert sift([other], [finding()], tmp_path).findings == (other,)


def test_a_blank_node_is_known_under_any_label(tmp_path: Path) -> None:
    assert sift([finding("_:b7")], [finding("_:c14n0")], tmp_path).findings == ()


def test_of_equal_findings_as_many_are_held_back_as_are_known(tmp_path: Path) -> None:
    equal = [finding("_:x", line=line) for line in (1, 2, 3)]

    found = sift(equal, equal[:2], tmp_path)

    assert found.findings == (equal[2],)
    assert (found.held, found.gone) == (2, ())


def test_what_no_longer_occurs_is_told_with_its_count(tmp_path: Path) -> None:
    known = [finding("a"), *[finding("_:x")] * 3]

    found = sift([finding("_:y")], known, tmp_path)

    assert [(entry.subject, entry.count) for entry in found.gone] == [("ex:_:x", 2), ("ex:a", 1)]
    held, fixed = baselines.notes(found, Path("baseline.json"))
    assert held["en"] == "findings that baseline.json knows, not shown: 1."
    assert fixed == {
        "fr": "constats de baseline.json qui ont disparu : 3 ; --update-baseline les en retire.",
        "en": "findings of baseline.json that are fixed: 3; --update-baseline drops them.",
    }


def test_a_run_that_did_not_look_at_everything_calls_nothing_fixed(tmp_path: Path) -> None:
    found = sift([], [finding("a")], tmp_path)

    assert len(baselines.notes(found, Path("baseline.json"), whole=False)) == 1


def test_findings_of_no_shape_are_told_apart_by_message_and_file(tmp_path: Path) -> None:
    stale = Finding("COOP563", "error", {"en": "stale", "fr": "périmé"}, Place(Path("a.ttl")))
    other = replace(stale, place=Place(Path("b.ttl")))

    assert sift([stale, other], [stale], tmp_path).findings == (other,)


def test_an_entry_without_a_focus_node_says_what_it_is_about() -> None:
    written = baselines.text([Finding("COOP563", "error", {"en": "stale", "fr": "périmé"})])

    assert '"subject": "stale"' in written


def test_file_names_are_relative_to_the_root(tmp_path: Path) -> None:
    stale = Finding("COOP563", "error", {"en": "stale"}, Place(tmp_path / "one" / "a.ttl"))
    moved = replace(stale, place=Place(tmp_path / "two" / "a.ttl"))

    written = baselines.text([stale], tmp_path / "one")

    assert written == baselines.text([moved], tmp_path / "two")
    files.replace(tmp_path / "baseline.json", written)
    known = baselines.read(tmp_path / "baseline.json")
    assert baselines.sift([moved], known, tmp_path / "two").findings == ()
    assert baselines.sift([moved], known, tmp_path / "one").findings == (moved,)


def test_a_baseline_has_a_line_for_each_finding_in_an_order_of_its_own(tmp_path: Path) -> None:
    findings = [finding("b", "é\n"), finding("a"), finding("b", code="COOP101")]

    written = baselines.text(findings)

    assert written == baselines.text(findings[::-1])
    assert [line[:40] for line in written.splitlines()] == [
        '{"version": 1, "findings": [',
        '{"code": "COOP101", "subject": "ex:b", "',
        '{"code": "COOP201", "subject": "ex:a", "',
        '{"code": "COOP201", "subject": "ex:b", "',
        "]}",
    ]
    assert "é" in written


def test_an_empty_baseline_holds_nothing_back(tmp_path: Path) -> None:
    assert sift([finding()], [], tmp_path).findings == (finding(),)


some = st.lists(st.builds(finding, st.sampled_from(["a", "b", "_:x", "_:y"])), max_size=8)


@given(known=some, now=some)
def test_held_shown_and_gone_add_up(known: list[Finding], now: list[Finding]) -> None:
    def counts(findings: list[Finding]) -> dict[str, int]:
        return {
            e["fingerprint"]: e["count"] for e in json.loads(baselines.text(findings))["findings"]
        }

    before, after = counts(known), counts(now)
    entries = [baselines.Entry("", "", "", "", mark, count) for mark, count in before.items()]

    found = baselines.sift(now, entries)

    more = {m: after[m] - before.get(m, 0) for m in after if after[m] > before.get(m, 0)}
    less = {m: before[m] - after.get(m, 0) for m in before if before[m] > after.get(m, 0)}
    assert counts(list(found.findings)) == more
    assert {entry.fingerprint: entry.count for entry in found.gone} == less
    assert found.held == len(now) - sum(more.values())


ENTRY = '{"code": "C", "subject": "", "path": "", "value": "", "fingerprint": "f", "count": 1}'


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "is not JSON"),
        ('{"version": 1,\n"findings": [\n<<<<<<< HEAD\n]}', "baseline.json:3:1: the baseline is not"),
        ("[]", "is not of version 1"),
        ('{"version": 2, "findings": []}', "is not of version 1"),
        ('{"version": 1}', "has no list"),
        ('{"version": 1, "findings": [' + ENTRY + ", 3]}", "finding 2 of the baseline"),
        ('{"version": 1, "findings": [' + ENTRY.replace("1", "0") + "]}", "finding 1"),
        ('{"version": 1, "findings": [' + ENTRY.replace("1", "true") + "]}", "finding 1"),
        ('{"version": 1, "findings": [' + ENTRY.replace('"f"', "7") + "]}", "finding 1"),
        ('{"version": 1, "findings": [' + ENTRY.replace("code", "kode") + "]}", "finding 1"),
        ("[" * 100_000, "is not one of ours"),
        ("9" * 5_000, "is not one of ours"),
    ],
)  # fmt: skip
def test_a_damaged_baseline_is_refused_with_what_to_do(
    content: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("baseline.json").write_text(content)

    with pytest.raises(DataError) as caught:
        baselines.read(Path("baseline.json"))

    assert problem in str(caught.value)
    assert "baseline.json" in str(caught.value)
    assert "--update-baseline" in str(caught.value)


@pytest.mark.parametrize("make", [None, Path.mkdir, lambda path: path.write_bytes(b"\xff")])
def test_a_baseline_that_cannot_be_read_is_refused(make: object, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    if callable(make):
        make(path)

    with pytest.raises(DataError) as caught:
        baselines.read(path)

    assert caught.value.place == Place(path)

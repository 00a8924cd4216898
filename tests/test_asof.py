"""As of a day: what held, or was known, and nothing that came later."""

from itertools import pairwise

import pytest
from click.testing import CliRunner
from pyoxigraph import Literal, NamedNode, Triple

from coopera import asof, derived, engines, graphs
from coopera.cli import main
from coopera.errors import QueryError
from coopera.project import Project
from coopera.tables import Quads, Table
from coopera.terms import COOP, TYPE, XSD

ID = "https://w3id.org/coopera/id/"
KTP, MOU = f"{ID}agreement/imt-uts-ktp-2025", f"{ID}agreement/imt-uts-mou-2022"
HOSTING = f"{ID}hosting/uts-at-imt-nord-europe"


@pytest.fixture(scope="module")
def whole(coopera_project: Project) -> Quads:
    return graphs.read_all(coopera_project.graph_files)


def subjects(triples: Quads) -> set[str]:
    return {t.subject.value for t in triples if isinstance(t.subject, NamedNode)}


@pytest.mark.parametrize(
    ("text", "day"),
    [("2025-07-17", "2025-07-17"), ("2025-07", "2025-07-31"), ("2024-02", "2024-02-29"),
     ("2023-02", "2023-02-28"), ("2025-12", "2025-12-31"), ("2025", "2025-12-31")],
)  # fmt: skip
def test_a_date_stands_for_its_last_day(text: str, day: str) -> None:
    assert asof.last_day(text) == day


@pytest.mark.parametrize(
    "text", ["", "25", "2025-7", "2025-13", "2025-02-30", "today", "2025-07-", "0000"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="is no date"):
        asof.last_day(text)


def test_before_its_signing_an_agreement_and_all_that_it_sets_out_are_not_there(
    coopera_project: Project, whole: Quads
) -> None:
    before = asof.reduced(coopera_project, whole, "2025-07-16")
    after = asof.reduced(coopera_project, whole, "2025-07-17")

    assert KTP not in subjects(before)
    assert KTP in subjects(after)
    assert MOU in subjects(before)
    ktp = NamedNode(KTP)
    commitments = {
        t.object for t in whole if t.subject == ktp and t.predicate.value == COOP + "setsOut"
    }
    assert commitments
    assert not {t for t in before if t.subject in commitments or t.object in commitments}
    assert not [t for t in before if t.object == ktp]


def test_a_date_without_its_day_counts_from_its_first_day(
    coopera_project: Project, whole: Quads
) -> None:
    assert MOU not in subjects(asof.reduced(coopera_project, whole, "2021"))
    assert MOU in subjects(asof.reduced(coopera_project, whole, "2022-01-01"))


def test_on_the_last_day_of_all_nothing_is_left_out(coopera_project: Project, whole: Quads) -> None:
    assert set(asof.reduced(coopera_project, whole, "2100")) == set(whole)


def test_the_current_status_is_that_of_the_last_state_that_was_known(
    coopera_project: Project,
) -> None:
    c = NamedNode(f"{ID}commitment/x")
    states = {"2024-01": "planned", "2025-03-02": "done"}
    stated = [Triple(c, TYPE, NamedNode(COOP + "Commitment"))]
    for number, (day, status) in enumerate(states.items()):
        record = NamedNode(f"{ID}status/{number}")
        precise = "date" if day.count("-") == 2 else "gYearMonth"
        stated += [
            Triple(c, NamedNode(COOP + "hasStatusRecord"), record),
            Triple(record, TYPE, NamedNode(COOP + "StatusRecord")),
            Triple(record, NamedNode(COOP + "statusValue"), NamedNode(f"{ID}{status}")),
            Triple(
                record, NamedNode(COOP + "asOf"), Literal(day, datatype=NamedNode(XSD + precise))
            ),
        ]
    graph = [*stated, *derived.follow(coopera_project, stated)]

    def told(day: str) -> set[object]:
        found = asof.reduced(coopera_project, graph, day)
        return {t.object for t in found if t.predicate == asof.STATUS}

    assert told("2023") == set()
    assert told("2024-01-01") == {NamedNode(f"{ID}planned")}
    assert told("2025-03-01") == {NamedNode(f"{ID}planned")}
    assert told("2025-03-02") == {NamedNode(f"{ID}done")}


def test_a_later_day_never_knows_less(coopera_project: Project, whole: Quads) -> None:
    days = ["1990", "2005", "2010-01-01", "2015-06", "2018-05-17", "2022", "2025-07-16", "2026"]
    known = [subjects(asof.reduced(coopera_project, whole, day)) for day in days]

    assert all(earlier <= later for earlier, later in pairwise(known))
    assert len(known[0]) < len(known[-1])


def test_query_as_of_asks_of_that_day(coopera_project: Project) -> None:
    def answer(*arguments: str) -> str:
        done = CliRunner().invoke(
            main, ["--project", str(coopera_project.root), "query", *arguments]
        )
        assert done.exit_code == 0, done.output
        return done.stdout

    known = ["agreements-between", "-f", "csv", "--as-of"]
    assert answer(*known, "2021").count("\n") == 1
    assert answer(*known, "2023").count("\n") == 2
    assert answer(*known, "2025-07-17").count("\n") == 3
    in_force = ["agreements-in-force", "-p", "institution=institution:uts", "-f", "csv", "--as-of"]
    assert "imt-uts-mou-2022" in answer(*in_force, "2023")
    assert "imt-uts-ktp-2025" not in answer(*in_force, "2023")
    assert "imt-uts-ktp-2025" in answer(*in_force, "2026")
    assert answer("presence-at-host", "-f", "csv", "--as-of", "2024").count("\n") == 1


def test_the_engines_agree_on_a_day(coopera_project: Project, whole: Quads) -> None:
    triples = asof.reduced(coopera_project, whole, "2023-06")
    text = coopera_project.queries["agreements-in-force"].text
    tables = [engine(triples).query(text) for engine in engines.ENGINES.values()]

    assert isinstance(tables[0], Table)
    assert all(table == tables[0] for table in tables)

"""As of a date: what had begun, and what was known, by then."""

import datetime

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from coopera import asof, dates, graphs, project, queries
from coopera.engines import ENGINES
from coopera.errors import QueryError
from coopera.tables import Table, Term
from coopera.terms import COOP, DCTERMS, FOAF, OA, RDF, SCHEMA, TYPE, XSD

PROJECT = project.find(ROOT)
OURS = graphs.read_all(PROJECT.graph_files)
VILLAGE = graphs.read_all([*PROJECT.vocabulary_files, ROOT / "tests" / "data" / "village.ttl"])


def column(triples: list[Triple], query: str, variable: str, **values: list[Term]) -> list[str]:
    """Answer a saved query from a graph; give one column as short texts."""
    text = queries.bind(PROJECT.queries[query].text, values)
    answer = ENGINES["oxigraph"](triples).query(text)
    assert isinstance(answer, Table)
    return [PROJECT.prefixes.text(cell) for cell in answer.column(variable)]


def on(day: str) -> list[Term]:
    return [Literal(dates.last_day(day), datatype=NamedNode(XSD + "date"))]


# Our data


@pytest.mark.parametrize(
    ("date", "status"),
    [
        ("2025-06", []),
        ("2025-07-17", []),  # the record has the precision of its source, July
        ("2025-07", ["commitment-status:under-study"]),
        ("2026", ["commitment-status:under-study"]),
    ],
)
def test_the_presence_at_imt_nord_europe_is_known_from_the_press_release_on(
    date: str, status: list[str]
) -> None:
    reduced = asof.reduce(PROJECT, OURS, date)

    assert sorted(set(column(reduced.triples, "presence-at-host", "status"))) == status


def test_agreements_in_force_are_those_that_had_been_made() -> None:
    ktp = "agreement:imt-uts-ktp-2025"
    found = {}
    for date in ("2023", "2025"):
        triples = asof.reduce(PROJECT, OURS, date).triples
        found[date] = column(triples, "agreements-in-force", "agreement", day=on(date))

    assert set(found["2025"]) - set(found["2023"]) == {ktp}
    assert "agreement:imt-uts-mou-2022" in found["2023"]
    # The same day in today's graph: what was signed later is not in force by its date either.
    assert set(column(OURS, "agreements-in-force", "agreement", day=on("2023"))) == set(
        found["2023"]
    )


@pytest.mark.parametrize(
    ("date", "there"),
    [("2022-12-30", False), ("2022-12-31", True), ("2022", True), ("2022-06", False), ("2021", False)],
)  # fmt: skip
def test_what_was_signed_in_a_year_is_there_at_the_end_of_it(date: str, there: bool) -> None:
    agreement = NamedNode("https://w3id.org/coopera/id/agreement/imt-uts-mou-2022")
    reduced = asof.reduce(PROJECT, OURS, date)

    assert (agreement in {triple.subject for triple in reduced.triples}) is there
    assert (agreement in {triple.object for triple in reduced.triples}) is there


def test_evidence_of_later_documents_is_left_out_and_what_it_tells_of_earlier_times_stays() -> None:
    reduced = asof.reduce(PROJECT, OURS, "2025-07-17").triples
    subjects = {triple.subject for triple in reduced}
    release = "https://w3id.org/coopera/id/document/imt-uts-press-release-2025-07"

    assert NamedNode(release) not in subjects
    assert not [t for t in reduced if t.object == NamedNode(release)]
    assert NamedNode("https://w3id.org/coopera/id/agreement/imt-uts-mou-2022") in subjects
    page = "document:imt-uts-partnership-page"  # which has no date
    assert set(column(reduced, "proof-of-signing-date", "source")) == {page}
    july = asof.reduce(PROJECT, OURS, "2025-07").triples
    assert set(column(july, "proof-of-signing-date", "source")) > {page}


def test_the_far_future_is_the_graph_as_it_is() -> None:
    reduced = asof.reduce(PROJECT, OURS, "2999")

    assert set(reduced.triples) == set(OURS)
    assert reduced.left_out == {}


def test_what_is_left_out_is_told_by_class() -> None:
    left_out = asof.reduce(PROJECT, OURS, "2025-07-16").left_out

    assert left_out["coop:Agreement"] == 1
    assert left_out["coop:SigningEvent"] == 1
    assert left_out["coop:Participation"] == 2
    assert left_out["coop:Hosting"] == 1
    assert left_out["foaf:Document"] >= 1


def test_a_thing_of_two_classes_is_left_out_once() -> None:
    reduced = asof.reduce(PROJECT, OURS, "2025-07-16")
    kinds = {t.subject for t in OURS if t.predicate == TYPE}
    left = kinds - {t.subject for t in reduced.triples}

    assert reduced.gone == len(left)
    assert reduced.gone < sum(reduced.left_out.values()), "an assertion is an rdf:Statement too"


DAYS = st.dates(min_value=datetime.date(1990, 1, 1), max_value=datetime.date(2027, 1, 1))


@settings(max_examples=15, deadline=None)
@given(DAYS, DAYS)
def test_a_later_date_never_takes_anything_away_but_a_status(one: object, other: object) -> None:
    early, late = sorted(map(str, (one, other)))
    before, after = (
        {t for t in asof.reduce(PROJECT, VILLAGE, day).triples if t.predicate != asof.STATUS}
        for day in (early, late)
    )

    assert before <= after <= set(VILLAGE)


@pytest.mark.parametrize("date", ["2009", "2018-03-04", "2022", "2025-07"])
def test_nothing_points_at_what_is_left_out(date: str) -> None:
    for triples in (OURS, VILLAGE):
        kept = asof.reduce(PROJECT, triples, date).triples
        gone = {t.subject for t in triples} - {t.subject for t in kept}

        assert gone
        assert not gone & {t.object for t in kept}


# The village


@pytest.mark.parametrize(
    ("date", "status"),
    [
        ("2021", []),
        ("2022", ["commitment-status:ambition"]),
        ("2025-06", ["commitment-status:ambition"]),
        ("2025-07", ["commitment-status:under-study"]),
    ],
)
def test_the_current_status_is_the_last_one_that_was_known(date: str, status: list[str]) -> None:
    reduced = asof.reduce(PROJECT, VILLAGE, date)

    assert sorted(set(column(reduced.triples, "presence-at-host", "status"))) == status


# Made-up things

E = "http://example.org/"


def thing(name: str) -> NamedNode:
    return NamedNode(E + name)


def dated(text: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + dates.precision(text)))


def names(triples: list[Triple]) -> set[str]:
    return {t.subject.value.removeprefix(E) for t in triples if isinstance(t.subject, NamedNode)}


def coop(name: str) -> NamedNode:
    return NamedNode(COOP + name)


@pytest.mark.parametrize(
    ("signed", "valid", "known", "date", "there"),
    [
        ("2020-05-01", None, None, "2020-04-30", False),
        ("2020-05-01", None, None, "2020-05-01", True),
        ("2020-05", None, None, "2020-05-30", False),
        ("2020", "2019-01-01", None, "2019", True),
        (None, "2019-01-01", None, "2018", False),
        ("2020", None, "2018-03-01", "2018-03", True),
        (None, None, "2018-03-01", "2018-02", False),
        (None, None, None, "1900", True),
        ("20", None, None, "1900", True),
    ],
)
def test_an_agreement_is_there_from_its_first_date_on(
    signed: str | None, valid: str | None, known: str | None, date: str, there: bool
) -> None:
    """It may be negotiated before it is signed, or hold before; without a date it is there."""
    triples = [Triple(thing("a"), TYPE, coop("Agreement"))]
    if signed:
        triples.append(Triple(thing("a"), coop("signedDuring"), thing("s")))
        triples.append(Triple(thing("s"), TYPE, coop("SigningEvent")))
        triples.append(Triple(thing("s"), NamedNode(DCTERMS + "date"), dated(signed) if len(signed) > 3 else Literal(signed)))  # fmt: skip
    if valid:
        triples.append(Triple(thing("a"), NamedNode(SCHEMA + "validFrom"), dated(valid)))
    if known:
        triples.append(Triple(thing("a"), coop("hasStatusRecord"), thing("r")))
        triples.append(Triple(thing("r"), coop("asOf"), dated(known)))

    assert ("a" in names(asof.reduce(PROJECT, triples, date).triples)) is there


@pytest.mark.parametrize(
    ("after", "before", "date", "there"),
    [
        ("2009", None, "2008", False),
        ("2009", "2000", "2008", False),
        ("2009", "2000", "2009", True),
        (None, "2000", "1999", False),
        (None, "2000", "2000", True),
        (None, "2000", "2000-01-01", True),
        (None, None, "1900", True),
    ],
)
def test_a_partnership_is_there_once_it_must_have_begun(
    after: str | None, before: str | None, date: str, there: bool
) -> None:
    triples = [Triple(thing("p"), TYPE, coop("Partnership"))]
    triples += [Triple(thing("p"), coop("startsNotAfter"), dated(after))] if after else []
    triples += [Triple(thing("p"), coop("startsNotBefore"), dated(before))] if before else []

    assert ("p" in names(asof.reduce(PROJECT, triples, date).triples)) is there


def test_a_part_goes_with_the_last_thing_that_it_is_a_part_of() -> None:
    late, early = dated("2020-01-01"), dated("2010-01-01")
    triples = []
    for name, date in (("a", late), ("b", early), ("c", late)):
        triples.append(Triple(thing(name), NamedNode(SCHEMA + "validFrom"), date))
        triples.append(Triple(thing(name), coop("hasParticipation"), thing(f"part-{name}")))
        triples.append(Triple(thing(name), coop("hasParticipation"), thing("shared")))
        triples.append(Triple(thing(f"part-{name}"), coop("participant"), thing("party")))
    triples.append(Triple(thing("shared"), coop("participant"), thing("party")))
    triples.append(Triple(thing("party"), TYPE, coop("Institution")))

    kept = names(asof.reduce(PROJECT, triples, "2015").triples)

    assert kept == {"b", "part-b", "shared", "party"}


def test_an_assertion_stays_while_a_document_supports_it() -> None:
    triples = []
    for name, date in (("old", "2010"), ("new", "2020"), ("undated", None)):
        triples.append(Triple(thing(name), TYPE, NamedNode(FOAF + "Document")))
        triples += [Triple(thing(name), NamedNode(DCTERMS + "issued"), dated(date))] if date else []
        triples.append(Triple(thing(f"in-{name}"), NamedNode(OA + "hasSource"), thing(name)))
        triples.append(
            Triple(thing(f"in-{name}"), NamedNode(OA + "hasSelector"), thing(f"at-{name}"))
        )
        triples.append(Triple(thing(f"at-{name}"), NamedNode(OA + "exact"), Literal("…")))
    for name, excerpts in {"x": ["old", "new"], "y": ["new"], "z": ["undated"]}.items():
        triples.append(Triple(thing(name), NamedNode(RDF + "subject"), thing("party")))
        triples += [Triple(thing(name), coop("supportedBy"), thing(f"in-{e}")) for e in excerpts]

    kept = names(asof.reduce(PROJECT, triples, "2015").triples)

    assert kept == {"old", "undated", "in-old", "in-undated", "at-old", "at-undated", "x", "z"}


@pytest.mark.parametrize("date", ["17/07/2025", "2025-13", "2025-02-30", "yesterday", "", "25"])
def test_what_is_no_date_is_refused(date: str) -> None:
    with pytest.raises(QueryError, match="is no date") as raised:
        asof.reduce(PROJECT, [], date)

    assert "2025-07-17" in raised.value.remedy

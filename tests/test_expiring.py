"""Ends of agreements: the page, the feed, the calendar and the command, none of which invents a day."""

import csv
import datetime
import io
import json
import re
from pathlib import Path

import feedparser
import icalendar
import pytest
from click.testing import CliRunner
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple
from test_pages import ATTACKS, BASE, pages, text, turtle

from coopera import graphs
from coopera.cli import main
from coopera.cli.expiring import later
from coopera.engines import ENGINES
from coopera.pages import Pages, ends, expiring
from coopera.project import Project
from coopera.publication import calendars, extras, feeds
from coopera.tables import Quads

ENDS = """
agreement:day a coop:Agreement ; skos:prefLabel "Day"@en , "Jour"@fr ;
    schema:validThrough "2027-06-30"^^xsd:date .
agreement:month a coop:Agreement ; skos:prefLabel "Month"@en , "Mois"@fr ;
    schema:validThrough "2027-02"^^xsd:gYearMonth .
agreement:year a coop:Agreement ; skos:prefLabel "Year"@en , "An"@fr ;
    schema:validFrom "2020-01-15"^^xsd:date ; schema:validThrough "2028"^^xsd:gYear .
agreement:nothing a coop:Agreement ; skos:prefLabel "Nothing, said; or \\\\ so"@en , "Rien"@fr ;
    coop:signedDuring signing:nothing .
signing:nothing a coop:SigningEvent ; dcterms:date "2022"^^xsd:gYear .
agreement:open a coop:Agreement ; skos:prefLabel "Open"@en , "Ouvert"@fr ;
    coop:termKind <https://w3id.org/coopera/concept/term-kind/open-ended> .
agreement:over a coop:Agreement ; skos:prefLabel "Over"@en , "Fini"@fr ;
    coop:currentStatus <https://w3id.org/coopera/concept/agreement-status/terminated> .
agreement:old a coop:Agreement ; skos:prefLabel "Old"@en , "Vieux"@fr .
agreement:new a coop:Agreement ; skos:prefLabel "New"@en , "Neuf"@fr ;
    dcterms:replaces agreement:old ; coop:signedDuring signing:new .
signing:new a coop:SigningEvent ; dcterms:date "2024-02-29"^^xsd:date .
"""


@pytest.fixture(scope="module")
def vocabulary(coopera_project: Project) -> Quads:
    return graphs.read_all(coopera_project.vocabulary_files)


@pytest.fixture(scope="module")
def made(coopera_project: Project, vocabulary: Quads) -> Pages:
    return pages(coopera_project, vocabulary + turtle(ENDS))


@pytest.fixture(scope="module")
def whole(coopera_project: Project) -> Pages:
    triples = graphs.read_all(coopera_project.graph_files)
    return Pages(coopera_project, ENGINES["oxigraph"](triples), triples)


def content(made: Pages, name: str) -> str:
    return extras.table(made)[name]()


def named(iri: str) -> str:
    return iri.rpartition("/")[2]


# --- What is known of an end -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("2027-06-30", "2027-06-30"),
        ("2027-02", "2027-02-28"),
        ("2028-02", "2028-02-29"),
        ("2100-02", "2100-02-28"),
        ("2027", "2027-12-31"),
        ("2027-02-30", None),
        ("2027-13", None),
        ("0000", None),
        ("-0044", None),
        ("10000", None),
        ("2027-06-30Z", None),
        ("soon", None),
        ("", None),
    ],
)
def test_the_last_day_of_a_date_is_that_of_its_precision(text: str, last: str | None) -> None:
    found = ends.last_day(text)

    assert (found.isoformat() if found else None) == last


def test_an_end_is_known_or_unknown_or_none_and_what_is_over_is_left_out(made: Pages) -> None:
    found = [(named(end.agreement), end.kind) for end in made.ends]

    assert found == [
        ("month", "known"),
        ("day", "known"),
        ("year", "known"),
        ("new", "unknown"),
        ("nothing", "unknown"),
        ("open", "open"),
    ]


def test_the_ends_are_those_of_the_saved_query(whole: Pages, coopera_project: Project) -> None:
    from coopera.tables import Table

    answer = whole.engine.query(coopera_project.queries["expiring-or-unknown-end"].text)
    assert isinstance(answer, Table)

    unknown = {e.agreement for e in whole.ends if e.kind == ends.UNKNOWN}
    assert {str(a)[1:-1] for a in answer.column("agreement")} == unknown


# --- The page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["2028 31 December 2028 at the latest", "Ending in 2027", "open-ended",
                "End unknown: no source states it", "3 ends stated, 2 ends unknown"]),
        ("fr", ["2028 31 décembre 2028 au plus tard", "Fin en 2027", "à durée indéterminée",
                "Fin inconnue : aucune source ne l’indique", "3 fins indiquées, 2 fins inconnues"]),
    ],
)  # fmt: skip
def test_the_page_tells_bounds_as_bounds_and_what_is_unknown(
    made: Pages, language: str, said: list[str]
) -> None:
    html = made.text(expiring.WHERE, language)
    shown = text(html)

    for phrase in said:
        assert phrase in shown
    row = re.search(r"<th scope=\"row\">(?:(?!</tr>).)*(?:Day|Jour)</a>.*?</tr>", html, re.DOTALL)
    assert row
    for bound in ("at the latest", "au plus tard"):
        assert bound not in row[0], "a day that is stated is no bound"


def test_the_page_does_not_know_what_day_it_is(
    made: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Never(datetime.date):
        @classmethod
        def today(cls) -> "Never":
            raise AssertionError("a page asked for the day")

    monkeypatch.setattr(datetime, "date", Never)
    assert "days left" not in made.text(expiring.WHERE, "en")


def test_a_long_page_is_cut_and_its_years_lead_to_their_part(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = "\n".join(
        f'agreement:a{n} a coop:Agreement ; schema:validThrough "{2000 + n}"^^xsd:gYear .'
        for n in range(expiring.PER + 3)
    )
    made = pages(coopera_project, vocabulary + turtle(data))
    first, second = (made.text(at, "en") for at in ("expiring", "expiring~p2"))
    anchor = f"end-{2000 + expiring.PER + 1}"

    assert f'href="expiring~p2.html#{anchor}"' in first
    assert f'id="{anchor}"' in second
    assert f'id="{anchor}"' not in first


# --- The calendar (RFC 5545) ---------------------------------------------------------------------------


def events(ics: str) -> dict[str, icalendar.cal.Component]:
    calendar = icalendar.Calendar.from_ical(ics)
    found = {str(e["UID"]).removeprefix(f"{BASE}id/agreement/"): e for e in calendar.walk("VEVENT")}
    assert len(found) == len(calendar.walk("VEVENT")), "each UID once"
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_unknown_end_makes_no_event_and_a_bound_says_that_it_is_one(
    made: Pages, language: str
) -> None:
    found = events(content(made, f"{language}/agreements.ics"))

    assert set(found) == {"day#end", "month#end", "year#end", "year#beginning", "new#signing"}
    assert found["day#end"].decoded("DTSTART") == datetime.date(2027, 6, 30)
    assert found["day#end"].decoded("DTEND") == datetime.date(2027, 7, 1)
    assert found["month#end"].decoded("DTSTART") == datetime.date(2027, 2, 28)
    assert found["year#end"].decoded("DTSTART") == datetime.date(2028, 12, 31)
    bound = {"en": ("at the latest", "Only 2028 is stated"),
             "fr": ("au plus tard", "Seul « 2028 » est indiqué")}[language]  # fmt: skip
    assert bound[0] in str(found["year#end"]["SUMMARY"])
    assert bound[1] in text(str(found["year#end"]["DESCRIPTION"]))
    assert bound[0] not in str(found["day#end"]["SUMMARY"])
    assert found["new#signing"].decoded("DTSTART") == datetime.date(2024, 2, 29)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_calendar_keeps_to_the_form_of_its_lines(whole: Pages, language: str) -> None:
    ics = content(whole, f"{language}/agreements.ics")

    assert ics.endswith("END:VCALENDAR\r\n")
    for line in ics.split("\r\n"):
        assert len(line.encode()) <= 75
        assert "\n" not in line
        assert "\r" not in line
    calendar = icalendar.Calendar.from_ical(ics)
    assert [str(e) for e in calendar.errors] == []
    for event in calendar.walk("VEVENT"):
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY"} <= set(event)


def test_a_calendar_without_a_date_is_one_all_the_same(
    coopera_project: Project, vocabulary: Quads
) -> None:
    made = pages(coopera_project, vocabulary + turtle("agreement:a a coop:Agreement ."))
    ics = content(made, "en/agreements.ics")

    assert icalendar.Calendar.from_ical(ics).walk("VEVENT") == []
    assert ics.count("BEGIN:") - 1 == 2, "a calendar holds a component at least"


TEXTS = st.text(max_size=120)


@given(TEXTS)
def test_any_text_comes_back_from_a_calendar(said: str) -> None:
    line = calendars.folded(f"SUMMARY:{calendars.escaped(said)}")

    assert all(len(part.encode()) <= 75 for part in line.split("\r\n"))
    unfolded = line.replace("\r\n ", "").removesuffix("\r\n").removeprefix("SUMMARY:")
    back = re.sub(r"\\([\\;,nN])", lambda m: "\n" if m[1] in "nN" else m[1], unfolded)
    told = said.replace("\r\n", "\n").replace("\r", "\n")
    assert back == re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", told)


# --- The feed (RFC 4287) -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_feed_has_an_entry_for_each_end_known_or_not(made: Pages, language: str) -> None:
    feed = feedparser.parse(content(made, f"{language}/expiring.atom"))

    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    assert feed.feed.language == language
    assert feed.feed.author
    assert {named(e.id) for e in feed.entries} == {named(e.agreement) for e in made.ends}
    for entry in feed.entries:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", entry.updated)
        assert entry.title
        at = entry.link.rpartition("/id/")[2] if "/id/" in entry.link else entry.link
        assert at.endswith(f"agreement/{named(entry.id)}.html")
    titles = {named(e.id): text(e.title) for e in feed.entries}
    known = {
        "en": ("Year: ends by 31 December 2028 at the latest (2028)", "New: end unknown"),
        "fr": ("An : prend fin le 31 décembre 2028 au plus tard (2028)", "Neuf : fin inconnue"),
    }
    assert titles["year"] == known[language][0]
    assert titles["new"] == known[language][1]


@pytest.mark.parametrize("name", ["expiring.atom", "agreements.ics", "expiring.csv"])
def test_what_is_made_of_the_same_data_is_the_same_on_any_day(
    whole: Pages, coopera_project: Project, name: str
) -> None:
    triples = graphs.read_all(coopera_project.graph_files)[::-1]
    again = Pages(coopera_project, ENGINES["oxigraph"](triples), triples)

    for language in ("en", "fr"):
        first = content(whole, f"{language}/{name}")
        assert content(again, f"{language}/{name}") == first
        assert datetime.datetime.now().astimezone().date().isoformat() not in first


def test_the_feed_is_dated_by_its_data(whole: Pages) -> None:
    feed = feedparser.parse(content(whole, "en/expiring.atom"))

    assert feed.feed.updated == f"{ends.data_day(whole.index).isoformat()}T00:00:00Z"
    assert max(entry.updated for entry in feed.entries) <= feed.feed.updated
    ktp = next(e for e in feed.entries if named(e.id) == "imt-uts-ktp-2025")
    assert ktp.updated == "2025-07-17T00:00:00Z"


def test_a_feed_has_at_most_so_many_entries_and_the_last_ends_come_first(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = "\n".join(
        f'agreement:a{n} a coop:Agreement ; schema:validThrough "{1000 + n}"^^xsd:gYear .'
        for n in range(feeds.MOST + 1)
    )
    made = pages(coopera_project, vocabulary + turtle(data))
    feed = feedparser.parse(content(made, "en/expiring.atom"))

    assert len(feed.entries) == feeds.MOST
    assert named(feed.entries[0].id) == f"a{feeds.MOST}"
    assert "a0" not in {named(entry.id) for entry in feed.entries}


@pytest.mark.parametrize(
    "attack", [*ATTACKS, "a\x00b\x0bc\ufffe", "x\r\nEND:VCALENDAR\r\n", "\x1b[31m"]
)
def test_a_hostile_name_stays_a_name_in_feed_and_calendar(
    coopera_project: Project, vocabulary: Quads, attack: str
) -> None:
    subject = NamedNode(f"{BASE}id/agreement/day")
    name = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    data = [t for t in turtle(ENDS) if not (t.subject == subject and t.predicate == name)]
    hostile = [Triple(subject, name, Literal(attack, language=tag)) for tag in ("en", "fr")]
    made = pages(coopera_project, [*vocabulary, *data, *hostile])

    feed = feedparser.parse(content(made, "en/expiring.atom"), sanitize_html=False)
    assert not feed.bozo, feed.get("bozo_exception")
    assert len(feed.entries) == len(made.ends)
    ics = content(made, "en/agreements.ics")
    found = events(ics)
    assert len(found) == 5
    assert ics.count("END:VCALENDAR\r\n") == 1
    assert "\x00" not in ics
    assert "\x1b" not in ics


# --- The command ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "days", "expected"),
    [
        ("2025-01-31", 1, 0, "2025-02-28"),
        ("2024-01-31", 1, 0, "2024-02-29"),
        ("2025-11-28", 12, 0, "2026-11-28"),
        ("2025-11-28", 0, 90, "2026-02-26"),
        ("9999-01-01", 120, 0, "9999-12-31"),
        ("9999-12-01", 0, 70000, "9999-12-31"),
    ],
)
def test_a_span_is_counted_in_months_or_days(
    day: str, months: int, days: int, expected: str
) -> None:
    assert later(datetime.date.fromisoformat(day), months, days).isoformat() == expected


@pytest.fixture
def project_of_ends(tmp_path: Path) -> Path:
    """Write a project whose agreements end."""
    (tmp_path / "coopera.toml").write_text("")
    for folder in ("ontology", "data/one"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("prefixes.ttl", "concepts"):
        (tmp_path / "ontology" / name).symlink_to(ROOT / "ontology" / name)
    from test_pages import PREFIXES

    (tmp_path / "data/one/a.ttl").write_text(PREFIXES + ENDS, "utf-8")
    return tmp_path


def run(project: Path, *arguments: str) -> str:
    done = CliRunner().invoke(
        main, ["--project", str(project), "expiring", *arguments], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command_lists_what_ends_within_a_span_and_what_is_unknown(
    project_of_ends: Path,
) -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(
                run(project_of_ends, "--as-of", "2026-07-01", "--within", "12mo", "-f", "csv")
            )
        )
    )

    assert [(named(r["agreement"]), r["latest"], r["days"]) for r in rows] == [
        ("month", "2027-02-28", "242"),
        ("day", "2027-06-30", "364"),
        ("new", "", ""),
        ("nothing", "", ""),
    ]
    assert rows[0]["validThrough"] == "2027-02"


def test_the_command_can_leave_out_what_is_unknown(project_of_ends: Path) -> None:
    told = json.loads(
        run(project_of_ends, "--as-of", "2027-06-30", "--within", "2y", "--known", "-f", "json")
    )

    found = [named(s["agreement"]["value"]) for s in told["results"]["bindings"]]
    assert found == ["day", "year"], "the day itself is within the span, and so is a bound"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_command_writes_a_calendar_of_the_ends(project_of_ends: Path, language: str) -> None:
    ics = run(project_of_ends, "--as-of", "2026-07-01", "-f", "ics", "--lang", language)

    found = {named(str(e["UID"])) for e in icalendar.Calendar.from_ical(ics).walk("VEVENT")}
    assert found == {"month#end", "day#end"}


def test_the_command_writes_tables_for_people_with_names(project_of_ends: Path) -> None:
    arguments = ("--as-of", "2026-07-01", "--lang", "fr")
    told, markdown = (run(project_of_ends, *arguments, "-f", name) for name in ("table", "md"))

    assert "2027-02-28" in told
    assert told.splitlines()[-1] == "4 solutions"
    assert markdown.startswith("| Accord | Prend fin |")


def test_the_command_looks_from_today_unless_told(project_of_ends: Path) -> None:
    today = datetime.datetime.now().astimezone().date().isoformat()

    assert run(project_of_ends, "-f", "json") == run(
        project_of_ends, "-f", "json", "--as-of", today
    )


@pytest.mark.parametrize("span", ["12", "1x", "-1mo", "99999d", "१२mo"])
def test_a_span_that_is_none_is_refused(project_of_ends: Path, span: str) -> None:
    done = CliRunner().invoke(
        main, ["--project", str(project_of_ends), "expiring", f"--within={span}"]
    )

    assert done.exit_code == 2
    assert "is no span" in done.stderr


def test_the_command_writes_into_a_file(project_of_ends: Path, tmp_path: Path) -> None:
    target = tmp_path / "ends.ics"

    assert run(project_of_ends, "-f", "ics", "-o", str(target)) == ""
    assert target.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")


@pytest.mark.parametrize(
    ("language", "headings"),
    [("en", ["Agreement", "Ends", "Latest", "Days left", "Kind of term", "Status"]),
     ("fr", ["Accord", "Prend fin", "Au plus tard", "Jours restants", "Type de durée", "Statut"])],
)  # fmt: skip
def test_a_table_for_people_has_headings_in_words_and_csv_names_for_programs(
    language: str, headings: list[str]
) -> None:
    run = CliRunner()
    table = run.invoke(main, ["expiring", "-f", "markdown", "--lang", language]).stdout
    sheet = run.invoke(main, ["expiring", "-f", "csv", "--lang", language]).stdout

    assert [cell.strip() for cell in table.splitlines()[0].strip("|").split("|")] == headings
    assert sheet.splitlines()[0] == "agreement,validThrough,latest,days,termKind,status"

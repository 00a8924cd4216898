"""Quality: what the page tells is what stands in the graph, in both languages, and harmless."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import HEAD, SMALL, Make

from coopera import checks, quality
from coopera.cli import main
from coopera.errors import DataError
from coopera.findings import Finding
from coopera.project import Project
from coopera.quality import history, texts, words
from coopera.quality.measures import Quality
from coopera.terms import LANGUAGES, Prefixes

SHAPES = (
    HEAD
    + """
@prefix coopsh: <https://w3id.org/coopera/shapes#> .
coopsh:Agreement a sh:NodeShape ; sh:targetClass coop:Agreement ;
    dcterms:identifier "COOP201" ;
    sh:property [ sh:path skos:prefLabel ; sh:minCount 1 ; sh:severity sh:Warning ] ,
        [ sh:path skos:note ; sh:maxCount 1 ] ,
        [ sh:path foaf:homepage ; sh:nodeKind sh:IRI ] ,
        [ sh:path foaf:mbox ; sh:maxCount 0 ] ,
        [ sh:path foaf:phone ; sh:minCount 1 ; sh:deactivated true ] ,
        [ sh:path [ sh:inversePath dcterms:isPartOf ] ; sh:maxCount 9 ] ;
    sh:node [ sh:property [ sh:path dcterms:title ; sh:minCount 0 ] ] ;
    sh:or ( [ sh:property [ sh:path foaf:nick ; sh:minCount 0 ] ] ) .
coopsh:Participation a sh:NodeShape ; sh:targetClass coop:Participation ;
    sh:property [ sh:path coop:inRole ; sh:qualifiedMinCount 1 ;
        sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ] .
coopsh:Nothing a sh:NodeShape ; sh:targetClass coop:Hosting ;
    sh:property [ sh:path coop:site ; sh:minCount 1 ] .
"""
)
DATA = (
    SMALL["data/one/agreements.ttl"]
    + """
agreement:b a coop:Treaty ; skos:prefLabel "Bond"@en-GB , "Lien"@fr ; skos:note "ein Wort"@de .
agreement:c a coop:Treaty , coop:Agreement ; dcterms:title "Pact"@en ; coop:asOf "2024-05" .
agreement:d a coop:Agreement ; dcterms:modified "2025-03-02"^^xsd:date , "soon" , "20259" .
"""
)
ONTOLOGY = (
    SMALL["ontology/coop.ttl"]
    + """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
coop:Agreement rdfs:label "agreement"@en , "accord"@fr .
coop:Treaty a owl:Class ; rdfs:subClassOf coop:Agreement ; rdfs:label "treaty"@en .
coop:Hosting a owl:Class .
"""
)


@pytest.fixture
def worked(make: Make) -> Project:
    """Give the small project with four agreements, whose gaps can be counted by hand."""
    return make(
        {
            "ontology/shapes/agreement.ttl": SHAPES,
            "data/one/agreements.ttl": DATA,
            "ontology/coop.ttl": ONTOLOGY,
        }
    )


def measured(project: Project) -> Quality:
    return quality.measure(project, checks.run(project))


def page(state: Quality, language: str = "en") -> str:
    return texts.html(state, language, Prefixes({}))


# Measures


def test_gaps_are_counted_for_each_class_with_its_subclasses(worked: Project) -> None:
    """Agreements are a to d; b and c are treaties, of which c says itself to be an agreement."""
    found = {
        (some.kind.text, gap.property.text): (gap.lacking, gap.things, gap.required)
        for some in measured(worked).gaps
        for gap in some.gaps
    }

    assert found == {
        ("coop:Agreement", "skos:prefLabel"): (2, 4, True),
        ("coop:Agreement", "skos:note"): (3, 4, False),
        ("coop:Agreement", "foaf:homepage"): (3, 4, False),
        ("coop:Agreement", "dcterms:title"): (3, 4, False),
        ("coop:Participation", "coop:inRole"): (0, 1, True),
    }


def test_a_required_property_that_is_lacking_comes_before_a_wider_gap(worked: Project) -> None:
    agreements = measured(worked).gaps[0]

    assert [gap.property.text for gap in agreements.gaps] == [
        "skos:prefLabel", "dcterms:title", "foaf:homepage", "skos:note",
    ]  # fmt: skip


def test_the_things_that_lack_a_property_are_named_by_their_labels(worked: Project) -> None:
    homepage = next(g for g in measured(worked).gaps[0].gaps if g.property.text == "foaf:homepage")

    assert [name.labels["en"] for name in homepage.first] == ["agreement:d", "Lien", "Pact"]


def test_ten_things_are_named_and_the_others_counted(make: Make) -> None:
    more = "".join(f'agreement:n{n:02} a coop:Agreement ; skos:prefLabel "n{n:02}"@en .\n'
                   for n in range(24))  # fmt: skip
    project = make({"data/one/agreements.ttl": SMALL["data/one/agreements.ttl"] + more})

    state = measured(project)

    (note,) = state.gaps[0].gaps
    assert (note.lacking, len(note.first), note.first[1].labels["fr"]) == (25, 10, "n00")
    assert "and 15 more" in page(state)


def test_a_thing_of_two_classes_lacks_a_property_once(make: Make) -> None:
    both = SHAPES.replace(
        "sh:targetClass coop:Agreement", "sh:targetClass coop:Agreement, coop:Treaty"
    )
    project = make(
        {
            "ontology/shapes/agreement.ttl": both,
            "data/one/agreements.ttl": DATA,
            "ontology/coop.ttl": ONTOLOGY,
        }
    )

    state = measured(project)

    assert {some.kind.text for some in state.gaps} >= {"coop:Agreement", "coop:Treaty"}
    assert state.lacking == 2 + 3 + 3 + 3


def test_languages_are_counted_for_each_class(worked: Project) -> None:
    """Of prefLabel a is French; b is both, its English being British; c and d have none."""
    found = {
        (some.property.text, row.kind.text): (row.french, row.english, row.both, row.neither)
        for some in measured(worked).languages
        for row in some.rows
    }

    assert found == {
        ("skos:prefLabel", "coop:Agreement"): (2, 1, 1, 2),
        ("skos:prefLabel", "coop:Treaty"): (1, 1, 1, 1),
        ("skos:note", "coop:Agreement"): (0, 0, 0, 4),
        ("skos:note", "coop:Treaty"): (0, 0, 0, 2),
        ("dcterms:title", "coop:Agreement"): (0, 1, 0, 3),
        ("dcterms:title", "coop:Treaty"): (0, 1, 0, 1),
    }


def test_a_thing_with_one_language_counts_once_though_it_has_two_classes(worked: Project) -> None:
    single = {some.property.text: some.single for some in measured(worked).languages}

    assert single == {"skos:prefLabel": 1, "dcterms:title": 1, "skos:note": 0}


def test_counts_and_the_latest_date_come_from_the_data(worked: Project) -> None:
    state = measured(worked)

    assert state.newest == "2025-03-02"
    assert {name.text: count for name, count in state.classes}["coop:Agreement"] == 4
    assert state.counts["shapes"] == 3
    assert dict(state.classes[0][0].labels) != {}


def test_findings_are_gathered_by_code_with_their_places(worked: Project) -> None:
    state = measured(worked)

    labels = next(group for group in state.groups if group.severity == "warning")
    assert labels.count == 2
    assert [spot.where.partition(":")[0] for spot in labels.spots] == [
        "data/one/agreements.ttl"
    ] * 2
    assert {spot.subject for spot in labels.spots} == {"agreement:c", "agreement:d"}


def test_the_same_graph_gives_the_same_page(worked: Project) -> None:
    assert page(measured(worked)) == page(measured(worked))


# The page


VOID = {"meta", "link", "input", "br"}


class Reader(HTMLParser):
    """Demands that every element is closed in its turn, and keeps what may load or lead away."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.pages: dict[str, list[str]] = {language: [] for language in LANGUAGES}
        self.within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that opens."""
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        given = dict(attrs)
        if (given.get("class") or "").startswith("page "):
            self.within = given["lang"] or ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that is closed at once."""
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Demand that the element that closes is the one that opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text of the page of a language."""
        if self.within:
            self.pages[self.within].append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def test_the_page_is_balanced_and_loads_nothing(worked: Project) -> None:
    text = page(measured(worked))

    reader = read(text)

    loads = [(tag, name, value) for tag, name, value in reader.attributes
             if name in ("src", "srcset", "data", "poster", "action", "background")
             or (name == "href" and tag != "a")]  # fmt: skip
    assert loads == [("link", "href", "data:,")]
    assert not re.search(r"url\(|@import|<script|<iframe|<img", text)
    assert "default-src 'none'" in text


def test_both_languages_say_the_same_things_in_their_words(worked: Project) -> None:
    reader = read(page(measured(worked)))

    french, english = ("".join(reader.pages[language]) for language in LANGUAGES)
    for key in ("counts", "gaps", "languages", "findings", "trend", "made"):
        assert words.word(key, "fr") in french
        assert words.word(key, "en") in english
        assert words.word(key, "en") not in french
    assert re.findall(r"\d+", french) == re.findall(r"\d+", english)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_asked_for_is_shown_and_the_other_is_one_click_away(
    worked: Project, language: str
) -> None:
    reader = read(page(measured(worked), language))

    inputs = [(name, value) for tag, name, value in reader.attributes if tag == "input"]
    switches = [value for name, value in inputs if name == "id"]
    assert switches == list(LANGUAGES)
    assert inputs.index(("checked", "")) - inputs.index(("id", language)) == 1
    assert {v for t, n, v in reader.attributes if (t, n) == ("label", "for")} == set(LANGUAGES)


def test_every_link_within_the_page_leads_somewhere(worked: Project) -> None:
    reader = read(page(measured(worked)))

    ids = [value for _, name, value in reader.attributes if name == "id"]
    inner = {v[1:] for t, n, v in reader.attributes if (t, n) == ("a", "href") and v[0] == "#"}
    assert len(inner) == 5 * len(LANGUAGES)
    assert inner <= set(ids)
    assert len(ids) == len(set(ids))


HOSTILE = "</style><script>alert(1)</script><img src=x onerror=alert(2)> \u202e'\"&amp;{{ 7*7 }}"


@pytest.mark.parametrize("name", list(quality.WRITERS))
def test_hostile_strings_stay_text(worked: Project, name: str) -> None:
    literal = json.dumps(HOSTILE)
    path = worked.root / "data/one/agreements.ttl"
    path.write_text(
        DATA
        + f"<javascript:alert(3)> a coop:Agreement ; skos:prefLabel {literal}@en , {literal}@fr .\n"
        + f"<data:text/html,x> a <javascript:alert(4)> ; <javascript:alert(5)> {literal}@fr .\n"
        + "<http://evil.example/%22onclick=x> a coop:Agreement .\n"
    )
    message = {"en": HOSTILE, "fr": HOSTILE}
    bad = Finding(HOSTILE, "error", message, subject=HOSTILE, path=HOSTILE)
    state = quality.measure(worked, replace(checks.run(worked), findings=(bad,)))

    text = quality.WRITERS[name](state, "fr", worked.prefixes)

    if name == "html":
        reader = read(text)
        assert not {tag for tag, _, _ in reader.attributes} & {"script", "img"}
        assert not [n for _, n, _ in reader.attributes if n.startswith("on")]
        links = {v for t, n, v in reader.attributes if (t, n) == ("a", "href")}
        assert all(re.match(r"#|https?://", link) for link in links)
        assert "http://evil.example/%22onclick=x" in links
    if name == "markdown":
        assert not re.search(r"(?<!\\)<script", text)
    assert "{{ 7*7 }}" in text.replace("\\*", "*")
    assert "\u202e" not in text


def test_markdown_and_json_tell_the_gaps(worked: Project) -> None:
    state = measured(worked)

    assert "| Accord | Nom | × | 2 | 2 | 50 % |" in texts.markdown(state, "fr", worked.prefixes)
    document = json.loads(texts.json_text(state, "fr", worked.prefixes))
    assert document["lacking"] == 11
    assert document["gaps"][0]["kind"]["labels"] == {"fr": "accord", "en": "agreement"}


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 3, "0%"),
        (1, 1000, "1%"),
        (999, 1000, "99%"),
        (3, 3, "100%"),
        (0, 0, "0%"),
        (22, 23, "96%"),
        (17, 23, "74%"),
        (1, 3, "33%"),
        (1, 8, "13%"),
    ],
)
def test_a_share_is_rounded_and_none_and_all_alone_are_0_and_100_percent(
    part: int, whole: int, said: str
) -> None:
    assert words.percent(part, whole, "en") == said


@pytest.mark.parametrize(
    "pair", [*words.WORDS.values(), *(p for n in words.NOUNS.values() for p in n)]
)
def test_every_word_is_there_in_both_languages_with_the_same_blanks(pair: words.Pair) -> None:
    blanks = [sorted(re.findall(r"\{\w*\}", text)) for text in pair]

    assert all(pair)
    assert blanks[0] == blanks[1]


# History


ENTRY = history.Entry("2026-02-03", 15, 1, 2, 3, 4)
Run = Callable[..., Result]


@pytest.fixture
def run(make: Make) -> Run:
    """Run `coopera report` on the small project."""
    project = make()

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(
            main, ["--project", str(project.root), "report", *arguments, "--lang", "en"]
        )

    return invoke


def test_a_history_that_is_written_reads_as_it_was(tmp_path: Path) -> None:
    earlier = history.Entry("2025-12-31", 14, 0, 0, 0, 9)
    path = tmp_path / history.NAME

    path.write_text(history.text([ENTRY, earlier]))

    assert history.read(path) == (earlier, ENTRY)


def test_the_days_of_a_history_come_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / history.NAME
    path.write_text(GOOD + "2025-12-31,1,2,3,4,5\n")

    assert [entry.date for entry in history.read(path)] == ["2025-12-31", "2026-01-01"]


def test_the_same_day_is_replaced_and_another_is_added() -> None:
    again = history.Entry("2026-02-03", 16, 0, 0, 0, 0)
    next_day = history.Entry("2026-02-04", 17, 0, 0, 0, 0)

    assert history.recorded([ENTRY], again) == (again,)
    assert history.recorded([next_day], ENTRY) == (ENTRY, next_day)


GOOD = "date,triples,error,warning,info,gaps\n2026-01-01,1,2,3,4,5\n"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "empty"),
        ("date,triples\n", 1, "first line"),
        (GOOD + "2026-01-02,1,2,3,4\n", 3, "5 cells"),
        (GOOD + "2026-02-30,1,2,3,4,5\n", 3, "no date"),
        (GOOD + "20260203,1,2,3,4,5\n", 3, "no date"),
        (GOOD + "2026-01-02,1,-2,3,4,5\n", 3, "error is '-2'"),
        (GOOD + "2026-01-02,1,2,3,4,٥\n", 3, "gaps is"),
        (GOOD + "2026-01-01,1,2,3,4,5\n", 3, "twice"),
        (GOOD + "<<<<<<< HEAD\n", 3, "1 cells"),
        (GOOD + '2026-01-02,"1"x,2,3,4,5\n', 3, "not CSV"),
        (GOOD + "\n", 3, "0 cells"),
    ],
)
def test_a_damaged_history_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, problem: str
) -> None:
    path = tmp_path / history.NAME
    path.write_text(text, "utf-8")

    with pytest.raises(DataError, match=problem) as caught:
        history.read(path)

    assert caught.value.place is not None
    assert (caught.value.place.path, caught.value.place.line) == (path, line)
    assert "--record" in caught.value.remedy


def test_nothing_is_written_but_what_is_asked_for(run: Run, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))

    shown = run()
    run("-o", str(tmp_path / "q.html"))

    assert shown.exit_code == 0
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "q.html"])
    assert (tmp_path / "q.html").read_text("utf-8") == shown.stdout


def test_record_adds_a_day_that_the_page_draws(run: Run, tmp_path: Path) -> None:
    path = tmp_path / history.NAME
    path.write_text(GOOD)

    done = run("--record", "--date", "2026-03-04")

    first, last = history.read(path)
    assert (first.date, last.date, last.error) == ("2026-01-01", "2026-03-04", 0)
    assert 'aria-label="Errors: from 2 (1\u00a0January 2026) to 0' in done.stdout
    assert done.stdout.count("<polyline") == 4 * len(LANGUAGES)
    assert run().stdout == done.stdout


def test_the_points_of_a_line_stay_in_its_box_and_rise_with_the_numbers() -> None:
    assert texts._scaled([3, 9, 6], 5, 235) == [5, 235, 120]
    assert texts._scaled([1, 3], 51, 5) == [51, 5]
    assert texts._scaled([7, 7], 51, 5) == [28, 28]


def test_a_damaged_history_stops_the_report_before_anything_is_written(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("date\n")

    done = run("--history", str(path), "--record", "-o", str(tmp_path / "q.html"))

    assert done.exit_code == 2
    assert "mine.csv:1: the first line is not" in done.stderr
    assert "Remedy" in done.stderr
    assert not (tmp_path / "q.html").exists()
    assert path.read_text() == "date\n"


def test_a_history_that_is_named_must_be_there_unless_it_is_begun(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"

    assert run("--history", str(path)).exit_code == 2
    assert run("--history", str(path), "--record").exit_code == 0
    assert len(history.read(path)) == 1


def test_a_date_without_record_is_refused(run: Run) -> None:
    assert "--date goes with --record" in run("--date", "2026-01-01").stderr


def test_a_report_fails_only_where_it_is_asked_to(make: Make) -> None:
    project = make({"queries/all/agreements.csv": "agreement\n"})
    arguments = ["--project", str(project.root), "report", "-f", "json"]

    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert CliRunner().invoke(main, [*arguments, "--fail-on", "error"]).exit_code == 1

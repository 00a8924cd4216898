"""Pages of rules, of the quality of the graph, and of the data set."""

import re
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from conftest import ROOT, Make
from pyoxigraph import Literal, NamedNode, Triple
from test_pages import ATTACKS, pages, text, turtle

from coopera import checks, graphs, rules
from coopera.engines import ENGINES
from coopera.pages import Made, Pages, dataset, search
from coopera.project import Project
from coopera.publication import Publication, extras
from coopera.quality import measure
from coopera.quality import pages as quality_pages
from coopera.rules import pages as rule_pages
from coopera.rules.texts import lines
from coopera.tables import Quads


@pytest.fixture(scope="module")
def vocabulary(coopera_project: Project) -> Quads:
    return graphs.read_all(coopera_project.vocabulary_files)


@pytest.fixture(scope="module")
def outcome(coopera_project: Project) -> checks.Outcome:
    return checks.run(coopera_project)


@pytest.fixture(scope="module")
def made(coopera_project: Project, outcome: checks.Outcome) -> Pages:
    triples = outcome.triples
    engine = ENGINES["oxigraph"](triples)
    return Pages(
        coopera_project, engine, triples, lambda: extras.made(coopera_project, lambda: outcome)
    )


# --- Rules -----------------------------------------------------------------------------------------


def test_every_code_has_a_page_and_stands_in_the_list_once(
    made: Pages, coopera_project: Project
) -> None:
    codes = [rule.code for rule in rules.every(coopera_project)]
    html = made.text("rules", "en")
    listed = re.findall(r'<li><a href="rules/(\w+)\.html">', html)

    assert sorted(listed) == sorted(codes)
    assert all(f"rules/{code}" in made.addresses for code in codes)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["error", "Demands", "scheme:agreement-type", "Remedy", "Bad", "Good",
                "This type is not from the scheme of agreement types"]),
        ("fr", ["erreur", "Exige", "scheme:agreement-type", "Remède", "Mauvais exemple",
                "Bon exemple", "Ce type ne vient pas du schéma des types d’accord"]),
    ],
)  # fmt: skip
def test_the_page_of_a_code_says_what_it_demands_why_and_how_right_and_wrong_look(
    made: Pages, language: str, said: list[str]
) -> None:
    html = made.text("rules/COOP214", language)

    for phrase in said:
        assert phrase in text(html)
    fault = re.search(r'<span class="n">7</span><mark[^>]*>(.*?)</mark>', html)
    assert fault
    assert "Key Technology Partnership" in fault[1]
    assert html.index("violates-type-as-text.ttl") < html.index("conforms-")


def test_the_page_of_a_code_says_what_the_command_says(
    made: Pages, coopera_project: Project
) -> None:
    for code in ("COOP214", "COOP901", "COOP951"):
        (rule,) = rules.explain(coopera_project, [code])
        shown = text(made.text(f"rules/{code}", "en"))
        for told in (rule.name, rule.why, rule.message):
            assert " ".join(told["en"].replace("'", "’").split())[:40] in shown.replace("'", "’")
        for example in (*rule.good, *rule.bad):
            assert example.file in shown
            for _, line, _at_fault in lines(example):
                assert " ".join(line.split()) in shown


def test_the_code_of_a_query_shows_it(made: Pages) -> None:
    shown = unescape(made.text("rules/COOP901", "fr"))

    assert "SELECT" in shown
    assert "queries/verify/" in shown


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_rules_of_a_class_are_told_in_words_from_their_own_file(
    made: Pages, language: str
) -> None:
    html = made.text("shapes/agreement", language)

    assert "ontology/shapes/agreement.ttl" in html
    codes = re.findall(r'<article class="promise" id="(\w+)">', html)
    assert codes == sorted(codes)
    assert {"COOP210", "COOP214", "COOP227"} <= set(codes)
    assert {"en": "at least 2 values", "fr": "au moins 2 valeurs"}[language] in text(html)


def test_every_shape_stands_on_the_page_of_its_file(made: Pages, coopera_project: Project) -> None:
    found: list[str] = []
    for address in made.addresses:
        if address.startswith("shapes/"):
            found += re.findall(r'<article class="promise" id="(\w+)">', made.text(address, "en"))
    shapes = [rule.code for rule in rules.every(coopera_project) if rule.kind == "shape"]

    assert sorted(found) == sorted(shapes)


def test_the_page_of_a_class_leads_to_its_rules(made: Pages) -> None:
    html = made.text("ontology/Agreement", "en")

    assert re.search(r'<a href="\.\./shapes/agreement\.html">\d+ rules</a>', html)
    assert "/shapes/" not in made.text("ontology/extends", "en")


def test_a_code_can_be_searched_by_its_name(made: Pages) -> None:
    entry = next(e for e in made.entries("fr") if e.shown.href == "rules/COOP214")

    assert entry.shown.text == "COOP214 — Type d’accord"


SHAPE = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix coop: <https://w3id.org/coopera/ontology#> .
<https://w3id.org/coopera/shapes#X> a sh:NodeShape ; sh:targetClass coop:Agreement ;
    dcterms:identifier "%s" ; sh:name "%s"@en ; sh:message "%s"@en ; sh:nodeKind sh:IRI .
"""


@pytest.mark.parametrize("attack", [a for a in ATTACKS if '"' not in a and "\\" not in a])
def test_markup_in_a_shape_stays_text(make: Make, attack: str) -> None:
    project = make({"ontology/shapes/x.ttl": SHAPE % ("X/../<u>", attack, attack)})
    made = Pages(project, ENGINES["oxigraph"]([]), [], lambda: [rule_pages.made(project)])

    for address in made.addresses:
        if address.startswith(("rules", "shapes")):
            html = made.text(address, "en")
            assert len(re.findall(r"<script src=", html)) == 1
            island = r'<script type="application/ld\+json">[^<>&]*</script>'
            assert len(re.findall(r"<script\b", html)) == 1 + len(re.findall(island, html))
            assert not re.search(r"<(img|svg|u)\b", html)
            assert ".." not in address
    assert sum(address.startswith("rules/") for address in made.addresses) > 1


def test_shapes_that_cannot_be_read_leave_the_other_pages_alone(make: Make) -> None:
    project = make({"ontology/shapes/x.ttl": "no Turtle"})
    made = Pages(project, ENGINES["oxigraph"]([]), [], lambda: extras.made(project, None))

    assert "<h1>" in made.text("index", "en")
    assert "rules" not in made.addresses


def test_a_project_without_shapes_has_a_site_without_rules(
    coopera_project: Project, tmp_path: Path
) -> None:
    (tmp_path / "coopera.toml").write_text("")
    (tmp_path / "ontology").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.ttl").write_text("")
    (tmp_path / "ontology/prefixes.ttl").symlink_to(ROOT / "ontology/prefixes.ttl")
    from coopera import project

    published = Publication(project.find(tmp_path), [])

    assert "en/rules.html" not in published.files
    assert "rules.html" not in published.content("en/index.html").decode()


# --- Quality ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_quality_page_says_what_the_report_says(
    made: Pages, coopera_project: Project, outcome: checks.Outcome, language: str
) -> None:
    html = made.text("quality", language)
    shown = text(html)
    quality = measure(coopera_project, outcome)

    assert {"en": "the checks found no error", "fr": "aucune erreur"}[language] in shown
    for group in quality.groups:
        link = f'<a href="rules/{group.code}.html">{group.code}</a>'
        assert link in html
    assert html.count('<details class="gap"') >= sum(
        any(gap.lacking for gap in some.gaps) for some in quality.gaps
    )
    assert 'style="' not in html


def test_a_thing_that_lacks_a_property_is_a_link(made: Pages) -> None:
    html = made.text("quality", "en")

    assert 'href="id/institution/eurecom.html"' in html
    assert 'href="ontology/termKind.html"' in html


def test_a_class_without_a_name_keeps_its_curie_on_the_quality_page(made: Pages) -> None:
    html = made.text("quality", "en")

    assert "oa:FragmentSelector" in html
    assert "Oa:" not in html


def test_without_checks_there_is_no_page_of_quality_and_nothing_leads_to_it(
    coopera_project: Project, vocabulary: Quads
) -> None:
    published = Publication(coopera_project, vocabulary)

    assert "en/quality.html" not in published.files
    assert "quality.html" not in published.content("en/dataset.html").decode()


def test_the_history_of_the_quality_is_told_day_by_day(make: Make) -> None:
    project = make({
        "quality-history.csv": "date,triples,error,warning,info,gaps\n"
        "2026-01-01,10,0,1,2,3\n2026-02-01,20,0,0,0,1\n"
    })  # fmt: skip
    page = quality_pages.made(project, partial(checks.run, project))
    made = Pages(project, ENGINES["oxigraph"]([]), [], lambda: [page])
    shown = text(made.text("quality", "fr"))

    assert "1er février 2026 20 0 0 0 1" in shown
    assert "1er janvier 2026 10 0 1 2 3" in shown


# --- The data set ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["The whole knowledge graph", "13 agreements", "CC BY 4.0", "Cite as",
                "@dataset{coopera,", "First version.", "sha256sum --check --ignore-missing"]),
        ("fr", ["Le graphe de connaissances entier", "13 accords", "CC BY 4.0", "Pour citer",
                "@dataset{coopera,", "Première version.", "sha256sum --check --ignore-missing"]),
    ],
)  # fmt: skip
def test_the_page_of_the_data_tells_how_to_take_and_cite_them(
    coopera_project: Project, language: str, said: list[str]
) -> None:
    published = Publication(coopera_project, graphs.read_all(coopera_project.graph_files))
    html = published.content(f"{language}/dataset.html").decode()

    for phrase in said:
        assert phrase in text(html)
    sums = published.content("dumps/SHA256SUMS").decode()
    known = {name: digest for digest, name in (line.split("  ") for line in sums.splitlines())}
    for name in published.pages.dumps:
        assert f'href="../dumps/{name}"' in html
        assert "/" in name or f"<code>{known[name]}</code>" in html
    book = f'href="../../dumps/coopera-{language}.xlsx"'
    assert book in published.content(f"{language}/lists/Agreement.html").decode()
    assert html.count('<div class="sub"') == 3, "each data set with its description"


@pytest.mark.parametrize(
    ("size", "english", "french"),
    [
        (0, "0 B", "0 o"),
        (999, "999 B", "999 o"),
        (1000, "1.0 kB", "1,0 ko"),
        (9949, "9.9 kB", "9,9 ko"),
        (9960, "10 kB", "10 ko"),
        (999_600, "1.0 MB", "1,0 Mo"),
        (63_647_410, "64 MB", "64 Mo"),
        (10**18, "1,000,000 TB", "1\u202f000\u202f000 To"),
    ],
)
def test_a_size_is_said_in_figures_that_one_can_take_in(
    size: int, english: str, french: str
) -> None:
    said = [dataset.said_size(size, language).replace("\xa0", " ") for language in ("en", "fr")]

    assert said == [english, french]


def test_a_graph_without_a_catalogue_has_a_page_of_data_all_the_same(
    coopera_project: Project,
) -> None:
    html = pages(coopera_project, turtle("agreement:a a coop:Agreement .")).text("dataset", "en")

    assert "1 agreement" in text(html)


@pytest.mark.parametrize("attack", ["}\n@book{x", "{", "\\input{x}", *ATTACKS])
def test_a_hostile_title_does_not_break_out_of_the_citation(
    coopera_project: Project, attack: str
) -> None:
    from dataclasses import replace

    project = replace(coopera_project, title={"en": f"C: {attack}", "fr": "C"})
    html = pages(project, []).text("dataset", "en")
    bibtex = unescape(html.split("<pre")[1].split("<code>")[1].split("</code>")[0])

    assert bibtex.count("@") - attack.count("@") == 1
    assert bibtex.count("{") == bibtex.count("}")
    assert "\\" not in bibtex


# --- Pages that rooms above add ---------------------------------------------------------------------


def test_pages_that_are_added_stand_with_the_others(coopera_project: Project) -> None:
    from coopera.pages.views import Page, Shown

    def maker(_reader: object, address: str) -> Page:
        return Page(address, Shown("Added"), "d", "all.html", (), {
            "lead": "", "letters": (), "groups": (), "pager": None, "total": ""})  # fmt: skip

    added = Made(
        {"added": maker}, lambda _reader: [search.Entry(Shown("Added", href="added"), "x")]
    )
    made = Pages(coopera_project, ENGINES["oxigraph"]([]), [], lambda: [added])

    assert "<h1>Added</h1>" in made.text("added", "en")
    assert "added" in {entry.shown.href for entry in made.entries("en")}


def test_a_page_cannot_hide_what_the_frame_around_it_shows(coopera_project: Project) -> None:
    from coopera.pages.views import Page, Shown

    made = Pages(coopera_project, ENGINES["oxigraph"]([]), [])
    page = Page("added", Shown("Added"), "d", "base.html", (), {"version": "of something else"})

    with pytest.raises(TypeError, match="multiple values for keyword argument 'version'"):
        made.render(page, "en")


def test_a_triple_of_a_shape_is_no_thing(coopera_project: Project, vocabulary: Quads) -> None:
    data = [
        *vocabulary,
        Triple(
            NamedNode("https://w3id.org/coopera/shapes#X"),
            NamedNode("http://purl.org/dc/terms/identifier"),
            Literal("COOP999"),
        ),
    ]

    assert not any("COOP999" in e.others for e in pages(coopera_project, data).entries("en"))

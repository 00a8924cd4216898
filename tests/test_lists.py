"""Lists: their tables, facets, parts and sheets, and the list and index of everything."""

import csv
import io
import json
import re
from collections.abc import Iterable
from html import unescape

import pytest
from conftest import ROOT
from pyoxigraph import Literal, NamedNode, Triple
from test_pages import ATTACKS, BASE, pages, text, turtle

from coopera import graphs
from coopera.engines import ENGINES
from coopera.pages import Pages, names, search, sheets, tables
from coopera.project import Project
from coopera.publication import Publication, extras
from coopera.tables import Quads, Table

AGREEMENTS = "lists/Agreement"


@pytest.fixture(scope="module")
def vocabulary(coopera_project: Project) -> Quads:
    return graphs.read_all(coopera_project.vocabulary_files)


@pytest.fixture(scope="module")
def whole(coopera_project: Project) -> Pages:
    triples = graphs.read_all(coopera_project.graph_files)
    return Pages(coopera_project, ENGINES["oxigraph"](triples), triples)


@pytest.fixture(scope="module")
def village(coopera_project: Project, vocabulary: Quads) -> Pages:
    triples = vocabulary + graphs.read(ROOT / "tests/data/village.ttl")
    return Pages(coopera_project, ENGINES["oxigraph"](triples), triples)


def listed(html: str) -> list[str]:
    """Give the names that a table's rows begin with."""
    return [text(name) for name in re.findall(r'<th scope="row">(.*?)</th>', html)]


def choices(html: str, facet: str) -> dict[str, int]:
    """Give the values of a facet and their counts."""
    part = html.split(f'<div class="facet {facet}">')[1].split("</div>")[0]
    found = re.findall(r'<li[^>]*><a [^>]*>(.*?)</a> <span class="count">(\d+)</span>', part)
    return {text(name): int(number) for name, number in found}


# --- Facets ---------------------------------------------------------------------------------------


def test_the_list_of_agreements_can_be_narrowed_by_six_facets(whole: Pages) -> None:
    html = whole.text(AGREEMENTS, "en")

    names = re.findall(r'<div class="facet (\w+)">', html)
    assert names == ["partner", "country", "type", "status", "axis", "year"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_list_of_a_value_holds_as_many_things_as_the_facet_says(
    whole: Pages, language: str
) -> None:
    for where, catalogue in whole.catalogues.items():
        for name, holders in catalogue.holders.items():
            for value, some in holders.items():
                html = whole.text(catalogue.address(name, value), language)
                assert len(listed(html)) == min(len(some), tables.PER), (where, name, value)
                assert f"({len(catalogue.members)})" in text(html)


def test_a_value_leads_to_the_list_of_what_has_it(whole: Pages) -> None:
    counts = choices(whole.text(AGREEMENTS, "en"), "partner")

    assert counts["Institut Mines-Télécom"] == 2
    html = whole.text(f"{AGREEMENTS}/partner/imt", "en")
    assert len(listed(html)) == 2
    assert "Agreements — partner: Institut Mines-Télécom" in text(html)
    french = whole.text(f"{AGREEMENTS}/partner/imt", "fr")
    assert "Accords — partenaire : Institut Mines-Télécom" in text(french)


@pytest.mark.parametrize(("language", "said"), [("en", "unknown"), ("fr", "inconnu")])
def test_what_has_no_value_is_found_under_unknown(whole: Pages, language: str, said: str) -> None:
    counts = choices(whole.text(AGREEMENTS, language), "axis")

    assert counts[said] == 12
    assert list(counts)[-1] == said
    assert len(listed(whole.text(f"{AGREEMENTS}/axis/unknown", language))) == 12


def test_years_stand_from_the_last_and_partners_from_the_most_frequent(whole: Pages) -> None:
    html = whole.text(AGREEMENTS, "en")

    years = [name for name in choices(html, "year") if name.isdigit()]
    assert years == sorted(years, reverse=True)
    partners = list(choices(html, "partner").values())
    assert partners[:6] == sorted(partners[:6], reverse=True)


def test_agreements_stand_newest_first_and_those_of_unknown_date_last(whole: Pages) -> None:
    html = whole.text(AGREEMENTS, "en")

    assert listed(html)[0].endswith("(2025)")
    signed = re.findall(r'data-label="Signed"><div>(.*?)</div>', html)
    assert "unknown" in signed[-1]
    assert "2025" in signed[0]


def test_a_facet_with_one_value_for_all_is_left_out(
    coopera_project: Project, vocabulary: Quads
) -> None:
    two = """agreement:a a coop:Agreement ; coop:party institution:i .
    agreement:b a coop:Agreement ; coop:party institution:i .
    institution:i a coop:Institution ."""
    made = pages(coopera_project, vocabulary + turtle(two))

    assert 'class="facet' not in made.text(AGREEMENTS, "en")
    assert f"{AGREEMENTS}/partner" not in made.addresses


def test_values_whose_ends_are_alike_have_addresses_of_their_own(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = """agreement:a a coop:Agreement ; coop:party institution:x .
    agreement:b a coop:Agreement ; coop:party organization:x .
    agreement:c a coop:Agreement ; coop:party <https://example.org/unknown> .
    agreement:d a coop:Agreement ."""
    made = pages(coopera_project, vocabulary + turtle(data))

    slugs = made.catalogues[AGREEMENTS].slugs["partner"]
    assert len(set(slugs.values())) == len(slugs) == 4
    assert slugs[None] == "unknown"
    for slug in slugs.values():
        assert len(listed(made.text(f"{AGREEMENTS}/partner/{slug}", "en"))) == 1


def test_rows_carry_the_numbers_of_the_values_that_fit_them(whole: Pages) -> None:
    html = whole.text(AGREEMENTS, "en")
    numbers = dict(re.findall(r'<li id="([^"]+)"><a [^>]*data-f="(\d+)"', html))
    rows = [set(mark.split()) for mark in re.findall(r'<tr data-f="([^"]*)"', html)]

    assert len(rows) == 13
    catalogue = whole.catalogues[AGREEMENTS]
    for name, holders in catalogue.holders.items():
        for value, some in holders.items():
            number = numbers[f"{name}/{catalogue.slugs[name][value]}"]
            assert sum(number in row for row in rows) == len(some), (name, value)


# --- The query behind a list -----------------------------------------------------------------------


def answered(made: Pages, html: str) -> set[str]:
    shown = re.search(r'<details class="sparql">.*?<code>(.*?)</code>', html, re.DOTALL)
    assert shown
    answer = made.engine.query(unescape(shown[1]))
    assert isinstance(answer, Table)
    return {str(term)[1:-1] for term in answer.column("thing")}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_query_that_a_list_shows_gives_the_things_of_the_list(
    whole: Pages, language: str
) -> None:
    for where, catalogue in whole.catalogues.items():
        assert answered(whole, whole.text(where, language)) == set(catalogue.members), where
        for name, holders in catalogue.holders.items():
            for value, some in list(holders.items())[:4] + list(holders.items())[-1:]:
                html = whole.text(catalogue.address(name, value), language)
                assert answered(whole, html) == set(some), (where, name, value)


def test_hostile_values_stay_terms_in_the_query(
    coopera_project: Project, vocabulary: Quads
) -> None:
    odd = NamedNode("https://example.org/x%7D?a=%22&b='(ASK)")
    data = [
        *turtle("agreement:a a coop:Agreement . agreement:b a coop:Agreement ."),
        Triple(
            NamedNode(f"{BASE}id/agreement/a"),
            NamedNode("https://w3id.org/coopera/ontology#party"),
            odd,
        ),
    ]
    made = pages(coopera_project, [*vocabulary, *data])
    address = made.catalogues[AGREEMENTS].address("partner", odd)

    assert answered(made, made.text(address, "en")) == {f"{BASE}id/agreement/a"}


# --- Parts -----------------------------------------------------------------------------------------


def many(number: int) -> Quads:
    return turtle(
        "\n".join(
            f'agreement:a{n:03} a coop:Agreement ; skos:prefLabel "A{n:03}"@en , "A{n:03}"@fr ; '
            f"coop:party institution:i{n % 3} ."
            for n in range(number)
        )
    )


def test_a_long_list_is_cut_into_parts_that_lead_to_one_another(
    coopera_project: Project, vocabulary: Quads
) -> None:
    made = pages(coopera_project, vocabulary + many(2 * tables.PER + 1))
    found: list[str] = []
    address = AGREEMENTS
    for number in (1, 2, 3):
        html = made.text(address, "en")
        assert f"part {number} of 3" in text(html)
        found += listed(html)
        onward = re.search(r'rel="next" href="[./]*([^"]+)\.html"', html)
        address = onward[1] if onward else ""
    assert address == ""
    assert found == [f"A{n:03}" for n in range(2 * tables.PER + 1)]
    assert f"{AGREEMENTS}/partner/i0" in made.addresses
    assert 'data-f="' not in made.text(AGREEMENTS, "en"), "the script has not all rows at hand"


def test_a_facet_of_many_values_shows_some_and_its_page_shows_all(
    coopera_project: Project, vocabulary: Quads
) -> None:
    count = tables.VALUES + 5
    data = "\n".join(
        f"agreement:a{n} a coop:Agreement ; coop:party institution:i{n} ." for n in range(count)
    )
    made = pages(coopera_project, vocabulary + turtle(data))
    html = made.text(AGREEMENTS, "en")

    assert len(choices(html, "partner")) == tables.MOST
    first, second = (
        made.text(address, "en")
        for address in (f"{AGREEMENTS}/partner", f"{AGREEMENTS}/partner~p2")
    )
    assert first.count('<span class="count">') == tables.VALUES
    assert second.count('<span class="count">') == 5


@pytest.mark.parametrize(
    ("address", "part"),
    [("x", ("x", 1)), ("x~p2", ("x", 2)), ("x~p", ("x~p", 1)), ("x~px", ("x~px", 1))],
)
def test_the_part_of_an_address_is_read_back(address: str, part: tuple[str, int]) -> None:
    assert names.part_of(address) == part


# --- Sheets ----------------------------------------------------------------------------------------


def rows_of(sheet: str, language: str) -> list[list[str]]:
    assert sheet.startswith("\ufeff")
    reader = csv.reader(io.StringIO(sheet[1:], newline=""), delimiter=sheets.SEPARATOR[language])
    return list(reader)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_list_can_be_had_as_a_sheet_with_all_its_things(whole: Pages, language: str) -> None:
    for where, catalogue in whole.catalogues.items():
        head, *rows = rows_of(whole.sheet(where, language), language)
        assert [row[1] for row in rows] == sorted(
            (row[1] for row in rows), key=[row[1] for row in rows].index
        )
        assert {row[1] for row in rows} == set(catalogue.members)
        assert len(set(head)) == len(head), f"{where}: {head}"
        assert all(len(row) == len(head) for row in rows)


def test_a_sheet_holds_dates_and_every_facet_for_a_machine(whole: Pages) -> None:
    head, first, *_ = rows_of(whole.sheet(AGREEMENTS, "fr"), "fr")
    row = dict(zip(head, first, strict=True))

    assert row["IRI"] == f"{BASE}id/agreement/imt-uts-ktp-2025"
    assert row["Signature"] == "2025-07-17"
    assert row["Fin"] == "inconnu"
    assert row["Statut"] == "signé"
    assert row["Date du statut"] == "2025-07-17"
    assert row["Pays"] == "Australie | France"
    assert row["Année"] == "2025"


def test_the_sheet_of_a_value_holds_what_has_it(whole: Pages) -> None:
    _, *rows = rows_of(whole.sheet(f"{AGREEMENTS}/partner/imt", "en"), "en")

    assert len(rows) == 2


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "\n=1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_sheet_is_a_formula(
    coopera_project: Project, vocabulary: Quads, formula: str
) -> None:
    subject = NamedNode(f"{BASE}id/agreement/a")
    name = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    named = [Triple(subject, name, Literal(formula, language=tag)) for tag in ("en", "fr")]
    made = pages(coopera_project, [*vocabulary, *turtle("agreement:a a coop:Agreement ."), *named])
    for language in ("en", "fr"):
        (_, row) = rows_of(made.sheet(AGREEMENTS, language), language)
        for cell in row:
            assert not re.match(r"[=+\-@\t\r\n]", cell)
        assert row[0] == f"'{formula}"


def test_a_number_of_a_sheet_has_no_mark_of_thousands() -> None:
    from coopera.pages.views import Shown

    assert sheets.said(Shown("13\u202f600")) == "13600"
    assert sheets.said(Shown("1,234,567")) == "1234567"
    assert sheets.said(Shown("Paris, 123")) == "Paris, 123"


def test_every_sheet_is_a_file_of_the_site_and_every_link_to_one_leads_there(
    whole: Pages,
) -> None:
    names = set(extras.table(whole))

    for language in ("fr", "en"):
        for where in (AGREEMENTS, f"{AGREEMENTS}/partner/imt", "sources"):
            assert f"{language}/{where}.csv" in names
            link = re.search(r'href="([^"]+)\.csv"', whole.text(where, language))
            assert link
            assert link[1].replace("../", "") == where
    assert not any(name.endswith("/partner.csv") for name in names)


# --- Everything, from A to Z ------------------------------------------------------------------------


def entries(made: Pages, language: str) -> list[str]:
    parts = [at for at in made.addresses if names.part_of(at)[0] == search.ALL]
    html = "".join(made.text(at, language).split("<main")[1].split("<footer")[0] for at in parts)
    return re.findall(r'<li><a href="([^"]+)\.html"', html.replace("&amp;", "&"))


def test_everything_that_has_a_name_is_in_the_list_of_everything(whole: Pages) -> None:
    links = entries(whole, "en")

    assert len(links) == len(set(links))
    for wanted in ("id/institution/uts", "concept/role/host", "ontology/Agreement", "sources"):
        assert wanted in links
    for query in whole.project.queries.values():
        assert f"queries/{query.name}" in links
    assert not any(
        link.startswith(("id/assertion/", "id/excerpt/", "id/status/")) for link in links
    )


def test_names_stand_from_a_to_z_under_their_letters(whole: Pages) -> None:
    html = whole.text(search.ALL, "fr")
    heads = re.findall(r"<h2[^>]*>([^<]+)</h2>", html)

    assert heads == sorted(heads)
    under_e = html.split('<h2 id="e">')[1].split("</section>")[0]
    assert "EURECOM" in under_e
    assert "Établissement" in under_e


def read_index(script: str) -> dict[str, list[list[object]]]:
    match = re.fullmatch(r"cooperaIndex\((.*)\);\n", script, re.DOTALL)
    assert match
    found: dict[str, list[list[object]]] = json.loads(match[1])
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_index_of_the_search_holds_what_the_list_holds(whole: Pages, language: str) -> None:
    data = read_index(search.script(whole.entries(language)))

    assert {row[2] for row in data["rows"]} == set(entries(whole, language))
    (uts,) = (row for row in data["rows"] if row[2] == "id/institution/uts")
    assert "UTS" in str(uts[3]).split("|")
    assert data["rows"].index(uts) < len(whole.catalogues["lists/Institution"].members)


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_a_name_stays_text_in_lists_sheets_and_the_index(
    coopera_project: Project, vocabulary: Quads, attack: str
) -> None:
    names = [
        Triple(NamedNode(f"{BASE}id/{thing}"), NamedNode(f"http://www.w3.org/2004/02/skos/core#{p}"),
               Literal(attack, language=language))
        for thing in ("institution/i", "agreement/a", "agreement/b")
        for p in ("prefLabel", "altLabel")
        for language in ("en", "fr")
    ]  # fmt: skip
    data = """agreement:a a coop:Agreement ; coop:party institution:i . agreement:b a coop:Agreement .
    institution:i a coop:Institution ."""
    made = pages(coopera_project, [*vocabulary, *turtle(data), *names])

    for address in (AGREEMENTS, f"{AGREEMENTS}/partner", f"{AGREEMENTS}/partner/i", search.ALL):
        html = re.sub(
            r'<script src="[./]*coopera\.js" defer></script>', "", made.text(address, "en")
        )
        html = re.sub(r'<script type="application/ld\+json">[^<>&]*</script>', "", html)
        assert not re.search(r"<(script|img|svg)\b", html), address
        assert not re.search(r"<[^>]*\son\w+\s*=", re.sub(r'"[^"]*"', '""', html)), address
    script = search.script(made.entries("en"))
    assert not set("<>&\u2028\u2029") & set(script)
    assert attack in {str(row[0]) for row in read_index(script)["rows"]} | {attack.capitalize()}


def test_the_script_of_the_site_is_small_and_asks_no_server() -> None:
    script = (ROOT / "src/coopera/templates/coopera.js").read_text("utf-8")

    assert len(script.encode()) <= 15_000
    for word in ("http", "fetch(", "XMLHttpRequest", "innerHTML", "eval(", "document.write"):
        assert word not in script


def test_the_files_beside_the_pages_are_served_by_name(
    coopera_project: Project, vocabulary: Quads
) -> None:
    published = Publication(coopera_project, [*vocabulary, *many(3)])

    for name in ("coopera.js", "fr/search.js", "en/search.js", f"en/{AGREEMENTS}.csv"):
        assert name in published.files
        assert published.content(name)


def test_the_lists_of_an_empty_graph_can_be_made(coopera_project: Project) -> None:
    made = pages(coopera_project, [])

    assert listed(made.text("sources", "en")) == []
    assert "0 sources" in text(made.text("sources", "en"))
    assert rows_of(made.sheet("sources", "fr"), "fr")[1:] == []


def unique(values: Iterable[str]) -> bool:
    values = list(values)
    return len(values) == len(set(values))


def test_no_anchor_of_a_list_stands_twice(whole: Pages) -> None:
    for where in whole.catalogues:
        assert unique(re.findall(r'\bid="([^"]+)"', whole.text(where, "en"))), where

"""Pages of pictures: what the graph says, drawn and in a table, in both languages."""

import json
import re
from html import unescape
from pathlib import Path

import drawn
import pytest
from conftest import ROOT
from test_pages import pages, text, turtle

from coopera import graphs
from coopera.pages import Pages, assets, captions, pictures, things
from coopera.pictures import world
from coopera.project import Project
from coopera.tables import Quads

AGREEMENT, INSTITUTION = "id/agreement/", "id/institution/"
PARTNERSHIP = "https://w3id.org/coopera/id/partnership/imt-uts"


@pytest.fixture(scope="module")
def vocabulary(coopera_project: Project) -> Quads:
    return graphs.read_all(coopera_project.vocabulary_files)


@pytest.fixture(scope="module")
def village(coopera_project: Project, vocabulary: Quads) -> Pages:
    return pages(coopera_project, vocabulary + graphs.read(ROOT / "tests/data/village.ttl"))


def picture(html: str, kind: str) -> str:
    """Give the first picture of a kind on a page."""
    found = re.search(rf'<div class="pic {kind}[^"]*">.*?</svg></div>', html, re.DOTALL)
    assert found, f"no {kind}"
    return found[0]


def links(markup: str, drawing: str = "wide") -> set[str]:
    return {a.get("href", "") for a in drawn.drawings(markup)[drawing].iter("a")}


def table(html: str, anchor: str = "table") -> str:
    found = re.search(rf'<h2 id="{anchor}">.*?</table>', html, re.DOTALL)
    assert found, f"no table {anchor}"
    return found[0]


def rows(html: str, anchor: str = "table") -> list[list[str]]:
    cells = [re.split(r"</t[hd]>", row) for row in table(html, anchor).split("<tr>")[2:]]
    return [[text(cell) for cell in row[:-1]] for row in cells]


def hrefs(markup: str) -> set[str]:
    return set(re.findall(r'href="([^"]*)"', markup))


# --- The three pages -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", pictures.PAGES)
def test_the_table_below_leads_wherever_the_picture_does(
    village: Pages, kind: str, language: str
) -> None:
    html = village.text(kind, language)

    told = picture(html, kind)
    for drawing in ("narrow", "wide"):
        assert links(told, drawing)
        assert links(told, drawing) <= hrefs(html.replace(told, "")) | {"#"}
        assert drawn.overlaps(drawn.drawings(told)[drawing]) == []


@pytest.mark.parametrize("drawing", ["narrow", "wide"])
def test_the_timeline_has_a_bar_for_each_agreement_with_its_dates_in_words(
    village: Pages, drawing: str
) -> None:
    html = village.text("timeline", "en")

    told = {
        a.get("href"): drawn.said(a)
        for a in drawn.drawings(picture(html, "timeline"))[drawing].iter("a")
    }
    agreements = village.index.instances[things.AGREEMENT]
    assert len(told) == len(agreements) == len(rows(html))
    assert told[f"{AGREEMENT}imt-uts-ktp-2025.html"].endswith(
        "signed: 17\u00a0July 2025 · end: unknown"
    )


def test_an_end_is_told_as_it_is_known(coopera_project: Project, vocabulary: Quads) -> None:
    data = """
    agreement:known a coop:Agreement ; coop:signedDuring signing:k ;
        schema:validFrom "2020-02"^^xsd:gYearMonth ; schema:validThrough "2024"^^xsd:gYear .
    signing:k a coop:SigningEvent ; dcterms:date "2019-12-01"^^xsd:date .
    agreement:open a coop:Agreement ; schema:validFrom "2020"^^xsd:gYear ;
        coop:termKind <https://w3id.org/coopera/concept/term-kind/open-ended> .
    agreement:renewed a coop:Agreement ; schema:validFrom "2020"^^xsd:gYear ;
        coop:termKind <https://w3id.org/coopera/concept/term-kind/tacitly-renewed> .
    agreement:nothing a coop:Agreement .
    """
    made = pages(coopera_project, vocabulary + turtle(data))
    html = made.text("timeline", "en")

    said = {row[0]: row[2:5] for row in rows(html)}
    assert said["agreement:known"] == ["1 December 2019", "February 2020", "2024"]
    assert said["agreement:open"] == ["unknown", "2020", "open-ended"]
    assert said["agreement:renewed"] == ["unknown", "2020", "tacitly renewed"]
    assert said["agreement:nothing"] == ["unknown", "—", "unknown"]
    wide = drawn.drawings(picture(html, "timeline"))["wide"]
    told = {a.get("href", "")[len(AGREEMENT) :]: a for a in wide.iter("a")}
    assert "signed: 1\u00a0December 2019 · takes effect: February 2020 · end: 2024" in drawn.said(
        told["known.html"]
    )
    assert drawn.said(told["open.html"]).endswith("takes effect: 2020 · open-ended")
    assert drawn.said(told["renewed.html"]).endswith("end: unknown · tacitly renewed")
    assert drawn.said(told["nothing.html"]).endswith("signed: unknown · end: unknown")
    questions = {name: "?" in text_of(a) for name, a in told.items()}
    assert questions == {
        "known.html": False, "open.html": False, "renewed.html": True, "nothing.html": True,
    }  # fmt: skip


def text_of(element: object) -> str:
    return "".join(element.itertext())  # type: ignore[attr-defined]


def test_agreements_that_follow_each_other_stand_together(village: Pages) -> None:
    reader = village.readers["en"]
    bars = pictures.bars(reader, pictures.agreements(reader))

    names = [bar.name.href for bar in bars]
    for at, bar in enumerate(bars):
        for before, words in bar.follows:
            assert before == at - 1
            assert words in ("extends", "replaces")
    assert f"{AGREEMENT}imt-uts-mou-2022" in names
    assert any(bar.follows for bar in bars)


def test_a_succession_in_a_circle_is_drawn_all_the_same(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = """agreement:a a coop:Agreement ; coop:extends agreement:b ;
        schema:validFrom "2020"^^xsd:gYear .
    agreement:b a coop:Agreement ; coop:extends agreement:a , agreement:b ."""

    made = pages(coopera_project, vocabulary + turtle(data))

    assert picture(made.text("timeline", "en"), "timeline").count("agreement/a.html") == 2
    assert picture(made.text(f"{AGREEMENT}b", "fr"), "timeline").count("agreement/b.html") == 2


def test_the_network_tells_who_has_agreements_with_whom(village: Pages) -> None:
    html = village.text("network", "en")

    told = rows(html)
    first = next(row for row in told if "Institut Mines-Télécom" in row[0])
    assert "University of Technology Sydney" in first[0]
    agreements = set(re.findall(rf"{AGREEMENT}[\w-]+", told_row(html, first[0])))
    assert first[2] == str(len(agreements)) == "3"
    nodes = drawn.drawings(picture(html, "network"))["wide"].findall(".//g[@class='node']")
    parties = {party for who in pictures._by_parties(village.readers["en"]) for party in who}
    assert len(nodes) == len(parties)


def told_row(html: str, head: str) -> str:
    return next(row for row in table(html).split("<tr>") if text(row).startswith(head))


def test_a_party_whose_country_no_source_states_is_on_the_map_as_unknown(village: Pages) -> None:
    html = village.text("map", "en")

    unknown = next(row for row in rows(html) if row[0] == "unknown")
    assert "Bay Polytechnic" in unknown[1]
    told = picture(html, "map")
    for drawing in drawn.drawings(told).values():
        said = [line.text for line in drawn.lines(drawing)]
        assert said[said.index("Without a place on the map:") + 1] == "Country unknown (1)"


def test_a_graph_without_agreements_has_no_pages_of_pictures(
    coopera_project: Project, vocabulary: Quads
) -> None:
    made = pages(coopera_project, vocabulary)

    assert not set(pictures.PAGES) & set(made.addresses)
    assert not {f"{kind}.html" for kind in pictures.PAGES} & hrefs(made.text("index", "en"))


def test_very_many_agreements_are_drawn_in_part_and_it_is_said(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = "".join(
        f'institution:i{at} a coop:Institution ; skos:prefLabel "Institution {at}"@en .\n'
        f"agreement:a{at} a coop:Agreement ; coop:party institution:i{at} , institution:i{at // 2} ;"
        f' schema:validFrom "{1900 + at % 120}"^^xsd:gYear .\n'
        for at in range(700)
    )
    made = pages(coopera_project, vocabulary + turtle(data))

    timeline, network = made.text("timeline", "en"), made.text("network", "en")

    assert "Shown: 16 of 700." in text(timeline)
    assert len(links(picture(timeline, "timeline"))) == 16
    shown = re.search(r"Shown: (\d+) of 700\.", text(network))
    assert shown is not None
    wide = drawn.drawings(picture(network, "network"))["wide"]
    assert len(wide.findall(".//g[@class='node']")) == int(shown[1]) >= 24
    assert max(len(timeline.encode()), len(network.encode())) <= 60_000


# --- Pictures on other pages -----------------------------------------------------------------------


def test_the_home_page_draws_the_partnership_and_leads_to_the_pictures(village: Pages) -> None:
    for language in ("en", "fr"):
        html = village.text("index", language)

        assert f"{AGREEMENT}imt-uts-ktp-2025.html" in links(picture(html, "timeline"))
        assert {"timeline.html", "network.html", "map.html"} <= hrefs(html)


@pytest.mark.parametrize("address", ["timeline", "network", "map"])
def test_the_menu_tells_that_a_picture_is_one_of_the_pictures(village: Pages, address: str) -> None:
    for language, said in (("en", "Pictures"), ("fr", "Images")):
        html = village.text(address, language)
        current = re.findall(r'<a href="timeline.html" aria-current="(\w+)">([^<]+)</a>', html)
        assert current == [("page" if address == "timeline" else "true", said)]


def test_an_agreement_is_drawn_with_what_it_extends_and_what_replaces_it(village: Pages) -> None:
    told = picture(village.text(f"{AGREEMENT}imt-uts-mou-2022", "en"), "timeline")

    assert f"../../{AGREEMENT}imt-uts-ktp-2025.html" in links(told)
    assert f"../../{AGREEMENT}imt-uts-mou-2022.html" in links(told)
    assert " — extends — Memorandum of IMT and UTS</title>" in told


def test_an_institution_is_drawn_with_its_partners_and_schools(village: Pages) -> None:
    html = village.text(f"{INSTITUTION}imt", "fr")

    told = picture(html, "network")
    assert f"../../{INSTITUTION}uts.html" in links(told)
    assert f"../../{INSTITUTION}eurecom.html" in links(told)
    assert "EURECOM — école filiale" in unescape(told)
    assert f"../../{AGREEMENT}imt-uts-ktp-2025.html" in links(picture(html, "timeline"))


def test_a_partnership_is_drawn_since_the_bounds_of_its_start(village: Pages) -> None:
    html = village.text("id/partnership/imt-uts", "en")

    assert f"../../{INSTITUTION}uts.html" in links(picture(html, "network"))
    dated = village.text("id/partnership/uts-imt-schools", "fr")
    assert "Depuis\u00a0: entre 2000 et 2009 · fin\u00a0: inconnue" in unescape(
        picture(dated, "timeline")
    )


def test_a_partnership_is_drawn_until_the_last_agreement_that_frames_it_at_least(
    coopera_project: Project, vocabulary: Quads
) -> None:
    since = turtle(f'<{PARTNERSHIP}> coop:startsNotAfter "2005"^^xsd:gYear .')
    stated = graphs.read(ROOT / "tests/data/village.ttl")
    made = pages(coopera_project, [*vocabulary, *stated, *since])

    drawn_row = picture(made.text("index", "fr"), "timeline")
    bar = next(r for r in re.findall(r'<a class="bar-row".*?</a>', drawn_row) if "≤" in r)

    assert "dernier accord\u00a0: 17\u00a0juillet 2025 · fin\u00a0: inconnue" in unescape(bar)
    assert 'class="full"' in bar


@pytest.mark.parametrize("address", ["id/document/ror-v2-9", "queries", "ontology/Agreement"])
def test_other_pages_have_no_picture(village: Pages, address: str) -> None:
    assert "<svg" not in village.text(address, "en")


def test_an_agreement_without_any_date_has_no_timeline(
    coopera_project: Project, vocabulary: Quads
) -> None:
    made = pages(coopera_project, vocabulary + turtle("agreement:a a coop:Agreement ."))

    assert "<svg" not in made.text(f"{AGREEMENT}a", "en")


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", '\\" onload=\\"alert(1)', "</svg><img src=x onerror=y>"],
)
def test_a_label_of_the_graph_stays_text_in_each_picture(
    coopera_project: Project, vocabulary: Quads, hostile: str
) -> None:
    data = f"""
    institution:x a coop:Institution ; skos:prefLabel "{hostile}"@fr .
    institution:y a coop:Institution ; skos:prefLabel "{hostile}"@en ;
        schema:location <https://w3id.org/coopera/concept/country/fr> .
    agreement:a a coop:Agreement ; skos:prefLabel "{hostile}"@en ; coop:party institution:x ,
        institution:y ; schema:validFrom "2020"^^xsd:gYear , "{hostile}" .
    """
    made = pages(coopera_project, vocabulary + turtle(data))
    for address in (*pictures.PAGES, f"{AGREEMENT}a", f"{INSTITUTION}x", "index"):
        html = made.text(address, "en")

        assert "<script>" not in html
        assert "<img" not in html
        assert not re.search(r'<[^>]*" onload="', html)


def test_a_name_in_another_language_says_so(coopera_project: Project, vocabulary: Quads) -> None:
    data = """agreement:a a coop:Agreement ; skos:prefLabel "Accord"@fr ;
        schema:validFrom "2020"^^xsd:gYear ."""
    made = pages(coopera_project, vocabulary + turtle(data))

    told = picture(made.text("timeline", "en"), "timeline")

    assert [a.get("lang") for a in drawn.drawings(told)["wide"].iter("a")] == ["fr"]


# --- Words and assets ------------------------------------------------------------------------------


def test_every_word_of_the_pictures_is_used() -> None:
    code = "".join(p.read_text("utf-8") for p in (ROOT / "src/coopera").rglob("*.py"))
    code = code.replace(Path(captions.__file__).read_text("utf-8"), "")
    code += "".join(p.read_text("utf-8") for p in (ROOT / "src/coopera/templates").glob("*.html"))
    made = ("region_", "tie_")
    counted = ("parties_one", "parties_many", "rows_one", "rows_many")

    for name in captions.PICTURES:
        known = f'"{name}"' in code or f"w.{name}" in code or name.startswith(made)
        assert known or name in counted, name


@pytest.mark.parametrize("here", [True, False])
def test_the_network_is_made_movable_where_d3_force_is_here(
    village: Pages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, here: bool
) -> None:
    folder(monkeypatch, tmp_path, here)

    for language in ("en", "fr"):
        scripts = re.findall(
            r'<script src="([^"]*)" defer></script>', village.text("network", language)
        )
        added = ["../vendor/d3-force.js", "../network.js"] if here else []
        assert scripts == ["../coopera.js", *added]
    assert (assets.content("network.js") is not None) == here
    assert ("vendor/d3-force.js" in assets.static()) == here
    assert assets.content("vendor/STAMP") is None
    assert assets.content("../templates/base.html") is None


def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, here: bool) -> None:
    """Stand for the folder of the templates, with the assets or without."""
    (tmp_path / "vendor").mkdir()
    for name in ("network.js", "editor.js"):
        (tmp_path / name).write_text("//")
    for name in ("d3-force.js", "yasgui.min.js", "yasgui.min.css", "THIRD-PARTY.txt", "STAMP"):
        if here:
            (tmp_path / "vendor" / name).write_text("//")
    monkeypatch.setattr(assets, "FOLDER", tmp_path)


@pytest.mark.parametrize("here", [True, False])
def test_the_map_has_outlines_where_they_are_here(
    village: Pages, monkeypatch: pytest.MonkeyPatch, here: bool
) -> None:
    from test_pictures import ISLAND

    atlas = world.read(json.dumps(ISLAND)) if here else None
    monkeypatch.setattr(assets, "atlas", lambda: atlas)

    html = village.text("map", "en")

    assert ('class="land"' in html) == here
    assert ("Natural Earth" in html) == here
    assert ("(M49)" in html) != here


def test_our_scripts_are_small() -> None:
    scripts = list((ROOT / "src/coopera/templates").glob("*.js"))

    assert {path.name for path in scripts} >= {"network.js", "editor.js"}
    assert sum(path.stat().st_size for path in scripts) <= 15_000


def test_a_page_of_pictures_is_small(coopera_project: Project) -> None:
    whole = pages(coopera_project, graphs.read_all(coopera_project.graph_files))

    for address in (*pictures.PAGES, "index"):
        for language in ("en", "fr"):
            assert len(whole.text(address, language).encode()) <= 60_000, address

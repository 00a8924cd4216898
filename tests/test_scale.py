"""A graph of some hundred agreements: pages stay light, and the rest of what they cut is elsewhere.

It is our own, with copies of its agreements; those of UTS and of IMT have two hundred and more.
"""

import re
from collections import Counter
from html import unescape
from runpy import run_path
from urllib.parse import unquote

import pytest
from conftest import ROOT

from coopera import derived, graphs
from coopera.pages import lists, pictures, profiles, things
from coopera.pages.names import up
from coopera.pages.views import HEAVIEST
from coopera.project import Project
from coopera.publication import Publication
from coopera.terms import COOP, LANGUAGES

UTS = "https://w3id.org/coopera/id/institution/uts"
NUMBER = 260


@pytest.fixture(scope="module")
def published(coopera_project: Project) -> Publication:
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(str(ROOT / "benchmarks"))
        copies = run_path(str(ROOT / "benchmarks/site.py"))["copies"](NUMBER)
    stated = graphs.read_all(coopera_project.graph_files) + copies
    return Publication(coopera_project, [*stated, *derived.follow(coopera_project, stated)])


def rows(page: str) -> list[str]:
    """Give what the rows of the first table on a page lead to first."""
    return re.findall(r'<tr[^>]*><th scope="row"><a href="([^"]+)"', page)


def test_no_page_of_a_large_graph_is_heavier_than_60_kb(published: Publication) -> None:
    heavy = {}
    for name in published.names():
        if name.endswith(".html") and len(content := published.content(name)) > HEAVIEST:
            heavy[name] = len(content)

    assert len(published.pages.agreements) >= NUMBER
    assert heavy == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_partners_of_a_hub_stand_on_pages_to_which_its_own_leads(
    published: Publication, language: str
) -> None:
    pages, index = published.pages, published.pages.index
    at = pages.readers[language].page(UTS)
    where = f"{at}{profiles.WITH}"
    parts = [a for a in pages.addresses if a == where or a.startswith(f"{where}~p")]
    agreements = [a for a in index.sources_of(UTS, COOP + "party") if a in pages.agreements]
    partners = {o for a in agreements for o in index.iris(a, COOP + "party")} - {UTS}
    listed = re.findall(
        r'<li><div class="val"><a href="([^"]+)"', "".join(pages.text(a, language) for a in parts)
    )

    assert f'href="../../{where}.html"' in pages.text(str(at), language)
    assert Counter(listed) == Counter(
        f"../../{pages.readers[language].page(p)}.html" for p in partners
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_parts_of_the_table_below_the_timeline_tell_every_agreement_once(
    published: Publication, language: str
) -> None:
    pages = published.pages
    parts = [a for a in pages.addresses if a == "timeline" or a.startswith("timeline~p")]
    told = [at for part in parts for at in rows(pages.text(part, language))]
    reader = pages.readers[language]

    assert Counter(told) == Counter(f"{reader.page(a)}.html" for a in pages.agreements)
    assert 'rel="next" href="timeline~p2.html"' in pages.text("timeline", language)
    assert "<svg" not in pages.text("timeline~p2", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_parts_of_the_table_below_the_network_tell_all_pairs_and_lead_to_all_agreements(
    published: Publication, language: str
) -> None:
    pages, album = published.pages, published.pages.albums[language]
    parts = [a for a in pages.addresses if a == "network" or a.startswith("network~p")]
    told = []
    for part in parts:
        for row in re.findall(r"<tr><th.*?</tr>", pages.text(part, language))[1:]:
            numbers = re.findall(r"<div>([\d,\u202f]+)</div></td></tr>", row)
            if numbers:
                told.append(int(re.sub(r"\D", "", numbers[0])))

    assert len(parts) == -(-len(album.pairs) // pictures.MOST_ROWS) > 1
    assert told == [len(album.found[who]) for who in album.pairs]
    rest = re.search(r'<a href="([^"]+)">(?:and|et) ', pages.text("network", language))
    assert rest is not None
    assert f"{language}/{unquote(unescape(rest[1]))}" in published.files


def test_a_page_that_is_cut_says_how_much_there_is(published: Publication) -> None:
    pages = published.pages
    number = len(lists.members(pages.readers["en"], things.AGREEMENT))
    page = pages.text("id/institution/uts", "en")

    assert f"Shown: 16 of {number}." in pages.text("timeline", "en")
    assert re.search(r"The first \d+ of \d{3}\.", page)
    assert re.search(r"Shown: \d+ of \d{2,}\.", page)
    assert f'href="{up("id/institution/uts")}lists/Agreement/partner/uts.html"' in page

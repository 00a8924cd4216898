"""The weight of pages: none is heavier than 60 kB, and one style sheet is all that it needs."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from coopera import checks
from coopera.pages import things
from coopera.project import Project
from coopera.publication import Publication
from coopera.terms import LANGUAGES

MOST = 60_000
"""Bytes of HTML."""


@pytest.fixture(scope="module")
def published(coopera_project: Project) -> Publication:
    outcome = checks.run(coopera_project)
    return Publication(coopera_project, outcome.triples, lambda: outcome)


def html(published: Publication) -> Iterator[tuple[str, bytes]]:
    return ((name, published.content(name)) for name in published.names() if name.endswith(".html"))


def test_no_page_is_heavier_than_60_kb_and_each_needs_one_style_sheet(
    published: Publication,
) -> None:
    heavy = {}
    for name, content in html(published):
        if len(content) > MOST:
            heavy[name] = len(content)
        sheets = re.findall(rb'<link rel="stylesheet"', content)
        assert len(sheets) == 1, name
        for script in re.findall(rb"<script[^>]*>", content):
            assert b"defer" in script or b"ld+json" in script, (name, "nothing waits for it")

    assert heavy == {}


def members(page: str) -> list[str]:
    """Give what the items of the lists on a page lead to first."""
    return re.findall(r'<li><div class="val"><a href="([^"]+)"', page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_points_to_a_thing_is_on_pages_of_its_own_where_it_is_much_and_none_is_lost(
    published: Publication, language: str
) -> None:
    pages, iri = published.pages, f"{published.project.base}concept/standing/accepted"
    where = "concept/standing/accepted"
    parts = [at for at in pages.addresses if at.startswith(f"{where}{things.LINKS}")]
    first = pages.text(where, language)
    found = [member for at in parts for member in members(pages.text(at, language))]
    linked = pages.index.links[iri]

    assert len(parts) == -(-len(found) // things.LISTED) > 2
    assert len(found) == len(set(found)) == len(set().union(*linked.values()))
    told = re.search(r'id="incoming".*?class="count">([^<]+)<', first, re.DOTALL)
    assert told is not None
    assert int(re.sub(r"\D", "", told[1])) == len(found)


def test_a_heading_leads_to_the_part_in_which_its_links_begin(published: Publication) -> None:
    for address in ("concept/standing/accepted", "id/institution/imt"):
        page = published.pages.text(address, "en")
        up = "../" * address.count("/")
        for href, title in re.findall(rf'<li><a href="{up}([^"]+~in[^"]*)">([^<]+)</a>', page):
            at, _, anchor = href.partition(".html#")
            heading = re.search(rf'<h2 id="{anchor}">([^<]+?) <', published.pages.text(at, "en"))
            assert heading is not None
            assert unescape(heading[1]) == unescape(title)


def test_a_thing_with_few_links_has_them_on_its_page(published: Publication) -> None:
    page = published.pages.text("id/agreement/imt-uts-ktp-2025", "en")

    assert things.LINKS not in page
    assert members(page[page.index('id="incoming"') :])

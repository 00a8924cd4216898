"""A newcomer's walk through the site in a browser: finding, choosing, asking, taking away."""

import csv
import posixpath
import re
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import browsing
import pytest
from browsing import needs_chromium
from conftest import ROOT
from outlets import Site
from serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = needs_chromium

KTP = "id/agreement/imt-uts-ktp-2025"


@pytest.fixture
def page(chromium: "Browser", whole_site: Site) -> Iterator["Page"]:
    """Open the page that offers the languages."""
    with browsing.tab(chromium, whole_site.url) as opened:
        opened.goto(whole_site.url)
        yield opened


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving("--no-log", "--unisolated", "--no-reload", project=ROOT) as served:
        yield served.url


@pytest.fixture
def live(chromium: "Browser", server: str) -> Iterator["Page"]:
    with browsing.tab(chromium, server) as opened:
        opened.goto(server)
        yield opened


def path(page: "Page") -> str:
    return str(urlsplit(page.url).path.removeprefix("/"))


def link(page: "Page", name: str) -> "Locator":
    """Find the first link whose words begin with a name."""
    return page.get_by_role("link", name=re.compile("^" + re.escape(name))).first


def rows(page: "Page") -> list[str]:
    """Give the names of the rows that are shown."""
    shown = page.locator("tbody tr:visible th[scope=row]")
    return [name.strip() for name in shown.all_inner_texts()]


# --- The sentence that proves the day of the signing ------------------------------------------------

WALKS = {
    "fr": ("Français", "Accord «"),
    "en": ("English", "Key Technology Partnership agreement of IMT and UTS (2025)"),
}
"""The first two clicks, by the words that the links begin with."""


@pytest.mark.parametrize("language", WALKS)
def test_three_clicks_lead_from_the_front_to_the_sentence_that_proves_the_signing(
    page: "Page", language: str
) -> None:
    for click in WALKS[language]:
        link(page, click).click()
    row = page.locator("#coop-signedDuring")
    proof = row.locator(".ev").filter(has_text="le 17 juillet")
    assert proof.locator("q").is_visible(), "it stands on the agreement's page already"

    proof.locator("a.mode").click()

    assert path(page).startswith(f"{language}/id/assertion/")
    assert "le 17 juillet" in page.locator("q, blockquote").first.inner_text()
    assert page.locator('a[href*="id/document/imt-uts-press-release"]').first.is_visible()


def test_a_question_of_the_home_page_leads_to_the_sentence_too(page: "Page") -> None:
    link(page, "English").click()
    page.get_by_role("link", name="Which sentence proves the signing date").click()

    assert "le 17 juillet" in page.locator("main table").first.inner_text()


# --- What a reader does ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["index", KTP, "lists/Agreement", "queries/agreements-between", "ontology/Agreement"]
)
def test_the_switch_of_language_stays_on_the_page(
    page: "Page", whole_site: Site, address: str
) -> None:
    page.goto(f"{whole_site.url}/fr/{address}.html")
    first = page.locator("h1").inner_text()

    page.get_by_role("link", name="English").click()
    assert path(page) == f"en/{address}.html"
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").inner_text() != first

    page.get_by_role("link", name="Français").click()
    assert path(page) == f"fr/{address}.html"


def test_what_is_typed_is_found_with_the_keyboard_alone(page: "Page") -> None:
    link(page, "Français").click()
    page.wait_for_url("**/fr/index.html")
    page.keyboard.press("Tab")  # the skip link comes first
    assert page.evaluate("document.activeElement.className") == "skip"
    page.get_by_role("textbox").first.focus()
    page.keyboard.type("mines telecom")
    page.locator(".found a").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/id/institution/imt.html")

    assert page.locator("h1").inner_text() == "Institut Mines-Télécom"


def test_values_of_facets_narrow_a_list_and_the_address_keeps_them(page: "Page") -> None:
    link(page, "English").click()
    page.get_by_role("navigation").get_by_role("link", name="Agreements").first.click()
    everything = rows(page)
    page.get_by_role("button", name="Institut Mines-Télécom").first.click()
    page.get_by_role("button", name="2025").first.click()

    assert rows(page) == [WALKS["en"][1]] != everything
    kept = page.url
    assert "#" in kept
    page.goto("about:blank")
    page.goto(kept)
    assert rows(page) == [WALKS["en"][1]]
    page.get_by_role("button", name="show all").click()
    assert rows(page) == everything


def test_a_list_is_taken_away_as_a_table(page: "Page", whole_site: Site) -> None:
    page.goto(f"{whole_site.url}/en/lists/Agreement.html")
    with page.expect_download() as download:
        link(page, "CSV").click()

    lines = list(csv.reader(download.value.path().read_text("utf-8-sig").splitlines()))
    assert len(lines) == len(rows(page)) + 1


def test_a_page_from_the_disk_finds_and_narrows_as_one_from_the_web(
    chromium: "Browser", whole_site: Site
) -> None:
    with browsing.tab(chromium, "file://") as page:
        page.goto((whole_site.folder / "index.html").as_uri())
        link(page, "English").click()
        page.get_by_role("textbox").first.fill("uts")
        page.locator(".found a").first.click()
        page.wait_for_url("file://**/en/id/institution/uts.html")
        page.goto((whole_site.folder / "en/lists/Agreement.html").as_uri() + "#partner/imt")

        assert len(rows(page)) == 2


def test_without_script_every_way_is_still_there(chromium: "Browser", whole_site: Site) -> None:
    with browsing.tab(chromium, whole_site.url, java_script_enabled=False) as page:
        page.goto(whole_site.url)
        link(page, "English").click()
        page.get_by_role("textbox").first.fill("uts")
        page.keyboard.press("Enter")
        page.wait_for_url("**/en/all.html?q=uts")
        page.locator(".letters").get_by_text("U", exact=True).click()
        page.wait_for_url("**/all*.html#*")
        assert link(page, "University of Technology Sydney").is_visible()

        page.goto(f"{whole_site.url}/en/lists/Agreement.html")
        page.get_by_role("link", name="Institut Mines-Télécom", exact=True).first.click()
        assert path(page).startswith("en/lists/Agreement/partner/")
        assert len(rows(page)) == 2

        page.goto(f"{whole_site.url}/en/timeline.html")
        assert page.locator("main svg.wide").first.is_visible()
        assert page.locator("main table").first.is_visible()


def test_every_link_of_every_page_leads_to_a_file_and_an_anchor(whole_site: Site) -> None:
    root = whole_site.folder
    files = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    texts = {name: (root / name).read_text("utf-8") for name in files if name.endswith(".html")}
    anchors = {name: set(re.findall(r' id="([^"]+)"', text)) for name, text in texts.items()}
    broken = []
    for name, text in texts.items():
        for value in set(re.findall(r' (?:href|src|action)="([^"]*)"', text)):
            way = urlsplit(unescape(value))
            if way.scheme:
                continue
            at = posixpath.normpath(posixpath.join("/", posixpath.dirname(name), unquote(way.path)))
            at = at.removeprefix("/")  # 404.html alone begins its links at the root of the host
            goal = at if way.path else name
            if goal not in files or (way.fragment and unquote(way.fragment) not in anchors[goal]):
                broken.append((name, value))

    assert broken == []


# --- A live server ----------------------------------------------------------------------------------------


def test_a_saved_question_is_asked_with_other_values_and_its_answer_taken_away(
    live: "Page",
) -> None:
    link(live, "English").click()
    live.get_by_role("link", name="Which agreements link two institutions").click()
    before = live.locator("main table").first.inner_text()
    live.get_by_label("Partner institution").select_option(
        label="Eindhoven University of Technology"
    )
    live.get_by_label("Institution", exact=True).select_option(
        label="University of Technology Sydney"
    )
    live.get_by_role("button").first.click()

    assert "partner=" in live.url
    answer = live.locator("main table").first.inner_text()
    assert answer != before
    assert "Eindhoven" in answer
    with live.expect_download() as download:
        live.locator("#answer ~ .note").get_by_role("link", name="csv").click()
    assert "eindhoven" in download.value.path().read_text("utf-8").lower()


def test_a_query_is_written_asked_and_mended(live: "Page", server: str) -> None:
    live.goto(f"{server}/sparql?lang=en")
    live.locator("#query").fill("SELEC ?s { ?s ?p ?o }")
    live.get_by_role("button").click()
    assert live.get_by_role("alert").is_visible()
    live.locator("#query").fill("SELECT ?s { ?s a <https://w3id.org/coopera/ontology#Agreement> }")
    live.get_by_role("button").click()

    assert len(rows(live)) == 13
    live.get_by_role("link", name="Français").click()
    assert live.locator("html").get_attribute("lang") == "fr"
    assert len(rows(live)) == 13, "the question stays with the switch of language"

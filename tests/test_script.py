"""The script of the site in a browser, from the disk: what it adds to pages that work without."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import browsing
import pytest
from browsing import needs_chromium
from outlets import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = needs_chromium

Open = Callable[[str], "Page"]


@pytest.fixture
def opened(chromium: "Browser", whole_site: Site) -> Iterator[Open]:
    """Open a page of the built site as a file."""
    with browsing.tab(chromium, "file://") as page:

        def go(address: str) -> "Page":
            page.goto(f"{whole_site.folder.as_uri()}/{address}")
            return page

        yield go


def rows(page: "Page") -> list[str]:
    """Give the names of the rows that are shown."""
    shown = page.locator("tbody tr:visible th[scope=row]")
    return [name.strip() for name in shown.all_inner_texts()]


def told(page: "Page") -> str:
    return str(page.locator("#total").inner_text())


def found(page: "Page") -> list[str]:
    """Give where the names lead that were found, from the language's folder."""
    page.locator(".found li").first.wait_for()
    links = page.locator(".found a").all()
    return [str(link.get_attribute("href")) for link in links]


def test_an_address_with_several_values_shows_what_has_them_all(opened: Open) -> None:
    page = opened("en/lists/Agreement.html#partner/uts,country/fr,year/2025")

    assert rows(page) == ["Key Technology Partnership agreement of IMT and UTS (2025)"]
    assert "1 of 13" in told(page)
    assert page.locator("[aria-pressed=true]").count() == 3


def test_a_value_is_chosen_and_left_by_a_click_and_counts_follow(opened: Open) -> None:
    page = opened("fr/lists/Agreement.html")
    choice = page.locator("#partner\\/imt a")

    choice.click()
    assert len(rows(page)) == 2
    assert "2 sur 13" in told(page)
    gone = page.locator("#year\\/2010")
    assert gone.get_attribute("class") == "off", "what no row has any more is marked"
    choice.click()
    assert len(rows(page)) == 13
    assert "13 accords" in told(page)


def test_the_head_of_a_column_sorts_and_the_unknown_stays_last(opened: Open) -> None:
    page = opened("en/lists/Agreement.html")
    for first in ("2009", "(2025)"):
        page.locator("thead button").nth(3).click()

        assert first in rows(page)[0]
        assert len(rows(page)) == 13
        assert "unknown" in page.locator("tbody td[data-label=Signed]").last.inner_text()
    assert page.locator("thead [aria-sort=descending]").count() == 1


@pytest.mark.parametrize(
    ("language", "typed", "first"),
    [
        ("en", "UTS", "id/institution/uts.html"),
        ("fr", "etablissement", "lists/Institution.html"),
        ("fr", "mines telecom", "id/institution/imt.html"),
        ("en", "cotutelle", "cotutelle"),
    ],
)
def test_what_is_typed_is_found_whatever_its_accents_and_capitals(
    opened: Open, whole_site: Site, language: str, typed: str, first: str
) -> None:
    links = found(opened(f"{language}/all.html?q={typed.replace(' ', '+')}"))

    assert any(first in link for link in links[:2]), links
    for link in links:
        assert (whole_site.folder / language / link).is_file()


def test_typing_on_any_page_leads_to_pages_from_there(opened: Open, whole_site: Site) -> None:
    page = opened("en/id/agreement/imt-uts-ktp-2025.html")
    page.get_by_role("textbox").fill("dundee")

    for link in found(page):
        assert (whole_site.folder / "en/id/agreement" / link).resolve().is_file()


def test_what_is_typed_stays_text(opened: Open) -> None:
    page = opened("en/all.html?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")

    assert found(page) == []
    assert page.locator(".found").inner_text() == "Nothing has such a name."
    assert page.locator("img").count() == 0


def test_an_address_that_names_no_value_changes_nothing(opened: Open) -> None:
    assert len(rows(opened("en/lists/Agreement.html#%E0%A4%A,partner/nobody,content"))) == 13


def test_the_switch_of_language_keeps_what_was_chosen(opened: Open) -> None:
    page = opened("en/lists/Agreement.html#partner/imt")
    page.locator("a.switch").click()
    page.wait_for_url("**/fr/lists/Agreement.html#partner/imt")

    assert len(rows(page)) == 2

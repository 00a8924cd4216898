"""Every type of page, in both languages: what axe-core finds, on a desk, a phone and paper."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import browsing
import pytest
from browsing import needs_chromium
from outlets import LIVE, REPORTS, Outlet, Site

from coopera.pages.templates import FOLDER
from coopera.terms import LANGUAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = os.environ.get("COOPERA_AXE", "")
"""The file axe.min.js of the package axe-core of npm."""
pytestmark = [
    needs_chromium,
    pytest.mark.skipif(not AXE, reason="COOPERA_AXE names no copy of axe.min.js (npm axe-core)"),
]

Look = Callable[["Page", str], list[str]]
"""A page and the name that its pictures have in; what is wrong with it out."""


def look(browser: "Browser", outlet: Outlet, language: str, at: Look, **options: Any) -> list[str]:
    """Open each page of an outlet and look at it; give what is wrong anywhere."""
    found = []
    with browsing.tab(browser, outlet.url, **options) as page:
        for name, way in outlet.pages.items():
            page.goto(f"{outlet.url}/{way.format(language)}")
            found += [f"{name}: {wrong}" for wrong in at(page, f"{name}.{language}")]
    return found


def violations(page: "Page", *rules: str) -> list[str]:
    """Run axe-core on the page as it is shown now: some rules, or all of them."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Path(AXE).read_text("utf-8"))
    options = {"preload": False, "resultTypes": ["violations"]}
    found = page.evaluate(
        "(asked) => axe.run(asked)", options | ({"runOnly": rules} if rules else {})
    )
    return [
        f"{rule['id']}: {rule['help']}: {[node['html'][:200] for node in rule['nodes']][:3]}"
        for rule in found["violations"]
    ]


def in_light_and_dark(page: "Page", name: str) -> list[str]:
    page.emulate_media(color_scheme="light")
    found = violations(page)
    if name.endswith(".fr"):  # of each scheme one picture, since they take their time
        browsing.picture(page, f"{name}.light")
    page.emulate_media(color_scheme="dark")
    if name.endswith(".en"):
        browsing.picture(page, f"{name}.dark")
    return found + [f"dark: {wrong}" for wrong in violations(page, "cat.color")]


def too_wide(page: "Page") -> list[str]:
    """Tell by how much a page is wider than its window, and what sticks out."""
    told: list[str] = page.evaluate("""() => {
      const most = document.documentElement.clientWidth;
      const wide = document.documentElement.scrollWidth;
      const out = [...document.querySelectorAll("body *")]
        .filter((one) => one.getBoundingClientRect().right > most + 1)
        .map((one) => one.outerHTML.slice(0, 120));
      return wide > most ? [`${wide} instead of ${most} pixels`, ...out.slice(-3)] : [];
    }""")
    return told


def on_a_phone(page: "Page", name: str) -> list[str]:
    browsing.picture(page, f"{name}.phone")
    return too_wide(page) + violations(page, "scrollable-region-focusable", "target-size")


def on_paper(page: "Page", _name: str) -> list[str]:
    """Tell what a printed page has too much, or lacks."""
    page.emulate_media(media="print")
    shown: list[str] = page.evaluate("""() =>
      [...document.querySelectorAll("body > header nav, .search, .switch, .skip, .takes, .pager")]
        .filter((one) => one.checkVisibility()).map((one) => `printed: ${one.className}`)""")
    if not page.locator("h1").first.is_visible():
        shown.append("its title is not printed")
    return shown + too_wide(page)


OUTLETS = pytest.mark.parametrize("outlet", ["site", "live", "reports"])
IN_BOTH = pytest.mark.parametrize("language", LANGUAGES)


@OUTLETS
@IN_BOTH
def test_axe_finds_nothing_on_any_type_of_page_in_light_and_dark(
    chromium: "Browser", all_outlets: dict[str, Outlet], outlet: str, language: str
) -> None:
    found = look(chromium, all_outlets[outlet], language, in_light_and_dark)

    assert found == [], "\n".join(found)


@OUTLETS
@IN_BOTH
def test_no_type_of_page_is_wider_than_a_phone(
    chromium: "Browser", all_outlets: dict[str, Outlet], outlet: str, language: str
) -> None:
    found = look(chromium, all_outlets[outlet], language, on_a_phone, viewport=browsing.PHONE)

    assert found == [], "\n".join(found)


@OUTLETS
def test_each_type_of_page_can_be_printed_without_what_paper_cannot_do(
    chromium: "Browser", all_outlets: dict[str, Outlet], outlet: str
) -> None:
    found = look(chromium, all_outlets[outlet], "fr", on_paper, viewport=browsing.PAPER)

    assert found == [], "\n".join(found)


def test_every_template_of_a_page_is_among_the_types(whole_site: Site) -> None:
    texts = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.html")}
    pages = {name for name, text in texts.items() if "<html" in text or "{% extends" in text}
    bases = {name for text in texts.values() for name in re.findall(r'{% extends "([^"]+)"', text)}
    opened = {kind.template for kind in whole_site.kinds} | {"front.html", "lost.html"}
    opened |= {f"{name.partition('-')[0]}.html" for name in (*LIVE, *REPORTS)}

    assert opened >= pages - bases

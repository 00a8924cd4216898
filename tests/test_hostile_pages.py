"""Pages of a hostile graph: what tries to run stays text, and no name leaves its folder."""

from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import quote

import browsing
import hostile
import httpx
import outlets
import pytest
from browsing import needs_chromium
from hostile import Running
from outlets import Outlet, Site

from coopera.pages.names import Addresses
from coopera.project import Project
from coopera.terms import LANGUAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return hostile.project(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def site(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with outlets.built(project, tmp_path_factory.mktemp("hostile-site") / "public") as found:
        yield found


@pytest.fixture(scope="module")
def shown(
    project: Project, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Outlet]]:
    with outlets.all_of(project, site, tmp_path_factory.mktemp("hostile-reports")) as found:
        yield found


def addresses(project: Project) -> dict[str, str]:
    """Give the address of the page of each hostile thing."""
    names = Addresses(project.base)
    iris = {str(triple.subject)[1:-1] for triple in hostile.things()}
    return {iri: names.of(iri) or "" for iri in iris}


def test_nothing_of_a_hostile_graph_runs_on_any_page_of_its_site(site: Site) -> None:
    for path in site.folder.rglob("*.html"):
        assert Running(path.read_text("utf-8")).found == [], path


def test_what_is_hostile_is_shown_as_it_is(project: Project, site: Site) -> None:
    pages = [site.folder / f"en/{at}.html" for at in addresses(project).values()]
    told = unescape("".join(path.read_text("utf-8") for path in pages))

    for text in hostile.TEXTS:
        assert text in told or text.replace("'", "’") in told, text
    for iri in (*hostile.IRIS, *hostile.ADDRESSES):
        assert iri in told, iri


def test_each_hostile_name_has_files_of_its_own_within_the_folder(
    project: Project, site: Site
) -> None:
    found = addresses(project)
    assert len({address.casefold() for address in found.values()}) == len(found)
    for address in found.values():
        for name in (f"fr/{address}.html", f"en/{address}.html", f"{address}.ttl", f"{address}.nt"):
            path = site.folder / name
            assert path.is_file(), name
            assert path.resolve().is_relative_to(site.folder.resolve()), name


def test_every_file_has_a_name_that_every_system_can_hold(site: Site) -> None:
    names = [p.relative_to(site.folder).as_posix() for p in site.folder.rglob("*") if p.is_file()]
    ours = [name for name in names if not name.startswith("data/")]  # copies keep their name
    assert len({name.casefold() for name in names}) == len(names)
    for name in ours:
        for step in name.split("/"):
            assert len(step.encode()) <= 255, name
            assert step.partition(".")[0].lower() not in {"con", "prn", "aux", "nul"}, name
            assert not set('<>:"\\|?*\x00') & set(step), name
            assert not step.endswith((".", " ")), name


def test_no_report_and_no_live_page_of_a_hostile_graph_runs_anything(
    shown: dict[str, Outlet],
) -> None:
    for outlet in (shown["reports"], shown["live"]):
        for way in outlet.pages.values():
            for language in LANGUAGES:
                got = httpx.get(f"{outlet.url}/{way.format(language)}", headers=BROWSER)
                assert Running(got.text).found == [], way


BROWSER = {"accept": "text/html,*/*;q=0.8"}
SENT = (
    "{}", "en/{}", "en/{}.html", "id/institution/{}", "sparql?format=html&query={}",
    "sparql?format={}&query=ASK%7B%7D", "sparql?lang={}", "sparql?{}=x",
    "en/queries/agreements-between.html?institution={}", "en/queries/agreements-between.html?{}=x",
    "en/queries/q0.html?name={}", "api/queries/{}", "api/queries/q0?name={}",
    "reconcile/preview?id={}", "reconcile/suggest/entity?prefix={}", "reconcile?queries={}",
)  # fmt: skip
"""What a link elsewhere may ask of the server, with the text of an attack in it."""


@pytest.mark.parametrize("way", SENT)
def test_what_a_link_sends_to_the_server_comes_back_as_text(
    shown: dict[str, Outlet], way: str
) -> None:
    for text in (*hostile.TEXTS, *hostile.ADDRESSES):
        url = f"{shown['live'].url}/{way.format(quote(text, safe=''))}"
        got = httpx.get(url, headers=BROWSER, follow_redirects=True)

        assert str(got.url).startswith(f"{shown['live'].url}/")
        assert got.headers["x-content-type-options"] == "nosniff"
        assert "default-src" in got.headers["content-security-policy"]
        if got.headers["content-type"].startswith("text/html"):
            assert Running(got.text).found == [], text


# --- In a browser -------------------------------------------------------------------------------------

TRAP = "window.xss = () => { window.hit = document.URL };"
"""What every attack calls."""


def audit(page: "Page") -> object:
    """Give what has run, or would run at a click, on the page as the browser has read it."""
    return page.evaluate("""() => window.hit || [...document.querySelectorAll("*")].flatMap((one) =>
      [...one.attributes].filter((a) => /^on|^srcdoc$/.test(a.name)
        || (/^(xlink:)?href$|^src$|action$/.test(a.name) && a.ownerElement.namespaceURI
          && !/^(https?|file|data):$/.test(new URL(a.value, document.baseURI).protocol)))
        .map((a) => `${one.localName} ${a.name}=${a.value}`))""")


@needs_chromium
def test_no_page_of_a_hostile_graph_runs_anything_in_a_browser(
    chromium: "Browser", project: Project, site: Site
) -> None:
    kinds = [kind.address for kind in site.kinds]
    with browsing.tab(chromium, site.url) as page:
        page.add_init_script(TRAP)
        for address in [*kinds, *addresses(project).values()]:
            page.goto(f"{site.url}/en/{quote(address)}.html")
            assert audit(page) == [], address


@needs_chromium
@pytest.mark.parametrize("text", hostile.TEXTS)
def test_hostile_names_stay_text_where_they_are_found(
    chromium: "Browser", site: Site, text: str
) -> None:
    with browsing.tab(chromium, site.url) as page:
        page.add_init_script(TRAP)
        page.goto(f"{site.url}/en/all.html?q={quote(text)}#{quote(text)}")
        page.locator(".found").wait_for()
        assert audit(page) == []


@needs_chromium
@pytest.mark.parametrize("way", SENT)
def test_what_a_link_sends_to_the_server_runs_in_no_browser(
    chromium: "Browser", shown: dict[str, Outlet], way: str
) -> None:
    live = shown["live"].url
    with browsing.tab(chromium, live) as page:
        page.add_init_script(TRAP)
        for text in hostile.TEXTS[:6]:
            page.goto(f"{live}/{way.format(quote(text, safe=''))}")
            assert audit(page) == [], text

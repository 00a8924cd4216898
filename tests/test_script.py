"""The script of the site in a real browser, from the disk: what it adds to pages that work without."""

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest
from conftest import ROOT
from test_pages import text

from coopera import graphs, site
from coopera.project import Project

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def built(coopera_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("script") / "public"
    from dataclasses import replace

    # Without shapes no rule is explained, which takes its time.
    bare = tmp_path_factory.mktemp("bare")
    for name in ("coopera.toml", "data", "queries"):
        (bare / name).symlink_to(ROOT / name)
    (bare / "ontology").mkdir()
    for path in (ROOT / "ontology").iterdir():
        if path.name != "shapes":
            (bare / "ontology" / path.name).symlink_to(path)
    project = replace(coopera_project, root=bare)
    site.write(project, graphs.read_all(project.graph_files), root)
    return root


def opened(root: Path, address: str, tmp_path: Path, act: str = "") -> str:
    """Open a page as a file, act on it, and give what it has become."""
    name = address.partition("#")[0].partition("?")[0]
    path = root / name
    if act:
        page = path.read_text("utf-8")
        path = path.with_name(f"acted-{path.name}")
        (root / "act.js").write_text(
            f"window.addEventListener('load', () => {{ {act} }});", "utf-8"
        )
        up = "../" * name.count("/")
        path.write_text(
            page.replace("</body>", f'<script src="{up}act.js"></script></body>'), "utf-8"
        )
    url = f"file://{path}{address[len(name) :]}"
    done = subprocess.run(
        [
            str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=4000",
            "--dump-dom", url,
        ],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "</html>" in done.stdout, done.stderr[-2000:]
    return done.stdout


def rows(html: str) -> list[str]:
    """Give the names of the rows that are shown."""
    body = html.split("<tbody>")[1].split("</tbody>")[0]
    shown = [
        row for row in re.findall(r"<tr[^>]*>.*?</tr>", body, re.DOTALL) if "hidden" not in row[:80]
    ]
    return [text(str(re.findall(r'<th scope="row">(.*?)</th>', row)[0])) for row in shown]


def test_an_address_with_several_values_shows_what_has_them_all(
    built: Path, tmp_path: Path
) -> None:
    html = opened(built, "en/lists/Agreement.html#partner/uts,country/fr,year/2025", tmp_path)

    assert rows(html) == ["Key Technology Partnership agreement of IMT and UTS (2025)"]
    assert "1 of 13" in text(html)
    assert len(re.findall(r'aria-pressed="true"', html)) == 3


def test_a_value_is_chosen_and_left_by_a_click_and_counts_follow(
    built: Path, tmp_path: Path
) -> None:
    click = "document.querySelector('#partner\\\\/imt a').click();"
    chosen = opened(built, "fr/lists/Agreement.html", tmp_path, click)

    assert len(rows(chosen)) == 2
    assert "2 sur 13" in text(chosen)
    assert re.search(r'id="year/2010" class="off"', chosen), "what no row has any more is marked"
    left = opened(built, "fr/lists/Agreement.html", tmp_path, click + click)
    assert len(rows(left)) == 13
    assert "13 accords" in text(left)


def test_the_head_of_a_column_sorts_and_the_unknown_stays_last(built: Path, tmp_path: Path) -> None:
    click = "document.querySelectorAll('thead button')[3].click();"
    for times, first in ((1, "2009"), (2, "(2025)")):
        html = opened(built, "en/lists/Agreement.html", tmp_path, click * times)
        names = rows(html)
        assert first in names[0]
        assert len(names) == 13
        last = html.split("<tbody>")[1].split("</tbody>")[0].rpartition('data-label="Signed"')[2]
        assert "unknown" in last[:60]
    assert 'aria-sort="descending"' in html


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
    built: Path, tmp_path: Path, language: str, typed: str, first: str
) -> None:
    html = opened(built, f"{language}/all.html?q={typed.replace(' ', '+')}", tmp_path)

    found = re.search(r'<ul class="found">(.*?)</ul>', html, re.DOTALL)
    assert found
    links = re.findall(r'href="([^"]+)"', found[1])
    assert any(first in link for link in links[:2]), links
    for link in links:
        assert (built / language / link).is_file()


def test_typing_on_any_page_leads_to_pages_from_there(built: Path, tmp_path: Path) -> None:
    act = (
        "const box = document.querySelector('form.search input'); box.focus();"
        "box.value = 'dundee'; box.dispatchEvent(new Event('input', {bubbles: true}));"
    )
    html = opened(built, "en/id/agreement/imt-uts-ktp-2025.html", tmp_path, act)

    found = re.search(r'<ul class="found">(.*?)</ul>', html, re.DOTALL)
    assert found
    links = re.findall(r'href="([^"]+)"', found[1])
    assert links
    for link in links:
        assert (built / "en/id/agreement" / link).resolve().is_file()


def test_what_is_typed_stays_text(built: Path, tmp_path: Path) -> None:
    html = opened(built, "en/all.html?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", tmp_path)

    assert "Nothing has such a name." in unescape(html)
    assert "<img" not in html


def test_an_address_that_names_no_value_changes_nothing(built: Path, tmp_path: Path) -> None:
    html = opened(built, "en/lists/Agreement.html#%E0%A4%A,partner/nobody,content", tmp_path)

    assert len(rows(html)) == 13


def test_the_switch_of_language_keeps_what_was_chosen(built: Path, tmp_path: Path) -> None:
    act = (
        "history.replaceState(null, '', '#partner/imt');"
        "const link = document.querySelector('a.switch');"
        "link.addEventListener('click', (e) => e.preventDefault()); link.click();"
    )
    html = opened(built, "en/lists/Agreement.html", tmp_path, act)

    link = re.search(r'<a class="switch"[^>]*href="([^"]+)"', html)
    assert link
    assert link[1].endswith("fr/lists/Agreement.html#partner/imt")

"""A browser for tests: a URL in; a tab of Chromium there, and what the page asks for and tells, out.

Chromium is that of the system, driven by Playwright, which is no dependency: `.ci/run` installs it
beside the tests. Its loop holds the thread that it is started in, so it lives for one module.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None or find_spec("playwright") is None,
    reason="Chromium or Playwright is not installed: apt-get install chromium, pip install playwright",
)
PICTURES = os.environ.get("COOPERA_SCREENSHOTS", "")
"""The folder that keeps a picture of each type of page, if any."""

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PAPER = {"width": 794, "height": 1123}
"""A4 at 96 dots an inch."""


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Start Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        # Chromium has no sandbox for root, as whom continuous integration runs.
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def tab(browser: "Browser", host: str, **options: Any) -> Iterator["Page"]:
    """Open a tab that must ask no other host for anything, tell no error and open no dialog."""
    told: list[str] = []
    context = browser.new_context(**{"viewport": WIDE, **options})
    page = context.new_page()
    page.set_default_timeout(10_000)

    def ask(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "file" and f"{parts.scheme}://{parts.netloc}" != host:
            told.append(f"asks for {url}")

    def ask_back(dialog: "Dialog") -> None:
        told.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def hear(kind: str, text: str, url: str) -> None:
        # A page that tells what is wrong has a status that says so; and beside a text that is no
        # page, Chromium looks for an icon by itself.
        usual = url == page.url or urlsplit(url).path == "/favicon.ico"
        if not (usual and text.startswith("Failed to load resource")):
            told.append(f"{kind} {text} at {url} on {page.url}")

    context.on("request", lambda request: ask(request.url))
    context.on("weberror", lambda error: told.append(f"error {error.error}"))
    context.on("dialog", ask_back)
    context.on("console", lambda one: hear(one.type, one.text, one.location["url"]))
    try:
        yield page
    finally:
        context.close()
    assert told == [], "\n".join(told)


def picture(page: "Page", name: str) -> None:
    """Keep a picture of a page, top to bottom, where a folder for pictures is named."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.jpg", full_page=True, type="jpeg", quality=80)

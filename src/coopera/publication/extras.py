"""Extras: the pages of a graph in; the files beside them, by name, that are no page and no RDF out.

Sheets, feeds, calendars, the index of the search and the script.
"""

from collections.abc import Callable
from functools import partial

from coopera import files
from coopera.pages import Pages, search
from coopera.pages.templates import FOLDER
from coopera.terms import LANGUAGES

Make = Callable[[], str]
SCRIPT = "coopera.js"


def table(pages: Pages) -> dict[str, Make]:
    """Give each file by its name, below the site's folder, and how to make it."""
    found: dict[str, Make] = {SCRIPT: partial(files.text, FOLDER / SCRIPT)}
    for language in LANGUAGES:
        found[f"{language}/search.js"] = partial(_index, pages, language)
        for address in pages.sheets:
            found[f"{language}/{address}.csv"] = partial(pages.sheet, address, language)
    return found


def _index(pages: Pages, language: str) -> str:
    return search.script(pages.entries(language))

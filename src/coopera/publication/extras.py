"""Extras: the pages of a graph in; the files beside them, by name, that are no page and no RDF out.

Sheets, feeds, calendars, the index of the search and the script.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from coopera import files
from coopera.errors import CooperaError
from coopera.pages import Made, Pages, ends, expiring, search
from coopera.pages.templates import FOLDER
from coopera.project import Project
from coopera.publication import calendars, feeds
from coopera.quality import pages as quality
from coopera.quality.pages import Check
from coopera.rules import pages as rules
from coopera.terms import LANGUAGES

Make = Callable[[], str]
SCRIPT = "coopera.js"


def made(project: Project, check: Check | None) -> list[Made]:
    """Give the pages that no room below makes: of the rules, and of the quality if it is checked.

    Shapes that cannot be read have no pages: it is for the checks to say what is wrong with them.
    """
    found = []
    with suppress(CooperaError):
        found.append(rules.made(project))
    return [*found, quality.made(project, check)] if check else found


def table(pages: Pages) -> dict[str, Make]:
    """Give each file by its name, below the site's folder, and how to make it."""
    found: dict[str, Make] = {SCRIPT: partial(files.text, FOLDER / SCRIPT)}
    for language in LANGUAGES:
        found[f"{language}/search.js"] = partial(_index, pages, language)
        found[f"{language}/expiring.csv"] = partial(_ends, pages, language)
        found[f"{language}/expiring.atom"] = partial(_feed, pages, language)
        found[f"{language}/agreements.ics"] = partial(_calendar, pages, language)
        for address in pages.sheets:
            found[f"{language}/{address}.csv"] = partial(pages.sheet, address, language)
    return found


def _index(pages: Pages, language: str) -> str:
    return search.script(pages.entries(language))


def _ends(pages: Pages, language: str) -> str:
    return expiring.sheet(pages.readers[language], pages.ends)


def _feed(pages: Pages, language: str) -> str:
    reader, day = pages.readers[language], ends.data_day(pages.index)
    site, author = pages.site(language)
    title = f"{site} — {reader.word('expiring')}"
    return feeds.atom(reader, pages.ends, day, base=pages.project.base, title=title, author=author)


def _calendar(pages: Pages, language: str) -> str:
    reader, day = pages.readers[language], ends.data_day(pages.index)
    name = f"{pages.site(language)[0]} — {reader.word('agreements_framed')}"
    return calendars.text(reader, calendars.events(reader, pages.agreements), day, name)

"""Sites: what rules for web servers need to know of a site."""

from dataclasses import dataclass

from coopera.publication.documents import ONTOLOGY, SHAPES, WRITERS
from coopera.publication.types import NAMED, TYPES
from coopera.terms import LANGUAGES

ROOMS = ("id", "concept", "data")
"""First steps of the paths of things that have a page and documents."""
WITHOUT_PAGE = (SHAPES, "profile", "void", "catalog")
"""Documents that have no page."""
ENDINGS = tuple(ending.removeprefix(".") for ending in WRITERS)
MEDIA = {
    ending.removeprefix("."): TYPES[ending]
    for ending in (*WRITERS, ".trig", ".nq", ".csv", ".xlsx", ".parquet")
}
"""Endings of data, and their media types, which servers need not know."""
FIRST = LANGUAGES[0]
LOST = "404.html"
"""The page for an address at which nothing is: static hosts show it by that name."""
THINGS = rf"(?:{'|'.join(ROOMS)})/.+|{ONTOLOGY}"
VERSION = rf"{ONTOLOGY}/[0-9][^/]*"
"""The paths of the versions of the ontology, each of which leads to the one that is here."""
BARE = "|".join(WITHOUT_PAGE)
UNNAMED = NAMED
"""Files without an ending, and their media types."""


@dataclass(frozen=True)
class Site:
    """Where IRIs begin, where the site stands, and what of it has another name than its IRI."""

    base: str
    url: str
    path: str
    """The path of the site on its host; begins and ends with a slash."""
    odd: tuple[tuple[str, str], ...]
    """Paths of IRIs, from the base, and the names of their documents."""


def head(lines: str) -> str:
    """Write the comment at the head of a file."""
    told = (f"# {line}".rstrip() for line in lines.strip().splitlines())
    return "\n".join(("# Written by coopera build --redirects.", *told)) + "\n"

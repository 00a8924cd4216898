"""Preferences: what a site offers in; regular expressions that choose by a client's header out.

Rules of web servers cannot count. They are tried in order, the first that fits chooses, so that
qualities are honoured as far as their first decimal, or as full and less than full where that is
too long; between two types of one decimal the order of the offers decides. What has quality 0 is
never chosen; a type that is named counts before a range, as RFC 9110, 12.5.1, demands.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coopera.publication.documents import WRITERS
from coopera.publication.types import NEAREST, TYPES

HTML = ".html"
DATA = tuple(WRITERS)
"""The syntaxes of a document, by the ending of its file, in order of preference."""
TENTHS = (*(rf"0\.{tenth}[0-9]{{0,2}}" for tenth in range(9, 0, -1)), r"0\.0(?:[1-9][0-9]?|0[1-9])")
LESS = (r"0\.(?:[1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9])",)
# Nothing is tried twice (`*+`), so that a header of thousands of spaces costs no more than others.
_REST = r"(?:\s*+;(?!\s*+q\s*+=)[^,;]*+)*+"
_FULL = rf"{_REST}(?:\s*+;\s*+q\s*+=\s*+1(?:\.0{{0,3}})?{_REST})?\s*+(?:,|$)"


@dataclass(frozen=True)
class Choice:
    """An ending or a language, and the expression that a header must fit, capitals or not."""

    chosen: str
    pattern: str

    def fits(self, header: str) -> bool:
        """Say whether a header fits, as a web server would."""
        return bool(re.search(self.pattern, header, re.IGNORECASE))


def _element(name: str, quality: str | None) -> str:
    """Match a header with an element of some quality; `None` for the full one."""
    if quality is None:
        return rf"(?=(?:.*,)?\s*+{name}{_FULL})"
    return rf"(?=(?:.*,)?\s*+{name}{_REST}\s*+;\s*+q\s*+=\s*+{quality}\s*+(?:[,;]|$))"


def _without(name: str) -> str:
    return rf"(?!(?:.*,)?\s*+{name}\s*+(?:[,;]|$))"


def _liked(media_type: str, quality: str | None) -> str:
    """Match a header that gives a type a quality: by its name, else by the nearest range."""
    exact = re.escape(media_type).replace("\\-", "-")
    some, every = rf"{media_type.partition('/')[0]}/\*", r"\*/\*"
    return "|".join(
        (
            _element(exact, quality),
            _without(exact) + _element(some, quality),
            _without(exact) + _without(some) + _element(every, quality),
        )
    )


def types(qualities: Sequence[str] = TENTHS) -> Iterator[Choice]:
    """Choose between a page and data: a page where a client takes anything, data where not.

    The first choice that fits is the one. A client that sends no header gets a page.
    """
    for quality in (None, *qualities):
        page = f"^(?:{_liked(TYPES[HTML], quality)})"
        yield Choice(HTML, rf"{page}(?=.*\*/\*)")
        for ending in DATA:
            yield Choice(ending, f"^(?:{_liked(TYPES[ending], quality)})")
        yield Choice(HTML, page)
        for media_type, ending in NEAREST.items():
            yield Choice(ending, f"^{_element(re.escape(media_type), quality)}")


def languages(offers: Sequence[str], qualities: Sequence[str] = TENTHS) -> Iterator[Choice]:
    """Choose a language; the first of the offers is for a header that likes none."""
    for quality in (None, *qualities):
        for tag in offers:
            named = rf"{tag}(?:-[a-z0-9-]+)?"
            liked = (
                f"{_element(named, quality)}|{_without(named)}{_element(chr(92) + '*', quality)}"
            )
            yield Choice(tag, f"^(?:{liked})")

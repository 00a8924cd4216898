"""Countries: a name or a code in; the code, and the name in a language, out."""

import tomllib
from functools import cache
from pathlib import Path

from coopera.reconciliation import names


@cache
def table() -> dict[str, tuple[str, ...]]:
    """Read the names of countries by their ISO 3166-1 code: English, French, then others."""
    text = (Path(__file__).parent / "countries.toml").read_text("utf-8")
    return {code: tuple(called) for code, called in tomllib.loads(text).items()}


@cache
def _codes() -> dict[str, str]:
    codes = {" ".join(names.words(n)): code for code, called in table().items() for n in called}
    return codes | {code.casefold(): code for code in table()}


def code(text: str) -> str | None:
    """Give the code of a country from any of its names or its code; `None` for another text."""
    return _codes().get(" ".join(names.words(text)))


def name(of: str, language: str) -> str:
    """Name the country with a code; what is no code is a name already."""
    called = table().get(of)
    return called[language == "fr"] if called else of


@cache
def words(of: str) -> frozenset[str]:
    """Give the words that a country is told by in a text."""
    heard = (names.counting(names.words(text)) for text in table().get(of, (of,)))
    return frozenset(word for some in heard for word in some) | {of.casefold()}

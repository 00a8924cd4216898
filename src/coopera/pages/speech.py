"""Speech: values in; the words of a language, with its typography, out."""

import re
import unicodedata
from functools import lru_cache

NBSP, NARROW = "\u00a0", "\u202f"
LONG = 1_000
"""Characters of the longest text whose form is kept: answers to anyone hold long ones."""

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?")


def date(text: str, language: str) -> str:
    """Say a date with the precision that it has: `2025-07` gives "July 2025"; else the text."""
    match = _DATE.fullmatch(text)
    if not match:
        return text
    year, month, day = match.groups()
    if not month:
        return year
    name = MONTHS[language].split()[int(month) - 1]
    if not day:
        return f"{name} {year}"
    first = "1er" if language == "fr" and day == "01" else str(int(day))
    return f"{first}{NBSP}{name} {year}"


def number(text: str, language: str) -> str:
    """Write a number with the language's marks: `13600` gives "13,600" or "13 600"."""
    match = re.fullmatch(r"([+-]?)(\d+)(?:\.(\d+))?", text)
    if not match:
        return text
    sign, whole, part = match.groups()
    mark, point = (NARROW, ",") if language == "fr" else (",", ".")
    grouped = f"{int(whole):,}".replace(",", mark)
    return f"{sign}{grouped}{point}{part}" if part else f"{sign}{grouped}"


def count(number_of: int, one: str, many: str, language: str) -> str:
    """Say how many: French takes the singular for none, English the plural."""
    single = number_of == 1 or (language == "fr" and number_of == 0)
    return f"{number(str(number_of), language)} {one if single else many}"


def spaced(text: str) -> str:
    """Keep French marks with their words: a space before : ; ? ! and inside « » does not break."""
    return _spaced(text) if len(text) <= LONG else _spaced.__wrapped__(text)


@lru_cache(maxsize=20_000)
def _spaced(text: str) -> str:
    text = re.sub(r" (?=[;?!])", NARROW, _apostrophes(text))
    text = re.sub(r" (?=[:»])", NBSP, text)
    return re.sub(r"(?<=«) ", NBSP, text)


def _apostrophes(text: str) -> str:
    return re.sub(r"(?<=\w)'(?=\w)", "’", text)


def typeset(text: str, language: str | None) -> str:
    """Set a text in the way of its language; the words stay."""
    return spaced(text) if language == "fr" else _apostrophes(text)


def quoted(text: str, language: str | None) -> str:
    """Put a quotation, letter for letter, between the marks of its language."""
    if text.startswith("«") and text.endswith("»"):
        return text
    return f"“{text}”" if language == "en" else f"«{NBSP}{text}{NBSP}»"


def capital(text: str) -> str:
    """Begin a text with a capital."""
    return text[:1].upper() + text[1:]


def order(text: str) -> tuple[str, str]:
    """Give a key that sorts words as a reader would: accents and capitals last in weight."""
    return _order(text) if len(text) <= LONG else _order.__wrapped__(text)


@lru_cache(maxsize=20_000)
def _order(text: str) -> tuple[str, str]:
    folded = unicodedata.normalize("NFKD", text)
    return "".join(c for c in folded if not unicodedata.combining(c)).casefold(), text

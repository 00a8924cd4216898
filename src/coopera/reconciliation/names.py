"""Names: a name as anyone writes it in; its words, folded, those that count, its letters out."""

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

LONGEST = 1000
"""Characters of a name that are looked at."""
MOST = 48
"""Words of a name that are looked at."""

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
    | dict.fromkeys("’ʼ‘`´", "'")
)
"""Letters that Unicode does not take apart, and the ways to write an apostrophe."""
_ACCENTS = re.compile(r"[\u0300-\u036f]+")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_GENITIVE = re.compile(r"(?<=\w)'(?=s\b)")
_AND = re.compile(r"\s&\s|(?<=\w\w)&(?=\w\w)")
_BEHIND = re.compile(r"(?<![\s(\[,:/–-])[\s(\[,:/–-]+(?P<short>[^\W_]{2,12})[)\]]?\Z")
_BEFORE = re.compile(r"(?P<short>[^\W_]{2,12})\s*[,:/–-]\s*(?P<name>\w.*)", re.DOTALL)
_WORD = re.compile(r"[^\W_]+")
# Scripts that put no space between words: two letters at a time stand for them.
_UNSPACED = re.compile(r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff]+)")


def folded(text: str) -> str:
    """Take case, accents and odd letters out of a text, and make its spaces single."""
    text = text[:LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", text))
    return " ".join(text.casefold().translate(_LETTERS).split())


def words(text: str) -> tuple[str, ...]:
    """Give the words of a text, folded, in their order: `l'Université` gives `l`, `universite`."""
    plain = folded(text)
    plain = _DOTTED.sub(lambda letters: letters[0].replace(".", "") + " ", plain)
    plain = _AND.sub(" and ", _GENITIVE.sub("", plain))
    if plain.isascii() or not _UNSPACED.search(plain):
        return tuple(_WORD.findall(plain)[:MOST])
    found: list[str] = []
    for at, part in enumerate(_UNSPACED.split(plain)):
        pairs = (part[i : i + 2] for i in range(max(1, len(part) - 1)))
        found += pairs if at % 2 else _WORD.findall(part)
    return tuple(found[:MOST])


@lru_cache(maxsize=200_000)
def form(word: str) -> str:
    """Give the word that stands for a word in all languages: `universite` gives `university`."""
    return _table()[1].get(word, word)


def counting(heard: tuple[str, ...]) -> tuple[str, ...]:
    """Give the words that count, in one form each: those that only join others are left out.

    A name that has no other words keeps them.
    """
    stop = _table()[0]
    return tuple(form(word) for word in heard if word not in stop) or heard


def initials(heard: tuple[str, ...]) -> str:
    """Give the first letters of the words that count, as in an acronym."""
    stop = _table()[0]
    return "".join(word[0] for word in heard if word not in stop)


def is_acronym(text: str) -> bool:
    """Say whether a text is written like an acronym: one short word, most of it in capitals."""
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    return 2 <= len(text) <= 12 and " " not in text and capitals * 2 > len(letters) > 1


def with_acronym(text: str) -> tuple[str, str] | None:
    """Take a name and its acronym apart: `Institut Foo (IF)` and `IF, Institut Foo`.

    `None` where there is none: it is written like one in brackets, or is the first letters.
    """
    text = text[:LONGEST].strip()
    parts = []
    if behind := _BEHIND.search(text):
        marked = "(" in behind[0] or "[" in behind[0]
        parts.append((text[: behind.start()], behind["short"], marked))
    if before := _BEFORE.match(text):
        parts.append((before["name"], before["short"], False))
    for name, short, marked in parts:
        heard = words(name)
        if len(heard) > 1 and ((marked and is_acronym(short)) or initials(heard) == folded(short)):
            return name, short
    return None


@cache
def _table() -> tuple[frozenset[str], dict[str, str]]:
    """Read the words that only join others, and the forms of words, from `words.toml`."""
    table = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
    forms = {word: one for one, others in table["forms"].items() for word in others.split()}
    return frozenset(table["stop"].split()), forms

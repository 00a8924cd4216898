"""Lettering: a text and a size in; how wide it gets at most, and its lines, out.

The fonts are those of the reader's system. The widths are those of a wide one, so that what is
reckoned to fit does fit.
"""

import re
import unicodedata
from functools import lru_cache

SIZE, SMALL = 14.0, 13.0
"""Sizes of text in user units: names, and what is said beside them."""
LEADING = 17.0

_WIDTHS = {
    **dict.fromkeys("ijl'|’", 0.31),
    **dict.fromkeys("I.,:;!·\u00a0\u202f ", 0.36),
    **dict.fromkeys('ftr()[]-/"“”', 0.46),
    **dict.fromkeys("cksvxyz", 0.61),
    **dict.fromkeys("wM", 0.88),
    **dict.fromkeys("mW—…@%", 1.02),
}


_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Characters that HTML takes for an error."""


def fit(text: str) -> str:
    """Put U+FFFD in the place of each character that no document may hold."""
    return _UNFIT.sub("\ufffd", text)


@lru_cache(maxsize=4096)
def _letter(letter: str) -> float:
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return 0.0
    base = unicodedata.normalize("NFD", letter)[:1]
    if base in _WIDTHS:
        return _WIDTHS[base]
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.4
    if letter == "\ufffd":
        return 1.1
    if base.isascii():
        return 0.79 if base.isupper() else 0.65
    return 1.02


@lru_cache(maxsize=50_000)
def width(text: str, size: float = SIZE) -> float:
    """Give the width that a line of text takes at most."""
    return size * sum(map(_letter, text))


@lru_cache(maxsize=20_000)
def wrap(text: str, room: float, size: float = SIZE, most: int = 3) -> tuple[str, ...]:
    """Break a text into lines no wider than `room`; what is over `most` lines ends in an ellipsis.

    It breaks at spaces and after hyphens; a word that is too wide for a line is broken.
    """
    made: list[str] = []
    line = ""
    for word in re.findall(r"[^ -]*-+|[^ -]+ *| +", fit(text)):
        if width((line + word).rstrip(" "), size) <= room:
            line += word
            continue
        if line.strip(" "):
            made.append(line.rstrip(" "))
        line = word.lstrip(" ")
        while width(line.rstrip(" "), size) > room and len(made) <= most:
            kept = _fitting(line, room, size)
            made.append(line[:kept])
            line = line[kept:]
        if len(made) > most:
            break
    if line.strip(" ") or not made:
        made.append(line.rstrip(" "))
    if len(made) > most:
        made[most - 1 :] = [_cut(made[most - 1], room, size)]
    return tuple(made)


def _fitting(word: str, room: float, size: float) -> int:
    """Count the letters of a word that fit; at least one."""
    taken = 0.0
    for at, letter in enumerate(word):
        taken += size * _letter(letter)
        if taken > room:
            return max(at, 1)
    return len(word)


def _cut(line: str, room: float, size: float) -> str:
    while line and width(f"{line}…", size) > room:
        line = line[:-1]
    return f"{line.rstrip(' ,;:-')}…"

"""Content negotiation: a header of the client's and what there is in; the best offer out.

RFC 9110, 12.5. A header that cannot be read asks for nothing in particular.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 4000
"""Characters of a header that are looked at."""
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_RANGE = re.compile(rf"({_WORD})/({_WORD})((?:\s*;\s*{_WORD}=(?:{_WORD}|\"[^\"]*\"))*)")
_PARAMETER = re.compile(rf";\s*({_WORD})=({_WORD}|\"[^\"]*\")")
_QUALITY = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_LANGUAGE = re.compile(r"(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)(?:\s*;\s*q=([0-9.]+))?")


@dataclass(frozen=True)
class Range:
    """A media range: how exact it is, from 0 for `*/*`, and its quality from 0 to 1."""

    media_type: str
    exactness: int
    quality: float

    def fits(self, offer: str) -> bool:
        """Say whether a media type without parameters is in the range."""
        kind, _, _ = self.media_type.partition("/")
        return self.media_type in ("*/*", offer) or (
            self.media_type.endswith("/*") and offer.startswith(f"{kind}/")
        )


def ranges(accept: str) -> list[Range]:
    """Read an Accept header (RFC 9110, 12.5.1); a range that is malformed is left out."""
    found = []
    for part in accept[:LONGEST].split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            continue
        quality = 1.0
        exactness = (match[1] != "*") + (match[2] != "*")
        for name, value in _PARAMETER.findall(match[3]):
            if name.lower() != "q":
                exactness += 1
            elif _QUALITY.fullmatch(value):
                quality = float(value)
        found.append(Range(f"{match[1]}/{match[2]}".lower(), exactness, quality))
    return found


def ordered(accept: str | None, offers: Sequence[str]) -> list[str]:
    """Give the media types that a client takes, the best first, equals in the order of the offers.

    No header, or one without a single range that can be read, takes all.
    """
    asked = ranges(accept) if accept else []
    if not asked:
        return list(offers)

    def quality(offer: str) -> float:
        fitting = [one for one in asked if one.fits(offer)]
        return max(fitting, key=lambda one: one.exactness).quality if fitting else 0.0

    known = {offer: quality(offer) for offer in offers}
    taken = [offer for offer in offers if known[offer] > 0]
    return sorted(taken, key=lambda offer: -known[offer])


def best(accept: str | None, offers: Sequence[str]) -> str | None:
    """Give the media type that a client likes best; `None` where it takes none."""
    return next(iter(ordered(accept, offers)), None)


def language(accept: str | None, offers: Sequence[str]) -> str:
    """Give the language that a client likes best (RFC 9110, 12.5.4), the first if it takes none."""
    asked: dict[str, float] = {}
    for part in (accept or "")[:LONGEST].split(","):
        match = _LANGUAGE.fullmatch(part.strip())
        if match is not None:
            quality = float(match[2]) if match[2] and _QUALITY.fullmatch(match[2]) else 1.0
            asked.setdefault(match[1].lower().partition("-")[0], quality)
    return max(offers, key=lambda offer: asked.get(offer, asked.get("*", 0.0)))


def matches(if_none_match: str | None, etag: str) -> bool:
    """Say whether a client holds what an entity tag names (RFC 9110, 13.1.2)."""
    if not if_none_match:
        return False
    held = [tag.strip().removeprefix("W/") for tag in if_none_match[:LONGEST].split(",")]
    return "*" in held or etag.removeprefix("W/") in held

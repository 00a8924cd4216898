"""Registers: an identifier in any usual spelling, bare or as a URL, in; one spelling of it out."""

import re

ROR, WIKIDATA = "https://ror.org/", "http://www.wikidata.org/entity/"

_SPELT = {
    "ror": r"(?:(?:https?://)?(?:www\.)?ror\.org/|ror:?\s*)?(0[0-9a-hj-km-np-tv-z]{6}[0-9]{2})/?",
    "wikidata": r"(?:(?:https?://)?(?:www\.|m\.)?wikidata\.org/(?:entity|wiki)/|wd:|wikidata:?\s*)?"
    r"(Q[1-9][0-9]{0,11})(?:[?#].*)?",
    "isni": r"(?:(?:https?://)?(?:www\.)?isni\.org/(?:isni/)?|isni:?\s*)?"
    r"((?:[0-9]{4}[ -]?){3}[0-9]{3}[0-9X])/?",
    "grid": r"(?:(?:https?://)?(?:www\.)?grid\.ac/institutes/|grid:\s*)?(grid\.[0-9]+\.[0-9a-f]+)",
    "crossrefFunder": r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*|(?:fundref|crossref):?\s*)?"
    r"(?:10\.13039/)?([0-9]{9,13})",
    "idref": r"(?:https?://)?(?:www\.)?idref\.fr/([0-9]{8}[0-9X])(?:/id)?",
}
_PATTERNS = {name: re.compile(text, re.IGNORECASE) for name, text in _SPELT.items()}
_NAMED = re.compile(
    r"(?P<register>siren|siret|uai|pic|abn|idref|cricos|paysage|orgref|grid|isni)\s*[:°]?\s*"
    r"(?:n°\s*)?(?P<value>[0-9a-z][0-9a-z .-]{2,24})",
    re.IGNORECASE,
)
_BARE = re.compile(r"[0-9A-Za-z][0-9A-Za-z .-]{3,24}")
_PLAIN = str.maketrans("", "", " .-")


def plain(value: str) -> str:
    """Give an identifier without the marks and capitals that spellings differ in."""
    return value.translate(_PLAIN).casefold()


def read(text: str) -> list[tuple[str, str]]:
    """List what a text may be: a register, empty where it is not told, and a plain identifier."""
    text = text.strip()[:200]
    found = [
        (name, plain(match[1]))
        for name, pattern in _PATTERNS.items()
        if (match := pattern.fullmatch(text))
    ]
    if named := _NAMED.fullmatch(text):
        register = {"crossreffunder": "crossrefFunder"}.get(named["register"].lower())
        found.append((register or named["register"].lower(), plain(named["value"])))
    if _BARE.fullmatch(text) and any(c.isdecimal() for c in text):
        found.append(("", plain(text)))
    return found


def key(register: str, value: str) -> str:
    """Give the plain form of an identifier of one register, from any spelling."""
    pattern = _PATTERNS.get(register)
    match = pattern.fullmatch(value.strip()[:200]) if pattern else None
    return plain(match[1] if match else value)

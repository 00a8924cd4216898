"""Feeds: the ends of the agreements in; an Atom feed (RFC 4287) out."""

import re
from collections.abc import Sequence
from datetime import date
from xml.etree import ElementTree as ET

from coopera import __version__
from coopera.pages import speech, things
from coopera.pages.ends import End, newest
from coopera.pages.reader import Reader
from coopera.terms import COOP

ATOM = "http://www.w3.org/2005/Atom"
XML = "http://www.w3.org/XML/1998/namespace"
MOST = 500
"""Entries of a feed: the ends that come last, then those that are unknown."""
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(
    reader: Reader, ends: Sequence[End], day: date, *, base: str, title: str, author: str
) -> str:
    """Write the feed. `day` is that of the data: a build does not tell its own."""
    language = reader.language
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed", {f"{{{XML}}}lang": language})
    _add(feed, "id", f"{base}{language}/expiring.atom")
    _add(feed, "title", title)
    _add(feed, "subtitle", reader.word("expiring_lead"))
    kept = _kept(ends)
    days = {end.agreement: newest(reader.index, end.agreement) or day for end in kept}
    _add(feed, "updated", _moment(max([*days.values(), day])))
    _add(_add(feed, "author"), "name", author)
    _add(feed, "generator", "Coopera", version=__version__)
    _add(feed, "link", rel="self", type="application/atom+xml", href="expiring.atom")
    _add(feed, "link", rel="alternate", type="text/html", hreflang=language, href="expiring.html")
    for end in kept:
        _entry(feed, reader, end, days[end.agreement])
    ET.indent(feed, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'


def _kept(ends: Sequence[End]) -> list[End]:
    known = [end for end in ends if end.last is not None]
    others = [end for end in ends if end.last is None]
    return [*reversed(known), *others][:MOST]


def _entry(feed: ET.Element, reader: Reader, end: End, day: date) -> None:
    entry = _add(feed, "entry")
    name = reader.label(end.agreement)[0]
    _add(entry, "id", end.agreement)
    _add(entry, "title", reader.word("feed_entry").format(end=_said(reader, end), name=name))
    _add(entry, "updated", _moment(day))
    at = reader.page(end.agreement)
    if at is not None:
        _add(entry, "link", rel="alternate", type="text/html", href=f"{at}.html")
    _add(entry, "category", term=end.kind)
    _add(entry, "summary", _summary(reader, end), type="text")


def _said(reader: Reader, end: End) -> str:
    """Say an end in a few words."""
    if end.stated is None or end.last is None:
        return reader.word("open_ended" if end.kind == "open" else "end_not_stated")
    if end.exact:
        return reader.word("ends_on").format(speech.date(end.stated.value, reader.language))
    day = speech.date(end.last.isoformat(), reader.language)
    return reader.word("ends_by").format(day, speech.date(end.stated.value, reader.language))


def _summary(reader: Reader, end: End) -> str:
    parties = [reader.iri(p).text for p in reader.index.iris(end.agreement, COOP + "party")]
    signed = things.signed(reader, end.agreement)
    status = reader.status(end.agreement)
    said = {
        "parties": ", ".join(parties),
        "signed": signed.text if signed else reader.word("date_unknown"),
        "status": f"{status.text} {status.when.text if status.when else ''}".strip()
        if status
        else "",
    }
    colon = reader.word("colon")
    return ". ".join(f"{reader.word(word)}{colon} {text}" for word, text in said.items() if text)


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, f"{{{ATOM}}}{name}", {k: _legal(v) for k, v in attributes.items()})
    made.text = _legal(text) or None
    return made


def _legal(text: str) -> str:
    """Leave out what no XML document may hold (XML 1.0, 2.2)."""
    return _ILLEGAL.sub("", text)


def _moment(day: date) -> str:
    """Write a day as a moment (RFC 3339)."""
    return f"{day.isoformat()}T00:00:00Z"

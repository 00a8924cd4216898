"""Calendars: agreements and what is known of their dates in; iCalendar (RFC 5545) out.

An event needs a day. A signing or a beginning of which only the month or the year is stated makes
none; an end of which only these are stated stands on the last day that it can be, and says so; an
unknown end makes none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from coopera import __version__
from coopera.pages import speech, things
from coopera.pages.ends import End, end_of, exact_day
from coopera.pages.reader import Reader
from coopera.terms import COOP, DCTERMS, SCHEMA

WIDEST = 75
"""Octets of a line, without its end (RFC 5545, 3.1)."""


@dataclass(frozen=True, slots=True)
class Event:
    """One day of an agreement."""

    agreement: str
    kind: str
    """`end`, `signing` or `beginning`."""
    day: date
    summary: str
    description: str


def events(reader: Reader, agreements: Iterable[str]) -> Iterator[Event]:
    """Give the days of agreements that are known, or bounds of what is known."""
    index = reader.index
    for iri in sorted(agreements):
        name = reader.label(iri)[0]
        signed = next(
            (
                value
                for event in index.iris(iri, COOP + "signedDuring")
                for value in index.values(event, DCTERMS + "date")
            ),
            None,
        )
        begun = index.first(iri, SCHEMA + "validFrom")
        for kind, term in (("signing", signed), ("beginning", begun)):
            if (day := exact_day(term)) is not None:
                said = reader.word(f"event_{kind}").format(name)
                yield Event(iri, kind, day, said, _told(reader, iri))
        end = end_of(index, iri)
        if end is not None and end.last is not None:
            yield ending(reader, end, end.last)


def ending(reader: Reader, end: End, day: date) -> Event:
    """Give the event of a known end: of the day, or of the last day that it can be."""
    name = reader.label(end.agreement)[0]
    told = _told(reader, end.agreement)
    word = "event_end" if end.exact else "event_bound"
    if end.stated is not None and not end.exact:
        said = speech.date(end.stated.value, reader.language)
        told = f"{reader.word('bound_only').format(said)}\n{told}"
    return Event(end.agreement, "end", day, reader.word(word).format(name), told)


def _told(reader: Reader, agreement: str) -> str:
    parties = [reader.iri(p).text for p in reader.index.iris(agreement, COOP + "party")]
    kinds = [reader.iri(t).text for t in reader.index.iris(agreement, COOP + "agreementType")]
    status = reader.status(agreement)
    signed = things.signed(reader, agreement)
    lines = [
        (reader.word("type"), ", ".join(kinds)),
        (reader.word("parties"), ", ".join(parties)),
        (reader.word("signed"), signed.text if signed else reader.word("date_unknown")),
        (reader.word("status"), _status(status.text, status.when.text if status.when else ""))
        if status
        else ("", ""),
    ]
    return "\n".join(f"{head}{reader.word('colon')} {text}" for head, text in lines if text)


def _status(text: str, when: str) -> str:
    return f"{text} {when}".strip()


def text(reader: Reader, found: Iterable[Event], stamp: date, name: str) -> str:
    """Write a calendar; `stamp` is the day of the data, since a build must not tell its own."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Coopera//Coopera {__version__}//{reader.language.upper()}",
        "CALSCALE:GREGORIAN",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        # A calendar needs a component (RFC 5545, 3.6), even where no date is known.
        "BEGIN:VTIMEZONE",
        "TZID:UTC",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0000",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]
    for event in sorted(found, key=lambda e: (e.day, e.agreement, e.kind)):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{escaped(f'{event.agreement}#{event.kind}')}",
            f"DTSTAMP:{stamp:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{_digits(event.day)}",
            f"DTEND;VALUE=DATE:{_digits(_next(event.day))}",
            f"SUMMARY;LANGUAGE={reader.language}:{escaped(event.summary)}",
            f"DESCRIPTION;LANGUAGE={reader.language}:{escaped(event.description)}",
            f"CATEGORIES:{event.kind.upper()}",
            f"URL:{_uri(event.agreement)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(folded(line) for line in lines)


def _digits(day: date) -> str:
    return day.isoformat().replace("-", "")


def _next(day: date) -> date:
    return day + timedelta(1) if day < date.max else day


def escaped(text: str) -> str:
    """Write a text so that no part of it is taken for another (RFC 5545, 3.3.11)."""
    kept = "".join(
        c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c >= " " or c in "\n\t"
    )
    kept = kept.replace("\x7f", "")
    for mark in ("\\", ";", ","):
        kept = kept.replace(mark, f"\\{mark}")
    return kept.replace("\n", "\\n")


def _uri(iri: str) -> str:
    """Write an IRI as a URI (RFC 3987, 3.1)."""
    return quote(iri, safe="%/:?#[]@!$&'()*+,;=~-._")


def folded(line: str) -> str:
    """Cut a line into lines of 75 octets, never within a character (RFC 5545, 3.1)."""
    pieces, size = [""], 0
    for character in line:
        octets = len(character.encode())
        if size + octets > WIDEST:
            pieces.append(" ")
            size = 1
        pieces[-1] += character
        size += octets
    return "\r\n".join(pieces) + "\r\n"

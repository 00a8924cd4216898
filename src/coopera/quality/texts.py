"""Texts of quality: measures and a language in; an HTML page, JSON or Markdown out."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from pyoxigraph import Literal

from coopera import __version__, formats
from coopera.findings import SEVERITIES
from coopera.pages import speech
from coopera.pages.templates import environment
from coopera.quality.history import COLUMNS, Entry
from coopera.quality.measures import Name, Quality
from coopera.quality.words import counted, noun, percent, word
from coopera.tables import Table
from coopera.terms import LANGUAGES, Prefixes

COUNTS = (
    "triples", "things", "classes", "assertions", "shapes", "focus nodes", "files", "queries",
)  # fmt: skip
DAYS = 20
"""Days of the history that the table shows; the lines show all."""
CHARTS = {"error": "error", "warning": "warning", "gaps": "missing", "triples": "triples"}
"""What is drawn of the history, and the word for it."""
WIDE, HIGH, EDGE = 240, 56, 5
"""The size of a drawing, and its margin."""

_HTTP = re.compile(r"https?://[^\s/\\]+")


@dataclass(frozen=True)
class Chart:
    """One line of the trend, ready to be drawn in a box of `WIDE` by `HIGH`."""

    name: str
    told: str
    """What it shows, in words."""
    last: str
    change: str
    """Since the day before, with its sign; empty on the first day."""
    points: tuple[tuple[float, float], ...]


class View:
    """Says the measures in one language."""

    def __init__(self, quality: Quality, language: str) -> None:
        self.quality, self.language = quality, language
        history = quality.history
        self.days = history[: -DAYS - 1 : -1]
        self.charts = (
            [self._chart(column, key) for column, key in CHARTS.items()] if history else []
        )

    def word(self, key: str, *told: object) -> str:
        """Give words, with numbers or names put in."""
        return word(key, self.language).format(*map(self.said, told))

    def said(self, told: object) -> str:
        """Give a number as the language writes it, anything else as it is."""
        return speech.number(str(told), self.language) if isinstance(told, int) else str(told)

    def label(self, name: Name) -> str:
        """Give a name with a capital; a CURIE or an IRI stays as it is."""
        label = name.labels[self.language]
        return label if label == name.text else speech.capital(label)

    def message(self, texts: dict[str, str]) -> str:
        """Give a message, typeset, as a sentence."""
        return speech.capital(speech.typeset(texts[self.language], self.language))

    def ordered(self, things: Iterable[Name]) -> list[Name]:
        """Sort things as a reader looks them up; blank nodes come last."""
        return sorted(things, key=lambda n: (not n.iri, speech.order(self.label(n)), n.iri))

    def noun(self, number: int, key: str) -> str:
        """Give the noun of a number."""
        return noun(number, key, self.language)

    def counted(self, number: int, key: str) -> str:
        """Give a number with its noun."""
        return counted(number, key, self.language)

    def percent(self, part: int, whole: int) -> str:
        """Give a share."""
        return percent(part, whole, self.language)

    def day(self, text: str) -> str:
        """Say a date."""
        return speech.date(text, self.language)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Give the counts, in their order."""
        return [(name, self.quality.counts[name]) for name in COUNTS if name in self.quality.counts]

    @property
    def verdict(self) -> str:
        """Say whether the graph conforms."""
        errors = self.quality.severities["error"]
        return (
            self.word("fails", self.counted(errors, "error")) if errors else self.word("conforms")
        )

    @property
    def besides(self) -> str:
        """Say what was found that is no error."""
        kinds = self.quality.severities
        told = [self.counted(kinds[name], name) for name in SEVERITIES[1:] if kinds[name]]
        return self.word("besides", ", ".join(told)) if told else ""

    def _chart(self, column: str, key: str) -> Chart:
        history = self.quality.history
        values = [int(getattr(entry, column)) for entry in history]
        days = [date.fromisoformat(entry.date).toordinal() for entry in history]
        change = values[-1] - values[-2] if len(values) > 1 else 0
        sign = "+" if change > 0 else "\N{MINUS SIGN}" if change < 0 else "±"
        told = word("from_to", self.language).format(
            name=self.word(key), first=self.said(values[0]), start=self.day(history[0].date),
            last=self.said(values[-1]), end=self.day(history[-1].date),
        )  # fmt: skip
        points = zip(
            _scaled(days, EDGE, WIDE - EDGE), _scaled(values, HIGH - EDGE, EDGE), strict=True
        )
        return Chart(
            self.word(key), told, self.said(values[-1]),
            f"{sign}{self.said(abs(change))}" if len(values) > 1 else "", tuple(points),
        )  # fmt: skip


def _scaled(values: Sequence[int], start: int, end: int) -> list[float]:
    """Lay values between two coordinates, the least at the start; equal ones in the middle."""
    least, span = min(values), max(values) - min(values)
    return [
        round(start + (end - start) * (value - least) / span, 1) if span else (start + end) / 2
        for value in values
    ]


def html(quality: Quality, language: str, _prefixes: Prefixes) -> str:
    """Write one page in both languages, that needs no script and asks no server for anything."""
    languages = [language, *(other for other in LANGUAGES if other != language)]
    made = environment()
    made.filters["link"] = link
    template = made.get_template("quality.html")
    return (
        template.render(
            quality=quality,
            languages=LANGUAGES,
            native={one: word("name", one) for one in LANGUAGES},
            views=[View(quality, one) for one in languages],
            columns=COLUMNS,
            size=(WIDE, HIGH),
            version=__version__,
        )
        + "\n"
    )


def link(iri: str) -> str:
    """Give an IRI that a browser may be led to: http or https alone; else nothing."""
    return iri if _HTTP.match(iri) else ""


def json_text(quality: Quality, _language: str, _prefixes: Prefixes) -> str:
    """Write all the measures, in both languages."""
    document: dict[str, Any] = {"conforms": quality.conforms} | asdict(quality)
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return re.sub("[\x7f-\x9f\u2028\u2029]", lambda m: f"\\u{ord(m[0]):04x}", text) + "\n"


def markdown(quality: Quality, language: str, prefixes: Prefixes) -> str:
    """Write the measures as tables; of gaps, those that are there."""
    view = View(quality, language)
    say = view.word

    def table(head: Sequence[str], rows: Iterable[Sequence[object]], none: str = "") -> str:
        cells = tuple(tuple(Literal(view.said(cell)) for cell in row) for row in rows)
        names = tuple(speech.capital(view.word(key)) for key in head)
        made = formats.markdown(Table(names, cells), prefixes)
        return made if cells else f"{say(none)}\n"

    title = formats.markdown(Table((quality.title[language],)), prefixes).partition("\n")[0]
    parts = [f"# {title.strip('| ')}", " ".join(filter(None, [view.verdict, view.besides]))]
    if quality.newest:
        parts.append(f"{say('newest', view.day(quality.newest))}.")
    parts.append("\n".join(f"- {view.counted(number, name)}" for name, number in view.counts))
    parts += [f"## {say('counts')}", table(
        ("class", "count"), ((view.label(kind), n) for kind, n in quality.classes), "full",
    )]  # fmt: skip
    parts += [f"## {say('gaps')}", table(
        ("class", "property", "required", "have", "lack", "share"),
        (
            (view.label(some.kind), view.label(gap.property), "×" if gap.required else "",
             gap.things - gap.lacking, gap.lacking,
             view.percent(gap.things - gap.lacking, gap.things))
            for some in quality.gaps for gap in some.gaps if gap.lacking
        ),
        "full" if quality.gaps else "no_gaps",
    )]  # fmt: skip
    parts += [f"## {say('languages')}", table(
        ("property", "class", "french", "english", "both", "neither"),
        (
            (view.label(some.property), view.label(row.kind), row.french, row.english, row.both,
             row.neither)
            for some in quality.languages for row in some.rows if row.single or row.neither
        ),
        "full" if quality.languages else "no_languages",
    )]  # fmt: skip
    parts += [f"## {say('findings')}", table(
        ("code", "severity", "count", "message"),
        (
            (group.code, view.noun(1, group.severity), group.count, view.message(group.message))
            for group in quality.groups
        ),
        "no_findings",
    )]  # fmt: skip
    parts += [f"## {say('trend')}", table(
        ("date", "triples", "error", "warning", "info", "missing"),
        ((entry.date, *_numbers(entry)) for entry in view.days),
        "no_trend",
    )]  # fmt: skip
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _numbers(entry: Entry) -> tuple[int, ...]:
    return tuple(getattr(entry, column) for column in COLUMNS[1:])


Writer = Callable[[Quality, str, Prefixes], str]

WRITERS: dict[str, Writer] = {"html": html, "json": json_text, "markdown": markdown}
"""The writers by the name of their format."""

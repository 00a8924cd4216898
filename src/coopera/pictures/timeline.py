"""Timelines: bars with what is known of their ends in; a picture out.

A day is a mark; a month or a year is a soft span, since the day lies anywhere within it; an end
that no source states fades into a question mark, and is no end of time; a bar that is open by its
terms ends in an arrow. Nothing here depends on today.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor

from coopera.pictures import svg
from coopera.pictures.dates import Span
from coopera.pictures.lettering import LEADING, SMALL, width, wrap
from coopera.pictures.svg import Drawing, Name, Told, element, number

BAR = 12.0
FADE, EDGE = 46.0, 64.0
"""Lengths of a bar's unknown end, and of the room for it beside the known dates."""
DAY = 5.0
"""Half the width of the mark of a day."""
LEAST = 9.0
"""Width at which a month is still seen to be more than a day; a narrower one is drawn so wide."""
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000, 10**6, 10**9)


@dataclass(frozen=True, slots=True)
class Bar:
    """A thing that lasts: its name, what its dates are in words, and the dates."""

    name: Name
    told: str
    start: Span | None = None
    end: Span | None = None
    open_ended: bool = False
    """Without an end by its own terms, which is not an end that is unknown."""
    style: str = ""
    """Class of its colour; the words say what the colour repeats."""
    follows: tuple[tuple[int, str], ...] = ()
    """The rows, from 0, of what it follows, and in which words."""
    lasting: Span | None = None
    """A moment at which it is known to have lasted still, where its end is unknown."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a year stands: between `left` and `right`, with room for unknown ends outside."""

    first: float
    last: float
    left: float
    right: float

    def at(self, year: float) -> float:
        """Give the place of a year."""
        share = (year - self.first) / (self.last - self.first)
        return self.left + share * (self.right - self.left)

    def ticks(self) -> list[int]:
        """Choose the years that are written on the axis: round ones, as many as there is room."""
        room = max(2, int((self.right - self.left) // 58))
        years = self.last - self.first
        step = next((s for s in STEPS if years / s <= room), STEPS[-1])
        return [y * step for y in range(ceil(self.first / step), floor(self.last / step) + 1)]


def scale(bars: Sequence[Bar], left: float, right: float) -> Scale:
    """Make the scale that holds all known dates, from whole year to whole year."""
    known = [
        bound
        for bar in bars
        for span in (bar.start, bar.end, bar.lasting)
        if span
        for bound in (span.first, span.last)
        if bound is not None
    ] or [2000.0]
    first, last = floor(min(known)), ceil(max(known))
    return Scale(first, max(last, first + 1), left, right)


def draw(bars: Sequence[Bar], told: Told, words: Mapping[str, str]) -> str:
    """Draw a timeline, one row for each bar, in their order.

    `words` are: timeline_unknown, timeline_day, timeline_span, timeline_no_end, timeline_open.
    """
    return svg.frame(told, lambda room: _drawing(bars, told, words, room), "timeline")


def _drawing(bars: Sequence[Bar], told: Told, words: Mapping[str, str], room: float) -> Drawing:
    beside = room > svg.NARROW
    names = 282.0 if beside else 0.0
    axis = scale(bars, names + EDGE, room - EDGE)
    top = 24.0
    y = top + 10
    rows: list[str] = []
    places: list[float] = []
    for bar in bars:
        written = wrap(bar.name.text, (names or room) - 12, most=3)
        dated = wrap(bar.told, (names or room) - 12, SMALL, most=3)
        text_height = LEADING * len(written) + 16 * len(dated)
        middle = y + LEADING / 2 + 2 if beside else y + text_height + 4 + BAR / 2
        places.append(middle)
        label = svg.lines(written, 0.0, y + 13, LEADING, "name")
        note = svg.lines(dated, 0.0, y + LEADING * len(written) + 12, 16.0, "note")
        ends = (bar.start, bar.end, bar.lasting, bar.open_ended)
        shape = _shape(ends, bar.style, axis, middle)
        row = svg.link(bar.name, told.above, label, note, shape, kind="bar-row", told=bar.told)
        rows.append(row)
        y += (text_height if beside else text_height + BAR + 10) + 14
    body = [_grid(axis, top, y - 4), *_chains(bars, axis, places), *rows]
    drawn = "".join(rows)
    met = tuple((key, words[key]) for key, (sign, _) in SAMPLES.items() if re.search(sign, drawn))
    legend, height = _legend(met, y + 12, room)
    return Drawing(height, "".join((*body, legend)))


@lru_cache(maxsize=4096)
def _grid(axis: Scale, top: float, bottom: float) -> str:
    ticks = axis.ticks()
    path = "".join(f"M{number(axis.at(t))} {number(top)}V{number(bottom)}" for t in ticks)
    years = "".join(svg.text(str(t), axis.at(t), top - 8, "tick", "middle") for t in ticks)
    return element("path", {"class": "grid", "d": path}) + years


Ends = tuple[Span | None, Span | None, Span | None, bool]
"""Start, end and last known moment of a bar, and whether it is open-ended."""


@lru_cache(maxsize=4096)
def _shape(ends: Ends, style: str, axis: Scale, y: float) -> str:
    """Draw a bar, from left to right: its start, what is sure, its end."""
    start, end, _, _ = ends
    if start is None and end is None:
        words = svg.text("?", (axis.left + axis.right) / 2, y + 5, "unknown", "middle")
        path = f"M{number(axis.left)} {number(y)}H{number(axis.right)}"
        return element("path", {"class": "nothing", "d": path}) + words
    parts: list[str] = []
    sure = _begin(parts, start, end, axis, y)
    until = _finish(parts, ends, sure, axis, y)
    if until > sure:
        parts.insert(0, _rect(sure, until, y))
    return element("g", {"class": f"bar {style}".strip()}, *parts)


def _begin(parts: list[str], start: Span | None, end: Span | None, axis: Scale, y: float) -> float:
    """Draw the start of a bar; give where it is sure to have begun."""
    if start is None or (start.first is None and start.last is None):
        bounds = [b for b in (end.first, end.last) if b is not None] if end else []
        sure = axis.at(min(bounds)) if bounds else axis.left
        parts += [_fade(sure - FADE, sure, y, rising=True), _mark("?", sure - FADE - 8, y)]
        return sure
    if start.first is None:
        sure = axis.at(start.last or 0.0)
        parts += [_fade(sure - FADE, sure, y, rising=True), _mark("≤", sure - FADE - 8, y)]
        return sure
    first = axis.at(start.first)
    if start.last is None:
        parts += [_fade(first, first + FADE, y, rising=True), _mark("≥", first - 9, y)]
        return first + FADE
    last = axis.at(start.last)
    if start.is_a_day:
        middle = (first + last) / 2
        parts.append(_day(middle, y))
        return middle
    first, last = _seen(first, last)
    parts.append(_soft(first, last, y, rising=True))
    return last


def _finish(parts: list[str], ends: Ends, sure: float, axis: Scale, y: float) -> float:
    """Draw the end of a bar; give until where it is sure to last."""
    _, end, lasting, open_ended = ends
    if open_ended:
        tip = axis.right + EDGE - 10
        parts.append(_arrow(tip, y))
        return tip
    if end is None or (end.first is None and end.last is None):
        known = lasting.first if lasting else None
        until = max(sure, axis.at(known)) if known is not None else sure
        parts += [_fade(until, until + FADE, y, rising=False), _mark("?", until + FADE + 8, y)]
        return until
    if end.first is None:
        last = axis.at(end.last or 0.0)
        parts += [_fade(sure, max(sure, last), y, rising=False), _mark("≤", last + 9, y)]
        return sure
    first = axis.at(end.first)
    if end.last is None:
        parts += [_fade(first, first + FADE, y, rising=False), _mark("≥", first + FADE + 9, y)]
        return first
    last = axis.at(end.last)
    if end.is_a_day:
        middle = (first + last) / 2
        cap: dict[str, object] = {"class": "cap", "x1": middle, "x2": middle}
        parts.append(element("line", {**cap, "y1": y - 10, "y2": y + 10}))
        return middle
    first, last = _seen(max(first, sure) if sure < last else first, last)
    parts.append(_soft(first, last, y, rising=False))
    return first


def _seen(first: float, last: float) -> tuple[float, float]:
    """Widen a span that is too narrow to be seen."""
    lacks = max(0.0, LEAST - (last - first)) / 2
    return first - lacks, last + lacks


def _path(*points: tuple[float, float]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"


def _rect(left: float, right: float, y: float, kind: str = "full") -> str:
    # A path says it in a third less than a rectangle, and a picture has hundreds.
    wide = number(max(right - left, 0.0))
    way = f"M{number(left)} {number(y - BAR / 2)}h{wide}v{number(BAR)}h-{wide}z"
    return f'<path class="{kind}" d="{way}"/>'


def _fade(left: float, right: float, y: float, *, rising: bool) -> str:
    """Draw a part of a bar in steps: no colour gradient, so that it prints and needs no id."""
    step = (right - left) / 5
    shown = [f"s{at}" for at in (range(5) if rising else range(4, -1, -1))]
    return "".join(
        _rect(left + at * step, left + (at + 1) * step, y, kind) for at, kind in enumerate(shown)
    )


def _soft(left: float, right: float, y: float, *, rising: bool) -> str:
    """Draw the time within which a bar begins or ends: soft, in a dashed frame."""
    return _fade(left, right, y, rising=rising) + _rect(left, right, y, "within")


def _day(x: float, y: float) -> str:
    points = ((x - DAY - 2, y), (x, y - DAY - 3), (x + DAY + 2, y), (x, y + DAY + 3))
    return element("path", {"class": "day", "d": _path(*points)})


def _arrow(x: float, y: float) -> str:
    return element("path", {"class": "full", "d": _path((x, y - 9), (x + 9, y), (x, y + 9))})


def _mark(sign: str, x: float, y: float) -> str:
    return svg.text(sign, x, y + 5, "unknown", "middle")


def _begun(bar: Bar, axis: Scale) -> float:
    bounds = [b for b in (bar.start.first, bar.start.last) if b is not None] if bar.start else []
    if not bounds and bar.end:
        bounds = [b for b in (bar.end.first, bar.end.last) if b is not None]
    years = sum(bounds) / len(bounds) if bounds else (axis.first + axis.last) / 2
    return axis.at(years)


def _chains(bars: Sequence[Bar], axis: Scale, places: Sequence[float]) -> list[str]:
    """Draw the way from each bar to those that follow it."""
    made = []
    for row, bar in enumerate(bars):
        for other, words in bar.follows:
            if not 0 <= other < len(bars) or other == row:
                continue
            x, y = _begun(bars[other], axis), places[other]
            to_x, to_y = _begun(bar, axis), places[row]
            down = 1 if to_y > y else -1
            away = to_y - down * (BAR / 2 + 5)
            bend = y + down * (BAR / 2 + 7)
            path = f"M{number(x)} {number(y)}V{number(bend)}H{number(to_x)}V{number(away)}"
            head = _path((to_x - 4, away - down * 5), (to_x + 4, away - down * 5), (to_x, away))
            told = svg.title(f"{bar.name.text} — {words} — {bars[other].name.text}")
            made.append(
                element(
                    "g",
                    {"class": "chain"},
                    told,
                    element("path", {"d": path}),
                    element("path", {"class": "tip", "d": head}),
                )
            )
    return made


Sample = Callable[[float, float], str]

SAMPLES: dict[str, tuple[str, Sample]] = {
    "timeline_day": ('class="day"', lambda x, y: _day(x + 12, y)),
    "timeline_span": ('class="within"', lambda x, y: _soft(x, x + 24, y, rising=True)),
    "timeline_no_end": (
        'class="unknown"',
        lambda x, y: _fade(x, x + 14, y, rising=False) + _mark("?", x + 20, y),
    ),
    "timeline_open": (
        'class="full" d="[^"]*L',
        lambda x, y: _rect(x, x + 15, y) + _arrow(x + 15, y),
    ),
}
"""What the legend explains: words, a pattern of the markup that tells of it, and a sample."""


@lru_cache(maxsize=4096)
def _legend(met: tuple[tuple[str, str], ...], y: float, room: float) -> tuple[str, float]:
    """Explain the marks that occur; give the picture's height too."""
    made: list[str] = []
    x = 0.0
    for key, words in met:
        said = wrap(words, room - 40, SMALL, most=3)
        wide = 32 + max(width(line, SMALL) for line in said) + 24
        if x and x + wide - 24 > room:
            x, y = 0.0, y + 22
        made.append(element("g", {"class": "bar"}, SAMPLES[key][1](x, y)))
        made.append(svg.lines(said, x + 32, y + 5, 16.0, "note"))
        x += wide
        if len(said) > 1:
            x, y = 0.0, y + 22 + 16 * (len(said) - 1)
    return "".join(made), y + 16

"""Ego networks: one thing and its neighbours in; a picture with the thing in the middle out.

On a wide screen the neighbours stand on an ellipse around it, on a narrow one below each other on a
stem. Either way each name has a place of its own, by construction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from coopera.pictures import svg
from coopera.pictures.lettering import LEADING, SMALL, width, wrap
from coopera.pictures.svg import Drawing, Name, Told, element, number

MOST_MARKS = 5
"""Marks on one line; above, one mark stands for all."""
GAP = 14.0
NOTE = 16.0


@dataclass(frozen=True, slots=True)
class Spoke:
    """A neighbour, what is said beside its name, and what links it: the agreements."""

    name: Name
    note: str = ""
    marks: tuple[Name, ...] = ()
    """What stands on the line: each leads to its page."""
    kind: str = "institution"
    """Class of its mark: an institution, another organization, an agreement."""
    loose: bool = False
    """Linked by something else than an agreement: the line is dashed."""
    named: int = 12
    """Names that a mark which stands for all of them tells, at most."""


@dataclass(frozen=True, slots=True)
class _Label:
    lines: tuple[str, ...]
    note: tuple[str, ...]

    @property
    def height(self) -> float:
        return LEADING * len(self.lines) + NOTE * len(self.note)


def draw(centre: Name, spokes: Sequence[Spoke], told: Told) -> str:
    """Draw a thing and its neighbours, in their order."""

    def drawing(room: float) -> Drawing:
        return (_wide if room > svg.NARROW else _narrow)(centre, spokes, told, room)

    return svg.frame(told, drawing, "network")


def _labels(spokes: Sequence[Spoke], room: float) -> list[_Label]:
    return [
        _Label(
            tuple(wrap(spoke.name.text, room)),
            tuple(wrap(spoke.note, room, SMALL, most=2)) if spoke.note else (),
        )
        for spoke in spokes
    ]


def _wide(centre: Name, spokes: Sequence[Spoke], told: Told, room: float) -> Drawing:
    middle = room / 2
    half = 62.0
    inner, bulge = 108.0, 38.0
    labels = _labels(spokes, middle - inner - bulge - 14)
    cut = (len(spokes) + 1) // 2
    sides = ((1, range(cut)), (-1, range(len(spokes) - 1, cut - 1, -1)))
    name = wrap(centre.text, 2 * half - 16, most=5)
    tall = LEADING * len(name) + 16
    heights = [sum(labels[at].height + GAP for at in order) - GAP for _, order in sides]
    height = max(*heights, tall) + 8
    across = height / 2
    edges: list[str] = []
    nodes: list[str] = []
    for (side, order), used in zip(sides, heights, strict=True):
        y = (height - used) / 2
        for at in order:
            label, spoke = labels[at], spokes[at]
            place = y + label.height / 2
            y += label.height + GAP
            x = middle + side * (
                inner + bulge * sqrt(max(0.0, 1 - ((place - across) / across) ** 2))
            )
            edges.append(_line(spoke, told, (middle, across), (x, place), (half, tall / 2)))
            nodes.append(_node(spoke, label, told, x, place, side))
    box = _centre(centre, name, told, middle, across, (2 * half, tall))
    return Drawing(height, "".join((*edges, box, *nodes)))


def _narrow(centre: Name, spokes: Sequence[Spoke], told: Told, room: float) -> Drawing:
    name = wrap(centre.text, room - 20, most=4)
    wide = max(width(line) for line in name) + 20
    tall = LEADING * len(name) + 14
    stem = 14.0
    y = tall + GAP
    edges: list[str] = []
    nodes: list[str] = []
    last = tall
    for spoke in spokes:
        shown = min(len(spoke.marks), MOST_MARKS) if len(spoke.marks) <= MOST_MARKS else 1
        x = stem + 22 + 14 * shown
        (label,) = _labels((spoke,), room - x - 14)
        place = y + label.height / 2
        edges.append(_line(spoke, told, (stem, place), (x, place), (6.0, 0.0)))
        nodes.append(_node(spoke, label, told, x, place, 1))
        last = place
        y += label.height + GAP
    trunk = element(
        "path", {"class": "edge", "d": f"M{number(stem)} {number(tall)}V{number(last)}"}
    )
    box = _centre(centre, name, told, wide / 2, tall / 2, (wide, tall))
    return Drawing(y - GAP + 6, "".join((trunk, *edges, box, *nodes)))


def _centre(
    centre: Name, name: Sequence[str], told: Told, x: float, y: float, size: tuple[float, float]
) -> str:
    wide, tall = size
    box: dict[str, object] = {"class": "box", "x": x - wide / 2, "y": y - tall / 2, "rx": 5}
    top = y - LEADING * len(name) / 2 + 13
    written = svg.lines(name, x, top, LEADING, "name", "middle")
    return svg.link(
        centre, told.above, element("rect", {**box, "width": wide, "height": tall}), written
    )


def _line(
    spoke: Spoke, told: Told, start: tuple[float, float], end: tuple[float, float],
    box: tuple[float, float],
) -> str:  # fmt: skip
    """Draw the line to a neighbour, with a mark for each agreement outside of the box."""
    (x1, y1), (x2, y2) = start, end
    ends: dict[str, object] = {"class": "edge loose" if spoke.loose else "edge"}
    ends |= {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    parts = [element("line", ends)]
    marks = spoke.marks if len(spoke.marks) <= MOST_MARKS else spoke.marks[:1]
    # Where the line leaves the box, as a share of its length.
    shares = [edge / abs(span) for edge, span in zip(box, (x2 - x1, y2 - y1), strict=True) if span]
    out = min([share for share in shares if share > 0] or [0.0])
    for at, mark in enumerate(marks, 1):
        share = out + (0.94 - out) * at / (len(marks) + 1)
        x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
        goal = mark if marks == spoke.marks else Name(_all(spoke), href=spoke.name.href)
        parts.append(svg.link(goal, told.above, agreement(x, y)))
    return "".join(parts)


def _all(spoke: Spoke) -> str:
    """Name what one mark stands for, as far as it is not too much."""
    named = "; ".join(one.text for one in spoke.marks[: spoke.named])
    return f"{named}; …" if len(spoke.marks) > spoke.named else named


def agreement(x: float, y: float) -> str:
    """Draw the mark of an agreement."""
    place: dict[str, object] = {"class": "agreement", "x": x - 5, "y": y - 5}
    return element("rect", {**place, "width": 10, "height": 10, "rx": 2})


def _node(spoke: Spoke, label: _Label, told: Told, x: float, y: float, side: int) -> str:
    shape = (
        agreement(x, y)
        if spoke.kind == "agreement"
        else element("circle", {"class": spoke.kind, "cx": x, "cy": y, "r": 6})
    )
    top, at = y - label.height / 2, x + side * 12
    anchor = "end" if side < 0 else None
    written = svg.lines(label.lines, at, top + 13, LEADING, "name", anchor)
    note = ""
    if label.note:
        under = top + LEADING * len(label.lines) + 12
        note = svg.lines(label.note, at, under, NOTE, "note", anchor)
    return svg.link(spoke.name, told.above, shape, written, note, told=spoke.note)

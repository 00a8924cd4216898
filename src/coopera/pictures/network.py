"""Networks: organizations and the agreements between them in; a picture out.

Agreements of the same parties stand together, one mark each, on lines to these parties. A line that
is dashed is no agreement: a school and its institution.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from coopera.pictures import layout, svg
from coopera.pictures.ego import agreement
from coopera.pictures.layout import Box
from coopera.pictures.lettering import LEADING, width, wrap
from coopera.pictures.svg import Drawing, Name, Told, element, number

MOST_MARKS = 9
"""Agreements of the same parties that have a mark each; above, one box tells their number."""
FRAME, MARK, BOX, LINE = 320, 160, 300, 100
"""Bytes, about, of the markup of a node, an agreement, a box and a line, without their names."""


@dataclass(frozen=True, slots=True)
class Node:
    """An organization, and the class of its mark."""

    name: Name
    kind: str = "institution"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Agreements of the same parties, these by their number in the list of nodes."""

    parties: tuple[int, ...]
    agreements: tuple[Name, ...]


def draw(
    nodes: Sequence[Node], bundles: Sequence[Bundle], ties: Sequence[tuple[int, int]], told: Told,
    marks: int = MOST_MARKS,
) -> str:  # fmt: skip
    """Draw a network; `ties` are pairs of nodes that belong together without an agreement.

    `marks` is the most that one bundle has; above, a box tells their number.
    """
    count = len(nodes)
    edges = [(party, count + at) for at, b in enumerate(bundles) for party in b.parties]
    found = layout.places(count + len(bundles), (*edges, *ties))

    def drawing(room: float) -> Drawing:
        return _drawing(nodes, bundles, ties, told, room, found, marks)

    return svg.frame(told, drawing, "network whole")


def weight(nodes: Sequence[Node], bundles: Sequence[Bundle], marks: int = MOST_MARKS) -> int:
    """Reckon the bytes of the markup of a network; ties weigh little."""
    names = [node.name for node in nodes]
    total = FRAME * len(nodes) + LINE * sum(len(bundle.parties) for bundle in bundles)
    for bundle in bundles:
        if len(bundle.agreements) > marks:
            total += BOX
        else:
            names += bundle.agreements
            total += MARK * len(bundle.agreements)
    total += sum(2 * len(name.text.encode()) + len(name.href or "") for name in names)
    return 2 * total  # the picture is drawn for two widths


def _drawing(
    nodes: Sequence[Node], bundles: Sequence[Bundle], ties: Sequence[tuple[int, int]],
    told: Told, room: float, found: Sequence[tuple[float, float]], marks: int,
) -> Drawing:  # fmt: skip
    beside = room > svg.NARROW
    busy = [sum(len(b.agreements) for b in bundles if at in b.parties) for at in range(len(nodes))]
    radii = [min(5.0 + 1.5 * sqrt(number_of), 14.0) for number_of in busy]
    written = [wrap(node.name.text, 132.0 if beside else 116.0, most=5) for node in nodes]
    boxes = [
        Box(0.0, 0.0, max(*map(width, lines), 2 * r) + 10, 2 * r + LEADING * len(lines) + 16)
        for lines, r in zip(written, radii, strict=True)
    ]
    sides = [_side(len(b.agreements), marks) for b in bundles]
    boxes += [Box(0.0, 0.0, 14.0 * across + 10, 14.0 * down + 10) for across, down in sides]
    area = sum(box.width * box.height for box in boxes)
    tall = max(area * (2.4 if beside or len(nodes) <= 40 else 1.6) / room, 140.0)
    for box, (x, y) in zip(boxes, found, strict=True):
        box.x = box.width / 2 + x * (room - box.width)
        box.y = y * tall
    layout.part(boxes, room)
    top = min((box.y - box.height / 2 for box in boxes), default=0.0)
    for box in boxes:
        box.y -= top
    height = max((box.y + box.height / 2 for box in boxes), default=40.0)

    def centre(at: int) -> tuple[float, float]:
        box = boxes[at]
        return box.x, box.y if at >= len(nodes) else box.y - box.height / 2 + radii[at] + 6

    lines = [_edge(centre(a), centre(b), a, b, "edge loose") for a, b in ties]
    for at, bundle in enumerate(bundles, len(nodes)):
        lines += [_edge(centre(party), centre(at), party, at, "edge") for party in bundle.parties]
    drawn = [
        _bundle(bundle, side, told, centre(at), at, marks)
        for at, (bundle, side) in enumerate(zip(bundles, sides, strict=True), len(nodes))
    ]
    drawn += [
        _node(node, written[at], told, centre(at), radii[at], at) for at, node in enumerate(nodes)
    ]
    return Drawing(height, "".join((*lines, *drawn)))


def _side(count: int, marks: int) -> tuple[int, int]:
    if count > marks:
        return 2, 1
    across = min(count, 3)
    return across, ceil(count / across)


def _edge(
    start: tuple[float, float], end: tuple[float, float], one: int, other: int, kind: str
) -> str:
    (x1, y1), (x2, y2) = start, end
    ends: dict[str, object] = {"class": kind, "x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return element("line", {**ends, "data-from": one, "data-to": other})


def _at(place: tuple[float, float]) -> str:
    return f"translate({number(place[0])} {number(place[1])})"


def _bundle(
    bundle: Bundle, side: tuple[int, int], told: Told, place: tuple[float, float], at: int,
    marks: int,
) -> str:  # fmt: skip
    across, down = side
    inside: list[str] = []
    if len(bundle.agreements) > marks:
        box: dict[str, object] = {"class": "agreement", "x": -15, "y": -10, "rx": 3}
        inside.append(element("rect", {**box, "width": 30, "height": 20}))
        inside.append(svg.text(str(len(bundle.agreements)), 0.0, 5.0, "within-mark", "middle"))
    else:
        for rank, name in enumerate(bundle.agreements):
            x = (rank % across - (across - 1) / 2) * 14
            y = (rank // across - (down - 1) / 2) * 14
            inside.append(svg.link(name, told.above, agreement(x, y)))
    return element("g", {"class": "bundle", "data-node": at, "transform": _at(place)}, *inside)


def _node(
    node: Node, lines: Sequence[str], told: Told, place: tuple[float, float], r: float, at: int
) -> str:
    shape = element("circle", {"class": node.kind, "r": r})
    words = svg.lines(lines, 0.0, r + 16, LEADING, "name", "middle")
    inside = svg.link(node.name, told.above, shape, words)
    return element("g", {"class": "node", "data-node": at, "transform": _at(place)}, inside)

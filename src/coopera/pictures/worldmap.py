"""Maps: countries with their partners in; a map of the world out.

With the outlines of the world (see `world`) each country has its place, the centre of the largest
part of its outline; no other coordinates are taken from anywhere. Without them the countries stand
in boxes by region (M49), laid out as on a map. What has no place is named below: it is not guessed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import atan2, cos, dist, hypot, pi, sin

from coopera.pictures import svg
from coopera.pictures.countries import NUMBER, REGION
from coopera.pictures.layout import Box
from coopera.pictures.lettering import LEADING, SMALL, width, wrap
from coopera.pictures.svg import Drawing, Name, Told, element, number
from coopera.pictures.world import Atlas, Point, Sheet

RADIUS = 10.0
MOST_KEYS = 40
"""Dots with a key on a narrow map; of more, each is small, and their names are a plain list."""


@dataclass(frozen=True, slots=True)
class Place:
    """A country by its two letters (none where it is unknown), and how many partners are there."""

    code: str
    name: Name
    count: int
    told: str
    """The number, in words."""


@dataclass(frozen=True, slots=True)
class Arc:
    """Agreements between partners of two countries, these by their number in the list."""

    one: int
    other: int
    told: str


def draw(
    places: Sequence[Place], arcs: Sequence[Arc], told: Told, words: Mapping[str, str],
    atlas: Atlas | None = None,
) -> str:  # fmt: skip
    """Draw the map. `words` are: map_off, and region_ with the name of each of REGIONS."""

    def drawing(room: float) -> Drawing:
        if atlas is None:
            return _regions(places, told, words, room)
        return _world(places, arcs, told, words, room, atlas)

    return svg.frame(told, drawing, "map")


# --- With outlines ------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _ground(atlas: Atlas, sheet: Sheet) -> str:
    fine = sheet.width > svg.NARROW
    land = sheet.path(atlas.land, 0.9 if fine else 0.7, 5.0 if fine else 2.0)
    grid = element("path", {"class": "grid", "d": sheet.lines()})
    return grid + element("path", {"class": "land", "d": land})


@lru_cache(maxsize=512)
def _outline(atlas: Atlas, code: str, sheet: Sheet) -> str:
    return sheet.path(atlas.countries[code], 0.8, 0.5)


def _world(
    places: Sequence[Place], arcs: Sequence[Arc], told: Told, words: Mapping[str, str],
    room: float, atlas: Atlas,
) -> Drawing:  # fmt: skip
    sheet = Sheet(room)
    found = [atlas.middle(NUMBER.get(place.code, "")) for place in places]
    here = {at: sheet.at(point) for at, point in enumerate(found) if point is not None}
    beside = room > svg.NARROW
    keyed = len(here) <= MOST_KEYS
    order = sorted(here, key=lambda at: (-places[at].count, at))
    dots = _apart(here, order, sheet, RADIUS if beside or keyed else RADIUS / 3)
    body = [_ground(atlas, sheet)]
    for at in here:
        outline = _outline(atlas, NUMBER[places[at].code], sheet)
        body.append(element("path", {"class": "partner", "d": outline}) if outline else "")
    body += [_arc(arc, places, dots) for arc in arcs if arc.one in dots and arc.other in dots]
    body += [_lead(here[at], dots[at]) for at in dots if dist(here[at], dots[at]) > 1]
    height = sheet.height
    if beside:
        body += _labelled(places, dots, told, sheet)
    else:
        keys = {at: _key(rank) if keyed else "" for rank, at in enumerate(dots)}
        body += [_dot(places[at], dots[at], told, keys[at]) for at in dots]
        listed, height = _list(places, keys, told, height + 20, room)
        body.append(listed)
    off = [place for at, place in enumerate(places) if at not in dots]
    below, height = _off(off, told, words, height + 12, room)
    return Drawing(height, "".join((*body, below)))


def _apart(
    here: Mapping[int, Point], order: Sequence[int], sheet: Sheet, radius: float
) -> dict[int, Point]:
    """Place the dots, in an order, where they do not cover each other, near where they belong."""
    dots: dict[int, Point] = {}
    for at in order:
        spot = _nearest(here[at], dots.values(), sheet, radius)
        if spot is not None:
            dots[at] = spot
    return {at: dots[at] for at in here if at in dots}


def _nearest(place: Point, taken: Collection[Point], sheet: Sheet, radius: float) -> Point | None:
    """Find the free spot that is nearest to a place, on circles around it."""
    edge, least = radius + 1, 2 * radius + 1.5
    x = min(max(place[0], edge), sheet.width - edge)
    y = min(max(place[1], edge), sheet.height - edge)
    near = min(taken, key=lambda dot: hypot(dot[0] - x, dot[1] - y), default=(x, y))
    away = atan2(y - near[1], x - near[0])
    for ring in range(int(sheet.width / 3)):
        turns = max(1, 2 * ring)
        for step in range(turns):
            # First away from the nearest dot, then to the one side and to the other.
            turn = away + (step + 1) // 2 * (1 if step % 2 else -1) * 2 * pi / turns
            spot = (x + 3 * ring * cos(turn), y + 3 * ring * sin(turn))
            if not (edge <= spot[0] <= sheet.width - edge):
                continue
            if not (edge <= spot[1] <= sheet.height - edge):
                continue
            if all(hypot(dot[0] - spot[0], dot[1] - spot[1]) >= least for dot in taken):
                return round(spot[0], 1), round(spot[1], 1)
    return None


def _arc(arc: Arc, places: Sequence[Place], dots: Mapping[int, Point]) -> str:
    (x1, y1), (x2, y2) = dots[arc.one], dots[arc.other]
    bend = 0.16 * hypot(x2 - x1, y2 - y1)
    middle = f"{number((x1 + x2) / 2)} {number((y1 + y2) / 2 - bend)}"
    path = f"M{number(x1)} {number(y1)}Q{middle} {number(x2)} {number(y2)}"
    names = f"{places[arc.one].name.text} – {places[arc.other].name.text} — {arc.told}"
    return element("path", {"class": "arc", "d": path}, svg.title(names))


def _lead(start: Point, end: Point) -> str:
    (x1, y1), (x2, y2) = start, end
    ends: dict[str, object] = {"class": "lead", "x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return element("line", ends)


def _dot(place: Place, dot: Point, told: Told, sign: str, *label: str) -> str:
    x, y = dot
    radius = RADIUS if sign else RADIUS / 3
    circle = element("circle", {"class": "institution", "cx": x, "cy": y, "r": radius})
    mark = svg.text(sign, x, y + 4.5, "sign", "middle") if sign else ""
    return svg.link(place.name, told.above, circle, mark, *label, told=place.told)


def _labelled(
    places: Sequence[Place], dots: Mapping[int, Point], told: Told, sheet: Sheet
) -> list[str]:
    """Draw each dot with its number inside, and its name where nothing else stands."""
    taken = [Box(x, y, 2 * RADIUS + 2, 2 * RADIUS + 2) for x, y in dots.values()]
    drawn = []
    for at in sorted(dots, key=lambda at: (-places[at].count, at)):
        place, (x, y) = places[at], dots[at]
        lines = wrap(place.name.text, 150.0, most=2)
        wide, tall = max(map(width, lines)), LEADING * len(lines)
        spot = _free(Box(x, y, wide + 4, tall), taken, sheet)
        count = str(place.count)
        if spot is None:  # the table says it, and so does the pointer
            drawn.append(_dot(place, (x, y), told, count))
            continue
        taken.append(spot)
        top = spot.y - tall / 2 + 13
        label = svg.lines(lines, spot.x, top, LEADING, "name", "middle")
        edge = _edge(spot, x, y)
        far = hypot(edge[0] - x, edge[1] - y) > RADIUS + 8
        lead = _lead((x, y), edge) if far else ""
        drawn.append(lead + _dot(place, (x, y), told, count, label))
    return drawn


def _edge(box: Box, x: float, y: float) -> Point:
    """Give the point of a box that is nearest to another point."""
    return (
        min(max(x, box.x - box.width / 2), box.x + box.width / 2),
        min(max(y, box.y - box.height / 2), box.y + box.height / 2),
    )


def _free(label: Box, taken: Sequence[Box], sheet: Sheet) -> Box | None:
    """Find the nearest free place for a label: right, left, below, above, then further away."""
    x, y = label.x, label.y
    for ring in range(9):
        away = RADIUS + 3 + 12 * ring
        turns = (0, pi, pi / 2, -pi / 2, pi / 4, -pi / 4, 3 * pi / 4, -3 * pi / 4)
        for turn in turns:
            at_x = x + cos(turn) * (away + label.width / 2)
            at_y = y + sin(turn) * (away + label.height / 2)
            box = Box(at_x, at_y, label.width, label.height)
            inside = (
                box.width / 2 <= at_x <= sheet.width - box.width / 2
                and box.height / 2 <= at_y <= sheet.height - box.height / 2
            )
            if inside and not any(box.overlap(other) for other in taken):
                return box
    return None


def _key(rank: int) -> str:
    """Give a key of letters: A to Z, then AA."""
    return (_key(rank // 26 - 1) if rank >= 26 else "") + chr(ord("A") + rank % 26)


def _list(
    places: Sequence[Place], keys: Mapping[int, str], told: Told, y: float, room: float
) -> tuple[str, float]:
    """Name the countries by their keys, below a map too small for names."""
    made = []
    for at, key in keys.items():
        place = places[at]
        lines = wrap(place.name.text, room - 30, most=2)
        note = wrap(place.told, room - 30, SMALL, most=2)
        sign = svg.text(key, 10.0, y + 13, "key", "middle") if key else ""
        name = svg.lines(lines, 28.0, y + 13, LEADING, "name")
        under = y + LEADING * len(lines)
        notes = svg.lines(note, 28.0, under + 12, 16.0, "note")
        made.append(svg.link(place.name, told.above, sign, name, notes, told=place.told))
        y = under + 16 * len(note) + 8
    return "".join(made), y


def _off(
    places: Sequence[Place], told: Told, words: Mapping[str, str], y: float, room: float
) -> tuple[str, float]:
    """Name what has no place on the map."""
    if not places:
        return "", y
    head = wrap(words["map_off"], room, SMALL)
    made = [svg.lines(head, 0.0, y + 12, 16.0, "note")]
    y += 16 * len(head) + 4
    for place in places:
        lines = wrap(f"{place.name.text} ({place.count})", room - 16, most=2)
        words_of = svg.lines(lines, 0.0, y + 13, LEADING, "name")
        made.append(svg.link(place.name, told.above, words_of, told=place.told))
        y += LEADING * len(lines) + 3
    return "".join(made), y + 4


# --- Without ------------------------------------------------------------------------------------

SPOTS = {"americas": (0, 0, 2), "europe": (1, 0, 1), "africa": (1, 1, 1), "asia": (2, 0, 1)}
SPOTS |= {"oceania": (2, 1, 1), "antarctica": (0, 2, 1)}
"""Column, row, and rows taken by each region."""


def _regions(places: Sequence[Place], told: Told, words: Mapping[str, str], room: float) -> Drawing:
    by_region: dict[str, list[Place]] = {name: [] for name in SPOTS}
    off: list[Place] = []
    for place in places:
        region = REGION.get(place.code)
        (by_region[region] if region else off).append(place)
    if not by_region["antarctica"]:
        del by_region["antarctica"]
    beside = room > svg.NARROW
    wide = (room - 24) / 3 if beside else room
    boxes = {
        name: _box(words[f"region_{name}"], found, told, wide) for name, found in by_region.items()
    }
    made: list[str] = []
    y = 0.0
    if beside:
        tall = [
            max([boxes[n][1] for n in boxes if SPOTS[n][1] == row and SPOTS[n][2] == 1] or [0.0])
            for row in range(3)
        ]
        tall[1] = max(tall[1], boxes["americas"][1] - tall[0] - 12)
        tops = [0.0, tall[0] + 12, tall[0] + tall[1] + 24]
        for name, (inside, _) in boxes.items():
            column, row, rows = SPOTS[name]
            height = tall[row] if rows == 1 else tall[0] + tall[1] + 12
            made.append(_framed(column * (wide + 12), tops[row], wide, height, inside))
        y = tops[1] + tall[1] + (tall[2] + 12 if "antarctica" in boxes else 0.0)
    else:
        for name, (inside, height) in boxes.items():
            if by_region[name]:
                made.append(_framed(0.0, y, wide, height, inside))
                y += height + 10
    below, y = _off(off, told, words, y + 12, room)
    return Drawing(y, "".join((*made, below)))


def _framed(x: float, y: float, wide: float, tall: float, inside: str) -> str:
    box = element("rect", {"class": "box", "width": wide, "height": tall, "rx": 5})
    return element("g", {"transform": f"translate({number(x)} {number(y)})"}, box, inside)


def _box(title: str, places: Sequence[Place], told: Told, wide: float) -> tuple[str, float]:
    """Write a region and its countries; give its height."""
    (head,) = wrap(title, (wide - 24) * 0.88, most=1)  # it is bold
    made = [svg.text(head, 12.0, 20.0, "region" if places else "region none")]
    y = 30.0
    for place in places:
        lines = wrap(place.name.text, wide - 48, most=2)
        count = element("circle", {"class": "institution", "cx": 22, "cy": y + 9, "r": RADIUS})
        sign = svg.text(str(place.count), 22.0, y + 13.5, "sign", "middle")
        name = svg.lines(lines, 38.0, y + 14, LEADING, "name")
        made.append(svg.link(place.name, told.above, count, sign, name, told=place.told))
        y += LEADING * len(lines) + 8
    return "".join(made), max(y + 4, 34.0)

"""The world: outlines of land and countries (TopoJSON) in; paths and places on a flat map out.

The outlines are no part of the repository: the build hook collects them, and without them the map
is drawn by region. The projection is Equal Earth (Šavrič, Patterson, Jenny, 2018): areas are true.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import asin, cos, pi, radians, sin, sqrt
from typing import Any

Point = tuple[float, float]
Ring = tuple[Point, ...]

_A = (1.340264, -0.081106, 0.000893, 0.003796)
_M = sqrt(3) / 2
HALF = pi / (_M * _A[0])
"""Half the width of the projected world, in radii of the globe."""
NORTH, SOUTH = 84.0, -57.0
"""Latitudes between which the map is drawn."""


@dataclass(frozen=True, eq=False)
class Atlas:
    """Outlines in degrees: of land, and of each country by its number in ISO 3166-1."""

    land: tuple[Ring, ...]
    countries: dict[str, tuple[Ring, ...]]

    def middle(self, number: str) -> Point | None:
        """Give the centroid of a country's largest part, or `None` for one without an outline."""
        rings = self.countries.get(number)
        return centroid(max(rings, key=lambda ring: abs(area(ring)))) if rings else None


def read(text: str) -> Atlas:
    """Read the objects `land` and `countries` of a topology (TopoJSON 1.0).

    Raises ValueError for a text that is no such topology.
    """
    try:
        found = json.loads(text)
        wide, tall = found["transform"]["scale"]
        left, low = found["transform"]["translate"]
        arcs = [_arc(arc, wide, tall, left, low) for arc in found["arcs"]]
        objects = found["objects"]
        land = tuple(ring for shape in _shapes(objects["land"]) for ring in _rings(shape, arcs))
        countries: dict[str, tuple[Ring, ...]] = {}
        for shape in _shapes(objects["countries"]):
            number = str(shape.get("id", ""))
            if not number:  # a territory without a number of its own
                continue
            countries[number] = countries.get(number, ()) + tuple(_rings(shape, arcs))
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"these are not the outlines of the world: {error!r}") from error
    return Atlas(land, countries)


def _arc(
    steps: Iterable[Sequence[int]], wide: float, tall: float, left: float, low: float
) -> list[Point]:
    x = y = 0
    made = []
    for step in steps:
        x, y = x + step[0], y + step[1]
        made.append((x * wide + left, y * tall + low))
    return made


def _shapes(thing: dict[str, Any]) -> list[dict[str, Any]]:
    return list(thing["geometries"]) if "geometries" in thing else [thing]


def _rings(shape: dict[str, Any], arcs: Sequence[list[Point]]) -> Iterable[Ring]:
    given = shape.get("arcs", [])
    for polygon in given if shape["type"] == "MultiPolygon" else [given]:
        for numbers in polygon:
            points: list[Point] = []
            for at in numbers:
                arc = arcs[at] if at >= 0 else arcs[~at][::-1]
                points += arc[1:] if points else arc
            yield tuple(points)


def area(ring: Ring) -> float:
    """Give the area of a ring, in square degrees as they are on paper; its sign is its turn."""
    ends = zip(ring, (*ring[1:], *ring[:1]), strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in ends) / 2


def centroid(ring: Ring) -> Point:
    """Give the centre of gravity of a ring."""
    whole = area(ring)
    if abs(whole) < 1e-12:
        return ring[0]
    x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], *ring[:1]), strict=True):
        cross = x1 * y2 - x2 * y1
        x, y = x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return x / (6 * whole), y / (6 * whole)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A map of a width: where a place in degrees stands on it, `y` downwards."""

    width: float

    @property
    def height(self) -> float:
        """Give the height of the sheet."""
        return self.at((0.0, SOUTH))[1]

    def at(self, place: Point) -> Point:
        """Give the place on the sheet of a longitude and a latitude."""
        x, y = equal_earth(place)
        by = self.width / 2 / HALF
        return self.width / 2 + x * by, (equal_earth((0.0, NORTH))[1] - y) * by

    def path(self, rings: Iterable[Ring], tolerance: float = 0.6, least: float = 3.0) -> str:
        """Write rings as a path, without points that nobody sees, or rings of less than `least`."""
        made = []
        for ring in rings:
            if max(lat for _, lat in ring) < SOUTH:
                continue
            points = simple([self.at(place) for place in ring], tolerance)
            if len(points) > 3 and abs(area(tuple(points))) >= least:
                made.append(_written(points))
        return "".join(made)

    def lines(self) -> str:
        """Write the graticule: each 30 degrees of latitude, each 60 of longitude."""
        ends = [(self.at((-180.0, lat)), self.at((180.0, lat))) for lat in (-30.0, 0.0, 30.0, 60.0)]
        across = (f"M{_pair(west)}H{round(east[0])}" for west, east in ends)
        down = (
            "M" + "L".join(_pair(self.at((float(lon), float(lat)))) for lat in range(-57, 85, 9))
            for lon in range(-180, 181, 60)
        )
        return "".join((*across, *down))


def equal_earth(place: Point) -> Point:
    """Project a longitude and a latitude, in degrees, to radii of the globe."""
    turn = asin(_M * sin(radians(place[1])))
    square = turn * turn
    sixth = square**3
    slope = _A[0] + 3 * _A[1] * square + sixth * (7 * _A[2] + 9 * _A[3] * square)
    x = radians(place[0]) * cos(turn) / (_M * slope)
    return x, turn * (_A[0] + _A[1] * square + sixth * (_A[2] + _A[3] * square))


def simple(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Drop the points that lie within `tolerance` of the line without them (Douglas, Peucker)."""
    kept = {0, len(points) - 1}
    todo = [(0, len(points) - 1)]
    while todo:
        first, last = todo.pop()
        (x1, y1), (x2, y2) = points[first], points[last]
        x, y = x2 - x1, y2 - y1
        length = sqrt(x * x + y * y)
        worst, at = tolerance, -1
        for middle in range(first + 1, last):
            px, py = points[middle][0] - x1, points[middle][1] - y1
            far = abs(px * y - py * x) / length if length > 1e-9 else sqrt(px * px + py * py)
            if far > worst:
                worst, at = far, middle
        if at > 0:
            kept.add(at)
            todo += [(first, at), (at, last)]
    return [points[at] for at in sorted(kept)]


def _pair(point: Point) -> str:
    return f"{round(point[0])} {round(point[1])}"


def _written(points: Sequence[Point]) -> str:
    """Write a closed path of steps in tenths, as short as it gets."""
    x, y = round(points[0][0] * 10), round(points[0][1] * 10)
    made = [f"M{_tenths(x)} {_tenths(y)}l"]
    for px, py in points[1:-1]:
        to_x, to_y = round(px * 10), round(py * 10)
        if (to_x, to_y) != (x, y):
            made.append(f"{_tenths(to_x - x)} {_tenths(to_y - y)} ")
        x, y = to_x, to_y
    return "".join(made).rstrip().replace(" -", "-") + "z"


def _tenths(value: int) -> str:
    sign = "-" if value < 0 else ""
    whole, part = divmod(abs(value), 10)
    return f"{sign}{whole}" if not part else f"{sign}{whole or ''}.{part}"

"""Layouts: the nodes and edges of a graph in; places without overlaps out, the same each time.

Fruchterman and Reingold (1991); in a large graph only near nodes repel each other, which their grid
finds. It begins on a spiral and takes no chance numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, pi, sin, sqrt

ROUNDS = 120
SMALL = 80
"""Up to so many nodes each repels each, over more rounds: their picture is less entangled."""


@lru_cache(maxsize=16)
def places(count: int, edges: tuple[tuple[int, int], ...]) -> tuple[tuple[float, float], ...]:
    """Place nodes 0 to `count` - 1 in a square of side 1; neighbours stand near each other."""
    ideal = 1 / sqrt(max(count, 1))
    order = _near(count, edges)
    xs, ys = [0.5] * count, [0.5] * count
    for rank, node in enumerate(order):
        radius, turn = 0.48 * sqrt((rank + 0.5) / count), rank * pi * (3 - sqrt(5))
        xs[node], ys[node] = 0.5 + radius * cos(turn), 0.5 + radius * sin(turn)
    rounds, reach = (3 * ROUNDS, 2.0) if count <= SMALL else (ROUNDS, 2.5 * ideal)
    for done in range(rounds):
        heat = 0.1 * (1 - done / rounds) ** 2 + 0.0005
        _round(xs, ys, edges, ideal, reach, heat)
    return _spread(xs, ys)


def _near(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Order the nodes so that neighbours follow each other: breadth first, the busiest first."""
    beside: list[list[int]] = [[] for _ in range(count)]
    for one, other in edges:
        beside[one].append(other)
        beside[other].append(one)
    order: list[int] = []
    met = [False] * count
    for start in sorted(range(count), key=lambda node: (-len(beside[node]), node)):
        todo = [] if met[start] else [start]
        met[start] = True
        while todo:
            order += todo
            following = [n for node in todo for n in beside[node]]
            todo = []
            for node in following:
                if not met[node]:
                    met[node] = True
                    todo.append(node)
    return order


def _round(
    xs: list[float], ys: list[float], edges: Sequence[tuple[int, int]], ideal: float,
    reach: float, heat: float,
) -> None:  # fmt: skip
    count = len(xs)
    pull_x = [(0.5 - x) * ideal for x in xs]  # what hangs together with nothing stays near
    pull_y = [(0.5 - y) * ideal for y in ys]
    cells: dict[tuple[int, int], list[int]] = {}
    for node in range(count):
        cells.setdefault((int(xs[node] // reach), int(ys[node] // reach)), []).append(node)
    for (column, line), members in cells.items():
        near = [
            node
            for i in (column - 1, column, column + 1)
            for j in (line - 1, line, line + 1)
            for node in cells.get((i, j), ())
        ]
        for node in members:
            for other in near:
                if other == node:
                    continue
                x, y = xs[node] - xs[other], ys[node] - ys[other]
                far = hypot(x, y)
                if far > reach:
                    continue
                if far < 1e-6:  # at one place: part them by their numbers
                    x, y, far = (node - other) * 1e-6, 1e-6, 1e-6
                force = ideal * ideal / far
                pull_x[node] += x / far * force
                pull_y[node] += y / far * force
    for one, other in edges:
        x, y = xs[other] - xs[one], ys[other] - ys[one]
        force = hypot(x, y) / ideal
        pull_x[one] += x * force
        pull_y[one] += y * force
        pull_x[other] -= x * force
        pull_y[other] -= y * force
    for node in range(count):
        far = hypot(pull_x[node], pull_y[node])
        if far > 0:
            step = min(far, heat) / far
            xs[node] += pull_x[node] * step
            ys[node] += pull_y[node] * step


def _spread(xs: list[float], ys: list[float]) -> tuple[tuple[float, float], ...]:
    """Stretch the places to the square."""
    left, top = min(xs, default=0.0), min(ys, default=0.0)
    wide, tall = max(xs, default=1.0) - left, max(ys, default=1.0) - top
    return tuple(
        (
            round((x - left) / wide, 6) if wide > 1e-9 else 0.5,
            round((y - top) / tall, 6) if tall > 1e-9 else 0.5,
        )
        for x, y in zip(xs, ys, strict=True)
    )


@dataclass(slots=True)
class Box:
    """A rectangle by its centre; it may be moved."""

    x: float
    y: float
    width: float
    height: float

    def overlap(self, other: "Box") -> tuple[float, float] | None:
        """Give by how much two boxes overlap, across and down; `None` where they do not."""
        across = (self.width + other.width) / 2 - abs(self.x - other.x)
        down = (self.height + other.height) / 2 - abs(self.y - other.y)
        return (across, down) if across > 1e-6 and down > 1e-6 else None


def part(boxes: Sequence[Box], room: float, rounds: int = 60) -> None:
    """Move boxes until none overlaps another and none leaves 0 to `room`; they may go down."""
    for _ in range(rounds):
        order = sorted(range(len(boxes)), key=lambda at: (boxes[at].y, boxes[at].x, at))
        moved = False
        tallest = max((box.height for box in boxes), default=0.0)
        for rank, at in enumerate(order):
            one = boxes[at]
            for other_at in order[rank + 1 :]:
                other = boxes[other_at]
                if other.y - one.y > (one.height + tallest) / 2:
                    break
                if found := one.overlap(other):
                    moved = True
                    _push(one, other, *found)
        for box in boxes:
            box.x = min(max(box.x, box.width / 2), room - box.width / 2)
        if not moved:
            break
    _sweep(boxes)


def _push(one: Box, other: Box, across: float, down: float) -> None:
    if across < down:
        step = across / 2 + 0.1
        sign = 1 if one.x <= other.x else -1
        one.x -= sign * step
        other.x += sign * step
    else:
        step = down / 2 + 0.1
        sign = 1 if one.y <= other.y else -1
        one.y -= sign * step
        other.y += sign * step


def _sweep(boxes: Sequence[Box]) -> None:
    """Push down, from the top, whatever still overlaps: this always ends."""
    placed: list[Box] = []
    for box in sorted(boxes, key=lambda box: (box.y, box.x)):
        while hit := next((other for other in reversed(placed) if box.overlap(other)), None):
            box.y = hit.y + (hit.height + box.height) / 2 + 0.1
        placed.append(box)

"""What tests ask of a picture: its elements, and the room that each line of its text takes."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from itertools import combinations

from coopera.pictures.layout import Box
from coopera.pictures.lettering import SIZE, SMALL, width

SMALLER = {"note", "tick", "sign", "key", "within-mark"}
"""Classes of text that the stylesheet writes smaller."""


@dataclass(frozen=True)
class Line:
    """One line of text and its box."""

    text: str
    box: Box
    owner: int
    """Which element it belongs to: the lines of one name may touch each other."""


def tree(markup: str) -> ET.Element:
    """Read a picture, which must be well-formed XML too."""
    return ET.fromstring(markup)  # noqa: S314 - what we wrote ourselves


def drawings(markup: str) -> dict[str, ET.Element]:
    """Give the drawings of a picture by their class: narrow and wide."""
    return {svg.get("class", ""): svg for svg in tree(markup).findall("svg")}


def said(link: ET.Element) -> str:
    """Give the name of a link."""
    return link.findtext("title") or ""


def size(drawing: ET.Element) -> tuple[float, float]:
    """Give the width and the height of a drawing."""
    _, _, wide, tall = map(float, drawing.get("viewBox", "").split())
    return wide, tall


def lines(drawing: ET.Element) -> list[Line]:
    """Give every line of text with the room that it takes at most, where it stands."""
    found: list[Line] = []

    def walk(node: ET.Element, left: float, top: float) -> None:
        if moved := re.fullmatch(r"translate\((\S+) (\S+)\)", node.get("transform", "")):
            left, top = left + float(moved[1]), top + float(moved[2])
        if node.tag == "text":
            owner = len(found)
            x, y = float(node.get("x", "0")), float(node.get("y", "0"))
            for span in node.findall("tspan") or [node]:
                x, y = float(span.get("x", x)), y + float(span.get("dy", "0"))
                found.append(
                    Line(span.text or "", _box(node, span.text or "", left + x, top + y), owner)
                )
        for child in node:
            walk(child, left, top)

    walk(drawing, 0.0, 0.0)
    return found


def _box(node: ET.Element, text: str, x: float, y: float) -> Box:
    letters = SMALL if node.get("class") in SMALLER else SIZE
    wide = width(text, letters)
    middle = {"middle": x, "end": x - wide / 2}.get(node.get("text-anchor", ""), x + wide / 2)
    # From the height of capitals to the depth of a g.
    return Box(middle, y - letters * 0.25, wide, letters * 0.98)


def overlaps(drawing: ET.Element) -> list[tuple[str, str]]:
    """Give the pairs of lines that cover each other."""
    return [
        (one.text, other.text)
        for one, other in combinations(lines(drawing), 2)
        if one.owner != other.owner and one.box.width and other.box.width
        if one.box.overlap(other.box)
    ]


def outside(drawing: ET.Element) -> list[str]:
    """Give the lines that leave the drawing."""
    wide, tall = size(drawing)
    return [
        line.text
        for line in lines(drawing)
        if line.box.x - line.box.width / 2 < -0.6
        or line.box.x + line.box.width / 2 > wide + 0.6
        or line.box.y + line.box.height / 2 > tall + 0.6
        or line.box.y - line.box.height / 2 < -0.6
    ]

"""SVG: names, attributes and texts in; escaped markup, and the frame around a picture, out."""

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from coopera.pictures.lettering import fit

_SPECIAL = re.compile("[^ -~\u00a1-\u2fff]|[&<>\"']")
"""What a text has that must be looked at more closely."""

NARROW, WIDE = 336.0, 720.0
"""Widths of the two drawings, in user units; see `.pic` in the stylesheet."""


@dataclass(frozen=True, slots=True)
class Name:
    """What a thing is called in a picture, and the page that it leads to."""

    text: str
    lang: str | None = None
    """Language of the text, where it is not the page's."""
    href: str | None = None
    """Address of its page, from the language's folder, without `.html`."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a picture says of itself, and where on a page it stands."""

    key: str
    """Beginning of the ids in the picture: one picture of a page, one key."""
    title: str
    description: str
    above: str = ""
    """The way from the page to the folder of its language."""


def clean(text: str) -> str:
    """Escape a text; a character that no document may hold becomes U+FFFD."""
    if not _SPECIAL.search(text):
        return text
    return html.escape(fit(text), quote=True)


def number(value: float) -> str:
    """Write a length with at most one decimal: `12.0` gives "12"."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def element(name: str, attributes: dict[str, object] | None = None, *inside: str) -> str:
    """Write an element. Attributes that are None are left out; `inside` is markup already."""
    given = "".join([
        f' {key}="{number(value) if isinstance(value, float) else clean(str(value))}"'
        for key, value in (attributes or {}).items()
        if value is not None
    ])  # fmt: skip
    return f"<{name}{given}>{''.join(inside)}</{name}>" if inside else f"<{name}{given}/>"


def title(text: str) -> str:
    """Write what a pointer is told that rests on a shape."""
    return f"<title>{clean(text)}</title>"


def link(name: Name, above: str, *inside: str, kind: str | None = None, told: str = "") -> str:
    """Wrap markup in a link to the page of a thing, if it has one.

    What it is called stands in its title, since a name drawn in lines has lost its spaces; a mark
    without text has it as its label too.
    """
    said = f"{name.text} — {told}" if told else name.text
    if name.href is None:
        return element("g", {"class": kind, "lang": name.lang}, title(said), *inside)
    goal: dict[str, object] = {"class": kind, "href": f"{above}{name.href}.html"}
    drawn = "".join(inside)
    goal |= {"lang": name.lang, "aria-label": None if "<text" in drawn else said}
    return element("a", goal, title(said), drawn)


def text(
    words: str, x: float, y: float, kind: str | None = None, anchor: str | None = None,
    lang: str | None = None,
) -> str:  # fmt: skip
    """Write one line of text, on a baseline."""
    placed: dict[str, object] = {"class": kind, "x": x, "y": y, "text-anchor": anchor, "lang": lang}
    return element("text", placed, clean(words) or "\u200b")


def lines(
    told: Iterable[str], x: float, y: float, leading: float, kind: str | None = None,
    anchor: str | None = None, lang: str | None = None,
) -> str:  # fmt: skip
    """Write lines of text below each other, the first on the baseline `y`."""
    rows = list(told)
    spans = "".join(
        element("tspan", {"x": x, "dy": leading if at else None}, clean(row) or "\u200b")
        # A space between two lines, for whoever copies them; it would shift a line that ends at x.
        + (" " if anchor is None and at < len(rows) - 1 else "")
        for at, row in enumerate(rows)
    )
    return element("text", {"class": kind, "y": y, "text-anchor": anchor, "lang": lang}, spans)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What was drawn for one width."""

    height: float
    body: str


def frame(told: Told, draw: Callable[[float], Drawing], kind: str = "") -> str:
    """Draw a picture for both widths, and write it with its title and description.

    The role is `group`: the links in an `img` would be hidden from whoever hears the page.
    """
    made = []
    for name, width in (("narrow", NARROW), ("wide", WIDE)):
        drawing, key = draw(width), f"{told.key}-{name}"
        attributes: dict[str, object] = {
            "class": name,
            "viewBox": f"0 0 {number(width)} {number(drawing.height)}",
            "role": "group",
            "aria-labelledby": f"{key}-title",
            "aria-describedby": f"{key}-desc",
        }
        made.append(
            element(
                "svg",
                attributes,
                element("title", {"id": f"{key}-title"}, clean(told.title)),
                element("desc", {"id": f"{key}-desc"}, clean(told.description)),
                drawing.body,
            )
        )
    return element("div", {"class": f"pic {kind}".strip()}, *made)

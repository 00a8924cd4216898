"""Templates: the files in `coopera/templates` in; an environment that renders them out."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup, escape

from coopera.pages import speech, words
from coopera.pages.views import Figure, Shown

if TYPE_CHECKING:
    import jinja2

FOLDER = Path(__file__).parents[1] / "templates"


def environment() -> "jinja2.Environment":
    """Make the environment: everything is escaped, and a name that is not there is an error."""
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["show"] = show
    made.filters["ticks"] = ticks
    made.filters["drawn"] = drawn
    return made


@lru_cache(maxsize=20_000)
def show(shown: Shown, above: str) -> Markup:
    """Write one term; `above` is the way from the page to its language's folder."""
    attributes = Markup(' lang="{}"').format(shown.lang) if shown.lang else Markup("")
    text = escape(shown.text)
    if shown.code:
        text = Markup("<code>{}</code>").format(text)
    if shown.datetime:
        text = Markup('<time datetime="{}">{}</time>').format(shown.datetime, text)
    if shown.unknown:
        text = Markup('<span class="unknown">{}</span>').format(text)
    # The IRI of what has a page of its own, or is the link itself, is told by where it leads.
    told = shown.title not in ("", shown.url) and not (
        shown.href is not None and shown.title.startswith(("http://", "https://"))
    )
    title = Markup(' title="{}"').format(shown.title) if told else Markup("")
    if shown.href is not None:
        place = f"#{shown.anchor}" if shown.anchor else ""
        made = Markup('<a href="{}{}.html{}"{}{}>{}</a>').format(
            above, shown.href, place, title, attributes, text
        )
    elif shown.file is not None:
        made = Markup('<a href="{}../{}"{}{}>{}</a>').format(
            above, quote(shown.file), title, attributes, text
        )
    elif shown.url is not None:
        made = Markup('<a class="out" href="{}"{}{}>{}</a>').format(
            shown.url, title, attributes, text
        )
    elif title or attributes:
        made = Markup("<span{}{}>{}</span>").format(title, attributes, text)
    else:
        made = Markup("{}").format(text)
    if shown.lang:
        made += Markup(' <span class="tag">{}</span>').format(shown.lang)
    if shown.lead:
        made = Markup('<span class="before">{}</span> {}').format(shown.lead, made)
    return made


def drawn(figure: Figure, above: str) -> Markup:
    """Draw a picture: its room escapes what it writes."""
    return Markup(figure.draw(above))  # noqa: S704


def ticks(text: str, language: str) -> Markup:
    """Write a text whose words between backticks are code; a variable becomes its heading."""
    pieces = text.split("`")
    return Markup("").join(
        _tick(piece, language) if at % 2 and at < len(pieces) - 1 else escape(piece)
        for at, piece in enumerate(pieces)
    )


def _tick(piece: str, language: str) -> Markup:
    if heading := words.word(words.VARIABLES, piece, language):
        return escape(speech.quoted(heading, language))
    return Markup("<code>{}</code>").format(piece)

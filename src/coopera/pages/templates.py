"""Templates: the files in `coopera/templates` in; an environment that renders them out."""

from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from coopera.pages import pieces, speech, words
from coopera.pages.views import Figure

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
    made.filters |= pieces.FILTERS
    made.filters["ticks"] = ticks
    made.filters["drawn"] = drawn
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

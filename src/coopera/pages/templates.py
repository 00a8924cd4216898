"""Templates: the files in `coopera/templates` in; an environment that renders them out."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from coopera.pages import pieces, speech, words
from coopera.pages.views import Figure

if TYPE_CHECKING:
    import jinja2

FOLDER = Path(__file__).parents[1] / "templates"


def environment() -> "jinja2.Environment":
    """Make the environment: everything is escaped, and a name that is not there is an error."""
    import jinja2

    class Environment(jinja2.Environment):
        """Finds a template again at once: each page asks for three or four."""

        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            self._found: dict[str, Any] = {}

        def get_template(self, name: Any, *given: Any, **more: Any) -> Any:
            if name not in self._found:
                self._found[name] = found = super().get_template(name, *given, **more)
                found.globals = dict(found.globals)  # not several tables, looked up in turn
            return self._found[name]

    made = Environment(
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
    made.globals["p"] = made.get_template("parts.html").module
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

"""Pages of quality: the outcome of the checks in; a page about the state of the graph out."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from coopera.checks import Outcome
from coopera.pages import Made, speech
from coopera.pages.reader import Reader
from coopera.pages.views import Page, Shown, share
from coopera.project import Project
from coopera.quality import history
from coopera.quality.measures import ClassGaps, Gap, Name, PropertyLanguages, Quality, measure
from coopera.quality.texts import View

Check = Callable[[], Outcome]
WHERE = "quality"
FIRST = 3
"""Things that are named where a property is lacking: the report of the command names more."""
SPOTS = 50
"""Places of one kind of finding that the page tells, at most."""
RULES = "rules"
"""Where the rules have their pages, if they have."""


class _Quality:
    """Measures a graph once, when its page is asked for."""

    def __init__(self, project: Project, check: Check) -> None:
        self.project, self._check = project, check

    @cached_property
    def measured(self) -> Quality:
        path = self.project.root / history.NAME
        entries = history.read(path) if path.exists() else ()
        return replace(measure(self.project, self._check()), history=entries)

    def page(self, reader: Reader, address: str, room: float = 1.0) -> Page:
        """Make the page; `room` as in `views.ROOMS`."""
        view = View(self.measured, reader.language)
        quality = self.measured
        context: dict[str, object] = {
            "v": view,
            "quality": quality,
            "classes": tuple((_named(reader, name), n) for name, n in quality.classes),
            "gaps": tuple(
                _gaps(reader, view, some, share(FIRST, room))
                for some in quality.gaps
                if _lacking(some)
            ),
            "full": tuple(_named(reader, s.kind) for s in quality.gaps if not _lacking(s)),
            "texts": tuple(_texts(reader, view, some) for some in quality.languages),
            "rules": RULES,
            "most": share(SPOTS, room),
            "columns": history.COLUMNS[1:],
        }
        lead = " ".join(filter(None, [view.verdict, view.besides]))
        title = Shown(reader.word("quality"))
        return Page(address, title, lead, "quality-page.html", (), context)


def _lacking(some: ClassGaps) -> list[Gap]:
    return [gap for gap in some.gaps if gap.lacking]


def _named(reader: Reader, name: Name) -> Shown:
    """Show a name with a link to its page, where it has one."""
    label = name.labels[reader.language]
    text = label if label == name.text else speech.capital(label)
    at = reader.page(name.iri) if name.iri else None
    return Shown(text, href=at, title="" if at else name.text)


def _gaps(reader: Reader, view: View, some: ClassGaps, most: int) -> dict[str, object]:
    """Tell the gaps of a class: for each property who lacks it."""
    return {
        "kind": _named(reader, some.kind),
        "things": view.counted(some.things, "things"),
        "rows": tuple(
            {
                "property": _named(reader, gap.property),
                "required": gap.required,
                "have": gap.things - gap.lacking,
                "all": gap.things,
                "share": view.percent(gap.things - gap.lacking, gap.things),
                "first": tuple(_named(reader, name) for name in view.ordered(gap.first)[:most]),
                "others": gap.lacking - len(gap.first[:most]),
            }
            for gap in _lacking(some)
        ),
    }


def _texts(reader: Reader, view: View, some: PropertyLanguages) -> dict[str, object]:
    """Tell of a property in how many things it is in which language."""
    return {
        "property": _named(reader, some.property),
        "single": some.single,
        "rows": tuple(
            (_named(reader, row.kind), row.french, row.english, row.both, row.neither)
            for row in some.rows
            if row.single or row.neither
        ),
    }


def made(project: Project, check: Check) -> Made:
    """Give the page of the quality of a graph, which is checked when that is asked for."""
    maker = _Quality(project, check).page
    return Made({WHERE: maker}, lighter={WHERE: maker})

"""What can go wrong for a reader who can mend it: a place, a problem and a remedy."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

STDIN = "<stdin>"
"""How standard input is called where a file would be."""
SPOOL = "coopera-stdin-"
"""How the folder begins in which standard input is kept while a command reads it."""


def is_stdin(path: Path) -> bool:
    """Say whether a file holds what came from standard input."""
    return path.parent.name.startswith(SPOOL)


@dataclass(frozen=True, order=True)
class Place:
    """A spot in a file; lines and columns from 1, `None` where only the file is known."""

    path: Path
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Give `path`, `path:line` or `path:line:column`, the path relative to here if below."""
        path = self.path
        if path.is_absolute() and path.is_relative_to(Path.cwd()):
            path = path.relative_to(Path.cwd())
        name = STDIN if is_stdin(path) else path.as_posix()
        parts = [name, self.line, self.column]
        return ":".join(str(part) for part in parts if part is not None)


class CooperaError(Exception):
    """Something that the reader can mend. The command line shows it and exits with 2."""

    def __init__(self, problem: str, *, place: Place | None = None, remedy: str = "") -> None:
        """Take the problem as a sentence, where it stands, and what to do about it."""
        super().__init__(problem)
        self.problem, self.place, self.remedy = problem, place, remedy

    def __str__(self) -> str:
        """Give `place: problem`, and the remedy on a line of its own."""
        text = f"{self.place}: {self.problem}" if self.place else self.problem
        return f"{text}\n  Remedy: {self.remedy}" if self.remedy else text


class ProjectError(CooperaError):
    """A project that is not there, or not whole."""


class DataError(CooperaError):
    """A file that cannot be read as what it says it is."""


class QueryError(CooperaError):
    """A SPARQL text, a saved query or a parameter that cannot be used."""


class StoreError(CooperaError):
    """A store on disk that is not there, cannot be used or cannot be built."""

    def __init__(
        self,
        problem: str,
        *,
        place: Place | None = None,
        remedy: str = "",
        reason: Mapping[str, str] | None = None,
    ) -> None:
        """Take what CooperaError takes; and, by language, why to build it anew where that helps."""
        super().__init__(problem, place=place, remedy=remedy)
        self.reason = reason


class UnknownThingError(QueryError):
    """A name, or an IRI, of nothing that a parameter can be."""


class NothingCheckedError(CooperaError):
    """A run that would have said "fine" because it looked at nothing."""

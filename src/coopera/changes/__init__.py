"""Changes: a git ref, data and shapes in; the focus nodes whose results may have changed out.

Results are those of a full run, less the ones of focus nodes that cannot have changed: from these,
evaluation meets the same triples at the ref and now. See `changes.reach` for why.
"""

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Triple

from coopera import graphs
from coopera.changes import history, reach
from coopera.changes.differences import Change, compare
from coopera.changes.history import Repository, repository
from coopera.errors import DataError
from coopera.findings import plain
from coopera.project import Project
from coopera.tables import Quads, Term
from coopera.validation import shapes as shape_room
from coopera.validation.nodes import Nodes

__all__ = [
    "Belongs",
    "Change",
    "Group",
    "Scope",
    "compare",
    "data",
    "either",
    "scope",
    "shapes",
    "under",
    "vocabulary",
]

Belongs = Callable[[Path], bool]


@dataclass(frozen=True)
class Group:
    """Files that are read into one graph: those of today, and which others would have been."""

    read: Mapping[Path, Sequence[Triple]]
    """Each file and its triples; no two files share a blank node."""
    belongs: Belongs
    """Says of an absolute path whether a file there would be among them."""


@dataclass(frozen=True)
class Scope:
    """What a run since a ref has to look at."""

    nodes: reach.Nodes | None
    """The node of each shape with a target -> its focus nodes to look at; `None`: all of them.

    No mapping at all where each focus node of each shape is to be looked at.
    """
    notes: tuple[dict[str, str], ...]
    """What a reader must know of it, in fr and en."""

    @property
    def only(self) -> frozenset[Term] | None:
        """Give the focus nodes of any shape; `None` where that may be any node."""
        if self.nodes is None or None in self.nodes.values():
            return None
        return frozenset(node for found in self.nodes.values() for node in found or ())


def _note(fr: str, en: str) -> dict[str, str]:
    return {"fr": plain(fr), "en": plain(en)}


class _EverythingError(Exception):
    """A reason, in fr and en, to look at everything."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.reason = _note(f"tout est examiné : {fr}.", f"everything is looked at: {en}.")


def under(paths: Iterable[Path]) -> Belongs:
    """Say which files a command reads that is given these files and folders."""
    given = [_absolute(path) for path in paths]
    folders = [path for path in given if path.is_dir()]
    return lambda path: path in given or any(path.is_relative_to(folder) for folder in folders)


def vocabulary(project: Project) -> Belongs:
    """Say which files are those of the project's ontology and concepts."""
    folders = (project.ontology, project.ontology / "concepts")
    return lambda path: path.suffix == ".ttl" and path.parent in folders


def data(project: Project) -> Belongs:
    """Say which files are those of the project's data."""
    return lambda path: path.suffix == ".ttl" and path.is_relative_to(project.data)


def shapes(project: Project) -> Belongs:
    """Say which files are those of the project's shapes."""
    folder, prefixes = project.ontology / "shapes", project.ontology / "prefixes.ttl"
    return lambda path: path == prefixes or (path.suffix == ".ttl" and path.is_relative_to(folder))


def either(*several: Belongs) -> Belongs:
    """Say which files belong by one of several."""
    return lambda path: any(belongs(path) for belongs in several)


def scope(ref: str, folder: Path, facts: Group, rules: Group, inference: bool = False) -> Scope:
    """Find what a run has to look at so that it misses no finding that is new since a ref.

    `facts` are the data with their ontology, `rules` the shapes; `folder` is in the git work tree
    that knows the ref, and files outside that tree count as unchanged. With `inference`, triples
    that follow from the data are validated too, and everything is looked at. Raises DataError where
    there is no such tree or ref, IllFormedError for shapes that cannot be used.
    """
    tree = repository(folder)
    past = _Past(tree, tree.commit(ref))
    read = shape_room.read(Nodes(t for some in rules.read.values() for t in some))
    notes: list[dict[str, str]] = []
    nodes: reach.Nodes | None = None
    try:
        if inference:
            raise _EverythingError("l'inférence est active", "inference is on")
        if past.change(rules).triples:
            raise _EverythingError(
                f"les formes ont changé depuis {ref}", f"the shapes have changed since {ref}"
            )
        change = past.change(facts)
        graph = [t for some in facts.read.values() for t in some]
        nodes = reach.affected(change.triples, read.roots, graph)
        notes.append(_told(ref, change, nodes))
    except _EverythingError as error:
        notes.append(error.reason)
    if past.outside:
        count = len(past.outside)
        notes.append(
            _note(
                f"fichiers hors du dépôt git, tenus pour inchangés : {count}.",
                f"files outside the git repository, taken as unchanged: {count}.",
            )
        )
    return Scope(nodes, tuple(notes))


def _told(ref: str, change: Change, nodes: reach.Nodes) -> dict[str, str]:
    known = {node for found in nodes.values() for node in found or ()}
    whole = sum(found is None for found in nodes.values())
    came, went = len(change.added), len(change.removed)
    fr = f"depuis {ref} : triplets ajoutés : {came}, retirés : {went} ; nœuds visés : {len(known)}"
    en = f"since {ref}: triples added: {came}, removed: {went}; focus nodes: {len(known)}"
    if whole:
        fr += f", et tous ceux des formes à cible SPARQL ({whole})"
        en += f", and all those of shapes with a SPARQL target ({whole})"
    return _note(f"{fr}.", f"{en}.")


class _Past:
    """The files of a commit, beside those of today."""

    def __init__(self, tree: Repository, commit: str) -> None:
        self.tree = tree
        self.entries = tree.tree(commit)
        self.outside: set[Path] = set()
        self._tops: dict[Path, Path | None] = {}
        self._top(_absolute(tree.folder))

    def change(self, group: Group) -> Change:
        """Compare a graph with what it was. Raises _EverythingError where that cannot be told."""
        places = {path: self._place(path) for path in group.read}
        self.outside.update(path for path, place in places.items() if place is None)
        here = {place for place in places.values() if place is not None}
        there = {name for name in self.entries if name in here or self._belonged(name, group)}
        for name, (mode, _) in self.entries.items():
            if mode == history.LINK and (
                name in there or any(place.startswith(f"{name}/") for place in here)
            ):
                raise _linked(name)
        same = {path for path, place in places.items() if self._same(path, place)}
        old = self._read(sorted(there - {places[path] for path in same}))
        new = (t for path, some in group.read.items() if path not in same for t in some)
        found = compare(old, new)
        # What changed files gained or lost may stand in another file, then and now.
        kept = {t for path in same for t in group.read[path]} if found.triples else set()
        return Change(found.added - kept, found.removed - kept)

    def _place(self, path: Path) -> str | None:
        """Give a file's name from the top of the work tree; `None` where it is outside."""
        absolute = _absolute(path)
        top = self._top(absolute.parent)
        if top is None:
            return None
        if absolute.is_symlink():
            raise _linked(str(path))
        return absolute.relative_to(top).as_posix()

    def _top(self, folder: Path) -> Path | None:
        """Give the top of the work tree as the folder's own path names it, links above it kept."""
        if folder not in self._tops:
            beneath = [folder, *folder.parents]
            tops = [i for i, one in enumerate(beneath) if one.samefile(self.tree.top)]
            if any(one.is_symlink() for one in beneath[: tops[0] if tops else 0]) or (
                not tops and folder.resolve().is_relative_to(self.tree.top.resolve())
            ):
                raise _linked(str(folder))
            self._tops[folder] = beneath[tops[0]] if tops else None
        return self._tops[folder]

    def _belonged(self, name: str, group: Group) -> bool:
        tops = {top for top in self._tops.values() if top is not None}
        return graphs.syntax(Path(name)) is not None and any(
            group.belongs(top / name) for top in tops
        )

    def _same(self, path: Path, place: str | None) -> bool:
        if place is None:
            return True
        then = self.entries.get(place)
        return then is not None and history.identifier(path.read_bytes(), then[1]) == then[1]

    def _read(self, names: Sequence[str]) -> Quads:
        """Read files of the commit. Raises _EverythingError where one is not what its name says."""
        found: Quads = []
        contents = self.tree.contents([self.entries[name][1] for name in names])
        with tempfile.TemporaryDirectory() as folder:
            for name, content in zip(names, contents, strict=True):
                aside = Path(folder, f"then{Path(name).suffix}")
                aside.write_bytes(content)
                try:
                    found += graphs.read(aside)
                except DataError as error:
                    problem = error.problem.rstrip(".")
                    raise _EverythingError(
                        f"l'ancien {name} ne se lit pas ({problem})",
                        f"the former {name} cannot be read ({problem})",
                    ) from error
        return found


def _linked(name: str) -> _EverythingError:
    return _EverythingError(
        f"{name} est ou était un lien symbolique", f"{name} is or was a symbolic link"
    )


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - unlike resolve(), it keeps links

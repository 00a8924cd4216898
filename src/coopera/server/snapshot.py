"""Snapshots: a project, or files, in; one state of the graph with all that answers from it out."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, serialize

from coopera import __version__, checks, graphs
from coopera.errors import CooperaError, Place
from coopera.importers import ror
from coopera.pool import Pool
from coopera.project import Project, find
from coopera.publication import Publication
from coopera.reconciliation import Matcher
from coopera.server.lookups import Lookups
from coopera.server.memory import Memory, Reply

SERVICES = (("SPARQL", "sparql"), ("API", "api/queries"), ("OpenAPI", "api/openapi.json"))


@dataclass(frozen=True)
class Inputs:
    """What is served: a project's graph, or its vocabulary with other files as the data."""

    project: Project
    files: tuple[Path, ...] = ()
    ror: Path | None = None
    """An extract of ROR, whose organizations can be reconciled with too."""

    @property
    def graph_files(self) -> list[Path]:
        """Give the files of the graph."""
        if self.files:
            return [*self.project.vocabulary_files, *self.files]
        return self.project.graph_files

    @property
    def watched(self) -> list[Path]:
        """Give every file whose change shows in what is served."""
        root = self.project.root
        others = [root / "coopera.toml", *root.glob("queries/**/*.rq"), *root.glob("ontology/**/*")]
        extract = [self.ror] if self.ror else []
        return sorted({p for p in (*self.graph_files, *others, *extract) if p.is_file()})

    def again(self) -> "Inputs":
        """Give the same inputs, to be read anew: a project keeps what it has read."""
        return replace(self, project=find(self.project.root))

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Tell the state of the files, cheaply: name, time of change and size."""
        stats = ((path, path.stat()) for path in self.watched)
        return tuple((str(path), told.st_mtime_ns, told.st_size) for path, told in stats)


@dataclass(frozen=True)
class Loaded:
    """A graph that was read, before a pool answers from it."""

    inputs: Inputs
    version: str
    """Names the state of the files, and of the program that answers."""
    publication: Publication
    quads: Sequence[Quad]
    matcher: Matcher

    @cached_property
    def graphs(self) -> frozenset[str]:
        """Give the names of the named graphs."""
        names = {quad.graph_name for quad in self.quads}
        return frozenset(name.value for name in names if isinstance(name, NamedNode))

    def write(self, path: Path) -> None:
        """Write the quads for the pool. Raises CooperaError where the disk does not take them."""
        try:
            serialize(self.quads, output=path, format=RdfFormat.N_QUADS)
        except OSError as error:
            raise CooperaError(
                f"the graph cannot be written for the workers: {error.strerror or error}.",
                place=Place(path),
                remedy="make room on the disk, or set TMPDIR to another one.",
            ) from error


@dataclass(frozen=True)
class Snapshot:
    """One state of the graph: requests that began with it end with it."""

    loaded: Loaded
    pool: Pool
    replies: Memory[bytes, Reply] = field(default_factory=Memory)
    """By the head of the request."""

    @cached_property
    def lookups(self) -> Lookups:
        """Answer look-ups from the store that the pages are made from."""
        return Lookups(self.publication.store, self.pool.limits)

    @property
    def version(self) -> str:
        """Name the state of the files, and of the program that answers."""
        return self.loaded.version

    @property
    def publication(self) -> Publication:
        """Give the pages and files of this state."""
        return self.loaded.publication

    @property
    def project(self) -> Project:
        """Give the project."""
        return self.loaded.inputs.project


def load(inputs: Inputs) -> Loaded:
    """Read all files. Raises CooperaError, with its place, for one that cannot be read."""
    version = _version(inputs.watched)
    quads = [quad for path in inputs.graph_files for quad in graphs.dataset(path)]
    project = inputs.project
    check = None if inputs.files else partial(checks.run, project, allow_empty=True)
    publication = Publication(project, _default(quads), check)
    publication.pages.services = SERVICES
    records = ror.read(inputs.ror) if inputs.ror else ()
    matcher = Matcher.of(
        publication.triples, project.prefixes, project.base, records, project.title
    )
    return Loaded(inputs, version, publication, quads, matcher)


def _default(quads: Iterable[Quad]) -> list[Triple]:
    return [quad.triple for quad in quads if isinstance(quad.graph_name, DefaultGraph)]


def _version(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256(f"{__version__} {pyoxigraph.__version__}".encode())
    for path in paths:
        digest.update(f"\0{path.name}\0".encode("utf-8", "surrogatepass"))
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()

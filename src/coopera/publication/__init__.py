"""Publication: a project and its triples in; each file of its site, by its name, out.

`coopera build` writes all of them; `coopera serve` makes the one that is asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, partial

from pyoxigraph import Triple

from coopera import catalogues, files
from coopera.engines.oxigraph import Oxigraph
from coopera.pages import Forms, Pages, assets, dataset
from coopera.pages.templates import FOLDER
from coopera.project import Project
from coopera.publication import (
    catalogue,
    context,
    crate,
    documents,
    dumps,
    extras,
    profile,
    redirects,
    sitemaps,
    void,
)
from coopera.publication.documents import WRITERS, Document, Documents
from coopera.publication.dumps import Digest, Dumps
from coopera.publication.graph import Graph, named
from coopera.publication.redirects.site import LOST
from coopera.publication.types import type_of
from coopera.publication.whole import DUMPS
from coopera.quality.pages import Check
from coopera.terms import LANGUAGES

__all__ = ["WRITERS", "Publication"]

KEPT = 512
"""Pages that are kept once they are made."""
LEAST, PIECES = 16, 4_000
"""Files in one piece of the work of writing all; pieces, at most."""

Make = Callable[[], bytes]
Pieces = list[tuple[str, ...]]
"""Files that are made one after the other, by what makes them."""


class Publication:
    """The files of one graph's site. A file that is not there is a KeyError."""

    def __init__(
        self,
        project: Project,
        triples: Iterable[Triple],
        check: Check | None = None,
        kinds: Iterable[str] = (),
    ) -> None:
        """Take the project, the triples of its one default graph, and kinds of redirects.

        With what checks the project there is a page about its quality.
        """
        self.project, self._kinds = project, tuple(kinds)
        self.triples: Sequence[Triple] = named(triples)
        more = partial(extras.made, project, check)
        engine = Oxigraph(self.triples)
        self.store = engine.store
        self.pages = Pages(project, engine, self.triples, more)
        index, names = self.pages.index, self.pages.names
        terms = context.Context(index, project.prefixes, [names.namespace])
        self.graph = Graph(project, self.triples, index, names, terms)
        self.pages.forms = self._forms
        self.pages.dumps = tuple(self.dumps.table)
        self.pages.measure = self._measured
        for reader in self.pages.readers.values():
            reader.files = {f"{DUMPS}{name}" for name in self.dumps.table}
        self._page: Callable[[str, str], str] = lru_cache(KEPT)(self.pages.text)

    @cached_property
    def files(self) -> frozenset[str]:
        """Give the names of the files that a server has, to look one up: it refuses by itself."""
        return frozenset((*self.names(), *assets.live())) - {LOST}

    def names(self) -> Iterator[str]:
        """List every file, relative to the site's folder, with slashes."""
        yield from self._table
        for address in self.pages.addresses:
            for language in LANGUAGES:
                yield f"{language}/{address}.html"
        yield from self.documents.names()
        yield from assets.static()

    def gather(self) -> None:
        """Gather what many files tell of, before processes that would each do so."""
        self.batches  # noqa: B018 - they are kept
        self._page = self.pages.text  # each is made once
        for language in LANGUAGES:
            self.pages.prepare(language)

    @cached_property
    def batches(self) -> tuple[list[Pieces], tuple[str, ...]]:
        """Cut the files into pieces of work; give those apart that tell of sizes and sums of dumps.

        What shares its making stands in one piece. The dumps and the answers to saved queries come
        first, each of which may take long or much memory, then the many small files.
        """
        measuring = {f"{name}{ending}" for name in ("catalog", "void") for ending in WRITERS}
        measuring |= {f"{language}/{dataset.WHERE}.html" for language in LANGUAGES}
        measuring |= {f"{DUMPS}{name}" for name in (dumps.NOTES, dumps.SUMS, crate.NAME)}
        measuring.add(void.NAME)
        first = [tuple(f"{DUMPS}{name}" for name in some) for some in self.dumps.batches]
        first += [
            tuple(f"{language}/{at}{end}" for language in LANGUAGES for end in (".html", ".csv"))
            for at in self.pages.answers
        ]
        apart = measuring.union(*first)
        rest = [name for name in self.names() if name not in apart]
        size = max(LEAST, -(-len(rest) // PIECES))
        pieces = [tuple(rest[at : at + size]) for at in range(0, len(rest), size)]
        late = (name for name in self.names() if name in measuring)
        # The document at its well-known place is the one that was made last.
        return [first, pieces], tuple(sorted(late, key=lambda name: name == void.NAME))

    @property
    def pages_written(self) -> int:
        """Count the pages."""
        return 2 + len(LANGUAGES) * len(self.pages.addresses)

    def content(self, name: str) -> bytes:
        """Give a file. Raises KeyError for one that is not there."""
        if name in self._table:
            return self._table[name]()
        if (asset := assets.content(name)) is not None:
            return asset
        first, _, rest = name.partition("/")
        if first in LANGUAGES:
            return self._html(rest, first).encode()
        return self.documents.content(name)

    @cached_property
    def _table(self) -> dict[str, Make]:
        """Give each file that is neither a page in a language nor a document, and its maker."""
        made: dict[str, Make] = {
            "style.css": (FOLDER / "style.css").read_bytes,
            "icon.svg": (FOLDER / "icon.svg").read_bytes,
            "index.html": lambda: self.pages.front().encode(),
            LOST: lambda: self.pages.lost().encode(),
            context.NAME: self.graph.context.published,
        }
        for name, write in extras.table(self.pages).items():
            made[name] = lambda write=write: write().encode()  # type: ignore[misc]
        made |= self._folder()
        made[void.NAME] = lambda: self.documents.content("void.ttl")
        if self.project.queries:
            made[catalogues.WELL_KNOWN] = self._examples
        made[sitemaps.ROBOTS] = lambda: sitemaps.robots(self.project.site)
        for name, text in sitemaps.sitemaps(self.project.site, self.pages.addresses).items():
            made[name] = lambda text=text: text  # type: ignore[misc]
        rules = redirects.rules(self._kinds, self.project, self.graph.names, self.graph.index.facts)
        for name, text in rules.items():
            made[name] = lambda text=text: text  # type: ignore[misc]
        folder = self.project.data
        for path in self.project.data_files:
            name = f"data/{path.relative_to(folder).as_posix()}"
            made[name] = lambda path=path: files.text(path).encode()  # type: ignore[misc]
        return made

    def _examples(self) -> bytes:
        return catalogues.text(self.project, f"{self.project.base}sparql").encode()

    def _forms(self, address: str) -> Forms:
        """Give the documents about the IRI of a page, else the dumps."""
        names = [f"{address}{ending}" for ending in self.documents.endings(address)]
        names = names or [f"dumps/coopera{ending}" for ending in (".ttl", ".jsonld")]
        return tuple((type_of(name), name) for name in names)

    def _html(self, rest: str, language: str) -> str:
        address = rest.removesuffix(".html")
        if address == rest or address not in self.pages.addresses:
            raise KeyError(rest)
        return self._page(address, language)

    @cached_property
    def dumps(self) -> Dumps:
        """Give the folder of the dumps."""
        return Dumps(self.graph, self.pages)

    def forget(self, name: str) -> None:
        """Let go of what a file holds, which has been written: dumps are large."""
        self.dumps.forget(name.removeprefix(DUMPS))

    def _folder(self) -> dict[str, Make]:
        """Give the files of the dumps, and those that describe them."""
        made: dict[str, Make] = {
            name: partial(self.dumps.content, name) for name in self.dumps.table
        }
        made[dumps.NOTES] = self.dumps.notes
        made[crate.NAME] = self._crate
        made[dumps.SUMS] = lambda: self.dumps.sums({**self._noted, crate.NAME: self._crate()})
        return {f"{DUMPS}{name}": make for name, make in made.items()}

    def _crate(self) -> bytes:
        return crate.crate(self.dumps, self.pages.readers, self._noted)

    @property
    def _noted(self) -> dict[str, bytes]:
        return {dumps.NOTES: self.dumps.notes()}

    def _measured(self, name: str) -> tuple[int, str] | None:
        """Give size and sum of a dump, for the page that offers it."""
        if name not in self.dumps.table:
            return None
        measured = self.dumps.digest(name)
        return measured.size, measured.sha256

    def _measure(self, name: str) -> Digest | None:
        """Give size and sum of a file that the catalogue may name."""
        if name.startswith(DUMPS) and name.removeprefix(DUMPS) in self.dumps.table:
            return self.dumps.digest(name.removeprefix(DUMPS))
        return dumps.digest(self._table[name]()) if name in self._table else None

    @cached_property
    def documents(self) -> Documents:
        """Give the RDF documents about each IRI, and about the ontology and the shapes."""
        graph, base = self.graph, self.project.base
        found = documents.of_things(graph) | documents.of_wholes(graph)
        has_shapes = documents.SHAPES in found
        found |= {
            "catalog": Document(
                self.dumps.whole.catalogues[0],
                lambda: catalogue.catalogue(graph, self.dumps, self._measure),
            ),
            "void": Document(f"{base}{void.NAME}", lambda: void.void(self.dumps)),
            profile.NAME: Document(
                f"{base}{profile.NAME}", lambda: profile.profile(graph, has_shapes=has_shapes)
            ),
        }
        return Documents(graph, found, self._table)

"""Publication: a project and its triples in; each file of its site, by its name, out.

`coopera build` writes all of them; `coopera serve` makes the one that is asked for.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, partial

from pyoxigraph import Triple

from coopera import files, formats
from coopera.engines import ENGINES
from coopera.pages import Forms, Pages
from coopera.pages.templates import FOLDER
from coopera.project import Project
from coopera.publication import context, documents
from coopera.publication.documents import WRITERS, Documents
from coopera.publication.graph import Graph, named
from coopera.publication.types import type_of
from coopera.terms import LANGUAGES

__all__ = ["WRITERS", "Publication"]

DUMPS = ("turtle", "ntriples", "jsonld", "trig")
"""The formats of the dumps."""
SUMS = "dumps/SHA256SUMS"
KEPT = 512
"""Pages that are kept once they are made."""

Make = Callable[[], bytes]


class Publication:
    """The files of one graph's site. A file that is not there is a KeyError."""

    def __init__(self, project: Project, triples: Iterable[Triple]) -> None:
        """Take the project and the triples of its one default graph."""
        self.project = project
        self.triples: Sequence[Triple] = named(triples)
        self.pages = Pages(project, ENGINES["oxigraph"](self.triples), self.triples)
        index, names = self.pages.index, self.pages.names
        terms = context.Context(index, project.prefixes, [names.namespace])
        self.graph = Graph(project, self.triples, index, names, terms)
        self.pages.forms = self._forms
        self._page = lru_cache(KEPT)(self.pages.text)

    @cached_property
    def files(self) -> frozenset[str]:
        """Give the names of all files, to look one up."""
        return frozenset(self.names())

    def names(self) -> Iterator[str]:
        """List every file, relative to the site's folder, with slashes."""
        yield from self._table
        for language in LANGUAGES:
            for address in self.pages.addresses:
                yield f"{language}/{address}.html"
        yield from self.documents.names()

    @property
    def pages_written(self) -> int:
        """Count the pages."""
        return 1 + len(LANGUAGES) * len(self.pages.addresses)

    def content(self, name: str) -> bytes:
        """Give a file. Raises KeyError for one that is not there."""
        if name in self._table:
            return self._table[name]()
        first, _, rest = name.partition("/")
        if first in LANGUAGES:
            return self._html(rest, first).encode()
        return self.documents.content(name)

    @cached_property
    def _table(self) -> dict[str, Make]:
        """Give each file that is neither a page in a language nor a document, and its maker."""
        made: dict[str, Make] = {
            "style.css": (FOLDER / "style.css").read_bytes,
            "index.html": lambda: self.pages.front().encode(),
            context.NAME: self.graph.context.published,
        }
        made |= {f"dumps/{name}": partial(self._dump, name) for name in self._dumps}
        made[SUMS] = self._sums
        folder = self.project.data
        for path in self.project.data_files:
            name = f"data/{path.relative_to(folder).as_posix()}"
            made[name] = lambda path=path: files.text(path).encode()  # type: ignore[misc]
        return made

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
    def _dumps(self) -> dict[str, str]:
        return {f"coopera{formats.FORMATS[name].ending}": name for name in DUMPS}

    def _dump(self, name: str) -> bytes:
        if name not in self._made:
            text = formats.text(list(self.triples), self._dumps[name], self.project.prefixes)
            self._made[name] = text.encode()
        return self._made[name]

    def _sums(self) -> bytes:
        sums = (f"{hashlib.sha256(self._dump(n)).hexdigest()}  {n}\n" for n in self._dumps)
        return "".join(sums).encode()

    @cached_property
    def _made(self) -> dict[str, bytes]:
        return {}

    @cached_property
    def documents(self) -> Documents:
        """Give the RDF documents about each IRI, and about the ontology and the shapes."""
        found = documents.of_things(self.graph) | documents.of_wholes(self.graph)
        return Documents(self.graph, found, self._table)

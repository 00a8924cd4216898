"""Publication: a project and its triples in; each file of its site, by its name, out.

`coopera build` writes all of them; `coopera serve` makes the one that is asked for.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, partial
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Quad,
    RdfFormat,
    Triple,
    serialize,
)

from coopera import files, formats
from coopera.checks import Outcome
from coopera.engines import ENGINES
from coopera.pages import Pages
from coopera.pages.templates import FOLDER
from coopera.project import Project
from coopera.publication import extras
from coopera.publication.descriptions import describe
from coopera.tables import Quads
from coopera.terms import LANGUAGES, Prefixes

DUMPS = ("turtle", "ntriples", "jsonld", "trig")
"""The formats of the dumps."""
SUMS = "dumps/SHA256SUMS"
KEPT = 512
"""Pages that are kept once they are made."""


def named(triples: Iterable[Triple]) -> list[Triple]:
    """Sort triples, and name blank nodes by what they say, so that two builds agree (RDFC-1.0)."""
    kept = set(triples)
    if any(isinstance(t.subject, BlankNode) or isinstance(t.object, BlankNode) for t in kept):
        dataset = Dataset(Quad(t.subject, t.predicate, t.object) for t in kept)
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        kept = {quad.triple for quad in dataset}
    return sorted(kept, key=str)


class Publication:
    """The files of one graph's site. A file that is not there is a KeyError."""

    def __init__(
        self, project: Project, triples: Iterable[Triple], outcome: Outcome | None = None
    ) -> None:
        """Take the project and the triples of its one default graph.

        With the outcome of its checks there is a page about its quality.
        """
        self.project = project
        self.triples: Sequence[Triple] = named(triples)
        more = partial(extras.made, project, outcome)
        self.pages = Pages(project, ENGINES["oxigraph"](self.triples), self.triples, more)
        self.pages.dumps = tuple(self._dumps)
        self._page = lru_cache(KEPT)(self.pages.text)

    @cached_property
    def files(self) -> frozenset[str]:
        """Give the names of all files, to look one up."""
        return frozenset(self.names())

    def names(self) -> Iterator[str]:
        """List every file, relative to the site's folder, with slashes."""
        yield from ("style.css", "index.html", *self._extras)
        for language in LANGUAGES:
            for address in self.pages.addresses:
                yield f"{language}/{address}.html"
        yield from (f"dumps/{name}" for name in self._dumps)
        yield SUMS
        yield from self._data

    @property
    def pages_written(self) -> int:
        """Count the pages."""
        return 1 + len(LANGUAGES) * len(self.pages.addresses)

    def content(self, name: str) -> bytes:
        """Give a file. Raises KeyError for one that is not there."""
        if name == "style.css":
            return (FOLDER / "style.css").read_bytes()
        if name == "index.html":
            return self.pages.front().encode()
        if name in self._extras:
            return self._extras[name]().encode()
        if name == SUMS:
            sums = (f"{hashlib.sha256(self._dump(n)).hexdigest()}  {n}\n" for n in self._dumps)
            return "".join(sums).encode()
        first, _, rest = name.partition("/")
        if first in LANGUAGES:
            return self._html(rest, first).encode()
        if first == "dumps" and rest in self._dumps:
            return self._dump(rest)
        return files.text(self._data[name]).encode()

    @cached_property
    def _extras(self) -> dict[str, extras.Make]:
        return extras.table(self.pages)

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

    @cached_property
    def _made(self) -> dict[str, bytes]:
        return {}

    @cached_property
    def _data(self) -> dict[str, Path]:
        """Give the files of the data, each of which the catalogue offers."""
        folder = self.project.data
        return {f"data/{p.relative_to(folder).as_posix()}": p for p in self.project.data_files}

    def description(self, iri: str, ending: str) -> bytes:
        """Give what the graph says of an IRI, in the syntax of a file ending.

        Raises KeyError for an IRI that the graph does not describe, or another ending.
        """
        triples = describe(self.pages.index, iri)
        if not triples:
            raise KeyError(iri)
        return WRITERS[ending](triples, self.project.prefixes)

    def vocabulary(self, ending: str) -> bytes:
        """Give the ontology: what is said of it and of each of its terms."""
        index, namespace = self.pages.index, self.pages.names.namespace
        terms = [iri for iri in index.facts if iri.startswith(namespace)]
        triples = {
            triple
            for iri in (namespace.removesuffix("#"), *terms)
            for triple in describe(index, iri, incoming=False)
        }
        return WRITERS[ending](sorted(triples, key=str), self.project.prefixes)


def _written(name: str) -> Callable[[Quads, Prefixes], bytes]:
    def write(triples: Quads, prefixes: Prefixes) -> bytes:
        return formats.text(triples, name, prefixes).encode()

    return write


def _rdf_xml(triples: Quads, prefixes: Prefixes) -> bytes:
    return serialize(triples, format=RdfFormat.RDF_XML, prefixes=prefixes.namespaces) or b""


WRITERS: dict[str, Callable[[Quads, Prefixes], bytes]] = {
    ".ttl": _written("turtle"),
    ".jsonld": _written("jsonld"),
    ".nt": _written("ntriples"),
    ".rdf": _rdf_xml,
}
"""How a description is written, by the ending of its file."""

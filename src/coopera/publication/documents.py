"""Documents: a graph in; RDF on each IRI, and on parts as a whole, in each syntax, by file, out."""

from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial

from coopera import graphs, turtle
from coopera.errors import CooperaError
from coopera.publication.descriptions import describe
from coopera.publication.graph import Graph, named
from coopera.publication.rdfxml import can_hold, rdf_xml
from coopera.tables import Quads


@dataclass(frozen=True)
class Document:
    """An RDF document: the IRI that it is about, and how its triples are gathered."""

    about: str
    triples: Callable[[], Quads]


Writer = Callable[[Graph, Quads, str], bytes]

WRITERS: dict[str, Writer] = {
    ".ttl": lambda graph, triples, about: turtle.text(
        triples, graph.prefixes, first=about
    ).encode(),
    ".jsonld": lambda graph, triples, about: graph.context.document(triples, about),
    ".nt": lambda _graph, triples, _: "".join(f"{triple} .\n" for triple in triples).encode(),
    ".rdf": lambda graph, triples, _: rdf_xml(triples, graph.prefixes).encode(),
}
"""How a document about an IRI is written, by the ending of its file."""


class Documents:
    """The RDF documents of a site, by the name of their file without its ending."""

    def __init__(
        self, graph: Graph, documents: Mapping[str, Document], taken: Container[str]
    ) -> None:
        """Take the documents; one whose file would stand in the place of another is left out."""
        self._graph = graph
        self._last: tuple[str, Quads] | None = None
        self._documents = {
            stem: document
            for stem, document in documents.items()
            if not any(f"{stem}{ending}" in taken for ending in WRITERS)
        }

    def names(self) -> Iterator[str]:
        """List the files."""
        for stem in self._documents:
            for ending in self.endings(stem):
                yield f"{stem}{ending}"

    def endings(self, stem: str) -> tuple[str, ...]:
        """Give the syntaxes in which a document can be had, by their ending; none if it is none."""
        if stem not in self._documents:
            return ()
        return tuple(ending for ending in WRITERS if ending != ".rdf" or stem not in self._no_xml)

    def about(self, name: str) -> str | None:
        """Give the IRI that the document in a file is about; `None` for any other file."""
        stem, dot, ending = name.rpartition(".")
        return self._documents[stem].about if dot + ending in self.endings(stem) else None

    def content(self, name: str) -> bytes:
        """Give a file. Raises KeyError for one that is not there."""
        stem, dot, ending = name.rpartition(".")
        if dot + ending not in self.endings(stem):
            raise KeyError(name)
        document = self._documents[stem]
        last = self._last  # a server asks from several threads
        if last is None or last[0] != stem:  # each syntax is asked for in turn
            self._last = last = stem, document.triples()
        return WRITERS[dot + ending](self._graph, last[1], document.about)

    @cached_property
    def _no_xml(self) -> frozenset[str]:
        """Give the documents that RDF/XML cannot hold."""
        odd = not all(map(can_hold, self._graph.triples))
        return frozenset(
            stem
            for stem, document in self._documents.items()
            if (odd or stem == SHAPES) and not all(map(can_hold, document.triples()))
        )


ONTOLOGY, SHAPES = "ontology", "shapes"


def of_things(graph: Graph) -> dict[str, Document]:
    """Give a document for each IRI of ours that the graph describes."""
    placed = ((graph.names.of(iri), iri) for iri in sorted(graph.index.facts))
    return {at: Document(iri, partial(describe, graph.index, iri)) for at, iri in placed if at}


def of_wholes(graph: Graph) -> dict[str, Document]:
    """Give the documents of the ontology and of the shapes, where there are any."""
    base = graph.project.base
    found = {ONTOLOGY: Document(f"{base}{ONTOLOGY}", partial(vocabulary, graph))}
    paths = sorted((graph.project.ontology / "shapes").rglob("*.ttl"))
    with suppress(CooperaError):  # it is for the checks to say what is wrong with them
        if shapes := named(graphs.read_all(paths)):
            found[SHAPES] = Document(f"{base}{SHAPES}", lambda: shapes)
    return found


def vocabulary(graph: Graph) -> Quads:
    """Give the ontology: what is said of it and of each of its terms."""
    index, namespace = graph.index, graph.names.namespace
    terms = [iri for iri in index.facts if iri.startswith(namespace)]
    triples = {
        triple
        for iri in (namespace.removesuffix("#"), *terms)
        for triple in describe(index, iri, incoming=False)
    }
    return sorted(triples, key=str)

"""The whole: a graph in; what its catalogue says of the data set as a whole out."""

from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from coopera import __version__
from coopera.pages.index import Index
from coopera.publication.graph import Graph
from coopera.tables import Term
from coopera.terms import DCAT, DCTERMS, LANGUAGES, OWL, in_language

DUMPS = "dumps/"


@dataclass(frozen=True)
class Whole:
    """The data set that the dumps are forms of. What nothing says stays empty."""

    graph: Graph

    @property
    def _index(self) -> Index:
        return self.graph.index

    @cached_property
    def iri(self) -> str:
        """Name the data set whose dumps the catalogue offers; where there is none, a new one."""
        dumps = f"{self.graph.project.base}{DUMPS}"
        for name in self._index.instances.get(DCAT + "Dataset", ()):
            if any(d.startswith(dumps) for d in self._index.iris(name, DCAT + "distribution")):
                return name
        return f"{self.graph.project.base}catalog#dataset"

    @cached_property
    def catalogues(self) -> list[str]:
        """Name the catalogues that list it; where there is none, a new one."""
        listing = self._index.sources_of(self.iri, DCAT + "dataset")
        return listing or [f"{self.graph.project.base}catalog"]

    def values(self, name: str) -> list[Term]:
        """Give the values of a property of the data set."""
        return self._index.values(self.iri, name)

    def texts(self, name: str) -> dict[str, str]:
        """Give a text in each language; empty where there is none."""
        found = {tag: in_language(self.values(name), tag) for tag in LANGUAGES}
        return {tag: text for tag, text in found.items() if text}

    @property
    def title(self) -> dict[str, str]:
        """Give its title, else that of the project."""
        return self.texts(DCTERMS + "title") or self.graph.project.title

    @property
    def description(self) -> dict[str, str]:
        """Describe it, with its title where nothing else does."""
        return self.texts(DCTERMS + "description") or self.title

    @property
    def licence(self) -> str | None:
        """Give the IRI of its licence."""
        return next(iter(self._index.iris(self.iri, DCTERMS + "license")), None)

    @property
    def version(self) -> str:
        """Give its version, else that of the ontology, else that of the program."""
        ontology = self.graph.names.namespace.removesuffix("#")
        told = self._index.first(self.iri, DCAT + "version", OWL + "versionInfo")
        told = told or self._index.first(ontology, OWL + "versionInfo")
        return told.value if isinstance(told, Literal) else __version__

    @property
    def modified(self) -> str:
        """Give the date on which it was last changed; empty where nothing says so."""
        told = self._index.first(self.iri, DCTERMS + "modified", DCTERMS + "issued")
        return told.value if isinstance(told, Literal) else ""

    @property
    def publishers(self) -> list[str]:
        """Name who publishes it."""
        return [v.value for v in self.values(DCTERMS + "publisher") if isinstance(v, NamedNode)]

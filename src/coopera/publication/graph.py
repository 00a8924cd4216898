"""Graphs: a project and its triples in; all that the files of its site are made of out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad, Triple

from coopera.pages.index import Index
from coopera.pages.names import Addresses
from coopera.project import Project
from coopera.publication.context import Context
from coopera.tables import Quads
from coopera.terms import Prefixes


@dataclass(frozen=True)
class Graph:
    """One graph: its triples, sorted, and what tells of them."""

    project: Project
    triples: Sequence[Triple]
    index: Index
    names: Addresses
    """Where each IRI has its page and its documents."""
    context: Context

    @property
    def prefixes(self) -> Prefixes:
        """Give the prefixes of the project."""
        return self.project.prefixes


def named(triples: Iterable[Triple]) -> Quads:
    """Sort triples, and name blank nodes by what they say, so that two builds agree (RDFC-1.0)."""
    kept = set(triples)
    # The names depend on nothing but the triples in which blank nodes stand.
    blank = {t for t in kept if isinstance(t.subject, BlankNode) or isinstance(t.object, BlankNode)}
    if blank:
        dataset = Dataset(Quad(t.subject, t.predicate, t.object) for t in blank)
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        kept = (kept - blank) | {quad.triple for quad in dataset}
    return sorted(kept, key=str)

"""The reference engine: the same triples, answered by rdflib."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import rdflib
import rdflib.plugins.sparql
import rdflib.plugins.sparql.evaluate
import rdflib.query
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.term import Node

from coopera.engines import Answer, refuse_service
from coopera.errors import QueryError
from coopera.tables import Table, Term
from coopera.terms import XSD

# rdflib 7.6 would otherwise fetch the IRIs of FROM clauses, and ask the servers of SERVICE, also
# in the queries of shapes.
rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False


def _refuse(ctx: Any, part: Any) -> Any:
    raise QueryError("SERVICE would contact another server.", remedy="take SERVICE out.")


rdflib.plugins.sparql.evaluate.evalServiceQuery = _refuse
_aggregate = rdflib.plugins.sparql.evaluate.evalAggregateJoin


def _groups(ctx: Any, part: Any) -> Iterator[Any]:
    # rdflib 7.6 gives one group where GROUP BY has nothing to group (SPARQL 1.1, 18.5.1).
    if part.p.expr is None or next(
        iter(rdflib.plugins.sparql.evaluate.evalPart(ctx, part.p)), None
    ):
        yield from _aggregate(ctx, part)


rdflib.plugins.sparql.evaluate.evalAggregateJoin = _groups  # type: ignore[assignment]


def graph(triples: Iterable[Triple]) -> rdflib.Graph:
    """Copy triples into an rdflib graph; blank nodes keep their names."""
    filled = rdflib.Graph()
    for triple in triples:
        filled.add((_node(triple.subject), _node(triple.predicate), _node(triple.object)))
    return filled


def _node(term: Any) -> Any:
    """Turn a term of ours into one of rdflib's; see `term`."""
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    plain = term.datatype.value == XSD + "string"
    datatype = None if plain else rdflib.URIRef(term.datatype.value)
    # rdflib 7.6 would otherwise write "1e3"^^xsd:decimal as a decimal, and hide that it is none.
    return rdflib.Literal(term.value, datatype=datatype, normalize=False)


@contextmanager
def conversions_kept() -> Iterator[None]:
    """Put rdflib's table of datatypes back: owlrl 7.6 leaves its own in it, for all who come."""
    table = rdflib.term._toPythonMapping
    before = dict(table)
    try:
        yield
    finally:
        table.clear()
        table.update(before)


class Rdflib:
    """Answers from an rdflib graph in memory."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Load the triples."""
        self.graph = graph(triples)

    def query(self, sparql: str) -> Answer:
        """Answer one query; see `Engine.query`."""
        refuse_service(sparql)
        try:
            parseQuery(sparql)
            return _answer(self.graph.query(sparql))
        except QueryError:
            raise
        except Exception as error:  # rdflib 7.6 raises pyparsing's, its own and bare Exception
            raise QueryError(f"rdflib cannot answer the query: {error}.") from error


def _answer(found: rdflib.query.Result) -> Answer:
    """Take a result out of rdflib, which evaluates as it is read."""
    if found.type == "ASK":
        return bool(found.askAnswer)
    if found.type == "SELECT":
        names = [str(name) for name in found.vars or ()]
        # rdflib 7.6 has no bindings at all for VALUES ?x { }; `iter` would drop solutions
        # in which nothing is bound.
        solutions = getattr(found, "bindings", [])
        rows = (tuple(term(b.get(rdflib.Variable(n))) for n in names) for b in solutions)
        return Table(tuple(names), tuple(rows))
    return sorted({triple(*three) for three in found.graph or ()}, key=str)


def triple(subject: Node, predicate: Node, value: Node) -> Triple:
    """Turn a triple of rdflib's into one of ours."""
    made: Any = [term(subject), term(predicate), term(value)]
    return Triple(*made)


def term(node: Any) -> Term | None:
    """Turn a term of rdflib's into one of ours."""
    # RDF 1.1 has one literal for "x" and "x"^^xsd:string; rdflib 7.6 has two.
    if node is None:
        return None
    if isinstance(node, rdflib.URIRef):
        return NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return BlankNode(str(node))
    if node.language:
        return Literal(str(node), language=node.language)
    if node.datatype:
        return Literal(str(node), datatype=NamedNode(str(node.datatype)))
    return Literal(str(node))

"""The data graph: triples in; a store to ask, in which every literal keeps how it is written, out.

Oxigraph 0.5.13 holds numbers, dates, times, durations and booleans by their values: "01" comes
back as 1, and an xsd:nonNegativeInteger as an xsd:integer. SHACL speaks of the terms themselves.
So a literal that would change is put into the store under a datatype of its own, which Oxigraph
leaves as it is, and given back its own name in results. Such literals are rare.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import count, islice
from threading import Lock

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    Store,
    Triple,
    Variable,
)

from coopera.queries import tokens
from coopera.tables import Quads, Term
from coopera.terms import XSD
from coopera.validation import lexical, reads
from coopera.validation.constraints import SparqlText

HELD = "urn:coopera:nodes:"
AS_WRITTEN = "urn:coopera:as-written"
BY_VALUE = "urn:coopera:by-value"
"""The graphs of the literals that the store would change: two views of the same triples."""
KEPT = "the triples that the store keeps as they are"

WRITTEN = "urn:coopera:written:"
"""Before the datatype of a literal that the store would change."""
_VALUED = set(lexical.INTEGERS) | {
    "decimal", "double", "float", "boolean", "date", "dateTime", "dateTimeStamp", "time", "gYear",
    "gYearMonth", "gMonth", "gMonthDay", "gDay", "duration", "dayTimeDuration", "yearMonthDuration",
}  # fmt: skip


_VIEWS: dict[str, list[NamedNode | BlankNode | DefaultGraph] | None] = {
    KEPT: None,
    AS_WRITTEN: [DefaultGraph(), NamedNode(AS_WRITTEN)],
    BY_VALUE: [DefaultGraph(), NamedNode(BY_VALUE)],
}
"""The graphs that make up the default graph of a query."""


class DataGraph:
    """The triples that are validated, in a store in memory.

    The triples whose literals the store would change stand in two named graphs: as written, and
    by value. A query sees one of them, merged with the default graph.
    """

    def __init__(self, triples: Iterable[Triple] | Iterable[Quad]) -> None:
        """Load the triples, or quads of the default graph."""
        self.store = Store()
        self.rewritten: set[str] = set()
        """The datatypes of the literals that the store would change."""
        self.changed: set[str] = set()
        """The predicates that lead to them, each as `<…>`."""
        self.held = count(1)
        """Numbers for the sets of nodes that are kept."""
        self.huge = False
        """Whether a number has more digits than the store compares."""
        self.add(triples)

    def add(self, triples: Iterable[Triple] | Iterable[Quad]) -> None:
        """Load more triples, or quads of the default graph."""
        self.store.bulk_extend(self._quads(triples))

    def discard(self, triples: Iterable[Triple]) -> None:
        """Take triples out again."""
        for quad in self._quads(triples):
            self.store.remove(quad)

    def _quads(self, statements: Iterable[Triple] | Iterable[Quad]) -> Iterator[Quad]:
        for statement in statements:
            value = statement.object
            # A text with a language is told sooner than its datatype.
            if type(value) is Literal and value.language is None and not _plain(value):
                self.huge |= lexical.huge(value)
                if not _changes(value):
                    yield Quad(statement.subject, statement.predicate, value)
                    continue
                subject, predicate = statement.subject, statement.predicate
                self.rewritten.add(value.datatype.value)
                self.changed.add(str(predicate))
                yield Quad(subject, predicate, stored(value), NamedNode(AS_WRITTEN))
                yield Quad(subject, predicate, value, NamedNode(BY_VALUE))
            elif type(statement) is Quad:
                yield statement
            else:
                yield Quad(statement.subject, statement.predicate, value)

    def meet(self, value: Literal) -> None:
        """Take into account a literal that is a focus node though no triple may hold it."""
        self.huge |= lexical.huge(value)
        if _changes(value):
            self.rewritten.add(value.datatype.value)

    @property
    def size(self) -> int:
        """Count the triples."""
        query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o . }"
        return int(getattr(next(self.rows(query))[0], "value", "0"))

    def link(self, subject: Term, value: Term) -> NamedNode | None:
        """Find a predicate that leads from one term to another."""
        if isinstance(subject, Literal | Triple):
            return None
        kept = stored(value) if isinstance(value, Literal) else value
        found = self._quads_with(subject, None, kept)
        return min((quad.predicate for quad in found), key=str, default=None)

    def described(self, node: Term) -> bool:
        """Say whether anything is said of a node."""
        if isinstance(node, Literal | Triple):
            return False
        return any(self._quads_with(node, None, None))

    def subjects(self) -> Iterator[str]:
        """Give each IRI of which something is said, once."""
        for (subject,) in self._selected("SELECT DISTINCT ?s { ?s ?p ?o FILTER (isIRI(?s)) }"):
            yield subject.value

    def uses(self, terms: Iterable[NamedNode], most: int) -> dict[NamedNode, list[Triple]]:
        """Give triples, `most` for each at most, whose predicate or datatype a term is."""
        found = {
            term: [
                Triple(q.subject, q.predicate, original(q.object))
                for q in islice(self._quads_with(None, term, None), most)
            ]
            for term in terms
        }
        # Datatypes are looked for in all the triples, twice: not for what is described, so a thing.
        others = {t for t, used in found.items() if not used and not self.described(t)}
        literals = "?s ?p ?o FILTER (isLiteral(?o)"
        if others:
            kinds = self._selected(f"SELECT DISTINCT (DATATYPE(?o) AS ?d) {{ {literals}) }}")
            others &= {kind for (kind,) in kinds}
        if others:
            names = ", ".join(map(str, sorted(others, key=str)[:most]))
            typed = f"SELECT ?s ?p ?o {{ {literals} && DATATYPE(?o) IN ({names})) }}"
            for row in self._selected(typed):
                if len(used := found[row[2].datatype]) < most:
                    used.append(Triple(*row))
        return found

    def _selected(self, sparql: str) -> QuerySolutions:
        rows = self.query(sparql, KEPT)
        assert isinstance(rows, QuerySolutions)  # noqa: S101 - the text says SELECT
        return rows

    def triples(self) -> Quads:
        """Give the triples, as they were."""
        graphs = (DefaultGraph(), NamedNode(AS_WRITTEN))
        return [
            Triple(quad.subject, quad.predicate, original(quad.object))
            for graph in graphs
            for quad in self.store.quads_for_pattern(None, None, None, graph)
        ]

    def hold(self, nodes: Iterable[Term]) -> NamedNode:
        """Keep nodes, as the store has them, as the objects of a named graph; give its name."""
        graph = NamedNode(f"{HELD}{next(self.held)}")
        self.store.extend(Quad(graph, graph, node, graph) for node in nodes)
        return graph

    def has(self, subject: Term | None, predicate: NamedNode, value: Term | None) -> bool:
        """Say whether a triple is there, as the store holds it; `None` stands for any term."""
        if isinstance(subject, Literal | Triple):
            return False
        return any(True for _ in self._quads_with(subject, predicate, value))

    def _quads_with(
        self, subject: NamedNode | BlankNode | None, predicate: NamedNode | None, value: Term | None
    ) -> Iterator[Quad]:
        """Give the quads of the data, as written: other graphs hold shapes and sets of nodes."""
        graphs: list[DefaultGraph | NamedNode] = [DefaultGraph(), NamedNode(AS_WRITTEN)]
        for graph in graphs[: 2 if self.rewritten else 1]:
            yield from self.store.quads_for_pattern(subject, predicate, value, graph)

    def query(
        self, sparql: str, view: str = AS_WRITTEN, bound: Mapping[str, Term] | None = None
    ) -> QuerySolutions | QueryBoolean:
        """Answer a SELECT or an ASK, some of whose variables may be bound before."""
        graphs = _VIEWS[view] if self.rewritten else None
        variables = {Variable(name): term for name, term in (bound or {}).items()}
        found = self.store.query(sparql, default_graph=graphs, substitutions=variables)
        assert isinstance(found, QuerySolutions | QueryBoolean)  # noqa: S101 - no CONSTRUCT comes
        return found

    def rows(self, sparql: str, view: str = AS_WRITTEN) -> Iterator[tuple[Term | None, ...]]:
        """Give the rows of a SELECT that the compiler wrote; the terms are those of the store."""
        if self.rewritten and not reads.ours(sparql, self.changed):
            view = KEPT
        found = self.query(sparql, view)
        assert isinstance(found, QuerySolutions)  # noqa: S101 - the caller wrote SELECT
        for solution in found:
            yield tuple(solution)

    def solutions(
        self, sparql: str, view: str, bound: Mapping[str, Term] | None = None
    ) -> Iterator[dict[str, Term]]:
        """Give the solutions of a SELECT, without their unbound variables."""
        found = self.query(sparql, view, bound)
        assert isinstance(found, QuerySolutions)  # noqa: S101 - the caller wrote SELECT
        names = [variable.value for variable in found.variables]
        for row in found:
            yield {n: t for n, t in zip(names, row, strict=True) if t is not None}

    def bound(
        self, query: SparqlText, fixed: Mapping[str, str], given: Mapping[str, Term | None],
        view: str,
    ) -> list[dict[str, Term]]:  # fmt: skip
        """Give the solutions of a query with some variables pre-bound (SHACL, Appendix A)."""
        sparql, rest = _prebound(query, fixed, given)
        try:
            return list(self.solutions(sparql, view, rest))
        except SyntaxError:
            # A literal cannot be written as a subject; no triple has one either.
            return list(self.solutions(query.filled(fixed), view, _terms(given)))

    def ask(
        self, query: SparqlText, fixed: Mapping[str, str], given: Mapping[str, Term | None],
        view: str,
    ) -> bool:  # fmt: skip
        """Answer an ASK with some variables pre-bound."""
        sparql, rest = _prebound(query, fixed, given)
        try:
            if not rest:
                return bool(self.query(sparql, view))
            # Oxigraph 0.5.13 binds variables of a SELECT only.
            return any(self.solutions(_selecting(sparql, rest), view, rest))
        except SyntaxError:
            terms = _terms(given)
            return any(self.solutions(_selecting(query.filled(fixed), terms), view, terms))


def _selecting(ask: str, variables: Mapping[str, Term]) -> str:
    word = next(t for t in tokens(ask) if t.is_word("ASK"))
    names = " ".join(f"?{name}" for name in variables)
    return f"{ask[: word.start]}SELECT {names} {ask[word.end :]}"


def _prebound(
    query: SparqlText, fixed: Mapping[str, str], given: Mapping[str, Term | None]
) -> tuple[str, dict[str, Term]]:
    """Write what can be written of the given terms; blank nodes are left to be bound."""
    terms = _terms(given)
    blank: dict[str, Term] = {n: t for n, t in terms.items() if isinstance(t, BlankNode)}
    written = {name: str(term) for name, term in terms.items() if name not in blank}
    return query.filled({**fixed, **written}), blank


def _terms(given: Mapping[str, Term | None]) -> dict[str, Term]:
    return {name: term for name, term in given.items() if term is not None}


_CANONICAL = {
    f"{XSD}{name}": form
    for name, form in {
        "integer": "-?[1-9][0-9]{0,17}|0",
        "decimal": "-?(?:[1-9][0-9]{0,7}(?:\\.[0-9]{0,7}[1-9])?|0\\.[0-9]{0,7}[1-9])|0",
        "boolean": "true|false",
        "date": "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])",
        "gYear": "[0-9]{4}",
    }.items()
}
"""Forms that the store keeps and compares, by datatype: most literals are told by them."""
_FITS = {datatype: re.compile(form).fullmatch for datatype, form in _CANONICAL.items()}


def _plain(value: Literal) -> bool:
    """Say whether a literal is seen at once to be one that the store keeps and compares."""
    datatype = value.datatype.value
    if not datatype.startswith(XSD):
        return True
    kept = _FITS.get(datatype)
    return datatype[len(XSD) :] not in _VALUED if kept is None else kept(value.value) is not None


def _changes(value: Literal) -> bool:
    """Say whether the store would change how a literal is written."""
    return not _plain(value) and _image(value) != value


def stored(value: Literal) -> Literal:
    """Give the literal that stands for this one in the store."""
    if not _changes(value):
        return value
    return Literal(value.value, datatype=NamedNode(WRITTEN + value.datatype.value))


_PROBE = Store()
_PROBING = Lock()


@lru_cache(maxsize=65536)
def _image(value: Literal) -> Term:
    """Give what the store makes of a literal."""
    node = NamedNode("urn:x")
    quad = Quad(node, node, value)
    with _PROBING:
        _PROBE.add(quad)
        image: Term = next(iter(_PROBE)).object
        _PROBE.remove(quad)
    return image


def original(term: Term) -> Term:
    """Give the term for which a term of the store stands."""
    if isinstance(term, Literal) and term.datatype.value.startswith(WRITTEN):
        return Literal(term.value, datatype=NamedNode(term.datatype.value.removeprefix(WRITTEN)))
    return term


def by_value(term: Term) -> Term:
    """Give the value of the literal for which a term of the store stands; other terms as is."""
    given = original(term)
    return _image(given) if isinstance(given, Literal) and given is not term else term

"""Validation on an endpoint: an endpoint and shapes in; results, and what was refused, out.

The compiled queries run where the data is. A shape with a query that the endpoint is not proved to
answer rightly is evaluated here, over the triples that the shape speaks of, which are fetched. A
constraint over literals that the endpoint may hold otherwise than they were written is refused,
unless the graph to validate is the one that the endpoint shows.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QuerySolutions

from coopera.queries import Token, expand, tokens
from coopera.tables import Quads, Row, Table, Term
from coopera.terms import RDFS, SH, TYPE, XSD
from coopera.validation import lexical
from coopera.validation.compiled import Frame, Run, Validation
from coopera.validation.compiler import _BOOLEANS, Compiler, UncompilableError, any_of
from coopera.validation.constraints import SparqlText
from coopera.validation.data import AS_WRITTEN, HELD, DataGraph
from coopera.validation.paths import Path, Repeat, Step
from coopera.validation.shapes import Constraint, Shape, Shapes, Target

if TYPE_CHECKING:
    from coopera.engines.endpoint import Endpoint
    from coopera.validation.probes import Doubt, Proved

CHUNK = 500
"""Nodes that are written into one query."""
ORDER = {"MinExclusive", "MinInclusive", "MaxExclusive", "MaxInclusive", "LessThan",
         "LessThanOrEquals"}  # fmt: skip
"""The components that compare values."""
_CLOSED = NamedNode(SH + "ClosedConstraintComponent")
_BELOW, _BOOLEAN = NamedNode(RDFS + "subClassOf"), NamedNode(XSD + "boolean")


def _probes() -> ModuleType:
    """Import the probes, and with them the client, where there is an endpoint."""
    from coopera.validation import probes

    return probes


@dataclass(frozen=True)
class Refusal:
    """What was not evaluated: a constraint, or all of a shape, and why."""

    root: Term
    """The shape with the target."""
    shape: Term
    """The source shape."""
    component: NamedNode | None
    """The constraint component; `None` for all that the shape says."""
    reason: Mapping[str, str]
    """Why, in fr and en."""


@dataclass
class RemoteRun(Run):
    """What a validation on an endpoint found, and what it could not do there."""

    fetched: dict[Shape, Mapping[str, str]] = field(default_factory=dict)
    """Root shapes that were evaluated here, over fetched triples: why, in fr and en."""
    refused: list[Refusal] = field(default_factory=list)


class RemoteGraph(DataGraph):
    """The default graph of an endpoint, or a named graph of it, as a data graph."""

    def __init__(self, endpoint: "Endpoint", as_held: bool = False) -> None:
        """Take the endpoint; ask how many rows it gives.

        `as_held` says that the graph to validate is the one that the endpoint shows, whatever it
        made of the literals that it was given.
        """
        super().__init__(())
        self.endpoint = _probes().measured(endpoint)
        self.as_held = as_held
        self.sets: dict[str, list[str]] = {}
        """The name of nodes kept for later, as it stands in queries -> the nodes."""
        self._fetched: dict[NamedNode, Quads] = {}
        self._whole: Quads | None = None
        self._images: dict[Literal, Term | None] = {}

    @cached_property
    def proved(self) -> "Proved":
        """Tell which words of SPARQL the endpoint answers rightly."""
        found: Proved = _probes().proved(self.endpoint)
        return found

    @cached_property
    def doubts(self) -> "frozenset[Doubt]":
        """Tell which literals of the endpoint may have been written otherwise."""
        return frozenset() if self.as_held else frozenset(_probes().doubts(self.endpoint))

    def run(
        self, shapes: Shapes, only: Mapping[Term, Collection[Term] | None] | None = None
    ) -> RemoteRun:
        """Validate the graph."""
        run = RemoteRun()
        doubtful = _doubtful(self, shapes.roots)
        roots = _without_doubt(doubtful, shapes.roots, run)
        far = RemoteValidation(self, replace(shapes, roots=roots), only).run()
        run.results, run.reached, run.fetched = far.results, far.reached, far.handed
        if far.handed:
            left = replace(shapes, roots=tuple(far.handed))
            near = Validation(DataGraph(self.of(spoken(left.roots))), left, only).run()
            run.results += near.results
            run.reached |= near.reached
            if doubtful:  # pySHACL would evaluate what is refused too
                run.refused += [
                    Refusal(shape.node, shape.node, None, reason)
                    for shape, reason in near.handed.items()
                ]
            else:
                run.handed = near.handed
        _refuse_strays(doubtful, run)
        return run

    # What a validation asks of a data graph

    def rows(self, sparql: str, view: str = AS_WRITTEN) -> Iterator[Row]:
        """Give the rows of a SELECT in which every variable is bound, each once.

        Raises UncompilableError where the endpoint is not proved to answer it rightly.
        """
        # What nodes of two parts lead to is one row.
        for row in dict.fromkeys(_probes().truths(self._answer(sparql))):
            if None in row:  # Virtuoso 7.2.5 makes one of an empty GROUP BY
                raise UncompilableError(
                    "the endpoint gives a solution with nothing in it",
                    "le serveur donne une solution vide",
                )
            yield row

    def solutions(
        self, sparql: str, view: str, bound: Mapping[str, Term] | None = None
    ) -> Iterator[dict[str, Term]]:
        """Give the solutions of a SELECT, without their unbound variables."""
        assert not bound  # noqa: S101 - `bound` below refuses it
        found = self._answer(sparql).dicts()
        if any("this" not in solution for solution in found):
            raise UncompilableError(
                "the endpoint gives a solution without its focus node",
                "le serveur donne une solution sans son nœud visé",
            )
        return iter(found)

    def bound(
        self, query: SparqlText, fixed: Mapping[str, str], given: Mapping[str, Term | None],
        view: str,
    ) -> list[dict[str, Term]]:  # fmt: skip
        """Refuse to ask once for each focus node."""
        raise UncompilableError(
            "its query would be asked once for each focus node",
            "sa requête serait envoyée une fois pour chaque nœud visé",
        )

    def ask(
        self, query: SparqlText, fixed: Mapping[str, str], given: Mapping[str, Term | None],
        view: str,
    ) -> bool:  # fmt: skip
        """Refuse to ask once for each value node."""
        raise UncompilableError(
            "its query would be asked once for each value node",
            "sa requête serait envoyée une fois pour chaque valeur",
        )

    def query(
        self, sparql: str, view: str = AS_WRITTEN, bound: Mapping[str, Term] | None = None
    ) -> QuerySolutions | QueryBoolean:
        """Refuse: the answers of an endpoint are no objects of Oxigraph's."""
        raise NotImplementedError

    def meet(self, value: Literal) -> None:
        """Take into account a literal that is a focus node though no triple may hold it."""
        self.huge |= lexical.huge(value)

    def has(self, subject: Term | None, predicate: NamedNode, value: Term | None) -> bool:
        """Say whether a triple with this subject is there; `None` stands for any object."""
        if not isinstance(subject, NamedNode):
            return False
        table = self._plain(f"SELECT DISTINCT ?o {{ {subject} {predicate} ?o }}")
        return bool(table.rows) if value is None else (value,) in table.rows

    def link(self, subject: Term, value: Term) -> NamedNode | None:
        """Find a predicate that leads from one term to another."""
        if not isinstance(subject, NamedNode):
            return None
        rows = self._plain(f"SELECT DISTINCT ?p ?o {{ {subject} ?p ?o }}").rows
        found = (p for p, o in rows if o == value and isinstance(p, NamedNode))
        return min(found, key=str, default=None)

    @property
    def size(self) -> int:
        """Count the triples."""
        return self._count("?s ?p ?o")

    def triples(self) -> Quads:
        """Fetch all triples."""
        return self.of(None)

    # Fetching

    def of(self, predicates: Iterable[NamedNode] | None) -> Quads:
        """Fetch the triples of some predicates, or more; all for `None`.

        Raises EndpointError where they are too many.
        """
        if self._whole is not None:
            return self._whole
        wanted = sorted(self._predicates() if predicates is None else predicates, key=str)
        missing = [p for p in wanted if p not in self._fetched]
        self._allow(sum(self._count(f"?s {p} ?o") for p in missing))
        for p in missing:
            rows = self._plain(f"SELECT ?s ?o {{ ?s {p} ?o }}").rows
            self._fetched[p] = _probes().triples((s, p, o) for s, o in rows)
        found = [t for p in wanted for t in self._fetched[p]]
        if not self.endpoint.stable and any(
            isinstance(term, BlankNode) for t in found for term in (t.subject, t.object)
        ):
            # The labels of blank nodes are good for one answer only.
            self._allow(self.size)
            rows = self._plain("SELECT ?s ?p ?o { ?s ?p ?o }").rows
            found = self._whole = _probes().triples(rows)
        return found

    def _predicates(self) -> Iterator[NamedNode]:
        rows = self._plain("SELECT DISTINCT ?p { ?s ?p ?o }").rows
        return (p for (p,) in rows if isinstance(p, NamedNode))

    def _allow(self, number: int) -> None:
        most = self.endpoint.most_rows
        if number > most:
            raise self.endpoint.failure(
                f"{number} triples would have to be fetched; {most} are at most.",
                "raise the limit, or validate a dump.",
            )

    def _count(self, pattern: str) -> int:
        ((number,),) = self._plain(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}").rows
        return int(getattr(number, "value", "0"))

    # Asking

    def _answer(self, sparql: str) -> Table:
        """Answer a query of a validation, in parts where it starts from many nodes."""
        if lacking := self.proved.lacking(sparql):
            told = " ".join(sorted(lacking))
            raise UncompilableError(
                f"the endpoint is not proved to understand {told}",
                f"rien ne prouve que le serveur comprenne {told}",
            )
        rows: list[Row] = []
        for part in self._parts(sparql):
            table = self._asked(part)
            if not self.endpoint.stable and any(
                isinstance(term, BlankNode) for row in table.rows for term in row
            ):
                raise UncompilableError(
                    "blank nodes have other labels in each of its answers",
                    "les nœuds anonymes changent d'étiquette à chaque réponse",
                )
            rows += table.rows
        return replace(table, rows=tuple(rows))

    def _asked(self, sparql: str) -> Table:
        from coopera.engines.endpoint import EndpointError

        try:
            return self._plain(sparql)
        except EndpointError as error:
            if error.status not in (200, 400, 500):
                raise
            # What Virtuoso 7.2.5 cannot translate into SQL is an error of this kind.
            raise UncompilableError(
                f"the endpoint cannot answer its query: {error.problem.rstrip('.')}",
                "le serveur ne sait pas répondre à sa requête",
            ) from error

    def _parts(self, sparql: str) -> Iterator[str]:
        name = next((name for name in self.sets if name in sparql), None)
        if name is None:
            yield sparql
            return
        nodes = self.sets[name]
        for start in range(0, max(1, len(nodes)), CHUNK):
            yield sparql.replace(name, " ".join(nodes[start : start + CHUNK]))

    def _plain(self, sparql: str) -> Table:
        table = self.endpoint.query(sparql)
        assert isinstance(table, Table)  # noqa: S101 - the query is a SELECT
        return table

    def image(self, literal: Literal) -> Term | None:
        """Give what a literal in a query is for the endpoint."""
        if literal not in self._images:
            (self._images[literal],) = _probes().images(self.endpoint, [literal])
        return self._images[literal]

    def is_huge(self) -> bool:
        """Say whether triples may hold numbers that are too long to be compared."""
        numbers = [f"<{XSD}{name}>" for name in ("decimal", *lexical.INTEGERS)]
        digits = f"STRLEN(STR(?o)) > 18 && DATATYPE(?o) IN ({', '.join(numbers)})"
        query = f"SELECT (COUNT(?o) AS ?n) {{ ?s ?p ?o FILTER(isLiteral(?o) && {digits}) }}"
        return next(self.rows(query)) != (Literal(0),)


class _Writer(Compiler):
    """Writes constants as they are, or not at all."""

    def __init__(self, validation: "RemoteValidation") -> None:
        super().__init__(validation.subclasses, set(), validation.in_set, validation.huge())
        self.image = validation.graph.image

    def term(self, term: Term) -> str:
        if isinstance(term, BlankNode):
            raise UncompilableError(
                "a blank node of an endpoint cannot be named",
                "un nœud anonyme d'un serveur ne peut pas être nommé",
            )
        if isinstance(term, Literal) and self.image(term) != term:
            raise UncompilableError(
                f"the endpoint takes {term} for another literal",
                f"le serveur prend {term} pour un autre littéral",
            )
        return str(term)

    def _is_boolean(self, v: str, wanted: bool) -> str:
        forms = [Literal(form, datatype=_BOOLEAN) for form in _BOOLEANS[wanted]]
        # An endpoint that takes 1 for true holds no 1.
        kept = [form for form in forms if self.image(form) not in forms or self.image(form) == form]
        return any_of([f"sameTerm({v}, {self.term(form)})" for form in kept])


class RemoteValidation(Validation):
    """One run on an endpoint. What it cannot do is handed on, with the reason."""

    def __init__(
        self, graph: RemoteGraph, shapes: Shapes,
        only: Mapping[Term, Collection[Term] | None] | None = None,
    ) -> None:  # fmt: skip
        """Take the graph, the shapes, and for each the only focus nodes to look at."""
        super().__init__(graph, shapes, only)
        self.graph = graph
        self.compiler = _Writer(self)

    def huge(self) -> bool:
        """Say whether shapes compare numbers, and some are too long for that."""
        compared = any(c.name in ORDER for s in self.shapes.all.values() for c in s.constraints)
        try:
            return compared and (self.graph.huge or self.graph.is_huge())
        except UncompilableError:
            return False  # nor can the endpoint be asked to compare

    def hold(self, nodes: Iterable[Term]) -> Frame:
        """Keep nodes, so that queries can start from them: VALUES in place of a graph."""
        name = f"<{HELD}{next(self.data.held)}>"
        self.graph.sets[name] = [self.compiler.term(node) for node in nodes]
        return Frame(lambda v: f"VALUES {v} {{ {name} }}", once=True)

    def frames(self, shape: Shape) -> list[Frame]:
        """Give the focus nodes of a root shape, target by target."""
        some = (self.only or {}).get(shape.node) or ()
        for node in some:
            self.compiler.term(node)
        return super().frames(shape)

    def count(self, frames: Sequence[Frame]) -> int:
        """Count the focus nodes of some frames together; only those of one are counted there."""
        held = any(f"<{HELD}" in frame.pattern("?this") for frame in frames)
        return len(self.nodes(frames)) if held or len(frames) > 1 else super().count(frames)

    def _scanned(self, shape: Shape, frame: Frame, number: int) -> Frame:
        """Leave the focus nodes as they are: scans are for a store that is at hand."""
        return frame

    def _fixed(self, shape: Shape, query: SparqlText) -> dict[str, str]:
        if query.uses("shapesGraph"):
            raise UncompilableError(
                "its query asks the shapes graph, which is not there",
                "sa requête interroge le graphe des formes, qui n'y est pas",
            )
        return super()._fixed(shape, query)


# What shapes speak of


def spoken(shapes: Iterable[Shape]) -> set[NamedNode] | None:
    """Give the predicates whose triples decide about shapes; `None` for all."""
    found: set[NamedNode] = set()
    for shape in shapes:
        parts = [_of_target(target) for target in shape.targets]
        parts += [_of(constraint) for constraint in shape.constraints]
        parts += [spoken((*c.shapes, *c.siblings)) for c in shape.constraints]
        parts.append(predicates(shape.path))
        for part in parts:
            if part is None:
                return None
            found |= part
    return found


def predicates(path: Path | None) -> set[NamedNode]:
    """Give the predicates of a path."""
    return {step.predicate for step in steps(path)}


def steps(path: Path | None) -> set[Step]:
    """Give the steps of a path, in whatever order."""
    match path:
        case None:
            return set()
        case Step():
            return {path}
        case Repeat(part):
            return steps(part)
    return {step for part in path.parts for step in steps(part)}


def _of_target(target: Target) -> set[NamedNode] | None:
    match target.kind:
        case "class":
            return {TYPE, _BELOW}
        case "node":
            return set()
        case "sparql":
            return None
    return {target.value} if isinstance(target.value, NamedNode) else set()


def _of(constraint: Constraint) -> set[NamedNode] | None:
    """Give the predicates of a constraint itself, without those of shapes in it."""
    if constraint.name == "Closed" or constraint.sparql or constraint.validator:
        return None
    if constraint.name == "Class":
        return {TYPE, _BELOW}
    pair = constraint.name in ("Equals", "Disjoint", "LessThan", "LessThanOrEquals")
    return {constraint.value} if pair and isinstance(constraint.value, NamedNode) else set()


# What is refused

NAMELESS = {
    "en": "it speaks of a blank node, which is no node of the endpoint's",
    "fr": "elle parle d'un nœud anonyme, qui n'est pas un nœud du serveur",
}
Doubtful = Mapping[NamedNode, Collection[str]]
"""Predicate -> the datatypes of those of its values that may have been written otherwise."""


def _without_doubt(doubtful: Doubtful, roots: Iterable[Shape], run: RemoteRun) -> tuple[Shape, ...]:
    """Leave out what literals decide that the endpoint may have changed; tell of each."""
    kept = []
    for root in roots:
        aimed: set[NamedNode] = set()
        for target in root.targets:
            if target.query is not None:
                aimed |= _named(target.query, doubtful.keys())
            elif target.kind == "objectsOf":
                aimed |= (_of_target(target) or set()) & doubtful.keys()
        if any(isinstance(target.value, BlankNode) and not target.query for target in root.targets):
            run.refused.append(Refusal(root.node, root.node, None, NAMELESS))
        elif aimed:
            run.refused.append(_refusal(root.node, root.node, None, aimed, doubtful))
        else:
            told: list[Refusal] = []
            kept.append(_pruned(root.node, root, doubtful, told))
            run.refused += [r for n, r in enumerate(told) if r not in told[:n]]
    return tuple(kept)


def _doubtful(graph: RemoteGraph, roots: Iterable[Shape]) -> Doubtful:
    if not graph.doubts:
        return {}
    found: dict[NamedNode, set[str]] = {}
    wrong = any_of(sorted(doubt.condition("?o") for doubt in graph.doubts))
    where = f"?s ?p ?o FILTER(isLiteral(?o) && ({wrong}))"
    pairs: Iterable[Row]
    try:
        pairs = list(graph.rows(f"SELECT DISTINCT ?p (DATATYPE(?o) AS ?d) {{ {where} }}"))
    except UncompilableError:
        triples = graph.of(spoken(roots))
        odd = (t for t in triples if any(doubt.holds(t.object) for doubt in graph.doubts))
        pairs = {(t.predicate, t.object.datatype) for t in odd if isinstance(t.object, Literal)}
    for predicate, datatype in pairs:
        if isinstance(predicate, NamedNode) and isinstance(datatype, NamedNode):
            found.setdefault(predicate, set()).add(datatype.value)
    return found


def _pruned(
    root: Term, shape: Shape, doubtful: Doubtful, told: list[Refusal],
    before: Collection[NamedNode] = (),
) -> Shape:  # fmt: skip
    """Copy a shape without the constraints that doubtful literals decide.

    `before` are doubtful predicates by which its focus nodes are reached.
    """
    kept = []
    values = {*before, *(predicates(shape.path) & doubtful.keys())}
    for constraint in shape.constraints:
        if constraint.name == "Property":
            inner = _pruned(root, constraint.shapes[0], doubtful, told, values)
            kept.append(replace(constraint, shapes=(inner,)))
            continue
        component = NamedNode(constraint.component)
        if _is_nameless(constraint):
            told.append(Refusal(root, shape.node, component, NAMELESS))
            continue
        touched = values | _touched(constraint, doubtful)
        # That there is a value is no matter of how it is written.
        back = {step.predicate for step in steps(shape.path) if step.inverse} & doubtful.keys()
        some = constraint.name == "MinCount" and constraint.number <= 1
        if touched and (not some or before or back):
            told.append(_refusal(root, shape.node, component, touched, doubtful))
        else:
            kept.append(constraint)
    return replace(shape, constraints=tuple(kept))


def _is_nameless(constraint: Constraint) -> bool:
    """Say whether a constraint, or a shape in it, compares with a blank node."""
    named = constraint.terms if constraint.name == "In" else (constraint.value,)
    if constraint.name in ("In", "HasValue") and any(isinstance(t, BlankNode) for t in named):
        return True
    return any(isinstance(term, BlankNode) for _, term in constraint.parameters) or any(
        _is_nameless(inner)
        for shape in (*constraint.shapes, *constraint.siblings)
        for inner in shape.constraints
    )


def _touched(constraint: Constraint, doubtful: Doubtful) -> set[NamedNode]:
    """Give the predicates of a constraint, and of shapes in it, that have doubtful values."""
    names = doubtful.keys()
    if constraint.name == "Closed":
        return set()  # that there is another property is no matter of its value
    if constraint.sparql:
        return _named(constraint.sparql, names)
    if constraint.validator:
        return set(names)
    found = (_of(constraint) or set()) & names
    for shape in (*constraint.shapes, *constraint.siblings):
        found |= predicates(shape.path) & names
        found |= {name for inner in shape.constraints for name in _touched(inner, doubtful)}
    return found


def _refuse_strays(doubtful: Doubtful, run: RemoteRun) -> None:
    """Refuse closed shapes some of whose results give a doubtful literal as their value."""
    found: dict[Term, set[NamedNode]] = {}
    for result in run.results:
        path = result.result_path
        if result.component == _CLOSED and isinstance(path, NamedNode) and path in doubtful:
            found.setdefault(result.source_shape, set()).add(path)
    for shape, paths in found.items():
        run.refused.append(_refusal(shape, shape, _CLOSED, paths, doubtful))
    run.results = [r for r in run.results if r.component != _CLOSED or r.source_shape not in found]


def _named(query: SparqlText, names: Collection[NamedNode]) -> set[NamedNode]:
    """Give the predicates that a query names; all where it may speak of any predicate."""
    text = expand(query.filled({"PATH": "<urn:path>"}))
    prefixes = dict(re.findall(r"(?i)\bPREFIX\s+(\S*):\s*<(.*?)>", text))
    found = list(tokens(text))
    iris = {t.text[1:-1] for t in found if t.kind == "iri"}
    for token in found:
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            iris.add(prefixes.get(prefix, "") + local)
    inside = found[next(n for n, t in enumerate(found) if t.text == "{") :]
    anything = any(_is_any(*three) for three in zip(inside, inside[1:], inside[2:], strict=False))
    if anything or any(t.is_word("BASE") or t.text == "\\" for t in found):
        return set(names)
    return {name for name in names if name.value in iris}


def _is_any(one: Token, two: Token, three: Token) -> bool:
    """Say whether a variable or a negation may stand between a subject and an object."""
    terms = ("variable", "iri", "name", "string")
    if two.kind != "variable":
        return one.text == "!" and (two if two.text != "(" else three).kind in ("iri", "name")
    if one.text == ")":  # of a list, or of a filter
        return three.kind == "variable"
    ended = one.kind in terms or one.text in ("[", "]", ";")
    return ended and (three.kind in terms or three.text in ("[", "("))


def _refusal(
    root: Term, shape: Term, component: NamedNode | None, predicates: Iterable[NamedNode],
    doubtful: Doubtful,
) -> Refusal:  # fmt: skip
    values = sorted(predicates, key=str)
    kinds = sorted({kind for name in values for kind in doubtful[name]})
    told = " ".join(kind.replace(XSD, "xsd:") for kind in kinds)
    of = " ".join(map(str, values))
    return Refusal(
        root,
        shape,
        component,
        {
            "en": f"the endpoint may have changed literals ({told}) that are values of {of}",
            "fr": f"le serveur a pu modifier des littéraux ({told}), valeurs de {of}",
        },
    )

"""Compiled validation: shapes and a data graph in; the validation results out.

Each constraint of a shape becomes one SPARQL query over all focus nodes, whose solutions are
violations (SHACL, 3.4). Where no single query says it, sets of nodes are computed query by query
and joined here. The queries say nothing of Oxigraph, but that nodes kept for later stand in named
graphs.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from threading import Lock, stack_size

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from coopera.errors import DataError
from coopera.findings import ValidationResult
from coopera.tables import Term
from coopera.terms import RDF, RDFS, TYPE
from coopera.validation import messages, reads
from coopera.validation.compiler import (
    PER_VALUE,
    TOO_MANY_DIGITS,
    Compiler,
    UncompilableError,
    all_of,
    any_of,
    different,
    negated,
    same_terms,
    ways,
)
from coopera.validation.constraints import RESERVED, SparqlText
from coopera.validation.data import (
    AS_WRITTEN,
    BY_VALUE,
    KEPT,
    WRITTEN,
    DataGraph,
    by_value,
    original,
    stored,
)
from coopera.validation.paths import Path, text
from coopera.validation.reads import Reads
from coopera.validation.scans import Root, Scans
from coopera.validation.shapes import Constraint, Shape, Shapes, Target

Row = tuple[Term | None, ...]
Condition = Callable[[str], str]
"""Writes, for a variable, what it must meet; an empty text where that is nothing."""
Answer = tuple[Row, dict[str, Term]]
"""The focus nodes that led to a solution, and what else it binds."""
Ask = Callable[[SparqlText, str], list[Answer]]
"""Answers a query over a view of the data."""
MANY = 50
"""A list with more terms than that, of which one is a literal, is kept in the store."""
LARGE = 50_000
"""A store with so many triples is asked by several threads."""
THREADS = 2
STACK = 16 << 20
"""Bytes of a thread's stack: where it would be smaller, long expressions overflow it."""
SHAPES_GRAPH = NamedNode("urn:coopera:shapes")
_GIVEN = re.compile(r"(VALUES \?\w+|GRAPH <[^>]*>) \{[^{}]*\}")
"""A pattern that reads no triple of the data."""


@dataclass(frozen=True)
class Frame:
    """Focus nodes, as a pattern that binds a variable to each of them."""

    pattern: Callable[[str], str]
    ups: tuple[str, ...] = ()
    """The variables of the focus nodes that led here through property shapes."""
    once: bool = False
    """Whether no node is bound twice."""
    member: Callable[[Term], bool] | None = None
    """Says of a node of the store whether it is bound, where that can be told."""
    root: Root | None = None
    """What scans know of the focus nodes, where they are all those of a root shape."""

    def columns(self, *more: str) -> str:
        """Write the variables of a SELECT, each a part of a result's identity."""
        return " ".join((*self.ups, "?this", *more))


@dataclass(frozen=True)
class Found:
    """A violation: the nodes that led to the focus node, the focus node last, and its result."""

    trail: tuple[Term | None, ...]
    key: tuple[object, ...]
    result: ValidationResult


@dataclass
class Run:
    """What one validation found, and what it could not do."""

    results: list[ValidationResult] = field(default_factory=list)
    reached: dict[str, int] = field(default_factory=dict)
    handed: dict[Shape, Mapping[str, str]] = field(default_factory=dict)
    """Root shapes that pySHACL must evaluate, each with the reason in fr and en."""


class Validation:
    """One run over one data graph."""

    def __init__(
        self, data: DataGraph, shapes: Shapes,
        only: Mapping[Term, Collection[Term] | None] | None = None,
    ) -> None:  # fmt: skip
        """Take the data, the shapes, and for each the only focus nodes to look at."""
        self.data, self.shapes, self.only = data, shapes, only
        self._subclasses: dict[NamedNode, list[Term]] = {}
        self._lists: dict[tuple[Term, ...], Frame] = {}
        self._counts: dict[tuple[Target, ...], int] = {}
        self._bindings: dict[Frame, int] = {}
        """How often a frame binds a node."""
        self._shapes_held = False
        self._holding = Lock()
        self.scans = Scans(self)
        for shape in shapes.roots:
            for target in shape.targets:
                if isinstance(target.value, Literal):
                    data.meet(target.value)
        self.compiler = Compiler(self.subclasses, data.rewritten, self.in_set, data.huge)

    # The data graph

    def rows(self, query: str, view: str = AS_WRITTEN) -> Iterator[Row]:
        """Run a SELECT; the terms are those of the store."""
        return self.data.rows(query, view)

    def subclasses(self, kind: NamedNode) -> list[Term]:
        """Give a class and all that are below it (SHACL, 1.1)."""
        if kind not in self._subclasses:
            query = f"SELECT DISTINCT ?c {{ ?c <{RDFS}subClassOf>+ {kind} }}"
            below = {row[0] for row in self.rows(query) if row[0] is not None} - {kind}
            self._subclasses[kind] = [kind, *sorted(below, key=str)]
        return self._subclasses[kind]

    def hold(self, nodes: Iterable[Term]) -> Frame:
        """Keep nodes in a named graph, so that queries can start from them."""
        kept = (stored(node) if isinstance(node, Literal) else node for node in nodes)
        graph = self.data.hold(kept)
        return Frame(lambda v: f"GRAPH {graph} {{ {graph} {graph} {v} }}", once=True)

    def in_set(self, terms: list[Term], v: str) -> str:
        """Write that a variable is one of some terms."""
        if len(terms) > MANY and any(isinstance(term, Literal) for term in terms):
            return f"EXISTS {{ {self._once(terms).pattern(v)} }}"
        blank = [term for term in terms if isinstance(term, BlankNode)]
        known = [self.compiler.term(term) for term in terms if not isinstance(term, BlankNode)]
        parts = [same_terms(known, v)] if known else []
        if blank:
            parts.append(f"EXISTS {{ {self._once(blank).pattern(v)} }}")
        return any_of(parts)

    def _once(self, terms: Sequence[Term]) -> Frame:
        """Keep a list of terms, however often a condition on it is written."""
        key = tuple(terms)
        if key not in self._lists:
            self._lists[key] = self.hold(terms)
        return self._lists[key]

    # Focus nodes

    def frames(self, shape: Shape) -> list[Frame]:
        """Give the focus nodes of a root shape, target by target (SHACL, 2.1.3)."""
        frames = [self._target(target) for target in shape.targets]
        nodes = None if self.only is None else self.only.get(shape.node, ())
        if nodes is None:
            return frames
        wanted = {stored(n) if isinstance(n, Literal) else n for n in nodes}
        return [self.hold(node for node in self.nodes(frames) if node in wanted)]

    def name(self, shape: Shape) -> str:
        """Name a shape in the counts of focus nodes."""
        node = shape.node
        return node.value if isinstance(node, NamedNode) else str(node)

    def stream(self, frame: Frame) -> Iterator[Term]:
        """Give focus nodes one by one, some more than once."""
        rows = self.rows(f"SELECT ?this {{ {frame.pattern('?this')} }}")
        return (original(row[0]) for row in rows if row[0] is not None)

    def nodes(self, frames: Sequence[Frame]) -> dict[Term, None]:
        """Give the focus nodes of frames, each once."""
        return {
            row[0]: None
            for frame in frames
            for row in self.rows(
                f"SELECT {'' if frame.once else 'DISTINCT'} ?this {{ {frame.pattern('?this')} }}"
            )
            if row[0] is not None
        }

    def count(self, frames: Sequence[Frame]) -> int:
        """Count the focus nodes of some frames together."""
        if len(frames) == 1 and frames[0].once:
            return self._bound(frames[0])
        parts = [frame.pattern("?this") for frame in frames]
        where = parts[0] if len(parts) == 1 else " UNION ".join(f"{{ {part} }}" for part in parts)
        counts = "(COUNT(DISTINCT ?this) AS ?n) (COUNT(?this) AS ?m)"
        number, bound = map(_integer, next(self.rows(f"SELECT {counts} {{ {where} }}")))
        if len(frames) == 1:
            self._bindings[frames[0]] = bound
        return number

    def _bound(self, frame: Frame) -> int:
        """Count how often a frame binds a node, repetitions included."""
        if frame not in self._bindings:
            query = f"SELECT (COUNT(?this) AS ?n) {{ {frame.pattern('?this')} }}"
            self._bindings[frame] = _integer(next(self.rows(query))[0])
        return self._bindings[frame]

    def _target(self, target: Target) -> Frame:
        value, query = target.value, target.query
        if query is not None:
            found = self._agreed(query, {}, {}, "", self._targets)
            return self.hold({node for (node,), _ in found if node is not None})
        match target.kind:
            case "class" if isinstance(value, NamedNode):
                return self._instances(value)
            case "subjectsOf" if isinstance(value, NamedNode):
                return Frame(
                    lambda v: f"{v} {value} {self.compiler.fresh()} .",
                    member=lambda n: self.data.has(n, value, None),
                )
            case "objectsOf" if isinstance(value, NamedNode):
                return Frame(
                    lambda v: f"{self.compiler.fresh()} {value} {v} .",
                    member=lambda n: self.data.has(None, value, n),
                )
            case _ if isinstance(value, BlankNode):
                return self.hold([value])
            case _:
                written = self.compiler.term(value)
                return Frame(lambda v: f"VALUES {v} {{ {written} }}", once=True)

    def _targets(self, query: SparqlText, view: str) -> list[Answer]:
        return [((row.get("this"),), {}) for row in self.data.solutions(query.filled({}), view)]

    def _instances(self, kind: NamedNode) -> Frame:
        kinds = self.subclasses(kind)

        def member(node: Term) -> bool:
            return any(self.data.has(node, TYPE, one) for one in kinds)

        if len(kinds) == 1:
            return Frame(lambda v: f"{v} <{RDF}type> {kind} .", once=True, member=member)
        named = all(isinstance(one, NamedNode) for one in kinds)
        held = None if named else self.hold(kinds)
        listed = " ".join(map(str, kinds))

        def pattern(v: str) -> str:
            c = self.compiler.fresh()
            known = f"VALUES {c} {{ {listed} }}" if held is None else held.pattern(c)
            return f"{known} {v} <{RDF}type> {c} ."

        return Frame(pattern, member=member)

    def pairs(self, frame: Frame, this: str, path: Path, v: str, more: str = "") -> str:
        """Write a pattern that binds each focus node and each of its value nodes."""
        found, none = ways(path)
        parts = [
            f"{frame.pattern(this)} {self.compiler.pattern(this, way, v)} {more}" for way in found
        ]
        if none:
            parts.append(f"{frame.pattern(this)} BIND({this} AS {v}) {more}")
        return parts[0] if len(parts) == 1 else " UNION ".join(f"{{ {part} }}" for part in parts)

    def below(self, frame: Frame, path: Path, trail: bool) -> Frame:
        """Give value nodes as focus nodes; `trail` keeps the focus nodes that lead to them."""
        up = self.compiler.fresh()
        ups = (*frame.ups, up) if trail else ()
        return Frame(lambda v: self.pairs(frame, up, path, v), ups)

    # Validation

    def run(self) -> Run:
        """Validate every root shape."""
        run = Run()
        ready: list[tuple[Shape, list[Frame]]] = []
        for shape in self.shapes.roots:
            try:
                frames = self.frames(shape)
                run.reached[self.name(shape)] = number = self._counted_once(shape, frames)
                if number:
                    ready.append((shape, [self._scanned(shape, f, number) for f in frames]))
            except UncompilableError as error:
                run.handed[shape] = error.reason
        for (shape, _), (results, reason) in zip(ready, self._outcomes(ready), strict=True):
            run.results += results
            if reason:
                run.handed[shape] = reason
        return run

    def _outcomes(
        self, ready: Sequence[tuple[Shape, list[Frame]]]
    ) -> Iterator[tuple[list[ValidationResult], Mapping[str, str]]]:
        """Validate root shapes: give the results of each, or why pySHACL must evaluate it."""

        def outcome(
            one: tuple[Shape, list[Frame]],
        ) -> tuple[list[ValidationResult], Mapping[str, str]]:
            try:
                return self._root(*one), {}
            except UncompilableError as error:
                return [], error.reason

        if sum(1 for _ in islice(self.data.store, LARGE)) < LARGE:
            return map(outcome, ready)
        # pyoxigraph 0.5.13 lets other threads run while it looks for the next solution.
        before = stack_size(STACK)
        try:
            with ThreadPoolExecutor(THREADS) as pool:
                return iter(list(pool.map(outcome, ready)))
        finally:
            stack_size(before)

    def _counted_once(self, shape: Shape, frames: Sequence[Frame]) -> int:
        """Count the focus nodes of a root shape: several shapes may have the same targets."""
        if self.only is not None:
            return self.count(frames)
        if shape.targets not in self._counts:
            self._counts[shape.targets] = self.count(frames)
        return self._counts[shape.targets]

    def _scanned(self, shape: Shape, frame: Frame, number: int) -> Frame:
        """Let scans narrow the focus nodes of a root shape."""
        member = frame.member
        if member is None:
            return frame
        if not frame.once and number * 4 < self._bound(frame):
            # Many triples lead to few nodes: each is looked at once.
            frame = replace(self.hold(self.nodes([frame])), member=member)
        root = Root(shape, frame, number, member)
        self.scans.add(root)
        return replace(frame, root=root)

    def _root(self, shape: Shape, frames: Sequence[Frame]) -> list[ValidationResult]:
        """Validate one root shape; a node that two targets give counts once."""
        found: dict[tuple[object, ...], ValidationResult] = {}
        for frame in frames:
            again: Counter[tuple[object, ...]] = Counter()
            for violation in self.shape(shape, frame):
                key = (*violation.trail, *violation.key)
                again[key] += 1
                found.setdefault((*key, again[key]), violation.result)
        return list(found.values())

    def shape(self, shape: Shape, frame: Frame, chain: tuple[str, ...] = ()) -> Iterator[Found]:
        """Validate focus nodes against a shape (SHACL, 3.4.1)."""
        if shape.deactivated:
            return
        chain = (*chain, shape.key)
        each: list[tuple[Constraint, str]] = []
        v = "?value" if shape.path else "?this"
        for constraint in shape.constraints:
            name = constraint.name
            if name == "Property":
                inner = self.below(frame, shape.path, trail=True) if shape.path else frame
                yield from self.shape(constraint.shapes[0], inner, chain)
            elif (
                name in PER_VALUE
                and name != "Closed"
                and (condition := self.compiler.value(constraint, v))
            ):
                each.append((constraint, condition))
            elif narrowed := self.scans.narrow(shape, [constraint], frame):
                yield from self._one(shape, constraint, narrowed, chain)
        if each and (narrowed := self.scans.narrow(shape, [c for c, _ in each], frame)):
            yield from self._each(shape, each, narrowed, chain)

    def _one(
        self, shape: Shape, constraint: Constraint, frame: Frame, chain: tuple[str, ...]
    ) -> Iterator[Found]:
        """Evaluate one constraint."""
        if constraint.name == "Closed":
            return self._closed(shape, constraint, frame, chain)
        if constraint.name in PER_VALUE:
            return self._logical(shape, constraint, frame, chain)
        if constraint.sparql is not None:
            return self._sparql(shape, constraint, constraint.sparql, frame, chain)
        if constraint.validator is not None:
            return self._custom(shape, constraint, frame, chain)
        if shape.path is None:
            return self._of_node(shape, constraint, frame, chain)
        return self._of_path(shape, constraint, shape.path, frame, chain)

    def failing(self, shape: Shape, frame: Frame) -> set[Term | None]:
        """Give the nodes of a frame without `ups` that do not conform to a shape."""
        condition = self.compiler.conforms(shape, "?this")
        if condition == "true":
            return set()
        if condition:
            written = f"{frame.pattern('?this')} FILTER({negated(condition)})"
            return {row[0] for row in self.rows(f"SELECT DISTINCT ?this {{ {written} }}")}
        return {found.trail[0] for found in self.shape(shape, frame)}

    def _found(
        self, shape: Shape, constraint: Constraint, chain: tuple[str, ...],
        trail: Row, value: Term | None = None, path: Term | None = None,
        more: tuple[object, ...] = (),
        filled: Mapping[str, Term | None] | None = None, query: SparqlText | None = None,
    ) -> Found:  # fmt: skip
        focus = trail[-1]
        assert focus is not None  # noqa: S101 - the patterns bind it
        spoken, code = messages.of(shape, constraint, filled or {}, query)
        result = ValidationResult(
            focus_node=original(focus),
            severity=shape.severity,
            source_shape=shape.node,
            component=NamedNode(constraint.component),
            message=spoken,
            code=code,
            result_path=path or shape.path_node,
            value_node=original(value) if value is not None else None,
            source_constraint=constraint.value if constraint.sparql else None,
        )
        key = (chain, constraint.component, constraint.value, constraint.parameters, value, *more)
        return Found(trail, key, result)

    def _each(
        self, shape: Shape, each: list[tuple[Constraint, str]], frame: Frame,
        chain: tuple[str, ...],
    ) -> Iterator[Found]:  # fmt: skip
        """Look at each value node by itself: all such constraints of a shape in one query."""
        v = ("?value",) if shape.path else ()
        wrong = f"FILTER({negated(all_of([condition for _, condition in each]))})"
        if shape.path:
            where = self.pairs(frame, "?this", shape.path, "?value", wrong)
        else:
            where = f"{frame.pattern('?this')} {wrong}"
        flags = "" if len(each) == 1 else " ".join(
            f"({negated(condition)} AS ?k{n})" for n, (_, condition) in enumerate(each)
        )  # fmt: skip
        depth = len(frame.ups) + 1
        for row in self.rows(f"SELECT DISTINCT {frame.columns(*v)} {flags} {{ {where} }}"):
            trail, value = row[:depth], row[depth] if shape.path else row[depth - 1]
            told = row[depth + len(v) :]
            for n, (constraint, _) in enumerate(each):
                if not flags or _true(told[n]):
                    yield self._found(shape, constraint, chain, trail, value)

    def _logical(
        self, shape: Shape, constraint: Constraint, frame: Frame, chain: tuple[str, ...]
    ) -> Iterator[Found]:
        """Evaluate sh:node, sh:and, sh:or, sh:xone or sh:not by sets of nodes (SHACL, 4.6)."""
        bare = Frame(frame.pattern)
        inner = self.below(bare, shape.path, trail=False) if shape.path else bare
        fails = [self.failing(part, inner) for part in constraint.shapes]
        number = len(fails)

        def wrong(value: Term | None) -> bool:
            failed = sum(value in nodes for nodes in fails)
            return {
                "Node": failed > 0,
                "And": failed > 0,
                "Or": failed == number,
                "Not": failed == 0,
                "Xone": number - failed != 1,
            }[constraint.name]

        depth = len(frame.ups) + 1
        for row in self._values(shape, frame):
            if wrong(row[-1]):
                yield self._found(shape, constraint, chain, row[:depth], row[-1])

    def _values(self, shape: Shape, frame: Frame) -> Iterator[Row]:
        """Give each focus node with each of its value nodes, the value node last."""
        v: tuple[str, ...] = ()
        if shape.path is None:
            where = frame.pattern("?this")
        else:
            where, v = self.pairs(frame, "?this", shape.path, "?value"), ("?value",)
        return self.rows(f"SELECT DISTINCT {frame.columns(*v)} {{ {where} }}")

    def _closed(
        self, shape: Shape, constraint: Constraint, frame: Frame, chain: tuple[str, ...]
    ) -> Iterator[Found]:
        depth = len(frame.ups) + 1
        v: tuple[str, ...] = ()
        if shape.path is None:
            stray = self.compiler.stray(constraint, "?this", "?p", "?o")
            where = f"{frame.pattern('?this')} {stray}"
        else:
            stray = self.compiler.stray(constraint, "?value", "?p", "?o")
            where, v = self.pairs(frame, "?this", shape.path, "?value", stray), ("?value",)
        for row in self.rows(f"SELECT DISTINCT {frame.columns(*v, '?p', '?o')} {{ {where} }}"):
            yield self._found(
                shape, constraint, chain, row[:depth], row[-1], path=row[-2], more=row[depth:]
            )

    def _of_node(
        self, shape: Shape, constraint: Constraint, frame: Frame, chain: tuple[str, ...]
    ) -> Iterator[Found]:
        """Evaluate sh:hasValue, sh:equals or sh:disjoint of a node shape."""
        this, (columns, here) = constraint.value, (frame.columns(), frame.pattern("?this"))
        if constraint.name == "HasValue" and this is not None:
            absent = negated(self.in_set([this], "?this"))
            for row in self.rows(f"SELECT DISTINCT {columns} {{ {here} FILTER({absent}) }}"):
                yield self._found(shape, constraint, chain, row)
            return
        same = f"EXISTS {{ ?this {this} ?x FILTER(sameTerm(?this, ?x)) }}"
        asked = same if constraint.name == "Disjoint" else negated(same)
        for row in self.rows(f"SELECT DISTINCT {columns} {{ {here} FILTER({asked}) }}"):
            yield self._found(shape, constraint, chain, row, row[-1])
        if constraint.name == "Equals":
            other = f"?this {this} ?value FILTER({different('?this', '?value')})"
            where = f"{here} {other}"
            for row in self.rows(f"SELECT DISTINCT {frame.columns('?value')} {{ {where} }}"):
                yield self._found(shape, constraint, chain, row[:-1], row[-1])

    def _of_path(
        self, shape: Shape, constraint: Constraint, path: Path, frame: Frame, chain: tuple[str, ...]
    ) -> Iterator[Found]:
        """Evaluate a constraint of a property shape that looks at all value nodes together."""
        name, depth = constraint.name, len(frame.ups) + 1
        here = frame.pattern("?this")

        def told(where: str, *more: str) -> Iterator[Row]:
            return self.rows(f"SELECT DISTINCT {frame.columns(*more)} {{ {where} }}")

        rows: Iterable[Row] = ()
        match name:
            case "MinCount" if constraint.number > 0:
                rows = self._fewer(frame, path, constraint.number)
            case "MaxCount":
                rows = self._more(frame, path, constraint.number)
            case "HasValue" if constraint.value is not None:
                has = self.compiler.has_value("?this", path, constraint.value)
                rows = told(f"{here} FILTER({negated(has)})")
            case "Equals":
                absent = f"FILTER NOT EXISTS {{ ?this {constraint.value} ?value }}"
                rows = told(self.pairs(frame, "?this", path, "?value", absent), "?value")
                reached = self.compiler.exists("?this", path, lambda v: f"sameTerm({v}, ?value)")
                where = f"{here} ?this {constraint.value} ?value FILTER({negated(reached)})"
                rows = [*rows, *told(where, "?value")]
            case "Disjoint":
                both = f"FILTER EXISTS {{ ?this {constraint.value} ?value }}"
                rows = told(self.pairs(frame, "?this", path, "?value", both), "?value")
            case "LessThan" | "LessThanOrEquals":
                ordered = self.compiler.ordered(name, "?value", "?other")
                worse = f"?this {constraint.value} ?other FILTER({negated(ordered)})"
                where = self.pairs(frame, "?this", path, "?value", worse)
                rows = told(where, "?value", "?other")
            case "UniqueLang":
                rows = self._twice(frame, path)
            case "QualifiedMinCount" | "QualifiedMaxCount":
                least = name == "QualifiedMinCount"

                def condition(v: str) -> str:
                    return self.compiler.counts(constraint, v) or "false"

                if self.compiler.counts(constraint, "?value") is None:
                    rows = self._counted(shape, constraint, path, frame)
                elif least and constraint.number > 0:
                    rows = self._fewer(frame, path, constraint.number, condition)
                elif not least:
                    rows = self._more(frame, path, constraint.number, condition)
        valued = name in ("Equals", "Disjoint", "LessThan", "LessThanOrEquals")
        for row in rows:
            value = row[depth] if valued else None
            yield self._found(shape, constraint, chain, row[:depth], value, more=row[depth:])

    def _fewer(
        self, frame: Frame, path: Path, number: int, condition: Condition = lambda v: ""
    ) -> Iterator[Row]:
        """Give the focus nodes with fewer value nodes, that meet a condition, than a number."""
        none = negated(self.compiler.exists("?this", path, condition))
        where = f"{frame.pattern('?this')} FILTER({none})"
        yield from self.rows(f"SELECT DISTINCT {frame.columns()} {{ {where} }}")
        if number > 1:
            yield from self._having(frame, path, condition, f"< {number}")

    def _more(
        self, frame: Frame, path: Path, number: int, condition: Condition = lambda v: ""
    ) -> Iterator[Row]:
        """Give the focus nodes with more value nodes, that meet a condition, than a number."""
        if number < 0:
            return self.rows(f"SELECT DISTINCT {frame.columns()} {{ {frame.pattern('?this')} }}")
        return self._having(frame, path, condition, f"> {number}")

    def _having(
        self, frame: Frame, path: Path, condition: Condition, compared: str
    ) -> Iterator[Row]:
        asked = condition("?value")
        where = self.pairs(frame, "?this", path, "?value", f"FILTER({asked})" if asked else "")
        columns = frame.columns()
        return self.rows(
            f"SELECT {columns} {{ {where} }} GROUP BY {columns} "
            f"HAVING(COUNT(DISTINCT ?value) {compared})"
        )

    def _twice(self, frame: Frame, path: Path) -> Iterator[Row]:
        """Give the focus nodes with two value nodes of one language, and the language."""
        tagged = 'BIND(LCASE(LANG(?value)) AS ?tag) FILTER(?tag != "")'
        where = self.pairs(frame, "?this", path, "?value", tagged)
        columns = frame.columns("?tag")
        return self.rows(
            f"SELECT {columns} {{ {where} }} GROUP BY {columns} HAVING(COUNT(DISTINCT ?value) > 1)"
        )

    def _counted(
        self, shape: Shape, constraint: Constraint, path: Path, frame: Frame
    ) -> Iterator[Row]:
        """Count the values of a qualified constraint by sets of nodes."""
        inner = self.below(Frame(frame.pattern), path, trail=False)
        fails = self.failing(constraint.shapes[0], inner)
        others = [self.failing(sibling, inner) for sibling in constraint.siblings]
        numbers: Counter[Row] = Counter()
        for row in self._values(shape, frame):
            value = row[-1]
            numbers[row[:-1]] += value not in fails and all(value in nodes for nodes in others)
        if constraint.name == "QualifiedMaxCount":
            yield from (row for row, found in numbers.items() if found > constraint.number)
            return
        yield from (row for row, found in numbers.items() if found < constraint.number)
        if constraint.number > 0:
            for row in self._fewer(frame, path, 1):
                yield row

    # SPARQL (SHACL, 5 and 6)

    def _sparql(
        self, shape: Shape, constraint: Constraint, query: SparqlText, frame: Frame,
        chain: tuple[str, ...],
    ) -> Iterator[Found]:  # fmt: skip
        """Make a result of each solution of a SELECT (SHACL, 5.3.1 and 6.3)."""
        given = dict(constraint.parameters)
        fixed = self._fixed(shape, query)
        self._demand_values(frame)

        def solve(text: SparqlText, view: str) -> list[Answer]:
            return self._solve(text, fixed | self._written(given, view), frame, view)

        found = self._agreed(query, fixed, given, frame.pattern("?this"), solve)
        for trail, solution in found:
            if _true(solution.get("failure")):
                raise DataError(
                    f"the query of {self.name(shape)} reports a failure at {trail[-1]}.",
                    remedy="look into the query: it binds ?failure to true (SHACL, 5.3.1).",
                )
            value = solution.get("value", trail[-1] if shape.path is None else None)
            path = solution.get("path")
            path = path if isinstance(path, NamedNode) else None
            told = tuple(sorted((name, str(term)) for name, term in solution.items()))
            filled = {**given, "this": trail[-1], **solution}
            yield self._found(shape, constraint, chain, trail, value, path, told, filled, query)

    def _custom(
        self, shape: Shape, constraint: Constraint, frame: Frame, chain: tuple[str, ...]
    ) -> Iterator[Found]:
        """Evaluate a component that the shapes graph defines (SHACL, 6.3)."""
        assert constraint.validator is not None  # noqa: S101 - the caller looked
        query = constraint.validator.validator(shape.path is not None)
        if query is None:
            return
        if not query.is_ask:
            yield from self._sparql(shape, constraint, query, frame, chain)
            return
        given, depth = dict(constraint.parameters), len(frame.ups) + 1
        fixed = self._fixed(shape, query)
        self._demand_values(frame)
        values = list(self._values(shape, frame))

        def wrong(query: SparqlText, view: str) -> list[Answer]:
            found: list[Answer] = []
            known = fixed | self._written(given, view)
            for row in values:
                value = original(row[-1]) if view == BY_VALUE and row[-1] is not None else row[-1]
                bound = {"this": row[depth - 1], "value": value}
                if row[-1] is not None and not self.data.ask(query, known, bound, view):
                    found.append((row[:depth], {"value": row[-1]}))
            return found

        here = frame.pattern("?this") + (text(shape.path) if shape.path else "")
        for trail, solution in self._agreed(query, fixed, given, here, wrong):
            filled = {**given, "this": trail[-1], **solution}
            yield self._found(
                shape, constraint, chain, trail, solution.get("value"), None, (), filled, query
            )

    def _demand_values(self, frame: Frame) -> None:
        """Raise UncompilableError where a focus node is a literal that the store changes."""
        if self.data.rewritten:
            changed = f'STRSTARTS(STR(DATATYPE(?this)), "{WRITTEN}")'
            where = f"{frame.pattern('?this')} FILTER({changed})"
            if any(True for _ in self.rows(f"SELECT ?this {{ {where} }} LIMIT 1")):
                raise UncompilableError(
                    "a focus node is a literal that the store changes",
                    "un nœud visé est un littéral que la base modifie",
                )

    def _written(self, given: Mapping[str, Term], view: str) -> dict[str, str]:
        """Write parameters for a view of the data."""
        written = {name: self.compiler.term(term) for name, term in given.items()}
        return {n: str(given[n]) for n in written} if view == BY_VALUE else written

    def _fixed(self, shape: Shape, query: SparqlText) -> dict[str, str]:
        """Give what stands for `$PATH`, `$currentShape` and `$shapesGraph` (SHACL, 5.3.1)."""
        fixed: dict[str, str] = {}
        if shape.path is not None:
            fixed["PATH"] = text(shape.path)
        if query.uses("shapesGraph"):
            fixed["shapesGraph"] = str(SHAPES_GRAPH)
            with self._holding:
                if not self._shapes_held:
                    self.data.store.extend(
                        Quad(t.subject, t.predicate, t.object, SHAPES_GRAPH)
                        for t in self.shapes.nodes.triples
                    )
                self._shapes_held = True
        if query.uses("currentShape"):
            fixed["currentShape"] = self.compiler.term(shape.node)
        return fixed

    def _agreed(
        self, query: SparqlText, fixed: Mapping[str, str], given: Mapping[str, Term], focus: str,
        ask: Ask,
    ) -> list[Answer]:  # fmt: skip
        """Answer a query of the shapes graph, where some literals change in the store.

        Functions look at their values, joins at how they are written: where the answers by the
        one and by the other differ, pySHACL decides. `given` are parameters, `focus` is a pattern.
        """
        if self.data.huge:
            raise UncompilableError(*TOO_MANY_DIGITS)
        changed = self.data.changed
        odd = any(self.compiler.term(term) != str(term) for term in given.values())
        try:
            if not self.data.rewritten and not odd:
                return ask(query, BY_VALUE)
            text = query.filled(fixed)
            read = reads.of(text)
            if read is not None and not odd and not reads.ours(focus, changed):
                if read.predicates is not None and not read.predicates & changed:
                    return ask(query, KEPT)
                alone = not focus or _GIVEN.fullmatch(focus)
                apart = read.inner is not None and not read.inner & changed
                if read.pieces and alone and apart and text == query.header + query.text:
                    return self._apart(query, read, ask)
            return self._same(ask(query, BY_VALUE), ask(query, AS_WRITTEN))
        except SyntaxError as error:
            # A term stands where the grammar wants a variable, say in GROUP BY ?x ?parameter.
            raise UncompilableError(
                f"a term cannot be written into its query: {error}",
                "un terme ne peut pas s'écrire dans sa requête",
            ) from error

    def _apart(self, query: SparqlText, read: Reads, ask: Ask) -> list[Answer]:
        """Answer from what the store keeps, then from what it changes alone."""
        start = len(query.header)
        pieces = [(first - start, last - start) for first, last in read.pieces]
        by_value, written = (
            ask(replace(query, text=reads.within(query.text, pieces, graph)), KEPT)
            for graph in (BY_VALUE, AS_WRITTEN)
        )
        found = ask(query, KEPT) + self._same(by_value, written)
        if not read.distinct:
            return found
        return list({(trail, *sorted(row.items())): (trail, row) for trail, row in found}.values())

    def _same(self, by_value: list[Answer], written: list[Answer]) -> list[Answer]:
        """Give what a query finds by how literals are written, which it must find by value too."""
        if Counter(map(_by_value, by_value)) != Counter(map(_by_value, written)):
            raise UncompilableError(
                "its query looks at how literals are written, which the store changes",
                "sa requête regarde l'écriture des littéraux, que la base modifie",
            )
        return written

    def _solve(
        self, query: SparqlText, fixed: dict[str, str], frame: Frame, view: str
    ) -> list[Answer]:
        """Give the focus nodes with the solutions of a query that is pre-bound to each."""
        depth = len(frame.ups) + 1
        columns = [name[1:] for name in (*frame.ups, "?this")]
        focus = f"SELECT DISTINCT {frame.columns()} {{ {frame.pattern('?this')} }}"
        if query.set_wise:
            here = frame.pattern("?this") if frame.once else f"{{ {focus} }}"
            solutions = self.data.solutions(query.joined(fixed, here, frame.ups), view)
            return [(tuple(row.get(name) for name in columns), _told(row)) for row in solutions]
        found = []
        for trail in [tuple(row) for row in self.rows(focus, view)]:
            given = {"this": trail[depth - 1]}
            found += [(trail, _told(row)) for row in self.data.bound(query, fixed, given, view)]
        return found


def _by_value(answer: Answer) -> tuple[object, ...]:
    """Give what tells an answer from others, its literals by their values."""
    trail, solution = answer
    told = (*enumerate(trail), *sorted(solution.items()))
    return tuple((name, term and by_value(term)) for name, term in told)


def _told(solution: Mapping[str, Term]) -> dict[str, Term]:
    """Give what a solution says besides its focus node."""
    return {n: term for n, term in solution.items() if n != "this" and not n.startswith(RESERVED)}


def _integer(term: Term | None) -> int:
    return int(term.value) if isinstance(term, Literal) else 0


def _true(term: Term | None) -> bool:
    return isinstance(term, Literal) and term.value == "true"

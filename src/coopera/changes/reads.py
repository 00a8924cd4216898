"""Reads: shapes in; which triples their evaluation can look at, from a focus node on, out.

Evaluation starts at a focus node and looks up triples with that node at one end, then with the
nodes so found, and so on. Where it can go is an automaton: a state is a role that a node can have
(focus node of a shape, value node, variable of a query), a step is a predicate that leads on.
"""

from collections.abc import Iterable

from pyoxigraph import NamedNode

from coopera.terms import RDFS, TYPE
from coopera.validation.paths import Alternative, Path, Repeat, Sequence, Step
from coopera.validation.shapes import Constraint, Shape

CLASS = Sequence((Step(TYPE), Repeat(Step(NamedNode(RDFS + "subClassOf")), "*")))
"""How a node is found to be an instance of a class (SHACL, 1.1)."""
END = 0
"""The state of a node from which nothing more is looked up."""

_OF_FOCUS = {"Equals", "Disjoint", "LessThan", "LessThanOrEquals"}
_OF_TERM = {
    "Datatype", "NodeKind", "MinCount", "MaxCount", "MinExclusive", "MinInclusive", "MaxExclusive",
    "MaxInclusive", "MinLength", "MaxLength", "Pattern", "LanguageIn", "UniqueLang", "HasValue",
    "In", "Not", "And", "Or", "Xone", "Node", "Property", "QualifiedMinCount", "QualifiedMaxCount",
}  # fmt: skip
"""The components that look up nothing beyond the path of their shape and the shapes in them."""


class Reads:
    """The automaton of a shapes graph. States are numbers."""

    def __init__(self, roots: Iterable[Shape]) -> None:
        """Take the shapes that have targets."""
        self.steps: list[tuple[int, NamedNode | None, bool, int]] = []
        """State, predicate (`None`: any), whether it is followed backwards, state."""
        self.free: list[tuple[int, int]] = []
        """Pairs of states of which a node in the one is also in the other."""
        self.whole: list[tuple[int, frozenset[NamedNode] | None]] = []
        """State, and predicates (`None`: any) that are looked up wherever they stand."""
        self.shapes: dict[Shape, int] = {}
        self.starts: dict[Shape, int] = {}
        """The states of the focus nodes of each shape with a target."""
        self._last = END
        for shape in roots:
            self.starts[shape] = self._start(shape)

    def state(self) -> int:
        """Give a new state."""
        self._last += 1
        return self._last

    def path(self, path: Path, start: int, end: int) -> None:
        """Add the steps of a path between two states."""
        match path:
            case Step(predicate, turned):
                self.steps.append((start, predicate, turned, end))
            case Sequence(parts):
                for part in parts[:-1]:
                    after = self.state()
                    self.path(part, start, after)
                    start = after
                self.path(parts[-1], start, end)
            case Alternative(parts):
                for part in parts:
                    self.path(part, start, end)
            case Repeat(part, "?"):
                self.path(part, start, end)
                self.free.append((start, end))
            case Repeat(part, times):
                again = self.state()
                self.path(part, again, again)
                self.free.append((again, end))
                if times == "*":
                    self.free.append((start, again))
                else:
                    self.path(part, start, again)

    def _start(self, shape: Shape) -> int:
        start = self.state()
        self.free.append((start, self._shape(shape)))
        for target in shape.targets:
            value = target.value
            if target.kind == "sparql" or (target.kind != "node" and type(value) is not NamedNode):
                self.whole.append((start, None))
            elif target.kind == "class":
                self.path(CLASS, start, END)
            elif isinstance(value, NamedNode) and target.kind in ("subjectsOf", "objectsOf"):
                self.path(Step(value, target.kind == "objectsOf"), start, END)
        return start

    def _shape(self, shape: Shape) -> int:
        """Give the state of the nodes that a shape is evaluated on."""
        if shape in self.shapes:
            return self.shapes[shape]
        focus = value = self.shapes[shape] = self.state()
        if shape.path is not None:
            value = self.state()
            self.path(shape.path, focus, value)
        for constraint in shape.constraints:
            for inner in (*constraint.shapes, *constraint.siblings):
                self.free.append((value, self._shape(inner)))
            self._constraint(constraint, shape, focus, value)
        return focus

    def _constraint(self, constraint: Constraint, shape: Shape, focus: int, value: int) -> None:
        query, roots = constraint.sparql, {"this": focus}
        if constraint.validator is not None:
            query = constraint.validator.validator(shape.path is not None)
            roots["value"] = value
        if query is not None:
            from coopera.changes import patterns

            patterns.add(self, query, roots, shape.path)
        elif constraint.name == "Class":
            self.path(CLASS, value, END)
        elif constraint.name == "Closed":
            self.steps.append((value, None, False, END))
        elif constraint.name in _OF_FOCUS and isinstance(constraint.value, NamedNode):
            self.path(Step(constraint.value), focus, END)
        elif constraint.name not in _OF_TERM:
            self.whole.append((focus, None))


def predicates(path: Path) -> Iterable[NamedNode]:
    """Give the predicates of a path."""
    match path:
        case Step(predicate):
            yield predicate
        case Repeat(part):
            yield from predicates(part)
        case Sequence(parts) | Alternative(parts):
            for part in parts:
                yield from predicates(part)

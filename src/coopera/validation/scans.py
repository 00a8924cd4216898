"""Scans: a few cheap queries over whole predicates in; the focus nodes that may be at fault out.

Most nodes of most graphs are right. One scan of a predicate tells for every shape that speaks of
it which subjects could violate something, and one scan of a shape's focus nodes tells which lack
something. The exact queries then run on those few nodes alone. A scan may suspect too many nodes,
never too few; where it would suspect very many, the exact queries run on all.
"""

from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from pyoxigraph import NamedNode

from coopera.tables import Term
from coopera.validation.compiler import PER_VALUE, all_of, negated
from coopera.validation.paths import Step
from coopera.validation.shapes import Constraint, Shape

if TYPE_CHECKING:
    from coopera.validation.compiled import Frame, Validation

WORTH = 4
"""A predicate with so many times more triples than the shapes have focus nodes is not scanned."""
OF_PAIRS = {"MaxCount", "UniqueLang", "Equals", "Disjoint", "LessThan", "LessThanOrEquals"}


Made = TypeVar("Made")


class Once(Generic[Made]):
    """Values by key, each made by the first thread that asks for it; others wait."""

    def __init__(self) -> None:
        """Begin with nothing made."""
        self._made: dict[Hashable, Future[Made]] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Give the value of a key; raise what making it raised."""
        with self._lock:
            first = key not in self._made
            future = self._made.setdefault(key, Future())
        if first:
            try:
                future.set_result(make())
            except BaseException as error:
                future.set_exception(error)
        return future.result()


@dataclass
class Root:
    """The focus nodes of one target of a root shape."""

    shape: Shape
    frame: "Frame"
    count: int
    member: Callable[[Term], bool]
    """Says of a node whether it is among them."""
    focus: "dict[int, str]" = field(default_factory=dict)
    """The constraints, by identity, that one scan of the focus nodes decides; their conditions."""
    lacking: "Frame | None" = None
    parts: list[Shape] = field(init=False)
    steps: set[Step] = field(init=False)
    scanned: bool = False

    def __post_init__(self) -> None:
        """Gather the shapes whose focus nodes are those of the root, and their predicates."""
        self.parts = _parts(self.shape)
        self.steps = {part.path for part in self.parts if isinstance(part.path, Step)}

    @property
    def many(self) -> int:
        """Give how many suspects are too many to look at one by one."""
        return 100 + self.count // 10


class Scans:
    """The scans of one validation, each done when it is first asked for."""

    def __init__(self, validation: "Validation") -> None:
        """Take the validation whose queries are to be spared."""
        self.validation = validation
        self.roots: list[Root] = []
        self._values: Once[list[Term] | None] = Once()
        self._pairs: Once[list[Term] | None] = Once()
        self._triples_of: Once[int | None] = Once()
        """How many triples a predicate has; `None` where they are too many to be worth a scan."""
        self._single: Once[bool] = Once()

    def add(self, root: Root) -> None:
        """Take a root into account; all come before the first is narrowed."""
        for shape in root.parts:
            for constraint in shape.constraints:
                if _scanned_by_predicate(shape, constraint):
                    continue
                condition = self.validation.compiler.holds(shape, constraint, "?this")
                if condition is not None and constraint.name != "Property":
                    root.focus[id(constraint)] = condition
        self.roots.append(root)

    def narrow(self, shape: Shape, constraints: list[Constraint], frame: "Frame") -> "Frame | None":
        """Give the part of a frame that may violate constraints; `None` where there is none."""
        root = frame.root
        if root is None:
            return frame
        if all(id(constraint) in root.focus for constraint in constraints):
            return self._lacking(root)
        step = shape.path
        if not isinstance(step, Step) or not all(
            _scanned_by_predicate(shape, c) for c in constraints
        ):
            return frame
        first = constraints[0]
        if first.name in PER_VALUE and any(
            self.validation.compiler.value(constraint, "?value") is None
            for constraint in constraints
        ):
            return frame
        if not self._is_worth(step):
            return frame
        suspects = (
            self._bad_values(step) if first.name in PER_VALUE else self._bad_pairs(step, first)
        )
        if suspects is None or len(suspects) > root.many:
            return frame
        return self._held(node for node in suspects if root.member(node))

    def _held(self, nodes: Iterable[Term]) -> "Frame | None":
        found = list(nodes)
        return self.validation.hold(found) if found else None

    def _lacking(self, root: Root) -> "Frame | None":
        """Find, in one scan, the focus nodes that do not meet all conditions on themselves."""
        if not root.scanned:
            root.scanned = True
            wrong = negated(all_of(list(root.focus.values())))
            query = f"SELECT DISTINCT ?this {{ {root.frame.pattern('?this')} FILTER({wrong}) }}"
            rows = self.validation.rows(query)
            root.lacking = self._held(row[0] for row in rows if row[0] is not None)
        return root.lacking

    def _is_worth(self, step: Step) -> bool:
        """Say whether a predicate has not many more triples than the shapes have focus nodes."""
        return self._triples_of.get(step, lambda: self._number_of(step)) is not None

    def _number_of(self, step: Step) -> int | None:
        nodes = sum(root.count for root in self.roots if step in root.steps)
        most = WORTH * nodes + 1000
        some = f"SELECT ?this {{ {self._triples(step)} }} LIMIT {most}"
        (number,) = self._numbers(f"SELECT (COUNT(*) AS ?n) {{ {{ {some} }} }}")
        return number if number < most else None

    def _is_single(self, step: Step) -> bool:
        """Say whether no subject has a predicate twice: it has as many subjects as triples."""
        triples = self._triples_of.get(step, lambda: self._number_of(step))
        counted = f"SELECT (COUNT(DISTINCT ?this) AS ?n) {{ {self._triples(step)} }}"
        return self._single.get(step, lambda: self._numbers(counted) == [triples])

    def _numbers(self, query: str) -> list[int]:
        row = next(iter(self.validation.rows(query)))
        return [int(getattr(number, "value", "0")) for number in row]

    def _triples(self, step: Step, v: str = "?value") -> str:
        return self.validation.compiler.pattern("?this", step, v)

    def _bad_values(self, step: Step) -> list[Term] | None:
        """Find the subjects with a value that fails any condition of any root shape."""
        return self._values.get(step, lambda: self._find_values(step))

    def _find_values(self, step: Step) -> list[Term] | None:
        known: dict[str, Constraint] = {}
        for root in self.roots:
            for shape in root.parts:
                for constraint in shape.constraints if shape.path == step else ():
                    if constraint.name in PER_VALUE:
                        told = self.validation.compiler.value(constraint, "?value")
                        known |= {told: constraint} if told else {}
        plain = [told for told in known if "EXISTS" not in told]
        linked = {told: known[told] for told in known if "EXISTS" in told}
        found: dict[Term, None] | None = {}
        if plain:
            found = self._subjects(f"{self._triples(step)} FILTER({negated(all_of(plain))})")
        if linked and found is not None:
            more = self._subjects_of_linked(step, linked)
            found = None if more is None else found | more
        return None if found is None else list(found)

    def _subjects_of_linked(
        self, step: Step, linked: dict[str, Constraint]
    ) -> dict[Term, None] | None:
        """Look at each distinct value once: many agreements name few institutions."""
        counts = "(COUNT(?value) AS ?n) (COUNT(DISTINCT ?value) AS ?m)"
        number, distinct = self._numbers(f"SELECT {counts} {{ {self._triples(step)} }}")
        if distinct * 4 > number:
            wrong = negated(all_of(list(linked)))
            return self._subjects(f"{self._triples(step)} FILTER({wrong})")
        held = self._held(self._nodes(f"SELECT DISTINCT ?value {{ {self._triples(step)} }}"))
        if held is None:
            return {}
        compiler = self.validation.compiler
        told = [compiler.value(constraint, "?this") or "true" for constraint in linked.values()]
        wrong = negated(all_of(told))
        bad = self._held(self._nodes(f"SELECT ?this {{ {held.pattern('?this')} FILTER({wrong}) }}"))
        if bad is None:
            return {}
        return self._subjects(f"{bad.pattern('?value')} {self._triples(step)}")

    def _nodes(self, query: str) -> list[Term]:
        return [row[0] for row in self.validation.rows(query) if row[0] is not None]

    def _subjects(self, where: str) -> dict[Term, None] | None:
        """Give the focus nodes of a pattern; `None` where they are too many to be looked at."""
        most = max((root.many for root in self.roots), default=0) + 1
        found = dict.fromkeys(self._nodes(f"SELECT DISTINCT ?this {{ {where} }} LIMIT {most}"))
        return found if len(found) < most else None

    def _bad_pairs(self, step: Step, constraint: Constraint) -> list[Term] | None:
        """Find the subjects with two values, or values of two predicates, that do not agree."""
        name, other = constraint.name, constraint.value
        told = {"MaxCount": constraint.number, "UniqueLang": None}.get(name, other)

        def find() -> list[Term] | None:
            found = self._subjects(where) if (where := self._where(step, constraint)) else {}
            return None if found is None else list(found)

        return self._pairs.get((step, name, told), find)

    def _where(self, step: Step, constraint: Constraint) -> str:
        """Write a pattern of suspects for a pair of values; empty where there is no pair."""
        compiler, name, other = self.validation.compiler, constraint.name, constraint.value
        pairs = self._triples(step)
        match name:
            case "MaxCount":
                if self._is_single(step):
                    return ""
                counted = f"SELECT ?this {{ {pairs} }} GROUP BY ?this"
                return f"{{ {counted} HAVING(COUNT(*) > {constraint.number}) }}"
            case "UniqueLang":
                if self._is_single(step):
                    return ""
                tag = f'{pairs} BIND(LCASE(LANG(?value)) AS ?tag) FILTER(?tag != "")'
                return f"{{ SELECT ?this {{ {tag} }} GROUP BY ?this ?tag HAVING(COUNT(*) > 1) }}"
            case "LessThan" | "LessThanOrEquals":
                ordered = compiler.ordered(name, "?value", "?other")
                return f"{pairs} ?this {other} ?other FILTER({negated(ordered)})"
            case "Disjoint":
                return f"{pairs} ?this {other} ?value ."
        assert isinstance(other, NamedNode)  # noqa: S101 - sh:equals names a property
        there = f"{{ {pairs} FILTER NOT EXISTS {{ ?this {other} ?value }} }}"
        back = compiler.pattern("?this", step, "?value")
        return f"{there} UNION {{ ?this {other} ?value FILTER NOT EXISTS {{ {back} }} }}"


def _parts(shape: Shape) -> list[Shape]:
    """Give a root shape and, where their focus nodes are its own, its property shapes."""
    if shape.path is not None:
        return [shape]
    inner = [c.shapes[0] for c in shape.constraints if c.name == "Property"]
    return [shape, *(part for part in inner if not part.deactivated)]


def _scanned_by_predicate(shape: Shape, constraint: Constraint) -> bool:
    if not isinstance(shape.path, Step) or constraint.name == "Closed":
        return False
    if constraint.name == "MaxCount":
        return constraint.number > 0
    return constraint.name in PER_VALUE or constraint.name in OF_PAIRS

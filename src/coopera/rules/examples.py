"""Examples: a rule and the tests of its project in; a good case, and a bad one's lines, out."""

import dataclasses
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from pathlib import Path

from pyoxigraph import Literal, Quad, Triple

from coopera import derived, engines, graphs, places, queries, validation, verification
from coopera.project import Project
from coopera.rules.rule import Example, Rule
from coopera.rules.shapes import CodedShapes
from coopera.rules.words import predicates
from coopera.tables import Term
from coopera.terms import RDFS
from coopera.validation.data import DataGraph
from coopera.validation.shapes import Shape
from coopera.verification import QueryRule

KEPT = 64
"""Cases that are kept once they are read."""
_FOCUS = {
    "class": f"?x a/<{RDFS}subClassOf>* {{term}}",
    "subjectsOf": "?x {term} ?value",
    "objectsOf": "?subject {term} ?x",
    "node": "VALUES ?x {{ {term} }}",
}
"""The kinds of targets (SHACL, 2.1.3) as patterns."""


class Cases:
    """The cases of a project: `tests/shapes/<class>/` and `tests/verify/<rule>/`.

    Each folder holds `conforms-*.ttl` and `violates-*.ttl`; `tests/shapes/world.ttl` is the
    background of all. A violating case tells in its head which shapes it violates
    (`# shape: coopsh:Agreement`), or the rows that its query gives (`# row: …`).
    """

    def __init__(self, project: Project) -> None:
        """Take a project; one without such folders has no examples."""
        self.project = project
        self.room = project.root / "tests"
        self._reached = lru_cache(maxsize=KEPT * KEPT)(self._matching)
        self._triples = lru_cache(maxsize=KEPT)(graphs.read)

    @cached_property
    def _background(self) -> list[Quad]:
        world = self.room / "shapes" / "world.ttl"
        found = graphs.read_all(
            [*self.project.vocabulary_files, *([world] if world.is_file() else [])]
        )
        return [Quad(t.subject, t.predicate, t.object) for t in found]

    @cached_property
    def _violated(self) -> dict[Path, list[str]]:
        """Give the shapes that each case violates, as CURIEs."""
        found = sorted((self.room / "shapes").glob("*/violates-*.ttl"))
        return {path: re.findall(r"^# shape: (\S+)$", _text(path), re.MULTILINE) for path in found}

    def of_shape(self, shapes: CodedShapes, rule: Rule) -> Rule:
        """Complete the rule of a shape with examples, where the project has them."""
        shape = shapes.sources[rule.source]
        cases = [path for path, violated in self._violated.items() if rule.source in violated]
        bad = min(cases, key=lambda path: (len(self._violated[path]), _size(path)), default=None)
        if bad is None:
            return rule
        lines = self._violations(shapes, shape, bad)
        return self._shown(rule, self._conforming(shapes, shape, bad), bad, lines)

    def of_query(self, asked: QueryRule, rule: Rule) -> Rule:
        """Complete the rule of a query with examples, where the project has them."""
        folder = self.room / queries.VERIFY / asked.query.name
        bad = min(sorted(folder.glob("violates-*.ttl")), key=_size, default=None)
        if bad is None:
            return rule
        used = self._properties(bad)
        good = min(
            sorted(folder.glob("conforms-*.ttl")),
            key=lambda path: (len(used - self._properties(path)), _size(path)),
            default=None,
        )
        return self._shown(rule, good, bad, self._solutions(asked, bad))

    def _shown(self, rule: Rule, good: Path | None, bad: Path, lines: Iterable[int]) -> Rule:
        def example(path: Path, *lines: int) -> Example:
            return Example(path.relative_to(self.project.root).as_posix(), _text(path), lines)

        return dataclasses.replace(
            rule,
            good=(example(good),) if good else (),
            bad=(example(bad, *sorted(set(lines))),),
        )

    def _conforming(self, shapes: CodedShapes, shape: Shape, bad: Path) -> Path | None:
        """Choose a case that the shape looks at, in which its path has values, like the bad one."""
        used = self._properties(bad)
        targets = [target for one in shapes.family(shape) for target in one.targets]

        def rank(path: Path) -> tuple[bool, bool, int, int]:
            nodes = {term for t in self._triples(path) for term in (t.subject, t.object)}
            reached = False
            for target in targets:
                if target.kind in _FOCUS and not reached:
                    pattern = _FOCUS[target.kind].format(term=target.value)
                    reached = not nodes.isdisjoint(self._reached(path, pattern))
            says = self._properties(path).issuperset(predicates(shape.path))
            return not reached, not says, len(used - self._properties(path)), _size(path)

        return min(sorted(bad.parent.glob("conforms-*.ttl")), key=rank, default=None)

    def _matching(self, path: Path, pattern: str) -> frozenset[Term | None]:
        """Give what a pattern binds ?x to, in a case on its background."""
        with self._case(path) as data:
            return frozenset(row[0] for row in data.rows(f"SELECT ?x {{ {pattern} }}"))

    def _stated(self, path: Path) -> list[Triple]:
        return [*(quad.triple for quad in self._background), *self._triples(path)]

    @cached_property
    def _world(self) -> tuple[DataGraph, set[Triple]]:
        return DataGraph(self._background), {quad.triple for quad in self._background}

    @contextmanager
    def _case(self, path: Path) -> Iterator[DataGraph]:
        """Add a case to its background for a while: to load that anew takes ten times as long."""
        data, known = self._world
        more = [triple for triple in self._triples(path) if triple not in known]
        data.add(more)
        try:
            yield data
        finally:
            data.discard(more)

    def _properties(self, path: Path) -> set[Term]:
        return {triple.predicate for triple in self._triples(path)}

    def _violations(self, shapes: CodedShapes, shape: Shape, path: Path) -> list[int]:
        """Validate a case against one shape; give the lines of what it finds."""
        family = shapes.family(shape)
        alone = dataclasses.replace(
            shapes.read, roots=tuple(root for root in shapes.read.roots if root in family)
        )
        predicate = next(iter(predicates(shape.path)), None)
        with self._case(path) as data:
            results = validation.VALIDATORS["compiled"](data, alone, None).results
        return [
            line
            for result in results
            if result.source_shape == shape.node
            for line in _lines(path, result.focus_node, predicate, result.value_node)
        ]

    def _solutions(self, asked: QueryRule, path: Path) -> list[int]:
        """Answer a rule on a case, with what is derived from it; give the solutions' lines."""
        stated = self._stated(path)
        engine = engines.ENGINES["oxigraph"]([*stated, *derived.follow(self.project, stated)])
        return [
            line
            for solution in verification.solutions(engine.query(asked.query.text))
            for wanted in [verification.triple(asked, solution, self.project.prefixes)]
            if wanted is not None
            for line in _lines(path, *wanted)
        ]


def _text(path: Path) -> str:
    return path.read_text("utf-8")


def _size(path: Path) -> int:
    return path.stat().st_size


def _lines(path: Path, subject: Term, predicate: Term | None, value: Term | None) -> list[int]:
    """Find the line of a triple, or of its subject, or those of the value, wherever it stands."""
    place = places.place_of([path], subject, predicate, value)
    if place and place.line:
        return [place.line]
    found = []
    for triple in graphs.read(path):
        kind = triple.object.datatype if isinstance(triple.object, Literal) else None
        if value in (triple.object, triple.predicate, kind):
            terms = (triple.subject, triple.predicate, triple.object)
            place = places.place_of([path], *terms)
            found += [place.line] if place and place.line else []
    return found

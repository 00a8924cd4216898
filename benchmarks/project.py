"""The project's own graph, many times over: a size in; its triples, and the results due, out.

Run it as `python benchmarks/project.py 100000 FOLDER`. It writes `data.nt`, copies of the graph
under `data/` in which each thing has a name of its own; `ontology.ttl` and `shapes.ttl`, those of
the project; and `expected.csv`, one row a result. Identifiers that two things may not share (ROR,
Wikidata, GRID and the like) are numbered anew in each copy, so that a copy conforms exactly as the
original does. The errors of `errors.ttl` are spread over the copies.
"""

import argparse
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from cooperation import SH, Result, write_expected
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

HERE = Path(__file__).parent
ROOT = HERE.parent
BASE = "https://w3id.org/coopera/"
COOP = f"{BASE}ontology#"
ROR = "https://ror.org/"
SAME_AS = NamedNode("https://schema.org/sameAs")
CLASSIFICATION = NamedNode("http://www.w3.org/ns/org#classification")
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

Term = NamedNode | BlankNode | Literal | Triple
Graph = list[Triple]
Due = tuple[Term, Term | str, str, Term | str]
"""Focus node, path, component and value of a result."""

FORMS: dict[str, Callable[[int], str]] = {
    "grid": "grid.{:06}.a".format,
    "isni": "{:016}".format,
    "crossrefFunder": "{:012}".format,
    "uai": "{:07}A".format,
    "siret": "{:014}".format,
    "pic": "{:09}".format,
    "idref": "{:09}".format,
    "paysage": "{:05}".format,
    "orgref": "{}".format,
    "abn": "{:011}".format,
    "cricos": "{:05}A".format,
}
"""How the identifiers of a register are numbered anew; a SIREN may be shared."""


@dataclass(frozen=True)
class Error:
    """Triples that make an error, and the results of it."""

    triples: Graph
    results: list[Due]
    shared: list[Due]
    """What is due once if the error stands in several copies."""


def read(pattern: str) -> Graph:
    """Read the Turtle files of the project whose paths match."""
    return [quad.triple for path in sorted(ROOT.glob(pattern)) for quad in parse(path=path)]


def errors() -> list[Error]:
    """Read the errors, and the results that they must give."""
    head, *blocks = (HERE / "errors.ttl").read_text("utf-8").split("\n# error: ")
    prefixes = "".join(re.findall("^@prefix.*\n", head, re.MULTILINE))

    def term(text: str) -> Term:
        turtle = f"{prefixes} <urn:x> <urn:x> {text} ."
        quad: Quad = next(parse(input=turtle.encode(), format=RdfFormat.TURTLE))
        return quad.object

    def due(line: str) -> Due:
        focus, path, component, *value = line.split(" ", 3)
        way = {"-": "", "[]": "[]"}.get(path)
        return (
            term(focus),
            term(path) if way is None else way,
            f"{SH}{component}ConstraintComponent",
            term(value[0]) if value else "",
        )

    found = []
    for block in blocks:
        turtle = (prefixes + "# " + block).encode()
        triples = [quad.triple for quad in parse(input=turtle, format=RdfFormat.TURTLE)]
        results, shared = (
            [due(line) for line in re.findall(f"^# {kind}: (.*)$", block, re.MULTILINE)]
            for kind in ("result", "shared")
        )
        found.append(Error(triples, results, shared))
    return found


class Copies:
    """Copies of the project's graph, and the results that validating them must give."""

    def __init__(self, size: int) -> None:
        self.graph = read("data/**/*.ttl")
        self.ontology = [*read("ontology/*.ttl"), *read("ontology/concepts/*.ttl")]
        self.errors = errors()
        self.copies = max(1, -(-size // len(self.graph)))
        """How many copies make up the size."""
        self.rounds = max(1, self.copies // 8)
        """How often each error is seeded."""
        self.expected: list[Result] = []
        """The results of the triples given so far."""

    @cached_property
    def own(self) -> set[Term]:
        """Gather what the copies name anew: what the graph, or an error, alone describes."""
        seeded = (triple for error in self.errors for triple in error.triples)
        subjects = {triple.subject for triple in (*self.graph, *seeded)}
        subjects -= {triple.subject for triple in self.ontology}
        return {s for s in subjects if isinstance(s, NamedNode) and s.value.startswith(BASE)}

    @cached_property
    def numbers(self) -> dict[Term, tuple[int, int]]:
        """Number the identifiers of each register; give how many there are, too."""
        registers: dict[str, dict[Term, None]] = {}
        for triple in self.graph:
            value = triple.object
            if isinstance(value, Literal) and _register(value) in FORMS:
                registers.setdefault(_register(value), {})[value] = None
            elif triple.predicate == SAME_AS and isinstance(value, NamedNode):
                kind = "ror" if re.fullmatch(f"{ROR}0.{{6}}[0-9]{{2}}", value.value) else "other"
                registers.setdefault(kind, {})[value] = None
        return {
            term: (number, len(terms))
            for terms in registers.values()
            for number, term in enumerate(terms)
        }

    def named(self, term: Term, copy: int, same_as: bool = False) -> Term:
        """Give the term that stands for another in a copy."""
        if term in self.own and isinstance(term, NamedNode):
            return NamedNode(f"{term.value}-{copy}")
        number, count = self.numbers.get(term, (0, 0))
        if isinstance(term, Literal) and count:
            text = FORMS[_register(term)](1000 + copy * count + number)
            return Literal(text, datatype=term.datatype)
        if isinstance(term, NamedNode) and (count or same_as):
            if count and term.value.startswith(ROR):
                return NamedNode(f"{ROR}0{_letters(copy * count + number)}00")
            return NamedNode(f"{term.value}{copy:04}")
        return term

    def triples(self) -> Iterator[Triple]:
        """Give the copies, once."""
        # What lies outside the project, such as the licence, is described once.
        yield from (triple for triple in self.graph if triple.subject not in self.own)
        graph = [triple for triple in self.graph if triple.subject in self.own]
        lacking = _lacking(graph)
        turns = self.rounds * len(self.errors)
        for copy in range(self.copies):
            yield from self._copied(graph, copy)
            self._expect(lacking, copy)
            first, last = (-(-turns * at // self.copies) for at in (copy, copy + 1))
            for turn in range(first, last):
                error = self.errors[turn % len(self.errors)]
                yield from self._copied(error.triples, copy)
                self._expect(error, copy)
        if self.rounds > 1:
            for error in self.errors:
                self._expect(replace(error, results=error.shared), 0)

    def _copied(self, graph: Graph, copy: int) -> Iterator[Triple]:
        for s, p, o in graph:
            subject = self.named(s, copy)
            assert isinstance(subject, NamedNode)  # noqa: S101 - the graph has no blank nodes
            yield Triple(subject, p, self.named(o, copy, p == SAME_AS))

    def _expect(self, error: Error, copy: int) -> None:
        linked = {t.object for t in error.triples if t.predicate == SAME_AS}
        for focus, path, component, value in error.results:
            terms = [
                term if isinstance(term, str) else str(self.named(term, copy, term in linked))
                for term in (focus, path, value)
            ]
            self.expected.append(Result(terms[0], terms[1], component, terms[2]))


def _register(value: Literal) -> str:
    return value.datatype.value.removeprefix(COOP)


def _letters(number: int) -> str:
    """Write a number in six of the signs that a ROR identifier may have."""
    signs = "abcdefghjkmnpqrstvwxyz0123456789"
    return "".join(signs[number >> 5 * place & 31] for place in reversed(range(6)))


def _lacking(graph: Graph) -> Error:
    """Tell what the project itself leaves open: institutions of which no type or ROR is known."""
    kinds = {NamedNode(COOP + name) for name in ("Institution", "School")}
    institutions = [t.subject for t in graph if t.predicate == TYPE and t.object in kinds]
    typed = {t.subject for t in graph if t.predicate == CLASSIFICATION}
    known = {t.subject for t in graph if t.predicate == SAME_AS and ROR in str(t.object)}
    found: list[Due] = []
    for node in dict.fromkeys(institutions):
        if node not in typed:
            found.append((node, CLASSIFICATION, f"{SH}MinCountConstraintComponent", ""))
        if node not in known:
            found.append((node, SAME_AS, f"{SH}QualifiedMinCountConstraintComponent", ""))
    return Error([], found, [])


def write(size: int, folder: Path) -> int:
    """Write copies of about `size` triples or more into a folder; give how many triples."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Copies(size)
    written = 0

    def counted() -> Iterator[Triple]:
        nonlocal written
        for triple in made.triples():
            written += 1
            yield triple

    serialize(counted(), output=folder / "data.nt", format=RdfFormat.N_TRIPLES)
    parts = {
        "ontology.ttl": made.ontology,
        "shapes.ttl": [*read("ontology/shapes/*.ttl"), *read("ontology/prefixes.ttl")],
    }
    for name, triples in parts.items():
        serialize(triples, output=folder / name, format=RdfFormat.TURTLE)
    write_expected(made.expected, folder)
    return written


def main() -> None:
    """Write the copies that the command line asks for, and say how large they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", type=int, help="about how many triples, rounded up to whole copies")
    parser.add_argument("folder", type=Path, help="where to write the files")
    asked = parser.parse_args()
    written = write(asked.size, asked.folder)
    print(f"{asked.folder}: {written:,} triples.")


if __name__ == "__main__":
    main()

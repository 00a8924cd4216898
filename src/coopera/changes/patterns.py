"""Patterns: the SPARQL of a constraint in; the reads of its graph patterns out.

rdflib parses the query. A pattern is read from a node that the evaluation has reached where it
hangs together with `$this`, within one basic graph pattern or over variables that a solution must
have. Any other pattern may match anywhere: its predicates are read in the whole graph.
"""

from collections.abc import Iterable
from typing import Any

from pyoxigraph import NamedNode

from coopera.changes.reads import END, Reads, predicates
from coopera.validation.constraints import SparqlText
from coopera.validation.paths import Alternative, Path, Repeat, Sequence, Step, inverse

_OPERATORS = {
    "AggregateJoin", "AskQuery", "BGP", "Distinct", "Extend", "Filter", "Graph", "Group", "Join",
    "LeftJoin", "Minus", "OrderBy", "Project", "Reduced", "SelectQuery", "ServiceGraphPattern",
    "Slice", "ToMultiSet", "Union", "values",
}  # fmt: skip
"""What rdflib 7.6 names the operators of the SPARQL algebra (SPARQL 1.1, 18.2)."""


def add(reads: Reads, query: SparqlText, roots: dict[str, int], path: Path | None) -> None:
    """Add what a query looks up to the automaton.

    `roots` are the variables bound beforehand, each with the state of its nodes; `path` is that of
    the shape, which stands for $PATH (SHACL, 5.3.1).
    """
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        algebra = translateQuery(parseQuery(query.header + query.text)).algebra
        _Query(reads, roots, path).operator(algebra, frozenset(roots))
    except Exception:  # rdflib 7.6 raises pyparsing's, its own and bare Exception
        reads.whole.append((roots["this"], None))


Names = frozenset[str]


class _Query:
    """Walks the algebra of one query.

    The names that go down are of variables that are reached, and whose values the pattern below
    is joined on; those that come back are reached too, and bound in each solution.
    """

    def __init__(self, reads: Reads, roots: dict[str, int], path: Path | None) -> None:
        self.reads, self.bound, self.given = reads, frozenset(roots), path
        self.this = roots["this"]
        self.states = dict(roots)

    def operator(self, node: Any, names: Names) -> Names:
        match node.name:
            case "BGP":
                return self.basic(node.triples, names)
            case "Join":
                left = self.operator(node.p1, names)
                return left | self.operator(node.p2, names | left)
            case "LeftJoin":
                left = self.operator(node.p1, names)
                right = self.operator(node.p2, self.bound | left)
                self.inner(node.expr, self.bound | left | right)
                return left
            case "Union":
                return self.operator(node.p1, names) & self.operator(node.p2, names)
            case "Filter" | "Extend":
                found = self.operator(node.p, names)
                self.inner(node.expr, self.bound | found)
                return found
            case "Graph" | "ServiceGraphPattern":
                self.reads.whole.append((self.this, None))
            case _:
                self.inner(list(node.values()), self.bound)
        return frozenset()

    def inner(self, part: Any, names: Names) -> None:
        """Look for the patterns in an expression, or below an operator that joins nothing."""
        from rdflib.plugins.sparql.algebra import translateGroupGraphPattern
        from rdflib.plugins.sparql.parserutils import CompValue

        if isinstance(part, list | tuple | set):
            for one in part:
                self.inner(one, names)
        elif not isinstance(part, CompValue):
            pass
        elif part.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
            graph = part.graph
            if graph.name not in _OPERATORS:
                graph = translateGroupGraphPattern(graph)
            self.operator(graph, names)
        elif part.name in _OPERATORS:
            self.operator(part, self.bound)
        elif "triples" in part:
            self.reads.whole.append((self.this, None))
        else:
            self.inner(list(part.values()), names)

    def basic(self, triples: Iterable[Any], names: Names) -> Names:
        """Read a basic graph pattern (SPARQL 1.1, 18.3) from the nodes that are reached."""
        from rdflib import BNode, Variable

        def variable(term: Any) -> str | None:
            if isinstance(term, Variable):
                return str(term)
            return f"_:{term}" if isinstance(term, BNode) else None

        reached = set(names)
        waiting = [(variable(s), self.predicate(p), variable(o)) for s, p, o in triples]
        own = {name for start, _, end in waiting for name in (start, end)}
        while found := next((t for t in waiting if t[0] in reached or t[2] in reached), None):
            waiting.remove(found)
            subject, path, value = found
            start, end = self.state(subject), self.state(value)
            if subject not in reached:
                start, end = end, start
            if path is None:
                self.reads.steps.append((start, None, subject not in reached, end))
            else:
                self.reads.path(path if subject in reached else inverse(path), start, end)
            reached |= {name for name in (subject, value) if name is not None}
        for _, path, _ in waiting:
            read = None if path is None or _may_be_empty(path) else frozenset(predicates(path))
            self.reads.whole.append((self.this, read))
        return frozenset(reached & own)

    def state(self, name: str | None) -> int:
        if name is None:
            return END
        if name not in self.states:
            self.states[name] = self.reads.state()
        return self.states[name]

    def predicate(self, term: Any) -> Path | None:
        """Give the path of a triple pattern; `None` is any predicate."""
        from rdflib import Variable

        if isinstance(term, Variable):
            return self.given if str(term) == "PATH" else None
        return _path(term)


def _path(term: Any) -> Path:
    """Turn a predicate or a path of rdflib's into one of ours."""
    from rdflib import URIRef
    from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

    match term:
        case URIRef():
            return Step(NamedNode(str(term)))
        case InvPath():
            return inverse(_path(term.arg))
        case MulPath():
            return Repeat(_path(term.path), str(term.mod))
        case SequencePath():
            return Sequence(tuple(map(_path, term.args)))
        case AlternativePath():
            return Alternative(tuple(map(_path, term.args)))
    raise _UnknownPathError


def _may_be_empty(path: Path) -> bool:
    """Say whether a path leads from every node to itself."""
    match path:
        case Repeat(part, times):
            return times != "+" or _may_be_empty(part)
        case Sequence(parts):
            return all(map(_may_be_empty, parts))
        case Alternative(parts):
            return any(map(_may_be_empty, parts))
    return False


class _UnknownPathError(Exception):
    """A path that is no SHACL property path: a negated property set (SPARQL 1.1, 9.1)."""

"""Property paths: nodes of a shapes graph in; SHACL property paths (SHACL, 2.3.1) out."""

from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode

from coopera.tables import Term
from coopera.terms import RDF, SH
from coopera.validation.nodes import IllFormedError, Nodes


@dataclass(frozen=True)
class Step:
    """One predicate, forwards or (`inverse`) backwards."""

    predicate: NamedNode
    inverse: bool = False


@dataclass(frozen=True)
class Sequence:
    """Paths one after the other."""

    parts: "tuple[Path, ...]"


@dataclass(frozen=True)
class Alternative:
    """Paths of which any may be taken."""

    parts: "tuple[Path, ...]"


@dataclass(frozen=True)
class Repeat:
    """A path taken `*`, `+` or `?` times."""

    part: "Path"
    times: str


Path = Step | Sequence | Alternative | Repeat

_TIMES = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}
_NAMES = ("inversePath", "alternativePath", *_TIMES)


MOST = 256
"""Steps that a path may have."""


def read(nodes: Nodes, node: Term, depth: int = 0) -> Path:
    """Read a well-formed path (SHACL, 2.3.1). Raises IllFormedError for anything else."""
    path = _read(nodes, node, depth)
    if _steps(path) > MOST:
        raise IllFormedError(f"a path has more than {MOST} steps", node)
    return path


def _steps(path: Path) -> int:
    match path:
        case Step():
            return 1
        case Repeat(part, _):
            return _steps(part)
        case Sequence(parts) | Alternative(parts):
            return sum(map(_steps, parts))


def _read(nodes: Nodes, node: Term, depth: int) -> Path:
    if isinstance(node, NamedNode):
        return Step(node)
    if not isinstance(node, BlankNode) or depth > 16:
        raise IllFormedError("a path is an IRI or a blank node that describes a path", node)
    kinds = [name for name in _NAMES if nodes.values(node, SH + name)]
    if nodes.values(node, RDF + "first"):
        parts = nodes.members(node)
        # A blank node that is a list and has one of those predicates too is read as the list,
        # as the test path-strange-001 of the W3C has it.
        if len(parts) < 2:
            raise IllFormedError("a sequence path has two members or more", node)
        return Sequence(tuple(read(nodes, part, depth + 1) for part in parts))
    if len(kinds) != 1 or len(nodes.values(node, SH + kinds[0])) != 1:
        raise IllFormedError(
            "a path that is a blank node has exactly one of the path properties", node
        )
    (kind,) = kinds
    value = nodes.values(node, SH + kind)[0]
    if kind == "alternativePath":
        parts = nodes.members(value)
        if len(parts) < 2:
            raise IllFormedError("an alternative path has two members or more", node)
        return Alternative(tuple(read(nodes, part, depth + 1) for part in parts))
    part = read(nodes, value, depth + 1)
    return inverse(part) if kind == "inversePath" else Repeat(part, _TIMES[kind])


def inverse(path: Path) -> Path:
    """Turn a path round, down to its steps."""
    match path:
        case Step(predicate, turned):
            return Step(predicate, not turned)
        case Sequence(parts):
            return Sequence(tuple(inverse(part) for part in reversed(parts)))
        case Alternative(parts):
            return Alternative(tuple(inverse(part) for part in parts))
        case Repeat(part, times):
            return Repeat(inverse(part), times)


def text(path: Path, name: Callable[[NamedNode], str] = str) -> str:
    """Write a path as a SPARQL property path (SPARQL 1.1, 9.1); `name` writes its predicates."""
    match path:
        case Step(predicate, turned):
            return f"^{name(predicate)}" if turned else name(predicate)
        case Sequence(parts):
            return "(" + "/".join(text(part, name) for part in parts) + ")"
        case Alternative(parts):
            return "(" + "|".join(text(part, name) for part in parts) + ")"
        case Repeat(part, times):
            return f"({text(part, name)}){times}"

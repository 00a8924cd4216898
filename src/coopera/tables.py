"""Tables: rows of RDF terms under the names of variables."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Term = NamedNode | BlankNode | Literal | Triple
Row = tuple[Term | None, ...]
Quads = list[Triple]
"""What a CONSTRUCT gives: triples of the default graph, sorted by their N-Triples text."""


@dataclass(frozen=True)
class Table:
    """One row per solution, one cell per variable; `None` where a variable is unbound."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...] = ()

    def column(self, variable: str) -> tuple[Term | None, ...]:
        """Give the cells of one variable, top to bottom."""
        at = self.variables.index(variable)
        return tuple(row[at] for row in self.rows)

    def dicts(self) -> list[dict[str, Term]]:
        """Give one dict per solution, without its unbound variables."""
        return [
            {name: cell for name, cell in zip(self.variables, row, strict=True) if cell is not None}
            for row in self.rows
        ]


@dataclass(frozen=True)
class Rows:
    """A table whose rows come one by one, once: more of them than may be held."""

    variables: tuple[str, ...]
    rows: Iterator[Row]

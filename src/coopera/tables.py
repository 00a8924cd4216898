"""Tables: rows of RDF terms under the names of variables."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopera.errors import CooperaError

if TYPE_CHECKING:
    from pandas import DataFrame

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

    def to_pandas(self) -> "DataFrame":
        """Give a pandas DataFrame, one column a variable; see `values` for what is in it.

        Raises CooperaError where pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise CooperaError(
                "pandas is not installed.", remedy="pip install 'coopera[tables]'"
            ) from error
        columns = {}
        for name in self.variables:
            kind, found = values(self.column(name))
            columns[name] = pandas.Series(found, dtype=_DTYPES.get(kind, object))
        return pandas.DataFrame(columns)


_XSD = "http://www.w3.org/2001/XMLSchema#"
_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "integer": (r"[+-]?[0-9]{1,18}", int),
    "decimal": (r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", float),
    "double": (r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?|[+-]?INF|NaN", float),
    "boolean": (r"true|false|1|0", lambda text: text in ("true", "1")),
    "date": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date.fromisoformat),
}
"""The datatypes of XSD that have values in Python, and the lexical forms that are read."""
_DTYPES = {
    "integer": "Int64", "decimal": "Float64", "double": "Float64", "boolean": "boolean",
    "date": "datetime64[s]",
}  # fmt: skip


def values(cells: Sequence[Term | None]) -> tuple[str, list[Any]]:
    """Give the cells of a column as values of Python, all of one kind, and name the kind.

    It is `integer`, `decimal`, `double`, `boolean` or `date`, where all cells are such literals,
    else `text`: IRIs and lexical forms as they are. An unbound cell is `None`.
    """
    kinds = {cell.datatype.value if isinstance(cell, Literal) else "" for cell in cells
             if cell is not None}  # fmt: skip
    kind = kinds.pop().removeprefix(_XSD) if len(kinds) == 1 else ""
    form, read = _READERS.get(kind, ("", str))
    texts = [None if c is None else c.value if not isinstance(c, Triple) else str(c) for c in cells]
    if form and all(text is None or re.fullmatch(form, text) for text in texts):
        try:
            return kind, [None if text is None else read(text) for text in texts]
        except ValueError:  # such as 30 February
            pass
    return "text", list(texts)


@dataclass(frozen=True)
class Rows:
    """A table whose rows come one by one, once: more of them than may be held."""

    variables: tuple[str, ...]
    rows: Iterator[Row]

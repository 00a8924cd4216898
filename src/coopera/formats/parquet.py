"""Parquet: a Table in; the bytes of a file whose columns have types out."""

import io
import re
from typing import Any

from pyoxigraph import Literal, Triple

from coopera.errors import QueryError
from coopera.tables import Table, Term
from coopera.terms import XSD

_FORMS = {
    "integer": r"[+-]?[0-9]{1,18}",
    "double": r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    "boolean": r"true|false|1|0",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
}
"""The datatypes that have a column type of their own, and the values that fit into it."""


def write(table: Table) -> bytes:
    """Write a column for each variable: typed where all its literals are of one such datatype.

    Another column holds texts: IRIs and lexical forms. The datatype, or `iri`, or nothing for a
    mixture, stands in the metadata of the column. Raises QueryError where pyarrow is not
    installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise QueryError(
            "Parquet needs pyarrow, which is not installed.",
            remedy="pip install 'coopera[tables]', or use -f csv.",
        ) from error
    fields, columns = [], []
    for at, name in enumerate(table.variables):
        cells = [row[at] for row in table.rows]
        kind = _kind(cells)
        type_, read = _type(pyarrow, kind, cells)
        fields.append(pyarrow.field(name, type_, metadata={"rdf": kind} if kind else None))
        values = [None if cell is None else read(cell) for cell in cells]
        columns.append(pyarrow.array(values, type=type_))
    written = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_arrays(columns, schema=pyarrow.schema(fields)), written)
    return written.getvalue()


def _kind(cells: list[Term | None]) -> str:
    """Name what all cells of a column are: a datatype by its IRI, `iri`, or nothing."""
    kinds = {
        cell.datatype.value if isinstance(cell, Literal) else type(cell).__name__
        for cell in cells
        if cell is not None
    }
    if len(kinds) != 1:
        return ""
    return kinds.pop().replace("NamedNode", "iri").replace("BlankNode", "blank")


def _type(pyarrow: Any, kind: str, cells: list[Term | None]) -> tuple[Any, Any]:
    """Choose the type of a column, and how a cell is read into it."""
    from datetime import date

    name = kind.removeprefix(XSD)
    form = _FORMS.get(name, "") if kind.startswith(XSD) else ""
    texts = [cell.value for cell in cells if isinstance(cell, Literal)]
    if not form or not all(re.fullmatch(form, text) for text in texts):
        return pyarrow.string(), _text
    readers: dict[str, tuple[Any, Any]] = {
        "integer": (pyarrow.int64(), int),
        "double": (pyarrow.float64(), float),
        "boolean": (pyarrow.bool_(), {"true": True, "1": True, "false": False, "0": False}.get),
        "date": (pyarrow.date32(), date.fromisoformat),
    }
    type_, of_text = readers[name]
    try:
        for text in texts:
            of_text(text)
    except ValueError:  # such as 30 February
        return pyarrow.string(), _text
    return type_, lambda cell: of_text(cell.value)


def _text(cell: Term) -> str:
    return str(cell) if isinstance(cell, Triple) else cell.value

"""Parquet: a Table in; the bytes of a file whose columns have types out."""

import io

from pyoxigraph import Literal, NamedNode

from coopera.errors import QueryError
from coopera.tables import Table, Term, values


def write(table: Table) -> bytes:
    """Write a column for each variable: typed where all its cells are literals of one such type.

    Another column holds texts: IRIs and lexical forms. The datatype of all cells, or `iri`, stands
    in the metadata of the column under `rdf`. Raises QueryError where pyarrow is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise QueryError(
            "Parquet needs pyarrow, which is not installed.",
            remedy="pip install 'coopera[tables]', or use -f csv.",
        ) from error
    types = {
        "integer": pyarrow.int64(), "decimal": pyarrow.float64(), "double": pyarrow.float64(),
        "boolean": pyarrow.bool_(), "date": pyarrow.date32(), "text": pyarrow.string(),
    }  # fmt: skip
    fields, columns = [], []
    for name in table.variables:
        kind, found = values(table.column(name))
        datatype = _datatype(table.column(name))
        metadata = {"rdf": datatype} if datatype else None
        fields.append(pyarrow.field(name, types[kind], metadata=metadata))
        columns.append(pyarrow.array(found, type=types[kind]))
    written = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_arrays(columns, schema=pyarrow.schema(fields)), written)
    return written.getvalue()


def _datatype(cells: tuple[Term | None, ...]) -> str:
    """Give the datatype that all cells have, `iri` where all are, or nothing for a mixture."""
    found = {
        cell.datatype.value if isinstance(cell, Literal) else "iri" * isinstance(cell, NamedNode)
        for cell in cells
        if cell is not None
    }
    return found.pop() if len(found) == 1 else ""

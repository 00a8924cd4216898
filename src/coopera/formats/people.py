"""Tables for people: a Table in; aligned columns, Markdown or a page of HTML out."""

import re
from collections.abc import Iterable
from html import escape

from pyoxigraph import Literal, NamedNode

from coopera.findings import plain
from coopera.tables import Table, Term
from coopera.terms import Prefixes

WIDEST = 72
"""Characters that a cell of the table for people may have."""

_PAGE = """<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.4 }}
table {{ border-collapse: collapse }}
caption {{ caption-side: bottom; text-align: start; padding-top: .5em }}
th, td {{ text-align: start; vertical-align: top; padding: .3em .8em .3em 0;
  border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent) }}
</style>
</head>
<body>
<table>
<caption>{title}</caption>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}</tbody>
</table>
</body>
</html>
"""


def _shown(term: Term | None, prefixes: Prefixes) -> str:
    """Give a term for a person: CURIEs, and literals without their quotes."""
    if isinstance(term, Literal):
        return plain(" ".join(term.value.split()))
    return prefixes.text(term)


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _count(table: Table) -> str:
    """Say how many solutions there are, in words of French and of English alike."""
    return f"{len(table.rows)} solution{'' if len(table.rows) == 1 else 's'}"


def human(table: Table, prefixes: Prefixes) -> str:
    """Write aligned columns under their names, and the number of solutions; long cells are cut."""
    rows = ([_cut(_shown(cell, prefixes)) for cell in row] for row in table.rows)
    cells = [list(table.variables), *rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells
    ]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join([*lines, _count(table), ""])


def markdown(table: Table, prefixes: Prefixes) -> str:
    """Write a Markdown table; pipes and brackets in cells are escaped."""

    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(re.sub(r"([|<>\[\]`*_\\])", r"\\\1", c) for c in cells) + " |\n"

    rows = (line(_shown(cell, prefixes) for cell in row) for row in table.rows)
    return line(table.variables) + "|" + " --- |" * len(table.variables) + "\n" + "".join(rows)


def html(table: Table, prefixes: Prefixes) -> str:
    """Write a page that needs nothing else: one table, in which http IRIs are links."""

    def cell(term: Term | None) -> str:
        text = escape(_shown(term, prefixes))
        if isinstance(term, NamedNode) and re.match(r"https?://", term.value):
            return f'<td><a href="{escape(term.value)}">{text}</a></td>'
        if isinstance(term, Literal) and term.language:
            return f'<td lang="{escape(term.language)}">{text}</td>'
        return f"<td>{text}</td>"

    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.variables)
    rows = "".join(f"<tr>{''.join(map(cell, row))}</tr>\n" for row in table.rows)
    return _PAGE.format(title=_count(table), head=head, rows=rows)

"""Reports: findings and what a run looked at in; a text in one of thirteen formats out."""

from collections.abc import Callable

from coopera.reports import graph, machines, people
from coopera.reports.report import Report

__all__ = ["REPORTS", "Report", "Writer"]

Writer = Callable[[Report], str]

REPORTS: dict[str, Writer] = {
    "human": people.human,
    "concise": people.concise,
    "table": people.table,
    "json": machines.json_text,
    "turtle": graph.turtle_text,
    "jsonld": graph.json_ld,
    "csv": machines.csv_text,
    "sarif": machines.sarif,
    "github": machines.github,
    "gitlab": machines.gitlab,
    "junit": machines.junit,
    "html": people.html,
    "markdown": people.markdown,
}
"""The writers by the name of their format; the first is the one for a terminal."""

"""Verdicts: findings in; whether a run failed, and how often each code occurs, out."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from pyoxigraph import Literal

from coopera.findings import SEVERITIES, Finding
from coopera.tables import Table

FAIL_ON = (*SEVERITIES, "never")
"""From what severity on a finding fails a run."""


def exit_code(findings: Iterable[Finding], fail_on: str = "error", exit_zero: bool = False) -> int:
    """Give 1 where a finding is as severe as `fail_on` or worse, else 0; 0 with `exit_zero`."""
    failing = SEVERITIES[: FAIL_ON.index(fail_on) + 1] if fail_on != "never" else ()
    return int(not exit_zero and any(finding.severity in failing for finding in findings))


def statistics(findings: Iterable[Finding], language: str) -> Table:
    """Count the findings of each code: one row per code, the most frequent first.

    The columns are count, code, severity and message; of several messages, the most frequent.
    """
    messages: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for finding in findings:
        message = finding.message.get(language) or finding.message.get("en") or ""
        messages[finding.code, finding.severity][message] += 1
    rows = [
        (counted.total(), code, severity, counted.most_common(1)[0][0])
        for (code, severity), counted in messages.items()
    ]
    rows.sort(key=lambda row: (-row[0], SEVERITIES.index(row[2]), row[1]))
    cells = [
        (Literal(n), Literal(code), Literal(how), Literal(text)) for n, code, how, text in rows
    ]
    return Table(("count", "code", "severity", "message"), tuple(cells))

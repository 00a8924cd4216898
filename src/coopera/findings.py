"""Findings: what a check has to say about a place, in both languages."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from coopera.errors import Place

SEVERITIES = ("error", "warning", "info")
"""From the worst; they stand for sh:Violation, sh:Warning and sh:Info."""


@dataclass(frozen=True)
class Finding:
    """One thing to mend: a stable code, how bad it is, what it is in fr and en, and where."""

    code: str
    severity: str
    message: dict[str, str]
    place: Place | None = None
    subject: str = ""
    """The focus node as a CURIE, where there is one."""

    def text(self, language: str) -> str:
        """Give `place: CODE severity message (subject)` on one line."""
        where = f"{self.place}: " if self.place else ""
        about = f" ({self.subject})" if self.subject else ""
        message = self.message.get(language) or self.message.get("en") or "?"
        return plain(f"{where}{self.code} {self.severity} {message}{about}")


def plain(text: str) -> str:
    """Take control characters out of a text, which a terminal would obey."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "\N{REPLACEMENT CHARACTER}", text)


def order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by place, then by severity from the worst, then by code and subject."""
    return sorted(
        findings,
        key=lambda f: (
            str(f.place.path) if f.place else "~",
            (f.place.line or 0) if f.place else 0,
            SEVERITIES.index(f.severity),
            f.code,
            f.subject,
            f.message.get("en", ""),
        ),
    )

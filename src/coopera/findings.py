"""Findings: what a check has to say about a place, in both languages."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from coopera.errors import Place
from coopera.tables import Term

SEVERITIES = ("error", "warning", "info")
"""From the worst; they stand for sh:Violation, sh:Warning and sh:Info."""


@dataclass(frozen=True)
class ValidationResult:
    """One sh:ValidationResult (SHACL, 3.6.2)."""

    focus_node: Term
    severity: str
    """`error` for sh:Violation, `warning`, `info`."""
    source_shape: Term
    component: NamedNode
    message: dict[str, str]  # language tag -> text
    code: str
    """The `dcterms:identifier` of the source shape, e.g. `COOP201`."""
    result_path: Term | None = None
    value_node: Term | None = None
    source_constraint: Term | None = None
    """The SPARQL-based constraint (SHACL, 5.3.2), where there is one."""


@dataclass(frozen=True)
class Finding:
    """One thing to mend: a stable code, how bad it is, what it is in fr and en, and where."""

    code: str
    severity: str
    message: dict[str, str]
    place: Place | None = None
    subject: str = ""
    """The focus node as a CURIE, where there is one."""
    path: str = ""
    """The result path as a SPARQL property path of CURIEs, where there is one."""
    value: str = ""
    """The value node as a Turtle term, where there is one."""
    shape: str = ""
    """The source shape as a CURIE, where there is one."""
    shape_place: Place | None = None
    result: ValidationResult | None = None
    """The validation result that the finding tells of, where it tells of one."""
    end: tuple[int, int] | None = None
    """The line and column behind what the place names, where they are known."""

    def text(self, language: str) -> str:
        """Give `place: CODE severity message (subject)` on one line."""
        where = f"{self.place}: " if self.place else ""
        about = f" ({self.subject})" if self.subject else ""
        known = self.message.get(language) or self.message.get("en")
        message = " ".join((known or next(iter(self.message.values()), "?")).split())
        path = f" [{self.path}]" if self.path else ""
        return plain(f"{where}{self.code} {self.severity} {message}{path}{about}")


@dataclass(frozen=True)
class Summary:
    """What a run looked at."""

    counts: dict[str, int]
    """`files`, `triples`, `shapes`, `focus nodes` … -> how many."""
    reached: dict[str, int] = field(default_factory=dict)
    """IRI of each shape with a target -> the number of its focus nodes."""
    seconds: float = 0.0
    notes: tuple[dict[str, str], ...] = ()
    """What a reader must know about the run, in fr and en: a shape that pySHACL evaluated."""


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

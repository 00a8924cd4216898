"""Evidence: `evidence.csv` in; `evidence.ttl`, `claims.md` and findings out."""

from pathlib import Path

from coopera import turtle
from coopera.evidence.claims import claims, treatments
from coopera.evidence.coverage import check
from coopera.evidence.quotes import verify
from coopera.evidence.rows import Assertion, assertions, read
from coopera.evidence.statements import triples
from coopera.project import Project

__all__ = [
    "Assertion",
    "assertions",
    "check",
    "claims",
    "generated",
    "read",
    "treatments",
    "triples",
    "verify",
]


def generated(project: Project) -> dict[Path, str]:
    """Give the text of each generated file: `evidence.ttl` and `claims.md` of each data set."""
    comment = "Made by `coopera evidence` from evidence.csv; do not edit."
    made = {}
    for folder, rows in assertions(project).items():
        made[folder / "evidence.ttl"] = turtle.text(
            triples(project, rows), project.prefixes, comment
        )
        if (folder / "claims.csv").is_file():
            made[folder / "claims.md"] = claims(project, folder, rows)
    return made

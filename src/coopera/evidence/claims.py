"""Claims: assertions and `claims.csv` in; the table of what became of each claim out."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from coopera import files
from coopera.errors import DataError, Place
from coopera.evidence.rows import Assertion
from coopera.project import Project

TREATMENTS = ("note", "left-out", "withheld")


def treatments(folder: Path) -> dict[str, tuple[str, str, str]]:
    """Read `claims.csv`: claims that are no facts -> treatment, and why in French and English.

    Raises DataError, with its line, for a row that cannot be read.
    """
    path = folder / "claims.csv"
    if not path.is_file():
        return {}
    found = {}
    with io.StringIO(files.text(path), newline="") as file:
        rows = csv.reader(file)
        header = ["claim", "treatment", "reason_fr", "reason_en"]
        if next(rows, None) != header:
            raise DataError(
                "the header is wrong.", place=Place(path, 1), remedy=f"write {','.join(header)}."
            )
        for row in rows:
            if len(row) != len(header) or row[1] not in TREATMENTS:
                raise DataError(
                    "the row is not claim, treatment, reason_fr, reason_en.",
                    place=Place(path, rows.line_num),
                    remedy=f"the treatment is one of {', '.join(TREATMENTS)}.",
                )
            found[row[0]] = (row[1], row[2], row[3])
    return found


def claims(project: Project, folder: Path, rows: Sequence[Assertion]) -> str:
    """Write the table of claims: what became of each, and the triples that hold it."""
    apart = treatments(folder)
    by_claim: dict[str, list[Assertion]] = {}
    for row in rows:
        if row.claim:
            by_claim.setdefault(row.claim, []).append(row)
    numbers = sorted(by_claim.keys() | apart.keys(), key=lambda c: (len(c), c))
    lines = []
    for claim in numbers:
        said = by_claim.get(claim, [])
        treatment, _, reason = apart.get(claim, ("encoded", "", ""))
        how = ", ".join(sorted({f"{row.mode}, {row.standing}" for row in said}))
        what = "<br>".join(f"`{_cell(project, row)}`" for row in said)
        lines.append(f"| {claim} | {treatment} | {how} | {' '.join([reason, what]).strip()} |\n")
    kinds = Counter(apart.get(claim, ("encoded",))[0] for claim in numbers)
    counts = ", ".join(f"{kinds[kind]} {kind}" for kind in ("encoded", *TREATMENTS) if kinds[kind])
    return (
        f"<!-- Made by `coopera evidence` from evidence.csv and claims.csv; do not edit. -->\n\n"
        f"# Claims of {folder.name}\n\n{len(numbers)} claims: {counts}.\n\n"
        "| Claim | Treatment | Reading, standing | Triples, or the reason |\n"
        "| --- | --- | --- | --- |\n" + "".join(lines)
    )


def _cell(project: Project, row: Assertion) -> str:
    terms = (row.triple.subject, row.triple.predicate, row.triple.object)
    return " ".join(project.prefixes.text(term) for term in terms).replace("|", "\\|")

"""Baselines: findings in; a file that keeps the known ones, and those that it does not know, out.

A graph that has many findings can so be put under a check that fails on new ones only. The file
is JSON with a line for each finding; what is compared is the fingerprint, so lines may move.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from coopera import files
from coopera.errors import DataError, Place
from coopera.findings import Finding, plain
from coopera.fingerprints import fingerprint

VERSION = 1
"""The version of the file's form."""
UPDATE = "--update-baseline"
"""The option that writes the file anew."""


@dataclass(frozen=True, order=True)
class Entry:
    """One known finding, or several that nothing tells apart."""

    code: str
    subject: str
    """The focus node, else the message. It is for readers, as are path and value."""
    path: str
    value: str
    fingerprint: str
    count: int


@dataclass(frozen=True)
class Sifted:
    """What a baseline leaves of findings."""

    findings: tuple[Finding, ...]
    """Those that it does not know; of equal ones, as many as there are more than it knows."""
    held: int
    """How many it holds back."""
    gone: tuple[Entry, ...]
    """What it knows and no finding says any more, each with the count of what is gone."""


def text(findings: Iterable[Finding], root: Path | None = None) -> str:
    """Write findings as a baseline file. `root` is what file names are relative to."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[fingerprint(finding, root)].append(finding)
    entries = sorted(_known(mark, some) for mark, some in groups.items())
    lines = ",\n".join(json.dumps(asdict(entry), ensure_ascii=False) for entry in entries)
    return f'{{"version": {VERSION}, "findings": [\n{lines}\n]}}\n'


def _known(mark: str, some: Sequence[Finding]) -> Entry:
    first = some[0]
    subject = first.subject or first.message.get("en", "")
    return Entry(first.code, subject, first.path, first.value, mark, len(some))


def read(path: Path) -> list[Entry]:
    """Read a baseline file. Raises DataError where it is absent or not one, with what to do."""
    again = f"write it with {UPDATE}."
    if not path.exists():
        raise DataError("there is no baseline here.", place=Place(path), remedy=again)
    try:
        content = json.loads(files.text(path))
    except json.JSONDecodeError as error:
        raise DataError(
            f"the baseline is not JSON: {error.msg}.",
            place=Place(path, error.lineno, error.colno),
            remedy=f"mend the line, or {again}",
        ) from error
    except (ValueError, RecursionError) as error:  # a number too long, lists too deep
        raise DataError(
            f"the baseline is not one of ours: {error}.", place=Place(path), remedy=again
        ) from error
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise DataError(
            f"the baseline is not of version {VERSION}.", place=Place(path), remedy=again
        )
    entries = content.get("findings")
    if not isinstance(entries, list):
        raise DataError("the baseline has no list of findings.", place=Place(path), remedy=again)
    return [_entry(path, number, entry) for number, entry in enumerate(entries, 1)]


def _entry(path: Path, number: int, entry: object) -> Entry:
    kinds = {field.name: int if field.name == "count" else str for field in fields(Entry)}
    if (
        isinstance(entry, dict)
        and entry.keys() == kinds.keys()
        and all(type(entry[name]) is kind for name, kind in kinds.items())
        and entry["count"] > 0
    ):
        return Entry(**entry)
    raise DataError(
        f"finding {number} of the baseline does not have exactly {', '.join(kinds)}.",
        place=Place(path),
        remedy=f"mend it, or write the file with {UPDATE}.",
    )


def sift(
    findings: Sequence[Finding], baseline: Sequence[Entry], root: Path | None = None
) -> Sifted:
    """Hold back the findings that a baseline knows. `root` is what file names are relative to."""
    known = {entry.fingerprint: entry for entry in baseline}
    left = Counter[str]()
    for entry in baseline:
        left[entry.fingerprint] += entry.count
    shown = []
    for finding in findings:
        mark = fingerprint(finding, root)
        if left[mark]:
            left[mark] -= 1
        else:
            shown.append(finding)
    gone = (
        Entry(**{**asdict(known[mark]), "count": count}) for mark, count in left.items() if count
    )
    return Sifted(tuple(shown), len(findings) - len(shown), tuple(sorted(gone)))


def notes(sifted: Sifted, path: Path, whole: bool = True) -> tuple[dict[str, str], ...]:
    """Say in fr and en how many findings were held back, and what of the baseline is fixed.

    `whole` is false where the run did not look at everything: then what it did not find may well
    be there.
    """
    name = plain(str(Place(path)))
    told = [
        {
            "fr": f"constats connus de {name}, non montrés : {sifted.held}.",
            "en": f"findings that {name} knows, not shown: {sifted.held}.",
        }
    ]
    fixed = sum(entry.count for entry in sifted.gone)
    if fixed and whole:
        told.append(
            {
                "fr": f"constats de {name} qui ont disparu : {fixed} ; {UPDATE} les en retire.",
                "en": f"findings of {name} that are fixed: {fixed}; {UPDATE} drops them.",
            }
        )
    return tuple(told)

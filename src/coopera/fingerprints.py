"""Fingerprints: findings in; short texts that stay the same while lines and wording change out."""

import hashlib
import os.path
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import BlankNode

from coopera.errors import STDIN, is_stdin
from coopera.findings import Finding
from coopera.tables import Term

LENGTH = 32
"""Hexadecimal digits of a fingerprint."""


def fingerprint(finding: Finding, root: Path | None = None) -> str:
    """Give the finding's fingerprint, from what is at fault and not from where it stands.

    That is the code, the shape, its component, the focus node, the path and the value. The label of
    a blank node changes from run to run, so all blank nodes count as one. A finding without a
    validation result has its message and its file in their stead; `root` is the folder that the
    file's name is relative to, the current one where it is `None`.
    """
    result = finding.result
    if result is None:
        file = name(finding.place.path, root) if finding.place else ""
        message = finding.message.get("en", "")
        parts = (finding.subject, finding.path, finding.value, finding.shape, message)
        return _digest(finding.code, file, *map(_without_numbers, parts))
    path = result.result_path
    return _digest(
        finding.code,
        _text(result.source_shape),
        result.component.value,
        _text(result.focus_node),
        finding.path if isinstance(path, BlankNode) else _text(path),
        _text(result.value_node),
    )


def fingerprints(findings: Iterable[Finding], root: Path | None = None) -> list[str]:
    """Give a fingerprint for each finding, each another one: the second of two equals is numbered.

    So a list of them, kept as a baseline, says how many of the same it holds.
    """
    seen: Counter[str] = Counter()
    told = []
    for finding in findings:
        first = fingerprint(finding, root)
        told.append(_digest(first, str(seen[first])) if seen[first] else first)
        seen[first] += 1
    return told


def name(path: Path, root: Path | None = None) -> str:
    """Name a file relative to a folder where it stands below it, else in full; with slashes."""
    if is_stdin(path):
        return STDIN
    whole = Path(os.path.normpath(path.absolute()))
    above = Path(os.path.normpath((root or Path()).absolute()))
    return (whole.relative_to(above) if whole.is_relative_to(above) else whole).as_posix()


def _text(term: Term | None) -> str:
    return "" if term is None else "_:" if isinstance(term, BlankNode) else str(term)


def _without_numbers(text: str) -> str:
    """Take out the labels of blank nodes, and the lines and columns that a message may name."""
    return re.sub(r"(?<!\w)(_:)\w+|:\d+", r"\1", text)


def _digest(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:LENGTH]

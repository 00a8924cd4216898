"""Builds: a project, options and the folder of its site in; whether a build may be spared out.

The marker in the folder of a site tells what the site was made of, which files it has and what the
checks found. A build of the same would write the same and find the same.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from coopera import __version__, workers
from coopera.errors import Place
from coopera.findings import Finding
from coopera.project import PACKAGED, SETTINGS, Project

MARKER = ".coopera"
"""The file by which coopera knows a folder that it has written."""
HEAD = "Written by coopera build, which replaces this folder as a whole.\n"
ROOMS = ("ontology", "data", "queries", "tests/shapes", "tests/verify")
"""The folders of a project that a site is made of; the tests give the examples of the rules."""
BESIDE = (SETTINGS, "quality-history.csv")
LIBRARIES = (
    "jinja2", "markupsafe", "openpyxl", "owlrl", "pyarrow", "pyoxigraph", "pyshacl", "pyyaml",
    "rdflib",
)  # fmt: skip
"""What checks and writes a site besides our own code."""
MANY = 20_000
"""Files from which several processes look at them."""
CODE = Path(__file__).parent


@dataclass(frozen=True)
class Build:
    """What a build was made of, and what it told."""

    inputs: str
    """The sum of all that it was made of."""
    counts: dict[str, int]
    """What the checks looked at."""
    findings: tuple[Finding, ...]
    written: dict[str, int]
    """`pages`, `files` and `bytes`."""


def inputs(project: Project, options: Mapping[str, object]) -> str:
    """Give the sum of all that a site is made of: files, options, our code and its libraries."""
    found = hashlib.sha256(json.dumps(options, sort_keys=True).encode())
    found.update("\n".join((sys.version, __version__, *map(_version, LIBRARIES))).encode())
    for path in _files(CODE):
        if "__pycache__" not in path.parts and PACKAGED not in path.parents:
            _add(found, path, CODE)
    for name in ROOMS:
        for path in _files(project.root / name):
            _add(found, path, project.root)
    for name in BESIDE:
        if (project.root / name).is_file():
            _add(found, project.root / name, project.root)
    return found.hexdigest()


def _version(name: str) -> str:
    try:
        return f"{name} {metadata.version(name)}"
    except metadata.PackageNotFoundError:
        return name


def _files(folder: Path) -> Iterator[Path]:
    """Give the files below a folder, links followed, each folder once."""
    met: set[str] = set()
    for root, folders, names in os.walk(folder, followlinks=True):
        folders[:] = sorted(
            name for name in folders if (real := os.path.realpath(f"{root}/{name}")) not in met
            and not met.add(real)  # type: ignore[func-returns-value]
        )  # fmt: skip
        yield from (Path(root, name) for name in sorted(names))


def _add(found: Any, path: Path, root: Path) -> None:
    """Add a file to a sum: its name, its length and what it holds."""
    try:
        content = path.read_bytes()
    except OSError:
        content = b""  # whoever needs it says so
    found.update(f"\n{path.relative_to(root).as_posix()} {len(content)}\n".encode())
    found.update(content)


def former(folder: Path, sought: str, root: Path) -> Build | None:
    """Give the build that wrote a folder, if it was made of what is sought and is as it was.

    A file that is missing, more, of another size, or written or changed since, makes it another.
    """
    marker, processes = folder / MARKER, None
    try:
        head, _, text = marker.read_text("utf-8").partition("\n")
        told = json.loads(text)
        if head + "\n" != HEAD or told["inputs"] != sought:
            return None
        if told["written"]["files"] < MANY:
            processes = 1  # they take longer to begin than to look
        found, latest = state(folder, told["folders"], processes)
        if found != told["state"] or latest > _time(marker.stat()):
            return None
        findings = tuple(_finding(row, root) for row in told["findings"])
        written = told["written"]
        written["bytes"] += marker.stat().st_size
        return Build(sought, told["counts"], findings, written)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def record(folder: Path, build: Build, root: Path) -> int:
    """Write the marker of a folder whose other files are all there; give its size.

    What is `written` counts the marker as a file, but not its bytes. A build that does not know
    what it was made of leaves a marker that spares none.
    """
    if not build.inputs:
        (folder / MARKER).write_bytes(HEAD.encode())
        return len(HEAD)
    folders = _folders(folder)
    told = {
        "inputs": build.inputs,
        "folders": folders,
        "state": state(folder, folders)[0],
        "written": build.written,
        "counts": build.counts,
        "findings": [_row(finding, root) for finding in build.findings],
    }
    content = f"{HEAD}{json.dumps(told, ensure_ascii=False, indent=0)}\n".encode()
    (folder / MARKER).write_bytes(content)
    return len(content)


def state(folder: Path, folders: Sequence[str], processes: int | None = None) -> tuple[str, int]:
    """Give the sum of the names and sizes of all files but the marker, and their latest time.

    `folders` are those below the folder, itself as the empty text; one that is not among them
    changes the sum.
    """

    def look(at: int) -> tuple[bytes, int]:
        return _state(f"{folder}/{folders[at]}", is_top=not folders[at])

    found = workers.done(len(folders), look, processes)
    sums = hashlib.sha256(b"".join(summed for summed, _ in found))
    return sums.hexdigest(), max(latest for _, latest in found)


def _state(path: str, *, is_top: bool) -> tuple[bytes, int]:
    rows, written, changed = [], 0, 0
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                rows.append(f"{entry.name}/")
            elif not is_top or entry.name != MARKER:
                told = entry.stat(follow_symlinks=False)
                rows.append(f"{entry.name} {told.st_size}")
                if told.st_mtime_ns > written:
                    written = told.st_mtime_ns
                if told.st_ctime_ns > changed:
                    changed = told.st_ctime_ns
    rows.sort()
    latest = max(written, changed)
    return hashlib.sha256("\n".join(rows).encode("utf-8", "surrogateescape")).digest(), latest


def _folders(folder: Path) -> list[str]:
    """List a folder and those below it, those of most files first: they take longest to look at."""
    found = {
        os.path.relpath(path, folder).replace(os.sep, "/"): len(names)
        for path, _, names in os.walk(folder)
    }
    ordered = sorted(found, key=lambda name: (-found[name], name))
    return ["" if name == "." else name for name in ordered]


def _time(told: os.stat_result) -> int:
    return max(told.st_mtime_ns, told.st_ctime_ns)


def _row(finding: Finding, root: Path) -> list[object]:
    place: list[object] = []
    if finding.place:
        path = finding.place.path
        path = path.relative_to(root) if path.is_relative_to(root) else path
        place = [path.as_posix(), finding.place.line, finding.place.column]
    return [finding.code, finding.severity, finding.message, place, finding.subject, finding.path]


def _finding(row: list[Any], root: Path) -> Finding:
    code, severity, message, place, subject, path = row
    where = Place(root / place[0], place[1], place[2]) if place else None
    return Finding(code, severity, message, where, subject, path)

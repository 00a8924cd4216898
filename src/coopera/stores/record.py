"""Records: what was put into a store, in; a small JSON file beside it out, and back."""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyoxigraph

from coopera.errors import Place, StoreError

CURRENT, ROCKSDB, NAME = "current", "rocksdb", "coopera-store.json"
"""The link to the store in service; in its folder, the store itself and its record."""
FORMAT = 1
"""The version of what a folder of stores holds; another one is built anew."""
_LARGEST = 64 << 20
MARGIN = 2e9
"""Nanoseconds within which a file may change twice and keep its time, on some file systems."""
REMEDY = "make it anew from its files, with coopera load."

Reason = Mapping[str, str]
"""Why a store cannot be used, as a clause: language -> text."""


@dataclass(frozen=True)
class State:
    """A file as it was: its bytes, the times of its last change and of its reading, its hash.

    Times are nanoseconds since 1970; that of the change is the file system's.
    """

    size: int
    changed: int
    read: int
    digest: str

    @classmethod
    def of(cls, path: Path) -> "State":
        """Read a file. Raises OSError where that is not possible."""
        with path.open("rb") as file:
            state, now = os.fstat(file.fileno()), time.time_ns()
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(state.st_size, state.st_ctime_ns, now, digest)

    def holds(self, path: Path, margin: float) -> bool:
        """Say whether a file is still the same. Raises OSError for one that is gone.

        It is read only where its last change has another time, or was less than `margin`
        nanoseconds before it was read: another change may have been given the same time.
        """
        now = path.stat()
        if now.st_size != self.size:
            return False
        if now.st_ctime_ns == self.changed and self.changed + margin < self.read:
            return True
        return State.of(path).digest == self.digest


@dataclass(frozen=True)
class Record:
    """What a store holds, and what it was made from."""

    quads: int
    hash: str
    """A hash of the set of quads; see `sums`."""
    named_graphs: bool
    """Whether the names of graphs were kept."""
    inputs: Mapping[str, State]
    """The whole path of each file that was read, in their order."""
    files: Mapping[str, State]
    """The name of each file of the store."""
    format: int = FORMAT
    pyoxigraph: str = pyoxigraph.__version__

    @property
    def size(self) -> int:
        """Give the bytes of the store."""
        return sum(state.size for state in self.files.values())


def text(record: Record) -> str:
    """Write a record as JSON."""
    return json.dumps(asdict(record), ensure_ascii=False, indent=1) + "\n"


def read(folder: Path) -> Record:
    """Read the record in the folder of a store.

    Raises StoreError, with its reason, where there is none or where it is of another version.
    """
    found = _load(folder)
    try:
        versions = found["format"], found["pyoxigraph"]
        if versions == (FORMAT, pyoxigraph.__version__):
            return Record(**found | {name: _states(found[name]) for name in ("inputs", "files")})
    except (KeyError, TypeError, AttributeError) as error:
        raise _unreadable(folder, error) from error
    version = f"pyoxigraph {versions[1]}, format {versions[0]}"
    raise StoreError(
        f"the store was made by another version: {version}.",
        place=Place(folder / NAME),
        remedy=REMEDY,
        reason={
            "en": f"it was made by another version ({version})",
            "fr": f"elle a été faite par une autre version ({version})",
        },
    )


def names(files: Sequence[Path]) -> list[str]:
    """Give the whole paths of files, as a record holds them."""
    return [str(path.absolute()) for path in files]


def made_of(folder: Path) -> tuple[list[str], bool]:
    """Read from a record of any version which files were read, and whether names were kept.

    Raises StoreError, with its reason, where it does not tell.
    """
    found = _load(folder)
    try:
        return list(map(str, dict(found["inputs"]))), bool(found["named_graphs"])
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(folder, error) from error


def _load(folder: Path) -> dict[str, Any]:
    path = folder / NAME
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("it is too large")
        found = json.loads(path.read_text("utf-8"))
        if not isinstance(found, dict):
            raise TypeError("it is no object")
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise _unreadable(folder, error) from error
    return found


def _unreadable(folder: Path, error: Exception) -> StoreError:
    return StoreError(
        f"the record of the store cannot be read: {error}.",
        place=Place(folder / NAME),
        remedy=REMEDY,
        reason={"en": "it is damaged", "fr": "elle est endommagée"},
    )


def _states(found: Mapping[str, Mapping[str, object]]) -> dict[str, State]:
    return {name: State(**state) for name, state in found.items()}  # type: ignore[arg-type]


def differing(
    states: Mapping[str, State], folder: Path = Path(), margin: float = MARGIN
) -> Iterator[str]:
    """Give the names of files that are gone or no more as they were; see `State.holds`."""
    for name, state in states.items():
        try:
            same = state.holds(folder / name, margin)
        except OSError:
            same = False
        if not same:
            yield name

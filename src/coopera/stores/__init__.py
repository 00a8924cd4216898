"""Stores: files in; a read-only store of their quads on disk out, made anew when need be.

The files are the master, a store is an index of them that may be deleted at any time. A folder
holds the store in service, the one before, and links to the two:

    current -> 2    previous -> 1    lock    1/    2/coopera-store.json    2/rocksdb/

Readers open what `current` names; those who have opened the previous one may finish.
"""

import hashlib
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Store

from coopera.errors import Place, StoreError
from coopera.stores.record import (
    CURRENT,
    NAME,
    REMEDY,
    ROCKSDB,
    Reason,
    Record,
    differing,
    made_of,
    names,
    read,
)

__all__ = [
    "Built",
    "Reason",
    "Record",
    "build",
    "find",
    "folder_of",
    "holds_one",
    "ready",
    "sources",
    "verify",
]

_DAY = 24 * 3600
"""Seconds after which every byte of a store is read again."""


@dataclass(frozen=True)
class Built:
    """A store in its folder, and what it holds."""

    folder: Path
    record: Record
    new: bool = False
    """Whether it was built just now."""

    @property
    def path(self) -> Path:
        """Give the folder that `pyoxigraph.Store.read_only` opens."""
        return self.folder / ROCKSDB

    def open(self) -> Store:
        """Open the store to read. Raises StoreError where that is not possible."""
        try:
            return Store.read_only(str(self.path))
        except (OSError, RuntimeError) as error:
            raise _damaged(self.path, f"the store cannot be opened: {error}") from error


def folder_of(files: Sequence[Path], named_graphs: bool = False) -> Path:
    """Give the folder for the store of some files, in the user's cache (XDG Base Directory).

    It goes by their names, not by what they hold: a change does not leave a store behind.
    """
    given = os.environ.get("XDG_CACHE_HOME", "")
    try:
        cache = Path(given) if Path(given).is_absolute() else Path.home() / ".cache"
    except RuntimeError as error:
        raise StoreError(
            "there is no folder for caches.", remedy="set XDG_CACHE_HOME, or give a folder with -o."
        ) from error
    names = [str(named_graphs), *(str(path.absolute()) for path in files)]
    key = hashlib.sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return cache / "coopera" / "stores" / key


def holds_one(folder: Path) -> bool:
    """Say whether a folder has a store in service, be it right or not."""
    return (folder / CURRENT).is_symlink()


def _target(folder: Path) -> Path:
    if not holds_one(folder):
        raise StoreError(
            "there is no store in this folder.",
            place=Place(folder),
            remedy=f"make one with coopera load -o {folder}.",
        )
    return folder / (folder / CURRENT).readlink()


def sources(folder: Path) -> tuple[list[Path], bool]:
    """Give the files that the store in a folder was made of, and whether it has named graphs.

    Raises StoreError where there is none, or where it does not tell.
    """
    inputs, named_graphs = made_of(_target(folder))
    return list(map(Path, inputs)), named_graphs


def find(folder: Path) -> Built:
    """Give the store in service in a folder.

    Raises StoreError where there is none, or, with the reason, where it cannot be used: its record
    is damaged or of another version, or a file of it is not as it was built.
    """
    target = _target(folder)
    found = Built(target, read(target))
    _demand_whole(found, margin=0)
    return found


def verify(built: Built) -> None:
    """Read every byte of a store. Raises StoreError, with the reason, where one has changed."""
    _demand_whole(built, margin=math.inf)
    if os.access(built.folder / NAME, os.W_OK):
        os.utime(built.folder / NAME)


def _demand_whole(built: Built, margin: float) -> None:
    for name in differing(built.record.files, built.path, margin):
        raise _damaged(built.path / name, "this file of a store is not as it was built")


def _damaged(path: Path, problem: str) -> StoreError:
    reason = {"en": "it is damaged", "fr": "elle est endommagée"}
    return StoreError(f"{problem}.", place=Place(path), remedy=REMEDY, reason=reason)


def _demand_current(built: Built, files: Sequence[Path], named_graphs: bool) -> None:
    """Raise StoreError where a store holds something else than these files hold now."""
    record = built.record
    if [*record.inputs] != names(files) or record.named_graphs != named_graphs:
        en, fr = "it was made from other files", "elle a été faite à partir d'autres fichiers"
    elif changed := next(differing(record.inputs), None):
        place = Place(Path(changed))
        en, fr = f"{place} has changed", f"{place} a changé"
    else:
        return
    raise StoreError(
        f"the store is stale: {en}.",
        place=Place(built.folder),
        remedy=REMEDY,
        reason={"en": en, "fr": fr},
    )


def build(files: Sequence[Path], folder: Path, named_graphs: bool = False) -> Built:
    """Build a store of some files, and put it in service in a folder.

    Raises DataError for a file that cannot be read, and StoreError where the store cannot be built,
    or another process is building it. What was in service then stays so.
    """
    from coopera.stores import building  # few commands build

    return Built(*building.build(files, folder, named_graphs), new=True)


def ready(
    files: Sequence[Path],
    folder: Path,
    tell: Callable[[Reason], None],
    *,
    named_graphs: bool = False,
    whole: bool = False,
) -> Built:
    """Give the store of some files in a folder: that in service, else one built now.

    `tell` is told why one that was there is built anew. Every byte is read where `whole`, and
    else once a day. Raises as `build` does.
    """
    if not holds_one(folder):
        return build(files, folder, named_graphs)
    try:
        found = find(folder)
        _demand_current(found, files, named_graphs)
        mark = found.folder / NAME
        if whole or (os.access(mark, os.W_OK) and mark.stat().st_mtime < time.time() - _DAY):
            verify(found)
    except StoreError as error:
        if error.reason is None:
            raise
        tell(error.reason)
        return build(files, folder, named_graphs)
    return found

"""Building: files in; a store of their quads, counted, compared and put in service, out."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path

from pyoxigraph import Quad, Store

from coopera import graphs
from coopera.errors import Place, StoreError
from coopera.stores import indexes, record
from coopera.stores.record import CURRENT, ROCKSDB, Record, State, names
from coopera.stores.sums import Sum

PREVIOUS, LOCK, ASIDE = "previous", "lock", "building"
_NEW_LINK = "new"
_BATCH = 250_000
"""Quads that Oxigraph sorts in memory at a time: some 200 MiB."""
_LOGS = ("LOG", "LOCK")
"""What RocksDB writes for people, or to keep others out: no part of the data."""


def build(files: Sequence[Path], folder: Path, named_graphs: bool) -> tuple[Path, Record]:
    """Build a store aside and put it in service; give its folder and record. See `stores.build`."""
    try:
        with _alone(folder):
            _sweep(folder, _served(folder))
            aside = folder / ASIDE
            try:
                made = _fill(aside, files, named_graphs)
                return _serve(folder, aside), made
            except BaseException:
                shutil.rmtree(aside, ignore_errors=True)
                raise
    except (OSError, RuntimeError) as error:  # pyoxigraph 0.5.13 raises either
        raise StoreError(
            f"the store cannot be built: {error}.",
            place=Place(folder),
            remedy="see that the folder can be written and that its disk has room, or give another "
            "with -o. The store that was in service still is.",
        ) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other builders out of a folder; the lock goes with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    ours = (CURRENT, PREVIOUS, LOCK, ASIDE, _NEW_LINK)
    strange = next(
        (p for p in folder.iterdir() if p.name not in ours and not p.name.isdigit()), None
    )
    if strange:
        raise StoreError(
            "this file is not of a store, and older stores in its folder are deleted.",
            place=Place(strange),
            remedy="give -o a folder of its own.",
        )
    with (folder / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(
                "another process is building this store.",
                place=Place(folder),
                remedy="wait until it is done.",
            ) from error
        yield


def _fill(aside: Path, files: Sequence[Path], named_graphs: bool) -> Record:
    """Read the files into a new store, and compare what it holds with what was read."""
    rocksdb = aside / ROCKSDB
    aside.mkdir()
    for path in files:
        graphs.demand_readable(path)
    inputs = dict(zip(names(files), map(State.of, files), strict=True))
    with Sum(aside) as read:
        _load(rocksdb, read.watch(_quads(files, named_graphs)))
        total = read.total()
    for name in record.differing(inputs):
        raise StoreError(
            "the file changed while it was read.",
            place=Place(Path(name)),
            remedy="run the command again once it is written.",
        )
    _sync(rocksdb)
    quads = _compared(aside, total)
    parts = [p for p in sorted(rocksdb.iterdir()) if not p.name.startswith(_LOGS)]
    made = Record(quads, total[1], named_graphs, inputs, {p.name: State.of(p) for p in parts})
    with (aside / record.NAME).open("w", encoding="utf-8") as file:
        file.write(record.text(made))
    _sync(aside)
    return made


def _load(rocksdb: Path, quads: Iterator[Quad]) -> None:
    """Write quads into a new store."""
    store = Store(str(rocksdb))
    try:
        while batch := list(islice(quads, 1)):
            store.bulk_extend(chain(batch, islice(quads, _BATCH - 1)))
        store.optimize()
        store.flush()
    finally:
        del store  # to close it: what was raised holds on to this frame


def _quads(files: Sequence[Path], named_graphs: bool) -> Iterator[Quad]:
    read = graphs.dataset if named_graphs else graphs.stream
    return chain.from_iterable(map(read, files))


def _compared(aside: Path, read: tuple[int, str]) -> int:
    """Count the quads of a store. Raises StoreError where they are not those that were read."""
    store = Store.read_only(str(aside / ROCKSDB))
    with Sum(aside) as held:
        quads = sum(1 for _ in held.watch(store))
        found = held.total()
    kinds = indexes.counts(store)
    whole = sum(max(kind.values(), default=0) for kind in kinds)
    if found != read or whole != quads or any(len(set(kind.values())) > 1 for kind in kinds):
        raise StoreError(
            f"the new store is wrong: quads and hash are {found}, not {read} as in the files; "
            f"its indexes hold {kinds}.",
            place=Place(aside),
            remedy="build it again; this may be a fault of the disk.",
        )
    return quads


def _sync(folder: Path) -> None:
    """Have the files of a folder, and their names, written to the disk."""
    for path in (*folder.iterdir(), folder):
        if path.is_file() or path == folder:
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _served(folder: Path) -> set[str]:
    """Give the names of the stores in service: the current one, and the one before."""
    links = (folder / CURRENT, folder / PREVIOUS)
    return {str(link.readlink()) for link in links if link.is_symlink()}


def _sweep(folder: Path, kept: set[str]) -> None:
    """Delete older stores, and what builders left that were killed."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink() and path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


def _serve(folder: Path, aside: Path) -> Path:
    """Put a whole store in service; the one before stays for those who have opened it."""
    numbers = [int(path.name) for path in folder.iterdir() if path.name.isdigit()]
    new = aside.rename(folder / str(max(numbers, default=0) + 1))
    if (folder / CURRENT).is_symlink():
        _link(folder, PREVIOUS, str((folder / CURRENT).readlink()))
    _link(folder, CURRENT, new.name)
    _sync(folder)
    _sweep(folder, _served(folder))
    return new


def _link(folder: Path, name: str, target: str) -> None:
    """Make a link, in place of one that may be there, in one step."""
    aside = folder / _NEW_LINK
    aside.unlink(missing_ok=True)
    aside.symlink_to(target)
    aside.replace(folder / name)

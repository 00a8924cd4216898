"""Files: a text in; a file that is either the old one or the whole new one out."""

import os
from collections.abc import Iterable
from pathlib import Path

from coopera.errors import CooperaError, DataError, Place

LARGEST = 512 << 20
"""Characters of a text that is read, at most."""


def text(path: Path, largest: int = LARGEST) -> str:
    """Read a file as UTF-8. Raises DataError where it is something else or cannot be read."""
    problem, remedy = "", ""
    try:
        if path.is_fifo() and not str(path).startswith(("/dev/", "/proc/")):
            problem, remedy = "that is no file", "write what it holds into a file."
        else:
            with path.open(encoding="utf-8-sig") as file:
                found = file.read(largest + 1)
            if len(found) <= largest:
                return found
            problem = f"the file has more than {largest:,} characters"
            remedy = "split it, or take out what does not belong there."
    except UnicodeDecodeError as error:
        raise DataError(
            "the file is not UTF-8.", place=Place(path), remedy="save it as UTF-8."
        ) from error
    except OSError as error:
        raise DataError(f"the file cannot be read: {error.strerror}.", place=Place(path)) from error
    raise DataError(f"{problem}.", place=Place(path), remedy=remedy)


def holds(path: Path, content: str) -> bool:
    """Say whether a file is there and holds exactly this text."""
    return path.is_file() and path.read_bytes() == content.encode()


def replace(path: Path, content: str) -> None:
    """Write a text aside, then put it in place; see `write`."""
    write(path, [content.encode()])


def write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write bytes aside as they come, then put them in place, whole.

    A link is followed; what is no regular file, such as a pipe, is written to. Raises CooperaError
    where that is not possible, and whatever `pieces` raises: then the old file stays.
    """
    import tempfile  # it takes longer than all else here, and few commands write

    path = path.resolve()
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as pipe:
                pipe.writelines(pieces)
            return
        handle, aside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _unwritten(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
        Path(aside).chmod(path.stat().st_mode if path.exists() else 0o644)
        Path(aside).replace(path)
    except OSError as error:
        Path(aside).unlink(missing_ok=True)
        raise _unwritten(path, error) from error
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def folder(path: Path) -> Path:
    """Make a folder, with those above it. Raises CooperaError where that is not possible."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CooperaError(
            f"the folder cannot be made: {error.strerror}.", place=Place(path)
        ) from error
    return path


def _unwritten(path: Path, error: OSError) -> CooperaError:
    return CooperaError(f"the file cannot be written: {error.strerror}.", place=Place(path))

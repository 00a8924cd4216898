"""The site: a project and its triples in; a folder of pages and dumps out."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Triple

from coopera import builds, workers
from coopera.checks import Outcome
from coopera.errors import CooperaError, Place
from coopera.project import Project
from coopera.publication import Publication
from coopera.publication.dumps import Digest
from coopera.site.strict import RefusedError, broken, untranslated

_ANEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)

__all__ = ["RefusedError", "untranslated", "write"]


def write(
    project: Project,
    triples: Iterable[Triple],
    output: Path,
    outcome: Outcome | None = None,
    redirects: Iterable[str] = (),
    inputs: str = "",
    *,
    strict: bool = False,
    published: Publication | None = None,
) -> dict[str, int]:
    """Write the whole site aside, then put it in the place of the former one.

    With the outcome of the checks it tells of the quality of the graph; `redirects` are the kinds
    of rules for web servers to be written too. `inputs` is the sum of all that it is made of, as
    `builds.inputs` gives it. A file that is as in the former site keeps its time. `published` is
    what was made of all this already.

    Gives the number of pages, files and bytes. Raises CooperaError, and leaves the folder as it
    was, where it holds something that coopera did not write or cannot be replaced; RefusedError,
    likewise, where it is to be `strict` and a link leads nowhere.
    """
    output = output.resolve()
    for room in (project.data, project.ontology, project.root / "queries"):
        if output == room or output in room.parents or room in output.parents:
            raise CooperaError(
                "the site would stand in the way of the project.",
                place=Place(output),
                remedy=f"give -o a folder apart from {room.name}/, such as public.",
            )
    _refuse_foreign(output)
    aside = output.with_name(f".{output.name}.new-{os.getpid()}")
    try:
        aside.mkdir(parents=True)
        if published is None:
            check = (lambda: outcome) if outcome else None
            published = Publication(project, triples, check, redirects)
        counts = _fill(published, aside, output)
        if strict and (lost := broken(aside, project.path)):
            raise RefusedError(lost)
        looked = outcome.summary.counts if outcome else {}
        found = outcome.findings if outcome else ()
        build = builds.Build(inputs, looked, found, counts)
        counts = counts | {"bytes": counts["bytes"] + builds.record(aside, build, project.root)}
        _swap(aside, output)
    except OSError as error:
        raise CooperaError(
            f"the site cannot be written: {error.strerror or error}.",
            place=Place(Path(error.filename) if error.filename else output),
            remedy="give -o a folder in which you may write, and room on its disk.",
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return counts


def _refuse_foreign(output: Path) -> None:
    """Refuse to replace what coopera did not write."""
    if not output.exists():
        return
    if not output.is_dir():
        raise CooperaError(
            "this is no folder.", place=Place(output), remedy="give -o the name of a folder."
        )
    ours = (output / builds.MARKER).is_file() and not (output / ".git").exists()
    if any(output.iterdir()) and not ours:
        raise CooperaError(
            "this folder holds files that coopera did not write; it would replace them all.",
            place=Place(output),
            remedy="give -o another folder, or empty this one yourself.",
        )


def _fill(published: Publication, folder: Path, former: Path) -> dict[str, int]:
    """Write every file of the site but the marker, which is counted, into a new folder."""
    published.gather()
    batches, late = published.batches
    made: set[str] = set()
    before = former if former.is_dir() else None

    def write_some(names: Iterable[str]) -> tuple[int, dict[str, Digest]]:
        size = sum(_put(published.content(name), folder, before, name, made) for name in names)
        for name in names:
            published.forget(name)
        return size, published.dumps.measured(names)

    size, files = 0, 1 + len(late)
    for pieces in batches:  # what the workers of one have used up is free for those of the next
        for written, measured in workers.done(len(pieces), lambda at: write_some(pieces[at])):  # noqa: B023 - they are done
            size += written
            published.dumps.learn(measured)
        files += sum(map(len, pieces))
    size += write_some(late)[0]
    return {"pages": published.pages_written, "files": files, "bytes": size}


def _put(content: bytes, folder: Path, former: Path | None, name: str, made: set[str]) -> int:
    """Write one file, with the time of the former one if that holds the same; give its size.

    `made` are the folders that are there. Files and paths of Python's own would take longer than
    the writing.
    """
    path = f"{folder}/{name}"
    if (parent := path.rpartition("/")[0]) not in made:
        os.makedirs(parent, exist_ok=True)  # noqa: PTH103
        made.add(parent)
    handle = os.open(path, _ANEW, 0o666)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(handle, rest) :]
    finally:
        os.close(handle)
    if former is None:
        return len(content)
    try:
        with open(f"{former}/{name}", "rb", 0) as file:  # noqa: PTH123
            told = os.fstat(file.fileno())
            if told.st_size == len(content) and file.read() == content:
                os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
    except OSError:
        pass  # there was none that can be read
    return len(content)


def _swap(new: Path, output: Path) -> None:
    """Put a finished folder in the place of the former one, which comes back if that fails."""
    if not output.exists():
        new.rename(output)
        return
    former = output.with_name(f".{output.name}.old-{os.getpid()}")
    output.rename(former)
    try:
        new.rename(output)
    except OSError:
        former.rename(output)
        raise
    shutil.rmtree(former, ignore_errors=True)

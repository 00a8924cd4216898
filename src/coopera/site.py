"""The site: a project and its triples in; a folder of pages and dumps out."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad, Triple

from coopera import files as files_room
from coopera import formats
from coopera.engines import ENGINES
from coopera.errors import CooperaError, Place
from coopera.pages import Pages
from coopera.pages.templates import FOLDER
from coopera.project import Project
from coopera.terms import LANGUAGES

MARKER = ".coopera"
DUMPS = ("turtle", "ntriples", "jsonld", "trig")
"""The formats of the dumps."""


def write(project: Project, triples: Iterable[Triple], output: Path) -> dict[str, int]:
    """Write the whole site aside, then put it in the place of the former one.

    Gives the number of pages, files and bytes. Raises CooperaError, and leaves the folder as it
    was, where it holds something that coopera did not write or cannot be replaced.
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
        counts = _fill(project, _named(triples), aside)
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
    ours = (output / MARKER).is_file() and not (output / ".git").exists()
    if any(output.iterdir()) and not ours:
        raise CooperaError(
            "this folder holds files that coopera did not write; it would replace them all.",
            place=Place(output),
            remedy="give -o another folder, or empty this one yourself.",
        )


def _named(triples: Iterable[Triple]) -> list[Triple]:
    """Sort triples, and name blank nodes by what they say, so that two builds agree (RDFC-1.0)."""
    kept = set(triples)
    if any(isinstance(t.subject, BlankNode) or isinstance(t.object, BlankNode) for t in kept):
        dataset = Dataset(Quad(t.subject, t.predicate, t.object) for t in kept)
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        kept = {quad.triple for quad in dataset}
    return sorted(kept, key=str)


def _fill(project: Project, triples: Sequence[Triple], folder: Path) -> dict[str, int]:
    """Write every file of the site into a new folder."""
    pages = Pages(project, ENGINES["oxigraph"](triples), triples)
    files = size = 0
    made: set[Path] = set()

    def put(name: str, text: str) -> None:
        nonlocal files, size
        path = folder / name
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        content = text.encode()
        path.write_bytes(content)
        files, size = files + 1, size + len(content)

    put(MARKER, "Written by coopera build, which replaces this folder as a whole.\n")
    put("style.css", (FOLDER / "style.css").read_text("utf-8"))
    put("index.html", pages.front())
    for language in LANGUAGES:
        for address in pages.addresses:
            put(f"{language}/{address}.html", pages.text(address, language))
    sums = []
    for name in DUMPS:
        text = formats.text(list(triples), name, project.prefixes)
        dump = f"coopera{formats.FORMATS[name].ending}"
        put(f"dumps/{dump}", text)
        sums.append(f"{hashlib.sha256(text.encode()).hexdigest()}  {dump}\n")
    put("dumps/SHA256SUMS", "".join(sums))
    for path in project.data_files:  # the catalogue offers each of them
        put(f"data/{path.relative_to(project.data).as_posix()}", files_room.text(path))
    return {"pages": 1 + len(LANGUAGES) * len(pages.addresses), "files": files, "bytes": size}


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

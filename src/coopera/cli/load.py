"""`coopera load`: files in; a store on disk, which `coopera query` opens at once, out."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coopera.cli.options import FILE, language_option, locale, project_of
from coopera.engines import ENGINES
from coopera.errors import StoreError

if TYPE_CHECKING:
    from pyoxigraph import Store

    from coopera.engines import Engine
    from coopera.project import Project
    from coopera.stores import Reason

STORE = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("files", nargs=-1, type=FILE)
@click.option(
    "-o", "--output", type=STORE, help="The folder of the store. [default: in the user's cache]"
)
@click.option("--named-graphs", is_flag=True, help="Keep the graphs that TriG or N-Quads name.")
@language_option
@click.pass_context
def load(
    ctx: click.Context,
    files: tuple[Path, ...],
    output: Path | None,
    named_graphs: bool,
    language: str,
) -> None:
    """Keep the project's graph, or that of FILES, in a store on disk.

    `coopera query` opens the store of its project in place of the files, or that of --store. A
    store is an index, which may be deleted: it is compared with its files, and one that is damaged,
    stale or of another version is made anew from them. One that is right is only read through.
    """
    from coopera import stores

    paths = list(files) or project_of(ctx).graph_files
    folder = output or stores.folder_of(paths, named_graphs)
    started = time.perf_counter()
    found = stores.ready(paths, folder, _teller(language), named_graphs=named_graphs, whole=True)
    seconds, record = time.perf_counter() - started, found.record
    numbers = f"{record.quads:,}", f"{record.size / 2**20:,.1f}", f"{seconds:.1f}"
    if language == "fr":
        quads, size, spent = (n.translate({44: "\N{NO-BREAK SPACE}", 46: ","}) for n in numbers)
        kind = "quadruplets" if named_graphs else "triplets"
        done = "faite" if found.new else "déjà là, intacte"
        click.echo(f"{folder} : {done}, {quads} {kind}, {size} Mio, {spent} s")
    else:
        quads, size, spent = numbers
        kind = "quads" if named_graphs else "triples"
        done = "made" if found.new else "there already, and whole"
        click.echo(f"{folder}: {done}, {quads} {kind}, {size} MiB, {spent} s")


def _teller(language: str) -> Callable[["Reason"], None]:
    """Say on standard error why a store is made anew."""
    start = {"en": "the store is made anew", "fr": "la base est refaite"}[language]
    colon = " :" if language == "fr" else ":"
    return lambda reason: click.echo(f"{start}{colon} {reason[language]}.", err=True)


def engine(project: "Project", name: str, folder: Path | None) -> "Engine":
    """Give an engine over the store in a folder, over that of the project, or over its files.

    A store that needs it is made anew from its files, which is said on standard error; where that
    of the project cannot be, its files are read.
    """
    from coopera import graphs

    if name != "oxigraph":
        if folder is not None:
            raise click.UsageError("--store goes with the engine oxigraph.")
        return ENGINES[name](graphs.read_all(project.graph_files))
    from coopera import stores
    from coopera.engines.oxigraph import Oxigraph

    if folder is not None:
        return _opened(folder, *stores.sources(folder))
    files = project.graph_files
    own = stores.folder_of(files)
    if stores.holds_one(own):
        try:
            return _opened(own, files)
        except StoreError as error:
            click.echo(str(error), err=True)
    return Oxigraph.of(graphs.load(files))


def _opened(folder: Path, files: Sequence[Path], named_graphs: bool = False) -> "Engine":
    """Open a store, made anew if need be, also where a query meets what is damaged."""
    from coopera import stores
    from coopera.engines.oxigraph import Oxigraph

    def store(whole: bool) -> "Store":
        tell = _teller(locale())
        found = stores.ready(files, folder, tell, named_graphs=named_graphs, whole=whole)
        return found.open()

    try:
        first = store(whole=False)
    except StoreError as error:
        if error.reason is None:
            raise
        first = store(whole=True)
    return Oxigraph.of(first, renew=lambda: store(whole=True))

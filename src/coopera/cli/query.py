"""`coopera query` and `coopera queries`: a question in; its answer, or the questions, out."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coopera.cli import load as loading
from coopera.cli.options import FILE, TARGET, language_option, project_of
from coopera.engines import ENGINES
from coopera.formats import FORMATS

if TYPE_CHECKING:
    from coopera.project import Project

IN_MEMORY = 8 << 20
"""Bytes of an answer that are held in memory until all are there; more are held in a file."""


@click.command()
@click.argument("name", required=False)
@click.option("-q", "--query", "text", help="SPARQL text in place of a saved query.")
@click.option("--query-file", type=FILE, help="A file of SPARQL in place of a saved query.")
@click.option(
    "-p", "--param", "parameters", multiple=True, metavar="NAME=VALUE",
    help="A parameter: an IRI, a CURIE, a label, a date …, or 'all'. Repeat it for several values.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice([*ENGINES, "endpoint"]),
    help="Who answers: oxigraph (the default), rdflib, or --endpoint.",
)  # fmt: skip
@click.option("--store", type=loading.STORE, help="Ask this store that `coopera load` made.")
@click.option(
    "--endpoint", metavar="URL", help="Ask a SPARQL endpoint, in place of the project's graph."
)
@click.option("--graph", metavar="IRI", help="The named graph of the endpoint to ask.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
    help="How long one request to the endpoint may take. [default: 60]",
)  # fmt: skip
@click.option(
    "--as-of", metavar="DATE",
    help="Look at what had begun, and was known, by the end of this day, month or year.",
)  # fmt: skip
@click.option(
    "--explain", is_flag=True,
    help="Show what is sent, to whom, with which terms, and what it takes, not the answer.",
)  # fmt: skip
@click.option(
    "-f", "--format", "format_name", type=click.Choice(list(FORMATS)),
    help="Default: that of the ending of -o, else a table, or Turtle for a graph.",
)  # fmt: skip
@click.option(
    "--lang", "language", type=click.Choice(["fr", "en"]),
    help="The language of labels, and of -f sheet. [default: that of -p language, else en]",
)  # fmt: skip
@click.option("--iris", is_flag=True, help="Show IRIs, not labels, in a table.")
@click.option("-o", "--output", type=TARGET, help="Write into this file.")
@click.pass_context
def query(
    ctx: click.Context,
    name: str | None,
    text: str | None,
    query_file: Path | None,
    parameters: tuple[str, ...],
    engine: str | None,
    store: Path | None,
    endpoint: str | None,
    graph: str | None,
    timeout: float | None,
    as_of: str | None,
    explain: bool,
    format_name: str | None,
    language: str | None,
    iris: bool,
    output: Path | None,
) -> None:
    """Answer a saved query by its NAME, or any SPARQL 1.1 query, from the project's graph.

    -p language=fr, or --lang fr, gives labels in French. A user and a password for --endpoint come
    from COOPERA_ENDPOINT_USER and COOPERA_ENDPOINT_PASSWORD, or from a netrc file.
    """
    from coopera import asking, files

    if [name, text, query_file].count(None) != 2:
        raise click.UsageError("give one of NAME, -q and --query-file.")
    if parameters and not name:
        raise click.UsageError("-p goes with the NAME of a saved query.")
    if engine is not None and (engine == "endpoint") != (endpoint is not None):
        raise click.UsageError("--engine endpoint goes with --endpoint URL, and no other does.")
    if endpoint is None and (graph is not None or timeout is not None):
        raise click.UsageError("--graph and --timeout go with --endpoint URL.")
    if format_name and FORMATS[format_name].binary and output is None:
        raise click.UsageError(f"-f {format_name} goes into a file: -o FILE.")
    if store is not None and (endpoint is not None or as_of is not None):
        raise click.UsageError("--store goes neither with --endpoint nor with --as-of.")
    project = project_of(ctx)
    whom = asking.Whom(
        engine or "oxigraph", endpoint, graph, timeout or asking.TIMEOUT, as_of,
        lambda: loading.engine(project, engine or "oxigraph", store),
    )  # fmt: skip
    if name:
        asked = asking.saved(project, name, _pairs(parameters), whom, language)
    else:
        sparql = text if text is not None else files.text(query_file or Path())
        asked = asking.text(project, sparql, whom, query_file, language)
    if explain:
        click.echo(asking.explanation(asked, asked.answer()), nl=False)
        return
    form = asked.form(format_name, output.suffix if output else "")
    write: Callable[[Iterator[bytes]], None] = partial(files.write, output) if output else _print
    asked.written(form, iris, write)
    for note in asked.notes():
        click.echo(note, err=True)


def _print(pieces: Iterator[bytes]) -> None:
    """Write bytes to standard output once they are all there: what breaks off is no answer."""
    held, size = [], 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size > IN_MEMORY:
            _spool(chain(held, pieces))
            return
    _out(b"".join(held))


def _spool(pieces: Iterator[bytes]) -> None:
    import tempfile

    with tempfile.TemporaryFile() as file:
        file.writelines(pieces)
        file.seek(0)
        while piece := file.read(1 << 20):
            _out(piece)


def _out(data: bytes) -> None:
    if sys.stdout.isatty():
        click.echo(data.decode("utf-8", "replace"), nl=False)
    else:
        click.echo(data, nl=False)


def _pairs(parameters: tuple[str, ...]) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals or not value:
            raise click.UsageError(f"-p {parameter}: write NAME=VALUE.")
        given.setdefault(name, []).append(value)
    return given


@click.command()
@click.argument("names", nargs=-1)
@click.option("--update", is_flag=True, help="Write the answers beside the queries anew.")
@click.option(
    "--export", "folder", type=TARGET, metavar="DIR",
    help="Write all into this folder for other tools: a catalogue as the SIB's, copies for grlc.",
)  # fmt: skip
@click.option(
    "--target", metavar="URL", help="With --export: the endpoint that the queries are for."
)
@language_option
@click.pass_context
def queries(
    ctx: click.Context,
    names: tuple[str, ...],
    update: bool,
    folder: Path | None,
    target: str | None,
    language: str,
) -> None:
    """List the saved queries and their parameters, all or by NAMES."""
    from coopera import answers, files, graphs
    from coopera import queries as room

    if folder is not None and (names or update):
        raise click.UsageError("--export goes with neither NAMES nor --update.")
    if target is not None and folder is None:
        raise click.UsageError("--target goes with --export DIR.")
    if folder is not None:
        _export(project_of(ctx), folder, target)
        return

    project = project_of(ctx).writable() if update else project_of(ctx)
    chosen = [room.pick(project.queries, n) for n in names] or list(project.queries.values())
    if update:
        engine = ENGINES["oxigraph"](graphs.read_all(project.graph_files))
        for saved in chosen:
            text = answers.answer_text(project, engine, saved)
            if not files.holds(saved.answer, text):
                files.replace(saved.answer, text)
                click.echo(f"written: {saved.answer.relative_to(project.root)}")
        return
    for topic in sorted({saved.topic for saved in chosen}):
        click.echo(topic)
        for saved in (one for one in chosen if one.topic == topic):
            parameters = " ".join(f"[{p.name}]" for p in saved.parameters)
            click.echo(f"  {saved.name} {parameters}\n      {saved.summary[language]}")


def _export(project: "Project", folder: Path, target: str | None) -> None:
    from coopera import catalogues, files, graphs

    engine = ENGINES["oxigraph"](graphs.read_all(project.graph_files))
    made = catalogues.files(project, engine, target)
    for path, text in made.items():
        files.replace(files.folder(folder / path.parent) / path.name, text)
    click.echo(f"written: {folder / catalogues.CATALOGUE}, {len(made) - 1} copies for grlc")

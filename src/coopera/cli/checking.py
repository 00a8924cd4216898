"""`coopera check` and `coopera validate`: files in; a report of what is wrong in them out."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from coopera.cli.options import FILE, FILE_OR_STDIN, project_of
from coopera.cli.reporting import Form, publish, report_options
from coopera.errors import SPOOL

DASH = Path("-")
ENDINGS = ("ttl", "nt", "nq", "trig", "jsonld", "rdf")
"""Named here and not taken from `coopera.graphs`: `coopera --help` loads no parser."""

allow_empty_option = click.option(
    "--allow-empty", is_flag=True, help="Accept that no shape reaches any node."
)


@click.command()
@allow_empty_option
@report_options
@click.pass_context
def check(ctx: click.Context, allow_empty: bool, form: Form) -> None:
    """Check the whole project: what continuous integration calls.

    Parses Turtle and SPARQL, validates with SHACL, checks evidence and derived triples, runs the
    rules of queries/verify, and compares the answer of each saved query with the one beside it.
    """
    from coopera import checks

    project = project_of(ctx)
    outcome = checks.run(project, allow_empty)
    publish(form, project, outcome.findings, outcome.summary, outcome.shapes)


@click.command()
@click.argument("data", nargs=-1, type=FILE_OR_STDIN)
@click.option(
    "--input-format", type=click.Choice(ENDINGS),
    help="The syntax of standard input, by the ending of such files. [default: ttl]",
)  # fmt: skip
@click.option(
    "-s", "--shapes", type=FILE, multiple=True,
    help="A file of SHACL shapes. [default: those of the project]",
)  # fmt: skip
@click.option(
    "-e", "--ontology", type=FILE, multiple=True,
    help="A file that is read with the data, such as its classes.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(["compiled", "pyshacl", "endpoint"]), default="compiled",
    show_default=True,
    help="compiled: shapes as SPARQL over whole sets of nodes; pyshacl: the reference; "
    "endpoint: the compiled shapes, on --endpoint.",
)  # fmt: skip
@click.option(
    "--endpoint", metavar="URL", help="Validate what a SPARQL endpoint holds, in place of DATA."
)
@click.option("--graph", metavar="IRI", help="The named graph of the endpoint to validate.")
@click.option(
    "--as-held", is_flag=True,
    help="Take the endpoint's literals as it shows them, whatever it made of those it was given.",
)  # fmt: skip
@click.option(
    "-i", "--inference", type=click.Choice(["none", "rdfs", "owlrl", "both"]), default="none",
    show_default=True, help="What to infer from the data before.",
)  # fmt: skip
@click.option("-m", "--metashacl", is_flag=True, help="Validate the shapes first, too.")
@click.option(
    "--changed-since", metavar="REF",
    help="Look only at nodes whose neighbourhood has changed since this commit or branch.",
)  # fmt: skip
@allow_empty_option
@report_options
@click.pass_context
def validate(
    ctx: click.Context,
    data: tuple[Path, ...],
    input_format: str | None,
    shapes: tuple[Path, ...],
    ontology: tuple[Path, ...],
    engine: str,
    endpoint: str | None,
    graph: str | None,
    as_held: bool,
    inference: str,
    metashacl: bool,
    changed_since: str | None,
    allow_empty: bool,
    form: Form,
) -> None:
    """Validate DATA, or the project's graph, against SHACL shapes; - is standard input.

    Each finding names its file; in Turtle, TriG, N-Triples and N-Quads line and column too. Exit 0:
    conforms; 1: findings; 2: could not be checked. With DATA and without -s, the project's shapes
    are used, and the rest of its graph is what DATA refers to.
    """
    from coopera import conformance

    if changed_since is not None and form.update_baseline:
        raise click.UsageError("--update-baseline needs a run that looks at everything.")
    if endpoint is None and (graph is not None or as_held):
        raise click.UsageError("--graph and --as-held go with --endpoint URL.")
    if endpoint is not None and (data or ontology or changed_since is not None):
        raise click.UsageError("--endpoint stands in place of DATA, -e and --changed-since.")
    if engine == "endpoint" and endpoint is None:
        raise click.UsageError("--engine endpoint goes with --endpoint URL.")
    if endpoint is not None and (engine == "pyshacl" or inference != "none"):
        raise click.UsageError("--endpoint goes with the compiled engine, without inference.")
    if DASH in data and changed_since is not None:
        raise click.UsageError("standard input has no past: --changed-since goes with files.")
    project = project_of(ctx)
    data = _with_stdin(ctx, data, input_format)
    if endpoint is not None:
        remote = conformance.Asked(
            data=(),
            shapes=shapes or project.shape_files,
            prefixes=project.prefixes,
            endpoint=endpoint,
            graph=graph,
            as_held=as_held,
            meta=metashacl,
            allow_empty=allow_empty,
        )
        far = conformance.run(remote)
        publish(form, project, far.findings, far.summary, far.shapes, complete=far.complete)
    asked = conformance.Asked(
        data=data or project.data_files,
        shapes=shapes or project.shape_files,
        prefixes=project.prefixes,
        ontology=(*ontology, *(() if shapes and data else project.vocabulary_files)),
        context=_others(project.data_files, data) if data and not shapes else (),
        engine=engine,
        inference=inference,
        meta=metashacl,
        since=changed_since,
        allow_empty=allow_empty,
        tell_unused=bool(shapes) or not data,
    )
    if changed_since is not None:
        from coopera import changes

        own = (changes.vocabulary(project), changes.data(project))
        given = changes.under([*data, *ontology])
        asked = replace(
            asked,
            facts=given if shapes and data else changes.either(given, *own),
            rules=changes.under(shapes) if shapes else changes.shapes(project),
        )
    found = conformance.run(asked)
    whole = changed_since is None
    publish(form, project, found.findings, found.summary, found.shapes, whole)


def _with_stdin(ctx: click.Context, data: tuple[Path, ...], ending: str | None) -> tuple[Path, ...]:
    """Keep standard input in a file for as long as the command runs."""
    if data.count(DASH) > 1:
        raise click.UsageError("standard input can be read once: give - once.")
    if DASH not in data:
        if ending is not None:
            raise click.UsageError("--input-format goes with -, standard input.")
        return data
    from tempfile import TemporaryDirectory

    from coopera import graphs

    folder = ctx.with_resource(TemporaryDirectory(prefix=SPOOL))
    kept = graphs.spool(sys.stdin.buffer, Path(folder), f".{ending or 'ttl'}")
    return tuple(kept if path == DASH else path for path in data)


def _others(files: list[Path], given: tuple[Path, ...]) -> list[Path]:
    """Give the files of the project that are not among those given."""
    known = {path.resolve() for path in given}
    return [path for path in files if path.resolve() not in known]

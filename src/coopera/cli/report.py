"""`coopera report`: the project in; one page about its quality, and a line of history, out."""

import datetime
import sys
from pathlib import Path

import click

from coopera.cli.checking import allow_empty_option
from coopera.cli.options import TARGET, language_option, project_of
from coopera.findings import SEVERITIES


@click.command()
@click.option(
    "-f", "--format", "format_name", type=click.Choice(["html", "json", "markdown"]),
    default="html", show_default=True,
)  # fmt: skip
@click.option("-o", "--output", type=TARGET, help="Write into this file.")
@click.option(
    "--history", type=TARGET,
    help="The file of the trend. [default: quality-history.csv of the project]",
)  # fmt: skip
@click.option("--record", is_flag=True, help="Add the measures of the day to the history.")
@click.option(
    "--date", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD",
    help="The day that --record writes down. [default: today]",
)  # fmt: skip
@click.option(
    "--fail-on", type=click.Choice((*SEVERITIES, "never")), default="never", show_default=True,
    help="The mildest severity that makes the exit code 1.",
)  # fmt: skip
@allow_empty_option
@language_option
@click.pass_context
def report(
    ctx: click.Context,
    format_name: str,
    output: Path | None,
    history: Path | None,
    record: bool,
    date: datetime.datetime | None,
    fail_on: str,
    allow_empty: bool,
    language: str,
) -> None:
    """Tell the quality of the graph: counts, gaps by property and language, findings, trend.

    The HTML page holds both languages and asks no server for anything. Without --record nothing
    is written but the page.
    """
    from dataclasses import replace

    from coopera import checks, files, findings, quality, verdicts
    from coopera.quality import history as histories

    if date and not record:
        raise click.UsageError("--date goes with --record.")
    project = project_of(ctx)
    if record and history is None:
        project.writable()
    path = history or project.root / histories.NAME
    # Read before the checks run: a damaged history is told at once.
    known = path.exists() or (history is not None and not record)
    entries = histories.read(path) if known else ()
    outcome = checks.run(project, allow_empty)
    measured = quality.measure(project, outcome)
    if record:
        day = (date.date() if date else datetime.datetime.now().astimezone().date()).isoformat()
        entries = histories.recorded(entries, measured.entry(day))
        files.replace(path, histories.text(entries))
    measured = replace(measured, history=entries)
    written = quality.WRITERS[format_name](measured, language, project.prefixes)
    if output:
        files.replace(output, written)
    else:
        click.echo(findings.plain(written), nl=False)
    sys.exit(verdicts.exit_code(outcome.findings, fail_on))

"""Reporting: findings of any check in; a report in the asked form, and the exit code, out."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopera.cli.options import TARGET, language_option
from coopera.findings import SEVERITIES

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from coopera.findings import Finding, Summary
    from coopera.project import Project

# Named here and not taken from `coopera.reports`: `coopera --help` loads no writer.
FORMATS = (
    "human", "concise", "table", "json", "turtle", "jsonld", "csv", "sarif", "github", "gitlab",
    "junit", "html", "markdown",
)  # fmt: skip


@dataclass(frozen=True)
class Form:
    """How to report, as the options say."""

    format: str
    output: Path | None
    language: str
    fail_on: str
    exit_zero: bool
    statistics: bool
    baseline: Path | None
    update_baseline: bool


_OPTIONS = (
    click.option(
        "-f", "--format", type=click.Choice(FORMATS), default="human", show_default=True,
        help="The form of the report.",
    ),
    click.option("-o", "--output", type=TARGET, help="Write the report into this file."),
    click.option(
        "--fail-on", type=click.Choice((*SEVERITIES, "never")), default="error", show_default=True,
        help="The mildest severity that makes the exit code 1.",
    ),
    click.option("--exit-zero", is_flag=True, help="Exit 0 whatever is found."),
    click.option(
        "--statistics", is_flag=True,
        help="Count the findings of each code, and the focus nodes of each shape, instead.",
    ),
    click.option(
        "--baseline", type=TARGET, help="Hold back the findings that this file knows.",
    ),
    click.option(
        "--update-baseline", is_flag=True, help="Write all findings into the file of --baseline.",
    ),
    language_option,
)  # fmt: skip


def report_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a report, as one argument `form`."""

    @wraps(command)
    def with_form(*arguments: Any, **options: Any) -> None:
        names = Form.__dataclass_fields__
        form = Form(**{name: options.pop(name) for name in names})
        if form.update_baseline and form.baseline is None:
            raise click.UsageError("--update-baseline goes with --baseline FILE.")
        command(*arguments, form=form, **options)

    for option in reversed(_OPTIONS):
        with_form = option(with_form)
    return with_form


def publish(
    form: Form,
    project: "Project",
    findings: "Sequence[Finding]",
    summary: "Summary",
    shapes: "Sequence[Triple]" = (),
    whole: bool = True,
    complete: bool = True,
) -> None:
    """Write the report and leave with its exit code: 1 for findings, else 0.

    `whole` is false where the run was not to look at everything; `complete` where it was, and
    could not: then the exit code is 2.
    """
    from dataclasses import replace

    from coopera import baselines, files, formats, verdicts
    from coopera.reports import REPORTS, Report, people

    if form.baseline and form.update_baseline:
        files.replace(form.baseline, baselines.text(findings, project.root))
        click.echo(f"written: {form.baseline}: {len(findings)}", err=True)
    if form.baseline:
        sifted = baselines.sift(findings, baselines.read(form.baseline), project.root)
        findings, notes = sifted.findings, baselines.notes(sifted, form.baseline, whole)
        summary = replace(summary, notes=(*summary.notes, *notes))
    report = Report(
        findings, summary, form.language, project.prefixes, Path.cwd(), shapes,
        colour=form.output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ,
        fail_on=form.fail_on,
    )  # fmt: skip
    if form.statistics:
        table = verdicts.statistics(findings, form.language)
        kind = {"json": "json", "csv": "csv", "markdown": "markdown"}.get(form.format)
        written = (
            formats.text(table, kind, project.prefixes)
            if kind
            else formats.human(table, project.prefixes).rpartition("\n")[0].rpartition("\n")[0]
            + "\n"
        )
        if not kind and (nodes := people.focus_nodes(report)):
            written += f"\n{nodes}"
    else:
        written = REPORTS[form.format](report)
    if form.output:
        files.replace(form.output, written)
    else:
        click.echo(written, nl=False)
    beside = form.output is not None or form.format in ("human", "concise", "table")
    if os.environ.get("GITHUB_ACTIONS") == "true" and beside:
        click.echo(REPORTS["github"](report), nl=False)
    sys.exit(verdicts.exit_code(findings, form.fail_on, form.exit_zero) if complete else 2)

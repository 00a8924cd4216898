"""`coopera reconcile`: a sheet with a column of names in; the same with what they mean out."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coopera.cli.options import FILE, TARGET, language_option, project_of

if TYPE_CHECKING:
    from coopera.reconciliation.sheets import Sheet

_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}


@click.command()
@click.argument("file", type=FILE)
@click.option("-c", "--column", required=True, help="The column that holds names or identifiers.")
@click.option("--country", metavar="COLUMN", help="A column that holds countries, by name or code.")
@click.option("--ror", type=FILE, help="A dump of ROR, or a part of one, to look in as well.")
@click.option(
    "--threshold", type=click.FloatRange(0, 100), default=50.0, show_default=True,
    help="The least score, of 100, of what is written.",
)  # fmt: skip
@click.option(
    "--delimiter", type=click.Choice(list(_DELIMITERS)), help="[default: the one that fits]"
)
@click.option(
    "-f", "--format", "format_name", type=click.Choice(["csv", "table", "json"]), default="csv",
    show_default=True,
)  # fmt: skip
@click.option("-o", "--output", type=TARGET, help="Write into this file.")
@click.option(
    "--fail-on", type=click.Choice(["unsure", "none", "never"]), default="unsure",
    show_default=True,
    help="What makes the exit code 1: a name without a sure match, or one without any.",
)  # fmt: skip
@language_option
@click.pass_context
def reconcile(
    ctx: click.Context,
    file: Path,
    column: str,
    country: str | None,
    ror: Path | None,
    threshold: float,
    delimiter: str | None,
    format_name: str,
    output: Path | None,
    fail_on: str,
    language: str,
) -> None:
    """Find the institutions that the names in a column of a CSV FILE mean.

    The first row of FILE names its columns. Each name, acronym or identifier is looked up in the
    graph, and in a dump of ROR where one is given; the best candidate, whether it is a sure
    match, and the second are added to its row. Exit 0: all are sure; 1: some are not (--fail-on);
    2: could not run.
    """
    from coopera import files, graphs
    from coopera.findings import plain
    from coopera.importers import ror as importer
    from coopera.reconciliation import Matcher, sheets, tables

    project = project_of(ctx)
    sheet = sheets.read(file, _DELIMITERS[delimiter] if delimiter else None)
    columns = sheet.column(column), sheet.column(country) if country else None
    _tell_guesses(sheet, language, delimiter is None)
    records = importer.read(ror) if ror else ()
    triples = graphs.read_all(project.graph_files)
    matcher = Matcher.of(triples, project.prefixes, project.base, records)
    found = tables.reconciled(matcher, sheet, *columns, threshold=threshold)
    written = tables.WRITERS[format_name](sheet, found, language)
    if output:
        files.replace(output, written)
    else:
        click.echo(written if format_name == "csv" else plain(written), nl=False)
    counts = Counter(row.standing for row in found)
    click.echo(_summary(counts, matcher.known, language), err=True)
    failing = {"unsure": ("unsure", "none"), "none": ("none",), "never": ()}[fail_on]
    sys.exit(1 if any(counts[standing] for standing in failing) else 0)


def _tell_guesses(sheet: "Sheet", language: str, guessed: bool) -> None:
    """Say what was guessed about the file."""
    from coopera.reconciliation.sheets import DELIMITERS

    french = language == "fr"
    if guessed and len(sheet.header) > 1:
        name = DELIMITERS[sheet.delimiter]
        words = {"comma": "virgule", "semicolon": "point-virgule", "tab": "tabulation"}
        click.echo(
            f"séparateur deviné : {words[name]}" if french else f"delimiter guessed: {name}",
            err=True,
        )
    if sheet.encoding == "cp1252":
        click.echo(
            "le fichier n'est pas en UTF-8 ; il est lu comme Windows-1252"
            if french
            else "the file is not UTF-8; it is read as Windows-1252",
            err=True,
        )


def _summary(counts: Counter[str], known: int, language: str) -> str:
    sure, unsure, none, empty = (counts[one] for one in ("sure", "unsure", "none", "empty"))
    if language == "fr":
        return (
            f"sûrs : {sure}, à vérifier : {unsure}, sans candidat : {none}, vides : {empty} "
            f"(parmi {known} organismes)"
        )
    return (
        f"sure: {sure}, to be checked: {unsure}, without candidate: {none}, empty: {empty} "
        f"(among {known} organizations)"
    )

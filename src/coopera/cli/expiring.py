"""`coopera expiring`: a day and a span in; the agreements that end, or may end, in it out."""

import calendar
import datetime
import re
from dataclasses import replace
from pathlib import Path

import click

from coopera.cli.options import TARGET, language_option, project_of

_UNITS = {"d": 0, "w": 0, "mo": 1, "y": 12}
"""The months of each unit; days and weeks have none."""


class _Span(click.ParamType):  # type: ignore[type-arg]  # click before 8.4 gives it none
    """A number of days, weeks, months or years."""

    name = "span"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Give months and days."""
        match = re.fullmatch(r"(\d{1,4})(d|w|mo|y)", str(value), re.ASCII)
        if not match:
            self.fail(f"{value!r} is no span: write 90d, 6w, 12mo or 2y.", param, ctx)
        number, unit = int(match[1]), match[2]
        days = number * {"d": 1, "w": 7}.get(unit, 0)
        return number * _UNITS[unit], days


def later(day: datetime.date, months: int, days: int) -> datetime.date:
    """Give the day after some months and days; the last of the month where it is too short."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    if year > datetime.MAXYEAR:
        return datetime.date.max
    first = datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    left = (datetime.date.max - first).days
    return first + datetime.timedelta(min(days, left))


@click.command()
@click.option(
    "--within", type=_Span(), default="12mo", show_default=True, metavar="SPAN",
    help="How far to look: 90d, 6w, 12mo or 2y.",
)  # fmt: skip
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD",
    help="The day from which to look. [default: today]",
)  # fmt: skip
@click.option("--known", is_flag=True, help="Leave out the agreements whose end is unknown.")
@click.option(
    "-f", "--format", "format_name", default="table", show_default=True,
    type=click.Choice(["table", "csv", "json", "markdown", "md", "ics"]),
)  # fmt: skip
@click.option("-o", "--output", type=TARGET, help="Write into this file.")
@language_option
@click.pass_context
def expiring(
    ctx: click.Context,
    within: tuple[int, int],
    as_of: datetime.datetime | None,
    known: bool,
    format_name: str,
    output: Path | None,
    language: str,
) -> None:
    """List the agreements that end within a span, and those whose end no source states.

    An end of which only the month or the year is stated counts by the last day that it can be. In
    a calendar (ics) only ends that are stated can stand.
    """
    from coopera import answers, engines, files, formats, graphs
    from coopera.pages import Pages
    from coopera.pages import expiring as room
    from coopera.publication import calendars

    project = project_of(ctx)
    triples = graphs.read_all(project.graph_files)
    engine = engines.ENGINES["oxigraph"](triples)
    pages = Pages(project, engine, triples)
    begin = (as_of or datetime.datetime.now().astimezone()).date()
    found = room.within(pages.ends, begin, later(begin, *within), known)
    if format_name == "ics":
        reader = pages.readers[language]
        events = (calendars.ending(reader, end, end.last) for end in found if end.last)
        written = calendars.text(reader, events, begin, reader.word("expiring"))
    else:
        table = room.table(pages.index, found, begin)
        name = "markdown" if format_name == "md" else format_name
        if name in ("table", "markdown"):
            table = answers.named(engine, table, language)
            table = replace(table, variables=room.headings(table.variables, language))
        written = formats.text(table, name, project.prefixes)
    if output:
        files.replace(output, written)
    else:
        click.echo(written, nl=False)

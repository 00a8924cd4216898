"""The command `serve`: a project or files, and settings in; a server on a port out."""

from dataclasses import replace
from pathlib import Path

import click

from coopera.cli.options import FILE, project_of
from coopera.limits import Limits, published

_DEFAULT = Limits()


def _told() -> str:
    """Tell the limits of a query, as the service description does."""
    lines = [f"  {limit.text['en']}: {limit.figure}" for limit in published(_DEFAULT)]
    return "\n".join(["\b", "Limits, unless an option says otherwise:", *lines])


@click.command(epilog=_told())
@click.argument("files", nargs=-1, type=FILE)
@click.option("-h", "--host", default="127.0.0.1", show_default=True, help="Loopback unless said.")
@click.option("-p", "--port", default=8001, show_default=True, type=click.IntRange(0, 65535))
@click.option("--url", metavar="URL", help="The URL of the root as the world knows it.")
@click.option(
    "--seconds", default=_DEFAULT.seconds, show_default=True, type=click.FloatRange(0.1, 3600),
    help="Seconds that a query may take.",
)  # fmt: skip
@click.option(
    "--rows", default=_DEFAULT.rows, show_default=True, type=click.IntRange(1),
    help="Rows that an answer may have.",
)  # fmt: skip
@click.option(
    "--memory", default=_DEFAULT.memory >> 20, show_default=True, type=click.IntRange(16),
    help="MiB that a query may use.",
)  # fmt: skip
@click.option(
    "--workers", default=_DEFAULT.workers, show_default=True, type=click.IntRange(1, 64),
    help="Queries that are answered at once.",
)  # fmt: skip
@click.option("--ror", type=FILE, help="An extract of ROR (JSON lines), to reconcile with too.")
@click.option("--reload/--no-reload", default=True, help="Look for changes of the files.")
@click.option("--log/--no-log", default=True, help="Tell each request on standard error.")
@click.option("--proxied", is_flag=True,
              help="Believe X-Forwarded-For and -Proto of a proxy on this machine.")  # fmt: skip
@click.option("--unisolated", is_flag=True,
              help="Serve even where workers cannot be cut off from the network.")  # fmt: skip
@click.option("-o", "--open", "browse", is_flag=True, help="Open the pages in a browser.")
@click.pass_context
def serve(
    ctx: click.Context,
    files: tuple[Path, ...],
    host: str,
    port: int,
    url: str | None,
    seconds: float,
    rows: int,
    memory: int,
    workers: int,
    ror: Path | None,
    reload: bool,
    log: bool,
    proxied: bool,
    unisolated: bool,
    browse: bool,
) -> None:
    """Serve the pages of `build` live, with SPARQL, an API of the saved queries and reconciliation.

    FILES take the place of the project's data. Everything is for reading; each public query runs
    in a process of its own that cannot reach the network and is ended at its limits.
    """
    from coopera import server
    from coopera.server.snapshot import Inputs

    limits = replace(_DEFAULT, seconds=seconds, rows=rows, memory=memory << 20, workers=workers)
    settings = server.Settings(
        host, port, url, limits, reload=reload, log=log, proxied=proxied, unisolated=unisolated
    )

    def tell(text: str) -> None:
        click.echo(text, err=True)
        if browse and text.endswith("metrics"):
            click.launch(url or f"http://{host}:{port}/")

    server.run(Inputs(project_of(ctx), files, ror), settings, tell)

"""Outlets: a project in; everything that shows it as pages, each type of page with its URL, out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

from click.testing import CliRunner
from serving import serving

from coopera import checks, graphs, site
from coopera.cli import main
from coopera.pages import Pages
from coopera.pages.names import part_of
from coopera.project import Project
from coopera.publication import Publication
from coopera.terms import LANGUAGES

SELECT = quote("SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 20")
LIVE = {
    "sparql": "sparql?lang={}",
    "sparql-answer": f"sparql?format=html&lang={{}}&query={SELECT}",
    "sparql-problem": "sparql?format=html&lang={}&query=SELEC",
    "query": "{}/queries/agreements-between.html",
    "query-problem": "{}/queries/agreements-between.html?institution=nobody",
    "refusal": "{}/nothing.html",
}
"""The pages that a server alone has. Their name begins with that of their template."""
REPORTS = {"quality": "report", "findings": "check"}
"""The pages that a command writes: their template and the command."""


@dataclass(frozen=True)
class Kind:
    """A type of page: the template that writes it and the room it stands in; one such page."""

    name: str
    template: str
    address: str


@dataclass(frozen=True)
class Site:
    """A built site: its folder, its URL without a slash at its end, and its types of pages."""

    folder: Path
    url: str
    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class Outlet:
    """Where pages come from: its URL, and the way to each page with `{}` for the language."""

    url: str
    pages: dict[str, str]


def kinds(pages: Pages, folder: Path) -> tuple[Kind, ...]:
    """Give each type of page of a built site with its longest page, which has the most to show."""
    found: dict[str, tuple[int, Kind]] = {}
    for address in pages.addresses:
        template = pages.view(address, "en").template.removesuffix(".html")
        steps = part_of(address)[0].split("/")
        room = steps[:2] if steps[0] == "id" else [steps[0], *("x" for _ in steps[1:])]
        name = "-".join([template, *room])
        size = (folder / f"en/{address}.html").stat().st_size
        if size > found.get(name, (0, None))[0]:
            found[name] = size, Kind(name, f"{template}.html", address)
    return tuple(kind for _, (_, kind) in sorted(found.items()))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file, unless the browser has left."""
        with suppress(ConnectionError):
            super().copyfile(source, outputfile)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of loopback, as any web server would; give its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def built(project: Project, folder: Path) -> Iterator[Site]:
    """Serve the site of a project from a folder, and first build it there, unless it is built."""
    outcome = checks.run(project)
    triples = graphs.read_all(project.graph_files)
    if not folder.exists():
        site.write(project, triples, folder, outcome)
    found = kinds(Publication(project, triples, lambda: outcome).pages, folder)
    with served(folder) as url:
        yield Site(folder, url, found)


@contextmanager
def all_of(project: Project, static: Site, folder: Path) -> Iterator[dict[str, Outlet]]:
    """Open what shows a project: its site, its server, and the reports, written to a folder."""
    for name, command in REPORTS.items():
        for language in LANGUAGES:
            told = ["--project", str(project.root), command, "--lang", language, "-f", "html"]
            done = CliRunner().invoke(main, [*told, "-o", str(folder / f"{name}-{language}.html")])
            assert done.exit_code in (0, 1), done.output
    ways = {kind.name: f"{{}}/{kind.address}.html" for kind in static.kinds}
    with (
        serving("--no-log", "--unisolated", "--no-reload", project=project.root) as live,
        served(folder) as reports,
    ):
        yield {
            "site": Outlet(static.url, ways | {"front": "index.html", "lost": "404.html"}),
            "live": Outlet(live.url, LIVE),
            "reports": Outlet(reports, {name: f"{name}-{{}}.html" for name in REPORTS}),
        }

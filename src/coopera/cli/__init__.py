"""The command line: arguments in; one room called; its answer on standard output."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopera import __version__
from coopera.cli import checking
from coopera.cli import load as loading
from coopera.cli.expiring import expiring
from coopera.cli.options import FILE, FOLDER, TARGET, language_option, project_of
from coopera.cli.reconcile import reconcile
from coopera.cli.report import report
from coopera.cli.rule import rule
from coopera.cli.serve import serve
from coopera.cli.verify import verify
from coopera.engines import ENGINES
from coopera.errors import CooperaError
from coopera.formats import FORMATS

if TYPE_CHECKING:
    from coopera.checks import Outcome
    from coopera.engines import Answer, Engine
    from coopera.findings import Finding
    from coopera.project import Project

# Other rooms are imported inside the commands: `coopera --help` loads neither rdflib nor Jinja2.


class _Commands(click.Group):
    """Shows what a reader can mend without a traceback, and exits with 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a CooperaError becomes its text on standard error and exit code 2."""
        try:
            return super().invoke(ctx)
        except CooperaError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(2)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception:
            # A bug of ours: neither "fine" nor "findings".
            import traceback

            click.echo(traceback.format_exc(), err=True)
            sys.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option("--project", "folder", type=FOLDER, help="The folder of the graph project.")
@click.pass_context
def main(ctx: click.Context, folder: Path | None) -> None:
    """Query, check and publish a graph of institutional cooperation.

    The project is --project DIR, else the nearest parent folder with coopera.toml, else the
    graph packaged with this command. Exit 0: fine; 1: findings; 2: could not run.
    """
    ctx.obj = folder
    if not sys.stdout.isatty() and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")  # what is redirected is a file of ours


def _tell(findings: "tuple[Finding, ...] | list[Finding]", language: str) -> None:
    for finding in findings:
        click.echo(finding.text(language))


_FRENCH = {
    "error": "erreurs",
    "warning": "avertissements",
    "info": "indications",
    "checked": "vérifié",
    "files": "fichiers",
    "triples": "triplets",
    "assertions": "assertions",
    "shapes": "formes",
    "focus nodes": "nœuds visés",
    "queries": "requêtes",
}
_ENGLISH = {name: name for name in _FRENCH} | {"error": "errors", "warning": "warnings"}


def _summary(outcome: "Outcome", language: str) -> None:
    from collections import Counter

    words, colon = (_FRENCH, " :") if language == "fr" else (_ENGLISH, ":")
    kinds = Counter(finding.severity for finding in outcome.findings)
    told = ", ".join(f"{words[kind]}: {kinds[kind]}" for kind in ("error", "warning", "info"))
    looked = ", ".join(f"{words[name]}: {count}" for name, count in outcome.summary.counts.items())
    click.echo(f"{told}\n{words['checked']}: {looked}".replace(":", colon), err=True)


main.add_command(checking.check)
main.add_command(checking.validate)
main.add_command(expiring)
main.add_command(loading.load)
main.add_command(reconcile)
main.add_command(report)
main.add_command(rule)
main.add_command(serve)
main.add_command(verify)


@main.command()
@click.argument("name", required=False)
@click.option("-q", "--query", "text", help="SPARQL text in place of a saved query.")
@click.option("--query-file", type=FILE, help="A file of SPARQL in place of a saved query.")
@click.option(
    "-p", "--param", "parameters", multiple=True, metavar="NAME=VALUE",
    help="A parameter: an IRI, a CURIE, a label, a date …, or 'all'. Repeat it for several values.",
)  # fmt: skip
@click.option("--engine", type=click.Choice(list(ENGINES)), default="oxigraph")
@click.option("--store", type=loading.STORE, help="A store made by coopera load -o DIR.")
@click.option(
    "-f", "--format", "format_name", type=click.Choice(list(FORMATS)),
    help="Default: a table, or Turtle for a graph.",
)  # fmt: skip
@click.option(
    "--as-of", "day", metavar="DATE",
    help="Ask of what held, or was known, at the end of a day, a month or a year.",
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
    engine: str,
    store: Path | None,
    format_name: str | None,
    day: str | None,
    iris: bool,
    output: Path | None,
) -> None:
    """Answer a saved query by its NAME, or any SPARQL 1.1 query, from the project's graph.

    -p language=fr gives labels in French. --as-of leaves out states that were told later and what
    begins later, and gives the day to a parameter `day`.
    """
    from coopera import answers, files, formats
    from coopera.tables import Table

    if [name, text, query_file].count(None) != 2:
        raise click.UsageError("give one of NAME, -q and --query-file.")
    if parameters and not name:
        raise click.UsageError("-p goes with the NAME of a saved query.")
    project = project_of(ctx)
    saved = project.query(name) if name else None
    given = _pairs(parameters)
    if day is None:
        run = loading.engine(project, engine, store)
    elif store is not None:
        raise click.UsageError("--as-of reads the files of the project, not a store.")
    else:
        from coopera import asof, graphs

        triples = graphs.read_all(project.graph_files)
        run = ENGINES[engine](asof.reduce(project, triples, day).triples)
        if saved and any(p.name == "day" and p.type == "date" for p in saved.parameters):
            given.setdefault("day", [asof.day(day)])
    if saved:
        sparql = answers.resolve(project, run, saved, given)
    else:
        sparql = text if text is not None else files.text(query_file or Path())
    answer = _answer(run, sparql, project, saved.path if saved else query_file)
    form = format_name or formats.default(answer)
    if isinstance(answer, Table) and form in ("table", "markdown") and not iris:
        language = dict(p.split("=", 1) for p in parameters).get("language", "en")
        answer = answers.named(run, answer, language)
    written = formats.text(answer, form, project.prefixes)
    if output:
        files.replace(output, written)
    else:
        click.echo(written, nl=False)


def _answer(engine: "Engine", sparql: str, project: "Project", path: Path | None) -> "Answer":
    """Run a query; for a prefix that the project knows, the remedy is the line to add."""
    import re

    from coopera import queries as room
    from coopera.errors import QueryError

    try:
        return engine.query(sparql)
    except QueryError as error:
        prefix = re.search(r"prefix '(.*)' is not declared", error.problem)
        namespace = project.prefixes.namespaces.get(prefix[1]) if prefix else None
        if prefix and namespace:
            error.remedy = f"add a line PREFIX {prefix[1]}: <{namespace}>."
        if path is not None:
            raise room.at(path, error) from error
        raise


def _pairs(parameters: tuple[str, ...]) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals or not value:
            raise click.UsageError(f"-p {parameter}: write NAME=VALUE.")
        given.setdefault(name, []).append(value)
    return given


@main.command()
@click.argument("names", nargs=-1)
@click.option("--update", is_flag=True, help="Write the answers beside the queries anew.")
@language_option
@click.pass_context
def queries(ctx: click.Context, names: tuple[str, ...], update: bool, language: str) -> None:
    """List the saved queries and their parameters, all or by NAMES."""
    from coopera import answers, files, graphs
    from coopera import queries as room

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


@main.command()
@click.option(
    "--source", "sources", type=FILE, multiple=True,
    help="Verify the quotes against the text of a source.",
)  # fmt: skip
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 on a difference.")
@language_option
@click.pass_context
def evidence(
    ctx: click.Context, sources: tuple[Path, ...], only_check: bool, language: str
) -> None:
    """Make evidence.ttl, derived.ttl and claims.md from what people write.

    evidence.ttl and claims.md come from evidence.csv alone; derived.ttl from the rules in
    ontology/derive.
    """
    from coopera import derived, files, graphs
    from coopera import evidence as room

    project = project_of(ctx) if only_check else project_of(ctx).writable()
    rows = room.assertions(project)
    made = {**room.generated(project), **derived.generated(project)}
    stale = [path for path, text in made.items() if not files.holds(path, text)]
    for path in stale:
        if not only_check:
            files.replace(path, made[path])
        click.echo(f"{'stale' if only_check else 'written'}: {path.relative_to(project.root)}")
    present = graphs.read_all(project.data_files) if sources else []
    findings = []
    for source in sources:
        found, told = room.verify(project, source, present, rows)
        findings += found
        click.echo(told, err=True)
    _tell(findings, language)
    sys.exit(1 if findings or (stale and only_check) else 0)


@main.command()
@click.pass_context
def stats(ctx: click.Context) -> None:
    """Count what the graph holds: triples, instances per class, evidence, shapes and queries."""
    from coopera import counts, formats

    project = project_of(ctx)
    click.echo(formats.human(counts.table(project), project.prefixes), nl=False)


@main.command()
@click.option("-o", "--output", type=TARGET, help="The folder to write. [default: public]")
@click.option(
    "--url", metavar="URL",
    help="Where the site will stand on the web. [default: url, else base, of coopera.toml]",
)  # fmt: skip
@click.option("--allow-empty", is_flag=True, help="Accept that no shape reaches any node.")
@language_option
@click.pass_context
def build(
    ctx: click.Context, output: Path | None, url: str | None, allow_empty: bool, language: str
) -> None:
    """Check the project, then write its site and its dumps. What does not conform is refused."""
    from dataclasses import replace

    from coopera import checks, site
    from coopera.project import is_folder

    project = project_of(ctx)
    if url is not None:
        if not is_folder(url):
            raise click.BadParameter("write an http address that ends with a slash.")
        project = replace(project, url=url)
    outcome = checks.run(project, allow_empty)
    _tell(outcome.findings, language)
    _summary(outcome, language)
    if outcome.failed:
        click.echo("not published: mend the errors first.", err=True)
        sys.exit(1)
    target = output or project.output
    written = site.write(project, outcome.triples, target, outcome)
    told = ", ".join(f"{count} {name}" for name, count in written.items())
    click.echo(f"{target}: {told}; open {target / 'index.html'}")

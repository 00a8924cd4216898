"""The command line: arguments in; one room called; its answer on standard output."""

import sys
from pathlib import Path
from typing import Any

import click

from coopera import __version__
from coopera.cli import checking
from coopera.cli import load as loading
from coopera.cli.build import build, tell
from coopera.cli.expiring import expiring
from coopera.cli.options import FILE, FOLDER, language_option, project_of
from coopera.cli.query import queries, query
from coopera.cli.reconcile import reconcile
from coopera.cli.report import report
from coopera.cli.rule import rule
from coopera.cli.serve import serve
from coopera.cli.verify import verify
from coopera.errors import CooperaError

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
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click ends quietly where whoever reads has seen enough
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


main.add_command(build)
main.add_command(checking.check)
main.add_command(checking.validate)
main.add_command(expiring)
main.add_command(loading.load)
main.add_command(query)
main.add_command(queries)
main.add_command(reconcile)
main.add_command(report)
main.add_command(rule)
main.add_command(serve)
main.add_command(verify)


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
    tell(findings, language)
    sys.exit(1 if findings or (stale and only_check) else 0)


@main.command()
@click.pass_context
def stats(ctx: click.Context) -> None:
    """Count what the graph holds: triples, instances per class, evidence, shapes and queries."""
    from coopera import counts, formats

    project = project_of(ctx)
    click.echo(formats.human(counts.table(project), project.prefixes), nl=False)

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
from coopera.cli.query import queries, query
from coopera.cli.reconcile import reconcile
from coopera.cli.report import report
from coopera.cli.rule import rule
from coopera.cli.serve import serve
from coopera.cli.verify import verify
from coopera.errors import CooperaError

if TYPE_CHECKING:
    from coopera.checks import Outcome
    from coopera.findings import Finding

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
@click.option(
    "--redirects", metavar="KINDS",
    help="Write rules that lead from IRIs to files: apache,nginx,netlify,w3id or some of them.",
)  # fmt: skip
@click.option("--allow-empty", is_flag=True, help="Accept that no shape reaches any node.")
@language_option
@click.pass_context
def build(
    ctx: click.Context,
    output: Path | None,
    url: str | None,
    redirects: str | None,
    allow_empty: bool,
    language: str,
) -> None:
    """Check the project, then write its site and its dumps. What does not conform is refused."""
    from dataclasses import replace

    from coopera import checks, site
    from coopera.project import is_folder
    from coopera.publication.redirects import REDIRECTS

    project = project_of(ctx)
    if url is not None:
        if not is_folder(url):
            raise click.BadParameter("write an http address that ends with a slash.")
        project = replace(project, url=url)
    kinds = [kind.strip() for kind in (redirects or "").split(",") if kind.strip()]
    if unknown := [kind for kind in kinds if kind not in REDIRECTS]:
        raise click.BadParameter(f"{unknown[0]}: choose among {', '.join(REDIRECTS)}.")
    outcome = checks.run(project, allow_empty)
    _tell(outcome.findings, language)
    _summary(outcome, language)
    if outcome.failed:
        click.echo("not published: mend the errors first.", err=True)
        sys.exit(1)
    target = output or project.output
    written = site.write(project, outcome.triples, target, outcome, kinds)
    told = ", ".join(f"{count} {name}" for name, count in written.items())
    click.echo(f"{target}: {told}; open {target / 'index.html'}")

"""`coopera build`: a project in; its site in a folder, or what stands in the way of it, out."""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from coopera.cli.options import TARGET, language_option, project_of

if TYPE_CHECKING:
    from coopera.findings import Finding

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


def tell(findings: "Iterable[Finding]", language: str) -> None:
    """Show findings, one a line."""
    for finding in findings:
        click.echo(finding.text(language))


def _summary(findings: "Iterable[Finding]", counts: dict[str, int], language: str) -> None:
    words, colon = (_FRENCH, " :") if language == "fr" else (_ENGLISH, ":")
    kinds = Counter(finding.severity for finding in findings)
    told = ", ".join(f"{words[kind]}: {kinds[kind]}" for kind in ("error", "warning", "info"))
    looked = ", ".join(f"{words[name]}: {count}" for name, count in counts.items())
    click.echo(f"{told}\n{words['checked']}: {looked}".replace(":", colon), err=True)


def _written(target: Path, written: dict[str, int]) -> None:
    told = ", ".join(f"{count} {name}" for name, count in written.items())
    click.echo(f"{target}: {told}; open {target / 'index.html'}")


def _refuse() -> NoReturn:
    click.echo("not published: mend the errors first.", err=True)
    sys.exit(1)


@click.command()
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
@click.option(
    "--strict", is_flag=True,
    help="Refuse, too, a name or definition in one language only, and a link that leads nowhere.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Check and write anew what has not changed.")
@language_option
@click.pass_context
def build(
    ctx: click.Context,
    output: Path | None,
    url: str | None,
    redirects: str | None,
    allow_empty: bool,
    strict: bool,
    force: bool,
    language: str,
) -> None:
    """Check the project, then write its site and its dumps. What does not conform is refused.

    A site that was made of the same, and is as it was written, stays: what was found is told again.
    """
    from coopera import builds
    from coopera.project import is_folder

    project = project_of(ctx)
    if url is not None:
        if not is_folder(url):
            raise click.BadParameter("write an http address that ends with a slash.")
        project = replace(project, url=url)
    kinds = [kind.strip() for kind in (redirects or "").split(",") if kind.strip()]
    target = output or project.output
    options = {"url": project.url, "redirects": kinds, "empty": allow_empty, "strict": strict}
    inputs = builds.inputs(project, options)
    former = None if force else builds.former(target, inputs, project.root)
    if former is not None:
        click.echo("nothing has changed since this site was written.", err=True)
        tell(former.findings, language)
        _summary(former.findings, former.counts, language)
        _written(target, former.written)
        return

    from coopera import checks, site
    from coopera.publication import Publication
    from coopera.publication.redirects import REDIRECTS

    if unknown := [kind for kind in kinds if kind not in REDIRECTS]:
        raise click.BadParameter(f"{unknown[0]}: choose among {', '.join(REDIRECTS)}.")
    begun = checks.begin(project, allow_empty)
    published = None
    try:  # while they are at work
        published = Publication(project, begun.triples, begun.outcome, kinds)
        published.gather()
    except Exception:
        if not begun.outcome().failed:  # else the findings say what is wrong
            raise
    outcome = begun.outcome()
    if strict:
        more = site.untranslated(project, outcome.triples)
        outcome = replace(outcome, findings=(*outcome.findings, *more))
    tell(outcome.findings, language)
    _summary(outcome.findings, outcome.summary.counts, language)
    if outcome.failed:
        _refuse()
    try:
        written = site.write(
            project, begun.triples, target, outcome, kinds, inputs,
            strict=strict, published=published,
        )  # fmt: skip
    except site.RefusedError as refused:
        tell(refused.findings, language)
        _refuse()
    _written(target, written)

"""`coopera rule`: codes in; what they demand, why, and how right and wrong look, out."""

import click

from coopera.cli.options import language_option, project_of


@click.command()
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option(
    "-f", "--format", "format_name", type=click.Choice(["text", "json", "markdown"]),
    default="text", show_default=True,
)  # fmt: skip
@language_option
@click.pass_context
def rule(ctx: click.Context, codes: tuple[str, ...], format_name: str, language: str) -> None:
    """Explain the CODE of a finding: what it demands, why, what to do, a good and a bad example.

    Without a CODE, list them all.
    """
    from coopera import findings, rules

    project = project_of(ctx)
    if codes:
        written = rules.WRITERS[format_name](rules.explain(project, codes), language)
    else:
        written = rules.LISTS[format_name](rules.every(project), language)
    click.echo(findings.plain(written), nl=False)

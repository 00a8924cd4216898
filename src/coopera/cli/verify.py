"""`coopera verify`: names of rules in; what their queries find, which is to be nothing, out."""

import click

from coopera.cli.options import project_of
from coopera.cli.reporting import Form, publish, report_options


@click.command()
@click.argument("names", nargs=-1, metavar="[QUERY]...")
@click.option("--allow-empty", is_flag=True, help="Accept that there is no rule.")
@report_options
@click.pass_context
def verify(ctx: click.Context, names: tuple[str, ...], allow_empty: bool, form: Form) -> None:
    """Run the rules that are queries and must find nothing: all, or each QUERY by its name.

    A rule is a file of queries/verify: SPARQL whose header gives a code, a severity and a message.
    Exit 0: nothing found; 1: findings; 2: could not be verified.
    """
    import time

    from coopera import engines, graphs, verification
    from coopera.findings import Summary

    started = time.perf_counter()
    project = project_of(ctx)
    rules = verification.pick(project, names, allow_empty)
    triples = graphs.read_all(project.graph_files)
    found = verification.run(project, engines.ENGINES["oxigraph"](triples), names)
    counts = {"triples": len(set(triples)), "queries": len(rules)}
    summary = Summary(counts, seconds=time.perf_counter() - started)
    publish(form, project, found, summary, whole=not names)

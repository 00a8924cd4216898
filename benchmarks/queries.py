"""What our engine adds to pyoxigraph: a number of triples in; seconds by saved query out.

Run it as `python benchmarks/queries.py` for the project's graph, or with `100000` for as many
triples: the project's data again and again, each time under other names. Raw is `Store.query` and
the terms of its solutions in tuples, or its triples, each once and in order; ours is the engine's
answer. The two run by turns, and the least time of each, of the processor, counts. Exit 1: a query
takes more than 1.2 times as long.
"""

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, Store, Triple

from coopera import graphs, project
from coopera.engines.oxigraph import Oxigraph
from coopera.project import Project

MOST = 1.2
"""How many times the raw time ours may take."""


def triples(found: Project, least: int) -> Iterator[Triple]:
    """Give the graph of a project, then its data under other names, until there are enough."""
    data = graphs.read_all(found.data_files)
    whole = graphs.read_all(found.graph_files)
    yield from whole
    given = len(set(whole))
    for turn in count(1):
        if given >= least:
            return
        names: dict[str, NamedNode] = {}

        def other(term: Any, names: dict[str, NamedNode] = names, end: str = f"-{turn}") -> Any:
            if not isinstance(term, NamedNode) or not term.value.startswith(found.thing_base):
                return term
            if term.value not in names:
                names[term.value] = NamedNode(term.value + end)
            return names[term.value]

        new = [Triple(other(t.subject), t.predicate, other(t.object)) for t in data]
        given += len(set(new) - set(data))
        yield from new


def raw(store: Store, text: str) -> object:
    """Answer a query with pyoxigraph alone."""
    found = store.query(text)
    if isinstance(found, QuerySolutions):
        return [tuple(solution) for solution in found]
    return bool(found) if isinstance(found, QueryBoolean) else sorted(set(found), key=str)


def seconds(run: Callable[[], object]) -> float:
    """Give the seconds of the processor that one run takes: others may use it too."""
    start = time.thread_time()
    run()
    return time.thread_time() - start


def least(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Give the least time of two things that are run by turns, for about two seconds."""
    times = [(seconds(first), seconds(second))]
    turns = min(400, max(5, int(1 / (sum(times[0]) or 1))))
    for turn in range(turns):
        one, other = (seconds(run) for run in ((first, second), (second, first))[turn % 2])
        times.append((one, other) if turn % 2 == 0 else (other, one))
    return min(pair[0] for pair in times), min(pair[1] for pair in times)


def main(size: int, names: list[str]) -> int:
    """Print a Markdown table, a query a row, the worst ratio first."""
    found = project.find()
    engine = Oxigraph(triples(found, size))
    print(f"{len(engine.store):,} triples\n")
    print("| query | raw | ours | ratio |\n| --- | --- | --- | --- |")
    rows = []
    gc.disable()
    for saved in found.queries.values():
        if names and saved.name not in names:
            continue
        text = saved.text
        one, ours = least(lambda: raw(engine.store, text), lambda: engine.query(text))  # noqa: B023
        rows.append((ours / one, f"| {saved.name} | {one * 1e3:.2f} ms | {ours * 1e3:.2f} ms |"))
    for ratio, row in sorted(rows, reverse=True):
        print(f"{row} {ratio:.2f} |")
    return int(max(rows)[0] > MOST)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("triples", type=int, nargs="?", default=0)
    parser.add_argument("--query", action="append", default=[], help="only this one; repeatable")
    given = parser.parse_args()
    sys.exit(main(given.triples, given.query))

"""What stores on disk and the start cost: sizes in; seconds, milliseconds and memory out.

Run it as `python benchmarks/stores.py 10000 1000000 FOLDER`: for each size it makes a graph below
the folder with `cooperation.py`, loads it with `coopera load`, and asks the store. `--saved` loads
projects of such sizes in place of it, and answers a saved query; `--cold` answers one from the
files of this project, twenty times. Children do the work: figures are of whole processes.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import commands

ROOT = Path(__file__).parents[1]
LOOKUPS = 200
ASK = """
import json, statistics, sys, time
from pathlib import Path
from coopera import stores
from coopera.engines.oxigraph import Oxigraph
start = time.perf_counter()
store = stores.find(Path(sys.argv[1])).open()
opened = time.perf_counter() - start
engine, times = Oxigraph.of(store), []
for turn in range(int(sys.argv[2])):
    name = turn * 7919 % int(sys.argv[3])
    thing = f"<https://w3id.org/coopera/benchmark/agreement/{name}>"
    start = time.perf_counter()
    rows = engine.query(f"SELECT ?p ?o {{ {thing} ?p ?o }}").rows
    times.append(time.perf_counter() - start)
    assert len(rows) > 3, thing
print(json.dumps([opened, times[0], statistics.median(times), max(times)]))
"""

LOADED = """
import sys
from coopera.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    names = [n for n in sys.modules if n.replace(".", "").isidentifier() and n[0] != "_"]
    print(*names)
"""
IMPORTS = """
import sys
for name in sys.argv[1:]:
    try:
        __import__(name)
    except ImportError:  # made by another module, such as typing.io
        pass
"""


@dataclass(frozen=True)
class Cost:
    """What a process cost: seconds by the clock and of the processor, its peak memory in MiB."""

    wall: float
    cpu: float
    peak: float
    output: str


def run(*command: object, cache: Path | None = None, expect: str = "") -> Cost:
    """Run a Python command to its end, and see that it says what is expected."""
    environment = {**os.environ, **({"XDG_CACHE_HOME": str(cache)} if cache else {})}
    with tempfile.TemporaryFile("w+") as told:
        before = time.perf_counter()
        arguments = [sys.executable, *map(str, command)]
        process = subprocess.Popen(arguments, stdout=told, stderr=told, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - before
        told.seek(0)
        output = told.read()
    if status or expect not in output:
        raise SystemExit(f"{arguments} failed:\n{output}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, output)


def store(size: int, room: Path) -> str:
    """Make a graph, load it and look things up; give a row of Markdown."""
    graph, target = room / str(size), room / f"{size}-store"
    if not (graph / "data.nt").exists():
        run(ROOT / "benchmarks" / "cooperation.py", size, graph)
    shutil.rmtree(target, ignore_errors=True)
    load = ("-m", "coopera", "load", graph / "data.nt", "-o", target, "--lang", "en")
    made = run(*load, expect=": made, ")
    triples, disk = re.findall(r"([\d,]+) triples, ([\d.,]+ MiB)", made.output)[0]
    agreements = size // 50  # each has some 40 triples
    found = json.loads(run("-c", ASK, target, LOOKUPS, agreements).output)
    times = " | ".join(f"{seconds * 1e3:.2f} ms" for seconds in found)
    whole = run(*load, expect=": there already, and whole, ")
    built = f"{made.wall:.1f} s, {made.cpu:.1f} s | {made.peak:,.0f} MiB | {disk}"
    return f"| {triples} | {built} | {times} | {whole.wall:.1f} s |"


def saved(size: int, room: Path) -> str:
    """Answer a saved query of a project from its files, then from its store; give a row."""
    folder, cache = room / f"{size}-project", room / "cache"
    if not folder.exists():
        folder.mkdir(parents=True)
        commands.project(folder, size)
    query = ("-m", "coopera", "--project", folder, "query", "agreements-between", "-f", "csv")
    files = run(*query, cache=room / "no-cache")
    run("-m", "coopera", "--project", folder, "load", cache=cache)
    runs = [run(*query, cache=cache, expect=files.output) for _ in range(9)]
    wall, cpu, peak = (
        statistics.median(getattr(one, name) for one in runs) for name in ("wall", "cpu", "peak")
    )
    return (
        f"| {size:,} | {files.wall:.2f} s, {files.cpu:.2f} s, {files.peak:,.0f} MiB "
        f"| {wall:.2f} s, {cpu:.2f} s, {peak:,.0f} MiB |"
    )


def cold(room: Path, times: int) -> None:
    """Print what a saved query costs from the files, its imports alone, and Python alone."""
    query = ("query", "agreements-between", "-f", "csv", "-o", os.devnull)
    loaded = run("-c", LOADED, "--project", ROOT, *query, cache=room).output.split()
    commands = {
        "the query": ("-m", "coopera", "--project", ROOT, *query),
        "its imports": ("-c", IMPORTS, *loaded),
        "python -c pass": ("-c", "pass"),
    }
    runs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            runs[name].append(run(*command, cache=room))
    print("| | by the clock, least | median | of the processor |\n| --- | --- | --- | --- |")
    for name, costs in runs.items():
        wall = [cost.wall for cost in costs]
        cpu = statistics.median(cost.cpu for cost in costs)
        print(f"| {name} | {min(wall):.3f} s | {statistics.median(wall):.3f} s | {cpu:.3f} s |")


def main() -> None:
    """Print a table for each kind of run that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--saved", action="store_true")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--runs", type=int, default=20, help="for --cold")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.cold:
        cold(given.folder, given.runs)
    elif given.saved:
        print("| triples | from the files | from the store |\n| --- | --- | --- |")
        for size in given.sizes:
            print(saved(size, given.folder), flush=True)
    else:
        heads = ("triples", "built, of the processor", "peak", "on disk", "opened", "first look-up")
        print("| " + " | ".join([*heads, "median", "longest", "read through"]) + " |")
        print("|" + " --- |" * (len(heads) + 3))
        for size in given.sizes:
            print(store(size, given.folder), flush=True)


if __name__ == "__main__":
    main()

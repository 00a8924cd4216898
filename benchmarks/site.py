"""What building a site costs by the number of agreements: numbers in; a Markdown table out.

Run it as `python benchmarks/site.py 1000 10000`. A project holds our own graph, whole, and copies
of its agreements, each with a name of its own, with what carries their parties, statuses and
signing; the partners are copied for every fourth copy, without their numbers in registers, and
IMT and UTS are shared, as are the concepts. The copies stand in `catalog.ttl`, of which no
evidence is asked. `coopera build` writes each project's site on every core, then once more where
nothing has changed. Memory is that of all its processes together: what they share counts once
(`Pss` of Linux).
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from project import BASE, COOP, ROOT, SAME_AS, Copies, Term
from pyoxigraph import Literal, NamedNode, Triple

from coopera.derived import PREDICATES

COOPERA = [sys.executable, "-m", "coopera"]
HUBS = {NamedNode(f"{BASE}id/institution/{name}") for name in ("imt", "uts")}
PARTNERS = {NamedNode(COOP + name) for name in ("Institution", "School")}
AGREEMENT = NamedNode(COOP + "Agreement")
CARRIED = {NamedNode(COOP + n) for n in ("hasParticipation", "hasStatusRecord", "signedDuring")}
LABEL = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
LEFT_OUT = {NamedNode(COOP + "setsOut"), SAME_AS, *PREDICATES}
"""Promises are not copied; numbers of registers have check digits; the rest is derived anew."""
SAME_PARTNERS = 4
"""Copies in a row whose agreements are with the same partners."""


def project(folder: Path, agreements: int) -> int:
    """Write a project of at least so many agreements; give how many triples its copies have."""
    for name in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "coopera.toml", folder)
    triples = copies(agreements)
    with (folder / "data" / "catalog.ttl").open("a", encoding="utf-8") as file:
        file.writelines(f"{triple} .\n" for triple in triples)
    for command in (["evidence"], ["queries", "--update"]):
        subprocess.run(
            [*COOPERA, "--project", str(folder), *command], check=True, stdout=subprocess.DEVNULL
        )
    return len(triples)


def copies(agreements: int) -> list[Triple]:
    """Copy the agreements of our own graph until there are so many."""
    made = Copies(1)
    of: dict[Term, list[Triple]] = defaultdict(list)
    for triple in made.graph:
        of[triple.subject].append(triple)
    ours = [s for s, told in of.items() if any(t.object == AGREEMENT for t in told)]
    carriers = [t.object for a in ours for t in of[a] if t.predicate in CARRIED]
    partners = {s for s, told in of.items() if any(t.object in PARTNERS for t in told)} - HUBS
    named = {*ours, *carriers, *partners}
    made.own = {term for term in named if isinstance(term, NamedNode)}
    found: dict[Triple, None] = {}
    for copy in range(1, -(-agreements // len(ours))):
        for term in made.own:
            number = copy // SAME_PARTNERS + 1 if term in partners else copy
            subject = made.named(term, number)
            assert isinstance(subject, NamedNode)  # noqa: S101 - it is one of ours
            for _, p, o in of[term]:
                if p not in LEFT_OUT and o not in made.numbers:
                    other = copy // SAME_PARTNERS + 1 if o in partners else copy
                    found[Triple(subject, p, _told_apart(p, made.named(o, other), number))] = None
    return list(found)


def _told_apart(predicate: NamedNode, value: Term, number: int) -> Term:
    """Give each copy a name of its own: what two things share is a finding."""
    if predicate == LABEL and isinstance(value, Literal):
        return Literal(f"{value.value} ({number})", language=value.language)
    return value


@dataclass
class Cost:
    """What one run took."""

    seconds: float
    processor: float
    memory: float
    """MiB of all processes together, at the most."""
    told: str


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found


def _memory(root: int) -> float:
    """Give the MiB that a process and its descendants hold now."""
    total = 0
    for pid in _tree(root):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += int((re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE) or ["", "0"])[1])
    return total / 1024


def build(folder: Path, output: Path) -> Cost:
    """Build a site, and measure that."""
    command = [*COOPERA, "--project", str(folder), "build", "-o", str(output)]
    most, ended = 0.0, threading.Event()
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)

        def watch() -> None:
            nonlocal most
            while not ended.wait(0.5):
                try:
                    most = max(most, _memory(process.pid))
                except OSError:
                    return

        watcher = threading.Thread(target=watch)
        watcher.start()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        ended.set()
        watcher.join()
        file.seek(0)
        told = file.read()
    if status:
        sys.exit(told[-2000:])
    return Cost(seconds, used.ru_utime + used.ru_stime, most, told)


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Give the size and the time of each file."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in found}


def measure(agreements: int, room: Path) -> None:
    """Print the rows of one number of agreements."""
    folder, output = room / "project", room / "public"
    folder.mkdir()
    project(folder, agreements)
    row(agreements, "anew", build(folder, output))
    before = state(output)
    row(agreements, "unchanged", build(folder, output))
    if state(output) != before:
        sys.exit("building an unchanged graph has changed the site.")


def row(agreements: int, name: str, cost: Cost) -> None:
    """Print one row."""
    triples, pages, files = (
        int((re.search(pattern, cost.told) or ["", "0"])[1])
        for pattern in (r"triples: (\d+)", r"(\d+) pages", r"(\d+) files")
    )
    rate = pages / cost.seconds
    print(
        f"| {agreements:,} | {triples:,} | {pages:,} | {files:,} | {name} | {cost.seconds:.2f} s | "
        f"{cost.processor:.2f} s | {rate:,.0f} | {cost.memory:,.0f} MiB |",
        flush=True,
    )


def main() -> None:
    """Measure the numbers of agreements that the command line gives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("agreements", nargs="*", type=int, default=[1000, 10000])
    parser.add_argument("--keep", type=Path, help="write one project there, and build nothing")
    asked = parser.parse_args()
    if asked.keep:
        asked.keep.mkdir(parents=True)
        print(f"{asked.keep}: {project(asked.keep, asked.agreements[0]):,} triples of copies.")
        return
    heads = ["agreements", "triples", "pages", "files", "built", "wall", "processor",
             "pages/s", "memory"]  # fmt: skip
    print(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}")
    for number in asked.agreements:
        with tempfile.TemporaryDirectory() as room:
            measure(number, Path(room))


if __name__ == "__main__":
    main()

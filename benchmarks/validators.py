"""What validators cost, and whether they are exact: sizes in; a Markdown table out.

Run it as `python benchmarks/validators.py 1k 100k 1M`. Each engine validates the graphs of
`cooperation.py` (with `--workload project`, those of `project.py`) in a process of its own, which
reads the files, validates and writes its report.
Wall and CPU time are those of the whole process and its children, in seconds; memory is the peak
of what they hold together, in MiB; `ratio` compares the CPU with that of the first row. Results
are compared with the expected ones by focus node, path, component and value: `missing` and `extra`
are zero for an engine that is exact, and each such result is listed on standard error. With
`--pairs 5`, two engines run by turns, and what counts is the median of the ratios of the pairs.

The validators of others are no part of this repository: `--setup` installs them into the folder
`--tools`. An engine that lacks something there is named, and what it lacks.
"""

import argparse
import csv
import importlib.util
import json
import os
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import cooperation
import project
from cooperation import SH, Result
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse, serialize

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "coopera-benchmarks"
SETUP = "python benchmarks/validators.py --setup"

NODE_PACKAGES = (
    "rdf-validate-shacl@0.6.5",
    "shacl-engine@1.1.2",
    "n3@2.0.3",
    "@rdfjs/data-model@2.1.1",
    "@rdfjs/dataset@2.0.2",
    "@rdfjs/environment@1.0.0",
)
PYTHON_PACKAGES = ("pyrudof==0.3.35",)
DEBIAN_PACKAGE = "libapache-jena-java"


@dataclass(frozen=True)
class Case:
    """What an engine is given, and the results that it must find."""

    data: Path
    ontology: Path
    shapes: Path
    expected: Counter[Result]


@dataclass(frozen=True)
class Engine:
    """A validator as a command whose standard output is its report."""

    command: Callable[[Case, Path], list[str]]
    """A case and the folder of tools -> the command."""
    lacks: Callable[[Path], str]
    """The folder of tools -> what must be installed first; empty if nothing."""
    prepare: Callable[[Case, Path], Case] = lambda case, _room: case
    """A case and a folder to write into -> the case as this engine can read it. Not timed."""
    read: Callable[[Path], Counter[Result]] | None = None
    """A report -> its results; None for an engine that does not validate."""
    home: str = "."
    """Where in the folder of tools it runs."""


@dataclass(frozen=True)
class Cost:
    """What a process used: seconds, seconds, MiB."""

    wall: float
    cpu: float
    memory: float


class FailedError(Exception):
    """An engine gave no report; the text says why."""


def read_report(path: Path) -> Counter[Result]:
    """Read the results of a validation report in Turtle or N-Triples, those of sh:detail not."""
    nodes: dict[object, dict[str, object]] = {}
    results = []
    for triple in parse(path=path, format=RdfFormat.TURTLE):
        name = triple.predicate.value.removeprefix(SH)
        nodes.setdefault(triple.subject, {})[name] = triple.object
        if name == "result":
            results.append(triple.object)
    found = Counter[Result]()
    for node in results:
        told = nodes[node]
        component = told["sourceConstraintComponent"]
        assert isinstance(component, NamedNode)  # noqa: S101 - else the report is malformed
        path_ = told.get("resultPath", "")
        found[
            Result(
                str(told["focusNode"]),
                "[]" if isinstance(path_, BlankNode) else str(path_),
                component.value,
                str(told.get("value", "")),
            )
        ] += 1
    return found


def read_findings(path: Path) -> Counter[Result]:
    """Read the results in the JSON of `coopera validate`, which writes paths as SPARQL does."""
    found = Counter[Result]()
    for finding in json.loads(path.read_text("utf-8"))["findings"]:
        path_ = finding["path"] or ""
        path_ = path_ if re.fullmatch("(<[^<>]*>)?", path_) else "[]"
        value = finding["value"] or ""
        found[Result(finding["focusNode"], path_, finding["component"], value)] += 1
    return found


def rewrite(source: Path, target: Path, keep: Callable[[Quad], bool]) -> Path:
    """Write those triples of a file that are to be kept, as N-Triples."""
    triples = (quad.triple for quad in parse(path=source) if keep(quad))
    serialize(triples, output=target, format=RdfFormat.N_TRIPLES)
    return target


def without_sparql(case: Case, room: Path) -> Case:
    """Take out what rdf-validate-shacl throws at; it will miss the results of it."""
    target = room / "shapes-without-sparql.nt"
    sparql = NamedNode(SH + "sparql")
    return replace(case, shapes=rewrite(case.shapes, target, lambda q: q.predicate != sparql))


def with_classes(case: Case, room: Path) -> Case:
    """Add the ontology to the shapes, where shacl-engine 1.1.2 looks for subclasses."""
    target = room / "shapes-with-classes.ttl"
    target.write_bytes(case.shapes.read_bytes() + case.ontology.read_bytes())
    return replace(case, shapes=target)


def with_ontology(case: Case, room: Path) -> Case:
    """Put the ontology into the data's file.

    Of a graph beside it, pySHACL 0.40.1 takes the classes, and no concepts.
    """
    data = room / "data-with-ontology.nt"
    with data.open("wb") as file:
        file.write(rewrite(case.ontology, room / "ontology.nt", lambda _: True).read_bytes())
        with case.data.open("rb") as triples:
            shutil.copyfileobj(triples, file)
    return replace(case, data=data)


def for_jena(case: Case, room: Path) -> Case:
    """Put the ontology into the data's file, and leave one message a shape.

    The command of Jena 4.5.0 takes one file of data, and refuses a second sh:message.
    """

    def keep(quad: Quad) -> bool:
        french = isinstance(quad.object, Literal) and quad.object.language == "fr"
        return not (french and quad.predicate == NamedNode(SH + "message"))

    shapes = rewrite(case.shapes, room / "shapes-in-english.nt", keep)
    return replace(with_ontology(case, room), shapes=shapes)


def python(program: str, *arguments: object) -> list[str]:
    """Give the command that runs a Python program with arguments."""
    return [sys.executable, "-c", program, *map(str, arguments)]


PYRUDOF = """\
import sys
tools, data, ontology, shapes = sys.argv[1:]
sys.path.insert(0, tools)
from pyrudof import RDFFormat, ReaderMode, ResultShaclValidationFormat, Rudof, RudofConfig
rudof = Rudof(RudofConfig())
rudof.read_data(data, format=RDFFormat.NTriples, reader_mode=ReaderMode.Strict)
rudof.read_data(ontology, reader_mode=ReaderMode.Strict, merge=True)
rudof.read_shacl(shapes)
rudof.validate_shacl()
print(rudof.serialize_shacl_validation_results(format=ResultShaclValidationFormat.NTriples))
"""
PARSE = """\
import sys, pyoxigraph
print(sum(1 for _ in pyoxigraph.parse(path=sys.argv[1])))
"""
LOAD = """\
import sys, pyoxigraph
store = pyoxigraph.Store()
store.bulk_load(path=sys.argv[1])
print(len(store))
"""


def node_command(name: str) -> Callable[[Case, Path], list[str]]:
    """Give what runs a validator in JavaScript."""

    def command(case: Case, _tools: Path) -> list[str]:
        program = (HERE / "validators.mjs").read_text("utf-8")
        files = [str(path) for path in (case.shapes, case.data, case.ontology)]
        options = ["--max-old-space-size=16384", "--input-type=module", "--eval", program]
        return ["node", *options, name, *files]

    return command


def jena_command(case: Case, tools: Path) -> list[str]:
    """Give what runs Jena on Debian, whose package misplaces what its copy of Xerces reads."""
    # The versioned files, or their links, are one too many; so are the other bindings of SLF4J.
    jars = [jar for jar in (tools / "jena/usr/share/java").glob("*.jar") if not jar.is_symlink()]
    logs = ("slf4j-", "log4j-", "jcl-", "jul-")
    wanted = [
        jar
        for jar in sorted(jars)
        if not jar.name.startswith(logs) or jar.name in ("slf4j-api.jar", "slf4j-nop.jar")
    ]
    path = os.pathsep.join(map(str, [tools / "jena/resources", *wanted]))
    files = ["--shapes", str(case.shapes), "--data", str(case.data)]
    return ["java", "-cp", path, "shacl.shacl_validate", *files]


def needs(program: str, path: str) -> Callable[[Path], str]:
    """Give what tells whether a program, and something in the folder of tools, are there."""

    def lacks(tools: Path) -> str:
        if not shutil.which(program):
            return f"the program {program}"
        return "" if (tools / path).exists() else f"{SETUP} --tools {tools}"

    return lacks


def needs_module(name: str) -> Callable[[Path], str]:
    """Give what tells whether a Python module can be imported."""
    return lambda _tools: "" if importlib.util.find_spec(name) else f"pip install {name}"


ENGINES = {
    "coopera": Engine(
        lambda case, _tools: [
            *(sys.executable, "-m", "coopera", "validate", str(case.data), str(case.ontology)),
            *("-s", str(case.shapes), "-f", "json", "--engine", "compiled"),
        ],
        needs_module("coopera"),
        read=read_findings,
    ),
    "pyshacl": Engine(
        lambda case, _tools: [
            *(sys.executable, "-m", "pyshacl", "-s", str(case.shapes)),
            *("-f", "turtle", str(case.data)),
        ],
        needs_module("pyshacl"),
        prepare=with_ontology,
        read=read_report,
    ),
    "pyrudof": Engine(
        lambda case, tools: python(
            PYRUDOF, tools / "python", case.data, case.ontology, case.shapes
        ),
        needs(sys.executable, "python/pyrudof"),
        read=read_report,
    ),
    "rdf-validate-shacl": Engine(
        node_command("rdf-validate-shacl"),
        needs("node", "node/node_modules/rdf-validate-shacl"),
        prepare=without_sparql,
        read=read_report,
        home="node",
    ),
    "shacl-engine": Engine(
        node_command("shacl-engine"),
        needs("node", "node/node_modules/shacl-engine"),
        prepare=with_classes,
        read=read_report,
        home="node",
    ),
    "jena": Engine(
        jena_command,
        needs("java", "jena/resources"),
        prepare=for_jena,
        read=read_report,
    ),
    "floor-parse": Engine(
        lambda case, _tools: python(PARSE, case.data), needs_module("pyoxigraph")
    ),
    "floor-load": Engine(lambda case, _tools: python(LOAD, case.data), needs_module("pyoxigraph")),
}
"""The validators; and, below all of them, reading the data only, and loading them into a store."""


def set_up(tools: Path) -> None:
    """Install the validators of others into a folder, as far as this machine can."""
    for name in ("node", "python", "jena"):
        (tools / name).mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "install", "--upgrade", "--target", str(tools / "python")]
    subprocess.run([*pip, *PYTHON_PACKAGES], check=True)
    if shutil.which("npm"):
        npm = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(tools / "node")]
        subprocess.run([*npm, *NODE_PACKAGES], check=True)
    else:
        print("rdf-validate-shacl, shacl-engine: npm is not installed.", file=sys.stderr)
    if shutil.which("apt-get"):
        set_up_jena(tools / "jena")
    else:
        print("jena: this is no Debian.", file=sys.stderr)


def set_up_jena(folder: Path) -> None:
    """Unpack Debian's Jena and what it needs into a folder, and repair its class path."""
    no = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"]
    options = ["--recurse", *(f"--no-{kind}" for kind in no)]
    listed = subprocess.run(
        ["apt-cache", "depends", *options, DEBIAN_PACKAGE],
        capture_output=True,
        text=True,
        check=True,
    )
    packages = sorted({line for line in listed.stdout.splitlines() if line.startswith("lib")})
    subprocess.run(["apt-get", "download", *packages], cwd=folder, check=True)
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)
    # Its copy of Xerces is the package `xerces`, and its resources stayed where they were.
    old = "org/apache/jena/ext/xerces/"
    with zipfile.ZipFile(folder / "usr/share/java/jena-core.jar") as jar:
        for name in jar.namelist():
            if name.startswith(old) and name.endswith(".properties"):
                target = folder / "resources/xerces" / name.removeprefix(old)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(jar.read(name))


def family(process: int) -> list[int]:
    """List a process and its descendants (Linux)."""
    found = [process]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:  # it ended meanwhile
                continue
    return found


def shared_memory(processes: list[int]) -> float:
    """Give the resident memory of processes together, in MiB; what they share counts once."""
    total = 0
    for process in processes:
        try:
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:  # it ended meanwhile
            continue
        total += next(int(line.split()[1]) for line in text.splitlines() if "Pss:" in line)
    return total / 1024


def measure(command: list[str], folder: Path, output: Path, limit: float) -> Cost:
    """Run a command with its output in a file. Raises FailedError after `limit` seconds."""
    memory = 0.0
    start = time.perf_counter()
    with output.open("wb") as out, output.with_suffix(".log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=out, stderr=log, start_new_session=True
        )
        while True:
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            wall = time.perf_counter() - start
            if ended:
                break
            if wall > limit:
                os.killpg(process.pid, signal.SIGKILL)
            if len(processes := family(process.pid)) > 1:
                memory = max(memory, shared_memory(processes))
            time.sleep(0.01)
    process.returncode = os.waitstatus_to_exitcode(status)
    if wall > limit:
        raise FailedError(f"stopped after {limit:.0f} s")
    if process.returncode not in (0, 1) or not output.stat().st_size:
        said = output.with_suffix(".log").read_text("utf-8", "replace").strip().splitlines()
        raise FailedError(said[-1] if said else f"exit code {process.returncode}")
    memory = max(memory, used.ru_maxrss / 1024)
    return Cost(wall, used.ru_utime + used.ru_stime, memory)


WORKLOADS: dict[str, Callable[[int, Path], int]] = {
    "made-up": cooperation.write,
    "project": project.write,
}
"""What writes the files of a case, by name."""


def case_of(workload: str, size: str, graphs: Path) -> Case:
    """Give the case of a size such as `100k`; make its files in a folder if need be."""
    folder = graphs.absolute() / (size if workload == "made-up" else f"{workload}-{size}")
    if not (folder / "expected.csv").exists():
        factors = {"k": 1_000, "M": 1_000_000}
        WORKLOADS[workload](int(size.rstrip("kM")) * factors.get(size[-1], 1), folder)
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        _head, *rows = csv.reader(file)
    expected = Counter(Result(*row) for row in rows)
    shapes = HERE / "shapes.ttl" if workload == "made-up" else folder / "shapes.ttl"
    return Case(folder / "data.nt", folder / "ontology.ttl", shapes, expected)


@dataclass(frozen=True)
class Bench:
    """Where things are, and how long an engine may run, in seconds."""

    tools: Path
    room: Path
    limit: float

    def run(self, name: str, case: Case) -> Cost:
        """Run an engine once; its report stays in the room."""
        engine = ENGINES[name]
        command = engine.command(engine.prepare(case, self.room), self.tools)
        return measure(command, self.tools / engine.home, self.report(name), self.limit)

    def report(self, name: str) -> Path:
        """Give the file of an engine's last report."""
        return self.room / f"{name}.report"


def costs(bench: Bench, names: list[str], size: str, case: Case, runs: int) -> None:
    """Print a row for each engine, and below the rows each result that is missing or extra."""
    notes, first = [], 0.0
    for name in names:
        try:
            taken = [bench.run(name, case) for _ in range(runs)]
        except FailedError as error:
            print(f"| {name} | {size} | {error} |  |  |  |  |  |  |", flush=True)
            continue
        wall = statistics.median(cost.wall for cost in taken)
        cpu = statistics.median(cost.cpu for cost in taken)
        memory = statistics.median(cost.memory for cost in taken)
        first = first or cpu
        cells = [name, size, f"{wall:.2f}", f"{cpu:.2f}", f"{cpu / first:.1f}", f"{memory:,.0f}"]
        if read := ENGINES[name].read:
            found = read(bench.report(name))
            missing, extra = case.expected - found, found - case.expected
            cells += [f"{found.total()}/{case.expected.total()}"]
            cells += [str(missing.total()), str(extra.total())]
            for kind, results in (("missing", missing), ("extra", extra)):
                lines = (" ".join(filter(None, astuple(each))) for each in results.elements())
                notes += [f"{name}, {size}, {kind}: {line}" for line in lines]
        else:
            cells += ["", "", ""]
        print("| " + " | ".join(cells) + " |", flush=True)
    for note in notes:
        print(note, file=sys.stderr)


def pairs(bench: Bench, names: list[str], size: str, case: Case, count: int) -> None:
    """Run two engines by turns, and print how many times the CPU of the first the second takes."""
    ratios = []
    for number in range(1, count + 1):
        first, second = (bench.run(name, case) for name in names)
        ratios.append(second.cpu / first.cpu)
        print(
            f"{size}, pair {number}: {names[0]} {first.cpu:.2f} s, {names[1]} {second.cpu:.2f} s, "
            f"ratio {ratios[-1]:.1f}",
            flush=True,
        )
    print(f"{size}, median ratio of {count} pairs: {statistics.median(ratios):.1f}", flush=True)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", default=["1k", "100k"], help="like 1k 100k 1M 10M")
    parser.add_argument("--workload", choices=WORKLOADS, default="made-up")
    parser.add_argument("--engines", default=",".join(ENGINES), help="names, with commas between")
    parser.add_argument("--runs", type=int, default=1, help="the median of so many is printed")
    parser.add_argument("--pairs", type=int, help="run two engines by turns, so many times")
    parser.add_argument("--limit", type=float, default=3600, help="seconds that a run may take")
    parser.add_argument("--tools", type=Path, default=CACHE / "tools", help="default: %(default)s")
    parser.add_argument(
        "--graphs", type=Path, default=CACHE / "graphs", help="default: %(default)s"
    )
    parser.add_argument("--setup", action="store_true", help="install validators into --tools")
    asked = parser.parse_args()
    asked.engines = asked.engines.split(",")
    if unknown := set(asked.engines) - set(ENGINES):
        parser.error(f"no such engine: {', '.join(sorted(unknown))}.")
    if asked.pairs and len(asked.engines) != 2:
        parser.error("--pairs goes with two --engines.")
    return asked


def main() -> None:
    """Do what the command line asks for."""
    asked = arguments()
    tools = asked.tools.absolute()
    tools.mkdir(parents=True, exist_ok=True)
    if asked.setup:
        set_up(tools)
        return
    names = []
    for name in asked.engines:
        if lacking := ENGINES[name].lacks(tools):
            print(f"{name} is not installed. It needs: {lacking}", file=sys.stderr)
        else:
            names.append(name)
    if asked.pairs and len(names) < 2:
        sys.exit(2)
    if not asked.pairs:
        print("| engine | triples | wall, s | CPU, s | ratio | MiB | found | missing | extra |")
        print("| --- |" + " --- |" * 8)
    for size in asked.sizes:
        case = case_of(asked.workload, size, asked.graphs)
        with tempfile.TemporaryDirectory() as room:
            bench = Bench(tools, Path(room), asked.limit)
            if asked.pairs:
                pairs(bench, names, size, case, asked.pairs)
            else:
                costs(bench, names, size, case, asked.runs)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()

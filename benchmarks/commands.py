"""What the commands cost by the size of the graph: sizes in; CPU seconds and peak memory out.

Run it as `python benchmarks/commands.py 1000 100000 1000000`. Each command runs in its own
process, three times; the median is printed. `check` and `build` are bounded by pySHACL and are
measured up to 1,000 triples only.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
COUNT = "SELECT (COUNT(*) AS ?agreements) { ?a a <https://w3id.org/coopera/ontology#Agreement> }"
COMMANDS = {
    "--help": ["--help"],
    "query, a count": ["query", "-q", COUNT, "-f", "csv"],
    "query, a saved one": ["query", "agreements-between", "-f", "csv"],
    "stats": ["stats"],
    "evidence --check": ["evidence", "--check"],
    "check": ["check"],
}


def project(folder: Path, triples: int) -> None:
    """Write a project of about so many triples of data, 11 an agreement, beside our ontology."""
    for name in ("ontology", "queries"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "coopera.toml").touch()
    data = folder / "data" / "made"
    data.mkdir(parents=True)
    header = "claim,subject,predicate,object,source,start,quote,mode,standing\n"
    (data / "evidence.csv").write_text(header, "utf-8")
    prefixes = (ROOT / "data/imt-uts/agreements.ttl").read_text("utf-8").split("\n#")[0]
    blocks = (
        f"""
agreement:a{n} a coop:Agreement ;
    skos:prefLabel "Agreement {n}"@en , "Accord {n}"@fr ;
    coop:agreementType agreement-type:framework-agreement ;
    coop:hasParticipation participation:a{n}-x , participation:a{n}-y .
participation:a{n}-x a coop:Participation ; coop:participant institution:i{n % 997} .
participation:a{n}-y a coop:Participation ; coop:participant institution:i{n % 991 + 1000} .
"""
        for n in range(triples // 11 + 1)
    )
    with (data / "agreements.ttl").open("w", encoding="utf-8") as file:
        file.write(prefixes)
        file.writelines(blocks)


def cost(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command; give its CPU seconds and its peak memory in MiB."""
    process = subprocess.Popen(
        [sys.executable, "-m", "coopera", "--project", str(folder), *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, _, used = os.wait4(process.pid, 0)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main(sizes: list[int]) -> None:
    """Print a Markdown table, one row a command, one column a size."""
    print("| command | " + " | ".join(f"{size:,} triples" for size in sizes) + " |")
    print("| --- |" + " --- |" * len(sizes))
    with tempfile.TemporaryDirectory() as room:
        for size in sizes:
            (Path(room) / str(size)).mkdir()
            project(Path(room) / str(size), size)
        for name, command in COMMANDS.items():
            cells = []
            for size in sizes:
                if name == "check" and size > 1000:
                    cells.append("not measured")
                    continue
                runs = [cost(command, Path(room) / str(size)) for _ in range(3)]
                seconds, memory = (
                    statistics.median(figures) for figures in zip(*runs, strict=True)
                )
                cells.append(f"{seconds:.2f} s, {memory:.0f} MiB")
            print(f"| `{name}` | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main([int(size) for size in sys.argv[1:]] or [1_000, 100_000])

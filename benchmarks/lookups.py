"""What a server gives while sixteen clients look things up: a Markdown table out.

Run it as `python benchmarks/lookups.py 100000`, with wrk (Debian's package of that name) installed
and the `oxigraph` server of the test extra. Each server holds the same made-up graph of
`cooperation.py`, oxigraph's on disk as `serve-read-only` wants it. Sixteen connections ask for what
is said of one thing after another: of a thousand things in turn (`few`), whose answers a server may
have kept, or of as many as there are (`many`), with one more space at the end of each query in each
lap, so that none is sent twice. The same again while one more client, at another address, sends
products of the whole graph with itself (`attacked`). Figures are requests per second, the median of
several turns of both servers, and the milliseconds within which 99 of 100 were answered.
"""

import argparse
import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from cooperation import write

BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
CONNECTIONS = 16
LUA = """\
local subjects = {}
for line in io.lines("SUBJECTS") do subjects[#subjects + 1] = line end
local at, lap = 0, ""
function request()
  if at == #subjects then at, lap = 0, lap .. "LAP" end
  at = at + 1
  local query = "SELECT%20%3Fp%20%3Fo%20%7B%20%3C" .. subjects[at] .. "%3E%20%3Fp%20%3Fo%20%7D"
  return wrk.format("GET", "PATH?query=" .. query .. lap,
    {["Accept"] = "application/sparql-results+json"})
end
"""


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], url: str) -> Iterator[None]:
    """Run a server until the end, once it answers."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 600
        while True:
            try:
                urllib.request.urlopen(f"{url}?query=ASK%7B%7D", timeout=5).close()  # noqa: S310
                break
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.2)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


@contextlib.contextmanager
def attacked(url: str, wanted: bool) -> Iterator[None]:
    """Send products of the graph with itself, one after another, until the end."""
    ended = threading.Event()

    def attack() -> None:
        parts = urllib.parse.urlsplit(url)
        while not ended.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                line = http.client.HTTPConnection(
                    parts.netloc, timeout=15, source_address=("127.0.0.2", 0)
                )
                line.request("GET", f"{parts.path}?query={urllib.parse.quote(BOMB)}")
                line.getresponse().read()
                line.close()
            ended.wait(0.05)

    if not wanted:
        yield
        return
    thread = threading.Thread(target=attack, daemon=True)
    thread.start()
    time.sleep(1)
    try:
        yield
    finally:
        ended.set()


def measure(url: str, subjects: Path, room: Path, seconds: int) -> tuple[float, float, int]:
    """Give requests per second, the 99th percentile in milliseconds, and how many failed."""
    script = room / "lookup.lua"
    path = urllib.parse.urlsplit(url).path
    lap = "%20" if subjects.name == "many" else ""
    script.write_text(
        LUA.replace("SUBJECTS", str(subjects)).replace("PATH", path).replace("LAP", lap)
    )
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "--latency", "-s", str(script)]
    told = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    late = re.search(r"99%\s+([\d.]+)(us|ms|s)", told)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    assert rate is not None  # noqa: S101 - wrk says so in each run
    unit = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    slow = float(late[1]) * unit[late[2]] if late else 0.0
    return float(rate[1]), slow, int(failed[1]) if failed else 0


def main() -> None:
    """Measure both servers and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", nargs="?", type=int, default=100_000, help="triples")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    asked = parser.parse_args()
    oxigraph = Path(sys.executable).with_name("oxigraph")
    for program in ("wrk", str(oxigraph)):
        if not shutil.which(program):
            sys.exit(f"{program} is not installed.")
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        write(asked.size, room)
        data = room / "data.nt"
        subjects = sorted({line.split(" ", 1)[0][1:-1] for line in data.open(encoding="utf-8")})
        files = {"few": subjects[:1000], "many": subjects}
        for name, some in files.items():
            (room / name).write_text("\n".join(map(urllib.parse.quote_plus, some)), "utf-8")
        load = [str(oxigraph), "load", "-l", str(room / "store"), "--file", str(data)]
        subprocess.run(load, check=True, capture_output=True)
        ports = free_port(), free_port()
        serve = [sys.executable, "-m", "coopera", "serve", str(data), "--no-log", "--no-reload"]
        servers = {
            "coopera serve": (f"http://127.0.0.1:{ports[0]}/sparql", [*serve, "-p", str(ports[0])]),
            "oxigraph serve-read-only": (
                f"http://127.0.0.1:{ports[1]}/query",
                [str(oxigraph), "serve-read-only", "-l", str(room / "store"),
                 "-b", f"127.0.0.1:{ports[1]}"],
            ),
        }  # fmt: skip
        table(servers, room, asked.turns, asked.seconds)


def table(servers: dict[str, tuple[str, list[str]]], room: Path, turns: int, seconds: int) -> None:
    """Print a row for each way of asking, a column for each server, and the ratio."""
    print(f"| look-ups | {' | '.join(servers)} | ratio |\n| --- |{' --- |' * (len(servers) + 1)}")
    ways: dict[str, tuple[str, bool]] = {
        "of 1,000 things in turn": ("few", False),
        "of every thing, each once": ("many", False),
        "of 1,000 things, attacked": ("few", True),
        "of every thing, attacked": ("many", True),
    }
    for name, (file, under_attack) in ways.items():
        rates: dict[str, list[float]] = {server: [] for server in servers}
        lates: dict[str, list[float]] = {server: [] for server in servers}
        failed = dict.fromkeys(servers, 0)
        for _ in range(turns):
            for server, (url, command) in servers.items():
                with running(command, url), attacked(url, under_attack):
                    rate, late, wrong = measure(url, room / file, room, seconds)
                rates[server].append(rate)
                lates[server].append(late)
                failed[server] += wrong
        cells = []
        for server in servers:
            rate, late = statistics.median(rates[server]), statistics.median(lates[server])
            told = f"{rate:,.0f}/s, {late:.1f} ms"
            cells.append(told + (f", {failed[server]} refused" if failed[server] else ""))
        first, second = rates.values()
        ratio = statistics.median(a / b for a, b in zip(first, second, strict=True))
        print(f"| {name} | {' | '.join(cells)} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()

"""SPARQL servers for the tests: a folder in; a server on loopback, and how to fill it, out.

They are those of the PyPI package `oxigraph` and, where it is installed, Virtuoso 7. `conftest.py`
starts each of them once.
"""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from pyoxigraph import Triple

from coopera.engines.endpoint import Endpoint, EndpointError

ROWS = 10_000
"""The rows that Virtuoso is told to give at most: it cuts tables without a word."""


@dataclass
class Server:
    """A server that is running, and how triples get into it."""

    name: str
    load: Callable[[Sequence[Triple]], Endpoint]
    """Loads triples, and nothing else, and gives the endpoint that shows them, until the next."""
    add: Callable[[Sequence[Triple]], Endpoint]
    """Loads triples into a graph of their own, and gives the endpoint that shows it."""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def wait(endpoint: Endpoint, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            endpoint.query("SELECT ?s { ?s ?p ?o } LIMIT 1")
        except EndpointError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the server did not start: {log.read_text('utf-8')[-2000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def written(triples: Iterable[Triple]) -> str:
    return "".join(f"{triple} .\n" for triple in triples)


def oxigraph(folder: Path) -> Iterator[Server]:
    program = Path(sys.executable).with_name("oxigraph")
    assert program.exists(), "pip install oxigraph"
    port = free_port()
    log = folder / "oxigraph.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "serve", "--bind", f"127.0.0.1:{port}"], stdout=output, stderr=output
        )
    endpoint = Endpoint(f"http://127.0.0.1:{port}/query")
    numbers = count()

    def put(triples: Sequence[Triple], where: str) -> None:
        url = f"http://127.0.0.1:{port}/store?{where}"
        kind = {"Content-Type": "application/n-triples"}
        urlopen(Request(url, written(triples).encode(), kind, method="PUT")).close()

    def load(triples: Sequence[Triple]) -> Endpoint:
        put(triples, "default")
        return endpoint

    def add(triples: Sequence[Triple]) -> Endpoint:
        graph = f"http://example.org/graph/{next(numbers)}"
        put(triples, f"graph={graph}")
        return replace(endpoint, graph=graph)

    try:
        wait(endpoint, process, log)
        yield Server("oxigraph", load, add)
    finally:
        stop(process)


# The threads that Virtuoso 7.2.5 gives a query or a load now and then wait for each other for ever:
# here each has one.
VIRTUOSO = """[Database]
DatabaseFile = {folder}/v.db
ErrorLogFile = {folder}/v.log
LockFile = {folder}/v.lck
TransactionFile = {folder}/v.trx
xa_persistent_file = {folder}/v.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = {folder}/t.db
TransactionFile = {folder}/t.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
DirsAllowed = {folder}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
ThreadsPerQuery = 1
AsyncQueueMaxThreads = 0
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 5
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryCostEstimationTime = 1000000000
MaxQueryExecutionTime = 60
"""


def virtuoso(folder: Path) -> Iterator[Server]:
    if not (shutil.which("virtuoso-t") and shutil.which("isql-vt")):
        pytest.skip("Virtuoso is not installed (Debian: virtuoso-opensource-7)")
    sql, http = free_port(), free_port()
    settings = folder / "virtuoso.ini"
    settings.write_text(VIRTUOSO.format(folder=folder, sql=sql, http=http, rows=ROWS))
    log = folder / "virtuoso.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["virtuoso-t", "+foreground", "+configfile", settings],
            stdout=output, stderr=output, cwd=folder,
        )  # fmt: skip
    endpoint = Endpoint(f"http://127.0.0.1:{http}/sparql")
    numbers = count()
    client = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", "ERRORS=STDOUT", "BANNER=OFF",
              "PROMPT=OFF", "VERBOSE=OFF"]  # fmt: skip

    def tell(text: str) -> str:
        done = subprocess.run(
            client, input=text, capture_output=True, text=True, check=True, timeout=300
        )
        return done.stdout

    def load(triples: Sequence[Triple]) -> Endpoint:
        number = next(numbers)
        (folder / f"{number}.nt").write_text(written(triples), "utf-8")
        graph = f"http://example.org/graph/{number}"
        # A search may set this flag, and while it is set each insert is refused as "out of seg data".
        text = "__dbf_set('col_ins_error', 0);\n"
        text += f"DB.DBA.TTLP(file_to_string_output('{folder}/{number}.nt'), '', '{graph}', 0);\n"
        done = tell(text)
        assert "Error" not in done, done
        return replace(endpoint, graph=graph)

    try:
        wait(endpoint, process, log)
        yield Server("virtuoso", load, load)
    finally:
        stop(process)

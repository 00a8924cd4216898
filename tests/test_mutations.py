"""A thousand requests that are almost right: none gives a server error, none stops the server."""

import random
import re
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from serving import Served, serving

ROOT = Path(__file__).parents[1]
SEED = 20_251_128
QUERIES = [
    "SELECT ?s ?p WHERE { ?s ?p ?o FILTER(?o > 3 && REGEX(STR(?p), 'a.*b')) } ORDER BY ?s LIMIT 5",
    "PREFIX coop: <https://w3id.org/coopera/ontology#> ASK { ?a coop:party+ ?b }",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3",
    "DESCRIBE <https://w3id.org/coopera/id/institution/uts>",
    'SELECT (COUNT(*) AS ?n) (GROUP_CONCAT(?l; SEPARATOR=",") AS ?all) { ?s ?l "x"@fr } GROUP BY ?s',
    "SELECT * { VALUES ?x { 1 2 UNDEF } OPTIONAL { ?x ?y ?z } MINUS { ?z a ?x } }",
]
PATHS = [
    "/sparql?query={}", "/sparql?query={}&format=csv", "/api/queries/agreements-between?partner={}",
    "/fr/queries/agreements-between.html?institution={}", "/id/institution/uts", "/ontology",
    "/reconcile?queries={}", "/fr/id/institution/uts.html", "/sparql?default-graph-uri={}&query=ASK{{}}",
]  # fmt: skip
HEADERS = [
    "Accept: text/html", "Accept: */*;q=0.1, text/turtle;q=0.7", "Accept-Language: fr-CA, en;q=0.5",
    'If-None-Match: W/"x", "y"', "Range: bytes=0-5", "Content-Length: 3", "Expect: 100-continue",
    "Transfer-Encoding: chunked", "Connection: keep-alive, Upgrade", "Upgrade: websocket",
]  # fmt: skip
PIECES = [b"\x00", b"\xff\xfe", b"%", b"%00", b"%ff", b"{" * 200, b"(" * 5000, b"\r\n", b"\\u0000",
          b"<script>", b"'" * 50, b"..%2f", b"\xf0\x9f\x92\xa9", b"SERVICE <x:y> {}", b"/*", b"#"]  # fmt: skip


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving("--no-log", "--unisolated", "--no-reload", "--seconds", "1", project=ROOT) as one:
        yield one


def request(chance: random.Random) -> bytes:
    """Make a request that is right."""
    query = chance.choice(QUERIES)
    if chance.random() < 0.3:
        kind = chance.choice(["application/sparql-query", "application/x-www-form-urlencoded"])
        body = query if kind.endswith("query") else f"query={quote(query)}"
        head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
        return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
    path = chance.choice(PATHS).format(quote(query))
    more = "".join(f"{header}\r\n" for header in chance.sample(HEADERS[:5], 2))
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n{more}Connection: close\r\n\r\n".encode()


def mutated(chance: random.Random, data: bytes) -> bytes:
    """Change a request in one to three places."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data))
        match chance.randrange(6):
            case 0:
                data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
            case 1:
                data = data[:at] + chance.choice(PIECES) + data[at:]
            case 2:
                data = data[:at] + data[at + chance.randint(1, 30) :]
            case 3:
                data = data[:at] + data[at : at + 40] * chance.randint(1, 20) + data[at:]
            case 4:
                data = data.replace(
                    b"\r\n\r\n", f"\r\n{chance.choice(HEADERS)}\r\n\r\n".encode(), 1
                )
            case 5:
                other = request(chance)
                data = data[:at] + other[chance.randrange(len(other)) :]
        data = data or b"G"
    return data


def answer(url: str, data: bytes) -> int | None:
    """Send bytes and close the sending side; give the status, `None` where there is none."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as line:
        try:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            got = line.recv(4000)
        except OSError:
            return None
    match = re.match(rb"HTTP/1\.[01] (\d{3}) ", got)
    return int(match[1]) if match else None


def test_a_thousand_mutations_give_no_server_error_and_stop_nothing(served: Served) -> None:
    chance = random.Random(SEED)
    statuses: Counter[int | None] = Counter()
    for _ in range(1000):
        data = mutated(chance, request(chance))
        status = answer(served.url, data)
        statuses[status] += 1

        assert status is None or status < 500 or status == 503, (status, data[:500])

    assert served.process.poll() is None
    assert httpx.get(f"{served.url}/sparql", params={"query": "ASK {}"}).status_code == 200
    assert statuses[200] > 20, statuses
    assert statuses[400] > 100, statuses
    assert not [line for line in served.told if "Traceback" in line], served.told

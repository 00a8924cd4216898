"""The server: what browsers, programs and attackers send to it, over real sockets."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx
import pytest
from click.testing import CliRunner
from conftest import Make
from pyoxigraph import RdfFormat, parse
from serving import Served, serving

from coopera.cli import main
from coopera.limits import Limits, Published, published
from coopera.server.problems import Problem

SELECT = "SELECT ?s WHERE { ?s a <https://w3id.org/coopera/ontology#Agreement> } ORDER BY ?s"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
UTS = "id/institution/uts"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    root = Path(__file__).parents[1]
    with serving("--no-log", "--unisolated", "--no-reload", "--seconds", "2", project=root) as one:
        yield one


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, timeout=120) as one:
        yield one


def ask(client: httpx.Client, query: str, accept: str | None = None) -> httpx.Response:
    headers = {} if accept is None else {"Accept": accept}
    request = client.build_request("GET", "/sparql", params={"query": query}, headers=headers)
    if accept is None:
        del request.headers["Accept"]
    return client.send(request)


# The endpoint: each line of the table of what peers get wrong


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        (BROWSER, "text/html; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/json", "application/json"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("text/csv;q=0.9, application/sparql-results+xml;q=0", "text/csv; charset=utf-8"),
    ],
)
def test_a_table_comes_in_the_form_that_the_client_likes_best(
    client: httpx.Client, accept: str | None, kind: str
) -> None:
    answered = ask(client, SELECT, accept)

    assert answered.status_code == 200
    assert answered.headers["content-type"] == kind
    assert "Accept" in answered.headers["vary"]
    assert "imt-uts-ktp-2025" in answered.text


def test_what_nobody_offers_is_406_with_the_list(client: httpx.Client) -> None:
    answered = ask(client, SELECT, "image/png")

    assert answered.status_code == 406
    assert "application/sparql-results+json" in answered.json()["remedy"]


def test_ask_answers_in_json_and_xml(client: httpx.Client) -> None:
    assert ask(client, "ASK {}", "application/sparql-results+json").json()["boolean"] is True
    assert "<boolean>true</boolean>" in ask(client, "ASK {}", "application/sparql-results+xml").text


@pytest.mark.parametrize(
    ("accept", "syntax"),
    [
        ("text/turtle", RdfFormat.TURTLE),
        ("application/n-triples", RdfFormat.N_TRIPLES),
        ("application/rdf+xml", RdfFormat.RDF_XML),
        ("application/ld+json", RdfFormat.JSON_LD),
    ],
)
def test_describe_gives_a_graph_in_the_syntax_that_its_type_says(
    client: httpx.Client, accept: str, syntax: RdfFormat
) -> None:
    answered = ask(client, f"DESCRIBE <https://w3id.org/coopera/{UTS}>", accept)

    assert answered.headers["content-type"].partition(";")[0] == accept
    assert len(list(parse(answered.content, format=syntax))) > 10


def test_a_syntax_error_is_400_with_line_and_column(client: httpx.Client) -> None:
    answered = ask(client, "SELECT * {\n ?s ?p ")

    problem = answered.json()
    assert answered.status_code == 400
    assert answered.headers["content-type"] == "application/problem+json"
    assert (problem["line"], problem["column"]) == (2, 8)
    assert problem["remedy"] == "close the { of line 1, column 10."


def test_a_keyword_that_is_none_is_told_where_it_begins(client: httpx.Client) -> None:
    problem = ask(client, "ASK {}\nORDR BY ?x").json()

    assert (problem["line"], problem["column"]) == (2, 1)
    assert problem["detail"].endswith("from 'ORDR BY ?x' on.")


def test_a_problem_is_plain_text_for_who_reads_text(client: httpx.Client) -> None:
    answered = ask(client, "SELECT * { <script>", "text/plain, text/csv;q=0.1")

    assert answered.status_code == 400
    assert answered.headers["content-type"] == "text/plain; charset=utf-8"
    assert answered.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "header", "language"),
    [
        ("/api/queries/none", "fr", "fr"),
        ("/api/queries/none", "fr-CA, en;q=0.5", "fr"),
        ("/api/queries/none", "de, en;q=0.5, fr;q=0.2", "en"),
        ("/api/queries/none", "de", "en"),
        ("/api/queries/none", None, "en"),
        ("/api/queries/none?lang=fr", "en", "fr"),
        ("/api/queries/none?language=en", "fr", "en"),
        ("/fr/nothing.html", "en", "fr"),
        ("/sparql?query=ASK&query=ASK", "fr", "fr"),
    ],
)
def test_a_problem_is_told_in_the_language_of_the_client(
    client: httpx.Client, path: str, header: str | None, language: str
) -> None:
    headers = {"Accept-Language": header} if header else {}

    answered = client.get(path, headers=headers)

    problem = answered.json()
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.headers["content-language"] == language
    assert answered.headers["vary"] == "Accept, Accept-Language"
    french = {"Introuvable", "Requête incorrecte"}
    assert (problem["title"] in french) == (language == "fr")
    assert problem["detail"].startswith(("il n’y a", "la demande")) == (language == "fr")
    assert problem["type"] == "about:blank"


def test_a_problem_without_french_is_english_as_a_whole(client: httpx.Client) -> None:
    told = Problem(400, "the moon is full.", "send one.").told_in("fr")

    assert (told.title, told.language) == ("Bad Request", "en")
    plain = client.get("/api/queries/none",
                       headers={"Accept": "text/plain", "Accept-Language": "fr"})  # fmt: skip
    assert plain.text.splitlines()[0] == "404 Introuvable"
    assert plain.text.splitlines()[-1] == "À faire\u00a0: voyez /api/queries."


@pytest.mark.parametrize(
    "update", ["INSERT DATA { <x:a> <x:b> 1 }", "DELETE WHERE { ?s ?p ?o }", "CLEAR ALL",
               "LOAD <http://127.0.0.1:9/>"],
)  # fmt: skip
def test_an_update_is_403_wherever_it_stands(client: httpx.Client, update: str) -> None:
    assert ask(client, update).status_code == 403
    assert client.post("/sparql", data={"update": update}).status_code == 403
    headers = {"Content-Type": "application/sparql-update"}
    assert client.post("/sparql", content=update, headers=headers).status_code == 403


def test_a_body_of_an_unknown_type_is_415(client: httpx.Client) -> None:
    answered = client.post("/sparql", content=b"ASK {}", headers={"Content-Type": "text/plain"})

    assert answered.status_code == 415
    assert "application/sparql-query" in answered.headers["accept-post"]


def test_head_has_the_headers_of_get_and_no_body(client: httpx.Client) -> None:
    shown = client.get("/sparql", params={"query": SELECT})
    head = client.head("/sparql", params={"query": SELECT})

    assert head.status_code == 200
    assert head.content == b""
    for name in ("content-type", "etag", "content-length"):
        assert head.headers[name] == shown.headers[name]


def test_without_a_query_a_browser_gets_a_page_and_a_program_a_description(
    client: httpx.Client,
) -> None:
    page = client.get("/sparql", headers={"Accept": BROWSER})
    described = client.get("/sparql", headers={"Accept": "*/*"})

    assert '<textarea id="query"' in page.text
    assert described.headers["content-type"].startswith("text/turtle")
    assert f"sd:endpoint <{client.base_url}/sparql>" in described.text


def test_any_origin_may_read_without_credentials(client: httpx.Client) -> None:
    answered = client.get("/sparql", params={"query": "ASK {}"}, headers={"Origin": "http://e.org"})

    assert answered.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answered.headers
    asked = client.options("/sparql", headers={"Access-Control-Request-Method": "POST"})
    assert asked.status_code == 204
    assert "POST" in asked.headers["access-control-allow-methods"]


def test_an_answer_that_the_client_holds_is_304(client: httpx.Client) -> None:
    first = ask(client, SELECT)
    again = client.get(
        "/sparql", params={"query": SELECT}, headers={"If-None-Match": first.headers["etag"]}
    )
    other = ask(client, SELECT, "text/csv")

    assert again.status_code == 304
    assert again.content == b""
    assert other.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("function", ["NOW()", "RAND()", "UUID()", "STRUUID()"])
def test_an_answer_that_changes_each_time_is_not_kept(client: httpx.Client, function: str) -> None:
    answered = ask(client, f"SELECT ({function} AS ?x) {{}}")

    assert answered.status_code == 200
    assert "etag" not in answered.headers
    assert answered.headers["cache-control"] == "no-store"


# Limits


@pytest.mark.parametrize(
    ("query", "status", "limit"),
    [
        ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", 422, "seconds"),
        ("ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 400, None),
        ("SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }", 400, None),
        ("SELECT * { " + "{" * 100 + "}" * 100 + " }", 400, "nesting"),
    ],
)
def test_a_query_over_a_limit_is_refused_by_its_name(
    client: httpx.Client, query: str, status: int, limit: str | None
) -> None:
    answered = ask(client, query)

    assert answered.status_code == status
    problem = answered.json()
    assert problem["remedy"]
    if limit:
        assert problem["limit"] == limit
    assert ask(client, "ASK {}").status_code == 200


def test_an_answer_that_passes_a_limit_late_breaks_off_without_an_end(
    client: httpx.Client,
) -> None:
    query = "SELECT ?a ?b ?c ?d WHERE { ?a ?b ?c . ?d ?e ?f }"

    with client.stream("GET", "/sparql", params={"query": query}) as answered:
        assert answered.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            answered.read()
    assert ask(client, "ASK {}").status_code == 200


def test_a_query_whose_client_has_left_is_ended(served: Served, client: httpx.Client) -> None:
    parts = urlsplit(served.url)
    bomb = "SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fa%20%3Fb%20%3Fc.%3Fd%20%3Fe%20%3Ff.%3Fg%20%3Fh%20%3Fi%7D"
    for _ in range(2):
        line = socket.create_connection((parts.hostname, parts.port), timeout=10)
        line.sendall(f"GET /sparql?query={bomb} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(0.2)
        line.close()
    deadline = time.monotonic() + 1.5
    while "coopera_pool_busy 0" not in client.get("/metrics").text:
        assert time.monotonic() < deadline, "the workers go on for nobody"
        time.sleep(0.05)


def test_a_text_that_is_too_long_or_no_utf8_is_refused(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/sparql-query"}
    long = client.post("/sparql", content=b"ASK {}" + b" " * 70_000, headers=headers)
    strange = client.post("/sparql", content=b'ASK { ?s ?p "\xff" }', headers=headers)
    in_url = client.get("/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%22%FF%22%20%7D")

    assert (long.status_code, strange.status_code, in_url.status_code) == (413, 400, 400)


def test_a_body_without_end_is_refused_before_it_is_read(served: Served) -> None:
    parts = urlsplit(served.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as line:
        line.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            b"Content-Length: 150000000\r\n\r\nASK"
        )
        assert b" 413 " in line.recv(1000)


def test_a_head_of_any_size_is_refused(served: Served) -> None:
    parts = urlsplit(served.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as line:
        answer = b""
        try:
            line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
            for number in range(400):
                line.sendall(b"X-%d: " % number + b"a" * 1000 + b"\r\n")
            answer = line.recv(1000)
        except OSError:
            pass  # it has closed the connection while we wrote
        assert b" 431 " in answer or answer == b""


def test_slow_connections_do_not_keep_others_waiting(served: Served, client: httpx.Client) -> None:
    parts = urlsplit(served.url)
    lines = [socket.create_connection((parts.hostname, parts.port), timeout=10) for _ in range(300)]
    try:
        for line in lines:
            line.sendall(b"GET /sparql?query=ASK")
        started = time.perf_counter()
        assert ask(client, "ASK {}").status_code == 200
        assert time.perf_counter() - started < 2
    finally:
        for line in lines:
            line.close()


def test_what_a_client_sends_comes_back_in_no_header(client: httpx.Client) -> None:
    for path in ("/%0d%0aX-Evil:%201", "/fr%0d%0aX-Evil:%201", "/id/x%0d%0aX-Evil:1.html"):
        answered = client.get(path)
        assert "x-evil" not in answered.headers
        assert answered.status_code in (303, 404)


def test_every_response_forbids_guessing_and_what_comes_from_elsewhere(
    client: httpx.Client,
) -> None:
    for path in ("/", "/style.css", "/sparql", "/nothing", "/healthz", "/metrics", f"/{UTS}.ttl"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'self'")


# Things


@pytest.mark.parametrize(
    ("accept", "language", "target"),
    [
        (BROWSER, "fr", f"/fr/{UTS}.html"),
        (BROWSER, "en-AU", f"/en/{UTS}.html"),
        ("*/*", "en", f"/en/{UTS}.html"),
        ("text/turtle", "fr", f"/{UTS}.ttl"),
        ("application/ld+json", "fr", f"/{UTS}.jsonld"),
        ("application/json", "fr", f"/{UTS}.jsonld"),
        ("application/json, text/html;q=0.5", "fr", f"/{UTS}.jsonld"),
        ("application/rdf+xml;q=0.5, application/n-triples", "fr", f"/{UTS}.nt"),
        ("text/turtle, */*;q=0.1", "fr", f"/{UTS}.ttl"),
    ],
)
def test_a_thing_is_303_to_its_page_or_its_data(
    client: httpx.Client, accept: str, language: str, target: str
) -> None:
    headers = {"Accept": accept, "Accept-Language": language}
    answered = client.get(f"/{UTS}", headers=headers)

    assert answered.status_code == 303
    assert answered.headers["location"] == target
    assert answered.headers["vary"] == "Accept, Accept-Language"
    assert client.get(target).status_code == 200


@pytest.mark.parametrize(
    ("path", "accept", "target"),
    [
        ("/shapes", "application/rdf+xml", "/shapes.rdf"),
        ("/shapes", BROWSER, "/shapes.ttl"),
        ("/profile", "application/ld+json", "/profile.jsonld"),
        ("/profile", "application/json", "/profile.jsonld"),
        ("/catalog", "text/html", "/catalog.ttl"),
    ],
)
def test_a_document_without_a_page_is_303_to_its_data(
    client: httpx.Client, path: str, accept: str, target: str
) -> None:
    answered = client.get(path, headers={"Accept": accept})

    assert (answered.status_code, answered.headers["location"]) == (303, target)
    assert client.get(target).status_code == 200


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/.well-known/void", "text/turtle; charset=utf-8"),
        ("/.well-known/sparql-examples", "text/turtle; charset=utf-8"),
        (
            "/dumps/coopera-fr.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("/dumps/coopera.nq", "application/n-quads"),
        ("/dumps/csv/agreements.csv", "text/csv; charset=utf-8"),
        ("/context.jsonld", "application/ld+json"),
        ("/sitemap.xml", "application/xml"),
        ("/robots.txt", "text/plain; charset=utf-8"),
    ],
)
def test_the_files_for_machines_are_served_as_what_they_are(
    client: httpx.Client, path: str, kind: str
) -> None:
    answered = client.get(path)

    assert answered.status_code == 200
    assert answered.headers["content-type"] == kind


def test_the_data_of_a_thing_are_the_same_triples_in_every_syntax(client: httpx.Client) -> None:
    found = {}
    for ending, syntax in {
        "ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML,
        "jsonld": RdfFormat.JSON_LD,
    }.items():  # fmt: skip
        answered = client.get(f"/{UTS}.{ending}")
        assert answered.status_code == 200
        assert 'rel="alternate"' in answered.headers["link"]
        found[ending] = {str(q.triple) for q in parse(answered.content, format=syntax)}

    assert found["ttl"] == found["nt"] == found["rdf"] == found["jsonld"]
    assert any("ror.org" in triple for triple in found["nt"])


def test_the_ontology_answers_200_with_itself(client: httpx.Client) -> None:
    page = client.get("/ontology", headers={"Accept": BROWSER, "Accept-Language": "fr"})
    data = client.get("/ontology", headers={"Accept": "text/turtle"})

    assert (page.status_code, data.status_code) == (200, 200)
    assert 'id="Agreement"' in page.text
    assert '<html lang="fr">' in page.text
    terms = {q.subject.value for q in parse(data.content, format=RdfFormat.TURTLE)}
    assert "https://w3id.org/coopera/ontology#Agreement" in terms
    for link in re.findall(r'(?:href|src)="([^"#][^"]*)"', page.text):
        if not link.startswith("http"):
            assert client.get(f"/{link}").status_code == 200, link


def test_a_version_of_the_ontology_leads_to_it(client: httpx.Client) -> None:
    answered = client.get("/ontology/0.1.0")

    assert (answered.status_code, answered.headers["location"]) == (303, "/ontology")


def test_the_graph_is_checked_when_somebody_asks_for_its_quality(client: httpx.Client) -> None:
    answered = client.get("/fr/quality.html")

    assert answered.status_code == 200
    assert "COOP" in answered.text or "Aucun" in answered.text
    assert 'href="quality.html"' in client.get("/fr/index.html").text


def test_shapes_that_cannot_be_read_do_not_stop_the_server(make: Make) -> None:
    project = make({"ontology/shapes/broken.ttl": "<a> <b> ."})

    with serving("--no-log", "--unisolated", "--no-reload", project=project.root) as one:
        assert httpx.get(f"{one.url}/en/index.html").status_code == 200
        assert httpx.get(f"{one.url}/shapes.ttl").status_code == 404
        told = httpx.get(f"{one.url}/en/quality.html")
        assert (told.status_code, "No scheme" in told.text) == (400, True)


@contextmanager
def line(served: Served) -> Iterator[socket.socket]:
    parts = urlsplit(served.url)
    assert parts.hostname
    assert parts.port
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as one:
        yield one


def reply(one: socket.socket, asked: bytes) -> tuple[bytes, dict[bytes, bytes], bytes]:
    """Send bytes, and give the status line, the headers but the date, and the body."""
    one.sendall(asked)
    return taken(one.makefile("rb"))


def taken(file: Any) -> tuple[bytes, dict[bytes, bytes], bytes]:
    status, headers = file.readline(), {}
    while (text := file.readline()) not in (b"\r\n", b""):
        name, _, value = text.partition(b": ")
        headers[name] = value
    assert headers.pop(b"date")
    return status, headers, file.read(int(headers.get(b"content-length", 0)))


@pytest.mark.parametrize(
    "path",
    [
        b"/fr/index.html",
        b"/id/institution/uts.ttl",
        b"/api/queries",
        b"/sparql?query=ASK%7B%3Fs%20%3Fp%201%7D",
    ],
)
def test_a_reply_that_is_kept_is_the_reply_that_was_made(served: Served, path: bytes) -> None:
    head = b"GET %s HTTP/1.1\r\nHost: x\r\nX-Of: %s\r\n" % (path, path)
    with line(served) as one:
        made = reply(one, head + b"X-More: 1\r\n\r\n")
        for _ in range(4):
            assert reply(one, head + b"\r\n") == made
        tag = made[1][b"etag"].strip()
        for _ in range(3):
            held = reply(one, head + b"If-None-Match: %s\r\n\r\n" % tag)
            assert held[0].split()[1] == b"304"
            assert held[2] == b""
        other = reply(one, head.replace(b"GET", b"HEAD") + b"Connection: close\r\n\r\n")
        assert other[0].split()[1] == b"200"


def test_kept_replies_come_in_the_order_of_their_requests(served: Served) -> None:
    page = b"GET /en/index.html HTTP/1.1\r\nHost: order\r\n\r\n"
    text = b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } LIMIT 1"
    slow = b"GET /sparql?query=%s HTTP/1.1\r\nHost: order\r\n\r\n" % quote(text).encode()
    with line(served) as one, one.makefile("rb") as file:
        kept = [reply(one, page) for _ in range(3)]
        one.sendall(slow)
        time.sleep(0.05)
        one.sendall(page)
        first, second = taken(file), taken(file)

    assert b"json" in first[1][b"content-type"]
    assert second == kept[0] == kept[2]


def test_a_request_that_has_a_body_is_never_known_by_its_head(served: Served) -> None:
    head = b"GET /en/index.html HTTP/1.1\r\nHost: body\r\nContent-Length: 2\r\n\r\n"
    with line(served) as one:
        for _ in range(4):
            assert reply(one, head + b"ab")[0].split()[1] == b"200"
            one.sendall(head)
            time.sleep(0.02)
            assert reply(one, b"cd")[0].split()[1] == b"200"


def test_kept_replies_are_counted(served: Served, client: httpx.Client) -> None:
    def pages() -> int:
        found = re.search(r'requests_total{room="page",status="200"} (\d+)',
                          client.get("/metrics").text)  # fmt: skip
        return int(found[1]) if found else 0

    before = pages()
    for _ in range(5):
        assert client.get("/style.css").status_code == 200

    assert pages() == before + 5


@pytest.mark.parametrize("page", ["/fr/index.html", "/en/id/institution/uts.html", "/sparql"])
def test_every_page_leads_to_what_a_program_may_ask(client: httpx.Client, page: str) -> None:
    foot = client.get(page, headers={"Accept": BROWSER}).text.partition("<footer")[2]
    links = [urljoin(page, link) for link in re.findall(r'href="([^"]+)"', foot)]

    assert {"/sparql", "/api/queries", "/api/openapi.json"} <= set(links)
    for path in ("/sparql", "/api/queries", "/api/openapi.json"):
        assert client.get(path, follow_redirects=True).status_code == 200


def test_nothing_is_404_with_a_problem(client: httpx.Client) -> None:
    for path in ("/id/institution/nobody", "/nothing", "/fr/nothing.html", f"/{UTS}.exe",
                 "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/fr/%00.html"):  # fmt: skip
        answered = client.get(path)
        assert answered.status_code == 404, path
        assert answered.json()["status"] == 404


def test_no_page_of_a_refusal_leads_to_another_host(served: Served) -> None:
    for path in (b"//evil.example/x", b"///evil.example/x", b"//evil.example/fr/x"):
        with line(served) as one:
            text = reply(one, b"GET %s HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n" % path)[2]
        assert b'href="/evil.example' in text
        assert b'="//' not in text


@pytest.mark.parametrize(
    ("path", "header", "language", "said"),
    [
        ("/no/such/place", "fr", "fr", "Rien à cette adresse"),
        ("/no/such/place", "en-GB,en;q=0.9,fr;q=0.1", "en", "Nothing stands at this address"),
        ("/fr/nothing.html", "en", "fr", "Rien à cette adresse"),
        ("/en/nothing.html", "fr", "en", "Nothing stands at this address"),
        ("/api/queries/none", "fr", "fr", "il n’y a pas de question enregistrée"),
    ],
)
def test_a_browser_is_told_of_nothing_by_a_page_in_its_language(
    client: httpx.Client, path: str, header: str, language: str, said: str
) -> None:
    answered = client.get(path, headers={"Accept": BROWSER, "Accept-Language": header})

    assert answered.status_code == 404
    assert answered.headers["content-type"] == "text/html; charset=utf-8"
    assert answered.headers["content-language"] == language
    assert answered.headers["vary"] == "Accept, Accept-Language"
    assert said.casefold() in answered.text.casefold()
    assert f'<html lang="{language}">' in answered.text
    assert 'role="search"' in answered.text
    links = re.findall(r'(?:href|src|action)="(/[^"]*)"', answered.text)
    assert f"/{language}/all.html" in links
    for link in {link for link in links if "nothing" not in link and "no/such" not in link}:
        there = client.get(unescape(link), headers={"Accept": BROWSER})
        assert there.status_code < 400 or path in link, link


def test_what_a_browser_asks_in_vain_stays_text(client: httpx.Client) -> None:
    page = client.get("/fr/%3Cscript%3Ealert(1)%3C/script%3E", headers={"Accept": BROWSER}).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_another_method_is_405_and_told_which_are_right(client: httpx.Client) -> None:
    for method in ("PUT", "DELETE", "PATCH", "POST"):
        answered = client.request(method, "/fr/index.html")
        assert answered.status_code == 405
        assert answered.headers["allow"] == "GET, HEAD, OPTIONS"


def test_the_server_says_that_it_is_well_and_what_it_did(client: httpx.Client) -> None:
    ask(client, "ASK {}")
    health, metrics = client.get("/healthz"), client.get("/metrics")

    assert health.text.startswith("ok\n")
    assert 'coopera_requests_total{room="sparql",status="200"}' in metrics.text
    assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")


# Files that change, and the end


def test_a_change_of_the_files_shows_and_a_mistake_leaves_the_old_graph(make: Make) -> None:
    project = make()
    path = project.root / "data/one/agreements.ttl"
    with serving("--no-log", "--unisolated", project=project.root) as one:

        def count() -> str:
            query = {"query": "SELECT ?l { ?a <http://www.w3.org/2004/02/skos/core#prefLabel> ?l }"}
            answered = httpx.get(f"{one.url}/sparql", params=query, headers={"Accept": "text/csv"})
            assert answered.status_code == 200
            return answered.text

        def until(text: str, told: str) -> None:
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                if text in count() and told in "".join(one.told):
                    return
                time.sleep(0.1)
            raise AssertionError(f"{text!r} and {told!r} did not come: {count()!r} {one.told}")

        assert "Accord" in count()
        good = path.read_text("utf-8")
        path.write_text(good.replace('"Accord"', '"Traité"'), "utf-8")
        until("Traité", "loaded anew")
        path.write_text("this is no Turtle", "utf-8")
        until("Traité", "cannot be loaded")
        assert "cannot be loaded" in httpx.get(f"{one.url}/healthz").text
        path.write_text(good.replace('"Accord"', '"Pacte"'), "utf-8")
        until("Pacte", "loaded anew")
        assert one.stop() == 0


def test_no_request_is_lost_while_the_files_are_loaded_anew(make: Make) -> None:
    project = make()
    path = project.root / "data/one/agreements.ttl"
    good = path.read_text("utf-8")
    statuses: list[int] = []
    ended = threading.Event()
    with serving("--no-log", "--unisolated", project=project.root) as one:

        def ask_on() -> None:
            with httpx.Client(base_url=one.url, timeout=120) as client:
                while not ended.is_set():
                    found = client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }"})
                    statuses.append(found.status_code)

        threads = [threading.Thread(target=ask_on) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(3):
            path.write_text(good.replace('"Accord"', f'"Accord {number}"'), "utf-8")
            deadline = time.monotonic() + 30
            while sum("loaded anew" in line for line in one.told) <= number:
                assert time.monotonic() < deadline, one.told
                time.sleep(0.1)
        ended.set()
        for thread in threads:
            thread.join()

    assert set(statuses) == {200}
    assert len(statuses) > 20


def test_help_tells_the_limits_that_the_service_description_tells(client: httpx.Client) -> None:
    shown = CliRunner().invoke(main, ["serve", "--help"]).output
    described = client.get("/sparql", headers={"Accept": "text/turtle"}).text

    for limit in published(Limits()):
        assert f"{limit.text['en']}: {limit.figure}" in shown
        assert limit.text["fr"] in described
    assert f'{_named("seconds").text["en"]}: 2 seconds"' in described


def _named(name: str) -> Published:
    return next(limit for limit in published(Limits()) if limit.name == name)


def test_a_port_that_is_taken_is_told_without_a_traceback(make: Make, served: Served) -> None:
    port = urlsplit(served.url).port
    with (
        pytest.raises(AssertionError, match="nothing can be served"),
        serving("--port", port, "--no-log", "--unisolated", project=make().root),
    ):
        pass

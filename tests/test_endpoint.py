"""The client of endpoints, against a server on loopback that misbehaves in every way we know."""

import base64
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopera.engines.endpoint import PASSWORD, USER, Endpoint, EndpointError
from coopera.errors import CooperaError, QueryError
from coopera.tables import Rows, Table
from coopera.terms import XSD

RESULTS = "application/sparql-results+json"
ALL = "SELECT ?s { ?s ?p ?o }"


@dataclass
class Asked:
    """What the server was asked."""

    method: str
    path: str
    parameters: dict[str, list[str]]
    headers: dict[str, str]

    @property
    def query(self) -> str:
        """Give the query."""
        return self.parameters["query"][0]


@dataclass
class Reply:
    """What the server answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = RESULTS
    length: int | None = None
    """What it announces as the length of the body, where that is not the truth; -1 for nothing."""
    pause: float = 0.0
    """Seconds between the bytes of the body."""


@dataclass
class Server:
    """A server, and what it was asked."""

    url: str
    answer: Callable[[Asked], Reply] = lambda asked: table()
    asked: list[Asked] = field(default_factory=list)

    def replies(self, *replies: Reply) -> Endpoint:
        """Answer with these, the last for ever."""
        left = list(replies)
        self.answer = lambda asked: left.pop(0) if len(left) > 1 else left[0]
        return Endpoint(self.url)


def table(*rows: dict[str, Any], names: tuple[str, ...] = ("s",), **more: Any) -> Reply:
    """Answer with a table of cells."""
    answer = {"head": {"vars": list(names)}, "results": {"bindings": list(rows)}}
    return Reply(json.dumps(answer).encode(), **more)


def iri(number: int) -> dict[str, Any]:
    return {"s": {"type": "uri", "value": f"http://e.org/{number}"}}


def numbers(*found: int, **more: Any) -> Reply:
    """Answer with a table of nodes with numbers."""
    return table(*map(iri, found), **more)


def count(number: int) -> Reply:
    cell = {"type": "literal", "datatype": XSD + "integer", "value": str(number)}
    return table({"n": cell}, names=("n",))


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.respond(urlsplit(self.path).query)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self.respond(self.rfile.read(length).decode())

        def respond(self, form: str) -> None:
            path = urlsplit(self.path).path
            asked = Asked(self.command, path, parse_qs(form), dict(self.headers))
            served.asked.append(asked)
            reply = served.answer(asked)
            self.send_response_only(reply.status)
            self.send_header("Content-Type", reply.kind)
            length = len(reply.body) if reply.length is None else reply.length
            if length >= 0:
                self.send_header("Content-Length", str(length))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            pieces = [bytes([byte]) for byte in reply.body] if reply.pause else [reply.body]
            with suppress(OSError):  # who asked may have left
                for piece in pieces:
                    self.wfile.write(piece)
                    if reply.pause:
                        time.sleep(reply.pause)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    served = Server(f"http://127.0.0.1:{http.server_port}/sparql")
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Count the seconds that the client would wait, and wait not at all."""
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    return waited


# Answers


def test_select_gives_a_table_of_terms(server: Server) -> None:
    cells: list[dict[str, Any]] = [
        {"type": "uri", "value": "http://e.org/é"},
        {"type": "bnode", "value": "b1"},
        {"type": "bnode", "value": "nodeID://b1"},
        {"type": "literal", "value": "a\n\U0001f600"},
        {"type": "literal", "value": "a", "xml:lang": "fr-CA"},
        {"type": "literal", "value": "01", "datatype": XSD + "integer"},
        {"type": "typed-literal", "value": "x", "datatype": XSD + "date"},
    ]
    endpoint = server.replies(table(*({"s": cell} for cell in cells), {}))

    answer = endpoint.query(ALL)

    assert answer == Table(
        ("s",),
        (
            (NamedNode("http://e.org/é"),),
            (BlankNode("b1"),),
            (BlankNode("hex6e6f646549443a2f2f6231"),),
            (Literal("a\n\U0001f600"),),
            (Literal("a", language="fr-CA"),),
            (Literal("01", datatype=NamedNode(XSD + "integer")),),
            (Literal("x", datatype=NamedNode(XSD + "date")),),
            (None,),
        ),
    )


def test_labels_of_blank_nodes_stay_apart(server: Server) -> None:
    labels = ["a-b", "hex612d62", "a_b", "ab"]
    rows = [{"s": {"type": "bnode", "value": label}} for label in labels]

    answer = server.replies(table(*rows)).query(ALL)

    assert isinstance(answer, Table)
    assert len(set(answer.rows)) == len(labels)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ('{"head": {}, "boolean": true}', True),
        ('{"head": {}, "boolean": false}', False),
        ('{"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": []}}', False),
        (
            '{"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": '
            '[{"__ASK_RETVAL": {"type": "typed-literal", "value": "1"}}]}}',
            True,
        ),
    ],
)
def test_ask_gives_a_boolean_from_virtuoso_too(server: Server, body: str, wanted: bool) -> None:
    assert server.replies(Reply(body.encode())).query("ASK { ?s ?p ?o }") is wanted


# Requests


def test_a_query_goes_by_get_and_a_long_one_by_post(server: Server) -> None:
    long = f"SELECT ?s {{ VALUES ?s {{ {'<http://e.org/a> ' * 200} }} }}"

    Endpoint(server.url).query(ALL)
    Endpoint(server.url).query(long)

    assert [asked.method for asked in server.asked] == ["GET", "POST"]
    assert [asked.query for asked in server.asked] == [ALL, long]
    assert all(RESULTS in asked.headers["Accept"] for asked in server.asked)
    assert all(set(asked.parameters) == {"query"} for asked in server.asked)


def test_a_graph_is_asked_for_by_the_parameter_of_the_protocol(server: Server) -> None:
    Endpoint(server.url, graph="http://e.org/g").query(ALL)

    assert server.asked[0].parameters["default-graph-uri"] == ["http://e.org/g"]


def test_who_asks_is_told_in_a_header_and_never_shown(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(USER, "ana")
    monkeypatch.setenv(PASSWORD, "s3cret")
    endpoint = server.replies(Reply(b"no", 401, kind="text/plain"))

    with pytest.raises(EndpointError) as raised:
        endpoint.query(ALL)

    token = base64.b64encode(b"ana:s3cret").decode()
    assert server.asked[0].headers["Authorization"] == f"Basic {token}"
    for text in (str(raised.value), repr(raised.value), repr(endpoint)):
        assert "s3cret" not in text
        assert token not in text
    assert USER in raised.value.remedy


def test_nothing_is_told_of_who_asks_unless_both_are_set(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(USER, "ana")
    monkeypatch.delenv(PASSWORD, raising=False)

    Endpoint(server.url).query(ALL)

    assert "Authorization" not in server.asked[0].headers


@pytest.mark.parametrize(
    "sparql",
    [
        "INSERT DATA { <http://e.org/a> a <http://e.org/b> }",
        "PREFIX e: <http://e.org/> DELETE WHERE { ?s ?p ?o }",
        "LOAD <http://e.org/a>",
        "CLEAR ALL",
        "SELECT ?s { SERVICE <http://e.org/> { ?s ?p ?o } }",
        "SELECT ?s FROM <http://e.org/> { ?s ?p ?o }",
        "no query",
    ],
)
def test_what_is_no_query_of_this_endpoint_is_not_sent(server: Server, sparql: str) -> None:
    with pytest.raises(QueryError):
        Endpoint(server.url).query(sparql)

    assert not server.asked


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("file:///etc/passwd", "no URL of a web server"),
        ("ftp://e.org/sparql", "no URL of a web server"),
        ("sparql", "no URL of a web server"),
        ("http:///sparql", "no URL of a web server"),
        ("http://ana:s3cret@e.org/sparql", "holds a password"),
        ("https://e.org/sparql?key=s3cret", "ends in its path"),
        ("https://e.org/sparql#s3cret", "ends in its path"),
    ],
)
def test_a_url_that_is_not_one_of_an_endpoint_is_refused(url: str, problem: str) -> None:
    with pytest.raises(EndpointError, match=problem) as raised:
        Endpoint(url)

    assert "s3cret" not in str(raised.value)


def test_a_graph_without_an_iri_is_refused() -> None:
    with pytest.raises(EndpointError, match="names no graph"):
        Endpoint("http://e.org/sparql", graph="a b")


# Credentials in a netrc file


def netrc(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch, mode: int = 0o600) -> Path:
    """Write a netrc file, and tell where it is; nothing is told by the other variables."""
    path = folder / "netrc"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    for name in (USER, PASSWORD):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(path))
    return path


def test_a_netrc_file_tells_who_asks_this_host(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc(tmp_path, "machine 127.0.0.1 login ana password s3cret\n", monkeypatch)

    Endpoint(server.url).query(ALL)

    token = base64.b64encode(b"ana:s3cret").decode()
    assert server.asked[0].headers["Authorization"] == f"Basic {token}"


def test_the_netrc_file_of_the_home_folder_is_read(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = netrc(tmp_path, "machine 127.0.0.1 login ana password s3cret\n", monkeypatch)
    monkeypatch.delenv("NETRC")
    path.rename(tmp_path / ".netrc")
    monkeypatch.setenv("HOME", str(tmp_path))

    Endpoint(server.url).query(ALL)

    assert "Authorization" in server.asked[0].headers


def test_the_environment_goes_before_a_netrc_file(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc(tmp_path, "machine 127.0.0.1 login ana password s3cret\n", monkeypatch)
    monkeypatch.setenv(USER, "bob")
    monkeypatch.setenv(PASSWORD, "other")

    Endpoint(server.url).query(ALL)

    token = base64.b64encode(b"bob:other").decode()
    assert server.asked[0].headers["Authorization"] == f"Basic {token}"


@pytest.mark.parametrize(
    "text",
    [
        "machine e.org login ana password s3cret\n",
        "default login ana password s3cret\n",
        "machine e.org login ana password s3cret\ndefault login ana password s3cret\n",
        "machine 127.0.0.1 login ana\n",
        "",
    ],
)
def test_a_password_goes_to_the_host_that_it_is_for_only(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    netrc(tmp_path, text, monkeypatch)

    Endpoint(server.url).query(ALL)

    assert "Authorization" not in server.asked[0].headers


def test_a_netrc_file_that_others_may_read_is_refused(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "machine 127.0.0.1 login ana password s3cret\n"
    path = netrc(tmp_path, text, monkeypatch, mode=0o644)

    with pytest.raises(CooperaError, match="others may read") as raised:
        Endpoint(server.url).query(ALL)

    assert raised.value.remedy == f"chmod 600 {path}"
    assert not server.asked


@pytest.mark.parametrize("text", ["machine 127.0.0.1 s3cret ana\n", "s3cret"])
def test_a_netrc_file_that_is_none_is_an_error_that_shows_no_word_of_it(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    netrc(tmp_path, text, monkeypatch)

    with pytest.raises(CooperaError) as raised:
        Endpoint(server.url).query(ALL)

    error: BaseException | None = raised.value
    assert "s3cret" not in str(error)
    assert error is not None
    assert error.__suppress_context__ or error.__cause__ is None


# Failures


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 414, 500, 502, 504])
def test_a_status_that_is_no_success_is_an_error_with_what_the_server_says(
    server: Server, status: int
) -> None:
    endpoint = server.replies(Reply(b"<h1>Line 3:</h1>\x1b[31m oops", status, kind="text/html"))

    with pytest.raises(EndpointError) as raised:
        endpoint.query(ALL)

    assert raised.value.status == status
    assert str(raised.value).startswith(f"{server.url}: status {status}: Line 3:")
    assert "\x1b" not in str(raised.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says(
    server: Server, waits: list[float], status: int
) -> None:
    later = Reply(status=status, headers={"Retry-After": "7"})
    soon = Reply(status=status)
    past = Reply(status=status, headers={"Retry-After": formatdate(0, usegmt=True)})

    answer = server.replies(later, soon, past, numbers(1)).query(ALL)

    assert isinstance(answer, Table)
    assert len(answer.rows) == 1
    assert waits == [7.0, 2.0, 0.0]


def test_a_server_that_stays_busy_is_given_up(server: Server, waits: list[float]) -> None:
    with pytest.raises(EndpointError, match="busy, asked 4 times: status 503: full") as raised:
        server.replies(Reply(b"full", 503)).query(ALL)

    assert waits == [1.0, 2.0, 4.0]
    assert raised.value.remedy == "try again later."


def test_a_server_that_wants_an_hour_is_given_up_at_once(
    server: Server, waits: list[float]
) -> None:
    with pytest.raises(EndpointError, match="busy") as raised:
        server.replies(Reply(status=429, headers={"Retry-After": "3600"})).query(ALL)

    assert waits == []
    assert "3600" in raised.value.remedy


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"head": {"vars": ["s"]}, "results": {"bindings": [', "is not whole; it ends in"),
        (
            b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "uri", "va'
            b"The SPARQL operation has been cancelled",
            "status 200, is not whole; .*has been cancelled",
        ),
        (b"", "is not whole"),
        (b"\xff\xfe{}", "is not whole"),
        (b"[" * 100_000, "is not whole"),
        (b"[]", "no table"),
        (b'{"boolean": true}', "no table"),
        (b'{"head": {"vars": ["s"]}, "results": {"bindings": [1]}}', "no RDF term"),
        (b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": 1}]}}', "no RDF term"),
    ],
)
def test_an_answer_that_is_not_whole_is_an_error_whatever_its_status(
    server: Server, body: bytes, problem: str
) -> None:
    with pytest.raises(EndpointError, match=problem):
        server.replies(Reply(body)).query(ALL)


@pytest.mark.parametrize(
    "cell",
    [
        {"type": "uri", "value": "a b"},
        {"type": "uri", "value": "relative"},
        {"type": "literal", "value": "a", "xml:lang": "not a tag"},
        {"type": "literal", "value": "a", "datatype": "no iri"},
        {"type": "triple", "value": {}},
        {"type": "uri"},
    ],
)
def test_an_answer_with_what_is_no_term_is_an_error(server: Server, cell: dict[str, Any]) -> None:
    with pytest.raises(EndpointError, match="no RDF term"):
        server.replies(table({"s": cell})).query(ALL)


def test_an_answer_to_an_ask_that_is_no_boolean_is_an_error(server: Server) -> None:
    with pytest.raises(EndpointError, match="no boolean"):
        server.replies(numbers(1)).query("ASK { ?s ?p ?o }")


def test_a_page_in_place_of_a_result_is_an_error(server: Server) -> None:
    with pytest.raises(EndpointError, match="text/html, no SPARQL result") as raised:
        server.replies(Reply(b"<html>", kind="text/html; charset=utf-8")).query(ALL)

    assert "of the endpoint itself" in raised.value.remedy


def test_names_may_come_behind_the_rows(server: Server) -> None:
    body = (
        b'{"results": {"bindings": [{"s": {"type": "uri", "value": "http://e.org/1"}}, {}],'
        b' "distinct": false}, "more": [1, {"a": null}], "head": {"vars": ["s"], "link": []}} \n'
    )

    answer = server.replies(Reply(body)).query(ALL)

    assert answer == Table(("s",), ((NamedNode("http://e.org/1"),), (None,)))


def test_text_behind_an_answer_is_an_error(server: Server) -> None:
    reply = numbers(1)

    with pytest.raises(EndpointError, match="is not whole; it ends in"):
        server.replies(replace(reply, body=reply.body + b"Error: 42")).query(ALL)


def test_a_body_shorter_than_announced_is_an_error(server: Server) -> None:
    reply = numbers(1)

    with pytest.raises(EndpointError, match=r"breaks off|lacks 10 bytes"):
        server.replies(replace(reply, length=len(reply.body) + 10)).query(ALL)


def test_a_body_without_end_is_an_error(server: Server) -> None:
    endpoint = replace(server.replies(numbers(*range(500))), most_bytes=1000)

    with pytest.raises(EndpointError, match="longer than 1000 bytes"):
        endpoint.query(ALL)


def test_a_server_that_drips_is_given_up_in_time(server: Server) -> None:
    endpoint = replace(server.replies(Reply(b" " * 1000, pause=0.05)), timeout=0.5)
    started = time.monotonic()

    with pytest.raises(EndpointError, match=r"within 0\.5 seconds"):
        endpoint.query(ALL)

    assert time.monotonic() - started < 3


def test_a_server_that_says_nothing_is_given_up_in_time(server: Server) -> None:
    def silent(_: Asked) -> Reply:
        time.sleep(1)
        return numbers(1)

    server.answer = silent

    with pytest.raises(EndpointError, match=r"within 0\.3 seconds"):
        Endpoint(server.url, timeout=0.3).query(ALL)


def test_a_server_that_is_not_there_is_an_error() -> None:
    with pytest.raises(EndpointError, match="cannot be reached"):
        Endpoint("http://127.0.0.1:9/sparql").query(ALL)


# Redirects


@pytest.mark.parametrize(
    "there", ["http://e.org/sparql", "http://127.0.0.1:9/sparql", "file:///etc/passwd", "//e.org/"]
)
def test_a_redirect_to_elsewhere_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    monkeypatch.setenv(USER, "ana")
    monkeypatch.setenv(PASSWORD, "s3cret")

    with pytest.raises(EndpointError, match=r"sends us on to|status 302"):
        server.replies(Reply(status=302, headers={"Location": there})).query(ALL)

    assert len(server.asked) == 1


def test_a_redirect_within_a_server_is_followed(server: Server) -> None:
    there = Reply(status=307, headers={"Location": "/query?query=ASK+%7B%7D"})
    server.answer = lambda asked: there if asked.path == "/sparql" else numbers(1)

    answer = Endpoint(server.url).query(ALL)

    assert isinstance(answer, Table)
    assert [asked.path for asked in server.asked] == ["/sparql", "/query"]


def test_a_long_query_is_never_redirected(server: Server) -> None:
    long = f"SELECT ?s {{ VALUES ?s {{ {'<http://e.org/a> ' * 200} }} }}"

    with pytest.raises(EndpointError, match="sends us on to"):
        server.replies(Reply(status=302, headers={"Location": "/query"})).query(long)


# Rows that a server leaves out


def capped(
    server: Server, total: int, cap: int, pages: Callable[[int], Reply] | None = None
) -> None:
    """Serve so many nodes, but only some of them at once."""

    def answer(asked: Asked) -> Reply:
        if "COUNT(*)" in asked.query:
            return count(total)
        words = asked.query.split()
        start = int(words[words.index("OFFSET") + 1]) if "OFFSET" in words else 0
        if pages and "OFFSET" in words:
            return pages(start)
        return numbers(*range(start, min(total, start + cap)))

    server.answer = answer


def test_a_long_table_is_compared_with_a_count(server: Server) -> None:
    capped(server, 1500, 5000)

    answer = Endpoint(server.url).query("PREFIX e: <http://e.org/>\nSELECT ?s { ?s a e:A }")

    assert isinstance(answer, Table)
    assert len(answer.rows) == 1500
    assert [asked.query for asked in server.asked[1:]] == [
        "PREFIX e: <http://e.org/>\nSELECT (COUNT(*) AS ?n) { { SELECT ?s { ?s a e:A } } }"
    ]


def test_a_short_table_is_believed(server: Server) -> None:
    capped(server, 999, 5000)

    Endpoint(server.url).query(ALL)

    assert len(server.asked) == 1


def test_a_table_that_was_cut_is_fetched_in_pages(server: Server) -> None:
    capped(server, 2345, 1000)

    answer = Endpoint(server.url).query(ALL)

    assert isinstance(answer, Table)
    assert answer.rows == tuple((NamedNode(f"http://e.org/{n}"),) for n in range(2345))
    assert len(server.asked) == 5


def test_a_short_table_of_which_the_server_says_that_it_was_cut_is_not_believed(
    server: Server,
) -> None:
    replies = [numbers(1, headers={"X-SPARQL-MaxRows": "1"}), count(2), numbers(1), numbers(2)]

    answer = server.replies(*replies).query(ALL)

    assert isinstance(answer, Table)
    assert len(answer.rows) == 2


@pytest.mark.parametrize(
    "page", [lambda start: numbers(*range(1000)), lambda start: numbers(), lambda start: numbers(9)]
)
def test_pages_that_do_not_add_up_are_an_error_that_names_the_cap(
    server: Server, page: Callable[[int], Reply]
) -> None:
    capped(server, 2000, 1000, page)

    with pytest.raises(
        EndpointError, match=r"gives 1000 rows of 2000, and [0-9]+ in pages"
    ) as raised:
        Endpoint(server.url).query(ALL)

    assert "ResultSetMaxRows" in raised.value.remedy


def test_a_table_beyond_the_limit_is_an_error_that_names_the_cap(server: Server) -> None:
    capped(server, 2000, 1000)

    with pytest.raises(EndpointError, match="gives 1000 rows of 2000"):
        Endpoint(server.url, most_rows=1500).query(ALL)


def test_more_rows_than_the_server_counts_are_an_error(server: Server) -> None:
    with pytest.raises(EndpointError, match="gives 1000 rows of 999"):
        server.replies(numbers(*range(1000)), count(999)).query(ALL)


def test_a_count_that_is_none_is_an_error(server: Server) -> None:
    with pytest.raises(EndpointError, match="does not count"):
        server.replies(numbers(*range(1000)), numbers()).query(ALL)


def test_pages_with_blank_nodes_are_whole_only_if_their_labels_are_kept(server: Server) -> None:
    def page(start: int) -> Reply:
        return table(*({"s": {"type": "bnode", "value": f"b{start + n}"}} for n in range(1000)))

    capped(server, 2000, 1000, page)
    endpoint = Endpoint(server.url)

    answer = replace(endpoint, stable=True).query(ALL)
    with pytest.raises(EndpointError, match="blank nodes do not fit"):
        endpoint.query(ALL)

    assert isinstance(answer, Table)
    assert len(answer.rows) == 2000


def test_an_answer_that_the_server_stopped_for_time_is_an_error(server: Server) -> None:
    headers = {"X-SQL-State": "S1TAT", "X-SQL-Message": "incomplete results"}

    with pytest.raises(EndpointError, match="stopped early: incomplete results"):
        server.replies(numbers(1, headers=headers)).query(ALL)


# Rows in order, and one by one


def in_order(server: Server, total: int, cap: int, turned: bool = False) -> None:
    """Serve rows in an order, only some at once; on the pages behind the first in another."""

    def answer(asked: Asked) -> Reply:
        if "COUNT(*)" in asked.query:
            return count(total)
        words = asked.query.split()
        start = int(words[words.index("OFFSET") + 1]) if "OFFSET" in words else 0
        found = list(range(total, 0, -1))[start : start + cap]
        return numbers(*(reversed(found) if turned and start else found))

    server.answer = answer


SORTED = "SELECT ?s { ?s ?p ?o } ORDER BY DESC(?s)"


def test_pages_of_a_query_with_an_order_are_in_that_order(server: Server) -> None:
    in_order(server, 2500, 1000)

    answer = Endpoint(server.url).query(SORTED)

    assert isinstance(answer, Table)
    assert answer.rows == tuple((NamedNode(f"http://e.org/{n}"),) for n in range(2500, 0, -1))
    assert all(SORTED in asked.query for asked in server.asked)


def test_pages_in_another_order_are_an_error(server: Server) -> None:
    in_order(server, 2500, 1000, turned=True)

    with pytest.raises(EndpointError, match="pages in another order"):
        Endpoint(server.url).query(SORTED)


def test_a_cut_of_a_limit_without_an_order_is_an_error(server: Server) -> None:
    capped(server, 2000, 1000)

    with pytest.raises(EndpointError, match="LIMIT without ORDER BY"):
        Endpoint(server.url).query(f"{ALL} LIMIT 2000")


def test_rows_come_one_by_one_and_anew_where_some_were_left_out(server: Server) -> None:
    capped(server, 2345, 1000)
    taken: list[list[str]] = []

    def use(found: Rows) -> int:
        assert found.variables == ("s",)
        taken.append([])
        taken[-1].extend(str(row[0]) for row in found.rows)
        return len(taken[-1])

    assert Endpoint(server.url).read(ALL, use) == 2345
    assert [len(some) for some in taken] == [1000, 2345]


def test_rows_that_come_are_not_held_as_text(server: Server) -> None:
    """A body of 10 MB: its text, or its JSON, would take more than is allowed here."""
    long = {"s": {"type": "literal", "value": "é" * 1500}}
    reply = table(*[long] * 3_000)
    server.answer = lambda asked: count(3_000) if "COUNT(*)" in asked.query else reply

    tracemalloc.start()
    try:
        length = Endpoint(server.url).read(ALL, lambda found: sum(1 for _ in found.rows))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert length == 3_000
    assert len(reply.body) > 9_000_000
    assert most < 3_000_000


# Graphs

S, P = NamedNode("http://e.org/s"), NamedNode("http://e.org/p")
CONSTRUCT = "PREFIX e: <http://e.org/>\nCONSTRUCT { ?s e:p ?o } WHERE { ?s ?p ?o }"
NT, TURTLE = "application/n-triples", "text/turtle"


def graph(server: Server, solutions: int, reply: Reply, rows: Reply | None = None) -> None:
    """Serve a graph, made of so many solutions."""

    def answer(asked: Asked) -> Reply:
        if "COUNT(*)" in asked.query:
            return count(solutions)
        return reply if "CONSTRUCT" in asked.query or "DESCRIBE" in asked.query else rows or table()

    server.answer = answer


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (NT, '<http://e.org/s>\t<http://e.org/p> "\\u00E9" .\n<http://e.org/s> <http://e.org/p> _:x .\n'),
        (TURTLE, '@prefix e: <http://e.org/> .\ne:s e:p "é" , [] .\n'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("query", [CONSTRUCT, "DESCRIBE <http://e.org/s>"])
def test_a_graph_comes_as_n_triples_or_turtle(
    server: Server, query: str, kind: str, body: str
) -> None:
    graph(server, 2, Reply(body.encode(), kind=kind))

    answer = Endpoint(server.url).query(query)

    assert isinstance(answer, list)
    assert Triple(S, P, Literal("é")) in answer
    assert [type(triple.object) for triple in answer].count(BlankNode) == 1
    assert len(answer) == 2
    assert server.asked[-1].headers["Accept"] == f"{NT},{TURTLE}"


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply(b"<http://e.org/s> <http://e.org/p> <http://e.org/o> .\n<http://e.o", kind=NT), "not whole"),
        (Reply(b"<http://e.org/s> <http://e.org/p> 1 ;", kind=TURTLE), "not whole at line 1"),
        (Reply(b"<http://e.org/s> <http://e.org/p> 1 . SPARQL error", kind=TURTLE), "not whole"),
        (Reply(b"<http://e.org/s> <http://e.org/p> 1 .", kind=TURTLE, length=99), "breaks off|lacks"),
        (Reply(b"<http://e.org/s> <http://e.org/p> 1 .", kind=TURTLE, length=-1), "how long"),
        (Reply(b"@prefix : <x:> . :s :p " + b"[ :p " * 99, kind=TURTLE), "brackets are open"),
        (Reply(b"<html>", kind="text/html"), "text/html, neither N-Triples nor Turtle"),
        (numbers(1), "sparql-results.json, neither N-Triples nor Turtle"),
        (Reply(b"# " + b"x" * 2000, kind=TURTLE), "longer than 1000 bytes"),
    ],
)  # fmt: skip
def test_a_graph_that_is_not_whole_or_not_one_is_an_error(
    server: Server, reply: Reply, problem: str
) -> None:
    graph(server, 1, reply)

    with pytest.raises(EndpointError, match=problem):
        Endpoint(server.url, most_bytes=1000).query(CONSTRUCT)


def test_a_graph_of_many_solutions_is_made_of_them_since_rows_may_have_been_left_out(
    server: Server,
) -> None:
    rows = [{"s": {"type": "uri", "value": f"http://e.org/{n}"}, "o": {"type": "bnode", "value": f"b{n}"}}
            for n in range(1500)]  # fmt: skip
    rows.append({"s": {"type": "literal", "value": "no subject"}, "o": rows[0]["o"]})
    rows.append({"s": rows[0]["s"]})
    graph(server, 1502, Reply(b"", kind=NT), table(*rows, names=("s", "o")))

    answer = Endpoint(server.url).query(CONSTRUCT)

    assert isinstance(answer, list)
    assert set(answer) == {
        Triple(NamedNode(f"http://e.org/{n}"), P, BlankNode(f"b{n}")) for n in range(1500)
    }
    assert [asked.query for asked in server.asked][1] == (
        "PREFIX e: <http://e.org/>\nSELECT DISTINCT ?s ?o  WHERE { ?s ?p ?o }"
    )


@pytest.mark.parametrize(
    ("query", "selected"),
    [
        ("CONSTRUCT WHERE { ?s ?p ?o }", "SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o }"),
        ("CONSTRUCT { ?s ?p [] } { ?s ?p ?o } LIMIT 7", "SELECT ?s ?p  { ?s ?p ?o } LIMIT 7"),
        ("CONSTRUCT { _:x ?p 1 } WHERE { ?s ?p ?o }", "SELECT ?p  WHERE { ?s ?p ?o }"),
    ],
)
def test_the_solutions_of_a_construct_are_those_of_a_select(
    server: Server, query: str, selected: str
) -> None:
    graph(server, 1000, Reply(), table(names=("s", "p", "o")))

    Endpoint(server.url).query(query)

    assert server.asked[-1].query == selected


def test_a_long_description_is_an_error_since_it_cannot_be_counted(server: Server) -> None:
    body = "".join(f"<http://e.org/s> <http://e.org/p> <http://e.org/{n}> .\n" for n in range(1000))

    with pytest.raises(EndpointError, match="1000 triples") as raised:
        server.replies(Reply(body.encode(), kind=NT)).query("DESCRIBE <http://e.org/s>")

    assert "CONSTRUCT" in raised.value.remedy


# Quirks of Virtuoso 7.2.5

VIRTUOSO = {"Server": "Virtuoso/07.20.3229 (Linux) x86_64-pc-linux-gnu"}


def test_a_block_of_undef_is_not_sent_since_it_binds_nothing(server: Server) -> None:
    Endpoint(server.url).query("SELECT ?s { VALUES ?s { UNDEF } ?s ?p ?o values ?p{undef} }")
    Endpoint(server.url).query("SELECT * { VALUES ?s { UNDEF } }")
    Endpoint(server.url).query("SELECT ?s { VALUES ?s { UNDEF 1 } } # VALUES ?s { UNDEF }")

    assert [asked.query for asked in server.asked] == [
        "SELECT ?s {  ?s ?p ?o  }",
        "SELECT * { VALUES ?s { UNDEF } }",
        "SELECT ?s { VALUES ?s { UNDEF 1 } } # VALUES ?s { UNDEF }",
    ]


def test_booleans_of_virtuoso_are_shown_as_they_were(server: Server) -> None:
    cell = {"type": "typed-literal", "value": "1", "datatype": XSD + "boolean"}
    endpoint = server.replies(table({"s": cell}, headers=VIRTUOSO))
    boolean = NamedNode(XSD + "boolean")

    assert endpoint.query(ALL) == Table(("s",), ((Literal("1", datatype=boolean),),))
    smooth = replace(endpoint, smooth=True)
    assert smooth.query(ALL) == Table(("s",), ((Literal("true", datatype=boolean),),))
    assert replace(server.replies(table({"s": cell})), smooth=True).query(ALL) == Table(
        ("s",), ((Literal("1", datatype=boolean),),)
    )


def test_rows_that_virtuoso_repeats_under_distinct_are_given_once(server: Server) -> None:
    server.replies(numbers(1, 2, 1, headers=VIRTUOSO))
    endpoint = Endpoint(server.url)
    twice = "SELECT ?s { { SELECT DISTINCT ?s { ?s ?p ?o } LIMIT 3 } }"

    once = endpoint.query("SELECT DISTINCT ?s { ?s ?p ?o }")

    assert isinstance(once, Table)
    assert len(once.rows) == 2
    assert len(endpoint.query(twice).rows) == 3  # type: ignore[union-attr]
    with pytest.raises(EndpointError, match="repeats rows"):
        endpoint.query("SELECT DISTINCT ?s { ?s ?p ?o } LIMIT 3")


CLOSURES = "SELECT ?s { ?s a/<http://e.org/p>* ?o }"


@pytest.mark.parametrize(
    ("query", "closes"),
    [
        (CLOSURES, True),
        ("SELECT ?s { ?s e:p? ?o }", True),
        ("SELECT ?s { ?s (e:p|^e:q)+ ?o }", True),
        ("SELECT ?s { ?s (a/(e:p|e:q)*) ?o }", True),
        ("SELECT ?s { ?s a? ?o }", True),
        ("SELECT * { ?s e:p ?o FILTER(?o * 2 = (?o + 1) * 3 + (1) * 2) } # e:p*", False),
        ("SELECT (COUNT(*) AS ?n) { ?s (e:p|e:q)/^e:r ?o }", False),
        ('SELECT ?s { ?s ?p "e:p*" , ?o }', False),
    ],
)
def test_a_path_of_several_steps_or_none_is_doubted_on_virtuoso_only(
    server: Server, query: str, closes: bool
) -> None:
    other, virtuoso = Endpoint(server.url), Endpoint(server.url)

    other.query(ALL)
    server.replies(numbers(1, headers=VIRTUOSO))
    assert virtuoso.doubt(query) is None  # nobody has asked yet
    virtuoso.query(ALL)

    assert other.doubt(query) is None
    doubt = virtuoso.doubt(query)
    assert (doubt is not None) is closes
    if doubt is not None:
        assert set(doubt) == {"fr", "en"}
        assert doubt["en"].startswith("Virtuoso/07.20.3229: ")
    assert replace(virtuoso, most_rows=7).doubt(query) == doubt

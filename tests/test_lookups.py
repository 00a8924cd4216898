"""Look-ups: what the server answers by itself is what the engine answers; all else it leaves."""

import asyncio
import gc
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    BaseDirection,
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    Store,
    Triple,
)
from serving import Served, serving
from test_server import line, reply
from uvicorn.server import ServerState

from coopera import graphs
from coopera.limits import Limits
from coopera.project import find
from coopera.publication import Publication
from coopera.server import settle
from coopera.server.connections import Connection
from coopera.server.lookups import LONGEST, Lookups
from coopera.server.memory import Reply
from coopera.server.snapshot import Inputs, load

S, P, Q = (NamedNode(f"http://example.org/{name}") for name in "spq")
XSD = "http://www.w3.org/2001/XMLSchema#"


def filled(*facts: tuple[NamedNode, Any]) -> Store:
    store = Store()
    store.extend(Quad(S, predicate, value, DefaultGraph()) for predicate, value in facts)
    return store


def rows(body: bytes) -> tuple[list[str], list[str]]:
    """Give the variables and the solutions, in an order of ours."""
    told = json.loads(body)
    assert set(told) == {"head", "results"}
    return told["head"]["vars"], sorted(
        json.dumps(one, sort_keys=True) for one in told["results"]["bindings"]
    )


def engine(store: Store, text: str) -> tuple[list[str], list[str]]:
    written = cast("QuerySolutions", store.query(text)).serialize(format=QueryResultsFormat.JSON)
    assert written
    return rows(written)


SAID = filled(
    (P, Q),
    (P, Literal('a "b" \\ \t\n\r\x00\x1f\x7f é 𝄞 \u2028')),
    (P, Literal("a", language="fr-CA")),
    (P, Literal("01", datatype=NamedNode(XSD + "integer"))),
    (P, Literal("1.50", datatype=NamedNode(XSD + "decimal"))),
    (P, Literal("2025-07-01T00:00:00.000Z", datatype=NamedNode(XSD + "dateTime"))),
    (P, Literal("no date", datatype=NamedNode(XSD + "date"))),
    (Q, Literal("")),
    (Q, BlankNode("b")),
    (
        NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
        NamedNode("http://example.org/é"),
    ),
)
FORMS = [
    "SELECT ?p ?o { <http://example.org/s> ?p ?o }",
    "select$o$p where{<http://example.org/s>?p?o.}",
    "SELECT * WHERE { <http://example.org/s> ?p ?o . }",
    "SELECT ?o { <http://example.org/s> ?p ?o }",
    "SELECT ?p { <http://example.org/s> ?p ?o }",
    "SELECT ?o { <http://example.org/s> <http://example.org/p> ?o }",
    "SELECT ?o { <http://example.org/s> a ?o }",
    "SELECT ?p { <http://example.org/s> ?p <http://example.org/q> }",
    "SELECT\n?p\t?o\r\n{ <http://example.org/nobody> ?p ?o }",
]


@pytest.mark.parametrize("text", FORMS)
def test_a_look_up_has_the_answer_of_the_engine(text: str) -> None:
    body = Lookups(SAID, Limits()).answer(text.encode())

    assert body is not None
    assert rows(body) == engine(SAID, text)


def test_each_thing_of_our_graph_is_told_as_the_engine_tells_it() -> None:
    project = find()
    publication = Publication(project, graphs.read_all(project.graph_files))
    lookups = Lookups(publication.store, Limits())
    answered = 0
    for iri in publication.pages.index.facts:
        text = f"SELECT ?p ?o {{ <{iri}> ?p ?o }}"
        if iri.startswith("_:") or (body := lookups.answer(text.encode())) is None:
            continue
        answered += 1
        assert rows(body) == engine(publication.store, text)

    assert answered == lookups.answered > 1000


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?x { <http://example.org/s> ?x ?x }",
        "SELECT ?x { <http://example.org/s> ?x $x }",
        "SELECT ?z { <http://example.org/s> ?p ?o }",
        "SELECT ?p ?p { <http://example.org/s> ?p ?o }",
        "SELECT DISTINCT ?p { <http://example.org/s> ?p ?o }",
        "SELECT ?p { <http://example.org/s> ?p ?o } LIMIT 1",
        "SELECT ?p { <http://example.org/s> ?p ?o . ?o ?q ?r }",
        "SELECT ?p { <http://example.org/s> ?p ?o FILTER(?p = ?o) }",
        "SELECT ?s { ?s ?p <http://example.org/q> }",
        "SELECT * { <http://example.org/s> a <http://example.org/q> }",
        "SELECT ?o { <http://example.org/s> A ?o }",
        "SELECT ?o { <s> ?p ?o }",
        "SELECT ?o { <http://example.org/a/../s> ?p ?o }",
        "SELECT ?o { <http://example.org/\\u0073> ?p ?o }",
        "SELECT ?o { <http://exa mple.org/s> ?p ?o }",
        "SELECT ?o { <http://[> ?p ?o }",
        "SELECT ?o # a remark\n{ <http://example.org/s> ?p ?o }",
        "SELECT ?é { <http://example.org/s> ?p ?é }",
        "ASK { <http://example.org/s> ?p ?o }",
        "SELECT\x0c?o { <http://example.org/s> ?p ?o }",
        "SELECT ?o { <http://example.org/s> ?p ?o }\x0b",
        "",
    ],
)
def test_a_query_that_asks_for_more_is_left_to_a_worker(text: str) -> None:
    assert Lookups(SAID, Limits()).answer(text.encode()) is None


@pytest.mark.parametrize(
    "value",
    [
        Triple(S, P, Q),
        Literal("a", language="ar", direction=BaseDirection.RTL),
        Literal("x" * LONGEST),
    ],
)
def test_an_answer_with_a_term_that_is_new_or_long_is_left_to_a_worker(value: Any) -> None:
    assert Lookups(filled((P, Q), (P, value)), Limits()).answer(FORMS[0].encode()) is None


def test_an_answer_that_may_pass_a_limit_is_left_to_a_worker() -> None:
    store = filled(*((P, NamedNode(f"http://example.org/{n}")) for n in range(1000)))
    few = filled((P, Q), (P, S))

    assert Lookups(store, Limits()).answer(FORMS[0].encode()) is None
    assert Lookups(few, Limits(rows=1)).answer(FORMS[0].encode()) is None
    assert Lookups(few, Limits(answer_bytes=100)).answer(FORMS[0].encode()) is None
    assert Lookups(few, Limits(query_bytes=40)).answer(FORMS[0].encode()) is None
    assert Lookups(few, Limits(rows=2)).answer(FORMS[0].encode()) is not None
    assert Lookups(few, Limits()).answer(b"\xff") is None


@pytest.mark.parametrize("filling", [" ", "?a ", "?a", "\n", "<", "{ ", "a"])
def test_a_text_that_repeats_itself_costs_no_more_than_its_length(filling: str) -> None:
    lookups = Lookups(SAID, Limits())
    for before in ("", "SELECT ?p ", "SELECT ?p { ", "SELECT ?p { <http://example.org/s> ?p "):
        assert lookups.answer((before + filling * (60_000 // len(filling))).encode()) is None


PIECES = st.sampled_from(
    ["SELECT", "select", "?p", "$o", "?o", "?x", "*", " ", "\n", "WHERE", "{", "}", ".", ";", "a", "A", "#",
     "<http://example.org/s>", "<http://example.org/p>", "<http://example.org/q>", "<s>", '"x"', "[]",
     "_:b", "FILTER(?p)", "LIMIT 1", "DISTINCT"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map(" ".join) | st.sampled_from(FORMS).flatmap(
    lambda form: st.tuples(st.just(form.split(" ")), st.integers(0, 9), PIECES).map(
        lambda parts: " ".join([*parts[0][: parts[1]], parts[2], *parts[0][parts[1] + 1 :]])
    )
))  # fmt: skip
def test_whatever_is_answered_the_engine_answers_alike(text: str) -> None:
    body = Lookups(SAID, Limits()).answer(text.encode())

    if body is not None:
        assert rows(body) == engine(SAID, text)


def test_a_graph_that_a_blank_node_names_is_no_part_of_the_default_graph(tmp_path: Path) -> None:
    file = tmp_path / "data.trig"
    file.write_text('_:g { <http://e/s> <http://e/p> "in" } <http://e/s> <http://e/p> "out" .')
    snapshot = load(Inputs(find(), (file,)))

    body = Lookups(snapshot.publication.store, Limits()).answer(
        b"SELECT ?o { <http://e/s> <http://e/p> ?o }"
    )

    assert body is not None
    assert [one["o"]["value"] for one in json.loads(body)["results"]["bindings"]] == ["out"]


# Over a connection


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving("--no-log", "--unisolated", "--no-reload", project=find().root) as one:
        yield one


def asking(thing: str, more: bytes = b"") -> bytes:
    text = quote(f"SELECT ?p ?o {{ <https://w3id.org/coopera/id/{thing}> ?p ?o }}").encode()
    return b"GET /sparql?query=%s HTTP/1.1\r\nHost: x\r\n%s\r\n" % (text, more)


@pytest.mark.parametrize(
    "more", [b"", b"Accept: application/json\r\n", b"Accept: text/csv, application/json;q=0.5\r\n"]
)
def test_a_head_that_is_known_but_for_its_query_gets_the_same_reply(
    served: Served, more: bytes
) -> None:
    with line(served) as one:
        made = reply(one, asking("institution/uts", more + b"X-One: 1\r\n"))
        other = reply(one, asking("institution/imt", more))
        found = reply(one, asking("institution/uts", more))

    assert found == made
    assert found[0] == b"HTTP/1.1 200 OK\r\n"
    assert (b"imt" in other[2], other[1][b"etag"]) != (True, made[1][b"etag"])
    assert int(found[1][b"content-length"]) == len(found[2]) > 100


def test_what_a_client_holds_is_not_sent_again(served: Served) -> None:
    with line(served) as one:
        tag = reply(one, asking("institution/uts"))[1][b"etag"].strip()
        for _ in range(2):
            held = reply(one, asking("institution/uts", b"If-None-Match: %s\r\n" % tag))
            other = reply(one, asking("institution/imt", b"If-None-Match: %s\r\n" % tag))
            assert (held[0].split()[1], other[0].split()[1]) == (b"304", b"200")


def test_look_ups_are_counted_and_told_apart(served: Served) -> None:
    def count() -> int:
        with line(served) as one:
            told = reply(one, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")[2]
        found = re.search(rb"^coopera_lookups_total (\d+)$", told, re.MULTILINE)
        assert found
        return int(found[1])

    before = count()
    with line(served) as one:
        for thing in ("axis/1", "axis/2", "axis/1"):
            reply(one, asking(thing, b"X-Count: 1\r\n"))

    assert count() == before + 2  # the third is a reply that is kept


def test_replies_go_before_a_refusal_that_follows_them(served: Served) -> None:
    with line(served) as one, one.makefile("rb") as file:
        reply(one, asking("institution/uts"))
        one.sendall(asking("institution/imt"))
        one.sendall(b"no HTTP\r\n\r\n")
        told = file.read()

    assert [text.split()[1] for text in re.findall(rb"HTTP/1.1 \d+", told)] == [b"200", b"400"]


def test_a_reply_that_is_ready_goes_before_the_server_stops() -> None:
    told: list[bytes] = []

    class Transport(asyncio.Transport):
        def write(self, data: object) -> None:
            told.append(cast("bytes", data))

        def close(self) -> None:
            told.append(b"closed")

        def is_closing(self) -> bool:
            return b"closed" in told

    class App:
        def known(self, _head: bytes) -> Reply:
            return Reply("page", "GET /", 200, 2, b"content-length: 2\r\n\r\nab")

    async def work() -> None:
        config = uvicorn.Config(cast("Any", App()), lifespan="off")
        connection = Connection(config, ServerState(), {})
        connection.connection_made(Transport())
        connection.data_received(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert told == []
        connection.shutdown()
        await asyncio.sleep(0)

    asyncio.run(work())

    assert told == [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab", b"closed"]


def test_the_graph_is_left_out_of_collections() -> None:
    try:
        settle()

        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()

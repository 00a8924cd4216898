"""Limits: what a query's text may be, before anything looks at it closer."""

import random
import time
from dataclasses import fields

import pytest

from coopera.limits import LimitError, Limits, demand_bounded, published
from coopera.queries import tokens

LIMITS = Limits()
ASK = "ASK { ?s ?p ?o }"


def refusal(query: str | bytes, **arguments: object) -> LimitError:
    with pytest.raises(LimitError) as caught:
        demand_bounded(query, LIMITS, **arguments)  # type: ignore[arg-type]
    assert str(caught.value)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("query", [ASK, ASK.encode(), "SELECT * { ?s ?p 'é' }".encode()])
def test_a_plain_query_is_given_back_as_text(query: str | bytes) -> None:
    text = query if isinstance(query, str) else query.decode()

    assert demand_bounded(query, LIMITS) == text


@pytest.mark.parametrize(
    "query", [b"ASK { ?s ?p '\xe9' }", b"\xff\xfeA\x00", b"ASK {} # \xed\xa0\x80", "ASK {} #\ud800"]
)
def test_what_is_not_utf_8_is_refused(query: str | bytes) -> None:
    assert (refusal(query).limit, refusal(query).status) == ("utf-8", 400)


@pytest.mark.parametrize("letter", ["#", "é"])
def test_the_size_of_a_text_is_counted_in_bytes(letter: str) -> None:
    most = LIMITS.query_bytes
    fits = "ASK {} #" + letter * ((most - 8) // len(letter.encode()))

    assert demand_bounded(fits, LIMITS) == fits
    error = refusal(fits + letter)
    assert (error.limit, error.status) == ("query_bytes", 413)
    assert f"{most:,}" in str(error)
    assert refusal((fits + letter).encode()).limit == "query_bytes"


def test_a_text_of_150_megabytes_is_refused_at_once() -> None:
    text = b" " * 150_000_000
    started = time.process_time()

    assert refusal(text).limit == "query_bytes"
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("opening", "closing", "inside"),
    [("(", ")", "1"), ("{", "}", ""), ("[ ?p ", "]", "1"), ("{ OPTIONAL ", "}", "{}"),
     ("IF(1,", ",1)", "1"), ("SELECT * { {", "} }", ""), ("<< ", " ?p ?o >>(", "?s")],
)  # fmt: skip
@pytest.mark.parametrize("times", [65, 500, 5_000])
def test_nesting_beyond_the_limit_is_refused(
    opening: str, closing: str, inside: str, times: int
) -> None:
    error = refusal("ASK { " + opening * times + inside + closing * times + "}")

    assert error.limit in ("nesting", "operators", "query_bytes")
    assert error.status in (400, 413)


def test_20_000_nested_parentheses_are_refused() -> None:
    error = refusal("ASK { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }")

    assert (error.limit, error.status) == ("nesting", 400)
    assert "64" in error.problem


@pytest.mark.parametrize(
    "query",
    [
        "ASK { FILTER(" + "(" * 62 + "1" + ")" * 62 + ") }",
        f"ASK {{ ?s ?p '{'(' * 500}', \"\"\"{'[' * 500}\"\"\" }} # {'{' * 500}",
        f"ASK {{ ?s <a:{'(' * 500}> ?o }}",
        "ASK {" + "{}" * 500 + "}",
    ],
)  # fmt: skip
def test_brackets_that_do_not_nest_are_no_depth(query: str) -> None:
    assert demand_bounded(query, LIMITS) == query


CHAINS = {
    "+": "ASK { FILTER(1%s = 1) }", "*": "ASK { FILTER(1%s1 = 1) }", "&&1": "ASK { FILTER(1%s) }",
    "||1": "ASK { FILTER(1%s) }", "!": "ASK { FILTER(%s1) }", " -1": "ASK { FILTER(1%s = 1) }",
    " UNION{}": "ASK {{}%s}", "OPTIONAL{}": "ASK {%s}", " minus{}": "ASK {%s}",
    "FILTER(1)": "ASK {%s}", "GRAPH ?g{}": "ASK {%s}", "/<a:p>": "ASK { ?s <a:p>%s ?o }",
    "|<a:p>": "ASK { ?s <a:p>%s ?o }", "BIND(1 AS ?x)": "ASK {%s}",
    "(1 AS ?x)": "SELECT %s {}", " ?x": "DESCRIBE%s", "<a:b>": "DESCRIBE %s", " a:b": "DESCRIBE%s",
    "LATERAL{}": "ASK {%s}",
}  # fmt: skip


@pytest.mark.parametrize("chain", CHAINS)
def test_a_chain_of_operators_beyond_the_limit_is_refused(chain: str) -> None:
    error = refusal(CHAINS[chain] % (chain * 1_001))

    assert (error.limit, error.status) == ("operators", 400)
    assert "1,000" in error.problem
    assert demand_bounded(CHAINS[chain] % (chain * 300), LIMITS)


def test_values_and_in_may_be_long() -> None:
    demand_bounded("ASK { VALUES ?x { " + "<a:b> 1 'x' " * 3_000 + "} }", LIMITS)
    demand_bounded("ASK { VALUES ?x { " + "'1'^^<a:b> " * 5_000 + "} }", LIMITS)
    demand_bounded("ASK { FILTER(1 IN (0" + ",1" * 20_000 + ")) }", LIMITS)
    demand_bounded("DESCRIBE ?s { VALUES ?s { " + "<a:b> " * 5_000 + "} }", LIMITS)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o . SERVICE ?s { ?s ?p ?o } }",
        "SELECT * { {SELECT * {SERVICE<http://127.0.0.1:9/>{}}} }",
        "SELECT * { # \n SERVICE <a:b> {} }",
        "SELECT * { ?s ?p '#' . SERVICE <a:b> {} }",
        r"SELECT * { \u0053ERVICE <a:b> {} }",
        r"SELECT * { SERV\U00000049CE <a:b> {} }",
        r"SELECT * { ?s ?p 'x\u0027 SERVICE <a:b> {} #' }",
    ],
)
def test_service_is_refused(query: str) -> None:
    error = refusal(query)

    assert (error.limit, error.status) == ("service", 400)
    assert refusal(query.encode()).limit == "service"


@pytest.mark.parametrize(
    "query",
    ["ASK { ?s ?p 'SERVICE' }", "ASK { ?SERVICE ?p ?o } # SERVICE", "ASK { <a:SERVICE> ?p <b:FROM> }",
     "PREFIX service: <a:> ASK { ?s service:SERVICE ?o }", "ASK { ?from ?with ?insert }"],
)  # fmt: skip
def test_a_word_in_a_name_or_a_string_is_no_keyword(query: str) -> None:
    assert demand_bounded(query, LIMITS, ()) == query


@pytest.mark.parametrize(
    "update",
    ["LOAD <http://127.0.0.1:9/>", "load silent <file:///etc/passwd> INTO GRAPH <a:b>",
     "INSERT DATA { <a:a> <a:b> 1 }", "DELETE WHERE { ?s ?p ?o }", "CLEAR ALL", "DROP ALL",
     "CREATE GRAPH <a:b>", "ADD <a:a> TO <a:b>", "MOVE <a:a> TO <a:b>", "COPY DEFAULT TO <a:b>",
     "PREFIX a: <a:> # ASK\nWITH <a:b> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
     r"\u0049NSERT DATA { <a:a> <a:b> 1 }"],
)  # fmt: skip
def test_an_update_is_refused_as_such(update: str) -> None:
    error = refusal(update)

    assert (error.limit, error.status) == ("update", 400)
    assert "update" in error.problem


@pytest.mark.parametrize(
    "clause",
    ["FROM <http://127.0.0.1:9/>", "FROM <file:///etc/passwd>", "FROM NAMED <http://127.0.0.1:9/>",
     "from <a:known> from <a:other>", "FROM x:other", "FROM <other>", r"\u0046ROM <a:other>"],
)  # fmt: skip
def test_a_graph_that_is_not_here_is_refused(clause: str) -> None:
    error = refusal(f"PREFIX x: <a:> SELECT * {clause} {{ ?s ?p ?o }}", graphs={"a:known"})

    assert (error.limit, error.status) == ("from", 400)
    assert "none is fetched" in error.problem


@pytest.mark.parametrize(
    "clause",
    ["FROM <http://e.org/known>", "FROM NAMED <http://e.org/known>", "FROM x:known",
     "FROM <known>", "FROM <../known> FROM NAMED x:known"],
)  # fmt: skip
def test_a_graph_that_is_here_may_be_named_in_any_way(clause: str) -> None:
    query = f"PREFIX x: <http://e.org/> SELECT * {clause} {{ ?s ?p ?o }}"

    assert demand_bounded(query, LIMITS, {"http://e.org/known"}, "http://e.org/a") == query
    with_base = f"BASE <http://e.org/a/b> {query}"
    if clause.startswith("FROM <..") or "x:" in clause or "http" in clause:
        assert demand_bounded(with_base, LIMITS, {"http://e.org/known"}) == with_base


def test_any_graph_may_be_named_where_the_names_are_not_known() -> None:
    query = "SELECT * FROM <a:b> { ?s ?p ?o }"

    assert demand_bounded(query, LIMITS) == query


PIECES = ("a", ".", "-", "_", ":", '"', "'", '"""', "'''", "\\", "<", ">", "#", "\n", "?", "(", "é",
          " ", "1", "%", "<a", "a.a", '"\\"')  # fmt: skip


def test_no_text_takes_long_to_look_at() -> None:
    """A text of 64 kB of "a." took a tokenizer that tries each letter anew 38 seconds."""
    made = random.Random(4)  # noqa: S311
    texts = [piece * (LIMITS.query_bytes // len(piece.encode())) for piece in PIECES]
    for _ in range(40):
        unit = "".join(made.choices(PIECES, k=made.randint(2, 6)))
        texts.append((unit * LIMITS.query_bytes)[: LIMITS.query_bytes // 2])
    # Each escape hides a sign of a long string from the look for the end of the one before.
    texts.append("\\'''\n" * (LIMITS.query_bytes // 5))
    for text in texts:
        started = time.process_time()
        for _ in tokens(text):
            pass
        assert time.process_time() - started < 2, text[:20]


def test_a_text_is_cut_into_tokens_without_a_gap() -> None:
    query = 'PREFIX a-b: <x:> SELECT ?x { ?x a.b "a.b", a-b:c.d .?x a true.1 } # a.b'

    found = [(t.kind, t.text) for t in tokens(query)]

    assert [query[t.start : t.end] for t in tokens(query)] == [text for _, text in found]
    assert found[7:13] == [("word", "a"), ("mark", "."), ("word", "b"), ("string", '"a.b"'), ("mark", ","),
                           ("name", "a-b:c.d")]  # fmt: skip
    assert [t.text for t in tokens('ASK { "open\n SERVICE }')] == [
        "ASK",
        "{",
        '"open',
        "SERVICE",
        "}",
    ]


def test_every_limit_is_published_with_its_number_and_its_words() -> None:
    limits = Limits(rows=7)
    told = {entry.name: entry for entry in published(limits)}

    assert list(told) == [field.name for field in fields(Limits)]
    assert told["rows"].value == 7
    for entry in told.values():
        assert set(entry.text) == {"en", "fr"}
        assert all(entry.text.values())
        assert entry.unit

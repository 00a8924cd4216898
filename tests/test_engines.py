"""Engines: the same answers, term by term, and errors that say where."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopera.engines import ENGINES, Engine, _may_name, refuse_service
from coopera.errors import QueryError
from coopera.queries import tokens
from coopera.tables import Table, Term
from coopera.terms import XSD

A, P = NamedNode("http://example.org/a"), NamedNode("http://example.org/p")
VALUES: list[Term] = [
    Literal("2022", datatype=NamedNode(XSD + "gYear")),
    Literal("2025-07", datatype=NamedNode(XSD + "gYearMonth")),
    Literal("2025-07-17", datatype=NamedNode(XSD + "date")),
    Literal("2020-13-45", datatype=NamedNode(XSD + "date")),
    Literal("x", language="fr"),
    Literal("x"),
    Literal("x", datatype=NamedNode(XSD + "string")),
    Literal("12", datatype=NamedNode(XSD + "integer")),
    A,
]


@pytest.fixture(scope="module", params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    return ENGINES[request.param]([Triple(A, P, value) for value in VALUES])


def test_select_gives_the_terms_as_they_stand_in_the_data(engine: Engine) -> None:
    answer = engine.query("SELECT ?o { ?s ?p ?o }")

    assert isinstance(answer, Table)
    assert set(answer.column("o")) == set(VALUES)
    assert len(answer.rows) == len(set(VALUES)) == 8


def test_construct_gives_sorted_triples_and_ask_a_bool(engine: Engine) -> None:
    found = engine.query("CONSTRUCT { ?o ?p ?s } { ?s ?p ?o FILTER(ISIRI(?o)) }")

    assert found == [Triple(A, P, A)]
    assert engine.query("ASK { ?s ?p 12 }") is True
    assert engine.query("ASK { ?s ?p 13 }") is False


def test_no_values_give_no_solutions(engine: Engine) -> None:
    assert engine.query("SELECT ?x { VALUES ?x { } ?x ?p ?o }") == Table(("x",))


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("SELECT ?s (COUNT(?o) AS ?n) { ?s <x:none> ?o } GROUP BY ?s", 0),
        ("SELECT (COUNT(?o) AS ?n) { ?s <x:none> ?o }", 1),
        ("SELECT ?n { { SELECT ?s (COUNT(?o) AS ?n) { ?s <x:none> ?o } GROUP BY ?s } }", 0),
        ("SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?s", 1),
    ],
)
def test_nothing_to_group_gives_no_group_but_a_count_of_none(
    engine: Engine, text: str, groups: int
) -> None:
    answer = engine.query(text)

    assert isinstance(answer, Table)
    assert len(answer.rows) == groups


def test_an_unbound_variable_is_none(engine: Engine) -> None:
    answer = engine.query("SELECT ?s ?n { VALUES ?s { 1 } OPTIONAL { ?s <x:none> ?n } }")

    assert isinstance(answer, Table)
    assert [row[1] for row in answer.rows] == [None]


PIECES = [
    "SERVICE", "SERVıCE", "from", "From", "service", "a", "é", "ß", "ſ", "K", "_", ":", "?", "$", "1", "-",
    ".", "@en", "^^", "#", "\n", "\r", " ", '"', "'", '"""', "<", ">", "<a:b>", "\\", "{", "}", "/", "%",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
@example("ßSERVICE").via("a letter whose capital is two of ASCII")
def test_no_keyword_is_passed_over_by_the_look_before_the_tokens(text: str) -> None:
    named = any(token.is_word("SERVICE", "FROM") for token in tokens(text))

    assert _may_name(text) or not named


@pytest.mark.parametrize("name", sorted(ENGINES))
@pytest.mark.parametrize(
    "start",
    [
        "# a comment ends here\r",
        "# \\u000D",
        "# a\r# b\r\n",
        "# \r ''' \n",
    ],
)
def test_no_end_of_a_line_hides_a_service(name: str, start: str) -> None:
    text = f"ASK {{ {start} SERVICE SILENT <http://127.0.0.1:9/> {{ }} # '''\n }}"

    with pytest.raises(QueryError, match="SERVICE is not answered here"):
        ENGINES[name]([]).query(text)


def test_a_name_or_a_comment_is_no_keyword() -> None:
    refuse_service(
        "# from here\nSELECT ?from { ?s schema:validFrom ?from ; a:from <a:from> } # FROM"
    )


def test_a_triple_that_many_solutions_construct_is_given_once(engine: Engine) -> None:
    found = engine.query("CONSTRUCT { ?s ?p 1 . ?s ?p 1 } { ?s ?p ?o . ?t ?q ?r }")

    assert found == [Triple(A, P, Literal("1", datatype=NamedNode(XSD + "integer")))]


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_a_triple_with_a_blank_node_is_given_once_too(name: str) -> None:
    """Oxigraph 0.5.13 gives one for each solution."""
    stated = [Triple(BlankNode("x"), P, A), Triple(A, P, BlankNode("x"))]

    found = ENGINES[name](stated).query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o . ?t ?q ?r }")

    assert found == sorted(stated, key=str)

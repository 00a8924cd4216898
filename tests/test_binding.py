"""Parameters: terms written into VALUES blocks, and nothing else."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple
from servers import Server

from coopera import queries
from coopera.engines import ENGINES, Engine
from coopera.errors import QueryError
from coopera.tables import Table, Term

ASK_BACK = "SELECT ?x WHERE { VALUES ?x { <http://example.org/default> } }"


THING = NamedNode("http://example.org/default")
HELD = [Triple(THING, THING, Literal("x"))]


pytestmark = pytest.mark.xdist_group("virtuoso")


@pytest.fixture(scope="module", params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    return ENGINES[request.param](HELD)


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def server(request: pytest.FixtureRequest) -> Engine:
    found: Server = request.getfixturevalue(f"{request.param}_server")
    return found.add(HELD)


PIECES = [
    '"',
    "'",
    "}",
    "{",
    "\\",
    "\n",
    "\r",
    "#",
    ">",
    "<",
    "?x",
    "u0022",
    "U00000022",
    "é",
    "\0",
]
hostile = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.lists(st.sampled_from([*PIECES, "\\u0022", " SERVICE "]), max_size=12).map("".join),
)


@given(hostile)
def test_a_bound_text_can_only_ever_be_one_literal(engine: Engine, text: str) -> None:
    bound = queries.bind(ASK_BACK, {"x": [Literal(text)]})

    assert engine.query(bound) == Table(("x",), ((Literal(text),),))


@settings(max_examples=60, deadline=None)
@given(hostile)
@example("\0").via("a character that C takes for the end")
@example("\U0001f600\x80\u2028\ufffe")
@example("\\u0022 } SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } #")
def test_a_bound_text_can_only_ever_be_one_literal_on_a_server(server: Engine, text: str) -> None:
    bound = queries.bind(ASK_BACK, {"x": [Literal(text)]})
    if "\0" in text:
        with pytest.raises(QueryError, match=r"U\+0000"):
            server.query(bound)
        return

    answer = server.query(bound)

    assert answer == Table(("x",), ((Literal(text),),))


iris = st.text(
    st.characters(exclude_categories=["Cs", "Cn", "Co", "Cc", "Zs", "Zl", "Zp"]), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(iris)
def test_a_bound_iri_can_only_ever_be_one_iri_on_a_server(server: Engine, text: str) -> None:
    try:
        term = NamedNode(f"http://example.org/{text}")
    except ValueError:
        return  # it is none, and cannot be bound

    assert server.query(queries.bind(ASK_BACK, {"x": [term]})) == Table(("x",), ((term,),))


def test_a_default_stands_until_it_is_bound(engine: Engine) -> None:
    assert engine.query(ASK_BACK) == Table(("x",), ((NamedNode("http://example.org/default"),),))


def test_several_terms_give_several_solutions(engine: Engine) -> None:
    terms: list[Term] = [Literal("a"), Literal("b", language="fr")]
    answer = engine.query(queries.bind(ASK_BACK, {"x": terms}))

    assert isinstance(answer, Table)
    assert set(answer.rows) == {(term,) for term in terms}


def test_none_leaves_the_variable_unbound(engine: Engine) -> None:
    assert engine.query(queries.bind(ASK_BACK, {"x": None})) == Table(("x",), ((None,),))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?x } # VALUES ?x { 1 }",
        'SELECT * { ?s ?p "VALUES ?x { 1 }" }',
        "SELECT * { ?s ?p '''VALUES ?x { 1 }''' }",
        "SELECT * { VALUES (?x ?y) { (1 2) } }",
        "SELECT * { ?s <http://example.org/VALUES?x> { 1 } }",
    ],
)
def test_only_a_block_of_one_variable_is_a_parameter(text: str) -> None:
    with pytest.raises(QueryError, match="no block VALUES"):
        queries.bind(text, {"x": []})


def test_a_brace_in_a_default_does_not_end_its_block() -> None:
    text = "SELECT ?x { VALUES ?x { \"}\" '}' <http://example.org/a> # }\n } }"

    bound = queries.bind(text, {"x": [Literal("1")]})

    assert bound == 'SELECT ?x { VALUES ?x { "1" } }'


@pytest.mark.parametrize(
    "word",
    [
        "SERVICE <http://127.0.0.1:9/> {}",
        "service ?s {}",
        "\\u0053ERVICE ?s {}",
        "S\\U00000045RVICE ?s {}",
        "\\u00000053ERVICE ?s {}",
    ],
)
def test_a_query_never_contacts_a_server(engine: Engine, word: str) -> None:
    with pytest.raises(QueryError, match="SERVICE"):
        engine.query(f"SELECT * {{ {word} }}")


def test_from_is_refused_since_the_data_is_one_graph(engine: Engine) -> None:
    with pytest.raises(QueryError, match="FROM"):
        engine.query("SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }")


@pytest.mark.parametrize("name", [":from", ":service", "x:FROM", "_:service"])
def test_a_name_like_a_keyword_is_none(name: str) -> None:
    # rdflib 7.6 cannot read the empty prefix in ASK, hence one engine.
    prefixes = "PREFIX : <http://x/> PREFIX x: <http://x/> "

    assert ENGINES["oxigraph"]([]).query(f"{prefixes}ASK {{ {name} ?p ?o }}") is False


def test_words_of_strings_and_variables_are_not_taken_for_keywords(engine: Engine) -> None:
    answer = engine.query('SELECT ?from { VALUES ?from { "SERVICE" } } # FROM')

    assert answer == Table(("from",), ((Literal("SERVICE"),),))


@pytest.mark.parametrize("update", ["INSERT DATA { <x:a> <x:b> 1 }", "LOAD <http://127.0.0.1:9/>"])
def test_an_update_is_no_query(engine: Engine, update: str) -> None:
    with pytest.raises(QueryError):
        engine.query(update)

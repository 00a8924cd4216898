"""Saved queries on servers: the same answers as here, however they are bound.

The servers are those of the PyPI package `oxigraph` and, where it is installed, Virtuoso 7.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from pyoxigraph import Literal, NamedNode, Triple
from servers import ROWS, Server
from test_queries import PROJECT, QUERIES, defaults, members, name, read_answer
from test_queries import triples_of_the_village as village_triples

from coopera import answers, graphs, queries
from coopera.engines import ENGINES, Engine
from coopera.engines.endpoint import Endpoint
from coopera.errors import QueryError
from coopera.queries import SavedQuery
from coopera.tables import Table, Term

SERVERS = ("oxigraph", "virtuoso")
pytestmark = pytest.mark.xdist_group("virtuoso")


@pytest.fixture(scope="module")
def here() -> Engine:
    return ENGINES["oxigraph"](village_triples())


@pytest.fixture(scope="module", params=["rdflib", *SERVERS])
def there(request: pytest.FixtureRequest) -> Engine:
    if request.param == "rdflib":
        return ENGINES["rdflib"](village_triples())
    server: Server = request.getfixturevalue(f"{request.param}_server")
    return replace(server.add(village_triples()), smooth=True)


@pytest.fixture(scope="module", params=SERVERS)
def published(request: pytest.FixtureRequest) -> Engine:
    server: Server = request.getfixturevalue(f"{request.param}_server")
    return replace(server.add(graphs.read_all(PROJECT.graph_files)), smooth=True)


def bindings(query: SavedQuery, engine: Engine) -> Iterator[dict[str, Sequence[Term] | None]]:
    """Give bindings of a query: its default; per parameter one, several and all; all in all."""
    yield {}
    several: dict[str, Sequence[Term] | None] = {}
    for parameter in query.parameters:
        known, some = defaults(query, parameter) or [], members(engine, parameter)
        several[parameter.name] = list(dict.fromkeys([*known, *some[:3]]))
        for one in [term for term in some if term not in known][:2]:
            yield {parameter.name: [one]}
        yield {parameter.name: several[parameter.name]}
        yield {parameter.name: None}
        if parameter.type == "language":
            yield {parameter.name: [Literal("tlh")]}
    yield several
    yield dict.fromkeys(several)


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_a_query_gives_the_same_answer_on_all_engines_however_it_is_bound(
    query: SavedQuery, here: Engine, there: Engine
) -> None:
    for values in bindings(query, here):
        text = queries.bind(query.text, values)
        assert there.query(text) == here.query(text), values


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_our_data_on_a_server_give_the_answer_kept_beside_the_query(
    query: SavedQuery, published: Engine
) -> None:
    assert published.query(query.text) == read_answer(query.answer)


def test_the_choices_and_the_labels_are_the_same_on_all_engines(
    here: Engine, there: Engine
) -> None:
    asked = {(p.type, p.members_of, p.scheme): p for query in QUERIES for p in query.parameters}
    for parameter in asked.values():
        wanted = answers.choices(PROJECT, here, parameter, "fr")
        assert answers.choices(PROJECT, there, parameter, "fr") == wanted
        if parameter.type == "iri" and wanted:
            term, label = wanted[0]
            assert answers.value(PROJECT, there, parameter, label) == term
            assert answers.value(PROJECT, there, parameter, str(term)) == term
            with pytest.raises(QueryError, match="is none of"):
                answers.value(PROJECT, there, parameter, "<http://www.w3.org/2002/07/owl#Class>")


# More rows than Virtuoso gives at once


@pytest.fixture(scope="module", params=SERVERS)
def many(request: pytest.FixtureRequest) -> Endpoint:
    server: Server = request.getfixturevalue(f"{request.param}_server")
    return server.add([Triple(node(n), node("p"), node(n % 7)) for n in range(ROWS * 2 + 5)])


def node(name: object) -> NamedNode:
    return NamedNode(f"http://example.org/{name}")


def test_a_long_table_is_whole_and_in_its_order(many: Endpoint) -> None:
    answer = many.query("SELECT ?s { ?s ?p ?o } ORDER BY DESC(STR(?s))")

    assert isinstance(answer, Table)
    assert answer.rows == tuple(
        (node(n),) for n in sorted(range(ROWS * 2 + 5), key=str, reverse=True)
    )


def test_a_graph_of_many_solutions_is_whole(many: Endpoint) -> None:
    construct = "CONSTRUCT { ?o <http://example.org/q> ?s } WHERE { ?s <http://example.org/p> ?o }"
    collapsed = construct.replace("?o <http://example.org/q> ?s", "?o a ?o")

    assert len(many.query(construct)) == ROWS * 2 + 5  # type: ignore[arg-type]
    assert len(many.query(collapsed)) == 7  # type: ignore[arg-type]

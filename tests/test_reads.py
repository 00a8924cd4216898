"""What a query reads: the predicates that it may look at."""

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from coopera.terms import RDF
from coopera.validation import reads
from coopera.validation.data import DataGraph

PREFIX = "PREFIX ex: <http://e.org/>\nPREFIX : <http://e.org/none/>\n"
EX = "http://e.org/"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("SELECT $this WHERE { $this ex:p ?x }", "p"),
        ("SELECT $this { $this ex:p ?x ; ex:q ?y , ?z . ?x a ex:C }", "p q a"),
        ("SELECT $this { $this ex:p/^ex:q|(ex:r/ex:s)+ ?x . FILTER(?x > 1 && !(?x = 2)) }", "p q r s"),
        ("SELECT $this { $this ex:p 'a'@en-GB , 'b'^^ex:t . BIND (STRLEN('}') AS ?n) }", "p"),
        ("SELECT $this { { $this ex:p ?x } UNION { $this :q ?x } OPTIONAL { ?x ex:r true } }", "p none/q r"),
        ("SELECT $this { $this ex:p ?x FILTER NOT EXISTS { ?x ex:q ?y } } ORDER BY ?x", "p q"),
        ("SELECT $this { { SELECT $this (SUM(?n) AS ?m) { $this ex:p ?n } GROUP BY $this } }", "p"),
        ("ASK { FILTER ($value > 1) }", ""),
        ("ASK { $value ex:p _:b # $value ?any ?x \n }", "p"),
    ],
)  # fmt: skip
def test_the_predicates_of_a_plain_query_are_told(query: str, names: str) -> None:
    found = reads.of(PREFIX + query)

    wanted = {f"<{RDF}type>" if name == "a" else f"<{EX}{name}>" for name in names.split()}
    assert found is not None
    assert found.predicates == frozenset(wanted)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this { $this ?p ?x }",
        "SELECT $this { $this ex:p ?x ; ?q ?y }",
        "SELECT $this { $this ex:p ?x FILTER EXISTS { ?x ?q ?y } }",
    ],
)
def test_a_variable_may_stand_for_any_predicate(query: str) -> None:
    found = reads.of(PREFIX + query)

    assert found is not None
    assert found.predicates is None


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this { $this ex:p* ?x }",
        "SELECT $this { $this ex:p? ?x }",
        "SELECT $this { $this (ex:p/ex:q)* ?x }",
        "SELECT $this { $this !ex:p ?x }",
        "SELECT $this { $this !(ex:p|ex:q) ?x }",
        "SELECT $this { $this ex:p [ ?q ?x ] }",
        "SELECT $this { $this ex:p ( ?x ) }",
        "SELECT $this { $this ex:p 1 }",
        "SELECT $this { $this ex:a\\-b ?x }",
        "SELECT $this { $this none:p ?x }",
        "SELECT $this { GRAPH $shapesGraph { $this ex:p ?x } }",
        "BASE <http://e.org/> SELECT $this { $this <p> ?x }",
    ],
)
def test_of_what_is_not_plain_nothing_is_told(query: str) -> None:
    assert reads.of(PREFIX + query) is None


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("SELECT $this ?s ?p ?o { ?s ?p ?o . FILTER(isIRI(?o)) BIND(STR(?o) AS ?t) }", 1),
        ("SELECT $this { { $this ex:p ?o . FILTER(?o > 1) } }", 1),
        ("SELECT DISTINCT $this { $this ex:p ?o }", 1),
        ("SELECT $this { { $this ex:p ?o } UNION { ?o ex:q $this } UNION { { ?x ?y $this } } }", 3),
        ("SELECT $this { $this ex:p ?o FILTER EXISTS { ?o ex:p/ex:q+ ?x OPTIONAL { ?x ex:r ?y } } }", 1),
        ("SELECT $this { { $this ex:p ?o } UNION { $this ex:q ?o ; ex:r ?x } }", 0),
        ("SELECT $this { { $this ex:p ?o } UNION { FILTER(true) } }", 0),
        ("SELECT $this { { $this ex:p ?o } { $this ex:q ?o } }", 0),
        ("SELECT $this { $this ex:p ?o OPTIONAL { $this ex:q ?o } }", 0),
        ("SELECT $this { { SELECT $this { $this ex:p ?o } } }", 0),
        ("SELECT (COUNT(*) AS ?n) { $this ex:p ?o }", 0),
        ("SELECT $this { $this ex:p ?o } LIMIT 1", 0),
        ("SELECT $this { $this ex:p ?o . ?o ex:p ?x }", 0),
        ("SELECT $this { $this ex:p ?o , ?x }", 0),
        ("SELECT $this { $this ex:p+ ?o }", 0),
        ("ASK { $this ex:p ?o }", 0),
    ],
)  # fmt: skip
def test_the_patterns_of_which_one_triple_gives_a_solution_are_told(
    query: str, number: int
) -> None:
    found = reads.of(PREFIX + query)

    assert found is not None
    assert len(found.pieces) == number
    assert found.distinct is ("DISTINCT" in query)


def test_patterns_may_be_read_from_a_named_graph() -> None:
    query = "SELECT $this { { $this ?p 'a' . FILTER(isIRI(?p)) } UNION { $this a ex:C FILTER EXISTS { $this ex:q ?x } } }"
    found = reads.of(PREFIX + query)

    assert found is not None
    assert found.predicates is None
    assert found.inner == frozenset([f"<{EX}q>"])
    assert reads.within(PREFIX + query, found.pieces, "urn:g") == PREFIX + (
        "SELECT $this { { GRAPH <urn:g> { $this ?p 'a' } . FILTER(isIRI(?p)) } UNION "
        "{ GRAPH <urn:g> { $this a ex:C } FILTER EXISTS { $this ex:q ?x } } }"
    )


def test_a_graph_knows_the_predicates_of_the_literals_that_the_store_changes() -> None:
    s, p, q = (NamedNode(EX + name) for name in "spq")
    written = Literal("01", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    graph = DataGraph([Quad(s, p, written, DefaultGraph()), Quad(s, q, s, DefaultGraph())])

    assert graph.changed == {f"<{EX}p>"}
    assert graph.size == 2
    assert [len(list(graph.rows(f"SELECT ?s {{ ?s <{EX}{name}> ?o }}"))) for name in "pq"] == [1, 1]
    assert len(list(graph.rows("SELECT ?s ?p { ?s ?p ?o . }"))) == 2

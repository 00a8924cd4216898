"""Validation where it is hard: literals that stores change, odd queries, hostile shapes."""

import time

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from coopera import validation
from coopera.errors import DataError
from coopera.validation import Report
from coopera.validation.data import DataGraph
from coopera.validation.exists import nested

HEAD = """@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:prefixes sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
"""


def read(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(input=HEAD + turtle, format=RdfFormat.TURTLE)]


def report(shapes: str, data: str, engine: str = "compiled") -> Report:
    return validation.validate(read(data), read(shapes), validator=engine, allow_empty=True)


def sparql(where: str, more: str = "") -> str:
    select = f'sh:select "SELECT $this {where}"'
    return f"ex:S a sh:NodeShape ; sh:targetClass ex:A ; {more} sh:sparql [ sh:prefixes ex:prefixes ; {select} ] ."


def tag(number: int) -> str:
    """Give one of many language tags."""
    return "".join(chr(97 + number // 26**place % 26) for place in (2, 1, 0))


EIGHT = " ".join(f"ex:a{n} a ex:A ; ex:p <http://x/?value=1> ." for n in range(8))


@pytest.mark.parametrize(
    ("shapes", "data", "number"),
    [
        pytest.param(
            sparql("WHERE { $this ex:p ?x . ?y ex:q ?x }"),
            'ex:a a ex:A ; ex:p "01"^^xsd:integer . ex:b ex:q 1 .', 0,
            id="a join is of terms, not of values",
        ),
        pytest.param(
            sparql("WHERE { $this ex:p 1 }"), 'ex:a a ex:A ; ex:p "01"^^xsd:integer .', 0,
            id="a constant is a term, not a value",
        ),
        pytest.param(
            sparql("WHERE { $this ex:p ?x ; ex:q ?y FILTER(?x < ?y) }"),
            "ex:a a ex:A ; ex:p 0.12345678901234567891 ; ex:q 0.12345678901234567892 .", 1,
            id="a number has more digits than the store compares",
        ),
        pytest.param(
            "ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:not [ sh:or ( [ sh:class ex:Q ] [ sh:hasValue <http://x/?value=1> ] ) ] ] .",
            EIGHT, 8,
            id="an IRI looks like a variable",
        ),
        pytest.param(
            'ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:qualifiedValueShape [ sh:hasValue "?value" ] ; sh:qualifiedMinCount 2 ] .',
            'ex:a a ex:A ; ex:p "?value" .', 1,
            id="a literal looks like a variable",
        ),
        pytest.param(
            "ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .",
            "ex:a a _:c . _:c rdfs:subClassOf ex:A .", 1,
            id="a subclass is a blank node",
        ),
        pytest.param(
            "ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:property [ sh:path ex:q ; "
            'sh:sparql [ sh:prefixes ex:prefixes ; sh:select "SELECT $this WHERE { $this ex:q ?_1 }" ] ] ] .',
            "ex:a a ex:A ; ex:p ex:b . ex:b ex:q ex:c .", 1,
            id="a variable of a query looks like one of ours",
        ),
        pytest.param(
            'ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:pattern "^-" ] .',
            'ex:a a ex:A ; ex:p "-0"^^xsd:decimal , "-0"^^xsd:integer .', 0,
            id="minus nought is written with its sign",
        ),
        pytest.param(
            sparql("WHERE { $this a ex:A. FILTER NOT EXISTS { $this ex:p ?x . ?x a ex:C. } }"),
            "ex:a a ex:A ; ex:p ex:b . ex:b a ex:D .", 1,
            id="a full stop stands at a name",
        ),
        pytest.param(
            sparql("WHERE { $this a ex:A . FILTER EXISTS { $this ex:p _:b . _:b ex:q ex:d } }"),
            "ex:a a ex:A ; ex:p ex:b . ex:b ex:q ex:d .", 1,
            id="a query has a blank node",
        ),
        pytest.param(
            "ex:K rdfs:subClassOf rdfs:Class . ex:K1 a ex:K , sh:NodeShape ; sh:nodeKind sh:Literal . "
            'ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:pattern "^(?!x)" ] .',
            'ex:a a ex:K1 . ex:b a ex:A ; ex:p "xy" , "y" .', 2,
            id="one shape is handed to pySHACL beside an implicit class",
        ),
        pytest.param(
            "ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:languageIn ( "
            + " ".join(f'"{tag(n)}"' for n in range(3000)) + " ) ; sh:in ( "
            + " ".join(f'"t{n}"@{tag(n)}' for n in range(3000)) + " ) ] .",
            f'ex:a a ex:A ; ex:p "t7"@{tag(7)} , "t8"@{tag(8)}-latn , "t9"@zz .', 3,
            id="lists are long",
        ),
    ],
)  # fmt: skip
def test_the_results_are_those_of_the_specification(shapes: str, data: str, number: int) -> None:
    started = time.perf_counter()

    assert len(report(shapes, data).results) == number
    assert time.perf_counter() - started < 20  # seconds: nothing is quadratic


def test_what_does_not_compile_is_told_with_its_reason() -> None:
    shapes = 'ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:pattern "^(?!x)" ] .'

    found = report(shapes, 'ex:a a ex:A ; ex:p "xy" .')

    (result,) = found.results
    assert result.message == {
        "en": "The value does not match the pattern ^(?!x).",
        "fr": "La valeur ne correspond pas au motif ^(?!x).",
    }
    ((shape, reason),) = found.handed
    assert str(shape) == "<http://example.org/S>"
    assert "regular expression" in reason["en"]
    assert "expression régulière" in reason["fr"]


@pytest.mark.parametrize("engine", sorted(validation.VALIDATORS))
def test_a_default_message_names_no_blank_node_by_its_label(engine: str) -> None:
    shapes = "ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:not [ sh:nodeKind sh:IRI ] ."

    (result,) = report(shapes, "ex:a a ex:A .", engine).results

    assert result.message == {
        "en": "The value conforms to an inner shape, which it must not.",
        "fr": "La valeur est conforme à une forme interne, ce qu'elle ne doit pas être.",
    }


def test_of_two_constraints_of_a_kind_pyshacl_does_not_tell_which_one_fails() -> None:
    shapes = "ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:class ex:A, ex:B ."

    (result,) = report(shapes, "ex:a a ex:A .", "pyshacl").results

    name = "http://www.w3.org/ns/shacl#ClassConstraintComponent"
    assert result.message == {
        "en": f"The constraint {name} does not hold.",
        "fr": f"La contrainte {name} n'est pas satisfaite.",
    }


def test_a_number_that_a_query_counts_is_not_one_that_the_data_write_otherwise() -> None:
    shapes = sparql("(COUNT(?o) AS ?n) WHERE { $this ex:p ?o } GROUP BY $this")

    found = report(shapes, 'ex:a a ex:A ; ex:p ex:b . ex:c ex:q "01"^^xsd:integer , 1 .')

    assert len(found.results) == 1
    assert found.handed == ()


def test_a_second_validation_of_a_graph_starts_anew() -> None:
    graph = DataGraph(read("ex:a ex:p 1 . ex:b ex:q 1 ."))
    target = "ex:S a sh:NodeShape ; sh:class ex:C ; sh:target [ a sh:SPARQLTarget ; sh:prefixes ex:prefixes ; sh:select 'SELECT ?this { ?this %s ?v }' ] ."

    first, second = (
        validation.validate(graph, read(target % path), allow_empty=True).results
        for path in ("ex:p", "ex:q")
    )

    assert [str(result.focus_node) for result in (*first, *second)] == [
        "<http://example.org/a>",
        "<http://example.org/b>",
    ]


def test_the_shapes_graph_is_no_data() -> None:
    shapes = (
        "ex:b a ex:A . ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:minInclusive 7 ] ; "
        'sh:sparql [ sh:prefixes ex:prefixes ; sh:select "SELECT $this WHERE { GRAPH $shapesGraph { $this ex:no ?x } }" ] .'
    )

    assert report(shapes, 'ex:a a ex:A . ex:b ex:p 5 ; ex:z "01"^^xsd:integer .').results == ()


@pytest.mark.parametrize(
    ("shapes", "problem"),
    [
        (
            'ex:i sh:declare [ sh:prefix "y: <urn:y> SELECT $this { SERVICE <http://127.0.0.1:9/> { } } #" ; sh:namespace "urn:z" ] . '
            'ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:sparql [ sh:prefixes ex:i ; sh:select "#" ] .',
            "no prefix",
        ),
        (sparql("WHERE { $this ex:p ?x }").replace("ex:prefixes ;", "ex:odd ;") + ' ex:odd sh:declare [ sh:prefix "ex" ; sh:namespace "a b" ] .', "no IRI"),
        (sparql("{ FILTER(BOUND"), "ends too early"),
        (sparql("WHERE { GRAPH ?g { $this ?p ?o } }"), "names a graph"),
        (sparql("WHERE { $this ex:p ?cpr_1 }"), "reserved"),
        (sparql("WHERE { SERVICE <http://127.0.0.1:9/> { $this ?p ?o } }"), "SERVICE"),
        ('ex:S sh:targetClass ex:A ; sh:pattern "a{99999999999999999999}" .', "no regular expression"),
        (f'ex:S sh:targetClass ex:A ; sh:pattern "{"(" * 5000}" .', "no regular expression"),
        ('ex:S sh:targetClass ex:A ; sh:pattern "^[a-z-[aeiou]]$" .', "different ways"),
        ("ex:S sh:targetClass ex:A ; sh:proprety [ sh:path ex:p ; sh:minCount 1 ] .", "sh:proprety is no parameter"),
        ("ex:S sh:targetClass ex:A ; sh:js [ ] .", "sh:js is no parameter"),
        (" ".join(f"ex:S{n} sh:node ex:S{n + 1} ." for n in range(330)), "more than 100 shapes"),
        (
            " ".join(f"_:p{n} rdf:first _:p{n + 1} ; rdf:rest ( _:p{n + 1} ) ." for n in range(12)).replace("rdf:", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#>").replace("#>first", "#first>").replace("#>rest", "#rest>")
            + " _:p12 sh:inversePath ex:p . ex:S sh:targetClass ex:A ; sh:property [ sh:path _:p0 ; sh:minCount 1 ] .",
            "steps",
        ),
    ],
)  # fmt: skip
def test_shapes_that_cannot_be_used_are_refused(shapes: str, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        report(shapes, "ex:a a ex:A ; ex:p 1 .")


def test_shapes_that_use_each_other_twice_compile_in_time() -> None:
    shapes = "ex:S0 sh:targetClass ex:A . " + " ".join(
        f"ex:S{n} sh:node ex:S{n + 1} ; sh:property [ sh:path ex:p ; sh:node ex:S{n + 1} ] ."
        for n in range(12)
    )
    started = time.perf_counter()

    found = report(shapes + " ex:S12 sh:nodeKind sh:IRI .", "ex:a a ex:A ; ex:p ex:a .")

    assert found.results == ()
    assert time.perf_counter() - started < 20  # seconds; exponential growth would take hours


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("EXISTS { ?a ex:p ?b }", "EXISTS { ?a ex:p ?b }"),
        ("EXISTS { ?a ex:p ?b FILTER(?b > 1) }", "EXISTS { ?a ex:p ?b FILTER(?b > 1) }"),
        ("EXISTS { ?a ex:p ?b ; ex:q ?c }", "EXISTS { ?a ex:p ?b ; ex:q ?c }"),
        (
            "EXISTS { ?x a ex:C . ?this ex:p ?x }",
            "EXISTS { ?this ex:p ?x . FILTER EXISTS { ?x a ex:C . } }",
        ),
        (
            "EXISTS { ?this ex:p/^ex:q ?x }",
            "EXISTS { ?this ex:p ?cpr_e1 . FILTER EXISTS { ?x ex:q ?cpr_e1 . } }",
        ),
    ],
)
def test_an_exists_of_several_patterns_is_nested(written: str, expected: str) -> None:
    query = "SELECT ?this {{ ?this a ex:A FILTER {} }}".format

    assert nested(query(written)) == query(expected)

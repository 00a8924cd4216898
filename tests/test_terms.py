"""Terms: reading and writing Turtle terms with prefixes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from coopera import turtle
from coopera.errors import DataError
from coopera.tables import Term
from coopera.terms import RDF, XSD, Prefixes, in_language, read_prefixes

PREFIXES = Prefixes(
    {"ex": "http://example.org/", "exh": "http://example.org/x#", "xsd": XSD, "rdf": RDF}
)

local = st.text("abcXYZ019-_.:/#%éß'~", max_size=12)
iris = st.builds(
    lambda space, name: NamedNode(space + name.replace("%", "%20")),
    st.sampled_from(["http://example.org/", "http://example.org/x#", "urn:x:"]),
    local.filter(lambda name: name.count("#") == 0),
)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
literals = st.one_of(
    st.builds(Literal, text),
    st.builds(lambda t: Literal(t, language="fr"), text),
    st.builds(lambda t: Literal(t, datatype=NamedNode(XSD + "gYear")), text),
    st.builds(lambda t: Literal(t, datatype=NamedNode(XSD + "integer")), text),
    st.builds(lambda n: Literal(str(n), datatype=NamedNode(XSD + "integer")), st.integers()),
    st.builds(
        lambda t: Literal(t, datatype=NamedNode(XSD + "integer")), st.text("٣०7-+", max_size=3)
    ),
    st.builds(
        lambda n: Literal(str(n).lower(), datatype=NamedNode(XSD + "boolean")), st.booleans()
    ),
)


@given(st.one_of(iris, literals))
def test_a_term_written_is_the_term_read(term: Term) -> None:
    assert PREFIXES.term(PREFIXES.text(term)) == term


@given(st.lists(st.builds(Triple, iris, iris, st.one_of(iris, literals)), max_size=8))
def test_turtle_written_parses_to_the_same_triples(triples: list[Triple]) -> None:
    written = turtle.text(triples, PREFIXES, "a comment")

    assert {q.triple for q in parse(input=written, format=RdfFormat.TURTLE)} == set(triples)
    assert turtle.text(reversed(triples), PREFIXES, "a comment") == written


def test_turtle_gives_a_subject_one_block_with_its_type_first() -> None:
    node = NamedNode("http://example.org/x#b")
    triples = [
        Triple(node, NamedNode("http://example.org/p"), Literal("2")),
        Triple(node, NamedNode("http://example.org/p"), Literal("1")),
        Triple(node, NamedNode(RDF + "type"), NamedNode("http://example.org/T")),
    ]

    assert turtle.text(triples, PREFIXES).splitlines()[-2:] == [
        "exh:b a ex:T ;",
        '    ex:p "1" , "2" .',
    ]


@pytest.mark.parametrize(
    "hostile",
    [
        "_:b", "[]", "(1)", "ex:a , ex:b", "ex:a . ex:b ex:c ex:d", '"a" ; ex:p "b"', "",
        '"x" . <x:s> <x:p> "y', "undeclared:x", "<http://example.org/a b>", '"x" # ',
    ],
)  # fmt: skip
def test_what_is_not_one_term_is_refused(hostile: str) -> None:
    with pytest.raises(ValueError, match=r"term|IRI"):
        PREFIXES.term(hostile)


@pytest.mark.parametrize("written", ["ex:a", "<http://example.org/a>", "http://example.org/a"])
def test_an_iri_is_read_in_three_forms(written: str) -> None:
    assert PREFIXES.iri(written) == NamedNode("http://example.org/a")


def test_a_literal_is_not_an_iri() -> None:
    with pytest.raises(ValueError, match="not an IRI"):
        PREFIXES.iri('"a"')


def test_prefixes_that_are_not_turtle_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "prefixes.ttl"
    path.write_text("@prefix a: <http://a/> .\na:b a:c a:d", "utf-8")

    with pytest.raises(DataError) as caught:
        read_prefixes(path)

    assert caught.value.place is not None
    assert caught.value.place.line == 2


@pytest.mark.parametrize(
    ("tags", "expected"),
    [(("fr", "en"), "fr"), (("en", "de"), "en"), ((None, "de"), None), (("de",), "de")],
)
def test_a_text_falls_back_from_the_language_asked_for(
    tags: tuple[str | None, ...], expected: str | None
) -> None:
    literals = [Literal(str(tag), language=tag) if tag else Literal(str(tag)) for tag in tags]

    assert in_language(literals, "fr") == str(expected)

"""Syntax errors of SPARQL: the place where a mistake begins, the problem and the remedy."""

import pytest

from coopera.engines import ENGINES
from coopera.errors import QueryError
from coopera.server.french import french


@pytest.mark.parametrize(
    ("text", "problem", "remedy"),
    [
        ("SELECT ?x {\n ?x a coopp:A }", "line 2, column .*'coopp' is not", "PREFIX coopp:"),
        ("SELECT * {\n ?s ?p ", "line 2, column 8: the query ends too early.", "close the { of line 1, column 10."),
        ("ASK {\n ?s (<a:b>", "line 2, column 11: the query ends", "close the ( of line 2, column 5."),
        ("SELECT ?x { } ORDER BY", "column 23: the query ends too early.", "would fit"),
        ("", "line 1, column 1: the query ends too early.", "ask with SELECT"),
        ("SELEC ?x { ?x ?y ?z }", "line 1, column 1: .* not SPARQL 1.1 from 'SELEC", "ask with SELECT"),
        ("SELECT ?x (COUNT(?y) AS ?n) { ?x a ?y }", "column 40: .* neither bound nor in GROUP", "SAMPLE"),
        ("SELECT ?x { ?y ?z ?x } GROUP BY ?y", "column 35: .* neither bound nor in GROUP BY", "SAMPLE"),
        ("SELECT (1 AS ?s) { ?s ?p ?o }", "column 30: .* the name of a variable that is bound", "AS"),
        ("ASK { ?s ?p\n 'a }", "line 2, column 2: the text .* is not closed", "write ' where it"),
        ("ASK { ?s ?p 'it's' }", "column 18: the text that begins here is not closed", "for any ' in it"),
        ('ASK { ?s ?p """a" }', "column 13: the text that begins here is not closed", 'write """ where it'),
        ("PREFIX a <b:>\nASK { ?s a:b ?o }", "line 1, column 8: the prefix 'a' has no", "PREFIX a:"),
        ("SELECT (COUNT(?x) ?n) { ?x ?y ?z }", "column 8: .* has no name", "(… AS ?name)"),
        ("SELECT ?x (COUNT(?y)) { ?x ?y ?z } GROUP BY ?x", "column 11: .* has no name", "AS ?name"),
        ("SELECT COUNT(?x) { ?x ?y ?z }", "column 8: .* has no brackets", "(… AS ?name)"),
        ("ASK { { SELECT ?x\nMAX(?y) { ?x ?z ?y } } }", "line 2, column 1: .* no brackets", "AS"),
        ("ASK { ?s ?p <a b> }", "column 13: '<a b>' is not a valid IRI", "without spaces"),
        ("DESCRIBE <x>", "column 10: '<x>' is not a valid IRI", "write it whole"),
        ("ASK { ?x <http://e.org/p ?y }", "column 10: the IRI .* is not closed", "write > where it"),
        ("ASK { ?x a http://e.org/A }", "column 12: the IRI .* is not between < and >", "<http://…>"),
        ("PREFIX e: http://e.org/\nASK { ?x a e:A }", "line 1, column 11: the IRI", "<http://…>"),
        ("PREFX e: <http://e.org/> ASK { ?x a e:A }", "column 1: .* from 'PREFX", ""),
        ("PREFIX: e: <http://e.org/> ASK { ?x a e:A }", "column 1: .* from 'PREFIX: e", ""),
        ("PREFIX my-e <http://e.org/> ASK { }", "the prefix 'my-e' has no colon", "PREFIX my-e: <…>"),
        ("PREFIX é: <a:> ASK { ?x a é:b . ?x x }", "column 33: .* from '\\?x x }'", ""),
        ("SELECT ?x, ?y { ?x a ?y }", "column 10: a comma stands in SELECT", "without brackets"),
        ("SELECT (?x ?y) { ?x a ?y }", "column 8: a bracket stands in SELECT", "without brackets"),
        ("SELECT DISTINCT(?x) { ?x a ?y }", "column 16: a bracket stands in SELECT", "without"),
        ("PREFIX x: <x:> SELECT x:y(?x) AS ?z { }", "column 23: .* has no brackets", "AS ?name"),
        ("SELECT DISTINC (COUNT(?x) AS ?y) { ?x a ?z }", "column 8: .* from 'DISTINC", ""),
        ("SELECT ?x GROUP BY (?x) { ?x a ?z }", "column 11: .* from 'GROUP BY", ""),
        ("SELECT ?x WERE ( ?x a ?z )", "column 11: .* from 'WERE", ""),
        ("SELECT ?x ?x { ?x a ?y }", "column 25: .* names a variable twice", "another name"),
        ("SELECT * { ?x a ?y } GROUP BY ?x", "column 33: .* does not name its variables", "of *"),
        ("SELECT\u00a0* { ?x a ?y }", r"column 7: the white space here, U\+00A0,", "plain space"),
        ("ASK {\n\u00a0?x a ?y }", r"line 2, column 1: the white space here, U\+00A0", "plain"),
    ],
)  # fmt: skip
def test_oxigraph_tells_where_a_query_is_wrong(text: str, problem: str, remedy: str) -> None:
    with pytest.raises(QueryError, match=problem) as caught:
        ENGINES["oxigraph"]([]).query(text)

    assert remedy in caught.value.remedy
    assert french(caught.value.problem)
    assert french(caught.value.remedy) or not caught.value.remedy


@pytest.mark.parametrize(
    ("sparql", "line", "column", "token"),
    [
        ("SELEC ?x", 1, 1, "SELEC ?x"),
        ("SELEC ?x { ?x ?y ?z }", 1, 1, "SELEC ?x { ?x ?y ?z }"),
        ("selec", 1, 1, "selec"),
        (" SELECT DISTINC ?x { ?x ?y ?z }", 1, 9, "DISTINC ?x { ?x ?y ?z }"),
        ("# é\nSELECT ?x\nWHER { ?x ?y ?z }", 3, 1, "WHER { ?x ?y ?z }"),
        ("SELECT ?x {\r\n ?x ?y ?z .\r\n FILTR(1) }", 3, 2, "FILTR(1) }"),
        ("SELECT ?x { ?x a ?y . OPTONAL { ?x a ?z } }", 1, 23, "OPTONAL { ?x a ?z } }"),
        ('SELECT * { ?s ?p "é" } LIMT 3', 1, 24, "LIMT 3"),
        ("SELECT * { ?s ?p ?o } LIMIT x", 1, 29, "x"),
        ("SELECT * { ?s ?p ?o } LIMIT\n  x", 2, 3, "x"),
        ("SELECT * { ?s ?p ?o } ORDER ?s", 1, 29, "?s"),
        ("SELECT ?x WHERE ?x a ?y }", 1, 17, "?x a ?y }"),
        ("SELECT ?x { ?x ?y ?z FILTER(?x > ) }", 1, 34, ") }"),
        ("SELECT ?x { ?x a ?y }}", 1, 22, "}"),
        # No expression here lacks brackets or a name.
        ("SELECT (EXISTS { ?x ?y 1 } AS ?z) { OPTONAL { } }", 1, 37, "OPTONAL { } }"),
        ("SELECT DISTINCT (1 AS ?n) (IF(1, 2, 3) AS ?m) { OPTONAL }", 1, 49, "OPTONAL }"),
        ("SELECT ?x { ?x ?y (1 2) } GROUP BY ?x HAVING (COUNT(?x) > 1) 7", 1, 62, "7"),
        ("SELECT ?x WHERE { } GROUP BY (?x) ORDER BY DESC(?x) LIMT 7", 1, 53, "LIMT 7"),
    ],
)
def test_a_syntax_error_names_the_line_and_the_column_of_the_token_that_does_not_fit(
    sparql: str, line: int, column: int, token: str
) -> None:
    with pytest.raises(QueryError) as caught:
        ENGINES["oxigraph"]([]).query(sparql)

    assert caught.value.problem == (
        f"line {line}, column {column}: the query is not SPARQL 1.1 from '{token}' on."
    )

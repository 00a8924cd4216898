"""Lint: what takes time by the square of the data is found, and nothing else is."""

import time
from pathlib import Path

import pytest
from conftest import ROOT, Make
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, Store

from coopera import checks, lint, project, queries
from coopera.engines.oxigraph import Oxigraph
from coopera.errors import QueryError

SEVERAL, PRODUCT = "COOP955", "COOP956"
PREFIXES = "PREFIX p: <p:>\n"


def codes(text: str) -> list[str]:
    """Give the codes of the flaws of a query, once an engine has parsed it."""
    Oxigraph([]).query(PREFIXES + text)
    return [flaw.code for flaw in lint.flaws(PREFIXES + text)]


ONE_IN_EACH = {
    "one": "?a p:q ?x",
    "with a full stop": "?a p:q ?x .",
    "nested": "?a p:q ?x FILTER EXISTS { ?x p:r ?y }",
    "nested twice": "?a p:q ?x . FILTER NOT EXISTS { ?x p:r ?y . FILTER EXISTS { ?y p:s ?z } }",
    "filtered": "?a p:q ?x FILTER(?x != ?b && ?x > 1.5)",
    "values": "VALUES ?t { p:q p:r } ?a ?t ?x",
    "bind": "?a p:q ?x BIND(STR(?x) AS ?y) FILTER(?y = 'z')",
    "union of ones": "{ ?a p:q ?x } UNION { ?a p:r ?x } UNION { ?x p:s ?a }",
    "blank node": "?a p:q []",
    "alternative": "?a p:q|p:r ?x",
    "alternative of sequences": "?a (p:q/p:r)|p:s ?x",
    "star": "?a p:q* ?x",
    "star of a sequence": "?a (p:q/p:r)+ ?x",
    "maybe of a sequence": "?a (p:q/p:r)? ?x",
    "inverse": "?a ^p:q ?x",
    "negated set": "?a !(p:q|^p:r) ?x",
    "negated one": "?a !p:q ?x",
    "in brackets": "?a ((p:q)) ?x",
    "subselect of one": "{ SELECT ?a { ?a p:q ?x } }",
    "constants": "p:a p:q p:b",
    "a class": "?a a p:C",
    "a list that is empty": "?a p:q ()",
    "datatype": '?a p:q "1"^^p:int',
    "language": '?a p:q "x"@en-GB',
    "negative number": "?a p:q -1.5e3",
    "graph": "GRAPH ?g { ?a p:q ?x }",
    "nothing": "",
}
SEVERAL_IN_ONE = {
    "two": "?a p:q ?x . ?x p:r ?y",
    "two of one subject": "?a p:q ?x ; p:r ?y",
    "two values": "?a p:q ?x , ?y",
    "two of the outer": "?a p:q ?x . ?b p:r ?y",
    "sequence": "?a p:q/p:r ?y",
    "sequence in brackets": "?a (p:q/p:r) ?y",
    "inverse of a sequence": "?y ^(p:q/p:r) ?a",
    "sequence with maybe": "?a p:q?/p:r ?y",
    "sequence with star": "?a p:q/p:r* ?y",
    "sequence with an alternative": "?a (p:q|p:r)/p:s ?y",
    "blank node with a property": "?a p:q [ p:r ?y ]",
    "blank node as a subject": "[ p:q ?a ; p:r ?b ]",
    "list": "?a p:q ( ?x )",
    "optional": "?a p:q ?x OPTIONAL { ?x p:r ?y }",
    "minus": "?a p:q ?x MINUS { ?x p:r ?y }",
    "group": "?a p:q ?x . { ?x p:r ?y }",
    "union and one": "{ ?a p:q ?x } UNION { ?a p:r ?x } ?x p:s ?y",
    "branch of two": "{ ?a p:q ?x } UNION { ?a p:r ?x . ?x p:s ?y }",
    "subselect of two": "{ SELECT ?a { ?a p:q ?x . ?x p:r ?y } }",
    "graph": "GRAPH ?g { ?a p:q ?x . ?x p:r ?y }",
    "around a filter": "?a p:q ?x FILTER(?x > 1) ?x p:r ?y",
    "inner one only": "?a p:q ?x FILTER EXISTS { ?x p:r ?y . ?y p:s ?z }",
    "number before the stop": "?a p:q 1.5. ?a p:r 2 . ?a p:s .5",
    "odd name": r"?a p:q\,1 ?x . ?x p:r%20s ?y",
}


@pytest.mark.parametrize("negation", ["", "NOT "])
@pytest.mark.parametrize("inner", ONE_IN_EACH.values(), ids=ONE_IN_EACH)
def test_one_pattern_in_each_exists_is_right(inner: str, negation: str) -> None:
    assert codes(f"SELECT * {{ ?a p:p ?b FILTER {negation}EXISTS {{ {inner} }} }}") == []


@pytest.mark.parametrize("inner", SEVERAL_IN_ONE.values(), ids=SEVERAL_IN_ONE)
def test_several_patterns_in_one_exists_are_found(inner: str) -> None:
    assert codes(f"SELECT * {{ ?a p:p ?b FILTER EXISTS {{ {inner} }} }}") == [SEVERAL]


TWO = "{ ?a p:q ?x . ?x p:r ?y }"


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ ?a p:p ?b FILTER(?b > 1 || NOT EXISTS {TWO}) }}",
        f"SELECT * {{ ?a p:p ?b BIND(EXISTS {TWO} AS ?e) }}",
        f"SELECT (EXISTS {TWO} AS ?e) {{ ?a p:p ?b }}",
        f"SELECT (IF(EXISTS {TWO}, 1, 2) AS ?e) {{ ?a p:p ?b }} ORDER BY ?e",
        f"SELECT ?a {{ ?a p:p ?b }} ORDER BY (EXISTS {TWO})",
        f"SELECT ?a {{ ?a p:p ?b }} GROUP BY ?a HAVING (EXISTS {TWO}) LIMIT 3",
        f"ASK {{ OPTIONAL {{ ?a p:p ?b FILTER EXISTS {TWO} }} }}",
        f"ASK {{ ?a p:p ?b MINUS {{ ?a p:p ?c FILTER EXISTS {TWO} }} }}",
        f"ASK {{ {{ SELECT ?a {{ ?a p:p ?b FILTER EXISTS {TWO} }} }} }}",
        f"ASK {{ {{ ?a p:p ?b }} UNION {{ ?a p:p ?b FILTER EXISTS {TWO} }} }}",
        f"CONSTRUCT {{ ?a p:p [ p:q ?b ] }} WHERE {{ ?a p:p ?b FILTER EXISTS {TWO} }}",
        f"DESCRIBE ?a {{ ?a p:p ?b FILTER EXISTS {TWO} }}",
        f"ASK {{ ?a p:p ?b FILTER exists {TWO} }}",
        f"ASK {{ ?a p:p ?b FILTER(  # EXISTS {{ ?a p:q ?b }}\n NOT EXISTS # \n {TWO}) }}",
    ],
)
def test_an_exists_is_found_wherever_it_stands(text: str) -> None:
    assert codes(text) == [SEVERAL]


@pytest.mark.parametrize(
    "text",
    [
        'SELECT ("EXISTS { ?a p:q ?x . ?x p:r ?y }" AS ?e) { ?a p:p ?b }',
        "# EXISTS { ?a p:q ?x . ?x p:r ?y }\nASK { ?a p:p ?b }",
        "CONSTRUCT { ?a p:p ?b . ?c p:q ?d } WHERE { ?a p:p ?b ; p:q ?c ; p:r ?d }",
        "CONSTRUCT WHERE { ?a p:p ?b }",
        "DESCRIBE p:a",
        "DESCRIBE p:a p:b",
        "ASK {}",
        "SELECT * { }",
    ],
)
def test_what_only_looks_like_one_is_not_found(text: str) -> None:
    assert codes(text) == []


LINKED = {
    "one": "?a p:q ?x",
    "chain": "?a p:q ?x . ?x p:r ?y . ?y p:s ?z",
    "late": "?a p:q ?x . ?b p:r ?y . ?a p:p ?b",
    "by a predicate": "?a ?t ?x . ?b ?t ?y",
    "by a blank node": "_:n p:q ?x . _:n p:r ?y",
    "by brackets": "?a p:q [ p:r ?y ; p:s [ p:t ?z ] ]",
    "by a list": "?a p:q ( ?x ?y ) . ?x p:r ?z . ?y p:r ?z2",
    "by one of two marks": "?a p:q $x . ?x p:r ?y",
    "by a path": "?a p:q ?x . ?b p:r ?y . ?x (p:p|^p:s)* ?b",
    "by a values block": "VALUES (?a ?b) { (p:1 p:2) (p:3 UNDEF) } ?a p:q ?x . ?b p:r ?y",
    "by a values block behind": "?a p:q ?x . ?b p:r ?y . VALUES (?a ?b) { (p:1 p:2) }",
    "by a bind": "?a p:q ?x BIND(IRI(CONCAT('p:', STR(?x))) AS ?c) ?c p:r ?y",
    "by an optional before": "?a p:q ?x OPTIONAL { ?a p:p ?b } ?b p:r ?y",
    "by a union": "{ ?a p:p ?b } UNION { ?a p:s ?b } ?a p:q ?x . ?b p:r ?y",
    "by a union behind": "?a p:q ?x . ?b p:r ?y . { ?a p:p ?b } UNION { ?b p:p ?a }",
    "by a subselect": "{ SELECT ?a ?b { ?a p:p ?b } } ?a p:q ?x . ?b p:r ?y",
    "by a subselect of all": "{ SELECT * { ?a p:p ?b } } ?a p:q ?x . ?b p:r ?y",
    "by a subselect that renames": "{ SELECT (?s AS ?a) ?b { ?s p:p ?b } } ?a p:q ?x . ?b p:r ?y",
    "by a group": "?a p:q ?x . { ?a p:p ?b } ?b p:r ?y",
    "by a group behind": "?a p:q ?x . ?b p:r ?y . { ?a p:p ?b }",
    "in a group by what is around": "?a p:p ?b . { ?a p:q ?x . ?b p:r ?y }",
    "by a graph": "GRAPH ?g { ?a p:q ?x . ?b p:r ?y }",
    "by two graphs": "GRAPH ?g { ?a p:q ?x FILTER(?x > 1) } GRAPH ?g { ?b p:r ?y FILTER(?y > 1) }",
    "around a filter": "?a p:q ?x FILTER(?x > 1) ?b p:r ?y FILTER(?y > 1) ?a p:p ?b",
    "one that is a constant": "p:a p:q p:b . ?a p:q ?x",
    "parameters": "VALUES ?l { 'en' } VALUES ?d { 1 } ?a p:q ?x OPTIONAL { ?a p:r ?y FILTER(?y = ?l) }",
    "parameter in an optional": "?a p:q ?x OPTIONAL { VALUES ?l { 'en' } ?a p:r ?y FILTER(?y = ?l) }",
    "two parameters of one name": "?a p:q ?x OPTIONAL { VALUES ?l { 1 } ?a p:r ?y } "
    "OPTIONAL { VALUES ?l { 1 } ?x p:r ?z }",
    "values of two rows": "VALUES ?k { 1 2 3 } ?a p:q ?x FILTER(?x > ?k)",
    "bind of a constant": "BIND(1 AS ?k) ?a p:q ?x FILTER(?x > ?k)",
    "a number of all": "{ SELECT (COUNT(*) AS ?n) { ?s p:p ?o } } ?a p:q ?x",
    "the first": "{ SELECT ?s { ?s p:p ?o } ORDER BY ?s LIMIT 1 } ?a p:q ?x",
    "minus of one's own": "?a p:q ?x MINUS { ?a p:r ?y }",
    "minus of others": "?a p:q ?x MINUS { ?b p:r ?y }",
    "optional alone": "OPTIONAL { ?a p:q ?x }",
    "optionals in a row": "?a p:q ?x OPTIONAL { ?x p:r ?y } OPTIONAL { ?y p:s ?z }",
    "optional in an optional": "?a p:q ?x OPTIONAL { ?x p:r ?y OPTIONAL { ?y p:s ?z } }",
    "semicolons": "?a p:q ?x ;; p:r ?y ; . ?y p:s ?z",
    "no full stops": "?a p:q ?x OPTIONAL { ?x p:r ?y } ?x p:s ?z FILTER(?z > 1)",
    "numbers": "?a p:q 1 . ?a p:r 1.5 . ?a p:s .5e-3 , -1 , +2.0",
    "texts": '?a p:q \'x\'@en , """y . ?b p:r ?c""" , \'z\'^^p:t . ?a p:r true',
}
UNLINKED = {
    "two": "?a p:q ?x . ?b p:r ?y",
    "three, told once": "?a p:q ?x . ?b p:r ?y . ?c p:s ?z",
    "two of constants": "p:1 p:q ?x . p:2 p:r ?y",
    "by a filter alone": "?a p:q ?x . ?b p:r ?y FILTER(?x = ?y)",
    "by a filter of dates": "?a p:q ?x . ?b p:r ?y FILTER(?x < ?y && SAMETERM(?a, ?b))",
    "by values of one each": "VALUES ?a { p:1 } VALUES ?b { p:2 } ?a p:q ?x . ?b p:r ?y",
    "two groups": "{ ?a p:q ?x } { ?b p:r ?y }",
    "two brackets": "[] p:q ?x . [] p:r ?y",
    "a subselect": "?a p:q ?x { SELECT ?b { ?b p:r ?y . ?y p:s ?a } }",
    "a subselect of groups": "{ SELECT (COUNT(*) AS ?n) { ?s p:p ?o } GROUP BY ?s } ?a p:q ?x",
    "in a subselect": "?a p:q ?x { SELECT ?x { ?x p:r ?y . ?b p:s ?c } }",
    "in a branch": "?a p:p ?b { ?a p:q ?x . ?b p:r ?y } UNION { ?a p:s ?b }",
    "in an optional": "?a p:p ?b OPTIONAL { ?a p:q ?x . ?b p:r ?y }",
    "in a minus": "?a p:p ?b MINUS { ?a p:q ?x . ?b p:r ?y }",
    "in a group with a filter": "?a p:p ?b { ?a p:q ?x . ?b p:r ?y FILTER(?x != ?y) }",
    "in a group with a bind": "?a p:p ?b { ?a p:q ?x . ?b p:r ?y BIND(1 AS ?z) }",
    "an optional": "?a p:q ?x OPTIONAL { ?b p:r ?y }",
    "an optional by its filter": "?a p:q ?x OPTIONAL { ?b p:r ?y FILTER(?x = ?y) }",
    "linked behind an optional": "?a p:q ?x . ?b p:r ?y OPTIONAL { ?x p:s ?z } ?a p:p ?b",
    "linked by an optional": "?a p:q ?x . ?b p:r ?y OPTIONAL { ?a p:p ?b }",
    "linked behind a bind": "?a p:q ?x . ?b p:r ?y BIND(1 AS ?z) ?a p:p ?b",
    "linked by a bind": "?a p:q ?x . ?b p:r ?y BIND(?x + ?y AS ?z)",
    "linked behind a minus": "?a p:q ?x . ?b p:r ?y MINUS { ?x p:s ?z } ?a p:p ?b",
    "in a graph of one name": "GRAPH p:g { ?a p:q ?x . ?b p:r ?y }",
    "two graphs": "GRAPH ?g { ?a p:q ?x } GRAPH ?h { ?b p:r ?y }",
    "a text that looks like a link": "?a p:q ?x . ?b p:r '?a' # ?a p:p ?b\n",
}


@pytest.mark.parametrize("where", LINKED.values(), ids=LINKED)
def test_patterns_that_are_linked_are_right(where: str) -> None:
    assert codes(f"SELECT * WHERE {{ {where} }}") == []


@pytest.mark.parametrize("where", UNLINKED.values(), ids=UNLINKED)
def test_patterns_that_share_no_variable_are_found_once(where: str) -> None:
    assert codes(f"SELECT * WHERE {{ {where} }}") == [PRODUCT]


def test_a_flaw_is_where_the_reader_must_look() -> None:
    text = "SELECT * {\n  ?a p:q ?x .\n  ?b p:r ?y .\n  FILTER EXISTS { ?a p:q ?z ; p:r ?w }\n}"

    found = lint.flaws(text)

    assert [text[flaw.start :].split(" ")[0] for flaw in found] == ["p:r", "EXISTS"]
    assert [flaw.patterns for flaw in found] == [0, 2]


def store(size: int) -> Store:
    filled = Store()
    name = NamedNode
    filled.bulk_extend(
        Quad(name(f"p:{s}{n}"), name(p), name(f"p:{o}{n}"))
        for n in range(size)
        for s, p, o in (("a", "p:p", "b"), ("a", "p:q", "x"), ("b", "p:r", "y"), ("x", "p:s", "z"))
    )
    return filled


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            "?a <p:p> ?b FILTER EXISTS { ?a <p:q> ?x . ?x <p:s> ?y }",
            "?a <p:p> ?b FILTER EXISTS { ?a <p:q> ?x FILTER EXISTS { ?x <p:s> ?y } }",
        ),
        (
            "?a <p:p> ?b FILTER EXISTS { ?a <p:q>/<p:s> ?y }",
            "?a <p:p> ?b FILTER EXISTS { ?a <p:q> ?x FILTER EXISTS { ?x <p:s> ?y } }",
        ),
        (
            "?a <p:q> ?x . ?b <p:r> ?y OPTIONAL { ?x <p:t> ?z } ?a <p:p> ?b",
            "?a <p:q> ?x . ?b <p:r> ?y . ?a <p:p> ?b OPTIONAL { ?x <p:t> ?z }",
        ),
    ],
)
def test_what_is_found_is_slow_and_its_remedy_is_quick_and_gives_the_same(
    wrong: str, right: str
) -> None:
    """The reason for the lint: it may go once Oxigraph is quick in either way."""
    filled = store(1_500)

    def answer(where: str) -> tuple[float, int]:
        start = time.process_time()
        rows = len(list(filled.query(f"SELECT * {{ {where} }}")))  # type: ignore[arg-type]
        return time.process_time() - start, rows

    slow, quick = answer(wrong), answer(right)

    assert (lint.flaws(f"ASK {{ {wrong} }}"), lint.flaws(f"ASK {{ {right} }}")) != ([], [])
    assert lint.flaws(f"ASK {{ {right} }}") == []
    assert slow[1] == quick[1] == 1_500
    assert slow[0] > 8 * quick[0]


PIECES = [
    "?a", "?b", "p:q", "<p:r>", "{", "}", "(", ")", "[", "]", ".", ";", ",", "/", "|", "^", "*", "?",
    "a", "1", "1.5", '"x"', "@en", "^^p:t", "FILTER", "EXISTS", "NOT", "OPTIONAL", "UNION", "MINUS",
    "BIND", "AS", "VALUES", "GRAPH", "SELECT", "WHERE", "LIMIT", "GROUP BY", "COUNT", "!", "-", "\\,",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))
def test_no_text_is_too_odd_to_be_read_to_its_end(pieces: str) -> None:
    lint.flaws(f"SELECT * {{ {pieces} }}")


def test_a_long_text_takes_time_by_its_length() -> None:
    start = time.process_time()

    lint.flaws("ASK { " + "?a p:q ?x . " * 5_000 + "}")

    assert time.process_time() - start < 5


# The projects' own queries


def test_our_queries_and_rules_have_no_flaw() -> None:
    assert lint.check(project.find(ROOT)) == []


OURS = project.find(ROOT)
OWN = [*(q.path for q in OURS.queries.values()), *OURS.verify_files, *OURS.rules]


@pytest.mark.parametrize("path", OWN, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_group_of_our_queries_is_read(path: Path) -> None:
    """An EXISTS of two patterns is found wherever one of their groups ends."""
    text = path.read_text("utf-8")
    added = f" FILTER EXISTS {TWO.replace('p:', 'owl:')} "
    read = 0
    for token in queries.tokens(text):
        if token.text == "}":
            changed = f"PREFIX owl: <o:>\n{text[: token.start]}{added}{text[token.start :]}"
            try:
                Oxigraph([]).query(changed)
            except QueryError:  # the end of a template, or of a VALUES block
                continue
            assert [flaw.code for flaw in lint.flaws(changed)] == [SEVERAL], token.start
            read += 1

    assert read > 0


@pytest.mark.parametrize(
    "path", ["queries/all/agreements.rq", "queries/verify/one.rq", "ontology/derive/party.rq"]
)
def test_a_query_a_rule_and_a_derivation_are_looked_through(make: Make, path: str) -> None:
    made = make()
    header = "#+ summary: {en: One., fr: Une.}\n#+ code: COOP901\n#+ severity: error\n"
    header += "#+ message: {en: it is., fr: il est.}\n" if "verify" in path else ""
    form = "CONSTRUCT { ?a ?b ?c }" if "derive" in path else "SELECT ?a"
    (made.root / path).parent.mkdir(exist_ok=True)
    text = f"{header}{form} WHERE {{\n  ?a a ?b .\n  ?c a <x:y>\n}} ORDER BY ?a\n"
    (made.root / path).write_text(text, "utf-8")

    (found,) = lint.check(made)

    assert (found.code, found.severity, found.subject) == (PRODUCT, "error", Path(path).stem)
    assert found.place is not None
    assert found.place.path == made.root / path
    assert text.splitlines()[(found.place.line or 0) - 1] == "  ?c a <x:y>"
    assert found.place.column == 6


def test_check_refuses_a_query_with_a_flaw(make: Make) -> None:
    text = """#+ summary: {en: The agreements., fr: Les accords.}
PREFIX coop: <https://w3id.org/coopera/ontology#>
SELECT ?agreement WHERE {
  ?agreement a coop:Agreement
  FILTER EXISTS { ?agreement coop:hasParticipation/coop:participant ?x }
} ORDER BY ?agreement
"""
    outcome = checks.run(make({"queries/all/agreements.rq": text}))

    assert [finding.code for finding in outcome.findings] == [SEVERAL]
    assert "2 patterns" in outcome.findings[0].message["en"]
    assert "2 motifs" in outcome.findings[0].message["fr"]


def test_a_query_that_does_not_parse_is_told_before(make: Make) -> None:
    text = "#+ summary: {en: One., fr: Une.}\nSELECT * { ?a p:q ?x . ?b p:r }"

    with pytest.raises(QueryError, match=r"prefix .p. is not declared"):
        checks.run(make({"queries/all/agreements.rq": text}))

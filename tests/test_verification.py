"""Verification: each rule finds the fault that its case shows, on both engines, and no other."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT, SMALL, Make
from pyoxigraph import Triple
from test_queries import groups_of_exists, holds_several_patterns

from coopera import derived, graphs, project, queries, verification
from coopera.cli.verify import verify
from coopera.engines import ENGINES, Engine
from coopera.errors import CooperaError, NothingCheckedError, QueryError
from coopera.tables import Row, Table
from coopera.terms import DCTERMS, LANGUAGES
from coopera.verification import QueryRule

PROJECT = project.find(ROOT)
RULES = verification.rules(PROJECT)
CASES = ROOT / "tests" / "verify"
VIOLATING = sorted(CASES.glob("*/violates-*.ttl"))
CONFORMING = sorted(CASES.glob("*/conforms-*.ttl"))


def case_id(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def name(rule: QueryRule) -> str:
    return rule.query.name


def triples(path: Path) -> list[Triple]:
    """Give a case on the background of the shapes' cases, with what is derived from both."""
    world = ROOT / "tests" / "shapes" / "world.ttl"
    stated = graphs.read_all([*PROJECT.vocabulary_files, world, path])
    return [*stated, *derived.follow(PROJECT, stated)]


def rows(engine: Engine, rule: QueryRule) -> set[Row]:
    answer = engine.query(rule.query.text)
    assert isinstance(answer, Table)
    return set(answer.rows)


def expected(path: Path) -> set[Row]:
    """Read the head of a case: `# row: term | term` for each solution."""
    heads = re.findall(r"^# row: (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {tuple(map(PROJECT.prefixes.term, head.split(" | "))) for head in heads}


# The rules of this project


@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize("path", [*VIOLATING, *CONFORMING], ids=case_id)
def test_a_case_gives_exactly_the_rows_in_its_head_and_no_other_rule_finds_any(
    path: Path, engine: str
) -> None:
    run = ENGINES[engine](triples(path))

    found = {rule.query.name: rows(run, rule) for rule in RULES.values()}

    assert found == {key: set() for key in RULES} | {path.parent.name: expected(path)}


def test_violating_cases_have_rows_and_conforming_ones_have_none() -> None:
    assert all(map(expected, VIOLATING))
    assert not any(map(expected, CONFORMING))


def test_each_rule_has_a_violating_and_a_conforming_case() -> None:
    for cases in (VIOLATING, CONFORMING):
        assert {path.parent.name for path in cases} == set(RULES)


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_the_rules_find_nothing_in_the_data(engine: str) -> None:
    run = ENGINES[engine](graphs.read_all(PROJECT.graph_files))

    assert [f.text("en") for f in verification.run(PROJECT, run)] == []


@pytest.mark.parametrize("rule", RULES.values(), ids=name)
def test_the_header_speaks_both_languages_and_tells_why(rule: QueryRule) -> None:
    for texts in (rule.query.summary, rule.query.description, rule.message):
        assert set(texts) == set(LANGUAGES)
        assert all(texts.values())
        assert texts["en"] != texts["fr"]
    assert rule.query.tags
    assert ": " in rule.message["en"]
    assert " : " in rule.message["fr"]


def test_codes_are_of_their_own_range_and_none_of_a_shape() -> None:
    codes = [rule.code for rule in RULES.values()]
    identifier = f"{DCTERMS}identifier"
    of_shapes = {
        t.object.value  # type: ignore[union-attr]
        for t in graphs.read_all(PROJECT.shape_files)
        if t.predicate.value == identifier
    }

    assert [code for code in codes if not re.fullmatch(r"COOP9[0-4][0-9]", code)] == []
    assert not of_shapes & set(codes)


@pytest.mark.parametrize("rule", RULES.values(), ids=name)
def test_the_text_of_a_rule_runs_anywhere_and_asks_one_pattern_in_each_exists(
    rule: QueryRule,
) -> None:
    words = {t.text.upper() for t in queries.tokens(rule.query.text) if t.kind == "word"}

    assert not words & {"FROM", "GRAPH", "SERVICE", "NOW", "RAND", "UUID", "STRUUID", "BNODE"}
    assert "\nORDER BY " in rule.query.text
    assert not any(map(holds_several_patterns, groups_of_exists(rule.query.text)))


@pytest.mark.parametrize("rule", RULES.values(), ids=name)
def test_each_prefix_is_declared_as_in_the_project_and_used(rule: QueryRule) -> None:
    declared = re.findall(r"^PREFIX (\S*): <(.*)>$", rule.query.text, re.MULTILINE)
    body = rule.query.text[rule.query.text.index("\nSELECT ") :]

    for prefix, namespace in declared:
        assert PROJECT.prefixes.namespaces[prefix] == namespace
        assert f"{prefix}:" in body


def test_a_rule_is_no_saved_query_with_an_answer_beside_it() -> None:
    assert RULES
    assert not set(RULES) & set(PROJECT.queries)
    assert {path.suffix for path in (ROOT / "queries" / "verify").iterdir()} == {".rq"}


# What becomes of a solution

RULE = """#+ summary: {en: An agreement has no page., fr: Un accord n'a pas de page.}
#+ code: OFFICE1
#+ severity: warning
#+ message:
#+   en: "{?agreement} has the page {?page}, not {?other}: remove it."
#+   fr: "{?agreement} a la page {?page}, non {?other} : retirez-la."
#+ path: foaf:homepage
#+ value: ?page
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
SELECT ?agreement ?page ?other
WHERE { ?agreement foaf:homepage ?page OPTIONAL { ?agreement foaf:page ?other } }
"""
PATH = "queries/verify/no-page.rq"


def found(make: Make, rule: str) -> list[tuple[str, ...]]:
    """Run one rule on the small project; give the parts of its findings."""
    made = make({PATH: rule})
    run = ENGINES["oxigraph"](graphs.read_all(made.graph_files))
    return [
        (f.code, f.severity, f"{f.place.path.name}:{f.place.line}" if f.place else "", f.subject,
         f.path, f.value, f.message["en"], f.message["fr"])
        for f in verification.run(made, run)
    ]  # fmt: skip


def test_a_solution_becomes_a_finding_at_its_triple_with_its_terms_in_the_message(
    make: Make,
) -> None:
    assert found(make, RULE) == [
        (
            "OFFICE1",
            "warning",
            "agreements.ttl:19",
            "agreement:a",
            "foaf:homepage",
            "<http://example.org/a>",
            "agreement:a has the page <http://example.org/a>, not ?: remove it.",
            "agreement:a a la page <http://example.org/a>, non ? : retirez-la.",
        )
    ]


def test_the_property_may_be_a_variable_and_the_subject_another_than_the_first(
    make: Make,
) -> None:
    rule = (
        RULE.replace("path: foaf:homepage", "path: ?how\n#+ subject: ?agreement")
        .replace("SELECT ?agreement ?page", "SELECT ?page ?agreement ?how")
        .replace("WHERE { ?agreement foaf:homepage", "WHERE { ?agreement a ?c ; ?how")
        .replace("?page OPTIONAL", "?page FILTER(?how = foaf:homepage) OPTIONAL")
    )

    assert [finding[2:6] for finding in found(make, rule)] == [
        ("agreements.ttl:19", "agreement:a", "foaf:homepage", "<http://example.org/a>")
    ]


def test_an_ask_that_is_true_is_one_finding_at_its_query(make: Make) -> None:
    head = RULE.partition("#+ message")[0] + "#+ message: {en: 'no', fr: non}\n"

    assert found(make, head + "ASK { ?s ?p ?o }") == [
        ("OFFICE1", "warning", "no-page.rq:None", "", "", "", "no", "non")
    ]
    assert found(make, head + "ASK { ?s ?p <http://example.org/nothing> }") == []


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("#+ code: OFFICE1\n", "", 1, "None is no code"),
        ("OFFICE1", "12", 2, "12 is no code"),
        ("OFFICE1", "page", 2, "'page' is no code"),
        ("warning", "severe", 3, "'severe' is no severity"),
        ("#+   fr: \"", "#+   de: \"", 4, "the message lacks 'fr'"),
        ("not {?other}:", "not {?theirs}:", 4, r"does not give \?theirs"),
        ("non {?other} :", "non :", 4, "the two messages differ"),
        ("path: foaf:homepage", "path: foaff:homepage", 7, "not a Turtle term"),
        ("path: foaf:homepage", "path: ?how", 7, r"does not give \?how"),
        ("value: ?page", "value: ?pages", 8, r"does not give \?pages"),
        ("value: ?page", "subject: ?x", 8, r"does not give \?x"),
        ("#+ summary: {en: An", "#+ summary: {An", 1, "lacks 'en'"),
        ("SELECT ?agreement ?page ?other", "DESCRIBE ?agreement", None, "SELECT or an ASK"),
        ("WHERE {", "WHERE", 11, "not SPARQL 1.1"),
        ("WHERE {", "WHERE { SERVICE <http://127.0.0.1:9/> {}", None, "SERVICE is not answered"),
    ],
)  # fmt: skip
def test_a_header_that_cannot_be_used_is_told_with_place_and_remedy(
    make: Make, old: str, new: str, line: int | None, problem: str
) -> None:
    assert old in RULE
    made = make({PATH: RULE.replace(old, new)})

    with pytest.raises(QueryError, match=problem) as caught:
        verification.rules(made)

    assert caught.value.place is not None
    assert caught.value.place.path.name == "no-page.rq"
    assert caught.value.place.line == line
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("path", "rule", "what"),
    [
        ("queries/verify/deep/no-page.rq", RULE.replace("OFFICE1", "OFFICE2"), "name no-page"),
        ("queries/verify/no-site.rq", RULE, "code OFFICE1"),
    ],
)
def test_two_rules_have_neither_one_name_nor_one_code(
    make: Make, path: str, rule: str, what: str
) -> None:
    with pytest.raises(QueryError, match=f"another rule of the {what}"):
        verification.rules(make({PATH: RULE, path: rule}))


def test_a_rule_that_is_not_there_is_told_with_near_names(make: Make) -> None:
    with pytest.raises(QueryError, match="no-pages") as caught:
        verification.pick(make({PATH: RULE}), ["no-pages"])

    assert "no-page?" in caught.value.remedy


def test_no_rule_at_all_is_told_unless_it_is_accepted(make: Make) -> None:
    made = make()

    with pytest.raises(NothingCheckedError, match="there is no rule"):
        verification.pick(made)
    assert verification.pick(made, allow_empty=True) == []
    assert verification.run(made, ENGINES["oxigraph"]([])) == []


# The command


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(verify, arguments, obj=root, catch_exceptions=False)


@pytest.fixture
def ruled(make: Make) -> Path:
    """Give the small project with two rules, of which one finds something."""
    other = RULE.replace("OFFICE1", "OFFICE2").replace("foaf:homepage", "foaf:depiction")
    return make({PATH: RULE, "queries/verify/no-picture.rq": other}).root


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 0),
        (["--fail-on", "warning"], 1),
        (["--fail-on", "info"], 1),
        (["--fail-on", "never"], 0),
        (["--fail-on", "info", "--exit-zero"], 0),
        (["no-picture", "--fail-on", "info"], 0),
        (["no-page", "--fail-on", "info"], 1),
    ],
)
def test_the_exit_code_is_1_where_a_finding_is_severe_enough(
    ruled: Path, arguments: list[str], code: int
) -> None:
    assert run(ruled, *arguments).exit_code == code


def test_verify_tells_findings_in_the_language_and_the_format_asked_for(ruled: Path) -> None:
    in_french = run(ruled, "-f", "concise", "--lang", "fr").stdout
    in_english = run(ruled, "-f", "concise", "--lang", "en").stdout

    assert "agreements.ttl:19" in in_french
    assert "OFFICE1" in in_french
    assert "retirez-la" in in_french
    assert "remove it" in in_english


def test_verify_of_nothing_is_refused_unless_accepted(make: Make) -> None:
    root = make().root

    with pytest.raises(CooperaError, match="nothing was verified"):
        run(root)
    assert run(root, "--allow-empty").exit_code == 0


def test_a_saved_query_of_the_small_project_is_still_one(ruled: Path) -> None:
    assert list(project.find(ruled).queries) == ["agreements"]
    assert "queries/all/agreements.rq" in SMALL

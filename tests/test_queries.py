"""Saved queries: each answers the village rightly, on every engine, however it is bound."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from conftest import ROOT
from pyoxigraph import Literal, NamedNode, Triple

from coopera import derived, formats, graphs, project, queries
from coopera.engines import ENGINES, Answer, Engine
from coopera.engines.endpoint import quirks
from coopera.errors import Place
from coopera.queries import Parameter, SavedQuery
from coopera.tables import Table, Term
from coopera.terms import LANGUAGES, XSD

PROJECT = project.find(ROOT)
QUERIES = list(PROJECT.queries.values())
WITH_PARAMETERS = [query for query in QUERIES if query.parameters]
WITH_NAMES = [q for q in QUERIES if "language" in [parameter.name for parameter in q.parameters]]
CASES = ROOT / "tests" / "queries"
VILLAGE = ROOT / "tests" / "data" / "village.ttl"

LEAVES_OUT = {("key-technology-partners", "besides")}
"""Parameters that take rows away, so that naming all is not the same as naming none."""


def name(query: SavedQuery) -> str:
    return query.name


def case(query: SavedQuery) -> Path:
    """Give the file that holds a query's answer on the village."""
    return CASES / query.topic / query.answer.name


def triples_of_the_village() -> list[Triple]:
    return graphs.read_all([*PROJECT.vocabulary_files, VILLAGE])


@pytest.fixture(scope="module")
def villages() -> dict[str, Engine]:
    triples = triples_of_the_village()
    return {engine: make(triples) for engine, make in ENGINES.items()}


@pytest.fixture(scope="module", params=sorted(ENGINES))
def village(request: pytest.FixtureRequest, villages: dict[str, Engine]) -> Engine:
    return villages[request.param]


@pytest.fixture(scope="module")
def oxigraph(villages: dict[str, Engine]) -> Engine:
    return villages["oxigraph"]


def read_answer(path: Path) -> Answer:
    if path.suffix == ".ttl":
        return sorted(set(graphs.read(path)), key=str)
    return formats.read_answer(path.read_text("utf-8"), PROJECT.prefixes, Place(path))


def solutions(answer: Answer) -> set[object]:
    assert not isinstance(answer, bool)
    return set(answer.rows) if isinstance(answer, Table) else set(answer)


def column(engine: Engine, query: str, variable: str, **values: Sequence[Term] | None) -> list[str]:
    """Answer a saved query with some parameters bound; give one column as short texts."""
    text = queries.bind(PROJECT.queries[query].text, values)
    answer = engine.query(text)
    assert isinstance(answer, Table)
    return [PROJECT.prefixes.text(cell) for cell in answer.column(variable)]


def date(text: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + "date"))


def iri(curie: str) -> NamedNode:
    return PROJECT.prefixes.iri(curie)


# Answers


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_saved_query_gives_the_answer_kept_for_the_village(
    query: SavedQuery, village: Engine
) -> None:
    assert village.query(query.text) == read_answer(case(query))


def test_queries_and_answers_on_the_village_pair_up() -> None:
    kept = {path for path in CASES.rglob("*") if path.is_file()}

    assert kept == set(map(case, QUERIES))


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_each_query_has_something_to_answer_on_the_village(query: SavedQuery) -> None:
    assert solutions(read_answer(case(query)))


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_an_answer_on_the_data_is_empty_only_where_a_reason_is_given(query: SavedQuery) -> None:
    empty = not solutions(read_answer(query.answer))

    assert empty == (query.expects_none is not None)


def test_the_village_holds_what_the_rules_give() -> None:
    subjects = {triple.subject for triple in graphs.read(VILLAGE)}
    held = {t for t in graphs.read(VILLAGE) if t.predicate in derived.PREDICATES}

    given = derived.follow(PROJECT, triples_of_the_village())

    assert held == {triple for triple in given if triple.subject in subjects}


# Headers


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_the_header_speaks_both_languages(query: SavedQuery) -> None:
    texts = [query.summary, query.description, *(p.label for p in query.parameters)]
    texts += [query.expects_none] if query.expects_none is not None else []

    for text in texts:
        assert set(text) == set(LANGUAGES)
        assert all(text.values())
    assert query.summary["en"][-1] in ".?"
    assert query.tags
    assert query.text.count("label: {en: ") == len(query.parameters)


def test_every_competency_question_has_a_query() -> None:
    assert {query.question for query in QUERIES} - {None} == {f"CQ{n}" for n in range(1, 26)}


@pytest.mark.parametrize("query", WITH_PARAMETERS, ids=name)
def test_each_parameter_has_its_type_its_class_and_its_block(query: SavedQuery) -> None:
    classes = {triple.subject for triple in triples_of_the_village()}
    blocks = {block for block, _, _ in queries.value_blocks(query.text)}

    for parameter in query.parameters:
        assert parameter.name in blocks
        assert parameter.type in queries.TYPES
        assert parameter.members_of is None or iri(parameter.members_of) in classes


# Bindings


def defaults(query: SavedQuery, parameter: Parameter) -> list[Term] | None:
    """Read the terms that stand in a parameter's block; `None` where UNDEF stands there."""
    start, end = next((s, e) for n, s, e in queries.value_blocks(query.text) if n == parameter.name)
    texts = query.text[start:end].split()
    return None if texts == ["UNDEF"] else [PROJECT.prefixes.term(text) for text in texts]


def members(engine: Engine, parameter: Parameter) -> list[Term]:
    """List what may be bound: the members of the parameter's class, or a few values."""
    if parameter.members_of:
        rdfs = "http://www.w3.org/2000/01/rdf-schema#"
        answer = engine.query(
            f"SELECT DISTINCT ?member {{ ?member a ?class . ?class <{rdfs}subClassOf>* "
            f"{iri(parameter.members_of)} }} ORDER BY ?member"
        )
        assert isinstance(answer, Table)
        return [term for term in answer.column("member") if term is not None]
    values: dict[str, list[Term]] = {
        "iri": [iri("institution:imt"), iri("status:uts-at-imt-nord-europe-2025-07")],
        "date": [date("2014-01-01"), date("2025-12-31")],
        "integer": [Literal(0), Literal(2)],
        "language": [Literal("en"), Literal("fr")],
        "string": [Literal("a"), Literal("b")],
    }
    return values[parameter.type]


def bindings(query: SavedQuery, engine: Engine) -> Iterator[tuple[Parameter, str, str]]:
    """Give, for each parameter, the text with its default and others bound, and with UNDEF."""
    for parameter in query.parameters:
        more = [*(defaults(query, parameter) or []), *members(engine, parameter)]
        several = queries.bind(query.text, {parameter.name: list(dict.fromkeys(more))})
        yield parameter, several, queries.bind(query.text, {parameter.name: None})


@pytest.mark.parametrize("query", WITH_PARAMETERS, ids=name)
def test_several_terms_give_what_each_gives_and_undef_gives_all(
    query: SavedQuery, oxigraph: Engine
) -> None:
    one = solutions(oxigraph.query(query.text))

    for parameter, several, undef in bindings(query, oxigraph):
        many, all_ = solutions(oxigraph.query(several)), solutions(oxigraph.query(undef))
        if (query.name, parameter.name) in LEAVES_OUT:
            assert many <= one <= all_
            assert many < all_
        else:
            assert many <= all_
            assert one <= many or defaults(query, parameter) is None
            assert many == all_ or parameter.members_of is None


@pytest.mark.parametrize("query", WITH_PARAMETERS, ids=name)
def test_the_engines_agree_however_a_query_is_bound(
    query: SavedQuery, villages: dict[str, Engine]
) -> None:
    oxigraph = villages["oxigraph"]
    several: dict[str, Sequence[Term] | None] = {}
    for parameter in query.parameters:
        more = [*(defaults(query, parameter) or []), *members(oxigraph, parameter)[:2]]
        several[parameter.name] = list(dict.fromkeys(more))
    for values in (several, dict.fromkeys(several)):
        text = queries.bind(query.text, values)
        answers = [engine.query(text) for engine in villages.values()]
        assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", '"Memorandum of IMT and UTS"@en'), ("fr", "\"Protocole de l'IMT et de l'UTS\"@fr")],
)
def test_names_are_in_the_readers_language(language: str, label: str, village: Engine) -> None:
    found = column(village, "agreements-between", "agreementLabel", language=[Literal(language)])

    assert label in found
    assert all(text.endswith(f"@{language}") for text in found)


@pytest.mark.parametrize("query", WITH_NAMES, ids=name)
def test_a_language_in_which_nothing_is_named_takes_no_row_away(
    query: SavedQuery, villages: dict[str, Engine]
) -> None:
    """In rdflib 7.6 an OPTIONAL that filters by a variable of VALUES drops rows: BIND copies it."""
    text = queries.bind(query.text, {"language": [Literal("tlh")]})
    rows = [len(solutions(engine.query(text))) for engine in villages.values()]

    assert rows == [len(solutions(read_answer(case(query))))] * len(villages)


@pytest.mark.parametrize(
    ("day", "agreements"),
    [
        ("2009-12-31", []),
        ("2013-01-01", ["agreement:imt-uts-exchange-2010"]),
        ("2022-06-30", ["agreement:hill-uts-ktp-2018", "agreement:imt-uts-mou-2022"]),
        (
            "2028-01-01",
            ["agreement:imt-uts-ktp-2025", "agreement:imt-uts-mou-2022"],
        ),
    ],
)
def test_agreements_in_force_are_those_of_the_day(
    day: str, agreements: list[str], village: Engine
) -> None:
    assert column(village, "agreements-in-force", "agreement", day=[date(day)]) == agreements


def test_an_end_within_the_period_is_told_though_the_agreement_has_since_expired(
    village: Engine,
) -> None:
    found = column(
        village,
        "expiring-or-unknown-end",
        "agreement",
        begin=[date("2014-01-01")],
        until=[date("2014-12-31")],
    )

    assert found == [
        "agreement:imt-uts-exchange-2010",
        "agreement:imt-uts-ktp-2025",
        "agreement:imt-uts-mou-2022",
    ]


@pytest.mark.parametrize(
    ("besides", "partners"),
    [
        (["institution:imt"], ["institution:hill"]),
        (["institution:hill"], ["institution:imt"]),
        (["institution:hill", "institution:imt"], []),
        (None, ["institution:hill", "institution:imt"]),
    ],
)
def test_key_technology_partners_leaves_out_whom_it_is_told_to(
    besides: list[str] | None, partners: list[str], village: Engine
) -> None:
    values = None if besides is None else [iri(curie) for curie in besides]

    assert column(village, "key-technology-partners", "partner", besides=values) == partners


@pytest.mark.parametrize(
    ("partner", "commitments"),
    [
        (
            "institution:uts",
            ["commitment:imt-uts-cotutelle", "commitment:uts-imt-schools-cotutelle"],
        ),
        ("institution:eurecom", []),
    ],
)
def test_a_form_of_cooperation_is_between_two_of_whom_one_may_be_a_group_of_schools(
    partner: str, commitments: list[str], village: Engine
) -> None:
    """What a school promises alone is not between it and the institution to which it belongs."""
    found = column(village, "cooperation-form-between", "commitment", partner=[iri(partner)])

    assert found == commitments


# Texts


def groups_of_exists(sparql: str) -> Iterator[list[str]]:
    """Give what stands between the braces of each EXISTS, without what stands in braces there."""
    found = list(queries.tokens(sparql))
    for at, token in enumerate(found):
        if token.is_word("EXISTS"):
            depth, group = 1, []
            for inner in found[at + 2 :]:
                group += [inner.text] if depth == 1 else []
                depth += {"{": 1, "}": -1}.get(inner.text, 0)
                if depth == 0:
                    break
            yield group


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_the_text_runs_as_it_stands_in_any_editor(query: SavedQuery) -> None:
    words = {t.text.upper() for t in queries.tokens(query.text) if t.kind == "word"}

    assert not words & {"FROM", "GRAPH", "SERVICE", "NOW", "RAND", "UUID", "STRUUID", "BNODE"}
    assert query.gives_a_graph or "\nORDER BY " in query.text


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_no_path_has_several_steps_or_none_since_virtuoso_gets_them_wrong(
    query: SavedQuery,
) -> None:
    """A chain of agreements has no bound; tests/test_portability.py looks at its answers."""
    assert quirks.closes(query.text) is (query.name == "predecessors-of-agreement")


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_each_prefix_is_declared_as_in_the_project_and_used(query: SavedQuery) -> None:
    found = list(queries.tokens(query.text))
    declared = {
        found[at + 1].text.rstrip(":"): next(t.text for t in found[at:] if t.kind == "iri")
        for at, token in enumerate(found)
        if token.is_word("PREFIX")
    }
    body = query.text[query.text.rindex("PREFIX ") :].partition("\n")[2]

    for prefix, namespace in declared.items():
        assert namespace == f"<{PROJECT.prefixes.namespaces[prefix]}>"
        assert f"{prefix}:" in body


def holds_several_patterns(group: list[str]) -> bool:
    return bool({".", ";", ","} & set(group)) or group.count("{") > group.count("EXISTS")


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_no_exists_holds_several_patterns(query: SavedQuery) -> None:
    """Oxigraph 0.5.13 answers such a group in quadratic time."""
    assert not any(map(holds_several_patterns, groups_of_exists(query.text)))


@pytest.mark.parametrize(
    ("group", "several"),
    [
        ("{ ?a ?b ?c }", [False]),
        ("{ ?a ?b ?c . ?c ?d ?e }", [True]),
        ("{ ?a ?b ?c ; ?d ?e }", [True]),
        ("{ ?a ?b ?c FILTER EXISTS { ?c ?d ?e } }", [False, False]),
        ("{ { ?a ?b ?c } { ?c ?d ?e } }", [True]),
    ],
)
def test_the_lint_of_exists_counts_patterns(group: str, several: list[bool]) -> None:
    groups = groups_of_exists(f"SELECT * {{ ?a ?b ?c FILTER NOT EXISTS {group} }}")

    assert list(map(holds_several_patterns, groups)) == several


MANY = [f"School {n}" for n in range(30)]


@pytest.mark.parametrize(
    ("name", "names", "remedy"),
    [
        ("mines", ["IMT Mines Albi", "Mines Alès", "EURECOM"],
         "did you mean IMT Mines Albi, Mines Alès?"),
        ("UTX", ["UTS", "EURECOM"], "did you mean UTS?"),
        ("zzz", ["B", "A", "A"], "choose among A, B."),
        ("zzz", MANY, "choose among the 30 that are there, such as School 0, School 1, School 10, "
         "School 11, School 12."),
        ("school", MANY, "did you mean School 0, School 1, School 10, School 11, School 12?"),
        ("zzz", [], ""),
    ],
)  # fmt: skip
def test_a_remedy_names_what_holds_the_name_or_is_like_it(
    name: str, names: list[str], remedy: str
) -> None:
    assert queries.nearest(name, names) == remedy

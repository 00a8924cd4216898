"""Answers: what a person may type for a parameter, and what it becomes."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from coopera import answers, engines, graphs, queries
from coopera.engines import Engine
from coopera.errors import QueryError
from coopera.project import Project
from coopera.queries import Parameter
from coopera.tables import Table, Term
from coopera.terms import COOP, LABEL, TYPE, XSD

UTS = NamedNode("https://w3id.org/coopera/id/institution/uts")


@pytest.fixture(scope="module")
def engine(coopera_project: Project) -> Engine:
    return engines.ENGINES["oxigraph"](graphs.read_all(coopera_project.graph_files))


def parameter(kind: str, members_of: str | None = None) -> Parameter:
    return Parameter("x", kind, {"en": "x", "fr": "x"}, members_of)


@pytest.mark.parametrize(
    "typed",
    [
        "https://w3id.org/coopera/id/institution/uts",
        "<https://w3id.org/coopera/id/institution/uts>",
        "institution:uts",
        "University of Technology Sydney",
        "university of technology sydney",
        "UTS",
    ],
)
def test_a_thing_is_an_iri_a_curie_or_a_label_in_any_case(
    coopera_project: Project, engine: Engine, typed: str
) -> None:
    asked = parameter("iri", "coop:Institution")

    assert answers.value(coopera_project, engine, asked, typed) == UTS


def test_a_label_is_looked_up_among_the_members_of_the_class_and_its_subclasses(
    coopera_project: Project, engine: Engine
) -> None:
    of_schools = parameter("iri", "coop:School")
    of_institutions = parameter("iri", "coop:Institution")
    school = answers.value(coopera_project, engine, of_institutions, "IMT Nord Europe")

    assert school == answers.value(coopera_project, engine, of_schools, "IMT Nord Europe")
    with pytest.raises(QueryError, match="nothing is called 'UTS'"):
        answers.value(coopera_project, engine, of_schools, "UTS")


@pytest.mark.parametrize(
    ("typed", "problem", "remedy"),
    [
        ("IMT Nord Europ", "nothing is called", "IMT Nord Europe"),
        ("institution:a b", "not a Turtle term", "write <IRI>"),
        ("institution:imt-nord-europ", "nothing in the graph is", "institution:imt-nord-europe"),
        ("institution:uts", "institution:uts is none of coop:School", "institution:insic"),
        ("<http://www.w3.org/2004/02/skos/core#Concept>", "is none of coop:School", ""),
        ("<https://x/> <y:z>", "not", "write <IRI>"),
    ],
)
def test_a_thing_that_cannot_be_found_gives_near_names(
    coopera_project: Project, engine: Engine, typed: str, problem: str, remedy: str
) -> None:
    with pytest.raises(QueryError, match=problem) as caught:
        answers.value(coopera_project, engine, parameter("iri", "coop:School"), typed)

    assert remedy in caught.value.remedy


def test_a_label_of_two_things_lists_them(coopera_project: Project) -> None:
    triples = []
    for name in "ab":
        thing = NamedNode(f"https://w3id.org/coopera/id/institution/{name}")
        triples.append(Triple(thing, TYPE, NamedNode("http://example.org/C")))
        triples.append(Triple(thing, LABEL, Literal("Same", language="en")))

    with pytest.raises(QueryError, match="several things are called 'same'") as caught:
        answers.value(
            coopera_project, engines.ENGINES["oxigraph"](triples), parameter("iri"), "same"
        )

    assert "institution:a, institution:b" in caught.value.remedy


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        ("integer", "12", Literal("12", datatype=NamedNode(XSD + "integer"))),
        ("integer", "-007", Literal("-7", datatype=NamedNode(XSD + "integer"))),
        ("date", "2025-07-17", Literal("2025-07-17", datatype=NamedNode(XSD + "date"))),
        ("date", "2025-07", Literal("2025-07", datatype=NamedNode(XSD + "gYearMonth"))),
        ("date", "2025", Literal("2025", datatype=NamedNode(XSD + "gYear"))),
        ("date", "0910", Literal("0910", datatype=NamedNode(XSD + "gYear"))),
        ("language", "FR", Literal("fr")),
        ("language", "fr-CA", Literal("fr")),
        ("string", "a \"b\"", Literal('a "b"')),
    ],
)  # fmt: skip
def test_a_value_becomes_a_term_of_its_type(
    coopera_project: Project, engine: Engine, kind: str, typed: str, expected: Term
) -> None:
    assert answers.value(coopera_project, engine, parameter(kind), typed) == expected


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("integer", "1.5"), ("integer", "12e3"), ("integer", "٣"), ("integer", "9" * 30),
        ("date", "17/07/2025"), ("date", "2025-13"), ("date", "2025-02-30"), ("date", "25"),
        ("date", "0000"), ("date", "2025-7-17"), ("date", "٢٠٢٥"),
        ("language", "français"), ("language", "fr;"),
    ],
)  # fmt: skip
def test_a_value_that_is_not_of_its_type_is_refused(
    coopera_project: Project, engine: Engine, kind: str, typed: str
) -> None:
    with pytest.raises(QueryError, match=f"is no {kind}"):
        answers.value(coopera_project, engine, parameter(kind), typed)


@pytest.mark.parametrize("tag", ["de", "de-AT", "tlh"])
def test_a_language_in_which_nothing_is_named_is_refused_with_the_choices(
    coopera_project: Project, engine: Engine, tag: str
) -> None:
    with pytest.raises(QueryError, match=f"not given in the language '{tag}'") as caught:
        answers.value(coopera_project, engine, parameter("language"), tag)

    assert caught.value.remedy == "choose among en, fr."


@pytest.mark.parametrize(
    ("bound", "typed", "day"),
    [
        ("earliest", "2024", "2024-01-01"),
        ("earliest", "2024-02", "2024-02-01"),
        ("latest", "2024", "2024-12-31"),
        ("latest", "2024-02", "2024-02-29"),
        ("latest", "2023-02", "2023-02-28"),
        ("latest", "2024-02-03", "2024-02-03"),
    ],
)
def test_a_month_or_a_year_stands_for_a_day_where_days_are_compared(
    coopera_project: Project, engine: Engine, bound: str, typed: str, day: str
) -> None:
    asked = replace(parameter("date"), bound=bound)

    found = answers.value(coopera_project, engine, asked, typed)

    assert found == Literal(day, datatype=NamedNode(XSD + "date"))


def test_a_year_gives_the_agreements_in_force_at_its_end(
    coopera_project: Project, engine: Engine
) -> None:
    saved = coopera_project.queries["agreements-in-force"]

    def agreements(day: str) -> set[Term | None]:
        answer = engine.query(answers.resolve(coopera_project, engine, saved, {"day": [day]}))
        assert isinstance(answer, Table)
        return set(answer.column("agreement"))

    assert agreements("2025") == agreements("2025-12-31") != agreements("2022")


def test_a_concept_of_another_scheme_is_no_choice(coopera_project: Project, engine: Engine) -> None:
    asked = coopera_project.queries["promises-done-or-abandoned"].parameter("status")
    done = answers.value(coopera_project, engine, asked, "commitment-status:done")

    assert answers.value(coopera_project, engine, asked, "done") == done
    with pytest.raises(QueryError, match="none of scheme:commitment-status") as caught:
        answers.value(coopera_project, engine, asked, "agreement-status:signed")
    assert "commitment-status:" in caught.value.remedy


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (["a"] * 101, "101 values of 101 characters; at most 100 of 10000"),
        (["a" * 10_001], "1 values of 10001 characters"),
        (["a" * 101] * 100, "100 values of 10100"),
    ],
)
def test_more_values_than_a_query_can_bear_are_refused(
    coopera_project: Project, engine: Engine, texts: list[str], problem: str
) -> None:
    saved = coopera_project.queries["agreements-between"]

    with pytest.raises(QueryError, match=problem) as caught:
        answers.resolve(coopera_project, engine, saved, {"institution": texts})

    assert "all" in caught.value.remedy


# Choices


def test_the_choices_are_the_members_of_the_class_by_label(
    coopera_project: Project, engine: Engine
) -> None:
    asked = parameter("iri", "coop:Institution")

    french = answers.choices(coopera_project, engine, asked, "fr")
    english = answers.choices(coopera_project, engine, asked, "en")

    assert (UTS, "University of Technology Sydney") in english
    assert dict(french).keys() == dict(english).keys()
    schools = answers.choices(coopera_project, engine, parameter("iri", "coop:School"), "fr")
    assert set(schools) < set(french)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("language", [(Literal("en"), "anglais"), (Literal("fr"), "français")]),
        ("date", []),
        ("integer", []),
        ("string", []),
        ("iri", []),
    ],
)
def test_a_parameter_without_a_class_has_no_choices_but_languages(
    coopera_project: Project, engine: Engine, kind: str, wanted: list[tuple[Term, str]]
) -> None:
    assert answers.choices(coopera_project, engine, parameter(kind), "fr") == wanted


def test_choices_are_bounded_and_sorted_without_regard_to_accents(
    coopera_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = "https://w3id.org/coopera/id/institution/"
    labels = {"a": "Zurich", "b": "École", "c": "eurecom", "d": None}
    triples = []
    for name, label in labels.items():
        triples.append(Triple(NamedNode(base + name), TYPE, NamedNode(COOP + "Institution")))
        if label:
            triples.append(Triple(NamedNode(base + name), LABEL, Literal(label, language="fr")))
    small = engines.ENGINES["oxigraph"](triples)
    asked = parameter("iri", "coop:Institution")

    found = [label for _, label in answers.choices(coopera_project, small, asked, "en")]
    monkeypatch.setattr(answers, "MOST_CHOICES", 2)
    few = answers.choices(coopera_project, small, asked, "en")

    assert found == ["École", "eurecom", "institution:d", "Zurich"]
    assert len(few) == 2


def test_every_default_is_a_choice(coopera_project: Project, engine: Engine) -> None:
    for saved in coopera_project.queries.values():
        for asked in saved.parameters:
            block = next(
                saved.text[s:e] for n, s, e in queries.value_blocks(saved.text) if n == asked.name
            )
            if asked.type == "iri" and "UNDEF" not in block:
                for text in block.split():
                    assert answers.value(coopera_project, engine, asked, text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_whatever_is_typed_gives_an_answer_or_a_query_error(
    coopera_project: Project, engine: Engine, typed: str
) -> None:
    saved = coopera_project.queries["agreements-between"]
    try:
        bound = answers.resolve(coopera_project, engine, saved, {"institution": [typed]})
    except QueryError:
        return
    assert isinstance(engine.query(bound), Table)


def test_several_values_and_all_are_bound(coopera_project: Project, engine: Engine) -> None:
    saved = coopera_project.queries["agreements-between"]

    def agreements(**given: list[str]) -> set[Term | None]:
        answer = engine.query(answers.resolve(coopera_project, engine, saved, given))
        assert isinstance(answer, Table)
        return set(answer.column("agreement"))

    imt = agreements(institution=["institution:imt"], partner=["all"])
    atlantique = agreements(institution=["institution:imt-atlantique"], partner=["all"])

    assert imt
    assert atlantique
    assert agreements(
        institution=["institution:imt", "institution:imt-atlantique"], partner=["all"]
    ) == (imt | atlantique)
    assert agreements(institution=["all"], partner=["all"]) > (imt | atlantique)


def test_an_unknown_parameter_gives_the_names_that_there_are(
    coopera_project: Project, engine: Engine
) -> None:
    saved = coopera_project.queries["agreements-between"]

    with pytest.raises(QueryError, match="no parameter 'partnr'") as caught:
        answers.resolve(coopera_project, engine, saved, {"partnr": ["x"]})

    assert "partner" in caught.value.remedy


def test_pick_lists_near_names_of_queries(coopera_project: Project) -> None:
    with pytest.raises(QueryError) as caught:
        queries.pick(coopera_project.queries, "agreement-between")

    assert "agreements-between" in caught.value.remedy

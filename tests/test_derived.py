"""Derived triples: what each rule of ontology/derive gives, on both engines."""

import calendar
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph
import pytest
import yaml
from ontology_lint import FACTS, LANGUAGES, ONTOLOGY, RULES, graph_of, table
from rdflib import (
    Graph,
)

PREFIXES = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in sorted(table()))
TURTLE = pyoxigraph.RdfFormat.TURTLE
Triples = set[pyoxigraph.Triple]


def by_rdflib(rule: str, turtle: str) -> Triples:
    made = Graph().parse(data=turtle, format="turtle").query(rule).graph
    assert made is not None
    return read(made.serialize(format="nt"))


def by_oxigraph(rule: str, turtle: str) -> Triples:
    store = pyoxigraph.Store()
    store.load(turtle, format=TURTLE)
    made = store.query(rule)
    assert isinstance(made, pyoxigraph.QueryTriples)
    return {*made}


ENGINES = {"rdflib": by_rdflib, "oxigraph": by_oxigraph}


def read(turtle: str) -> Triples:
    return {quad.triple for quad in pyoxigraph.parse(PREFIXES + turtle, format=TURTLE)}


def rule(name: str) -> str:
    return (ONTOLOGY / "derive" / f"{name}.rq").read_text(encoding="utf-8")


STATUS = "a coop:StatusRecord ; coop:statusValue commitment-status:"
NAMES = """
institution:imt skos:prefLabel "Institut Mines-Télécom"@en , "Institut Mines-Télécom"@fr .
organization:gaia-x skos:prefLabel "Gaia-X"@en , "Gaia-X"@fr .
role:signatory skos:prefLabel "signatory"@en , "signataire"@fr .
commitment-status:planned skos:prefLabel "planned"@en , "prévu"@fr .
variable:students skos:prefLabel "students"@en , "étudiants"@fr . """
CASES = {
    "label: the preferred labels, and no other": (
        "label",
        'site:x skos:prefLabel "Site"@en , "Lieu"@fr ; skos:altLabel "Place"@en .',
        'site:x rdfs:label "Site"@en , "Lieu"@fr .',
    ),
    "label: who takes part, and in which role": (
        "label-participation",
        NAMES + "participation:x coop:participant institution:imt ; coop:inRole role:signatory .",
        'participation:x rdfs:label "Institut Mines-Télécom — signatory"@en ,'
        '"Institut Mines-Télécom — signataire"@fr .',
    ),
    "label: which status, and when": (
        "label-status-record",
        NAMES + f'status:x {STATUS}planned ; coop:asOf "2025-07"^^xsd:gYearMonth .',
        'status:x rdfs:label "planned (2025-07)"@en , "prévu (2025-07)"@fr .',
    ),
    "label: who is what of whom": (
        "label-membership",
        NAMES + "membership:x org:member institution:imt ; org:organization organization:gaia-x ;"
        "org:role role:signatory .",
        'membership:x rdfs:label "Institut Mines-Télécom — signatory — Gaia-X"@en ,'
        '"Institut Mines-Télécom — signataire — Gaia-X"@fr .',
    ),
    "label: who belongs to whom, in no known role": (
        "label-membership",
        NAMES + "membership:x org:member institution:imt ; org:organization organization:gaia-x .",
        'membership:x rdfs:label "Institut Mines-Télécom — Gaia-X"@en ,'
        '"Institut Mines-Télécom — Gaia-X"@fr .',
    ),
    "label: how many at least": (
        "label-observation",
        NAMES + "observation:x schema:variableMeasured variable:students ; schema:minValue 13600 ;"
        "schema:observationAbout institution:imt .",
        'observation:x rdfs:label "students — at least 13600 — Institut Mines-Télécom"@en ,'
        '"étudiants — au moins 13600 — Institut Mines-Télécom"@fr .',
    ),
    "label: how many exactly": (
        "label-observation",
        NAMES + "observation:x schema:variableMeasured variable:students ; schema:value 10 ;"
        "schema:observationAbout institution:imt .",
        'observation:x rdfs:label "students — 10 — Institut Mines-Télécom"@en ,'
        '"étudiants — 10 — Institut Mines-Télécom"@fr .',
    ),
    "party: signatories and partners of agreements and partnerships, not beneficiaries": (
        "party",
        """agreement:x a coop:Agreement ; coop:hasParticipation participation:a , participation:b .
        partnership:x a coop:Partnership ; coop:hasParticipation participation:c .
        commitment:x a coop:Commitment ; coop:hasParticipation participation:c .
        participation:a coop:participant institution:imt ; coop:inRole role:signatory .
        participation:b coop:participant institution:ens ; coop:inRole role:beneficiary .
        participation:c coop:participant institution:uts ; coop:inRole role:partner .""",
        "agreement:x coop:party institution:imt . partnership:x coop:party institution:uts .",
    ),
    "current status: that of the latest record": (
        "current-status",
        f"""commitment:x coop:hasStatusRecord status:a , status:b , status:c .
        status:a {STATUS}done ; coop:asOf "2024-12-31"^^xsd:date .
        status:b {STATUS}ambition ; coop:asOf "2025"^^xsd:gYear .
        status:c {STATUS}planned ; coop:asOf "2025-07"^^xsd:gYearMonth .""",
        "commitment:x coop:currentStatus commitment-status:planned .",
    ),
    "current status: two latest records that agree": (
        "current-status",
        f"""commitment:x coop:hasStatusRecord status:a , status:b .
        status:a {STATUS}planned ; coop:asOf "2025-07"^^xsd:gYearMonth .
        status:b {STATUS}planned ; coop:asOf "2025-07"^^xsd:gYearMonth .""",
        "commitment:x coop:currentStatus commitment-status:planned .",
    ),
    "current status: none where the two latest records differ": (
        "current-status",
        f"""commitment:x coop:hasStatusRecord status:a , status:b , status:c .
        commitment:y coop:hasStatusRecord status:a .
        status:a {STATUS}planned ; coop:asOf "2025-07"^^xsd:gYearMonth .
        status:b {STATUS}under-study ; coop:asOf "2025-07"^^xsd:gYearMonth .
        status:c {STATUS}ambition ; coop:asOf "2022"^^xsd:gYear .""",
        "commitment:y coop:currentStatus commitment-status:planned .",
    ),
    "current status: older records may differ": (
        "current-status",
        f"""commitment:x coop:hasStatusRecord status:a , status:b , status:c .
        status:a {STATUS}planned ; coop:asOf "2022"^^xsd:gYear .
        status:b {STATUS}under-study ; coop:asOf "2022"^^xsd:gYear .
        status:c {STATUS}done ; coop:asOf "2023"^^xsd:gYear .""",
        "commitment:x coop:currentStatus commitment-status:done .",
    ),
    "current status: none without a record": (
        "current-status",
        "agreement:x a coop:Agreement .",
        "",
    ),
    "earliest: of each class, by its own property": (
        "earliest",
        """signing:x a coop:SigningEvent ; dcterms:date "2022"^^xsd:gYear .
        status:x a coop:StatusRecord ; coop:asOf "2025-07"^^xsd:gYearMonth .
        partnership:x a coop:Partnership ;
            coop:startsNotBefore "2000"^^xsd:gYear ; coop:startsNotAfter "2009"^^xsd:gYear .
        agreement:x a coop:Agreement ; dcterms:date "1999"^^xsd:gYear ;
            schema:validFrom "2016-12"^^xsd:gYearMonth ; schema:validThrough "2019"^^xsd:gYear .
        strategy:x a coop:Strategy ;
            schema:validFrom "2023"^^xsd:gYear ; schema:validThrough "2027"^^xsd:gYear .
        commitment:x a coop:Commitment ; schema:validFrom "2023"^^xsd:gYear .""",
        """signing:x coop:earliest "2022-01-01"^^xsd:date .
        status:x coop:earliest "2025-07-01"^^xsd:date .
        partnership:x coop:earliest "2000-01-01"^^xsd:date .
        agreement:x coop:earliest "2016-12-01"^^xsd:date .
        strategy:x coop:earliest "2023-01-01"^^xsd:date .""",
    ),
    "latest: of each class, by its own property": (
        "latest",
        """signing:x a coop:SigningEvent ; dcterms:date "2022"^^xsd:gYear .
        status:x a coop:StatusRecord ; coop:asOf "2025-07"^^xsd:gYearMonth .
        partnership:x a coop:Partnership ;
            coop:startsNotBefore "2000"^^xsd:gYear ; coop:startsNotAfter "2009"^^xsd:gYear .
        agreement:x a coop:Agreement ; dcterms:date "1999"^^xsd:gYear ;
            schema:validFrom "2016-12"^^xsd:gYearMonth ; schema:validThrough "2019"^^xsd:gYear .
        agreement:open a coop:Agreement ; schema:validFrom "2016"^^xsd:gYear .
        strategy:x a coop:Strategy ;
            schema:validFrom "2023"^^xsd:gYear ; schema:validThrough "2027"^^xsd:gYear .""",
        """signing:x coop:latest "2022-12-31"^^xsd:date .
        status:x coop:latest "2025-07-31"^^xsd:date .
        partnership:x coop:latest "2009-12-31"^^xsd:date .
        agreement:x coop:latest "2019-12-31"^^xsd:date .
        strategy:x coop:latest "2027-12-31"^^xsd:date .""",
    ),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("name", "given", "expected"), CASES.values(), ids=CASES)
def test_a_rule_derives_what_a_person_would(
    name: str, given: str, expected: str, engine: str
) -> None:
    assert ENGINES[engine](rule(name), PREFIXES + given) == read(expected)


def test_every_rule_has_a_case() -> None:
    assert {path.stem for path in RULES} == {name for name, _, _ in CASES.values()}


BOUNDS = {
    '"2025-07-17"^^xsd:date': ("2025-07-17", "2025-07-17"),
    '"2024-02-29"^^xsd:date': ("2024-02-29", "2024-02-29"),
    '"2025-01"^^xsd:gYearMonth': ("2025-01-01", "2025-01-31"),
    '"2025-04"^^xsd:gYearMonth': ("2025-04-01", "2025-04-30"),
    '"2025-06"^^xsd:gYearMonth': ("2025-06-01", "2025-06-30"),
    '"2025-09"^^xsd:gYearMonth': ("2025-09-01", "2025-09-30"),
    '"2025-11"^^xsd:gYearMonth': ("2025-11-01", "2025-11-30"),
    '"2025-12"^^xsd:gYearMonth': ("2025-12-01", "2025-12-31"),
    '"2025-02"^^xsd:gYearMonth': ("2025-02-01", "2025-02-28"),
    '"2024-02"^^xsd:gYearMonth': ("2024-02-01", "2024-02-29"),
    '"2012-02"^^xsd:gYearMonth': ("2012-02-01", "2012-02-29"),
    '"2000-02"^^xsd:gYearMonth': ("2000-02-01", "2000-02-29"),
    '"1900-02"^^xsd:gYearMonth': ("1900-02-01", "1900-02-28"),
    '"2100-02"^^xsd:gYearMonth': ("2100-02-01", "2100-02-28"),
    '"2024"^^xsd:gYear': ("2024-01-01", "2024-12-31"),
    '"0816"^^xsd:gYear': ("0816-01-01", "0816-12-31"),
    '"2025-07-17T10:00:00"^^xsd:dateTime': None,
    '"2025-07-17"': None,
    '"July 2025"@en': None,
    "2025": None,
    '"2025-13"^^xsd:gYearMonth': None,
    '"2025-00"^^xsd:gYearMonth': None,
    '"2025Z"^^xsd:gYear': None,
    '"-0044"^^xsd:gYear': None,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("date", "bounds"), BOUNDS.items(), ids=BOUNDS)
def test_a_date_has_the_bounds_that_the_calendar_gives(
    date: str, bounds: tuple[str, str] | None, engine: str
) -> None:
    given = f"{PREFIXES} status:x a coop:StatusRecord ; coop:asOf {date} ."
    derived = [ENGINES[engine](rule(name), given) for name in ("earliest", "latest")]

    if bounds is None:
        assert derived == [set(), set()]
    else:
        low, high = bounds
        assert derived == [
            read(f'status:x coop:earliest "{low}"^^xsd:date .'),
            read(f'status:x coop:latest "{high}"^^xsd:date .'),
        ]


def test_the_last_day_of_every_month_is_that_of_the_calendar() -> None:
    months = [(year, month) for year in range(1895, 2105) for month in range(1, 13)]
    given = "".join(
        f'status:m{y}-{m:02} a coop:StatusRecord ; coop:asOf "{y}-{m:02}"^^xsd:gYearMonth .'
        for y, m in months
    )
    expected = "".join(
        f'status:m{y}-{m:02} coop:latest "{y}-{m:02}-{calendar.monthrange(y, m)[1]}"^^xsd:date .'
        for y, m in months
    )
    assert by_oxigraph(rule("latest"), PREFIXES + given) == read(expected)


@pytest.fixture(scope="module")
def real() -> str:
    """Give what the project states by hand, as one Turtle text."""
    return graph_of(p for p in FACTS if p.name != "derived.ttl").serialize(format="nt")


@pytest.mark.parametrize("path", RULES, ids=lambda p: p.stem)
def test_both_engines_derive_the_same_from_the_real_data(path: Path, real: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert by_rdflib(text, real) == by_oxigraph(text, real)


def derived_from_derived(rules: Iterable[str], turtle: str) -> list[str]:
    """Name the rules whose answer changes when all that is derived is added to the data."""
    made = {text: by_oxigraph(text, turtle) for text in rules}
    more = pyoxigraph.serialize(
        {triple for triples in made.values() for triple in triples},
        format=pyoxigraph.RdfFormat.N_TRIPLES,
    )
    assert more is not None
    return [text for text, was in made.items() if by_oxigraph(text, turtle + more.decode()) != was]


def test_no_rule_reads_what_a_rule_derives(real: str) -> None:
    rules = [path.read_text(encoding="utf-8") for path in RULES]
    assert derived_from_derived(rules, real) == []
    for _, given, _ in CASES.values():
        assert derived_from_derived(rules, PREFIXES + given) == []


def test_a_rule_that_reads_a_derived_label_is_seen() -> None:
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    greedy = f"CONSTRUCT {{ ?x <https://example.org/name> ?y }} WHERE {{ ?x {label} ?y }}"
    given = PREFIXES + 'site:x skos:prefLabel "Site"@en .'
    assert derived_from_derived([rule("label"), greedy], given) == [greedy]


@pytest.mark.parametrize("path", RULES, ids=lambda p: p.stem)
def test_a_rule_has_a_summary_in_both_languages_and_no_exists(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    front = yaml.safe_load("\n".join(x[3:] for x in lines if x.startswith("#+")))

    assert {*front["summary"]} == LANGUAGES
    assert not any("EXISTS" in line for line in lines)  # Oxigraph 0.5 runs them in quadratic time.

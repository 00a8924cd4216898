"""Checks: one small project that is right, and each way in which it can be wrong."""

import pytest
from conftest import EVIDENCE_HEADER, HEAD, SMALL, Make

from coopera import checks
from coopera.errors import CooperaError, NothingCheckedError, ProjectError, QueryError
from coopera.project import Project

CSV = SMALL["data/one/evidence.csv"]
TTL = SMALL["data/one/agreements.ttl"]


def found(make: Make, changes: dict[str, str | None]) -> list[tuple[str, str, str]]:
    """Run the checks; give each finding's code, place (without folders) and focus node."""
    outcome = checks.run(make(changes))
    return [
        (f.code, f"{f.place.path.name}:{f.place.line}" if f.place else "", f.subject)
        for f in outcome.findings
    ]


def test_the_small_project_has_no_finding(make: Make) -> None:
    outcome = checks.run(make())

    assert outcome.findings == ()
    assert not outcome.failed
    assert outcome.summary.counts["assertions"] == 3
    assert outcome.summary.reached == {"https://w3id.org/coopera/shapes#Agreement": 1}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"data/one/agreements.ttl": TTL + 'agreement:a skos:note "a"@fr , "b"@fr .\n'},
            [("COOP202", "agreements.ttl:24", "agreement:a")],
            id="a shape is violated",
        ),
        pytest.param(
            {"ontology/shapes/b.ttl": HEAD + "coop:S a sh:NodeShape ;\n sh:targetClass coop:Gone .\n"},
            [("COOP001", "b.ttl:16", "")],
            id="a shape targets a class that is not declared",
        ),
        pytest.param(
            {"data/one/evidence.csv": CSV + CSV.splitlines()[2] + "\n"},
            [("COOP551", "evidence.csv:5", "agreement:a")],
            id="a row stands twice",
        ),
        pytest.param(
            {"data/one/agreements.ttl": TTL.replace("foaf:homepage <http://example.org/a>", "a coop:Agreement")},
            [("COOP552", "evidence.csv:3", "agreement:a")],
            id="an accepted triple is absent",
        ),
        pytest.param(
            {"data/one/evidence.csv": CSV + ",agreement:a,foaf:homepage,<http://example.org/a>,document:d,9,x,inferred,disputed\n"},
            [("COOP553", "evidence.csv:5", "agreement:a")],
            id="a disputed triple is present",
        ),
        pytest.param(
            {"data/one/evidence.csv": CSV.replace(",Ils,", f",{'mot ' * 16},")},
            [("COOP554", "evidence.csv:3", "agreement:a")],
            id="a quote has sixteen words",
        ),
        pytest.param(
            {"data/one/evidence.csv": CSV + ',agreement:a,skos:prefLabel,"""Accord""@fr",document:d,9,un pacte,verbatim,accepted\n'},
            [("COOP555", "evidence.csv:5", "agreement:a")],
            id="a verbatim wording is not in its quote",
        ),
        pytest.param(
            {"data/one/evidence.csv": CSV.replace("document:d,0", "document:nowhere,0")},
            [("COOP556", "evidence.csv:3", "agreement:a")],
            id="a source is not described",
        ),
        pytest.param(
            {"data/one/evidence.csv": CSV.replace("C2,", "C3,")},
            [("COOP557", "evidence.csv:None", "")],
            id="a claim is left out",
        ),
        pytest.param(
            {"data/one/claims.csv": "claim,treatment,reason_fr,reason_en\nC2,withheld,non,no\nC3,note,vague,vague\n"},
            [("COOP558", "claims.csv:None", ""), ("COOP558", "claims.csv:None", "")],
            id="a claim is withheld and encoded, another is a note that is not there",
        ),
        pytest.param(
            {"data/one/agreements.ttl": TTL + "agreement:a foaf:page <http://example.org/b> .\n"},
            [("COOP559", "agreements.ttl:24", "agreement:a")],
            id="a triple has no evidence",
        ),
        pytest.param(
            {"data/catalog.ttl": HEAD, "data/one/evidence.csv": CSV.replace("editorial,accepted", "editorial,superseded")},
            [("COOP559", "agreements.ttl:17", "agreement:a")],
            id="a wording has no statement of its file",
        ),
        pytest.param(
            {"data/one/evidence.csv": CSV + ",participation:a-x,coop:inRole,role:signatory,document:d,9,x,inferred,accepted\n"},
            [("COOP560", "agreements.ttl:23", "participation:a-x")],
            id="a carried triple has a row too",
        ),
        pytest.param(
            {"data/one/evidence.csv": CSV + ",agreement:a,coop:party,institution:x,document:d,9,x,inferred,accepted\n"},
            [("COOP560", "derived.ttl:6", "agreement:a")],
            id="a derived triple has a row too",
        ),
        pytest.param(
            {"data/one/evidence.ttl": HEAD},
            [("COOP563", "evidence.ttl:None", "")],
            id="evidence.ttl is not what the rows give",
        ),
        pytest.param(
            {"data/one/derived.ttl": SMALL["data/one/derived.ttl"].replace("institution:x", "institution:y")},
            [("COOP852", "agreements.ttl:16", "agreement:a"), ("COOP851", "derived.ttl:6", "agreement:a")],
            id="a derived triple differs from its rule",
        ),
        pytest.param(
            {"queries/all/agreements.csv": "agreement\nagreement:b\n"},
            [("COOP953", "agreements.rq:None", "agreements")],
            id="the answer of a query differs",
        ),
        pytest.param(
            {"queries/all/agreements.rq": SMALL["queries/all/agreements.rq"].replace("ORDER BY ?agreement", "")},
            [("COOP954", "agreements.rq:None", "agreements")],
            id="a query has no order",
        ),
        pytest.param(
            {"queries/all/agreements.csv": None},
            [("COOP953", "agreements.rq:None", "agreements")],
            id="the answer of a query is not there",
        ),
        pytest.param(
            {"queries/all/agreements.rq": SMALL["queries/all/agreements.rq"].replace("coop:Agreement", "coop:None")},
            [("COOP951", "agreements.rq:None", "agreements")],
            id="the answer of a query is empty",
        ),
        pytest.param(
            {"queries/all/agreements.rq": "#+ expect: none\n#+ reason: {en: e, fr: f}\n" + SMALL["queries/all/agreements.rq"]},
            [("COOP952", "agreements.rq:None", "agreements")],
            id="the answer of a query was to be empty",
        ),
    ],
)  # fmt: skip
def test_a_fault_gives_its_finding_and_no_other(
    make: Make, changes: dict[str, str | None], expected: list[tuple[str, str, str]]
) -> None:
    assert found(make, changes) == expected


def test_each_finding_speaks_both_languages(make: Make) -> None:
    outcome = checks.run(make({"data/one/evidence.csv": CSV.replace("C2,", "C9,")}))

    assert len(outcome.findings) == 7
    assert all(set(f.message) == {"fr", "en"} for f in outcome.findings)
    assert outcome.findings[0].message["fr"] != outcome.findings[0].message["en"]


@pytest.mark.parametrize(
    ("changes", "kind", "problem"),
    [
        ({"data/one/agreements.ttl": "oops"}, CooperaError, "agreements.ttl:1:"),
        ({"ontology/shapes/agreement.ttl": HEAD}, NothingCheckedError, "nothing was checked"),
        ({"ontology/shapes/agreement.ttl": None}, ProjectError, "shapes: the folder"),
        ({"ontology/shapes/c.ttl": "a b c"}, CooperaError, "c.ttl:1:"),
        ({"queries/all/agreements.rq": "#+ summary: {en: a, fr: b}\nSELECT *\n{ ?s"}, QueryError, "agreements.rq:3:"),
        ({"queries/all/agreements.rq": "#+ summary: {en: a\nSELECT * {}"}, QueryError, "header is not YAML"),
        ({"queries/all/agreements.rq": "#+ summary: {en: a, fr: b}\n#+ params: [{name: x}]\nSELECT * {}"}, QueryError, "'type'"),
        ({"queries/all/agreements.rq": "#+ summary: {en: a}\nSELECT * {}"}, QueryError, "lacks 'fr'"),
        ({"queries/all/agreements.rq": "#+ summary: {en: a, fr: b}\n#+ params: [{name: on, type: iri}]\nSELECT * {}"}, QueryError, "name that is a text"),
        ({"queries/all/agreements.rq": "#+ summary: {en: a, fr: b}\n#+ params: [{name: d, type: iri, bound: latest}]\nSELECT * {}"}, QueryError, "bound of a date"),
        ({"queries/all/agreements.rq": "#+ summary: {en: a, fr: b}\n#+ params: [{name: x, type: uri}]\nSELECT * {}"}, QueryError, "type among iri"),
        ({"queries/all/agreements.rq": "#+ summary: only English\nSELECT * {}"}, QueryError, "both languages"),
        ({"queries/all/agreements.rq": "#+ summary: {en: a, fr: b}\n#+ params: {name: x}\nSELECT * {}"}, QueryError, "a list under params"),
        ({"queries/all/agreements.rq": "#+ summary: {en: a, fr: b}\n#+ params: [x]\nSELECT * {}"}, QueryError, "name and type"),
        ({"queries/all/agreements.rq": "#+ summary: {en: a, fr: b}\n#+ expect: none\nSELECT * {}"}, QueryError, "'reason'"),
        ({"queries/all/agreements.rq": "SELECT * {}"}, QueryError, "no header"),
        ({"queries/b/agreements.rq": SMALL["queries/all/agreements.rq"]}, QueryError, "another query"),
        ({"queries/all/agreements.csv": "agreement\nnonsense\n"}, CooperaError, "agreements.csv:2"),
        ({"ontology/derive/party.rq": "ASK {}"}, QueryError, "not a CONSTRUCT"),
        ({"ontology/derive/party.rq": "CONSTRUCT {"}, QueryError, "party.rq:1"),
    ],
)  # fmt: skip
def test_what_cannot_be_checked_is_told_with_its_place(
    make: Make, changes: dict[str, str | None], kind: type[CooperaError], problem: str
) -> None:
    with pytest.raises(kind) as caught:
        checks.run(make(changes))

    assert problem in str(caught.value)


def test_allow_empty_accepts_shapes_that_reach_nothing(make: Make) -> None:
    outcome = checks.run(make({"ontology/shapes/agreement.ttl": HEAD}), allow_empty=True)

    assert outcome.findings == ()
    assert outcome.summary.reached == {}


def test_every_file_that_does_not_parse_is_told(make: Make) -> None:
    with pytest.raises(CooperaError) as caught:
        checks.run(make({"data/one/agreements.ttl": "oops", "data/catalog.ttl": "oops"}))

    assert "catalog.ttl:1" in str(caught.value)
    assert "agreements.ttl:1" in str(caught.value)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("C1,a:b,c:d,e:f,document:d,0,x,verbatim,accepted", "not a Turtle term"),
        ("C1,agreement:a,foaf:page,agreement:b,document:d,0,x,guessed,accepted", "'guessed' is no mode"),
        ("C1,agreement:a,foaf:page,agreement:b,document:d,0,x,verbatim,true", "'true' is no standing"),
        ("C1,agreement:a,foaf:page,agreement:b,document:d,,,verbatim,accepted", "needs the quote"),
        ("C1,agreement:a,foaf:page,agreement:b,document:d,,x,verbatim,accepted", "no offset"),
        ("C1,agreement:a,foaf:page,agreement:b,document:d,-1,x,verbatim,accepted", "'-1' is no offset"),
        ("C1,agreement:a,foaf:page,agreement:b,document:d,0,x,reported,accepted", "has no quote"),
        ("C1,agreement:a,foaf:page,agreement:b,document:d,record,,recorded,accepted", "needs its record"),
        ("C1,agreement:a,foaf:page,agreement:b,document:d,5,,editorial,accepted", "has no start"),
        ("C1,agreement:a,foaf:page,agreement:b,document:d,0,x,verbatim", "not nine cells"),
        ('C1,agreement:a,foaf:page,agreement:b,"document:d', "not CSV"),
        ('C1,agreement:a,"""p""",agreement:b,document:d,0,x,verbatim,accepted', "not an IRI"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_told_with_its_line(
    make: Make, row: str, problem: str
) -> None:
    with pytest.raises(CooperaError, match=problem) as caught:
        make({"data/one/evidence.csv": EVIDENCE_HEADER + row + "\n"})

    assert caught.value.place is not None
    assert caught.value.remedy or "CSV" in problem


def test_the_project_itself_has_no_error(coopera_project: Project) -> None:
    outcome = checks.run(coopera_project)

    assert [f.text("en") for f in outcome.findings if f.severity == "error"] == []
    assert {f.code for f in outcome.findings} == {"COOP002", "COOP110", "COOP112"}
    assert outcome.summary.counts["assertions"] > 700


SHAPE = SMALL["ontology/shapes/agreement.ttl"]
SPARQL_SHAPE = """
<https://w3id.org/coopera/shapes#Q> a sh:NodeShape ; sh:targetClass coop:Agreement ;
    sh:sparql [ sh:message "no"@en ; sh:select "%s" ] .
"""


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"ontology/shapes/q.ttl": HEAD + SPARQL_SHAPE % "SELECT $this { SERVICE <http://127.0.0.1:9/> { $this ?p ?o } }"}, "SERVICE"),
        ({"ontology/shapes/q.ttl": HEAD + SPARQL_SHAPE % "SELECT $this { SERV\\\\u0049CE <http://127.0.0.1:9/> { $this ?p ?o } }"}, "SERVICE"),
        ({"ontology/shapes/q.ttl": HEAD + SPARQL_SHAPE % "SELECT $this WHERE {"}, "q.ttl:17:.* COOP003 .*ends too early"),
        ({"ontology/shapes/q.ttl": SHAPE.replace("coop:Agreement ;", "[] ;")}, "is no IRI"),
        ({"ontology/shapes/q.ttl": SHAPE.replace("sh:maxCount 1", 'sh:pattern "("')}, "COOP003 .*no regular expression"),
        ({"ontology/shapes/agreement.ttl": SHAPE.replace("sh:targetClass", "sh:deactivated true ; sh:targetClass")}, "nothing was checked"),
        ({"ontology/shapes/agreement.ttl": SHAPE.replace("sh:targetClass coop:Agreement", "sh:targetNode <http://example.org/nowhere>")}, "nothing was checked"),
        ({"data/one/more.nt": ""}, "left out of the graph"),
        ({"data/one/more.TTL": ""}, "left out of the graph"),
        ({"data/one/deep/evidence.csv": EVIDENCE_HEADER}, "left out of the graph"),
        ({"data/one/more.ttl": "<x:a> <x:b> <<( <x:a> <x:b> <x:c> )>> ."}, "RDF 1.2"),
        ({"data/one/more.ttl": '<x:a> <x:b> "x"@ar--rtl .'}, "RDF 1.2"),
        ({"queries/all/agreements.rq": "#+ summary: {en: a, fr: b}\n#+ params: [{name: x, type: iri}]\nSELECT * {}"}, r"no block VALUES \?x"),
        ({"coopera.toml": 'bse = "x"'}, "setting bse"),
        ({"coopera.toml": 'base = "https://example.org/a b/"'}, "not an http IRI"),
    ],
)  # fmt: skip
def test_what_would_go_wrong_in_silence_is_told(
    make: Make, changes: dict[str, str | None], problem: str
) -> None:
    with pytest.raises(CooperaError, match=problem):
        checks.run(make(changes))


@pytest.mark.parametrize(
    "name",
    ["queries/all/agreements.rq", "queries/all/agreements.csv", "ontology/derive/party.rq", "data/one/claims.csv"],
)  # fmt: skip
def test_a_file_in_another_encoding_is_told(make: Make, name: str) -> None:
    project = make()
    (project.root / name).write_bytes("é".encode("latin-1"))

    with pytest.raises(CooperaError, match="UTF-8"):
        checks.run(project)


def test_a_csv_as_excel_saves_it_is_read(make: Make) -> None:
    assert checks.run(make({"data/one/evidence.csv": "\ufeff" + CSV})).findings == ()


def test_a_blank_node_in_the_data_is_a_finding_with_its_line(make: Make) -> None:
    blank = 'agreement:a foaf:page [ foaf:name "x" ] .\n'

    told = found(make, {"data/one/agreements.ttl": TTL + blank})

    assert [(code, place) for code, place, _ in told] == [("COOP559", "agreements.ttl:24")] * 2


@pytest.mark.parametrize("name", ["data/one/sources.ttl", "data/one/catalog.ttl"])
def test_no_file_name_lets_a_fact_go_without_evidence(make: Make, name: str) -> None:
    fact = (SMALL.get(name) or HEAD) + "agreement:a foaf:page <http://example.org/b> .\n"

    assert [code for code, *_ in found(make, {name: fact})] == ["COOP559"]


def test_another_base_names_things_and_keeps_the_concepts(make: Make) -> None:
    outcome = checks.run(
        make({
            name: text.replace("w3id.org/coopera/id/", "example.org/id/").replace(
                "w3id.org/coopera/data/", "example.org/data/"
            )
            for name, text in SMALL.items()
        } | {"coopera.toml": 'base = "https://example.org/"'})
    )  # fmt: skip

    assert outcome.findings == ()

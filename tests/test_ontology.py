"""The ontology is well published (FOOPS!), free of known pitfalls (OOPS!), OWL 2 DL and consistent.

Each check of `ontology_lint` is run on the ontology, on a small sound one, `MINI`, and on that one
broken by a SPARQL update, so that each is seen to pass and to fail.
"""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pyoxigraph
import pytest
from ontology_lint import (
    ALIGNMENTS,
    BASE,
    CONCEPTS,
    COOP,
    CORE,
    DATA,
    DL,
    FACTS,
    FOOPS,
    LANGUAGES,
    ONTOLOGY,
    OOPS,
    ROOT,
    RULES,
    SCHEMA,
    SHAPES,
    VOCABULARIES,
    WORDS,
    Check,
    contradictions,
    declared,
    graph_of,
    header,
    known,
    listed,
    own,
    own_classes,
    own_properties,
    table,
    undeclared_concepts,
    undefined,
    unexplained_links,
)
from rdflib import (
    OWL,
    RDF,
    RDFS,
    SKOS,
    Graph,
    URIRef,
)


@pytest.fixture(scope="module")
def core() -> Graph:
    return graph_of(CORE)


@pytest.fixture(scope="module")
def facts() -> Graph:
    return graph_of([*CORE, *FACTS])


# A small sound ontology, and what breaks it

MINI = """
@prefix m: <https://w3id.org/mini#> .
@prefix c: <https://w3id.org/mini/kind/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix bibo: <http://purl.org/ontology/bibo/> .
@prefix vann: <http://purl.org/vocab/vann/> .
@prefix sssom: <https://w3id.org/sssom/> .
@prefix semapv: <https://w3id.org/semapv/vocab/> .

<https://w3id.org/mini> a owl:Ontology ;
    dcterms:title "Mini"@en , "Mini"@fr ; dcterms:description "Pacts."@en , "Des pactes."@fr ;
    dcterms:creator m:us ; dcterms:publisher m:us ; dcterms:source <https://example.org/source> ;
    dcterms:created "2026-11-22"^^xsd:date ; dcterms:issued "2026-11-22"^^xsd:date ;
    dcterms:license <https://example.org/licence> ; dcterms:bibliographicCitation "Mini, 1.0." ;
    bibo:status <http://purl.org/ontology/bibo/status/draft> ;
    foaf:logo <https://example.org/logo> ;
    vann:preferredNamespacePrefix "m" ; vann:preferredNamespaceUri "https://w3id.org/mini#" ;
    owl:versionIRI <https://w3id.org/mini/1.0> ; owl:versionInfo "1.0" .
m:Party a owl:Class ;
    rdfs:label "Party"@en , "Partie"@fr ; skos:definition "Who binds."@en , "Qui lie."@fr .
m:Pact a owl:Class ;
    rdfs:label "Pact"@en , "Pacte"@fr ; skos:definition "What binds."@en , "Ce qui lie."@fr .
m:Treaty a owl:Class ; rdfs:subClassOf m:Pact ;
    rdfs:label "Treaty"@en , "Traité"@fr ; skos:definition "A pact."@en , "Un pacte."@fr .
[] a owl:AllDisjointClasses ; owl:members ( m:Party m:Pact ) .
m:binds a owl:ObjectProperty ; rdfs:domain m:Pact ; rdfs:range m:Party ; owl:inverseOf m:boundBy ;
    rdfs:label "binds"@en , "lie"@fr ; skos:definition "To a party."@en , "Vers une partie."@fr .
m:boundBy a owl:ObjectProperty ; rdfs:domain m:Party ; rdfs:range m:Pact ;
    rdfs:label "bound by"@en , "lié par"@fr ;
    skos:definition "To a pact."@en , "Vers un pacte."@fr .
m:signedOn a owl:DatatypeProperty ; rdfs:domain m:Pact ; rdfs:range xsd:date ;
    rdfs:label "signed on"@en , "signé le"@fr ; skos:definition "When."@en , "Quand."@fr .
m:us a m:Party ; rdfs:label "Us"@en , "Nous"@fr ; skos:definition "We."@en , "Nous-mêmes."@fr .
m:rome a m:Treaty ; m:binds m:us ; m:signedOn "1957-03-25"^^xsd:date ;
    rdfs:label "Rome"@en , "Rome"@fr ; skos:definition "A treaty."@en , "Un traité."@fr .
c:peace a skos:Concept ; skos:inScheme <https://w3id.org/mini/kind> ;
    skos:topConceptOf <https://w3id.org/mini/kind> ;
    skos:prefLabel "peace"@en , "paix"@fr ; skos:definition "No war."@en , "Pas de guerre."@fr .
<https://w3id.org/mini/kind> a skos:ConceptScheme ; dcterms:creator m:us ;
    dcterms:created "2026-11-22"^^xsd:date ; dcterms:license <https://example.org/licence> ;
    skos:prefLabel "Kinds"@en , "Natures"@fr ; skos:definition "Of pacts."@en , "De pactes."@fr .
m:Pact rdfs:seeAlso <https://example.org/Contract> .
[] a owl:Axiom ; owl:annotatedSource m:Pact ; owl:annotatedProperty rdfs:seeAlso ;
    owl:annotatedTarget <https://example.org/Contract> ; sssom:predicate_id skos:closeMatch ;
    sssom:mapping_justification semapv:ManualMappingCuration ;
    rdfs:comment "Near."@en , "Proche."@fr .
""" + "".join(
    f"{term} a owl:{kind} .\n"
    for kind, terms in {
        "Class": "skos:Concept skos:ConceptScheme",
        "ObjectProperty": "skos:inScheme skos:topConceptOf",
        "AnnotationProperty": "dcterms:title dcterms:description dcterms:creator dcterms:publisher"
        " dcterms:source dcterms:created dcterms:issued dcterms:license"
        " dcterms:bibliographicCitation bibo:status foaf:logo vann:preferredNamespacePrefix"
        " vann:preferredNamespaceUri skos:definition skos:prefLabel sssom:predicate_id"
        " sssom:mapping_justification",
    }.items()
    for term in terms.split()
)

RENAMED = """DELETE {{ ?o ?p ?x }} INSERT {{ <{0}> ?p ?x }} WHERE {{ ?o a owl:Ontology ; ?p ?x }} ;
DELETE {{ ?o vann:preferredNamespaceUri ?u }} INSERT {{ ?o vann:preferredNamespaceUri "{0}#" }}
WHERE {{ ?o vann:preferredNamespaceUri ?u }}"""

BREAKS = {
    "PURL1": RENAMED.format("https://example.org/mini"),
    "HTTP1": RENAMED.format("urn:mini"),
    "RDF1": 'INSERT DATA { m:rome <https://w3id.org/mini#1> "an XML name starts with a letter" }',
    "FIND1": 'INSERT DATA { <https://w3id.org/mini> vann:preferredNamespacePrefix "n" }',
    "OM1": "DELETE WHERE { ?o dcterms:description ?x }",
    "OM2": "DELETE WHERE { ?o dcterms:bibliographicCitation ?x }",
    "OM3": "DELETE WHERE { ?o foaf:logo ?x }",
    "OM4.1": "DELETE WHERE { <https://w3id.org/mini> dcterms:license ?x }",
    "OM4.2": 'INSERT DATA { <https://w3id.org/mini> dcterms:license "CC BY 4.0" }',
    "OM5.1": "DELETE WHERE { <https://w3id.org/mini> dcterms:created ?x }",
    "OM5.2": "DELETE WHERE { ?o dcterms:publisher ?x }",
    "VOC1": "DELETE { ?o ?p ?x } WHERE { ?o a owl:Ontology ; ?p ?x FILTER(?p != rdf:type) }",
    "VOC2": "DELETE WHERE { ?s skos:definition ?x } ; DELETE WHERE { ?s rdfs:seeAlso ?x }",
    "VOC3": 'DELETE DATA { m:Pact rdfs:label "Pacte"@fr }',
    "VOC4": 'DELETE DATA { m:Pact skos:definition "What binds."@en }',
    "VER1": "DELETE { ?o owl:versionIRI ?x } INSERT { ?o owl:versionIRI ?o } "
    "WHERE { ?o owl:versionIRI ?x }",
    "NAMESPACE": "DELETE { ?o vann:preferredNamespaceUri ?x } "
    'INSERT { ?o vann:preferredNamespaceUri "https://w3id.org/Mini#" } '
    "WHERE { ?o vann:preferredNamespaceUri ?x }",
    "P04": "INSERT DATA { m:Lone a owl:Class }",
    "P06": "INSERT DATA { m:Pact rdfs:subClassOf m:Treaty }",
    "P08": 'DELETE DATA { m:binds rdfs:label "lie"@fr }',
    "P10": "DELETE WHERE { ?x owl:members ?y }",
    "P11": "DELETE WHERE { m:binds rdfs:range ?x }",
    "P13": "DELETE WHERE { m:binds owl:inverseOf ?x }",
    "P19": "INSERT DATA { m:binds rdfs:range m:Pact }",
    "P22": "INSERT DATA { m:bad_name a owl:Class }",
    "P24": "INSERT DATA { m:Pact rdfs:subClassOf [ a owl:Restriction ; owl:onProperty m:binds ; "
    "owl:someValuesFrom m:Pact ] }",
    "P25": "INSERT DATA { m:binds owl:inverseOf m:binds }",
    "P26": "INSERT DATA { m:binds a owl:SymmetricProperty }",
    "P28": "INSERT DATA { m:binds a owl:SymmetricProperty }",
    "P29": "INSERT DATA { m:binds a owl:TransitiveProperty }",
    "P32": 'INSERT DATA { m:Treaty rdfs:label "Pact"@en }',
    "P34": "INSERT DATA { m:rome a m:Peace }",
    "P35": "INSERT DATA { m:rome m:endedWar m:rome }",
    "P36": RENAMED.format("https://w3id.org/mini.owl"),
    "P38": "DELETE WHERE { ?o a owl:Ontology }",
    "P39": "DELETE { ?o ?p ?x } INSERT { _:o ?p ?x } WHERE { ?o a owl:Ontology ; ?p ?x }",
    "P40": "INSERT DATA { m:rome dcterms:titel 'Rome' }",
    "P41": "DELETE WHERE { <https://w3id.org/mini> dcterms:license ?x }",
    "reserved superior": "INSERT DATA { m:Pact rdfs:subClassOf rdf:Statement }",
    "pun": "INSERT DATA { m:signedOn a owl:ObjectProperty }",
    "misused property": "INSERT DATA { m:rome m:binds 'us' }",
    "untyped class": "INSERT DATA { m:binds schema:rangeIncludes foaf:Agent }",
    "untyped property": "INSERT DATA { m:binds rdfs:subPropertyOf dcterms:relation }",
    "imports": "INSERT DATA { <https://w3id.org/mini> owl:imports <http://www.w3.org/ns/org> }",
    "one language only": 'INSERT DATA { m:Pact skos:scopeNote "In English alone."@en }',
    "several texts": 'INSERT DATA { m:Pact rdfs:label "Covenant"@en }',
    "uneven typography": 'INSERT DATA { m:Pact skos:altLabel "L’accord"@fr }',
    "badly placed concept": "DELETE WHERE { ?c skos:topConceptOf ?s }",
    "undescribed scheme": "DELETE WHERE { <https://w3id.org/mini/kind> dcterms:license ?x }",
    "unlabelled concept": "DELETE WHERE { c:peace skos:definition ?x }",
    "unfair mapping": "INSERT DATA { m:Pact skos:closeMatch <https://example.org/Contract> }",
    "unexplained link": "INSERT DATA { m:Party rdfs:seeAlso <https://example.org/Agent> }",
    "undeclared concept": "INSERT DATA { m:rome rdfs:seeAlso c:war }",
    "contradiction": "INSERT DATA { m:rome a m:Party }",
}

CHECKS: dict[str, Check] = {
    **FOOPS,
    **OOPS,
    **DL,
    **WORDS,
    "unexplained link": unexplained_links,
    "undeclared concept": undeclared_concepts,
    "contradiction": contradictions,
}


def mini(update: str = "") -> Graph:
    graph = Graph().parse(data=MINI, format="turtle")
    if update:
        graph.update(update)
    return graph


@pytest.mark.parametrize("code", CHECKS)
def test_a_sound_ontology_passes_each_check(code: str) -> None:
    assert CHECKS[code](mini()) == []


@pytest.mark.parametrize("code", CHECKS)
def test_each_check_finds_the_fault_that_it_is_for(code: str) -> None:
    assert CHECKS[code](mini(BREAKS[code])) != []


def test_checks_and_faults_pair_up() -> None:
    assert set(CHECKS) == set(BREAKS)


# The ontology


def test_the_ontology_has_its_fifteen_classes() -> None:
    names = """Institution School Partnership Agreement Participation SigningEvent Commitment
        Hosting StatusRecord Strategy ResearchAxis DomainOfActivity FormOfCooperation Assertion
        Excerpt"""
    assert {*own_classes(graph_of(CORE))} == {COOP[name] for name in names.split()}


def test_the_ontology_has_its_thirty_six_properties() -> None:
    names = """memberSchoolOf subsidiarySchoolOf underSupervisionOf strategicAxisOf framedBy
        startsNotBefore startsNotAfter agreementType termKind party hasParticipation participant
        inRole extends signedDuring documentedBy setsOut implementsStrategy concernsAxis inDomain
        usesForm addressesChallenge involvesGroup committedParty currentStatus hasStatusRecord
        statusValue asOf host guest atSite supportedBy readingMode standing earliest latest"""
    assert {*own_properties(graph_of(CORE))} == {COOP[name] for name in names.split()}


@pytest.mark.parametrize("code", FOOPS)
def test_the_ontology_passes_foops(code: str, core: Graph) -> None:
    assert FOOPS[code](core) == []


def test_the_iri_of_the_ontology_is_the_one_configured(core: Graph) -> None:
    with (ROOT / "coopera.toml").open("rb") as file:
        base = tomllib.load(file)["base"]
    assert str(header(core)) == base + "ontology"


def differences(pitfalls: set[str], waived: set[str]) -> list[str]:
    return [
        *(f"{code} is found and not waived" for code in sorted(pitfalls - waived)),
        *(f"{code} is waived and not found" for code in sorted(waived - pitfalls)),
    ]


def test_the_pitfalls_of_the_ontology_are_those_it_waives(core: Graph) -> None:
    with (ONTOLOGY / "waivers.toml").open("rb") as file:
        waivers = tomllib.load(file)

    found = {code for code, check in OOPS.items() if check(core)}

    assert differences(found, set(waivers)) == []
    assert all(waiver[language] for waiver in waivers.values() for language in LANGUAGES)


def test_a_pitfall_must_be_waived_and_a_waiver_needed() -> None:
    assert differences({"P11"}, {"P11"}) == []
    assert differences({"P11", "P04"}, {"P11"}) == ["P04 is found and not waived"]
    assert differences({"P11"}, {"P11", "P13"}) == ["P13 is waived and not found"]


@pytest.mark.parametrize("code", DL)
def test_the_ontology_and_its_data_are_in_owl_2_dl(code: str) -> None:
    graph = graph_of([*CORE, *FACTS, *ALIGNMENTS, ONTOLOGY / "prefixes.ttl"])
    assert DL[code](graph) == []


def test_foreign_terms_name_their_home(core: Graph) -> None:
    typed = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    terms = {s for kind in typed for s in core.subjects(RDF.type, kind)} - {*own(core)}
    assert terms
    for term in terms:
        (home,) = core.objects(term, RDFS.isDefinedBy)
        assert str(term).startswith(str(home)), term


def test_every_term_of_ours_is_defined_by_the_ontology(core: Graph) -> None:
    assert {*own(core)} == {*core.subjects(RDFS.isDefinedBy, header(core))}


def test_the_ontology_has_no_domain_range_inverse_or_equivalence_axioms(core: Graph) -> None:
    axioms = (RDFS.domain, RDFS.range, OWL.inverseOf, OWL.equivalentClass, OWL.equivalentProperty)
    assert not any((None, axiom, None) in core for axiom in axioms)


def test_every_property_says_what_it_joins(core: Graph) -> None:
    for term in own_properties(core):
        for note in (SCHEMA.domainIncludes, SCHEMA.rangeIncludes):
            assert (term, note, None) in core, f"{term} {note}"


def test_the_ontology_and_its_data_are_consistent(facts: Graph) -> None:
    assert contradictions(facts) == []


def test_every_concept_used_in_the_data_is_in_its_scheme(facts: Graph) -> None:
    assert undeclared_concepts(facts) == []


@pytest.mark.parametrize(
    "path", [*CORE, *CONCEPTS, *ALIGNMENTS, *SHAPES, *DATA], ids=lambda p: str(p.relative_to(ROOT))
)
def test_every_term_used_exists_in_its_vocabulary(path: Path, core: Graph) -> None:
    statements = pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.TURTLE)
    assert undefined(statements, known(core)) == []


@pytest.mark.parametrize("path", VOCABULARIES, ids=lambda p: p.stem)
def test_every_list_of_terms_tells_its_namespace_and_where_it_was_read(path: Path) -> None:
    first, second, *names = path.read_text(encoding="utf-8").splitlines()

    assert re.fullmatch(r"# namespace: https?://\S+", first)
    assert re.fullmatch(r"# read: .{10,}", second)
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[\w.-]+", name) for name in names)


def test_no_two_lists_of_terms_have_one_namespace() -> None:
    assert len(listed()) == len(VOCABULARIES)


# Words


@pytest.mark.parametrize("code", WORDS)
def test_words_are_complete_in_both_languages(code: str) -> None:
    assert WORDS[code](graph_of([*CORE, *CONCEPTS, *ALIGNMENTS])) == []


@pytest.mark.parametrize(
    "path", [p for p in CONCEPTS if p.name != "derived.ttl"], ids=lambda p: p.stem
)
def test_a_file_of_concepts_holds_the_scheme_that_it_is_named_for(path: Path) -> None:
    schemes = {*graph_of([path]).objects(None, SKOS.inScheme)}
    assert schemes == {URIRef(f"{BASE}concept/{path.stem}")}


def test_notations_are_unique_in_their_scheme() -> None:
    graph = graph_of(CONCEPTS)
    found = Counter(
        (scheme, str(notation))
        for concept, notation in graph.subject_objects(SKOS.notation)
        for scheme in graph.objects(concept, SKOS.inScheme)
    )
    assert set(found.values()) == {1}


def test_every_form_of_cooperation_is_in_a_domain() -> None:
    graph = graph_of(CONCEPTS)
    domains = {*graph.subjects(RDF.type, COOP.DomainOfActivity)}
    forms = {*graph.subjects(RDF.type, COOP.FormOfCooperation)}
    assert len(domains) == 3
    assert forms
    for form in forms:
        assert {*graph.objects(form, COOP.inDomain)} <= domains, form
        assert (form, COOP.inDomain, None) in graph, form


@pytest.mark.parametrize("path", ALIGNMENTS, ids=lambda p: p.stem)
def test_every_alignment_says_how_near_the_terms_are_and_where_they_part(path: Path) -> None:
    assert unexplained_links(graph_of([path])) == []


# Prefixes


def test_no_prefix_and_no_namespace_is_declared_twice() -> None:
    prefixes, spaces = zip(*table(), strict=True)
    assert len(set(prefixes)) == len(prefixes)
    assert len(set(spaces)) == len(spaces)


@pytest.mark.parametrize(
    "path",
    [*ONTOLOGY.glob("**/*.ttl"), *DATA, *RULES, *(ROOT / "queries").glob("**/*.rq")],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_a_file_uses_the_common_prefixes(path: Path) -> None:
    assert declared(path.read_text(encoding="utf-8")) <= table()


def test_a_strange_prefix_is_seen() -> None:
    assert not declared("PREFIX coop: <https://example.org/>") <= table()
    assert declared("@prefix coop: <https://w3id.org/coopera/ontology#> .") <= table()

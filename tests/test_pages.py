"""Pages: what a reader finds on each kind of page, in both languages, whatever the data holds."""

import re
from collections.abc import Iterable
from dataclasses import replace
from html import unescape

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from coopera import graphs
from coopera.engines import ENGINES
from coopera.errors import CooperaError
from coopera.pages import Pages, fronts, page, pieces, speech, things, words
from coopera.pages.names import Addresses, step, up
from coopera.pages.templates import ticks
from coopera.pages.views import Shown
from coopera.project import Project
from coopera.tables import Quads, Table
from coopera.terms import LANGUAGES, Prefixes

BASE = "https://w3id.org/coopera/"
PREFIXES = f"""
@prefix agreement: <{BASE}id/agreement/> . @prefix institution: <{BASE}id/institution/> .
@prefix commitment: <{BASE}id/commitment/> . @prefix status: <{BASE}id/status/> .
@prefix document: <{BASE}id/document/> . @prefix assertion: <{BASE}id/assertion/> .
@prefix excerpt: <{BASE}id/excerpt/> . @prefix standing: <{BASE}concept/standing/> .
@prefix reading-mode: <{BASE}concept/reading-mode/> . @prefix coop: <{BASE}ontology#> .
@prefix commitment-status: <{BASE}concept/commitment-status/> .
@prefix participation: <{BASE}id/participation/> . @prefix signing: <{BASE}id/signing/> .
@prefix observation: <{BASE}id/observation/> . @prefix variable: <{BASE}id/variable/> .
@prefix dataset: <{BASE}id/dataset/> . @prefix role: <{BASE}concept/role/> .
@prefix site: <{BASE}id/site/> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix org: <http://www.w3.org/ns/org#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix organization: <{BASE}id/organization/> . @prefix document-type: <{BASE}concept/document-type/> .
@prefix oa: <http://www.w3.org/ns/oa#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def turtle(text: str) -> Quads:
    return [q.triple for q in parse(input=PREFIXES + text, format=RdfFormat.TURTLE)]


@pytest.fixture(scope="module")
def vocabulary(coopera_project: Project) -> Quads:
    return graphs.read_all(coopera_project.vocabulary_files)


@pytest.fixture(scope="module")
def village(coopera_project: Project, vocabulary: Quads) -> Pages:
    triples = vocabulary + graphs.read(ROOT / "tests/data/village.ttl")
    return Pages(coopera_project, ENGINES["oxigraph"](triples), triples)


def pages(project: Project, triples: Iterable[Triple]) -> Pages:
    triples = list(triples)
    return Pages(project, ENGINES["oxigraph"](triples), triples)


def own_script(made: Pages, address: str) -> str:
    """Give the one element by which a page loads the script of the site."""
    script = f'<script src="{up(address)}../coopera.js" defer></script>'
    assert made.text(address, "en").count(script) == 1
    return script


def text(html: str) -> str:
    """Give what a reader reads: tags dropped, spaces of every width made plain."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def without_pictures(html: str) -> str:
    return re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)


def row(html: str, anchor: str) -> str:
    """Give the part of a page that shows one property."""
    found = re.search(rf'<div class="row" id="{anchor}">.*?</dd>', html, re.DOTALL)
    assert found, f"no row {anchor}"
    return found[0]


KTP = "id/agreement/imt-uts-ktp-2025"


# --- The agreement: what is known, and what proves it --------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", ["17 juillet 2025", "signé"]), ("en", ["17 July 2025", "signed"])],
)
def test_the_signing_is_told_in_place_with_its_date_in_words(
    village: Pages, language: str, said: list[str]
) -> None:
    shown = text(row(village.text(KTP, language), "coop-signedDuring"))

    assert said[0] in shown


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_fact_stands_with_the_phrase_its_source_and_the_way_it_was_read(
    village: Pages, language: str
) -> None:
    html = row(village.text(KTP, language), "coop-signedDuring")
    quote = re.search(r"<q[^>]*>[^<]*</q>", html)

    assert quote
    assert "«\u00a0signé le 17 juillet\u00a0»" in quote[0]
    assert ('lang="fr"' in quote[0]) is (language == "en")
    assert 'id/document/imt-uts-press-release-2025-07.html"' in html
    assert {"fr": "déduit", "en": "inferred"}[language] in text(html)


def test_a_source_is_dated_beside_each_phrase(vocabulary: Quads, coopera_project: Project) -> None:
    html = pages(coopera_project, vocabulary + turtle(PROMISE)).text("id/commitment/c", "en")

    assert 'The release</a>, <time datetime="2025-07">July 2025</time>' in html


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "inconnu : aucune source ne l’indique"), ("en", "unknown: no source states it")],
)
def test_an_unknown_end_is_said_to_be_unknown(village: Pages, language: str, said: str) -> None:
    html = village.text(KTP, language)

    assert said in text(row(html, "schema-validThrough"))
    assert said in text(row(html, "coop-documentedBy"))


def test_parties_stand_in_place_with_their_roles(village: Pages) -> None:
    html = row(village.text(KTP, "en"), "coop-hasParticipation")

    assert "Institut Mines-Télécom — signatory" in text(html)
    assert "id/participation/" in html, "the carrier has a page of its own"


def test_derived_parties_do_not_repeat_the_participations(village: Pages) -> None:
    assert 'id="coop-party"' not in village.text(KTP, "en")


def test_a_property_has_a_short_heading_else_its_label_and_leads_to_its_page(
    village: Pages,
) -> None:
    page = village.text(KTP, "fr")
    short, label = row(page, "coop-agreementType"), row(page, "coop-extends")

    assert re.search(r'<dt><a href="\.\./\.\./ontology/agreementType\.html"[^>]*>type<', short)
    assert re.search(r'<dt><a href="\.\./\.\./ontology/extends\.html"[^>]*>prolonge<', label)


# --- Promises --------------------------------------------------------------------------------------

PROMISE = """
agreement:a a coop:Agreement ; skos:prefLabel "Agreement A"@en , "Accord A"@fr ;
    coop:setsOut commitment:c .
commitment:c a coop:Commitment ; skos:prefLabel "Office"@en , "Bureau"@fr ;
    coop:hasStatusRecord status:c1 , status:c2 ; coop:currentStatus commitment-status:under-study .
status:c1 a coop:StatusRecord ; coop:statusValue commitment-status:ambition ; coop:asOf "2024"^^xsd:gYear .
status:c2 a coop:StatusRecord ; coop:statusValue commitment-status:under-study ; coop:asOf "2025-07"^^xsd:gYearMonth .
document:d a foaf:Document ; skos:prefLabel "The release"@en , "Le communiqué"@fr ;
    dcterms:issued "2025-07"^^xsd:gYearMonth ; dcterms:language "fr" .
assertion:1 a coop:Assertion , rdf:Statement ; rdf:subject status:c2 ; rdf:predicate coop:statusValue ;
    rdf:object commitment-status:under-study ; coop:supportedBy excerpt:1 ;
    coop:readingMode reading-mode:paraphrase ; coop:standing standing:accepted .
assertion:2 a coop:Assertion , rdf:Statement ; rdf:subject status:c2 ; rdf:predicate coop:statusValue ;
    rdf:object commitment-status:done ; coop:supportedBy excerpt:2 ;
    coop:readingMode reading-mode:paraphrase ; coop:standing standing:disputed .
excerpt:1 a coop:Excerpt ; oa:hasSource document:d ; oa:hasSelector excerpt:1-quote .
excerpt:1-quote a oa:TextQuoteSelector ; oa:exact "à travers l'étude" .
excerpt:2 a coop:Excerpt ; oa:hasSource document:d ; oa:hasSelector excerpt:2-quote .
excerpt:2-quote a oa:TextQuoteSelector ; oa:exact "Une implantation durable" .
"""


@pytest.mark.parametrize(
    ("language", "status", "date"),
    [("en", "under study", "as of July 2025"), ("fr", "à l’étude", "état en juillet 2025")],
)
def test_a_promise_shows_its_status_and_since_when_it_is_known(
    coopera_project: Project, vocabulary: Quads, language: str, status: str, date: str
) -> None:
    made = pages(coopera_project, vocabulary + turtle(PROMISE))

    for address in ("id/commitment/c", "id/agreement/a"):
        assert f"{status} {date}" in text(made.text(address, language)), address


def test_a_promise_keeps_its_history(coopera_project: Project, vocabulary: Quads) -> None:
    html = pages(coopera_project, vocabulary + turtle(PROMISE)).text("id/commitment/c", "en")

    shown = text(row(html, "coop-hasStatusRecord"))
    assert "ambition as of 2024" in shown
    assert "under study as of July 2025" in shown


@pytest.mark.parametrize("address", ["id/commitment/c", "id/agreement/a"])
@pytest.mark.parametrize(("language", "mark"), [("en", "disputed"), ("fr", "contesté")])
def test_a_disputed_reading_stands_beside_the_accepted_one_and_is_marked(
    coopera_project: Project, vocabulary: Quads, address: str, language: str, mark: str
) -> None:
    html = pages(coopera_project, vocabulary + turtle(PROMISE)).text(address, language)

    disputed = re.search(r'<div class="other dispute">.*?</ul>', html, re.DOTALL)
    assert disputed
    assert mark in text(disputed[0])
    assert "Une implantation durable" in disputed[0]
    assert "à travers l&#39;étude" not in disputed[0]


def test_a_reading_that_stands_alone_is_not_taken_for_a_fact(
    coopera_project: Project, vocabulary: Quads
) -> None:
    lone = """institution:i a coop:Institution ; skos:prefLabel "I"@en , "I"@fr .
    document:d a foaf:Document ; skos:prefLabel "D"@en , "D"@fr .
    excerpt:1 a coop:Excerpt ; oa:hasSource document:d .
    assertion:1 a coop:Assertion ; rdf:subject institution:i ; rdf:predicate schema:foundingDate ;
        rdf:object "1996"^^xsd:gYear ; coop:supportedBy excerpt:1 ;
        coop:readingMode reading-mode:reported ; coop:standing standing:superseded ."""
    html = pages(coopera_project, vocabulary + turtle(lone)).text("id/institution/i", "en")

    shown = text(row(html, "schema-foundingDate"))
    assert shown.startswith("founding date no reading is accepted")
    assert "superseded 1996" in shown


@pytest.mark.parametrize(
    ("date", "english", "french"),
    [
        ('"2017-04-13"^^xsd:date', "as of 13 April 2017", "état au 13 avril 2017"),
        ('"2017-04"^^xsd:gYearMonth', "as of April 2017", "état en avril 2017"),
        ('"2017-07"^^xsd:gYearMonth', "as of July 2017", "état en juillet 2017"),
        ('"2017"^^xsd:gYear', "as of 2017", "état en 2017"),
    ],
)
def test_the_date_of_a_status_does_not_read_as_that_of_the_act(
    coopera_project: Project, vocabulary: Quads, date: str, english: str, french: str
) -> None:
    data = f"""commitment:c a coop:Commitment ; skos:prefLabel "Office"@en , "Bureau"@fr ;
        coop:hasStatusRecord status:c .
    status:c a coop:StatusRecord ; coop:statusValue commitment-status:done ; coop:asOf {date} ."""
    made = pages(coopera_project, vocabulary + turtle(data))

    for address in ("id/commitment/c", "lists/Commitment", "id/status/c"):
        assert f"done {english}" in text(made.text(address, "en")).replace("done,", "done")
        assert f"réalisé {french}" in text(made.text(address, "fr")).replace("réalisé,", "réalisé")


@pytest.mark.parametrize(
    ("language", "mark"),
    [("en", "disputed reading: done"), ("fr", "lecture contestée : réalisé")],
)
def test_a_dispute_is_marked_wherever_the_status_stands(
    coopera_project: Project, vocabulary: Quads, language: str, mark: str
) -> None:
    framed = """<https://w3id.org/coopera/id/partnership/p> a coop:Partnership ;
        skos:prefLabel "P"@en , "P"@fr ; coop:framedBy agreement:a ."""
    made = pages(coopera_project, vocabulary + turtle(PROMISE + framed))

    for address in ("id/commitment/c", "lists/Commitment", "index"):
        html = made.text(address, language)
        link = re.search(r'<a href="([^"]*id/commitment/c\.html#([^"]*))"[^>]*>([^<]*)</a>', html)
        assert link, address
        assert text(link[3]) == mark
        assert f'id="{link[2]}"' in made.text("id/commitment/c", language)


def test_an_undisputed_status_has_no_mark(coopera_project: Project, vocabulary: Quads) -> None:
    calm = PROMISE.replace("standing:disputed", "standing:accepted")
    html = pages(coopera_project, vocabulary + turtle(calm)).text("id/commitment/c", "en")

    assert 'class="contested"' not in html


def test_parts_are_promises_for_a_commitment_and_not_for_a_data_set(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = """commitment:c a coop:Commitment ; dcterms:hasPart commitment:d .
    dataset:x a dcat:Dataset ; dcterms:hasPart dataset:y ."""
    made = pages(coopera_project, vocabulary + turtle(data))

    assert 'id="promises"' in made.text("id/commitment/c", "en")
    html = made.text("id/dataset/x", "en")
    assert 'id="promises"' not in html
    assert "id/dataset/y" in unescape(row(html, "dcterms-hasPart"))


SIGNED = """
agreement:a a coop:Agreement ; skos:prefLabel "A"@en , "A"@fr ; coop:signedDuring signing:a ;
    coop:hasParticipation participation:a .
signing:a a coop:SigningEvent ; dcterms:date "2025-07-17"^^xsd:date ; prov:atLocation site:s .
site:s a org:Site ; skos:prefLabel "Hall"@en , "Salle"@fr .
participation:a a coop:Participation ; coop:participant institution:i ; coop:inRole role:signatory ;
    rdfs:label "I - code"@en , "I - code"@fr .
institution:i a coop:Institution ; skos:prefLabel "Institute"@en , "Institut"@fr .
document:d a foaf:Document ; skos:prefLabel "D"@en , "D"@fr .
excerpt:1 a coop:Excerpt ; oa:hasSource document:d .
assertion:1 a coop:Assertion ; rdf:subject signing:a ; rdf:predicate prov:atLocation ;
    rdf:object site:s ; coop:supportedBy excerpt:1 ;
    coop:readingMode reading-mode:reported ; coop:standing standing:accepted .
assertion:2 a coop:Assertion ; rdf:subject signing:a ; rdf:predicate dcterms:date ;
    rdf:object "2025-07-17"^^xsd:date ; coop:supportedBy excerpt:1 ;
    coop:readingMode reading-mode:inferred ; coop:standing standing:accepted .
assertion:3 a coop:Assertion ; rdf:subject agreement:a ; rdf:predicate coop:signedDuring ;
    rdf:object signing:a ; coop:supportedBy excerpt:1 ;
    coop:readingMode reading-mode:paraphrase ; coop:standing standing:accepted .
assertion:4 a coop:Assertion ; rdf:subject participation:a ; rdf:predicate coop:participant ;
    rdf:object institution:i ; coop:supportedBy excerpt:1 ;
    coop:readingMode reading-mode:reported ; coop:standing standing:accepted .
"""


@pytest.mark.parametrize(
    ("language", "proved"), [("en", ["act", "date", "place"]), ("fr", ["acte", "date", "lieu"])]
)
def test_the_evidence_of_a_signing_tells_what_it_proves(
    coopera_project: Project, vocabulary: Quads, language: str, proved: list[str]
) -> None:
    html = pages(coopera_project, vocabulary + turtle(SIGNED)).text("id/agreement/a", language)

    told = re.findall(r'<span class="proves">([^<]*)</span>', row(html, "coop-signedDuring"))
    assert [text(t).rstrip(" :") for t in told] == proved
    assert 'class="proves"' not in row(html, "coop-hasParticipation"), "it proves one thing"


def test_a_carrier_is_named_in_words_with_what_it_tells_of(
    coopera_project: Project, vocabulary: Quads
) -> None:
    figure = """observation:o a schema:Observation ; schema:observationAbout institution:i ;
        schema:variableMeasured variable:v ; schema:minValue 13600 ; rdfs:label "13600"@fr .
    variable:v a schema:StatisticalVariable ; skos:prefLabel "students"@en , "élèves"@fr .
    commitment:c a coop:Commitment ; skos:prefLabel "Office"@en , "Bureau"@fr ;
        coop:hasStatusRecord status:c .
    status:c a coop:StatusRecord ; coop:statusValue commitment-status:done ;
        coop:asOf "2025-07-17"^^xsd:date ; rdfs:label "réalisé (2025-07-17)"@fr ."""
    made = pages(coopera_project, vocabulary + turtle(SIGNED + figure))

    def heading(address: str) -> str:
        found = re.search(r"<h1>(.*?)</h1>", made.text(address, "fr"))
        assert found
        return text(found[1])

    assert heading("id/observation/o") == "Institut — élèves, au moins 13 600"
    assert heading("id/status/c") == "Bureau — réalisé, état au 17 juillet 2025"
    assert heading("id/participation/a") == "A — Institut, signataire"
    for name, owner in (("StatusRecord", "commitment/c"), ("Participation", "agreement/a")):
        html = made.text(f"lists/{name}", "fr")
        assert f'<td data-label="Concerne"><div><a href="../id/{owner}.html"' in html


@pytest.mark.parametrize(
    ("language", "same", "other"),
    [
        ("en", "Other evidence for the same statement", "Other readings"),
        ("fr", "Autres preuves du même énoncé", "Autres lectures"),
    ],
)
def test_other_evidence_for_a_statement_is_not_taken_for_a_contrary_reading(
    coopera_project: Project, vocabulary: Quads, language: str, same: str, other: str
) -> None:
    again = """assertion:5 a coop:Assertion ; rdf:subject status:c2 ;
        rdf:predicate coop:statusValue ; rdf:object commitment-status:under-study ;
        coop:supportedBy excerpt:5 ; coop:readingMode reading-mode:reported ;
        coop:standing standing:accepted .
    excerpt:5 a coop:Excerpt ; oa:hasSource document:d ; oa:hasSelector excerpt:5-quote .
    excerpt:5-quote a oa:TextQuoteSelector ; oa:exact "encore à l'étude" ."""
    made = pages(coopera_project, vocabulary + turtle(PROMISE + again))
    shown = text(made.text("id/assertion/1", language))

    middle, end = shown.split(same)[1].split(other)
    assert "encore à l'étude" in middle
    assert "Une implantation durable" in end
    assert "encore à l'étude" not in end
    without = text(
        pages(coopera_project, vocabulary + turtle(PROMISE)).text("id/assertion/1", "en")
    )
    assert same not in without


def test_another_value_that_is_accepted_too_is_no_other_reading(
    coopera_project: Project, vocabulary: Quads
) -> None:
    both = PROMISE.replace("standing:disputed", "standing:accepted")
    html = pages(coopera_project, vocabulary + turtle(both)).text("id/assertion/1", "en")

    assert "Other readings" not in html


NOTED = """
agreement:a a coop:Agreement ; skos:note "Note."@en , "Remarque."@fr {more} .
document:d a foaf:Document ; skos:prefLabel "D"@en , "D"@fr .
assertion:1 a coop:Assertion ; rdf:subject agreement:a ; rdf:predicate skos:note ;
    rdf:object "Remarque."@fr ; coop:supportedBy excerpt:1 ;
    coop:readingMode reading-mode:paraphrase ; coop:standing standing:accepted .
excerpt:1 a coop:Excerpt ; oa:hasSource document:d ; oa:hasSelector excerpt:1-quote .
excerpt:1-quote a oa:TextQuoteSelector ; oa:exact "selon le texte" .
"""


def test_a_translated_note_keeps_the_evidence_of_its_original(
    coopera_project: Project, vocabulary: Quads
) -> None:
    made = pages(coopera_project, vocabulary + turtle(NOTED.format(more="")))
    french, english = (
        text(row(made.text("id/agreement/a", language), "skos-note")) for language in ("fr", "en")
    )

    assert "Note." in english
    assert "selon le texte" in english
    assert "translated here" in english
    assert "selon le texte" in french
    assert "traduit ici" not in french


def test_a_name_that_is_the_same_in_both_languages_is_not_called_translated(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = NOTED.replace("Note.", "Remarque.").format(more="")
    made = pages(coopera_project, vocabulary + turtle(data))
    english = row(made.text("id/agreement/a", "en"), "skos-note")

    assert "selon le texte" in english
    assert "translated here" not in english


def test_contrary_readings_of_one_value_stand_together(
    coopera_project: Project, vocabulary: Quads
) -> None:
    again = """assertion:6 a coop:Assertion ; rdf:subject status:c2 ;
        rdf:predicate coop:statusValue ; rdf:object commitment-status:done ;
        coop:supportedBy excerpt:6 ; coop:readingMode reading-mode:reported ;
        coop:standing standing:disputed .
    excerpt:6 a coop:Excerpt ; oa:hasSource document:d ."""
    made = pages(coopera_project, vocabulary + turtle(PROMISE + again))
    html = made.text("id/assertion/1", "en")

    assert html.count('class="other dispute"') == 1
    assert html.split('class="other dispute"')[1].split("</ul>")[0].count('class="ev"') == 2


def test_evidence_is_not_lent_where_it_is_unclear_which_note_is_translated(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = NOTED.format(more=', "Another."@en')
    made = pages(coopera_project, vocabulary + turtle(data))

    assert "selon le texte" not in row(made.text("id/agreement/a", "en"), "skos-note")


@pytest.mark.parametrize(("language", "said"), [("en", "unknown"), ("fr", "inconnu")])
def test_what_a_reader_looks_for_is_said_to_be_unknown(
    coopera_project: Project, vocabulary: Quads, language: str, said: str
) -> None:
    data = """institution:i a coop:Institution ; skos:prefLabel "I"@en , "I"@fr .
    document:d a foaf:Document ; skos:prefLabel "D"@en , "D"@fr .
    document:e a foaf:Document ; dcterms:type document-type:editorial ."""
    made = pages(coopera_project, vocabulary + turtle(data))
    html = made.text("id/institution/i", language)

    for name in ("org-classification", "org-hasPrimarySite", "schema-foundingDate"):
        assert said in text(row(html, name))
    address = text(row(made.text("id/document/d", language), "dcterms-source"))
    assert address.startswith({"en": "web address unknown", "fr": "adresse web inconnu"}[language])
    assert 'id="dcterms-source"' not in made.text("id/document/e", language), "it is our own"
    listed = made.text("lists/Institution", language)
    assert len(re.findall(rf'<span class="unknown">{said}</span>', listed)) == 2


def test_the_way_of_reading_is_explained_where_it_is_named(village: Pages) -> None:
    html = row(village.text(KTP, "en"), "coop-signedDuring")
    meaning = village.readers["en"].best(
        village.index.values(
            f"{BASE}concept/reading-mode/inferred", "http://www.w3.org/2004/02/skos/core#definition"
        )
    )

    assert meaning
    link = re.search(r'<a class="mode"[^>]*title="([^"]*)">inferred</a>', html)
    assert link
    assert unescape(link[1]) == meaning[0]


def test_things_without_a_name_of_their_own_are_told_in_words(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = """dataset:p a dcterms:PeriodOfTime ; dcat:startDate "2000"^^xsd:gYear ;
        dcat:endDate "2025-07"^^xsd:gYearMonth .
    organization:c a vcard:Kind ; vcard:fn "Project"@en , "Projet"@fr .
    institution:i a coop:Institution ; schema:sameAs <https://sws.geonames.org/2988758/> ."""
    made = pages(coopera_project, vocabulary + turtle(data))

    assert "<h1>2000 – juillet 2025</h1>" in made.text("id/dataset/p", "fr")
    assert "<h1>Projet</h1>" in made.text("id/organization/c", "fr")
    assert "GeoNames 2988758" in text(row(made.text("id/institution/i", "fr"), "schema-sameAs"))


@pytest.mark.parametrize(
    ("language", "headings"),
    [("en", ["founding date", "known status"]), ("fr", ["date de fondation", "état connu"])],
)
def test_headings_of_rows_are_not_cut_out_of_sentences(
    coopera_project: Project, vocabulary: Quads, language: str, headings: list[str]
) -> None:
    data = 'institution:j a coop:Institution ; schema:foundingDate "2012-03-01"^^xsd:date .'
    made = pages(coopera_project, vocabulary + turtle(PROMISE + data))

    assert text(row(made.text("id/institution/j", language), "schema-foundingDate")).startswith(
        headings[0]
    )
    shown = row(made.text("id/commitment/c", language), "coop-hasStatusRecord")
    assert text(shown).startswith(headings[1])


# --- Links, lists and other kinds of pages ---------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "heading"),
    [("en", "Agreements to which it is a party"), ("fr", "Accords auxquels il est partie")],
)
def test_incoming_links_are_counted_and_told_in_words(
    village: Pages, language: str, heading: str
) -> None:
    shown = text(village.text("id/institution/uts", language))

    assert re.search(rf"{heading} \d+ ", shown)


def test_a_carrier_leads_to_what_it_tells_of(village: Pages) -> None:
    html = village.text("id/status/imt-uts-cotutelle-2025-07", "en")

    assert 'id/commitment/imt-uts-cotutelle.html"' in html


def test_a_source_tells_what_it_supports(village: Pages) -> None:
    html = village.text("id/document/imt-uts-press-release-2025-07", "en")

    assert "signé le 17 juillet" in html[html.index('id="supports"') :]


def test_an_assertion_shows_its_statement_phrase_and_standing(
    coopera_project: Project, vocabulary: Quads
) -> None:
    html = pages(coopera_project, vocabulary + turtle(PROMISE)).text("id/assertion/2", "en")

    shown = text(html)
    assert "Office, under study, as of July 2025 — status — done" in shown
    assert "Standing: disputed" in shown
    assert "Une implantation durable" in shown
    assert "accepted under study" in shown, "the other reading of the same property"


def test_an_excerpt_shows_its_phrase_and_its_place(village: Pages) -> None:
    shown = text(village.text("id/excerpt/day-release", "en"))

    assert "characters 100 to 119 of the text" in shown
    assert "signé le 17 juillet" in shown


def test_a_class_tells_how_many_things_it_has(village: Pages) -> None:
    html = village.text("ontology/Agreement", "en")

    assert re.search(
        r'<a href="\.\./lists/Agreement\.html"[^>]*>Agreements of this class: \d+<', html
    )


def test_a_scheme_lists_its_concepts_in_their_order(village: Pages) -> None:
    html = village.text("concept/commitment-status", "en")

    names = re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', html)
    assert names == ["ambition", "under study", "planned", "under way", "done", "abandoned"]


def test_a_list_of_institutions_holds_the_schools_too(village: Pages) -> None:
    html = village.text("lists/Institution", "en")

    assert "id/institution/imt-nord-europe.html" in html


def test_the_home_page_tells_the_partnership_and_offers_every_question(
    village: Pages, coopera_project: Project
) -> None:
    html = village.text("index", "fr")

    assert "id/partnership/" in html
    for query in coopera_project.queries.values():
        assert f'href="queries/{query.name}.html"' in html


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ["la phrase, le champ d’un registre", "1 accord · 1 établissement · 1 source"]),
        ("en", ["the phrase, the field of a register", "1 agreement · 1 institution · 1 source"]),
    ],
)
def test_the_home_page_claims_and_counts_what_is_there(
    coopera_project: Project, vocabulary: Quads, language: str, said: list[str]
) -> None:
    html = pages(coopera_project, vocabulary + turtle(SIGNED)).text("index", language)

    for phrase in said:
        assert phrase in text(html)


def test_the_home_page_tells_the_date_of_a_signing_once(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = """<https://w3id.org/coopera/id/partnership/p> a coop:Partnership ;
        skos:prefLabel "P"@en , "P"@fr ; coop:framedBy agreement:a .
    agreement:a coop:hasStatusRecord status:a .
    status:a a coop:StatusRecord ; coop:asOf "2025-07-17"^^xsd:date ;
        coop:statusValue <https://w3id.org/coopera/concept/agreement-status/signed> ."""
    html = pages(coopera_project, vocabulary + turtle(SIGNED + data)).text("index", "en")

    assert text(without_pictures(html)).count("17 July 2025") == 1


@pytest.fixture(scope="module")
def whole(coopera_project: Project) -> Pages:
    triples = graphs.read_all(coopera_project.graph_files)
    return Pages(coopera_project, ENGINES["oxigraph"](triples), triples)


def test_every_column_and_topic_of_the_saved_queries_has_a_name_in_words(whole: Pages) -> None:
    for query in whole.project.queries.values():
        assert query.topic in words.TOPICS
        answer = whole.engine.query(query.text)
        if isinstance(answer, Table):
            shown = {v for v in answer.variables if not fronts._is_label(v, answer)}
            assert shown <= set(words.VARIABLES), query.name


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_heading_of_an_answer_stands_for_two_columns(whole: Pages, language: str) -> None:
    for query in whole.project.queries.values():
        html = whole.text(f"queries/{query.name}", language)
        heads = re.findall(r'<th scope="col">([^<]*)</th>', html.split('id="parameters"')[0])
        assert len(heads) == len(set(heads)), query.name


def test_an_unknown_topic_and_an_unknown_variable_keep_their_name(whole: Pages) -> None:
    assert fronts.topic_name("some-topic", "fr") == "some-topic"
    assert fronts.topic_name("research", "fr") == "Recherche"
    assert fronts._heading(whole.readers["fr"], "someVariable") == "someVariable"


def test_a_year_is_not_grouped_as_a_number_is(whole: Pages) -> None:
    html = text(whole.text("queries/agreements-by-country-and-year", "fr"))

    assert " 2009 " in html
    assert "2\u202f009" not in whole.text("queries/agreements-by-country-and-year", "fr")


def test_a_description_speaks_of_columns_by_their_heading(whole: Pages) -> None:
    address = "queries/agreements-by-country-and-year"
    french, english = (whole.text(address, language) for language in ("fr", "en"))

    assert "« Année » est celle de la signature" in text(french)
    assert "“Year” is that of the signing" in text(english)
    assert ticks("`nothing` or `year`", "fr") == "<code>nothing</code> or «\u00a0Année\u00a0»"
    assert ticks("`<b>`", "fr") == "<code>&lt;b&gt;</code>"


def test_a_saved_query_is_answered_in_the_language_of_the_page(
    coopera_project: Project, vocabulary: Quads, tmp_path_factory: pytest.TempPathFactory
) -> None:
    room = tmp_path_factory.mktemp("questions")
    (room / "ontology").mkdir()
    (room / "coopera.toml").write_text("")
    (room / "ontology/prefixes.ttl").write_text(
        (coopera_project.ontology / "prefixes.ttl").read_text("utf-8"), "utf-8"
    )
    (room / "queries/agreements").mkdir(parents=True)
    (room / "queries/agreements/names.rq").write_text(
        """#+ summary: {en: Which names, fr: Quels noms}
#+ params:
#+   - {name: language, type: language}
#+   - {name: thing, type: iri}
PREFIX agreement: <https://w3id.org/coopera/id/agreement/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?thing ?named WHERE {
  VALUES ?language { "en" }
  VALUES ?thing { agreement:a }
  ?thing skos:prefLabel ?named FILTER(LANG(?named) = ?language)
}""",
        "utf-8",
    )
    from coopera import project

    made = pages(project.find(room), vocabulary + turtle(PROMISE))
    french, english = (made.text("queries/names", language) for language in ("fr", "en"))

    assert '<td data-label="Nommé"><div>Accord A' in french
    assert '<td data-label="Named"><div>Agreement A' in english
    assert "1 solution" in text(french)
    assert 'id/agreement/a.html"' in french[french.index('id="parameters"') :]
    assert "VALUES ?thing { agreement:a }" in unescape(french)


def test_a_page_is_found_by_its_iri(village: Pages, coopera_project: Project) -> None:
    iri = f"{BASE}id/institution/uts"

    assert village.of(iri, "fr") == village.text("id/institution/uts", "fr")
    with pytest.raises(CooperaError, match="nothing describes"):
        village.of(f"{BASE}id/institution/nowhere", "fr")
    assert "<h1>University" in page(coopera_project, village.engine, iri, "en")


def test_every_property_and_class_of_the_data_has_a_name_in_words(
    coopera_project: Project,
) -> None:
    triples = graphs.read_all(coopera_project.graph_files)
    made = pages(coopera_project, triples)
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    shown = {t.predicate.value for t in triples if str(t.subject).startswith(f"<{BASE}id/")}
    shown |= {
        t.object.value
        for t in triples
        if t.predicate.value == kind
        and isinstance(t.object, NamedNode)
        and made.readers["en"].page(str(t.subject)[1:-1])
    }
    for language, reader in made.readers.items():
        nameless = {iri for iri in shown if ":" in reader.label(iri)[0]}
        assert not nameless, f"without a word in {language}: add them to pages/words.py"


# --- Languages ---------------------------------------------------------------------------------------


def test_a_text_in_another_language_carries_it(coopera_project: Project, vocabulary: Quads) -> None:
    data = (
        'institution:i a coop:Institution ; skos:prefLabel "École"@fr ; skos:altLabel "大学"@zh .'
    )
    html = pages(coopera_project, vocabulary + turtle(data)).text("id/institution/i", "en")

    assert '<h1 lang="fr">École</h1>' in html
    assert '<span lang="zh">大学</span>' in html
    assert '<html lang="en">' in html


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        ("2025-07-17", "17\u00a0July 2025", "17\u00a0juillet 2025"),
        ("2025-07-01", "1\u00a0July 2025", "1er\u00a0juillet 2025"),
        ("2025-07", "July 2025", "juillet 2025"),
        ("2022", "2022", "2022"),
        ("2025-13", "2025-13", "2025-13"),
        ("-0044", "-0044", "-0044"),
    ],
)
def test_a_date_is_said_with_the_precision_that_it_has(
    value: str, english: str, french: str
) -> None:
    assert (speech.date(value, "en"), speech.date(value, "fr")) == (english, french)


def test_numbers_and_counts_follow_the_language() -> None:
    assert speech.number("13600", "en") == "13,600"
    assert speech.number("13600", "fr") == "13\u202f600"
    assert speech.number("-1234.50", "fr") == "-1\u202f234,50"
    assert speech.number("1e3", "fr") == "1e3"
    assert speech.count(0, "énoncé", "énoncés", "fr") == "0 énoncé"
    assert speech.count(0, "statement", "statements", "en") == "0 statements"


def test_french_marks_do_not_stand_alone_on_a_line() -> None:
    assert speech.typeset("Qui ? « Lui » : oui ; non !", "fr") == (
        "Qui\u202f? «\u00a0Lui\u00a0»\u00a0: oui\u202f; non\u202f!"
    )
    assert speech.typeset("l'accord", "fr") == "l’accord"
    assert speech.typeset("Why ? 'Yes'", "en") == "Why ? 'Yes'"


def test_a_quotation_keeps_its_letters() -> None:
    assert speech.quoted("l'étude : oui", "fr") == "«\u00a0l'étude : oui\u00a0»"
    assert speech.quoted("the study", "en") == "“the study”"
    assert speech.quoted("« KTP »", "fr") == "« KTP »"


# --- What must stay inert ----------------------------------------------------------------------------

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}",
    "&lt;script&gt;",
    "<!--",
    "]]><svg/onload=alert(1)>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_a_literal_stays_text(
    coopera_project: Project, vocabulary: Quads, attack: str
) -> None:
    subject = NamedNode(f"{BASE}id/institution/i")
    skos = "http://www.w3.org/2004/02/skos/core#"
    triples = [
        Triple(subject, NamedNode(skos + name), Literal(attack, language=language))
        for name in ("prefLabel", "altLabel", "definition", "note")
        for language in ("en", "fr")
    ] + turtle("institution:i a coop:Institution . agreement:a coop:party institution:i .")
    made = pages(coopera_project, [*vocabulary, *triples])

    for address in ("id/institution/i", "id/agreement/a", "lists/Institution", "index"):
        html = made.text(address, "en").replace(own_script(made, address), "")
        html = re.sub(r'<script type="application/ld\+json">[^<>&]*</script>', "", html)
        assert not re.search(r"<(script|img|svg)\b", html)
        assert not re.search(r"<[^>]*\son\w+\s*=", re.sub(r'"[^"]*"', '""', html))
    assert attack in unescape(made.text("id/institution/i", "en"))


@pytest.mark.parametrize(
    "iri",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "mailto:a@example.org",
        "https:javascript",
        "urn:x:y",
    ],
)
def test_only_http_becomes_a_link(coopera_project: Project, vocabulary: Quads, iri: str) -> None:
    subject = NamedNode(f"{BASE}id/institution/i")
    home = NamedNode("http://xmlns.com/foaf/0.1/homepage")
    data = turtle("institution:i a coop:Institution .")
    html = pages(coopera_project, [*vocabulary, *data, Triple(subject, home, NamedNode(iri))]).text(
        "id/institution/i", "en"
    )

    assert f'href="{iri}' not in unescape(html)
    assert iri in unescape(html), "it is shown as text"


def test_a_blank_node_is_told_by_what_is_said_of_it(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = 'institution:i a coop:Institution ; dcterms:spatial [ schema:url "x" ] .'
    html = pages(coopera_project, vocabulary + turtle(data)).text("id/institution/i", "en")

    assert "covers the place web address x" in text(html)


# --- Addresses ---------------------------------------------------------------------------------------

STEPS = st.one_of(
    st.text(max_size=8),
    st.text("aA.~%/2fF-", max_size=6),
    st.sampled_from(["..", ".", "", "con", "CON", "aux.x", "%2F", "%2f", "a" * 300, "A" * 300]),
)


@given(STEPS, STEPS)
def test_different_steps_are_different_files_on_every_system(one: str, other: str) -> None:
    if one != other:
        assert step(one).casefold() != step(other).casefold()


@given(STEPS, st.booleans())
def test_a_step_is_a_safe_file_name(text: str, last: bool) -> None:
    name = step(text, last=last)

    assert re.fullmatch(r"[a-z0-9_~-](?:[a-z0-9._~-]*[a-z0-9_~-])?", name)
    assert ".." not in name
    assert len(name) <= 120
    assert name.partition(".")[0] not in {"con", "aux", "nul", "prn"}


@pytest.mark.parametrize(
    ("iri", "address"),
    [
        ("id/agreement/imt-uts-ktp-2025", "id/agreement/imt-uts-ktp-2025"),
        ("concept/role", "concept/role"),
        ("concept/role/host", "concept/role/host"),
        ("ontology", "ontology"),
        ("ontology#Agreement", "ontology/Agreement"),
        ("data/imt-uts", "data/imt-uts"),
        ("id/agreement/../../../etc", "id/agreement/~2e~2e/~2e~2e/~2e~2e/etc"),
        ("id/agreement/a%2Fb", "id/agreement/a~252~46b"),
        ("id/agreement/IMT", "id/agreement/~49~4d~54"),
        ("id/agreement/", "id/agreement/~"),
        ("id/agreement/a.html/b", "id/agreement/a~2ehtml/b"),
        ("ontology#..", "ontology/~2e~2e"),
        ("shapes#Agreement", None),
        ("id/agreement/a#b", None),
        ("id", None),
        ("elsewhere/x", None),
    ],
)
def test_an_iri_has_one_address(iri: str, address: str | None) -> None:
    assert Addresses(BASE).of(BASE + iri) == address


def test_terms_that_differ_by_capitals_alone_have_two_addresses() -> None:
    terms = [f"{BASE}ontology#{name}" for name in ("Host", "host", "hosting")]
    names = Addresses(BASE, terms)

    assert [names.of(term) for term in terms] == [
        "ontology/~48ost",
        "ontology/host",
        "ontology/hosting",
    ]


def test_an_iri_of_another_base_has_no_address() -> None:
    assert Addresses(BASE).of("https://example.org/id/agreement/a") is None


def test_the_way_up_leads_to_the_folder_of_the_language() -> None:
    assert [up(a) for a in ("index", "queries/x", "id/agreement/a")] == ["", "../", "../../"]


@pytest.mark.parametrize(
    ("bounds", "shown"),
    [
        ('coop:startsNotAfter "2005"^^xsd:gYear', "2005 au plus tard"),
        ('coop:startsNotBefore "2005"^^xsd:gYear', "2005 au plus tôt"),
        ('coop:startsNotBefore "2000"^^xsd:gYear ; coop:startsNotAfter "2009"^^xsd:gYear', "entre 2000 et 2009"),
        ('coop:startsNotBefore "2005"^^xsd:gYear ; coop:startsNotAfter "2005"^^xsd:gYear', "2005"),
    ],
)  # fmt: skip
def test_a_bound_of_a_start_is_never_shown_as_its_date(
    coopera_project: Project, bounds: str, shown: str
) -> None:
    made = pages(
        coopera_project,
        turtle(f"<https://w3id.org/coopera/id/partnership/p> a coop:Partnership ; {bounds} ."),
    )
    start = things.since(made.readers["fr"], "https://w3id.org/coopera/id/partnership/p")

    assert start is not None
    assert start.text == shown


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_text_of_a_query_is_the_one_that_its_page_answers(
    coopera_project: Project, vocabulary: Quads, language: str
) -> None:
    html = pages(coopera_project, vocabulary).text("queries/agreements-between", language)

    sparql = unescape(html.partition('id="sparql"')[2])
    assert f'VALUES ?language {{ "{language}" }}' in sparql


@pytest.mark.parametrize(
    ("url", "root"), [("", "/"), ("https://example.org/", "/"), ("https://e.org/a/b/", "/a/b/")]
)
def test_the_page_for_an_address_at_which_nothing_is_leads_on_from_any_depth(
    coopera_project: Project, village: Pages, url: str, root: str
) -> None:
    there = replace(coopera_project, url=url)

    html = Pages(there, village.engine).lost()

    assert "Rien à cette adresse" in html
    assert "Nothing stands at this address" in html
    links = re.findall(r'(?:href|src|action)="([^"]*)"', html)
    assert all(link.startswith(root) for link in links)
    assert {f"{root}{tag}/all.html" for tag in LANGUAGES} <= set(links)


def test_a_long_iri_is_shown_without_being_kept(coopera_project: Project) -> None:
    reader = Pages(coopera_project, ENGINES["oxigraph"]([]), []).readers["fr"]
    for number, length in ((0, 5000), (1, 50)):
        iri = "http://example.org/" + "x" * length
        assert reader.iri(iri).url == iri
        assert reader.order(NamedNode(iri))[-1] == iri
        assert reader.index.types(iri) == []
        assert (len(reader._shown), len(reader._orders), len(reader._labels)) == (number,) * 3
        assert (len(reader._pages), len(reader.index._types)) == (0, 0)


def test_what_is_long_is_written_without_being_kept() -> None:
    prefixes = Prefixes({"ex": "http://example.org/"})

    def kept() -> tuple[int, ...]:
        sizes = (f.cache_info().currsize for f in (pieces._term, speech._spaced, speech._order))
        return (*sizes, len(prefixes._curies))

    def write(text: str) -> None:
        assert text in pieces.term(Shown(text), "")
        assert speech.spaced(f"{text} :") == f"{text}\u00a0:"
        assert speech.order(text)[1] == text
        assert prefixes.curie(f"http://example.org/{text}") == f"ex:{text}"

    before = kept()
    write("x" * 5000)
    assert kept() == before
    write("a-word-that-stands-nowhere-else")
    assert kept() == tuple(number + 1 for number in before)

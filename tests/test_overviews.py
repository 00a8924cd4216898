"""Overviews: profiles, chains, the promise tracker, axes, and where sources disagree."""

import csv
import io
import re
from html import unescape

import pytest
from conftest import ROOT
from test_pages import PROMISE, SIGNED, pages, row, text, turtle

from coopera import graphs
from coopera.engines import ENGINES
from coopera.pages import Pages, chains, disputes, fronts, promises, sheets
from coopera.project import Project
from coopera.tables import Quads, Table


@pytest.fixture(scope="module")
def vocabulary(coopera_project: Project) -> Quads:
    return graphs.read_all(coopera_project.vocabulary_files)


@pytest.fixture(scope="module")
def whole(coopera_project: Project) -> Pages:
    triples = graphs.read_all(coopera_project.graph_files)
    return Pages(coopera_project, ENGINES["oxigraph"](triples), triples)


@pytest.fixture(scope="module")
def village(coopera_project: Project, vocabulary: Quads) -> Pages:
    triples = vocabulary + graphs.read(ROOT / "tests/data/village.ttl")
    return Pages(coopera_project, ENGINES["oxigraph"](triples), triples)


def section(html: str, anchor: str) -> str:
    """Give what follows a heading, up to the next one of its level."""
    head = re.search(rf'<h(\d) id="{re.escape(anchor)}">', html)
    assert head, f"no heading {anchor}"
    return re.split(rf"<h{head[1]}[ >]", html[head.end() :])[0]


# --- Profiles --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_profile_of_a_partner_counts_its_agreements_partners_and_promises(
    whole: Pages, language: str
) -> None:
    html = whole.text("id/institution/uts", language)

    agreements = section(html, "agreements")
    assert agreements.count('<th scope="row">') == 10
    assert text(agreements).startswith("10 ") or " 10 " in text(agreements)
    found = re.findall(
        r'<li>(<a .*?</a>) <span class="count"[^>]*>(\d+)</span>', section(html, "partners")
    )
    partners = {text(name): int(number) for name, number in found}
    assert partners["Institut Mines-Télécom"] == 2
    assert (
        sum(int(n) for n in re.findall(r'class="number">(\d+)<', section(html, "promised"))) == 30
    )
    assert "lists/Agreement/partner/uts.html" in html


def test_a_profile_does_not_tell_its_agreements_twice(whole: Pages) -> None:
    html = whole.text("id/institution/uts", "en")

    assert html.count("Agreements to which it is a party") == 1
    assert "Commitments that it has made" not in html
    assert 'id="incoming"' in html, "the other incoming links are still there"


def test_a_profile_says_the_role_and_the_country(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = """agreement:a coop:party institution:i .
    institution:i schema:location <https://w3id.org/coopera/concept/country/au> ."""
    html = pages(coopera_project, vocabulary + turtle(SIGNED + data)).text("id/institution/i", "en")

    assert "signatory" in text(section(html, "agreements"))
    assert "Australia" in text(html.split("</header>")[1])


def test_an_institution_without_agreements_has_a_page_all_the_same(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = 'institution:i a coop:Institution ; skos:prefLabel "I"@en , "I"@fr .'
    html = pages(coopera_project, vocabulary + turtle(data)).text("id/institution/i", "fr")

    assert 'id="agreements"' not in html
    assert 'id="essentials"' in html


# --- Chains ----------------------------------------------------------------------------------------

CHAIN = """
agreement:a a coop:Agreement ; skos:prefLabel "First"@en , "Premier"@fr ; coop:signedDuring signing:a .
agreement:b a coop:Agreement ; skos:prefLabel "Second"@en , "Deuxième"@fr ; coop:extends agreement:a ;
    coop:signedDuring signing:b ; dcterms:isReplacedBy agreement:c .
agreement:c a coop:Agreement ; skos:prefLabel "Third"@en , "Troisième"@fr ; dcterms:replaces agreement:b .
agreement:d a coop:Agreement ; skos:prefLabel "Application"@en , "Application"@fr ;
    dcterms:isPartOf agreement:c .
agreement:e a coop:Agreement ; skos:prefLabel "Other"@en , "Autre"@fr .
signing:a a coop:SigningEvent ; dcterms:date "2010"^^xsd:gYear .
signing:b a coop:SigningEvent ; dcterms:date "2015-03-01"^^xsd:date .
"""


@pytest.mark.parametrize("address", ["a", "b", "c", "d"])
def test_a_chain_holds_what_is_linked_at_any_distance(
    coopera_project: Project, vocabulary: Quads, address: str
) -> None:
    made = pages(coopera_project, vocabulary + turtle(CHAIN))
    html = made.text(f"id/agreement/{address}", "en")
    names = re.findall(r'<div class="val">(?:<a [^>]*>)?(\w+)', section(html, "chain"))

    assert set(names) == {"First", "Second", "Third", "Application"}
    assert names.index("Second") < names.index("First"), "the newest first"
    here = re.search(r'<li class="here" aria-current="true">(.*?)</li>', html, re.DOTALL)
    assert here
    assert f"/{address}.html" not in here[1], "a page does not lead to itself"


def test_a_chain_tells_what_does_what(coopera_project: Project, vocabulary: Quads) -> None:
    made = pages(coopera_project, vocabulary + turtle(CHAIN))
    shown = text(section(made.text("id/agreement/a", "fr"), "chain"))

    for said in ("prolonge Premier", "remplace Deuxième", "est remplacé par Troisième"):
        assert said in shown
    assert "fait partie de Troisième" in shown
    assert "date inconnue" in shown


def test_of_unknown_dates_what_extends_stands_above_what_it_extends(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = CHAIN.replace("dcterms:date", "rdfs:comment")
    made = pages(coopera_project, vocabulary + turtle(data))
    names = [
        link.shown.text
        for link in chains.chain(made.readers["en"], "https://w3id.org/coopera/id/agreement/a")
    ]

    assert names == ["Application", "Third", "Second", "First"]


def test_a_circle_of_agreements_ends(coopera_project: Project, vocabulary: Quads) -> None:
    data = CHAIN + "agreement:a coop:extends agreement:c ; coop:extends agreement:a ."
    made = pages(coopera_project, vocabulary + turtle(data))

    chain = section(made.text("id/agreement/a", "en"), "chain")
    assert chain.count('<span class="day">') == 4


def test_an_agreement_by_itself_has_no_chain(coopera_project: Project, vocabulary: Quads) -> None:
    made = pages(coopera_project, vocabulary + turtle(CHAIN))

    assert 'id="chain"' not in made.text("id/agreement/e", "en")


def test_promises_of_an_agreement_stand_by_firmness_under_their_status(whole: Pages) -> None:
    html = row(whole.text("id/agreement/imt-uts-ktp-2025", "en"), "coop-setsOut")
    heads = re.findall(
        r'<h3 class="part" id="[^"]+">([^<]+) <span class="count">(\d+)</span>', html
    )

    assert heads == [("Planned", "17"), ("Under study", "1"), ("Ambition", "1")]


# --- The tracker -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_tracker_counts_every_commitment_once(whole: Pages, language: str) -> None:
    html = whole.text(promises.WHERE, language)
    numbers = [int(n) for n in re.findall(r'<span class="number">(\d+)</span>', html)]

    assert sum(numbers) == len(whole.catalogues["lists/Commitment"].members)
    listed: set[str] = set()
    for address in whole.addresses:
        if address.startswith(f"{promises.WHERE}/"):
            part = re.findall(r'<article class="promise">\s*<h2><a href="([^"]+)"',
                              whole.text(address, language))  # fmt: skip
            assert not listed & set(part)
            listed |= set(part)
    assert len(listed) == sum(numbers)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["A promise is not a fact", "under study as of July 2025", "Reading accepted here"]),
        ("fr", ["Une promesse n’est pas un fait", "à l’étude état en juillet 2025",
                "Lecture retenue ici"]),
    ],
)  # fmt: skip
def test_a_promise_shows_its_history_its_phrase_and_what_disputes_it_side_by_side(
    coopera_project: Project, vocabulary: Quads, language: str, said: list[str]
) -> None:
    made = pages(coopera_project, vocabulary + turtle(PROMISE))
    html = made.text(promises.WHERE, language)
    shown = text(html)

    for phrase in said:
        assert phrase in shown
    assert shown.index("2025", shown.index("Office" if language == "en" else "Bureau")) < (
        shown.index("2024")
    ), "the newest status first"
    kept, other = re.findall(r'<div class="side">(.*?)(?=<div class="side">|</article>)', html,
                             re.DOTALL)  # fmt: skip
    assert "à travers l&#39;étude" in kept
    assert "Une implantation durable" in other
    assert 'class="other dispute"' in other
    assert 'lang="fr"' in other or language == "fr"


@pytest.mark.parametrize(
    ("language", "promise", "status", "both"),
    [
        ("en", "promise:", "status:", "promise, status:"),
        ("fr", "promesse :", "statut :", "promesse, statut :"),
    ],
)
def test_a_promise_quotes_what_was_promised_beside_what_its_status_rests_on(
    whole: Pages, language: str, promise: str, status: str, both: str
) -> None:
    html = whole.text(promises.WHERE, language)
    found = {
        re.findall(r"id/commitment/([\w-]+)\.html", article)[0]: text(article)
        for article in html.split('<article class="promise">')[1:]
    }

    cotutelle = found["imt-uts-cotutelle"]
    assert f"{promise} « co-tutelles de thèse »" in cotutelle
    assert f"{status} « participeront activement »" in cotutelle
    assert both not in cotutelle
    # One phrase that proves both is shown once.
    impact = found["imt-uts-global-impact"]
    assert impact.count("ambition commune") == 1
    assert f"{both} « ambition commune »" in impact


def test_a_disputed_promise_stands_first_in_its_status(
    coopera_project: Project, vocabulary: Quads
) -> None:
    more = """commitment:b a coop:Commitment ; skos:prefLabel "Another"@en , "Autre"@fr ;
        coop:currentStatus commitment-status:under-study ."""
    made = pages(coopera_project, vocabulary + turtle(PROMISE + more))
    html = made.text(f"{promises.WHERE}/under-study", "en")

    assert html.index(">Office<") < html.index(">Another<")


def test_a_commitment_without_a_status_is_told_with_it_unknown(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = 'commitment:b a coop:Commitment ; skos:prefLabel "B"@en , "B"@fr .'
    made = pages(coopera_project, vocabulary + turtle(data))

    assert "no status known" in text(made.text(promises.WHERE, "en"))
    assert "statut inconnu" in text(made.text(f"{promises.WHERE}/unknown", "fr"))


def test_a_long_status_leads_from_its_first_promises_to_all(
    coopera_project: Project, vocabulary: Quads
) -> None:
    count = promises.PER + 1
    data = "\n".join(
        f'commitment:c{n} a coop:Commitment ; skos:prefLabel "C{n:02}"@en , "C{n:02}"@fr ; '
        "coop:currentStatus commitment-status:planned ."
        for n in range(count)
    )
    made = pages(coopera_project, vocabulary + turtle(data))
    html = made.text(promises.WHERE, "en")

    assert html.count('<article class="promise">') == promises.FIRST
    assert f'href="promises/planned.html">all {count} promises</a>' in html
    parts = [made.text(f"{promises.WHERE}/{at}", "en") for at in ("planned", "planned~p2")]
    assert [p.count('<article class="promise">') for p in parts] == [promises.PER, 1]


# --- Disagreements ---------------------------------------------------------------------------------


def test_the_page_of_disagreements_tells_all_that_the_saved_query_tells(whole: Pages) -> None:
    answer = whole.engine.query(whole.project.queries["disagreements"].text)
    assert isinstance(answer, Table)
    asked = {(str(s)[1:-1], str(p)[1:-1]) for s, p in zip(
        answer.column("subject"), answer.column("predicate"), strict=True)}  # fmt: skip

    assert set(whole.disputed) == asked
    html = "".join(whole.text(at, "en") for at in whole.addresses if at.startswith(disputes.WHERE))
    assert html.count('<article class="dispute-of">') == len(asked)
    for quote in {str(q)[1:-1] for q in answer.column("quote") if q is not None}:
        assert quote.replace("'", "&#39;") in html


def test_a_reading_that_was_right_in_its_time_is_history_and_no_disagreement(whole: Pages) -> None:
    html = whole.text(disputes.WHERE, "en")
    now, past = (section(html, anchor) for anchor in ("now", "past"))

    assert now.count('<article class="dispute-of">') == 14
    assert '<span class="count">14</span>' in now
    assert all('class="badge dispute"' in one for one in now.split("<article")[1:])
    assert past.count('<article class="dispute-of">') == 4
    assert "superseded" in past
    assert 'class="badge dispute"' not in past


@pytest.mark.parametrize("language", ["en", "fr"])
def test_both_readings_stand_side_by_side_with_phrase_and_source(
    coopera_project: Project, vocabulary: Quads, language: str
) -> None:
    html = pages(coopera_project, vocabulary + turtle(PROMISE)).text(disputes.WHERE, language)
    kept, other = re.findall(r'<div class="side">(.*?)(?=<div class="side">|</article>)', html,
                             re.DOTALL)  # fmt: skip

    assert "à travers l&#39;étude" in kept
    assert "Une implantation durable" in other
    for side in (kept, other):
        assert "id/document/d.html" in side


def test_readings_of_other_registers_and_tongues_are_not_set_against_one_another(
    coopera_project: Project, vocabulary: Quads
) -> None:
    data = """institution:i a coop:Institution ; org:identifier "1"^^coop:rorId , "9"^^coop:isni ;
        skos:altLabel "eye"@en , "oeil"@fr .
    document:d a foaf:Document . excerpt:1 a coop:Excerpt ; oa:hasSource document:d .
    assertion:1 a coop:Assertion ; rdf:subject institution:i ; rdf:predicate org:identifier ;
        rdf:object "2"^^coop:rorId ; coop:standing standing:disputed ; coop:supportedBy excerpt:1 .
    assertion:2 a coop:Assertion ; rdf:subject institution:i ; rdf:predicate skos:altLabel ;
        rdf:object "yeux"@fr ; coop:standing standing:disputed ; coop:supportedBy excerpt:1 ."""
    made = pages(coopera_project, vocabulary + turtle(data))
    found = [disputes.dispute(made.readers["en"], *pair) for pair in made.disputed]

    assert [[fact.values[0].text for fact in d.kept] for d in found] == [["oeil"], ["1"]]


def test_a_reading_that_stands_alone_is_said_not_to_be_accepted(whole: Pages) -> None:
    html = "".join(whole.text(at, "fr") for at in whole.addresses if at.startswith(disputes.WHERE))

    assert "Aucune lecture n’est retenue." in text(html)


# --- Axes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_axes_stand_under_their_institution_with_their_numbers(
    whole: Pages, language: str
) -> None:
    html = whole.text("axes", language)

    part = section(html, "axes-1")
    assert "Institut Mines-Télécom" in text(html)
    assert part.count('<th scope="row">') == 4
    link = re.search(r'<a href="(lists/Agreement/axis/[^"]+)\.html"', part)
    assert link
    assert link[1] in whole.addresses


@pytest.mark.parametrize("name", ["promises", "axes", "disagreements", "all"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_overview_of_nothing_can_be_made(
    coopera_project: Project, name: str, language: str
) -> None:
    assert "<h1>" in pages(coopera_project, []).text(name, language)


# --- Sources, answers and the home page -------------------------------------------------------------


def test_a_source_of_many_statements_is_cut_and_none_is_lost(whole: Pages) -> None:
    address = "id/document/imt-uts-press-release-2025-07"
    iri = whole.addresses[address]
    readings = whole.index.by_source[iri]
    found: list[str] = []
    part = address
    while part:
        html = whole.text(part, "en")
        found += re.findall(r'<a class="mode" href="[./]*(id/assertion/[^"]+)\.html"',
                            html.split('id="supports"')[1].split('id="incoming"')[0])  # fmt: skip
        onward = re.search(r'rel="next" href="[./]*([^"]+)\.html"', html)
        part = onward[1] if onward else ""
        assert len(html.encode()) < 60_000

    assert len(found) == len(set(found)) == len(readings)
    second = whole.text(f"{address}~p2", "en")
    assert 'id="identifiers"' not in second, "its own facts stand on the first part"
    assert f'href="../../../fr/{address}~p2.html"' in second


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_whole_answer_to_a_question_can_be_had_as_a_sheet(whole: Pages, language: str) -> None:
    for query in whole.project.queries.values():
        address = f"queries/{query.name}"
        html = whole.text(address, language)
        assert f'href="../{address}.csv"' in html
        answer = whole.engine.query(fronts.bound(query, language))
        number = len(answer.rows if isinstance(answer, Table) else answer)  # type: ignore[arg-type]
        separator = sheets.SEPARATOR[language]
        sheet = io.StringIO(whole.sheet(address, language)[1:], newline="")
        head, *rows = csv.reader(sheet, delimiter=separator)
        assert len(rows) == number, query.name
        assert len(set(head)) == len(head), query.name


def test_a_sheet_of_an_answer_names_things_and_keeps_their_iris(whole: Pages) -> None:
    sheet = whole.sheet("queries/agreements-between", "fr")
    head, first, *_ = csv.reader(io.StringIO(sheet[1:], newline=""), delimiter=";")
    row = dict(zip(head, first, strict=True))

    assert row["Établissement"] == "Institut Mines-Télécom"
    assert row["Établissement (IRI)"] == "https://w3id.org/coopera/id/institution/imt"
    assert row["Signé"] == "2022"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_of_a_question_tells_how_a_program_asks_it(whole: Pages, language: str) -> None:
    table, graph = (
        unescape(whole.text(f"queries/{name}", language))
        for name in ("agreements-between", "agreement-record")
    )

    assert "GET /api/queries/agreements-between?institution=…&partner=…" in table
    assert "&format=json\n" in table.replace("</code>", "\n")
    assert "format=jsonld" in graph


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Where to begin", "Promises", "Ends of agreements", "Disagreements"]),
        ("fr", ["Par où commencer", "Promesses", "Fins d’accords", "Désaccords"]),
    ],
)
def test_the_home_page_leads_into_the_site_and_searches_it(
    whole: Pages, language: str, said: list[str]
) -> None:
    html = whole.text("index", language)

    doors = html.split('id="doors"')[1].split("</ul>")[0]
    for phrase in said:
        assert phrase in text(html.split('id="doors">')[1])
    for address in ("promises", "expiring", "disagreements", "axes", "lists/Agreement", "dataset"):
        assert f'href="{address}.html"' in doors
    assert html.count('<form class="search"') == 1


def test_the_home_page_of_many_institutions_names_some_and_leads_to_all(
    coopera_project: Project, vocabulary: Quads
) -> None:
    count = fronts.FIRST + 2
    data = "\n".join(
        f'institution:i{n} a coop:Institution ; skos:prefLabel "I{n}"@en , "I{n}"@fr .'
        for n in range(count)
    )
    html = pages(coopera_project, vocabulary + turtle(data)).text("index", "en")

    part = html.split('id="institutions"')[1].split("</ul>")[0]
    assert part.count('href="id/institution/') == fronts.FIRST
    assert f'<a href="lists/Institution.html">all {count} institutions</a>' in part


@pytest.mark.parametrize("address", ["index", "all", "id/institution/uts", "queries"])
def test_every_page_has_one_search_that_works_without_a_script(whole: Pages, address: str) -> None:
    html = whole.text(address, "fr")

    form = re.findall(r'<form class="search" role="search" action="([^"]+)"', html)
    assert len(form) == 1
    assert form[0].endswith("all.html")


def test_the_foot_of_a_page_leads_to_the_overviews(whole: Pages) -> None:
    foot = whole.text("id/institution/uts", "en").split('<footer class="site">')[1]

    for address in ("axes", "disagreements", "all"):
        assert f'href="../../{address}.html"' in foot

"""Islands: what pages say in the words of schema.org is what the graph says, and stays inert."""

import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest
from conftest import ROOT, Make
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from coopera import graphs
from coopera.engines import ENGINES
from coopera.pages import Pages
from coopera.pages.islands import inert
from coopera.pages.names import part_of
from coopera.pages.things import LINKS
from coopera.project import Project
from coopera.tables import Quads

BASE = "https://w3id.org/coopera/"
SCHEMA = "https://schema.org/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
ISLAND = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
Node = dict[str, Any]


def island(html: str) -> Node:
    found = ISLAND.findall(html)
    assert len(found) == 1
    document: Node = json.loads(found[0])
    return document


def about(pages: Pages, address: str, language: str = "en") -> Node:
    """Give what an island says of the thing of a page."""
    node: Node = island(pages.text(address, language))["@graph"][0]
    return node


def pages_of(project: Project, triples: Quads) -> Pages:
    return Pages(project, ENGINES["oxigraph"](triples), triples)


@pytest.fixture(scope="module")
def graph(coopera_project: Project) -> Quads:
    return graphs.read_all(coopera_project.graph_files)


@pytest.fixture(scope="module")
def whole(coopera_project: Project, graph: Quads) -> Pages:
    return pages_of(coopera_project, graph)


@pytest.fixture(scope="module")
def islands(whole: Pages) -> dict[tuple[str, str], Node]:
    """Read the island of each page, with a tenth of the assertions and excerpts."""
    addresses = [
        at
        for number, at in enumerate(whole.addresses)
        if number % 10 == 0 or not at.startswith(("id/assertion/", "id/excerpt/"))
    ]
    return {
        (language, at): island(whole.text(at, language))
        for language in ("fr", "en")
        for at in addresses
    }


def triples_of(document: Node) -> list[Triple]:
    return [quad.triple for quad in parse(json.dumps(document), format=RdfFormat.JSON_LD)]


# --- The truth ---------------------------------------------------------------------------------------

SKOS, DCTERMS, DCAT = (
    "http://www.w3.org/2004/02/skos/core#", "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#",
)  # fmt: skip
COOP, ORG, FOAF = BASE + "ontology#", "http://www.w3.org/ns/org#", "http://xmlns.com/foaf/0.1/"
OA, PROV, OWL = (
    "http://www.w3.org/ns/oa#", "http://www.w3.org/ns/prov#", "http://www.w3.org/2002/07/owl#",
)  # fmt: skip
RDFS, XSD = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2001/XMLSchema#"

SAME: dict[str, tuple[str, ...]] = {
    "alternateName": (SKOS + "altLabel",),
    "additionalType": (TYPE,),
    "description": (SKOS + "definition", DCTERMS + "description"),
    "headline": (DCTERMS + "title",),
    "url": (FOAF + "homepage", DCTERMS + "source"),
    "subjectOf": (COOP + "documentedBy", COOP + "signedDuring"),
    "parentOrganization": (ORG + "subOrganizationOf", COOP + "memberSchoolOf", COOP + "subsidiarySchoolOf"),
    "startDate": (DCTERMS + "date",),
    "location": (PROV + "atLocation",),
    "datePublished": (DCTERMS + "issued",),
    "dateModified": (DCTERMS + "modified",),
    "creator": (DCTERMS + "creator",),
    "publisher": (DCTERMS + "publisher",),
    "license": (DCTERMS + "license",),
    "version": (DCAT + "version", OWL + "versionInfo"),
    "identifier": (DCTERMS + "identifier",),
    "spatialCoverage": (DCTERMS + "spatial",),
    "distribution": (DCAT + "distribution",),
    "contentUrl": (DCAT + "downloadURL",),
    "termCode": (SKOS + "notation",),
    "inDefinedTermSet": (SKOS + "inScheme", RDFS + "isDefinedBy"),
    "keywords": (DCAT + "keyword",),
}  # fmt: skip
"""A property of schema.org, and the properties of the data of which one must say the same."""
BACK = {"about": COOP + "signedDuring", "includedInDataCatalog": DCAT + "dataset"}
LABELS = (SKOS + "prefLabel", RDFS + "label", DCTERMS + "title", FOAF + "name",
          "http://www.w3.org/2006/vcard/ns#fn")  # fmt: skip
CHECKED_ELSEWHERE = {
    "name", "mainEntityOfPage", "hasPart", "isPartOf", "dataset", "inLanguage", "encodingFormat",
    "temporalCoverage", "isAccessibleForFree", "text", "propertyID",
}  # fmt: skip


def test_no_island_says_what_the_graph_does_not(
    islands: dict[tuple[str, str], Node], graph: Quads
) -> None:
    said: dict[tuple[str, str], set[str]] = {}
    for triple in graph:
        subject = triple.subject.value if isinstance(triple.subject, NamedNode) else ""
        value = triple.object.value if not isinstance(triple.object, Triple) else ""
        said.setdefault((subject, triple.predicate.value), set()).add(value)
    seen = Counter[str]()
    for place, document in islands.items():
        for node in document["@graph"]:
            if "@id" not in node:
                continue
            for triple in triples_of({"@context": document["@context"], "@graph": [node]}):
                if not isinstance(triple.subject, NamedNode) or triple.predicate.value == TYPE:
                    continue
                name = triple.predicate.value.removeprefix(SCHEMA)
                subject, value = triple.subject.value, triple.object.value  # type: ignore[union-attr]
                seen[name] += 1
                if name == "identifier" and not isinstance(triple.object, Literal):
                    continue
                if name == "url" and value == f"{BASE}{place[0]}/{place[1]}.html":
                    continue
                if name in CHECKED_ELSEWHERE:
                    continue
                if name in BACK:
                    assert subject in said[value, BACK[name]], (place, triple)
                    continue
                known = (*SAME.get(name, ()), triple.predicate.value)
                assert any(value in said.get((subject, p), ()) for p in known), (place, triple)
    assert set(seen) - set(SAME) - set(BACK) - CHECKED_ELSEWHERE <= {
        "sameAs", "foundingDate", "containedInPlace", "provider", "hasCertification", "value",
        "minValue", "observationAbout", "variableMeasured", "validFrom", "validThrough",
        COOP + "party",
    }  # fmt: skip


def test_a_name_is_one_that_the_graph_gives_or_the_title_of_the_page(
    islands: dict[tuple[str, str], Node], graph: Quads, whole: Pages
) -> None:
    names: dict[str, set[str]] = {}
    for triple in graph:
        if triple.predicate.value in LABELS and isinstance(triple.object, Literal):
            names.setdefault(str(triple.subject)[1:-1], set()).add(triple.object.value)
    for (language, at), document in islands.items():
        for node in document["@graph"]:
            if "@id" in node and node["@id"] in names:
                assert node["name"] in names[node["@id"]], (language, at)
            elif "@id" in node:
                assert node["name"] == whole.readers[language].title(node["@id"])[0]


def test_every_type_and_property_is_of_schema_org(islands: dict[tuple[str, str], Node]) -> None:
    known = {
        line
        for line in (ROOT / "tests/vocabularies/schema.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    }
    used = set()
    for document in islands.values():
        for triple in triples_of(document):
            used.add(triple.predicate.value)
            if triple.predicate.value == TYPE:
                used.add(triple.object.value)  # type: ignore[union-attr]

    names = {iri.removeprefix(SCHEMA) for iri in used - {TYPE, COOP + "party"}}
    assert names <= known


def test_every_thing_has_an_island_in_each_language_and_every_page_its_way(
    islands: dict[tuple[str, str], Node], whole: Pages
) -> None:
    for (language, at), document in islands.items():
        iri = whole.addresses[at]
        things = [node for node in document["@graph"] if "@id" in node]
        if part_of(at) != (at, 1) or at.endswith(LINKS):
            assert things == [], "a further part tells of no thing: its first part does"
        elif at.startswith(("id/", "concept/", "ontology")):
            assert [node["@id"] for node in things] == [iri]
            assert things[0]["mainEntityOfPage"] == f"{BASE}{language}/{at}.html"
        if at == "index":
            (site,) = document["@graph"]
            assert (site["@type"], site["inLanguage"]) == ("WebSite", language)
            continue
        (way,) = (n for n in document["@graph"] if n["@type"] == "BreadcrumbList")
        steps = way["itemListElement"]
        assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
        assert steps[0]["item"] == f"{BASE}{language}/index.html"
        assert steps[-1]["item"] == f"{BASE}{language}/{at}.html"
        for step in steps:
            address = step["item"].removeprefix(f"{BASE}{language}/").removesuffix(".html")
            assert address in whole.addresses
            assert step["name"]


# --- Kinds of things ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("id/institution/uts", "CollegeOrUniversity"),
        ("id/institution/imt-nord-europe", "CollegeOrUniversity"),
        ("id/institution/eurecom", "Organization"),
        ("id/organization/coopera", "Organization"),
        ("id/agreement/imt-uts-ktp-2025", "Thing"),
        ("id/partnership/imt-uts", "Thing"),
        ("id/signing/imt-uts-ktp-2025", "Event"),
        ("id/site/fondation-mines-telecom", "Place"),
        ("id/document/imt-uts-press-release-2025-07", "CreativeWork"),
        ("id/service/teralab", "Service"),
        ("id/observation/imt-students", "Observation"),
        ("id/dataset/catalog", "DataCatalog"),
        ("concept/role/host", "DefinedTerm"),
        ("concept/role", "DefinedTermSet"),
        ("concept/country/au", ["Country", "DefinedTerm"]),
        ("ontology", "DefinedTermSet"),
        ("ontology/party", "DefinedTerm"),
    ],
)
def test_a_thing_has_the_type_that_its_class_or_kind_implies(
    whole: Pages, address: str, kind: str | list[str]
) -> None:
    assert about(whole, address)["@type"] == kind


def test_what_is_merely_near_is_not_claimed(whole: Pages) -> None:
    commitments = [at for at in whole.addresses if at.startswith("id/commitment/")]

    for at in commitments:
        node = about(whole, at)
        assert node["@type"] == "Thing", "skos:closeMatch with PlanAction does not make it one"
        assert "actionStatus" not in node


def test_a_quotation_is_told_with_its_source(whole: Pages) -> None:
    index = whole.index
    for at, iri in whole.addresses.items():
        if not at.startswith("id/excerpt/"):
            continue
        quotes = index.values(f"{iri}-quote", OA + "exact")
        node = about(whole, at)
        assert (node["@type"] == "Quotation") is bool(quotes)
        if quotes:
            assert node["text"] == quotes[0].value  # type: ignore[union-attr]
            assert node["isPartOf"]["@id"] in index.iris(iri, OA + "hasSource")


def test_a_school_leads_to_the_institution_above_it(whole: Pages) -> None:
    assert about(whole, "id/institution/imt-nord-europe")["parentOrganization"] == {
        "@id": f"{BASE}id/institution/imt",
        "@type": "CollegeOrUniversity",
        "name": "Institut Mines-Télécom",
    }


def test_the_data_set_tells_all_that_a_search_for_data_asks(whole: Pages) -> None:
    """What Google's page on Dataset structured data requires and recommends, where it applies."""
    for language in ("fr", "en"):
        node = about(whole, "id/dataset/coopera", language)
        assert node["@type"] == "Dataset"
        assert 50 <= len(node["description"]) <= 5000
        for name in ("name", "creator", "license", "keywords", "identifier", "version", "url",
                     "distribution", "includedInDataCatalog", "spatialCoverage", "hasPart",
                     "temporalCoverage", "isAccessibleForFree", "publisher"):  # fmt: skip
            assert node[name], name
        assert node["license"] == "https://creativecommons.org/licenses/by/4.0/"
        assert re.fullmatch(r"[\d-]+/[\d-]+", node["temporalCoverage"])
        for download in node["distribution"]:
            assert download["@type"] == "DataDownload"
            assert download["contentUrl"].startswith(f"{BASE}dumps/")
            assert re.fullmatch(r"[\w.+-]+/[\w.+-]+", download["encodingFormat"])
        places = [place["name"] for place in node["spatialCoverage"]]
        assert ("Australie" if language == "fr" else "Australia") in places
        part = about(whole, "id/dataset/imt-uts", language)
        assert part["isPartOf"] == node["url"]


def test_texts_are_in_the_language_of_the_page(whole: Pages) -> None:
    french, english = (about(whole, "concept/role/host", tag) for tag in ("fr", "en"))

    assert french["name"] != english["name"]
    assert french["description"] != english["description"]


def test_a_project_without_alignments_still_has_islands(make: Make) -> None:
    project = make()
    made = pages_of(project, graphs.read_all(project.graph_files))

    assert about(made, "id/agreement/a")["@type"] == "Thing"
    assert about(made, "id/agreement/a")["url"] == "http://example.org/a"


# --- What must stay inert ----------------------------------------------------------------------------

ATTACKS = [
    "</script><script>alert(1)</script>",
    "</SCRIPT ><img src=x onerror=alert(1)>",
    "<!--<script>",
    "]]>",
    "&lt;/script&gt;",
    '"}]}</script>',
    "\u2028alert(1)\u2029",
    "\\u003c/script\\u003e",
]


class Scripts(HTMLParser):
    """Gathers what a browser takes for scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a script."""
        self.inside = tag == "script" and "src" not in dict(attrs)
        if self.inside:
            assert attrs == [("type", "application/ld+json")]
            self.found.append("")
        elif tag == "script":  # the files of the site, from the site
            assert re.fullmatch(r"(\.\./)*(vendor/)?[a-z0-9-]+\.js", str(dict(attrs)["src"]))

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        self.inside = False

    def handle_data(self, data: str) -> None:
        """Keep its text."""
        if self.inside:
            self.found[-1] += data


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_leaves_the_island(make: Make, attack: str) -> None:
    project = make()
    subject = NamedNode(f"{BASE}id/agreement/a")
    more = [
        Triple(subject, NamedNode(SKOS + name), Literal(attack, language="en"))
        for name in ("prefLabel", "altLabel", "definition")
    ]
    read = [t for t in graphs.read_all(project.graph_files) if "prefLabel" not in str(t.predicate)]
    html = pages_of(project, [*read, *more]).text("id/agreement/a", "en")
    scripts = Scripts(html).found

    assert len(scripts) == 1
    assert not re.search("[<>&\u2028\u2029]", scripts[0])
    node = json.loads(scripts[0])["@graph"][0]
    assert node["name"] == node["alternateName"] == node["description"] == attack


def test_inert_text_says_the_same() -> None:
    document: Node = {"a": ["<b>&\u2028", 1, {"é": None}]}

    assert json.loads(inert(document)) == document


def test_a_page_that_is_only_live_has_no_island(whole: Pages) -> None:
    from dataclasses import replace

    page = replace(whole.view("index", "en"), address="sparql", elsewhere="sparql?lang=fr")
    html = whole.render(page, "en", "en/")

    assert not ISLAND.search(html)
    assert "canonical" not in html

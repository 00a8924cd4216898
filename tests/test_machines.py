"""What tells machines of the whole: DCAT-AP, VoID, PROF, RO-Crate, the sitemap and robots.txt."""

import hashlib
import json
from xml.etree import ElementTree

import pytest
import test_catalog as asked
from conftest import ROOT, Make
from pyoxigraph import NamedNode, Quad, QuerySolutions, Store, Triple

from coopera import graphs
from coopera.project import Project
from coopera.publication import Publication, sitemaps
from coopera.tables import Quads

BASE = "https://w3id.org/coopera/"
WHOLE = f"{BASE}id/dataset/coopera"
DCAT, VOID, SPDX, PROF, DCTERMS = (
    "http://www.w3.org/ns/dcat#", "http://rdfs.org/ns/void#", "http://spdx.org/rdf/terms#",
    "http://www.w3.org/ns/dx/prof/", "http://purl.org/dc/terms/",
)  # fmt: skip


@pytest.fixture(scope="module")
def graph(coopera_project: Project) -> Quads:
    return graphs.read_all(coopera_project.graph_files)


@pytest.fixture(scope="module")
def published(coopera_project: Project, graph: Quads) -> Publication:
    return Publication(coopera_project, graph)


def read(published: Publication, stem: str) -> frozenset[Triple]:
    return asked.read(published.content(f"{stem}.ttl"))


def values(triples: frozenset[Triple], subject: str, predicate: str) -> list[str]:
    node, name = NamedNode(subject), NamedNode(predicate)
    return sorted(
        t.object.value  # type: ignore[union-attr]
        for t in triples
        if t.subject == node and t.predicate == name
    )


@pytest.mark.parametrize("stem", ["catalog", "void", "profile"])
def test_every_term_of_dcat_void_spdx_and_prof_exists(published: Publication, stem: str) -> None:
    known = {}
    for path in (ROOT / "tests/vocabularies").glob("*.txt"):
        first, *rest = path.read_text("utf-8").splitlines()
        space = first.removeprefix("# namespace: ")
        known[space] = {line for line in rest if not line.startswith("#")}
    checked = 0
    for triple in read(published, stem):
        for term in (triple.predicate, triple.object):
            iri = term.value if isinstance(term, NamedNode) else ""
            for space in (DCAT, VOID, SPDX, PROF, f"{PROF}role/"):
                if iri.startswith(space) and "/" not in iri[len(space) :]:
                    assert iri[len(space) :] in known[space] | {""}, iri
                    checked += 1
    assert checked > 20


# --- DCAT-AP -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def catalog(published: Publication) -> frozenset[Triple]:
    return read(published, "catalog")


@pytest.mark.parametrize("requirement", asked.REQUIREMENTS, ids=asked.label)
def test_the_published_catalogue_has_what_dcat_ap_asks_for(
    catalog: frozenset[Triple], requirement: asked.Requirement
) -> None:
    assert asked.members(catalog, requirement.kind)
    assert requirement.broken(catalog) == set()


def test_the_published_catalogue_is_bilingual_licensed_and_without_blank_nodes(
    catalog: frozenset[Triple],
) -> None:
    assert asked.untranslated(catalog) == set()
    assert asked.unlicensed(catalog) == set()
    assert asked.anonymous(catalog) == set()
    assert asked.unlisted(catalog) == set()
    assert asked.personal(catalog) == set()


def test_each_distribution_has_the_size_and_the_sum_of_its_file(
    catalog: frozenset[Triple], published: Publication
) -> None:
    offered = [n.value for n in asked.members(catalog, "dcat:Distribution")]
    assert {f"{BASE}dumps/{name}" for name in published.dumps.forms} <= set(offered)
    for iri in offered:
        content = published.content(iri.removeprefix(BASE))
        (size,) = values(catalog, iri, f"{DCAT}byteSize")
        (at,) = values(catalog, iri, f"{SPDX}checksum")
        assert int(size) == len(content)
        assert values(catalog, at, f"{SPDX}checksumValue") == [hashlib.sha256(content).hexdigest()]
        assert values(catalog, at, f"{SPDX}algorithm") == [f"{SPDX}checksumAlgorithm_sha256"]
        assert values(catalog, iri, f"{DCTERMS}modified")


def test_a_project_without_a_catalogue_is_catalogued_all_the_same(make: Make) -> None:
    project = make()
    made = Publication(project, graphs.read_all(project.graph_files))
    told = read(made, "catalog")

    (catalogue,) = (n.value for n in asked.members(told, "dcat:Catalog"))
    (data,) = values(told, catalogue, f"{DCAT}dataset")
    assert data == f"{BASE}catalog#dataset"
    assert values(told, data, f"{DCTERMS}title")
    assert not values(told, data, f"{DCTERMS}license"), "no licence is invented"
    assert len(values(told, data, f"{DCAT}distribution")) == len(made.dumps.forms)
    assert (
        "datePublished" not in json.loads(made.content("dumps/ro-crate-metadata.json"))["@graph"][1]
    )


# --- VoID ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def void(published: Publication) -> frozenset[Triple]:
    return read(published, "void")


@pytest.fixture(scope="module")
def store(graph: Quads) -> Store:
    filled = Store()
    filled.bulk_extend(Quad(t.subject, t.predicate, t.object) for t in graph)
    return filled


def number(store: Store, pattern: str, what: str = "*") -> int:
    found = store.query(f"SELECT (COUNT(DISTINCT {what}) AS ?n) WHERE {{ {pattern} }}")
    assert isinstance(found, QuerySolutions)
    return int(next(iter(found))["n"].value)


@pytest.mark.parametrize(
    ("name", "pattern", "what"),
    [
        ("triples", "?s ?p ?o", "*"),
        ("distinctSubjects", "?s ?p ?o", "?s"),
        ("distinctObjects", "?s ?p ?o", "?o"),
        ("properties", "?s ?p ?o", "?p"),
        ("classes", "?s a ?c", "?c"),
        ("entities", f'?s ?p ?o FILTER(STRSTARTS(STR(?s), "{BASE}id/"))', "?s"),
    ],
)
def test_the_counts_are_those_that_the_specification_defines(
    void: frozenset[Triple], store: Store, name: str, pattern: str, what: str
) -> None:
    """VoID, 4.6 and the SPARQL of its statistics."""
    assert values(void, WHOLE, f"{VOID}{name}") == [str(number(store, pattern, what))]


def test_each_class_and_each_property_has_a_partition_with_its_counts(
    void: frozenset[Triple], store: Store
) -> None:
    classes = {}
    for part in values(void, WHOLE, f"{VOID}classPartition"):
        (kind,) = values(void, part, f"{VOID}class")
        (entities,) = values(void, part, f"{VOID}entities")
        classes[kind] = int(entities)
        assert classes[kind] == number(store, f"?s a <{kind}>", "?s")
    assert len(classes) == number(store, "?s a ?c", "?c")
    properties = set()
    for part in values(void, WHOLE, f"{VOID}propertyPartition"):
        (name,) = values(void, part, f"{VOID}property")
        properties.add(name)
        for count, what in (
            ("triples", "*"),
            ("distinctSubjects", "?s"),
            ("distinctObjects", "?o"),
        ):
            (told,) = values(void, part, f"{VOID}{count}")
            assert int(told) == number(store, f"?s <{name}> ?o", what), (name, count)
    assert len(properties) == number(store, "?s ?p ?o", "?p")


@pytest.mark.parametrize(
    ("target", "space"),
    [("ror", "https://ror.org/"), ("wikidata", "http://www.wikidata.org/entity/")],
)
def test_links_to_registers_are_counted(
    void: frozenset[Triple], store: Store, target: str, space: str
) -> None:
    part = f"{BASE}.well-known/void#links-{target}-schema-sameAs"
    pattern = f'?s <https://schema.org/sameAs> ?o FILTER(STRSTARTS(STR(?o), "{space}"))'

    assert values(void, part, f"{VOID}triples") == [str(number(store, pattern))]
    assert values(void, part, f"{VOID}linkPredicate") == ["https://schema.org/sameAs"]
    assert values(void, part, f"{VOID}subjectsTarget") == [WHOLE]
    (other,) = values(void, part, f"{VOID}objectsTarget")
    assert values(void, other, f"{VOID}uriSpace") == [space]
    assert part in values(void, WHOLE, f"{VOID}subset")


def test_the_saved_queries_stand_at_their_well_known_place(
    published: Publication, coopera_project: Project
) -> None:
    text = published.content(".well-known/sparql-examples")

    executable = NamedNode("http://www.w3.org/ns/shacl#SPARQLExecutable")
    told = {str(triple.subject) for triple in asked.read(text) if triple.object == executable}
    assert told == {f"<{BASE}queries/{name}>" for name in coopera_project.queries}


def test_the_page_of_the_data_set_leads_to_its_dumps(published: Publication) -> None:
    page = published.content("fr/id/dataset/coopera.html").decode()

    assert 'href="../../../dumps/coopera.ttl"' in page
    assert "dumps/coopera.ttl" in published.files


def test_void_stands_at_its_well_known_place(published: Publication) -> None:
    from coopera.publication.types import served_as

    assert published.content(".well-known/void") == published.content("void.ttl")
    assert served_as(".well-known/void") == "text/turtle; charset=utf-8"
    told = read(published, "void")
    assert values(told, f"{BASE}.well-known/void", "http://xmlns.com/foaf/0.1/primaryTopic") == [
        WHOLE
    ]
    for dump in values(told, WHOLE, f"{VOID}dataDump"):
        assert dump.removeprefix(BASE) in published.files


# --- PROF ----------------------------------------------------------------------------------------


def test_the_profile_names_what_defines_checks_and_explains_it(published: Publication) -> None:
    told = read(published, "profile")
    roles = set()
    for resource in values(told, f"{BASE}profile", f"{PROF}hasResource"):
        (artifact,) = values(told, resource, f"{PROF}hasArtifact")
        assert artifact.removeprefix(BASE) in published.files
        roles |= {role.rpartition("/")[2] for role in values(told, resource, f"{PROF}hasRole")}
        assert len(values(told, resource, f"{DCTERMS}title")) == 2
    assert {"schema", "vocabulary", "validation", "example", "guidance", "mapping"} <= roles
    assert values(told, f"{BASE}profile", f"{PROF}hasToken") == ["coop"]


def test_a_profile_without_shapes_does_not_speak_of_them(make: Make) -> None:
    project = make({"ontology/shapes/agreement.ttl": None})
    made = Publication(project, graphs.read_all(project.graph_files))

    assert "shapes.ttl" not in made.files
    assert b"shapes" not in made.content("profile.ttl")


# --- RO-Crate ------------------------------------------------------------------------------------


def test_the_crate_has_what_ro_crate_1_2_demands(published: Publication) -> None:
    document = json.loads(published.content("dumps/ro-crate-metadata.json"))
    nodes = {node["@id"]: node for node in document["@graph"]}
    descriptor, root = nodes["ro-crate-metadata.json"], nodes["./"]

    assert document["@context"] == "https://w3id.org/ro/crate/1.2/context"
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    for name in ("name", "description", "datePublished", "license", "publisher"):
        assert root[name], name
    for part in [*root["hasPart"], root["license"], *root["publisher"]]:
        assert nodes[part["@id"]]["name"]
    assert len(nodes) == len(document["@graph"])


def test_the_crate_holds_every_file_of_the_folder_as_it_is(published: Publication) -> None:
    document = json.loads(published.content("dumps/ro-crate-metadata.json"))
    files = {node["@id"]: node for node in document["@graph"] if node["@type"] == "File"}
    expected = {n.removeprefix("dumps/") for n in published.names() if n.startswith("dumps/")}

    assert set(files) == expected - {"ro-crate-metadata.json"}
    for name, node in files.items():
        content = published.content(f"dumps/{name}")
        if name != "SHA256SUMS":
            assert node["contentSize"] == str(len(content))
            assert node["sha256"] == hashlib.sha256(content).hexdigest()


# --- Crawlers ------------------------------------------------------------------------------------

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def test_the_sitemap_names_every_page_with_its_other_language(published: Publication) -> None:
    root = ElementTree.fromstring(published.content("sitemap.xml"))  # noqa: S314 - our own text
    urls = {url.findtext(f"{SITEMAP}loc"): url for url in root}
    pages = {f"{BASE}{n}" for n in published.names() if n.endswith(".html") and "/" in n}

    assert set(urls) == pages
    for address, url in urls.items():
        links = {link.get("hreflang"): link.get("href") for link in url.findall(f"{XHTML}link")}
        assert set(links) == {"fr", "en"}
        assert address in links.values()
        assert set(links.values()) <= pages


def test_a_long_sitemap_is_cut_and_the_parts_are_named() -> None:
    site = "https://example.org/"
    found = sitemaps.sitemaps(site, (f"id/a/{n}" for n in range(60_000)))

    assert sorted(found) == ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml", "sitemap.xml"]
    index = ElementTree.fromstring(found["sitemap.xml"])  # noqa: S314
    assert [loc.text for loc in index.iter(f"{SITEMAP}loc")] == [
        f"{site}sitemap-{n}.xml" for n in (1, 2, 3)
    ]
    counts = [found[f"sitemap-{n}.xml"].count(b"<url>") for n in (1, 2, 3)]
    assert counts == [50_000, 50_000, 20_000]


def test_a_sitemap_is_cut_before_it_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "LARGEST", 3000)
    found = sitemaps.sitemaps("https://example.org/", [f"id/a/{n}" for n in range(20)])

    assert len(found) > 3
    assert all(len(text) <= 3000 for name, text in found.items() if name != "sitemap.xml")
    assert sum(text.count(b"<url>") for text in found.values()) == 40


def test_addresses_are_written_as_urls_in_xml() -> None:
    (text,) = sitemaps.sitemaps("https://example.org/?a=1&b=2/", ["id/é/~49"]).values()
    root = ElementTree.fromstring(text)  # noqa: S314

    assert root[0].findtext(f"{SITEMAP}loc") == "https://example.org/?a=1&b=2/fr/id/%C3%A9/~49.html"


def test_crawlers_are_told_of_the_sitemap_and_kept_from_the_endpoint(make: Make) -> None:
    project = make({"coopera.toml": 'url = "https://data.example.org/coop/"'})
    made = Publication(project, graphs.read_all(project.graph_files))
    lines = made.content("robots.txt").decode().splitlines()

    assert "Sitemap: https://data.example.org/coop/sitemap.xml" in lines
    assert "Disallow: /coop/sparql" in lines
    assert "Allow: /coop/" in lines

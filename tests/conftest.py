"""What the tests share: the project itself, and a small project made for one test."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import browsing
import outlets
import pytest
import servers
from outlets import Outlet, Site

from coopera import project as room
from coopera.project import Project

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
"""Sources and suites that lie beside a checkout in continuous integration only."""

HEAD = """@prefix coop: <https://w3id.org/coopera/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix agreement: <https://w3id.org/coopera/id/agreement/> .
@prefix institution: <https://w3id.org/coopera/id/institution/> .
@prefix participation: <https://w3id.org/coopera/id/participation/> .
@prefix document: <https://w3id.org/coopera/id/document/> .
@prefix organization: <https://w3id.org/coopera/id/organization/> .
@prefix role: <https://w3id.org/coopera/concept/role/> .
"""
EVIDENCE_HEADER = "claim,subject,predicate,object,source,start,quote,mode,standing\n"

SMALL = {
    "coopera.toml": "",
    "ontology/prefixes.ttl": HEAD
    + "<https://w3id.org/coopera/ontology> sh:declare "
    + ", ".join(
        f'[ sh:prefix "{line.split()[1][:-1]}" ; '
        f'sh:namespace "{line.split()[2][1:-1]}"^^xsd:anyURI ]'
        for line in HEAD.splitlines()
    )
    + " .\n",
    "ontology/coop.ttl": HEAD + "coop:Agreement a owl:Class . coop:Participation a owl:Class .\n",
    "ontology/shapes/agreement.ttl": HEAD
    + """
<https://w3id.org/coopera/shapes#Agreement> a sh:NodeShape ; sh:targetClass coop:Agreement ;
    dcterms:identifier "COOP201" ; sh:property <https://w3id.org/coopera/shapes#Agreement-note> .
<https://w3id.org/coopera/shapes#Agreement-note> a sh:PropertyShape ; sh:path skos:note ;
    dcterms:identifier "COOP202" ; sh:maxCount 1 ;
    sh:message "at most one note"@en , "une note au plus"@fr .
""",
    "ontology/derive/party.rq": """PREFIX coop: <https://w3id.org/coopera/ontology#>
CONSTRUCT { ?a coop:party ?o } WHERE { ?a coop:hasParticipation/coop:participant ?o }
""",
    "data/one/agreements.ttl": HEAD
    + """
agreement:a a coop:Agreement ;
    skos:prefLabel "Accord"@fr ;
    coop:hasParticipation participation:a-x ;
    foaf:homepage <http://example.org/a> .

participation:a-x a coop:Participation ;
    coop:participant institution:x ;
    coop:inRole role:signatory .
""",
    "data/one/derived.ttl": "# Made by `coopera evidence` with the rules of ontology/derive; "
    "do not edit.\n"
    "@prefix agreement: <https://w3id.org/coopera/id/agreement/> .\n"
    "@prefix coop: <https://w3id.org/coopera/ontology#> .\n"
    "@prefix institution: <https://w3id.org/coopera/id/institution/> .\n\n"
    "agreement:a coop:party institution:x .\n",
    "data/one/sources.ttl": HEAD
    + "document:d a foaf:Document . document:coopera-editorial a foaf:Document .\n",
    "data/catalog.ttl": HEAD
    + "<https://w3id.org/coopera/data/one/agreements.ttl> dcterms:creator organization:coopera .\n",
    "data/one/evidence.csv": EVIDENCE_HEADER
    + """C1,participation:a-x,coop:participant,institution:x,document:d,4,signé,verbatim,accepted
C2,agreement:a,foaf:homepage,<http://example.org/a>,document:d,0,Ils,paraphrase,accepted
,<https://w3id.org/coopera/data/one/agreements.ttl>,dcterms:creator,organization:coopera,document:coopera-editorial,,,editorial,accepted
""",
    "queries/all/agreements.rq": """#+ summary: {en: The agreements., fr: Les accords.}
PREFIX coop: <https://w3id.org/coopera/ontology#>
SELECT ?agreement WHERE { ?agreement a coop:Agreement } ORDER BY ?agreement
""",
    "queries/all/agreements.csv": "agreement\nagreement:a\n",
}
"""A project of one agreement, whole and without a finding, but for its evidence.ttl."""

Make = Callable[..., Project]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write the small project, with some files changed (`None` leaves one out), and find it."""

    def write(changes: dict[str, str | None] | None = None, **_: None) -> Project:
        from coopera import evidence

        for name, text in {**SMALL, **(changes or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                path.write_text(text, "utf-8")
        found = room.find(tmp_path)
        if "data/one/evidence.ttl" not in (changes or {}):
            for path, text in evidence.generated(found).items():
                path.write_text(text, "utf-8")
        return found

    return write


@pytest.fixture(scope="session")
def coopera_project() -> Project:
    """Find the project of this checkout."""
    return room.find(ROOT)


@pytest.fixture(scope="session")
def oxigraph_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """Start the `oxigraph` server, once for all tests; whoever uses it loads what it needs."""
    yield from servers.oxigraph(tmp_path_factory.mktemp("oxigraph"))


@pytest.fixture(scope="session")
def virtuoso_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """Start Virtuoso, once for all tests; each load is a graph of its own."""
    yield from servers.virtuoso(tmp_path_factory.mktemp("virtuoso"))


@pytest.fixture(scope="session")
def whole_site(
    coopera_project: Project, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Serve the site of this checkout, once for all tests: COOPERA_SITE, or one that is built."""
    folder = os.environ.get("COOPERA_SITE") or tmp_path_factory.mktemp("whole") / "public"
    with outlets.built(coopera_project, Path(folder)) as found:
        yield found


@pytest.fixture(scope="session")
def all_outlets(
    coopera_project: Project, whole_site: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Outlet]]:
    """Open all that shows the pages of this checkout, once for all tests."""
    folder = tmp_path_factory.mktemp("reports")
    with outlets.all_of(coopera_project, whole_site, folder) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """Start Chromium, for one module."""
    with browsing.chromium() as browser:
        yield browser

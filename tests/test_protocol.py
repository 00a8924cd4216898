"""SPARQL 1.1 Protocol and Service Description: the suites of the W3C against a running server."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from conftest import SHARED
from pyoxigraph import NamedNode, Quad, QueryBoolean, RdfFormat, Store, parse, parse_query_results
from serving import serving

from coopera.tables import Term
from coopera.terms import RDF

SUITES = SHARED / "w3c" / "sparql11"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
SD = "http://www.w3.org/ns/sparql-service-description#"
RESULTS = {"application/sparql-results+json", "application/sparql-results+xml"}
TABLES = RESULTS | {"text/csv", "text/tab-separated-values"}
GRAPHS = {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"}
EXPECTED = {"boolean": RESULTS, "tabular": TABLES, "RDF": GRAPHS}

pytestmark = pytest.mark.skipif(
    not SUITES.is_dir(), reason="the W3C suites lie beside a checkout in CI only"
)


@dataclass(frozen=True)
class Step:
    """One request of a case, and what the suite expects of the response."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    statuses: frozenset[str]
    boolean: bool | None
    format: str | None


class Manifest:
    """The cases of the protocol suite."""

    def __init__(self, path: Path) -> None:
        self.store = Store()
        self.store.bulk_load(path=path, format=RdfFormat.TURTLE, base_iri="http://manifest/")
        self.base = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/manifest#"

    def value(self, subject: Term, predicate: str) -> Term | None:
        """Give one object."""
        return next(iter(self.values(subject, predicate)), None)

    def values(self, subject: Term, predicate: str) -> list[Term]:
        """Give the objects."""
        found = self.store.quads_for_pattern(subject, NamedNode(predicate), None)  # type: ignore[arg-type]
        return [quad.object for quad in found]

    def items(self, head: Term | None) -> Iterator[Term]:
        """Give the members of a list."""
        while head is not None and head != NamedNode(RDF + "nil"):
            first = self.value(head, RDF + "first")
            assert first is not None
            yield first
            head = self.value(head, RDF + "rest")

    def names(self) -> list[str]:
        """Name the cases."""
        (entries,) = self.store.quads_for_pattern(None, NamedNode(MF + "entries"), None)
        return [str(e)[1:-1].removeprefix(self.base) for e in self.items(entries.object)]

    def steps(self, name: str) -> list[Step]:
        """Give the requests of a case."""
        action = self.value(NamedNode(self.base + name), MF + "action")
        assert action is not None
        return [self.step(node) for node in self.items(self.value(action, HT + "requests"))]

    def step(self, node: Term) -> Step:
        """Read one request."""
        headers = [
            (self.text(h, HT + "fieldName"), self.text(h, HT + "fieldValue"))
            for h in self.items(self.value(node, HT + "headers"))
        ]
        body = self.value(node, HT + "body")
        content = None
        if body is not None:
            encoding = self.text(body, CNT + "characterEncoding")
            content = self.text(body, CNT + "chars").encode(encoding)
        response = self.value(node, HT + "resp")
        assert response is not None
        statuses = {str(s)[1:-1][-3] for s in self.values(response, MF + "expectedStatus")}
        boolean = self.value(response, MF + "expectedBoolean")
        kind = self.value(response, MF + "expectedFormat")
        return Step(
            self.text(node, HT + "methodName"),
            self.text(node, HT + "absolutePath"),
            tuple(headers),
            content,
            frozenset(statuses),
            None if boolean is None else boolean.value == "true",  # type: ignore[union-attr]
            None if kind is None else kind.value,  # type: ignore[union-attr]
        )

    def text(self, node: Term, predicate: str) -> str:
        """Give the text of an object."""
        found = self.value(node, predicate)
        assert found is not None
        return str(found.value)  # type: ignore[union-attr]


MANIFEST = Manifest(SUITES / "protocol" / "manifest.ttl") if SUITES.is_dir() else None
UPDATES = {
    "update_dataset_default_graph", "update_dataset_default_graphs", "update_dataset_named_graphs",
    "update_dataset_full", "update_post_form", "update_post_direct", "update_base_uri",
}  # fmt: skip
"""The seven cases of updates that succeed: a server for reading refuses them."""
NAMES = MANIFEST.names() if MANIFEST else []


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("protocol") / "data.nq"
    quads = []
    for number in (1, 2, 3):
        name = NamedNode(f"http://kasei.us/2009/09/sparql/data/data{number}.rdf")
        found = parse(path=SUITES / "protocol" / f"data{number}.nt")
        quads += [Quad(t.subject, t.predicate, t.object, name) for t in found]
    path.write_text("".join(f"{quad} .\n" for quad in quads), "utf-8")
    with serving(path, "--no-log", "--unisolated") as served:
        yield f"{served.url}/sparql"


def send(url: str, step: Step) -> httpx.Response:
    path = step.path.removeprefix("/sparql/")
    return httpx.request(step.method, f"{url}{path}", headers=step.headers, content=step.body)


def test_the_suite_is_the_one_that_we_know() -> None:
    assert len(NAMES) == 34
    assert set(NAMES) >= UPDATES


@pytest.mark.parametrize("name", [name for name in NAMES if name not in UPDATES])
def test_the_protocol_suite_passes(url: str, name: str) -> None:
    assert MANIFEST is not None
    for step in MANIFEST.steps(name):
        answered = send(url, step)

        assert str(answered.status_code)[0] in step.statuses, answered.text
        kind = answered.headers["content-type"].partition(";")[0]
        if step.format is not None:
            assert kind in EXPECTED[step.format]
        if step.boolean is not None:
            found = parse_query_results(answered.content, format=None or _format(kind))
            assert isinstance(found, QueryBoolean)
            assert bool(found) is step.boolean


def _format(kind: str):  # type: ignore[no-untyped-def]
    from pyoxigraph import QueryResultsFormat

    return QueryResultsFormat.from_media_type(kind)


@pytest.mark.parametrize("name", sorted(UPDATES))
def test_an_update_of_the_suite_is_refused_and_said_to_be(url: str, name: str) -> None:
    assert MANIFEST is not None
    answered = send(url, MANIFEST.steps(name)[0])

    assert answered.status_code == 403
    assert "update is refused" in answered.json()["detail"]


# Service Description: the three cases of the suite


def description(url: str) -> list[Quad]:
    answered = httpx.get(url, headers={"Accept": "text/turtle"})
    assert answered.status_code == 200
    assert answered.headers["content-type"] == "text/turtle"
    return list(parse(answered.content, format=RdfFormat.TURTLE))


def test_get_on_the_endpoint_returns_rdf(url: str) -> None:
    assert description(url)


def test_the_description_names_the_true_url_of_the_endpoint(url: str) -> None:
    endpoints = [q.object for q in description(url) if q.predicate.value == SD + "endpoint"]

    assert endpoints == [NamedNode(url)]


def test_the_description_conforms_to_its_schema(url: str) -> None:
    """Service Description, 3: a service, one default dataset, its graphs, known terms only."""
    quads = description(url)
    terms = {q.predicate.value for q in quads if q.predicate.value.startswith(SD)}
    kinds = {q.object.value for q in quads if q.predicate.value == RDF + "type"}  # type: ignore[union-attr]

    assert terms <= {
        SD + name
        for name in ("endpoint", "feature", "supportedLanguage", "resultFormat", "defaultDataset",
                     "defaultGraph", "namedGraph", "name", "extensionFunction")
    }  # fmt: skip
    assert kinds == {SD + name for name in ("Service", "Dataset", "Graph", "NamedGraph")}
    names = {q.object for q in quads if q.predicate.value == SD + "name"}
    assert len(names) == 3
    languages = {q.object for q in quads if q.predicate.value == SD + "supportedLanguage"}
    assert languages == {NamedNode(SD + "SPARQL11Query")}

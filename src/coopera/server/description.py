"""The service description: an endpoint's URL, the graph and its limits in; triples out.

SPARQL 1.1 Service Description, with the counts of VoID, and the limits as they are enforced.
"""

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from coopera.limits import Limits, published
from coopera.server.snapshot import Snapshot
from coopera.tables import Quads, Term
from coopera.terms import LANGUAGES, RDFS, TYPE, XSD

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
VOID = "http://rdfs.org/ns/void#"
RESULTS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads",
)  # fmt: skip
"""The result formats, by their names in the W3C's list of file formats."""


def triples(snapshot: Snapshot, url: str, limits: Limits) -> Quads:
    """Describe the service at a URL (SPARQL 1.1 Service Description, 3)."""
    service, dataset, default = BlankNode("service"), BlankNode("dataset"), BlankNode("default")
    told: list[tuple[NamedNode | BlankNode, str, Term]] = [
        (service, TYPE.value, NamedNode(SD + "Service")),
        (service, SD + "endpoint", NamedNode(url)),
        (service, SD + "supportedLanguage", NamedNode(SD + "SPARQL11Query")),
        (service, SD + "defaultDataset", dataset),
        (dataset, TYPE.value, NamedNode(SD + "Dataset")),
        (dataset, SD + "defaultGraph", default),
        (default, TYPE.value, NamedNode(SD + "Graph")),
        (default, VOID + "triples", number(len(snapshot.publication.triples))),
    ]
    told += [(service, SD + "resultFormat", NamedNode(FORMATS + name)) for name in RESULTS]
    for limit in published(limits):
        for language in LANGUAGES:
            colon = "\N{NO-BREAK SPACE}: " if language == "fr" else ": "
            text = f"{limit.text[language]}{colon}{limit.value:g}"
            told.append((service, RDFS + "comment", Literal(text, language=language)))
    for at, name in enumerate(sorted(snapshot.loaded.graphs)):
        graph = BlankNode(f"graph{at}")
        told += [
            (dataset, SD + "namedGraph", graph),
            (graph, TYPE.value, NamedNode(SD + "NamedGraph")),
            (graph, SD + "name", NamedNode(name)),
        ]
    return sorted((Triple(s, NamedNode(p), o) for s, p, o in told), key=str)


def text(snapshot: Snapshot, url: str, limits: Limits, media_type: str) -> bytes:
    """Write the description of the service in an RDF syntax."""
    syntax = RdfFormat.from_media_type(media_type)
    prefixes = {"sd": SD, "void": VOID, "format": FORMATS, "rdfs": RDFS}
    assert syntax is not None  # noqa: S101 - the endpoint offers syntaxes that there are
    return serialize(triples(snapshot, url, limits), format=syntax, prefixes=prefixes) or b""


def number(value: int) -> Literal:
    """Write a count."""
    return Literal(str(value), datatype=NamedNode(XSD + "integer"))

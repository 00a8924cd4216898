"""Catalogues: what a graph says of its data sets, and their files, in; DCAT-AP 3 out."""

from collections.abc import Callable

from pyoxigraph import NamedNode, Triple

from coopera.publication.dumps import RDF_FORMS, Digest, Dumps, Form, file_type, media_type
from coopera.publication.graph import Graph
from coopera.publication.said import Value, said, typed
from coopera.publication.types import type_of
from coopera.publication.whole import DUMPS
from coopera.tables import Quads, Term
from coopera.terms import DCAT, DCTERMS, LANGUAGES, RDF, VOID

SPDX, DCATAP = "http://spdx.org/rdf/terms#", "http://data.europa.eu/r5r/"
IANA = "http://www.iana.org/assignments/media-types/"
_STABLE = "http://publications.europa.eu/resource/authority/planned-availability/STABLE"
_KINDS = ("Catalog", "Dataset", "Distribution", "DataService")
_FOLLOWED = tuple(
    [DCTERMS + n for n in ("publisher", "creator", "license", "rights", "temporal", "spatial")]
    + [DCAT + "contactPoint"]
)
"""Properties of a described resource whose values are described with it."""

Measure = Callable[[str], Digest | None]
"""Gives size and sum of a file by its name below the site's folder, where it is there."""


def checksum(iri: str, sha256: str) -> Quads:
    """Say what the sum of something is (DCAT 3, 6.8.15; SPDX 2.3)."""
    return said(
        iri,
        {
            RDF + "type": SPDX + "Checksum",
            SPDX + "algorithm": SPDX + "checksumAlgorithm_sha256",
            SPDX + "checksumValue": typed(sha256, "hexBinary"),
        },
    )


def catalogue(graph: Graph, dumps: Dumps, measure: Measure) -> Quads:
    """Give the catalogue: what the graph says, the dumps that it leaves out, sizes and sums."""
    found = _described(graph) | set(_outline(dumps))
    for name, form in dumps.forms.items():
        node = NamedNode(f"{graph.project.base}{DUMPS}{name}")
        if not any(t.subject == node and t.predicate.value == RDF + "type" for t in found):
            found |= set(_distribution(dumps, name, form))
    base = graph.project.base
    offered = {t.object for t in found if t.predicate.value == DCAT + "distribution"}
    for iri in (one.value for one in offered if isinstance(one, NamedNode)):
        known = measure(iri.removeprefix(base)) if iri.startswith(base) else None
        if known:
            found |= set(_measured(graph, iri, known))
    return sorted(found, key=str)


def _described(graph: Graph) -> set[Triple]:
    """Gather what the graph says of its catalogues, data sets, files, and those behind them."""
    index = graph.index
    todo = [iri for kind in _KINDS for iri in index.instances.get(DCAT + kind, ())]
    behind = {v for iri in todo for p in _FOLLOWED for v in index.iris(iri, p)}
    wanted = sorted({*todo, *behind})
    return {
        Triple(NamedNode(iri), NamedNode(predicate), value)
        for iri in wanted
        if not iri.startswith("_:")
        for predicate, values in index.facts.get(iri, {}).items()
        for value in values
    }


def _outline(dumps: Dumps) -> Quads:
    """Say that there is a catalogue and a data set in it, where the graph does not."""
    whole, base = dumps.whole, dumps.graph.project.base
    names = [f"{base}{DUMPS}{name}" for name in dumps.forms]
    made = said(
        whole.iri,
        {
            RDF + "type": [DCAT + "Dataset", VOID + "Dataset"],
            DCTERMS + "title": dict(whole.title),
            DCTERMS + "description": dict(whole.description),
            DCAT + "distribution": list(names),
            VOID + "dataDump": [f"{base}{DUMPS}{name}" for name in RDF_FORMS],
        },
    )
    for catalog in whole.catalogues:
        made += said(catalog, {RDF + "type": DCAT + "Catalog", DCAT + "dataset": whole.iri})
        if catalog not in dumps.graph.index.facts:
            made += said(
                catalog,
                {
                    DCTERMS + "title": dict(whole.title),
                    DCTERMS + "description": dict(whole.description),
                },
            )
    return made


def _distribution(dumps: Dumps, name: str, form: Form) -> Quads:
    """Describe a dump that the graph does not describe, with the rights and dates of the whole."""
    whole, iri = dumps.whole, f"{dumps.graph.project.base}{DUMPS}{name}"
    title = {tag: f"{whole.title[tag].partition(':')[0].strip()}, {form.name(tag)}"
             for tag in LANGUAGES}  # fmt: skip
    facts: dict[str, Value] = {
        RDF + "type": DCAT + "Distribution",
        DCTERMS + "title": title,
        DCTERMS + "description": {tag: form.means(tag) for tag in LANGUAGES},
        DCAT + "accessURL": iri,
        DCAT + "downloadURL": iri,
        DCTERMS + "format": file_type(form),
        DCAT + "mediaType": IANA + media_type(name),
        DCATAP + "availability": _STABLE,
    }
    if name.endswith(".zip"):
        facts[DCAT + "packageFormat"] = IANA + type_of(name)
    for kept in ("license", "rights", "language", "issued", "modified"):
        facts[DCTERMS + kept] = list[Value](_terms(whole.values(DCTERMS + kept)))
    return said(iri, facts)


def _terms(values: list[Term]) -> list[Term]:
    return [value for value in values if not isinstance(value, Triple)]


def _measured(graph: Graph, iri: str, known: Digest) -> Quads:
    name = iri.removeprefix(graph.project.base)
    at = f"{graph.project.base}catalog#sha256-{name.replace('/', '-')}"
    size = typed(known.size, "nonNegativeInteger")
    return [
        *said(iri, {DCAT + "byteSize": size, SPDX + "checksum": at}),
        *checksum(at, known.sha256),
    ]

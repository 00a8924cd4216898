"""VoID: a graph in; its data set described, with its counts and its links to others, out.

VoID (W3C), 4.6: each count is that of the graph as the dumps hold it.
"""

import re
from collections import Counter, defaultdict

from pyoxigraph import Literal, NamedNode

from coopera.pages.index import TYPE, key
from coopera.publication.catalogue import SPDX, checksum
from coopera.publication.dumps import RDF_FORMS, Dumps
from coopera.publication.said import Value, said, typed
from coopera.publication.whole import DUMPS
from coopera.tables import Quads
from coopera.terms import DCTERMS, FOAF, LANGUAGES, RDF, RDFS, VOID

NAME = ".well-known/void"
TARGETS = {
    "ror": ("https://ror.org/", "ROR", "https://ror.org/"),
    "wikidata": ("http://www.wikidata.org/entity/", "Wikidata", "https://www.wikidata.org/"),
    "geonames": ("https://sws.geonames.org/", "GeoNames", "https://www.geonames.org/"),
}
"""Data sets of others that links may lead to: where their IRIs begin, their names and homes."""
_COPIED = ("creator", "publisher", "license", "rights", "issued", "modified")


def void(dumps: Dumps) -> Quads:
    """Describe the data set as a whole."""
    graph, whole = dumps.graph, dumps.whole
    base, at = graph.project.base, f"{graph.project.base}{NAME}"
    space = f"{base}id/"
    told = whole.values(VOID + "uriSpace")
    if told and isinstance(told[0], Literal):
        space = told[0].value
    subjects = Counter(key(t.subject) for t in graph.triples)
    kinds = {t.object for t in graph.triples if t.predicate.value == TYPE}
    facts: dict[str, Value] = {
        RDF + "type": VOID + "Dataset",
        DCTERMS + "title": dict(whole.title),
        DCTERMS + "description": dict(whole.description),
        FOAF + "homepage": graph.project.site,
        VOID + "uriSpace": Literal(space),
        VOID + "triples": _count(len(graph.triples)),
        VOID + "entities": _count(sum(subject.startswith(space) for subject in subjects)),
        VOID + "distinctSubjects": _count(len(subjects)),
        VOID + "distinctObjects": _count(len({t.object for t in graph.triples})),
        VOID + "classes": _count(len(kinds)),
        VOID + "properties": _count(len({t.predicate for t in graph.triples})),
        VOID + "dataDump": [f"{base}{DUMPS}{name}" for name in RDF_FORMS],
        SPDX + "checksum": f"{at}#rdfc-1.0",
    }
    for name in (*_COPIED, "subject"):
        facts[DCTERMS + name] = [v for v in whole.values(DCTERMS + name) if _is_plain(v)]
    for name in ("vocabulary", "exampleResource", "feature"):
        facts[VOID + name] = [v for v in whole.values(VOID + name) if _is_plain(v)]
    made = said(whole.iri, facts)
    made += said(
        at,
        {
            RDF + "type": VOID + "DatasetDescription",
            DCTERMS + "title": {
                "en": f"Description of the data set: {whole.title['en']}",
                "fr": f"Description du jeu de données\N{NO-BREAK SPACE}: {whole.title['fr']}",
            },
            FOAF + "primaryTopic": whole.iri,
        },
    )
    made += checksum(f"{at}#rdfc-1.0", dumps.canonical_hash)
    made += said(f"{at}#rdfc-1.0", {RDFS + "comment": dict(_HASH)})
    made += _partitions(dumps, at) + _links(dumps, at)
    return sorted(set(made), key=str)


_HASH = {
    "en": "The hash of the data set: the SHA-256 of its canonical N-Quads (RDFC-1.0).",
    "fr": "L'empreinte du jeu de données : le SHA-256 de ses N-Quads canoniques (RDFC-1.0).",
}


def _partitions(dumps: Dumps, at: str) -> Quads:
    """Count the entities of each class, and the triples of each property."""
    whole, prefixes = dumps.whole, dumps.graph.prefixes
    members: Counter[str] = Counter()
    triples: Counter[str] = Counter()
    subjects: Counter[str] = Counter()
    objects: dict[str, set[object]] = defaultdict(set)
    for subject, facts in dumps.graph.index.facts.items():
        for predicate, values in facts.items():
            triples[predicate] += len(values)
            subjects[predicate] += 1
            objects[predicate].update(values)
        for kind in dumps.graph.index.iris(subject, TYPE):
            members[kind] += 1
    made: Quads = []
    for name in sorted(members):
        part = f"{at}#class-{_fragment(prefixes.curie(name) or name)}"
        made += said(whole.iri, {VOID + "classPartition": part})
        made += said(part, {VOID + "class": name, VOID + "entities": _count(members[name])})
    for name in sorted(triples):
        part = f"{at}#property-{_fragment(prefixes.curie(name) or name)}"
        made += said(whole.iri, {VOID + "propertyPartition": part})
        made += said(
            part,
            {
                VOID + "property": name,
                VOID + "triples": _count(triples[name]),
                VOID + "distinctSubjects": _count(subjects[name]),
                VOID + "distinctObjects": _count(len(objects[name])),
            },
        )
    return made


def _links(dumps: Dumps, at: str) -> Quads:
    """Count the links from our things to those of other data sets."""
    whole, graph = dumps.whole, dumps.graph
    made: Quads = []
    for name, (space, title, home) in TARGETS.items():
        links: Counter[str] = Counter()
        for iri, linking in graph.index.links.items():
            if iri.startswith(space):
                for predicate, subjects in linking.items():
                    links[predicate] += sum(s.startswith(graph.project.base) for s in subjects)
        links = +links  # those that come from elsewhere are none of ours
        for predicate, number in sorted(links.items()):
            local = _fragment(graph.prefixes.curie(predicate) or predicate)
            part = f"{at}#links-{name}-{local}"
            made += said(whole.iri, {VOID + "subset": part})
            made += said(
                part,
                {
                    RDF + "type": VOID + "Linkset",
                    DCTERMS + "title": {
                        "en": f"Links to {title}",
                        "fr": f"Liens vers {title}",
                    },
                    VOID + "subjectsTarget": whole.iri,
                    VOID + "objectsTarget": f"{at}#{name}",
                    VOID + "linkPredicate": predicate,
                    VOID + "triples": _count(number),
                },
            )
        if links:
            made += said(
                f"{at}#{name}",
                {
                    RDF + "type": VOID + "Dataset",
                    DCTERMS + "title": {**dict.fromkeys(LANGUAGES, title)},
                    VOID + "uriSpace": Literal(space),
                    FOAF + "homepage": home,
                },
            )
    return made


def _is_plain(value: object) -> bool:
    return isinstance(value, (NamedNode, Literal))


def _fragment(text: str) -> str:
    """Write a text as part of a fragment, a different one for each."""
    return re.sub(
        r"[^A-Za-z0-9_.~]",
        lambda m: "-" if m[0] == ":" else "".join(f"~{b:02x}" for b in m[0].encode()),
        text,
    )


def _count(number: int) -> Literal:
    return typed(number, "integer")

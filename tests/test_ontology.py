"""The ontology is well published (FOOPS!), free of known pitfalls (OOPS!), OWL 2 DL and consistent.

A check takes a graph and gives its findings. Each is run on the ontology, on a small sound one,
`MINI`, and on that one broken by a SPARQL update, so that each is seen to pass and to fail.
"""

import calendar
import itertools
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import owlrl
import pyoxigraph
import pytest
import yaml
from rdflib import (
    DCTERMS,
    FOAF,
    OWL,
    RDF,
    RDFS,
    SKOS,
    XSD,
    BNode,
    Graph,
    Literal,
    Namespace,
    URIRef,
)
from rdflib.collection import Collection
from rdflib.compare import isomorphic
from rdflib.term import Node

ROOT = Path(__file__).parents[1]
ONTOLOGY = ROOT / "ontology"
CORE = [ONTOLOGY / "coop.ttl"]
CONCEPTS = sorted((ONTOLOGY / "concepts").glob("*.ttl"))
ALIGNMENTS = sorted((ONTOLOGY / "alignments").glob("*.ttl"))
SHAPES = sorted((ONTOLOGY / "shapes").glob("**/*.ttl"))
RULES = sorted((ONTOLOGY / "derive").glob("*.rq"))
DATA = sorted((ROOT / "data").glob("**/*.ttl"))
ABOUT_DATA = {"evidence.ttl", "catalog.ttl"}
"""Files of data/ that describe the data in the words of other vocabularies."""
FACTS = [path for path in [*DATA, *CONCEPTS] if path.name not in ABOUT_DATA]
VOCABULARIES = sorted((ROOT / "tests" / "vocabularies").glob("*.txt"))

LANGUAGES = {"en", "fr"}
BASE = "https://w3id.org/coopera/"
COOP = Namespace(BASE + "ontology#")
VANN = Namespace("http://purl.org/vocab/vann/")
BIBO = Namespace("http://purl.org/ontology/bibo/")
SCHEMA = Namespace("https://schema.org/")
SSSOM = Namespace("https://w3id.org/sssom/")

Check = Callable[[Graph], list[str]]


def graph_of(paths: Iterable[Path]) -> Graph:
    """Read Turtle files into one graph."""
    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


@pytest.fixture(scope="module")
def core() -> Graph:
    return graph_of(CORE)


@pytest.fixture(scope="module")
def facts() -> Graph:
    return graph_of([*CORE, *FACTS])


# Reading an ontology


def header(graph: Graph) -> Node:
    """Give the node of the ontology, or a fresh blank node where there is none."""
    return next(graph.subjects(RDF.type, OWL.Ontology), BNode())


def namespace(graph: Graph) -> str:
    return str(graph.value(header(graph), VANN.preferredNamespaceUri) or header(graph))


def own(graph: Graph, *types: URIRef) -> list[URIRef]:
    """Give the terms of the ontology's namespace that have one of the types, or any type."""
    found = {
        term
        for term, kind in graph.subject_objects(RDF.type)
        if isinstance(term, URIRef)
        and str(term).startswith(namespace(graph))
        and kind in (types or {kind})
    }
    return sorted(found)


def own_classes(graph: Graph) -> list[URIRef]:
    return own(graph, OWL.Class)


def own_properties(graph: Graph) -> list[URIRef]:
    return own(graph, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


def lacking(graph: Graph, *properties: URIRef) -> list[str]:
    """Name the properties that the ontology's header lacks."""
    return [f"no {p}" for p in properties if (header(graph), p, None) not in graph]


def without(graph: Graph, *properties: URIRef) -> list[str]:
    """Name the terms that lack one of the properties in one of our languages."""
    return [
        f"{term} @{language}"
        for term in own(graph)
        for language in sorted(LANGUAGES)
        if not any(
            isinstance(text, Literal) and text.language == language
            for p in properties
            for text in graph.objects(term, p)
        )
    ]


# FOOPS!, the tests that need no network (its catalogue, read in 2026)

PERSISTENT = re.compile(
    r"w3id\.org|doi\.org|purl\.(.+\.)?org|linked\.data\.gov\.au|dbpedia\.org|www\.w3\.org"
    r"|perma\.cc|data\.europa\.eu"
)
METADATA = (
    str(DCTERMS),
    str(SCHEMA),
    str(VANN),
    str(BIBO),
    str(FOAF),
    "http://www.w3.org/ns/prov#",
)
SYNTAXES = ("turtle", "nt", "xml", "json-ld")


def not_read_again(graph: Graph) -> list[str]:
    """Name the syntaxes in which the graph cannot be written and read again."""
    found = []
    for syntax in SYNTAXES:
        try:
            again = Graph().parse(data=graph.serialize(format=syntax), format=syntax)
        except Exception as error:  # Each writer of rdflib has its own errors.
            found.append(f"{syntax}: {error}")
        else:
            found += [] if isomorphic(graph, again) else [syntax]
    return found


def prefix_is_not_one_plain_text(graph: Graph) -> list[str]:
    found = list(graph.objects(header(graph), VANN.preferredNamespacePrefix))
    plain = [t for t in found if isinstance(t, Literal) and t.language is None]
    return [] if len(found) == len(plain) == 1 else [f"prefixes: {found}"]


def version_iri_tells_no_version(graph: Graph) -> list[str]:
    iri, version = (graph.value(header(graph), p) for p in (OWL.versionIRI, OWL.versionInfo))
    sound = iri is not None and iri != header(graph) and str(version) in str(iri)
    return [] if sound else [f"version IRI {iri}, version {version}"]


def licence_is_no_iri(graph: Graph) -> list[str]:
    found = list(graph.objects(header(graph), DCTERMS.license))
    return [] if found and all(isinstance(t, URIRef) for t in found) else [f"licence: {found}"]


def no_metadata_vocabulary(graph: Graph) -> list[str]:
    used = graph.predicates(header(graph))
    return [] if any(str(p).startswith(METADATA) for p in used) else ["no metadata"]


def nothing_reused(graph: Graph) -> list[str]:
    ours = (namespace(graph), str(header(graph)), str(RDF), str(RDFS), str(OWL), str(XSD))
    used = {t for term in own(graph) for pair in graph.predicate_objects(term) for t in pair}
    foreign = any(isinstance(t, URIRef) and not str(t).startswith(ours) for t in used)
    return [] if foreign or (None, OWL.imports, None) in graph else ["no foreign term"]


def namespace_is_apart(graph: Graph) -> list[str]:
    found = namespace(graph)
    sound = found.startswith(str(header(graph))) and found == found.lower()
    return [] if sound else [f"{found} does not start with {header(graph)}, in lower case"]


FOOPS: dict[str, Check] = {
    "PURL1": lambda g: [] if PERSISTENT.search(str(header(g))) else [str(header(g))],
    "HTTP1": lambda g: [] if re.match("https?://", str(header(g))) else [str(header(g))],
    "RDF1": not_read_again,
    "FIND1": prefix_is_not_one_plain_text,
    "OM1": lambda g: lacking(
        g,
        DCTERMS.title,
        DCTERMS.description,
        DCTERMS.license,
        OWL.versionIRI,
        DCTERMS.creator,
        VANN.preferredNamespaceUri,
    ),
    "OM2": lambda g: lacking(
        g,
        VANN.preferredNamespacePrefix,
        OWL.versionInfo,
        DCTERMS.created,
        DCTERMS.bibliographicCitation,
    ),
    "OM3": lambda g: lacking(  # All but the DOI, which needs a registry.
        g, DCTERMS.publisher, FOAF.logo, BIBO.status, DCTERMS.source, DCTERMS.issued
    ),
    "OM4.1": lambda g: lacking(g, DCTERMS.license),
    "OM4.2": licence_is_no_iri,
    "OM5.1": lambda g: lacking(g, DCTERMS.creator, DCTERMS.created),
    "OM5.2": lambda g: lacking(g, DCTERMS.publisher, DCTERMS.issued),
    "VOC1": no_metadata_vocabulary,
    "VOC2": nothing_reused,
    "VOC3": lambda g: without(g, RDFS.label, SKOS.prefLabel),
    "VOC4": lambda g: without(g, RDFS.comment, SKOS.definition),
    "VER1": version_iri_tells_no_version,
    "NAMESPACE": namespace_is_apart,
}

# OOPS!, the pitfalls that a machine can find

BUILT_IN = (str(RDF), str(RDFS), str(OWL), str(XSD))


def unconnected(graph: Graph) -> list[str]:
    links = {
        RDFS.subClassOf,
        RDFS.subPropertyOf,
        RDFS.domain,
        RDFS.range,
        SCHEMA.domainIncludes,
        SCHEMA.rangeIncludes,
    }
    joined = {t for s, p, o in graph if p in links and s != o for t in (s, o)}
    return [t for t in [*own_classes(graph), *own_properties(graph)] if t not in joined]


def cycles(graph: Graph) -> list[str]:
    return [
        str(term)
        for step in (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.broader)
        for term in set(graph.subjects(step))
        if any(
            term in graph.transitive_objects(parent, step)
            for parent in graph.objects(term, step)
            if parent != term
        )
    ]


def recursive(graph: Graph) -> list[str]:
    """Name the classes that their own definition mentions."""

    def parts(node: Node) -> Iterator[Node]:
        yield node
        if isinstance(node, BNode):
            for part in graph.objects(node):
                yield from parts(part)

    steps = (RDFS.subClassOf, OWL.equivalentClass, OWL.disjointUnionOf)
    return [
        str(term)
        for term in own_classes(graph)
        for step in steps
        for definition in graph.objects(term, step)
        if term in parts(definition)
    ]


def not_disjoint(graph: Graph) -> list[str]:
    """Name the pairs of main classes, those below no other of ours, not declared disjoint."""
    main = [
        c for c in own_classes(graph) if not {*graph.objects(c, RDFS.subClassOf)} & {*own(graph)}
    ]
    apart = {frozenset(pair) for pair in graph.subject_objects(OWL.disjointWith)}
    for node in graph.subjects(RDF.type, OWL.AllDisjointClasses):
        for members in graph.objects(node, OWL.members):
            apart |= {frozenset(p) for p in itertools.combinations(Collection(graph, members), 2)}
    return [f"{a} {b}" for a, b in itertools.combinations(main, 2) if {a, b} not in apart]


def without_axiom(graph: Graph) -> list[str]:
    return [
        f"{term} {axiom}"
        for term in own(graph, OWL.ObjectProperty, OWL.DatatypeProperty)
        for axiom in (RDFS.domain, RDFS.range)
        if (term, axiom, None) not in graph
    ]


def without_inverse(graph: Graph) -> list[str]:
    return [
        str(term)
        for term in own(graph, OWL.ObjectProperty)
        if (term, OWL.inverseOf, None) not in graph
        and (None, OWL.inverseOf, term) not in graph
        and (term, RDF.type, OWL.SymmetricProperty) not in graph
    ]


def several_axioms(graph: Graph) -> list[str]:
    return [
        f"{term} {axiom}"
        for term in own_properties(graph)
        for axiom in (RDFS.domain, RDFS.range)
        if len([*graph.objects(term, axiom)]) > 1
    ]


def badly_named(graph: Graph) -> list[str]:
    start = len(namespace(graph))
    upper = [t for t in own_classes(graph) if not re.fullmatch("([A-Z][a-z0-9]+)+", t[start:])]
    lower = [t for t in own(graph) if t not in own_classes(graph)]
    return [*upper, *(t for t in lower if not re.fullmatch("[a-z]+([A-Z][a-z0-9]+)*", t[start:]))]


def ends_differ(kind: URIRef) -> Check:
    return lambda graph: [
        str(term)
        for term in own(graph, kind)
        if {*graph.objects(term, RDFS.domain)} != {*graph.objects(term, RDFS.range)}
    ]


def same_label(graph: Graph) -> list[str]:
    found = defaultdict(set)
    for kind, terms in (("class", own_classes(graph)), ("property", own_properties(graph))):
        for term in terms:
            for label in graph.objects(term, RDFS.label):
                found[kind, label].add(term)
    return [f"{label} {terms}" for (_, label), terms in found.items() if len(terms) > 1]


def untyped_classes(graph: Graph) -> list[str]:
    used = {
        o
        for p in (
            RDF.type,
            RDFS.subClassOf,
            RDFS.domain,
            RDFS.range,
            SCHEMA.domainIncludes,
            SCHEMA.rangeIncludes,
        )
        for o in graph.objects(None, p)
    }
    typed = {s for t in (OWL.Class, RDFS.Datatype) for s in graph.subjects(RDF.type, t)}
    return sorted(
        t for t in used - typed if isinstance(t, URIRef) and not str(t).startswith(BUILT_IN)
    )


def untyped_properties(graph: Graph) -> list[str]:
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    used = {*graph.predicates(), *graph.objects(None, RDFS.subPropertyOf)}
    typed = {s for kind in kinds for s in graph.subjects(RDF.type, kind)}
    return sorted(
        t for t in used - typed if isinstance(t, URIRef) and not str(t).startswith(BUILT_IN)
    )


OOPS: dict[str, Check] = {
    "P04": unconnected,
    "P06": cycles,
    "P08": lambda g: without(g, RDFS.label) + without(g, SKOS.definition),
    "P10": not_disjoint,
    "P11": without_axiom,
    "P13": without_inverse,
    "P19": several_axioms,
    "P22": badly_named,
    "P24": recursive,
    "P25": lambda g: [str(t) for t in own(g) if (t, OWL.inverseOf, t) in g],
    "P26": lambda g: [
        str(t) for t in own(g, OWL.SymmetricProperty) if (t, OWL.inverseOf, None) in g
    ],
    "P28": ends_differ(OWL.SymmetricProperty),
    "P29": ends_differ(OWL.TransitiveProperty),
    "P32": same_label,
    "P34": untyped_classes,
    "P35": untyped_properties,
    "P36": lambda g: re.findall(r"\.(?:owl|rdf|ttl|n3|rdfxml)$", str(header(g))),
    "P38": lambda g: [] if (None, RDF.type, OWL.Ontology) in g else ["no owl:Ontology"],
    "P39": lambda g: [] if isinstance(header(g), URIRef) else ["the ontology has no IRI"],
    "P40": lambda g: undefined_here(g),
    "P41": lambda g: lacking(g, DCTERMS.license),
}

# OWL 2 DL


def reserved_superiors(graph: Graph) -> list[str]:
    return [
        f"{s} {o}"
        for p in (RDFS.subClassOf, RDFS.subPropertyOf)
        for s, o in graph.subject_objects(p)
        if str(o).startswith(BUILT_IN)
    ]


def puns(graph: Graph) -> list[str]:
    """Name the terms of two kinds that OWL 2 DL keeps apart (OWL 2 Structural, 5.8.1)."""
    families = (
        (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty),
        (OWL.Class, RDFS.Datatype),
    )
    return [
        f"{a} and {b}: {term}"
        for family in families
        for a, b in itertools.combinations(family, 2)
        for term in {*graph.subjects(RDF.type, a)} & {*graph.subjects(RDF.type, b)}
    ]


def misused_properties(graph: Graph) -> list[str]:
    """Name the object properties with a literal, and the datatype properties with a node."""
    object_properties = {*graph.subjects(RDF.type, OWL.ObjectProperty)}
    datatype_properties = {*graph.subjects(RDF.type, OWL.DatatypeProperty)}
    return [
        f"{s} {p} {o}"
        for s, p, o in graph
        if p in (object_properties if isinstance(o, Literal) else datatype_properties)
    ]


DL: dict[str, Check] = {
    "reserved superior": reserved_superiors,
    "pun": puns,
    "misused property": misused_properties,
    "untyped class": untyped_classes,
    "untyped property": untyped_properties,
    "imports": lambda g: [str(t) for t in g.objects(None, OWL.imports)],
}


def contradictions(graph: Graph) -> list[str]:
    """Give what is wrong in the closure of a graph under OWL 2 RL (owlrl 7.6)."""
    closure = Graph()
    for s, p, o in graph:
        if not (isinstance(o, Literal) and o.language):  # Labels entail nothing.
            closure.add((s, p, o))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(closure)
    error = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
    return [
        *(str(message) for message in closure.objects(None, error)),
        *(f"{s} is nothing" for s in closure.subjects(RDF.type, OWL.Nothing) if s != OWL.Nothing),
    ]


# Foreign terms

Vocabularies = dict[str, frozenset[str]]
"""Namespaces and their local names."""


def listed() -> Vocabularies:
    found = {}
    for path in VOCABULARIES:
        lines = path.read_text(encoding="utf-8").splitlines()
        space = lines[0].removeprefix("# namespace: ")
        found[space] = frozenset(line for line in lines if not line.startswith("#"))
    return found


def known(graph: Graph) -> Vocabularies:
    """Give the listed vocabularies and the ontology's own."""
    space = namespace(graph)
    return {**listed(), space: frozenset(term.removeprefix(space) for term in own(graph))}


def undefined(statements: Iterable[pyoxigraph.Quad], vocabularies: Vocabularies) -> list[str]:
    """Name the IRIs that their vocabulary lacks, and the terms of a vocabulary we do not list."""
    nodes, terms = set(), set()
    for quad in statements:
        terms.add(quad.predicate.value)
        for node in (quad.subject, quad.object):
            if isinstance(node, pyoxigraph.NamedNode):
                nodes.add(node.value)
        if isinstance(quad.object, pyoxigraph.Literal):
            terms.add(quad.object.datatype.value)
        elif quad.predicate.value == str(RDF.type) and isinstance(
            quad.object, pyoxigraph.NamedNode
        ):
            terms.add(quad.object.value)
    homes = {
        iri: max((s for s in vocabularies if iri.startswith(s)), key=len, default="")
        for iri in nodes | terms
    }
    return sorted(
        iri
        for iri, space in homes.items()
        if (
            iri in terms
            if not space
            else iri != space and iri[len(space) :] not in vocabularies[space]
        )
    )


def undefined_here(graph: Graph) -> list[str]:
    text = graph.serialize(format="nt")
    return undefined(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_TRIPLES), known(graph))


# Words


def one_language_only(graph: Graph) -> list[str]:
    """Name what is said in one of our languages but not in the other, or in a third."""
    found = defaultdict(set)
    for s, p, o in graph:
        if isinstance(o, Literal) and o.language and p != SKOS.altLabel:
            found[s, p].add(o.language)
    return [f"{s} {p} {tags}" for (s, p), tags in found.items() if tags != LANGUAGES]


def several_texts(graph: Graph) -> list[str]:
    """Name the terms with two labels or two definitions in one language."""
    counts = Counter(
        (s, p, o.language)
        for p in (RDFS.label, SKOS.prefLabel, SKOS.definition)
        for s, o in graph.subject_objects(p)
        if isinstance(o, Literal)
    )
    return [f"{key}" for key, count in counts.items() if count > 1]


def uneven_typography(graph: Graph) -> list[str]:
    """Name the texts with a curly apostrophe, stray spaces, or French marks without their space."""
    return [
        str(o)
        for o in graph.objects()
        if isinstance(o, Literal)
        and o.language
        and (
            re.search(r"’|^\s|\s$|  ", o)
            or (o.language == "fr" and re.search(r"[^\s:/][;?!»]|[^\s]:\s|«\S", o))
        )
    ]


def badly_placed_concepts(graph: Graph) -> list[str]:
    """Name the concepts without one scheme, outside its IRI, or neither top nor below another."""
    return [
        str(concept)
        for concept in {*graph.subjects(SKOS.inScheme)}
        for schemes in [[*graph.objects(concept, SKOS.inScheme)]]
        if len(schemes) != 1
        or str(concept).rpartition("/")[0] != str(schemes[0])
        or ((concept, SKOS.broader, None) in graph)
        == ((concept, SKOS.topConceptOf, schemes[0]) in graph)
    ]


def undescribed_schemes(graph: Graph) -> list[str]:
    asked = (SKOS.prefLabel, SKOS.definition, DCTERMS.license, DCTERMS.creator, DCTERMS.created)
    return [
        f"{scheme} {p}"
        for scheme in {*graph.objects(None, SKOS.inScheme)}
        for p in asked
        if (scheme, RDF.type, SKOS.ConceptScheme) not in graph or (scheme, p, None) not in graph
    ]


def unlabelled_concepts(graph: Graph) -> list[str]:
    return [
        f"{concept} {p}"
        for concept in {*graph.subjects(SKOS.inScheme)}
        for p in (SKOS.prefLabel, SKOS.definition)
        if (concept, p, None) not in graph
    ]


def undeclared_concepts(graph: Graph) -> list[str]:
    """Name the concepts that are used, but that their scheme does not have."""
    schemes = tuple(f"{scheme}/" for scheme in graph.subjects(RDF.type, SKOS.ConceptScheme))
    used = {o for o in graph.objects() if str(o).startswith(schemes)}
    return sorted(str(o) for o in used - {*graph.subjects(SKOS.inScheme)})


def unfair_mappings(graph: Graph) -> list[str]:
    """Name the SKOS mappings of what is not a concept (SKOS, S19 to S21 make it one)."""
    concepts = {*graph.subjects(SKOS.inScheme)}
    return [
        f"{s} {p} {o}"
        for s, p, o in graph
        if str(p).startswith(str(SKOS))
        and str(p).endswith("Match")
        and (s not in concepts or str(o).startswith(namespace(graph)))
    ]


WORDS: dict[str, Check] = {
    "one language only": one_language_only,
    "several texts": several_texts,
    "uneven typography": uneven_typography,
    "badly placed concept": badly_placed_concepts,
    "undescribed scheme": undescribed_schemes,
    "unlabelled concept": unlabelled_concepts,
    "unfair mapping": unfair_mappings,
}


def unexplained_links(graph: Graph) -> list[str]:
    """Name the alignment links without a kind, a reason or a comment in both languages."""
    notes = defaultdict(list)
    for note in graph.subjects(RDF.type, OWL.Axiom):
        ends = (graph.value(note, p) for p in (OWL.annotatedSource, OWL.annotatedTarget))
        notes[tuple(ends)].append(note)
    links = {*graph.subject_objects(RDFS.seeAlso)}
    kinds = {SKOS[k] for k in ("closeMatch", "broadMatch", "narrowMatch", "relatedMatch")}
    return [
        f"{link}"
        for link in links | {*notes}
        if link not in links
        or link not in notes
        or not all(
            {*graph.objects(note, SSSOM.predicate_id)} <= kinds
            and graph.value(note, SSSOM.predicate_id)
            and (note, SSSOM.mapping_justification, None) in graph
            and {o.language for o in graph.objects(note, RDFS.comment) if isinstance(o, Literal)}
            == LANGUAGES
            for note in notes[link]
        )
    ]


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


def declared(text: str) -> set[tuple[str, str]]:
    """Give the prefixes that a Turtle or SPARQL text declares, with their namespaces."""
    found = re.findall(r"^(?:@prefix|PREFIX)\s+([\w-]*):\s*<([^>]*)>", text, re.MULTILINE)
    return {(prefix, space) for prefix, space in found}


def table() -> set[tuple[str, str]]:
    graph = graph_of([ONTOLOGY / "prefixes.ttl"])
    sh = Namespace("http://www.w3.org/ns/shacl#")
    nodes = graph.objects(URIRef(BASE + "ontology"), sh.declare)
    return {(str(graph.value(n, sh.prefix)), str(graph.value(n, sh.namespace))) for n in nodes}


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


# Rules

PREFIXES = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in sorted(table()))
TURTLE = pyoxigraph.RdfFormat.TURTLE
Triples = set[pyoxigraph.Triple]


def by_rdflib(rule: str, turtle: str) -> Triples:
    made = Graph().parse(data=turtle, format="turtle").query(rule).graph
    assert made is not None
    return read(made.serialize(format="nt"))


def by_oxigraph(rule: str, turtle: str) -> Triples:
    store = pyoxigraph.Store()
    store.load(turtle, format=TURTLE)
    made = store.query(rule)
    assert isinstance(made, pyoxigraph.QueryTriples)
    return {*made}


ENGINES = {"rdflib": by_rdflib, "oxigraph": by_oxigraph}


def read(turtle: str) -> Triples:
    return {quad.triple for quad in pyoxigraph.parse(PREFIXES + turtle, format=TURTLE)}


def rule(name: str) -> str:
    return (ONTOLOGY / "derive" / f"{name}.rq").read_text(encoding="utf-8")


STATUS = "a coop:StatusRecord ; coop:statusValue commitment-status:"
NAMES = """
institution:imt skos:prefLabel "Institut Mines-Télécom"@en , "Institut Mines-Télécom"@fr .
organization:gaia-x skos:prefLabel "Gaia-X"@en , "Gaia-X"@fr .
role:signatory skos:prefLabel "signatory"@en , "signataire"@fr .
commitment-status:planned skos:prefLabel "planned"@en , "prévu"@fr .
variable:students skos:prefLabel "students"@en , "étudiants"@fr . """
CASES = {
    "label: the preferred labels, and no other": (
        "label",
        'site:x skos:prefLabel "Site"@en , "Lieu"@fr ; skos:altLabel "Place"@en .',
        'site:x rdfs:label "Site"@en , "Lieu"@fr .',
    ),
    "label: who takes part, and in which role": (
        "label-participation",
        NAMES + "participation:x coop:participant institution:imt ; coop:inRole role:signatory .",
        'participation:x rdfs:label "Institut Mines-Télécom — signatory"@en ,'
        '"Institut Mines-Télécom — signataire"@fr .',
    ),
    "label: which status, and when": (
        "label-status-record",
        NAMES + f'status:x {STATUS}planned ; coop:asOf "2025-07"^^xsd:gYearMonth .',
        'status:x rdfs:label "planned (2025-07)"@en , "prévu (2025-07)"@fr .',
    ),
    "label: who is what of whom": (
        "label-membership",
        NAMES + "membership:x org:member institution:imt ; org:organization organization:gaia-x ;"
        "org:role role:signatory .",
        'membership:x rdfs:label "Institut Mines-Télécom — signatory — Gaia-X"@en ,'
        '"Institut Mines-Télécom — signataire — Gaia-X"@fr .',
    ),
    "label: who belongs to whom, in no known role": (
        "label-membership",
        NAMES + "membership:x org:member institution:imt ; org:organization organization:gaia-x .",
        'membership:x rdfs:label "Institut Mines-Télécom — Gaia-X"@en ,'
        '"Institut Mines-Télécom — Gaia-X"@fr .',
    ),
    "label: how many at least": (
        "label-observation",
        NAMES + "observation:x schema:variableMeasured variable:students ; schema:minValue 13600 ;"
        "schema:observationAbout institution:imt .",
        'observation:x rdfs:label "students — at least 13600 — Institut Mines-Télécom"@en ,'
        '"étudiants — au moins 13600 — Institut Mines-Télécom"@fr .',
    ),
    "label: how many exactly": (
        "label-observation",
        NAMES + "observation:x schema:variableMeasured variable:students ; schema:value 10 ;"
        "schema:observationAbout institution:imt .",
        'observation:x rdfs:label "students — 10 — Institut Mines-Télécom"@en ,'
        '"étudiants — 10 — Institut Mines-Télécom"@fr .',
    ),
    "party: signatories and partners of agreements and partnerships, not beneficiaries": (
        "party",
        """agreement:x a coop:Agreement ; coop:hasParticipation participation:a , participation:b .
        partnership:x a coop:Partnership ; coop:hasParticipation participation:c .
        commitment:x a coop:Commitment ; coop:hasParticipation participation:c .
        participation:a coop:participant institution:imt ; coop:inRole role:signatory .
        participation:b coop:participant institution:ens ; coop:inRole role:beneficiary .
        participation:c coop:participant institution:uts ; coop:inRole role:partner .""",
        "agreement:x coop:party institution:imt . partnership:x coop:party institution:uts .",
    ),
    "current status: that of the latest record": (
        "current-status",
        f"""commitment:x coop:hasStatusRecord status:a , status:b , status:c .
        status:a {STATUS}done ; coop:asOf "2024-12-31"^^xsd:date .
        status:b {STATUS}ambition ; coop:asOf "2025"^^xsd:gYear .
        status:c {STATUS}planned ; coop:asOf "2025-07"^^xsd:gYearMonth .""",
        "commitment:x coop:currentStatus commitment-status:planned .",
    ),
    "current status: two latest records that agree": (
        "current-status",
        f"""commitment:x coop:hasStatusRecord status:a , status:b .
        status:a {STATUS}planned ; coop:asOf "2025-07"^^xsd:gYearMonth .
        status:b {STATUS}planned ; coop:asOf "2025-07"^^xsd:gYearMonth .""",
        "commitment:x coop:currentStatus commitment-status:planned .",
    ),
    "current status: none where the two latest records differ": (
        "current-status",
        f"""commitment:x coop:hasStatusRecord status:a , status:b , status:c .
        commitment:y coop:hasStatusRecord status:a .
        status:a {STATUS}planned ; coop:asOf "2025-07"^^xsd:gYearMonth .
        status:b {STATUS}under-study ; coop:asOf "2025-07"^^xsd:gYearMonth .
        status:c {STATUS}ambition ; coop:asOf "2022"^^xsd:gYear .""",
        "commitment:y coop:currentStatus commitment-status:planned .",
    ),
    "current status: older records may differ": (
        "current-status",
        f"""commitment:x coop:hasStatusRecord status:a , status:b , status:c .
        status:a {STATUS}planned ; coop:asOf "2022"^^xsd:gYear .
        status:b {STATUS}under-study ; coop:asOf "2022"^^xsd:gYear .
        status:c {STATUS}done ; coop:asOf "2023"^^xsd:gYear .""",
        "commitment:x coop:currentStatus commitment-status:done .",
    ),
    "current status: none without a record": (
        "current-status",
        "agreement:x a coop:Agreement .",
        "",
    ),
    "earliest: of each class, by its own property": (
        "earliest",
        """signing:x a coop:SigningEvent ; dcterms:date "2022"^^xsd:gYear .
        status:x a coop:StatusRecord ; coop:asOf "2025-07"^^xsd:gYearMonth .
        partnership:x a coop:Partnership ;
            coop:startsNotBefore "2000"^^xsd:gYear ; coop:startsNotAfter "2009"^^xsd:gYear .
        agreement:x a coop:Agreement ; dcterms:date "1999"^^xsd:gYear ;
            schema:validFrom "2016-12"^^xsd:gYearMonth ; schema:validThrough "2019"^^xsd:gYear .
        strategy:x a coop:Strategy ;
            schema:validFrom "2023"^^xsd:gYear ; schema:validThrough "2027"^^xsd:gYear .
        commitment:x a coop:Commitment ; schema:validFrom "2023"^^xsd:gYear .""",
        """signing:x coop:earliest "2022-01-01"^^xsd:date .
        status:x coop:earliest "2025-07-01"^^xsd:date .
        partnership:x coop:earliest "2000-01-01"^^xsd:date .
        agreement:x coop:earliest "2016-12-01"^^xsd:date .
        strategy:x coop:earliest "2023-01-01"^^xsd:date .""",
    ),
    "latest: of each class, by its own property": (
        "latest",
        """signing:x a coop:SigningEvent ; dcterms:date "2022"^^xsd:gYear .
        status:x a coop:StatusRecord ; coop:asOf "2025-07"^^xsd:gYearMonth .
        partnership:x a coop:Partnership ;
            coop:startsNotBefore "2000"^^xsd:gYear ; coop:startsNotAfter "2009"^^xsd:gYear .
        agreement:x a coop:Agreement ; dcterms:date "1999"^^xsd:gYear ;
            schema:validFrom "2016-12"^^xsd:gYearMonth ; schema:validThrough "2019"^^xsd:gYear .
        agreement:open a coop:Agreement ; schema:validFrom "2016"^^xsd:gYear .
        strategy:x a coop:Strategy ;
            schema:validFrom "2023"^^xsd:gYear ; schema:validThrough "2027"^^xsd:gYear .""",
        """signing:x coop:latest "2022-12-31"^^xsd:date .
        status:x coop:latest "2025-07-31"^^xsd:date .
        partnership:x coop:latest "2009-12-31"^^xsd:date .
        agreement:x coop:latest "2019-12-31"^^xsd:date .
        strategy:x coop:latest "2027-12-31"^^xsd:date .""",
    ),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("name", "given", "expected"), CASES.values(), ids=CASES)
def test_a_rule_derives_what_a_person_would(
    name: str, given: str, expected: str, engine: str
) -> None:
    assert ENGINES[engine](rule(name), PREFIXES + given) == read(expected)


def test_every_rule_has_a_case() -> None:
    assert {path.stem for path in RULES} == {name for name, _, _ in CASES.values()}


BOUNDS = {
    '"2025-07-17"^^xsd:date': ("2025-07-17", "2025-07-17"),
    '"2024-02-29"^^xsd:date': ("2024-02-29", "2024-02-29"),
    '"2025-01"^^xsd:gYearMonth': ("2025-01-01", "2025-01-31"),
    '"2025-04"^^xsd:gYearMonth': ("2025-04-01", "2025-04-30"),
    '"2025-06"^^xsd:gYearMonth': ("2025-06-01", "2025-06-30"),
    '"2025-09"^^xsd:gYearMonth': ("2025-09-01", "2025-09-30"),
    '"2025-11"^^xsd:gYearMonth': ("2025-11-01", "2025-11-30"),
    '"2025-12"^^xsd:gYearMonth': ("2025-12-01", "2025-12-31"),
    '"2025-02"^^xsd:gYearMonth': ("2025-02-01", "2025-02-28"),
    '"2024-02"^^xsd:gYearMonth': ("2024-02-01", "2024-02-29"),
    '"2012-02"^^xsd:gYearMonth': ("2012-02-01", "2012-02-29"),
    '"2000-02"^^xsd:gYearMonth': ("2000-02-01", "2000-02-29"),
    '"1900-02"^^xsd:gYearMonth': ("1900-02-01", "1900-02-28"),
    '"2100-02"^^xsd:gYearMonth': ("2100-02-01", "2100-02-28"),
    '"2024"^^xsd:gYear': ("2024-01-01", "2024-12-31"),
    '"0816"^^xsd:gYear': ("0816-01-01", "0816-12-31"),
    '"2025-07-17T10:00:00"^^xsd:dateTime': None,
    '"2025-07-17"': None,
    '"July 2025"@en': None,
    "2025": None,
    '"2025-13"^^xsd:gYearMonth': None,
    '"2025-00"^^xsd:gYearMonth': None,
    '"2025Z"^^xsd:gYear': None,
    '"-0044"^^xsd:gYear': None,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("date", "bounds"), BOUNDS.items(), ids=BOUNDS)
def test_a_date_has_the_bounds_that_the_calendar_gives(
    date: str, bounds: tuple[str, str] | None, engine: str
) -> None:
    given = f"{PREFIXES} status:x a coop:StatusRecord ; coop:asOf {date} ."
    derived = [ENGINES[engine](rule(name), given) for name in ("earliest", "latest")]

    if bounds is None:
        assert derived == [set(), set()]
    else:
        low, high = bounds
        assert derived == [
            read(f'status:x coop:earliest "{low}"^^xsd:date .'),
            read(f'status:x coop:latest "{high}"^^xsd:date .'),
        ]


def test_the_last_day_of_every_month_is_that_of_the_calendar() -> None:
    months = [(year, month) for year in range(1895, 2105) for month in range(1, 13)]
    given = "".join(
        f'status:m{y}-{m:02} a coop:StatusRecord ; coop:asOf "{y}-{m:02}"^^xsd:gYearMonth .'
        for y, m in months
    )
    expected = "".join(
        f'status:m{y}-{m:02} coop:latest "{y}-{m:02}-{calendar.monthrange(y, m)[1]}"^^xsd:date .'
        for y, m in months
    )
    assert by_oxigraph(rule("latest"), PREFIXES + given) == read(expected)


@pytest.fixture(scope="module")
def real() -> str:
    """Give what the project states by hand, as one Turtle text."""
    return graph_of(p for p in FACTS if p.name != "derived.ttl").serialize(format="nt")


@pytest.mark.parametrize("path", RULES, ids=lambda p: p.stem)
def test_both_engines_derive_the_same_from_the_real_data(path: Path, real: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert by_rdflib(text, real) == by_oxigraph(text, real)


def derived_from_derived(rules: Iterable[str], turtle: str) -> list[str]:
    """Name the rules whose answer changes when all that is derived is added to the data."""
    made = {text: by_oxigraph(text, turtle) for text in rules}
    more = pyoxigraph.serialize(
        {triple for triples in made.values() for triple in triples},
        format=pyoxigraph.RdfFormat.N_TRIPLES,
    )
    assert more is not None
    return [text for text, was in made.items() if by_oxigraph(text, turtle + more.decode()) != was]


def test_no_rule_reads_what_a_rule_derives(real: str) -> None:
    rules = [path.read_text(encoding="utf-8") for path in RULES]
    assert derived_from_derived(rules, real) == []
    for _, given, _ in CASES.values():
        assert derived_from_derived(rules, PREFIXES + given) == []


def test_a_rule_that_reads_a_derived_label_is_seen() -> None:
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    greedy = f"CONSTRUCT {{ ?x <https://example.org/name> ?y }} WHERE {{ ?x {label} ?y }}"
    given = PREFIXES + 'site:x skos:prefLabel "Site"@en .'
    assert derived_from_derived([rule("label"), greedy], given) == [greedy]


@pytest.mark.parametrize("path", RULES, ids=lambda p: p.stem)
def test_a_rule_has_a_summary_in_both_languages_and_no_exists(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    front = yaml.safe_load("\n".join(x[3:] for x in lines if x.startswith("#+")))

    assert {*front["summary"]} == LANGUAGES
    assert not any("EXISTS" in line for line in lines)  # Oxigraph 0.5 runs them in quadratic time.

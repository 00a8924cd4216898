"""Checks of an ontology: a graph in; what FOOPS!, OOPS! and OWL 2 DL would say of it out.

A check takes a graph and gives its findings; the tables at the end of each part name them.
"""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import owlrl
import pyoxigraph
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

from coopera.engines.rdflib import conversions_kept

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
    with conversions_kept():
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

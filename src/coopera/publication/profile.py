"""Profiles: a graph in; what data must follow to be such a graph, described with PROF, out.

The Profiles Vocabulary (W3C): a profile, and the resources that define, check and explain it, each
by its role.
"""

from pyoxigraph import Literal

from coopera.publication.catalogue import IANA
from coopera.publication.documents import ONTOLOGY, SHAPES, WRITERS
from coopera.publication.dumps import CANONICAL
from coopera.publication.graph import Graph
from coopera.publication.said import Value, said
from coopera.publication.types import type_of
from coopera.publication.whole import DUMPS, Whole
from coopera.tables import Quads
from coopera.terms import DCTERMS, LANGUAGES, RDF

NAME = "profile"
PROF, ROLE = "http://www.w3.org/ns/dx/prof/", "http://www.w3.org/ns/dx/prof/role/"
SHACL, OWL2, JSON_LD = (
    "https://www.w3.org/TR/shacl/", "https://www.w3.org/TR/owl2-overview/",
    "https://www.w3.org/TR/json-ld11/",
)  # fmt: skip

_TITLES = {
    "ontology": ("The ontology", "L'ontologie"),
    "shapes": ("The shapes with which data are validated", "Les formes qui valident les données"),
    "context": ("The JSON-LD context", "Le contexte JSON-LD"),
    "dumps": ("The data, as an example", "Les données, comme exemple"),
    "guidance": ("The documentation of the ontology", "La documentation de l'ontologie"),
}


def profile(graph: Graph, *, has_shapes: bool) -> Quads:
    """Describe the profile, and where each of its resources is to be had."""
    base, whole = graph.project.base, Whole(graph)
    iri = f"{base}{NAME}"
    made = said(
        iri,
        {
            RDF + "type": PROF + "Profile",
            DCTERMS + "title": {
                "en": f"The profile of {whole.title['en']}",
                "fr": f"Le profil de {whole.title['fr']}",
            },
            DCTERMS + "description": dict(_MEANING),
            DCTERMS + "publisher": list[Value](whole.publishers),
            DCTERMS + "license": whole.licence,
            PROF + "isProfileOf": f"{base}{ONTOLOGY}",
            PROF + "hasToken": _token(graph),
        },
    )
    for ending in WRITERS:
        made += _resource(graph, "ontology", f"{ONTOLOGY}{ending}", ("schema", "vocabulary"), OWL2)
        if has_shapes:
            roles = ("validation", "constraints")
            made += _resource(graph, "shapes", f"{SHAPES}{ending}", roles, SHACL)
    made += _resource(graph, "context", "context.jsonld", ("mapping",), JSON_LD)
    made += _resource(graph, "dumps", f"{DUMPS}{CANONICAL}", ("example",), iri)
    for language in LANGUAGES:
        made += _resource(graph, "guidance", f"{language}/{ONTOLOGY}.html", ("guidance",), None)
    return sorted(set(made), key=str)


_MEANING = {
    "en": "What a graph of institutional cooperation holds: classes and properties, the rules that "
    "its data meet, and the context in which they are read as JSON.",
    "fr": "Ce que contient un graphe de la coopération entre institutions\N{NO-BREAK SPACE}: "
    "classes et propriétés, règles que suivent ses données, et contexte où les lire en JSON.",
}


def _token(graph: Graph) -> Value:
    prefix = next(
        (p for p, n in graph.prefixes.namespaces.items() if n == graph.names.namespace), ""
    )
    return Literal(prefix) if prefix else None


def _resource(
    graph: Graph, kind: str, file: str, roles: tuple[str, ...], conforms: str | None
) -> Quads:
    """Describe one resource of the profile: its file, its roles and its form."""
    base = graph.project.base
    iri = f"{base}{NAME}#{file.replace('/', '-')}"
    title = dict(zip(("en", "fr"), _TITLES[kind], strict=True))
    return [
        *said(f"{base}{NAME}", {PROF + "hasResource": iri}),
        *said(
            iri,
            {
                RDF + "type": PROF + "ResourceDescriptor",
                DCTERMS + "title": title,
                DCTERMS + "conformsTo": conforms,
                DCTERMS + "format": IANA + type_of(file),
                PROF + "hasRole": [ROLE + role for role in roles],
                PROF + "hasArtifact": f"{base}{file}",
            },
        ),
    ]

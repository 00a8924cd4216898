"""Islands: a page in; what schema.org can say of its thing and its place, as JSON-LD, out.

An island says no more than the graph does. A thing has a type of schema.org where the graph gives
it one, where its class is one of those below, or where an alignment says that its class or its
kind is one sort of that type (`skos:broadMatch`, `skos:exactMatch`); what is merely near, as a
commitment is to a `PlanAction`, is not claimed.
"""

import json
import re
from collections.abc import Iterable
from functools import cache

from markupsafe import Markup
from pyoxigraph import Literal, NamedNode, Triple

from coopera.pages.index import TYPE, Index, index
from coopera.pages.reader import LABELS, Reader, keep
from coopera.pages.views import Page, Shown
from coopera.project import Project
from coopera.tables import Term
from coopera.terms import (
    COOP,
    DCAT,
    DCTERMS,
    FOAF,
    OA,
    ORG,
    OWL,
    PROV,
    RDFS,
    SCHEMA,
    SKOS,
    XSD,
    in_language,
)

Node = dict[str, object]
CONTEXT: Node = {"@vocab": SCHEMA, "coop": COOP}
SSSOM = "https://w3id.org/sssom/"
ONE_SORT = {SKOS + "broadMatch", SKOS + "exactMatch"}

CLASSES = {
    ORG + "Organization": "Organization",
    ORG + "FormalOrganization": "Organization",
    "http://data.europa.eu/m8g/PublicOrganisation": "Organization",
    ORG + "Site": "Place",
    FOAF + "Document": "CreativeWork",
    DCAT + "Catalog": "DataCatalog",
    DCAT + "Dataset": "Dataset",
    DCAT + "Distribution": "DataDownload",
    SKOS + "Concept": "DefinedTerm",
    SKOS + "ConceptScheme": "DefinedTermSet",
    OWL + "Ontology": "DefinedTermSet",
    OWL + "Class": "DefinedTerm",
    OWL + "ObjectProperty": "DefinedTerm",
    OWL + "DatatypeProperty": "DefinedTerm",
}
"""Classes of others, each of which is one sort of a type of schema.org."""
WORKS = frozenset(
    {"CreativeWork", "DataCatalog", "DataDownload", "Dataset", "DefinedTermSet", "Quotation"}
)
SORTS = {"CollegeOrUniversity": "Organization", "GovernmentOrganization": "Organization"}
"""Types that imply another one."""
SUBSTITUTES = {"": WORKS, "Organization": frozenset({"Organization", *SORTS})}

Way = tuple[str, str, str]
"""A type, or a name of `SUBSTITUTES`; a property of schema.org; the property of the data."""
TEXTS: tuple[Way, ...] = (
    ("Thing", "description", SKOS + "definition"),
    ("Thing", "description", DCTERMS + "description"),
    ("CreativeWork", "headline", DCTERMS + "title"),
)
"""Texts in the language of the page, or else in another; the first that there is."""
WAYS: tuple[Way, ...] = (
    ("Thing", "alternateName", SKOS + "altLabel"),
    ("Thing", "url", FOAF + "homepage"),
    ("Thing", "subjectOf", COOP + "documentedBy"),
    ("Thing", "subjectOf", COOP + "signedDuring"),
    ("Thing", "coop:party", COOP + "party"),
    ("Organization", "parentOrganization", ORG + "subOrganizationOf"),
    ("Event", "startDate", DCTERMS + "date"),
    ("Event", "location", PROV + "atLocation"),
    ("CreativeWork", "url", DCTERMS + "source"),
    ("", "datePublished", DCTERMS + "issued"),
    ("", "dateModified", DCTERMS + "modified"),
    ("", "creator", DCTERMS + "creator"),
    ("", "publisher", DCTERMS + "publisher"),
    ("", "license", DCTERMS + "license"),
    ("", "inLanguage", DCTERMS + "language"),
    ("", "version", DCAT + "version"),
    ("DefinedTermSet", "version", OWL + "versionInfo"),
    ("Dataset", "identifier", DCTERMS + "identifier"),
    ("Dataset", "spatialCoverage", DCTERMS + "spatial"),
    ("Dataset", "distribution", DCAT + "distribution"),
    ("Dataset", "hasPart", DCTERMS + "hasPart"),
    ("DataCatalog", "dataset", DCAT + "dataset"),
    ("DataCatalog", "url", FOAF + "homepage"),
    ("DataDownload", "contentUrl", DCAT + "downloadURL"),
    ("DataDownload", "encodingFormat", DCAT + "mediaType"),
    ("DefinedTerm", "termCode", SKOS + "notation"),
    ("DefinedTerm", "inDefinedTermSet", SKOS + "inScheme"),
)
BACK: tuple[Way, ...] = (
    ("Event", "about", COOP + "signedDuring"),
    ("Dataset", "includedInDataCatalog", DCAT + "dataset"),
    ("Dataset", "isPartOf", DCTERMS + "hasPart"),
)
"""Properties of the data that lead to the thing."""
ADDRESSES = frozenset({"url", "license", "contentUrl", "sameAs", "hasPart", "isPartOf", "dataset"})
"""Properties whose value is an address, not a thing with a name."""
_UNLIKE = frozenset(SCHEMA + n for n in ("domainIncludes", "rangeIncludes", "sha256"))
_ISO_639 = {"FRA": "fr", "ENG": "en", "DEU": "de", "SPA": "es", "ITA": "it", "NLD": "nl"}
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_MARKS = re.compile("[<>&\u2028\u2029]")
_EU = "http://publications.europa.eu/resource/authority/"
_IANA = "http://www.iana.org/assignments/media-types/"


class Islands:
    """What pages say to machines, in JSON-LD within them."""

    def __init__(self, project: Project, alignments: Iterable[Triple]) -> None:
        """Take a project, and what aligns its terms with schema.org."""
        self.project = project
        self._aligned = _one_sort(index(alignments))
        self._types: dict[str, tuple[str, ...]] = {}

    def text(self, reader: Reader, page: Page, about: str | None) -> Markup:
        """Write the island of a page that is about an IRI, or about none of its own."""
        nodes = [self.thing(reader, about, page.address)] if about else []
        if page.address == "index":
            nodes.append(self._site(reader, page))
        else:
            nodes.append(self._breadcrumbs(reader, page))
        return inert({"@context": CONTEXT, "@graph": nodes})

    # --- Things ------------------------------------------------------------------------------

    def types(self, facts: Index, iri: str) -> tuple[str, ...]:
        """Give the types of schema.org that a thing has; `Thing` where there is no other."""
        known = self._types.get(iri)
        return keep(self._types, iri, self._told_types(facts, iri)) if known is None else known

    def _told_types(self, facts: Index, iri: str) -> tuple[str, ...]:
        found = set()
        for name in (t for told in facts.iris(iri, TYPE) for t in (told, *facts.above(told))):
            if name.startswith(SCHEMA):
                found.add(name.removeprefix(SCHEMA))
            found |= {CLASSES[name]} if name in CLASSES else self._aligned.get(name, set())
        for kind in facts.iris(iri, ORG + "classification"):
            found |= self._aligned.get(kind, set())
        published = facts.iris(iri, DCTERMS + "type") if facts.is_a(iri, FOAF + "Agent") else []
        if any("publishertype/" in k and "PrivateIndividual" not in k for k in published):
            found.add("Organization")
        if facts.is_a(iri, COOP + "Excerpt") and self._quote(facts, iri):
            found.add("Quotation")
        found -= {SORTS[name] for name in found if name in SORTS}
        return tuple(sorted(found)) or ("Thing",)

    def _quote(self, facts: Index, iri: str) -> Literal | None:
        nodes = (iri, *facts.iris(iri, OA + "hasSelector"))
        quotes = (v for node in nodes for v in facts.values(node, OA + "exact"))
        return next((quote for quote in quotes if isinstance(quote, Literal)), None)

    def thing(self, reader: Reader, iri: str, address: str) -> Node:
        """Say what schema.org can of a thing."""
        facts, kinds = reader.index, self.types(reader.index, iri)
        node = self._brief(reader, iri)
        node["mainEntityOfPage"] = self._page_url(reader, address)
        ours = [name for name in facts.types(iri) if not name.startswith(SCHEMA)]
        self._add(node, "additionalType", ours)
        told = facts.facts.get(iri, {})
        for name, predicate in _fitting(TEXTS, kinds):
            text = in_language(told.get(predicate, ()), reader.language)
            if text and name not in node:
                node[name] = text
        for predicate, values in told.items():
            if predicate.startswith(SCHEMA) and predicate not in _UNLIKE:
                self._tell(reader, node, predicate.removeprefix(SCHEMA), values)
            for name in sorted(self._aligned.get(predicate, ())):
                self._tell(reader, node, name, values)
        for name, predicate in _fitting(WAYS, kinds):
            if predicate in told:
                self._tell(reader, node, name, told[predicate])
        for name, predicate in _fitting(BACK, kinds):
            pointing = [NamedNode(s) for s in facts.sources_of(iri, predicate) if s[:2] != "_:"]
            self._tell(reader, node, name, pointing)
        self._tell_of_kinds(reader, node, iri, kinds)
        return node

    def _tell_of_kinds(self, reader: Reader, node: Node, iri: str, kinds: tuple[str, ...]) -> None:
        """Tell what needs more than one triple."""
        facts = reader.index
        if "Organization" in {SORTS.get(kind, kind) for kind in kinds}:
            found = [v for v in facts.values(iri, ORG + "identifier") if isinstance(v, Literal)]
            self._add(node, "identifier", [self._identifier(reader, v) for v in found])
        if "Quotation" in kinds and (quote := self._quote(facts, iri)):
            node["text"] = quote.value
            sources = facts.iris(iri, OA + "hasSource")
            self._add(node, "isPartOf", [self._brief(reader, source) for source in sources])
        if "Dataset" in kinds:
            node["url"] = node["mainEntityOfPage"]
            said = facts.values(iri, DCAT + "keyword")
            words = [v.value for v in said if isinstance(v, Literal)
                     and v.language in (reader.language, None)]  # fmt: skip
            self._add(node, "keywords", words)
            if period := self._period(facts, iri):
                node["temporalCoverage"] = period
            public = f"{_EU}access-right/PUBLIC" in facts.iris(iri, DCTERMS + "accessRights")
            licences = facts.iris(iri, DCTERMS + "license")
            if public and any("//creativecommons.org/" in licence for licence in licences):
                node["isAccessibleForFree"] = True  # both a licence without fee, and open to all
        if "DefinedTerm" in kinds and "inDefinedTermSet" not in node:
            home = facts.iris(iri, RDFS + "isDefinedBy")
            self._tell(reader, node, "inDefinedTermSet", [NamedNode(h) for h in home])

    def _period(self, facts: Index, iri: str) -> str:
        """Give the first period of a data set as an interval of ISO 8601."""
        for period in facts.iris(iri, DCTERMS + "temporal"):
            ends = (facts.first(period, DCAT + name) for name in ("startDate", "endDate"))
            told = [end.value if isinstance(end, Literal) else ".." for end in ends]
            if told != ["..", ".."]:
                return "/".join(told)
        return ""

    def _identifier(self, reader: Reader, literal: Literal) -> Node:
        kind = literal.datatype.value
        node: Node = {"@type": "PropertyValue", "value": literal.value}
        if kind.startswith(COOP):
            node |= {"propertyID": kind, "name": reader.label(kind)[0]}
        return node

    def _brief(self, reader: Reader, iri: str) -> Node:
        """Name a thing, with its type."""
        types = self.types(reader.index, iri)
        return {"@id": iri, "@type": _single(types), "name": _name(reader, iri)}

    def _tell(self, reader: Reader, node: Node, name: str, values: Iterable[Term]) -> None:
        """Add values of a property to a node."""
        told = [self._value(reader, name, value) for value in values]
        self._add(node, name, [value for value in told if value is not None])

    def _add(self, node: Node, name: str, values: Iterable[object]) -> None:
        before = node.get(name, [])
        kept = list(before) if isinstance(before, list) else [before]
        for value in values:
            if value not in kept:
                kept.append(value)
        if kept:
            node[name] = _single(kept)

    def _value(self, reader: Reader, name: str, term: Term) -> object:
        """Write a value: plain where it is a text, a number or an address, else by its name."""
        if isinstance(term, Literal):
            if term.datatype.value == XSD + "integer" and re.fullmatch(r"-?\d{1,15}", term.value):
                return int(term.value)
            if term.datatype.value == XSD + "boolean":
                return term.value in ("true", "1")
            return term.value
        if not isinstance(term, NamedNode):
            return None
        iri = term.value
        if name in ADDRESSES:
            at = reader.page(iri) if name in ("hasPart", "isPartOf", "dataset") else None
            return self._page_url(reader, at) if at else iri
        if name == "encodingFormat":
            return iri.removeprefix(_IANA)
        if name == "inLanguage":
            return _ISO_639.get(iri.removeprefix(f"{_EU}language/"), iri)
        if name == "spatialCoverage":
            return {"@id": iri, "@type": "Place", "name": _name(reader, iri)}
        node: Node = {"@id": iri}
        if iri in reader.index.facts:
            node = self._brief(reader, iri)
        if node.get("@type") == "DataDownload":
            for _, key, predicate in (way for way in WAYS if way[0] == "DataDownload"):
                self._tell(reader, node, key, reader.index.values(iri, predicate))
        if node.get("@type") == "Event":
            self._tell(reader, node, "startDate", reader.index.values(iri, DCTERMS + "date"))
        return node

    # --- Places ------------------------------------------------------------------------------

    def _page_url(self, reader: Reader, address: str) -> str:
        return f"{self.project.site}{reader.language}/{address}.html"

    def _site(self, reader: Reader, page: Page) -> Node:
        """Describe the site as a whole."""
        return {
            "@type": "WebSite",
            "name": self.project.title[reader.language],
            "url": self._page_url(reader, "index"),
            "description": page.description,
            "inLanguage": reader.language,
        }

    def _breadcrumbs(self, reader: Reader, page: Page) -> Node:
        """Tell the way from the home page to a page."""
        home = Shown(self.project.title[reader.language].partition(":")[0].strip(), href="index")
        above = next(((step,) for step in page.kicker if step.href), ())
        steps = [home, *above, Shown(page.title.text, href=page.address)]
        items = [
            {
                "@type": "ListItem",
                "position": number,
                "name": step.text,
                "item": self._page_url(reader, step.href or ""),
            }
            for number, step in enumerate(steps, 1)
        ]
        return {"@type": "BreadcrumbList", "itemListElement": items}


def inert(document: Node) -> Markup:
    """Write a document so that nothing in it can end the element in which it stands.

    HTML ends a script at `</script`, wherever that is; a JSON text says the same without `<`.
    """
    written = _ENCODER.encode(document)
    return Markup(_MARKS.sub(lambda m: f"\\u{ord(m[0]):04x}", written))  # noqa: S704


@cache
def _fitting(ways: tuple[Way, ...], kinds: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Give the properties that things of some types may have."""
    return tuple(
        (name, predicate)
        for kind, name, predicate in ways
        if kind == "Thing" or SUBSTITUTES.get(kind, {kind}) & set(kinds)
    )


def _name(reader: Reader, iri: str) -> str:
    """Name a thing as the graph does; else as its page is entitled."""
    facts = reader.index
    for predicate in (SKOS + "prefLabel", *LABELS):
        if found := in_language(facts.values(iri, predicate), reader.language):
            return found
    return reader.title(iri)[0]


def _one_sort(alignments: Index) -> dict[str, set[str]]:
    """Give, for a term, the terms of schema.org of which it is one sort."""
    found: dict[str, set[str]] = {}
    for axiom in alignments.instances.get(OWL + "Axiom", ()):
        if ONE_SORT & set(alignments.iris(axiom, SSSOM + "predicate_id")):
            for source in alignments.iris(axiom, OWL + "annotatedSource"):
                for target in alignments.iris(axiom, OWL + "annotatedTarget"):
                    if target.startswith(SCHEMA):
                        found.setdefault(source, set()).add(target.removeprefix(SCHEMA))
    return found


def _single(values: list[object] | tuple[str, ...]) -> object:
    return values[0] if len(values) == 1 else list(values)

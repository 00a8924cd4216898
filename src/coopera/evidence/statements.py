"""Statements: assertions in; plain RDF 1.1 reification, with the passages quoted, out."""

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Triple

from coopera.evidence.rows import Assertion
from coopera.project import Project
from coopera.tables import Term
from coopera.terms import COOP, DCTERMS, OA, PROV, RDF, XSD

VOCABULARY = COOP.removesuffix("ontology#")
"""The IRI under which our concepts stand, whatever the base of a project."""


def triples(project: Project, rows: Iterable[Assertion]) -> set[Triple]:
    """Give rows as plain RDF 1.1 reification, each with the passage that it rests on."""

    def iri(kind: str, name: str) -> NamedNode:
        return NamedNode(f"{project.thing_base}{kind}/{name}")

    def concept(scheme: str, name: str) -> NamedNode:
        return NamedNode(f"{VOCABULARY}concept/{scheme}/{name}")

    found: set[Triple] = set()
    for row in rows:
        node, excerpt = iri("assertion", row.key), iri("excerpt", row.excerpt)
        facts: list[tuple[NamedNode, str, Term]] = [
            (node, RDF + "type", NamedNode(COOP + "Assertion")),
            (node, RDF + "type", NamedNode(RDF + "Statement")),
            (node, RDF + "subject", row.triple.subject),
            (node, RDF + "predicate", row.triple.predicate),
            (node, RDF + "object", row.triple.object),
            (node, COOP + "supportedBy", excerpt),
            (node, COOP + "readingMode", concept("reading-mode", row.mode)),
            (node, COOP + "standing", concept("standing", row.standing)),
            (excerpt, RDF + "type", NamedNode(COOP + "Excerpt")),
            (excerpt, OA + "hasSource", row.source),
        ]
        if row.claim:
            facts.append((node, DCTERMS + "identifier", Literal(row.claim)))
        if row.quote:
            quote, position = (iri("excerpt", f"{row.excerpt}-{p}") for p in ("quote", "position"))
            start = int(row.start)
            facts += [
                (excerpt, PROV + "wasQuotedFrom", row.source),
                (excerpt, OA + "hasSelector", quote),
                (excerpt, OA + "hasSelector", position),
                (quote, RDF + "type", NamedNode(OA + "TextQuoteSelector")),
                (quote, OA + "exact", Literal(row.quote)),
                (position, RDF + "type", NamedNode(OA + "TextPositionSelector")),
                (position, OA + "start", _integer(start)),
                (position, OA + "end", _integer(start + len(row.quote))),
            ]
        elif row.start:
            field = iri("excerpt", f"{row.excerpt}-field")
            record, _, pointer = row.start.partition("#")
            facts += [
                (excerpt, DCTERMS + "identifier", Literal(record)),
                (excerpt, OA + "hasSelector", field),
                (field, RDF + "type", NamedNode(OA + "FragmentSelector")),
                (
                    field,
                    DCTERMS + "conformsTo",
                    NamedNode("https://www.rfc-editor.org/rfc/rfc6901"),
                ),
                (field, RDF + "value", Literal(pointer)),
            ]
        found.update(Triple(s, NamedNode(p), o) for s, p, o in facts)
    return found


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(XSD + "nonNegativeInteger"))

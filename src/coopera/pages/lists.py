"""Lists: a class, the ontology, a scheme or the sources in; tables of links out."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from pyoxigraph import NamedNode

from coopera.pages import speech, things
from coopera.pages.reader import Reader
from coopera.pages.views import Badge, Fact, Grid, Page, Shown
from coopera.pages.words import VCARD
from coopera.terms import COOP, DCTERMS, OA, OWL, RDF, RDFS, SCHEMA, SKOS

Cell = tuple[Shown | Badge, ...]
Column = tuple[str, Callable[[Reader, str], Cell]]

INSTITUTION = COOP + "Institution"
UNLISTED = (OA, RDF, RDFS, DCTERMS, VCARD)
"""Namespaces whose classes get no list."""


def _values(*predicates: str) -> Callable[[Reader, str], Cell]:
    def cell(reader: Reader, iri: str) -> Cell:
        for predicate in predicates:
            if found := reader.index.values(iri, predicate):
                return tuple(reader.term(v) for v in sorted(found, key=reader.order))
        return ()

    return cell


def _name(reader: Reader, iri: str) -> Cell:
    return (reader.iri(iri),)


def _class(reader: Reader, iri: str) -> Cell:
    return tuple(
        reader.iri(t)._replace(text=reader.class_label(t)) for t in reader.index.types(iri)[:1]
    )


def _status(reader: Reader, iri: str) -> Cell:
    badge = reader.status(iri)
    return (badge,) if badge else ()


def _signed(reader: Reader, iri: str) -> Cell:
    return (when,) if (when := things.signed(reader, iri)) else _unknown(reader)


def _end(reader: Reader, iri: str) -> Cell:
    return _values(SCHEMA + "validThrough")(reader, iri) or _unknown(reader)


def _unknown(reader: Reader) -> Cell:
    return (Shown(reader.word("unknown_short"), title=reader.word("unknown"), unknown=True),)


def _told(*predicates: str) -> Callable[[Reader, str], Cell]:
    """Give the values of a property that a reader looks for: absent, they are unknown."""
    known = _values(*predicates)
    return lambda reader, iri: known(reader, iri) or _unknown(reader)


def _owner(reader: Reader, iri: str) -> Cell:
    return (reader.iri(owner),) if (owner := reader.owner(iri)) != iri else ()


def _since(reader: Reader, iri: str) -> Cell:
    return (start,) if (start := things.since(reader, iri)) else _unknown(reader)


def _agreements(reader: Reader, iri: str) -> Cell:
    linked = reader.index.sources_of(iri, COOP + "party")
    number = sum(1 for a in linked if reader.index.is_a(a, things.AGREEMENT))
    return (Shown(speech.number(str(number), reader.language)),)


def _statements(reader: Reader, iri: str) -> Cell:
    readings = reader.index.by_source.get(iri, [])
    return (Shown(speech.number(str(len(readings)), reader.language)),)


COLUMNS: dict[str, tuple[Column, ...]] = {
    things.AGREEMENT: (
        ("type", _values(COOP + "agreementType")),
        ("parties", _values(COOP + "party")),
        ("signed", _signed),
        ("end", _end),
        ("status", _status),
    ),
    things.PARTNERSHIP: (("parties", _values(COOP + "party")), ("since", _since)),
    things.COMMITMENT: (
        ("type", _values(COOP + "usesForm")),
        ("parties", _values(COOP + "committedParty")),
        ("status", _status),
    ),
    INSTITUTION: (
        ("type", _told(DCTERMS + "type", "http://www.w3.org/ns/org#classification")),
        ("country", _told(SCHEMA + "location")),
        ("agreements_framed", _agreements),
    ),
    things.DOCUMENT: (
        ("publisher", _values(DCTERMS + "publisher")),
        ("issued", _values(DCTERMS + "issued")),
        ("statements_many", _statements),
    ),
    COOP + "SigningEvent": (("date", _values(DCTERMS + "date")),),
    COOP + "Participation": (("owner", _owner),),
    SCHEMA + "Observation": (("owner", _owner),),
    COOP + "StatusRecord": (
        ("owner", _owner),
        ("status", _values(COOP + "statusValue")),
        ("status_as_of", _values(COOP + "asOf")),
    ),
}
"""What a list tells of each thing beside its name, by class; that of a superclass serves too."""


def columns(reader: Reader, name: str, mixed: bool = False) -> tuple[Column, ...]:
    """Give the columns of a class's list: its own, or those of a class above it.

    `mixed` says that the things are of several classes.
    """
    above = sorted(reader.index.above(name))
    found = next((COLUMNS[n] for n in (name, *above) if n in COLUMNS), ())
    return (("class", _class), *found) if mixed else found


def members(reader: Reader, name: str) -> list[str]:
    """Give the members of a class that have a page."""
    return [iri for iri in reader.index.instances.get(name, ()) if reader.page(iri)]


def grid(reader: Reader, shown: Iterable[Column], iris: Iterable[str]) -> Grid:
    """Make the table of some things, in their order."""
    shown = tuple(shown)
    rows = tuple((_name(reader, iri), *(cell(reader, iri) for _, cell in shown)) for iri in iris)
    heads = (speech.capital(reader.word(head)) for head, _ in shown)
    return Grid((reader.word("name"), *heads), rows)


def address(reader: Reader, name: str) -> str:
    """Give the address of a class's list."""
    if name == things.DOCUMENT:
        return "sources"
    curie = reader.prefixes.curie(name) or name.rpartition("/")[2]
    prefix, _, local = curie.rpartition(":")
    slug = local if name.startswith(COOP) else f"{prefix}-{local}"
    return f"lists/{''.join(c if c.isascii() and c.isalnum() else '-' for c in slug)}"


def listed(reader: Reader) -> dict[str, str]:
    """Give the classes that have a list: address -> IRI of the class.

    Assertions and excerpts are listed by their subjects and by their sources.
    """
    if not reader.lists:
        reader.lists.update({name: where for where, name in _listed(reader).items()})
    return {where: name for name, where in reader.lists.items()}


def _listed(reader: Reader) -> dict[str, str]:
    found: dict[str, str] = {}
    kept = {
        t
        for iri, facts in reader.index.facts.items()
        if iri.startswith(f"{reader.addresses.base}id/") and reader.page(iri)
        for t in reader.index.types(iri)
        if facts
    }
    for name in sorted(kept):
        if not name.startswith(UNLISTED) and name not in (
            things.ASSERTION,
            things.EXCERPT,
        ):
            found.setdefault(address(reader, name), name)
    return found


def scheme(reader: Reader, iri: str, where: str) -> Page:
    """Make the page of a concept scheme: its own facts, and a table of its concepts."""
    page = things.page(reader, iri, where)
    concepts = reader.index.sources_of(iri, SKOS + "inScheme")
    depth = _hierarchy(reader, concepts)
    rows = []
    for concept in depth:
        shown = reader.iri(concept)
        meaning = reader.best(reader.index.values(concept, SKOS + "definition"))
        code = reader.index.values(concept, SKOS + "notation")
        rows.append(
            (
                (shown._replace(lead="— " * depth[concept]),),
                tuple(reader.term(c) for c in code),
                (Shown(*meaning),) if meaning else (),
            )
        )
    coded = any(row[1] for row in rows)
    heads = ["name", "code", "definition"]
    cells = [tuple(c for at, c in enumerate(row) if coded or at != 1) for row in rows]
    heads = [h for at, h in enumerate(heads) if coded or at != 1]
    grids = (
        Grid(tuple(map(reader.word, heads)), tuple(cells), reader.word("concepts"), "concepts"),
    )
    incoming = [g for g in things.incoming(reader, iri) if "inScheme" not in g.anchor]
    kept = tuple(g for g in incoming if not _lists_only(g.facts, set(map(reader.page, concepts))))
    return replace(page, context={**page.context, "grids": grids, "incoming": kept})


def _lists_only(facts: tuple[Fact, ...], pages: set[str | None]) -> bool:
    return all(f.values and f.values[0].href in pages for f in facts)


def _hierarchy(reader: Reader, concepts: list[str]) -> dict[str, int]:
    """Order concepts so that each stands below its broader one; give their depth."""
    below: dict[str | None, list[str]] = {}
    known = set(concepts)
    for concept in concepts:
        broader = [b for b in reader.index.iris(concept, SKOS + "broader") if b in known]
        below.setdefault(broader[0] if broader else None, []).append(concept)
    found: dict[str, int] = {}

    def walk(parent: str | None, depth: int) -> None:
        for concept in sorted(below.get(parent, ()), key=lambda c: reader.order(NamedNode(c))):
            if concept not in found:
                found[concept] = depth
                walk(concept, depth + 1)

    walk(None, 0)
    return found | {c: 0 for c in concepts if c not in found}


def ontology(reader: Reader, iri: str, where: str) -> Page:
    """Make the page of the ontology: its terms and schemes, with their use in the graph."""
    index = reader.index
    terms = sorted(i for i in index.facts if i.startswith(reader.addresses.namespace))
    uses = {t: len(index.instances.get(t, ())) or index.uses.get(t, 0) for t in terms}
    typed = Counter(
        v.datatype.value
        for facts in index.facts.values()
        for values in facts.values()
        for v in values
        if hasattr(v, "datatype") and v.datatype.value.startswith(reader.addresses.namespace)
    )

    def table(kinds: tuple[str, ...], title: str) -> Grid:
        chosen = [t for t in terms if set(kinds) & set(index.iris(t, RDF + "type"))]
        rows = []
        ordered = sorted(chosen, key=lambda t: reader.order(NamedNode(t)))
        anchors = tuple(t.removeprefix(reader.addresses.namespace) for t in ordered)
        for term in ordered:
            meaning = reader.best(index.values(term, SKOS + "definition"))
            number = speech.number(str(uses[term] or typed[term]), reader.language)
            definition: Cell = (Shown(*meaning),) if meaning else ()
            code = reader.prefixes.curie(term) or term
            rows.append(
                ((reader.iri(term),), (Shown(code, code=True),), definition, (Shown(number),))
            )
        heads = ("term", "identifier", "definition", "list_number")
        words = tuple(map(reader.word, heads))
        return Grid(words, tuple(rows), reader.word(title), title, anchors=anchors)

    schemes = [s for s in index.instances.get(SKOS + "ConceptScheme", ()) if reader.page(s)]
    rows = tuple(
        (
            (reader.iri(s),),
            (Shown(*m),) if (m := reader.best(index.values(s, SKOS + "definition"))) else (),
            (Shown(str(len(index.sources_of(s, SKOS + "inScheme")))),),
        )
        for s in sorted(schemes, key=lambda s: reader.order(NamedNode(s)))
    )
    heads = tuple(map(reader.word, ("name", "definition", "list_number")))
    grids = (
        table((OWL + "Class", RDFS + "Class"), "classes"),
        table((OWL + "ObjectProperty", OWL + "DatatypeProperty", RDF + "Property"), "properties"),
        table((RDFS + "Datatype",), "datatypes"),
        Grid(heads, rows, reader.word("schemes"), "schemes"),
    )
    page = things.page(reader, iri, where)
    kept = tuple(g for g in grids if g.rows)
    return replace(page, context={**page.context, "grids": kept, "incoming": ()})


def term(reader: Reader, iri: str, where: str, ruled: tuple[str, int] | None = None) -> Page:
    """Make the page of a class or property: its facts, and how much the graph uses it.

    `ruled` is the page of its rules, and their number.
    """
    index = reader.index
    page = things.page(reader, iri, where)
    found = members(reader, iri)
    usage: list[Shown] = []
    if found:
        listed(reader)
        where_listed = reader.lists.get(iri)
        title = reader.word("instances").format(reader.plural(iri))
        usage.append(
            Shown(
                f"{title}{_colon(reader)} {speech.number(str(len(found)), reader.language)}",
                href=where_listed,
            )
        )
    if number := index.uses.get(iri, 0):
        said = speech.count(
            number, reader.word("triples"), reader.word("triples_many"), reader.language
        )
        usage.append(Shown(f"{reader.word('used')} {said}"))
    if ruled:
        said = speech.count(
            ruled[1], reader.word("rules_one"), reader.word("rules_many"), reader.language
        )
        usage.append(Shown(said, href=ruled[0]))
    code = Shown(reader.prefixes.curie(iri) or iri, code=True)
    return replace(
        page, kicker=(*page.kicker, code), context={**page.context, "usage": tuple(usage)}
    )


def _colon(reader: Reader) -> str:
    return f"{speech.NBSP}:" if reader.language == "fr" else ":"

"""Records: a graph in; a table for each main class, one row a thing, out.

A cell holds all values of a property. What a thing is tied to by a carrier, its signing say, stands
in its own row too.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import BlankNode, Literal, NamedNode

from coopera.pages.index import Index
from coopera.pages.reader import LABELS, Reader
from coopera.pages.things import LAYOUT, NEVER
from coopera.tables import Term
from coopera.terms import (
    COOP,
    DCTERMS,
    FOAF,
    LANGUAGES,
    OA,
    ORG,
    PROV,
    RDF,
    RDFS,
    SKOS,
    XSD,
    in_language,
)

CV, VCARD = "http://data.europa.eu/m8g/", "http://www.w3.org/2006/vcard/ns#"
TOGETHER = dict.fromkeys(
    (ORG + "FormalOrganization", CV + "PublicOrganisation", FOAF + "Agent", VCARD + "Organization"),
    ORG + "Organization",
)
"""Classes that share the table of another one."""
CARRIERS: dict[str, tuple[str, ...]] = {
    COOP + "hasParticipation": (COOP + "participant", COOP + "inRole"),
    COOP + "hasStatusRecord": (COOP + "statusValue", COOP + "asOf"),
    COOP + "signedDuring": (DCTERMS + "date", PROV + "atLocation"),
    COOP + "supportedBy": (OA + "hasSource",),
    OA + "hasSelector": (OA + "exact", OA + "start", OA + "end", RDF + "value"),
}
"""Properties that lead to a carrier, and what of it stands in the row of the thing."""
NAMES = (SKOS + "prefLabel", *LABELS)
_LEFT_OUT = frozenset({*NAMES, *NEVER} - {OA + "hasSelector", DCTERMS + "title"})
_NUMBERS = frozenset(XSD + name for name in ("integer", "nonNegativeInteger"))
_ORDER = {iri: at for at, iri in enumerate(p for group in LAYOUT.values() for p in group)}
_PLAIN = (XSD, RDF, RDFS)


@dataclass(frozen=True)
class Field:
    """One property, or two in a row, and what kinds of values it has in a table."""

    path: tuple[str, ...]
    name: str
    has_values: bool
    """IRIs, numbers, dates and texts without a language."""
    has_words: bool
    """Texts in a language, or things with a name in one."""
    has_iris: bool
    is_number: bool
    identifiers: tuple[str, ...]
    """Datatypes of our own, each of which has a column."""


@dataclass(frozen=True)
class Records:
    """The things of one class, sorted by IRI."""

    kind: str
    name: str
    """The name of its file."""
    iris: tuple[str, ...]
    fields: tuple[Field, ...]


class Shelf:
    """The tables of a graph, and what stands in their cells."""

    def __init__(self, index: Index, readers: dict[str, Reader], base: str) -> None:
        """Take a graph, and the IRI below which its things and concepts are named."""
        self.index, self.readers = index, readers
        self._rooms = (f"{base}id/", f"{base}concept/")

    @cached_property
    def tables(self) -> tuple[Records, ...]:
        """Give the tables, by their name."""
        things: dict[str, list[str]] = defaultdict(list)
        for iri in self.index.facts:
            if iri.startswith(self._rooms) and (kind := self._kind(iri)):
                things[kind].append(iri)
        named: dict[str, str] = {}
        for kind in sorted(things):
            name = re.sub(r"[^a-z0-9]+", "-", self.readers["en"].plural(kind).lower()).strip("-")
            while name in named or not name:
                name += "-more"
            named[name] = kind
        return tuple(
            Records(kind, name, tuple(sorted(things[kind])), tuple(self._fields(things[kind])))
            for name, kind in sorted(named.items())
        )

    def _kind(self, iri: str) -> str | None:
        """Give the class whose table a thing stands in."""
        types = self.index.types(iri)
        if not types or self.readers["en"].page(iri) is None:
            return None
        if self.index.is_a(iri, SKOS + "Concept"):
            return SKOS + "Concept"
        above = sorted(name for name in self.index.above(types[0]) if name.startswith(COOP))
        kind = above[0] if above else types[0]
        return TOGETHER.get(kind, kind)

    def _fields(self, iris: Iterable[str]) -> Iterator[Field]:
        """Give the properties that some of these things have, in the order of a page."""
        paths: dict[tuple[str, ...], list[Term]] = defaultdict(list)
        for iri in iris:
            for predicate, values in self.index.facts[iri].items():
                if predicate in _LEFT_OUT:
                    continue
                paths[predicate,] += values
                for part in CARRIERS.get(predicate, ()):
                    for value in values:
                        if isinstance(value, NamedNode):
                            paths[predicate, part] += self.index.values(value.value, part)
        kept = sorted((p for p in paths if paths[p]), key=lambda p: (_ORDER.get(p[0], 999), p[0]))
        names = _names(kept)
        for path in kept:
            values = paths[path]
            literals = [v for v in values if isinstance(v, Literal)]
            datatypes = {literal.datatype.value for literal in literals}
            own = {iri for iri in datatypes if not iri.startswith(_PLAIN)}
            own = own if path != (RDF + "object",) else set()
            is_carrier = path[0] in CARRIERS and len(path) == 1
            yield Field(
                path,
                names[path],
                any(not _is_words(v) and not _is_of(v, own) for v in values),
                any(_is_words(v) or (self._is_named(v) and not is_carrier) for v in values),
                len(literals) < len(values),
                len(literals) == len(values) and datatypes <= _NUMBERS,
                tuple(sorted(own)),
            )

    def _is_named(self, term: Term) -> bool:
        return isinstance(term, NamedNode) and any(
            self.index.values(term.value, name) for name in NAMES
        )

    # --- Cells -------------------------------------------------------------------------------

    def name(self, iri: str, language: str, *, other: bool = False) -> str:
        """Name a thing in a language; where it has no name in it, not, or in another one."""
        for predicate in NAMES:
            values = self.index.values(iri, predicate)
            if not other:
                values = [v for v in values if isinstance(v, Literal) and v.language == language]
            if values and (found := in_language(values, language)):
                return found
        return self.readers[language].title(iri)[0] if other else ""

    def terms(self, iri: str, field: Field) -> list[Term | None]:
        """Give the values of a field; of several carriers one after the other, `None` for none."""
        values = list[Term | None](self.index.values(iri, field.path[0]))
        if len(field.path) == 1:
            return values
        found: list[Term | None] = []
        for carrier in values:
            known = isinstance(carrier, NamedNode)
            parts = self.index.values(carrier.value, field.path[1]) if known else []  # type: ignore[union-attr]
            found += parts or [None]
        if field.path[0] == OA + "hasSelector":  # a passage has one selector of each sort
            return [term for term in found if term is not None]
        return found

    def values(self, iri: str, field: Field) -> list[str]:
        """Give the values that need no language."""
        own = set(field.identifiers)
        terms = self.terms(iri, field)
        return [_text(t) for t in terms if t is None or not (_is_words(t) or _is_of(t, own))]

    def words(self, iri: str, field: Field, language: str, *, other: bool = False) -> list[str]:
        """Give the texts in a language, and the names of things in it."""
        found = []
        for term in self.terms(iri, field):
            if isinstance(term, Literal) and term.language == language:
                found.append(term.value)
            elif term is None:
                found.append("")
            elif isinstance(term, NamedNode):
                found.append(self.name(term.value, language, other=other))
        return found if any(found) else []

    def identifiers(self, iri: str, field: Field, datatype: str) -> list[str]:
        """Give the values of one datatype of our own."""
        return [_text(t) for t in self.terms(iri, field) if t is not None and _is_of(t, {datatype})]


def snake(iri: str) -> str:
    """Write the local name of a term as a column's name: `signedDuring` is `signed_during`."""
    local = re.sub(r"^has(?=[A-Z])", "", re.split("[#/]", iri)[-1])
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", local)
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_") or "value"


def _names(paths: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Name columns, each otherwise."""
    found: dict[tuple[str, ...], str] = {}
    taken = {"iri", "class", *(f"name_{language}" for language in LANGUAGES), "name"}
    for path in paths:
        name = "_".join(map(snake, path))
        while name in taken:
            name += "_2"
        taken |= {name, *(f"{name}_{language}" for language in LANGUAGES)}
        found[path] = name
    return found


def _is_words(term: Term) -> bool:
    return isinstance(term, Literal) and term.language is not None


def _is_of(term: Term, datatypes: set[str]) -> bool:
    return isinstance(term, Literal) and not term.language and term.datatype.value in datatypes


def _text(term: Term | None) -> str:
    if isinstance(term, BlankNode):
        return str(term)
    return term.value if isinstance(term, (NamedNode, Literal)) else ""

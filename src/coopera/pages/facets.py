"""Facets: an index and a class in; by what its things are told apart, and which have what, out."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode

from coopera.pages.index import Index
from coopera.pages.names import parts, step
from coopera.pages.things import AGREEMENT, COMMITMENT, DOCUMENT
from coopera.tables import Term
from coopera.terms import COOP, DCTERMS, ORG, RDFS, SCHEMA, SKOS, Prefixes

INSTITUTION = COOP + "Institution"
NOTHING = "unknown"
"""The last step of the address of what has no value."""

Value = Term | None
"""A value of a facet; `None` where no source gives one."""


@dataclass(frozen=True)
class Key:
    """A facet: its name, the values of a thing, and the patterns of SPARQL that say the same."""

    name: str
    """A step of addresses, and a word."""
    values: Callable[[Index, str], Iterable[Term]]
    pattern: str
    """Says that `?thing` has `?value`."""
    absent: str = ""
    """Says that `?thing` has none, where that is not that the pattern finds nothing."""


def _along(*steps: str) -> Callable[[Index, str], Iterable[Term]]:
    """Follow properties, one after the other."""

    def values(index: Index, iri: str) -> set[Term]:
        nodes = {iri}
        for name in steps[:-1]:
            nodes = {found for node in nodes for found in index.iris(node, name)}
        return {value for node in nodes for value in index.values(node, steps[-1])}

    return values


def _year(*paths: tuple[str, ...]) -> Callable[[Index, str], Iterable[Term]]:
    """Give the year of the first of the dates at the ends of some paths."""

    def values(index: Index, iri: str) -> list[Term]:
        ends = (v for path in paths for v in _along(*path)(index, iri))
        found = (v.value for v in ends if isinstance(v, Literal))
        years = [match[0] for text in found if (match := re.match(r"\d{4}(?!\d)", text))]
        return [Literal(min(years))] if years else []

    return values


def _years(*paths: str) -> tuple[str, str]:
    """Write the patterns of a year."""
    dates = " UNION ".join(f"{{ ?thing {path} ?date }}" for path in paths)
    pattern = (
        "{ SELECT ?thing (MIN(SUBSTR(STR(?date), 1, 4)) AS ?value)\n"
        f"    WHERE {{ {dates} }} GROUP BY ?thing }}"
    )
    absent = "\n  ".join(f"FILTER NOT EXISTS {{ ?thing {path} ?date }}" for path in paths)
    return pattern, absent


def _key(name: str, pattern: str, *steps: str) -> Key:
    return Key(name, _along(*steps), f"?thing {pattern} ?value .")


_FORM = _key("form", "coop:usesForm", COOP + "usesForm")
_AXIS = _key("axis", "coop:concernsAxis", COOP + "concernsAxis")
_STATUS = _key("status", "coop:currentStatus", COOP + "currentStatus")

KEYS: dict[str, tuple[Key, ...]] = {
    AGREEMENT: (
        _key("partner", "coop:party", COOP + "party"),
        _key("country", "coop:party/schema:location", COOP + "party", SCHEMA + "location"),
        _key("type", "coop:agreementType", COOP + "agreementType"),
        _STATUS,
        _AXIS,
        Key(
            "year",
            _year((COOP + "signedDuring", DCTERMS + "date"), (SCHEMA + "validFrom",)),
            *_years("coop:signedDuring/dcterms:date", "schema:validFrom"),
        ),
    ),
    COMMITMENT: (
        _STATUS,
        _key("party", "coop:committedParty", COOP + "committedParty"),
        _key("domain", "coop:inDomain", COOP + "inDomain"),
        _FORM,
        _AXIS,
    ),
    INSTITUTION: (
        _key("country", "schema:location", SCHEMA + "location"),
        _key("type", "org:classification", ORG + "classification"),
    ),
    DOCUMENT: (
        _key("publisher", "dcterms:publisher", DCTERMS + "publisher"),
        _key("type", "dcterms:type", DCTERMS + "type"),
        _key("language", "dcterms:language", DCTERMS + "language"),
        Key("year", _year((DCTERMS + "issued",)), *_years("dcterms:issued")),
    ),
}
"""The facets of a class's list; those of a superclass serve too."""


def keys(index: Index, name: str) -> tuple[Key, ...]:
    """Give the facets of a class: its own, or those of a class above it."""
    return next((KEYS[n] for n in (name, *sorted(index.above(name))) if n in KEYS), ())


class Catalogue:
    """The members of a class by the values of its facets; the same in every language."""

    def __init__(self, index: Index, name: str, where: str, members: list[str]) -> None:
        """Gather what the members of a class have; `where` is the address of its list."""
        self.name, self.where, self.members = name, where, members
        self.keys: dict[str, Key] = {}
        self.holders: dict[str, dict[Value, list[str]]] = {}
        """The members that have each value, by the name of the facet."""
        self.slugs: dict[str, dict[Value, str]] = {}
        self.mixed = len({tuple(index.types(iri)[:1]) for iri in members}) > 1
        """Whether the members are of several classes."""
        self.places: dict[str, dict[str, int]] = {}
        """The place of each member in the list, by language, once it was asked for."""
        self.rows: dict[str, dict[str, tuple[Any, ...]]] = {}
        """The cells of members that were shown, by language and IRI."""
        self.values: dict[tuple[str, str], list[Value]] = {}
        """The values in their order, by language and facet, once they were asked for."""
        for key in keys(index, name):
            holders: dict[Value, list[str]] = {}
            for iri in members:
                values: set[Value] = set(key.values(index, iri))
                for value in values or (None,):
                    holders.setdefault(value, []).append(iri)
            if len(holders) > 1:  # one value for all tells nothing apart
                self.keys[key.name] = key
                self.holders[key.name] = holders
                self.slugs[key.name] = _slugs(holders)

    def addresses(self, per: int) -> Iterator[str]:
        """List the addresses of the list, of its facets and of each of their values."""
        yield from parts(self.where, len(self.members), per)
        for name, holders in self.holders.items():
            yield f"{self.where}/{name}"
            for value, slug in self.slugs[name].items():
                yield from parts(f"{self.where}/{name}/{slug}", len(holders[value]), per)

    def chosen(self, address: str) -> tuple[str, Value, bool]:
        """Tell the facet and the value of an address below the list's, and if there is a value."""
        name, _, slug = address.removeprefix(self.where).strip("/").partition("/")
        value = next((v for v, known in self.slugs.get(name, {}).items() if known == slug), None)
        return name, value, bool(slug)

    def address(self, name: str, value: Value) -> str:
        """Give the address of the list of what has a value."""
        return f"{self.where}/{name}/{self.slugs[name][value]}"

    def sparql(self, prefixes: Prefixes, language: str, name: str = "", value: Value = None) -> str:
        """Write the query that gives the list, or the part of it that has a value."""
        lines = [f"?thing a/rdfs:subClassOf* {prefixes.text(NamedNode(self.name))} ."]
        if name and value is not None:
            lines += [f"VALUES ?value {{ {prefixes.text(value)} }}", self.keys[name].pattern]
        elif name:
            key = self.keys[name]
            lines.append(key.absent or f"FILTER NOT EXISTS {{ {key.pattern.rstrip(' .')} }}")
        named = f'OPTIONAL {{ ?thing rdfs:label ?label FILTER(LANG(?label) = "{language}") }}'
        body = "".join(f"  {line}\n" for line in (*lines, named))
        text = f"SELECT DISTINCT ?thing ?label\nWHERE {{\n{body}}}\nORDER BY ?label ?thing"
        return f"{_head(text, prefixes)}\n{text}"


def _head(text: str, prefixes: Prefixes) -> str:
    """Declare the prefixes that a text uses."""
    outside = re.sub(r'"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>', " ", text)
    used = set(re.findall(r"(?<![\w?@-])([A-Za-z][\w.-]*):(?=[\w])", outside))
    return "".join(
        f"PREFIX {prefix}: <{namespace}>\n"
        for prefix, namespace in sorted({**_NAMESPACES, **prefixes.namespaces}.items())
        if prefix in used
    )


_NAMESPACES = {
    "coop": COOP, "rdfs": RDFS, "dcterms": DCTERMS, "schema": SCHEMA, "org": ORG, "skos": SKOS,
}  # fmt: skip
"""Prefixes of the patterns, in case a project does not declare them."""


def _slugs(values: Iterable[Value]) -> dict[Value, str]:
    """Give each value a step of its own: the end of its IRI, or its text."""
    found: dict[Value, str] = {}
    taken = {NOTHING}
    for value in sorted((v for v in values if v is not None), key=str):
        text = value.value if isinstance(value, NamedNode | Literal) else str(value)
        if isinstance(value, NamedNode):
            text = re.split(r"[/#]", text.rstrip("/#"))[-1]
        slug = step(text)
        if slug in taken:
            slug = f"{slug[:100]}~z{hashlib.sha256(str(value).encode()).hexdigest()[:12]}"
        taken.add(slug)
        found[value] = slug
    if None in set(values):
        found[None] = NOTHING
    return found

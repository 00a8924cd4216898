"""Properties: an organization in; what it has, as values to show and as keys to compare, out."""

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache, partial

from coopera.reconciliation import countries, names, registers
from coopera.reconciliation.entities import Entity, Labels, text

Cell = dict[str, str | int]
"""A value in the form of a data extension response: `str`, `int`, or `id` and `name`."""


@dataclass(frozen=True)
class Scope:
    """In which language values are told, which texts are left out, and who stands behind an IRI."""

    language: str
    entities: Mapping[str, Entity]
    only: str = ""
    """A language: texts in others are left out. Empty: all texts."""


@dataclass(frozen=True)
class Property:
    """A property that clients may ask for and may compare with values of their own."""

    id: str
    labels: Labels
    cells: Callable[[Entity, Scope], Iterable[Cell]]
    keys: Callable[[Entity, Scope], Set[str]]
    """What to compare with; empty where nothing is known."""
    read: Callable[[str], Set[str]]
    """Turn a value of a client into keys; empty for one that is not understood."""
    decides: bool = False
    """Whether another value speaks against an organization. A name that differs does not."""
    leads: bool = False
    """Whether its values are organizations."""
    names: bool = False
    """Whether its values are names of the organization itself."""
    register: str = ""
    """The register whose identifiers its values are."""


@lru_cache(maxsize=50_000)
def spelt(value: str) -> frozenset[str]:
    """Give the key of a text: its words, folded."""
    key = " ".join(names.words(value))
    return frozenset({key} if key else ())


def _names(kinds: tuple[str, ...], entity: Entity, scope: Scope) -> list[Cell]:
    wanted = (
        name.text
        for name in entity.names
        if name.kind in kinds and scope.only in ("", name.language)
    )
    return [{"str": one} for one in dict.fromkeys(wanted)]


def _name_keys(entity: Entity, _scope: Scope) -> Set[str]:
    return frozenset().union(*(spelt(name.text) for name in entity.names))


def _country_keys(value: str) -> Set[str]:
    """Read a country: its name, its code, or the IRI of a concept that ends in the code."""
    found = countries.code(value) or countries.code(re.split(r"[/:#]", value)[-1])
    return frozenset({found} if found else ())


def _host(url: str) -> str:
    return re.sub(r"^(https?://)?(www\.)?", "", url.strip().casefold()).partition("/")[0]


def _linked(name: str, entity: Entity, scope: Scope) -> list[Cell]:
    cells: list[Cell] = []
    for iri in entity.links.get(name, ()):
        other = scope.entities.get(iri)
        cells.append({"id": iri, "name": other.name(scope.language)} if other else {"str": iri})
    return cells


def _linked_keys(name: str, entity: Entity, scope: Scope) -> Set[str]:
    keys = set(entity.links.get(name, ()))
    for iri in entity.links.get(name, ()):
        if other := scope.entities.get(iri):
            keys |= _name_keys(other, scope)
    return keys


def _identified(register: str, entity: Entity, _scope: Scope) -> list[Cell]:
    return [{"str": one} for of, one in entity.identifiers if of == register]


def _identified_keys(register: str, entity: Entity, _scope: Scope) -> Set[str]:
    return {registers.key(of, one) for of, one in entity.identifiers if of == register}


def _read_identifier(register: str, value: str) -> Set[str]:
    return frozenset({registers.key(register, value)})


def _strings(values: Iterable[str]) -> list[Cell]:
    return [{"str": one} for one in values]


def _kind_keys(entity: Entity, _scope: Scope) -> Set[str]:
    return frozenset().union(*(spelt(one) for kind in entity.kinds for one in kind.values()))


def _year(value: str) -> Set[str]:
    return frozenset(re.findall(r"(?<!\d)\d{4}(?!\d)", value)[:1])


_LINKED = {
    "coop:memberSchoolOf": {"en": "member school of", "fr": "école membre de"},
    "coop:subsidiarySchoolOf": {"en": "subsidiary school of", "fr": "école filiale de"},
    "coop:underSupervisionOf": {"en": "under the supervision of", "fr": "sous la tutelle de"},
    "org:subOrganizationOf": {"en": "belongs to", "fr": "appartient à"},
    "dcterms:replaces": {"en": "replaces", "fr": "remplace"},
}

_FIRST = (
    Property(
        "skos:prefLabel", {"en": "name", "fr": "nom"},
        partial(_names, ("shown",)), _name_keys, spelt, names=True,
    ),
    Property(
        "skos:altLabel", {"en": "other name", "fr": "autre nom"},
        partial(_names, ("other", "acronym")), _name_keys, spelt, names=True,
    ),
    Property(
        "schema:location", {"en": "country", "fr": "pays"},
        lambda e, s: _strings(countries.name(code, s.language) for code in e.countries),
        lambda e, _: frozenset(e.countries), _country_keys, decides=True,
    ),
    Property(
        "country-code", {"en": "country code (ISO 3166-1)", "fr": "code de pays (ISO 3166-1)"},
        lambda e, _: _strings(code for code in e.countries if code in countries.table()),
        lambda e, _: frozenset(e.countries), _country_keys, decides=True,
    ),
    Property(
        "town", {"en": "town, according to ROR", "fr": "ville, selon ROR"},
        lambda e, _: _strings(filter(None, [e.town])), lambda e, _: spelt(e.town), spelt,
    ),
    Property(
        "org:classification", {"en": "kind of organization", "fr": "nature de l’organisme"},
        lambda e, s: _strings(text(labels, s.only or s.language) for labels in e.kinds),
        _kind_keys, spelt,
    ),
    Property(
        "foaf:homepage", {"en": "web site", "fr": "site web"},
        lambda e, _: _strings(e.homepages), lambda e, _: {_host(url) for url in e.homepages},
        lambda value: frozenset(filter(None, [_host(value)])),
    ),
    Property(
        "schema:foundingDate", {"en": "founding date", "fr": "date de fondation"},
        lambda e, _: _strings(e.founded),
        lambda e, _: frozenset().union(*map(_year, e.founded)), _year, decides=True,
    ),
    Property(
        "agreements", {"en": "agreements in this graph", "fr": "accords dans ce graphe"},
        lambda e, _: [] if e.agreements is None else [{"int": e.agreements}],
        lambda e, _: frozenset() if e.agreements is None else frozenset({str(e.agreements)}),
        spelt,
    ),
)  # fmt: skip
_LAST = (
    Property(
        "schema:sameAs", {"en": "same as", "fr": "identique à"},
        lambda e, _: _strings(e.same),
        lambda e, _: frozenset(e.same), lambda value: frozenset({value.strip()}),
    ),
)  # fmt: skip


def table(called: Mapping[str, Labels]) -> dict[str, Property]:
    """Give the properties by id, those of the registers that are called so among them."""
    linked = (
        Property(
            name, labels,
            partial(_linked, name), partial(_linked_keys, name),
            lambda value: spelt(value) | {value.strip()}, leads=True,
        )
        for name, labels in _LINKED.items()
    )  # fmt: skip
    identified = (
        Property(
            name if name in ("ror", "wikidata") else f"coop:{name}", labels,
            partial(_identified, name), partial(_identified_keys, name),
            partial(_read_identifier, name),
            decides=True, register=name,
        )
        for name, labels in called.items()
    )  # fmt: skip
    return {one.id: one for one in (*_FIRST, *linked, *identified, *_LAST)}

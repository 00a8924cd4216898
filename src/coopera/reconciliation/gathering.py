"""Gathering: triples of a graph and records of ROR in; the organizations that they tell of out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from coopera.importers.ror import Record
from coopera.reconciliation import countries, names, registers
from coopera.reconciliation.entities import ROR_KINDS, Entity, Kind, Labels, Name
from coopera.tables import Term
from coopera.terms import COOP, DCTERMS, FOAF, ORG, RDFS, SCHEMA, SKOS, TYPE, Prefixes

_INSTITUTION, _ORGANIZATION = COOP + "Institution", ORG + "Organization"
_FORMAL, _PUBLIC = ORG + "FormalOrganization", "http://data.europa.eu/m8g/PublicOrganisation"
_ABOVE = {_FORMAL: _ORGANIZATION, _PUBLIC: _ORGANIZATION, _INSTITUTION: _FORMAL}
"""What vocabularies say of their classes, and a graph need not repeat."""
_CLASSES: dict[str, Labels] = {
    _ORGANIZATION: {"en": "Organization", "fr": "Organisme"},
    _FORMAL: {"en": "Formal organization", "fr": "Organisme constitué"},
    _PUBLIC: {"en": "Public organization", "fr": "Organisme public"},
    _INSTITUTION: {"en": "Institution", "fr": "Établissement"},
}
LINKS = {
    "coop:memberSchoolOf": COOP + "memberSchoolOf",
    "coop:subsidiarySchoolOf": COOP + "subsidiarySchoolOf",
    "coop:underSupervisionOf": COOP + "underSupervisionOf",
    "org:subOrganizationOf": ORG + "subOrganizationOf",
    "dcterms:replaces": DCTERMS + "replaces",
}
"""Properties that lead from an organization to another."""
_REGISTERS = {"fundref": "crossrefFunder"}
"""Names of registers in ROR, where the ontology has others."""
_CALLED: dict[str, Labels] = {
    "crossrefFunder": {
        "en": "Crossref funder identifier",
        "fr": "identifiant de financeur Crossref",
    },
    "grid": {"en": "GRID identifier", "fr": "identifiant GRID"},
    "isni": {"en": "ISNI identifier", "fr": "identifiant ISNI"},
    "ror": {"en": "ROR identifier", "fr": "identifiant ROR"},
    "wikidata": {"en": "Wikidata item", "fr": "élément Wikidata"},
}
"""What registers are called, where the graph does not say."""
_KINDS = {"display": "shown", "label": "shown", "alias": "other", "acronym": "acronym"}

Facts = Mapping[str, list[Term]]
"""IRI of a predicate -> objects."""


@dataclass(frozen=True)
class Gathered:
    """Organizations, those of the graph first; their classes by id; labels of registers by name."""

    entities: tuple[Entity, ...]
    kinds: dict[str, Kind]
    registers: dict[str, Labels]


def gather(
    triples: Iterable[Triple], prefixes: Prefixes, records: Iterable[Record] = ()
) -> Gathered:
    """Gather the organizations that a graph and records of ROR describe.

    A record of ROR that the graph links to with `schema:sameAs` gives names and identifiers to find
    by, and nothing else: of our institutions, what the graph says is said. Records that ROR has
    withdrawn are left out.
    """
    graph = _Graph(list(triples), prefixes)
    linked = {iri for facts in graph.facts.values() for iri in _iris(facts, SCHEMA + "sameAs")}
    known: dict[str, Record] = {}
    others: list[Entity] = []
    for record in records:
        if record.id in linked:
            known[record.id] = record
        elif record.status != "withdrawn":
            others.append(graph.registered(record))
    entities = (*(graph.described(iri, known) for iri in sorted(graph.facts)), *others)
    found = {register for entity in entities for register, _ in entity.identifiers}
    labels = {name: graph.labels(COOP + name) or _CALLED.get(name, {"en": name}) for name in found}
    return Gathered(entities, graph.kinds, {name: labels[name] for name in sorted(labels)})


class _Graph:
    """What a graph says of its organizations."""

    def __init__(self, triples: list[Triple], prefixes: Prefixes) -> None:
        self._prefixes = prefixes
        self._above: dict[str, set[str]] = defaultdict(set)
        self._types: dict[str, set[str]] = defaultdict(set)
        for triple in triples:
            if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
                if triple.predicate == TYPE:
                    self._types[triple.subject.value].add(triple.object.value)
                elif triple.predicate == _BELOW:
                    self._above[triple.subject.value].add(triple.object.value)
        for name, broader in _ABOVE.items():
            self._above[name].add(broader)
        classes = [_ORGANIZATION, *self._above]
        self._kin = {name for name in classes if _ORGANIZATION in self._upwards(name)}
        self.facts: dict[str, dict[str, list[Term]]] = {
            iri: defaultdict(list) for iri, named in self._types.items() if named & self._kin
        }
        self._labels: dict[str, dict[str, str]] = defaultdict(dict)
        self._notations: dict[str, str] = {}
        self._agreements: dict[str, set[str]] = defaultdict(set)
        for triple in triples:
            if isinstance(triple.subject, NamedNode):
                self._note(triple.subject.value, triple.predicate.value, triple.object)
        self._institution = self._ranked({_INSTITUTION})
        self._organization = self._ranked({_ORGANIZATION})

    def _note(self, subject: str, predicate: str, value: Term) -> None:
        """Keep a triple about an organization, or about a thing that may explain one."""
        if subject in self.facts:
            self.facts[subject][predicate].append(value)
        if isinstance(value, Literal):
            if predicate in (SKOS + "prefLabel", RDFS + "label") and value.language:
                self._labels[subject].setdefault(value.language, value.value)
            elif predicate == SKOS + "notation":
                self._notations[subject] = value.value
        elif (
            predicate == COOP + "party"
            and isinstance(value, NamedNode)
            and COOP + "Agreement" in self._types.get(subject, ())
        ):
            self._agreements[value.value].add(subject)

    @property
    def kinds(self) -> dict[str, Kind]:
        """Give the classes of organizations that have a name, by id."""
        named = {name for name in self._kin if name in _CLASSES or self._labels.get(name)}
        return {
            self._short(name): Kind(
                self._short(name),
                name,
                {**_CLASSES.get(name, {}), **self._labels.get(name, {})},
                tuple(sorted(self._short(one) for one in self._above[name] if one in named)),
            )
            for name in sorted(named)
        }

    def described(self, iri: str, known: Mapping[str, Record]) -> Entity:
        """Make the entity that the graph describes."""
        facts = self.facts[iri]
        shown = _literals(facts, SKOS + "prefLabel") or _literals(facts, RDFS + "label")
        other = _literals(facts, SKOS + "altLabel")
        called = [Name(one.value, one.language, "shown") for one in shown]
        called = called or [Name(iri.rstrip("/").rpartition("/")[2] or iri, None, "shown")]
        called += [
            Name(one.value, one.language, "acronym" if names.is_acronym(one.value) else "other")
            for one in other
        ]
        same = _iris(facts, SCHEMA + "sameAs")
        record = next((known[one] for one in same if one in known), None)
        return Entity(
            id=iri,
            names=tuple(dict.fromkeys(called)),
            types=self._ranked(self._types[iri]),
            own=True,
            countries=tuple(map(self._country, _iris(facts, SCHEMA + "location"))),
            kinds=tuple(
                self._labels.get(one) or {"en": one} for one in _iris(facts, ORG + "classification")
            ),
            identifiers=(
                *(("ror", one) for one in same if one.startswith(registers.ROR)),
                *_wikidata(same),
                *(
                    (one.datatype.value.removeprefix(COOP), one.value)
                    for one in _literals(facts, ORG + "identifier")
                ),
            ),
            same=same,
            homepages=_iris(facts, FOAF + "homepage"),
            founded=tuple(one.value for one in _literals(facts, SCHEMA + "foundingDate")),
            links={name: linked for name, link in LINKS.items() if (linked := _iris(facts, link))},
            agreements=len(self._agreements.get(iri, ())),
            record=record,
        )

    def registered(self, record: Record) -> Entity:
        """Make the entity of a record that the graph does not know."""
        kinds = [kind for kind in ROR_KINDS if kind in record.types]
        kinds = [kind for kind in kinds if kind not in ("funder", "other")] or kinds
        teaches = "education" in kinds or "facility" in kinds
        return Entity(
            id=record.id,
            names=tuple(
                Name(name.text, name.language, _KINDS[name.kinds[0]]) for name in record.names
            ),
            types=self._institution if teaches else self._organization,
            own=False,
            countries=tuple(
                code if code in countries.table() else name for code, name in record.countries
            ),
            kinds=tuple(ROR_KINDS[kind] for kind in kinds),
            identifiers=(("ror", record.id), *identified(record)),
            same=tuple(
                registers.WIKIDATA + one for kind, one in record.identifiers if kind == "wikidata"
            ),
            homepages=tuple(url for kind, url in record.links if kind == "website"),
            founded=(f"{record.established:04}",) if record.established else (),
            active=record.status == "active",
            record=record,
        )

    def labels(self, iri: str) -> Labels:
        """Give the labels of a thing, empty where the graph has none."""
        return self._labels.get(iri, {})

    def _ranked(self, named: set[str]) -> tuple[str, ...]:
        """Give the ids of classes and of those above them, narrower ones first."""
        every = {one for name in named for one in self._upwards(name)} & self._kin
        height = {one: len(self._upwards(one) & self._kin) for one in every}
        return tuple(self._short(one) for one in sorted(every, key=lambda o: (-height[o], o)))

    def _upwards(self, name: str) -> set[str]:
        """Give a class and all above it."""
        met, todo = {name}, [name]
        while todo:
            more = self._above.get(todo.pop(), set()) - met
            met |= more
            todo += more
        return met

    def _country(self, iri: str) -> str:
        labels = self._labels.get(iri, {})
        told = (self._notations.get(iri, ""), *labels.values())
        return next(filter(None, map(countries.code, told)), labels.get("en") or iri)

    def _short(self, iri: str) -> str:
        return self._prefixes.curie(iri) or iri


def identified(record: Record) -> tuple[tuple[str, str], ...]:
    """Give the identifiers of a record, their registers named as in the ontology."""
    return tuple((_REGISTERS.get(kind, kind), one) for kind, one in record.identifiers)


def _wikidata(same: Iterable[str]) -> list[tuple[str, str]]:
    return [
        ("wikidata", one.removeprefix(registers.WIKIDATA))
        for one in same
        if one.startswith(registers.WIKIDATA)
    ]


def _iris(facts: Facts, predicate: str) -> tuple[str, ...]:
    return tuple(sorted({v.value for v in facts.get(predicate, ()) if isinstance(v, NamedNode)}))


def _literals(facts: Facts, predicate: str) -> list[Literal]:
    """Give the literals with a predicate, English first, in an order that is always the same."""
    found = {value for value in facts.get(predicate, ()) if isinstance(value, Literal)}
    return sorted(found, key=lambda t: (t.language or "", t.datatype.value, t.value))


_BELOW = NamedNode(RDFS + "subClassOf")

"""Indexes: triples in, in one pass; facts, links, types and readings of each IRI out."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Triple

from coopera.tables import Term
from coopera.terms import COOP, FOAF, OA, PROV, RDF, RDFS, SKOS

TYPE = RDF + "type"
_ABSTRACT = frozenset(
    {RDF + "Statement", PROV + "Entity", SKOS + "Concept", OA + "SpecificResource"}
    | {"http://www.w3.org/2002/07/owl#NamedIndividual", "http://rdfs.org/ns/void#Dataset"}
    | {FOAF + "Agent", "http://www.w3.org/2006/vcard/ns#Kind"}
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One `coop:Assertion`: a statement, the excerpts it was read from, how, and its standing."""

    iri: str
    subject: str
    predicate: str
    object: Term
    mode: str
    standing: str
    excerpts: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """Say whether the graph states it."""
        return self.standing.endswith("/accepted") or not self.standing


@dataclass
class Index:
    """What is said of each IRI, what points to it, and how each statement was read."""

    facts: dict[str, dict[str, list[Term]]] = field(default_factory=dict)
    links: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)
    """Number of triples with this predicate."""

    def values(self, iri: str, predicate: str) -> list[Term]:
        """Give the objects of an IRI's triples with one predicate."""
        return self.facts.get(iri, {}).get(predicate, [])

    def iris(self, iri: str, predicate: str) -> list[str]:
        """Give those objects that are IRIs."""
        return [v.value for v in self.values(iri, predicate) if isinstance(v, NamedNode)]

    def first(self, iri: str, *predicates: str) -> Term | None:
        """Give one object: of the first of these predicates that has any."""
        return next((v for p in predicates for v in self.values(iri, p)), None)

    def sources_of(self, iri: str, predicate: str) -> list[str]:
        """Give the subjects that point to an IRI with one predicate."""
        return self.links.get(iri, {}).get(predicate, [])

    @cached_property
    def instances(self) -> dict[str, list[str]]:
        """Give the subjects by class, those of its subclasses included."""
        found: dict[str, set[str]] = defaultdict(set)
        for subject, facts in self.facts.items():
            for value in facts.get(TYPE, ()):
                for name in (value.value, *self.above(value.value)):  # type: ignore[union-attr]
                    found[name].add(subject)
        return {name: sorted(members) for name, members in found.items()}

    def above(self, name: str) -> frozenset[str]:
        """Give the classes of which a class is a subclass, at any distance."""
        known = self._above.get(name)
        if known is None:
            met: set[str] = set()
            todo = [name]
            while todo:
                for parent in self.iris(todo.pop(), RDFS + "subClassOf"):
                    if parent not in met:
                        met.add(parent)
                        todo.append(parent)
            known = self._above[name] = frozenset(met)
        return known

    _above: dict[str, frozenset[str]] = field(default_factory=dict)

    def types(self, iri: str) -> list[str]:
        """Give an IRI's types, ours first, without those that another of them implies."""
        if iri not in self.facts:
            return []
        if iri not in self._types:
            self._types[iri] = self._told_types(iri)
        return self._types[iri]

    _types: dict[str, list[str]] = field(default_factory=dict)

    def _told_types(self, iri: str) -> list[str]:
        named = self.iris(iri, TYPE)
        implied = {parent for name in named for parent in self.above(name)} | _ABSTRACT
        kept = [name for name in named if name not in implied] or named
        return sorted(kept, key=lambda name: (not name.startswith(COOP), name))

    def is_a(self, iri: str, name: str) -> bool:
        """Say whether an IRI is an instance of a class or of one of its subclasses."""
        return name in self.kinds(iri)

    def kinds(self, iri: str) -> frozenset[str]:
        """Give all classes of an IRI, those above its own included."""
        known = self._kinds.get(iri)
        if known is None:
            named = tuple(self.iris(iri, TYPE))
            known = self._alike.get(named)
            if known is None:
                known = frozenset(named).union(*map(self.above, named))
                self._alike[named] = known
            if iri in self.facts:  # what is not described would be kept without end
                self._kinds[iri] = known
        return known

    _kinds: dict[str, frozenset[str]] = field(default_factory=dict)
    _alike: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict)
    """The classes by the types that are told: most things share theirs."""

    @cached_property
    def readings(self) -> dict[str, dict[str, list[Reading]]]:
        """Give the readings by subject and predicate."""
        found: dict[str, dict[str, list[Reading]]] = {}
        for reading in self.by_iri.values():
            found.setdefault(reading.subject, {}).setdefault(reading.predicate, []).append(reading)
        return found

    @cached_property
    def by_iri(self) -> dict[str, Reading]:
        """Give the readings by the IRI of their assertion, those accepted first."""
        found = [self._reading(iri) for iri in self.instances.get(COOP + "Assertion", ())]
        kept = [reading for reading in found if reading]
        kept.sort(key=lambda r: (not r.accepted, r.iri))
        return {reading.iri: reading for reading in kept}

    @cached_property
    def by_source(self) -> dict[str, list[Reading]]:
        """Give the readings by the IRI of their source."""
        found: dict[str, list[Reading]] = defaultdict(list)
        for reading in self.by_iri.values():
            for source in reading.sources:
                found[source].append(reading)
        return dict(found)

    def _reading(self, iri: str) -> Reading | None:
        parts = [self.first(iri, RDF + name) for name in ("subject", "predicate", "object")]
        subject, predicate, value = parts
        if not (isinstance(subject, NamedNode) and isinstance(predicate, NamedNode) and value):
            return None
        excerpts = self.iris(iri, COOP + "supportedBy")
        sources: list[str] = []
        for node in (*excerpts, iri):
            for link in (OA + "hasSource", PROV + "wasQuotedFrom", PROV + "hadPrimarySource"):
                sources += [s for s in self.iris(node, link) if s not in sources]
        if not sources:
            sources = [s for s in self.iris(iri, PROV + "wasDerivedFrom") if s not in excerpts]
        return Reading(
            iri,
            subject.value,
            predicate.value,
            value,
            _value(self.first(iri, COOP + "readingMode")),
            _value(self.first(iri, COOP + "standing")),
            tuple(excerpts),
            tuple(sources),
        )


def index(triples: Iterable[Triple]) -> Index:
    """Gather triples by subject and by object. Values come in the order of their N-Triples text."""
    facts: dict[str, dict[str, set[Term]]] = {}
    links: dict[str, dict[str, set[str]]] = {}
    texts: dict[str, str] = {}  # each text, and each IRI, is held once
    nodes: dict[Term, Term] = {}
    for triple in triples:
        subject, predicate, value = key(triple.subject), triple.predicate.value, triple.object
        subject = texts.setdefault(subject, subject)
        predicate = texts.setdefault(predicate, predicate)
        if not isinstance(value, Literal):
            value = nodes.setdefault(value, value)
            name = key(value)
            name = texts.setdefault(name, name)
            links.setdefault(name, {}).setdefault(predicate, set()).add(subject)
        facts.setdefault(subject, {}).setdefault(predicate, set()).add(value)
    uses: dict[str, int] = defaultdict(int)
    for by_predicate in facts.values():
        for predicate, values in by_predicate.items():
            uses[predicate] += len(values)
    return Index(
        {
            s: {p: sorted(by[p], key=str) if len(by[p]) > 1 else list(by[p]) for p in sorted(by)}
            for s, by in facts.items()
        },
        {o: {p: sorted(by[p]) for p in sorted(by)} for o, by in links.items()},
        dict(uses),
    )


def key(term: Term) -> str:
    """Give the text under which a subject is kept: an IRI, or `_:` and a blank node's label."""
    return term.value if isinstance(term, NamedNode) else str(term)


def _value(term: Term | None) -> str:
    return term.value if isinstance(term, (NamedNode, Literal)) else ""

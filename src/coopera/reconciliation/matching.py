"""Matching: a text and what is known beside it in; the organizations that it may mean out."""

import gc
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pyoxigraph import Triple

from coopera.importers.ror import Record
from coopera.reconciliation import countries, gathering, names, properties, registers
from coopera.reconciliation.entities import Entity, Kind
from coopera.reconciliation.index import Entry, Hit, Index
from coopera.reconciliation.properties import Property, Scope
from coopera.terms import Prefixes

LEAST = 40.0
"""The score below which a name is not like a text."""
SURE = 90.0
"""The score from which a name that is only like a text may be a sure match."""
CLEAR = 8.0
"""How far a sure match stands above the second."""
CROWDED = 200
"""An acronym is sure where fewer than one in so many of its length is taken."""
MOST = 100
"""Candidates for one text, at most."""
_IDENTIFIED = Hit(100.0, "", "identifier")
_DESCRIBED = Hit(50.0, "", "properties")
_IN_BRACKETS = re.compile(r"(.+?)\s*\(([^()]+)\)")
_EXACT = ("exact", "acronym")
_ANOTHER_TYPE = 0.8
_ANOTHER_VALUE, _SAME_VALUE = 0.3, 0.1
_ENDED = 0.99
_SHORTENED = 0.99


@dataclass(frozen=True)
class Candidate:
    """An organization that a text may mean."""

    entity: Entity
    score: float
    """From 0 to 100."""
    match: bool
    """Whether it is surely meant."""
    by: str
    """The name that it was found by; empty for one found by an identifier."""
    features: Mapping[str, float | bool]
    """What made the score."""


@dataclass(frozen=True)
class Given:
    """A property that a client knows, and its values as keys."""

    property: Property
    keys: frozenset[str]


@dataclass(frozen=True)
class _Judged:
    """A candidate, how it was found, and whether what was given speaks for it, or against it."""

    candidate: Candidate
    hit: Hit
    agrees: bool
    against: bool

    @property
    def rank(self) -> tuple[float, bool, str]:
        """Give the place among others: the better ones first, then ours, then by IRI."""
        entity = self.candidate.entity
        return (-self.candidate.score, not entity.own, entity.id)


class Matcher:
    """Finds organizations by names and identifiers. It is read-only, and may serve many at once."""

    def __init__(
        self,
        gathered: gathering.Gathered,
        prefixes: Prefixes,
        base: str,
        title: Mapping[str, str] | None = None,
    ) -> None:
        """Take what was gathered; see `of`."""
        self.prefixes, self.base, self.title = prefixes, base, title or {}
        self.kinds, self.registers = gathered.kinds, gathered.registers
        self.properties = properties.table(gathered.registers)
        self.entities = {entity.id: entity for entity in gathered.entities}
        self._listed = tuple(self.entities.values())
        self._own = sum(entity.own for entity in self._listed)
        self._identified: dict[tuple[str, str], list[int]] = defaultdict(list)
        for at, entity in enumerate(self._listed):
            record = gathering.identified(entity.record) if entity.record and entity.own else ()
            for register, value in dict.fromkeys((*entity.identifiers, *record)):
                key = registers.key(register, value)
                for slot in ((register, key), ("", key)):
                    if at not in self._identified[slot]:
                        self._identified[slot].append(at)
        self._at = {entity.id: at for at, entity in enumerate(self._listed)}
        self._around = tuple(map(_around, self._listed))
        entries = list(self._listing())
        self._index = Index(entries, self._around)
        self._acronyms = Counter(
            len("".join(names.words(entry.text))) for entry in entries if entry.acronym
        )
        self._held: dict[str, Mapping[str, list[int]]] = {}

    @classmethod
    def of(
        cls,
        triples: Iterable[Triple],
        prefixes: Prefixes,
        base: str,
        records: Iterable[Record] = (),
        title: Mapping[str, str] | None = None,
    ) -> "Matcher":
        """Make a matcher of a graph's organizations, and of records of ROR where they are given.

        `base` is the IRI below which the graph names its things; `title` the name of the service.
        """
        # A million objects that all stay: looking for garbage among them takes as long as the rest.
        collecting = gc.isenabled()
        gc.disable()
        try:
            return cls(gathering.gather(triples, prefixes, records), prefixes, base, title)
        finally:
            if collecting:
                gc.enable()

    @property
    def known(self) -> int:
        """Count the organizations."""
        return len(self._listed)

    @property
    def registered(self) -> int:
        """Count the organizations that the graph does not describe."""
        return len(self._listed) - self._own

    def kind(self, name: str) -> Kind | None:
        """Give a class by its CURIE or IRI."""
        return self.kinds.get(name) or self.kinds.get(self.prefixes.curie(name) or "")

    def property(self, name: str) -> Property | None:
        """Give a property by its id or IRI."""
        return self.properties.get(name) or self.properties.get(self.prefixes.curie(name) or "")

    def entity(self, name: str) -> Entity | None:
        """Give an organization by its IRI or CURIE."""
        if name in self.entities:
            return self.entities[name]
        prefix, colon, local = name.partition(":")
        return self.entities.get(f"{self.prefixes.namespaces.get(prefix, prefix + colon)}{local}")

    def scope(self, language: str, only: str = "") -> Scope:
        """Say in which language values are told; `only` leaves out texts in others."""
        return Scope(language, self.entities, only)

    def given(self, name: str, values: Iterable[str]) -> Given | None:
        """Read a property that a client knows; `None` for one that says nothing here."""
        known = self.property(name)
        keys = frozenset(key for one in values for key in known.read(one)) if known else None
        return Given(known, keys) if known and keys else None

    def match(
        self,
        query: str,
        types: Sequence[str] = (),
        limit: int = 10,
        given: Sequence[Given] = (),
        strict: str = "any",
    ) -> list[Candidate]:
        """Give the organizations that a text may mean, the best first.

        `strict` says what `types` ask: `any` of them, `all`, or that one of them `should` be there.
        At most the first candidate is a sure match: one found by an identifier that no other has;
        one whose name is the text, where no other's is; one whose name is so like it (`SURE`) that
        the second is far behind (`CLEAR`). It is never sure against a type or a value that was
        given, by an acronym as short as many (`CROWDED`), or by first letters.
        """
        wanted = [kind.id if (kind := self.kind(name)) else name for name in types]
        found = []
        for at, hit in self._hits(query, given, bool(types or given)).items():
            entity = self._listed[at]
            fits = [kind in entity.types for kind in wanted]
            if strict == "should" or not fits or (all(fits) if strict == "all" else any(fits)):
                found.append(self._judged(entity, hit, fits, given))
        found = [one for one in found if one.candidate.score >= LEAST]
        found.sort(key=lambda one: one.rank)
        best = [one.candidate for one in found[: max(0, min(limit, MOST))]]
        return [replace(best[0], match=self._sure(found)), *best[1:]] if best else []

    def suggest(self, prefix: str) -> list[Entity]:
        """Give the organizations whose name begins like this, or is meant by it; ours first."""
        start = " ".join(names.words(prefix))
        found = [self._listed[at] for at in self._identifying(prefix)]
        if start:
            nearest = self._index.starting(start, self._own, 2 * MOST)
            found += [self._listed[at] for at in nearest]
            found += [one.entity for one in self.match(prefix, limit=MOST)]
        elif not prefix.strip():
            found = list(self._listed[: self._own])
        return list({entity.id: entity for entity in found}.values())[: 2 * MOST]

    def _hits(self, query: str, given: Sequence[Given], wide: bool) -> dict[int, Hit]:
        """Find by identifier; else by name, and by what is given beside it."""
        if found := self._identifying(query):
            return dict.fromkeys(found, _IDENTIFIED)
        called = [key for one in given if one.property.names for key in sorted(one.keys)]
        called = [query] if names.words(query) else called[:1]
        hits: dict[int, Hit] = {}
        for name in called:
            _keep(hits, self._index.search(name, wide), 1)
            if bare := _without_acronym(name):
                _keep(hits, self._index.search(bare, wide), _SHORTENED)
        for one in given:
            if one.property.register:
                for key in one.keys:
                    slot = (one.property.register, key)
                    hits |= dict.fromkeys(self._identified.get(slot, ()), _IDENTIFIED)
        if not called and not hits and given:
            holders = (
                {at for key in one.keys for at in self._holders(one.property.id).get(key, ())}
                for one in given
            )
            hits = dict.fromkeys(sorted(set.intersection(*holders))[: 2 * MOST], _DESCRIBED)
        return hits

    def _identifying(self, text: str) -> list[int]:
        """Find by an IRI, a CURIE or an identifier of a register."""
        entity = self.entity(text.strip())
        if entity:
            return [self._at[entity.id]]
        return list(
            dict.fromkeys(
                at for slot in registers.read(text) for at in self._identified.get(slot, ())
            )
        )

    def _judged(
        self, entity: Entity, hit: Hit, fits: Sequence[bool], given: Sequence[Given]
    ) -> "_Judged":
        """Weigh a hit with the types and values that are given."""
        by_name = hit.kind not in ("identifier", "properties")
        features: dict[str, float | bool] = {"identifier": hit.kind == "identifier"}
        if by_name:
            features["name_similarity"] = round(hit.score, 2)
            features["same_name"] = hit.kind in _EXACT
        if fits:
            features["type_match"] = any(fits)
        agree: list[tuple[Property, bool]] = []
        for one in given:
            keys = one.property.keys(entity, self._scope)
            if keys and (one.property.decides or keys & one.keys):
                agree.append((one.property, bool(keys & one.keys)))
                features[one.property.id] = agree[-1][1]
        features["active"] = entity.active
        features["in_graph"] = entity.own
        score = hit.score * (1 if entity.active else _ENDED)
        if agree:
            share = sum(same for _, same in agree) / len(agree)
            score *= 1 - _ANOTHER_VALUE * (1 - share)
            score += _SAME_VALUE * share * (100 - score)
        if fits and not any(fits):
            score *= _ANOTHER_TYPE
        return _Judged(
            Candidate(entity, round(score, 2), False, hit.text, features),
            hit,
            agrees=any(same for one, same in agree if one.decides),
            against=not all(same for _, same in agree) or bool(fits and not any(fits)),
        )

    def _sure(self, found: Sequence["_Judged"]) -> bool:
        """Say whether the first of these is surely meant."""
        first, *others = found
        score, kind = first.candidate.score, first.hit.kind
        if first.against or kind in ("initials", "properties"):
            return False
        if kind == "identifier":
            return not any(other.hit.kind == "identifier" for other in others)
        if kind == "acronym" and self._crowded(first.hit.text, first.agrees):
            return False
        if kind in _EXACT:
            others = [other for other in others if other.hit.kind in _EXACT]
        elif score < SURE:
            return False
        return all(other.candidate.score <= score - CLEAR for other in others[:1])

    def _crowded(self, acronym: str, known: bool) -> bool:
        """Say whether an acronym is too short to be sure of; `known` where a value agrees too."""
        length = len("".join(names.words(acronym)))
        return self._acronyms[length] * (CROWDED // 10 if known else CROWDED) > int(26**length)

    def _listing(self) -> Iterator[Entry]:
        """List the names that find organizations."""
        for at, entity in enumerate(self._listed):
            more = entity.record.names if entity.record and entity.own else ()
            called = [
                *((name.text, name.kind == "acronym") for name in entity.names),
                *((name.text, name.kinds == ("acronym",)) for name in more),
            ]
            for text, acronym in dict.fromkeys(called):
                yield Entry(at, text, acronym)
                # ROR writes `Airbus (France)`; others write `Airbus`.
                bare = _IN_BRACKETS.fullmatch(text)
                if bare and set(names.counting(names.words(bare[2]))) <= self._around[at]:
                    yield Entry(at, bare[1], acronym)
                elif short := _without_acronym(text):
                    yield Entry(at, short, acronym)

    @cached_property
    def _scope(self) -> Scope:
        return self.scope("en")

    def _holders(self, name: str) -> Mapping[str, list[int]]:
        """List who has each value of a property."""
        if name not in self._held:
            held: dict[str, list[int]] = defaultdict(list)
            for at, entity in enumerate(self._listed):
                for key in self.properties[name].keys(entity, self._scope):
                    held[key].append(at)
            self._held[name] = held
        return self._held[name]


def _without_acronym(text: str) -> str | None:
    """Give a name without its acronym, if it has one; a country in brackets is none."""
    parts = names.with_acronym(text)
    return parts[0] if parts and not countries.code(parts[1]) else None


def _keep(hits: dict[int, Hit], more: Mapping[int, Hit], share: float) -> None:
    """Keep the best hit of each organization; those of a text that was shortened count less."""
    for at, hit in more.items():
        score = hit.score * share
        if at not in hits or score > hits[at].score:
            hits[at] = hit._replace(score=score)


def _around(entity: Entity) -> frozenset[str]:
    """Give the words that tell where an organization is."""
    found = frozenset().union(*(countries.words(code) for code in entity.countries))
    return found | frozenset(names.counting(names.words(entity.town)))

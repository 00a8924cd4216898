"""Contexts: a vocabulary and prefixes in; the published JSON-LD context, and documents in it, out.

JSON-LD 1.1. A document carries those lines of the context that it uses, since a reader of ours, as
many another, fetches nothing; with the published context in their place it says the same.
"""

import json
import re
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Triple

from coopera import formats
from coopera.pages.index import TYPE, Index, key
from coopera.tables import Quads, Term
from coopera.terms import COOP, DCTERMS, FOAF, OWL, RDFS, SCHEMA, SKOS, XSD, Prefixes

NAME = "context.jsonld"
"""The file of the published context."""
ID, LANGUAGE = "@id", "@language"
ALIASES = {"id": "@id", "type": "@type"}
_FIRST: dict[str, object] = {"@version": 1.1, **ALIASES}
_TEXTS = frozenset(
    {RDFS + name for name in ("label", "comment")}
    | {DCTERMS + name for name in ("abstract", "bibliographicCitation", "description", "title")}
    | {SKOS + name for name in ("prefLabel", "altLabel", "hiddenLabel", "definition", "example")}
    | {SKOS + f"{kind}Note" for kind in ("change", "editorial", "history", "scope")}
    | {SKOS + "note", FOAF + "name"}
)
"""Properties whose values are read by people: a map from language to text."""
_LINKS = frozenset(
    {RDFS + name for name in ("isDefinedBy", "seeAlso", "subClassOf", "subPropertyOf")}
    | {DCTERMS + name for name in ("creator", "license", "publisher", "source")}
    | {SCHEMA + name for name in ("domainIncludes", "rangeIncludes")}
)
"""Properties that lead to things, though the ontology declares them for annotation only."""
_ENCODER = json.JSONEncoder(ensure_ascii=False)
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,14}")
"""Integers that every reader of JSON keeps as they are."""


class Context:
    """The terms of a vocabulary. Properties and classes are known by their IRI."""

    def __init__(self, index: Index, prefixes: Prefixes, namespaces: Iterable[str] = ()) -> None:
        """Name each term of a vocabulary by its local name, where that is clear.

        Ours, those of `namespaces` included, come first; of foreign terms that share a local
        name none has it, nor has any that of a prefix.
        """
        self.prefixes = prefixes
        self._own = tuple({COOP, *namespaces})
        terms = dict.fromkeys(index.instances.get(OWL + "Class", ()), "")
        for kind in ("AnnotationProperty", "DatatypeProperty"):
            terms |= {iri: _datatype(index, iri) for iri in index.instances.get(OWL + kind, ())}
        terms |= dict.fromkeys(index.instances.get(OWL + "ObjectProperty", ()), ID)
        terms |= dict.fromkeys(_LINKS, ID) | dict.fromkeys(_TEXTS, LANGUAGE)
        taken = {*prefixes.namespaces, *ALIASES}
        self.terms: dict[str, str] = {}
        """The names of the terms, by IRI."""
        for ours in (True, False):
            found: dict[str, list[str]] = {}
            for iri in sorted(terms):
                local = re.split("[#/]", iri)[-1]
                if iri.startswith(self._own) is ours and re.fullmatch(
                    "[A-Za-z][A-Za-z0-9]*", local
                ):
                    found.setdefault(local, []).append(iri)
            self.terms |= {
                iris[0]: name
                for name, iris in found.items()
                if len(iris) == 1 and name not in taken
            }
            taken |= found.keys()
        self._kinds = {iri: terms[iri] for iri in self.terms}

    def published(self) -> bytes:
        """Write the whole context."""
        lines = self._lines(set(self.prefixes.namespaces), self.terms)
        return f'{{\n"@context": {{\n{lines}\n}}\n}}\n'.encode()

    def document(self, triples: Quads, about: str | None = None) -> bytes:
        """Write triples as one object about an IRI, or as a list of all their subjects."""
        writing = _Writing(self)
        body = writing.about(triples, about) if about else writing.all(triples)
        prefixes = writing.prefixes | self._prefixes_of(writing.terms)
        if prefixes & writing.schemes:  # `urn:x`, say, would be read as a prefix and a local name
            return formats.json_ld(triples, self.prefixes).encode()
        lines = self._lines(prefixes, writing.terms)
        return f'{{\n"@context": {{\n{lines}\n}},\n{body}\n}}\n'.encode()

    def kind(self, iri: str) -> str:
        """Tell how the values of a term are written: as IRIs, by language, or of a datatype."""
        return self._kinds.get(iri, "")

    def _lines(self, prefixes: set[str], terms: Iterable[str]) -> str:
        """Write lines of the context."""
        made = dict(_FIRST)
        for prefix in sorted(prefixes):
            namespace = self.prefixes.namespaces[prefix]
            plain = namespace.endswith(("/", "#", ":", "?", "[", "]", "@"))
            made[prefix] = namespace if plain else {"@id": namespace, "@prefix": True}
        for iri in sorted(terms, key=lambda iri: self.terms[iri]):
            made[self.terms[iri]] = self._definition(iri)
        return ",\n".join(f"  {json.dumps(k)}: {_json(value)}" for k, value in made.items())

    def _prefixes_of(self, terms: Iterable[str]) -> set[str]:
        """Give the prefixes that the definitions of terms need."""
        curies = (self._curie(part) for iri in terms for part in (iri, self.kind(iri)))
        return {curie.partition(":")[0] for curie in curies if curie}

    def _definition(self, iri: str) -> object:
        kind, name = self.kind(iri), self._curie(iri) or iri
        if not kind:
            return name
        if kind == LANGUAGE:
            return {"@id": name, "@container": LANGUAGE}
        return {"@id": name, "@type": ID if kind == ID else self._curie(kind) or kind}

    def _curie(self, iri: str) -> str | None:
        return self.prefixes.curie(iri) if iri else None


class _Writing:
    """One document in the making, and what of the context it uses."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.prefixes: set[str] = set()
        self.terms: set[str] = set()
        self.schemes: set[str] = set()
        """Those of full IRIs that are not followed by two slashes."""

    def about(self, triples: Quads, about: str) -> str:
        """Write what is said of an IRI; what points to it; then other subjects."""
        own: dict[str, list[Term]] = {}
        back: dict[str, list[str]] = {}
        others: Quads = []
        for triple in triples:
            subject, value = triple.subject, triple.object
            if key(subject) == about:
                own.setdefault(triple.predicate.value, []).append(value)
            elif isinstance(value, NamedNode) and value.value == about:
                back.setdefault(triple.predicate.value, []).append(key(subject))
            else:
                others.append(triple)
        members = self._members(about, own)
        if back:
            pointing = {
                self._key(predicate): [{"id": self._iri(iri)} for iri in back[predicate]]
                for predicate in sorted(back)
            }
            members.append(("@reverse", pointing))
        lines = [f"{json.dumps(name)}: {_json(value)}" for name, value in members]
        if others:
            lines.append(f'"@included": {self._nodes(others)}')
        return ",\n".join(lines)

    def all(self, triples: Quads) -> str:
        """Write every subject, one a line."""
        return f'"@graph": {self._nodes(triples)}'

    def _nodes(self, triples: Iterable[Triple]) -> str:
        subjects: dict[str, dict[str, list[Term]]] = {}
        for triple in triples:
            facts = subjects.setdefault(key(triple.subject), {})
            facts.setdefault(triple.predicate.value, []).append(triple.object)
        nodes = (_json(dict(self._members(name, facts))) for name, facts in subjects.items())
        return "[\n" + ",\n".join(nodes) + "\n]"

    def _members(self, name: str, facts: dict[str, list[Term]]) -> list[tuple[str, object]]:
        members: list[tuple[str, object]] = [("id", self._iri(name))]
        for predicate in sorted(facts, key=lambda p: (p != TYPE, p)):
            values = facts[predicate]
            if predicate == TYPE and not any(isinstance(v, Literal) for v in values):
                members.append(("type", _single([self._class(v) for v in values])))
                continue
            kind = self.context.kind(predicate)
            texts = _texts(values) if kind == LANGUAGE else []
            if texts:
                by_language: dict[str, list[object]] = {}
                for text in texts:
                    by_language.setdefault(text.language or "@none", []).append(text.value)
                said = {tag: _single(found) for tag, found in by_language.items()}
                members.append((self._key(predicate), said))
            rest = [v for v in values if v not in texts] if texts else values
            if rest:
                plain = kind == LANGUAGE
                at = self._compact(predicate) if plain else self._key(predicate)
                members.append((at, _single([self._value(v, "" if plain else kind) for v in rest])))
        return members

    def _class(self, term: Term) -> str:
        if isinstance(term, NamedNode):
            return self._key(term.value)
        return key(term)

    def _value(self, term: Term, kind: str) -> object:
        """Write a value under a term of a kind."""
        if not isinstance(term, Literal):
            iri = self._iri(key(term))
            return iri if kind == ID else {"id": iri}
        value, datatype = term.value, term.datatype.value
        if term.language:
            return {"@value": value, "@language": term.language}
        if datatype == XSD + "string":
            return {"@value": value} if kind else value
        if datatype == kind or not kind:
            if datatype == XSD + "integer" and _WHOLE.fullmatch(value):
                return int(value)
            if datatype == XSD + "boolean" and value in ("true", "false"):
                return value == "true"
        if datatype == kind:
            return value
        return {"@value": value, "type": self._key(datatype)}

    def _key(self, iri: str) -> str:
        """Write a property, a class or a datatype by its term, else as `_compact` does."""
        name = self.context.terms.get(iri)
        if name is None:
            return self._compact(iri)
        self.terms.add(iri)
        return name

    def _compact(self, iri: str) -> str:
        """Write an IRI with a prefix, where one fits."""
        curie = self.context.prefixes.curie(iri)
        if curie is None:
            return self._iri(iri)
        self.prefixes.add(curie.partition(":")[0])
        return curie

    def _iri(self, iri: str) -> str:
        scheme, _, rest = iri.partition(":")
        if not rest.startswith("//"):
            self.schemes.add(scheme)
        return iri


def _datatype(index: Index, iri: str) -> str:
    """Give the one datatype that the ontology expects of a property's values, if it is one."""
    expected = index.iris(iri, SCHEMA + "rangeIncludes")
    if len(expected) != 1 or not expected[0].startswith(XSD) or expected[0] == XSD + "string":
        return ""
    return expected[0]


def _texts(values: Iterable[Term]) -> list[Literal]:
    """Choose the values that a map from languages can hold."""
    literals = (value for value in values if isinstance(value, Literal))
    return [v for v in literals if v.language or v.datatype.value == XSD + "string"]


def _single(values: list[object]) -> object:
    return values[0] if len(values) == 1 else values


def _json(value: object) -> str:
    return _ENCODER.encode(value)

"""Terms: CURIEs and Turtle terms in; RDF terms and short texts out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from coopera import files
from coopera.errors import DataError, Place
from coopera.tables import Term

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
ORG = "http://www.w3.org/ns/org#"
OA = "http://www.w3.org/ns/oa#"
PROV = "http://www.w3.org/ns/prov#"
SCHEMA = "https://schema.org/"
SH = "http://www.w3.org/ns/shacl#"
FOAF = "http://xmlns.com/foaf/0.1/"
DCAT = "http://www.w3.org/ns/dcat#"
VOID = "http://rdfs.org/ns/void#"
COOP = "https://w3id.org/coopera/ontology#"

TYPE = NamedNode(RDF + "type")
LABEL = NamedNode(RDFS + "label")

LANGUAGES = ("fr", "en")
"""The languages in which everything that a person reads exists."""

DEEP = 8
"""Triple terms that a text may seem to hold: pyoxigraph 0.5.13 dies of some ten thousand."""
KEPT = 50_000
"""CURIEs that a table of prefixes keeps."""
LONG = 1_000
"""Characters of the longest IRI whose CURIE is kept."""
LARGEST = 1 << 20
"""Characters of the table of prefixes, at most."""
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_SHORT = re.compile(
    rf"([A-Za-z][A-Za-z0-9-]*):({_LOCAL.pattern})"
    r'|"([^"\\\n\r]*)"(?:@([a-z]{2})|\^\^([A-Za-z][A-Za-z0-9-]*):([A-Za-z]+))?'
)
"""Terms that need no parser: a CURIE, and a literal without escapes."""
_PLAIN = {XSD + "integer": r"[+-]?[0-9]+", XSD + "boolean": "true|false"}
_ESCAPED = re.compile(r'[\\"\n\r\t]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True)
class Prefixes:
    """A two-way table of prefixes and namespaces."""

    namespaces: dict[str, str]
    _by_namespace: dict[str, str] = field(init=False, repr=False, compare=False)
    _header: str = field(init=False, repr=False, compare=False)
    _curies: dict[str, str | None] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Turn the table round once, since whole files are compacted with it."""
        turned = {namespace: prefix for prefix, namespace in self.namespaces.items()}
        header = "".join(f"@prefix {p}: <{n}> .\n" for p, n in self.namespaces.items())
        object.__setattr__(self, "_by_namespace", turned)
        object.__setattr__(self, "_header", header)

    def curie(self, iri: str) -> str | None:
        """Give the CURIE of an IRI, or `None` where no prefix fits or Turtle could not read it."""
        if len(iri) > LONG:
            return self._curie(iri)
        known = self._curies.get(iri, "")
        if known == "":
            if len(self._curies) >= KEPT:
                self._curies.clear()
            self._curies[iri] = known = self._curie(iri)
        return known

    def _curie(self, iri: str) -> str | None:
        for mark in "#/":
            head, found, local = iri.rpartition(mark)
            prefix = self._by_namespace.get(head + mark) if found else None
            if prefix is not None and _LOCAL.fullmatch(local):
                return f"{prefix}:{local}"
        return None

    def text(self, term: Term | None) -> str:
        """Give a term as Turtle, as short as the prefixes allow; `None` gives an empty text."""
        if isinstance(term, NamedNode):
            return self.curie(term.value) or str(term)
        if isinstance(term, Literal):
            return self._literal(term)
        return "" if term is None else str(term)

    def _literal(self, term: Literal) -> str:
        value, tag = term.value, term.language
        text = '"' + _ESCAPED.sub(lambda m: _ESCAPES[m[0]], value) + '"'
        if tag:
            return f"{text}@{tag}"
        datatype = term.datatype
        if datatype.value == XSD + "string":
            return text
        pattern = _PLAIN.get(datatype.value)
        if pattern and re.fullmatch(pattern, value):
            return value
        return f"{text}^^{self.text(datatype)}"

    def term(self, text: str) -> Term:
        """Read one Turtle term: an IRI in angle brackets, a CURIE or a literal.

        Raises ValueError for anything else, blank nodes included.
        """
        if (short := _SHORT.fullmatch(text)) and (term := self._short(*short.groups())):
            return term
        if plain := next((d for d, p in _PLAIN.items() if re.fullmatch(p, text)), ""):
            return Literal(text, datatype=NamedNode(plain))
        if text.count("<<") > DEEP:
            raise ValueError(f"{text[:30]!r}… is nested too deep")
        try:
            found = list(
                parse(input=f"{self._header}<x:s> <x:p> {text} .", format=RdfFormat.TURTLE)
            )
        except SyntaxError as error:
            reason = str(error.msg).rpartition(": ")[2]
            raise ValueError(f"{text!r} is not a Turtle term ({reason})") from error
        if len(found) != 1 or isinstance(found[0].object, (BlankNode, Triple)):
            raise ValueError(f"{text!r} is not one IRI, CURIE or literal")
        parsed: Term = found[0].object
        return parsed

    def _short(
        self, prefix: str | None, local: str, value: str, tag: str | None, *datatype: str
    ) -> Term | None:
        """Make a term of its parts; `None` where a prefix is not declared."""
        if tag:
            return Literal(value, language=tag)
        if prefix is None and not datatype[0]:
            return Literal(value)
        if prefix is None:
            prefix, local = datatype
        namespace = self.namespaces.get(prefix)
        if namespace is None:
            return None
        iri = NamedNode(namespace + local)
        return iri if value is None else Literal(value, datatype=iri)

    def iri(self, text: str) -> NamedNode:
        """Read one IRI, as `<…>`, CURIE or bare. Raises ValueError for anything else."""
        bare = re.match(r"(https?|urn|mailto):", text) and text.partition(":")[0] not in (
            self.namespaces
        )
        term = self.term(f"<{text}>" if bare else text)
        if not isinstance(term, NamedNode):
            raise ValueError(f"{text!r} is a literal, not an IRI")
        return term


def read_prefixes(path: Path) -> Prefixes:
    """Read the `sh:declare` declarations of a Turtle file (SHACL, 5.2.1).

    Raises DataError for a file that is absent or is not Turtle.
    """
    prefix, namespace = NamedNode(SH + "prefix"), NamedNode(SH + "namespace")
    names: dict[Term, str] = {}
    spaces: dict[Term, str] = {}
    if not path.exists():
        raise DataError(
            "the table of prefixes cannot be read.",
            place=Place(path),
            remedy="write the sh:declare declarations into this file.",
        )
    text = files.text(path, LARGEST)
    if text.count("<<") > DEEP:
        raise DataError("the table of prefixes is RDF 1.1: it nests no triples.", place=Place(path))
    try:
        for quad in parse(input=text, format=RdfFormat.TURTLE):
            if isinstance(quad.object, Triple):
                continue
            if quad.predicate == prefix:
                names[quad.subject] = quad.object.value
            elif quad.predicate == namespace:
                spaces[quad.subject] = quad.object.value
    except SyntaxError as error:
        raise DataError(str(error.msg), place=Place(path, error.lineno, error.offset)) from error
    return Prefixes({names[node]: spaces[node] for node in names if node in spaces})


def in_language(literals: Iterable[Term], language: str) -> str | None:
    """Choose a text: in the language, else in another of ours, else without one, else any."""
    texts = {t.language: t.value for t in literals if isinstance(t, Literal)}
    order = [
        language,
        *(other for other in LANGUAGES if other != language),
        None,
        *sorted(filter(None, texts)),
    ]
    return next((texts[tag] for tag in order if tag in texts), None)

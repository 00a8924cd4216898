"""RDF/XML: triples in; a document in the syntax that the oldest readers of RDF know out."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import count, groupby

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopera.pages.index import TYPE
from coopera.terms import RDF, XSD, Prefixes

# pyoxigraph 0.5.13 writes controls as they are, a carriage return too, which readers take for a
# line end, and elements without a local name.
_REFUSED = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPLIT = re.compile(r"(.*?)([A-Za-z_][A-Za-z0-9_.-]*)", re.DOTALL)
_RESERVED = frozenset(
    RDF + name
    for name in ("Description", "RDF", "ID", "about", "aboutEach", "aboutEachPrefix", "bagID")
) | frozenset(RDF + name for name in ("datatype", "li", "nodeID", "parseType", "resource"))
_PREFIX = re.compile(r"(?!xml)[A-Za-z_][A-Za-z0-9_.-]*", re.IGNORECASE)
_MARKED = re.compile(r'[&<>"\r]')
_MARKS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}


def can_hold(triple: Triple) -> bool:
    """Say whether RDF/XML can state a triple: XML has no controls, a property needs a name."""
    value = triple.object
    if not _is_name(triple.predicate.value):
        return False
    if not isinstance(value, Literal):
        return True
    text = value.value
    return text.isprintable() or not _REFUSED.search(text)


@lru_cache(maxsize=4096)
def _is_name(predicate: str) -> bool:
    return predicate not in _RESERVED and bool(_SPLIT.fullmatch(predicate))


def rdf_xml(triples: Iterable[Triple], prefixes: Prefixes) -> str:
    """Write triples that RDF/XML can hold: one element a subject, in the order in which they come.

    RDF 1.1 XML Syntax, 2. The prefixes in use are declared once.
    """
    names = _Names(prefixes)
    pieces: list[str] = []
    for subject, group in groupby(triples, key=lambda triple: triple.subject):
        pieces.append(f"<rdf:Description {_node(subject, 'about')}>\n")
        pieces += (
            f"  {_property(names.qname(triple.predicate.value), triple.object)}\n"
            for triple in sorted(group, key=lambda t: t.predicate.value != TYPE)
        )
        pieces.append("</rdf:Description>\n")
    heads = "".join(f'\n  xmlns:{p}="{_escaped(n)}"' for p, n in sorted(names.used.items()))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{heads}>\n{"".join(pieces)}</rdf:RDF>\n'
    )


class _Names:
    """The names of properties in one document, and the prefixes that they need."""

    def __init__(self, prefixes: Prefixes) -> None:
        self._prefix_of = _fit(tuple(prefixes.namespaces.items())).copy()
        self._taken = {*prefixes.namespaces, "rdf"}
        self.used = {"rdf": RDF}

    def qname(self, iri: str) -> str:
        """Give the qualified name of a property."""
        match = _SPLIT.fullmatch(iri)
        assert match is not None  # noqa: S101 - `can_hold` was asked
        namespace, local = match.groups()
        prefix = self._prefix_of.get(namespace)
        if prefix is None:
            prefix = next(p for n in count() if (p := f"ns{n}") not in self._taken)
            self._taken.add(prefix)
            self._prefix_of[namespace] = prefix
        self.used[prefix] = namespace
        return f"{prefix}:{local}"


@lru_cache(maxsize=8)
def _fit(namespaces: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Give the prefixes that XML allows, by their namespace."""
    fit = {n: prefix for prefix, n in namespaces if _PREFIX.fullmatch(prefix) and prefix != "rdf"}
    return fit | {RDF: "rdf"}


def _property(name: str, value: object) -> str:
    if not isinstance(value, Literal):
        return f"<{name} {_node(value, 'resource')}/>"
    told = ""
    if value.language:
        told = f' xml:lang="{value.language}"'
    elif value.datatype.value != XSD + "string":
        told = f' rdf:datatype="{_escaped(value.datatype.value)}"'
    return f"<{name}{told}>{_escaped(value.value)}</{name}>"


def _node(term: object, attribute: str) -> str:
    if isinstance(term, NamedNode):
        return f'rdf:{attribute}="{_escaped(term.value)}"'
    assert isinstance(term, BlankNode)  # noqa: S101 - no triple terms are read
    return f'rdf:nodeID="b{term.value}"'


def _escaped(text: str) -> str:
    return _MARKED.sub(lambda match: _MARKS[match[0]], text)

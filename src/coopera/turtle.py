"""Turtle: triples in, one block per subject out; a text in, where it states each triple out."""

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from pyoxigraph import NamedNode, Triple

from coopera.terms import TYPE, Prefixes

# For a text that parses: where a terminal starts and ends, not whether it is one.
_GAP = r"(?:[ \t\r\n]++|\#[^\r\n]*+)*+"
_IRI = r'<[^<>"\x00-\x20]*+>'
_LETTER = r"[^\x00-\x2c./:-@\[-^`{-\x7f]"
_FIRST = r"(?![-.\xb7\u0300-\u036f\u203f\u2040])"
_NAME = rf"(?:{_LETTER}(?:\.*{_LETTER})*+)?:(?:{_FIRST}(?:\.*(?:{_LETTER}|[:%]|\\.))*+)?"
_LABEL = rf"_:{_LETTER}(?:\.*{_LETTER})*+"
_NUMBER = r"[+-]?(?:(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.?[0-9]+)"
_STRING = r"""(?:
    \"\"\"[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+\"\"\" | "[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+"
  | '''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+''' | '[^'\\\r\n]*+(?:\\.[^'\\\r\n]*+)*+')"""
_TOKEN = (  # compiled when it is first needed: that takes ten milliseconds
    rf"""{_GAP}(?:
        (?P<term>{_IRI} | {_NUMBER} | {_LABEL} | {_NAME})
      | (?P<literal>{_STRING}(?:{_GAP}(?P<suffix>@[a-zA-Z0-9-]+ | \^\^{_GAP}(?:{_IRI}|{_NAME})))?)
      | (?P<directive>(?:@prefix|(?i:prefix)){_GAP}{_NAME}{_GAP}{_IRI}
                    | (?:@base|(?i:base)){_GAP}{_IRI} | (?:@version|(?i:version)){_GAP}{_STRING})
      | (?P<word>[A-Za-z]+)
      | (?P<mark>[^ \t\r\n]) | (?P<end>\Z))"""
)
HIDDEN = re.compile(
    # The strings stand bare, so that the search can skip to the letters with which pieces begin.
    rf"{_STRING[3:-1]} | << | {_IRI} | \#[^\r\n]*+ | \\.".encode(),
    re.VERBOSE | re.DOTALL,
)
"""What may look like a bracket or a label and is none: in strings, IRIs, comments and escapes."""


@dataclass
class _Open:
    """A statement, a blank node property list or a collection, before it closes."""

    span: list[int]
    is_list: bool = False
    is_empty: bool = True
    subject: list[int] | None = None
    predicate: list[int] | None = None

    def take(self, span: list[int], told: "list[tuple[list[int], ...]]") -> None:
        """Give the term that just closed its part: subject, predicate or object of a triple."""
        if self.is_list:
            told.append((self.span, span, span))
        elif self.subject is None:
            self.subject = span
        elif self.predicate is None:
            self.predicate = span
        else:
            told.append((self.subject, self.predicate, span))


def offsets(text: str) -> "array[int]":
    """Find where a Turtle or TriG text states its triples, in the order of pyoxigraph's parser.

    The text parses; N-Triples are Turtle. Six numbers a triple: the offset of the first character
    of its subject and that behind the last, then those of its predicate and of its object. A
    bracketed term spans its brackets. In a list, `rdf:first` stands where its object does; the
    subject of both its properties, and all of `rdf:rest`, is the whole list.
    """
    found = array("I")
    statement = _Open([0, 0])
    opened = [statement]
    told: list[tuple[list[int], ...]] = []
    held: list[tuple[list[int], ...]] = []  # until each span in it has its end

    def begin() -> None:
        """Tell of the list that a term begins in: that it is stated, or that it goes on."""
        top = opened[-1]
        if top.is_list and top.is_empty:
            top.is_empty = False
            opened[-2].take(top.span, told)
        elif top.is_list:
            told.append((top.span, top.span, top.span))

    def settle() -> None:
        """Pass on what was told at one token; the parser passes on the last first."""
        held.extend(reversed(told))
        told.clear()
        if len(opened) == 1:
            for row in held:
                for span in row:
                    found.extend(span)
            held.clear()

    for match in re.finditer(_TOKEN, text, re.VERBOSE | re.DOTALL):
        kind = match.lastgroup or ""
        mark = match[kind] if kind == "mark" else ""
        if kind in ("directive", "end"):
            continue
        if not mark:
            begin()
            if kind == "literal":
                settle()  # a suffix is a token of its own
            opened[-1].take(list(match.span(kind)), told)
            if kind == "literal" and match["suffix"] is None:
                continue  # the parser looks at the next token for a suffix, and tells it there
        elif mark in "[(":
            begin()
            opened.append(_Open([match.start(kind), 0], mark == "("))
            if mark == "[":
                opened[-1].subject = opened[-1].span
        elif mark in "])":
            closed = opened.pop()
            closed.span[1] = match.end(kind)
            if closed.is_list and not closed.is_empty:
                told.append((closed.span, closed.span, closed.span))
            else:
                opened[-1].take(closed.span, told)
        elif mark == ";":
            opened[-1].predicate = None
        elif mark in ".{}":
            statement.subject = statement.predicate = None
        if told:
            settle()
    settle()
    return found


def text(triples: Iterable[Triple], prefixes: Prefixes, comment: str = "", first: str = "") -> str:
    """Write triples as Turtle 1.1: sorted, one subject one block, one predicate a line.

    `comment` is one line for the head of the file, `first` the IRI of the subject with which it
    begins. Blank nodes keep their labels.
    """
    text_of = prefixes.text
    rows = sorted(
        {(text_of(t.subject), t.predicate != TYPE, text_of(t.predicate), text_of(t.object))
         for t in triples}
    )  # fmt: skip
    if first:
        head_of = text_of(NamedNode(first))
        rows.sort(key=lambda row: row[0] != head_of)
    blocks = []
    for subject, group in groupby(rows, key=lambda row: row[0]):
        clauses = []
        for (_, predicate), pairs in groupby(group, key=lambda row: row[1:3]):
            objects = " , ".join(row[3] for row in pairs)
            clauses.append(f"{'a' if predicate == 'rdf:type' else predicate} {objects}")
        blocks.append(subject + " " + " ;\n    ".join(clauses) + " .\n")
    body = "\n".join(blocks)
    used = {prefix for prefix in prefixes.namespaces if f"{prefix}:" in body}
    head = "".join(f"@prefix {p}: <{prefixes.namespaces[p]}> .\n" for p in sorted(used))
    first = f"# {comment}\n" if comment else ""
    return f"{first}{head}\n{body}"

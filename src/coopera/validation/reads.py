"""What a query reads: a SPARQL text in; the predicates of the triples that decide its answer out.

Only plain patterns are followed, of terms and of paths that take a step. Of any other text it is
not told what it reads.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from coopera.queries import Token, tokens
from coopera.terms import RDF

_ANY = re.compile(r"(\?\w+ ){3}\.")
"""A pattern of three variables in a text of ours."""


@dataclass(frozen=True)
class Reads:
    """What a text reads: triples with one of some predicates."""

    predicates: frozenset[str] | None
    """Each as `<…>`; `None` where a variable stands for some."""
    inner: frozenset[str] | None
    """Those within EXISTS."""
    pieces: tuple[tuple[int, int], ...] = ()
    """Where patterns stand of which one triple gives a solution: two graphs give what each gives.

    There are none in a text whose solutions may come of more than one triple.
    """
    distinct: bool = False


def ours(sparql: str, predicates: Collection[str]) -> bool:
    """Say whether a text that the compiler wrote may read triples with some predicates."""
    return any(each in sparql for each in predicates) or bool(_ANY.search(sparql))


def within(sparql: str, pieces: Sequence[tuple[int, int]], graph: str) -> str:
    """Let pieces of a text read a named graph."""
    last, written = 0, ""
    for start, end in pieces:
        written += f"{sparql[last:start]}GRAPH <{graph}> {{ {sparql[start:end]} }}"
        last = end
    return written + sparql[last:]


@lru_cache(maxsize=1024)
def of(sparql: str) -> Reads | None:
    """Tell what a SELECT or an ASK reads; `None` where that is not told."""
    if "\\u" in sparql or "\\U" in sparql:
        return None
    try:
        return _Reader(sparql).read()
    except (_UnknownError, LookupError):
        return None


class _UnknownError(Exception):
    """A text that is not plain."""


class _Reader:
    """Walks over the tokens of a text once."""

    def __init__(self, sparql: str) -> None:
        self.found = list(tokens(sparql))
        self.at = 0
        self.prefixes: dict[str, str] = {}
        self.predicates: set[str | None] = set()
        """Those that were met, `None` for a variable."""
        self.inner: set[str | None] = set()
        self.pieces: list[tuple[int, int]] = []
        self.within = 0
        """How many EXISTS are open."""
        self.plain = True
        """Whether a solution is one of the patterns joined, and as often."""
        self.distinct = False

    @property
    def next(self) -> Token:
        return self.found[self.at]

    def take(self) -> Token:
        self.at += 1
        return self.found[self.at - 1]

    def read(self) -> Reads:
        while self.next.is_word("PREFIX"):
            self.at += 3
            name, iri = self.found[self.at - 2 : self.at]
            self.prefixes[name.text] = iri.text[1:-1]
        patterns = self.query()
        if self.at < len(self.found):
            raise _UnknownError
        pieces = tuple(self.pieces) if self.plain and patterns == 1 else ()
        return Reads(_known(self.predicates), _known(self.inner), pieces, self.distinct)

    def query(self) -> int:
        """Read from SELECT or ASK on, to the end of what belongs to it; count as `group` does."""
        form = self.take()
        if not form.is_word("SELECT", "ASK"):
            raise _UnknownError
        self.plain &= form.is_word("SELECT")
        while self.next.text != "{":
            self.plain &= not self.next.is_word("REDUCED", "COUNT", "SUM", "MIN", "MAX", "AVG",
                                                "SAMPLE", "GROUP_CONCAT")  # fmt: skip
            self.distinct |= self.next.is_word("DISTINCT")
            if self.take().is_word("FROM", "EXISTS"):
                raise _UnknownError
        patterns = self.group()
        while self.at < len(self.found) and self.next.text != "}":
            self.plain = False
            if self.take().text in ("{", "VALUES"):
                raise _UnknownError
        return patterns

    def group(self) -> int:
        """Read a group graph pattern and its braces; count the triples of a solution."""
        self.at += 1
        patterns = last = 0
        if self.next.is_word("SELECT"):
            self.unless_within()
            self.query()
        while self.next.text != "}":
            token = self.next
            if token.text == "{":
                union = self.found[self.at - 1].is_word("UNION")
                number = self.group()
                if union and number != last:
                    self.unless_within()
                patterns, last = patterns + (0 if union else number), number
            elif token.text == ".":
                self.at += 1
            elif token.is_word("FILTER", "BIND"):
                self.at += 1
                self.expression()
            elif token.is_word("OPTIONAL"):
                self.unless_within()
                self.at += 1
            elif token.is_word("UNION") and self.found[self.at + 1].text == "{":
                self.at += 1
            elif token.kind in ("variable", "iri", "name"):
                self.at += 1
                patterns += self.properties()
                if not self.within:
                    self.pieces.append((token.start, self.found[self.at - 1].end))
            else:
                raise _UnknownError
        self.at += 1
        return patterns

    def unless_within(self) -> None:
        """Take note that a solution is no mere join, if this stands in no EXISTS."""
        self.plain &= self.within > 0

    def meet(self, predicate: str | None) -> None:
        self.predicates.add(predicate)
        if self.within:
            self.inner.add(predicate)

    def expression(self) -> None:
        """Read what follows FILTER or BIND."""
        depth = 0
        while True:
            token = self.take()
            if token.is_word("EXISTS"):
                self.within += 1
                self.group()
                self.within -= 1
            elif token.text in ("{", "}"):
                raise _UnknownError
            else:
                depth += {"(": 1, ")": -1}.get(token.text, 0)
                if not (depth == 0 and token.text == ")"):
                    continue
            if depth == 0:
                return

    def properties(self) -> int:
        """Read the predicates and objects that follow a subject; count the triples."""
        patterns = 0
        while True:
            if self.next.kind == "variable":
                self.meet(None)
                self.at += 1
            else:
                self.path()
            while True:
                self.object()
                patterns += 1
                if self.next.text != ",":
                    break
                self.at += 1
            if self.next.text != ";":
                return patterns
            self.at += 1

    def path(self) -> None:
        """Read a predicate, or a path that takes a step."""
        while self.next.text in ("^", "("):
            opened = self.take().text == "("
            if opened:
                self.path()
                if self.take().text != ")":
                    raise _UnknownError
                self.longer()
                return
        token = self.take()
        if token.kind == "iri":
            self.meet(token.text)
        elif token.is_word("A") and token.text == "a":
            self.meet(f"<{RDF}type>")
        elif token.kind == "name" and "%" not in token.text:
            prefix, local = token.text.split(":", 1)
            self.meet(f"<{self.prefixes[prefix + ':']}{local}>")
        else:
            raise _UnknownError
        self.longer()

    def longer(self) -> None:
        """Read what makes a path of a predicate."""
        if self.next.text == "+":
            self.unless_within()
            self.at += 1
        if self.next.text in ("/", "|"):
            self.unless_within()
            self.at += 1
            self.path()

    def object(self) -> None:
        token = self.take()
        if token.kind == "string":
            if self.next.text == "@":
                self.at += 2
                while self.next.text == "-":
                    self.at += 2
            elif self.next.text == "^":
                self.at += 3
        elif not (token.kind in ("variable", "iri", "name") or token.is_word("TRUE", "FALSE")):
            raise _UnknownError


def _known(predicates: set[str | None]) -> frozenset[str] | None:
    return None if None in predicates else frozenset(p for p in predicates if p is not None)

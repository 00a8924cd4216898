"""What a query reads: a SPARQL text in; the predicates of the triples that decide its answer out.

Only plain patterns are followed, of terms and of paths that take a step. Of any other text it is
not told what it reads.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from coopera.queries import Token, tokens
from coopera.terms import RDF

_ANY = re.compile(r"(\?\w+ ){3}\.")
"""A pattern of three variables in a text of ours."""


@dataclass(frozen=True)
class Reads:
    """What a text reads: triples with one of some predicates, or all triples of one pattern."""

    predicates: frozenset[str] | None
    """Each as `<…>`; `None` where a variable stands for some."""
    single: bool
    """Whether each solution comes of one triple: two graphs give what each gives by itself."""


def ours(sparql: str, predicates: Collection[str]) -> bool:
    """Say whether a text that the compiler wrote may read triples with some predicates."""
    return any(each in sparql for each in predicates) or bool(_ANY.search(sparql))


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
        self.predicates: set[str] = set()
        self.any = False
        self.patterns = 0
        self.plain = True

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
        self.query()
        if self.at < len(self.found):
            raise _UnknownError
        single = self.plain and self.patterns == 1
        return Reads(None if self.any else frozenset(self.predicates), single)

    def query(self) -> None:
        """Read from SELECT or ASK on, to the end of what belongs to it."""
        form = self.take()
        if not form.is_word("SELECT", "ASK"):
            raise _UnknownError
        self.plain &= form.is_word("SELECT")
        while self.next.text != "{":
            self.plain &= not self.next.is_word("DISTINCT", "REDUCED", "COUNT", "SUM", "MIN", "MAX",
                                                "AVG", "SAMPLE", "GROUP_CONCAT")  # fmt: skip
            if self.take().is_word("FROM", "EXISTS"):
                raise _UnknownError
        self.group()
        while self.at < len(self.found) and self.next.text != "}":
            self.plain = False
            if self.take().text in ("{", "VALUES"):
                raise _UnknownError

    def group(self) -> None:
        """Read a group graph pattern and its braces."""
        self.at += 1
        if self.next.is_word("SELECT"):
            self.plain = False
            self.query()
        while self.next.text != "}":
            token = self.next
            if token.text == "{":
                self.group()
            elif token.text == ".":
                self.at += 1
            elif token.is_word("FILTER", "BIND"):
                self.at += 1
                self.expression()
            elif token.is_word("OPTIONAL", "UNION"):
                self.plain = False
                self.at += 1
            elif token.kind in ("variable", "iri", "name"):
                self.at += 1
                self.properties()
            else:
                raise _UnknownError
        self.at += 1

    def expression(self) -> None:
        """Read what follows FILTER or BIND."""
        depth = 0
        while True:
            token = self.take()
            if token.is_word("EXISTS"):
                self.plain = False
                self.group()
            elif token.text in ("{", "}"):
                raise _UnknownError
            else:
                depth += {"(": 1, ")": -1}.get(token.text, 0)
                if not (depth == 0 and token.text == ")"):
                    continue
            if depth == 0:
                return

    def properties(self) -> None:
        """Read the predicates and objects that follow a subject."""
        while True:
            if self.next.kind == "variable":
                self.any = True
                self.at += 1
            else:
                self.path()
            while True:
                self.object()
                self.patterns += 1
                if self.next.text != ",":
                    break
                self.at += 1
            if self.next.text != ";":
                return
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
            self.predicates.add(token.text)
        elif token.is_word("A") and token.text == "a":
            self.predicates.add(f"<{RDF}type>")
        elif token.kind == "name" and "%" not in token.text:
            prefix, local = token.text.split(":", 1)
            self.predicates.add(f"<{self.prefixes[prefix + ':']}{local}>")
        else:
            raise _UnknownError
        self.longer()

    def longer(self) -> None:
        """Read what makes a path of a predicate."""
        if self.next.text == "+":
            self.plain = False
            self.at += 1
        if self.next.text in ("/", "|"):
            self.plain = False
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

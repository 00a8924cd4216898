"""Layouts: a source of chance in; a Turtle or TriG text in any layout that the grammar allows, out."""

from collections.abc import Callable
from random import Random

PREFIXES = {
    "ex": "http://example.org/",
    "": "http://example.org/ns#",
    "é.b": "http://example.org/é/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
BASE = "http://example.org/base/"
HEAD = "".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.items()) + f"@base <{BASE}> .\n"

GAPS = (" ", " ", " ", "\n", "\t", "\r\n", "\r", "  \n ", ' # é, "[( ; .\n', "#'''\r\n", "\n\n")
IRIS = (
    "ex:a", ":b", ":", "ex:", "ex:a.b-c", ":1", r"ex:it\'s\(\)", "ex:%41b", "ex:é", "é.b:ü:x",
    r"ex:end\.", "<http://example.org/a>", "<#b>", "<>", r"<http://example.org/\u00e9>",
    "<http://example.org/𝒳?a=b&c=(d);#f.g,h>", "<http://example.org/é>",
)  # fmt: skip
LITERALS = (
    "5", "-5", "+0.5", ".5", "1.", "1e3", "5.e3", "-.5E-1", "true", "false",
    '""', "''", '"x"', "'y'", '"é𝒳"', r'"a\"b\\"', r"'a\'b'", r'"\u00e9\n"', '"# , ; . [ ( { <a>"',
    '"""long\nline"""', "'''a\r\n'b' ''c'''", '""""quoted" at the ""start"""', r'"""end\""""',
    "'''# no comment [ ( '''", '"""\r\u2028\x85"""', '"@fr"', "'^^'",
)  # fmt: skip
SUFFIXES = ("", "", "", "@fr", "@en-GB", "^^xsd:language", "^^<http://example.org/é>", "^^ex:t.u")
"""Of a literal in quotes. White space and comments may stand around `^^` too."""


class Layout:
    """Writes one document; the chance decides what it says and how it looks."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def some(self, write: Callable[[], str], most: int, between: Callable[[], str]) -> str:
        """Write a thing up to `most` times, at least once."""
        parts = [write()]
        for _ in range(self.chance.randrange(most)):
            parts += [between(), write()]
        return "".join(parts)

    def gap(self) -> str:
        """Write white space, comments, or both."""
        return self.some(lambda: self.chance.choice(GAPS), 2, lambda: "")

    def loose(self) -> str:
        """Write a gap or nothing, where nothing is enough."""
        return self.chance.choice(("", self.gap()))

    def around(self, mark: str) -> str:
        """Write a mark that needs no gap on either side."""
        return self.loose() + mark + self.loose()

    def literal(self) -> str:
        """Write a literal."""
        text = self.chance.choice(LITERALS)
        if text[0] not in "\"'":
            return text if text[-1] != "." else "1"
        suffix = self.chance.choice(SUFFIXES)
        if suffix.startswith("^^"):
            suffix = "^^" + self.loose() + suffix[2:]
        return text + (self.loose() + suffix if suffix else "")

    def label(self) -> str:
        """Write a blank node label."""
        return "_:" + self.chance.choice(("a", "b1", "c.d", "é", "0"))

    def object(self, depth: int) -> str:
        """Write an object, brackets in brackets while the depth lasts."""
        kind = self.chance.randrange(8 if depth else 5)
        if kind < 3:
            return self.literal()
        if kind < 5:
            return self.chance.choice((*IRIS, self.label(), "[" + self.loose() + "]", "()"))
        return self.properties(depth) if kind == 5 else self.collection(depth)

    def properties(self, depth: int) -> str:
        """Write a blank node property list."""
        return "[" + self.loose() + self.predicates(depth - 1) + self.loose() + "]"

    def collection(self, depth: int) -> str:
        """Write a collection."""
        members = self.some(lambda: self.object(depth - 1), 4, self.gap)
        return "(" + self.loose() + members + self.loose() + ")"

    def predicates(self, depth: int) -> str:
        """Write a list of predicates, each with its objects."""
        more = self.chance.choice(("", "", ";", " ; ;"))
        return self.some(lambda: self.predicate(depth), 3, lambda: self.around(";")) + more

    def predicate(self, depth: int) -> str:
        """Write a predicate with its objects."""
        objects = self.some(lambda: self.object(depth), 3, lambda: self.around(","))
        return self.chance.choice(("a", *IRIS)) + self.gap() + objects

    def triples(self) -> str:
        """Write one statement, without its full stop."""
        kind = self.chance.randrange(8)
        if kind == 0:
            return self.properties(2)
        subject: Callable[[], str] = {
            1: lambda: self.properties(2),
            2: lambda: self.collection(2),
            3: self.label,
            4: lambda: "[]",
        }.get(kind, lambda: self.chance.choice(IRIS))
        return subject() + self.gap() + self.predicates(2)

    def document(self) -> str:
        """Write a Turtle document."""
        return HEAD + self.some(self.triples, 5, self.stop) + self.stop()

    def stop(self) -> str:
        """Write the full stop of a statement."""
        return self.loose() + " ." + self.gap()

    def dataset(self) -> str:
        """Write a TriG document."""
        return HEAD + self.some(self.graph, 4, self.gap) + self.loose()

    def graph(self) -> str:
        """Write triples in the default graph, or a graph."""
        name = self.chance.choice(("", "GRAPH ", "graph\n", None))
        if name is None:
            return self.triples() + " ."
        if name or self.chance.randrange(2):
            name += self.chance.choice((*IRIS, self.label(), "[]")) + self.loose()
        inside = self.some(self.triples, 3, self.stop)
        return name + "{" + self.loose() + inside + self.chance.choice((" .", "\n")) + "}"

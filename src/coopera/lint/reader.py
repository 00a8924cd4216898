"""The reader: a SPARQL text that parses in; its groups, and what is wrong in them, out."""

from dataclasses import dataclass
from itertools import count, pairwise

from coopera.lint.groups import Group, Part, joined
from coopera.lint.pieces import pieces, selected_names, variable
from coopera.queries import FORMS, Token

_AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")


_VERBS = ("iri", "name", "variable")


@dataclass(frozen=True)
class Flaw:
    """One thing that takes too long: its code, and the offset of the place to look at."""

    code: str
    start: int
    patterns: int = 0
    """How many patterns stand in one EXISTS."""


class Reader:
    """Walks through the groups of a query (SPARQL 1.1, 19.8)."""

    def __init__(self, sparql: str) -> None:
        self.tokens = [*pieces(sparql), Token("end", "", len(sparql))]
        self.at = 0
        self.flaws: list[Flaw] = []
        self.inside_exists = 0
        self._names = count()

    # Tokens

    @property
    def next(self) -> Token:
        """Give the next token, without a step."""
        return self.tokens[self.at]

    def take(self) -> Token:
        """Step over the next token, and give it; the end stays."""
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def accept(self, *texts: str) -> bool:
        """Step over a mark or a keyword, if it is the next token."""
        found = self.is_next(*texts)
        self.at += found
        return found

    def is_next(self, *texts: str) -> bool:
        """Say whether the next token is one of these marks or keywords."""
        token = self.next
        return (token.kind == "mark" and token.text in texts) or token.is_word(*texts)

    # Queries

    def query(self) -> None:
        """Read a whole query: prologue, form, group and modifiers."""
        while not self.is_next(*FORMS) and self.next.kind != "end":
            self.take()
        if self.accept("CONSTRUCT") and self.accept("{"):
            while not self.accept("}") and self.next.kind != "end":
                self.take()
        self._skip_to("{")
        if self.is_next("{"):
            self.settle(self.group())
        self._skip_to("")

    def subselect(self) -> Group:
        """Read a query in a group: the part that its solutions are."""
        start, begin = self.at, self.next.start
        self._skip_to("{")
        selected = self.tokens[start : self.at]
        inner = self.group()
        self.settle(inner)
        after = self.at
        self._skip_to("}")
        modifiers = self.tokens[after : self.at]
        grouped = any(token.is_word("GROUP") for token in modifiers)
        limits = [two.text for one, two in pairwise(modifiers) if one.is_word("LIMIT")]
        single = not grouped and any(token.is_word(*_AGGREGATES) for token in selected)
        single = single or any(limit in ("0", "1") for limit in limits)
        names = selected_names(selected)
        seen = inner.variables if names is None else names
        part = Part(seen, inner.many and not single, begin)
        return Group([part], inner.patterns, shut=True)

    def _skip_to(self, end: str) -> None:
        """Step over expressions and their EXISTS, up to this brace outside brackets."""
        depth = 0
        while self.next.kind != "end" and not (depth == 0 and self.is_next(end)):
            if self.is_next("EXISTS"):
                self.exists()
            elif self.is_next("VALUES"):
                self.values()
            else:
                depth += {"(": 1, ")": -1}.get(self.take().text, 0)

    # Groups

    def group(self) -> Group:
        """Read a group graph pattern, from its brace to the other."""
        self.take()
        if self.is_next("SELECT"):
            found = self.subselect()
            self.accept("}")
            return found
        group = Group()
        while not self.accept("}") and self.next.kind != "end":
            self.element(group)
        return group

    def element(self, group: Group) -> None:
        """Read one element of a group, and add it."""
        if self.accept("FILTER"):
            group.shut = True
            self.constraint()
        elif self.is_next("OPTIONAL"):
            self.optional(group)
        elif self.accept("MINUS"):
            self.settle(group)
            inner = self.group()
            self.settle(inner)
            group.patterns += inner.patterns
            group.shut = True
        elif self.is_next("BIND"):
            self.bind(group)
        elif self.is_next("VALUES"):
            group.add(self.values())
        elif self.is_next("GRAPH", "SERVICE"):
            alone = self.take().is_word("SERVICE")
            self.accept("SILENT")
            where = self.take()
            self.join(group, self.group(), alone, variable(where))
        elif self.is_next("{"):
            self.union(group)
        elif not self.accept("."):
            group.add(*self.triples(group))

    def join(self, group: Group, inner: Group, alone: bool, graph: str | None = None) -> None:
        """Join a group with what stands before it in another."""
        if graph:
            parts, inner.parts = inner.parts, []
            inner.add(*(Part(p.variables | {graph}, p.many, p.start) for p in parts))
        if alone or inner.shut:
            self.settle(inner)
        group.add(*inner.parts)
        group.patterns += inner.patterns

    def union(self, group: Group) -> None:
        """Read a group, or several of which each gives solutions."""
        branches = [self.group()]
        while self.accept("UNION"):
            branches.append(self.group())
        if len(branches) == 1:
            self.join(group, branches[0], alone=False)
            return
        for branch in branches:
            self.settle(branch)
        parts = [part for branch in branches for part in branch.parts]
        if parts:
            group.add(joined(parts))
        group.patterns += max(branch.patterns for branch in branches)

    def optional(self, group: Group) -> None:
        """Read an OPTIONAL: what stands before it is joined first."""
        self.settle(group)
        start = self.take().start
        inner = self.group()
        self.settle(inner)
        group.patterns += inner.patterns
        group.shut = True
        if not inner.parts:
            return
        part = joined(inner.parts)
        if inner.many and group.many and not part.variables & group.variables:
            self.flaw("COOP956", start)
            part.variables |= group.variables
        group.add(part)

    def bind(self, group: Group) -> None:
        """Read a BIND: it links its variable with those of its expression."""
        self.settle(group)
        start = self.take().start
        used = {name for token in self.bracketed() if (name := variable(token))}
        group.add(Part(used, False, start))
        group.shut = True

    def values(self) -> Part:
        """Read a VALUES block: few solutions, that link its variables."""
        start = self.take().start
        names: set[str] = set()
        while not self.accept("{") and self.next.kind != "end":
            if name := variable(self.take()):
                names.add(name)
        while not self.accept("}") and self.next.kind != "end":
            self.take()
        return Part(names, False, start)

    def settle(self, group: Group) -> None:
        """Look for parts that nothing links, where the patterns read so far are joined."""
        many = sorted(part.start for part in group.parts if part.many)
        if len(many) > 1:
            self.flaw("COOP956", many[1])
            group.parts = [joined(group.parts)]

    def flaw(self, code: str, start: int, patterns: int = 0) -> None:
        """Keep a flaw, but for parts inside an EXISTS, where the patterns are too many already."""
        if code != "COOP956" or not self.inside_exists:
            self.flaws.append(Flaw(code, start, patterns))

    # Expressions

    def constraint(self) -> None:
        """Read the expression of a FILTER: in brackets, a call, or an EXISTS."""
        while not self.is_next("(", "EXISTS") and self.next.kind != "end":
            self.take()
        if self.is_next("EXISTS"):
            self.exists()
        else:
            self.bracketed()

    def bracketed(self) -> list[Token]:
        """Read what stands in brackets, and the groups of its EXISTS; give the tokens."""
        first, depth = self.at, 0
        while self.next.kind != "end":
            if self.is_next("EXISTS"):
                self.exists()
                continue
            depth += {"(": 1, ")": -1}.get(self.take().text, 0)
            if depth == 0:
                break
        return self.tokens[first : self.at]

    def exists(self) -> None:
        """Read an EXISTS: one pattern is to stand in it, and perhaps another EXISTS."""
        start = self.take().start
        self.inside_exists += 1
        group = self.group()
        self.inside_exists -= 1
        if group.patterns > 1:
            self.flaw("COOP955", start, group.patterns)

    # Triples

    def triples(self, group: Group) -> list[Part]:
        """Read a subject and its properties; give the patterns."""
        subject, inner = self.node(group)
        return inner + self.properties(subject, group)

    def properties(self, subject: str | None, group: Group) -> list[Part]:
        """Read the properties of a node, if it has some, and their values; give the patterns."""
        found: list[Part] = []
        while self.next.kind in _VERBS or self.is_next("a", "A", "^", "!", "("):
            start, predicate = self.next.start, variable(self.next)
            steps = 1
            if predicate:
                self.take()
            else:
                steps = self.path()
            while True:
                value, inner = self.node(group)
                used = {name for name in (subject, predicate, value) if name}
                found += [*inner, Part(used, bool(used), start)]
                group.patterns += steps
                if not self.accept(","):
                    break
            if not self.is_next(";"):
                break
            while self.accept(";"):
                pass
        return found

    def node(self, group: Group) -> tuple[str | None, list[Part]]:
        """Read a term; give its name, if it is a variable or a blank node, and its own patterns."""
        if self.accept("["):
            name = f"[{next(self._names)}"
            inner = self.properties(name, group)
            self.accept("]")
            return name, inner
        if self.accept("("):
            return self.collection(group)
        self.accept("+", "-")
        return variable(self.take()), []

    def collection(self, group: Group) -> tuple[str | None, list[Part]]:
        """Read a list: two patterns an item. An empty one is a name."""
        start, name = self.next.start, f"({next(self._names)}"
        used, inner = {name}, []
        while not self.accept(")") and self.next.kind != "end":
            item, more = self.node(group)
            used |= {item} if item else set()
            inner += more
            group.patterns += 2
        if used == {name} and self.tokens[self.at - 2].text == "(":
            return None, []
        return name, [*inner, Part(used, True, start)]

    # Paths (SPARQL 1.1, 9)

    def path(self) -> int:
        """Read a property path; give how many patterns its steps are."""
        steps = self.sequence()
        while self.accept("|"):
            self.sequence()
            steps = 1
        return steps

    def sequence(self) -> int:
        """Read steps, one behind the other."""
        steps = self.step()
        while self.accept("/"):
            steps += self.step()
        return steps

    def step(self) -> int:
        """Read one step, perhaps a path in brackets; repeated, it is one pattern."""
        self.accept("^")
        if self.accept("!"):
            self.accept("^")
            if self.is_next("("):
                self.bracketed()
            else:
                self.take()
            return 1
        if self.accept("("):
            steps = self.path()
            self.accept(")")
        else:
            self.take()
            steps = 1
        return 1 if self.accept("*", "+", "?") else steps

"""Constraint parameters, and the SPARQL of constraints: nodes of a shapes graph in; texts out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from pyoxigraph import Literal, NamedNode, Store

from coopera.engines import refuse_service
from coopera.errors import QueryError
from coopera.limits import refuse_deep
from coopera.queries import Token, expand, tokens
from coopera.tables import Term
from coopera.terms import OWL, RDF, RDFS, SH, XSD
from coopera.validation.exists import nested
from coopera.validation.nodes import IllFormedError, Nodes

PARAMETERS = (
    "class", "datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive",
    "maxExclusive", "maxInclusive", "minLength", "maxLength", "pattern", "flags", "languageIn",
    "uniqueLang", "equals", "disjoint", "lessThan", "lessThanOrEquals", "not", "and", "or", "xone",
    "node", "property", "qualifiedValueShape", "qualifiedMinCount", "qualifiedMaxCount",
    "qualifiedValueShapesDisjoint", "closed", "ignoredProperties", "hasValue", "in", "sparql",
)  # fmt: skip
"""The local names of the parameters of SHACL Core and of sh:sparql (SHACL, 4 and 5)."""
REPEATABLE = {
    "class", "equals", "disjoint", "lessThan", "lessThanOrEquals", "not", "and", "or", "xone",
    "node", "property", "hasValue", "qualifiedValueShape", "sparql",
}  # fmt: skip
"""The parameters of which a shape may have several values."""
OF_PROPERTIES = {
    "minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals",
    "qualifiedValueShape",
}  # fmt: skip
"""The parameters that a node shape may not have."""


RESERVED = "cpr_"
"""How the variables begin that are written into queries; no query may use it."""
_PREFIX = re.compile(r"([^\W\d_]([\w.-]*[\w-])?)?")


def messages(nodes: Nodes, node: Term) -> tuple[Literal, ...]:
    """Give the texts of sh:message (SHACL, 2.1.5). Raises IllFormedError for what is no text."""
    found = nodes.shacl(node, "message")
    texts = [text for text in found if isinstance(text, Literal)]
    if len(texts) < len(found) or any(
        not t.language and t.datatype.value != XSD + "string" for t in texts
    ):
        raise IllFormedError("sh:message is no text", node, "write a string.")
    return tuple(texts)


def boolean(nodes: Nodes, node: Term, name: str) -> bool:
    """Read a switch that is off unless true. Raises IllFormedError for what is no xsd:boolean."""
    value = nodes.one(node, name)
    if value is None:
        return False
    if not (isinstance(value, Literal) and value.datatype.value == XSD + "boolean"):
        raise IllFormedError(f"sh:{name} is {value}, no xsd:boolean", node, "write true or false.")
    return value.value in ("true", "1")


@lru_cache(maxsize=1024)
def regex_works(pattern: str, flags: str) -> bool:
    """Say whether Oxigraph can use a regular expression."""
    written = f"{Literal('')}, {Literal(pattern)}, {Literal(flags)}"
    return bool(Store().query(f"ASK {{ BIND(REGEX({written}) AS ?x) FILTER(BOUND(?x)) }}"))


@dataclass(frozen=True)
class SparqlText:
    """A SELECT or ASK of a shapes graph, with its prefixes, and what it may say."""

    node: Term
    text: str
    """The query without its prefixes, which stand in `header`."""
    header: str
    messages: tuple[Literal, ...] = ()

    @cached_property
    def found(self) -> list[Token]:
        """Cut the query into tokens."""
        return list(tokens(self.text))

    @property
    def is_ask(self) -> bool:
        """Say whether the query is an ASK."""
        forms = (t for t in self.found if t.is_word("ASK", "SELECT"))
        return any(t.is_word("ASK") for t in list(forms)[:1])

    def uses(self, name: str) -> bool:
        """Say whether a variable of this name is in the query."""
        return any(t.kind == "variable" and t.text[1:] == name for t in self.found)

    def filled(self, values: Mapping[str, str]) -> str:
        """Write terms, or a path, in place of variables: pre-binding (SHACL, Appendix A)."""
        written, last, selecting, depth = [self.header], 0, False, 0
        found = self.found
        at = 0
        while at < len(found):
            token = found[at]
            if token.is_word("SELECT"):
                selecting = True
            elif token.is_word("WHERE") or token.text == "{":
                selecting = False
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            name = token.text[1:] if token.kind == "variable" else ""
            term, end = values.get(name), token.end
            if token.is_word("BOUND") and at + 3 < len(found) and found[at + 2].text[1:] in values:
                term, end = "(true)", found[at + 3].end
                at += 3
            elif term and selecting and not depth:
                term = f"({term} AS ?{name})"
            elif term and found[at - 1].is_word("BY"):
                term = f"({term} AS ?{RESERVED}{name})"
            if term:
                written += [self.text[last : token.start], term]
                last = end
            at += 1
        return "".join(written) + self.text[last:]

    def joined(self, values: Mapping[str, str], focus: str, ups: Sequence[str]) -> str:
        """Put a pattern of the focus nodes first in the WHERE clause; give `ups` out too."""
        whole = nested(self.filled(values))
        found = list(tokens(whole))
        at = next(i for i, t in enumerate(found) if t.is_word("SELECT"))
        after = found[at + 1] if found[at + 1].is_word("DISTINCT", "REDUCED") else found[at]
        star = found[found.index(after) + 1].text == "*"
        brace = next(t for t in found[at:] if t.text == "{")
        given = "" if star else " " + " ".join(ups)
        start, head, body = whole[: after.end], whole[after.end : brace.end], whole[brace.end :]
        return f"{start}{given}{head} {focus} {body}"

    @cached_property
    def set_wise(self) -> bool:
        """Say whether joining the focus nodes to the WHERE clause means the same as pre-binding.

        It does where every group that says something of `$this` outside a triple pattern is the
        outermost one, or an OPTIONAL's filter, or has a triple pattern with `$this` itself.
        """
        found = self.found
        if any(t.is_word("GROUP", "HAVING", "LIMIT", "OFFSET", "COUNT", "SUM", "MIN", "MAX", "AVG",
                         "SAMPLE", "GROUP_CONCAT") for t in found):  # fmt: skip
            return False
        if sum(t.is_word("SELECT") for t in found) > 1:
            return False
        opens = [i for i, t in enumerate(found) if t.text == "{"]
        return bool(opens) and _safe(found, opens[0], "top")


def _safe(found: list[Token], start: int, kind: str) -> bool:
    """Look at one group from its brace on; see `SparqlText.set_wise`."""
    in_pattern = in_filter = in_bind = False
    at, depth, clause, expression = start + 1, 0, "", 0
    before = ""
    while at < len(found):
        token = found[at]
        if token.text == "}":
            break
        if token.text == "{":
            inner = "exists" if before == "EXISTS" else "optional" if before == "OPTIONAL" else ""
            close = _close(found, at)
            if inner == "exists":
                # Variables of the solution are put into an EXISTS before it is evaluated.
                if kind == "nested" and _mentions(found[at:close]):
                    in_filter = True
            elif not _safe(found, at, inner or "nested"):
                return False
            at, before = close + 1, "}"
            continue
        if token.is_word("FILTER", "BIND") and not expression:
            clause, expression = token.text.upper(), depth + 1
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
            if depth < expression:
                clause, expression = "", 0
        if token.kind == "variable" and token.text[1:] == "this":
            in_filter |= clause == "FILTER"
            in_bind |= clause == "BIND"
            in_pattern |= not clause
        before = token.text.upper()
        at += 1
    if kind in ("top", "exists") or in_pattern:
        return True if kind in ("top", "exists") else not in_bind
    return not in_bind and (not in_filter or kind == "optional")


def _close(found: list[Token], start: int) -> int:
    depth = 0
    for at in range(start, len(found)):
        depth += {"{": 1, "}": -1}.get(found[at].text, 0)
        if not depth:
            return at
    return len(found) - 1


def _mentions(found: Iterable[Token]) -> bool:
    return any(t.kind == "variable" and t.text[1:] == "this" for t in found)


def select(nodes: Nodes, node: Term, name: str = "select") -> SparqlText:
    """Read the query of a SPARQL-based constraint, target or validator (SHACL, 5.1 and 6.2.2).

    Raises IllFormedError for one that is absent, does not parse, or uses what pre-binding forbids.
    """
    value = nodes.one(node, name)
    if not isinstance(value, Literal) or value.datatype.value != XSD + "string":
        raise IllFormedError(f"a SPARQL constraint has no sh:{name}", node, f"write sh:{name} “…”.")
    query = SparqlText(node, value.value, _header(nodes, node), messages(nodes, node))
    if query.is_ask != (name == "ask"):
        due = name.upper()
        raise IllFormedError(f"sh:{name} holds no {due}", node, f"write {due} …")
    try:
        refuse_service(query.text)
        refuse_deep(query.text)
    except QueryError as error:
        raise IllFormedError(error.problem.rstrip("."), node, error.remedy) from error
    _refuse_forbidden(query)
    try:
        Store().query(query.filled({"PATH": "<urn:path>"}))
    except SyntaxError as error:
        from coopera.engines.syntax import syntax_error

        told = syntax_error(query.header + query.text, str(error))
        raise IllFormedError(told.problem.rstrip("."), node, told.remedy) from error
    except (RuntimeError, ValueError) as error:
        raise IllFormedError(f"the query cannot be evaluated: {error}", node) from error
    return query


def _refuse_forbidden(query: SparqlText) -> None:
    """Raise IllFormedError for what pre-binding does not allow (SHACL, 5.2.1)."""
    node = query.node
    for text in {query.text, expand(query.text)}:
        found = list(tokens(text))
        for token in found:
            if token.is_word("MINUS", "VALUES"):
                raise IllFormedError(
                    f"the query uses {token.text.upper()}, which pre-binding forbids",
                    node,
                    "write FILTER NOT EXISTS or FILTER (… IN (…)) in its place.",
                )
            if token.kind == "variable" and token.text[1:].startswith(RESERVED):
                raise IllFormedError(
                    f"the query uses {token.text}, which is reserved", node, "rename it."
                )
        for token, following in pairwise(found):
            if token.is_word("GRAPH") and following.text[1:] != "shapesGraph":
                raise IllFormedError(
                    "the query names a graph, and the data graph has none",
                    node,
                    "take GRAPH out; $shapesGraph alone may follow it.",
                )
        selects = [i for i, t in enumerate(found) if t.is_word("SELECT")]
        for number, at in enumerate(selects):
            head = []
            for token in found[at:]:
                if token.text == "{":
                    break
                head.append(token.text)
            star = not number and "*" in head
            if not {"$this", "?this"} & set(head) and not star:
                raise IllFormedError(
                    f"a {'sub' if number else ''}query does not give $this",
                    node,
                    "add $this to its SELECT.",
                )
        for before, opened, token in zip(found, found[1:], found[2:], strict=False):
            if token.text[1:] == "PATH" and opened.text == "(" and before.kind == "word":
                raise IllFormedError(
                    f"{token.text} stands outside a triple pattern", node, "use it as a predicate."
                )
        bound = ("this", "shapesGraph", "currentShape", *(("value",) if query.is_ask else ()))
        for token, following in pairwise(found):
            if token.is_word("AS") and following.text[1:] in bound:
                raise IllFormedError(
                    f"the query assigns {following.text}, which is bound before",
                    node,
                    "use another variable.",
                )


def _header(nodes: Nodes, node: Term) -> str:
    """Give the PREFIX lines of sh:prefixes, with those of imported ontologies (SHACL, 5.2.1)."""
    declared: dict[str, str] = {}
    queue, seen = nodes.shacl(node, "prefixes"), set()
    while queue:
        holder = queue.pop(0)
        if holder in seen:
            continue
        seen.add(holder)
        queue += nodes.values(holder, OWL + "imports")
        for declaration in nodes.shacl(holder, "declare"):
            prefix, space = (nodes.one(declaration, name) for name in ("prefix", "namespace"))
            if not isinstance(prefix, Literal) or not isinstance(space, Literal):
                raise IllFormedError(
                    "a declaration lacks sh:prefix or sh:namespace", declaration, "complete it."
                )
            if declared.setdefault(prefix.value, space.value) != space.value:
                raise IllFormedError(
                    f"the prefix {prefix.value} is declared twice, for {declared[prefix.value]} "
                    f"and {space.value}",
                    holder,
                    "keep one.",
                )
    for name, iri in declared.items():
        if not _PREFIX.fullmatch(name):
            raise IllFormedError(f"{name!r} is no prefix", node, "use letters and digits.")
        try:
            NamedNode(iri)
        except ValueError as error:
            raise IllFormedError(f"{iri!r} is no IRI: {error}", node, "mend it.") from error
    return "".join(f"PREFIX {p}: {NamedNode(n)}\n" for p, n in sorted(declared.items()))


@dataclass(frozen=True)
class Parameter:
    """A parameter of a constraint component (SHACL, 6.2.1)."""

    iri: str
    name: str
    """The local name, which is that of the variable in its queries."""
    optional: bool


@dataclass(frozen=True)
class Component:
    """A constraint component that the shapes graph defines (SHACL, 6)."""

    iri: str
    parameters: tuple[Parameter, ...]
    ask: SparqlText | None = None
    of_nodes: SparqlText | None = None
    of_properties: SparqlText | None = None
    messages: tuple[Literal, ...] = ()
    label_messages: tuple[Literal, ...] = ()

    def validator(self, of_property: bool) -> SparqlText | None:
        """Choose the validator for a node or a property shape (SHACL, 6.2.3)."""
        return (self.of_properties if of_property else self.of_nodes) or self.ask


def components(nodes: Nodes) -> list[Component]:
    """Read the constraint components that a shapes graph defines (SHACL, 6.2)."""
    kinds = [NamedNode(SH + "ConstraintComponent")]
    for kind in kinds:
        kinds += [s for s in nodes.subjects(RDFS + "subClassOf", kind)
                  if isinstance(s, NamedNode) and s not in kinds]  # fmt: skip
    found = []
    for kind in kinds:
        for node in nodes.subjects(RDF + "type", kind):
            if isinstance(node, NamedNode) and not node.value.startswith(SH):
                found.append(_component(nodes, node))  # noqa: PERF401
    return sorted(found, key=lambda c: c.iri)


def _component(nodes: Nodes, node: NamedNode) -> Component:
    parameters = []
    for parameter in nodes.shacl(node, "parameter"):
        path = nodes.one(parameter, "path")
        if not isinstance(path, NamedNode):
            raise IllFormedError("a parameter has no IRI as its sh:path", node, "give it one.")
        name = path.value.replace("#", "/").rpartition("/")[2]
        if not name.isidentifier() or name in ("this", "shapesGraph", "currentShape", "path",
                                               "PATH", "value"):  # fmt: skip
            raise IllFormedError(
                f"a parameter is named {name!r}", node, "choose another IRI for it."
            )
        parameters.append(Parameter(path.value, name, boolean(nodes, parameter, "optional")))
    if all(p.optional for p in parameters):
        raise IllFormedError(
            "a constraint component has no mandatory parameter", node, "declare one."
        )

    def validator(name: str, form: str) -> SparqlText | None:
        value = nodes.one(node, name)
        if value is None:
            return None
        if name != "validator" and nodes.shacl(value, "ask"):
            form = "ask"
        return select(nodes, value, form)

    names = [parameter.name for parameter in parameters]
    if len(set(names)) < len(names):
        raise IllFormedError("two parameters have one name", node, "choose another IRI for one.")
    found = (
        validator("validator", "ask"),
        validator("nodeValidator", "select"),
        validator("propertyValidator", "select"),
    )
    for query in filter(None, found):
        for token, following in pairwise(query.found):
            if token.is_word("AS") and following.text[1:] in names:
                raise IllFormedError(
                    f"the query assigns {following.text}, which is bound before",
                    node,
                    "use another variable.",
                )
    return Component(
        node.value,
        tuple(parameters),
        *found,
        messages(nodes, node),
        tuple(t for t in nodes.shacl(node, "labelTemplate") if isinstance(t, Literal)),
    )

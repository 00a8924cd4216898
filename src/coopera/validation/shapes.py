"""Shapes: a shapes graph in; shapes with their targets and constraints, all well-formed, out."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from pyoxigraph import BlankNode, Literal, NamedNode

from coopera.tables import Term
from coopera.terms import DCTERMS, OWL, RDF, RDFS, SH, XSD
from coopera.validation import constraints, paths
from coopera.validation.constraints import Component, SparqlText, regex_works
from coopera.validation.nodes import SEVERITY, IllFormedError, Nodes
from coopera.validation.paths import Path


@dataclass(frozen=True)
class Target:
    """What gives a shape focus nodes (SHACL, 2.1.3; SHACL Advanced Features, 3.1)."""

    kind: str
    """`class`, `node`, `subjectsOf`, `objectsOf` or `sparql`."""
    value: Term
    """The class, node or predicate; for `sparql`, the node that holds the query."""
    query: SparqlText | None = None


@dataclass(frozen=True)
class Constraint:
    """One constraint of a shape: a component and the values of its parameters (SHACL, 2.1.1)."""

    component: str
    """The IRI of the constraint component."""
    value: Term | None = None
    """The value of the component's main parameter."""
    number: int = 0
    terms: tuple[Term, ...] = ()
    shapes: "tuple[Shape, ...]" = ()
    siblings: "tuple[Shape, ...]" = ()
    """The sibling shapes that a value must not conform to (SHACL, 4.7.3)."""
    flags: str = ""
    sparql: SparqlText | None = None
    validator: Component | None = None
    parameters: tuple[tuple[str, Term], ...] = ()
    """Of a component that the shapes graph defines: parameter name and value."""

    @cached_property
    def name(self) -> str:
        """Give the component's local name without `ConstraintComponent`."""
        return self.component.removeprefix(SH).removesuffix("ConstraintComponent")


@dataclass(eq=False)
class Shape:
    """A shape (SHACL, 2.1). Two are the same where their nodes are."""

    node: Term
    path: Path | None = None
    """The path of a property shape; `None` for a node shape."""
    path_node: Term | None = None
    severity: str = "error"
    messages: tuple[Literal, ...] = ()
    code: str = "COOP000"
    deactivated: bool = False
    targets: tuple[Target, ...] = ()
    constraints: tuple[Constraint, ...] = ()

    @property
    def key(self) -> str:
        """Give a text by which shapes sort."""
        return str(self.node)


@dataclass
class Shapes:
    """The shapes of a shapes graph."""

    nodes: Nodes
    roots: tuple[Shape, ...] = ()
    """The shapes that have a target and are not deactivated, sorted by their nodes."""
    all: dict[Term, Shape] = field(default_factory=dict)
    classes: set[NamedNode] = field(default_factory=set)
    """The classes of classes: a shape that is an instance of one is its own target."""


def read(nodes: Nodes) -> Shapes:
    """Read every shape of a graph. Raises IllFormedError for one that is not well-formed."""
    found = _Reader(nodes)
    for node in _shape_nodes(nodes, found.components):
        found.shape(node)
    _refuse_recursion(nodes, found.shapes)
    roots = [s for s in found.shapes.values() if s.targets and not s.deactivated]
    ordered = tuple(sorted(roots, key=lambda s: s.key))
    return Shapes(nodes, ordered, found.shapes, found.classes)


_TARGETS = {
    "targetClass": "class",
    "targetNode": "node",
    "targetSubjectsOf": "subjectsOf",
    "targetObjectsOf": "objectsOf",
}


DEEPEST = 100
"""Shapes that may stand within one another."""
_KNOWN = {
    *constraints.PARAMETERS, *_TARGETS, "target", "path", "name", "description", "order", "group",
    "defaultValue", "message", "severity", "deactivated", "rule", "declare", "prefixes", "intent",
    "agentInstruction", "labelTemplate", "entailment", "shapesGraph", "suggestedShapesGraph",
    "select", "ask", "resultAnnotation", "optional", "parameter", "validator", "nodeValidator",
    "propertyValidator", "values",
}  # fmt: skip
"""What a shape may say in the namespace of SHACL: parameters, targets, and what checks nothing."""


def _shape_nodes(nodes: Nodes, components: list[Component]) -> Iterator[Term]:
    """Find the nodes that are shapes by their own triples (SHACL, 2.1)."""
    own = {p.iri for c in components for p in c.parameters}
    marks = {SH + name for name in (*_TARGETS, "target", *constraints.PARAMETERS)} | own
    kinds = {NamedNode(SH + "NodeShape"), NamedNode(SH + "PropertyShape")}
    for node, predicates in nodes.predicates.items():
        types = nodes.values(node, RDF + "type")
        if kinds & set(types) or (
            marks & predicates.keys()
            and NamedNode(SH + "Parameter") not in types
            and not nodes.subjects(SH + "parameter", node)
        ):
            yield node


class _Reader:
    """Reads shapes, each once, by their nodes."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.shapes: dict[Term, Shape] = {}
        self.depth = 0
        self.components = constraints.components(nodes)
        self.classes = {NamedNode(RDFS + "Class"), NamedNode(OWL + "Class")}
        queue: list[Term] = [*self.classes]
        while queue:
            below = set(nodes.subjects(RDFS + "subClassOf", queue.pop())) - self.classes
            self.classes |= {kind for kind in below if isinstance(kind, NamedNode)}
            queue += below
        self._disjoint: list[tuple[Shape, list[Constraint]]] = []

    def shape(self, node: Term) -> Shape:
        if node in self.shapes:
            return self.shapes[node]
        nodes = self.nodes
        if self.depth >= DEEPEST:
            raise IllFormedError(
                f"more than {DEEPEST} shapes stand within one another", node, "nest fewer."
            )
        self._demand_known(node)
        shape = self.shapes[node] = Shape(node)
        path = nodes.one(node, "path")
        types = nodes.values(node, RDF + "type")
        if path is None and NamedNode(SH + "PropertyShape") in types:
            raise IllFormedError("a property shape has no sh:path", node, "give it one sh:path.")
        if path is not None and NamedNode(SH + "NodeShape") in types:
            raise IllFormedError("a node shape has a sh:path", node, "make it a sh:PropertyShape.")
        if path is not None:
            try:
                shape.path, shape.path_node = paths.read(nodes, path), path
            except IllFormedError as error:
                raise IllFormedError(
                    error.problem.rstrip("."), node, "mend its sh:path."
                ) from error
        shape.severity = self._severity(node)
        shape.messages = constraints.messages(nodes, node)
        shape.deactivated = constraints.boolean(nodes, node, "deactivated")
        shape.code = code(nodes, node)
        shape.targets = tuple(self._targets(node))
        self.depth += 1
        shape.constraints = tuple(self._constraints(shape))
        self.depth -= 1
        return shape

    def _demand_known(self, node: Term) -> None:
        """Raise IllFormedError for a parameter of which nothing would be checked."""
        own = {p.iri for c in self.components for p in c.parameters}
        for predicate in self.nodes.predicates.get(node, ()):
            name = predicate.removeprefix(SH)
            if predicate.startswith(SH) and predicate not in own and name not in _KNOWN:
                near = get_close_matches(name, constraints.PARAMETERS, 1)
                raise IllFormedError(
                    f"sh:{name} is no parameter that is understood here",
                    node,
                    f"did you mean sh:{near[0]}?" if near else "take it out.",
                )

    def _severity(self, node: Term) -> str:
        severity = self.nodes.one(node, "severity")
        if severity is None:
            return "error"
        if not isinstance(severity, NamedNode):
            raise IllFormedError("sh:severity is no IRI", node, "write sh:Warning, for one.")
        return SEVERITY.get(severity.value, "error")

    def _targets(self, node: Term) -> Iterator[Target]:
        for name, kind in _TARGETS.items():
            for value in self.nodes.shacl(node, name):
                if not isinstance(value, NamedNode) and not (
                    kind == "node" and isinstance(value, Literal | BlankNode)
                ):
                    raise IllFormedError(
                        f"sh:{name} is {value}, which is no IRI",
                        node,
                        "write the IRI of a class, a node or a property.",
                    )
                yield Target(kind, value)
        types = set(self.nodes.values(node, RDF + "type"))
        if types & self.classes and not isinstance(node, NamedNode):
            raise IllFormedError("a blank node is a class and a shape", node, "give it an IRI.")
        if types & self.classes:
            yield Target("class", node)
        for value in self.nodes.shacl(node, "target"):
            yield Target("sparql", value, constraints.select(self.nodes, value))

    def _constraints(self, shape: Shape) -> Iterator[Constraint]:
        nodes, node = self.nodes, shape.node
        for name in constraints.PARAMETERS:
            values = nodes.shacl(node, name)
            if not values:
                continue
            make = _MAKERS[name]
            if len(values) > 1 and name not in constraints.REPEATABLE:
                raise IllFormedError(f"sh:{name} is there more than once", node, "keep one value.")
            if shape.path is None and name in constraints.OF_PROPERTIES:
                raise IllFormedError(
                    f"sh:{name} stands on a node shape", node, "put it on a property shape."
                )
            for value in values:
                yield from make(self, shape, name, value)
        for component in self.components:
            yield from self._custom(shape, component)

    def _custom(self, shape: Shape, component: Component) -> Iterator[Constraint]:
        """Make the constraints of a component that the shapes graph defines (SHACL, 6.2)."""
        given: list[tuple[str, list[Term]]] = []
        choices: list[tuple[tuple[str, Term], ...]]
        for parameter in component.parameters:
            values = self.nodes.values(shape.node, parameter.iri)
            if not values and not parameter.optional:
                return
            given.append((parameter.name, values))
        if len(component.parameters) > 1 and any(len(values) > 1 for _, values in given):
            raise IllFormedError(
                "a component of several parameters has one of them more than once", shape.node
            )
        if not any(values for _, values in given):
            return
        if len(component.parameters) == 1:
            name, values = given[0]
            choices = [((name, value),) for value in values]
        else:
            choices = [tuple((name, values[0]) for name, values in given if values)]
        for parameters in choices:
            yield Constraint(component.iri, validator=component, parameters=parameters)


def _inner(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    found = _part(reader, shape, value)
    if name == "property" and found.path is None:
        raise IllFormedError(
            "sh:property names a shape without sh:path",
            shape.node,
            f"give {reader.nodes.name(value)} a sh:path.",
        )
    if name == "node" and found.path is not None:
        raise IllFormedError(
            "sh:node names a property shape",
            shape.node,
            f"take sh:property, or take sh:path out of {reader.nodes.name(value)}.",
        )
    component = {"property": "Property", "node": "Node", "not": "Not"}[name]
    yield Constraint(_iri(component), value, shapes=(found,))


def _part(reader: _Reader, shape: Shape, value: Term) -> Shape:
    if isinstance(value, Literal):
        raise IllFormedError(
            f"{value} stands where a shape is due", shape.node, "name a shape, or write [ … ]."
        )
    return reader.shape(value)


def _logical(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    listed = _list(reader.nodes, shape, name, value)
    members = tuple(_part(reader, shape, member) for member in listed)
    yield Constraint(_iri(name.capitalize()), value, shapes=members)


def _list(nodes: Nodes, shape: Shape, name: str, value: Term) -> list[Term]:
    try:
        return nodes.members(value)
    except IllFormedError as error:
        raise IllFormedError(
            f"the list of sh:{name} is broken", shape.node, "write it as ( … )."
        ) from error


def _integer(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    if not (
        isinstance(value, Literal)
        and value.datatype.value == XSD + "integer"
        and re.fullmatch(r"[+-]?[0-9]{1,18}", value.value)
    ):
        raise IllFormedError(
            f"sh:{name} is {value}, no xsd:integer", shape.node, "write sh:… 1, say."
        )
    if int(value.value) < 0:
        raise IllFormedError(f"sh:{name} is {value.value}", shape.node, "write a number from 0 on.")
    yield Constraint(_iri(name[0].upper() + name[1:]), value, number=int(value.value))


def _resource(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    if not isinstance(value, NamedNode):
        raise IllFormedError(f"sh:{name} is {value}, no IRI", shape.node, "write an IRI.")
    yield Constraint(_iri(name[0].upper() + name[1:]), value)


_KINDS = ("BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")


def _node_kind(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    if not (isinstance(value, NamedNode) and value.value.removeprefix(SH) in _KINDS):
        raise IllFormedError(
            f"sh:nodeKind is {value}",
            shape.node,
            f"use one of {' '.join(f'sh:{kind}' for kind in _KINDS)}.",
        )
    yield Constraint(_iri("NodeKind"), value)


def _literal(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    if not isinstance(value, Literal):
        raise IllFormedError(f"sh:{name} is {value}, no literal", shape.node, "write a literal.")
    yield Constraint(_iri(name[0].upper() + name[1:]), value)


# XPath has \\i, \\c and [a-z-[aeiou]]; Rust has [a&&b], [a--b] and [a~~b]. No engine has both.
_ODD = re.compile(r"\\[icIC]|\[(?:[^\]\\]|\\.)*(?:-\[|&&|--|~~)")


def _pattern(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    flags = reader.nodes.one(shape.node, "flags")
    for text in (value, flags):
        if text is not None and not (
            isinstance(text, Literal) and text.datatype.value == XSD + "string"
        ):
            raise IllFormedError(f"{text} is no string", shape.node, "write a string.")
    letters = flags.value if isinstance(flags, Literal) else ""
    if not isinstance(value, Literal):
        return
    if not re.fullmatch("[smixq]*", letters):
        raise IllFormedError(f"sh:flags is {flags}", shape.node, "use letters of s m i x q.")
    if odd := _ODD.search(value.value):
        raise IllFormedError(
            f"sh:pattern uses {odd[0]!r}, which engines read in different ways",
            shape.node,
            "write the characters one by one.",
        )
    if not regex_works(value.value, letters):
        try:
            re.compile(value.value)
        except (re.error, OverflowError, RecursionError) as error:
            raise IllFormedError(
                f"sh:pattern is {value}, no regular expression: {error}", shape.node, "mend it."
            ) from error
    yield Constraint(_iri("Pattern"), value, flags=letters)


def _languages(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    members = _list(reader.nodes, shape, name, value)
    for member in members:
        if not (isinstance(member, Literal) and member.datatype.value == XSD + "string"):
            raise IllFormedError(
                f"sh:languageIn holds {member}, no string", shape.node, 'write ( "fr" "en" ).'
            )
    yield Constraint(_iri("LanguageIn"), value, terms=tuple(members))


def _unique_lang(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    # "1"^^xsd:boolean does not switch it on (W3C test uniqueLang-002).
    if not (isinstance(value, Literal) and value.datatype.value == XSD + "boolean"):
        raise IllFormedError(f"sh:uniqueLang is {value}, no xsd:boolean", shape.node, "write true.")
    if value.value == "true":
        yield Constraint(_iri("UniqueLang"), value)


def _any(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    yield Constraint(_iri("HasValue"), value)


def _in(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    members = tuple(_list(reader.nodes, shape, name, value))
    yield Constraint(_iri("In"), value, terms=members)


def _closed(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    nodes = reader.nodes
    if not constraints.boolean(nodes, shape.node, "closed"):
        return
    allowed: list[Term] = []
    ignored = nodes.one(shape.node, "ignoredProperties")
    if ignored is not None:
        allowed += _list(nodes, shape, "ignoredProperties", ignored)
    if not all(isinstance(term, NamedNode) for term in allowed):
        raise IllFormedError("sh:ignoredProperties holds what is no IRI", shape.node, "list IRIs.")
    for inner in nodes.shacl(shape.node, "property"):
        allowed += [p for p in nodes.shacl(inner, "path") if isinstance(p, NamedNode)]
    yield Constraint(_iri("Closed"), value, terms=tuple(dict.fromkeys(allowed)))


# Some parameters belong to another one of their component: they are looked at, and say no more.


def _flags(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    if not (isinstance(value, Literal) and value.datatype.value == XSD + "string"):
        raise IllFormedError(f"sh:flags is {value}, no string", shape.node, 'write "i", say.')
    return iter(())


def _ignored(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    _list(reader.nodes, shape, name, value)
    return iter(())


def _qualified_switch(
    reader: _Reader, shape: Shape, name: str, value: Term
) -> Iterator[Constraint]:
    constraints.boolean(reader.nodes, shape.node, name)
    return iter(())


def _qualified_count(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    list(_integer(reader, shape, name, value))
    # On a node shape it says nothing (W3C test qualified-001).
    if shape.path is not None and not reader.nodes.shacl(shape.node, "qualifiedValueShape"):
        raise IllFormedError(
            f"sh:{name} stands without sh:qualifiedValueShape", shape.node, "add the shape."
        )
    return iter(())


def _qualified(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    nodes, node = reader.nodes, shape.node
    if not any(nodes.shacl(node, f"qualified{bound}Count") for bound in ("Min", "Max")):
        raise IllFormedError(
            "sh:qualifiedValueShape has no count", node, "add sh:qualifiedMinCount 1, say."
        )
    found = _part(reader, shape, value)
    siblings: dict[Term, Shape] = {}
    if constraints.boolean(nodes, node, "qualifiedValueShapesDisjoint"):
        for parent in nodes.subjects(SH + "property", node):
            for beside in nodes.shacl(parent, "property"):
                for other in nodes.shacl(beside, "qualifiedValueShape"):
                    if other != value:
                        siblings[other] = _part(reader, shape, other)
    for bound in ("qualifiedMinCount", "qualifiedMaxCount"):
        count = nodes.one(node, bound)
        if count is not None:
            (made,) = _integer(reader, shape, bound, count)
            yield Constraint(
                made.component,
                count,
                number=made.number,
                shapes=(found,),
                siblings=tuple(siblings.values()),
            )


def _sparql(reader: _Reader, shape: Shape, name: str, value: Term) -> Iterator[Constraint]:
    if isinstance(value, Literal):
        raise IllFormedError("sh:sparql is a literal", shape.node, "write [ sh:select … ].")
    if constraints.boolean(reader.nodes, value, "deactivated"):
        return
    query = constraints.select(reader.nodes, value)
    if shape.path is None and query.uses("PATH"):
        raise IllFormedError("a SPARQL constraint of a node shape uses $PATH", shape.node)
    yield Constraint(_iri("SPARQL"), value, sparql=query)


Maker = Callable[[_Reader, Shape, str, Term], Iterator[Constraint]]

_MAKERS: dict[str, Maker] = {
    "class": _resource,
    "datatype": _resource,
    "nodeKind": _node_kind,
    "minCount": _integer,
    "maxCount": _integer,
    "minExclusive": _literal,
    "minInclusive": _literal,
    "maxExclusive": _literal,
    "maxInclusive": _literal,
    "minLength": _integer,
    "maxLength": _integer,
    "pattern": _pattern,
    "flags": _flags,
    "languageIn": _languages,
    "uniqueLang": _unique_lang,
    "equals": _resource,
    "disjoint": _resource,
    "lessThan": _resource,
    "lessThanOrEquals": _resource,
    "not": _inner,
    "and": _logical,
    "or": _logical,
    "xone": _logical,
    "node": _inner,
    "property": _inner,
    "qualifiedValueShape": _qualified,
    "qualifiedMinCount": _qualified_count,
    "qualifiedMaxCount": _qualified_count,
    "qualifiedValueShapesDisjoint": _qualified_switch,
    "closed": _closed,
    "ignoredProperties": _ignored,
    "hasValue": _any,
    "in": _in,
    "sparql": _sparql,
}


def _iri(name: str) -> str:
    return f"{SH}{name}ConstraintComponent"


def code(nodes: Nodes, node: Term) -> str:
    """Give the `dcterms:identifier` of a shape, else that of the shape that it is a part of."""
    seen: set[Term] = set()
    while node not in seen:
        seen.add(node)
        for identifier in nodes.values(node, DCTERMS + "identifier"):
            return identifier.value if isinstance(identifier, Literal) else "COOP000"
        node = next(iter(nodes.subjects(SH + "property", node)), node)
    return "COOP000"


def _refuse_recursion(nodes: Nodes, shapes: dict[Term, Shape]) -> None:
    """Raise IllFormedError for a shape that refers to itself (SHACL, 3.4.3 leaves it undefined)."""
    done: set[Term] = set()
    for start in shapes.values():
        trail: list[tuple[Shape, Iterator[Shape]]] = [(start, _references(start))]
        on_trail = {start.node}
        while trail:
            shape, rest = trail[-1]
            found = next(rest, None)
            if found is None:
                trail.pop()
                on_trail.discard(shape.node)
                done.add(shape.node)
            elif found.node in on_trail:
                names = [s.node for s, _ in trail]
                ring = names[names.index(found.node) :]
                told = " → ".join(nodes.name(node) for node in (*ring, found.node))
                raise IllFormedError(
                    f"the shape refers to itself: {told}; SHACL does not define what that means",
                    found.node,
                    "break the ring.",
                )
            elif found.node not in done:
                trail.append((found, _references(found)))
                on_trail.add(found.node)


def _references(shape: Shape) -> Iterator[Shape]:
    for constraint in shape.constraints:
        yield from constraint.shapes
        yield from constraint.siblings

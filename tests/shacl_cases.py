"""Cases of SHACL: Turtle, or a chance of hypothesis's, in; triples and comparable results out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple, TypeVar

from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from coopera.findings import ValidationResult
from coopera.tables import Term
from coopera.terms import OWL, RDF, RDFS, SH, TYPE, XSD

EX = "http://example.org/"
PREFIXES = {"ex": EX, "sh": SH, "rdf": RDF, "rdfs": RDFS, "owl": OWL, "xsd": XSD}
Node = NamedNode | BlankNode
HEAD = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
PATHS = {
    "inversePath": "^",
    "zeroOrMorePath": "*",
    "oneOrMorePath": "+",
    "zeroOrOnePath": "?",
}


def read(turtle: str) -> list[Triple]:
    """Read Turtle with the prefixes above; a label of a blank node names one node everywhere."""
    return [quad.triple for quad in parse(input=HEAD + turtle, format=RdfFormat.TURTLE)]


def written(triples: Iterable[Triple]) -> str:
    """Write triples as Turtle, without its prefixes, for a person."""
    found = serialize(triples, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b""
    lines = found.decode().split("\n")
    return "\n".join(line for line in lines if not line.startswith("@prefix"))


class Row(NamedTuple):
    """What is compared of a validation result (SHACL, 3.6.2)."""

    focus: Term
    path: str
    """The path as SPARQL writes it, so that equal texts are equivalent paths; or nothing."""
    value: Term | None
    component: NamedNode
    severity: str
    shape: Term
    constraint: Term | None = None
    messages: frozenset[str] = frozenset()

    def text(self) -> str:
        """Give one line for a person."""
        path = self.path.replace(EX, "")
        component = self.component.value.removeprefix(SH).removesuffix("ConstraintComponent")
        parts = [self.focus, path, self.value, component, self.severity, self.shape]
        return " | ".join("" if part is None else str(part) for part in parts)


class Graph:
    """Triples by subject and predicate, to walk along lists and paths."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Index the triples."""
        self.found: dict[tuple[Term, str], list[Term]] = {}
        for triple in triples:
            key = triple.subject, triple.predicate.value
            self.found.setdefault(key, []).append(triple.object)

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """List the values of a property, each once."""
        return list(dict.fromkeys(self.found.get((subject, predicate), ())))

    def value(self, subject: Term, predicate: str) -> Term | None:
        """Give one value of a property, or `None`."""
        return next(iter(self.objects(subject, predicate)), None)

    def items(self, head: Term | None) -> Iterator[Term]:
        """Walk along a list."""
        while head is not None and head != NamedNode(RDF + "nil"):
            yield from self.objects(head, RDF + "first")
            head = self.value(head, RDF + "rest")

    def path(self, node: Term) -> str:
        """Write a SHACL property path as a SPARQL one (SHACL, 2.3.1)."""
        if isinstance(node, NamedNode):
            return str(node)
        if self.value(node, RDF + "first") is not None:
            return f"({'/'.join(map(self.path, self.items(node)))})"
        if (options := self.value(node, SH + "alternativePath")) is not None:
            return f"({'|'.join(map(self.path, self.items(options)))})"
        for name, mark in PATHS.items():
            if (inner := self.value(node, SH + name)) is not None:
                return f"({self.path(inner)}{mark})"
        raise ValueError(f"{node} is no path")


def row(result: ValidationResult, shapes: Graph) -> Row:
    """Take what is compared out of a result."""
    return Row(
        result.focus_node,
        "" if result.result_path is None else shapes.path(result.result_path),
        result.value_node,
        result.component,
        result.severity,
        result.source_shape,
        result.source_constraint,
        frozenset(result.message.values()),
    )


def isomorphic(left: Sequence[Row], right: Sequence[Row]) -> bool:
    """Say whether two reports are the same but for the names of their blank nodes."""
    return _canonical(left) == _canonical(right)


def _canonical(rows: Sequence[Row]) -> list[str]:
    report = Dataset()
    for number, found in enumerate(rows):
        for name, part in found._asdict().items():
            parts = part if isinstance(part, frozenset) else [part]
            for value in parts:
                term = Literal(value) if isinstance(value, str) else value
                if term is not None:
                    report.add(Quad(BlankNode(f"result{number}"), NamedNode(EX + name), term))
    report.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, report))


def terms(turtle: str) -> list[Term]:
    """Read a list of terms, as Turtle writes several objects."""
    return [triple.object for triple in read(f"ex:x ex:y {turtle} .")]


ODD = "'(é);%20~"
"""Characters that an IRI may hold and that a careless query would stumble over."""
PROPERTIES = [NamedNode(EX + name) for name in ("p", "q", ODD)]
CLASSES = [NamedNode(EX + name) for name in "CD"]
NODES: list[Node] = [
    *(NamedNode(EX + name) for name in ("a", "b" + ODD)),
    *(BlankNode(name) for name in "xy"),
]
TRUE, FALSE = terms("true , false")
MESSAGES = [Literal("told", language="en"), Literal("dit", language="fr")]
SPOKEN = {message.value for message in MESSAGES}
LITERALS = {
    "numbers": terms(
        """1 , 2 , 1.0 , 1.5 , "01"^^xsd:integer , "1e0"^^xsd:double , "1e3"^^xsd:decimal ,
        "1"^^xsd:byte , "300"^^xsd:byte , "x"^^xsd:integer , "NaN"^^xsd:double , ".5"^^xsd:decimal ,
        "-INF"^^xsd:float , "-1"^^xsd:nonNegativeInteger , "99999999999999999999"^^xsd:integer"""
    ),
    "dates": terms(
        """"2020-01-01"^^xsd:date , "2020-01-02"^^xsd:date , "2020-01-01Z"^^xsd:date ,
        "2020-01-03+14:00"^^xsd:date , "2020-13-45"^^xsd:date , "2021-02-29"^^xsd:date ,
        "2020"^^xsd:gYear , "20"^^xsd:gYear , "2020-01"^^xsd:gYearMonth"""
    ),
    "times": terms(
        """"2020-01-01T00:00:00"^^xsd:dateTime , "2020-01-01T00:00:00Z"^^xsd:dateTime ,
        "2020-01-01T01:00:00+01:00"^^xsd:dateTime , "2020-01-05T00:00:00"^^xsd:dateTime ,
        "2020-01-01T00:00:00.5"^^xsd:dateTime , "2020-01-01"^^xsd:dateTime"""
    ),
    "texts": terms(
        """"" , "a" , "A" , "ab" , "a\\nb" , "\U0001f600" , "1" , "a.b" , "http://example.org/a" ,
        "\\"" , "\\\\" , "\\t'" , "$this ?value {?x}" ,
        "a"^^ex:t , "http://example.org/a"^^xsd:anyURI"""
    ),
    "tagged": terms(
        '"a"@en , "b"@en , "c"@en , "a"@fr , "a"@en-GB , "a"@EN-us , "a"@en-gb-x-y , "a"'
    ),
    "booleans": terms('true , false , "1"^^xsd:boolean , "yes"^^xsd:boolean'),
}
"""Literals that may meet in a comparison; some of them are not what their datatype allows."""
DATATYPES = terms(
    """xsd:string , xsd:integer , xsd:decimal , xsd:double , xsd:float , xsd:byte , xsd:boolean ,
    xsd:nonNegativeInteger , xsd:date , xsd:dateTime , xsd:gYear , xsd:gYearMonth , xsd:anyURI ,
    rdf:langString , ex:t"""
)
NODE_KINDS = terms(
    """sh:IRI , sh:BlankNode , sh:Literal , sh:BlankNodeOrIRI , sh:BlankNodeOrLiteral ,
    sh:IRIOrLiteral"""
)
TEXTS = terms('"" , "a" , "ab"')
SEVERITIES = terms("sh:Violation , sh:Warning , sh:Info , ex:grave")
PATTERNS = [
    ("a", ""), ("^a$", ""), ("A", "i"), ("^b", "m"), ("^b", ""), ("a.b", "s"), ("a.b", ""),
    ("a.b", "q"), ("a b", "x"), ('"', ""), ("[\\\\]", ""), ("[$]this", "i"), ("^$", ""),
    ("[0-9]+", ""), ("^http:", ""), ("^A.B$", "is"),
]  # fmt: skip
RANGES = ["en", "EN", "fr", "en-GB", "e", "*"]
SELECTS = {
    False: [
        "SELECT $this WHERE { $this ex:p ?o }",
        "SELECT ?this ?value WHERE { ?this ex:p ?value . FILTER (isLiteral(?value)) }",
        "SELECT $this (ex:q AS ?path) ?value WHERE { $this ex:p ?value }",
        "SELECT $this WHERE { FILTER NOT EXISTS { $this ex:p ?o } }",
        "SELECT $this ?value WHERE { $this ex:p ?o . ?o ex:q ?value }",
        "SELECT DISTINCT $this ?value WHERE { { $this ex:p ?value } UNION { $this ex:q ?value } }",
        "SELECT $this WHERE { $this ex:p ?o } GROUP BY $this HAVING (COUNT(?o) > 1)",
        "SELECT $this ?value WHERE { { SELECT $this ?value WHERE { $this ex:p ?value } } }",
        "SELECT $this WHERE { BIND ($this AS ?that) FILTER (?that = ex:a) }",
        "SELECT $this ?value WHERE { $this ex:p ?o OPTIONAL { $this ex:q ?value } }",
        "SELECT $this WHERE { { $this ex:q ?o } UNION { FILTER (isIRI($this)) } }",
        "SELECT DISTINCT $this ?value WHERE { $this ex:p|^ex:q ?value . ?value a ?class }",
        "SELECT $this WHERE { FILTER (isLiteral($this) && STRLEN(STR($this)) > 1) }",
        "SELECT $this ?value WHERE { ?value ex:p $this FILTER (!sameTerm(?value, $this)) }",
        "SELECT $this WHERE { $this a ?c . FILTER EXISTS { $this ex:p ?o . ?o ex:q $this } }",
    ],
    True: [
        "SELECT DISTINCT $this ?value WHERE { $this $PATH ?value . FILTER (isLiteral(?value)) }",
        "SELECT DISTINCT $this ?value WHERE { $this $PATH ?value . $this ex:q ?value }",
        "SELECT DISTINCT $this WHERE { $this $PATH ?o . ?o ex:p ?x }",
        "SELECT $this WHERE { FILTER NOT EXISTS { $this $PATH ?o . FILTER (isIRI(?o)) } }",
        "SELECT $this WHERE { $this $PATH ?o } GROUP BY $this HAVING (COUNT(DISTINCT ?o) > 1)",
        "SELECT DISTINCT $this ?value (ex:q AS ?path) WHERE { $this $PATH ?value }",
    ],
}
"""Queries of SPARQL-based constraints: without and with the path of a property shape."""
TARGETS = [
    "SELECT ?this WHERE { ?this ex:p ?o }",
    "SELECT DISTINCT ?this WHERE { ?s ex:q ?this . FILTER (!isBlank(?this)) }",
    "SELECT ?this WHERE { ?this a ex:C . FILTER NOT EXISTS { ?this ex:q ?o } }",
]
COMPONENTS = read(
    """
ex:prefixes sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
ex:Limit a sh:ConstraintComponent ;
    sh:parameter [ sh:path ex:limit ] , [ sh:path ex:except ; sh:optional true ] ;
    sh:validator [ a sh:SPARQLAskValidator ; sh:ask '''ASK {
        FILTER (!isBlank($value) && STRLEN(STR($value)) <= $limit || STR($value) = COALESCE($except, "-")) }''' ] .
ex:Banned a sh:ConstraintComponent ; sh:parameter [ sh:path ex:banned ] ;
    sh:nodeValidator [ a sh:SPARQLSelectValidator ;
        sh:select "SELECT DISTINCT $this WHERE { $this $banned ?o }" ] ;
    sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:select '''SELECT DISTINCT $this ?value
        WHERE { $this $PATH ?value . ?value $banned ?o }''' ] .
"""
)
ASKS = {EX + "Limit"}
"""The components above whose validator is an ASK query."""

OF_PROPERTIES = {
    "minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualifiedValueShape",
}  # fmt: skip
NESTING = {"and", "or", "xone", "not", "node", "property", "qualifiedValueShape", "siblings"}
REPEATABLE = {
    *NESTING - {"qualifiedValueShape", "siblings"},
    "class", "hasValue", "equals", "disjoint", "lessThan", "lessThanOrEquals", "sparql",
}  # fmt: skip


@dataclass(frozen=True)
class Family:
    """What a generated pair is to be rich in."""

    constraints: tuple[str, ...]
    depth: int = 1
    """How deep shapes nest."""
    steps: int = 1
    """How deep paths nest."""
    advanced: bool = False
    """Whether SPARQL targets are among the targets (SHACL Advanced Features, 3.1)."""


VALUES = (
    "class", "datatype", "nodeKind", "minExclusive", "minInclusive", "maxExclusive",
    "maxInclusive", "minLength", "maxLength", "pattern", "languageIn", "hasValue", "in",
)  # fmt: skip
SETS = (
    "minCount", "maxCount", "uniqueLang", "equals", "disjoint", "lessThan", "lessThanOrEquals",
    "closed",
)  # fmt: skip
LOGIC = tuple(sorted(NESTING))
SPARQL = ("sparql", "limit", "banned")
FAMILIES = {
    "values": Family(VALUES, steps=0),
    "sets": Family(SETS),
    "paths": Family(("minCount", "maxCount", "class", "hasValue", "nodeKind", "property"), 1, 3),
    "logic": Family(
        (*LOGIC, "class", "datatype", "nodeKind", "minCount", "maxCount", "hasValue", "in"), 3
    ),
    "sparql": Family((*SPARQL, "property", "node", "not"), advanced=True),
    "all": Family((*VALUES, *SETS, *LOGIC, *SPARQL), 2),
}


Option = TypeVar("Option")


@dataclass
class Maker:
    """Makes one shapes graph, and data for it, by chance."""

    random: Random
    family: Family
    literals: list[Term]
    triples: list[Triple] = field(default_factory=list)
    shapes: dict[Node, bool] = field(default_factory=dict)
    """Finished shapes, and whether each is a property shape."""
    count: int = 0
    disjoint: bool = False
    """Whether there are sibling shapes (SHACL, 4.7.3), through which a shape could reach itself."""

    def pick(self, options: Sequence[Option]) -> Option:
        """Choose one."""
        return self.random.choice(options)

    def some(self, options: Sequence[Option], least: int, most: int) -> list[Option]:
        """Choose a few, each once."""
        return self.random.sample(options, min(self.number(least, most), len(options)))

    def number(self, least: int, most: int) -> int:
        """Choose a number."""
        return self.random.randint(least, most)

    def chance(self, of: int) -> bool:
        """Say yes once in so many times."""
        return self.number(1, of) == of

    def value(self) -> Term:
        """Choose a node of the data or a literal."""
        return self.pick(NODES) if self.chance(2) else self.pick(self.literals)

    def add(self, subject: Node, name: str, value: Term) -> None:
        """State a property of SHACL's."""
        self.triples.append(Triple(subject, NamedNode(SH + name), value))

    def fresh(self, named: bool = False) -> Node:
        """Make a node."""
        self.count += 1
        return NamedNode(f"{EX}S{self.count}") if named else BlankNode(f"s{self.count}")

    def chain(self, members: Sequence[Term]) -> Term:
        """Make a SHACL list."""
        head: Term = NamedNode(RDF + "nil")
        for member in reversed(members):
            node = self.fresh()
            self.triples.append(Triple(node, NamedNode(RDF + "first"), member))
            self.triples.append(Triple(node, NamedNode(RDF + "rest"), head))
            head = node
        return head

    def path(self, steps: int) -> Term:
        """Make a property path."""
        if not steps or self.chance(2):
            return self.pick([*PROPERTIES, TYPE])
        kind = self.pick(["sequence", "alternativePath", *PATHS])
        if kind in PATHS:
            node = self.fresh()
            self.add(node, kind, self.path(steps - 1))
            return node
        parts = self.chain([self.path(steps - 1) for _ in range(self.number(2, 3))])
        if kind == "sequence":
            return parts
        node = self.fresh()
        self.add(node, kind, parts)
        return node

    def shape(self, depth: int, is_property: bool | None = None) -> Node:
        """Make a shape, or take one that is there; a node shape or a property shape, or either."""
        if is_property is None:
            is_property = self.chance(2)
        known = [node for node, kind in self.shapes.items() if kind == is_property]
        if known and not self.disjoint and self.chance(5):
            return self.pick(known)
        node = self.fresh(named=self.chance(3))
        if is_property:
            self.add(node, "path", self.path(self.family.steps))
        if self.chance(4):
            self.typed(node, is_property)
        if self.chance(6):
            self.add(node, "severity", self.pick(SEVERITIES))
        if self.chance(8):
            self.add(node, "deactivated", self.pick([TRUE, FALSE]))
        if self.chance(8):
            for message in self.some(MESSAGES, 1, 2):
                self.add(node, "message", message)
        names = [
            name
            for name in self.family.constraints
            if (is_property or name not in OF_PROPERTIES) and (depth or name not in NESTING)
        ]
        for name in self.some(names, 1, 3):
            for _ in range(2 if name in REPEATABLE and self.chance(6) else 1):
                CONSTRAINTS[name](self, node, depth - 1)
        self.shapes[node] = is_property
        return node

    def typed(self, node: Node, is_property: bool) -> None:
        """Say what kind of shape a shape is."""
        kind = NamedNode(SH + ("PropertyShape" if is_property else "NodeShape"))
        self.triples.append(Triple(node, TYPE, kind))

    def target(self, node: Node) -> None:
        """Give a shape a target."""
        kinds = ["class", "node", "node", "subjects", "objects", "implicit"]
        match self.pick([*kinds, "sparql", "sparql"] if self.family.advanced else kinds):
            case "class":
                self.add(node, "targetClass", self.pick(CLASSES))
            case "implicit" if isinstance(node, NamedNode):
                self.typed(node, self.shapes[node])
                self.triples.append(Triple(node, TYPE, NamedNode(RDFS + "Class")))
            case "subjects":
                self.add(node, "targetSubjectsOf", self.pick(PROPERTIES))
            case "objects":
                self.add(node, "targetObjectsOf", self.pick(PROPERTIES))
            case "sparql":
                # pySHACL 0.40.1 does not see that a subject of sh:target is a shape.
                self.typed(node, self.shapes[node])
                query = self.query(self.pick(TARGETS))
                self.triples.append(Triple(query, TYPE, NamedNode(SH + "SPARQLTarget")))
                self.add(node, "target", query)
            case _:
                named: list[Term] = [term for term in NODES if isinstance(term, NamedNode)]
                options = self.literals if self.chance(3) else named
                self.add(node, "targetNode", self.pick(options))

    def query(self, text: str) -> Node:
        """Make a node that holds a SELECT query and its prefix."""
        node = self.fresh()
        self.add(node, "select", Literal(text))
        self.add(node, "prefixes", NamedNode(EX + "prefixes"))
        self.triples += COMPONENTS
        return node

    def data(self) -> list[Triple]:
        """Make a data graph that the shapes have something to say of."""
        classes = [*CLASSES, *(s for s in self.shapes if isinstance(s, NamedNode))]
        below = NamedNode(RDFS + "subClassOf")
        # What the shapes speak of comes more often.
        said = [triple.object for triple in self.triples]
        subjects = [*NODES, *(node for node in NODES for _ in range(said.count(node)))]
        predicates = [*PROPERTIES, *(p for p in PROPERTIES for _ in range(said.count(p)))]
        found = []
        for _ in range(self.number(1, 8)):
            subject, choice = self.pick(subjects), self.number(0, 9)
            if choice == 0:
                found.append(Triple(self.pick(classes), below, self.pick(classes)))
            elif choice < 3:
                found.append(Triple(subject, TYPE, self.pick(classes)))
            else:
                predicate = self.pick(predicates)
                values = NODES if choice < 6 else self.literals
                found += [Triple(subject, predicate, v) for v in self.some(values, 1, 3)]
        if self.chance(6):  # a crowd that has one value in common
            predicate, value = self.pick(predicates), self.pick(NODES)
            for number in range(6):
                one = NamedNode(f"{EX}n{number}")
                found += [Triple(one, predicate, value), Triple(one, TYPE, CLASSES[0])]
        return list(dict.fromkeys(found))


Constrain = Callable[[Maker, Node, int], None]


def integer(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(XSD + "integer"))


def _of(name: str, options: Sequence[Term]) -> Constrain:
    return lambda make, shape, _: make.add(shape, name, make.pick(options))


def _count(name: str) -> Constrain:
    return lambda make, shape, _: make.add(shape, name, integer(make.number(0, 3)))


def _range(name: str) -> Constrain:
    return lambda make, shape, _: make.add(shape, name, make.pick(make.literals))


def _inner(name: str, is_property: bool | None = None) -> Constrain:
    return lambda make, shape, depth: make.add(shape, name, make.shape(depth, is_property))


def _logical(name: str) -> Constrain:
    return lambda make, shape, depth: make.add(
        shape, name, make.chain([make.shape(depth) for _ in range(make.number(1, 3))])
    )


def _pattern(make: Maker, shape: Node, _: int) -> None:
    pattern, flags = make.pick(PATTERNS)
    make.add(shape, "pattern", Literal(pattern))
    if flags:
        make.add(shape, "flags", Literal(flags))


def _language_in(make: Maker, shape: Node, _: int) -> None:
    make.add(shape, "languageIn", make.chain([Literal(r) for r in make.some(RANGES, 0, 2)]))


def _unique_lang(make: Maker, shape: Node, _: int) -> None:
    make.add(shape, "uniqueLang", make.pick([TRUE, TRUE, FALSE]))
    make.literals = LITERALS["tagged"]


def _in(make: Maker, shape: Node, _: int) -> None:
    options: list[Term] = [*NODES, *make.literals]
    make.add(shape, "in", make.chain(make.some(options, 0, 12 if make.chance(6) else 3)))


def _qualified(make: Maker, shape: Node, depth: int, disjoint: bool = False) -> None:
    disjoint = disjoint or make.chance(3)
    make.disjoint |= disjoint
    make.add(shape, "qualifiedValueShape", make.shape(depth))
    bounds = make.some(["qualifiedMinCount", "qualifiedMaxCount"], 1, 2)
    for bound in bounds:
        make.add(shape, bound, integer(make.number(0, 2)))
    if disjoint:
        make.add(shape, "qualifiedValueShapesDisjoint", make.pick([TRUE, TRUE, FALSE]))


def _siblings(make: Maker, shape: Node, depth: int) -> None:
    path = make.path(make.family.steps)
    for _ in range(2):
        node = make.fresh()
        make.add(node, "path", path)
        _qualified(make, node, depth, disjoint=True)
        make.shapes[node] = True
        make.add(shape, "property", node)


def _closed(make: Maker, shape: Node, depth: int) -> None:
    make.add(shape, "closed", make.pick([TRUE, TRUE, TRUE, FALSE]))
    if make.chance(2):
        allowed = make.some([*PROPERTIES, TYPE], 0, 2)
        make.add(shape, "ignoredProperties", make.chain(allowed))
    if depth >= 0 and make.chance(2):
        make.add(shape, "property", make.shape(depth, True))


def _sparql(make: Maker, shape: Node, _: int) -> None:
    graph = Graph(make.triples)
    path = graph.value(shape, SH + "path")
    # A SPARQL path of no step leads from a node of the graph only; for `+` see pySHACL's pins.
    told = path is not None and not set("*?+") & set(graph.path(path))
    query = make.query(make.pick(SELECTS[told]))
    if make.chance(6):
        make.add(query, "deactivated", make.pick([TRUE, FALSE]))
    make.add(shape, "sparql", query)


def _limit(make: Maker, shape: Node, _: int) -> None:
    make.triples.append(Triple(shape, NamedNode(EX + "limit"), integer(make.number(0, 3))))
    if make.chance(2):
        make.triples.append(Triple(shape, NamedNode(EX + "except"), make.pick(TEXTS)))
    make.triples += COMPONENTS


def _banned(make: Maker, shape: Node, _: int) -> None:
    make.triples.append(Triple(shape, NamedNode(EX + "banned"), make.pick(PROPERTIES)))
    make.triples += COMPONENTS


CONSTRAINTS: dict[str, Constrain] = {
    "class": _of("class", CLASSES),
    "datatype": _of("datatype", DATATYPES),
    "nodeKind": _of("nodeKind", NODE_KINDS),
    **{name: _count(name) for name in ("minCount", "maxCount", "minLength", "maxLength")},
    **{n: _range(n) for n in ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive")},
    "pattern": _pattern,
    "languageIn": _language_in,
    "uniqueLang": _unique_lang,
    **{n: _of(n, PROPERTIES) for n in ("equals", "disjoint", "lessThan", "lessThanOrEquals")},
    "hasValue": lambda make, shape, _: make.add(shape, "hasValue", make.value()),
    "in": _in,
    "closed": _closed,
    "not": _inner("not"),
    "node": _inner("node", False),
    "property": _inner("property", True),
    **{name: _logical(name) for name in ("and", "or", "xone")},
    "qualifiedValueShape": _qualified,
    "siblings": _siblings,
    "sparql": _sparql,
    "limit": _limit,
    "banned": _banned,
}
"""Adds a constraint to a shape; the number says how deep shapes may still nest below it."""


@dataclass(frozen=True)
class Pair:
    """A shapes graph and a data graph."""

    shapes: list[Triple]
    data: list[Triple]

    def __repr__(self) -> str:
        """Give both as Turtle; the components above are told by their name."""
        own = [triple for triple in self.shapes if triple not in COMPONENTS]
        more = "# with COMPONENTS\n" if len(own) < len(self.shapes) else ""
        return f"# shapes\n{more}{written(own)}\n# data\n{written(self.data)}"


def _pair(random: Random, family: Family) -> Pair:
    kinds = random.sample(sorted(LITERALS), random.randint(1, 2))
    make = Maker(random, family, [literal for kind in kinds for literal in LITERALS[kind]])
    for _ in range(make.number(1, 2)):
        root = make.shape(family.depth)
        for _ in range(make.number(1, 3)):
            make.target(root)
    return Pair(list(dict.fromkeys(make.triples)), make.data())


def pairs(family: Family) -> st.SearchStrategy[Pair]:
    """Make shapes, and data that they reach."""
    # One seed for each pair: hypothesis would otherwise repeat and vary what it had before.
    return st.randoms(use_true_random=True).map(lambda random: _pair(random, family))


MORE = ["path", "flags", "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint",
        "ignoredProperties", "severity", "deactivated", "message", "targetNode", "targetClass",
        "targetObjectsOf", "target", "select", "ask", "prefixes", "declare", "parameter",
        "validator", "optional", "inversePath", "alternativePath", "zeroOrMorePath"]  # fmt: skip
PREDICATES = [NamedNode(SH + name) for name in (*CONSTRAINTS, *MORE)] + [
    NamedNode(RDF + name) for name in ("first", "rest", "type")
]


def _mangled(random: Random) -> Pair:
    pair = _pair(random, FAMILIES[random.choice(sorted(FAMILIES))])
    shapes = list(pair.shapes)
    for _ in range(random.randint(1, 2)):
        at = random.randrange(len(shapes))
        was = shapes[at]
        values = (
            [shape.subject for shape in shapes]
            + PROPERTIES
            + terms(
                """rdf:nil , sh:IRI , _:x , "x" , "x"@en , -1 , true , "(" , "ASK {}" ,
            "SELECT $this { $this ?p ?o }" """
            )
        )
        predicate, value = random.choice([was.predicate, *PREDICATES]), random.choice(values)
        match random.choice(["less", "more", "other"]):
            case "less" if len(shapes) > 1:
                del shapes[at]
            case "more":
                shapes.append(Triple(was.subject, predicate, value))
            case _:
                shapes[at] = Triple(was.subject, predicate, random.choice([was.object, value]))
    return Pair(shapes, pair.data)


def mangled() -> st.SearchStrategy[Pair]:
    """Make pairs of which a triple or two of the shapes are spoilt, most of them ill-formed."""
    return st.randoms(use_true_random=True).map(_mangled)

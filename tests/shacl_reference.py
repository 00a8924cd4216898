"""pySHACL as the oracle: shapes and data in; rows out, with what is known of pySHACL mended."""

import math
import re
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any
from unittest.mock import patch

import pyshacl
import pyshacl.shape
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from pyshacl.constraints.constraint_component import ConstraintComponent
from pyshacl.constraints.core import property_pair_constraints as pair_components
from pyshacl.constraints.core import string_based_constraints as string_components
from pyshacl.constraints.core import value_constraints as value_components
from pyshacl.constraints.core import value_range_constraints as range_components
from pyshacl.constraints.sparql.sparql_based_constraint_components import (
    SPARQLConstraintComponentValidator,
)
from pyshacl.constraints.sparql.sparql_based_constraints import SPARQLBasedConstraint
from pyshacl.helper import expression_helper, path_helper, sparql_query_helper
from pyshacl.helper.sparql_query_helper import SPARQLQueryHelper
from rdflib.namespace import SH as R_SH
from rdflib.plugins.sparql.evaluate import evalQuery
from rdflib.plugins.sparql.processor import SPARQLProcessor, prepareQuery
from shacl_cases import ASKS, EX, SPOKEN, Graph, Pair, Row

from coopera.engines.rdflib import term
from coopera.tables import Term
from coopera.terms import RDFS, XSD
from coopera.validation.nodes import SEVERITY

# The values of literals, and SPARQL's `<`, told once more, so that no engine judges itself.

ZONE = r"(?P<zone>Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
DAY = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
CLOCK = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2}(?:\.[0-9]+)?)"
MOMENTS = {
    "date": DAY + ZONE,
    "dateTime": f"{DAY}T{CLOCK}{ZONE}",
    "gYear": f"(?P<year>[0-9]{{4}}){ZONE}",
    "gYearMonth": f"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{2}}){ZONE}",
}
INTEGERS = {
    "integer": (-math.inf, math.inf),
    "byte": (-128, 127),
    "nonNegativeInteger": (0, math.inf),
}
NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
FAR = timedelta(hours=14)

Value = tuple[str, Any]
"""A kind of value within which there is an order, and the value."""


def value_of(literal: Literal) -> Value | None:
    """Give what a literal of the strategies stands for; `None` for one that is ill-typed."""
    text, datatype = literal.value, literal.datatype.value.removeprefix(XSD)
    if literal.language or datatype in (literal.datatype.value, "anyURI"):
        return "without order", text
    if datatype == "string":
        return datatype, text
    if datatype == "boolean":
        return (datatype, text in ("true", "1")) if text in ("true", "false", "1", "0") else None
    if datatype in INTEGERS:
        least, most = INTEGERS[datatype]
        fits = re.fullmatch("[+-]?[0-9]+", text) and least <= int(text) <= most
        return ("number", Fraction(text)) if fits else None
    if datatype == "decimal":
        return ("number", Fraction(text)) if re.fullmatch(NUMBER, text) else None
    if datatype in ("double", "float"):
        if text in ("NaN", "INF", "-INF"):
            return "number", float(text)
        if not re.fullmatch(f"{NUMBER}([Ee][+-]?[0-9]+)?", text):
            return None
        short = struct.unpack("f", struct.pack("f", float(text)))[0]
        return "number", Fraction(short if datatype == "float" else float(text))
    return _moment(datatype, text)


def _moment(datatype: str, text: str) -> Value | None:
    found = re.fullmatch(MOMENTS[datatype], text)
    if found is None:
        return None
    part = {name: text for name, text in found.groupdict().items() if text}
    try:
        day = datetime(int(part["year"]), int(part.get("month", 1)), int(part.get("day", 1)))
    except ValueError:
        return None
    moment = day + timedelta(
        hours=int(part.get("hour", 0)),
        minutes=int(part.get("minute", 0)),
        seconds=float(part.get("second", 0)),
    )
    zone = part.get("zone", "")
    hours, minutes = map(int, zone[1:].split(":")) if len(zone) > 1 else (0, 0)
    ahead = timedelta(hours=hours, minutes=minutes)
    return datatype, (moment + ahead if zone[:1] == "-" else moment - ahead, bool(zone))


def order(left: Any, right: Any) -> int | None:
    """Compare two of rdflib's terms as SPARQL does: -1, 0 or 1; `None` where it cannot.

    A moment without a time zone may lie 14 hours to either side (XML Schema 1.1 Part 2, 3.3.7).
    """
    terms = term(left), term(right)
    one, other = (value_of(t) if isinstance(t, Literal) else None for t in terms)
    if one is None or other is None or one[0] != other[0] or one[0] == "without order":
        return None
    a, b = one[1], other[1]
    if isinstance(a, tuple):
        if a[1] != b[1] and abs(a[0] - b[0]) <= FAR:
            return None
        a, b = a[0], b[0]
    return None if a != a or b != b else int(a > b) - int(a < b)  # NaN has no order


# pySHACL, mended where it departs from the specification.

Values = dict[Any, set[Any]]
Reports = tuple[bool, list[Any]]


def told(component: Any, graph: Any, wrong: Sequence[tuple[Any, Any]]) -> Reports:
    """Make the results of a component of pySHACL."""
    made = [component.make_v_result(graph, focus, value_node=node) for focus, node in wrong]
    return bool(made), made


def each(holds: Callable[[Any, Any, Any], bool]) -> Callable[..., Reports]:
    """Make a method of pySHACL's that looks at each value node by itself."""

    def evaluate(self: Any, parameter: Any, graph: Any, values: Values) -> Reports:
        found = [(focus, node) for focus, nodes in values.items() for node in nodes]
        return told(self, graph, [pair for pair in found if not holds(self, parameter, pair[1])])

    return evaluate


def in_range(*signs: int) -> Callable[..., Reports]:
    return each(lambda _, bound, node: order(bound, node) in signs)


def less(*signs: int) -> Callable[..., Reports]:
    def compare(self: Any, nodes: set[Any], others: set[Any], graph: Any, focus: Any) -> Reports:
        wrong = [(focus, n) for n in nodes for o in others if order(n, o) not in signs]
        return told(self, graph, wrong)

    return compare


def long_enough(_: Any, least: Any, node: Any) -> bool:
    return not isinstance(node, rdflib.BNode) and len(str(node)) >= least.value


def matches(component: Any, pattern: Any, node: Any) -> bool:
    flags, text = str(component.flags or ""), str(pattern)
    text = re.escape(text) if "q" in flags else re.sub(r"\s", "", text) if "x" in flags else text
    options = sum(
        {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}.get(flag, 0) for flag in flags
    )
    return not isinstance(node, rdflib.BNode) and bool(re.search(text, str(node), options))


def speaks(component: Any, ranges: Any, node: Any) -> bool:
    """Follow basic filtering (RFC 4647, 3.3.1)."""
    tag = f"{getattr(node, 'language', None) or ''}-".lower()
    wanted = [str(item).lower() for item in component.shape.sg.graph.items(ranges)]
    return tag != "-" and any(item == "*" or tag.startswith(f"{item}-") for item in wanted)


def well_typed(
    self: Any, _executor: Any, graph: Any, values: Values, _trail: Any
) -> tuple[bool, list[Any]]:
    def holds(_: Any, datatype: Any, node: Any) -> bool:
        literal = term(node)
        right = isinstance(literal, Literal) and literal.datatype.value == str(datatype)
        return isinstance(literal, Literal) and right and value_of(literal) is not None

    wrong, made = each(holds)(self, self.datatype_rule, graph, values)
    return not wrong, made


step: Any = expression_helper.value_nodes_from_path


def reach(
    shapes: Any, start: Any, path: Any, graph: Any, inverse: bool = False, recursion: int = 0
) -> set[Any]:
    parts = list(shapes.graph.items(path)) if inverse and isinstance(path, rdflib.BNode) else []
    found = {start}
    for part in reversed(parts):
        found = {end for node in found for end in reach(shapes, node, part, graph, True)}
    return found if parts else step(shapes, start, path, graph, inverse, recursion)


write: Any = path_helper.shacl_path_to_sparql_path


def whole_iris(shapes: Any, path: Any, prefixes: Any = None, recursion: int = 0) -> str:
    return str(write(shapes, path, None, recursion))


def solutions(_: Any, query: str, bindings: Any, graph: Any) -> list[tuple[Any, ...]]:
    found = []
    for solution in graph.query(query, initBindings=bindings):
        names = solution.asdict()
        found.append((*(names.pop(name, None) for name in ("this", "path", "value")), names))
    return found


def unfilled(_: Any, message: str, _variables: Any) -> str:
    # The messages of the strategies name no variable.
    return message


prebound: Any = SPARQLQueryHelper.pre_bind_variables


def bound(self: Any, focus: Any, valuenode: Any = None, extravars: Any = None) -> tuple[Any, str]:
    bindings, text = prebound(self, focus, valuenode, extravars)
    if valuenode is not None and self.bind_value_regex.search(self.select_text):
        bindings["value"] = valuenode
    return bindings, text


@dataclass(frozen=True)
class Pin:
    """A departure of pySHACL 0.40.1 from the specification, in its smallest case."""

    what: str
    shapes: str
    data: str
    pyshacl: list[str] | None
    """The values of pySHACL's results; `None` where it raises an error."""
    right: list[str]
    """The values of the results that the specification demands."""
    mended: tuple[tuple[Any, str, Any], ...] = ()
    """Class or module, its function, and what takes its place in the comparison.

    Where there is none, the strategies do not write such shapes.
    """


def _ranges(*names: str) -> tuple[tuple[Any, str, Any], ...]:
    signs = {
        "MinExclusive": [-1],
        "MinInclusive": [-1, 0],
        "MaxExclusive": [1],
        "MaxInclusive": [1, 0],
    }
    return tuple(
        (getattr(range_components, f"{n}ConstraintComponent"), f"_evaluate_{n[:3].lower()}_rule",
         in_range(*signs[n])) for n in names
    )  # fmt: skip


_STRINGS = "_evaluate_string_rule"
PREFIX = (
    'ex:prefixes sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .'
)
ONE = "ex:a ex:p 1 ."
PINS = [
    Pin(
        "It puts an order on values that SPARQL cannot compare, here a number and a boolean.",
        "ex:S sh:minExclusive true ; sh:targetNode 2 .", ONE, [], ["2"],
        _ranges("MinExclusive"),
    ),
    Pin(
        "It puts an order on dates and numbers.",
        'ex:S sh:maxExclusive 1 ; sh:targetNode "2020-01-01"^^xsd:date .', ONE, [], ["2020-01-01"],
        _ranges("MaxExclusive"),
    ),
    Pin(
        "It puts an order on strings with a language tag.",
        'ex:S sh:minInclusive "a"@en ; sh:targetNode "b"@en .', ONE, [], ["b"],
        _ranges("MinInclusive"),
    ),
    Pin(
        "It cannot compare a moment that lies four days before one without a time zone.",
        """ex:S sh:maxInclusive "2020-01-05T00:00:00"^^xsd:dateTime ;
            sh:targetNode "2020-01-01T00:00:00Z"^^xsd:dateTime .""",
        ONE, ["2020-01-01T00:00:00Z"], [],
        _ranges("MaxInclusive"),
    ),
    Pin(
        "It stops at a blank node under sh:lessThan; the two values cannot be compared.",
        "ex:S sh:path ex:p ; sh:lessThan ex:q ; sh:targetNode ex:a .", "ex:a ex:p _:x ; ex:q 1 .",
        None, ["x"],
        ((pair_components.LessThanConstraintComponent, "_compare_lt", less(-1)),),
    ),
    Pin(
        "It compares IRIs under sh:lessThanOrEquals, for which SPARQL has no `<=`.",
        "ex:S sh:path ex:p ; sh:lessThanOrEquals ex:p ; sh:targetNode ex:a .", "ex:a ex:p ex:b .",
        [], [EX + "b"],
        ((pair_components.LessThanOrEqualsConstraintComponent, "_compare_ltoe", less(-1, 0)),),
    ),
    Pin(
        "It does not turn a sequence round of which it takes the inverse.",
        "ex:S sh:path [ sh:inversePath ( ex:p ex:q ) ] ; sh:class ex:C ; sh:targetNode ex:c .",
        "ex:a ex:p ex:b . ex:b ex:q ex:c .", [], [EX + "a"],
        ((expression_helper, "value_nodes_from_path", reach),
         (pyshacl.shape, "value_nodes_from_path", reach)),
    ),
    Pin(
        "It lets a blank node have sh:minLength 0 (SHACL, 4.4.1).",
        "ex:S sh:minLength 0 ; sh:targetSubjectsOf ex:p .", "_:x ex:p 1 .", [], ["x"],
        ((string_components.MinLengthConstraintComponent, _STRINGS, each(long_enough)),),
    ),
    Pin(
        "It knows the flags i and m only.",
        'ex:S sh:pattern "a.b" ; sh:flags "s" ; sh:targetNode "a\\nb" .', ONE, ["a\nb"], [],
        ((string_components.PatternConstraintComponent, _STRINGS, each(matches)),),
    ),
    Pin(
        "It matches the whole of a language tag or its first part only (RFC 4647, 3.3.1).",
        'ex:S sh:languageIn ( "en-GB" ) ; sh:targetNode "a"@en-gb-x-y .', ONE, ["a"], [],
        ((string_components.LanguageInConstraintComponent, _STRINGS, each(speaks)),),
    ),
    Pin(
        "rdflib 7.6 takes 1e3 for a decimal.",
        'ex:S sh:datatype xsd:decimal ; sh:targetNode "1e3"^^xsd:decimal .', ONE, [], ["1e3"],
        ((value_components.DatatypeConstraintComponent, "evaluate", well_typed),),
    ),
    Pin(
        "rdflib 7.6 takes 20 for a year.",
        'ex:S sh:datatype xsd:gYear ; sh:targetNode "20"^^xsd:gYear .', ONE, [], ["20"],
        ((value_components.DatatypeConstraintComponent, "evaluate", well_typed),),
    ),
    Pin(
        "rdflib 7.6 knows no years but 1 to 9999.",
        'ex:S sh:datatype xsd:date ; sh:targetNode "-0044-03-15"^^xsd:date .', ONE,
        ["-0044-03-15"], [],
    ),
    Pin(
        "Python's $ matches before a line's end too.",
        'ex:S sh:pattern "^a$" ; sh:targetNode "a\\n" .', ONE, [], ["a\n"],
    ),
    Pin(
        "It takes any literal for an rdfs:Literal, which is no datatype of any.",
        "ex:S sh:datatype rdfs:Literal ; sh:targetNode 1 .", ONE, [], ["1"],
    ),
    Pin(
        "A closed shape lets rdf:type rdfs:Resource pass.",
        "ex:S sh:closed true ; sh:targetNode ex:a .", "ex:a a rdfs:Resource .", [],
        [RDFS + "Resource"],
    ),
    Pin(
        "It shortens the IRIs of a path without escapes, to what is no SPARQL.",
        PREFIX + """ex:S sh:path <http://example.org/(p)> ; sh:targetNode ex:a ; sh:sparql [
            sh:prefixes ex:prefixes ; sh:select "SELECT $this ?value { $this $PATH ?value }" ] .""",
        "ex:a <http://example.org/(p)> 1 .", None, ["1"],
        ((sparql_query_helper, "shacl_path_to_sparql_path", whole_iris),),
    ),
    Pin(
        "It makes one result of solutions that are alike (SHACL, 5.3: one for each).",
        PREFIX + """ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql [ sh:prefixes ex:prefixes ;
            sh:select "SELECT $this ?value WHERE { $this ex:p ?o . ?o ex:q ?value }" ] .""",
        "ex:a ex:p ex:b , ex:c . ex:b ex:q 1 . ex:c ex:q 1 .", ["1"], ["1", "1"],
        ((SPARQLBasedConstraint, "_validate_sparql_query", solutions),),
    ),
    Pin(
        "It stops at a value with a backslash where there is a message to fill in.",
        PREFIX + """ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:message "told" ; sh:sparql [
            sh:prefixes ex:prefixes ; sh:select "SELECT $this ?value { $this ex:p ?value }" ] .""",
        r'ex:a ex:p "\\" .', None, ["\\"],
        ((ConstraintComponent, "_format_sparql_based_result_message", unfilled),),
    ),
    Pin(
        "It does not bind $value to a literal that Python takes for false.",
        """ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:limit ] ; sh:validator [
            a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (STRLEN(STR($value)) <= $limit) }" ] .
        ex:S ex:limit 3 ; sh:targetNode "" .""", ONE, [""], [],
        ((SPARQLQueryHelper, "pre_bind_variables", bound),),
    ),
    Pin(
        "rdflib 7.6 has a text for a blank node: STR(_:x) is no error.",
        """ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:limit ] ; sh:validator [
            a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (STRLEN(STR($value)) <= $limit) }" ] .
        ex:S ex:limit 3 ; sh:targetSubjectsOf ex:p .""", "_:x ex:p 1 .", [], ["x"],
    ),
    Pin(
        "rdflib 7.6 starts a path with + anywhere where Python takes the start for false.",
        PREFIX + """ex:S sh:path [ sh:oneOrMorePath ex:q ] ; sh:targetNode false ; sh:sparql
            [ sh:select "SELECT DISTINCT $this ?value WHERE { $this $PATH ?value }" ] .""",
        "ex:a ex:q 1 .", ["1"], [],
    ),
    Pin(
        "rdflib 7.6 lets a solution through FILTER (false).",
        'ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql [ '
        'sh:select "SELECT $this WHERE { FILTER (false) }" ] .', ONE, [EX + "a"], [],
    ),
    Pin(
        "It leaves sh:value out where an ASK fails on a property shape (SHACL, 5.3.2).",
        """ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:limit ] ; sh:validator [
            a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (STRLEN(STR($value)) <= $limit) }" ] .
        ex:S sh:path ex:p ; ex:limit 0 ; sh:targetNode ex:a .""", ONE, [""], ["1"],
    ),
    Pin(
        "It asks the SELECT of a sh:propertyValidator once for each value node.",
        PREFIX + """ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:wanted ] ;
            sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:prefixes ex:prefixes ;
            sh:select "SELECT DISTINCT $this WHERE { $this ex:q $wanted }" ] .
        ex:S sh:path ex:p ; ex:wanted 0 ; sh:targetNode ex:a .""",
        "ex:a ex:p 1 , 2 ; ex:q 0 .", ["", ""], [""],
    ),
    Pin(
        "It uses one of several values of a component's only parameter.",
        """ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:limit ] ; sh:validator [
            a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (STRLEN(STR($value)) <= $limit) }" ] .
        ex:S ex:limit 0 , 1 ; sh:targetNode "ab" .""", ONE, ["ab"], ["ab", "ab"],
    ),
    Pin(
        "It looks one step up for what is a class (SHACL, 2.1.3.3).",
        """ex:K rdfs:subClassOf ex:L . ex:L rdfs:subClassOf rdfs:Class .
        ex:C a ex:K , sh:NodeShape ; sh:nodeKind sh:Literal .""", "ex:a a ex:C .", [], [EX + "a"],
    ),
]  # fmt: skip
"""What is known of pySHACL. What has a `mended` is compared all the same."""


def by_pyshacl(pair: Pair, advanced: bool = False) -> list[Row]:
    """Validate with pySHACL. Raises what it raises."""
    # pySHACL 0.40.1 keeps validators by the address of their graph, which may be another's soon.
    SPARQLConstraintComponentValidator.validator_cache.clear()
    _, found, _ = pyshacl.validate(
        _graph(pair.data), shacl_graph=_graph(pair.shapes), inference="none", advanced=advanced
    )
    if not isinstance(found, rdflib.Graph):  # it gives its failure in place of a report
        raise found
    shapes = Graph(pair.shapes)
    return [_row(found, result, shapes) for result in found.objects(None, R_SH.result)]


def _row(report: rdflib.Graph, result: Any, shapes: Graph) -> Row:
    def ours(name: str) -> Any:
        return term(report.value(result, R_SH[name]))

    component, path = ours("sourceConstraintComponent"), ours("resultPath")
    spoken = {str(message) for message in report.objects(result, R_SH.resultMessage)}
    return Row(
        ours("focusNode"),
        "" if path is None else shapes.path(path),
        None if component.value in ASKS and path is not None else ours("value"),
        component,
        SEVERITY.get(ours("resultSeverity").value, "error"),
        ours("sourceShape"),
        ours("sourceConstraint"),
        frozenset(spoken & SPOKEN),
    )


def _graph(triples: Sequence[Triple]) -> rdflib.Graph:
    filled = rdflib.Graph(bind_namespaces="none")
    for found in triples:
        filled.add((_node(found.subject), _node(found.predicate), _node(found.object)))
    return filled


def _node(ours: Term) -> Any:
    """Turn a term of ours into one of rdflib's; blank nodes keep their names."""
    if isinstance(ours, NamedNode):
        return rdflib.URIRef(ours.value)
    if isinstance(ours, BlankNode):
        return rdflib.BNode(ours.value)
    assert isinstance(ours, Literal)
    if ours.language:
        return rdflib.Literal(ours.value, lang=ours.language)
    datatype = None if ours.datatype.value == XSD + "string" else rdflib.URIRef(ours.datatype.value)
    return rdflib.Literal(ours.value, datatype=datatype, normalize=False)


@cache
def _prepared(text: str) -> Any:
    return prepareQuery(text)


def _query(self: Any, text: str, bindings: Any, *_: Any, **__: Any) -> Any:
    return evalQuery(self.graph, _prepared(text), bindings)


@contextmanager
def mended() -> Iterator[None]:
    """Let pySHACL follow the specification in what is known of it."""
    with ExitStack() as stack:
        # rdflib 7.6 parses a query anew for each focus node, which takes most of the time.
        stack.enter_context(patch.object(SPARQLProcessor, "query", _query))
        for pin in PINS:
            for owner, name, better in pin.mended:
                stack.enter_context(patch.object(owner, name, better))
        yield

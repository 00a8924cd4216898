"""The compiler: shapes in; SPARQL conditions and patterns whose solutions are violations out.

One condition tells of a node whether it conforms; it never raises an error, since an error is
neither true nor false. Inside EXISTS there is one triple pattern only: Oxigraph 0.5.13 joins two
as if the outer variable were free, in quadratic time.
"""

import operator
import re
from collections.abc import Callable, Iterable
from itertools import count, product

from pyoxigraph import BlankNode, Literal, NamedNode

from coopera.tables import Term
from coopera.terms import RDF, SH, XSD
from coopera.validation import lexical
from coopera.validation.constraints import RESERVED, regex_works
from coopera.validation.data import WRITTEN, stored
from coopera.validation.paths import Alternative, Path, Repeat, Sequence, Step, text
from coopera.validation.shapes import Constraint, Shape

PER_VALUE = {
    "Class", "Datatype", "NodeKind", "MinExclusive", "MinInclusive", "MaxExclusive",
    "MaxInclusive", "MinLength", "MaxLength", "Pattern", "LanguageIn", "In", "Node", "And", "Or",
    "Not", "Xone", "Closed",
}  # fmt: skip
"""The components that look at each value node by itself."""
MOST_WAYS = 64
"""Alternatives that a path may have without its optional parts."""


LONGEST = 50_000
"""Characters of an expression; what would be longer is evaluated by sets of nodes."""


TOO_MANY_DIGITS = (
    "a number of the data has more digits than Oxigraph compares",
    "un nombre des données a plus de chiffres qu'Oxigraph n'en compare",
)


class UncompilableError(Exception):
    """A constraint that has no SPARQL text of ours; pySHACL evaluates its shape."""

    def __init__(self, english: str, french: str) -> None:
        super().__init__(english)
        self.reason = {"en": english, "fr": french}


def ways(path: Path) -> tuple[list[Path], bool]:
    """Split a path into paths that take a step at least, and whether it may take none."""
    match path:
        case Step():
            return [path], False
        case Alternative(parts):
            split = [ways(part) for part in parts]
            return [way for found, _ in split for way in found], any(none for _, none in split)
        case Repeat(part, times):
            found, none = ways(part)
            if times != "?":
                found = [Repeat(found[0] if len(found) == 1 else Alternative(tuple(found)), "+")]
            return found, none or times != "+"
        case Sequence(parts):
            split = [ways(part) for part in parts]
            choices = [[*found, None] if none else list(found) for found, none in split]
            made: list[Path] = []
            stays = False
            for choice in product(*choices):
                taken = [way for way in choice if way is not None]
                flat = [s for w in taken for s in (w.parts if isinstance(w, Sequence) else (w,))]
                if not flat:
                    stays = True
                else:
                    made.append(flat[0] if len(flat) == 1 else Sequence(tuple(flat)))
                if len(made) > MOST_WAYS:
                    raise UncompilableError(
                        f"a path has more than {MOST_WAYS} ways",
                        f"un chemin se décompose en plus de {MOST_WAYS} variantes",
                    )
            return made, stays


class Compiler:
    """Writes SPARQL for shapes over one data graph."""

    def __init__(
        self,
        subclasses: Callable[[NamedNode], list[Term]],
        rewritten: set[str],
        in_set: Callable[[list[Term], str], str],
        huge: bool = False,
    ) -> None:
        """Take what the data graph tells.

        `subclasses` gives a class and all below it, `rewritten` the datatypes that stand under
        another name, `in_set` a condition that a variable is among terms, blank nodes included,
        and `huge` whether there are numbers that it cannot compare.
        """
        self.subclasses = subclasses
        self.rewritten = rewritten
        self.in_set = in_set
        self.huge = huge
        self._numbers = count(1)
        self._able: dict[Shape, bool] = {}

    def fresh(self) -> str:
        """Give a variable that is used nowhere yet."""
        return f"?{RESERVED}{next(self._numbers)}"

    def term(self, term: Term) -> str:
        """Write a constant as it stands in the store."""
        if isinstance(term, BlankNode):
            raise UncompilableError(
                "a blank node cannot be written in SPARQL",
                "un nœud anonyme ne peut pas s'écrire en SPARQL",
            )
        return str(stored(term)) if isinstance(term, Literal) else str(term)

    # Patterns

    def pattern(self, start: str, way: Path, end: str) -> str:
        """Write the triple patterns of a path that takes a step at least."""
        match way:
            case Step(predicate, True):
                return f"{end} {predicate} {start} ."
            case Step(predicate):
                return f"{start} {predicate} {end} ."
            case Sequence(parts):
                nodes = [start, *(self.fresh() for _ in parts[1:]), end]
                return " ".join(
                    self.pattern(a, part, b)
                    for a, part, b in zip(nodes, parts, nodes[1:], strict=False)
                )
            case _:
                return f"{start} {text(way)} {end} ."

    def exists(self, start: str, path: Path, condition: Callable[[str], str]) -> str:
        """Write that a path leads from a node to one that meets a condition."""
        found, none = ways(path)
        parts = [self._exists(start, way, condition) for way in found]
        if none:
            parts.append(condition(start) or "true")
        return any_of(parts)

    def _exists(self, start: str, way: Path, condition: Callable[[str], str]) -> str:
        end = self.fresh()
        if isinstance(way, Sequence):
            first, rest = way.parts[0], way.parts[1:]
            following = rest[0] if len(rest) == 1 else Sequence(rest)
            inner = self._exists(end, following, condition)
            return f"EXISTS {{ {self.pattern(start, first, end)} FILTER({inner}) }}"
        asked = condition(end)
        filtered = f" FILTER({asked})" if asked else ""
        return f"EXISTS {{ {self.pattern(start, way, end)}{filtered} }}"

    def has_value(self, start: str, path: Path, value: Term) -> str:
        """Write that a path leads from a node to a term."""
        if isinstance(path, Step) and isinstance(value, NamedNode):
            return f"EXISTS {{ {self.pattern(start, path, str(value))} }}"
        return self.exists(start, path, lambda v: self.in_set([value], v))

    # Conditions

    def conforms(self, shape: Shape, node: str) -> str | None:
        """Write that a node conforms to a shape; `None` where no one expression says it."""
        if shape.deactivated:
            return "true"
        if self._able.get(shape) is False:
            return None
        parts = []
        for constraint in shape.constraints:
            part = self.holds(shape, constraint, node)
            if part is None:
                return None
            parts.append(part)
        told = all_of(parts)
        return told if len(told) <= LONGEST else None

    def able(self, shapes: Iterable[Shape]) -> bool:
        """Say whether one expression tells of each of some shapes; each is tried once."""
        for shape in shapes:
            if shape not in self._able:
                self._able[shape] = self.conforms(shape, "?value") is not None
            if not self._able[shape]:
                return False
        return True

    def holds(self, shape: Shape, constraint: Constraint, node: str) -> str | None:
        """Write that a node meets one constraint; `None` where no one expression says it."""
        name = constraint.name
        if name == "Property" or name in PER_VALUE:
            return self._each(shape, constraint, node)
        if shape.path is None:
            return self._node_holds(constraint, node)
        path = shape.path
        match name:
            case "MinCount" if constraint.number <= 0:
                return "true"
            case "MinCount" if constraint.number == 1:
                return self.exists(node, path, lambda _: "")
            case "MinCount" if constraint.number == 2:
                return self.exists(node, path, lambda v: self._another(node, path, v))
            case "MaxCount" if constraint.number < 0:
                return "false"
            case "MaxCount" if constraint.number == 0:
                return negated(self.exists(node, path, lambda _: ""))
            case "MaxCount" if constraint.number == 1:
                return negated(self.exists(node, path, lambda v: self._another(node, path, v)))
            case "HasValue" if constraint.value is not None:
                return self.has_value(node, path, constraint.value)
            case "Equals" | "Disjoint" | "LessThan" | "LessThanOrEquals":
                return self._compared(constraint, path, node)
            case "UniqueLang":
                return negated(self.exists(node, path, lambda v: self._twin(node, path, v)))
            case "QualifiedMinCount" if constraint.number <= 0:
                return "true"
            case "QualifiedMinCount" if constraint.number == 1:
                return self._qualified(constraint, path, node)
            case "QualifiedMaxCount" if constraint.number == 0:
                some = self._qualified(constraint, path, node)
                return negated(some) if some else None
        return None

    def _compared(self, constraint: Constraint, path: Path, node: str) -> str:
        """Write that the values of two properties agree (SHACL, 4.5)."""
        name, step = constraint.name, Step(_predicate(constraint))

        def among(v: str, other: Path) -> str:
            return self.exists(node, other, lambda w: f"sameTerm({v}, {w})")

        if name == "Disjoint":
            return negated(self.exists(node, path, lambda v: among(v, step)))
        if name == "Equals":
            return all_of([
                negated(self.exists(node, path, lambda v: negated(among(v, step)))),
                negated(self.exists(node, step, lambda v: negated(among(v, path)))),
            ])  # fmt: skip

        def worse(v: str) -> str:
            return self.exists(node, step, lambda w: negated(self.ordered(name, v, w)))

        return negated(self.exists(node, path, worse))

    def _another(self, node: str, path: Path, v: str) -> str:
        return self.exists(node, path, lambda w: different(v, w))

    def _twin(self, node: str, path: Path, v: str) -> str:
        """Write that another value has the language of this one."""

        def alike(w: str) -> str:
            same = [f'LANG({v}) != ""', f"LCASE(LANG({v})) = LCASE(LANG({w}))"]
            return total(all_of([different(v, w), *same]))

        return self.exists(node, path, alike)

    def _qualified(self, constraint: Constraint, path: Path, node: str) -> str | None:
        if not self.able((*constraint.shapes, *constraint.siblings)):
            return None
        return self.exists(node, path, lambda v: self.counts(constraint, v) or "false")

    def counts(self, constraint: Constraint, value: str) -> str | None:
        """Write that a value counts for a qualified constraint (SHACL, 4.7.3)."""
        parts = [self.conforms(constraint.shapes[0], value)]
        for sibling in constraint.siblings:
            other = self.conforms(sibling, value)
            parts.append(None if other is None else negated(other))
        return all_of([p for p in parts if p]) if all(parts) else None

    def _node_holds(self, constraint: Constraint, node: str) -> str | None:
        match constraint.name:
            case "HasValue" if constraint.value is not None:
                return self.in_set([constraint.value], node)
            case "Equals":
                step = Step(_predicate(constraint))
                return all_of([
                    self.exists(node, step, lambda v: f"sameTerm({node}, {v})"),
                    negated(self.exists(node, step, lambda v: different(node, v))),
                ])  # fmt: skip
            case "Disjoint":
                step = Step(_predicate(constraint))
                return negated(self.exists(node, step, lambda v: f"sameTerm({node}, {v})"))
        return None

    def _each(self, shape: Shape, constraint: Constraint, node: str) -> str | None:
        """Write that every value node meets a constraint."""
        if shape.path is None:
            return self.value(constraint, node)
        if not self.able(constraint.shapes):
            return None
        wrong = lambda v: negated(self.value(constraint, v) or "true")  # noqa: E731
        return negated(self.exists(node, shape.path, wrong))

    def value(self, constraint: Constraint, v: str) -> str | None:
        """Write that one value node meets a constraint that looks at each by itself."""
        value, name = constraint.value, constraint.name
        match name:
            case "Class" if isinstance(value, NamedNode):
                return self.instance(v, value)
            case "Datatype" if isinstance(value, NamedNode):
                return self.datatype(v, value)
            case "NodeKind" if isinstance(value, NamedNode):
                return _KINDS[value.value.removeprefix(SH)].format(v=v)
            case "MinExclusive" | "MinInclusive" | "MaxExclusive" | "MaxInclusive":
                return self.in_range(v, name, value)
            case "MinLength":
                return total(f"!isBlank({v}) && STRLEN(STR({v})) >= {constraint.number}")
            case "MaxLength":
                return total(f"!isBlank({v}) && STRLEN(STR({v})) <= {constraint.number}")
            case "Pattern" if isinstance(value, Literal):
                if not regex_works(value.value, constraint.flags):
                    raise UncompilableError(
                        f"Oxigraph cannot use the regular expression {value}",
                        f"Oxigraph ne peut pas employer l'expression régulière {value}",
                    )
                flags = f', "{constraint.flags}"' if constraint.flags else ""
                return total(f"!isBlank({v}) && REGEX(STR({v}), {value}{flags})")
            case "LanguageIn":
                if len(constraint.terms) > 10:
                    return total(f"isLiteral({v}) && {self._in_languages(constraint, v)}")
                ranges = [f"LANGMATCHES(LANG({v}), {tag})" for tag in constraint.terms]
                return total(all_of([f"isLiteral({v})", any_of(ranges)]))
            case "In":
                return self.in_set(list(constraint.terms), v)
            case "Node" | "Property":
                return self.conforms(constraint.shapes[0], v)
            case "Not":
                inner = self.conforms(constraint.shapes[0], v)
                return negated(inner) if inner else None
            case "Xone" if kinds := self._kinds(constraint.shapes):
                return self._of_one_kind(v, kinds)
            case "And" | "Or" | "Xone":
                parts = [self.conforms(shape, v) for shape in constraint.shapes]
                known = [part for part in parts if part]
                if len(known) < len(parts):
                    return None
                if name == "Xone":
                    return " + ".join(f"IF({part}, 1, 0)" for part in known or ["false"]) + " = 1"
                return all_of(known) if name == "And" else any_of(known)
            case "Closed":
                return negated(f"EXISTS {{ {self.stray(constraint, v)} }}")
        return None

    def _kinds(self, shapes: Iterable[Shape]) -> list[list[Term]]:
        """Give the classes of shapes that ask for one each, none of which is below two of them."""
        kinds = []
        for shape in shapes:
            only = shape.constraints[0] if len(shape.constraints) == 1 else None
            if shape.deactivated or shape.path or only is None or only.name != "Class":
                return []
            kinds.append(self.subclasses(_predicate(only)))
        known = [kind for group in kinds for kind in group]
        return kinds if len(set(known)) == len(known) > 2 else []

    def _of_one_kind(self, v: str, kinds: list[list[Term]]) -> str:
        """Write that a node is an instance of just one of some classes."""
        known = [kind for group in kinds for kind in group]
        t, u = self.fresh(), self.fresh()
        same = [
            all_of([self.in_set(group, t), self.in_set(group, u)])
            for group in kinds
            if len(group) > 1
        ]
        other = all_of([self.in_set(known, u), different(t, u), *map(negated, same)])
        some = f"{v} <{RDF}type> {t} FILTER({self.in_set(known, t)})"
        second = f"EXISTS {{ {v} <{RDF}type> {u} FILTER({other}) }}"
        one, two = f"EXISTS {{ {some} }}", f"EXISTS {{ {some} FILTER({second}) }}"
        return all_of([one, negated(two)])

    def _in_languages(self, constraint: Constraint, v: str) -> str:
        """Write for many languages at once what LANGMATCHES says of each (RFC 4647, 3.3.1)."""
        tags = [re.escape(term.value) for term in constraint.terms if isinstance(term, Literal)]
        form = f"^({'|'.join(tags)})(-|$)"
        return f'LANG({v}) != "" && REGEX(LANG({v}), {Literal(form)}, "i")'

    def stray(self, constraint: Constraint, node: str, p: str = "", o: str = "") -> str:
        """Write the pattern of a triple that a closed shape does not allow (SHACL, 4.8.1)."""
        p, o = p or self.fresh(), o or self.fresh()
        allowed = ", ".join(map(str, constraint.terms))
        return f"{node} {p} {o} ." + (f" FILTER({p} NOT IN ({allowed}))" if allowed else "")

    def instance(self, v: str, kind: NamedNode) -> str:
        """Write that a node is a SHACL instance of a class (SHACL, 1.1)."""
        kinds = self.subclasses(kind)
        if len(kinds) == 1:
            return f"EXISTS {{ {v} <{RDF}type> {kind} }}"
        t = self.fresh()
        return f"EXISTS {{ {v} <{RDF}type> {t} FILTER({self.in_set(kinds, t)}) }}"

    def datatype(self, v: str, datatype: NamedNode) -> str:
        """Write that a value is a literal of a datatype, and well-typed (SHACL, 4.1.2)."""
        known = [str(datatype)]
        if datatype.value in self.rewritten:
            known.append(f"<{WRITTEN}{datatype.value}>")
        right = " || ".join(f"DATATYPE({v}) = {name}" for name in known)
        form = lexical.pattern(datatype.value)
        if form is None:
            return total(right)
        return total(f"({right}) && REGEX(STR({v}), {Literal(form)})")

    def by_value(self, v: str) -> str:
        """Write a variable, where the store holds some literals as written, by its value."""
        if self.huge:
            raise UncompilableError(*TOO_MANY_DIGITS)
        cases = v
        for name in sorted(self.rewritten):
            local = name.removeprefix(XSD)
            cast = f"<{XSD}{'integer' if local in lexical.INTEGERS else local}>"
            form = lexical.pattern(name)
            # What is ill-typed has no value: the cast of an empty text is an error.
            valid = f'IF(REGEX(STR({v}), {Literal(form)}), STR({v}), "")' if form else f"STR({v})"
            cases = f"IF(DATATYPE({v}) = <{WRITTEN}{name}>, {cast}({valid}), {cases})"
        return cases

    def in_range(self, v: str, name: str, bound: Term | None) -> str:
        """Write that a value stands in the order that SPARQL has to a bound (SHACL, 4.3)."""
        assert isinstance(bound, Literal)  # noqa: S101 - the reader saw to it
        if not lexical.ordered(bound):
            return "false"
        if lexical.huge(bound):
            raise UncompilableError(
                f"{bound} has more digits than Oxigraph compares",
                f"{bound} a plus de chiffres qu'Oxigraph n'en compare",
            )
        sign = _SIGNS[name]
        if bound.datatype.value == XSD + "boolean":
            true = bound.value in ("true", "1")
            kept = [one for one in (False, True) if _COMPARED[sign](one, true)]
            return any_of([self._is_boolean(v, one) for one in kept])
        return total(f"{self.by_value(v)} {sign} {bound}")

    def _is_boolean(self, v: str, wanted: bool) -> str:
        forms = [Literal(text, datatype=NamedNode(XSD + "boolean")) for text in _BOOLEANS[wanted]]
        return any_of([f"sameTerm({v}, {self.term(form)})" for form in forms])

    def ordered(self, name: str, v: str, w: str) -> str:
        """Write that a value is less than another, or not greater."""
        one, other = self.by_value(v), self.by_value(w)
        # Oxigraph 0.5.13 orders texts with a language too, for which SPARQL has no order.
        ways = [
            all_of([f'LANG({v}) = ""', f"{one} < {other}"]),
            all_of([self._is_boolean(v, False), self._is_boolean(w, True)]),
        ]
        if name != "LessThan":
            # … and holds any term to be no greater than itself.
            ways.append(all_of([f"{one} = {other}", self._has_order(v)]))
        return any_of([total(way) for way in ways])

    def _has_order(self, v: str) -> str:
        number = all_of([f"isNumeric({self.by_value(v)})", f'STR({v}) != "NaN"'])
        kinds = [number, f"DATATYPE({v}) = <{XSD}string>"]
        kinds += [self.datatype(v, NamedNode(XSD + name)) for name in lexical.ORDERED]
        return any_of(kinds)


_BOOLEANS = {True: ("true", "1"), False: ("false", "0")}
_COMPARED = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_SIGNS = {"MinExclusive": ">", "MinInclusive": ">=", "MaxExclusive": "<", "MaxInclusive": "<="}
_KINDS = {
    "IRI": "isIRI({v})",
    "BlankNode": "isBlank({v})",
    "Literal": "isLiteral({v})",
    "BlankNodeOrIRI": "!isLiteral({v})",
    "BlankNodeOrLiteral": "!isIRI({v})",
    "IRIOrLiteral": "!isBlank({v})",
}


def _predicate(constraint: Constraint) -> NamedNode:
    assert isinstance(constraint.value, NamedNode)  # noqa: S101 - the reader saw to it
    return constraint.value


def total(condition: str) -> str:
    """Write a condition whose errors count as false."""
    return f"COALESCE({condition}, false)"


def negated(condition: str) -> str:
    """Write that a condition does not hold."""
    return f"!({condition})"


def different(one: str, other: str) -> str:
    """Write that two terms are not the same."""
    return f"!sameTerm({one}, {other})"


def all_of(conditions: list[str]) -> str:
    """Join conditions that must all hold."""
    kept = [c for c in dict.fromkeys(conditions) if c != "true"]
    return " && ".join(f"({c})" for c in kept) if len(kept) > 1 else kept[0] if kept else "true"


def any_of(conditions: list[str]) -> str:
    """Join conditions of which one must hold."""
    kept = list(dict.fromkeys(conditions))
    if "true" in kept:
        return "true"
    return " || ".join(f"({c})" for c in kept) if len(kept) > 1 else kept[0] if kept else "false"


def same_terms(terms: list[str], v: str) -> str:
    """Write that a variable is one of some terms, of which none is a blank node."""
    if len(terms) > 3 and all(term.startswith("<") for term in terms):
        return f"{v} IN ({', '.join(terms)})"
    return any_of([f"sameTerm({v}, {term})" for term in terms])

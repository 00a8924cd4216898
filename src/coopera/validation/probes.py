"""Probes: an endpoint in; what of SPARQL it is proved to understand, and what it changes, out.

An engine may keep a literal by its value only, lack a function, or answer wrongly without a word.
Each probe is a query to which the right answer is known: that of Oxigraph to the same query, over
nothing or over a few nodes of the endpoint's own data. A query of a validation goes to an endpoint
only where all its words and signs have been in a probe that passed, and none is to blame for one
that did not.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from coopera.engines.endpoint import Endpoint, EndpointError
from coopera.engines.oxigraph import Oxigraph
from coopera.queries import tokens
from coopera.tables import Row, Table, Term
from coopera.terms import RDF, XSD

_PLAIN = {"SELECT", "DISTINCT", "WHERE", "FILTER", "AS", "NOT", "A", "BY", "TRUE", "FALSE",
          "PREFIX", "BASE"}  # fmt: skip
"""Words that mean nothing without one of those that are probed."""
_SIGNS = set("<>=!&|+-*/^?")
_STARTS, _LINKS, _MOST = 20, 200, 5000
"""How many nodes a sample starts from, how many it leads to, and their triples, at most."""


def words(sparql: str) -> set[str]:
    """Give the words and signs of a query that a probe must have vouched for."""
    found, last, before, tag = set(), "", "", -1
    for token in tokens(sparql):
        if token.text == "@" or token.start == tag:  # of a literal's language
            tag = token.end
        elif token.kind == "word":
            found.add(token.text.upper())
        elif token.text == "(" and last in ("iri", "name"):
            found.add("()")  # a function named by its IRI
        elif token.text == "^" and "string" in (last, before):  # of a literal's datatype
            pass
        elif token.text in _SIGNS and (last, token.text) not in (("(", "*"), ("SELECT", "*")):
            found.add(token.text)
        known = token.kind in ("string", "iri", "name")
        before, last = last, token.kind if known else token.text.upper()
    return found - _PLAIN


# Literals

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_LITERALS: Mapping[str, tuple[str, str]] = {
    "integer": ("", "01 +5 -0 x 99999999999999999999"),
    "decimal": ("", "1.50 1.0 .5 1e3"),
    "double": ("", "1e0 1.5 1.0E0 x"),
    "float": ("", "1e0 1.5 x"),
    "boolean": ("true|false", "true 1 0 yes"),
    "date": (_DAY, "2020-01-02 2020-01-02Z 2020-01-02+00:00 -0044-03-15 2020-1-2 2020-13-45"),
    "dateTime": (
        rf"{_DAY}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}",
        "2020-01-02T03:04:05 2020-01-02T03:04:05.60 2020-01-02T03:04:05+00:00 2020-01-02",
    ),
    "gYear": ("[0-9]{4}", "2020 2020+00:00 20"),
    "gYearMonth": ("[0-9]{4}-[0-9]{2}", "2020-01 2020-01+00:00 2020-1"),
    "time": ("", "03:04:05 03:04:05.60"),
    "dateTimeStamp": ("", "2020-01-02T03:04:05Z 2020-01-02T03:04:05+00:00"),
    "gMonth": ("", "--01 --01+00:00"),
    "gDay": ("", "---02 ---02+00:00"),
    "gMonthDay": ("", "--01-02 --01-02+00:00"),
    "duration": ("", "P12M P1Y PT36H"),
    "yearMonthDuration": ("", "P12M P1Y"),
    "dayTimeDuration": ("", "PT36H P1D"),
    "hexBinary": ("", "0a"),
    "base64Binary": ("", "QQ=="),
    "anyURI": ("", "http://example.org/%7e/../a"),
    "http://www.opengis.net/ont/geosparql#wktLiteral": ("", "POINT(1_1)"),
    **dict.fromkeys(
        ("nonNegativeInteger", "positiveInteger", "long", "int", "short", "byte", "unsignedLong",
         "unsignedInt", "unsignedShort", "unsignedByte"), ("", "5 05"),
    ),
    **dict.fromkeys(("nonPositiveInteger", "negativeInteger"), ("", "-5 -05")),
}  # fmt: skip
"""Datatype -> the usual form of its literals, and some literals of it, ill-typed ones too."""


_STRINGS = [
    *(Literal(text) for text in ("", " a ", "e\u0301", "\U0001f600", 'a\tb\r\nc"\\', "x" * 5000)),
    *(Literal("a", language=tag) for tag in ("fr", "en-GB", "zh-Hant-TW")),
    Literal("<a></a>", datatype=NamedNode(f"{RDF}XMLLiteral")),
]
_ALIKE = (
    "2020^^gYear 2020-01^^gYearMonth 2020-01-01^^date 2020-01-01T00:00:00^^dateTime",
    "2020-01-01T00:00:00Z^^dateTime 2020-01-01T01:00:00+01:00^^dateTime",
    "1^^integer 1^^decimal 1^^double 1^^float 1^^boolean 1^^int 1^^byte",
)
"""Literals that are not the same but may have the same value for an engine."""


@dataclass(frozen=True)
class Doubt:
    """Literals of a datatype, as an endpoint gives them, that may have been written otherwise."""

    datatype: str
    but: str = ""
    """The form of those that are what they were; none unless given."""

    def holds(self, term: Term | None) -> bool:
        """Say whether a term is among them."""
        if not isinstance(term, Literal) or term.datatype.value != self.datatype:
            return False
        return not self.but or re.fullmatch(self.but, term.value) is None

    def condition(self, v: str) -> str:
        """Write that a literal is among them."""
        same = f"DATATYPE({v}) = <{self.datatype}>"
        return f"{same} && !REGEX(STR({v}), {Literal(f'^({self.but})$')})" if self.but else same


def _full(name: str) -> str:
    return name if ":" in name else XSD + name


def doubts(endpoint: Endpoint) -> set[Doubt]:
    """Find which literals an endpoint changes, by literals that it is asked to give back."""
    asked = {
        Literal(text.replace("_", " "), datatype=NamedNode(_full(name))): form
        for name, (form, texts) in _LITERALS.items()
        for text in texts.split(" ")
    } | dict.fromkeys(_STRINGS, "")  # fmt: skip
    found = set()
    for literal, image in zip(asked, images(endpoint, list(asked)), strict=True):
        form = asked[literal]
        if image is None:
            found.add(Doubt(literal.datatype.value))
        elif image != literal and isinstance(image, Literal):
            kept = form and re.fullmatch(form, image.value) is None
            found.add(Doubt(image.datatype.value, form if kept else ""))
    for group in _ALIKE:
        pairs = [text.split("^^") for text in group.split()]
        alike = [Literal(text, datatype=NamedNode(XSD + name)) for text, name in pairs]
        if not _told_apart(endpoint, " ".join(map(str, alike)), len(alike)):
            found |= {Doubt(literal.datatype.value) for literal in alike}
    return {d for d in found if not d.but or Doubt(d.datatype) not in found}


def _told_apart(endpoint: Endpoint, literals: str, number: int) -> bool:
    """Say whether an endpoint would hold each of some literals as a term of its own."""
    these = f"VALUES ?a {{ {literals} }}"
    same = f"SELECT ?a ?b {{ {these} VALUES ?b {{ {literals} }} FILTER(sameTerm(?a, ?b)) }}"
    try:
        return all(
            len(_rows(endpoint, query)) == number
            for query in (f"SELECT DISTINCT ?a {{ {these} }}", same)
        )
    except EndpointError as error:
        if error.status is None:
            raise
        return False


def images(endpoint: Endpoint, literals: list[Literal]) -> list[Term | None]:
    """Let an endpoint give literals back; `None` for those that it cannot read."""
    try:
        given = " ".join(f"({literal} AS ?c{n})" for n, literal in enumerate(literals))
        table = endpoint.query(f"SELECT {given} {{}}")
        if isinstance(table, Table) and [len(row) for row in table.rows] == [len(literals)]:
            return list(table.rows[0])
    except EndpointError as error:
        if error.status is None:
            raise
        if len(literals) == 1:
            return [None]
    else:
        return [None] * len(literals)
    half = (len(literals) + 1) // 2
    return images(endpoint, literals[:half]) + images(endpoint, literals[half:])


# Words

_IRIS = "<http://e.org/a> <http://e.org/b>"
_TEXTS = '"a" "b" "A" "é" "\U0001f600" "" "a\\nb" "a\\n" "2020" "x1-y"'
_TERMS = (
    f'{_IRIS} {_TEXTS} "a"@en "a"@fr "b"@en-gb 1 2 10 "1.5"^^<{XSD}decimal> '
    f'"2020-01-01"^^<{XSD}date> "2020"^^<{XSD}gYear> "a"^^<http://e.org/t> '
    f'"http://e.org/a" "http://e.org/a"^^<{XSD}anyURI>'
)
_ORDERED = [
    f'1 2 10 "1.5"^^<{XSD}decimal> "2.5"^^<{XSD}double>',
    '"a" "b" "B" "é" "\U0001f600" "10" "9"',
    f'"2020-01-01"^^<{XSD}date> "2020-02-01"^^<{XSD}date> "2019-12-31"^^<{XSD}date>',
    f'"2020-01-01T00:00:00"^^<{XSD}dateTime> "2020-01-01T10:00:00"^^<{XSD}dateTime>',
]
_PATTERNS = ("^[a-z]$", "^.$", "^a$", "b$", "[0-9]{4}", "^([a-z][0-9]|b)-?\\\\w$", "^\\\\d+$",
             "^[^a]", "é", "^$", "\\\\.", "^(x|a)*b?$")  # fmt: skip
_FLAGGED = (("^A.?", "is"), ("^b$", "m"), ("^b$", ""), ("A . b", "ix"))


Probe = tuple[str, str]
"""The words and signs that are to blame where it fails, and the query."""


def _each(*expressions: str, terms: str = _TERMS) -> str:
    given = " ".join(f"({expression} AS ?x{n})" for n, expression in enumerate(expressions))
    return f"SELECT ?a {given} {{ VALUES ?a {{ {terms} }} }}"


def _those(condition: str, terms: str = _TERMS) -> str:
    return f"SELECT ?a {{ VALUES ?a {{ {terms} }} FILTER({condition}) }}"


def _pairs(condition: str, *groups: str) -> str:
    rows = " ".join(f"({a} {b})" for g in groups for a in g.split(" ") for b in g.split(" "))
    return f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {rows} }} FILTER({condition}) }}"


def _tables() -> list[Probe]:
    """Write the probes that need no data."""
    few = f'{_IRIS} "a" "b" "" "a"@en "a"@fr 1 2 "a"^^<http://e.org/t>'
    mixed = f'<http://e.org/a> "a" "b"@en 1 "2020-01-01"^^<{XSD}date>'
    functions = {
        "CONCAT": 'CONCAT(?a, "-é")', "SUBSTR": "SUBSTR(?a, 2, 1)", "UCASE": "UCASE(?a)",
        "CONTAINS": 'CONTAINS(?a, "a")', "STRSTARTS": 'STRSTARTS(?a, "a")',
        "STRENDS": 'STRENDS(?a, "b")', "STRBEFORE": 'STRBEFORE(?a, "-")',
        "STRAFTER": 'STRAFTER(?a, "-")', "REPLACE": 'REPLACE(?a, "[a-z]", "z")',
        "STRLEN": "STRLEN(?a)", "LCASE": "LCASE(?a)",
    }  # fmt: skip
    patterns = [f'IF(REGEX(STR(?a), "{pattern}"), 1, 0)' for pattern in _PATTERNS]
    lists = "VALUES (?a ?b) { (1 1) (1 2) (1 2) (2 1) (3 3) }"
    tagged = [f'IF(isLiteral(?a) && LANGMATCHES(LANG(?a), "{t}"), 1, 0)' for t in ("en", "EN", "*")]
    return [
        ("VALUES", f"SELECT ?a {{ VALUES ?a {{ {_IRIS} }} }}"),
        *((kind, _each(f"IF({kind}(?a), 1, 0)")) for kind in ("ISIRI", "ISLITERAL", "ISBLANK",
                                                            "ISNUMERIC")),
        *((name, _each(f"{name}(?a)")) for name in ("STR", "LANG", "DATATYPE")),
        *((name, _each(text, terms=_TEXTS)) for name, text in functions.items()),
        ("STRLEN", _each("STRLEN(STR(?a))")),
        ("COALESCE", _each('COALESCE(LANG(?a), "none")')),
        ("IF +", _each("IF(isIRI(?a), 1, 0) + IF(isLiteral(?a), 1, 0)")),
        ("COALESCE ! =", _those('!(COALESCE(LANG(?a) = "en", false))')),
        ("COALESCE < >", _those("COALESCE(?a > 1, false)", mixed)),
        ("|", _those('isIRI(?a) || LANG(?a) = "en"')),
        ("& !", _those('!(isLiteral(?a) && LANG(?a) = "en")')),
        ("COALESCE & |", _those('!(COALESCE((isLiteral(?a)) && (LANG(?a) = "en" || '
                                'STRLEN(STR(?a)) > 1), false))')),
        ("LANGMATCHES", _each(*tagged)),
        ("IN", _those("?a IN (<http://e.org/a>, <http://e.org/c>)")),
        ("IN", _those("?a NOT IN (<http://e.org/a>, <http://e.org/c>)", _IRIS)),
        ("DATATYPE", _those(f"COALESCE(DATATYPE(?a) = <{XSD}string>, false)")),
        ("REGEX", _each(*patterns)),
        *(("REGEX", _those(f'REGEX(?a, "{p}", "{f}")', _TEXTS)) for p, f in _FLAGGED),
        ("SAMETERM", _pairs("sameTerm(?a, ?b)", few)),
        ("SAMETERM !", _pairs("!sameTerm(?a, ?b)", few)),
        ("SAMETERM |", _those('sameTerm(?a, <http://e.org/a>) || sameTerm(?a, "a") || '
                              'sameTerm(?a, "a"@fr)')),
        ("=", _pairs("?a = ?b", few, *_ORDERED)),
        ("= !", _pairs("?a != ?b", _IRIS, *_ORDERED)),
        *(("< >", _pairs(f"?a {sign} ?b", *_ORDERED)) for sign in ("<", "<=", ">", ">=")),
        ("COALESCE < > |", _pairs("COALESCE(?a < ?b, false) || COALESCE(?a >= ?b, false)", mixed)),
        ("BIND", f"SELECT ?a ?t {{ VALUES ?a {{ {_TERMS} }} BIND(LCASE(LANG(?a)) AS ?t) "
                 'FILTER(?t != "") }'),
        ("UNION", f"SELECT ?a {{ {{ VALUES ?a {{ {_IRIS} }} }} UNION "
                  "{ VALUES ?b { <http://e.org/b> } BIND(?b AS ?a) } }"),
        ("GROUP HAVING COUNT", f"SELECT ?a {{ {lists} }} GROUP BY ?a "
                               "HAVING(COUNT(DISTINCT ?b) > 1)"),
        ("GROUP HAVING", f"SELECT ?a {{ {lists} FILTER(?b > 5) }} GROUP BY ?a "
                         "HAVING(COUNT(DISTINCT ?b) < 5)"),
        ("COUNT", f"SELECT (COUNT(DISTINCT ?b) AS ?n) {{ {lists} }}"),
        ("COUNT", f"SELECT (COUNT(?b) AS ?n) {{ {lists} FILTER(?b > 5) }}"),
    ]  # fmt: skip


def _walks(these: str, first: str, then: str, gap: str, closed: str) -> list[Probe]:
    """Write the probes over a sample, some nodes of which lack the predicate `gap`."""
    has, linked = f"EXISTS {{ ?this {gap} ?a }}", f"FILTER(EXISTS {{ ?a {then} ?b }})"
    other = f"FILTER(EXISTS {{ ?this {first} ?b FILTER(!(?a = ?b)) }})"
    found = [
        ("EXISTS", f"SELECT ?this {{ {these} FILTER({sign}({condition})) }}")
        for sign in ("", "!")
        for condition in (
            has,
            f"EXISTS {{ ?this {first} ?a {linked} }}",
            f"EXISTS {{ ?this {first} ?a FILTER(!(EXISTS {{ ?a {then} ?b }})) }}",
            f"EXISTS {{ ?this {first} ?a {other} }}",
            f"EXISTS {{ ?this {gap} ?a FILTER(isIRI(?a)) }}",
            f"({has}) || (EXISTS {{ ?this {first} ?a {linked} }})",
            f"({has}) && (EXISTS {{ ?this {first} ?a {linked} }})",
        )
    ]
    for path in (f"{closed}+", f"{closed}*", f"{first}?", f"{first}/{then}", f"({first}|{gap})",
                 f"({closed}|^<urn:x:none>)+"):  # fmt: skip
        walk = f"SELECT DISTINCT ?this ?a {{ {these} ?this {path} ?a }}"
        found.append(("+ * ? / | ^", walk))
    return [
        *found,
        ("EXISTS IF", f"SELECT ?this (IF({has}, 1, 0) + 1 = 2 AS ?k) {{ {these} }}"),
        ("EXISTS", f"SELECT ?this (!({has}) AS ?k) {{ {these} }}"),
        ("OPTIONAL BOUND", f"SELECT ?this {{ {these} OPTIONAL {{ ?this {gap} ?a }} "
                           "FILTER(!BOUND(?a)) }"),
        ("EXISTS", f"SELECT ?this {{ {these} FILTER NOT EXISTS {{ ?this {gap} ?a }} }}"),
        ("UNION BIND", f"SELECT ?this ?a {{ {{ {these} ?this {gap} ?a }} UNION "
                       f"{{ {these} BIND(?this AS ?a) }} }}"),
        ("GROUP HAVING COUNT", f"SELECT ?this {{ {these} ?this {first} ?a }} GROUP BY ?this "
                               "HAVING(COUNT(DISTINCT ?a) > 1)"),
    ]  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """Some nodes of the data, all triples of which are known."""

    starts: tuple[NamedNode, ...]
    known: frozenset[Term]
    """The starts, and the nodes that they lead to."""
    triples: tuple[Triple, ...]

    def probes(self) -> list[Probe]:
        """Write probes for what can be told from these nodes; none where they do not differ."""
        out: dict[Term, list[tuple[NamedNode, Term]]] = {}
        for t in self.triples:
            out.setdefault(t.subject, []).append((t.predicate, t.object))
        # What blank nodes lead to is not known, and typed literals may be written in two ways.
        odd = {t.predicate for t in self.triples if not _is_plain(t.object)}
        mine = [(s, p, o) for s in self.starts for p, o in out.get(s, ()) if p not in odd]
        having: dict[NamedNode, set[Term]] = {}
        for s, p, _ in mine:
            having.setdefault(p, set()).add(s)
        chains = Counter((p, q) for _, p, o in mine for q, _ in out.get(o, ()) if q not in odd)
        gaps = sorted((p for p in having if len(having[p]) < len(self.starts)), key=str)
        closed = sorted((p for p in having if self._ends(out, p)), key=str)
        if not (chains and gaps and closed):
            return []
        first, then = max(chains, key=lambda c: (c[0] != c[1], chains[c], str(c)))
        these = f"VALUES ?this {{ {' '.join(map(str, self.starts))} }}"
        return _walks(these, str(first), str(then), str(gaps[0]), str(closed[0]))

    def _ends(self, out: Mapping[Term, list[tuple[NamedNode, Term]]], path: NamedNode) -> bool:
        """Say whether all that a predicate leads to, again and again, is known."""
        queue: list[Term] = list(self.starts)
        seen: set[Term] = set()
        while queue:
            node = queue.pop()
            if not isinstance(node, Literal) and node not in seen:
                seen.add(node)
                queue += [o for p, o in out.get(node, ()) if p == path]
        return seen <= self.known


def _is_plain(term: Term) -> bool:
    if isinstance(term, Literal):
        return bool(term.language) or term.datatype.value == f"{XSD}string"
    return isinstance(term, NamedNode)


def sample(endpoint: Endpoint) -> Sample:
    """Take some nodes of an endpoint's data."""

    def one(predicate: Term | None) -> Iterator[NamedNode]:
        rows = _rows(endpoint, f"SELECT ?s {{ ?s {predicate} ?o FILTER(isIRI(?s)) }} LIMIT 1")
        return (s for (s,) in rows if isinstance(s, NamedNode))

    def of(subjects: Iterable[Term]) -> list[Triple] | None:
        these = f"VALUES ?s {{ {' '.join(map(str, subjects))} }}"
        rows = _rows(endpoint, f"SELECT ?s ?p ?o {{ {these} ?s ?p ?o }} LIMIT {_MOST}")
        return triples(rows) if len(rows) < _MOST else None

    starts: list[NamedNode] = []
    found: list[Triple] = []
    linked: set[Term] = set()
    some = sorted(_rows(endpoint, "SELECT DISTINCT ?p { ?s ?p ?o }"), key=str)[:_STARTS]
    for start in dict.fromkeys(s for (p,) in some for s in one(p)):
        own = of([start])
        more = linked | {t.object for t in own or () if isinstance(t.object, NamedNode)}
        if own and len(more) <= _LINKS:
            starts, found, linked = [*starts, start], found + own, more
    beyond = of(linked - set(starts)) if linked - set(starts) else []
    if beyond is None:
        return Sample((), frozenset(), ())
    return Sample(tuple(starts), frozenset({*starts, *linked}), tuple(found + beyond))


def _rows(endpoint: Endpoint, query: str) -> list[Row]:
    table = endpoint.query(query)
    assert isinstance(table, Table)  # noqa: S101 - the query is a SELECT
    return list(table.rows)


def triples(rows: Iterable[Row]) -> list[Triple]:
    """Make triples of rows of three terms."""
    given: Iterable[Any] = rows
    return [Triple(*row) for row in given]


@dataclass(frozen=True)
class Proved:
    """What is proved of an endpoint."""

    words: frozenset[str]
    """The words and signs of SPARQL that it answers rightly."""
    failed: frozenset[str]
    """Those that were in a probe which it did not."""

    def lacking(self, sparql: str) -> set[str]:
        """Give the words of a query that are not proved."""
        return words(sparql) - self.words


def proved(endpoint: Endpoint) -> Proved:
    """Put the probes to an endpoint."""
    some = sample(endpoint)
    nothing, data = Oxigraph([]), Oxigraph(some.triples)
    tried = [(probe, nothing) for probe in _tables()] + [(p, data) for p in some.probes()]
    passed, failed = set(), set()
    for (blamed, query), right in tried:
        if _same(endpoint, query, right):
            passed |= words(query)
        else:
            failed |= set(blamed.split())
    return Proved(frozenset(passed - failed), frozenset(failed))


def _same(endpoint: Endpoint, query: str, right: Oxigraph) -> bool:
    wanted = right.query(query)
    try:
        given = endpoint.query(query)
    except EndpointError as error:
        if error.status is None:
            raise
        return False
    assert isinstance(wanted, Table)  # noqa: S101 - every probe is a SELECT
    return isinstance(given, Table) and Counter(truths(given)) == Counter(truths(wanted))


def truths(table: Table) -> Iterator[Row]:
    """Give the rows of a table, in which ?k, ?k0, ?k1 … are booleans.

    Virtuoso 7.2.5 gives 1 and 0.
    """
    at = [n for n, name in enumerate(table.variables) if re.fullmatch("k[0-9]*", name)]
    values = {"1": "true", "0": "false"}
    for row in table.rows:
        cells = list(row)
        for n in at:
            if isinstance(cell := cells[n], Literal):
                text = values.get(cell.value, cell.value)
                cells[n] = Literal(text, datatype=NamedNode(f"{XSD}boolean"))
        yield tuple(cells)


# Rows and blank nodes


def measured(endpoint: Endpoint) -> Endpoint:
    """Learn how many rows an endpoint gives at once, and whether it keeps blank nodes' labels."""
    if endpoint.graph is not None and _heedless(endpoint):
        raise endpoint.failure(
            "it does not heed which graph it is asked for (default-graph-uri).",
            "give the URL under which it answers from that graph alone.",
        )
    endpoint = replace(endpoint, stable=_stable(endpoint))
    table = endpoint.query("SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 1001")
    seen = len(table.rows) if isinstance(table, Table) else 0
    return replace(endpoint, sure=max(1, min(endpoint.sure, seen)))


def _heedless(endpoint: Endpoint) -> bool:
    """Say whether an endpoint finds triples in a graph that nobody has."""
    other = replace(endpoint, graph="urn:coopera:no-such-graph")
    try:
        return bool(_rows(other, "SELECT ?s { ?s ?p ?o } LIMIT 1"))
    except EndpointError as error:
        if error.status is None:
            raise
        return False


def _stable(endpoint: Endpoint) -> bool:
    """Ask twice for a blank node, among others and alone: the answers name it alike."""
    links = "{ { ?b ?p ?x } UNION { ?x ?p ?b } FILTER(isBlank(?b) && isIRI(?x)) }"
    table = endpoint.query(f"SELECT ?b ?p ?x {links} LIMIT 100")
    if not isinstance(table, Table) or not table.rows:
        return False
    node, p, x = table.rows[-1]
    alone = f"SELECT ?b {{ {{ ?b {p} {x} }} UNION {{ {x} {p} ?b }} FILTER(isBlank(?b)) }}"
    again = endpoint.query(alone)
    several = len(set(table.column("b"))) > 1
    return several and isinstance(again, Table) and (node,) in again.rows

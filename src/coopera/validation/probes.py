"""Probes: an endpoint in; which words of SPARQL it is proved to understand, and what it changes, out.

An engine may keep a literal by its value only, lack a function, or answer wrongly without a word.
Each probe is a query to which the right answer is known: that of Oxigraph to the same query, over
nothing or over a few nodes of the endpoint's own data. A query of a validation goes to an endpoint
only where all its words and signs have been in a probe and none in one that failed.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopera.engines.endpoint import Endpoint, EndpointError
from coopera.engines.oxigraph import Oxigraph
from coopera.queries import tokens
from coopera.tables import Row, Table, Term
from coopera.terms import XSD

_PLAIN = {"SELECT", "DISTINCT", "WHERE", "FILTER", "AS", "NOT", "A", "BY", "TRUE", "FALSE",
          "PREFIX", "BASE"}  # fmt: skip
"""Words that mean nothing without one of those that are probed."""
_SIGNS = set("<>=!&|+-*/^?")
_SAMPLE, _LINKS = 8, 200
"""How many nodes a sample starts from, and how many nodes it may lead to."""


def words(sparql: str) -> set[str]:
    """Give the words and signs of a query that a probe must have vouched for."""
    found, last, before = set(), "", ""
    for token in tokens(sparql):
        if token.kind == "word":
            found.add(token.text.upper())
        elif token.text in _SIGNS and (last, token.text) not in (("(", "*"), ("SELECT", "*")):
            if token.text != "^" or "string" not in (last, before):
                found.add(token.text)
        elif token.text == "(" and last in ("iri", "name"):
            found.add("()")  # a function named by its IRI
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
    "http://www.opengis.net/ont/geosparql#wktLiteral": ("", "POINT(1\u00a01)"),
    **dict.fromkeys(
        ("nonNegativeInteger", "positiveInteger", "long", "int", "short", "byte", "unsignedLong",
         "unsignedInt", "unsignedShort", "unsignedByte"), ("", "5 05"),
    ),
    **dict.fromkeys(("nonPositiveInteger", "negativeInteger"), ("", "-5 -05")),
}  # fmt: skip
"""Datatype -> the usual form of its literals, and some literals of it, ill-typed ones too."""


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


def doubts(endpoint: Endpoint) -> set[Doubt]:
    """Find which literals an endpoint changes, by literals that it is asked to give back."""
    asked = {
        Literal(text.replace("\u00a0", " "), datatype=NamedNode(f"{'' if ':' in name else XSD}{name}")): form
        for name, (form, texts) in _LITERALS.items()
        for text in texts.split(" ")
    }  # fmt: skip
    found = set()
    for literal, image in zip(asked, images(endpoint, list(asked)), strict=True):
        form = asked[literal]
        if image is None:
            found.add(Doubt(literal.datatype.value))
        elif image != literal and isinstance(image, Literal):
            kept = form and re.fullmatch(form, image.value) is None
            found.add(Doubt(image.datatype.value, form if kept else ""))
    return {d for d in found if not d.but or Doubt(d.datatype) not in found}


def images(endpoint: Endpoint, literals: list[Literal]) -> list[Term | None]:
    """Let an endpoint give literals back; `None` for those that it cannot read."""
    try:
        given = " ".join(f"({literal} AS ?c{n})" for n, literal in enumerate(literals))
        table = endpoint.query(f"SELECT {given} {{}}")
        if isinstance(table, Table) and [len(row) for row in table.rows] == [len(literals)]:
            return list(table.rows[0])
    except EndpointError:
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


def _each(expression: str, terms: str = _TERMS) -> str:
    return f"SELECT ?a ({expression} AS ?x) {{ VALUES ?a {{ {terms} }} }}"


def _those(condition: str, terms: str = _TERMS) -> str:
    return f"SELECT ?a {{ VALUES ?a {{ {terms} }} FILTER({condition}) }}"


def _pairs(condition: str, *groups: str) -> Iterator[str]:
    for group in groups:
        terms = group.split(" ")
        rows = " ".join(f"({a} {b})" for a in terms for b in terms)
        yield f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {rows} }} FILTER({condition}) }}"


def _tables() -> list[str]:
    """Write the probes that need no data."""
    few = f'{_IRIS} "a" "b" "" "a"@en "a"@fr 1 2 "a"^^<http://e.org/t>'
    mixed = f'<http://e.org/a> "a" "b"@en 1 "2020-01-01"^^<{XSD}date>'
    functions = [
        'CONCAT(?a, "-é")', "SUBSTR(?a, 2)", "SUBSTR(?a, 1, 1)", 'CONTAINS(?a, "a")', "UCASE(?a)",
        'STRSTARTS(?a, "a")', 'STRENDS(?a, "b")', 'STRBEFORE(?a, "-")', 'STRAFTER(?a, "-")',
        'REPLACE(?a, "[a-z]", "z")',
    ]  # fmt: skip
    lists = "VALUES (?a ?b) { (1 1) (1 2) (1 2) (2 1) (3 3) }"
    return [
        f"SELECT ?a {{ VALUES ?a {{ {_IRIS} }} }}",
        *(_each(f'IF({kind}(?a), "y", "n")') for kind in ("isIRI", "isLiteral", "isBlank")),
        *(_each(f"{name}(?a)") for name in ("STR", "LANG", "DATATYPE")),
        *(_each(f"{name}(STR(?a))") for name in ("STRLEN", "LCASE")),
        *(_each(function, _TEXTS) for function in functions),
        _each('COALESCE(LANG(?a), "none")'),
        _each("IF(isIRI(?a), 1, 0) + IF(isLiteral(?a), 1, 0)"),
        _those('!(COALESCE(LANG(?a) = "en", false))'),
        _those("COALESCE(?a > 1, false)", mixed),
        _those('isIRI(?a) || LANG(?a) = "en"'),
        _those('!(isLiteral(?a) && LANG(?a) = "en")'),
        _those('!(COALESCE((isLiteral(?a)) && (LANG(?a) = "en" || STRLEN(STR(?a)) > 1), false))'),
        *(_those(f'isLiteral(?a) && LANGMATCHES(LANG(?a), "{tag}")') for tag in ("en", "EN", "*")),
        _those("?a IN (<http://e.org/a>, <http://e.org/c>)"),
        _those("?a NOT IN (<http://e.org/a>, <http://e.org/c>)", _IRIS),
        _those(f"COALESCE(DATATYPE(?a) = <{XSD}string>, false)"),
        *(_those(f'REGEX(STR(?a), "{pattern}")') for pattern in _PATTERNS),
        *(_those(f'REGEX(?a, "{p}", "{f}")', _TEXTS) for p, f in (("^A.?", "is"), ("^b$", "m"))),
        *_pairs("sameTerm(?a, ?b)", few),
        *_pairs("!sameTerm(?a, ?b)", few),
        _those('sameTerm(?a, <http://e.org/a>) || sameTerm(?a, "a") || sameTerm(?a, "a"@fr)'),
        *_pairs("?a = ?b", few, *_ORDERED),
        *_pairs("?a != ?b", _IRIS, *_ORDERED),
        *(q for sign in ("<", "<=", ">", ">=") for q in _pairs(f"?a {sign} ?b", *_ORDERED)),
        *_pairs("COALESCE(?a < ?b, false) || COALESCE(?a >= ?b, false)", mixed),
        f"SELECT ?a ?t {{ VALUES ?a {{ {_TERMS} }} BIND(LCASE(LANG(?a)) AS ?t) FILTER(?t != '') }}",
        f"SELECT ?a {{ {{ VALUES ?a {{ {few} }} }} UNION {{ VALUES ?b {{ 1 }} BIND(?b AS ?a) }} }}",
        f"SELECT ?a {{ {lists} }} GROUP BY ?a HAVING(COUNT(DISTINCT ?b) > 1)",
        f"SELECT ?a {{ {lists} FILTER(?b > 5) }} GROUP BY ?a HAVING(COUNT(DISTINCT ?b) < 5)",
        f"SELECT (COUNT(DISTINCT ?b) AS ?n) {{ {lists} }}",
        f"SELECT (COUNT(?b) AS ?n) {{ {lists} FILTER(?b > 5) }}",
        f"SELECT DISTINCT ?b {{ {lists} }}",
    ]


def _walks(starts: str, first: str, then: str, gap: str, closed: str) -> list[str]:
    """Write the probes over a sample: predicates that follow each other, that some lack, that end."""
    these = f"VALUES ?this {{ {starts} }}"
    linked = f"EXISTS {{ ?this {first} ?a FILTER(EXISTS {{ ?a {then} ?b }}) }}"
    another = f"EXISTS {{ ?this {first} ?a FILTER(EXISTS {{ ?this {first} ?b FILTER(!(?a = ?b)) }}) }}"
    queries = [
        f"SELECT ?this {{ {these} FILTER({sign}({condition})) }}"
        for sign in ("", "!")
        for condition in (
            f"EXISTS {{ ?this {first} ?a }}",
            f"EXISTS {{ ?this {gap} ?a }}",
            f"EXISTS {{ ?this {gap} ?a FILTER(isIRI(?a)) }}",
            f"(EXISTS {{ ?this {gap} ?a }}) || (EXISTS {{ ?this {first} ?a FILTER(isLiteral(?a)) }})",
            f"(EXISTS {{ ?this {gap} ?a }}) && ({linked})",
            f"EXISTS {{ ?this {first} ?a FILTER(!(EXISTS {{ ?a {then} ?b }})) }}",
            f"COALESCE(EXISTS {{ ?this {gap} ?a }}, false)",
            another,
            linked,
        )
    ]
    for path in (f"{closed}+", f"{closed}*", f"{first}?", f"{first}/{then}", f"({first}|{gap})",
                 f"({closed}|^<urn:x:none>)+"):  # fmt: skip
        queries.append(f"SELECT DISTINCT ?this ?a {{ {these} ?this {path} ?a }}")
    return [
        *queries,
        f"SELECT ?this (IF(EXISTS {{ ?this {gap} ?a }}, 1, 0) + 1 = 2 AS ?k) {{ {these} }}",
        f"SELECT ?this ?a {{ {these} OPTIONAL {{ ?this {gap} ?a }} FILTER(!BOUND(?a)) }}",
        f"SELECT ?this {{ {these} FILTER NOT EXISTS {{ ?this {gap} ?a }} }}",
        f"SELECT ?this ?a {{ {{ {these} ?this {gap} ?a }} UNION {{ {these} BIND(?this AS ?a) }} }}",
        f"SELECT ?this {{ {these} ?this {first} ?a }} GROUP BY ?this HAVING(COUNT(DISTINCT ?a) > 1)",
    ]


def _sample(endpoint: Endpoint) -> tuple[list[str], list[Triple]]:
    """Take a few nodes of the data, with all triples of them and of the nodes that they lead to."""

    def rows(query: str) -> list[Row]:
        table = endpoint.query(query)
        return list(table.rows) if isinstance(table, Table) else []

    def of(nodes: Iterable[Term | None]) -> list[Triple]:
        listed = " ".join(map(str, nodes))
        found = rows(f"SELECT ?s ?p ?o {{ VALUES ?s {{ {listed} }} ?s ?p ?o }} LIMIT 5000")
        return [Triple(*row) for row in found] if listed and len(found) < 5000 else []  # type: ignore[arg-type]

    starts = [s for (s,) in rows(f"SELECT DISTINCT ?s {{ ?s ?p ?o . ?o ?q ?x }} LIMIT {_SAMPLE * 4}")
              if isinstance(s, NamedNode)]  # fmt: skip
    some = [s for s in rows(f"SELECT DISTINCT ?s {{ ?s ?p ?o }} LIMIT {_SAMPLE}")]
    starts += [s for (s,) in some if isinstance(s, NamedNode)]
    kept: dict[NamedNode, list[Triple]] = {}
    linked: set[Term] = set()
    for start in dict.fromkeys(starts):
        own = of([start])
        more = linked | {t.object for t in own if isinstance(t.object, NamedNode)}
        if own and len(more) <= _LINKS and len(kept) < _SAMPLE:
            kept[start], linked = own, more
    triples = [t for own in kept.values() for t in own]
    return [str(s) for s in kept], triples + of(linked - kept.keys())


def _choices(starts: list[str], triples: list[Triple]) -> list[str] | None:
    """Choose the predicates of the probes over a sample; `None` where it has none that fit."""
    out: dict[Term, set[tuple[NamedNode, Term]]] = {}
    for t in triples:
        out.setdefault(t.subject, set()).add((t.predicate, t.object))
    mine = [(s, p, o) for s in out if str(s) in starts for p, o in out[s]]
    chains = Counter((p, q) for _, p, o in mine for q, _ in out.get(o, ()))
    having = {p: {s for s, q, _ in mine if p == q} for _, p, _ in mine}
    gaps = [p for p, nodes in having.items() if len(nodes) < len(starts)]
    if not chains or not gaps:
        return None
    (first, then), _ = max(chains.items(), key=lambda c: (c[0][0] != c[0][1], c[1], str(c[0])))

    def ends(p: NamedNode) -> bool:
        """Say whether all that a predicate leads to, again and again, is in the sample."""
        queue, seen = [s for s, q, _ in mine if p == q], set()
        while queue:
            node = queue.pop()
            if isinstance(node, NamedNode | BlankNode) and node not in seen:
                seen.add(node)
                queue += [o for q, o in out.get(node, ()) if q == p]
        return all(node in out for node in seen)

    closed = sorted((str(p) for p in having if ends(p)), key=lambda p: (p == str(then), p))
    return [str(first), str(then), str(min(gaps, key=str)), closed[0]] if closed else None


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
    passed, failed = set(), set()
    tried = [(query, Oxigraph([])) for query in _tables()]
    starts, triples = _sample(endpoint)
    chosen = _choices(starts, triples)
    if chosen:
        sample = Oxigraph(triples)
        tried += [(query, sample) for query in _walks(" ".join(starts), *chosen)]
    for query, right in tried:
        (passed if _same(endpoint, query, right) else failed).update(words(query))
    # What the failed probes have in common with others that passed is not to blame alone,
    # but who gets one of them wrong is not to be trusted with either.
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
    return isinstance(given, Table) and Counter(truths(given)) == Counter(wanted.rows)


def truths(table: Table) -> Iterator[Row]:
    """Give the rows of a table, in which ?k, ?k0, ?k1 … are booleans.

    Virtuoso 7.2.5 gives 1 and 0.
    """
    at = [n for n, name in enumerate(table.variables) if re.fullmatch("k[0-9]*", name)]
    values = {"1": "true", "0": "false"}
    for row in table.rows:
        cells = list(row)
        for n in at:
            value = getattr(cells[n], "value", "")
            cells[n] = Literal(values.get(value, value), datatype=NamedNode(f"{XSD}boolean"))
        yield tuple(cells)


# Rows and blank nodes


def measured(endpoint: Endpoint) -> Endpoint:
    """Learn how many rows an endpoint gives at once, and whether its blank nodes keep their names."""
    table = endpoint.query("SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 1001")
    seen = len(table.rows) if isinstance(table, Table) else 0
    return replace(endpoint, sure=max(1, min(endpoint.sure, seen)), stable=_stable(endpoint))


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

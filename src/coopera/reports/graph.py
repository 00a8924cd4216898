"""Reports as graphs: a report in; its sh:ValidationReport (SHACL, 3.6) as Turtle or JSON-LD out."""

import re
from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopera import formats, turtle
from coopera.findings import Finding, ValidationResult
from coopera.reports import words
from coopera.reports.report import Report
from coopera.tables import Term
from coopera.terms import LANGUAGES, RDF, RDFS, SH, TYPE, XSD, Prefixes

SEVERITIES = {"error": SH + "Violation", "warning": SH + "Warning", "info": SH + "Info"}

_COMMENT = NamedNode(RDFS + "comment")


def turtle_text(report: Report) -> str:
    """Write the graph as Turtle; what a terminal would obey stands as an escape."""
    prefixes = Prefixes(
        {"rdf": RDF, "rdfs": RDFS, "sh": SH, "xsd": XSD} | report.prefixes.namespaces
    )
    left_out = " ".join(_left_out(report).values())
    text = turtle.text(triples(report), prefixes, left_out)
    # Only a literal holds such characters: an IRI cannot, and the layout has line feeds alone.
    return re.sub("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", _escape, text)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04X}"


def json_ld(report: Report) -> str:
    """Write the graph as JSON-LD 1.1 in expanded form."""
    text = formats.json_ld(triples(report), report.prefixes)
    return re.sub("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]", _escape, text)


def triples(report: Report) -> list[Triple]:
    """Give the report as triples, the same for the same findings.

    A finding without a validation result is none of SHACL's: the report only says, in an
    rdfs:comment, how many are left out. Blank nodes of the shapes graph (paths, anonymous shapes
    and constraints) come with what it says of them.
    """
    told = [f.result for f in report.sorted if f.result is not None]
    names = _Names(report)
    made = [
        Triple(_REPORT, TYPE, _sh("ValidationReport")),
        Triple(_REPORT, _sh("conforms"), Literal(not told)),
    ]
    made += [Triple(_REPORT, _COMMENT, Literal(text, language=language))
             for language, text in _left_out(report).items()]  # fmt: skip
    digits = len(str(len(told)))
    for number, result in enumerate(told, 1):
        node = BlankNode(f"result{number:0{digits}}")
        made.append(Triple(_REPORT, _sh("result"), node))
        made += (Triple(node, predicate, value) for predicate, value in _result(result, names))
    return made + names.described()


_REPORT = BlankNode("report")


def _sh(name: str) -> NamedNode:
    return NamedNode(SH + name)


class _Names:
    """Blank nodes under labels that do not change from run to run."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.labels: dict[BlankNode, BlankNode] = {}
        self.wanted: list[BlankNode] = []

    def of(self, term: Term) -> Term:
        """Give the term under its name here."""
        return self._blank(term) if isinstance(term, BlankNode) else term

    def _blank(self, node: BlankNode) -> BlankNode:
        return self.labels.setdefault(node, BlankNode(f"b{len(self.labels) + 1}"))

    def with_description(self, term: Term) -> Term:
        """Give the term under its name here, and see to it that it is described."""
        if isinstance(term, BlankNode):
            self.wanted.append(term)
        return self.of(term)

    def path(self, result: ValidationResult) -> Term | None:
        """Give the result path; one that nothing describes is that of its shape, or is none.

        pySHACL 0.40 copies the blank nodes of paths, so that the shapes graph lacks its labels.
        """
        path, described = result.result_path, self.report.described
        if isinstance(path, BlankNode) and path not in described:
            path = next(iter(described.get(result.source_shape, {}).get(_sh("path"), [])), None)
        return None if path is None else self.with_description(path)

    def described(self) -> list[Triple]:
        """Copy what the shapes graph says of the nodes asked for, blank node by blank node."""
        made: list[Triple] = []
        seen: set[BlankNode] = set()
        ahead = list(reversed(self.wanted))
        while ahead:
            node = ahead.pop()
            if node in seen:
                continue
            seen.add(node)
            name = self._blank(node)
            for predicate, values in self.report.described.get(node, {}).items():
                made += (Triple(name, predicate, self.of(value)) for value in values)
                ahead += (value for value in values if isinstance(value, BlankNode))
        return made


def _result(result: ValidationResult, names: _Names) -> Iterator[tuple[NamedNode, Term]]:
    yield TYPE, _sh("ValidationResult")
    yield _sh("focusNode"), names.of(result.focus_node)
    path = names.path(result)
    if path is not None:
        yield _sh("resultPath"), path
    if result.value_node is not None:
        yield _sh("value"), names.of(result.value_node)
    yield _sh("sourceShape"), names.with_description(result.source_shape)
    yield _sh("sourceConstraintComponent"), result.component
    if result.source_constraint is not None:
        yield _sh("sourceConstraint"), names.with_description(result.source_constraint)
    yield _sh("resultSeverity"), NamedNode(SEVERITIES[result.severity])
    for language, text in result.message.items():
        yield _sh("resultMessage"), Literal(text, language=language) if language else Literal(text)


def _left_out(report: Report) -> dict[str, str]:
    """Tell how many findings are left out, in each language; nothing where none is."""
    left: list[Finding] = [f for f in report.findings if f.result is None]
    if not left:
        return {}
    return {
        language: words.word("left_out", language).format(
            words.counted(len(left), "findings", language)
        )
        for language in LANGUAGES
    }

"""The report: findings and what a run looked at in; what every writer tells out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopera import fingerprints
from coopera.errors import Place
from coopera.findings import SEVERITIES, Finding, Summary
from coopera.reports import words
from coopera.reports.excerpts import Excerpt, excerpts
from coopera.tables import Term
from coopera.terms import DCTERMS, LANGUAGES, RDF, SH, Prefixes, in_language

_FIRST, _REST = NamedNode(RDF + "first"), NamedNode(RDF + "rest")


@dataclass(frozen=True)
class Reached:
    """A shape with a target, and how many focus nodes it has."""

    key: str
    """Its name in the summary."""
    name: str
    """A CURIE or an IRI; a blank node is numbered, since labels differ from run to run."""
    nodes: int


@dataclass(frozen=True)
class Report:
    """What a check has to tell, and for whom."""

    findings: Sequence[Finding]
    summary: Summary
    language: str
    """`fr` or `en`."""
    prefixes: Prefixes
    root: Path
    """The folder that the names of files are relative to."""
    shapes: Sequence[Triple] = ()
    """The shapes graph: it names rules, gives paths their triples and tells what is asked for."""
    colour: bool = False
    """Whether `human` may use the colours of a terminal."""
    fail_on: str = "error"
    """The mildest severity that fails a run; `never` for none."""

    @cached_property
    def sorted(self) -> tuple[Finding, ...]:
        """Give the findings by file, line and column, those without a file last."""
        return tuple(sorted(self.findings, key=self._key))

    @cached_property
    def marked(self) -> tuple[tuple[Finding, str], ...]:
        """Give the sorted findings, each with a fingerprint of its own."""
        marks = fingerprints.fingerprints(self.sorted, self.root)
        return tuple(zip(self.sorted, marks, strict=True))

    def _key(self, finding: Finding) -> tuple[object, ...]:
        place = finding.place
        return (
            place is None,
            self.file(place.path) if place else "",
            (place.line or 0) if place else 0,
            (place.column or 0) if place else 0,
            SEVERITIES.index(finding.severity),
            finding.code,
            *("_:" if t.startswith("_:") else t for t in (finding.subject, finding.value)),
            finding.path,
            sorted(finding.message.items()),
        )

    @cached_property
    def _labels(self) -> dict[str, str]:
        """Number blank nodes by first mention: a parser's labels differ from run to run."""
        labels: dict[str, str] = {}
        for finding in self.sorted:
            for text in (finding.subject, finding.value, finding.shape, *_terms(finding)):
                if text.startswith("_:"):
                    labels.setdefault(text, f"_:b{len(labels) + 1}")
        return labels

    def label(self, text: str) -> str:
        """Give a term's text; a blank node has the same label in every run."""
        return self._labels.get(text, text)

    @cached_property
    def reached(self) -> tuple[Reached, ...]:
        """Give the shapes with a target, those with most focus nodes first."""
        rows = sorted(
            (-number, "_:" if key.startswith("_:") else key, key)
            for key, number in self.summary.reached.items()
        )
        blank = [key for _, iri, key in rows if iri == "_:"]
        return tuple(Reached(key, self._shape_name(key, blank), -number) for number, _, key in rows)

    def _shape_name(self, key: str, blank: list[str]) -> str:
        if key in blank:
            return f"_:s{blank.index(key) + 1}"
        return self.prefixes.curie(key) or key

    def fails(self, finding: Finding) -> bool:
        """Say whether a finding is bad enough to fail the run."""
        if self.fail_on not in SEVERITIES:
            return False
        return SEVERITIES.index(finding.severity) <= SEVERITIES.index(self.fail_on)

    @cached_property
    def excerpts(self) -> dict[Place, Excerpt]:
        """Give the lines around the place of each finding that has a line, by place."""
        ends = {f.place: end for f in self.sorted if f.place and (end := f.end)}
        return excerpts((f.place for f in self.sorted if f.place), ends)

    def message(self, finding: Finding, language: str | None = None) -> str:
        """Give the message in the report's language, else in any; never an empty one."""
        language = language or self.language
        told = finding.message
        order = [language, *(tag for tag in LANGUAGES if tag != language), *sorted(told)]
        found = next((told[tag] for tag in order if told.get(tag)), "")
        return found or words.word("no_message", language)

    def file(self, path: Path) -> str:
        """Give the name of a file relative to the root where it stands below it, with slashes."""
        if path not in self._files:
            self._files[path] = fingerprints.name(path, self.root)
        return self._files[path]

    @cached_property
    def _files(self) -> dict[Path, str]:
        return {}

    def remedy(self, finding: Finding) -> str:
        """Say what to do next, with what the shape asks for; empty where nothing is known."""
        if finding.result is None:
            return ""
        component = finding.result.component.value.removeprefix(SH)
        remedy = words.REMEDIES.get(component)
        if remedy is None:
            return ""
        asked = self._asked(finding.result.source_shape, component)
        return remedy[words.COLUMN[self.language]] + (f" ({asked})" if asked else "")

    def _asked(self, shape: Term, component: str) -> str:
        """Write the parameter of the component as it stands in the shape: `sh:minCount 2`."""
        name = component.removesuffix("ConstraintComponent")
        parameter = NamedNode(SH + name[:1].lower() + name[1:])
        values = self.described.get(shape, {}).get(parameter, [])
        written = [self._written(value) for value in values]
        told = " , ".join(sorted(text for text in written if text))
        return f"sh:{parameter.value.removeprefix(SH)} {told}" if told else ""

    def _written(self, term: Term) -> str:
        if not isinstance(term, BlankNode):
            return self.prefixes.text(term)
        members = list(self._members(term))
        texts = [self.prefixes.text(m) for m in members if not isinstance(m, BlankNode)]
        if not texts or len(texts) < len(members):
            return ""
        return f"( {' '.join(texts[:6])}{' …' if len(texts) > 6 else ''} )"

    def _members(self, head: Term) -> Iterator[Term]:
        """Walk an RDF list; one that bites its own tail ends there."""
        seen: set[Term] = set()
        while isinstance(head, BlankNode) and head not in seen:
            seen.add(head)
            facts = self.described.get(head, {})
            yield from facts.get(_FIRST, [])[:1]
            head = (facts.get(_REST) or [NamedNode(RDF + "nil")])[0]

    @cached_property
    def described(self) -> dict[Term, dict[NamedNode, list[Term]]]:
        """Give the shapes graph by subject and predicate."""
        found: dict[Term, dict[NamedNode, list[Term]]] = {}
        for triple in self.shapes:
            found.setdefault(triple.subject, {}).setdefault(triple.predicate, []).append(
                triple.object
            )
        return found

    def rule(self, code: str, predicate: str) -> str:
        """Give the `sh:name` or `sh:message` of the shape that has a code; empty for none."""
        shape = self._rules.get(code)
        texts = self.described[shape].get(NamedNode(SH + predicate), []) if shape else []
        return in_language(texts, self.language) or ""

    @cached_property
    def _rules(self) -> dict[str, Term]:
        identifier = NamedNode(DCTERMS + "identifier")
        return {
            code.value: shape
            for shape, facts in self.described.items()
            for code in facts.get(identifier, [])
            if isinstance(code, Literal)
        }

    @cached_property
    def parents(self) -> dict[Term, set[Term]]:
        """Give the shapes that name a property shape by `sh:property`."""
        found: dict[Term, set[Term]] = {}
        for shape, facts in self.described.items():
            for child in facts.get(NamedNode(SH + "property"), []):
                found.setdefault(child, set()).add(shape)
        return found


def _terms(finding: Finding) -> list[str]:
    result = finding.result
    if result is None:
        return []
    mentioned = (
        result.focus_node, result.value_node, result.result_path, result.source_shape,
        result.source_constraint,
    )  # fmt: skip
    return [str(term) for term in mentioned if isinstance(term, BlankNode)]

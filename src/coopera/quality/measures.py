"""Measures: a project and the outcome of its checks in; counts, gaps and findings out."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest

from pyoxigraph import Literal, NamedNode, Triple

from coopera import engines
from coopera.checks import Outcome
from coopera.findings import SEVERITIES, Finding
from coopera.pages import speech
from coopera.pages import words as names
from coopera.project import Project
from coopera.quality.history import Entry
from coopera.quality.words import word
from coopera.reports.excerpts import one_line, short
from coopera.reports.report import Report
from coopera.tables import Row, Table, Term
from coopera.terms import (
    COOP,
    DCTERMS,
    FOAF,
    LANGUAGES,
    OWL,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SH,
    SKOS,
    TYPE,
    in_language,
)
from coopera.validation import shapes as shapes_room
from coopera.validation.nodes import Nodes
from coopera.validation.paths import Step
from coopera.validation.shapes import Shape

FIRST = 10
"""Things that are named where a property is lacking; the others are counted."""
PLACES = 25
"""Places that are named of one code; the others are counted."""
LONGEST = 160
"""Characters of a label that are shown."""

LABELS = (SKOS + "prefLabel", RDFS + "label", DCTERMS + "title", FOAF + "name", SCHEMA + "name")
"""What names a thing, the best first."""
DATES = (DCTERMS + "modified", DCTERMS + "issued", COOP + "asOf", PROV + "generatedAtTime")
"""What dates the data."""
_META = (RDF, RDFS, OWL, SH)
"""The vocabularies whose classes hold no things but the terms of a schema."""
_DEMANDS = ("MinCount", "QualifiedMinCount")


@dataclass(frozen=True)
class Name:
    """A term as a reader sees it."""

    iri: str
    """Empty for a blank node."""
    text: str
    """A CURIE, else the IRI; empty for a blank node."""
    labels: dict[str, str]
    """In each of our languages."""


@dataclass(frozen=True)
class Gap:
    """How many things of a class have a property that a shape of the class names."""

    property: Name
    required: bool
    """Whether a shape asks for one value at least."""
    things: int
    lacking: int
    first: tuple[Name, ...] = ()
    """The first of those that lack it, by label; at most `FIRST`."""


@dataclass(frozen=True)
class ClassGaps:
    """The properties of a class, the one that most things lack first, required ones before all."""

    kind: Name
    things: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Languages:
    """How many things of a class have a text in French, in English, in both or in neither."""

    kind: Name
    things: int
    french: int
    english: int
    both: int

    @property
    def single(self) -> int:
        """Count the things that have it in one language and not in the other."""
        return self.french + self.english - 2 * self.both

    @property
    def neither(self) -> int:
        """Count the things that have it in neither."""
        return self.things - self.french - self.english + self.both


@dataclass(frozen=True)
class PropertyLanguages:
    """A property with texts in languages, and the classes that have it."""

    property: Name
    single: int
    """Things that have it in one language and not in the other, each counted once."""
    rows: tuple[Languages, ...]


@dataclass(frozen=True)
class Spot:
    """Where one finding is."""

    where: str
    subject: str
    message: dict[str, str]


@dataclass(frozen=True)
class Group:
    """The findings of one code and severity."""

    code: str
    severity: str
    message: dict[str, str]
    """The most frequent, in each of our languages."""
    count: int
    spots: tuple[Spot, ...]
    """The first of them, at most `PLACES`."""


@dataclass(frozen=True)
class Quality:
    """The state of a graph. The same graph gives the same one on any day."""

    title: dict[str, str]
    newest: str
    """The latest date in the data, to the day, month or year; empty for none."""
    counts: dict[str, int]
    severities: dict[str, int]
    classes: tuple[tuple[Name, int], ...]
    """Classes with the number of their things, those of subclasses included; most first."""
    gaps: tuple[ClassGaps, ...]
    lacking: int
    """Pairs of a thing and a property that it lacks, each counted once."""
    languages: tuple[PropertyLanguages, ...]
    groups: tuple[Group, ...]
    notes: tuple[dict[str, str], ...] = ()
    history: tuple[Entry, ...] = field(default=())

    @property
    def conforms(self) -> bool:
        """Say whether no error was found."""
        return not self.severities["error"]

    def entry(self, day: str) -> Entry:
        """Give what the history holds of a day, `YYYY-MM-DD`."""
        return Entry(day, self.counts["triples"], **self.severities, gaps=self.lacking)


def measure(project: Project, outcome: Outcome) -> Quality:
    """Measure the graph that was checked."""
    graph = _Graph(project, outcome.triples)
    gaps, lacking = _gaps(graph, outcome.shapes)
    classes = [(graph.name(kind), len(graph.members(kind))) for kind in graph.classes]
    classes.sort(key=lambda row: (-row[1], row[0].text))
    found = Counter(finding.severity for finding in outcome.findings)
    return Quality(
        title=project.title,
        newest=graph.newest(),
        counts=outcome.summary.counts | {"things": len(graph.things), "classes": len(classes)},
        severities={severity: found[severity] for severity in SEVERITIES},
        classes=tuple(classes),
        gaps=gaps,
        lacking=lacking,
        languages=tuple(_languages(graph)),
        groups=tuple(_groups(project, outcome)),
        notes=outcome.summary.notes,
    )


class _Graph:
    """Asks a graph of triples for whole sets of things."""

    def __init__(self, project: Project, triples: Iterable[Triple]) -> None:
        self.project = project
        self.engine = engines.ENGINES["oxigraph"](triples)
        self._members: dict[NamedNode, set[Term]] = {}
        self._names: dict[NamedNode, Name] = {}
        self._labels = self._read_labels()
        self.classes = [
            kind
            for (kind,) in self.rows(f"SELECT DISTINCT ?kind {{ ?thing {TYPE} ?kind }}")
            if isinstance(kind, NamedNode) and not kind.value.startswith(_META)
        ]
        self.things = set[Term]().union(*map(self.members, self.classes))

    def rows(self, query: str) -> tuple[Row, ...]:
        """Give the solutions of a SELECT."""
        answer = self.engine.query(query)
        return answer.rows if isinstance(answer, Table) else ()

    def members(self, kind: NamedNode) -> set[Term]:
        """Give the instances of a class and of its subclasses (SHACL, 1.1)."""
        if kind not in self._members:
            rows = self.rows(
                f"SELECT DISTINCT ?thing {{ ?kind <{RDFS}subClassOf>* {kind} . "
                f"?thing {TYPE} ?kind }}"
            )
            self._members[kind] = {thing for (thing,) in rows if thing is not None}
        return self._members[kind]

    def having(self, predicate: NamedNode) -> set[Term]:
        """Give the subjects of a property."""
        rows = self.rows(f"SELECT DISTINCT ?thing {{ ?thing {predicate} ?value }}")
        return {thing for (thing,) in rows if thing is not None}

    def _read_labels(self) -> dict[Term, dict[str, list[Term]]]:
        named = " ".join(f"<{iri}>" for iri in LABELS)
        found: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for thing, way, label in self.rows(
            f"SELECT ?thing ?way ?label {{ VALUES ?way {{ {named} }} ?thing ?way ?label }}"
        ):
            if isinstance(thing, NamedNode) and isinstance(way, NamedNode) and label is not None:
                found[thing][way.value].append(label)
        return found

    def name(self, term: Term) -> Name:
        """Name a term in both languages: by its label, else ours, else its CURIE or its IRI."""
        if not isinstance(term, NamedNode):
            return Name("", "", {language: word("blank", language) for language in LANGUAGES})
        if term not in self._names:
            text = one_line(self.project.prefixes.curie(term.value) or term.value)
            labels = {language: self._label(term, language) or text for language in LANGUAGES}
            self._names[term] = Name(term.value, text, labels)
        return self._names[term]

    def _label(self, term: NamedNode, language: str) -> str:
        ways = self._labels.get(term, {})
        # Of two labels in one language the same one is taken in every run.
        told = (in_language(sorted(ways[way], key=str), language) for way in LABELS if way in ways)
        ours = (
            names.word(table, term.value, language) for table in (names.CLASSES, names.PROPERTIES)
        )
        label = next(filter(None, [*told, *ours]), "")
        return short(one_line(speech.typeset(label, language)), LONGEST)

    def newest(self) -> str:
        """Give the latest date, as precise as it is."""
        dated = " ".join(f"<{iri}>" for iri in DATES)
        rows = self.rows(f"SELECT DISTINCT ?date {{ VALUES ?way {{ {dated} }} ?thing ?way ?date }}")
        texts = (date.value for (date,) in rows if isinstance(date, Literal))
        days = (re.match(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?(?!\d)", t, re.ASCII)
                for t in texts)  # fmt: skip
        return max((day[0] for day in days if day), default="")


def _gaps(graph: _Graph, triples: Sequence[Triple]) -> tuple[tuple[ClassGaps, ...], int]:
    """Tell of each class with things how many have each property that its shapes name.

    With them comes the number of pairs of a thing and a property that it lacks.
    """
    having: dict[NamedNode, set[Term]] = {}
    without: dict[NamedNode, set[Term]] = defaultdict(set)
    found = []
    for kind, demands in _demands(triples).items():
        things = graph.members(kind)
        gaps = []
        for predicate, required in demands.items() if things else ():
            if predicate not in having:
                having[predicate] = graph.having(predicate)
            lacking = things - having[predicate]
            without[predicate] |= lacking
            first = nsmallest(FIRST, map(graph.name, lacking), key=_by_label)
            name = graph.name(predicate)
            gaps.append(Gap(name, required, len(things), len(lacking), tuple(first)))
        if gaps:
            found.append(ClassGaps(graph.name(kind), len(things), tuple(sorted(gaps, key=_wider))))
    return tuple(sorted(found, key=_worse)), sum(map(len, without.values()))


def _wider(gap: Gap) -> tuple[bool, int, bool, str]:
    """Sort properties: first those that are required and lacking, then by what is lacking."""
    due = gap.required and gap.lacking > 0
    return (not due, -gap.lacking, not gap.required, gap.property.text)


def _by_label(name: Name) -> tuple[object, ...]:
    return (
        not name.iri,
        *(speech.order(name.labels[language]) for language in LANGUAGES),
        name.iri,
    )


def _worse(gaps: ClassGaps) -> tuple[float, float, str]:
    """Sort classes by what is required and lacking, then by the share of all that is lacking."""
    required = sum(gap.lacking for gap in gaps.gaps if gap.required)
    share = sum(gap.lacking for gap in gaps.gaps) / (gaps.things * len(gaps.gaps))
    return (-required, -share, gaps.kind.text)


def _demands(triples: Sequence[Triple]) -> dict[NamedNode, dict[NamedNode, bool]]:
    """Give the properties that the shapes of each class name, and whether they ask for a value.

    A property of which a shape allows none is no gap.
    """
    found: dict[NamedNode, dict[NamedNode, bool]] = defaultdict(dict)
    refused = set()
    for root in shapes_room.read(Nodes(triples)).roots:
        kinds = [target.value for target in root.targets if target.kind == "class"]
        for shape in _parts(root) if kinds else ():
            if not isinstance(shape.path, Step) or shape.path.inverse:
                continue
            predicate = shape.path.predicate
            required = any(
                (c.name in _DEMANDS and c.number > 0) or c.name == "HasValue"
                for c in shape.constraints
            )
            none = any(c.name == "MaxCount" and c.number == 0 for c in shape.constraints)
            for kind in kinds:
                if isinstance(kind, NamedNode) and predicate != TYPE:
                    found[kind][predicate] = required or found[kind].get(predicate, False)
                    refused |= {(kind, predicate)} if none else set()
    for kind, predicate in refused:
        del found[kind][predicate]
    return found


def _parts(shape: Shape) -> Iterator[Shape]:
    """Give a shape, and those that a node must conform to with it."""
    if shape.deactivated:
        return
    yield shape
    if shape.path is None:
        for constraint in shape.constraints:
            if constraint.name in ("Property", "Node", "And"):
                for part in constraint.shapes:
                    yield from _parts(part)


def _languages(graph: _Graph) -> Iterator[PropertyLanguages]:
    """Tell of each property with texts in languages how many things of each class have which."""
    texts: dict[NamedNode, dict[str, set[Term]]] = defaultdict(lambda: defaultdict(set))
    # rdf:object repeats the text of another property, in the language that it has there.
    for predicate, thing, tag in graph.rows(
        "SELECT DISTINCT ?predicate ?thing (LCASE(LANG(?text)) AS ?tag) { ?thing ?predicate ?text "
        f'FILTER (LANG(?text) != "" && ?predicate != <{RDF}object>) }}'
    ):
        if isinstance(predicate, NamedNode) and isinstance(tag, Literal) and thing is not None:
            texts[predicate][tag.value.partition("-")[0]].add(thing)
    found = []
    for predicate, tagged in texts.items():
        rows = []
        for kind in graph.classes:
            things = graph.members(kind)
            if any(things & some for some in tagged.values()):
                french, english = things & tagged["fr"], things & tagged["en"]
                counts = map(len, (things, french, english, french & english))
                rows.append(Languages(graph.name(kind), *counts))
        if rows:
            rows.sort(key=lambda row: (-row.single, -row.neither, row.kind.text))
            single = len(graph.things & (tagged["fr"] ^ tagged["en"]))
            found.append(PropertyLanguages(graph.name(predicate), single, tuple(rows)))
    return iter(sorted(found, key=_fewest))


def _fewest(some: PropertyLanguages) -> tuple[int, int, str]:
    """Sort properties by the texts that lack a translation, then by their classes."""
    return (-some.single, -len(some.rows), some.property.text)


def _groups(project: Project, outcome: Outcome) -> Iterator[Group]:
    """Gather the findings of each code, the worst and most frequent first."""
    report = Report(
        outcome.findings, outcome.summary, LANGUAGES[0], project.prefixes, project.root,
        outcome.shapes,
    )  # fmt: skip
    grouped: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in report.sorted:
        grouped[finding.severity, finding.code].append(finding)
    order = sorted(
        grouped.items(), key=lambda item: (SEVERITIES.index(item[0][0]), -len(item[1]), item[0])
    )
    for (severity, code), some in order:
        told = Counter(tuple(_messages(report, finding).items()) for finding in some)
        common = dict(told.most_common(1)[0][0])
        spots = tuple(_spot(report, finding, common) for finding in some[:PLACES])
        yield Group(one_line(code), severity, common, len(some), spots)


def _messages(report: Report, finding: Finding) -> dict[str, str]:
    return {language: one_line(report.message(finding, language)) for language in LANGUAGES}


def _spot(report: Report, finding: Finding, common: dict[str, str]) -> Spot:
    """Place a finding; its message is told where it is not that of its group."""
    place = finding.place
    parts = (report.file(place.path), place.line, place.column) if place else ()
    where = one_line(":".join(str(part) for part in parts if part is not None))
    subject = short(one_line(report.label(finding.subject)), LONGEST)
    told = _messages(report, finding)
    return Spot(where, "" if subject.startswith("_:") else subject, {} if told == common else told)

"""Derived triples: the CONSTRUCT rules and the stated triples in; what follows from them out."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from coopera import files, graphs, places, queries, turtle
from coopera.errors import Place, QueryError
from coopera.findings import Finding
from coopera.project import Project
from coopera.tables import Term
from coopera.terms import COOP, LABEL, TYPE

FILE = "derived.ttl"
PREDICATES = frozenset(
    {LABEL, *(NamedNode(COOP + name) for name in ("party", "currentStatus", "earliest", "latest"))}
)
"""The properties whose triples follow from others (design, 3)."""


def follow(project: Project, stated: Iterable[Triple]) -> set[Triple]:
    """Apply every rule of `ontology/derive` to the stated triples, once.

    Raises QueryError for a rule that is not a CONSTRUCT query.
    """
    from coopera.engines.oxigraph import Oxigraph

    engine = Oxigraph(t for t in stated if t.predicate not in PREDICATES)
    found: set[Triple] = set()
    for rule in project.rules:
        try:
            answer = engine.query(files.text(rule, queries.LARGEST))
        except QueryError as error:
            raise queries.at(rule, error) from error
        if not isinstance(answer, list):
            raise QueryError(
                "the rule is not a CONSTRUCT query.",
                place=Place(rule),
                remedy="write CONSTRUCT { … } WHERE { … }.",
            )
        found.update(answer)
    return found


def generated(project: Project) -> dict[Path, str]:
    """Give the text of each `derived.ttl`: one in each folder that describes a subject."""
    homes: dict[Term, Path] = {}
    stated: list[Triple] = []
    for path in project.graph_files:
        if path.name not in (FILE, "evidence.ttl"):  # both are made, and no rule reads them
            triples = graphs.read(path)
            stated += triples
            for triple in triples:
                if triple.predicate == TYPE:
                    homes.setdefault(triple.subject, path.parent)
    former = (path.parent for path in project.graph_files if path.name == FILE)
    by_folder: dict[Path, list[Triple]] = {folder: [] for folder in former}
    for triple in follow(project, stated):
        by_folder.setdefault(homes.get(triple.subject, project.data), []).append(triple)
    comment = "Made by `coopera evidence` with the rules of ontology/derive; do not edit."
    return {
        folder / FILE: turtle.text(triples, project.prefixes, comment)
        for folder, triples in sorted(by_folder.items())
    }


def check(project: Project, by_file: Mapping[Path, Sequence[Triple]]) -> list[Finding]:
    """Compare the derived triples of the files with what the rules give.

    COOP851: a triple that no rule gives; COOP852: one that a rule gives and no file holds.
    """
    everything = [triple for triples in by_file.values() for triple in triples]
    expected = follow(project, everything)
    # The labels of classes and properties are by hand.
    homes = {path: some for path, some in by_file.items() if path.parent != project.ontology}
    held = {t for triples in homes.values() for t in triples if t.predicate in PREDICATES}
    wrong = {t: (t.subject, t.predicate, t.object) for t in held - expected}
    missing = {t: (t.subject, None, None) for t in expected - held}
    spots = places.find(homes, wrong.values()) | places.find(by_file, missing.values())
    findings = []
    for triple, stated in wrong.items():
        written = _text(project, triple)
        findings.append(
            Finding(
                "COOP851",
                "error",
                {
                    "en": f"no rule gives this derived triple: {written}; run coopera evidence.",
                    "fr": f"aucune règle ne donne ce triplet dérivé : {written} ; "
                    "lancez coopera evidence.",
                },
                spots[stated].place,
                project.prefixes.text(triple.subject),
            )
        )
    for triple, subject in missing.items():
        written = _text(project, triple)
        findings.append(
            Finding(
                "COOP852",
                "error",
                {
                    "en": f"a derived triple is missing: {written}; run coopera evidence.",
                    "fr": f"il manque un triplet dérivé : {written} ; lancez coopera evidence.",
                },
                spots[subject].place if subject in spots else None,
                project.prefixes.text(triple.subject),
            )
        )
    return findings


def _text(project: Project, triple: Triple) -> str:
    terms = (triple.subject, triple.predicate, triple.object)
    return " ".join(project.prefixes.text(term) for term in terms)

"""Coverage: rows and the triples of files in; what lacks evidence, or has too much, out."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from coopera import derived, places
from coopera.errors import Place
from coopera.evidence.claims import treatments
from coopera.evidence.rows import Assertion
from coopera.findings import Finding
from coopera.project import Project
from coopera.tables import Term
from coopera.terms import COOP, DCTERMS, FOAF, ORG, RDF, SCHEMA, SKOS, TYPE

LONGEST = 15
"""Words in a quotation, at most."""

STRUCTURE = frozenset(
    NamedNode(iri)
    for iri in (
        RDF + "type",
        *(SKOS + name for name in ("inScheme", "topConceptOf", "hasTopConcept", "notation")),
    )
)
KEYS: dict[NamedNode, tuple[NamedNode, ...]] = {
    NamedNode(COOP + "StatusRecord"): (NamedNode(COOP + "statusValue"),),
    NamedNode(COOP + "Participation"): (NamedNode(COOP + "participant"),),
    NamedNode(ORG + "Membership"): (NamedNode(ORG + "organization"),),
    NamedNode(SCHEMA + "Observation"): (
        NamedNode(SCHEMA + "value"),
        NamedNode(SCHEMA + "minValue"),
        NamedNode(SCHEMA + "maxValue"),
    ),
}
"""Classes of carriers, and the property whose evidence covers the whole node (design, 3)."""
CREATOR = NamedNode(DCTERMS + "creator")
DOCUMENT = NamedNode(FOAF + "Document")
ABOUT = (DOCUMENT, NamedNode(ORG + "Organization"))
"""Classes of the things that `sources.ttl` may describe without evidence: it is about that."""


def check(
    project: Project,
    by_file: Mapping[Path, Sequence[Triple]],
    rows: Mapping[Path, Sequence[Assertion]],
) -> list[Finding]:
    """Check rows against the triples of the files, and the files against the rows."""
    findings = []
    every = [row for some in rows.values() for row in some]
    present = {triple for triples in by_file.values() for triple in triples}
    seen: dict[str, Assertion] = {}
    for row in every:
        findings += _check_row(project, row, present, seen)
    for folder, some in rows.items():
        findings += _check_claims(project, folder, some)
    return findings + _check_coverage(project, by_file, every)


def _check_row(
    project: Project, row: Assertion, present: set[Triple], seen: dict[str, Assertion]
) -> list[Finding]:
    found = []
    subject = project.prefixes.text(row.triple.subject)
    written = " ".join(project.prefixes.text(t) for t in (row.triple.predicate, row.triple.object))

    def say(code: str, en: str, fr: str) -> None:
        found.append(Finding(code, "error", {"en": en, "fr": fr}, row.place, subject))

    twin = seen.setdefault(row.key, row)
    if twin is not row:
        say("COOP551", f"the row stands twice: {twin.place}.", f"doublon de {twin.place}.")
    stated = row.triple in present
    if row.standing == "accepted" and not stated:
        say(
            "COOP552",
            f"accepted, but no data file holds {written}; write it into one, or delete the row.",
            f"retenue, mais aucun fichier ne contient {written} ; écrivez-le, ou ôtez la ligne.",
        )
    if row.standing != "accepted" and stated:
        say(
            "COOP553",
            f"{row.standing}, but a data file holds {written}; delete it there, or accept the row.",
            f"non retenue, mais un fichier contient {written} ; ôtez-le du fichier, "
            "ou retenez la ligne.",
        )
    if len(row.quote.split()) > LONGEST:
        say(
            "COOP554",
            f"the quote has {len(row.quote.split())} words; at most {LONGEST} are quoted.",
            f"la citation a {len(row.quote.split())} mots, {LONGEST} au plus sont admis.",
        )
    value = row.triple.object
    tagged = isinstance(value, Literal) and value.language is not None
    held = isinstance(value, Literal) and value.value.casefold() in row.quote.casefold()
    if row.mode == "verbatim" and tagged and not held:
        say(
            "COOP555",
            "the wording is called verbatim, but the quote does not hold it.",
            "le libellé est dit lu mot pour mot, mais la citation ne le contient pas.",
        )
    if Triple(row.source, TYPE, DOCUMENT) not in present:
        say(
            "COOP556",
            f"no foaf:Document describes the source {project.prefixes.text(row.source)}.",
            f"aucun foaf:Document ne décrit la source {project.prefixes.text(row.source)}.",
        )
    return found


def _check_claims(project: Project, folder: Path, rows: Sequence[Assertion]) -> list[Finding]:
    apart = treatments(folder)
    treated = {row.claim for row in rows if row.claim} | apart.keys()
    numbers = {int(c[1:]) for c in treated if re.fullmatch(r"C[1-9][0-9]{0,3}", c)}
    place = Place(folder / "evidence.csv")
    found = [
        Finding(
            "COOP557",
            "error",
            {"en": f"claim C{n} is not treated.", "fr": f"l'affirmation C{n} n'est pas traitée."},
            place,
        )
        for n in range(1, max(numbers, default=0) + 1)
        if n not in numbers
    ]
    for claim, (treatment, _, _) in apart.items():
        noted = any(row.claim == claim for row in rows)
        if noted != (treatment == "note"):
            found.append(
                Finding(
                    "COOP558",
                    "error",
                    {
                        "en": f"claim {claim} is called {treatment}, but evidence.csv "
                        f"{'has' if noted else 'lacks'} a row for it.",
                        "fr": f"l'affirmation {claim} est classée {treatment}, mais evidence.csv "
                        f"{'a une' if noted else 'ne contient pas de'} ligne pour elle.",
                    },
                    Place(folder / "claims.csv"),
                )
            )
    return found


def _check_coverage(
    project: Project, by_file: Mapping[Path, Sequence[Triple]], rows: Sequence[Assertion]
) -> list[Finding]:
    """Demand that each triple of the data meets exactly one of the five classes (design, 3)."""
    accepted: dict[Triple, set[str]] = {}
    for row in rows:
        if row.standing == "accepted":
            accepted.setdefault(row.triple, set()).add(row.mode)
    carriers: dict[Term, NamedNode] = {}
    keyed: set[Term] = set()
    for triples in by_file.values():
        for triple in triples:
            if triple.predicate == TYPE and triple.object in KEYS:
                assert isinstance(triple.object, NamedNode)  # noqa: S101 - keys are IRIs
                carriers[triple.subject] = triple.object
    for triple in accepted:
        kind = carriers.get(triple.subject)
        if kind is not None and triple.predicate in KEYS[kind]:
            keyed.add(triple.subject)
    found = []
    made = {folder / "evidence.ttl" for folder in project.data_sets}
    unchecked = {project.data / "catalog.ttl", *made}
    for path, triples in by_file.items():
        if project.data not in path.parents or path in unchecked:
            continue
        about = {
            triple.subject
            for triple in triples
            if path.name == "sources.ttl" and triple.predicate == TYPE and triple.object in ABOUT
        }
        whole = Triple(
            _named(project, path),
            CREATOR,
            NamedNode(f"{project.thing_base}organization/coopera"),
        )
        worded = bool(accepted.get(whole, set()) & {"editorial", "translated"})
        wrong = {}
        for triple in (one for one in triples if one.subject not in about):
            classes = _classes(triple, accepted.get(triple, set()), carriers, keyed, worded)
            if len(classes) != 1:
                wrong[triple] = classes
        if wrong:
            stated = {t: (t.subject, t.predicate, t.object) for t in wrong}
            spots = places.find({path: triples}, set(stated.values()))
            found += [
                _uncovered(project, spots[stated[triple]].place, triple, classes)
                for triple, classes in wrong.items()
            ]
    return found


def _classes(
    triple: Triple,
    modes: set[str],
    carriers: Mapping[Term, NamedNode],
    keyed: set[Term],
    worded: bool,
) -> list[str]:
    """Name the classes of evidence that a triple meets."""
    classes = []
    kind = carriers.get(triple.subject)
    tagged = isinstance(triple.object, Literal) and triple.object.language is not None
    if triple.predicate in STRUCTURE:
        classes.append("structure")
    elif triple.predicate in derived.PREDICATES:
        classes.append("derived")
    elif tagged:
        if worded or "verbatim" in modes:
            classes.append("wording")
        elif modes:
            classes.append("rest")
        return classes
    elif (triple.subject in keyed and kind and triple.predicate not in KEYS[kind]) or (
        triple.object in keyed
    ):
        classes.append("carried")
    if modes:
        classes.append("rest")
    return classes


def _uncovered(project: Project, place: Place, triple: Triple, classes: Sequence[str]) -> Finding:
    written = " ".join(project.prefixes.text(t) for t in (triple.predicate, triple.object))
    if classes:
        code = "COOP560"
        message = {
            "en": f"the triple is {' and '.join(classes)} at once, "
            f"so its row is too much: {written}",
            "fr": f"le triplet relève de deux classes ({' et '.join(classes)}), "
            f"sa ligne est de trop : {written}",
        }
    else:
        code = "COOP559"
        message = {
            "en": f"no evidence for {written}; add a row to evidence.csv (for a wording of ours, "
            "one editorial row for the file).",
            "fr": f"sans preuve : {written} ; ajoutez une ligne à evidence.csv (pour un libellé "
            "de notre main, une ligne editorial pour le fichier).",
        }
    return Finding(code, "error", message, place, project.prefixes.text(triple.subject))


def _named(project: Project, path: Path) -> NamedNode:
    """Give the IRI of a file of the data; what no IRI holds stands in hexadecimal (RFC 3986)."""
    relative = path.relative_to(project.data).as_posix()
    held = re.sub(r'[\x00-\x20"%<>?#\\^`{|}\x7f]', lambda m: f"%{ord(m[0]):02X}", relative)
    return NamedNode(f"{project.base}data/{held}")

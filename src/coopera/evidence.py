"""Evidence: `evidence.csv` in; `evidence.ttl`, `claims.md` and findings out."""

import csv
import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from coopera import derived, files, graphs, turtle
from coopera.errors import DataError, Place
from coopera.findings import Finding
from coopera.project import Project
from coopera.tables import Term
from coopera.terms import COOP, DCTERMS, FOAF, OA, ORG, PROV, RDF, SCHEMA, SKOS, TYPE, XSD, Prefixes

COLUMNS = (
    "claim",
    "subject",
    "predicate",
    "object",
    "source",
    "start",
    "quote",
    "mode",
    "standing",
)
STANDINGS = ("accepted", "disputed", "superseded")
MODES = ("verbatim", "paraphrase", "inferred", "translated", "recorded", "reported", "editorial")
FIELD = re.compile(r"[^#]+#(/[^/]*)*")
"""How `start` names a field of a register: `<record id>#<JSON Pointer>` (RFC 6901)."""
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
VOCABULARY = COOP.removesuffix("ontology#")
"""The IRI under which our concepts stand, whatever the base of a project."""
CREATOR = NamedNode(DCTERMS + "creator")
DOCUMENT = NamedNode(FOAF + "Document")
ABOUT = (DOCUMENT, NamedNode(ORG + "Organization"))
"""Classes of the things that `sources.ttl` may describe without evidence: it is about that."""


@dataclass(frozen=True)
class Assertion:
    """One row of `evidence.csv`: a triple, where it is said, how it was read, where it stands."""

    claim: str
    triple: Triple
    source: NamedNode
    start: str
    """Offset of the quote in code points of the NFC text, or `<record>#<JSON Pointer>`."""
    quote: str
    mode: str
    standing: str
    place: Place

    @property
    def key(self) -> str:
        """Give the hash in its IRI: of subject, predicate, object, source and start."""
        return _hash(str(self.triple), str(self.source), self.start)

    @property
    def excerpt(self) -> str:
        """Give the hash in the IRI of the passage that it rests on."""
        return _hash(str(self.source), self.start, self.quote)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def read(path: Path, prefixes: Prefixes) -> list[Assertion]:
    """Read one `evidence.csv`. Raises DataError, with its line, for a row that cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # as Excel saves CSV
            rows = csv.DictReader(file, strict=True)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise DataError(
                    f"the columns are {', '.join(rows.fieldnames or ['none'])}.",
                    place=Place(path, 1),
                    remedy=f"write the header {','.join(COLUMNS)}.",
                )
            return [_assertion(row, Place(path, rows.line_num), prefixes) for row in rows]
    except (UnicodeDecodeError, OSError, csv.Error) as error:
        raise DataError(f"the file is not CSV in UTF-8: {error}.", place=Place(path)) from error


def _assertion(row: Mapping[str, str | None], place: Place, prefixes: Prefixes) -> Assertion:
    cells = {name: row[name] for name in COLUMNS}
    if None in row or None in cells.values():
        raise DataError(
            "the row has not nine cells.", place=place, remedy='quote cells that hold commas: "…".'
        )
    texts = {name: unicodedata.normalize("NFC", str(cell)) for name, cell in cells.items()}
    try:
        triple = Triple(
            prefixes.iri(texts["subject"]),
            prefixes.iri(texts["predicate"]),
            prefixes.term(texts["object"]),
        )
        source = prefixes.iri(texts["source"])
    except ValueError as error:
        raise DataError(
            f"{error}.", place=place, remedy="write terms as in Turtle, with declared prefixes."
        ) from error
    mode, standing, start, quote = (texts[n] for n in ("mode", "standing", "start", "quote"))
    problem = _misfit(mode, standing, start, quote)
    if problem:
        raise DataError(problem[0], place=place, remedy=problem[1])
    return Assertion(texts["claim"], triple, source, start, quote, mode, standing, place)


def _misfit(mode: str, standing: str, start: str, quote: str) -> tuple[str, str] | None:
    if mode not in MODES:
        return f"'{mode}' is no mode.", f"write one of {', '.join(MODES)}."
    if standing not in STANDINGS:
        return f"'{standing}' is no standing.", f"write one of {', '.join(STANDINGS)}."
    field = FIELD.fullmatch(start) is not None
    quoting = mode in ("verbatim", "paraphrase") or (mode == "inferred" and not field)
    if quoting and not quote:
        return (
            f"a {mode} reading needs the quote it rests on.",
            "quote the phrase, or say reported.",
        )
    if mode in ("recorded", "reported", "editorial") and quote:
        return f"a {mode} statement has no quote.", "leave the cell empty."
    if quote and not re.fullmatch(r"[0-9]{1,9}", start):
        problem = f"'{start}' is no offset" if start else "the quote has no offset"
        return f"{problem}.", "write the offset of its first character as start, from 0."
    if mode == "recorded" and not field:
        return "a recorded statement needs its record.", "write <record>#<JSON Pointer> as start."
    if mode in ("reported", "editorial") and start:
        return f"a {mode} statement has no start.", "leave the cell empty."
    return None


def assertions(project: Project) -> dict[Path, list[Assertion]]:
    """Read every `evidence.csv`, by data set. Raises DataError as `read` does."""
    return {f: read(f / "evidence.csv", project.prefixes) for f in project.data_sets}


def triples(project: Project, rows: Iterable[Assertion]) -> set[Triple]:
    """Give rows as plain RDF 1.1 reification, each with the passage that it rests on."""

    def iri(kind: str, name: str) -> NamedNode:
        return NamedNode(f"{project.thing_base}{kind}/{name}")

    def concept(scheme: str, name: str) -> NamedNode:
        return NamedNode(f"{VOCABULARY}concept/{scheme}/{name}")

    found: set[Triple] = set()
    for row in rows:
        node, excerpt = iri("assertion", row.key), iri("excerpt", row.excerpt)
        facts: list[tuple[NamedNode, str, Term]] = [
            (node, RDF + "type", NamedNode(COOP + "Assertion")),
            (node, RDF + "type", NamedNode(RDF + "Statement")),
            (node, RDF + "subject", row.triple.subject),
            (node, RDF + "predicate", row.triple.predicate),
            (node, RDF + "object", row.triple.object),
            (node, COOP + "supportedBy", excerpt),
            (node, COOP + "readingMode", concept("reading-mode", row.mode)),
            (node, COOP + "standing", concept("standing", row.standing)),
            (excerpt, RDF + "type", NamedNode(COOP + "Excerpt")),
            (excerpt, OA + "hasSource", row.source),
        ]
        if row.claim:
            facts.append((node, DCTERMS + "identifier", Literal(row.claim)))
        if row.quote:
            quote, position = (iri("excerpt", f"{row.excerpt}-{p}") for p in ("quote", "position"))
            start = int(row.start)
            facts += [
                (excerpt, PROV + "wasQuotedFrom", row.source),
                (excerpt, OA + "hasSelector", quote),
                (excerpt, OA + "hasSelector", position),
                (quote, RDF + "type", NamedNode(OA + "TextQuoteSelector")),
                (quote, OA + "exact", Literal(row.quote)),
                (position, RDF + "type", NamedNode(OA + "TextPositionSelector")),
                (position, OA + "start", _integer(start)),
                (position, OA + "end", _integer(start + len(row.quote))),
            ]
        elif row.start:
            field = iri("excerpt", f"{row.excerpt}-field")
            record, _, pointer = row.start.partition("#")
            facts += [
                (excerpt, DCTERMS + "identifier", Literal(record)),
                (excerpt, OA + "hasSelector", field),
                (field, RDF + "type", NamedNode(OA + "FragmentSelector")),
                (
                    field,
                    DCTERMS + "conformsTo",
                    NamedNode("https://www.rfc-editor.org/rfc/rfc6901"),
                ),
                (field, RDF + "value", Literal(pointer)),
            ]
        found.update(Triple(s, NamedNode(p), o) for s, p, o in facts)
    return found


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(XSD + "nonNegativeInteger"))


def generated(project: Project) -> dict[Path, str]:
    """Give the text of each generated file: `evidence.ttl` and `claims.md` of each data set."""
    comment = "Made by `coopera evidence` from evidence.csv; do not edit."
    made = {}
    for folder, rows in assertions(project).items():
        made[folder / "evidence.ttl"] = turtle.text(
            triples(project, rows), project.prefixes, comment
        )
        if (folder / "claims.csv").is_file():
            made[folder / "claims.md"] = claims(project, folder, rows)
    return made


TREATMENTS = ("note", "left-out", "withheld")


def treatments(folder: Path) -> dict[str, tuple[str, str, str]]:
    """Read `claims.csv`: claims that are no facts -> treatment, and why in French and English.

    Raises DataError, with its line, for a row that cannot be read.
    """
    path = folder / "claims.csv"
    if not path.is_file():
        return {}
    found = {}
    with io.StringIO(files.text(path), newline="") as file:
        rows = csv.reader(file)
        header = ["claim", "treatment", "reason_fr", "reason_en"]
        if next(rows, None) != header:
            raise DataError(
                "the header is wrong.", place=Place(path, 1), remedy=f"write {','.join(header)}."
            )
        for row in rows:
            if len(row) != len(header) or row[1] not in TREATMENTS:
                raise DataError(
                    "the row is not claim, treatment, reason_fr, reason_en.",
                    place=Place(path, rows.line_num),
                    remedy=f"the treatment is one of {', '.join(TREATMENTS)}.",
                )
            found[row[0]] = (row[1], row[2], row[3])
    return found


def claims(project: Project, folder: Path, rows: Sequence[Assertion]) -> str:
    """Write the table of claims: what became of each, and the triples that hold it."""
    apart = treatments(folder)
    by_claim: dict[str, list[Assertion]] = {}
    for row in rows:
        if row.claim:
            by_claim.setdefault(row.claim, []).append(row)
    numbers = sorted(by_claim.keys() | apart.keys(), key=lambda c: (len(c), c))
    lines = []
    for claim in numbers:
        said = by_claim.get(claim, [])
        treatment, _, reason = apart.get(claim, ("encoded", "", ""))
        how = ", ".join(sorted({f"{row.mode}, {row.standing}" for row in said}))
        what = "<br>".join(f"`{_cell(project, row)}`" for row in said)
        lines.append(f"| {claim} | {treatment} | {how} | {' '.join([reason, what]).strip()} |\n")
    kinds = Counter(apart.get(claim, ("encoded",))[0] for claim in numbers)
    counts = ", ".join(f"{kinds[kind]} {kind}" for kind in ("encoded", *TREATMENTS) if kinds[kind])
    return (
        f"<!-- Made by `coopera evidence` from evidence.csv and claims.csv; do not edit. -->\n\n"
        f"# Claims of {folder.name}\n\n{len(numbers)} claims: {counts}.\n\n"
        "| Claim | Treatment | Reading, standing | Triples, or the reason |\n"
        "| --- | --- | --- | --- |\n" + "".join(lines)
    )


def _cell(project: Project, row: Assertion) -> str:
    terms = (row.triple.subject, row.triple.predicate, row.triple.object)
    return " ".join(project.prefixes.text(term) for term in terms).replace("|", "\\|")


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
            f"retenue, mais aucun fichier n'a {written} ; écrivez-le, ou ôtez la ligne.",
        )
    if row.standing != "accepted" and stated:
        say(
            "COOP553",
            f"{row.standing}, but a data file holds {written}; delete it there, or accept the row.",
            f"non retenue, mais un fichier a {written} ; ôtez-l'y, ou retenez la ligne.",
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
            "le libellé est dit textuel, mais la citation ne le contient pas.",
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
                        "fr": f"l'affirmation {claim} est dite {treatment}, mais evidence.csv "
                        f"{'a' if noted else 'n’a pas'} de ligne pour elle.",
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
        relative = path.relative_to(project.data).as_posix()
        whole = Triple(
            NamedNode(f"{project.base}data/{relative}"),
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
            # In order, since each reading names blank nodes anew.
            lines = dict(zip(triples, (line for _, line in graphs.lines(path)), strict=False))
            found += [
                _uncovered(project, Place(path, lines.get(triple)), triple, classes)
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
        code, names = "COOP560", " and ".join(classes)
        message = {
            "en": f"the triple is {names} at once, so its row is too much: {written}",
            "fr": f"le triplet relève de deux classes ({names}), sa ligne est de trop : {written}",
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


def digests(present: Iterable[Triple]) -> dict[str, NamedNode]:
    """Give the documents whose text is at hand: SHA-256 -> document."""
    sha256 = NamedNode(SCHEMA + "sha256")
    return {
        t.object.value: t.subject
        for t in present
        if t.predicate == sha256
        and isinstance(t.object, Literal)
        and isinstance(t.subject, NamedNode)
    }


def verify(
    project: Project,
    path: Path,
    present: Iterable[Triple],
    rows: Mapping[Path, Sequence[Assertion]],
) -> tuple[list[Finding], str]:
    """Verify the quotes of one source against its text: digest, offsets, and how much is quoted.

    Gives the findings and a line that tells what was verified. Raises DataError where the file
    is no source that the data knows.
    """
    raw = path.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    known = digests(present)
    if digest not in known:
        raise DataError(
            f"no source has the digest of this text, {digest}.",
            place=Place(path),
            remedy="give the very file that was read ("
            + "; ".join(f"{project.prefixes.text(d)} is {h[:12]}…" for h, d in known.items())
            + "), or write that schema:sha256 for a new document.",
        )
    source = known[digest]
    text = unicodedata.normalize("NFC", files.text(path))
    quoted = [r for some in rows.values() for r in some if r.source == source and r.quote]
    found = []
    covered: set[int] = set()
    for row in quoted:
        start = int(row.start)
        covered.update(range(start, start + len(row.quote)))
        if text[start : start + len(row.quote)] != row.quote:
            places = [m.start() for m in re.finditer(re.escape(row.quote), text)]
            at_en = f"it stands at {', '.join(map(str, places))}" if places else "it stands nowhere"
            at_fr = f"elle est en {', '.join(map(str, places))}" if places else "elle n'y est pas"
            found.append(
                Finding(
                    "COOP561",
                    "error",
                    {
                        "en": f"the quote does not stand at {start}; {at_en}: « {row.quote} ».",
                        "fr": f"la citation n'est pas en {start} ; {at_fr} : « {row.quote} ».",
                    },
                    row.place,
                    project.prefixes.text(row.triple.subject),
                )
            )
    share = len(covered) / max(1, len(text))
    if share >= 0.5:
        found.append(
            Finding(
                "COOP562",
                "error",
                {
                    "en": f"{share:.0%} of the source is quoted; less than half may be.",
                    "fr": f"{share:.0%} de la source est cité ; il en faut moins de la moitié.",
                },
                Place(path),
                project.prefixes.text(source),
            )
        )
    told = f"{project.prefixes.text(source)}: {len(quoted)} quotes, {share:.1%} of the text"
    return found, told

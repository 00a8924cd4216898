"""Data sets: what the catalogue says in; the page that offers the data, to cite and take, out."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from coopera.pages import lists, speech, things
from coopera.pages.reader import Reader
from coopera.pages.views import Page, Shown
from coopera.pages.words import DCAT
from coopera.terms import COOP, DCTERMS

WHERE = "dataset"
DATASET = DCAT + "Dataset"
NOTES = "http://www.w3.org/ns/adms#versionNotes"

FORMATS = {
    ".ttl": "Turtle",
    ".nt": "N-Triples",
    ".nq": "N-Quads",
    ".jsonld": "JSON-LD",
    ".trig": "TriG",
    ".rdf": "RDF/XML",
    ".csv": "CSV",
    ".xlsx": "Excel",
    ".parquet": "Parquet",
    ".zip": "ZIP",
}
"""What the endings of dumps stand for, in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class Part:
    """One data set of the whole."""

    shown: Shown
    described: Shown | None
    version: str


Measure = Callable[[str], tuple[int, str] | None]


def page(
    reader: Reader,
    where: str,
    dumps: Sequence[str],
    measure: Measure,
    addresses: Container[str],
) -> Page:
    """Make the page of the data: what they are, how to take and to cite them."""
    main = whole(reader)
    described = _text(reader, main, DCTERMS + "description") if main else None
    whole_files = sorted((name for name in dumps if "/" not in name), key=_place)
    links = (("ontology", "ontology"), ("rules", "rules"), ("quality", "quality"))
    context: dict[str, object] = {
        "lead": described or Shown(reader.word("dataset_lead")),
        "figures": figures(reader),
        "files": tuple(_file(reader, name, measure(name)) for name in whole_files),
        "tables": tuple(name for name in sorted(dumps) if "/" in name),
        "versions": _version(reader, main) if main else (),
        "rights": _text(reader, _first(reader, main, "rights"), DCTERMS + "description")
        if main
        else None,
        "parts": tuple(_part(reader, iri) for iri in _parts(reader, main)) if main else (),
        "links": tuple((reader.word(word), at) for word, at in links if at in addresses),
        "whole": reader.iri(main) if main else None,
    }
    title = reader.word("dataset")
    lead = described.text if described else reader.word("dataset_lead")
    return Page(where, Shown(title), lead, "dataset.html", (), context)


def whole(reader: Reader) -> str | None:
    """Choose the data set that holds the others: that of the most distributions and parts."""
    index = reader.index

    def size(iri: str) -> tuple[int, int, str]:
        held = len(index.iris(iri, DCTERMS + "hasPart"))
        return held, len(index.iris(iri, DCAT + "distribution")), iri

    return max(index.instances.get(DATASET, ()), key=size, default=None)


def figures(reader: Reader) -> tuple[tuple[str, str], ...]:
    """Count what the graph holds: number and noun."""
    index = reader.index
    triples = sum(index.uses.values())
    found = (
        ("triple_count", triples),
        ("agreements", len(lists.members(reader, things.AGREEMENT))),
        ("institutions", len(lists.members(reader, COOP + "Institution"))),
        ("commitments", len(lists.members(reader, things.COMMITMENT))),
        ("assertions", len(index.by_iri)),
        ("sources", len(lists.members(reader, things.DOCUMENT))),
    )
    nouns = []
    for word, number in found:
        one, many = (reader.word(f"{word}_one"), reader.word(f"{word}_many"))
        said = speech.count(number, one, many, reader.language)
        figure = speech.number(str(number), reader.language)
        nouns.append((figure, said.removeprefix(figure).strip()))
    return tuple(nouns)


@dataclass(frozen=True, slots=True)
class File:
    """A dump: its name, what it is, and what is known of its content."""

    name: str
    format: str
    size: str = ""
    sha256: str = ""


def _file(reader: Reader, name: str, measured: tuple[int, str] | None) -> File:
    size, digest = measured or (0, "")
    return File(name, _format(name), said_size(size, reader.language) if measured else "", digest)


def said_size(size: int, language: str) -> str:
    """Say a size in decimal units, with two or three figures."""
    units = ("o", "ko", "Mo", "Go", "To") if language == "fr" else ("B", "kB", "MB", "GB", "TB")
    value, at = float(size), 0
    while value >= 999.5 and at < len(units) - 1:
        value, at = value / 1000, at + 1
    figures = f"{value:.1f}" if at and value < 9.95 else f"{value:.0f}"
    return f"{speech.number(figures, language)}{speech.NBSP}{units[at]}"


def _format(name: str) -> str:
    ending = name[name.rfind(".") :]
    return FORMATS.get(ending, ending.removeprefix(".").upper())


def _place(name: str) -> tuple[int, str]:
    endings = list(FORMATS)
    ending = name[name.rfind(".") :]
    return (endings.index(ending) if ending in endings else len(endings)), name


def _first(reader: Reader, iri: str | None, name: str) -> str | None:
    found = reader.index.iris(iri, DCTERMS + name) if iri else []
    return found[0] if found else None


def _text(reader: Reader, iri: str | None, predicate: str) -> Shown | None:
    found = reader.best(reader.index.values(iri, predicate)) if iri else None
    return Shown(*found) if found else None


def _version(reader: Reader, iri: str) -> tuple[tuple[str, tuple[Shown, ...]], ...]:
    """Give the version, its dates and what was changed."""
    index = reader.index
    rows = (
        ("version", index.values(iri, DCAT + "version")),
        ("issued", index.values(iri, DCTERMS + "issued")),
        ("modified", index.values(iri, DCTERMS + "modified")),
        ("licence", index.values(iri, DCTERMS + "license")),
        ("publisher", index.values(iri, DCTERMS + "publisher")),
    )
    made = [
        (speech.capital(reader.word(word)), tuple(map(reader.term, some)))
        for word, some in rows
        if some
    ]
    if notes := _text(reader, iri, NOTES):
        made.insert(1, (reader.word("changes"), (notes,)))
    return tuple(made)


def _parts(reader: Reader, main: str) -> list[str]:
    found = reader.index.iris(main, DCTERMS + "hasPart")
    return sorted(found, key=lambda iri: reader.order(NamedNode(iri)))


def _part(reader: Reader, iri: str) -> Part:
    version = reader.index.first(iri, DCAT + "version")
    return Part(
        reader.iri(iri),
        _text(reader, iri, DCTERMS + "description"),
        reader.term(version).text if version else "",
    )

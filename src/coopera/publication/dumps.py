"""Dumps: a graph in; the whole of it as files to take away, the same bytes each time, out."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.util import find_spec
from typing import Any

from pyoxigraph import Literal, NamedNode

from coopera import turtle
from coopera.pages import Pages
from coopera.publication import sheets
from coopera.publication.graph import Graph
from coopera.publication.records import Shelf
from coopera.publication.types import type_of
from coopera.publication.whole import DUMPS, Whole
from coopera.terms import LANGUAGES

SUMS, NOTES, CSV = "SHA256SUMS", "README.md", "csv/"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_EU = "http://publications.europa.eu/resource/authority/file-type/"

Make = Callable[[], bytes]


@dataclass(frozen=True)
class Form:
    """A form in which the whole graph can be had: its name in each language, and a sentence."""

    en: str
    fr: str
    means_en: str
    means_fr: str
    file_type: str
    """The code in the EU's list of file types."""

    def name(self, language: str) -> str:
        """Give its name."""
        return self.fr if language == "fr" else self.en

    def means(self, language: str) -> str:
        """Say what it is."""
        return self.means_fr if language == "fr" else self.means_en


def _rdf(name: str, code: str, more_en: str = "", more_fr: str = "") -> Form:
    return Form(
        name, name,
        f"The whole graph in one {name} file, made by the build{more_en}.",
        f"Le graphe entier en un fichier {name}, produit par la construction du site{more_fr}.",
        code,
    )  # fmt: skip


FORMS: dict[str, Form] = {
    "coopera.ttl": _rdf("Turtle", "RDF_TURTLE"),
    "coopera.nt": _rdf("N-Triples", "RDF_N_TRIPLES"),
    "coopera.nq": _rdf(
        "N-Quads", "RDF_N_QUADS",
        ", in canonical form: its SHA-256 is the RDFC-1.0 hash of the data set",
        ", sous forme canonique : son SHA-256 est l'empreinte RDFC-1.0 du jeu de données",
    ),
    "coopera.jsonld": _rdf("JSON-LD", "JSON_LD"),
    "coopera.trig": _rdf("TriG", "RDF_TRIG"),
    "coopera-csv.zip": Form(
        "CSV", "CSV",
        "An archive of CSV: a table for each main class, and a description of the columns.",
        "Une archive de CSV : une table par classe principale, et la description des colonnes.",
        "CSV",
    ),
    "coopera-en.xlsx": Form(
        "Excel, in English", "Excel, en anglais",
        "A workbook with one sheet for each main class, in English.",
        "Un classeur d'une feuille par classe principale, en anglais.",
        "XLSX",
    ),
    "coopera-fr.xlsx": Form(
        "Excel, in French", "Excel, en français",
        "A workbook with one sheet for each main class, in French.",
        "Un classeur d'une feuille par classe principale, en français.",
        "XLSX",
    ),
    "coopera.parquet": Form(
        "Parquet", "Parquet",
        "The whole graph as one table of triples in Parquet.",
        "Le graphe entier en une table de triplets au format Parquet.",
        "PARQUET",
    ),
}  # fmt: skip
"""The forms of the whole graph, by the name of their file. Parquet only where pyarrow is there."""
RDF_FORMS = ("coopera.ttl", "coopera.nt", "coopera.nq", "coopera.jsonld", "coopera.trig")
CANONICAL = "coopera.nq"


@dataclass(frozen=True)
class Digest:
    """What is known of a file without its content."""

    size: int
    sha256: str


def digest(content: bytes) -> Digest:
    """Measure a content."""
    return Digest(len(content), hashlib.sha256(content).hexdigest())


class Dumps:
    """The folder of the dumps. Contents are kept until they are forgotten, digests always."""

    def __init__(self, graph: Graph, pages: Pages) -> None:
        """Take a graph, and the pages whose words it shares."""
        self.graph, self.whole = graph, Whole(graph)
        self._shelf = Shelf(graph.index, pages.readers, graph.project.base)
        self._kept: dict[str, bytes] = {}
        self._digests: dict[str, Digest] = {}

    @cached_property
    def forms(self) -> dict[str, Form]:
        """Give the forms that can be made here."""
        has_arrow = find_spec("pyarrow") is not None
        return {n: form for n, form in FORMS.items() if has_arrow or not n.endswith(".parquet")}

    @cached_property
    def table(self) -> dict[str, Make]:
        """Give each file, below the folder, and how its content is made."""
        made: dict[str, Make] = {name: partial(_WRITERS[name], self) for name in self.forms}
        for records in self._shelf.tables:
            name = f"{CSV}{records.name}.csv"
            made[name] = partial(sheets.comma_separated, self._shelf, records)
        title, licence = self.whole.title, self.whole.licence
        made[f"{CSV}csv-metadata.json"] = partial(sheets.described, self._shelf, title, licence)
        return made

    def content(self, name: str) -> bytes:
        """Give a file. Raises KeyError for one that is not there."""
        if name not in self._kept:
            content = self.table[name]()
            self._digests[name] = digest(content)
            self._kept[name] = content
        return self._kept[name]

    def forget(self, name: str) -> None:
        """Let a content go, which may be large; its digest stays."""
        self._kept.pop(name, None)

    def digest(self, name: str) -> Digest:
        """Give the size and the sum of a file."""
        if name not in self._digests:
            self.content(name)
        return self._digests[name]

    def measured(self, names: Iterable[str]) -> dict[str, Digest]:
        """Give what is known of those dumps among some files of the site that were made."""
        found = (name.removeprefix(DUMPS) for name in names if name.startswith(DUMPS))
        return {name: self._digests[name] for name in found if name in self._digests}

    def learn(self, measured: Mapping[str, Digest]) -> None:
        """Take what another process has measured."""
        self._digests.update(measured)

    @property
    def batches(self) -> list[tuple[str, ...]]:
        """Give the dumps that share their making, those that take longest first."""
        comma = tuple(name for name in self.table if name.startswith(CSV))
        alike = [
            tuple(n for n in self.forms if n.startswith("coopera-") and n.endswith(ending))
            for ending in ("en.xlsx", "fr.xlsx")
        ]
        alike += [("coopera.ttl", "coopera.trig"), ("coopera.nt", "coopera.nq"),
                  (*comma, "coopera-csv.zip")]  # fmt: skip
        taken = {name for some in alike for name in some}
        return [*alike, *((name,) for name in self.table if name not in taken)]

    @property
    def canonical_hash(self) -> str:
        """Give the hash of the data set: the SHA-256 of its canonical form (RDFC-1.0)."""
        return self.digest(CANONICAL).sha256

    def notes(self) -> bytes:
        """Say in both languages what the folder holds, and how to check it."""
        parts = [f"# {' · '.join(dict.fromkeys(self.whole.title[t] for t in LANGUAGES))}\n"]
        parts += ["\n".join(self._told(language)) + "\n" for language in LANGUAGES]
        return "\n".join(parts).encode()

    def _told(self, language: str) -> Iterator[str]:
        w, whole = _WORDS[language], self.whole
        yield f"## {w['heading']}\n"
        yield f"{whole.description[language]}\n"
        yield f"- {w['version']}{w['colon']} {whole.version}"
        if whole.modified:
            yield f"- {w['modified']}{w['colon']} {whole.modified}"
        yield f"- {w['triples']}{w['colon']} {len(self.graph.triples)}"
        if whole.licence:
            yield f"- {w['licence']}{w['colon']} <{whole.licence}>"
        yield f"- {w['hash']}{w['colon']} `{self.canonical_hash}`"
        yield f"- {w['check']}{w['colon']} `sha256sum -c {SUMS}`\n"
        yield f"| {w['file']} | {w['size']} | {w['meaning']} |\n| --- | ---: | --- |"
        for name, form in self.forms.items():
            size = self.digest(name).size
            yield f"| [`{name}`]({name}) | {size} | {form.means(language)} |"
        for records in self._shelf.tables:
            name = f"{CSV}{records.name}.csv"
            kind = self._shelf.readers[language].plural(records.kind)
            yield f"| [`{name}`]({name}) | {self.digest(name).size} | {kind} |"

    def sums(self, others: dict[str, bytes]) -> bytes:
        """Give the sum of each file, and of others in the folder, as `sha256sum` does."""
        found = {name: self.digest(name).sha256 for name in self.table}
        found |= {name: digest(content).sha256 for name, content in others.items()}
        return "".join(f"{found[name]}  {name}\n" for name in sorted(found)).encode()

    # --- How each form is made -------------------------------------------------------------------

    def _turtle(self, twin: str) -> bytes:
        if twin in self._kept:
            return self._kept[twin]
        return turtle.text(self.graph.triples, self.graph.prefixes).encode()

    def _lines(self, twin: str) -> bytes:
        # pyoxigraph writes terms as the canonical form of N-Triples and N-Quads has them.
        if twin in self._kept:
            return self._kept[twin]
        return "".join(f"{triple} .\n" for triple in self.graph.triples).encode()

    def _json_ld(self) -> bytes:
        return self.graph.context.document(list(self.graph.triples))

    def _zip(self) -> bytes:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in self.table:
                if name.startswith(CSV):
                    entry = zipfile.ZipInfo(name.removeprefix(CSV), _EPOCH)
                    archive.writestr(entry, self.content(name), zipfile.ZIP_DEFLATED)
        return written.getvalue()

    def _workbook(self, language: str) -> bytes:
        whole, w = self.whole, _WORDS[language]
        notes = [whole.title[language], whole.description[language],
                 f"{w['version']}{w['colon']} {whole.version}"]  # fmt: skip
        if whole.licence:
            notes.append(f"{w['licence']}{w['colon']} {whole.licence}")
        notes.append(w["cells"].format(sheets.BETWEEN.strip()))
        return sheets.workbook(self._shelf, language, notes, whole.modified or "1980-01-01")

    def _parquet(self) -> bytes:
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        for triple in self.graph.triples:
            value = triple.object
            literal = value if isinstance(value, Literal) else None
            is_node = isinstance(triple.subject, NamedNode)
            columns["subject"].append(triple.subject.value if is_node else str(triple.subject))  # type: ignore[union-attr]
            columns["predicate"].append(triple.predicate.value)
            named = literal is not None or isinstance(value, NamedNode)
            columns["object"].append(value.value if named else str(value))  # type: ignore[union-attr]
            columns["datatype"].append(literal.datatype.value if literal else None)
            columns["language"].append(literal.language if literal else None)
        schema = pa.schema([(name, pa.string()) for name in _COLUMNS])
        written = io.BytesIO()
        pq.write_table(pa.table(columns, schema=schema), written, compression="zstd")
        return written.getvalue()


_COLUMNS = ("subject", "predicate", "object", "datatype", "language")
_WRITERS: dict[str, Callable[[Dumps], bytes]] = {
    "coopera.ttl": lambda dumps: dumps._turtle("coopera.trig"),
    "coopera.nt": lambda dumps: dumps._lines("coopera.nq"),
    "coopera.nq": lambda dumps: dumps._lines("coopera.nt"),
    "coopera.jsonld": Dumps._json_ld,
    "coopera.trig": lambda dumps: dumps._turtle("coopera.ttl"),
    "coopera-csv.zip": Dumps._zip,
    "coopera-en.xlsx": lambda dumps: dumps._workbook("en"),
    "coopera-fr.xlsx": lambda dumps: dumps._workbook("fr"),
    "coopera.parquet": Dumps._parquet,
}
"""A graph without names is the same text in TriG as in Turtle, in N-Quads as in N-Triples."""

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "heading": "The data, to take away", "colon": ":", "version": "Version",
        "modified": "Last changed", "triples": "Triples", "licence": "Licence",
        "hash": "Hash of the data set (RDFC-1.0, SHA-256)", "check": "To check the files",
        "file": "File", "size": "Bytes", "meaning": "What it is",
        "cells": "The values of one cell stand with {} between them. "
        "Dates have the precision of their source.",
    },
    "fr": {
        "heading": "Les données, à emporter", "colon": "\N{NO-BREAK SPACE}:", "version": "Version",
        "modified": "Dernière modification", "triples": "Triplets", "licence": "Licence",
        "hash": "Empreinte du jeu de données (RDFC-1.0, SHA-256)",
        "check": "Pour vérifier les fichiers",
        "file": "Fichier", "size": "Octets", "meaning": "Ce que c'est",
        "cells": "Les valeurs d'une même cellule sont séparées par {}. "
        "Les dates ont la précision de leur source.",
    },
}  # fmt: skip


def file_type(form: Form) -> NamedNode:
    """Give the IRI of a form's type in the EU's list."""
    return NamedNode(f"{_EU}{form.file_type}")


def media_type(name: str) -> str:
    """Give the media type of what a dump holds, that of CSV for an archive of it."""
    return "text/csv" if name.endswith("csv.zip") else type_of(f"{DUMPS}{name}")

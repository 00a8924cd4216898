"""Sheets: records in; CSV with a description of its columns, and workbooks, out."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coopera.pages import speech
from coopera.pages.index import TYPE
from coopera.publication.records import Field, Records, Shelf, snake
from coopera.terms import LANGUAGES, SKOS

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

BETWEEN = " | "
"""What stands between the values of one cell."""
LONGEST, DEEPEST = 32_767, 1_048_575
"""Characters in a cell and rows below the head of a sheet that a workbook may have."""
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_EPOCH = (1980, 1, 1, 0, 0, 0)

Cell = Callable[[str], str]


@dataclass(frozen=True)
class Column:
    """A column of CSV: its name, the properties that it comes from, and its cells by IRI."""

    name: str
    path: tuple[str, ...]
    cell: Cell
    language: str = ""
    datatype: str = "string"
    is_list: bool = False


def columns(shelf: Shelf, records: Records) -> Iterator[Column]:
    """Give the columns of a table: values once, words in each language, each kind of identifier."""
    prefixes = shelf.readers["en"].prefixes

    def kinds(iri: str) -> str:
        return BETWEEN.join(prefixes.curie(t) or t for t in shelf.index.types(iri))

    yield Column("iri", (), lambda iri: iri, datatype="anyURI")
    for tag in LANGUAGES:
        yield Column(f"name_{tag}", (SKOS + "prefLabel",),
                     lambda iri, tag=tag: shelf.name(iri, tag), tag)  # type: ignore[misc]  # fmt: skip
    yield Column("class", (TYPE,), kinds, is_list=True)
    for field in records.fields:
        yield from _columns_of(shelf, field)


def _columns_of(shelf: Shelf, field: Field) -> Iterator[Column]:
    def values(iri: str) -> str:
        return BETWEEN.join(shelf.values(iri, field))

    def words(tag: str) -> Cell:
        return lambda iri: BETWEEN.join(shelf.words(iri, field, tag))

    if field.has_values:
        kind = "anyURI" if field.has_iris else "string"
        yield Column(field.name, field.path, values, datatype=kind, is_list=True)
    if field.has_words:
        for tag in LANGUAGES:
            yield Column(f"{field.name}_{tag}", field.path, words(tag), tag, is_list=True)
    for datatype in field.identifiers:
        name = f"{field.name}_{snake(datatype)}"
        yield Column(
            name, (*field.path, datatype), _identifiers(shelf, field, datatype), is_list=True
        )


def comma_separated(shelf: Shelf, records: Records) -> bytes:
    """Write a table as CSV (RFC 4180): UTF-8, the names of the columns first."""
    made = list(columns(shelf, records))
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(column.name for column in made)
    for iri in records.iris:
        writer.writerow(column.cell(iri) for column in made)
    return written.getvalue().encode()


def described(shelf: Shelf, title: dict[str, str], licence: str | None) -> bytes:
    """Describe all tables and their columns (Metadata Vocabulary for Tabular Data, W3C)."""
    document: dict[str, object] = {
        "@context": "http://www.w3.org/ns/csvw",
        "dc:title": _in_each(lambda tag: title[tag]),
        "tables": [_table(shelf, records) for records in shelf.tables],
    }
    if licence:
        document["dc:license"] = {"@id": licence}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _table(shelf: Shelf, records: Records) -> dict[str, object]:
    told = []
    for column in columns(shelf, records):
        one: dict[str, object] = {"name": column.name}
        one["dc:title"] = _in_each(lambda tag, column=column: heading(shelf, column.path, tag))  # type: ignore[misc]
        one["datatype"] = column.datatype
        if len(column.path) == 1:
            one["propertyUrl"] = column.path[0]
        if column.language:
            one["lang"] = column.language
        if column.is_list:
            one["separator"] = BETWEEN
        told.append(one)
    return {
        "url": f"{records.name}.csv",
        "dc:title": _in_each(lambda tag: shelf.readers[tag].plural(records.kind)),
        "tableSchema": {"aboutUrl": "{+iri}", "primaryKey": "iri", "columns": told},
    }


def _in_each(text: Callable[[str], str]) -> list[dict[str, str]]:
    return [{"@value": text(language), "@language": language} for language in LANGUAGES]


def heading(shelf: Shelf, path: tuple[str, ...], language: str) -> str:
    """Say in words what a column holds."""
    reader = shelf.readers[language]
    return speech.capital(" – ".join(reader.property(iri).text for iri in path)) or "IRI"


# --- Workbooks -----------------------------------------------------------------------------


def workbook(shelf: Shelf, language: str, notes: list[str], modified: str) -> bytes:
    """Write one sheet a table for people, in a language, after a sheet that explains them.

    The same graph gives the same bytes: times are fixed, `modified` is that of the data.
    """
    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    book = Workbook(write_only=True)
    first = book.create_sheet(_READ_ME[language])
    first.column_dimensions["A"].width = first.column_dimensions["B"].width = 34
    first.column_dimensions["C"].width = 80
    for note in notes:
        first.append([_cell(first, note)])
    first.append([])
    first.append([_bold(first, text) for text in _LEGEND[language]])
    taken = {_READ_ME[language].casefold()}
    for records in shelf.tables:
        name = _sheet_name(shelf.readers[language].plural(records.kind), taken)
        sheet = book.create_sheet(name)
        for head in _heads(shelf, records, language):
            first.append([_cell(first, text) for text in (name, head.title, head.meaning)])
        if len(records.iris) > DEEPEST:
            first.append([_cell(first, text) for text in (name, "…", f"csv/{records.name}.csv")])
        _fill(sheet, shelf, records, language)
    held = io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(held, "w")).save()  # it is packed below
    return _timeless(held.getvalue(), modified)


_READ_ME = {"en": "Read me", "fr": "Lisez-moi"}
_LEGEND = {"en": ("Sheet", "Column", "Meaning"), "fr": ("Feuille", "Colonne", "Sens")}


@dataclass(frozen=True)
class Head:
    """A column of a sheet: its heading, what it means, and its cells by IRI."""

    title: str
    meaning: str
    cell: Cell
    is_number: bool = False


def _heads(shelf: Shelf, records: Records, language: str) -> list[Head]:
    """Give the columns of a sheet."""
    reader = shelf.readers[language]
    name = heading(shelf, (SKOS + "prefLabel",), language)
    found = [Head(name, "", lambda iri: shelf.name(iri, language, other=True))]
    for field in records.fields:
        best = reader.best(shelf.index.values(field.path[-1], SKOS + "definition"))
        meaning = best[0] if best else ""
        if field.has_values or field.has_words:
            title, cell = heading(shelf, field.path, language), _in_words(shelf, field, language)
            found.append(Head(title, meaning, cell, field.is_number))
        for datatype in field.identifiers:
            title = speech.capital(reader.label(datatype)[0])
            found.append(Head(title, meaning, _identifiers(shelf, field, datatype)))
    return [*found, Head("IRI", "", lambda iri: iri)]


def _identifiers(shelf: Shelf, field: Field, datatype: str) -> Cell:
    return lambda iri: BETWEEN.join(shelf.identifiers(iri, field, datatype))


def _in_words(shelf: Shelf, field: Field, language: str) -> Cell:
    """Make the cells of a field for people: names in place of IRIs, where there are any."""

    def cell(iri: str) -> str:
        words = shelf.words(iri, field, language, other=True) if field.has_words else []
        return BETWEEN.join(words or (shelf.values(iri, field) if field.has_values else []))

    return cell


def _fill(sheet: "WriteOnlyWorksheet", shelf: Shelf, records: Records, language: str) -> None:
    heads = _heads(shelf, records, language)
    sheet.freeze_panes = "B2"
    for at in range(len(heads)):
        sheet.column_dimensions[_letters(at)].width = 44 if at == 0 else 26
    rows = min(len(records.iris), DEEPEST)
    sheet.auto_filter.ref = f"A1:{_letters(len(heads) - 1)}{rows + 1}"
    sheet.append([_bold(sheet, head.title) for head in heads])
    for iri in records.iris[:rows]:
        sheet.append([_cell(sheet, head.cell(iri), head.is_number) for head in heads])


def _letters(at: int) -> str:
    """Name a column as workbooks do: A to Z, then AA."""
    return (_letters(at // 26 - 1) if at >= 26 else "") + chr(ord("A") + at % 26)


def _cell(
    sheet: "WriteOnlyWorksheet", text: str, is_number: bool = False
) -> "WriteOnlyCell | int | None":
    """Make a cell: a text is never taken for a formula, an error or a date."""
    from openpyxl.cell import WriteOnlyCell

    if not text:
        return None
    if is_number and re.fullmatch(r"[+-]?\d{1,15}", text):
        return int(text)
    text = _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)
    made = WriteOnlyCell(sheet, text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")
    made.data_type = "s"
    return made


def _bold(sheet: "WriteOnlyWorksheet", text: str) -> "WriteOnlyCell":
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    made = WriteOnlyCell(sheet, text)
    made.data_type = "s"
    made.font = Font(bold=True)
    return made


def _sheet_name(text: str, taken: set[str]) -> str:
    """Give a sheet a name of at most 31 characters that no other one has."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", text)[:31].strip() or "-"
    name, number = plain, 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain[:28]} {number}"
    taken.add(name.casefold())
    return name


def _timeless(content: bytes, modified: str) -> bytes:
    """Write a workbook anew without the time at which it was made."""
    written = io.BytesIO()
    stamp = f"{modified}T00:00:00Z".encode()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", stamp, data)
            new.writestr(zipfile.ZipInfo(entry.filename, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return written.getvalue()

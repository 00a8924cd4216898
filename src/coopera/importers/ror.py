"""ROR: an extract of the Research Organization Registry in; its records, one by one, out."""

import codecs
import gzip
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple

from coopera.errors import DataError, Place

LARGEST = 2 << 30
"""Bytes in an extract, unpacked, at most."""
RATIO = 200
"""Unpacked bytes for each packed one, at most; an extract has about 6."""
LONGEST = 1 << 20
"""Bytes in one record, at most; the longest of 2026 has 113,176."""

KINDS = ("display", "label", "alias", "acronym")
"""Kinds of names. The registry shows the one of kind `display`."""
REGISTERS = ("grid", "isni", "wikidata", "fundref")
"""The registers that current records point to; older ones, such as HESA, are left out."""
_WEB = re.compile(r"https?://[^\s<>\"{}|^`\\]+")
_ID = re.compile(r"https://ror\.org/0[0-9a-z]{8}")
_ITEM = re.compile(r"[^\s,]")
_REMEDY = "give a dump of ROR as its makers publish it: .json, .jsonl, either in .gz or .zip."


class Name(NamedTuple):
    """A name, its language (BCP 47) where the registry knows it, and of which `KINDS` it is."""

    text: str
    language: str | None
    kinds: tuple[str, ...]


class Country(NamedTuple):
    """A country: its ISO 3166-1 alpha-2 code, and its English name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Record:
    """One organization (ROR schema 2.1; schema 1 is read into the same fields).

    Its `email_address` (schema 1) is dropped at the door, as a person may be behind it. No other
    field of the registry can tell of a person.
    """

    id: str
    """An IRI in `https://ror.org/`."""
    names: tuple[Name, ...]
    """That of kind `display` first."""
    types: tuple[str, ...]
    """`education`, `facility`, `company` …, in lower case."""
    countries: tuple[Country, ...]
    place: str
    """The town of its first location, as GeoNames calls it; empty where there is none."""
    links: tuple[tuple[str, str], ...]
    """`website` or `wikipedia`, and the URL."""
    identifiers: tuple[tuple[str, str], ...]
    """`grid`, `isni`, `wikidata` or `fundref`, and the identifier, the preferred one first."""
    status: str
    """`active`, `inactive` or `withdrawn`."""
    established: int | None


def read(path: Path) -> Iterator[Record]:
    """Read an extract by stream: a JSON array or JSON Lines, plain, in .gz or in .zip.

    Raises DataError, with the line, for a record that is none, and for a file that is not what it
    says, or over `LARGEST`, `RATIO` or `LONGEST`.
    """
    with closing(_chunks(path)) as chunks:
        head = next(chunks, b"").removeprefix(codecs.BOM_UTF8)
        listed = head.lstrip()[:1] == b"["
        rest = chain([head.replace(b"[", b" ", 1) if listed else head], chunks)
        for line, document in (_array if listed else _lines)(path, rest):
            try:
                yield record(document)
            except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
                raise DataError(
                    f"this is no record of ROR ({type(error).__name__}: {error}).",
                    place=Place(path, line),
                    remedy=_REMEDY,
                ) from error


def record(document: Any) -> Record:
    """Make a Record of one JSON object. Raises what Python does for one of another form."""
    if not _ID.fullmatch(document["id"]):
        raise ValueError(f"{document['id'][:60]!r} is no ROR id")
    return _second(document) if "names" in document else _first(document)


def _second(document: dict[str, Any]) -> Record:
    names = []
    for name in document["names"]:
        kinds = tuple(
            kind for kind in KINDS if {"display": "ror_display"}.get(kind, kind) in name["types"]
        )
        names.append(_name(name["value"], name["lang"], kinds))
    places = [location["geonames_details"] for location in document["locations"]]
    identifiers = [
        (entry["type"], value)
        for entry in document["external_ids"]
        for value in _preferred(entry["preferred"], entry["all"])
    ]
    links = [(link["type"], link["value"]) for link in document["links"]]
    return _made(document, names, places, identifiers, links)


def _first(document: dict[str, Any]) -> Record:
    names = [_name(document["name"], None, ("display", "label"))]
    names += [_name(entry["label"], entry["iso639"], ("label",)) for entry in document["labels"]]
    names += [_name(text, None, ("alias",)) for text in document["aliases"]]
    names += [_name(text, None, ("acronym",)) for text in document["acronyms"]]
    town = next((address["city"] for address in document["addresses"]), None)
    places = [{**document["country"], "name": town or ""}]
    identifiers = [
        (kind.lower(), value)
        for kind, entry in document["external_ids"].items()
        for value in _preferred(entry["preferred"], entry["all"])
    ]
    links = [("website", url) for url in document["links"]]
    links += [("wikipedia", document["wikipedia_url"])] if document["wikipedia_url"] else []
    return _made(document, names, places, identifiers, links)


def _made(
    document: dict[str, Any],
    names: list[Name],
    places: list[dict[str, Any]],
    identifiers: list[tuple[str, str]],
    links: list[tuple[str, str]],
) -> Record:
    names.sort(key=lambda name: "display" not in name.kinds)
    countries = dict.fromkeys(
        Country(sys.intern(place["country_code"].upper()), sys.intern(place["country_name"]))
        for place in places
    )
    established = document["established"]
    if not names or not isinstance(established, int | None):
        raise ValueError("it has no name, or a year that is no number")
    return Record(
        id=document["id"],
        names=tuple(names),
        types=tuple(sys.intern(str(kind).lower()) for kind in document["types"]),
        countries=tuple(countries),
        place=str(places[0]["name"]) if places else "",
        links=tuple((kind, url) for kind, url in links if _WEB.fullmatch(url)),
        identifiers=tuple(dict.fromkeys((k, v) for k, v in identifiers if k in REGISTERS)),
        status=sys.intern(document["status"]),
        established=established,
    )


def _name(text: str, language: str | None, kinds: tuple[str, ...]) -> Name:
    text.encode()  # JSON can write halves of characters, which no text has
    return Name(" ".join(text.split()), language and sys.intern(language), kinds or ("alias",))


def _preferred(preferred: str | None, every: str | list[str]) -> Iterable[str]:
    # Schema 1 gives the one GRID identifier as a text.
    listed = [every] if isinstance(every, str) else every
    return dict.fromkeys([preferred, *listed] if preferred else listed)


def _lines(path: Path, chunks: Iterable[bytes]) -> Iterator[tuple[int, Any]]:
    """Read JSON Lines; give the number of each line and what it holds."""
    rest, number = b"", 0
    for chunk in chain(chunks, [b"\n"]):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            number += 1
            if len(line) > LONGEST:
                raise _too_long(path, number)
            if line.strip():
                with _told(path, number):
                    document = json.loads(line.decode())
                yield number, document
        if len(rest) > LONGEST:
            raise _too_long(path, number + 1)


def _array(path: Path, chunks: Iterable[bytes]) -> Iterator[tuple[int, Any]]:
    """Read what follows the bracket of a JSON array, item by item, with the line of each."""
    decoder, decode = codecs.getincrementaldecoder("utf-8")(), json.JSONDecoder().raw_decode
    text, line = "", 1
    for chunk in chain(chunks, [b""]):
        with _told(path, line):
            text += decoder.decode(chunk, final=not chunk)
        at = 0
        while True:
            found = _ITEM.search(text, at)
            start = found.start() if found else len(text)
            line, at = line + text.count("\n", at, start), start
            if at == len(text) or text[at] == "]":
                break
            try:
                document, end = decode(text, at)
            except (ValueError, RecursionError) as error:
                if chunk and len(text) - at <= LONGEST:
                    break  # the item ends in a later chunk
                raise _malformed(path, line, error) from error
            yield line, document
            line, at = line + text.count("\n", at, end), end
        text = text[at:]
        if text.startswith("]") and text[1:].strip():
            raise _malformed(path, line, ValueError("there is more behind the array"))
    if text[:1] != "]":
        raise _malformed(path, line, ValueError("the array does not end"))


@contextmanager
def _told(path: Path, line: int) -> Iterator[None]:
    """Tell of a text that is not JSON in UTF-8 with its file and line."""
    try:
        yield
    except (ValueError, RecursionError) as error:
        raise _malformed(path, line, error) from error


def _malformed(path: Path, line: int, error: Exception) -> DataError:
    return DataError(f"this is no JSON: {error}.", place=Place(path, line), remedy=_REMEDY)


def _too_long(path: Path, line: int) -> DataError:
    return DataError(
        f"the record has more than {LONGEST >> 20} MiB.", place=Place(path, line), remedy=_REMEDY
    )


def _chunks(path: Path) -> Generator[bytes, None, None]:
    """Read a file piece by piece, unpacked, and refuse one that swells beyond all measure."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
            file.seek(0)
            stream: IO[bytes] | gzip.GzipFile = file
            if head[:2] == b"\x1f\x8b":
                stream = gzip.GzipFile(fileobj=file)
            elif head == b"PK\x03\x04":
                stream = _member(path, zipfile.ZipFile(file))
            total = 0
            while chunk := stream.read(1 << 18):
                total += len(chunk)
                if total > LARGEST or (stream is not file and total > RATIO * file.tell()):
                    raise DataError(
                        f"unpacked, the file has more than {LARGEST >> 30} GiB, or than {RATIO} "
                        "times what it takes.",
                        place=Place(path),
                        remedy=_REMEDY,
                    )
                yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, RuntimeError) as error:
        raise DataError(
            f"the file cannot be unpacked: {error}.", place=Place(path), remedy="fetch it anew."
        ) from error
    except OSError as error:
        raise DataError(
            f"the file cannot be read: {error.strerror or error}.", place=Place(path)
        ) from error


def _member(path: Path, archive: zipfile.ZipFile) -> IO[bytes]:
    """Open the records of a dump: its one .json or .jsonl, or that in schema 2."""
    named = [one for one in archive.infolist() if one.filename.endswith((".json", ".jsonl"))]
    second = [one for one in named if "schema_v2" in one.filename] or named
    packed = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if len(second) != 1 or second[0].compress_type not in packed:
        raise DataError(
            f"the archive holds {len(second)} files of records, or packs them in a strange way.",
            place=Place(path),
            remedy=_REMEDY,
        )
    return archive.open(second[0])

"""Graphs: files in; triples out, with the same names for blank nodes at each reading."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import IO

from pyoxigraph import BlankNode, DefaultGraph, Literal, Quad, RdfFormat, Store, Triple, parse

from coopera.errors import DataError, Place
from coopera.tables import Quads
from coopera.turtle import HIDDEN

SYNTAXES: dict[str, RdfFormat] = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".jsonld": RdfFormat.JSON_LD,
    ".rdf": RdfFormat.RDF_XML,
}
"""File name endings and the syntaxes that they stand for."""
LARGEST = 2 << 30
"""Bytes in a file, at most."""
DEEPEST = 64
"""Brackets, or elements of RDF/XML, open within one another, at most."""
WIDEST = 1_000
"""Terms in a JSON-LD context, or attributes of an element of RDF/XML, at most."""

_PIECE = 8 << 20  # bytes of a file that are looked through at a time
_LONGEST = 8  # bytes that no expression below takes more than
_DEFAULT = DefaultGraph()
_NO_BRACKET = bytes(set(range(256)) - set(b"[](){}"))
_TAG = re.compile(
    rb"""<!--.*?(?:-->|\Z) | <!\[CDATA\[.*?(?:\]\]>|\Z) | <\?.*?(?:\?>|\Z) | </(?P<close>)
       | <(?:[^<>"'/]++|"[^"]*+"|'[^']*+'|/(?!>))*+(?:/>|>(?P<open>))""",
    re.VERBOSE | re.DOTALL,
)
_CONTEXT = re.compile(
    '"' + "".join(rf"(?:{c}|\\u00{ord(c):02x})" for c in "@context") + r'"\s*:\s*', re.IGNORECASE
)
_QUOTED = re.compile(rb""" "[^"]*" | '[^']*' """, re.VERBOSE)
TERSE = (RdfFormat.TURTLE, RdfFormat.TRIG)
LINES = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
_NAMED = (RdfFormat.TRIG, RdfFormat.N_QUADS, RdfFormat.JSON_LD)
_Pieces = dict[RdfFormat, tuple[bytes, ...]]
# A text without these regular expressions nests nothing, has no blank node, is RDF 1.1.
_NEST: _Pieces = {RdfFormat.JSON_LD: (rb"\[", rb"\{")}
_NEST |= dict.fromkeys(TERSE, (rb"\[", rb"\(")) | dict.fromkeys(LINES, (rb"<<\(",))
_BLANK: _Pieces = dict.fromkeys(TERSE, (rb"_:", rb"\[", rb"\(")) | dict.fromkeys(LINES, (rb"_:",))
_RDF_12: _Pieces = dict.fromkeys(TERSE, (rb"<<", rb"\{\|", rb"~", rb"--[lr]t"))
_RDF_12 |= dict.fromkeys(LINES, (rb"<<\(", rb"--[lr]t"))


def read(path: Path) -> Quads:
    """Read the triples of one file, in its order; graph names are dropped.

    A blank node is named for the file, as messages show its path, and for its turn in it: two
    readings agree, two files do not clash. Nothing else is read: no `@context` is fetched.

    Raises DataError, with line and column, for a file that is absent or not what its name says;
    and for one that could exhaust its parser: over `LARGEST` or `DEEPEST`, or with a DOCTYPE.
    """
    return [quad.triple for quad in _quads(path)]


def stream(path: Path) -> Iterator[Quad]:
    """Read the triples of one file as `read` does, one by one, as quads of the default graph."""
    quads = _quads(path)
    return map(_in_default, quads) if syntax(path) in _NAMED else quads


def _in_default(quad: Quad) -> Quad:
    if quad.graph_name == _DEFAULT:
        return quad
    return Quad(quad.subject, quad.predicate, quad.object)


def dataset(path: Path) -> Iterator[Quad]:
    """Read the quads of one file as `read` does, one by one, in the graphs that it names."""
    return _quads(path, Names.rename_all)


def syntax(path: Path) -> RdfFormat | None:
    """Tell the syntax of a file by its ending, in any case; `None` where that is none of RDF."""
    return SYNTAXES.get(path.suffix.lower())


def spool(stream: IO[bytes], folder: Path, ending: str) -> Path:
    """Keep what a stream holds in a file. Raises DataError where it is over `LARGEST`."""
    path = folder / f"stdin{ending}"
    size = 0
    try:
        with path.open("wb") as file:
            while piece := stream.read(1 << 20):
                size += file.write(piece)
                if size > LARGEST:
                    raise DataError(
                        f"it has more than {LARGEST >> 30} GiB, the most that is read.",
                        place=Place(path),
                        remedy="split it; or load it into a SPARQL server, and give its URL as "
                        "--endpoint.",
                    )
    except OSError as error:
        problem = f"it cannot be kept while it is read: {error.strerror or error}."
        raise DataError(problem, place=Place(path)) from error
    return path


def demand_readable(path: Path) -> None:
    """Raise DataError for a file that no parser is to look at, before it is read."""
    problem = remedy = ""
    try:
        if syntax(path) is None and path.suffix.lower() != ".gz":
            problem = f"'{path.suffix}' is no ending of an RDF file"
            remedy = f"use one of {' '.join(SYNTAXES)}."
        elif path.exists() and not path.is_file():
            problem, remedy = "that is no file", "write what it holds into a file."
        elif (size := path.stat().st_size) > LARGEST:
            problem = f"the file has {size / 2**30:.1f} GiB; at most {LARGEST >> 30} are read"
            remedy = "split it; or load it into a SPARQL server, and give its URL as --endpoint."
        else:
            with path.open("rb") as file:
                if file.read(2) == b"\x1f\x8b" or path.suffix.lower() == ".gz":
                    problem, remedy = "the file is compressed", "unpack it, with gunzip say."
    except OSError as error:
        problem = f"the file cannot be read: {error.strerror or error}"
        raise DataError(f"{problem}.", place=Place(path)) from error
    if problem:
        raise DataError(f"{problem}.", place=Place(path), remedy=remedy)


def _quads(path: Path, rename: Callable[["Names", Quad], Quad] | None = None) -> Iterator[Quad]:
    demand_readable(path)
    form = SYNTAXES[path.suffix.lower()]
    may_nest, may_be_blank, may_be_12 = _mentions(
        path, [kind.get(form) for kind in (_NEST, _BLANK, _RDF_12)]
    )
    if may_nest:
        whole = path.read_bytes()
        data = _bare(form, whole)
        _refuse(path, form, data)
        if form == RdfFormat.JSON_LD:
            _refuse_wide_contexts(path, whole)
        may_be_blank = any(re.search(piece, data) for piece in _BLANK.get(form, (b"",)))
        del whole, data  # they may be large, and the file is read again while it is parsed
    quads: Iterator[Quad] = parse(path=path, format=form)
    if may_be_12:
        quads = (_rdf_11(path, quad) for quad in quads)
    if may_be_blank:
        quads = map(partial(rename or Names.rename, Names(path)), quads)
    try:
        yield from quads
    except SyntaxError as error:
        raise syntax_error(path, error) from error
    except MemoryError as error:  # pyoxigraph's own limit
        raise DataError(
            f"a term or a line is too long: {error}.",
            place=Place(path),
            remedy="shorten it; long texts stand better in a file of their own, named by its IRI.",
        ) from error


def _mentions(path: Path, kinds: list[tuple[bytes, ...] | None]) -> list[bool]:
    """Say for each kind of pieces whether a file may have one; without pieces, it always may.

    The file is looked through a part at a time: ten million lines need no more memory than ten.
    """
    found = [kind is None for kind in kinds]
    with path.open("rb") as file:
        before = b""
        while not all(found) and (part := file.read(_PIECE)):
            text = before + part
            for at, kind in enumerate(kinds):
                # One by one: a regular expression that begins with a letter of its own skips to it.
                found[at] = found[at] or any(re.search(piece, text) for piece in kind or ())
            before = text[-_LONGEST:]
    return found


def _refuse(path: Path, syntax: RdfFormat, data: bytes) -> None:
    """Refuse what pyoxigraph 0.5.13 dies of, or takes minutes for, in a file of some kilobytes."""
    xml = syntax == RdfFormat.RDF_XML
    if xml and (found := re.search(rb"<!doctype", data, re.IGNORECASE)):
        raise DataError(
            "the file has a DOCTYPE, whose entities can fill the memory.",
            place=Place(path, len(data[: found.start()].splitlines()) + 1),
            remedy="write out its entities and delete it, or convert the file to Turtle.",
        )
    if (
        xml
        and (most := max((_attributes(tag[0]) for tag in _TAG.finditer(data)), default=0)) > WIDEST
    ):
        raise DataError(
            f"an element has {most} attributes; at most {WIDEST} may be.",
            place=Place(path),
            remedy="write properties as elements, or convert the file to Turtle.",
        )
    depth = _depth(syntax, data)
    if depth > DEEPEST:
        what = "elements" if xml else "brackets"
        raise DataError(
            f"{depth} {what} are open within one another; at most {DEEPEST} may be.",
            place=Place(path),
            remedy="give the inner ones names, and describe them one after another.",
        )


def _attributes(tag: bytes) -> int:
    """Count the attributes of a tag; none in a short one, which cannot have too many."""
    return 0 if len(tag) < 4 * WIDEST or tag[1] in b"!?" else len(_QUOTED.findall(tag))


def _refuse_wide_contexts(path: Path, data: bytes) -> None:
    """Refuse a context of JSON-LD whose terms may lean on one another 5,000 deep."""

    def demand_narrow(members: list[tuple[str, object]]) -> None:
        if len(members) > WIDEST:
            raise DataError(
                f"a @context has {len(members)} terms; at most {WIDEST} may be.",
                place=Place(path),
                remedy="leave out the terms that the file does not use.",
            )

    # Numbers and letters that only Python minds are left to the parser.
    decoder = json.JSONDecoder(
        object_pairs_hook=demand_narrow, parse_int=len, parse_float=len, strict=False
    )
    text = data.decode("utf-8", "replace")
    for found in _CONTEXT.finditer(text):
        with suppress(ValueError, RecursionError):  # the parser says what is wrong, and where
            decoder.raw_decode(text, found.end())


def _bare(syntax: RdfFormat, data: bytes) -> bytes:
    """Take out of a text what only looks like brackets, such as those in strings."""
    if syntax == RdfFormat.JSON_LD:
        return b"".join(data.replace(rb"\\", b"").replace(rb"\"", b"").split(b'"')[::2])
    return data if syntax == RdfFormat.RDF_XML else HIDDEN.sub(b"", data)


def _depth(syntax: RdfFormat, bare: bytes) -> int:
    """Count the brackets, or the elements of RDF/XML, that are open within one another."""
    if syntax == RdfFormat.RDF_XML:
        steps = ((m["open"] is not None) - (m["close"] is not None) for m in _TAG.finditer(bare))
        return max(accumulate(steps), default=0)
    marks = bare.translate(None, _NO_BRACKET)
    return max(accumulate(1 if mark in b"[({" else -1 for mark in marks), default=0)


class Names(dict[BlankNode, BlankNode]):
    """The names of a file's blank nodes, each made when it is asked for first."""

    def __init__(self, path: Path) -> None:
        shown = str(Place(path)).encode()
        self.stem = "b" + hashlib.blake2b(shown, digest_size=8).hexdigest()[1:]

    def __missing__(self, node: BlankNode) -> BlankNode:
        """Name the next node."""
        # pyoxigraph keeps a hexadecimal number that starts with no 0 in 16 bytes.
        self[node] = name = BlankNode(f"{self.stem}{len(self):08x}")
        return name

    def rename(self, quad: Quad) -> Quad:
        """Give a quad with the names of its subject and its object, in the default graph."""
        subject, value = quad.subject, quad.object
        if isinstance(subject, BlankNode):
            subject = self[subject]
        elif not isinstance(value, BlankNode):
            return quad
        if isinstance(value, BlankNode):
            value = self[value]
        return Quad(subject, quad.predicate, value)

    def rename_all(self, quad: Quad) -> Quad:
        """Give a quad with the names of its subject, its object and its graph."""
        graph, renamed = quad.graph_name, self.rename(quad)
        if isinstance(graph, BlankNode):
            graph = self[graph]
        return Quad(renamed.subject, renamed.predicate, renamed.object, graph)


def _rdf_11(path: Path, quad: Quad) -> Quad:
    """Refuse what RDF 1.2 adds, which neither rdflib nor our writers can hold."""
    value = quad.object
    if isinstance(value, Triple) or (isinstance(value, Literal) and value.direction is not None):
        raise DataError(
            f"{value} is RDF 1.2, which is not used here.",
            place=Place(path),
            remedy="write RDF 1.1: no triple terms, no base directions.",
        )
    return quad


def syntax_error(path: Path, error: SyntaxError) -> DataError:
    """Turn the parser's error into ours: place, problem, remedy."""
    problem = re.sub(r"^Parser error at .*?: ", "", str(error.msg)).rstrip(".")
    remedy = "mend the line; the parser could read the file up to there."
    if undeclared := re.fullmatch(r"The prefix (.*): has not been declared", problem):
        problem = f"prefix '{undeclared[1]}' is not declared"
        remedy = f"declare {undeclared[1]}: with @prefix in this file, or mend its spelling."
    elif "LoadDocumentCallback" in problem:
        problem = "the file names a @context that stands elsewhere, and is not fetched"
        remedy = "write what it holds into this file, as the value of @context."
    return DataError(f"{problem}.", place=Place(path, error.lineno, error.offset), remedy=remedy)


def read_all(paths: Iterable[Path]) -> Quads:
    """Read the triples of several files. Raises DataError as `read` does."""
    return [triple for path in paths for triple in read(path)]


def load(paths: Iterable[Path]) -> Store:
    """Read several files into the default graph of a store in memory, as `read_all` reads them."""
    filled = Store()
    filled.bulk_extend(quad for path in paths for quad in stream(path))
    return filled


def store(triples: Iterable[Triple]) -> Store:
    """Put triples into the default graph of a store in memory."""
    filled = Store()
    filled.bulk_extend(Quad(t.subject, t.predicate, t.object) for t in triples)
    return filled

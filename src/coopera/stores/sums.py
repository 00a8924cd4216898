"""Sums: quads in, as they pass; how many distinct ones there were, and a hash of them all, out."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import IO, Self

from pyoxigraph import Literal, NamedNode, Quad, Store

from coopera.terms import RDF, XSD

_PARTS = 64
_ANY = NamedNode("a:a")
_TEXTS = (NamedNode(XSD + "string"), NamedNode(RDF + "langString"))


class Sum:
    """A sum over the distinct quads of a dataset, in whatever order they come.

    Each quad is counted as a store holds it, by 64 bits of a hash of its N-Quads text. These wait
    in temporary files, in parts, and one part at a time comes into memory.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder of the temporary files."""
        self._folder, self._open = folder, ExitStack()
        self._files: list[IO[bytes]] = []

    def __enter__(self) -> Self:
        """Make the files."""
        for _ in range(_PARTS):
            file = tempfile.TemporaryFile(dir=self._folder, buffering=1 << 16)
            self._files.append(self._open.enter_context(file))
        return self

    def __exit__(self, *_: object) -> None:
        """Delete the files."""
        self._open.close()

    def watch(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        """Give the quads on, and add them."""
        files = self._files
        for quad in quads:
            value = quad.object
            typed = isinstance(value, Literal) and value.datatype not in _TEXTS
            held = _held(value) if typed else None
            text = str(quad if held is None else _with(quad, held))
            digest = blake2b(text.encode(), digest_size=8).digest()
            files[digest[0] % _PARTS].write(digest)
            yield quad

    def total(self) -> tuple[int, str]:
        """Give the number of distinct quads, and their hash: 16 hexadecimal digits."""
        count = total = 0
        for file in self._files:
            file.seek(0)
            hashes = set(memoryview(file.read()).cast("Q"))
            count, total = count + len(hashes), total + sum(hashes)
        return count, f"{total % 2**64:016x}"


def _with(quad: Quad, value: Literal) -> Quad:
    return Quad(quad.subject, quad.predicate, value, quad.graph_name)


@lru_cache(maxsize=1 << 16)
def _held(literal: Literal) -> Literal | None:
    """Give another literal that Oxigraph holds in place of this one: 0.5.13 makes "01" a "1"."""
    scratch = Store()
    scratch.add(Quad(_ANY, _ANY, literal))
    held = next(iter(scratch)).object
    return held if isinstance(held, Literal) and held != literal else None

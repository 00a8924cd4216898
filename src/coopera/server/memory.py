"""Memory: answers in, under names that tell all they depend on; the same answers out, for a while.

An answer has the entity tag as its name, which names the data's version too; a whole reply has the
head of the request, byte by byte, and is kept as long as the snapshot that it was made from.
"""

from collections import OrderedDict
from typing import Generic, NamedTuple, TypeVar

LARGEST = 65_536
"""Bytes of one thing that is kept, its name included."""
MOST = 32 << 20
"""Bytes of all that are kept."""
Name = TypeVar("Name", str, bytes)
Kept = TypeVar("Kept")


class Memory(Generic[Name, Kept]):
    """What was asked for last."""

    def __init__(self, most: int = MOST) -> None:
        """Take how many bytes may be kept."""
        self.most, self.size, self.hits = most, 0, 0
        self._kept: OrderedDict[Name, tuple[Kept, int]] = OrderedDict()

    def get(self, name: Name) -> Kept | None:
        """Give what is kept under a name, if anything is."""
        found = self._kept.get(name)
        if found is None:
            return None
        self._kept.move_to_end(name)
        self.hits += 1
        return found[0]

    def put(self, name: Name, kept: Kept, size: int) -> None:
        """Keep something of so many bytes, unless it is large; forget what is not asked for."""
        size += len(name)
        if size > LARGEST or name in self._kept:
            return
        self._kept[name] = kept, size
        self.size += size
        while self.size > self.most:
            _, (_, gone) = self._kept.popitem(last=False)
            self.size -= gone


class Reply(NamedTuple):
    """A whole reply, but for its date."""

    room: str
    """The name under which it is counted."""
    line: str
    """The request, as the log tells it."""
    status: int
    size: int
    """Bytes of the body."""
    content: bytes
    """The headers and the body."""

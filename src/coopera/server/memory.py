"""Memory: answers in, under the entity tags that name them; the same answers out, for a while."""

from collections import OrderedDict

LARGEST = 65_536
"""Bytes of an answer that is kept."""
MOST = 32 << 20
"""Bytes of all that are kept."""


class Memory:
    """The answers that were asked for last. An entity tag names the data's version too."""

    def __init__(self, most: int = MOST) -> None:
        """Take how many bytes may be kept."""
        self.most, self.size, self.hits = most, 0, 0
        self._kept: OrderedDict[str, tuple[str, bytes]] = OrderedDict()

    def get(self, tag: str) -> tuple[str, bytes] | None:
        """Give the media type and the bytes of an answer, if it is kept."""
        found = self._kept.get(tag)
        if found is not None:
            self._kept.move_to_end(tag)
            self.hits += 1
        return found

    def put(self, tag: str, media_type: str, body: bytes) -> None:
        """Keep an answer, unless it is large; forget those that were not asked for since long."""
        if len(body) > LARGEST or tag in self._kept:
            return
        self._kept[tag] = media_type, body
        self.size += len(body) + len(tag)
        while self.size > self.most:
            old, (_, gone) = self._kept.popitem(last=False)
            self.size -= len(gone) + len(old)

"""Indexes: the names of organizations in; those that a text may mean, with a score, out."""

import math
import sys
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from heapq import nsmallest
from typing import NamedTuple

from coopera.reconciliation import names

EXACT = 100.0
"""The score of the same name, but for case, accents and punctuation."""
SAME_WORDS = 97.0
"""That of the same words that count, in any order and language; and of the same letters, if the
words are divided in another way."""
LIKE = 96.0
"""The highest of a name that is only like a text."""
INITIALS = 60.0
"""That of a name with these first letters."""

_KEEP = 60
"""Names that are compared letter by letter with a text."""
_BUDGET = 20_000
"""Entries of the index that are read for a text, rare words first."""
_COMMON = 2_000
"""Names in which a word is common."""
_GUESSES = 5
"""Words of a text that may be misspelt."""


class Entry(NamedTuple):
    """A name in the index: whose it is, and whether it is an acronym."""

    owner: int
    text: str
    acronym: bool


class Hit(NamedTuple):
    """How well a name answers a text: a score from 0 to 100, the name, and what made the score."""

    score: float
    text: str
    kind: str
    """`exact`, `acronym`, `words`, `like` or `initials`."""


class Index:
    """Finds names by their words. Words count by their rarity: towns much, `university` little."""

    def __init__(self, entries: Iterable[Entry], places: Sequence[Collection[str]]) -> None:
        """Take the names, and for each owner the words of where it is: they explain a text."""
        self._places = places
        self._entries: list[Entry] = []
        self._words: list[tuple[str, ...]] = []
        exact: dict[str, list[int]] = defaultdict(list)
        same: dict[str, list[int]] = defaultdict(list)
        joined: dict[str, list[int]] = defaultdict(list)
        first: dict[str, list[int]] = defaultdict(list)
        found: dict[str, array[int]] = defaultdict(lambda: array("I"))
        met: set[tuple[int, tuple[str, ...]]] = set()
        for entry in entries:
            heard = names.words(entry.text)
            if not heard or (entry.owner, heard) in met:
                continue
            met.add((entry.owner, heard))
            at = len(self._entries)
            # An acronym is no word of a language: `UNI` is not short for a university.
            count = heard if entry.acronym else names.counting(heard)
            unique = tuple(sys.intern(word) for word in dict.fromkeys(count))
            self._entries.append(entry)
            self._words.append(unique)
            exact[" ".join(heard)].append(at)
            if not entry.acronym:
                same[" ".join(sorted(unique))].append(at)
                joined["".join(heard)].append(at)
                if len(letters := names.initials(heard)) > 1:
                    first[letters].append(at)
            for word in unique:
                found[word].append(at)
        self._exact, self._same, self._joined, self._first = exact, same, joined, first
        self._found = found
        total = len(self._entries)
        self._weight = {word: math.log(1 + total / len(at)) for word, at in found.items()}
        self._rarest = math.log(1 + total)
        self._breadth = array("f", (1 + 0.04 * len(unique) for unique in self._words))
        ends: dict[str, list[str]] = defaultdict(list)
        for word in found:
            ends[word[:2]].append(word)
            ends["~" + word[-2:]].append(word)
        self._ends: Mapping[str, list[str]] = dict(ends)

    def __len__(self) -> int:
        """Count the names."""
        return len(self._entries)

    def starting(self, start: str, first: int, most: int) -> list[int]:
        """Give the owners of names whose words begin so, those below `first` before the others."""
        low = bisect_left(self._sorted, start)
        high = bisect_left(self._sorted, start + "\U0010ffff")
        found = (
            (self._entries[at].owner >= first, len(name), name, self._entries[at].owner)
            for name in self._sorted[low:high]
            for at in self._exact[name]
        )
        return [owner for _, _, _, owner in nsmallest(most, found)]

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._exact)

    def search(self, text: str, wide: bool = False) -> dict[int, Hit]:
        """Give the best hit of each owner; `wide` where they are yet to be sifted."""
        heard = names.words(text)
        if not heard:
            return {}
        count = tuple(dict.fromkeys(names.counting(heard)))
        best: dict[int, Hit] = {}

        def offer(at: int, score: float, kind: str) -> None:
            entry = self._entries[at]
            if entry.owner not in best or score > best[entry.owner].score:
                best[entry.owner] = Hit(score, entry.text, kind)

        for at in self._exact.get(" ".join(heard), ()):
            offer(at, EXACT, "acronym" if self._entries[at].acronym else "exact")
        for at in self._same.get(" ".join(sorted(count)), ()):
            offer(at, SAME_WORDS, "words")
        for at in self._joined.get("".join(heard), ()):
            offer(at, SAME_WORDS, "words")
        for at in self._near(heard, count, 3 * _KEEP if wide else _KEEP):
            offer(at, self._likeness(heard, count, at), "like")
        if len(heard) == 1:
            for at in self._first.get(heard[0], ())[: 5 * _KEEP]:
                offer(at, INITIALS, "initials")
        return best

    def _near(self, heard: tuple[str, ...], count: tuple[str, ...], keep: int) -> list[int]:
        """Choose the names that share the rarest words with a text, or words like them."""
        rare: list[tuple[int, str, float]] = []
        guesses = 0
        for word in dict.fromkeys((*count, *heard)):
            held = len(self._found.get(word, ()))
            if held:
                rare.append((held, word, self._weight[word]))
            if held < 3 and len(word) > 3 and word in count and guesses < _GUESSES:
                guesses += 1
                rare += self._alike(word)
        shared: dict[int, float] = defaultdict(float)
        common: dict[str, float] = {}
        read = 0
        for length, word, weight in sorted(rare):
            if len(shared) >= keep and (length > _COMMON or read > _BUDGET):
                # So common a word brings no name that rarer ones have not brought.
                common[word] = weight
            else:
                read += length
                for at in self._found[word]:
                    shared[at] += weight
        if common:
            for at in shared:
                shared[at] += sum(common[word] for word in self._words[at] if word in common)
        if len(shared) <= keep:
            return list(shared)
        return [
            at
            for _, at in nsmallest(
                keep, ((-weight / self._breadth[at], at) for at, weight in shared.items())
            )
        ]

    def _alike(self, word: str) -> list[tuple[int, str, float]]:
        """Give the known words that differ from a word by a letter or two."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        slack = 1 if len(word) < 6 else 2
        found = process.extract(
            word,
            list(
                dict.fromkeys((*self._ends.get(word[:2], ()), *self._ends.get("~" + word[-2:], ())))
            ),
            scorer=OSA.distance,
            score_cutoff=slack,
            limit=8,
        )
        return [
            (len(self._found[other]), other, self._weight[other] * (1 - away / len(word)))
            for other, away, _ in found
            if other != word
        ]

    def _likeness(self, heard: tuple[str, ...], count: tuple[str, ...], at: int) -> float:
        """Compare a text with one name: by the words shared, weighed, and by letters."""
        from rapidfuzz.fuzz import ratio

        own, weight, place = self._words[at], self._weigh, self._places[self._entries[at].owner]
        if self._entries[at].acronym:
            # Letters of an acronym that differ mean another one.
            if not set(own) <= set(heard):
                return 0.0
            others = tuple(word for word in heard if word not in own)
            count = (*own, *dict.fromkeys(names.counting(others)))
        left = [word for word in own if word not in count]
        shared = 2 * sum(weight(word) for word in own if word in count)
        total = sum(map(weight, own)) + sum(map(weight, count))
        for word in count:
            if word in own:
                continue
            like, other = max(((ratio(word, other), other) for other in left), default=(0.0, ""))
            # Two words that are both known are hardly one misspelt: Xinjiang is not Xinxiang.
            if like >= (85 if word in self._found else 70):
                trust = 0.7 if word in self._found else 1
                shared += trust * like / 100 * (weight(word) + weight(other))
                left.remove(other)
            elif word in place:
                total -= weight(word)
        total -= sum(weight(word) for word in left if word in place) / 2
        letters = max(
            ratio(" ".join(count), " ".join(own)),
            ratio(" ".join(sorted(count)), " ".join(sorted(own))),
        )
        return min(LIKE, _WORDS * 100 * shared / total + (1 - _WORDS) * letters)

    def _weigh(self, word: str) -> float:
        return self._weight.get(word, self._rarest)


_WORDS = 0.7
"""What the words that are shared count for, against the letters."""

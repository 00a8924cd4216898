"""Chains: an agreement in; those that it extends, replaces or is part of, in order of time, out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from coopera.pages import things
from coopera.pages.index import Index
from coopera.pages.reader import Reader
from coopera.pages.views import Badge, Page, Shown
from coopera.terms import COOP, DCTERMS

LINKS = {
    COOP + "extends": "extends",
    DCTERMS + "replaces": "replaces",
    DCTERMS + "isReplacedBy": "replaced_by",
    DCTERMS + "isPartOf": "part_of_agreement",
}
"""Properties that lead from one agreement to another, and the words for it."""

_BACK = tuple(name for name in LINKS if name != DCTERMS + "isReplacedBy")
"""Those that lead to what came before."""


@dataclass(frozen=True, slots=True)
class Link:
    """One agreement of a chain."""

    shown: Shown
    when: Shown | None
    """When it was signed."""
    badge: Badge | None
    relations: tuple[tuple[str, Shown], ...] = ()
    """What it is to which other one."""
    here: bool = False


def page(reader: Reader, iri: str, address: str) -> Page:
    """Make the page of an agreement: what came before and after it, then what is known of it."""
    made = things.page(reader, iri, address)
    context = made.context | {"chain": chain(reader, iri)}
    return replace(made, template="agreement.html", context=context)


def chain(reader: Reader, iri: str) -> tuple[Link, ...]:
    """Give the agreements that are linked with one, it included; nothing where there is no other.

    The newest stands first; of those whose date is unknown, each stands after what it extends.
    """
    linked = _linked(reader.index, iri)
    if len(linked) == 1:
        return ()
    return tuple(
        Link(
            reader.iri(one),
            things.signed(reader, one),
            reader.status(one),
            tuple(
                (reader.word(word), reader.iri(other))
                for name, word in LINKS.items()
                for other in sorted(reader.index.iris(one, name))
                if other in linked
            ),
            one == iri,
        )
        for one in _by_age(reader, linked)
    )


def _linked(index: Index, iri: str) -> set[str]:
    met = {iri}
    todo = [iri]
    while todo:
        one = todo.pop()
        for name in LINKS:
            for other in (*index.iris(one, name), *index.sources_of(one, name)):
                if other not in met and index.is_a(other, things.AGREEMENT):
                    met.add(other)
                    todo.append(other)
    return met


def _by_age(reader: Reader, iris: Iterable[str]) -> list[str]:
    """Order agreements from the newest: by their dates, and by what leads to what."""
    index = reader.index
    days = {iri: things.first_day(index, iri) for iri in sorted(iris)}
    depth = {iri: _depth(index, iri, set(days)) for iri in days}
    return sorted(days, key=lambda iri: (days[iri] or "0", depth[iri], iri), reverse=True)


def _depth(index: Index, iri: str, among: set[str]) -> int:
    """Count the agreements that come before one, at any distance."""
    met: set[str] = set()
    todo = [iri]
    while todo:
        one = todo.pop()
        earlier = [other for name in _BACK for other in index.iris(one, name)]
        earlier += index.sources_of(one, DCTERMS + "isReplacedBy")
        for other in earlier:
            if other in among and other not in met:
                met.add(other)
                todo.append(other)
    return len(met)

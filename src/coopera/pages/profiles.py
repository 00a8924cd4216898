"""Profiles: an institution in; its agreements, partners, partnerships, axes and promises out."""

from collections import Counter
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from coopera.pages import lists, promises, speech, things, words
from coopera.pages.facets import Catalogue
from coopera.pages.names import part_of, parts
from coopera.pages.reader import Reader
from coopera.pages.tables import ordering
from coopera.pages.views import Badge, Fact, Grid, Group, Page, Shown, share
from coopera.terms import COOP, ORG, SCHEMA

PARTY, COMMITTED = COOP + "party", COOP + "committedParty"
MOST, PARTNERS = 30, 60
"""Agreements and partners that a profile shows; lists of their own show all."""
WITH, PER = "~with", 100
"""What ends the address of the list of all partners, and how many are in a part of it."""
ALL = 24
"""Partners that are always shown, and so need no list of their own."""
SHOWN = frozenset({PARTY, COMMITTED, COOP + "participant"})
"""Incoming links that the profile tells in place of the page."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is told of an institution as a partner."""

    line: tuple[Shown, ...]
    """Its types and its country."""
    agreements: Grid | None
    all_agreements: str
    """The address of the list of all of them; empty where the table holds all."""
    partners: tuple[tuple[Shown, int], ...]
    partnered: int
    all_partners: str
    """The address of the list of all of them, if there is one."""
    partnerships: tuple[Fact, ...]
    axes: tuple[tuple[Shown, int], ...]
    """The axes of its agreements."""
    promises: tuple[tuple[Badge, str, int], ...]
    """Status, the address of its list, and number."""
    promised: int


def has_profile(reader: Reader, iri: str) -> bool:
    """Say whether something is a party to anything, or an institution."""
    index = reader.index
    linked = index.sources_of(iri, PARTY) or index.sources_of(iri, COMMITTED)
    return bool(linked) or index.is_a(iri, lists.INSTITUTION)


def told(reader: Reader, iri: str) -> frozenset[str]:
    """Give the properties of links that the profile of a thing, if it has one, tells of."""
    is_agreement = reader.index.is_a(iri, things.AGREEMENT)
    return SHOWN if not is_agreement and has_profile(reader, iri) else frozenset()


def page(
    reader: Reader, iri: str, address: str, agreements: Catalogue | None, room: float = 1.0
) -> Page:
    """Make the page of an institution: its profile, then what is known of it."""
    made = things.page(reader, iri, address)
    links = things.incoming(reader, iri, SHOWN)
    context = made.context | {"profile": profile(reader, iri, agreements, room), "incoming": links}
    return replace(made, template="profile.html", context=context)


def addresses(reader: Reader, iri: str, address: str) -> list[str]:
    """List the pages of the partners of a thing, where they may be too many for its own."""
    if len(reader.index.sources_of(iri, PARTY)) <= ALL:
        return []
    number = len(_partners(reader, iri))
    return parts(f"{address}{WITH}", number, PER) if number > ALL else []


def _partners(reader: Reader, iri: str) -> Counter[str]:
    """Count the agreements with each partner."""
    index = reader.index
    linked = (a for a in index.sources_of(iri, PARTY) if index.is_a(a, things.AGREEMENT))
    return Counter(o for a in linked for o in index.iris(a, PARTY) if o != iri)


def partners_page(reader: Reader, iri: str, address: str) -> Page:
    """Make a part of the list of the partners of a thing."""
    whole, at = part_of(address)
    found = _counted(reader, _partners(reader, iri))
    one, many = reader.word("agreements_one"), reader.word("agreements_many")
    facts = tuple(
        Fact((shown,), asides=(Shown(speech.count(number, one, many, reader.language)),))
        for shown, number in found[(at - 1) * PER : at * PER]
    )
    text, lang = reader.title(iri)
    name = f"{speech.capital(text)} — {reader.word('partners').lower()}"
    context: dict[str, object] = {
        "groups": (Group(reader.word("partners"), "partners", facts=facts, count=len(found)),),
        "pager": things.pager_of(parts(whole, len(found), PER), at),
    }
    title = Shown(name if at == 1 else f"{name} ({at})", lang)
    return Page(address, title, name, "links.html", (reader.iri(iri),), context)


def profile(reader: Reader, iri: str, catalogue: Catalogue | None, room: float = 1.0) -> Profile:
    """Gather the profile of an institution; `room` as in `views.ROOMS`."""
    index = reader.index
    linked = index.sources_of(iri, PARTY)
    agreements = [a for a in linked if index.is_a(a, things.AGREEMENT)]
    agreements = ordering(reader, things.AGREEMENT, agreements)
    partnerships = [p for p in linked if index.is_a(p, things.PARTNERSHIP)]
    partners = _counted(reader, _partners(reader, iri))
    most = share(PARTNERS, room, ALL) if len(partners) > ALL else ALL
    axes = Counter(x for a in agreements for x in set(index.iris(a, COOP + "concernsAxis")))
    promised = index.sources_of(iri, COMMITTED)
    slugs = catalogue.slugs.get("partner", {}) if catalogue else {}
    listed = catalogue and NamedNode(iri) in slugs
    told = (ORG + "classification", SCHEMA + "location")
    return Profile(
        tuple(reader.term(v) for name in told for v in index.values(iri, name)),
        _agreements(reader, iri, agreements, share(MOST, room, 3)) if agreements else None,
        catalogue.address("partner", NamedNode(iri)) if catalogue and listed else "",
        partners[:most],
        len(partners),
        f"{reader.page(iri)}{WITH}" if len(partners) > ALL else "",
        tuple(
            Fact((reader.iri(p),), asides=things.asides(reader, p))
            for p in sorted(partnerships, key=lambda p: reader.order(NamedNode(p)))
        ),
        _counted(reader, axes),
        promises.tally(reader, promised),
        len(promised),
    )


def _counted(reader: Reader, found: Counter[str]) -> tuple[tuple[Shown, int], ...]:
    ordered = sorted(found, key=lambda i: (-found[i], reader.order(NamedNode(i))))
    return tuple((reader.iri(i), found[i]) for i in ordered)


def _agreements(reader: Reader, iri: str, agreements: list[str], most: int) -> Grid:
    """Make the table of an institution's agreements, with its partners and its roles in them."""
    roles = things.roles(reader, iri)
    columns = dict(lists.COLUMNS[things.AGREEMENT])

    def partners(reader: Reader, agreement: str) -> lists.Cell:
        others = [o for o in reader.index.iris(agreement, PARTY) if o != iri]
        return tuple(
            reader.iri(o) for o in sorted(others, key=lambda o: reader.order(NamedNode(o)))
        )

    def role(_reader: Reader, agreement: str) -> lists.Cell:
        return roles.get(agreement, ())

    shown = (
        ("type", columns["type"]),
        ("partners", partners),
        ("role", role),
        ("signed", columns["signed"]),
        ("end", columns["end"]),
        ("status", columns["status"]),
    )
    made = lists.grid(reader, shown, agreements[:most])
    phrase = words.word(words.INCOMING, PARTY, reader.language) or "{}"
    title = phrase.format(reader.plural(things.AGREEMENT))
    note = ""
    if len(agreements) > most:
        numbers = (speech.number(str(n), reader.language) for n in (most, len(agreements)))
        note = reader.word("first_of").format(*numbers)
    return replace(made, title=title, anchor="agreements", note=note, total=len(agreements))

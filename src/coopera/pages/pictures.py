"""Pictures of the graph: a reader in; timelines, networks and the map, with their tables, out."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from pyoxigraph import Literal, NamedNode

from coopera.pages import assets, lists, speech, things
from coopera.pages.facets import Catalogue
from coopera.pages.names import part_of, parts
from coopera.pages.reader import Reader
from coopera.pages.views import Badge, Figure, Grid, Page, Shown, share
from coopera.pictures import ego, network, timeline, worldmap
from coopera.pictures.countries import NUMBER, REGIONS
from coopera.pictures.dates import Span, span
from coopera.pictures.svg import Name, Told
from coopera.pictures.timeline import Bar
from coopera.terms import COOP, DCTERMS, ORG, SCHEMA, SKOS

MOST_BARS, MOST_NODES, MOST_SPOKES, MOST_NAMES, MOST_ROWS, LATEST = 16, 100, 24, 12, 16, 4
"""What a picture, and a part of the table below one, holds at most; both say so where there is
more."""
SIZES = ((MOST_NODES, network.MOST_MARKS), (100, 3), (100, 1), (70, 1), (50, 1), (36, 1), (24, 1),
         (16, 1), (10, 1), (6, 1))  # fmt: skip
"""Organizations, and marks of agreements on one line, that a network may have: the first that fits.
"""
HEAVIEST_NETWORK = 32_000
"""Bytes of the drawing of a network."""
FEW = 4
"""Agreements of the same parties that a row names."""
MOST_PLACES, MOST_ARCS, PER_COUNTRIES, MOST_PARTIES = 60, 80, 30, 300
"""Countries and lines that the map shows; countries, and parties of theirs, in a part of its table.
"""
LATER = (COOP + "extends", DCTERMS + "replaces")
"""Properties that lead from an agreement to one that it follows."""
PARTY = COOP + "party"
TIES = (
    COOP + "memberSchoolOf",
    COOP + "subsidiarySchoolOf",
    ORG + "subOrganizationOf",
    ORG + "linkedTo",
)
"""Properties by which organizations belong together without an agreement."""
OPEN_ENDED = "concept/term-kind/open-ended"

Cell = tuple[Shown | Badge, ...]


@dataclass(frozen=True)
class Album:
    """What the pages of pictures show, gathered once for all their parts."""

    dated: Sequence[str]
    """The agreements by their beginning, the unknown last."""
    found: dict[tuple[str, ...], list[str]]
    """The agreements of two parties or more, by their parties."""
    pairs: Sequence[tuple[str, ...]]
    """These parties, those with most agreements first."""
    members: dict[str, list[str]]
    """These parties by their country, empty where it is unknown; the countries with most first."""
    lists: Catalogue | None
    """The lists of the agreements."""

    @property
    def addresses(self) -> dict[str, str]:
        """Give the pages of pictures and the parts of their tables, if there is any to draw."""
        if not self.dated:
            return {}
        sizes = (
            ("timeline", len(self.dated), MOST_ROWS),
            ("network", len(self.pairs), MOST_ROWS),
            ("map", len(self.members), PER_COUNTRIES),
        )
        return {at: things.AGREEMENT for name, *size in sizes for at in parts(name, *size)}

    def list_of(self, facet: str, iri: str) -> str | None:
        """Give the address of the list of the agreements that have a value of a facet."""
        known = self.lists and NamedNode(iri) in self.lists.slugs.get(facet, {})
        return self.lists.address(facet, NamedNode(iri)) if self.lists and known else None


def album(reader: Reader, catalogue: Catalogue | None) -> Album:
    """Gather what the pages of pictures show."""
    index = reader.index
    found = _by_parties(reader)
    country = {
        party: next(iter(index.iris(party, SCHEMA + "location")), "")
        for who in found
        for party in who
    }
    members: dict[str, list[str]] = {}
    for party in sorted(country):
        members.setdefault(country[party], []).append(party)
    lands = sorted(
        members, key=lambda c: (not c, -len(members[c]), reader.order(NamedNode(c or "urn:x")))
    )
    return Album(
        sorted(agreements(reader), key=lambda a: _begun(reader, a)),
        found,
        sorted(
            found, key=lambda who: (-len(found[who]), [reader.order(NamedNode(p)) for p in who])
        ),
        {
            land: sorted(members[land], key=lambda party: reader.order(NamedNode(party)))
            for land in lands
        },
        catalogue,
    )


def agreements(reader: Reader) -> list[str]:
    """Give the agreements that have a page."""
    return lists.members(reader, things.AGREEMENT)


def name(reader: Reader, iri: str) -> Name:
    """Name a thing in a picture."""
    text, lang = reader.label(iri)
    return Name(text, lang, reader.page(iri))


def parties(reader: Reader, agreement: str) -> list[str]:
    """Give the parties of an agreement that the graph describes."""
    return [iri for iri in reader.index.iris(agreement, COOP + "party") if reader.page(iri)]


# --- Timelines -----------------------------------------------------------------------------------


def _span(reader: Reader, iri: str, predicate: str) -> Span | None:
    value = reader.index.first(iri, predicate)
    return span(value.value) if isinstance(value, Literal) else None


def _signing(reader: Reader, agreement: str) -> Span | None:
    events = reader.index.iris(agreement, COOP + "signedDuring")
    return next((s for e in events if (s := _span(reader, e, DCTERMS + "date"))), None)


def bar(reader: Reader, iri: str) -> Bar:
    """Make the bar of an agreement: it begins when it takes effect, else when it was signed."""
    index = reader.index
    signed, effect = _signing(reader, iri), _span(reader, iri, SCHEMA + "validFrom")
    end = _span(reader, iri, SCHEMA + "validThrough")
    kinds = index.iris(iri, COOP + "termKind")
    open_ended = end is None and f"{reader.addresses.base}{OPEN_ENDED}" in kinds
    when, told = things.signed(reader, iri), []
    if when or not effect:
        told.append(reader.word("pic_signed").format(when.text if when else _unknown(reader)))
    if effect:
        told.append(_dated(reader, iri, SCHEMA + "validFrom", "pic_effect"))
    if end:
        told.append(_dated(reader, iri, SCHEMA + "validThrough", "pic_end"))
    elif not open_ended:
        told.append(reader.word("pic_end").format(_unknown(reader)))
    told += [reader.label(kind)[0] for kind in kinds]
    badge = reader.status(iri)
    if badge and badge.style != "done":
        told.append(badge.text)
    style = badge.style if badge else ""
    return Bar(name(reader, iri), " · ".join(told), effect or signed, end, open_ended, style)


def _unknown(reader: Reader) -> str:
    return reader.word("pic_unknown")


def _dated(reader: Reader, iri: str, predicate: str, word: str) -> str:
    return reader.word(word).format(reader.term(reader.index.first(iri, predicate)).text)


def bars(reader: Reader, iris: Iterable[str]) -> list[Bar]:
    """Make the bars of agreements, in order of time; those that follow each other together."""
    chosen = set(iris)
    before = {iri: _before(reader, iri, chosen) for iri in chosen}
    chain = _chains(before)
    first: dict[str, tuple[float, str]] = {}
    for iri in chosen:
        first[chain[iri]] = min(first.get(chain[iri], (9e9, "")), _begun(reader, iri))
    order = sorted(chosen, key=lambda iri: (*first[chain[iri]], chain[iri], *_begun(reader, iri)))
    row = {iri: at for at, iri in enumerate(order)}
    return [
        replace(bar(reader, iri), follows=tuple((row[other], said) for other, said in before[iri]))
        for iri in order
    ]


def _start(reader: Reader, iri: str) -> Span | None:
    """Give when an agreement takes effect, else when it was signed."""
    return _span(reader, iri, SCHEMA + "validFrom") or _signing(reader, iri)


def _when(reader: Reader, iri: str) -> str:
    """Say when an agreement takes effect, else when it was signed."""
    effect, signed = reader.index.first(iri, SCHEMA + "validFrom"), things.signed(reader, iri)
    return reader.term(effect).text if effect else signed.text if signed else _unknown(reader)


def _begun(reader: Reader, iri: str) -> tuple[float, str]:
    start = _start(reader, iri)
    bounds = [b for b in (start.first, start.last) if b is not None] if start else []
    return (min(bounds) if bounds else 9e9, iri)


def _before(reader: Reader, iri: str, chosen: set[str]) -> list[tuple[str, str]]:
    return [
        (other, reader.property(predicate).text)
        for predicate in LATER
        for other in reader.index.iris(iri, predicate)
        if other in chosen and other != iri
    ]


def _chains(before: dict[str, list[tuple[str, str]]]) -> dict[str, str]:
    """Give each agreement the name of its chain."""
    chain = {iri: iri for iri in before}

    def top(iri: str) -> str:
        while chain[iri] != iri:
            chain[iri] = chain[chain[iri]]
            iri = chain[iri]
        return iri

    for iri in sorted(before):
        for other, _ in before[iri]:
            one, two = sorted((top(iri), top(other)))
            chain[two] = one
    return {iri: top(iri) for iri in before}


def chain(reader: Reader, agreement: str) -> list[str]:
    """Give an agreement with all that it follows, and all that follow it."""
    met, todo = {agreement}, [agreement]
    while todo and len(met) < MOST_BARS:
        iri = todo.pop(0)
        near = [o for p in LATER for o in reader.index.iris(iri, p)]
        near += [o for p in LATER for o in reader.index.sources_of(iri, p)]
        for other in near:
            if other not in met and reader.index.is_a(other, things.AGREEMENT):
                met.add(other)
                todo.append(other)
    return sorted(met)


def _timeline(reader: Reader, rows: Sequence[Bar], key: str, title: str, about: str) -> Figure:
    words = {word: reader.word(word) for word in TIMELINE_WORDS}
    described = reader.word("timeline_described").format(
        speech.count(len(rows), reader.word("rows_one"), reader.word("rows_many"), reader.language)
    )

    def draw(above: str) -> str:
        return timeline.draw(rows, Told(key, about, described, above), words)

    return Figure(title, key, draw)


TIMELINE_WORDS = ("timeline_day", "timeline_span", "timeline_no_end", "timeline_open")


def partnership(reader: Reader, iri: str, key: str = "timeline") -> Figure | None:
    """Draw a partnership since its start, and the agreements that frame it."""
    framing = [a for a in reader.index.iris(iri, COOP + "framedBy") if reader.page(a)]
    names = (COOP + "startsNotBefore", COOP + "startsNotAfter")
    not_before, not_after = (_span(reader, iri, predicate) for predicate in names)
    begun = things.since(reader, iri)
    rows = bars(reader, framing[:MOST_BARS])
    if begun and (not_before or not_after):
        start = Span(
            not_before.first if not_before else None, not_after.last if not_after else None
        )
        told = f"{reader.word('since')}: {begun.text}"
        if reader.language == "fr":
            told = told.replace(":", f"{speech.NBSP}:")
        # It lasted when the last of its agreements was made, whenever it ends.
        made = [(s, a) for a in framing if (s := _start(reader, a)) and s.first is not None]
        last = max(made, key=lambda m: (m[0].first or 0.0, m[1]), default=None)
        if last:
            told += " · " + reader.word("pic_lasting").format(_when(reader, last[1]))
        told += f" · {reader.word('pic_end').format(_unknown(reader))}"
        shifted = (
            replace(r, follows=tuple((at + 1, said) for at, said in r.follows)) for r in rows
        )
        lasting = last[0] if last else None
        rows = [Bar(name(reader, iri), told, start, lasting=lasting), *shifted]
    if not rows:
        return None
    about = reader.word("timeline_of").format(reader.label(iri)[0])
    return _timeline(reader, rows, key, reader.word("timeline"), about)


# --- Networks ------------------------------------------------------------------------------------


def _kind(reader: Reader, iri: str) -> str:
    return "institution" if reader.index.is_a(iri, lists.INSTITUTION) else "organization"


def around(reader: Reader, iri: str, room: float = 1.0) -> Figure | None:
    """Draw an organization and those linked to it, by agreements or as its schools."""
    index = reader.index
    shared: dict[str, list[str]] = {}
    for agreement in index.sources_of(iri, COOP + "party"):
        if index.is_a(agreement, things.AGREEMENT) and reader.page(agreement):
            for party in parties(reader, agreement):
                if party != iri:
                    shared.setdefault(party, []).append(agreement)
    order = sorted(shared, key=lambda p: (-len(shared[p]), reader.order(NamedNode(p))))
    drawn = share(MOST_SPOKES, room)
    named = share(MOST_NAMES, room)
    spokes = [_spoke(reader, party, shared[party], named) for party in order[:drawn]]
    tied = _tied(reader, iri)
    spokes += [
        ego.Spoke(name(reader, other), said, (), _kind(reader, other), loose=True)
        for other, said in tied.items()
        if other not in shared
    ]
    total = len(order) + sum(other not in shared for other in tied)
    return _ego(reader, iri, spokes[:drawn], total) if spokes else None


def framed(reader: Reader, iri: str) -> Figure | None:
    """Draw a partnership with its parties and the agreements that frame it."""
    spokes = [ego.Spoke(name(reader, p), kind=_kind(reader, p)) for p in parties(reader, iri)]
    rows = bars(reader, reader.index.iris(iri, COOP + "framedBy"))
    spokes += [ego.Spoke(row.name, row.told, kind="agreement") for row in rows]
    return _ego(reader, iri, spokes[:MOST_SPOKES], len(spokes)) if len(spokes) > 1 else None


def _ego(reader: Reader, iri: str, shown: Sequence[ego.Spoke], total: int) -> Figure:
    about = reader.word("network_of").format(reader.label(iri)[0])
    described = reader.word("ego_described")
    centre = replace(name(reader, iri), href=None)

    def draw(above: str) -> str:
        return ego.draw(centre, shown, Told("network", about, described, above))

    return Figure(
        reader.word("network"), "network", draw, _more(reader, len(shown), total),
        legend=_legend(reader, shown),
    )  # fmt: skip


def _legend(reader: Reader, spokes: Sequence[ego.Spoke]) -> str:
    said = []
    if any(s.marks or s.kind == "agreement" for s in spokes):
        said.append("network_square")
    if any(s.kind == "institution" for s in spokes):
        said.append("network_dot")
    if any(s.kind == "organization" for s in spokes):
        said.append("network_ring")
    if any(s.loose for s in spokes):
        said.append("network_dashed")
    return " ".join(reader.word(word) for word in said)


def _spoke(reader: Reader, party: str, shared: Sequence[str], named: int) -> ego.Spoke:
    years = sorted({int(at) for a in shared if (at := _begun(reader, a)[0]) < 9e9})
    note = _counted(reader, "agreements", len(shared))
    if years:
        period = f"{years[0]}–{years[-1]}" if years[0] != years[-1] else str(years[0])
        note = f"{note}, {period}"
    ordered = sorted(shared, key=lambda a: _begun(reader, a))
    marks = tuple(name(reader, agreement) for agreement in ordered)
    return ego.Spoke(name(reader, party), note, marks, _kind(reader, party), named=named)


def _tied(reader: Reader, iri: str) -> dict[str, str]:
    """Give what belongs together with an organization, and by which property, in words."""
    found: dict[str, str] = {}
    for predicate in TIES:
        for other in reader.index.iris(iri, predicate):
            found.setdefault(other, reader.property(predicate).text)
        for other in reader.index.sources_of(iri, predicate):
            found.setdefault(
                other, reader.word(f"tie_{predicate.rpartition('/')[2].split('#')[-1]}")
            )
    known = [other for other in found if reader.page(other) and other != iri]
    return {o: found[o] for o in sorted(known, key=lambda o: reader.order(NamedNode(o)))}


def _counted(reader: Reader, noun: str, number: int) -> str:
    one, many = reader.word(f"{noun}_one"), reader.word(f"{noun}_many")
    return speech.count(number, one, many, reader.language)


def _more(reader: Reader, shown: int, total: int) -> str:
    if shown >= total:
        return ""
    numbers = (speech.number(str(number), reader.language) for number in (shown, total))
    return reader.word("pic_more").format(*numbers)


def _by_parties(reader: Reader) -> dict[tuple[str, ...], list[str]]:
    """Give the agreements by their parties: those of two parties or more."""
    found: dict[tuple[str, ...], list[str]] = {}
    for agreement in agreements(reader):
        who = tuple(sorted(parties(reader, agreement)))
        if len(who) > 1:
            found.setdefault(who, []).append(agreement)
    return found


# --- Pages ---------------------------------------------------------------------------------------


def timeline_page(reader: Reader, found: Album, where: str, room: float = 1.0) -> Page:
    """Make the page of the timeline of all agreements; of very many, the latest are drawn."""
    whole, at = part_of(where)
    heads = ("name", "parties", "signed", "takes_effect", "end", "status", "follows")
    rows = tuple(_dates_row(reader, a) for a in found.dated[(at - 1) * MOST_ROWS : at * MOST_ROWS])
    table = _table(reader, heads, rows, len(found.dated))
    figure = None
    if at == 1:
        drawn = sorted(
            found.dated, key=lambda a: (_begun(reader, a)[0] >= 9e9, -_begun(reader, a)[0], a)
        )[: share(MOST_BARS, room)]
        figure = _timeline(reader, bars(reader, drawn), whole, "", reader.word("timeline"))
        figure = replace(figure, note=_more(reader, len(drawn), len(found.dated)))
    return _page(reader, where, figure, (table,), len(found.dated), MOST_ROWS)


def _table(
    reader: Reader, heads: Sequence[str], rows: tuple[tuple[Cell, ...], ...], total: int
) -> Grid:
    title = reader.word("same_facts")
    return Grid(_heads(reader, heads), rows, title, "table", total=total)


def _heads(reader: Reader, words: Sequence[str]) -> tuple[str, ...]:
    return tuple(speech.capital(reader.word(word)) for word in words)


def _dates_row(reader: Reader, iri: str) -> tuple[Cell, ...]:
    index = reader.index
    unknown = Shown(reader.word("unknown_short"), title=reader.word("unknown"), unknown=True)
    signed, badge = things.signed(reader, iri), reader.status(iri)
    effect = tuple(reader.term(v) for v in index.values(iri, SCHEMA + "validFrom"))
    end = tuple(reader.term(v) for v in index.values(iri, SCHEMA + "validThrough"))
    kinds = tuple(reader.iri(kind) for kind in index.iris(iri, COOP + "termKind"))
    follows = tuple(
        reader.iri(other)._replace(lead=reader.property(predicate).text)
        for predicate in LATER
        for other in index.iris(iri, predicate)
    )
    return (
        (reader.iri(iri),),
        tuple(reader.iri(party) for party in index.iris(iri, COOP + "party")),
        (signed or unknown,),
        effect,
        (*(end or (() if kinds else (unknown,))), *kinds),
        (badge,) if badge else (),
        follows,
    )


def network_page(reader: Reader, found: Album, where: str, room: float = 1.0) -> Page:
    """Make the page of the whole network; of a very large one, the busiest are drawn."""
    _, at = part_of(where)
    shown = found.pairs[(at - 1) * MOST_ROWS : at * MOST_ROWS]
    rows = tuple(_pair_row(reader, found, who) for who in shown)
    heads = ("parties", "agreements_framed", "list_number")
    grids = [_table(reader, heads, rows, len(found.pairs))]
    figure = None
    if at == 1:
        figure, order = _network(reader, found, where, share(HEAVIEST_NETWORK, room))
        tied = [(iri, other) for iri in order for other in _above(reader, iri) if other in order]
        if tied:
            belongs = tuple(((reader.iri(o),), (reader.iri(t),)) for o, t in tied)
            titles = _heads(reader, ("name", "belongs_to"))
            grids.append(Grid(titles, belongs, reader.word("ties"), "ties"))
    return _page(reader, where, figure, tuple(grids), len(found.pairs), MOST_ROWS)


def _pair_row(reader: Reader, found: Album, who: tuple[str, ...]) -> tuple[Cell, ...]:
    """Tell the agreements of the same parties, of many the first, with the way to all."""
    shared = found.found[who]
    named = shared if len(shared) <= FEW + 1 else shared[:FEW]
    cell = tuple(reader.iri(a) for a in named)
    if len(named) < len(shared):
        seldom = min(who, key=lambda party: (len(reader.index.sources_of(party, PARTY)), party))
        cell = (*cell, _rest(reader, len(shared) - FEW, found.list_of("partner", seldom)))
    number = speech.number(str(len(shared)), reader.language)
    return tuple(reader.iri(party) for party in who), cell, (Shown(number),)


def _rest(reader: Reader, number: int, href: str | None) -> Shown:
    said = speech.number(str(number), reader.language)
    return Shown(reader.word("pic_rest").format(said), href=href)


def _network(reader: Reader, found: Album, where: str, heaviest: int) -> tuple[Figure, list[str]]:
    """Draw as much of the network as a page can hold; give the organizations that are drawn."""
    busy: Counter[str] = Counter()
    for who, shared in found.found.items():
        for party in who:
            busy[party] += len(shared)
    ranked = sorted(busy, key=lambda p: (-busy[p], p))
    for most, marks in SIZES:
        order = sorted(ranked[:most])
        at = {iri: row for row, iri in enumerate(order)}
        nodes = [network.Node(name(reader, iri), _kind(reader, iri)) for iri in order]
        bundles = [
            network.Bundle(
                tuple(at[party] for party in who),
                tuple(name(reader, a) for a in sorted(shared, key=lambda a: _begun(reader, a))),
            )
            for who, shared in sorted(found.found.items())
            if all(party in at for party in who)
        ]
        if network.weight(nodes, bundles, marks) <= heaviest:
            break
    ties = [(at[one], at[o]) for one in order for o in _above(reader, one) if o in at]
    told = Told(where, reader.word("network"), reader.word("network_described"))

    def draw(above: str) -> str:
        return network.draw(nodes, bundles, ties, replace(told, above=above), marks)

    words = ("network_square", "network_dot", "network_ring", "network_dashed")
    figure = Figure(
        "", where, draw, _more(reader, len(order), len(busy)),
        legend=" ".join(map(reader.word, words)),
        script="network.js" if assets.has("network.js") else "",
    )  # fmt: skip
    return figure, order


def _above(reader: Reader, iri: str) -> list[str]:
    found = (other for predicate in TIES for other in reader.index.iris(iri, predicate))
    return [other for other in dict.fromkeys(found) if other != iri]


def map_page(reader: Reader, found: Album, where: str, room: float = 1.0) -> Page:
    """Make the page of the map: the parties of agreements, by country."""
    _, at = part_of(where)
    order = list(found.members)
    country = {party: land for land, some in found.members.items() for party in some}
    number = Counter(
        land
        for who, shared in found.found.items()
        for land in {country[party] for party in who}
        for _ in shared
    )
    shown = order[(at - 1) * PER_COUNTRIES : at * PER_COUNTRIES]
    most = share(MOST_PARTIES, room / max(len(shown), 1), FEW)
    rows = tuple(
        (
            (reader.iri(c) if c else Shown(reader.word("unknown_short"), unknown=True),),
            _parties_of(reader, found, c, most),
            (Shown(speech.number(str(number[c]), reader.language)),),
        )
        for c in shown
    )
    table = _table(reader, ("country", "parties", "agreements_framed"), rows, len(order))
    figure = _map(reader, found, country, number, room) if at == 1 else None
    return _page(reader, where, figure, (table,), len(order), PER_COUNTRIES)


def _parties_of(reader: Reader, found: Album, country: str, most: int) -> Cell:
    parties = found.members[country]
    if len(parties) <= most + 1:
        return tuple(reader.iri(party) for party in parties)
    rest = _rest(reader, len(parties) - most, found.list_of("country", country))
    return (*(reader.iri(party) for party in parties[:most]), rest)


def _map(
    reader: Reader, found: Album, country: dict[str, str], number: Counter[str], room: float
) -> Figure:
    """Draw the countries of most parties, and the lines of most agreements between them."""
    order = list(found.members)[: share(MOST_PLACES, room)]
    places = [
        worldmap.Place(
            _code(reader, c),
            name(reader, c) if c else Name(reader.word("country_unknown")),
            len(found.members[c]),
            f"{_counted(reader, 'parties', len(found.members[c]))}, "
            f"{_counted(reader, 'agreements', number[c])}",
        )
        for c in order
    ]
    at = {c: row for row, c in enumerate(order)}
    between: Counter[tuple[int, int]] = Counter()
    for who, shared in found.found.items():
        lands = sorted({at[c] for party in who if (c := country[party]) in at and c})
        for pair in combinations(lands, 2):
            between[pair] += len(shared)
    busiest = sorted(between, key=lambda pair: (-between[pair], pair))[: share(MOST_ARCS, room)]
    arcs = [
        worldmap.Arc(one, other, _counted(reader, "agreements", between[one, other]))
        for one, other in sorted(busiest)
    ]
    words = {"map_off": reader.word("map_off")}
    words |= {f"region_{region}": reader.word(f"region_{region}") for region in REGIONS}
    told = Told("map", reader.word("map"), reader.word("map_described"))
    atlas = assets.atlas()

    def draw(above: str) -> str:
        return worldmap.draw(places, arcs, replace(told, above=above), words, atlas)

    legend = reader.word("map_borders" if atlas else "map_regions")
    note = _more(reader, len(order), len(found.members))
    return Figure("", "map", draw, note, legend=legend)


def _code(reader: Reader, country: str) -> str:
    notation = reader.index.first(country, SKOS + "notation")
    code = notation.value.upper() if isinstance(notation, Literal) else ""
    return code if code in NUMBER else ""


def _page(
    reader: Reader, where: str, figure: Figure | None, grids: tuple[Grid, ...], total: int, per: int
) -> Page:
    whole, at = part_of(where)
    title, lead = reader.word(whole), reader.word(LEADS[whole])
    others = tuple(Shown(reader.word(name), href=name) for name in PAGES if name != whole)
    context: dict[str, object] = {
        "lead": Shown(lead),
        "figure": figure,
        "grids": grids,
        "pager": things.pager_of(parts(whole, total, per), at),
    }
    shown = Shown(title if at == 1 else f"{title} ({at})")
    return Page(where, shown, lead, "picture.html", others, context)


PAGES: dict[str, Callable[[Reader, Album, str, float], Page]] = {
    "timeline": timeline_page,
    "network": network_page,
    "map": map_page,
}
"""The pages of pictures, by address."""
LEADS = {"timeline": "timeline_lead", "network": "network_lead", "map": "map_lead"}


def small(reader: Reader, iri: str, room: float = 1.0) -> tuple[Figure, ...]:
    """Give the pictures that the page of a thing holds; `room` as in `views.ROOMS`."""
    index = reader.index
    if index.is_a(iri, things.AGREEMENT):
        rows = bars(reader, chain(reader, iri))
        if all(row.start is None and row.end is None for row in rows):
            return ()
        about = reader.word("timeline_of").format(reader.label(iri)[0])
        return (_timeline(reader, rows, "timeline", reader.word("timeline"), about),)
    if index.is_a(iri, things.PARTNERSHIP):
        figures = (framed(reader, iri), partnership(reader, iri))
        return tuple(figure for figure in figures if figure)
    links = index.links.get(iri, {})
    if COOP + "party" not in links and not any(tie in links for tie in TIES):
        return ()
    figure = around(reader, iri, room)
    own = [a for a in links.get(COOP + "party", ()) if index.is_a(a, things.AGREEMENT)]
    if not own:
        return (figure,) if figure else ()
    latest = sorted(own, key=lambda a: (_begun(reader, a)[0] >= 9e9, -_begun(reader, a)[0], a))
    about = reader.word("timeline_of").format(reader.label(iri)[0])
    rows = bars(reader, latest[: share(LATEST, room)])
    drawn = _timeline(reader, rows, "timeline", reader.word("timeline"), about)
    drawn = replace(drawn, note=_more(reader, len(rows), len(own)))
    return (figure, drawn) if figure else (drawn,)

"""Pictures of the graph: a reader in; timelines, networks and the map, with their tables, out."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from pyoxigraph import Literal, NamedNode

from coopera.pages import assets, lists, speech, things
from coopera.pages.reader import Reader
from coopera.pages.views import Badge, Figure, Grid, Page, Shown
from coopera.pictures import ego, network, timeline, worldmap
from coopera.pictures.countries import NUMBER, REGIONS
from coopera.pictures.dates import Span, span
from coopera.pictures.svg import Name, Told
from coopera.pictures.timeline import Bar
from coopera.terms import COOP, DCTERMS, ORG, SCHEMA, SKOS

MOST_BARS, MOST_NODES, MOST_SPOKES, MOST_ROWS, LATEST = 60, 100, 24, 30, 4
"""What a picture, and a table below one, holds at most; both say so where there is more."""
LATER = (COOP + "extends", DCTERMS + "replaces")
"""Properties that lead from an agreement to one that it follows."""
TIES = (
    COOP + "memberSchoolOf",
    COOP + "subsidiarySchoolOf",
    ORG + "subOrganizationOf",
    ORG + "linkedTo",
)
"""Properties by which organizations belong together without an agreement."""
OPEN_ENDED = "concept/term-kind/open-ended"

Cell = tuple[Shown | Badge, ...]


def addresses(reader: Reader) -> dict[str, str]:
    """Give the pages of pictures, if there is anything to draw: address -> class."""
    return dict.fromkeys(PAGES, things.AGREEMENT) if agreements(reader) else {}


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


def _begun(reader: Reader, iri: str) -> tuple[float, str]:
    start = _span(reader, iri, SCHEMA + "validFrom") or _signing(reader, iri)
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
        told += f" · {reader.word('pic_end').format(_unknown(reader))}"
        shifted = (
            replace(r, follows=tuple((at + 1, said) for at, said in r.follows)) for r in rows
        )
        rows = [Bar(name(reader, iri), told, start), *shifted]
    if not rows:
        return None
    about = reader.word("timeline_of").format(reader.label(iri)[0])
    return _timeline(reader, rows, key, reader.word("timeline"), about)


# --- Networks ------------------------------------------------------------------------------------


def _kind(reader: Reader, iri: str) -> str:
    return "institution" if reader.index.is_a(iri, lists.INSTITUTION) else "organization"


def around(reader: Reader, iri: str) -> Figure | None:
    """Draw an organization and those linked to it, by agreements or as its schools."""
    index = reader.index
    shared: dict[str, list[str]] = {}
    for agreement in index.sources_of(iri, COOP + "party"):
        if index.is_a(agreement, things.AGREEMENT) and reader.page(agreement):
            for party in parties(reader, agreement):
                if party != iri:
                    shared.setdefault(party, []).append(agreement)
    order = sorted(shared, key=lambda p: (-len(shared[p]), reader.order(NamedNode(p))))
    spokes = [_spoke(reader, party, shared[party]) for party in order]
    tied = _tied(reader, iri)
    spokes += [
        ego.Spoke(name(reader, other), said, (), _kind(reader, other), loose=True)
        for other, said in tied.items()
        if other not in shared
    ]
    return _ego(reader, iri, spokes) if spokes else None


def framed(reader: Reader, iri: str) -> Figure | None:
    """Draw a partnership with its parties and the agreements that frame it."""
    spokes = [ego.Spoke(name(reader, p), kind=_kind(reader, p)) for p in parties(reader, iri)]
    rows = bars(reader, reader.index.iris(iri, COOP + "framedBy"))
    spokes += [ego.Spoke(row.name, row.told, kind="agreement") for row in rows]
    return _ego(reader, iri, spokes) if len(spokes) > 1 else None


def _ego(reader: Reader, iri: str, spokes: Sequence[ego.Spoke]) -> Figure:
    shown = spokes[:MOST_SPOKES]
    about = reader.word("network_of").format(reader.label(iri)[0])
    described = reader.word("ego_described")
    centre = replace(name(reader, iri), href=None)

    def draw(above: str) -> str:
        return ego.draw(centre, shown, Told("network", about, described, above))

    return Figure(
        reader.word("network"), "network", draw, _more(reader, len(shown), len(spokes)),
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


def _spoke(reader: Reader, party: str, shared: Sequence[str]) -> ego.Spoke:
    years = sorted({int(at) for a in shared if (at := _begun(reader, a)[0]) < 9e9})
    note = _counted(reader, "agreements", len(shared))
    if years:
        period = f"{years[0]}–{years[-1]}" if years[0] != years[-1] else str(years[0])
        note = f"{note}, {period}"
    ordered = sorted(shared, key=lambda a: _begun(reader, a))
    marks = tuple(name(reader, agreement) for agreement in ordered)
    return ego.Spoke(name(reader, party), note, marks, _kind(reader, party))


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


def timeline_page(reader: Reader, where: str) -> Page:
    """Make the page of the timeline of all agreements; of very many, the latest are drawn."""
    found = agreements(reader)
    known = sorted(found, key=lambda a: (_begun(reader, a)[0] >= 9e9, -_begun(reader, a)[0], a))
    drawn = known[:MOST_SPOKES]
    lead = reader.word("timeline_lead")
    figure = _timeline(reader, bars(reader, drawn), where, "", reader.word("timeline"))
    ordered = sorted(found, key=lambda a: _begun(reader, a))
    heads = ("name", "parties", "signed", "takes_effect", "end", "status", "follows")
    rows = tuple(_dates_row(reader, a) for a in ordered[:MOST_ROWS])
    table = Grid(_heads(reader, heads), rows, reader.word("same_facts"), "table")
    figure = replace(figure, note=_more(reader, len(drawn), len(found)))
    return _page(reader, where, lead, figure, (_bounded(reader, table, len(found)),))


def _heads(reader: Reader, words: Sequence[str]) -> tuple[str, ...]:
    return tuple(speech.capital(reader.word(word)) for word in words)


def _bounded(reader: Reader, table: Grid, total: int) -> Grid:
    return replace(table, note=_more(reader, len(table.rows), total))


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


def network_page(reader: Reader, where: str) -> Page:
    """Make the page of the whole network; of a very large one, the busiest are drawn."""
    found = _by_parties(reader)
    busy: Counter[str] = Counter()
    for who, shared in found.items():
        for party in who:
            busy[party] += len(shared)
    ranked = sorted(busy, key=lambda p: (-busy[p], p))[:MOST_NODES]
    order = sorted(ranked)
    at = {iri: row for row, iri in enumerate(order)}
    nodes = [network.Node(name(reader, iri), _kind(reader, iri)) for iri in order]
    bundles = [
        network.Bundle(
            tuple(at[party] for party in who),
            tuple(name(reader, a) for a in sorted(shared, key=lambda a: _begun(reader, a))),
        )
        for who, shared in sorted(found.items())
        if all(party in at for party in who)
    ]
    tied = [(iri, other) for iri in order for other in _above(reader, iri) if other in at]
    ties = [(at[one], at[other]) for one, other in tied]
    told = Told(where, reader.word("network"), reader.word("network_described"))

    def draw(above: str) -> str:
        return network.draw(nodes, bundles, ties, replace(told, above=above))

    words = ("network_square", "network_dot", "network_ring", "network_dashed")
    figure = Figure(
        "", where, draw, _more(reader, len(order), len(busy)),
        legend=" ".join(map(reader.word, words)),
        script="network.js" if assets.has("network.js") else "",
    )  # fmt: skip
    rows = [
        (
            tuple(reader.iri(party) for party in who),
            tuple(reader.iri(a) for a in shared),
            (Shown(speech.number(str(len(shared)), reader.language)),),
        )
        for who, shared in sorted(
            found.items(),
            key=lambda item: (-len(item[1]), [reader.order(NamedNode(p)) for p in item[0]]),
        )
    ]
    heads = _heads(reader, ("parties", "agreements_framed", "list_number"))
    table = Grid(heads, tuple(rows[:MOST_ROWS]), reader.word("same_facts"), "table")
    grids = [_bounded(reader, table, len(rows))]
    if tied:
        belongs = tuple(((reader.iri(o),), (reader.iri(t),)) for o, t in tied)
        heads = _heads(reader, ("name", "belongs_to"))
        grids.append(Grid(heads, belongs, reader.word("ties"), "ties"))
    return _page(reader, where, reader.word("network_lead"), figure, tuple(grids))


def _above(reader: Reader, iri: str) -> list[str]:
    found = (other for predicate in TIES for other in reader.index.iris(iri, predicate))
    return [other for other in dict.fromkeys(found) if other != iri]


def map_page(reader: Reader, where: str) -> Page:
    """Make the page of the map: the parties of agreements, by country."""
    index = reader.index
    found = _by_parties(reader)
    country: dict[str, str] = {}
    for who in found:
        for party in who:
            country[party] = next(iter(index.iris(party, SCHEMA + "location")), "")
    members: dict[str, list[str]] = {}
    for party in sorted(country):
        members.setdefault(country[party], []).append(party)
    number = {c: _agreements_in(found, set(parties_of)) for c, parties_of in members.items()}
    order = sorted(
        members, key=lambda c: (not c, -len(members[c]), reader.order(NamedNode(c or "urn:x")))
    )
    places = [
        worldmap.Place(
            _code(reader, c),
            name(reader, c) if c else Name(reader.word("country_unknown")),
            len(members[c]),
            f"{_counted(reader, 'parties', len(members[c]))}, "
            f"{_counted(reader, 'agreements', number[c])}",
        )
        for c in order
    ]
    at = {c: row for row, c in enumerate(order)}
    between: Counter[tuple[int, int]] = Counter()
    for who, shared in found.items():
        lands = sorted({at[country[party]] for party in who if country[party]})
        for pair in combinations(lands, 2):
            between[pair] += len(shared)
    arcs = [
        worldmap.Arc(one, other, _counted(reader, "agreements", between[one, other]))
        for one, other in sorted(between)
    ]
    words = {"map_off": reader.word("map_off")}
    words |= {f"region_{region}": reader.word(f"region_{region}") for region in REGIONS}
    told = Told(where, reader.word("map"), reader.word("map_described"))
    atlas = assets.atlas()

    def draw(above: str) -> str:
        return worldmap.draw(places, arcs, replace(told, above=above), words, atlas)

    legend = reader.word("map_borders" if atlas else "map_regions")
    figure = Figure("", where, draw, legend=legend)
    rows = tuple(
        (
            (reader.iri(c) if c else Shown(reader.word("unknown_short"), unknown=True),),
            tuple(
                reader.iri(p) for p in sorted(members[c], key=lambda p: reader.order(NamedNode(p)))
            ),
            (Shown(speech.number(str(number[c]), reader.language)),),
        )
        for c in order
    )
    heads = _heads(reader, ("country", "parties", "agreements_framed"))
    table = Grid(heads, rows, reader.word("same_facts"), "table")
    return _page(reader, where, reader.word("map_lead"), figure, (table,))


def _code(reader: Reader, country: str) -> str:
    notation = reader.index.first(country, SKOS + "notation")
    code = notation.value.upper() if isinstance(notation, Literal) else ""
    return code if code in NUMBER else ""


def _agreements_in(found: dict[tuple[str, ...], list[str]], members: set[str]) -> int:
    return sum(len(shared) for who, shared in found.items() if members.intersection(who))


def _page(reader: Reader, where: str, lead: str, figure: Figure, grids: tuple[Grid, ...]) -> Page:
    title = reader.word(where)
    others = tuple(Shown(reader.word(at), href=at) for at in PAGES if at != where)
    context: dict[str, object] = {"lead": Shown(lead), "figure": figure, "grids": grids}
    return Page(where, Shown(title), lead, "picture.html", others, context)


PAGES: dict[str, Callable[[Reader, str], Page]] = {
    "timeline": timeline_page,
    "network": network_page,
    "map": map_page,
}
"""The pages of pictures, by address."""


def small(reader: Reader, iri: str) -> tuple[Figure, ...]:
    """Give the pictures that the page of a thing holds."""
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
    figure = around(reader, iri)
    own = [a for a in links.get(COOP + "party", ()) if index.is_a(a, things.AGREEMENT)]
    if not own:
        return (figure,) if figure else ()
    latest = sorted(own, key=lambda a: (_begun(reader, a)[0] >= 9e9, -_begun(reader, a)[0], a))
    about = reader.word("timeline_of").format(reader.label(iri)[0])
    rows = bars(reader, latest[:LATEST])
    drawn = _timeline(reader, rows, "timeline", reader.word("timeline"), about)
    drawn = replace(drawn, note=_more(reader, len(rows), len(own)))
    return (figure, drawn) if figure else (drawn,)

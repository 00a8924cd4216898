"""Tables: a class and what its things are told apart by in; the pages of its list out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pyoxigraph import Literal, NamedNode

from coopera.pages import lists, sheets, speech, things, words
from coopera.pages.facets import Catalogue, Key, Value
from coopera.pages.names import part_of, parts
from coopera.pages.reader import Reader
from coopera.pages.views import Choice, Facet, Grid, Page, Pager, Shown, share
from coopera.terms import SKOS

PER = 40
"""Things in one part of a list."""
FIRST, MOST = 6, 40
"""Values of a facet that are shown at once, and on demand; its own page shows all."""
KEPT = 20_000
"""Rows of one list in one language that are kept."""
VALUES = 200
"""Values of a facet in one part of its own page."""

OUTERMOST = ("partner", "country", "type", "party", "publisher", "form", "domain", "axis")
"""Facets whose values stand by the number of what has them; others stand in their own order."""


def catalogues(reader: Reader) -> dict[str, Catalogue]:
    """Give the lists of a graph by address."""
    found = {"sources": things.DOCUMENT} | lists.listed(reader)
    return {
        where: Catalogue(reader.index, name, where, lists.members(reader, name))
        for where, name in found.items()
    }


def addresses(catalogue: Catalogue) -> Iterable[str]:
    """List the pages of a list."""
    yield from catalogue.addresses(PER)
    for name, holders in catalogue.holders.items():
        yield from parts(f"{catalogue.where}/{name}", len(holders), VALUES)[1:]


def page(reader: Reader, catalogue: Catalogue, address: str, room: float = 1.0) -> Page:
    """Make the page at an address of a list: the list, what has a value, or a facet's values.

    `room` as in `views.ROOMS`.
    """
    whole, at = part_of(address)
    name, value, single = catalogue.chosen(whole)
    if name and not single:
        return _values(reader, catalogue, name, at)
    iris = _ordered(reader, catalogue, name, value, single)
    named, meaning = title(reader, catalogue), None
    kicker = (Shown(reader.word("lists"), href="index", anchor="lists"),)
    if single:
        kicker = (Shown(named, href=catalogue.where),)
        named = _chosen(reader, named, name, value)
    else:
        meaning = _meaning(reader, catalogue)
    one_part = len(catalogue.members) <= PER
    shown = iris[(at - 1) * PER : at * PER]
    made = _grid(reader, catalogue, shown)
    most = share(MOST, room, FIRST)
    facets = facets_of(reader, catalogue, name if single else "", value, most)
    if one_part and not single and facets:
        made = replace(made, marks=_marks(catalogue, facets, shown))
    context: dict[str, object] = {
        "lead": meaning,
        "grids": (made,),
        "total": _total(reader, catalogue, len(iris)),
        "facets": facets,
        "combine": _combine(reader, catalogue, name, value) if single and one_part else None,
        "pager": pager(whole, at, len(iris), PER),
        "sheet": f"{whole}.csv",
        "sparql": catalogue.sparql(reader.prefixes, reader.language, name, value),
        "whole": _whole(reader, catalogue) if single else None,
    }
    described = reader.word("description_list").format(title=named)
    return Page(address, _part(Shown(named), at), described, "list.html", kicker, context)


def _part(named: Shown, at: int) -> Shown:
    return named._replace(text=f"{named.text} ({at})") if at > 1 else named


def title(reader: Reader, catalogue: Catalogue) -> str:
    """Give the title of a list."""
    if catalogue.name == things.DOCUMENT:
        return reader.word("sources")
    return reader.plural(catalogue.name)


def _meaning(reader: Reader, catalogue: Catalogue) -> Shown | None:
    if catalogue.name == things.DOCUMENT:
        return Shown(reader.word("sources_lead"))
    meaning = reader.best(reader.index.values(catalogue.name, SKOS + "definition"))
    return Shown(*meaning) if meaning else None


def _chosen(reader: Reader, listed: str, name: str, value: Value) -> str:
    said = reader.word("chosen").format(
        facet=reader.word(name).lower(), value=said_of(reader, value)
    )
    return f"{listed} — {said}"


def _combine(reader: Reader, catalogue: Catalogue, name: str, value: Value) -> Shown:
    anchor = f"{name}/{catalogue.slugs[name][value]}"
    return Shown(reader.word("combine"), href=catalogue.where, anchor=anchor)


def _whole(reader: Reader, catalogue: Catalogue) -> Shown:
    number = speech.number(str(len(catalogue.members)), reader.language)
    return Shown(reader.word("whole_list").format(number), href=catalogue.where)


def _total(reader: Reader, catalogue: Catalogue, number: int) -> str:
    known = {
        things.AGREEMENT: "agreements", lists.INSTITUTION: "institutions",
        things.DOCUMENT: "sources", things.COMMITMENT: "commitments",
    }.get(catalogue.name)  # fmt: skip
    word = known or "things"
    return speech.count(
        number, reader.word(f"{word}_one"), reader.word(f"{word}_many"), reader.language
    )


def pager(address: str, at: int, number: int, per: int) -> Pager | None:
    """Tell the neighbours of a part, where there are several."""
    return things.pager_of(parts(address, number, per), at)


# --- Order ---------------------------------------------------------------------------------------


def _ordered(
    reader: Reader, catalogue: Catalogue, name: str, value: Value, single: bool
) -> Sequence[str]:
    places = prepare(reader, catalogue)
    chosen = catalogue.holders[name][value] if single else catalogue.members
    return sorted(chosen, key=places.__getitem__)


def prepare(reader: Reader, catalogue: Catalogue) -> dict[str, int]:
    """Give the place of each member in the list, which many pages ask for."""
    places = catalogue.places.get(reader.language)
    if places is None:
        ordered = ordering(reader, catalogue.name, catalogue.members)
        places = catalogue.places[reader.language] = {iri: at for at, iri in enumerate(ordered)}
    return places


def ordering(reader: Reader, name: str, iris: Iterable[str]) -> list[str]:
    """Order the members of a class: agreements newest first, sources by use, others by name."""
    ordered = sorted(iris, key=lambda iri: reader.order(NamedNode(iri)))
    if name == things.AGREEMENT:
        ordered.sort(key=lambda iri: things.first_day(reader.index, iri), reverse=True)
    elif name == things.DOCUMENT:
        cited = reader.index.by_source
        ordered.sort(key=lambda iri: -len(cited.get(iri, ())))
    return ordered


# --- Columns -------------------------------------------------------------------------------------


def _columns(reader: Reader, catalogue: Catalogue) -> tuple[lists.Column, ...]:
    return lists.columns(reader, catalogue.name, catalogue.mixed)


def sheet(reader: Reader, catalogue: Catalogue, address: str) -> str:
    """Write the list at an address as CSV: its table, with IRIs and with every facet."""
    name, value, single = catalogue.chosen(address)
    iris = _ordered(reader, catalogue, name, value, single)
    return sheets.of_grid(_grid(reader, catalogue, iris, whole=True), iris, reader)


def _grid(
    reader: Reader, catalogue: Catalogue, iris: Sequence[str], *, whole: bool = False
) -> Grid:
    """Make the table of some members; the `whole` one has every facet too.

    Rows are kept, since each stands in the list of each value of each facet, and in their sheets.
    """
    columns = _columns(reader, catalogue)
    shown = {head for head, _ in columns} | {"partner", "party"}
    more = tuple(_column(key) for key in catalogue.keys.values() if key.name not in shown)
    kept = catalogue.rows.setdefault(reader.language, {})
    rows = {iri: kept.get(iri) for iri in iris}  # a server asks from several threads
    if missing := [iri for iri, row in rows.items() if row is None]:
        made = lists.grid(reader, (*columns, *more), missing)
        if len(kept) + len(missing) > KEPT:
            kept.clear()
        fresh = dict(zip(missing, made.rows, strict=True))
        kept.update(fresh)
        rows |= fresh
    heads = lists.grid(reader, (*columns, *more) if whole else columns, ()).columns
    return Grid(heads, tuple(row[: len(heads)] for row in rows.values() if row))


def _column(key: Key) -> lists.Column:
    def cell(reader: Reader, iri: str) -> lists.Cell:
        values = sorted(key.values(reader.index, iri), key=reader.order)
        return tuple(_shown(reader, value) for value in values)

    return key.name, cell


# --- Facets --------------------------------------------------------------------------------------


def said_of(reader: Reader, value: Value) -> str:
    """Say a value of a facet."""
    return _shown(reader, value).text


def _shown(reader: Reader, value: Value) -> Shown:
    if value is None:
        return Shown(reader.word("unknown_short"), unknown=True)
    shown = reader.term(value)
    if isinstance(value, Literal):
        name = words.word(words.LANGUAGE_NAMES, value.value, reader.language)
        return Shown(name or value.value)
    return shown


def facets_of(
    reader: Reader, catalogue: Catalogue, only: str, current: Value, most: int = MOST
) -> tuple[Facet, ...]:
    """Give the facets of a list; of the list of what has a value, that one facet alone."""
    found, before = [], 0
    for name in [only] if only else catalogue.keys:
        values = _values_in_order(reader, catalogue, name)
        choices = [
            replace(
                _choice(reader, catalogue, name, value, before + nth),
                current=bool(only) and value == current,
            )
            for nth, value in enumerate(values[:most], 1)
        ]
        first = FIRST if len(values) > FIRST + 1 else len(values)
        heading = Shown(speech.capital(reader.word(name)), href=f"{catalogue.where}/{name}")
        shown, more = tuple(choices[:first]), tuple(choices[first:])
        found.append(Facet(name, heading, shown, more, len(values)))
        before += len(values)
    return tuple(found)


def _choice(reader: Reader, catalogue: Catalogue, name: str, value: Value, number: int) -> Choice:
    shown = _shown(reader, value)
    anchor = f"{name}/{catalogue.slugs[name][value]}"
    link = shown._replace(href=catalogue.address(name, value), url=None, title="", datetime=None)
    return Choice(link, len(catalogue.holders[name][value]), number, anchor=anchor)


def _values_in_order(reader: Reader, catalogue: Catalogue, name: str) -> list[Value]:
    """Order the values of a facet: the most frequent or the latest first, the unknown last."""
    key = (reader.language, name)
    if key not in catalogue.values:
        holders = catalogue.holders[name]
        known = [v for v in holders if v is not None]
        known.sort(key=reader.order, reverse=name == "year")
        if name in OUTERMOST:
            known.sort(key=lambda v: -len(holders[v]))
        catalogue.values[key] = [*known, *([None] if None in holders else [])]
    return catalogue.values[key]


def _marks(catalogue: Catalogue, facets: Iterable[Facet], iris: Iterable[str]) -> tuple[str, ...]:
    """Give for each row the numbers of the choices that fit it."""
    fitting: dict[str, list[int]] = {iri: [] for iri in iris}
    numbers = {
        choice.anchor: choice.number for facet in facets for choice in (*facet.choices, *facet.more)
    }
    for name, holders in catalogue.holders.items():
        for value, some in holders.items():
            number = numbers.get(f"{name}/{catalogue.slugs[name][value]}")
            if number is not None:  # values that are on the facet's own page alone have none
                for iri in some:
                    fitting[iri].append(number)
    return tuple(" ".join(map(str, sorted(some))) for some in fitting.values())


def _values(reader: Reader, catalogue: Catalogue, name: str, at: int) -> Page:
    """Make the page of a facet: all its values, with the number of what has them."""
    listed = title(reader, catalogue)
    named = reader.word("by_facet").format(list=listed, facet=reader.word(name).lower())
    values = _values_in_order(reader, catalogue, name)
    where = f"{catalogue.where}/{name}"
    choices = tuple(
        _choice(reader, catalogue, name, value, 0)
        for value in values[(at - 1) * VALUES : at * VALUES]
    )
    context: dict[str, object] = {
        "choices": choices,
        "pager": pager(where, at, len(values), VALUES),
        "total": speech.count(
            len(values), reader.word("values_one"), reader.word("values_many"), reader.language
        ),
    }
    described = reader.word("description_list").format(title=named)
    address = parts(where, len(values), VALUES)[at - 1]
    kicker = (Shown(listed, href=catalogue.where),)
    return Page(address, _part(Shown(named), at), described, "facet.html", kicker, context)

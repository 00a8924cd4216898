"""Things: an IRI in; the rows, links and evidence of its page out."""

import re
from collections.abc import Iterable, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode

from coopera.pages import speech, words
from coopera.pages.index import TYPE, Index, Reading
from coopera.pages.names import PART, part_of, parts
from coopera.pages.reader import BOUNDED, PARTS, Reader, ranked
from coopera.pages.views import Badge, Evidence, Fact, Group, Page, Pager, Row, Shown
from coopera.tables import Term
from coopera.terms import COOP, DCTERMS, FOAF, OA, ORG, PROV, RDF, RDFS, SCHEMA, SH, SKOS

AGREEMENT, COMMITMENT, PARTNERSHIP = (COOP + n for n in ("Agreement", "Commitment", "Partnership"))
ASSERTION, EXCERPT = COOP + "Assertion", COOP + "Excerpt"
DOCUMENT = FOAF + "Document"
PER = 60
"""Statements of a source in one part of its page."""
MANY = 100
"""Links shown under one heading; the heading tells how many there are."""
LINKS = "~in"
"""What ends the address of a page of what points to a thing: no step of an IRI gives it."""
SOME, FEW, LISTED = 50, 8, 40
"""Links that stand on the page of a thing, at most, or of one with a profile; and on one of those.
"""


def _all(namespace: str, names: str) -> tuple[str, ...]:
    return tuple(namespace + name for name in names.split())


LAYOUT: dict[str, tuple[str, ...]] = {
    "essentials": (
        *_all(COOP, "supportedBy"),
        *_all(RDF, "subject predicate object"),
        *_all(COOP, "standing readingMode agreementType"),
        *_all(ORG, "classification"),
        *_all(DCTERMS, "type"),
        *_all(COOP, "hasParticipation party committedParty host guest atSite signedDuring"),
        *_all(COOP, "participant inRole statusValue asOf"),
        *_all(DCTERMS, "date"),
        *_all(PROV, "atLocation"),
        *_all(COOP, "startsNotBefore startsNotAfter"),
        *_all(SCHEMA, "validFrom validThrough"),
        *_all(COOP, "termKind hasStatusRecord currentStatus"),
        *_all(ORG, "member organization role"),
        *_all(SCHEMA, "observationAbout variableMeasured value minValue maxValue"),
        *_all(COOP, "memberSchoolOf subsidiarySchoolOf"),
        *_all(ORG, "subOrganizationOf linkedTo memberOf"),
        *_all(COOP, "underSupervisionOf strategicAxisOf"),
        *_all(SCHEMA, "provider location containedInPlace foundingDate"),
        *_all(ORG, "siteOf hasPrimarySite hasSite"),
        *_all(SCHEMA, "hasCertification"),
        *_all(DCTERMS, "creator publisher issued language"),
        *_all(OA, "hasSource"),
        *_all(RDFS, "subClassOf subPropertyOf"),
        *_all(SCHEMA, "domainIncludes rangeIncludes"),
        *_all(SKOS, "notation inScheme broader"),
    ),
    "history": (
        *_all(COOP, "extends"),
        *_all(DCTERMS, "replaces isReplacedBy isPartOf"),
        *_all(COOP, "framedBy documentedBy implementsStrategy"),
        *_all(DCTERMS, "relation"),
    ),
    "scope": _all(COOP, "inDomain usesForm concernsAxis addressesChallenge involvesGroup"),
    "promises": (*_all(COOP, "setsOut"), *_all(DCTERMS, "hasPart")),
    "notes": (
        *_all(SKOS, "definition scopeNote note example historyNote editorialNote changeNote"),
        *_all(DCTERMS, "description abstract"),
        *_all(RDFS, "comment"),
    ),
    "names": (
        *_all(SKOS, "prefLabel"),
        *_all(RDFS, "label"),
        *_all(DCTERMS, "title"),
        *_all(FOAF, "name"),
        *_all(SKOS, "altLabel hiddenLabel"),
    ),
    "identifiers": (
        *_all(ORG, "identifier"),
        *_all(DCTERMS, "identifier"),
        *_all(SCHEMA, "sameAs url sha256"),
        *_all(FOAF, "homepage page"),
        *_all(DCTERMS, "source"),
        *_all(RDFS, "seeAlso isDefinedBy"),
    ),
    "other": (),
}
"""The groups of a page, and the order of the properties in them."""

_GROUP_OF = {iri: name for name, iris in LAYOUT.items() for iri in iris}
_PLACE_OF = {iri: at for iris in LAYOUT.values() for at, iri in enumerate(iris)}

EXPECTED: dict[str, tuple[str, ...]] = {
    AGREEMENT: (
        *_all(COOP, "agreementType signedDuring"),
        *_all(SCHEMA, "validFrom validThrough"),
        *_all(COOP, "termKind documentedBy"),
    ),
    COOP + "SigningEvent": (DCTERMS + "date", PROV + "atLocation"),
    COOP + "Strategy": _all(SCHEMA, "validFrom validThrough"),
    COOP + "Hosting": (COOP + "atSite",),
    COMMITMENT: (COOP + "hasStatusRecord",),
    PARTNERSHIP: (COOP + "startsNotBefore",),
    COOP + "Institution": (
        ORG + "classification",
        SCHEMA + "location",
        ORG + "hasPrimarySite",
        SCHEMA + "foundingDate",
    ),
    DOCUMENT: (DCTERMS + "source",),
}
"""Properties that a reader looks for: where they are absent, the page says "unknown"."""

LEADS = (SKOS + "definition", DCTERMS + "description", DCTERMS + "abstract")
BOUNDS = (COOP + "earliest", COOP + "latest")
NEVER = frozenset(
    {
        TYPE,
        SH + "declare",
        OA + "hasSelector",
        PROV + "wasQuotedFrom",
        *BOUNDS,
    }
)
NOT_LINKS = frozenset(
    {
        *_all(RDF, "type subject predicate object"),
        *_all(SKOS, "topConceptOf hasTopConcept"),
        *_all(OA, "hasSource hasSelector"),
        *_all(COOP, "supportedBy"),
        *_all(PROV, "wasQuotedFrom"),
        *_all(RDFS, "isDefinedBy"),
    }
)
"""Incoming links that other parts of a page show, or that say nothing."""


def page(reader: Reader, iri: str, address: str) -> Page:
    """Make the page of one thing; the statements of a source may go on in further parts."""
    whole, at = part_of(address)
    text, lang = reader.title(iri)
    kinds = [
        Shown(reader.class_label(t), href=reader.lists.get(t) or reader.page(t), title=t)
        for t in reader.index.types(iri)
        if not t.startswith(OA)
    ]
    if (owner := reader.owner(iri)) != iri:
        kinds.append(reader.iri(owner))
    lead, lead_lang, lead_evidence = _lead(reader, iri)
    context: dict[str, object] = {
        "iri": iri,
        "badge": reader.status(iri),
        "lead": Shown(lead, lead_lang) if lead else None,
        "lead_evidence": lead_evidence,
        "groups": groups(reader, iri, lead if not lead_evidence else ""),
        "incoming": incoming(reader, iri),
        "supports": supports(reader, iri, at),
        "supported": len(_cited(reader, iri)),
        "pager": _pager(reader, iri, whole, at),
        "bounds": _bounds(reader, iri),
        "reading": _reading(reader, iri),
        "same": _same(reader, iri),
        "passage": _passage(reader, iri),
    }
    kind = kinds[0].text if kinds else reader.word("page")
    described = lead or reader.word("description_default").format(type=kind, label=text)
    title = Shown(speech.capital(text), lang)
    if at > 1:
        title = title._replace(text=f"{title.text} ({at})")
        context |= {"groups": (), "incoming": (), "lead": None, "lead_evidence": ()}
    return Page(address, title, described, "thing.html", tuple(kinds), context)


def addresses(
    reader: Reader, iri: str, address: str, told: frozenset[str] | None = None
) -> list[str]:
    """List the parts of the page of a thing, and the pages of what points to it.

    `told` are the properties of links that its page tells of in another way; without them there
    are no such pages.
    """
    found = parts(address, len(_cited(reader, iri)), PER)
    number = 0 if told is None else number_of_links(reader, iri, told)
    return found + (parts(f"{address}{LINKS}", number, LISTED) if number else [])


def _pager(reader: Reader, iri: str, whole: str, at: int) -> Pager | None:
    return pager_of(parts(whole, len(_cited(reader, iri)), PER), at)


def pager_of(all_parts: Sequence[str], at: int) -> Pager | None:
    """Tell the neighbours of a part, where there are several."""
    if len(all_parts) == 1:
        return None
    return Pager(
        at,
        len(all_parts),
        all_parts[at - 2] if at > 1 else "",
        all_parts[at] if at < len(all_parts) else "",
    )


def _lead(reader: Reader, iri: str) -> tuple[str, str | None, tuple[Evidence, ...]]:
    for predicate in LEADS:
        values = reader.index.values(iri, predicate)
        found = reader.best(values)
        if found:
            chosen = [v for v in values if reader.term(v).text == found[0]]
            proof = tuple(e for v in chosen for e in reader.support(iri, predicate, v))
            return (*found, proof)
    return "", None, ()


def _bounds(reader: Reader, iri: str) -> tuple[Shown, Shown] | None:
    found = [reader.index.first(iri, name) for name in BOUNDS]
    return (reader.term(found[0]), reader.term(found[1])) if all(found) else None


def groups(reader: Reader, iri: str, lead: str = "") -> tuple[Group, ...]:
    """Give what is said of a thing, in words, group by group."""
    index = reader.index
    predicates = set(index.facts.get(iri, ())) | set(index.readings.get(iri, ()))
    kinds = index.kinds(iri)
    expected = {p for name, ps in EXPECTED.items() if name in kinds for p in ps}
    if any(t.endswith("/document-type/editorial") for t in index.iris(iri, DCTERMS + "type")):
        expected.discard(DCTERMS + "source")  # our own words are nowhere else
    hidden = set(NEVER)
    if COOP + "hasParticipation" in predicates and not reader.readings(iri, COOP + "party"):
        hidden.add(COOP + "party")
    if COOP + "hasStatusRecord" in predicates:
        hidden.add(COOP + "currentStatus")
    if SKOS + "prefLabel" in predicates or not iri.startswith(COOP):
        hidden.add(RDFS + "label")
    if iri in index.by_iri:
        hidden |= EVIDENCE_ROWS
    found: dict[str, list[Row]] = {name: [] for name in LAYOUT}
    promising = index.is_a(iri, COMMITMENT) or index.is_a(iri, COOP + "Strategy")
    for predicate in sorted((predicates | expected) - hidden, key=_place):
        group = _GROUP_OF.get(predicate, "other")
        if predicate == DCTERMS + "hasPart" and not promising:
            group = "other"
        made = row(reader, iri, predicate, group, lead)
        if made.facts or made.others or predicate in expected:
            found[group].append(made._replace(unknown=not made.facts and not made.others))
    return tuple(
        Group(words.GROUPS[name][reader.language == "fr"], name, tuple(rows))
        for name, rows in found.items()
        if rows
    )


EVIDENCE_ROWS = frozenset(
    {*_all(RDF, "subject predicate object"), *_all(COOP, "standing readingMode")}
)


def _place(predicate: str) -> tuple[int, str]:
    return _PLACE_OF.get(predicate, 999), predicate


def row(reader: Reader, iri: str, predicate: str, group: str, lead: str) -> Row:
    """Show one property of one thing: its values, their evidence, and the other readings."""
    values = list(reader.index.values(iri, predicate))
    tagged = {v.language for v in values if isinstance(v, Literal)}
    if group == "notes" and reader.language in tagged:
        values = [v for v in values if isinstance(v, Literal) and v.language == reader.language]
    if lead and predicate in LEADS:
        values = [v for v in values if reader.term(v).text != lead]
    if len(values) > 1:
        values.sort(key=reader.order)
    facts = [fact(reader, iri, predicate, value) for value in values]
    if predicate == COOP + "setsOut":
        facts.sort(key=_firmness)
    parts = _by_status(facts) if predicate == COOP + "setsOut" else ()
    label = reader.property(predicate)
    if predicate == DCTERMS + "source" and reader.index.is_a(iri, DOCUMENT):
        label = label._replace(text=reader.word("web_address"), lang=None)
    return Row(
        label,
        re.sub("[^A-Za-z0-9_-]", "-", reader.prefixes.curie(predicate) or predicate),
        tuple(facts),
        reader.others(iri, predicate),
        parts=parts,
    )


def _by_status(facts: Sequence[Fact]) -> tuple[Group, ...]:
    """Cut promises, which stand in order of firmness, where the status changes."""
    cut: dict[str, list[Fact]] = {}
    for one in facts:
        cut.setdefault(one.badge.text if one.badge else "", []).append(one)
    if len(cut) < 2:
        return ()
    return tuple(
        Group(speech.capital(status), f"promised-{at}", facts=tuple(some), count=len(some))
        for at, (status, some) in enumerate(cut.items(), 1)
    )


_FIRM = ("done", "way", "plan", "study", "wish", "gone", "")


def _firmness(fact: Fact) -> int:
    style = fact.badge.style if fact.badge else ""
    return _FIRM.index(style) if style in _FIRM else len(_FIRM)


def fact(reader: Reader, subject: str, predicate: str, value: Term) -> Fact:
    """Show one value: a carrier in place, a promise with its status, anything else by its label."""
    support = reader.support(subject, predicate, value)
    if isinstance(value, BlankNode):
        return Fact(_inside(reader, str(value)), support)
    if not isinstance(value, NamedNode):
        return Fact((_literal(reader, predicate, value),), support)
    iri = value.value
    if carried := part(reader, iri, subject):
        first = tuple(e._replace(lead=_proves(reader, predicate)) for e in support)
        return carried._replace(evidence=told_apart(first + carried.evidence))
    disputed: tuple[Fact, ...] = ()
    badge = None
    if reader.index.is_a(iri, COMMITMENT):
        badge = reader.status(iri)
        promised = predicate == COOP + "setsOut"
        records = reader.index.iris(iri, COOP + "hasStatusRecord") if promised else []
        disputed = tuple(o for r in records for o in reader.others(r, COOP + "statusValue"))
        if badge and disputed:  # they stand below, with their phrases
            badge = badge._replace(marks=())
    return Fact((reader.iri(iri),), support, disputed, badge, asides(reader, iri))


def _proves(reader: Reader, predicate: str) -> str:
    """Say what the evidence of one property of a carrier proves."""
    known = words.word(words.PROVES, predicate, reader.language)
    return known or reader.property(predicate).text


def told_apart(proof: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Keep the words that tell what evidence proves only where it proves several things."""
    kept = tuple(dict.fromkeys(proof))
    return kept if len({e.lead for e in kept}) > 1 else tuple(e._replace(lead="") for e in kept)


def _literal(reader: Reader, predicate: str, value: Term) -> Shown:
    shown = reader.term(value)
    if predicate == DCTERMS + "language":
        name = words.word(words.LANGUAGE_NAMES, shown.text, reader.language)
        return shown._replace(text=name or shown.text)
    return shown._replace(code=True) if predicate == SCHEMA + "sha256" else shown


def _inside(reader: Reader, node: str) -> tuple[Shown, ...]:
    """Show a blank node by what is said of it."""
    facts = reader.index.facts.get(node, {})
    return tuple(
        reader.term(v)._replace(lead=reader.label(p)[0])
        for p, values in facts.items()
        if p != TYPE
        for v in values
    ) or (Shown("…"),)


def part(reader: Reader, iri: str, back: str = "") -> Fact | None:
    """Show a carrier in place: what it carries but the way back, its evidence, other readings."""
    index = reader.index
    kinds = index.kinds(iri)
    name = next((n for n in PARTS if n in kinds), None)
    if name is None:
        return None
    values: list[Shown] = []
    proof: list[Evidence] = []
    others: list[Fact] = []
    badge: Badge | None = None
    for predicate in (p for choices in PARTS[name] for p in choices):
        others += reader.others(iri, predicate)
        for value in sorted(index.values(iri, predicate), key=reader.order):
            lead = _proves(reader, predicate)
            proof += (e._replace(lead=lead) for e in reader.support(iri, predicate, value))
            shown = reader.term(value)
            if isinstance(value, NamedNode) and value.value == back:
                continue
            if predicate == COOP + "statusValue" and isinstance(value, NamedNode):
                badge = reader.badge(value.value)
            elif predicate == COOP + "asOf" and badge:
                badge = badge._replace(when=reader.as_of(value))
            elif predicate in BOUNDED:
                values.append(shown._replace(lead=reader.word(BOUNDED[predicate])))
            else:
                values.append(shown)
    if not values and not badge:
        values.append(reader.iri(iri))
    unique = tuple(dict.fromkeys(proof))
    return Fact(tuple(values), unique, tuple(others), badge, more=reader.page(iri))


def asides(reader: Reader, iri: str) -> tuple[Shown, ...]:
    """Give the few words that help to tell a linked thing: type, dates, publisher."""
    index = reader.index
    found: list[Shown] = []
    if index.is_a(iri, AGREEMENT):
        found += [reader.iri(t) for t in index.iris(iri, COOP + "agreementType")]
        if when := signed(reader, iri):
            found.append(when._replace(lead=reader.word("signed").lower()))
    elif index.is_a(iri, DOCUMENT):
        issued = [reader.term(v) for v in index.values(iri, DCTERMS + "issued")]
        found += [shown for shown in issued if shown.text not in reader.label(iri)[0]]
    elif index.is_a(iri, PARTNERSHIP) and (start := since(reader, iri)):
        found.append(start._replace(lead=reader.word("from" if start.datetime else "began")))
    elif index.is_a(iri, COOP + "Strategy"):
        ends = [index.first(iri, SCHEMA + n) for n in ("validFrom", "validThrough")]
        period = "–".join(reader.term(e).text for e in ends if e)
        found += [Shown(period)] if period and period not in reader.label(iri)[0] else []
    return tuple(shown._replace(href=None, url=None, title="") for shown in found)


def signed(reader: Reader, agreement: str) -> Shown | None:
    """Give the date on which an agreement was signed, with the precision that is known."""
    index = reader.index
    for event in index.iris(agreement, COOP + "signedDuring"):
        for value in index.values(event, DCTERMS + "date"):
            return reader.term(value)
    return None


def first_day(index: Index, agreement: str) -> str:
    """Give the first date of an agreement: of its signing or effect; empty where unknown."""
    events = index.iris(agreement, COOP + "signedDuring")
    days = [v.value for e in events for v in index.values(e, DCTERMS + "date")]  # type: ignore[union-attr]
    days += [v.value for v in index.values(agreement, SCHEMA + "validFrom")]  # type: ignore[union-attr]
    return min(days, default="")


def since(reader: Reader, partnership: str) -> Shown | None:
    """Give the start of a partnership: a date, or the bounds between which it lies."""
    names = ("startsNotBefore", "startsNotAfter")
    first, last = (reader.index.first(partnership, COOP + name) for name in names)
    if first and last and first != last:
        bounds = (reader.term(first).text, reader.term(last).text)
        return Shown(reader.word("between_years").format(*bounds))
    if first and last:
        return reader.term(first)
    bound = first or last
    word = reader.word("at_earliest" if first else "at_latest")
    return Shown(word.format(reader.term(bound).text)) if bound else None


Links = tuple[list[tuple[str, list[str]]], dict[str, tuple[Shown, ...]]]
"""What points to a thing: headings with the things under them, and roles by what has them."""


def incoming(reader: Reader, iri: str, told: frozenset[str] = frozenset()) -> tuple[Group, ...]:
    """Give the things that point to a thing, by property and class, with their number.

    `told` are the properties that the page tells of in another way.
    """
    headed, roles = _linked(reader, iri, told)
    return tuple(
        Group(
            title,
            f"in-{nth}",
            facts=tuple(_link(reader, m, iri, roles) for m in members[:MANY]),
            count=len(members),
        )
        for nth, (title, members) in enumerate(headed, 1)
    )


def _linked(reader: Reader, iri: str, told: frozenset[str]) -> Links:
    """Gather what points to a thing; kept for the next part of its pages."""
    last = reader.linked  # a server asks from several threads
    if last is None or last[0] != (iri, told):
        reader.linked = last = (iri, told), _gathered(reader, iri, told)
    found: Links = last[1]
    return found


def _gathered(reader: Reader, iri: str, told: frozenset[str]) -> Links:
    links = reader.index.links.get(iri, {})
    found: list[tuple[str, list[str]]] = []
    roles = _roles(reader, iri, links.get(COOP + "participant", ()))
    parties = set(links.get(COOP + "party", ()))
    for predicate, subjects in links.items():
        if predicate in NOT_LINKS or predicate in told:
            continue
        if predicate == COOP + "participant":
            subjects = [owner for owner in roles if owner not in parties]
        shown = [s for s in subjects if not s.startswith("_:") and s != iri]
        phrase = words.word(words.INCOMING, predicate, reader.language)
        by_class: dict[str, list[str]] = {}
        for subject in shown:
            kinds = reader.index.types(subject)
            kind = "" if (phrase and "{}" not in phrase) or not kinds else kinds[0]
            by_class.setdefault(kind, []).append(subject)
        for kind, members in by_class.items():
            plural = reader.plural(kind) if kind else ""
            title = phrase or f"{plural}{speech.NBSP if reader.language == 'fr' else ''}: {{}}"
            title = title.format(plural if phrase else reader.label(predicate)[0])
            members.sort(key=lambda m: reader.order(NamedNode(m)))
            found.append((title, members))
    found.sort(key=lambda headed: speech.order(headed[0]))
    return found, roles


def number_of_links(reader: Reader, iri: str, told: frozenset[str]) -> int:
    """Count the things that point to a thing, if they fill pages of their own; else give 0."""
    few = FEW if told else SOME
    links = reader.index.links.get(iri, {})
    most = sum(len(some) for p, some in links.items() if p not in NOT_LINKS and p not in told)
    if most <= few:
        return 0
    number = sum(len(members) for _, members in _linked(reader, iri, told)[0])
    return number if number > few else 0


def linked(reader: Reader, iri: str, address: str, told: frozenset[str]) -> tuple[Group, ...]:
    """Tell how much points to a thing, each heading leading to the page that lists it."""
    before, found = 0, []
    for nth, (title, members) in enumerate(_linked(reader, iri, told)[0], 1):
        part = before // LISTED + 1
        href = f"{address}{LINKS}{PART}{part}" if part > 1 else f"{address}{LINKS}"
        row = Row(Shown(title, href=href, anchor=f"in-{nth}"), "")
        found.append(Group(title, "", (row,), count=len(members)))
        before += len(members)
    return tuple(found)


def links_page(reader: Reader, iri: str, address: str, told: frozenset[str]) -> Page:
    """Make a page of what points to a thing."""
    first, at = part_of(address)
    headed, roles = _linked(reader, iri, told)
    groups, place = [], (at - 1) * LISTED
    for nth, (title, members) in enumerate(headed, 1):
        shown = members[max(place, 0) : max(place + LISTED, 0)]
        place -= len(members)
        if shown:
            facts = tuple(_link(reader, m, iri, roles) for m in shown)
            groups.append(Group(title, f"in-{nth}", facts=facts, count=len(members)))
    number = sum(len(members) for _, members in headed)
    text, lang = reader.title(iri)
    name = f"{speech.capital(text)} — {reader.word('incoming').lower()}"
    shown_title = Shown(f"{name} ({at})" if at > 1 else name, lang)
    context: dict[str, object] = {
        "groups": tuple(groups),
        "pager": pager_of(parts(first, number, LISTED), at),
    }
    return Page(address, shown_title, name, "links.html", (reader.iri(iri),), context)


def roles(reader: Reader, iri: str) -> dict[str, tuple[Shown, ...]]:
    """Give the roles of a thing in each agreement, commitment or partnership."""
    return _roles(reader, iri, reader.index.sources_of(iri, COOP + "participant"))


def _roles(reader: Reader, iri: str, participations: Iterable[str]) -> dict[str, tuple[Shown, ...]]:
    found: dict[str, tuple[Shown, ...]] = {}
    for node in participations:
        roles = tuple(reader.iri(r) for r in reader.index.iris(node, COOP + "inRole"))
        for owner in reader.index.sources_of(node, COOP + "hasParticipation"):
            found[owner] = found.get(owner, ()) + roles
    return found


def _link(reader: Reader, iri: str, back: str, roles: dict[str, tuple[Shown, ...]]) -> Fact:
    if reader.index.is_a(iri, COOP + "SigningEvent"):
        return Fact((reader.iri(iri),))
    if carried := part(reader, iri, back):
        if reader.index.is_a(iri, COOP + "StatusRecord"):
            owners = reader.index.sources_of(iri, COOP + "hasStatusRecord")
            return carried._replace(values=tuple(reader.iri(o) for o in owners))
        whose = reader.iri(reader.owner(iri))
        told = reader.owner(iri) in (iri, back) or whose in carried.values
        return carried if told else carried._replace(asides=(whose,))
    badge = reader.status(iri)
    more = tuple(r._replace(href=None, title="") for r in roles.get(iri, ()))
    return Fact((reader.iri(iri),), (), (), badge, asides(reader, iri) + more)


def _cited(reader: Reader, iri: str) -> list[Reading]:
    """Give the readings that rest on a document or an excerpt."""
    index = reader.index
    if not index.is_a(iri, EXCERPT):
        return index.by_source.get(iri, [])
    found = index.sources_of(iri, COOP + "supportedBy")
    return [index.by_iri[a] for a in found if a in index.by_iri]


def supports(reader: Reader, iri: str, at: int = 1) -> tuple[Group, ...]:
    """Give the statements that a document or an excerpt supports, by subject; one part of them."""
    by_subject: dict[str, list[Reading]] = {}
    for reading in _cited(reader, iri):
        by_subject.setdefault(reader.owner(reading.subject), []).append(reading)
    subjects = sorted(by_subject, key=lambda s: reader.order(NamedNode(s)))
    groups = []
    place = 0
    for nth, subject in enumerate(subjects, 1):
        some = _ordered(reader, by_subject[subject])
        shown = some[max((at - 1) * PER - place, 0) : max(at * PER - place, 0)]
        place += len(some)
        if shown:
            facts = tuple(_supported(reader, reading) for reading in shown)
            row = Row(reader.iri(subject), "")
            label = reader.label(subject)[0]
            groups.append(Group(label, f"about-{nth}", (row,), facts, len(some)))
    return tuple(groups)


def _ordered(reader: Reader, readings: Sequence[Reading]) -> list[Reading]:
    return sorted(readings, key=lambda r: (_place(r.predicate), reader.order(r.object), r.iri))


def _supported(reader: Reader, reading: Reading) -> Fact:
    shown = reader.evidence(reading)._replace(sources=())
    values = (reader.property(reading.predicate), reader.term(reading.object))
    return Fact(values, (shown._replace(standing=None),), standing=shown.standing)


def _reading(reader: Reader, iri: str) -> Fact | None:
    """Show an assertion's own statement, and the readings that contradict it."""
    reading = reader.index.by_iri.get(iri)
    if reading is None:
        return None
    parts = (reader.iri(reading.subject), reader.property(reading.predicate))
    values = (*parts, reader.term(reading.object))
    standing = reader.badge(reading.standing) if reading.standing else None
    contrary: dict[tuple[str, Term], list[Evidence]] = {}
    for r in reader.readings(reading.subject, reading.predicate):
        if r.object != reading.object and not (r.accepted and reading.accepted):
            told = reader.evidence(r)._replace(standing=None)
            contrary.setdefault((r.standing, r.object), []).append(told)
    beside = [
        Fact((reader.term(value),), ranked(told), standing=reader.badge(standing))
        for (standing, value), told in contrary.items()
    ]
    proof = reader.evidence(reading)._replace(href=None, standing=None)
    return Fact(values, (proof,), tuple(beside), standing=standing)


def _same(reader: Reader, iri: str) -> tuple[Evidence, ...]:
    """Show the other evidence for an assertion's statement."""
    reading = reader.index.by_iri.get(iri)
    if reading is None:
        return ()
    found = reader.readings(reading.subject, reading.predicate)
    return ranked(reader.evidence(r) for r in found if r.iri != iri and r.object == reading.object)


def _passage(reader: Reader, iri: str) -> dict[str, object] | None:
    """Show an excerpt's quotation and where it stands."""
    if not reader.index.is_a(iri, EXCERPT):
        return None
    quote, lang, where = reader.passage(iri)
    return {
        "quote": speech.quoted(quote, lang or reader.language) if quote else "",
        "lang": lang if lang != reader.language else None,
        "where": where,
    }

"""Readers: terms of the graph in; what a page in one language shows of them out."""

import re
from collections.abc import Container, Iterable
from typing import Any, TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopera.pages import speech, words
from coopera.pages.index import Index, Reading
from coopera.pages.names import Addresses
from coopera.pages.views import Badge, Evidence, Fact, Shown
from coopera.tables import Term
from coopera.terms import (
    COOP,
    DCTERMS,
    FOAF,
    LANGUAGES,
    OA,
    ORG,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    XSD,
    Prefixes,
)

DATES = frozenset(XSD + name for name in ("date", "gYearMonth", "gYear", "dateTime"))
NUMBERS = frozenset(
    XSD + name
    for name in ("integer", "decimal", "nonNegativeInteger", "positiveInteger", "int", "long")
)
LABELS = (RDFS + "label", DCTERMS + "title", FOAF + "name", words.VCARD + "fn")
"""Properties that name a thing, after its preferred label."""
STYLES = {
    "ambition": "wish",
    "under-study": "study",
    "planned": "plan",
    "under-way": "way",
    "done": "done",
    "abandoned": "gone",
    "in-negotiation": "study",
    "signed": "done",
    "in-force": "done",
    "expired": "gone",
    "terminated": "gone",
    "disputed": "dispute",
    "superseded": "gone",
}
"""How firm a status looks; the words say it too."""

PARTS: dict[str, tuple[tuple[str, ...], ...]] = {
    COOP + "Participation": ((COOP + "participant",), (COOP + "inRole",)),
    COOP + "StatusRecord": ((COOP + "statusValue",), (COOP + "asOf",)),
    COOP + "SigningEvent": ((DCTERMS + "date",), (PROV + "atLocation",)),
    ORG + "Membership": ((ORG + "member",), (ORG + "organization",), (ORG + "role",)),
    SCHEMA + "Observation": (
        (SCHEMA + "variableMeasured",),
        (SCHEMA + "value", SCHEMA + "minValue", SCHEMA + "maxValue"),
        (SCHEMA + "observationDate", DCTERMS + "date"),
    ),
}
"""Classes whose things are shown in place: the properties, in order, that make up the line."""

BOUNDED = {SCHEMA + "minValue": "at_least", SCHEMA + "maxValue": "at_most"}
"""Properties whose value is a bound, and the words that say so."""

GEONAMES = re.compile(r"https?://(?:sws|www)\.geonames\.org/(\d+)/?(?:about\.rdf)?")

OWNERS = {
    COOP + "hasParticipation": True,
    COOP + "hasStatusRecord": True,
    COOP + "signedDuring": True,
    ORG + "member": False,
    SCHEMA + "observationAbout": False,
}
"""Properties between a carrier and the thing it tells of; true where they point to the carrier."""


KEPT = 50_000
"""What is kept of each kind that was shown: the memory of a build does not grow with its pages."""
_Told = TypeVar("_Told")


def keep(kept: dict[str, _Told], iri: str, told: _Told) -> _Told:
    """Keep what was told of an IRI, unless that is long, and give it."""
    if len(iri) <= speech.LONG:
        if len(kept) >= KEPT:
            kept.clear()
        kept[iri] = told
    return told


class Reader:
    """Shows terms in one language. What it has shown of an IRI it keeps for a while."""

    def __init__(
        self, index: Index, addresses: Addresses, prefixes: Prefixes, language: str
    ) -> None:
        """Read an index for the pages of one language."""
        self.index, self.addresses, self.prefixes = index, addresses, prefixes
        self.language = language
        self.lists: dict[str, str] = {}
        """Classes and the addresses of their lists, once `lists.listed` has gathered them."""
        self.files: Container[str] = ()
        """The files of the site that are no pages, from its root, as far as they may be linked."""
        self.linked: tuple[object, Any] | None = None
        """What points to the thing of which a page was made last."""
        self._pages: dict[str, str | None] = {}
        self._shown: dict[str, Shown] = {}
        self._evidence: dict[str, Evidence] = {}
        self._labels: dict[str, tuple[str, str | None]] = {}
        self._statuses: dict[str, Badge | None] = {}
        self._properties: dict[str, Shown] = {}
        self._orders: dict[str, tuple[object, ...]] = {}

    def word(self, name: str) -> str:
        """Give one word of the interface."""
        return words.WORDS[name][self.language == "fr"]

    def page(self, iri: str) -> str | None:
        """Give the address of the page that describes an IRI, if there is one."""
        if iri not in self.index.facts:
            return None
        if iri not in self._pages:
            self._pages[iri] = None if self._is_selector(iri) else self.addresses.of(iri)
        return self._pages[iri]

    def _is_selector(self, iri: str) -> bool:
        return any(
            t.startswith(OA) and t.endswith("Selector") for t in self.index.iris(iri, RDF + "type")
        )

    # --- Names -----------------------------------------------------------------------------

    def best(self, literals: Iterable[Term]) -> tuple[str, str | None] | None:
        """Choose a text and tell its language where that is not the page's."""
        found: dict[str, str] = {}
        for literal in literals:
            if isinstance(literal, Literal):
                found.setdefault((literal.language or "").lower(), literal.value)
        if not found:
            return None
        other = next(tag for tag in LANGUAGES if tag != self.language)
        tag = next((t for t in (self.language, other, "") if t in found), min(found))
        text = speech.typeset(found[tag], tag)
        return text, (tag if tag and tag != self.language else None)

    def label(self, iri: str) -> tuple[str, str | None]:
        """Give an IRI's label, and its language where that is not the page's."""
        known = self._labels.get(iri)
        if known is None:
            known = keep(self._labels, iri, self._label(iri))
        return known

    def _label(self, iri: str) -> tuple[str, str | None]:
        facts = self.index.facts.get(iri, {})
        if found := self.best(facts.get(SKOS + "prefLabel", ())):
            return found
        if made := self._made_up(iri):  # before the derived label, which keeps codes of dates
            return made, None
        for predicate in LABELS:
            if predicate in facts and (found := self.best(facts[predicate])):
                return found
        for table in (words.CLASSES, words.PROPERTIES):
            if known := words.word(table, iri, self.language):
                return known, None
        if iri in self.index.by_iri:
            return self.statement(self.index.by_iri[iri]), None
        if self.index.is_a(iri, COOP + "Excerpt"):
            return self._excerpt_label(iri), None
        curie = self.prefixes.curie(iri)
        return (curie or re.sub(r"^https?://(?:www\.)?|/$", "", iri)), None

    def _made_up(self, iri: str) -> str | None:
        """Compose in words the label of a carrier or of a period."""
        kinds = self.index.kinds(iri)
        for name, parts in PARTS.items():
            if name in kinds:
                said = (self._part(iri, p) for choices in parts for p in choices)
                return ", ".join(text for text in said if text) or None
        if self.index.is_a(iri, DCTERMS + "PeriodOfTime"):
            ends = [self.index.first(iri, words.DCAT + n) for n in ("startDate", "endDate")]
            return " – ".join(self.term(end).text for end in ends if end) or None
        return None

    def _part(self, iri: str, predicate: str) -> str:
        """Say one part of a carrier."""
        value = self.index.first(iri, predicate)
        if value is None:
            return ""
        if predicate == COOP + "asOf":
            return self.as_of(value).text
        lead = BOUNDED.get(predicate)
        return f"{self.word(lead)} {self.term(value).text}" if lead else self.term(value).text

    def title(self, iri: str) -> tuple[str, str | None]:
        """Give the title of a page: a carrier's names what it tells of."""
        text, lang = self.label(iri)
        owner = self.owner(iri)
        if owner == iri or self.index.values(iri, SKOS + "prefLabel"):
            return text, lang
        name = self.label(owner)[0]
        return (text if name in text else f"{name} — {text}"), lang

    def statement(self, reading: Reading) -> str:
        """Say a reading's statement in words: subject, property, value."""
        owner, predicate = self.owner(reading.subject), self.property(reading.predicate).text
        subject = self.label(reading.subject)[0]
        if owner != reading.subject:
            subject = f"{self.label(owner)[0]}, {subject}"
        return f"{subject} — {predicate} — {self.term(reading.object).text}"

    def owner(self, iri: str) -> str:
        """Give the thing that a carrier tells of; of anything else, itself."""
        if not self.index.kinds(iri).isdisjoint(PARTS):
            for predicate, inward in OWNERS.items():
                ends = self.index.sources_of if inward else self.index.iris
                if found := ends(iri, predicate):
                    return found[0]
        return iri

    def _excerpt_label(self, iri: str) -> str:
        quote, lang, where = self.passage(iri)
        source = next(iter(self.index.iris(iri, OA + "hasSource")), None)
        named = self.label(source)[0] if source else self.word("source")
        if quote:
            return speech.quoted(quote, lang or self.language)
        return f"{named}, {where}" if where else named

    def class_label(self, iri: str) -> str:
        """Give a class's name in the singular."""
        return speech.capital(self.label(iri)[0])

    def plural(self, iri: str) -> str:
        """Give a class's name in the plural."""
        return words.word(words.NUMBERED, iri, self.language) or self.class_label(iri)

    # --- Terms -----------------------------------------------------------------------------

    def term(self, term: Term | None) -> Shown:
        """Show any term."""
        match term:
            case None:
                return Shown("")
            case NamedNode():
                return self.iri(term.value)
            case BlankNode():
                return Shown("…", title=str(term))
            case Literal():
                return self.literal(term)
            case Triple():
                return Shown(str(term), code=True)

    def iri(self, iri: str) -> Shown:
        """Show an IRI by its label; it becomes a link where it has a page, or is http(s)."""
        shown = self._shown.get(iri)
        if shown is None:
            shown = keep(self._shown, iri, self._show_iri(iri))
        return shown

    def _show_iri(self, iri: str) -> Shown:
        text, lang = self.label(iri)
        href = self.page(iri)
        if href is not None:
            return Shown(text, lang, href=href, title=iri)
        file = iri.removeprefix(self.addresses.base)
        if file != iri and file in self.files:
            return Shown(text, lang, file=file, title=iri)
        if iri.startswith(self.addresses.base) or not re.match(r"https?://[^\s/]", iri):
            return Shown(text, lang, title=iri, code=text == iri)
        if iri.startswith("http://www.wikidata.org/entity/"):
            text = f"Wikidata {iri.rpartition('/')[2]}"
        elif iri.startswith("https://ror.org/"):
            text = f"ROR {iri.rpartition('/')[2]}"
        elif place := GEONAMES.fullmatch(iri):
            text = f"GeoNames {place[1]}"
        return Shown(text, lang, url=iri, title=iri)

    def literal(self, literal: Literal) -> Shown:
        """Show a literal: dates in words, numbers with marks, texts with their language."""
        value, datatype = literal.value, literal.datatype.value
        if literal.language:
            tag = literal.language
            return Shown(speech.typeset(value, tag), None if tag == self.language else tag)
        if datatype in DATES:
            said = speech.date(value, self.language)
            return Shown(said, datetime=value if said != value or value.isdigit() else None)
        if datatype in NUMBERS:
            return Shown(speech.number(value, self.language))
        if datatype == XSD + "boolean":
            return Shown(self.word("yes" if value in ("true", "1") else "no"))
        if datatype.startswith(COOP):
            return Shown(value, code=True, lead=speech.capital(self.label(datatype)[0]))
        if datatype == XSD + "anyURI" and re.match(r"https?://[^\s/]", value):
            return Shown(value, url=value)
        return Shown(value)

    def property(self, iri: str) -> Shown:
        """Show a property as the heading of a row."""
        shown = self._properties.get(iri)
        return keep(self._properties, iri, self._property(iri)) if shown is None else shown

    def _property(self, iri: str) -> Shown:
        text, lang = self.label(iri)
        if heading := words.word(words.HEADINGS, iri, self.language):
            text, lang = heading, None
        title = self.prefixes.curie(iri) or iri
        definition = self.best(self.index.values(iri, SKOS + "definition"))
        if definition:
            title = f"{title}: {definition[0]}"
        return Shown(text, lang, href=self.page(iri), title=title)

    def order(self, term: Term) -> tuple[object, ...]:
        """Give a key that sorts values as a reader expects: by code, by date, by words."""
        if isinstance(term, NamedNode):
            known = self._orders.get(term.value)
            return (
                keep(self._orders, term.value, self._order(term.value)) if known is None else known
            )
        if isinstance(term, Literal):
            tag = literal_rank(term, self.language)
            return (1, str(tag), *speech.order(term.value), str(term))
        return (2, "", str(term), "", "")

    def _order(self, iri: str) -> tuple[object, ...]:
        notation = self.index.first(iri, SKOS + "notation")
        code = notation.value if isinstance(notation, Literal) else ""
        return 0, code if code.isdigit() else "", *speech.order(self.label(iri)[0]), iri

    # --- Statuses ----------------------------------------------------------------------------

    def badge(self, concept: str, when: Shown | None = None) -> Badge:
        """Show a status or a standing as a mark."""
        text, name = self.label(concept)[0], concept.rpartition("/")[2]
        if "/standing/" in concept:
            text = words.word(words.STANDINGS, name, self.language) or text
        definition = self.best(self.index.values(concept, SKOS + "definition"))
        style = STYLES.get(name, "plain")
        return Badge(text, style, definition[0] if definition else "", when)

    def status(self, iri: str) -> Badge | None:
        """Show the current status of an agreement or a commitment, and since when it is known."""
        if iri not in self._statuses:
            return keep(self._statuses, iri, self._status(iri))
        return self._statuses[iri]

    def _status(self, iri: str) -> Badge | None:
        current = self.index.iris(iri, COOP + "currentStatus")
        records = []
        for record in self.index.iris(iri, COOP + "hasStatusRecord"):
            as_of = self.index.first(record, COOP + "asOf")
            values = self.index.iris(record, COOP + "statusValue")
            if values and isinstance(as_of, Literal) and (not current or values[0] in current):
                records.append((as_of.value, values[0], as_of))
        if records and (current or len({r[1] for r in records}) == 1):
            _, value, as_of = max(records, key=lambda record: (record[0], record[1]))
            badge = self.badge(value, self.as_of(as_of))
            return badge._replace(marks=self.contested(iri))
        return self.badge(current[0])._replace(marks=self.contested(iri)) if current else None

    def as_of(self, when: Term) -> Shown:
        """Say the date as of which a status is known: it is not the date of the act."""
        shown = self.term(when)
        day = isinstance(when, Literal) and when.datatype.value == XSD + "date"
        said = self.word("as_of_day" if day else "as_of")
        return shown._replace(text=f"{said} {shown.text}")

    def contested(self, iri: str) -> tuple[Shown, ...]:
        """Give a mark for each reading of a thing's status that the graph does not accept."""
        readings = (
            r
            for record in self.index.iris(iri, COOP + "hasStatusRecord")
            for r in self.readings(record, COOP + "statusValue")
            if not r.accepted
        )
        found = {(r.standing, r.object): None for r in readings}
        return tuple(
            Shown(
                self.word("reading_marked").format(self.badge(standing).text, self.term(said).text),
                href=self.page(iri),
                anchor="coop-hasStatusRecord",
            )
            for standing, said in sorted(found, key=lambda f: (f[0], self.order(f[1])))
        )

    # --- Evidence ----------------------------------------------------------------------------

    def passage(self, excerpt: str) -> tuple[str, str | None, str]:
        """Give an excerpt's quotation, its language and where it stands."""
        index = self.index
        nodes = (excerpt, *index.iris(excerpt, OA + "hasSelector"))
        quote = next((v for n in nodes for v in index.values(n, OA + "exact")), None)
        start = next((v for n in nodes for v in index.values(n, OA + "start")), None)
        end = next((v for n in nodes for v in index.values(n, OA + "end")), None)
        pointer = next((v for n in nodes for v in index.values(n, RDF + "value")), None)
        record = index.first(excerpt, DCTERMS + "identifier")
        where = ""
        if isinstance(start, Literal) and isinstance(end, Literal):
            where = self.word("position").format(start.value, end.value)
        elif isinstance(pointer, Literal):
            where = f"{self.word('field')} {pointer.value}"
            if isinstance(record, Literal):
                where = f"{self.word('record')} {record.value}, {where}"
        if not isinstance(quote, Literal):
            return "", None, where
        source = next(iter(index.iris(excerpt, OA + "hasSource")), "")
        spoken = index.first(source, DCTERMS + "language")
        tag = quote.language or (spoken.value.lower() if isinstance(spoken, Literal) else None)
        return quote.value, tag, where

    def evidence(self, reading: Reading) -> Evidence:
        """Show one reading."""
        known = self._evidence.get(reading.iri)
        if known is None:
            known = keep(self._evidence, reading.iri, self._show_evidence(reading))
        return known

    def _show_evidence(self, reading: Reading) -> Evidence:
        passages = [self.passage(excerpt) for excerpt in reading.excerpts]
        quote, lang, _ = next((p for p in passages if p[0]), ("", None, ""))
        where = next((p[2] for p in passages if p[2]), "")
        sources = []
        for source in reading.sources:
            issued = self.index.first(source, DCTERMS + "issued")
            shown, when = self.iri(source), self.term(issued) if issued else None
            sources.append((shown, when if when and when.text not in shown.text else None))
        mode = self._mode(reading.mode) if reading.mode else None
        return Evidence(
            href=self.page(reading.iri),
            quote=speech.quoted(quote, lang or self.language) if quote else "",
            quote_lang=lang if lang != self.language else None,
            where=where,
            sources=tuple(sources),
            mode=mode,
            standing=None if reading.accepted else self.badge(reading.standing),
            rank=(not quote, "".join(reading.sources), int((re.findall(r"\d+", where) or [0])[0])),
        )

    def _mode(self, concept: str) -> Shown:
        shown = self.iri(concept)
        meaning = self.best(self.index.values(concept, SKOS + "definition"))
        return shown._replace(title=meaning[0] if meaning else "")

    def readings(self, subject: str, predicate: str) -> list[Reading]:
        """Give the readings of one property of one subject."""
        return self.index.readings.get(subject, {}).get(predicate, [])

    def support(self, subject: str, predicate: str, value: Term) -> tuple[Evidence, ...]:
        """Show the evidence of one triple; a translation of ours has that of its original."""
        found = [r for r in self.readings(subject, predicate) if r.accepted]
        if not found:
            return ()
        proof = ranked(self.evidence(r) for r in found if r.object == value)
        original = None if proof else self._original(subject, predicate, value)
        if original is None:
            return proof
        told = ranked(self.evidence(r) for r in found if r.object == original)
        translated = isinstance(value, Literal) and value.value != original.value
        return tuple(e._replace(translated=translated) for e in told)

    def _original(self, subject: str, predicate: str, value: Term) -> Literal | None:
        """Give the text in the other language, where there is one in each."""
        texts = self.index.values(subject, predicate)
        if len(texts) != len(LANGUAGES):
            return None
        tags = sorted(v.language or "" for v in texts if isinstance(v, Literal))
        if tags != sorted(LANGUAGES):
            return None
        return next((v for v in texts if v != value and isinstance(v, Literal)), None)

    def others(self, subject: str, predicate: str) -> tuple[Fact, ...]:
        """Show the readings of one property that the graph does not accept, by value."""
        readings = self.readings(subject, predicate)
        if not readings:
            return ()
        found: dict[tuple[str, Term], list[Reading]] = {}
        for reading in readings:
            if not reading.accepted:
                found.setdefault((reading.standing, reading.object), []).append(reading)
        return tuple(
            Fact(
                (self.term(value),),
                tuple(e._replace(standing=None) for e in ranked(map(self.evidence, some))),
                standing=self.badge(standing),
            )
            for (standing, value), some in sorted(
                found.items(), key=lambda item: (item[0][0], self.order(item[0][1]))
            )
        )


def ranked(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Order readings for the eye: quotations first, then by source and place."""
    return tuple(sorted(found, key=lambda evidence: evidence.rank))


def literal_rank(literal: Literal, language: str) -> int:
    """Put a page's own language first, then texts without one, then the others."""
    return 0 if literal.language == language else 1 if literal.language is None else 2

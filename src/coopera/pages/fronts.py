"""Fronts: a saved query, the list of them, and the home page, out of the graph and its answers."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from coopera import queries
from coopera.engines import Answer, Engine, bound_terms
from coopera.pages import assets, lists, pictures, sheets, speech, things, words
from coopera.pages.reader import Reader
from coopera.pages.views import Badge, Fact, Field, Grid, Page, Shown
from coopera.project import Project
from coopera.queries import SavedQuery
from coopera.tables import Table, Term
from coopera.terms import COOP

MOST, MOST_LIVE = 60, 500
"""Rows of an answer that its page shows, and that a server shows; its file holds all."""
FIRST = 40
"""Institutions and partnerships that the home page names."""


def bound(query: SavedQuery, language: str) -> str:
    """Give a query's text for the pages of one language: a parameter `language` gets it."""
    names = [p.name for p in query.parameters if p.type == "language" or p.name == "language"]
    return queries.bind(query.text, {name: [Literal(language)] for name in names})


Told = tuple[tuple[str, str], ...]
"""What is wrong, and the remedy: texts, each with its language; none where nothing is wrong."""


@dataclass(frozen=True)
class Live:
    """What a server adds to the page of a saved query."""

    text: str
    answer: Answer
    fields: tuple[Field, ...]
    links: tuple[tuple[str, str], ...]
    """Name and address of the same answer in other forms."""
    problem: Told = ()
    """What is wrong with the values, and the remedy."""
    none: tuple[str, ...] = ()
    """What may lie behind an empty answer."""

    @property
    def encoded(self) -> str:
        """Give the text as it stands in a URL."""
        return quote(self.text, safe="")


def query(
    reader: Reader, engine: Engine, saved: SavedQuery, where: str, asked: "Answer | Live"
) -> Page:
    """Make the page of a saved query: the question, the answer, its parameters and its text.

    On a server it has a form, and the answer is that to the values of its fields.
    """
    live = asked if isinstance(asked, Live) else None
    text = live.text if live else bound(saved, reader.language)
    answer = asked.answer if isinstance(asked, Live) else asked
    most = MOST_LIVE if live else MOST
    grid, total = _grid(reader, answer, most)
    note = ""
    if grid and total > most:
        numbers = (speech.number(str(n), reader.language) for n in (most, total))
        note = reader.word("truncated").format(*numbers, saved.name)
    empty = speech.typeset((saved.expects_none or {}).get(reader.language, ""), reader.language)
    context: dict[str, object] = {
        "grid": replace(grid, note=note) if grid else None,
        "said": reader.word("yes" if answer else "no") if isinstance(answer, bool) else None,
        "total": speech.count(
            total,
            reader.word("statements" if saved.gives_a_graph else "solutions"),
            reader.word("statements_many" if saved.gives_a_graph else "solutions_many"),
            reader.language,
        ),
        "empty": " ".join(live.none) if live and live.none else empty,
        "description": _words(saved.description, reader.language),
        "parameters": _parameters(reader, engine, saved, text),
        "sparql": re.sub(r"\A(?:#\+[^\n]*\n)+", "", text).strip("\n"),
        "command": _command(saved),
        "call": f"GET /api/queries/{quote(saved.name)}{_asked(saved)}",
        "sheet": "" if live or isinstance(answer, bool) else f"{address(saved)}.csv",
        "live": live,
    }
    title = _words(saved.summary, reader.language)
    topic = topic_name(saved.topic, reader.language)
    kicker = (Shown(reader.word("queries"), href="queries"), Shown(topic))
    return Page(where, Shown(title), title, "query.html", kicker, context)


def asked(
    reader: Reader, text: str, answer: Answer | None, problem: Told, total: str,
    elsewhere: str,
) -> Page:  # fmt: skip
    """Make the page of the SPARQL endpoint: a text to be asked, and its answer or its problem."""
    grid, number = _grid(reader, answer, MOST_LIVE) if answer is not None else (None, 0)
    if grid and number > MOST_LIVE:
        numbers = (speech.number(str(n), reader.language) for n in (MOST_LIVE, number))
        grid = replace(grid, note=reader.word("truncated_here").format(*numbers))
    yes_or_no = reader.word("yes" if answer else "no") if isinstance(answer, bool) else None
    context: dict[str, object] = {
        "grid": grid,
        "said": yes_or_no,
        "total": total,
        "problem": problem,
        "sparql": text,
        "formats": GRAPH_FORMATS if isinstance(answer, list) else TABLE_FORMATS,
        "quoted": quote(text, safe=""),
        "editor": assets.has("editor.js"),
    }
    title, lead = reader.word("endpoint"), reader.word("endpoint_lead")
    return Page("sparql", Shown(title), lead, "sparql.html", (), context, elsewhere)


TABLE_FORMATS = ("csv", "tsv", "json", "xml")
GRAPH_FORMATS = ("turtle", "nt", "jsonld", "rdfxml")


def _words(texts: Mapping[str, str], language: str) -> str:
    return speech.typeset(texts.get(language, ""), language)


def _command(saved: SavedQuery) -> str:
    given = "".join(f" -p {p.name}=…" for p in saved.parameters)
    return f"coopera query {saved.name}{given}"


def _asked(saved: SavedQuery) -> str:
    """Write the parameters of a call to the API."""
    form = "jsonld" if saved.gives_a_graph else "json"
    names = [*(f"{quote(p.name)}=…" for p in saved.parameters), f"format={form}"]
    return f"?{'&'.join(names)}"


def sheet(reader: Reader, answer: Answer) -> str:
    """Write the whole answer to a saved query as CSV: what a person reads, and the IRIs."""
    if isinstance(answer, bool):
        return sheets.written([[str(answer).lower()]], reader.language)
    if isinstance(answer, list):
        names = ("subject", "predicate", "object")
        rows: list[tuple[Term | None, ...]] = [(t.subject, t.predicate, t.object) for t in answer]
        answer = Table(names, tuple(rows))
    shown = [at for at, name in enumerate(answer.variables) if not _is_label(name, answer)]
    named = {at for at in shown if any(isinstance(row[at], NamedNode) for row in answer.rows)}
    head: list[str] = []
    for at in shown:
        heading = _heading(reader, answer.variables[at])
        head += [heading, f"{heading} (IRI)"] if at in named else [heading]
    lines = [head]
    for row in answer.rows:
        cells: list[str] = []
        for at in shown:
            cells.append(sheets.said(_told(reader, row[at])))
            if at in named:
                term = row[at]
                cells.append(term.value if isinstance(term, NamedNode) else "")
        lines.append(cells)
    return sheets.written(lines, reader.language)


def _told(reader: Reader, term: Term | None) -> Shown:
    """Say a cell of a sheet: numbers and dates as they are written."""
    if isinstance(term, Literal) and not term.language:
        return Shown(term.value)
    return reader.term(term)


def topic_name(topic: str, language: str) -> str:
    """Name the folder of a query in a language."""
    return words.word(words.TOPICS, topic, language) or topic


def _grid(reader: Reader, answer: Answer, most: int) -> tuple[Grid | None, int]:
    if isinstance(answer, bool):
        return None, 1
    if isinstance(answer, list):
        heads = tuple(_heading(reader, n) for n in ("subject", "predicate", "object"))
        rows = [
            (
                (reader.term(t.subject),),
                (reader.property(t.predicate.value),),
                (reader.term(t.object),),
            )
            for t in answer[:most]
        ]
        return Grid(heads, tuple(rows)), len(answer)
    shown = [at for at, name in enumerate(answer.variables) if not _is_label(name, answer)]
    cells = tuple(
        tuple(_cell(reader, row[at], answer.variables[at]) for at in shown)
        for row in answer.rows[:most]
    )
    return Grid(tuple(_heading(reader, answer.variables[at]) for at in shown), cells), len(
        answer.rows
    )


def _is_label(name: str, table: Table) -> bool:
    """Say whether a column only repeats the names of the things in another one."""
    owner = name.removesuffix("Label")
    if owner == name or owner not in table.variables:
        return False
    return all(isinstance(cell, NamedNode) or cell is None for cell in table.column(owner))


def _heading(reader: Reader, variable: str) -> str:
    return words.word(words.VARIABLES, variable, reader.language) or variable


def _cell(reader: Reader, term: Term | None, variable: str) -> tuple[Shown | Badge, ...]:
    if term is None:
        return ()
    if isinstance(term, Literal) and variable == "year" and re.fullmatch(r"\d{4}", term.value):
        return (Shown(term.value),)
    if isinstance(term, NamedNode) and _is_status(reader, term.value):
        return (reader.badge(term.value),)
    return (reader.term(term),)


def _is_status(reader: Reader, iri: str) -> bool:
    rooms = ("commitment-status/", "agreement-status/", "standing/")
    return iri.startswith(tuple(f"{reader.addresses.base}concept/{room}" for room in rooms))


def _parameters(
    reader: Reader, engine: Engine, saved: SavedQuery, text: str
) -> tuple[dict[str, object], ...]:
    standing = bound_terms(engine, saved, text)
    found: list[dict[str, object]] = []
    for parameter in saved.parameters:
        terms = standing[parameter.name]
        found.append(
            {
                "name": parameter.name,
                "label": _words(parameter.label, reader.language),
                "type": words.word(words.TYPES, parameter.type, reader.language) or parameter.type,
                "values": tuple(
                    reader.term(t) if t is not None else Shown(reader.word("values_all"))
                    for t in terms
                ),
            }
        )
    return tuple(found)


def standing(reader: Reader, engine: Engine, saved: SavedQuery, text: str) -> dict[str, str]:
    """Give the value that stands for each parameter in a text, where it is one; `all` for UNDEF."""
    found = {}
    for name, terms in bound_terms(engine, saved, text).items():
        if len(terms) == 1:
            (term,) = terms
            told = term.value if isinstance(term, Literal) else reader.prefixes.text(term)
            found[name] = "all" if term is None else told
    return found


def by_topic(reader: Reader, project: Project) -> tuple[dict[str, object], ...]:
    """Give the saved queries as links, by topic."""
    found: dict[str, list[Shown]] = {}
    for saved in project.queries.values():
        link = Shown(_words(saved.summary, reader.language), href=address(saved))
        found.setdefault(saved.topic, []).append(link)
    named = {topic: topic_name(topic, reader.language) for topic in found}
    return tuple(
        {
            "title": named[topic],
            "anchor": "".join(c if c.isascii() and c.isalnum() else "-" for c in topic),
            "links": tuple(sorted(found[topic], key=lambda link: speech.order(link.text))),
        }
        for topic in sorted(found, key=lambda topic: speech.order(named[topic]))
    )


def address(saved: SavedQuery) -> str:
    """Give the address of a saved query's page."""
    from coopera.pages.names import step

    return f"queries/{step(saved.name)}"


def questions(reader: Reader, project: Project, where: str) -> Page:
    """Make the page that lists the saved queries."""
    lead = reader.word("queries_lead")
    context: dict[str, object] = {"lead": Shown(lead), "topics": by_topic(reader, project)}
    return Page(where, Shown(reader.word("queries")), lead, "queries.html", (), context)


def home(reader: Reader, project: Project, where: str, counts: tuple[str, ...]) -> Page:
    """Make the home page: what this is, the main partnership, questions, institutions, dumps."""
    index = reader.index
    known = [p for p in index.instances.get(things.PARTNERSHIP, ()) if reader.page(p)]
    ranked = sorted(known, key=lambda p: (-len(_promises(reader, p)), p))
    institutions = lists.members(reader, lists.INSTITUTION)
    ordered = sorted(
        institutions, key=lambda i: (-_agreements_of(reader, i), reader.order(NamedNode(i)))
    )
    title = project.title[reader.language].partition(":")[0]
    lead = reader.word("home_lead")
    context: dict[str, object] = {
        "lead": Shown(lead),
        "glance": _glance(reader, ranked[0]) if ranked else None,
        "others": tuple(_partnership(reader, p) for p in ranked[1 : FIRST + 1]),
        "others_number": max(len(ranked) - 1, 0),
        "others_list": lists.address(reader, things.PARTNERSHIP),
        "topics": by_topic(reader, project),
        "institutions": tuple(
            (reader.iri(i), speech.number(str(_agreements_of(reader, i)), reader.language))
            for i in ordered[:FIRST]
        ),
        "institutions_number": len(ordered),
        "institutions_list": lists.address(reader, lists.INSTITUTION),
        "lists": tuple(
            Shown(
                reader.plural(name),
                href=at,
                lead=speech.number(str(len(lists.members(reader, name))), reader.language),
            )
            for at, name in sorted(
                lists.listed(reader).items(), key=lambda item: speech.order(reader.plural(item[1]))
            )
        ),
        "counts": counts,
        "pictures": tuple(
            Shown(reader.word(at), href=at) for at in pictures.PAGES if pictures.agreements(reader)
        ),
    }
    return Page(where, Shown(title.strip()), lead, "home.html", (), context)


def _agreements_of(reader: Reader, institution: str) -> int:
    parties = reader.index.sources_of(institution, COOP + "party")
    return sum(1 for a in parties if reader.index.is_a(a, things.AGREEMENT))


def _partnership(reader: Reader, iri: str) -> Fact:
    return Fact((reader.iri(iri),), asides=things.asides(reader, iri))


def _glance(reader: Reader, iri: str) -> dict[str, object]:
    """Sum up a partnership: parties, start, agreements, promises by status, disputed readings."""
    index = reader.index
    agreements = index.iris(iri, COOP + "framedBy")
    current = Counter(
        s for c in _promises(reader, iri) for s in index.iris(c, COOP + "currentStatus")[:1]
    )
    statuses = sorted(current, key=lambda s: reader.order(NamedNode(s)))
    meaning = reader.best(index.values(iri, "http://www.w3.org/2004/02/skos/core#definition"))
    return {
        "figure": pictures.partnership(reader, iri),
        "title": reader.iri(iri),
        "lead": Shown(*meaning) if meaning else None,
        "parties": tuple(reader.iri(p) for p in index.iris(iri, COOP + "party")),
        "since": things.since(reader, iri),
        "agreements": tuple(
            (
                reader.iri(a),
                tuple(reader.iri(t) for t in index.iris(a, COOP + "agreementType")),
                things.signed(reader, a),
                _status(reader, a),
            )
            for a in sorted(agreements, key=lambda a: _date_of(reader, a), reverse=True)
        ),
        "disputes": tuple(
            (reader.iri(c), marks)
            for c in sorted(_promises(reader, iri), key=lambda c: reader.order(NamedNode(c)))
            if (marks := reader.contested(c))
        ),
        "promises": tuple((reader.badge(s), reader.iri(s), current[s]) for s in statuses),
    }


def _status(reader: Reader, agreement: str) -> Badge | None:
    """Give an agreement's status, without its date where that is the date of the signing."""
    badge, when = reader.status(agreement), things.signed(reader, agreement)
    if badge and badge.when and when and badge.when.datetime == when.datetime:
        return badge._replace(when=None)
    return badge


def _promises(reader: Reader, partnership: str) -> list[str]:
    """Give the commitments of the agreements that frame a partnership."""
    index = reader.index
    framing = index.iris(partnership, COOP + "framedBy")
    return sorted({c for a in framing for c in index.iris(a, COOP + "setsOut")})


def _date_of(reader: Reader, agreement: str) -> tuple[str, str]:
    when = things.signed(reader, agreement)
    return (when.datetime or when.text if when else ""), agreement

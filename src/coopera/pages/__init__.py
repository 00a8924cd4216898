"""Pages: an engine, an IRI and a language in; a page of HTML out."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from markupsafe import Markup
from pyoxigraph import NamedNode, Triple

from coopera import __version__, graphs
from coopera.engines import Answer, Engine
from coopera.errors import CooperaError
from coopera.pages import (
    axes,
    chains,
    dataset,
    disputes,
    ends,
    expiring,
    fronts,
    islands,
    lists,
    pictures,
    profiles,
    promises,
    search,
    speech,
    tables,
    things,
    words,
)
from coopera.pages.facets import Catalogue
from coopera.pages.index import index
from coopera.pages.names import Addresses, part_of, parts, up
from coopera.pages.reader import Reader
from coopera.pages.views import HEAVIEST, ROOMS, Page, Shown
from coopera.project import Project
from coopera.terms import DCTERMS, LANGUAGES, SKOS

if TYPE_CHECKING:
    import jinja2

PICTURES = "timeline"
"""The picture to which the menu leads; it is of the same part of the site as the others."""
MENU = (
    ("agreements_framed", "lists/Agreement"),
    ("institutions_menu", "lists/Institution"),
    ("promises", "promises"),
    ("queries", "queries"),
    ("pictures", PICTURES),
    ("sources", "sources"),
    ("dataset_menu", dataset.WHERE),
)
"""The menu: words and addresses; an entry without its page is left out."""
MORE = (
    ("expiring_menu", expiring.WHERE),
    ("axes", axes.WHERE),
    ("disagreements_menu", disputes.WHERE),
    ("ontology", "ontology"),
    ("rules", "rules"),
    ("quality", "quality"),
    ("everything", search.ALL),
)
"""What stands at the foot of every page, likewise."""


@dataclass(frozen=True)
class Made:
    """Pages that a room above this one makes: of rules, of the quality of the graph."""

    pages: Mapping[str, Callable[[Reader, str], Page]]
    """By address; a maker takes the address too."""
    entries: Callable[[Reader], Iterable[search.Entry]] = lambda _reader: ()
    """What can be looked for, besides what the menus name."""
    lighter: Mapping[str, Callable[[Reader, str, float], Page]] = field(default_factory=dict)
    """Makes those anew that may be too heavy; takes the room too, as in `views.ROOMS`."""
    about: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """For a class or property, the page of its rules, and how many there are."""


Forms = tuple[tuple[str, str], ...]
"""Media types, each with its file, from the root of the site."""
MOST_PIECES = 1000
"""Pieces of templates that are kept."""
EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


class Pages:
    """The pages of one graph. They are known by address: `id/agreement/x`, `queries`, `index`."""

    def __init__(
        self,
        project: Project,
        engine: Engine,
        triples: Iterable[Triple] | None = None,
        more: Callable[[], Sequence[Made]] = tuple,
    ) -> None:
        """Gather what the engine holds, or the triples that it was made from, once.

        `more` gives the pages that rooms above add; it is called when the first page is asked for.
        """
        if triples is None:
            held = engine.query(EVERYTHING)
            triples = held if isinstance(held, list) else []
        self.project, self.engine, self._more = project, engine, more
        self.dumps: tuple[str, ...] = ()
        """The names of the dumps that stand beside the pages, set by who publishes them."""
        self.measure: Callable[[str], tuple[int, str] | None] = lambda _name: None
        """Gives size and SHA-256 of a dump; set by who publishes it."""
        self.services: tuple[tuple[str, str], ...] = ()
        """What a server answers beside the pages: names and paths from the root; set by it."""
        self.forms: Callable[[str], Forms] = lambda _address: ()
        """Gives what a page's content can be had as, besides; set by who publishes it."""
        self._answered: tuple[str, Answer] | None = None
        self.index = index(triples)
        self.names = Addresses(project.base, self.index.facts)
        self.readers = {
            language: Reader(self.index, self.names, project.prefixes, language)
            for language in LANGUAGES
        }

    @cached_property
    def more(self) -> Sequence[Made]:
        """Give the pages that rooms above add."""
        return self._more()

    @cached_property
    def addresses(self) -> dict[str, str]:
        """Give every page: its address, and the IRI or name that it is about."""
        reader = self.readers[LANGUAGES[0]]
        found = {"index": "", "queries": ""}
        found |= {fronts.address(query): name for name, query in self.project.queries.items()}
        for where, catalogue in self.catalogues.items():
            found |= dict.fromkeys(tables.addresses(catalogue), where)
        found |= dict.fromkeys(self.tracker.addresses(), "")
        found |= dict.fromkeys(parts(disputes.WHERE, len(self.disputed), disputes.PER), "")
        found |= dict.fromkeys(parts(expiring.WHERE, len(self.ends), expiring.PER), "")
        found |= {axes.WHERE: "", dataset.WHERE: ""}
        found |= self.albums[LANGUAGES[0]].addresses
        for iri in sorted(self.index.facts):
            at = reader.page(iri)
            if at is not None:
                told = self._told(iri)
                found |= dict.fromkeys(things.addresses(reader, iri, at, told), iri)
                if told:
                    found |= dict.fromkeys(profiles.addresses(reader, iri, at), iri)
        found.setdefault("ontology", f"{self.project.base}ontology")
        for made in self.more:
            found |= dict.fromkeys(made.pages, "")
        entries = self._entries(LANGUAGES[0], found)
        return found | dict.fromkeys(parts(search.ALL, len(entries), search.PER), "")

    def _entries(self, language: str, addresses: dict[str, str]) -> list[search.Entry]:
        """Give what can be looked for, from A to Z."""
        reader = self.readers[language]
        found = [*search.things(reader, addresses)]
        question = reader.word("question")
        for saved in self.project.queries.values():
            said = speech.typeset(saved.summary[language], language)
            found.append(search.Entry(Shown(said, href=fronts.address(saved)), question, rank=6))
        for made in self.more:
            found += made.entries(reader)
        named = {at: reader.word(w) for w, at in (*MENU, *MORE) if at in addresses}
        named |= {at: tables.title(reader, catalogue) for at, catalogue in self.catalogues.items()}
        kind = reader.word("list")
        known = {entry.shown.href for entry in found} | {search.ALL}
        found += (
            search.Entry(Shown(said, href=at), kind, rank=7)
            for at, said in named.items()
            if at not in known
        )
        return search.ordered(found)

    def entries(self, language: str) -> list[search.Entry]:
        """Give what can be looked for in a language, from A to Z."""
        if language not in self._sought:
            self._sought[language] = self._entries(language, self.addresses)
        return self._sought[language]

    def letters(self, language: str) -> dict[str, int]:
        """Give the part of that list in which each letter begins."""
        if language not in self._letters:
            self._letters[language] = search.letters_of(self.entries(language))
        return self._letters[language]

    @cached_property
    def _letters(self) -> dict[str, dict[str, int]]:
        return {}

    @cached_property
    def _sought(self) -> dict[str, list[search.Entry]]:
        return {}

    @cached_property
    def catalogues(self) -> dict[str, Catalogue]:
        """Give the lists of the classes, by address, with their facets."""
        return tables.catalogues(self.readers[LANGUAGES[0]])

    @cached_property
    def albums(self) -> dict[str, pictures.Album]:
        """Give what the pages of pictures show, by language."""
        listed = self.catalogues.get(AGREEMENTS)
        return {tag: pictures.album(reader, listed) for tag, reader in self.readers.items()}

    @cached_property
    def tracker(self) -> promises.Tracker:
        """Give the commitments by status."""
        reader = self.readers[LANGUAGES[0]]
        return promises.tracker(self.index, lists.members(reader, things.COMMITMENT))

    @cached_property
    def disputed(self) -> list[tuple[str, str]]:
        """Give each thing and property on which sources disagree."""
        return disputes.disputed(self.index)

    @cached_property
    def agreements(self) -> list[str]:
        """Give the agreements that have a page."""
        return lists.members(self.readers[LANGUAGES[0]], things.AGREEMENT)

    @cached_property
    def ends(self) -> list[ends.End]:
        """Give the ends of the agreements, as far as they are known."""
        return ends.ends(self.index, self.agreements)

    @cached_property
    def calendar(self) -> expiring.Calendar:
        """Give them with what the page of the ends tells of all."""
        return expiring.calendar(self.ends)

    def prepare(self, language: str) -> None:
        """Gather what many pages of a language show, before several processes make them."""
        self.letters(language)
        self.calendar, self.albums  # noqa: B018 - they are kept
        lists.listed(self.readers[language])
        for catalogue in self.catalogues.values():
            tables.prepare(self.readers[language], catalogue)
        self.text("index", language)

    def sheet(self, address: str, language: str) -> str:
        """Give the list or answer at an address as CSV. Raises KeyError where there is none."""
        reader, about = self.readers[language], self.addresses[address]
        lists.listed(reader)
        if address.startswith("queries/"):
            return fronts.sheet(
                reader, self._answer(fronts.bound(self.project.queries[about], language))
            )
        return tables.sheet(reader, self.catalogues[about], address)

    def _answer(self, text: str) -> Answer:
        """Ask the engine; a page and its sheet, in each language, mostly ask the same."""
        last = self._answered  # a server asks from several threads
        if last is None or last[0] != text:
            self._answered = last = text, self.engine.query(text)
        return last[1]

    @property
    def answers(self) -> list[str]:
        """Give the addresses of the pages of saved queries."""
        return [at for at in self.addresses if at.startswith("queries/")]

    @property
    def sheets(self) -> list[str]:
        """Give the addresses of the lists and answers that can be had as CSV."""
        return [
            at
            for at, about in self.addresses.items()
            if at.startswith("queries/")
            or (self._is_of_list(at, about) and part_of(at) == (at, 1) and _is_list(at, about))
        ]

    def _is_of_list(self, address: str, about: str) -> bool:
        return about in self.catalogues and address.startswith(about)

    def of(self, iri: str, language: str) -> str:
        """Give the page of an IRI. Raises CooperaError for one that the graph does not describe."""
        at = self.readers[language].page(iri)
        if at is None:
            raise CooperaError(
                f"nothing describes <{iri}>.", remedy="look for it in the lists of the site."
            )
        return self.text(at, language)

    def text(self, address: str, language: str, folder: str | None = None) -> str:
        """Give the page at an address. Raises CooperaError for an address without a page.

        `folder` is the way from where the page is shown to its language's folder, where it is not
        shown at its address.
        """
        if address not in self.addresses:
            raise CooperaError(
                f"there is no page '{address}'.", remedy="look for it in the lists of the site."
            )
        for room in ROOMS:
            made = self.render(self.view(address, language, room), language, folder)
            if len(made) < HEAVIEST // 2 or len(made.encode()) <= HEAVIEST:
                break
        return made

    def view(self, address: str, language: str, room: float = 1.0) -> Page:
        """Give what the page at an address shows, as data; `room` as in `views.ROOMS`."""
        reader, about = self.readers[language], self.addresses[address]
        if not reader.lists:
            lists.listed(reader)
        if address == "index":
            page = fronts.home(reader, self.project, address, self._counts(reader))
            return replace(page, context=page.context | {"doors": self._doors(reader)})
        if address == "queries":
            return fronts.questions(reader, self.project, address)
        if address.startswith("queries/"):
            saved = self.project.queries[about]
            answer = self._answer(fronts.bound(saved, language))
            return fronts.query(reader, self.engine, saved, address, answer)
        if (picture := pictures.PAGES.get(part_of(address)[0])) is not None:
            return picture(reader, self.albums[language], address, room)
        if self._is_of_list(address, about):
            return tables.page(reader, self.catalogues[about], address, room)
        if room < 1 and (lighter := self._lighter.get(address)) is not None:
            return lighter(reader, address, room)
        if (maker := self._makers.get(address)) is not None:
            return maker(reader, address)
        if (overview := OVERVIEWS.get(part_of(address)[0].partition("/")[0])) is not None:
            return overview(self, reader, address)
        if address == "ontology":
            return lists.ontology(reader, about, address)
        if address.startswith("ontology/"):
            return lists.term(reader, about, address, self._ruled(about))
        if self.index.is_a(about, SKOS + "ConceptScheme"):
            return lists.scheme(reader, about, address)
        if part_of(address)[0].endswith(things.LINKS):
            return things.links_page(reader, about, address, self._told(about) or frozenset())
        if part_of(address)[0].endswith(profiles.WITH):
            return profiles.partners_page(reader, about, address)
        page = self._thing(reader, about, address, room)
        more: dict[str, object] = {"figures": pictures.small(reader, about, room)}
        told = self._told(about)
        links = page.context["incoming"] and told is not None
        if links and things.number_of_links(reader, about, told or frozenset()):
            more["linked"] = things.linked(reader, about, address, told or frozenset())
            more["incoming"] = ()
        return replace(page, context={**page.context, **more})

    def _told(self, iri: str) -> frozenset[str] | None:
        """Give the properties of links that the page of a thing tells of in another way.

        `None` for a term or a scheme, whose page lists what there is in a way of its own.
        """
        if iri.startswith(self.names.namespace) or self.index.is_a(iri, SKOS + "ConceptScheme"):
            return None
        return profiles.told(self.readers[LANGUAGES[0]], iri)

    def _thing(self, reader: Reader, about: str, address: str, room: float) -> Page:
        agreements = self.catalogues.get(AGREEMENTS)
        if self.index.is_a(about, things.AGREEMENT):
            return chains.page(reader, about, address)
        if profiles.has_profile(reader, about):
            return profiles.page(reader, about, address, agreements, room)
        return things.page(reader, about, address)

    @cached_property
    def _makers(self) -> dict[str, Callable[[Reader, str], Page]]:
        return {at: maker for made in self.more for at, maker in made.pages.items()}

    @cached_property
    def _lighter(self) -> dict[str, Callable[[Reader, str, float], Page]]:
        return {at: maker for made in self.more for at, maker in made.lighter.items()}

    def _ruled(self, iri: str) -> tuple[str, int] | None:
        """Give the page of the rules of a class, and their number."""
        return next((made.about[iri] for made in self.more if iri in made.about), None)

    def front(self) -> str:
        """Give the page that offers the languages."""
        offers = [
            (language, *self._names(language), words.WORDS["choose"][language == "fr"])
            for language in LANGUAGES
        ]
        return self._templates.get_template("front.html").render(
            offers=offers, canonical=self.project.site
        )

    def lost(self) -> str:
        """Give the page that a host shows, at any depth, for an address at which nothing is."""
        offers = []
        for language in LANGUAGES:
            word, frame = self.readers[language].word, self._frames[language]
            offers.append({
                "lang": language, "site": frame["tagline"], "title": word("lost"),
                "lead": word("lost_lead"), "menu": (*frame["menu"], *frame["more"]),  # type: ignore[misc]
                "search": word("search"), "told": word("search_told"),
                "none": word("search_none"),
            })  # fmt: skip
        return self._templates.get_template("lost.html").render(
            offers=offers, root=self.project.path
        )

    def _names(self, language: str) -> tuple[str, str]:
        name, _, tagline = self.project.title[language].partition(":")
        return name.strip(), speech.typeset(speech.capital(tagline.strip()), language)

    def site(self, language: str) -> tuple[str, str]:
        """Give the name of the site, and that of its publisher."""
        publisher = self.index.first(f"{self.project.base}ontology", DCTERMS + "publisher")
        name = self._names(language)[0]
        known = isinstance(publisher, NamedNode) and publisher.value in self.index.facts
        return name, self.readers[language].term(publisher).text if known else name

    def _doors(self, reader: Reader) -> tuple[tuple[str, str, str], ...]:
        """Give the ways into the site that are there: name, address, what is behind."""
        return tuple(
            (reader.word(word), at, reader.word(f"door_{word}"))
            for word, at in (*MENU, *MORE)
            if at in self.addresses and f"door_{word}" in words.WORDS
        )

    def _counts(self, reader: Reader) -> tuple[str, ...]:
        """Count, in words, what the site is about."""
        kinds = (
            ("agreements", things.AGREEMENT),
            ("institutions", lists.INSTITUTION),
            ("sources", things.DOCUMENT),
        )
        return tuple(
            speech.count(
                len(lists.members(reader, name)),
                reader.word(f"{word}_one"),
                reader.word(f"{word}_many"),
                reader.language,
            )
            for word, name in kinds
        )

    @cached_property
    def _templates(self) -> "jinja2.Environment":
        from coopera.pages.templates import environment

        return environment()

    @cached_property
    def _frames(self) -> dict[str, dict[str, object]]:
        return {language: self._frame(language) for language in LANGUAGES}

    def _frame(self, language: str) -> dict[str, object]:
        """Gather what every page of a language shows around its content."""
        reader, name = self.readers[language], f"{self.project.base}ontology"
        licence = self.index.first(name, DCTERMS + "license")
        tagline = self._names(language)[1]
        site, publisher = self.site(language)
        full = speech.typeset(self.project.title[language].strip(), language)
        citation = reader.word("citation").format(
            publisher=publisher,
            title=full,
            version=__version__,
            base=self.project.base,
        )
        return {
            "w": {key: pair[language == "fr"] for key, pair in words.WORDS.items()},
            "lang": language,
            "site": site,
            "tagline": tagline,
            "site_title": full,
            "colon": f"{speech.NBSP}:" if language == "fr" else ":",
            "menu": tuple((reader.word(w), at) for w, at in MENU if at in self.addresses),
            "more": tuple((reader.word(w), at) for w, at in MORE if at in self.addresses),
            "licence": self._licence(reader, licence) if isinstance(licence, NamedNode) else None,
            "citation": citation,
            "bibtex": _bibtex(publisher, full, self.project.base, self._year()),
            "other": next(tag for tag in LANGUAGES if tag != language),
            "version": __version__,
            "dumps": self.dumps,
            "services": self.services,
            "book": f"coopera-{language}.xlsx",
            "fixed": {"index", search.ALL, *pictures.PAGES, *(at for _, at in (*MENU, *MORE))},
            "under": dict.fromkeys(pictures.PAGES, PICTURES),
            "kept": self._keep,
            "addresses": self.addresses,
        }

    def _keep(self, *key: str, caller: Callable[[], Markup]) -> Markup:
        """Give a piece of a template that is the same on all pages of one key."""
        if key not in self._pieces:
            if len(self._pieces) > MOST_PIECES:
                self._pieces.clear()
            self._pieces[key] = caller()
        return self._pieces[key]

    @cached_property
    def _pieces(self) -> dict[tuple[str, ...], Markup]:
        return {}

    def _year(self) -> str:
        """Give the year of the data."""
        return str(ends.data_day(self.index).year)

    @cached_property
    def _islands(self) -> islands.Islands:
        paths = sorted((self.project.ontology / "alignments").glob("*.ttl"))
        return islands.Islands(self.project, graphs.read_all(paths))

    def _about(self, address: str) -> str | None:
        """Give the IRI whose page stands at an address."""
        about = self.addresses.get(address, "")
        return about if self.readers[LANGUAGES[0]].page(about) == address else None

    def canonical(self, page: Page, language: str) -> str:
        """Give the URL at which a page stands on the web; empty for a live page alone."""
        if page.elsewhere or page.address not in self.addresses:
            return ""
        return f"{self.project.site}{language}/{page.address}.html"

    def _licence(self, reader: Reader, licence: NamedNode) -> Shown:
        shown = reader.term(licence)
        return Shown(LICENCES.get(licence.value, shown.text), url=shown.url, href=shown.href)

    def render(self, page: Page, language: str, folder: str | None = None) -> str:
        """Write a page; `folder` as for `text`."""
        template = self._templates.get_template(page.template)
        above = up(page.address) if folder is None else folder
        root = f"{above}../" if folder is None else folder.removesuffix(f"{language}/")
        machines = {
            "canonical": self.canonical(page, language),
            "island": self._islands.text(self.readers[language], page, self._about(page.address)),
            "forms": self.forms(page.address),
        }
        # A name that a page and the frame both give is an error of Python: neither hides the other.
        return template.render(
            **self._frames[language], page=page, up=above, root=root, **machines, **page.context
        )


AGREEMENTS = "lists/Agreement"
"""The address of the list of the agreements."""

OVERVIEWS: dict[str, Callable[[Pages, Reader, str], Page]] = {
    promises.WHERE: lambda pages, reader, at: promises.page(reader, pages.tracker, at),
    disputes.WHERE: lambda pages, reader, at: disputes.page(reader, pages.disputed, at),
    expiring.WHERE: lambda pages, reader, at: expiring.page(reader, pages.calendar, at),
    axes.WHERE: lambda pages, reader, at: axes.page(reader, at, pages.catalogues.get(AGREEMENTS)),
    dataset.WHERE: lambda pages, reader, at: dataset.page(
        reader, at, pages.dumps, pages.measure, pages.addresses
    ),
    search.ALL: lambda pages, reader, at: search.page(
        reader, pages.entries(reader.language), pages.letters(reader.language), at
    ),
}
"""The pages about no one thing, by the first step of their address."""


def _is_list(address: str, where: str) -> bool:
    """Say whether an address is that of a list, not that of a facet's values."""
    return address.removeprefix(where).count("/") != 1


def _bibtex(author: str, title: str, url: str, year: str) -> str:
    """Write a citation for BibTeX."""

    def plain(text: str) -> str:
        return re.sub(r"[{}\\]", "", text).replace("\n", " ")

    fields = {
        "author": f"{{{plain(author)}}}", "title": plain(title), "year": year,
        "version": __version__, "url": url,
    }  # fmt: skip
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@dataset{{coopera,\n{body}\n}}"


LICENCES = {"https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0"}


def page(project: Project, engine: Engine, iri: str, language: str) -> str:
    """Give the page of one IRI in one language; `Pages` serves many better."""
    return Pages(project, engine).of(iri, language)

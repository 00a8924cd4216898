"""Pages: an engine, an IRI and a language in; a page of HTML out."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Triple

from coopera import __version__, graphs
from coopera.engines import Engine
from coopera.errors import CooperaError
from coopera.pages import fronts, islands, lists, speech, things, words
from coopera.pages.index import index
from coopera.pages.names import Addresses, up
from coopera.pages.reader import Reader
from coopera.pages.views import Page, Shown
from coopera.project import Project
from coopera.terms import DCTERMS, LANGUAGES, SKOS

if TYPE_CHECKING:
    import jinja2

MENU = (
    ("agreements_framed", "lists/Agreement"),
    ("institutions_menu", "lists/Institution"),
    ("commitments", "lists/Commitment"),
    ("queries", "queries"),
    ("sources", "sources"),
    ("ontology", "ontology"),
)
"""The menu: words and addresses; an entry without its page is left out."""

Forms = tuple[tuple[str, str], ...]
"""Media types, each with its file, from the root of the site."""
EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


class Pages:
    """The pages of one graph. They are known by address: `id/agreement/x`, `queries`, `index`."""

    def __init__(
        self, project: Project, engine: Engine, triples: Iterable[Triple] | None = None
    ) -> None:
        """Gather what the engine holds, or the triples that it was made from, once."""
        if triples is None:
            held = engine.query(EVERYTHING)
            triples = held if isinstance(held, list) else []
        self.project, self.engine = project, engine
        self.forms: Callable[[str], Forms] = lambda _address: ()
        """Gives what a page's content can be had as, besides; set by who publishes it."""
        self.index = index(triples)
        self.names = Addresses(project.base, self.index.facts)
        self.readers = {
            language: Reader(self.index, self.names, project.prefixes, language)
            for language in LANGUAGES
        }

    @cached_property
    def addresses(self) -> dict[str, str]:
        """Give every page: its address, and the IRI or name that it is about."""
        reader = self.readers[LANGUAGES[0]]
        found = {"index": "", "queries": "", "sources": things.DOCUMENT}
        found |= {fronts.address(query): name for name, query in self.project.queries.items()}
        found |= lists.listed(reader)
        for iri in sorted(self.index.facts):
            at = reader.page(iri)
            if at is not None:
                found[at] = iri
        found.setdefault("ontology", f"{self.project.base}ontology")
        return found

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
        return self.render(self.view(address, language), language, folder)

    def view(self, address: str, language: str) -> Page:
        """Give what the page at an address shows, as data."""
        reader, about = self.readers[language], self.addresses[address]
        lists.listed(reader)
        if address == "index":
            return fronts.home(reader, self.project, address, self._counts(reader))
        if address == "queries":
            return fronts.questions(reader, self.project, address)
        if address.startswith("queries/"):
            return fronts.query(reader, self.engine, self.project.queries[about], address)
        if address == "sources":
            return lists.sources(reader, address)
        if address.startswith("lists/"):
            return lists.class_list(reader, address, about)
        if address == "ontology":
            return lists.ontology(reader, about, address)
        if address.startswith("ontology/"):
            return lists.term(reader, about, address)
        if self.index.is_a(about, SKOS + "ConceptScheme"):
            return lists.scheme(reader, about, address)
        return things.page(reader, about, address)

    def front(self) -> str:
        """Give the page that offers the languages."""
        offers = [
            (language, *self._names(language), words.WORDS["choose"][language == "fr"])
            for language in LANGUAGES
        ]
        return self._templates.get_template("front.html").render(
            offers=offers, canonical=self.project.site
        )

    def _names(self, language: str) -> tuple[str, str]:
        name, _, tagline = self.project.title[language].partition(":")
        return name.strip(), speech.typeset(speech.capital(tagline.strip()), language)

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
        publisher = self.index.first(name, DCTERMS + "publisher")
        site, tagline = self._names(language)
        full = f"{site}: {tagline}" if language == "en" else f"{site}{speech.NBSP}: {tagline}"
        citation = reader.word("citation").format(
            publisher=reader.term(publisher).text if publisher else site,
            title=full,
            version=__version__,
            base=self.project.base,
        )
        return {
            "w": {key: pair[language == "fr"] for key, pair in words.WORDS.items()},
            "lang": language,
            "site": site,
            "tagline": tagline,
            "colon": f"{speech.NBSP}:" if language == "fr" else ":",
            "menu": tuple((reader.word(w), at) for w, at in MENU if at in self.addresses),
            "licence": self._licence(reader, licence) if isinstance(licence, NamedNode) else None,
            "citation": citation,
            "other": next(tag for tag in LANGUAGES if tag != language),
            "version": __version__,
        }

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
        root = f"{above}../" if folder is None else ""
        machines = {
            "canonical": self.canonical(page, language),
            "island": self._islands.text(self.readers[language], page, self._about(page.address)),
            "forms": self.forms(page.address),
        }
        return template.render(
            self._frames[language], page=page, up=above, root=root, **machines, **page.context
        )


LICENCES = {"https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0"}


def page(project: Project, engine: Engine, iri: str, language: str) -> str:
    """Give the page of one IRI in one language; `Pages` serves many better."""
    return Pages(project, engine).of(iri, language)

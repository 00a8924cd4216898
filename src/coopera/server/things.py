"""Things: the path of an IRI of ours in; the way to its page, or its data, by what is liked, out.

Cool URIs for the Semantic Web (W3C), 4.2: a thing answers with 303 and the place of a document
about it; a document, named by its ending, answers with itself.
"""

from urllib.parse import quote

from coopera.publication import WRITERS, Publication
from coopera.server import negotiation
from coopera.server.exchange import Request, Response, found
from coopera.server.problems import Problem
from coopera.server.snapshot import Snapshot
from coopera.terms import LANGUAGES

HTML = "text/html"
TYPES = {
    ".ttl": "text/turtle", ".jsonld": "application/ld+json", ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml", ".html": HTML, ".css": "text/css", ".trig": "application/trig",
    ".nq": "application/n-quads", ".csv": "text/csv", ".js": "text/javascript",
    ".ics": "text/calendar", ".atom": "application/atom+xml",
}  # fmt: skip
"""The media types of files, by their ending."""
DATA = {TYPES[ending]: ending for ending in WRITERS}
"""The syntaxes of a description, and their endings."""


def type_of(name: str) -> str:
    """Give the media type of a file."""
    ending = name[name.rfind(".") :] if "." in name else ""
    kind = TYPES.get(ending, "text/plain")
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def file(snapshot: Snapshot, request: Request, name: str) -> Response | None:
    """Give a file of the site; `None` where there is none of that name."""
    tag = f'"{snapshot.version[:32]}"'
    if name not in snapshot.publication.files:
        return None
    if negotiation.matches(request.header(b"if-none-match"), tag):
        return Response(b"", "", 304, found(tag))
    return Response(snapshot.publication.content(name), type_of(name), 200, found(tag))


def thing(snapshot: Snapshot, request: Request) -> Response | None:
    """Answer for an IRI of the graph, or a document about one; `None` where there is none."""
    publication, base = snapshot.publication, snapshot.project.base
    rest = request.path.removeprefix("/")
    facts = publication.pages.index.facts
    if f"{base}{rest}" in facts:
        return see_other(publication, request, f"{base}{rest}")
    stem, dot, _ = rest.rpartition(".")
    ending = rest[len(stem) :]
    iri = f"{base}{stem}"
    if not dot or iri not in facts:
        return None
    if ending == ".html":
        return to(request, page_of(publication, request, iri), {"vary": "Accept-Language"})
    if ending not in WRITERS:
        return None
    tag = f'"{snapshot.version[:32]}"'
    headers = found(tag, {"link": links(rest, stem, base)}.items())
    if negotiation.matches(request.header(b"if-none-match"), tag):
        return Response(b"", "", 304, headers)
    return Response(publication.description(iri, ending), type_of(rest), 200, headers)


def see_other(publication: Publication, request: Request, iri: str) -> Response:
    """Send a client to the page or the data of a thing (RFC 9110, 15.4.4)."""
    chosen = negotiation.best(request.accept, [*DATA, HTML])
    if request.accept is None or "*/*" in request.accept:
        # Whoever takes anything is given what a person reads, unless it likes data better.
        chosen = negotiation.best(request.accept, [HTML, *DATA])
    if chosen is None:
        raise Problem(
            406,
            "no format of the description is acceptable.",
            f"accept one of {', '.join([HTML, *DATA])}.",
        )
    vary = {"vary": "Accept, Accept-Language"}
    if chosen != HTML:
        return to(request, f"{request.path}{DATA[chosen]}", vary)
    return to(request, page_of(publication, request, iri), vary)


def to(request: Request, path: str, headers: dict[str, str]) -> Response:
    """Send a client to another path of this server."""
    location = quote(f"{request.root}{path}", safe="/~%#?=&:@!$'()*+,;")
    return Response(b"", "", 303, {"location": location, **headers})


def page_of(publication: Publication, request: Request, iri: str) -> str:
    """Give the path of the page of an IRI, in the language that the client likes best."""
    language = negotiation.language(request.header(b"accept-language"), LANGUAGES)
    at = publication.pages.readers[language].page(iri)
    if at is None:
        raise Problem(404, f"<{iri}> has no page of its own.", "ask for its data: add .ttl.")
    return f"/{language}/{at}.html"


def links(rest: str, stem: str, base: str) -> str:
    """Name the other forms of a description, and what it describes (RFC 8288)."""
    others = [
        f'<{stem.rpartition("/")[2]}{ending}>; rel="alternate"; type="{kind}"'
        for kind, ending in DATA.items()
        if not rest.endswith(ending)
    ]
    return ", ".join([f'<{base}{stem}>; rel="describes"', *others])


def ontology(snapshot: Snapshot, request: Request) -> Response:
    """Answer for the ontology, which is a document itself: 200, by what the client likes."""
    publication = snapshot.publication
    language = negotiation.language(request.header(b"accept-language"), LANGUAGES)
    offers = [HTML, *DATA]
    chosen = negotiation.best(request.accept, offers)
    if chosen is None:
        raise Problem(406, "no format is acceptable.", f"accept one of {', '.join(offers)}.")
    tag = f'"{snapshot.version[:24]}{offers.index(chosen)}{language}"'
    headers = found(tag, {"vary": "Accept, Accept-Language"}.items())
    if negotiation.matches(request.header(b"if-none-match"), tag):
        return Response(b"", "", 304, headers)
    if chosen == HTML:
        text = publication.pages.text("ontology", language, f"{language}/")
        return Response(text.encode(), f"{HTML}; charset=utf-8", 200, headers)
    body = publication.vocabulary(DATA[chosen])
    return Response(body, type_of(DATA[chosen]), 200, headers)

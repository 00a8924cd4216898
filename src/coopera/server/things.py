"""Things: the path of an IRI of ours in; the way to its page, or its data, by what is liked, out.

Cool URIs for the Semantic Web (W3C), 4.2: a thing answers with 303 and the place of a document
about it; a document, named by its ending, answers with itself.
"""

import re
from urllib.parse import quote

from coopera.publication import WRITERS, Publication
from coopera.publication.documents import ONTOLOGY
from coopera.publication.redirects.site import VERSION as OF_VERSIONS
from coopera.publication.redirects.site import WITHOUT_PAGE
from coopera.publication.types import NEAREST, TYPES, served_as
from coopera.server import negotiation
from coopera.server.exchange import Request, Response, found
from coopera.server.problems import Problem
from coopera.server.snapshot import Snapshot
from coopera.terms import LANGUAGES

HTML = "text/html"
DATA = {TYPES[ending]: ending for ending in WRITERS}
"""The syntaxes of a document, and their endings."""
FORMS = DATA | NEAREST
"""What a client may name -> the ending of what it gets."""
VERSION = re.compile(f"/{OF_VERSIONS}")
"""The path of a version of the ontology."""
SLOW = ("dumps/", "catalog.", "void.", ".well-known/", "en/quality", "fr/quality")
"""How the names of files begin that take long to make: the whole graph is read for them."""


def file(snapshot: Snapshot, request: Request, name: str) -> Response | None:
    """Give a file of the site; `None` where there is none of that name."""
    publication, tag = snapshot.publication, f'"{snapshot.version[:32]}"'
    if name not in publication.files:
        return None
    headers = found(tag, links(publication, name))
    if negotiation.matches(request.header(b"if-none-match"), tag):
        return Response(b"", "", 304, headers)
    return Response(publication.content(name), served_as(name), 200, headers)


def thing(snapshot: Snapshot, request: Request) -> Response | None:
    """Answer for an IRI of the graph, or a document about one; `None` where there is none."""
    publication, base = snapshot.publication, snapshot.project.base
    rest = request.path.removeprefix("/")
    facts = publication.pages.index.facts
    if f"{base}{rest}" in facts:
        return see_other(publication, request, f"{base}{rest}")
    if rest in WITHOUT_PAGE and publication.documents.endings(rest):
        offers = [*DATA, *nearest(request.accept)]
        chosen = negotiation.best(request.accept, offers) or offers[0]
        return to(request, f"/{rest}{FORMS[chosen]}", {"vary": "Accept"})
    stem, dot, _ = rest.rpartition(".")
    iri = f"{base}{stem}"
    if not dot or iri not in facts:
        return None
    if rest.endswith(".html"):
        return to(request, page_of(publication, request, iri), {"vary": "Accept-Language"})
    # The file of an IRI with capitals, say, has another name.
    return file(snapshot, request, f"{publication.pages.names.of(iri)}{rest[len(stem) :]}")


def nearest(accept: str | None) -> list[str]:
    """List the types that are offered only to who names them: a range means the true ones."""
    return [kind for kind in NEAREST if kind in (accept or "").lower()]


def see_other(publication: Publication, request: Request, iri: str) -> Response:
    """Send a client to the page or the data of a thing (RFC 9110, 15.4.4)."""
    chosen = negotiation.best(request.accept, [*DATA, HTML, *nearest(request.accept)])
    if request.accept is None or "*/*" in request.accept:
        # Whoever takes anything is given what a person reads, unless it likes data better.
        chosen = negotiation.best(request.accept, [HTML, *DATA, *nearest(request.accept)])
    if chosen is None:
        raise Problem(
            406,
            "no format of the description is acceptable.",
            f"accept one of {', '.join([HTML, *DATA])}.",
        )
    vary = {"vary": "Accept, Accept-Language"}
    if chosen != HTML:
        at = publication.pages.names.of(iri)
        if at is None:
            raise Problem(404, f"<{iri}> has no document of its own.", "ask the endpoint /sparql.")
        return to(request, f"/{at}{FORMS[chosen]}", vary)
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


def links(publication: Publication, name: str) -> list[tuple[str, str]]:
    """Name what a document is about, and its other forms (RFC 8288); nothing for other files."""
    about = publication.documents.about(name)
    if about is None:
        return []
    stem = name.rpartition(".")[0]
    others = [
        f'<{quote(stem.rpartition("/")[2], safe="~")}{ending}>; rel="alternate"; type="{kind}"'
        for kind, ending in DATA.items()
        if not name.endswith(ending) and ending in publication.documents.endings(stem)
    ]
    return [("link", ", ".join([f'<{about}>; rel="describes"', *others]))]


def ontology(snapshot: Snapshot, request: Request) -> Response:
    """Answer for the ontology, which is a document itself: 200, by what the client likes."""
    publication = snapshot.publication
    language = negotiation.language(request.header(b"accept-language"), LANGUAGES)
    offers = [HTML, *DATA, *nearest(request.accept)]
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
    name = f"{ONTOLOGY}{FORMS[chosen]}"
    return Response(publication.content(name), served_as(name), 200, headers)

"""Refusals: a request and what is wrong with it in; the response, as the client reads best, out."""

from typing import TYPE_CHECKING
from urllib.parse import quote

from coopera.pages import speech
from coopera.pages.views import Page, Shown
from coopera.server import negotiation
from coopera.server.exchange import Request, Response
from coopera.server.problems import FORMS, HTML, Problem
from coopera.terms import LANGUAGES

if TYPE_CHECKING:
    from coopera.server.app import App


def response(app: "App", request: Request, problem: Problem) -> Response:
    """Tell of a problem in the language and the form that a client likes best.

    A person gets a page of the site, from which to go on.
    """
    language = language_of(request)
    told = problem.told_in(language)
    headers = {"vary": "Accept, Accept-Language", **problem.headers}
    if negotiation.best(request.accept, FORMS) == HTML:
        headers["content-language"] = language
        kind, body = f"{HTML}; charset=utf-8", _page(app, request, told, language).encode()
    else:
        headers["content-language"] = told.language
        kind, body = told.body(request.accept)
    return Response(body, kind, problem.status, headers)


def _page(app: "App", request: Request, told: Problem, language: str) -> str:
    """Write a problem as a page of the site, whose links hold at any depth."""
    pages = app.snapshot.publication.pages
    other = next(tag for tag in LANGUAGES if tag != language)
    reader = pages.readers[language]
    texts = (told.detail, told.remedy if told.status != 404 else reader.word("lost_lead"))
    context: dict[str, object] = {
        "told": tuple((speech.capital(t), told.language) for t in texts if t),
    }
    title = reader.word("lost") if told.status == 404 else told.title
    first, _, rest = request.path.removeprefix("/").partition("/")
    # Two slashes at the beginning would name another host.
    path = f"/{other}/{rest}" if first in LANGUAGES else f"/{request.path.lstrip('/')}?lang={other}"
    elsewhere = quote(f"{request.root}{path}", safe="/?=")
    page = Page("refusal", Shown(title), title, "refusal.html", (), context, elsewhere)
    return pages.render(page, language, f"{request.root}/{language}/")


def language_of(request: Request) -> str:
    """Give the language of a refusal: that of the page asked for, else what the client likes best.

    Where nothing tells, it is English, as everything that programs read is.
    """
    first = request.path.removeprefix("/").partition("/")[0]
    if first in LANGUAGES:
        return first
    try:
        named = dict(request.fields)
    except Problem:
        named = {}
    asked = (named.get(name, "") for name in ("lang", "language"))
    english_first = sorted(LANGUAGES)
    liked = negotiation.language(request.header(b"accept-language"), english_first)
    return next((tag for tag in asked if tag in LANGUAGES), liked)

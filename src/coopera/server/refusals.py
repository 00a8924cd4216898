"""Refusals: a request and what is wrong with it in; the response, as the client reads best, out."""

from coopera.server import negotiation
from coopera.server.exchange import Request, Response
from coopera.server.problems import Problem
from coopera.terms import LANGUAGES


def response(request: Request, problem: Problem) -> Response:
    """Tell of a problem in the language and the form that a client likes best."""
    told = problem.told_in(language_of(request))
    kind, body = told.body(request.accept)
    headers = {"vary": "Accept, Accept-Language", "content-language": told.language}
    return Response(body, kind, problem.status, headers | problem.headers)


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

"""The API: a saved query's name and the values of its parameters in; its answer out.

One .rq file is one operation. Values are read as on the command line: an IRI, a CURIE, a label, a
date, `all`; what a client sends can only ever become a term.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from coopera import answers
from coopera.errors import QueryError, UnknownThingError
from coopera.pages import fronts
from coopera.queries import SavedQuery
from coopera.server import negotiation, openapi, sparql, things
from coopera.server.exchange import Request, Response, Send, found, only
from coopera.server.problems import Problem
from coopera.terms import LANGUAGES

if TYPE_CHECKING:
    from coopera.server.app import App

JSON, HTML = "application/json", "text/html"
RESERVED = ("format", "lang")
"""Names of fields that are not parameters of a query."""


async def room(app: "App", request: Request, send: Send) -> Response | None:
    """Answer what stands below /api."""
    if (other := only(request)) is not None:
        return other
    match request.path.rstrip("/").split("/")[2:]:
        case []:
            return _door(request)
        case ["openapi.json"]:
            return _json(app, request, openapi.document(app.snapshot, app.root(request)))
        case ["queries"]:
            return _json(app, request, _list(app, request))
        case ["queries", name]:
            return await _answer(app, request, send, pick(app, name))
    raise Problem(404, f"there is nothing at {request.path[:200]}.", "look at /api/queries.")


def pick(app: "App", name: str) -> SavedQuery:
    """Give a saved query. Raises Problem where there is none of that name."""
    saved = app.snapshot.project.queries.get(name)
    if saved is None:
        raise Problem(404, f"there is no saved query '{name[:100]}'.", "look at /api/queries.")
    return saved


def _door(request: Request) -> Response:
    """Send a person to the page of the questions, a program to the description of the API."""
    vary = {"vary": "Accept, Accept-Language"}
    if negotiation.best(request.accept, [JSON, HTML]) == HTML:
        language = negotiation.language(request.header(b"accept-language"), LANGUAGES)
        return things.to(request, f"/{language}/queries.html", vary)
    return things.to(request, "/api/openapi.json", vary)


def _json(app: "App", request: Request, document: object) -> Response:
    tag = sparql.etag(app.snapshot, request.path, app.root(request))
    if negotiation.matches(request.header(b"if-none-match"), tag):
        return Response(b"", "", 304, found(tag))
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    return Response(text.encode(), JSON, 200, found(tag))


def _list(app: "App", request: Request) -> list[dict[str, object]]:
    """Tell of each saved query: its question, its parameters, and where it is answered."""
    root = app.root(request)
    return [
        {
            "name": saved.name,
            "topic": saved.topic,
            "summary": saved.summary,
            "description": saved.description,
            "tags": saved.tags,
            "form": saved.form,
            "parameters": [
                {"name": p.name, "type": p.type, "label": p.label, "class": p.members_of}
                for p in saved.parameters
            ],
            "url": f"{root}/api/queries/{quote(saved.name)}",
            "page": {tag: f"{root}/{tag}/{fronts.address(saved)}.html" for tag in LANGUAGES},
            "sparql": saved.text,
        }
        for saved in app.snapshot.project.queries.values()
    ]


def given(request: Request, saved: SavedQuery) -> Mapping[str, list[str]]:
    """Take the values of the parameters from a request. Raises Problem for other fields."""
    names = {parameter.name for parameter in saved.parameters}
    values: dict[str, list[str]] = {}
    for name, value in request.fields:
        if name in names:
            if value:  # an empty field of a form leaves the default
                values.setdefault(name, []).append(value)
        elif name not in RESERVED:
            raise Problem(
                400,
                f"the query '{saved.name}' has no parameter '{name[:50]}'.",
                f"its parameters: {', '.join(sorted(names)) or 'none'}.",
            )
    most = answers.MOST_VALUES
    for name, count in Counter(name for name, _ in request.fields if name in names).items():
        if count > most:
            raise Problem(400, f"{name} is given {count} times.", f"give it {most} times at most.")
    return values


async def text_of(app: "App", saved: SavedQuery, values: Mapping[str, list[str]]) -> str:
    """Write values into a saved query. Raises Problem for one that cannot be read."""
    snapshot = app.snapshot
    engine = snapshot.publication.pages.engine
    try:
        return await asyncio.to_thread(answers.resolve, snapshot.project, engine, saved, values)
    except UnknownThingError as error:
        raise Problem(404, error.problem, error.remedy) from error
    except QueryError as error:
        raise Problem(400, error.problem, error.remedy) from error


async def _answer(app: "App", request: Request, send: Send, saved: SavedQuery) -> Response | None:
    """Answer a saved query, as the endpoint would."""
    known = sparql.GRAPHS if saved.gives_a_graph else sparql.TABLES
    asked = next((value for name, value in request.fields if name == "format"), None)
    wanted = sparql.formats(request.accept, asked, tuple(known.items()))
    if wanted.html_first:
        language = negotiation.language(request.header(b"accept-language"), LANGUAGES)
        query = request.scope["query_string"].decode("latin-1")
        path = f"/{language}/{fronts.address(saved)}.html{f'?{query}' if query else ''}"
        return things.to(request, path, {"vary": "Accept, Accept-Language"})
    text = await text_of(app, saved, given(request, saved))
    operation = sparql.Operation(text.encode())
    return await sparql.answer(app, request, send, operation, wanted, f"{app.root(request)}/sparql")

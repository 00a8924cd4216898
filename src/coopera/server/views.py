"""Views: a request for a person in; the live pages that the static site does not have out."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from pyoxigraph import (
    Literal,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
)

from coopera import answers
from coopera.engines import Answer
from coopera.limits import LimitError
from coopera.pages import Pages, fronts, speech
from coopera.pages.views import Field
from coopera.queries import Parameter, SavedQuery
from coopera.server import api, negotiation, sparql
from coopera.server.exchange import Request, Response
from coopera.server.french import french
from coopera.server.problems import Problem
from coopera.tables import Table
from coopera.terms import LANGUAGES

if TYPE_CHECKING:
    from coopera.server.app import App

MOST_CHOICES = 1000
"""Choices that a form lists; where there are more, one types a name."""
HTML = "text/html; charset=utf-8"
LIVE = {"vary": "Accept, Accept-Language", "cache-control": "no-store"}


def language_of(request: Request) -> str:
    """Give the language of a live page: `lang`, else what the client likes best."""
    asked = next((v for name, v in request.fields if name == "lang"), "")
    if asked in LANGUAGES:
        return asked
    return negotiation.language(request.header(b"accept-language"), LANGUAGES)


def asking(app: "App", request: Request) -> Response:
    """Give the page on which a query can be written."""
    return _page(app, request, EXAMPLE, None, None, 200)


EXAMPLE = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX coop: <https://w3id.org/coopera/ontology#>

SELECT ?agreement ?party
WHERE { ?agreement a coop:Agreement ; coop:party ?party }
ORDER BY ?agreement ?party
LIMIT 100"""
"""What the page offers before anything was asked."""


async def answered(app: "App", request: Request, asked: "sparql.Operation") -> Response:
    """Give the page of a query's answer, or of what is wrong with it."""
    text = asked.query.decode("utf-8", "replace")
    try:
        found = await _whole(app, request, asked)
    except Problem as problem:
        return _page(app, request, text, None, problem, problem.status)
    return _page(app, request, text, found, None, 200)


async def _whole(app: "App", request: Request, asked: "sparql.Operation") -> Answer:
    """Ask the pool for an answer that a page can hold."""
    kinds = f"{sparql.JSON}, {sparql.N_TRIPLES}"
    found = await sparql.ask(app, request, asked, kinds, f"{app.root(request)}/sparql")
    try:
        body = found.first + b"".join([piece async for piece in found.rest])
    except LimitError as error:
        raise sparql.limited(error) from error
    finally:
        await found.close()
    return await asyncio.to_thread(table, body, found.kind == "graph")


def table(body: bytes, gives_a_graph: bool) -> Answer:
    """Read what the pool answered."""
    if gives_a_graph:
        return [quad.triple for quad in parse(body, format=RdfFormat.N_TRIPLES)]
    found = parse_query_results(body, format=QueryResultsFormat.JSON)
    if isinstance(found, QueryBoolean):
        return bool(found)
    assert isinstance(found, QuerySolutions)  # noqa: S101 - there are no others
    names = tuple(variable.value for variable in found.variables)
    return Table(names, tuple(tuple(solution) for solution in found))


def _page(
    app: "App", request: Request, text: str, answer: Answer | None, problem: Problem | None,
    status: int,
) -> Response:  # fmt: skip
    language = language_of(request)
    pages = app.snapshot.publication.pages
    reader = pages.readers[language]
    other = next(tag for tag in LANGUAGES if tag != language)
    rows = (
        len(answer.rows if isinstance(answer, Table) else answer)
        if (isinstance(answer, Table | list))
        else 0
    )
    noun = "statements" if isinstance(answer, list) else "solutions"
    total = speech.count(rows, reader.word(noun), reader.word(f"{noun}_many"), language)
    told = _told(problem, language)
    elsewhere = f"sparql?lang={other}&query={quote(text, safe='')}&format=html"
    page = fronts.asked(reader, text, answer, told, total if rows else "", elsewhere)
    html = pages.render(page, language, f"{language}/")
    return Response(html.encode(), HTML, status, LIVE)


def _told(problem: Problem | None, language: str) -> fronts.Told:
    """Tell what is wrong, and the remedy, in a language as far as they have it."""
    texts = (problem.detail, problem.remedy) if problem else ()
    told = ((text, french(text) if language == "fr" else None) for text in texts if text)
    return tuple((speech.capital(said or text), language if said else "en") for text, said in told)


def _languages(saved: SavedQuery) -> set[str]:
    """Name the parameters of a query to which a page gives its own language."""
    return {p.name for p in saved.parameters if "language" in (p.type, p.name)}


async def question(app: "App", request: Request, language: str, saved: SavedQuery) -> Response:
    """Give the page of a saved query with a form, and the answer to the values of its fields."""
    snapshot = app.snapshot
    pages = snapshot.publication.pages
    values = dict(api.given(request, saved))
    for name in _languages(saved):
        values.setdefault(name, [language])
    problem: Problem | None = None
    answer: Answer = Table(())
    text = fronts.bound(saved, language)
    try:
        text = await api.text_of(app, saved, values)
        answer = await _whole(app, request, sparql.Operation(text.encode()))
    except Problem as refused:
        problem = refused
    shown = values if problem else None
    fields = await asyncio.to_thread(_fields, pages, saved, language, shown, text)
    told = _told(problem, language)
    none: tuple[str, ...] = ()
    if problem is None and not (answer.rows if isinstance(answer, Table) else answer):
        none = await asyncio.to_thread(_nothing, pages, saved, language, text, set(values))
    live = fronts.Live(text, answer, fields, _links(request, saved, language), told, none)
    reader = pages.readers[language]
    page = fronts.query(reader, pages.engine, saved, fronts.address(saved), live)
    html = pages.render(page, language)
    headers = {"vary": "Accept", "cache-control": "no-cache"}
    return Response(html.encode(), HTML, problem.status if problem else 200, headers)


def _nothing(
    pages: Pages, saved: SavedQuery, language: str, text: str, given: set[str]
) -> tuple[str, ...]:
    """Tell what may lie behind an empty answer."""
    if saved.expects_none is not None and not given - _languages(saved):
        return ()  # the page says why
    reader = pages.readers[language]
    found = answers.nothing(pages.project, pages.engine, saved, given, text, language)

    def said(parameter: Parameter) -> str:
        return speech.typeset(parameter.label[language], language)

    return (
        *(reader.word("empty_same").format(said(a), said(b), value) for a, b, value in found.same),
        *(reader.word("empty_default").format(said(p), value) for p, value in found.left),
        *([reader.word("empty_other")] if found.left else []),
    )


def _fields(
    pages: Pages,
    saved: SavedQuery,
    language: str,
    values: Mapping[str, list[str]] | None,
    text: str,
) -> tuple[Field, ...]:
    """Make the fields of the form, with what a person typed, or what stands in the text."""
    reader = pages.readers[language]
    standing = fronts.standing(reader, pages.engine, saved, text)
    if values is not None:
        standing |= {name: given[0] for name, given in values.items()}
    fields = []
    for parameter in saved.parameters:
        given = standing.get(parameter.name, "")
        choices = [(answers.ALL, reader.word("values_all"))]
        members = answers.choices(pages.project, pages.engine, parameter, language)
        if len(members) <= MOST_CHOICES:
            choices += [
                (
                    term.value if isinstance(term, Literal) else pages.project.prefixes.text(term),
                    label,
                )
                for term, label in members
            ]
        listed = len(choices) > 1
        if listed and given not in [value for value, _ in choices]:
            choices.append((given, given))
        label = speech.typeset(parameter.label[language], language)
        fields.append(
            Field(parameter.name, label, parameter.type, given, tuple(choices) if listed else ())
        )
    return tuple(fields)


def _links(request: Request, saved: SavedQuery, language: str) -> tuple[tuple[str, str], ...]:
    """Name the same answer in other forms, at the API."""
    kept = [(n, v) for n, v in request.fields if n not in api.RESERVED]
    formats = fronts.GRAPH_FORMATS if saved.gives_a_graph else fronts.TABLE_FORMATS
    return tuple(
        (name, f"../../api/queries/{quote(saved.name)}?{urlencode([*kept, ('format', name)])}")
        for name in formats
    )

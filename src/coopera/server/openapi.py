"""The description of the API: the saved queries in; an OpenAPI 3.1 document out."""

from coopera import __version__
from coopera.answers import MOST_VALUES
from coopera.queries import Parameter, SavedQuery
from coopera.server import sparql
from coopera.server.snapshot import Snapshot
from coopera.terms import LANGUAGES

MONTH, DAY = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])"
TAGS = "|".join(sorted(LANGUAGES))
SCHEMAS = {
    "iri": {"type": "string", "maxLength": 2000},
    "string": {"type": "string", "maxLength": 2000},
    "date": {"type": "string", "pattern": f"^((?!0000)[0-9]{{4}}(-{MONTH}(-{DAY})?)?|all|)$"},
    "integer": {"type": "string", "pattern": r"^([+-]?[0-9]{1,18}|all|)$"},
    "language": {"type": "string", "pattern": rf"^(({TAGS})(-[A-Za-z0-9]{{1,8}})*|all|)$"},
}
"""What a value of each type looks like; `all` stands for every value, and an empty one for none."""
HINTS = {
    "iri": "an IRI, a CURIE, a label that one thing alone bears, or all",
    "string": "a text, or all",
    "date": "a day, a month or a year (2025-07-17, 2025-07, 2025), or all",
    "integer": "a whole number, or all",
    "language": f"{', '.join(sorted(LANGUAGES))} (or one of their regions, as fr-CA), or all",
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "remedy": {"type": "string"},
        "limit": {"type": "string"},
        "line": {"type": "integer"},
        "column": {"type": "integer"},
    },
}
"""Problem Details for HTTP APIs (RFC 9457), with our extension members."""


def document(snapshot: Snapshot, root: str) -> dict[str, object]:
    """Describe the operations of the API at a root URL (OpenAPI 3.1)."""
    paths: dict[str, object] = {
        "/api/queries": {
            "get": {
                "operationId": "queries",
                "summary": "List the saved queries",
                "responses": {
                    "200": {
                        "description": "The saved queries, with their parameters.",
                        "content": {"application/json": {"schema": {"type": "array"}}},
                    },
                },
            }
        }
    }
    for saved in snapshot.project.queries.values():
        paths[f"/api/queries/{saved.name}"] = {"get": _operation(saved)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": snapshot.project.title["en"],
            "version": __version__,
            "summary": "Saved SPARQL queries, each as one operation.",
            "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
        },
        "servers": [{"url": root}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM},
            "responses": {
                "Problem": {
                    "description": "A refusal: what is wrong, and what to do; in French where "
                    "Accept-Language, lang or language says so, else in English.",
                    "headers": {"Content-Language": {"schema": {"type": "string"}}},
                    "content": {
                        "application/problem+json": {
                            "schema": {"$ref": "#/components/schemas/Problem"}
                        },
                    },
                }
            },
        },
    }


def _operation(saved: SavedQuery) -> dict[str, object]:
    media = sparql.GRAPHS if saved.gives_a_graph else sparql.TABLES
    offered = sorted({kind for kind in media.values() if kind != sparql.HTML})
    refusals = {status: {"$ref": "#/components/responses/Problem"} for status in
                ("400", "404", "406", "422", "429", "431", "503")}  # fmt: skip
    return {
        "operationId": saved.name,
        "summary": saved.summary["en"],
        "description": "\n\n".join(
            filter(None, (saved.description["en"], saved.summary["fr"], saved.description["fr"]))
        ),
        "tags": list(saved.tags),
        "parameters": [*map(_parameter, saved.parameters), _format(offered)],
        "responses": {
            "200": {
                "description": "The answer.",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": {kind: {} for kind in offered},
            },
            "303": {"description": "A browser is sent to the page of the query."},
            "304": {"description": "The client holds the answer."},
            **refusals,
        },
    }


def _parameter(parameter: Parameter) -> dict[str, object]:
    about = f"{parameter.label['en']} ({parameter.label['fr']}): {HINTS[parameter.type]}."
    if parameter.members_of:
        about += f" A {parameter.members_of}."
    return {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": about,
        "style": "form",
        "explode": True,
        "schema": {"type": "array", "maxItems": MOST_VALUES, "items": SCHEMAS[parameter.type]},
    }


def _format(offered: list[str]) -> dict[str, object]:
    names = [name for name, kind in sparql.SHORT.items() if kind in offered]
    return {
        "name": "format",
        "in": "query",
        "description": "A format, in place of the Accept header.",
        "schema": {"type": "string", "enum": names},
    }

"""The service: a request to the endpoint in, in parts that no framework has touched; a reply out.

Reconciliation Service API 0.2, W3C Entity Reconciliation Community Group. Below the endpoint stand
`/suggest/…`, `/flyout/…`, `/preview`, `/view` and `/properties`; behind `/fr` or `/en`, which may
come first, the same in that language, for clients such as OpenRefine that ask for none.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from coopera import __version__
from coopera.reconciliation import preview, requests
from coopera.reconciliation.entities import Entity, Kind, text
from coopera.reconciliation.matching import Candidate, Matcher
from coopera.reconciliation.names import folded
from coopera.reconciliation.properties import Property
from coopera.reconciliation.requests import RefusalError, number
from coopera.terms import COOP, LANGUAGES, ORG

MOUNT = "/reconcile"
"""Where the endpoint stands below the root of the server."""
PAGE = 20
"""Suggestions in one answer."""
JSON, HTML, PROBLEM = "application/json", "text/html; charset=utf-8", "application/problem+json"
CORS = {"access-control-allow-origin": "*"}
_READ, _ALL = "GET, HEAD, OPTIONS", "GET, HEAD, POST, OPTIONS"
_PRIVATE = {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'"}

Fields = Sequence[tuple[str, str]]
"""Parameters of a query string, or of a form, decoded."""


@dataclass(frozen=True)
class Reply:
    """What to send. A server puts these headers in place of its own of the same name.

    To HEAD the body is left out by whoever sends it.
    """

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Call:
    matcher: Matcher
    query: dict[str, str]
    language: str
    endpoint: str
    """The URL of the endpoint in this language."""
    root: str


def answer(
    matcher: Matcher,
    path: str,
    method: str,
    query: Fields,
    form: Fields,
    language: str,
    root_url: str,
) -> Reply:
    """Answer one request; what cannot be answered gives a 4xx with a problem (RFC 9457).

    `path` is what stands behind the endpoint, empty for itself; `form` the fields of a POST;
    `language` what the client likes best; `root_url` the URL of the server, without a slash at
    its end. It takes some milliseconds for each query of a batch.
    """
    steps = [step for step in path.split("/") if step]
    fixed = steps[:1] if steps[:1] and steps[0] in LANGUAGES else []
    asked = [value for name, value in query if name == "lang" and value in LANGUAGES]
    chosen = [*fixed, *asked, *([language] if language in LANGUAGES else []), LANGUAGES[-1]][0]
    headers = dict(CORS) if fixed or asked else CORS | {"vary": "Accept-Language"}
    try:
        allowed = _READ if steps[len(fixed) :] else _ALL
        if method == "OPTIONS":
            return Reply(204, "", b"", CORS | _preflight(allowed))
        if method not in allowed.split(", "):
            headers |= {"allow": allowed}
            raise RefusalError(405, "this method is not allowed here.", f"use {allowed}.")
        call = _Call(matcher, _single(query), chosen, f"{root_url}{MOUNT}/{chosen}", root_url)
        if "callback" in call.query:
            raise RefusalError(
                400,
                "JSONP is not offered.",
                "leave callback out: any page may read the answers as they are (CORS).",
            )
        reply = _route(call, "/".join(steps[len(fixed) :]), _single(form), method)
    except RefusalError as refusal:
        told = {"type": "about:blank", "title": _TITLES[refusal.status], "status": refusal.status}
        told |= {"detail": refusal.detail, "remedy": refusal.remedy}
        reply = Reply(refusal.status, PROBLEM, _bytes(told))
    return Reply(
        reply.status, reply.media_type, reply.body, {**_PRIVATE, **headers, **reply.headers}
    )


_TITLES = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
}


def _route(call: _Call, place: str, form: Mapping[str, str], method: str) -> Reply:
    first, _, kind = place.partition("/")
    if not place:
        return _endpoint(call, form, method)
    if first == "suggest" and kind in _SUGGEST:
        return _json(_SUGGEST[kind](call))
    if first == "flyout" and kind in _SUGGEST:
        return _json(_flyout(call, kind))
    if place == "properties":
        return _json(_proposed(call))
    if place in ("preview", "view"):
        entity = _entity(call)
        if place == "view":
            return Reply(303, "", b"", {"location": _home(call, entity)})
        page = preview.page(entity, call.language, call.matcher.registers, _home(call, entity))
        return Reply(200, HTML, page.encode(), {"content-security-policy": preview.POLICY})
    raise RefusalError(404, "there is nothing here.", f"ask {call.root}{MOUNT} for its manifest.")


def _endpoint(call: _Call, form: Mapping[str, str], method: str) -> Reply:
    """Answer a batch of queries, a request for values, or else with the manifest."""
    given = form if method == "POST" else call.query
    if "queries" in given and "extend" in given:
        raise RefusalError(400, "queries and extend at once.", "send one of them.")
    if "queries" in given:
        return _json(
            {key: _result(call, one) for key, one in requests.batch(given["queries"]).items()}
        )
    if "extend" in given:
        return _json(_extended(call, requests.extension(given["extend"])))
    if method == "POST" or "query" in given:
        raise RefusalError(
            400,
            "the request holds neither queries nor extend.",
            'write queries={"q0": {"query": "…"}} as application/x-www-form-urlencoded.',
        )
    return _json(manifest(call.matcher, call.language, call.root))


def manifest(matcher: Matcher, language: str, root_url: str) -> dict[str, object]:
    """Describe the service; its URLs lead to answers in the language."""
    endpoint = f"{root_url}{MOUNT}/{language}"
    title = matcher.title.get(language, "Coopera").partition(":")[0].strip()
    words = {"en": "institutions and organizations", "fr": "établissements et organismes"}
    colon = "\N{NO-BREAK SPACE}:" if language == "fr" else ":"
    with_ror = {"en": ", with ROR", "fr": ", avec ROR"}[language] if matcher.registered else ""

    def service(kind: str) -> dict[str, str]:
        return {
            "service_url": endpoint,
            "service_path": f"/suggest/{kind}",
            "flyout_service_url": endpoint,
            "flyout_service_path": f"/flyout/{kind}?id=${{id}}",
        }

    return {
        "versions": ["0.2"],
        "name": f"{title}{colon} {words[language]}{with_ror}",
        "identifierSpace": f"{matcher.base}id/",
        "schemaSpace": COOP,
        "documentation": f"{root_url}/{language}/index.html",
        "serviceVersion": __version__,
        "defaultTypes": [_type(matcher, kind, language) for kind in _default(matcher)],
        "view": {"url": f"{endpoint}/view?id={{{{id}}}}"},
        "preview": {
            "url": f"{endpoint}/preview?id={{{{id}}}}",
            "width": preview.WIDTH,
            "height": preview.HEIGHT,
        },
        "suggest": {kind: service(kind) for kind in _SUGGEST},
        "extend": {
            "propose_properties": {"service_url": endpoint, "service_path": "/properties"},
            "property_settings": _settings(language),
        },
        "batchSize": requests.BATCH,
    }


def _default(matcher: Matcher) -> list[Kind]:
    wanted = (COOP + "Institution", COOP + "School", ORG + "Organization")
    return [kind for name in wanted if (kind := matcher.kind(name))]


def _settings(language: str) -> list[dict[str, object]]:
    french = language == "fr"
    texts = (
        ("", "toutes", "all"), ("fr", "français", "French"), ("en", "anglais", "English"),
    )  # fmt: skip
    return [
        {
            "name": "limit",
            "type": "number",
            "default": 0,
            "label": "Nombre de valeurs" if french else "Number of values",
            "help_text": "0 pour toutes" if french else "0 for all",
        },
        {
            "name": "language",
            "type": "select",
            "default": "",
            "label": "Langue des noms" if french else "Language of names",
            "help_text": "Les noms dans les autres langues sont omis"
            if french
            else "Names in other languages are left out",
            "choices": [{"value": tag, "name": fr if french else en} for tag, fr, en in texts],
        },
    ]


def _type(matcher: Matcher, kind: Kind, language: str) -> dict[str, object]:
    broader = [
        _type(matcher, matcher.kinds[one], language) for one in kind.broader if one in matcher.kinds
    ]
    told: dict[str, object] = {"id": kind.id, "name": text(kind.labels, language)}
    return told | ({"broader": broader} if broader else {})


def _types(call: _Call, entity: Entity) -> list[dict[str, str]]:
    kinds = [call.matcher.kinds[one] for one in entity.types if one in call.matcher.kinds]
    return [{"id": kind.id, "name": text(kind.labels, call.language)} for kind in kinds]


def _result(call: _Call, query: requests.Query) -> dict[str, object]:
    matcher = call.matcher
    given = [matcher.given(name, values) for name, values in query.properties]
    found = matcher.match(
        query.text, query.types, query.limit, [one for one in given if one], query.strict
    )
    return {"result": [_candidate(call, one) for one in found]}


def _candidate(call: _Call, found: Candidate) -> dict[str, object]:
    told = found.entity.described(call.language)
    return {
        "id": found.entity.id,
        "name": found.entity.name(call.language),
        **({"description": told} if told else {}),
        "type": _types(call, found.entity),
        "score": found.score,
        "match": found.match,
        "features": [{"id": name, "value": value} for name, value in found.features.items()],
    }


def _suggest_entities(call: _Call) -> dict[str, object]:
    found = call.matcher.suggest(_prefix(call))[_piece(call)]
    return {
        "result": [
            {
                "id": one.id,
                "name": one.name(call.language),
                **({"description": told} if (told := one.described(call.language)) else {}),
                "notable": _types(call, one),
            }
            for one in found
        ]
    }


def _suggest_properties(call: _Call) -> dict[str, object]:
    some = [
        one
        for one in call.matcher.properties.values()
        if _begins(_prefix(call), one.id, *one.labels.values())
    ]
    return {"result": [_property(one, call.language) for one in some[_piece(call)]]}


def _suggest_types(call: _Call) -> dict[str, object]:
    some = [
        kind
        for kind in call.matcher.kinds.values()
        if _begins(_prefix(call), kind.id, kind.iri, *kind.labels.values())
    ]
    return {"result": [_type(call.matcher, kind, call.language) for kind in some[_piece(call)]]}


_SUGGEST = {
    "entity": _suggest_entities,
    "property": _suggest_properties,
    "type": _suggest_types,
}


def _begins(prefix: str, *texts: str) -> bool:
    """Say whether a text, or a word in it, begins so."""
    start = folded(prefix)
    every = [folded(one) for one in texts]
    return any(one.startswith(start) or f" {start}" in f" {one.replace(':', ' ')}" for one in every)


def _property(one: Property, language: str) -> dict[str, object]:
    return {"id": one.id, "name": text(one.labels, language), "description": one.id}


def _piece(call: _Call) -> slice:
    """Give the part of all suggestions that a client asks for."""
    cursor = number(call.query.get("cursor") or "0", "cursor", 0)
    return slice(cursor, cursor + PAGE)


def _prefix(call: _Call) -> str:
    if "prefix" not in call.query:
        raise RefusalError(400, "the request has no prefix.", "write prefix=what was typed.")
    return call.query["prefix"]


def _flyout(call: _Call, kind: str) -> dict[str, object]:
    """Give a few words on what is pointed at, as a fragment of HTML."""
    asked, matcher = call.query.get("id", ""), call.matcher
    if kind == "entity":
        entity = _entity(call)
        told = (entity.name(call.language), entity.described(call.language))
    else:
        known = matcher.property(asked) if kind == "property" else matcher.kind(asked)
        if known is None:
            raise _unknown(kind)
        told = (text(known.labels, call.language), known.id)
    return {"id": asked, "html": preview.flyout(*told)}


def _proposed(call: _Call) -> dict[str, object]:
    """Propose properties: all of them, as any organization may have any."""
    asked = call.query.get("type", "")
    found = list(call.matcher.properties.values())
    told: dict[str, object] = {"type": asked} if asked else {}
    if call.query.get("limit"):
        told["limit"] = number(call.query["limit"], "limit", 1)
        found = found[: number(call.query["limit"], "limit", 1)]
    return {"properties": [_property(one, call.language) for one in found]} | told


def _extended(call: _Call, asked: requests.Extension) -> dict[str, object]:
    """Give the values of properties; none for an id or a property that is unknown."""
    matcher, organization = call.matcher, call.matcher.kind(ORG + "Organization")
    meta, columns = [], []
    for name, settings in asked.properties:
        known = matcher.property(name)
        told: dict[str, object] = {"id": name, "name": name}
        if known:
            told["name"] = text(known.labels, call.language)
        if known and known.leads and organization:
            called = text(organization.labels, call.language)
            told["type"] = {"id": organization.id, "name": called}
        meta.append(told)
        most = number(str(settings.get("limit") or 0), "limit", 0)
        columns.append((name, known, str(settings.get("language") or ""), most or None))
    rows = {}
    for identifier in asked.ids:
        entity = matcher.entity(identifier)
        rows[identifier] = {
            name: list(known.cells(entity, matcher.scope(call.language, only)))[:most]
            if entity and known
            else []
            for name, known, only, most in columns
        }
    return {"meta": meta, "rows": rows}


def _entity(call: _Call) -> Entity:
    entity = call.matcher.entity(call.query.get("id", ""))
    if entity is None:
        raise _unknown("entity")
    return entity


def _unknown(kind: str) -> RefusalError:
    return RefusalError(
        404, f"no {kind} has this id.", f"write id=…, as /suggest/{kind} gives it, encoded."
    )


def _home(call: _Call, entity: Entity) -> str:
    """Give the URL at which all that is known of an organization stands."""
    known, base = entity.id, call.matcher.base
    here = f"{call.root}/{known.removeprefix(base)}" if known.startswith(base) else known
    return quote(here, safe="/~%#?=&:@!$'()*+,;")


def _single(fields: Fields) -> dict[str, str]:
    """Give the fields by name. Raises RefusalError for one that is there twice."""
    found: dict[str, str] = {}
    for name, value in fields:
        if name in found:
            raise RefusalError(400, "a parameter is there twice.", "send each once.")
        found[name] = value
    return found


def _preflight(allowed: str) -> dict[str, str]:
    return {
        "allow": allowed,
        "access-control-allow-methods": allowed,
        "access-control-allow-headers": "Accept, Accept-Language, Content-Type",
        "access-control-max-age": "86400",
    }


def _json(document: Mapping[str, Any]) -> Reply:
    return Reply(200, JSON, _bytes(document))


def _bytes(document: Mapping[str, Any]) -> bytes:
    # In ASCII: a key of the client's may hold half a character, which UTF-8 cannot write.
    return json.dumps(document).encode()

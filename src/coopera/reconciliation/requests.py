"""Requests: the JSON text of a client in; queries that are well-formed and within bounds out.

Reconciliation Service API 0.2, W3C Entity Reconciliation Community Group.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coopera.reconciliation.matching import MOST

BATCH = 50
"""Queries in one batch."""
LARGEST = 1 << 20
"""Characters of a batch, or of a request for values. Bodies need not be read further."""
MOST_IDS, MOST_PROPERTIES = 200, 50
"""Organizations and properties in one request for values."""
MOST_BESIDE, MOST_VALUES = 10, 20
"""Properties beside one query; values of one, and types."""
STRICT = ("any", "should", "all")
_FIELDS = dict.fromkeys(("query", "type", "limit", "properties", "type_strict"))


class RefusalError(Exception):
    """A request that is not answered: an HTTP status, what is wrong, and what to do."""

    def __init__(self, status: int, detail: str, remedy: str) -> None:
        """Take the status, the problem as a sentence, and what to do about it."""
        super().__init__(detail)
        self.status, self.detail, self.remedy = status, detail, remedy


@dataclass(frozen=True)
class Query:
    """A reconciliation query; `text` may be empty where properties are given."""

    text: str
    types: tuple[str, ...]
    limit: int
    strict: str
    properties: tuple[tuple[str, tuple[str, ...]], ...]
    """Ids of properties, and their values as texts: of an entity, its id and its name."""


@dataclass(frozen=True)
class Extension:
    """A data extension query: ids of entities, and properties with their settings."""

    ids: tuple[str, ...]
    properties: tuple[tuple[str, Mapping[str, Any]], ...]


def batch(text: str) -> dict[str, Query]:
    """Read a batch of queries. Raises RefusalError, with the key of the query at fault."""
    remedy = 'write queries={"q0": {"query": "Institut Mines-Télécom"}}, encoded for a URL.'
    document = _json(text, remedy)
    if not isinstance(document, dict):
        raise RefusalError(400, "the batch is no JSON object.", remedy)
    if len(document) > BATCH:
        raise RefusalError(
            413, f"{len(document)} queries in one batch.", f"send at most {BATCH} at once."
        )
    return {key: _query(f"query {key[:40]!r}", one) for key, one in document.items()}


def extension(text: str) -> Extension:
    """Read a request for values. Raises RefusalError for one of another form."""
    remedy = 'write extend={"ids": ["…"], "properties": [{"id": "schema:location"}]}, encoded.'
    document = _json(text, remedy)
    if not isinstance(document, dict):
        raise RefusalError(400, "the request is no JSON object.", remedy)
    ids, wanted = document.get("ids"), document.get("properties")
    if not (isinstance(ids, list) and _are_texts(ids) and isinstance(wanted, list)):
        raise RefusalError(400, "ids and properties are no lists.", remedy)
    if len(ids) > MOST_IDS or len(wanted) > MOST_PROPERTIES:
        raise RefusalError(
            413,
            f"{len(ids)} ids and {len(wanted)} properties at once.",
            f"ask for at most {MOST_IDS} ids and {MOST_PROPERTIES} properties.",
        )
    properties = []
    for one in wanted:
        settings = one.get("settings") or {} if isinstance(one, dict) else None
        if not isinstance(settings, dict) or not isinstance(one.get("id"), str):
            raise RefusalError(400, "a property has no id, or settings that are no object.", remedy)
        properties.append((one["id"], settings))
    return Extension(tuple(ids), tuple(properties))


def number(text: str, name: str, least: int) -> int:
    """Read a parameter that is a number. Raises RefusalError for another, or one below `least`."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) >= least):
        raise RefusalError(400, f"{name} is no number from {least}.", f"write {name}={least + 10}.")
    return int(text)


def _query(name: str, one: object) -> Query:
    if not isinstance(one, dict):
        raise RefusalError(400, f"{name} is no JSON object.", 'write {"query": "…"}.')
    if unknown := sorted(one.keys() - _FIELDS):
        raise RefusalError(
            400, f"{name} has an unknown field {unknown[0][:40]!r}.", f"use {', '.join(_FIELDS)}."
        )
    text, types, limit = one.get("query"), one.get("type"), one.get("limit")
    properties, strict = one.get("properties"), one.get("type_strict")
    if not isinstance(text, str | None) or not (text or properties):
        raise RefusalError(
            400,
            f"{name} has neither a text to look for nor properties.",
            'give "query" a text that is not empty, or "properties" a list.',
        )
    types = [] if types is None else [types] if isinstance(types, str) else types
    if not isinstance(types, list) or not _are_texts(types) or len(types) > MOST_VALUES:
        raise RefusalError(
            400,
            f"the type of {name} is neither an id nor a list of at most {MOST_VALUES} ids.",
            'write "type": "coop:Institution".',
        )
    if strict not in (None, *STRICT):
        raise RefusalError(
            400, f"the type_strict of {name} is unknown.", f"write one of {', '.join(STRICT)}."
        )
    if isinstance(limit, float) and limit.is_integer():
        limit = int(limit)
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 1):
        raise RefusalError(
            400, f"the limit of {name} is no positive whole number.", f'write "limit": {10}.'
        )
    return Query(
        text or "",
        tuple(types),
        min(limit or 10, MOST),
        strict or "any",
        _properties(name, properties or []),
    )


def _properties(name: str, given: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    remedy = 'write "properties": [{"pid": "schema:location", "v": "France"}].'
    if not isinstance(given, list) or len(given) > MOST_BESIDE:
        raise RefusalError(
            400, f"the properties of {name} are no list of at most {MOST_BESIDE}.", remedy
        )
    found = []
    for one in given:
        if not isinstance(one, dict) or not isinstance(one.get("pid"), str) or "v" not in one:
            raise RefusalError(400, f"a property of {name} lacks its pid or its v.", remedy)
        values = one["v"] if isinstance(one["v"], list) else [one["v"]]
        if len(values) > MOST_VALUES:
            raise RefusalError(
                400, f"a property of {name} has more than {MOST_VALUES} values.", remedy
            )
        found.append((one["pid"], tuple(text for value in values for text in _value(name, value))))
    return tuple(found)


def _value(name: str, value: object) -> tuple[str, ...]:
    """Give the texts of a value: a string, a number, a boolean, or an entity with id and name."""
    match value:
        case str():
            return (value,)
        case bool():
            return (str(value).lower(),)
        case int() | float():
            return (f"{value:g}" if isinstance(value, float) else str(value),)
        case {"id": str(identifier), **more}:
            called = more.get("name")
            return (identifier, called) if isinstance(called, str) else (identifier,)
    raise RefusalError(
        400,
        f"a value in the properties of {name} is neither text, number, boolean nor entity.",
        'write "v": "France", or "v": {"id": "…", "name": "…"}.',
    )


def _are_texts(values: list[object]) -> bool:
    return all(isinstance(one, str) for one in values)


def _json(text: str, remedy: str) -> object:
    if len(text) > LARGEST:
        raise RefusalError(413, f"the request has more than {LARGEST:,} characters.", "split it.")
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        told = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise RefusalError(400, f"that is no JSON: {told[:200]}.", remedy) from error


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")

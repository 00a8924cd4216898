"""A rule: what a code stands for, in; nothing more than its parts, out."""

from collections.abc import Mapping
from dataclasses import dataclass

from coopera.errors import Place

Texts = Mapping[str, str]
"""Language -> text."""


@dataclass(frozen=True)
class Example:
    """A file of a test, or a part of one, and the lines to look at."""

    file: str
    """Its name, below the folder of its project."""
    text: str
    lines: tuple[int, ...] = ()
    """From 1; those at fault, in a bad example."""


@dataclass(frozen=True)
class Rule:
    """One code, explained."""

    code: str
    severity: str
    kind: str
    """`shape`, `query` (of `queries/verify`) or `tool`."""
    name: Texts
    demand: Texts
    why: Texts
    message: Texts
    """What a finding says; `{?x}` and `{…}` stand for what differs from case to case."""
    remedy: Texts
    source: str = ""
    """The shape as a CURIE, or the name of the query."""
    place: Place | None = None
    """Where the shape or the query stands."""
    target: Texts | None = None
    """The focus nodes of a shape, in words."""
    path: str = ""
    """The path of a shape, as a SPARQL property path of CURIEs."""
    path_words: Texts | None = None
    """The labels of the properties of that path."""
    query: str = ""
    """The SPARQL text that must find nothing, where there is one."""
    good: tuple[Example, ...] = ()
    bad: tuple[Example, ...] = ()

"""Redirects: what a site has in; rules for web servers that lead from its IRIs to its files out.

A thing answers with 303 and the place of its page or its data, by what the client likes: the same
as the live server does. Where rules cannot do that, the head of their file says so.
"""

import re
from collections.abc import Callable, Iterable

from coopera.errors import CooperaError
from coopera.pages.names import Addresses
from coopera.project import Project
from coopera.publication.redirects import apache, netlify, nginx, w3id
from coopera.publication.redirects.site import Site

Writer = Callable[[Site], dict[str, str]]
"""Gives files by their name below the folder of the site."""
REDIRECTS: dict[str, Writer] = {
    "apache": apache.rules,
    "nginx": nginx.rules,
    "netlify": netlify.rules,
    "w3id": w3id.rules,
}
"""The kinds of rules, by the name of the program or the service that follows them."""
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:-]+/(?:[A-Za-z0-9_~.-]+/)*")
_PLAIN = re.compile(r"[A-Za-z0-9_~.-]+(?:/[A-Za-z0-9_~.-]+)*")


def rules(
    kinds: Iterable[str], project: Project, names: Addresses, iris: Iterable[str]
) -> dict[str, bytes]:
    """Write rules of some kinds for the site of a graph with these IRIs.

    Raises CooperaError where rules must know where the site stands, and nothing says so.
    """
    kinds = list(kinds)
    if "w3id" in kinds and project.site == project.base:
        raise CooperaError(
            f"the rules for w3id lead from {project.base} to where the site stands, which is not"
            " known.",
            remedy="give --url URL, or write url in coopera.toml.",
        )
    if not _ADDRESS.fullmatch(project.site):
        raise CooperaError(
            f"{project.site} cannot stand in rules for a web server.",
            remedy="give --url an address of letters, digits and -._~ alone.",
        )
    site = Site(project.base, project.site, project.path, tuple(_odd(names, iris)))
    made: dict[str, str] = {}
    for kind in kinds:
        made |= REDIRECTS[kind](site)
    return {name: text.encode() for name, text in made.items()}


def _odd(names: Addresses, iris: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Give the paths of IRIs whose documents have another name, and that name."""
    for iri in sorted(iris):
        at, path = names.of(iri), iri.removeprefix(names.base)
        if at and at != path and "#" not in path and _PLAIN.fullmatch(path) and ".." not in path:
            yield path, at

"""Netlify: a site in; its `_redirects` and `_headers` out."""

from collections.abc import Iterable

from coopera.publication.documents import ONTOLOGY
from coopera.publication.redirects.apache import served
from coopera.publication.redirects.site import (
    FIRST,
    MEDIA,
    ROOMS,
    UNNAMED,
    WITHOUT_PAGE,
    Site,
    head,
)
from coopera.terms import LANGUAGES

_HEAD = """
For Netlify; the site stands at the root of its host. Its rules see the language of a client, not
its Accept header: an IRI leads to the page, and data are had by their ending (id/agreement/x.ttl).
For an address at which nothing is, it shows 404.html without being told.
"""


def rules(site: Site) -> dict[str, str]:
    """Write the rules."""
    lines: list[str] = []
    for path, at in site.odd:
        lines += _pages(f"/{path}", f"/{at}.html")
    for room in ROOMS:
        lines += _pages(f"/{room}/*", f"/{room}/:splat.html")
    lines += _pages(f"/{ONTOLOGY}", f"/{ONTOLOGY}.html")
    lines += _pages(f"/{ONTOLOGY}.html", f"/{ONTOLOGY}.html")
    lines += [f"/{name} /{name}.ttl 303" for name in WITHOUT_PAGE]
    headers = [
        line
        for path, kind in (
            *((f"/*.{ending}", kind) for ending, kind in MEDIA.items()),
            *((f"/{name}", kind) for name, kind in UNNAMED.items()),
        )
        for line in (path, f"  Content-Type: {served(kind)}", "  Access-Control-Allow-Origin: *")
    ]
    return {
        "_redirects": head(_HEAD) + "\n" + "\n".join(lines) + "\n",
        "_headers": "\n".join(headers) + "\n",
    }


def _pages(path: str, page: str) -> Iterable[str]:
    """Lead to the page in the language of the client, else in the first one."""
    for tag in LANGUAGES:
        if tag != FIRST:
            yield f"{path} /{tag}{page} 303 Language={tag}"
    yield f"{path} /{FIRST}{page} 303"

"""Sitemaps: the pages of a site in; what tells crawlers of them out (sitemaps.org 0.9)."""

from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

from coopera.terms import LANGUAGES

MAP, ROBOTS = "sitemap.xml", "robots.txt"
MOST, LARGEST = 50_000, 50 * 2**20
"""Addresses and bytes that one sitemap may have."""
_OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)
_CLOSE = "</urlset>\n"


def sitemaps(site: str, addresses: Iterable[str]) -> dict[str, bytes]:
    """Give the sitemaps by their name: one, or several and the one that names them."""
    parts: list[list[str]] = [[]]
    size = 0
    for text in _urls(site, addresses):
        size += len(text.encode())
        if len(parts[-1]) == MOST or size > LARGEST - len(_OPEN + _CLOSE):
            parts.append([])
            size = len(text.encode())
        parts[-1].append(text)
    written = ["".join([_OPEN, *part, _CLOSE]).encode() for part in parts]
    if len(written) == 1:
        return {MAP: written[0]}
    found = {f"sitemap-{number}.xml": text for number, text in enumerate(written, 1)}
    listed = "".join(f"<sitemap><loc>{_url(site, name)}</loc></sitemap>\n" for name in found)
    index = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{listed}</sitemapindex>\n"
    )
    return {MAP: index.encode(), **found}


def _urls(site: str, addresses: Iterable[str]) -> Iterator[str]:
    for address in addresses:
        forms = {tag: _url(site, f"{tag}/{address}.html") for tag in LANGUAGES}
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{tag}" href="{url}"/>'
            for tag, url in forms.items()
        )
        for url in forms.values():
            yield f"<url><loc>{url}</loc>{others}</url>\n"


def _url(site: str, name: str) -> str:
    return escape(site + quote(name, safe="/~"), {'"': "&quot;"})


def robots(site: str) -> bytes:
    """Let crawlers read all but what answers questions, and tell them of the sitemap."""
    path = urlsplit(site).path
    live = "".join(f"Disallow: {path}{name}\n" for name in ("sparql", "api/", "reconcile"))
    return f"User-agent: *\n{live}Allow: {path}\n\nSitemap: {site}{MAP}\n".encode()

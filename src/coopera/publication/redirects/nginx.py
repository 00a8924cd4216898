"""nginx: a site in; a file to be included in its `server` block out."""

from collections.abc import Iterable
from re import escape

from coopera.publication.documents import ONTOLOGY
from coopera.publication.redirects.preferences import Choice, languages, types
from coopera.publication.redirects.site import (
    BARE,
    FIRST,
    LOST,
    MEDIA,
    THINGS,
    UNNAMED,
    VERSION,
    Site,
    head,
)
from coopera.terms import LANGUAGES

_HEAD = """
For nginx, to be included in the server block whose root holds the site:
  server { ... root /srv/site; include /srv/site/redirects/nginx.conf; }
The site stands at %s on its host; build with --url if that is not so.
A thing (id/, concept/) answers 303 with its page or its data, by Accept and Accept-Language.
Qualities (q) are honoured to their first decimal; of types with the same one, a page comes first
for a client that takes anything (*/*), else the order is Turtle, JSON-LD, N-Triples, RDF/XML, HTML.
Who asks for application/json gets JSON-LD; who takes nothing of what is there, 406.
"""
_VARY = '    add_header Vary "Accept, Accept-Language" always;'


def rules(site: Site) -> dict[str, str]:
    """Write the rules."""
    at = escape(site.path)
    text_types = " ".join(sorted({kind for kind in MEDIA.values() if kind.startswith("text/")}))
    language = [
        f"    set $coopera_lang {FIRST};",
        *_choosing("coopera_lang", "http_accept_language", languages(LANGUAGES)),
    ]
    lines = [
        "# For an address at which nothing is.",
        f"error_page 404 {site.path}{LOST};",
        *(
            line
            for name, kind in UNNAMED.items()
            for line in (
                f"location = {site.path}{name} {{",
                f"    types {{}} default_type {kind}; charset utf-8; charset_types {kind};",
                "    add_header Access-Control-Allow-Origin *;",
                "}",
            )
        ),
        f"location ~ ^{at}.*\\.(?:{'|'.join(MEDIA)})$ {{",
        "    types {",
        *(f"        {kind} {ending};" for ending, kind in MEDIA.items()),
        "    }",
        f"    charset utf-8; charset_types {text_types};",
        "    add_header Access-Control-Allow-Origin *;",
        "}",
        *(
            f"location = {site.path}{path} {{ return 303 {site.path}{name}; }}"
            for path, name in site.odd
        ),
        "# A page named without its language.",
        f'location ~ "^{at}(?<coopera_page>(?:{THINGS})\\.html)$" {{',
        _VARY,
        *language,
        f"    return 303 {site.path}$coopera_lang/$coopera_page;",
        "}",
        "# A version of the ontology.",
        f'location ~ "^{at}{VERSION}$" {{ return 303 {site.path}{ONTOLOGY}; }}',
        "# A thing.",
        f'location ~ "^{at}(?<coopera_name>{THINGS})$" {{',
        _VARY,
        "    if (!-f $document_root$uri.ttl) { return 404; }",
        *language,
        "    set $coopera_type none;",
        '    if ($http_accept = "") { set $coopera_type html; }',
        *_choosing("coopera_type", "http_accept", types()),
        "    if ($coopera_type = none) { return 406; }",
        f"    set $coopera_to {site.path}$coopera_name.$coopera_type;",
        f"    set $coopera_page {site.path}$coopera_lang/$coopera_name.html;",
        "    if ($coopera_type = html) { set $coopera_to $coopera_page; }",
        "    return 303 $coopera_to;",
        "}",
        "# A document without a page.",
        f'location ~ "^{at}(?<coopera_name>{BARE})$" {{',
        _VARY,
        "    if (!-f $document_root$uri.ttl) { return 404; }",
        "    set $coopera_type ttl;",
        *_choosing("coopera_type", "http_accept", types()),
        "    if ($coopera_type = html) { set $coopera_type ttl; }",
        f"    return 303 {site.path}$coopera_name.$coopera_type;",
        "}",
    ]
    return {"redirects/nginx.conf": head(_HEAD % site.path) + "\n" + "\n".join(lines) + "\n"}


def _choosing(variable: str, header: str, choices: Iterable[Choice]) -> Iterable[str]:
    """Set a variable by the first choice that fits: the last `if` that holds decides."""
    for choice in reversed(list(choices)):
        pattern = choice.pattern.replace("\\", "\\\\").replace('"', '\\"')
        value = choice.chosen.removeprefix(".")
        yield f'    if (${header} ~* "{pattern}") {{ set ${variable} {value}; }}'

"""Apache: a site in; the `.htaccess` of its folder out (Apache HTTP Server 2.4)."""

from collections.abc import Iterable
from re import escape

from coopera.publication.documents import ONTOLOGY
from coopera.publication.redirects.preferences import Choice, languages, types
from coopera.publication.redirects.site import (
    BARE,
    ENDINGS,
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
For Apache 2.4 with mod_rewrite, mod_mime, mod_dir and mod_headers, in the folder of the site,
wherever that stands; its server must say AllowOverride All for it. The page for an address at which
nothing is (404.html) is looked for at the path of --url, else at the root of the host.
A thing (id/, concept/) answers 303 with its page or its data, by Accept and Accept-Language.
Qualities (q) are honoured to their first decimal; of types with the same one, a page comes first
for a client that takes anything (*/*), else the order is Turtle, JSON-LD, N-Triples, RDF/XML, HTML.
Who asks for application/json gets JSON-LD; who takes nothing of what is there, 406.
"""


def rules(site: Site) -> dict[str, str]:
    """Write the rules."""
    data = "|".join(MEDIA)
    lines = [
        "<IfModule mod_negotiation.c>",
        "  Options -MultiViews",
        "</IfModule>",
        *(f'AddType "{served(kind)}" .{ending}' for ending, kind in MEDIA.items()),
        *(
            line
            for name, kind in UNNAMED.items()
            for line in (
                f'<Files "{name.rpartition("/")[2]}">',
                f'  ForceType "{served(kind)}"',
                "  <IfModule mod_headers.c>",
                '    Header set Access-Control-Allow-Origin "*"',
                "  </IfModule>",
                "</Files>",
            )
        ),
        "<IfModule mod_headers.c>",
        '  Header always merge Vary "Accept, Accept-Language" '
        '"expr=%{REQUEST_STATUS} == 303 || %{REQUEST_STATUS} == 406"',
        f'  <FilesMatch "\\.(?:{data})$">',
        '    Header set Access-Control-Allow-Origin "*"',
        "  </FilesMatch>",
        "</IfModule>",
        "",
        "# For an address at which nothing is.",
        f"ErrorDocument 404 {site.path}{LOST}",
        "",
        "# The rules decide, not the folders: concept/role is a thing, and concept/role/ is none.",
        "DirectorySlash Off",
        "RewriteEngine On",
        "RewriteOptions AllowNoSlash",
        "",
        "# The path of this folder, wherever it stands.",
        r"RewriteCond %{REQUEST_URI}::$1 ^(/(?:.*/)?)(.*)::\2$",
        "RewriteRule ^(.*)$ - [E=COOPERA_ROOT:%1]",
        "",
        "# A file is served as it is.",
        "RewriteCond %{REQUEST_FILENAME} -f",
        "RewriteRule ^ - [L]",
        *(
            f"RewriteRule ^{escape(path)}$ %{{ENV:COOPERA_ROOT}}{at} [R=303,NE,L]"
            for path, at in site.odd
        ),
        "",
        "# The language and the form that the client likes best: the last rule that fits decides.",
        f"RewriteRule ^ - [E=COOPERA_LANG:{FIRST}]",
        *choosing("COOPERA_LANG", "HTTP:Accept-Language", languages(LANGUAGES)),
        'RewriteCond %{HTTP_ACCEPT} =""',
        "RewriteRule ^ - [E=COOPERA_TYPE:html]",
        *choosing("COOPERA_TYPE", "HTTP_ACCEPT", types()),
        "",
        "# A page named without its language.",
        f"RewriteRule ^((?:{THINGS})\\.html)$ "
        "%{ENV:COOPERA_ROOT}%{ENV:COOPERA_LANG}/$1 [R=303,NE,L]",
        "",
        "# A version of the ontology; a thing.",
        f"RewriteRule ^{VERSION}$ %{{ENV:COOPERA_ROOT}}{ONTOLOGY} [R=303,NE,L]",
        *_thing(THINGS, "=html", "%{ENV:COOPERA_LANG}/$1.html"),
        *_thing(THINGS, f"^(?:{'|'.join(ENDINGS)})$", "$1.%{ENV:COOPERA_TYPE}"),
        "RewriteCond %{REQUEST_FILENAME}.ttl -f",
        f"RewriteRule ^(?:{THINGS})$ - [R=406,L]",
        "",
        "# A document without a page.",
        *_thing(BARE, f"^(?:{'|'.join(ENDINGS)})$", "$1.%{ENV:COOPERA_TYPE}"),
        *_thing(BARE, "", "$1.ttl"),
        "",
        "# A folder.",
        "RewriteCond %{REQUEST_FILENAME} -d",
        "RewriteRule ^(.*[^/])$ %{ENV:COOPERA_ROOT}$1/ [R=301,NE,L]",
    ]
    return {".htaccess": head(_HEAD) + "\n" + "\n".join(lines) + "\n"}


def served(kind: str) -> str:
    """Give a media type with its charset."""
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def choosing(variable: str, header: str, choices: Iterable[Choice]) -> Iterable[str]:
    """Set a variable by the first choice that fits: the rules come in the other order."""
    for choice in reversed(list(choices)):
        yield f'RewriteCond %{{{header}}} "{choice.pattern}" [NC]'
        yield f"RewriteRule ^ - [E={variable}:{choice.chosen.removeprefix('.')}]"


def _thing(paths: str, form: str, target: str) -> Iterable[str]:
    yield "RewriteCond %{REQUEST_FILENAME}.ttl -f"
    if form:
        yield f"RewriteCond %{{ENV:COOPERA_TYPE}} {form}"
    yield f"RewriteRule ^({paths})$ %{{ENV:COOPERA_ROOT}}{target} [R=303,NE,L]"

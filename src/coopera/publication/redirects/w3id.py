"""w3id: a site in; the `.htaccess` of its folder at w3id.org, which leads to it, out."""

from re import escape

from coopera.publication.documents import ONTOLOGY
from coopera.publication.redirects.apache import choosing
from coopera.publication.redirects.preferences import LESS, languages, types
from coopera.publication.redirects.site import BARE, ENDINGS, FIRST, ROOMS, VERSION, Site, head
from coopera.terms import LANGUAGES

_HEAD = """
For the folder of %s at w3id.org (Apache), beside a README.md that names a contact.
It leads to %s, whose host need follow no rules.
A thing (id/, concept/) answers 303 with its page or its data, by Accept and Accept-Language.
Of qualities (q) it is honoured whether they are 1, less, or 0; of types with the same one, a page
comes first for a client that takes anything (*/*), else Turtle, JSON-LD, N-Triples, RDF/XML, HTML.
"""


def rules(site: Site) -> dict[str, str]:
    """Write the rules."""
    rooms, url = "|".join(ROOMS), site.url
    things = rf"(?:{rooms})/.+|{ONTOLOGY}"
    data = "|".join(ENDINGS)
    lines = [
        "Options +FollowSymLinks -MultiViews",
        "RewriteEngine On",
        "",
        "# The language and the form that the client likes best: the last rule that fits decides.",
        f"RewriteRule ^ - [E=COOPERA_LANG:{FIRST}]",
        *choosing("COOPERA_LANG", "HTTP:Accept-Language", languages(LANGUAGES, LESS)),
        'RewriteCond %{HTTP_ACCEPT} =""',
        "RewriteRule ^ - [E=COOPERA_TYPE:html]",
        *choosing("COOPERA_TYPE", "HTTP_ACCEPT", types(LESS)),
        "",
        "# Files: data by their ending, the files of the data sets, pages with their language.",
        f"RewriteRule ^(.+\\.(?:{data}))$ {url}$1 [R=302,NE,L]",
        f"RewriteRule ^((?:{things})\\.html)$ {url}%{{ENV:COOPERA_LANG}}/$1 [R=303,NE,L]",
        "",
        "# A thing; the ontology, and any version of it.",
        *(f"RewriteRule ^{escape(path)}$ {site.base}{at} [R=303,NE,L]" for path, at in site.odd),
        f"RewriteRule ^{VERSION}$ {site.base}{ONTOLOGY} [R=303,NE,L]",
        "RewriteCond %{ENV:COOPERA_TYPE} =html",
        f"RewriteRule ^({things})$ {url}%{{ENV:COOPERA_LANG}}/$1.html [R=303,NE,L]",
        f"RewriteCond %{{ENV:COOPERA_TYPE}} ^(?:{data})$",
        f"RewriteRule ^({things}|{BARE})$ {url}$1.%{{ENV:COOPERA_TYPE}} [R=303,NE,L]",
        f"RewriteRule ^({BARE})$ {url}$1.ttl [R=303,NE,L]",
        f"RewriteRule ^(?:{things})$ - [R=406,L]",
        "",
        "# All else.",
        f"RewriteRule ^(.*)$ {url}$1 [R=302,NE,L]",
    ]
    told = _HEAD % (site.base, site.url)
    return {"redirects/w3id/.htaccess": head(told) + "\n" + "\n".join(lines) + "\n"}

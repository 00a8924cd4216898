"""A hostile project: a folder in; a project whose every text, IRI and name tries to run, out."""

import json
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import chain, cycle
from pathlib import Path
from re import fullmatch, match, sub

from conftest import HEAD, ROOT
from pyoxigraph import Literal, NamedNode, Triple

from coopera import project as room
from coopera.project import Project

BASE = "https://w3id.org/coopera/"
XSD = "http://www.w3.org/2001/XMLSchema#"

TEXTS = (
    "<script>xss()</script>",
    '"><img src=x onerror=xss()>',
    "' autofocus onfocus=xss() tabindex=1 x='",
    "</title></style></textarea></template><svg onload=xss()>",
    "</script><script>xss()</script>",
    "--><script>xss()</script><!--",
    "]]><script>xss()</script>",
    "&lt;script&gt;xss()&lt;/script&gt;",
    "{{ xss() }}{% raw %}${xss()}",
    "javascript:xss()",
    '<a href="java\tscript:xss()">x</a>',
    "<iframe srcdoc='<script>parent.xss()</script>'>",
    "<math><mi xlink:href=javascript:xss()>x</mi></math>",
    "<base href=//evil.example/><meta http-equiv=refresh content='0;url=javascript:xss()'>",
    "\u2028xss()//\u2029",
    "\u202e)(ssx:tpircsavaj",
    "\\u003cscript\\u003exss()\\u003c/script\\u003e",
)
IRIS = (
    "javascript:xss()",
    "JaVaScRiPt:xss()",
    "javascript://example.org/%0Axss()",
    "data:text/html,%3Cscript%3Exss()%3C/script%3E",
    "vbscript:xss()",
    "file:///etc/passwd",
    "https:xss()",
    "http://evil.example/'onclick='xss()",
    "https://evil.example/%22onclick=xss()",
    "https://evil.example/\u202egpj.exe",
)
ADDRESSES = (
    " javascript:xss()",
    "\x01javascript:xss()",
    "java\nscript:xss()",
    "JAVASCRIPT:xss()",
    "http://evil.example/ javascript:xss()",
    'http://evil.example/"onclick="xss()',
)
"""Values of xsd:anyURI, which may hold what no IRI holds."""
STEPS = (
    "..", "../..", ".", "%2e%2e/%2e%2e/x", "%2F", "%2f", "a%2Fb", "%00", "a%00.html", "Case", "case",
    "CASE", "con", "CON", "aux.txt", "nul", "com1", "lpt9.x", "dot.", "dot", "a//b", "~2e~2e", "~",
    "long" * 800, "long" * 800 + "x", "é", "e\u0301", "\u202egnp.exe", "index.html", "a:b", "a*b",
    "'onmouseover=xss()", "%3Cscript%3Exss()", "a&lt;b", "a;b", "a%5Cb", "-", "_", "x~p2", "a?b=c",
)  # fmt: skip
"""Last steps of IRIs: what a folder, a file system or a URL could take for something else."""


def things() -> Iterator[Triple]:
    """Say hostile things of every kind of thing, with each text, IRI and step at least once."""
    kinds = ("institution", "agreement", "document", "commitment", "site", "partnership")
    classes = ("coop:Institution", "coop:Agreement", "foaf:Document", "coop:Commitment", "org:Site")
    names = dict(zip(kinds, (*classes, "coop:Partnership"), strict=True))
    texts, iris, addresses = cycle(TEXTS), cycle(IRIS), cycle(ADDRESSES)
    for step, kind in zip(chain(STEPS, map(str, range(36))), cycle(kinds), strict=False):
        for each in dict.fromkeys((kind, "institution")):
            subject = NamedNode(f"{BASE}id/{each}/{step}")
            yield Triple(subject, term("rdf:type"), term(names[each]))
            for name in ("skos:prefLabel", "skos:altLabel", "skos:definition", "skos:note"):
                for language in ("en", "fr"):
                    yield Triple(subject, term(name), Literal(next(texts), language=language))
            yield Triple(subject, term("dcterms:title"), Literal(next(texts)))
            yield Triple(subject, term("foaf:homepage"), NamedNode(next(iris)))
            yield Triple(subject, NamedNode(next(iris)), NamedNode(next(iris)))
            kind_of_text = NamedNode(next(iris))
            yield Triple(
                subject, term("skos:notation"), Literal(next(texts), datatype=kind_of_text)
            )
            url = Literal(next(addresses), datatype=NamedNode(XSD + "anyURI"))
            yield Triple(subject, term("schema:url"), url)
            yield Triple(subject, term("coop:party"), NamedNode(f"{BASE}id/institution/0"))


NAMESPACES = {
    "coop": f"{BASE}ontology#", "skos": "http://www.w3.org/2004/02/skos/core#",
    "foaf": "http://xmlns.com/foaf/0.1/", "org": "http://www.w3.org/ns/org#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "schema": "https://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
}  # fmt: skip


def term(name: str) -> NamedNode:
    prefix, local = name.split(":")
    return NamedNode(NAMESPACES[prefix] + local)


def query(text: str) -> str:
    """Write a saved query whose every word is hostile."""
    said = json.dumps(text)
    return f"""#+ summary: {{en: {said}, fr: {said}}}
#+ description: {{en: {said}, fr: {said}}}
#+ tags: [{json.dumps(text)}]
#+ params:
#+   - {{name: name, type: string, label: {{en: {said}, fr: {said}}}}}
SELECT ?name ?iri WHERE {{ VALUES ?name {{ {said} }} ?iri ?p ?name }} ORDER BY ?iri ?name
"""


def shape(text: str) -> str:
    """Write a shape whose every word is hostile, and that finds what it looks for."""
    said = json.dumps(text)
    return f"""{HEAD}
<{BASE}shapes#Hostile> a sh:NodeShape ; sh:targetClass coop:Agreement ; dcterms:identifier "COOP777" ;
    sh:name {said}@en , {said}@fr ; sh:description {said}@en , {said}@fr ;
    sh:property [ sh:path skos:altLabel ; sh:maxCount 0 ; sh:severity sh:Warning ;
        sh:message {said}@en , {said}@fr ] .
"""


def project(folder: Path) -> Project:
    """Write the project: our ontology and queries, and beside them what is hostile."""
    shutil.copytree(ROOT / "ontology", folder / "ontology", ignore=lambda *_: ["shapes"])
    shutil.copytree(ROOT / "queries/agreements", folder / "queries/agreements")
    title = json.dumps(TEXTS[1] + ": " + TEXTS[0])
    (folder / "coopera.toml").write_text(
        f'base = "{BASE}"\n[title]\nen = {title}\nfr = {title}\n', "utf-8"
    )
    (folder / "ontology/shapes").mkdir()
    (folder / "ontology/shapes/agreement.ttl").write_text(shape(TEXTS[1]), "utf-8")
    for number, text in enumerate(TEXTS):
        (folder / f"queries/agreements/q{number}.rq").write_text(query(text), "utf-8")
    data = folder / "data" / "'onclick=xss()'"
    data.mkdir(parents=True)
    for name in ('"><img src=x onerror=xss()>.ttl', "javascript:xss().ttl"):
        (data / name).write_text("".join(f"{triple} .\n" for triple in things()), "utf-8")
    return room.find(folder)


LINKS = {
    "href",
    "src",
    "action",
    "formaction",
    "xlink:href",
    "poster",
    "data",
    "background",
    "srcset",
}


class Running(HTMLParser):
    """Gathers what of a page would run or lead where no link may lead."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        given = {name: value or "" for name, value in attrs}
        if tag in ("iframe", "object", "embed", "base", "img", "math", "applet", "frame"):
            self.found.append(tag)
        if tag == "script" and not is_ours(given):
            self.found.append(f"script {given}")
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.found.append("meta refresh")
        for name, value in given.items():
            if name.startswith("on") or name == "srcdoc":
                self.found.append(f"{tag} {name}")
            if name in LINKS and not may_lead(value):
                self.found.append(f"{tag} {name}={value[:60]}")


def is_ours(given: dict[str, str]) -> bool:
    """Say whether a script is a file of the site, or data, which never run."""
    if given.get("type") == "application/ld+json":
        return "src" not in given
    return fullmatch(r"(/|(\.\./)*)(vendor/)?[a-z0-9.-]+\.js", given.get("src", "")) is not None


def may_lead(value: str) -> bool:
    """Say whether a browser takes a value for http, https, a way within the site, or no data."""
    read = sub(r"[\x00-\x20]", "", value)
    if read.startswith(("//", "/\\", "\\")):
        return False
    scheme = match(r"([^/?#:]*):", read)
    return scheme is None or scheme[1].lower() in ("http", "https") or read == "data:,"

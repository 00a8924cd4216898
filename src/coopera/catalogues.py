"""Catalogues: saved queries in; the files by which other tools find and run them out.

One is the catalogue of the SIB: sh:SPARQLExecutable with schema:target, which its tools search and
its editors load. The others are copies for grlc, which makes an API of .rq files: a parameter is a
variable whose name tells its type (`?_partner_iri`), for which grlc writes a value as text. A copy
runs as it stands, too, and then answers with the defaults.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopera import answers, queries, turtle
from coopera.engines import Engine
from coopera.project import Project
from coopera.queries import Parameter, SavedQuery
from coopera.tables import Table, Term
from coopera.terms import RDFS, SCHEMA, SH, TYPE, XSD, Prefixes

SPEX = "https://purl.expasy.org/sparql-examples/ontology#"
CATALOGUE = "catalogue.ttl"
WELL_KNOWN = ".well-known/sparql-examples"
"""Where a site has the catalogue of the SIB."""
GRLC = "grlc"
"""The folder of the copies."""
MOST_CHOICES = 500
"""Choices that a copy lists of one parameter, at most; it lists none of one that has more."""

_EXECUTABLE = {
    "SELECT": (SH + "SPARQLSelectExecutable", SH + "select"),
    "ASK": (SH + "SPARQLAskExecutable", SH + "ask"),
    "CONSTRUCT": (SH + "SPARQLConstructExecutable", SH + "construct"),
    "DESCRIBE": (SPEX + "SPARQLDescribeExecutable", SPEX + "describe"),
}
"""Of each query form, the class and the property that holds its text."""
_SUFFIXES = {
    XSD + "date": "_xsd_date", XSD + "gYearMonth": "_xsd_gYearMonth", XSD + "gYear": "_xsd_gYear",
    XSD + "integer": "_integer",
}  # fmt: skip


def files(project: Project, engine: Engine, target: str | None = None) -> dict[Path, str]:
    """Give the text of each file of the catalogues, by its path below their folder.

    `target` is the URL of the endpoint that the queries are for, else `sparql` under the base.
    """
    url = target or f"{project.base}sparql"
    comment = "Made by `coopera queries --export` from the saved queries; do not edit."
    made = {Path(CATALOGUE): text(project, url, comment)}
    for query in project.queries.values():
        made[Path(GRLC) / f"{query.name}.rq"] = copy(project, engine, query, url)
    return made


def text(project: Project, target: str, comment: str = "") -> str:
    """Write the catalogue of the SIB in Turtle, for the endpoint at a URL."""
    more = {"rdfs": RDFS, "schema": SCHEMA, "sh": SH, "spex": SPEX, "xsd": XSD}
    prefixes = Prefixes({**project.prefixes.namespaces, **more})
    return turtle.text(catalogue(project, target), prefixes, comment)


def catalogue(project: Project, target: str) -> list[Triple]:
    """Describe each saved query as the SIB does."""
    declared = NamedNode(f"{project.base}queries/prefixes")
    found = [Triple(declared, TYPE, NamedNode("http://www.w3.org/2002/07/owl#Ontology"))]
    for number, (prefix, namespace) in enumerate(sorted(project.prefixes.namespaces.items())):
        node = BlankNode(f"prefix{number}")
        found.append(Triple(declared, NamedNode(SH + "declare"), node))
        found.append(Triple(node, NamedNode(SH + "prefix"), Literal(prefix)))
        value = Literal(namespace, datatype=NamedNode(XSD + "anyURI"))
        found.append(Triple(node, NamedNode(SH + "namespace"), value))
    for query in project.queries.values():
        node_ = NamedNode(f"{project.base}queries/{query.name}")
        kind, text = _EXECUTABLE[query.form]
        found.append(Triple(node_, TYPE, NamedNode(SH + "SPARQLExecutable")))
        found.append(Triple(node_, TYPE, NamedNode(kind)))
        found.append(Triple(node_, NamedNode(text), Literal(queries.bare(query.text))))
        found.append(Triple(node_, NamedNode(SH + "prefixes"), declared))
        found.append(Triple(node_, NamedNode(SCHEMA + "target"), NamedNode(target)))
        for language, summary in query.summary.items():
            comment = Literal(summary, language=language)
            found.append(Triple(node_, NamedNode(RDFS + "comment"), comment))
        keywords = NamedNode(SCHEMA + "keywords")
        found.extend(Triple(node_, keywords, Literal(tag)) for tag in query.tags)
    return found


def copy(project: Project, engine: Engine, query: SavedQuery, target: str) -> str:
    """Write a saved query for grlc: its header, and variables in place of the values."""
    defaults = {p.name: _defaults(engine, query, p) for p in query.parameters}
    return "\n".join([*_header(project, engine, query, target, defaults), _text(query, defaults)])


def _defaults(engine: Engine, query: SavedQuery, parameter: Parameter) -> list[Term]:
    """Read the terms of a parameter's block; none where it stands for every value."""
    start, end = next(
        (s, e) for name, s, e in queries.value_blocks(query.text) if name == parameter.name
    )
    asked = f"SELECT ?v {{ VALUES ?v {{ {query.text[start:end]} }} }}"
    found = engine.query(f"{queries.prologue(query.text)}\n{asked}")
    assert isinstance(found, Table)  # noqa: S101 - the text is a SELECT
    return [term for term in found.column("v") if term is not None]


def _variable(parameter: Parameter, defaults: list[Term]) -> str:
    """Name the variable of a parameter: with two lines below, it may be left out."""
    line = "_" if len(defaults) == 1 else "__"
    kind = next((d.datatype.value for d in defaults if isinstance(d, Literal)), "")
    by_type = {"iri": "_iri", "date": "_xsd_date", "integer": "_integer"}
    return f"?{line}{parameter.name}{_SUFFIXES.get(kind, by_type.get(parameter.type, ''))}"


def _text(query: SavedQuery, defaults: dict[str, list[Term]]) -> str:
    """Bind a parameter to what grlc writes for its variable, else to its default."""
    text = query.text
    names = {parameter.name: parameter for parameter in query.parameters}
    for name, start, end in reversed(list(queries.blocks(text))):
        if name in names:
            variable = _variable(names[name], defaults[name])
            block = text[start:end]
            values = block[block.index("{") + 1 : -1].strip()
            if not defaults[name]:
                bound = f"BIND({variable} AS ?{name})"
            elif len(defaults[name]) == 1:
                bound = f"BIND(COALESCE({variable}, {values}) AS ?{name})"
            else:
                bound = (
                    f"{{ SELECT DISTINCT ?{name} {{ VALUES ?default {{ {values} }} "
                    f"BIND(COALESCE({variable}, ?default) AS ?{name}) }} }}"
                )
            text = text[:start] + bound + text[end:]
    return queries.bare(text)


def _header(
    project: Project,
    engine: Engine,
    query: SavedQuery,
    target: str,
    defaults: dict[str, list[Term]],
) -> Iterator[str]:
    yield f"#+ summary: {_quoted(query.summary['en'])}"
    if query.description["en"]:
        yield f"#+ description: {_quoted(query.description['en'])}"
    yield "#+ tags:"
    yield from (f"#+   - {tag}" for tag in query.tags)
    yield f"#+ endpoint: {_quoted(target)}"
    yield "#+ method: GET"
    known = {name: terms[0] for name, terms in defaults.items() if len(terms) == 1}
    if known:
        yield "#+ defaults:"
        yield from (f"#+   - {name}: {_quoted(_value(term))}" for name, term in known.items())
    offered = {
        parameter.name: some
        for parameter in query.parameters
        if 0 < len(some := answers.choices(project, engine, parameter, "en")) <= MOST_CHOICES
    }
    if offered:
        yield "#+ enumerate:"
        for name, some in offered.items():
            yield f"#+   - {name}:"
            yield from (f"#+     - {_quoted(_value(term))}" for term, _ in some)


def _value(term: Term) -> str:
    """Give what grlc takes for a term: an IRI, or the text of a literal."""
    return term.value if isinstance(term, (NamedNode, Literal)) else str(term)


def _quoted(text: str) -> str:
    """Write a text as a scalar of YAML, whose quoted texts are those of JSON."""
    return json.dumps(text, ensure_ascii=False)

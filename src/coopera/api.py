"""The Python API: names and values in; a Table, triples, an rdflib graph or findings out.

`import coopera` loads this room when one of its functions is first used.
"""

from collections.abc import Iterable
from datetime import date
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from coopera import answers, asking, graphs
from coopera import project as projects
from coopera.engines import Answer
from coopera.errors import QueryError
from coopera.findings import Finding

if TYPE_CHECKING:
    import rdflib
    from pyoxigraph import Literal, NamedNode

    Value = str | int | date | NamedNode | Literal | rdflib.URIRef

__all__ = ["graph", "query", "validate"]


def query(
    name: str | None = None,
    /,
    *,
    sparql: str | None = None,
    project: str | PathLike[str] | None = None,
    engine: str = "oxigraph",
    endpoint: str | None = None,
    default_graph: str | None = None,
    timeout: float = asking.TIMEOUT,
    as_of: str | date | None = None,
    **parameters: "Value | Iterable[Value] | None",
) -> Answer:
    """Answer a saved query by its name, or any SPARQL text.

    A parameter takes a value as `coopera query -p` does (an IRI, a CURIE, a label, a date, a
    number, a language), several in a list, or `None` for every value. SELECT gives a Table, which
    has `to_pandas()`; CONSTRUCT and DESCRIBE triples; ASK a bool.

    `project` is a folder with `coopera.toml`; without one it is found as the command line finds
    it. `engine` is `oxigraph` or `rdflib`; `endpoint` asks a SPARQL endpoint instead, for its
    default graph or the one that `default_graph` names. `as_of` reduces the graph to a date.

    Raises CooperaError, with the problem and the remedy.
    """
    if (name is None) == (sparql is None) or (sparql is not None and parameters):
        raise QueryError(
            "give the name of a saved query, with its parameters, or the text sparql=….",
            remedy='write coopera.query("agreements-between", partner="UTS").',
        )
    found = projects.find(None if project is None else Path(project))
    when = None if as_of is None else str(as_of)
    whom = asking.Whom(engine, endpoint, default_graph, timeout, when)
    if name is None:
        return asking.text(found, sparql or "", whom).answer()
    given = {parameter: _typed(value) for parameter, value in parameters.items()}
    return asking.saved(found, name, given, whom).answer()


def graph(
    project: str | PathLike[str] | None = None, as_of: str | date | None = None
) -> "rdflib.Graph":
    """Give the project's graph, or what of it was there on a date, as an rdflib graph."""
    from coopera import asof
    from coopera.engines import rdflib as room

    found = projects.find(None if project is None else Path(project))
    triples = graphs.read_all(found.graph_files)
    if as_of is not None:
        triples = asof.reduce(found, triples, str(as_of)).triples
    filled = room.graph(triples)
    for prefix, namespace in found.prefixes.namespaces.items():
        filled.bind(prefix, namespace, override=True, replace=True)
    return filled


def validate(
    *data: str | PathLike[str],
    shapes: Iterable[str | PathLike[str]] = (),
    project: str | PathLike[str] | None = None,
) -> tuple[Finding, ...]:
    """Validate files, or the project's graph, against shapes, or those of the project.

    Raises CooperaError where nothing could be checked.
    """
    from coopera import conformance

    found = projects.find(None if project is None else Path(project))
    files, rules = [Path(path) for path in data], [Path(path) for path in shapes]
    alone = bool(files and rules)
    known = {path.resolve() for path in files}
    others = [path for path in found.data_files if path.resolve() not in known]
    asked = conformance.Asked(
        data=files or found.data_files,
        shapes=rules or found.shape_files,
        prefixes=found.prefixes,
        ontology=() if alone else found.vocabulary_files,
        context=others if files and not rules else (),
        tell_unused=bool(rules) or not files,
    )
    return tuple(conformance.run(asked).findings)


def _typed(value: "Value | Iterable[Value] | None") -> list[str]:
    """Write values of Python as a person would type them."""
    if value is None:
        return [answers.ALL]
    if isinstance(value, str) or not isinstance(value, Iterable):
        return [_text(value)]
    return [_text(one) for one in value]


def _text(value: object) -> str:
    from pyoxigraph import Literal, NamedNode

    if isinstance(value, NamedNode):
        return f"<{value.value}>"
    return value.value if isinstance(value, Literal) else str(value)

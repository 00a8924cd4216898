"""Counts: a project in; a table of what its graph holds out."""

from collections import Counter

from pyoxigraph import Literal, NamedNode

from coopera import graphs
from coopera.project import Project
from coopera.tables import Table
from coopera.terms import COOP, OWL, SH, SKOS, TYPE, XSD


def table(project: Project) -> Table:
    """Give one row per kind of thing, the most frequent first inside each part."""
    vocabulary = graphs.read_all(project.vocabulary_files)
    data = graphs.read_all(project.data_files)
    shapes = graphs.read_all(project.shape_files)
    own = {
        t.subject: t.object
        for t in vocabulary
        if t.predicate == TYPE
        and str(t.subject).startswith(f"<{COOP}")
        and isinstance(t.object, NamedNode)
    }
    kinds = Counter(kind.value for kind in own.values())
    properties = ("ObjectProperty", "DatatypeProperty")
    in_scheme = NamedNode(SKOS + "inScheme")
    shape_types = {NamedNode(SH + name) for name in ("NodeShape", "PropertyShape")}
    rows: list[tuple[str, int]] = [
        ("triples", len(set(vocabulary + data))),
        ("triples in data", len(set(data))),
        ("classes of the ontology", kinds[OWL + "Class"]),
        ("properties of the ontology", sum(kinds[OWL + name] for name in properties)),
        ("concepts", len({t.subject for t in vocabulary + data if t.predicate == in_scheme})),
        (
            "shapes",
            len({t.subject for t in shapes if t.predicate == TYPE and t.object in shape_types}),
        ),
        ("saved queries", len(project.queries)),
    ]
    instances = Counter(t.object for t in set(data) if t.predicate == TYPE)
    rows += [
        (project.prefixes.text(kind), count)
        for kind, count in sorted(instances.items(), key=lambda item: (-item[1], str(item[0])))
    ]
    number = NamedNode(XSD + "integer")
    return Table(
        ("what", "count"),
        tuple((Literal(name), Literal(str(count), datatype=number)) for name, count in rows),
    )

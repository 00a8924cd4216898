"""Changes: since a git ref no new finding is missed, and what did not change is left alone."""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import HEAD, Make
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from coopera import changes, fingerprints, graphs, validation
from coopera.changes import Group, Scope, compare, reach, under
from coopera.cli import main
from coopera.errors import DataError
from coopera.findings import Finding
from coopera.project import Project
from coopera.tables import Term
from coopera.terms import OWL, RDFS, SH, SKOS, TYPE
from coopera.validation import shapes as shape_room
from coopera.validation.nodes import Nodes

EX = "http://example.org/"
PREFIXES = HEAD + f"@prefix ex: <{EX}> .\n"
VALIDATOR = "compiled" if "compiled" in validation.VALIDATORS else "pyshacl"


def read(turtle: str) -> list[Triple]:
    found = parse(input=PREFIXES + turtle, format=RdfFormat.TURTLE, rename_blank_nodes=True)
    return [quad.triple for quad in found]


# Two graphs


def canonical(triples: Sequence[Triple] | set[Triple]) -> set[Quad]:
    dataset = Dataset(Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


@pytest.mark.parametrize(
    "turtle",
    [
        "ex:a ex:p [ ex:q 1 ] , [ ex:q 2 ] . ex:b ex:p [ ex:q 1 ] .",
        "ex:a ex:p ( 1 1 1 2 ) . ex:b ex:p ( 1 1 1 ) .",
        "_:x ex:p _:y . _:y ex:p _:x .",
        "ex:a ex:or ( [ ex:class ex:A ] [ ex:class ex:B ] ) . "
        "ex:b ex:or ( [ ex:class ex:A ] [ ex:class ex:B ] ) .",
    ],
)
def test_blank_nodes_under_other_labels_make_no_difference(turtle: str) -> None:
    change = compare(read(turtle), read(turtle)[::-1])

    assert not change.triples


def test_a_change_within_a_blank_node_touches_that_one_only() -> None:
    old = read("ex:a ex:p [ ex:q 1 ] . ex:b ex:p [ ex:q 2 ] .")
    new = read("ex:a ex:p [ ex:q 1 ] . ex:b ex:p [ ex:q 3 ] .")

    change = compare(old, new)

    assert {str(t.object) for t in change.added if t.predicate.value == EX + "q"} == {
        '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'
    }
    assert {t.subject for t in change.triples if isinstance(t.subject, NamedNode)} == {
        NamedNode(EX + "b")
    }


blank = st.sampled_from([BlankNode(name) for name in "uvwx"])
named = st.sampled_from([NamedNode(EX + name) for name in "ab"])
any_triple = st.builds(Triple, blank | named, st.just(NamedNode(EX + "p")), blank | named)


@given(st.sets(any_triple, max_size=8), st.sets(any_triple, max_size=8))
def test_taking_a_difference_back_gives_the_old_graph(old: set[Triple], new: set[Triple]) -> None:
    def apart(triples: set[Triple]) -> list[Triple]:
        lines = "".join(f"{t} .\n" for t in triples)
        found = parse(input=lines, format=RdfFormat.N_TRIPLES, rename_blank_nodes=True)
        return [quad.triple for quad in found]

    now = set(apart(new))

    change = compare(apart(old), now)

    assert canonical((now - change.added) | change.removed) == canonical(old)


# The focus nodes that can see a change


def affected(old: Sequence[Triple], new: Sequence[Triple], shapes: Sequence[Triple]) -> reach.Nodes:
    roots = shape_room.read(Nodes(shapes)).roots
    return reach.affected(compare(old, new).triples, roots, new)


def names(found: frozenset[Term] | None) -> set[str] | None:
    return None if found is None else {str(term)[1:-1].removeprefix(EX) for term in found}


DATA = """
ex:A a owl:Class . ex:B a owl:Class ; rdfs:subClassOf ex:A .
ex:a a ex:A ; ex:p ex:b . ex:b a ex:B ; ex:p ex:c ; ex:q 1 . ex:c a ex:A ; ex:q 2 .
ex:d a ex:A ; ex:q 3 .
"""


def seen(shape: str, was: str, now: str, data: str = DATA) -> set[str] | None:
    """Say which focus nodes of a shape can see that one line of the data became another."""
    shapes = read(f"ex:S a sh:NodeShape ; sh:targetClass ex:A ; {shape} .")
    (found,) = affected(read(data + was), read(data + now), shapes).values()
    return names(found)


def sparql(where: str, prefixes: str = "PREFIX ex: <http://example.org/>") -> str:
    return f'sh:sparql [ sh:select """{prefixes} SELECT $this WHERE {{ {where} }}""" ]'


@pytest.mark.parametrize(
    ("shape", "was", "now", "expected"),
    [
        ("sh:property [ sh:path ex:q ; sh:maxCount 1 ]", "", "ex:c ex:q 9 .", {"c"}),
        ("sh:property [ sh:path ex:q ; sh:maxCount 1 ]", "", "ex:c ex:z 9 .", set()),
        ("sh:property [ sh:path ( ex:p ex:q ) ; sh:minCount 1 ]", "", "ex:c ex:q 9 .", {"b"}),
        ("sh:property [ sh:path ( ex:p ex:q ) ; sh:minCount 1 ]", "ex:c ex:q 9 .", "", {"b"}),
        ("sh:property [ sh:path [ sh:inversePath ex:p ] ; sh:maxCount 1 ]", "", "ex:a ex:p ex:d .",
         {"d"}),
        ("sh:property [ sh:path ( [ sh:inversePath ex:p ] ex:q ) ; sh:maxCount 1 ]", "",
         "ex:a ex:q 9 .", {"b"}),
        ("sh:property [ sh:path [ sh:inversePath ( ex:p ex:p ) ] ; sh:node [ sh:closed true ] ]", "",
         "ex:a ex:z 9 .", {"c"}),
        ("sh:property [ sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:A ] ; "
         "sh:qualifiedMaxCount 0 ; sh:qualifiedValueShapesDisjoint true ] , [ sh:path ex:r ; "
         "sh:qualifiedValueShape [ sh:closed true ] ; sh:qualifiedMinCount 0 ]", "",
         "ex:c ex:q 9 .", {"b"}),
        ("sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:class ex:A ]", "ex:c a ex:Z .", "",
         {"a", "b", "c"}),
        ("sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:maxCount 9 ]", "", "ex:c ex:z 1 .",
         set()),
        ("sh:property [ sh:path ex:p ; sh:node [ sh:property [ sh:path ex:q ; sh:maxCount 1 ] ] ]",
         "", "ex:c ex:q 9 .", {"b"}),
        ("sh:property [ sh:path ex:p ; sh:class ex:A ]", "ex:c a ex:Z .", "", {"b", "c"}),
        ("sh:property [ sh:path ex:q ; sh:lessThan ex:r ]", "", "ex:d ex:r 0 .", {"d"}),
        ("sh:closed true", "", "ex:d ex:anything 1 .", {"d"}),
        ("sh:property [ sh:path ex:q ; sh:maxCount 1 ]", "", "ex:B rdfs:subClassOf ex:C .", {"b"}),
        ("sh:nodeKind sh:IRI", "", "ex:e a ex:B .", {"e"}),
        ("sh:nodeKind sh:IRI", "ex:a a ex:B .", "", {"a"}),
        (sparql("$this ex:p ?x . ?x ex:q ?y"), "", "ex:c ex:q 9 .", {"b"}),
        (sparql("$this ex:p ?x FILTER NOT EXISTS { ?x ex:q ?y }"), "", "ex:c ex:q 9 .", {"b"}),
        (sparql("$this ex:p ?x OPTIONAL { ?x ex:q ?y } FILTER (?y > 1)"), "", "ex:c ex:q 9 .",
         {"b"}),
        (sparql("$this ex:p ?x OPTIONAL { $this ex:q ?y OPTIONAL { ?x ex:r ?z } }"), "",
         "ex:c ex:r 9 .", {"a", "b", "c", "d"}),
        (sparql("{ SELECT $this (COUNT(?y) AS ?n) { $this ex:p ?x . ?x ex:q ?y } GROUP BY $this }"),
         "", "ex:c ex:q 9 .", {"b"}),
        (sparql("{ $this ex:p ?x } UNION { $this ex:q ?z } OPTIONAL { ?x ex:r ?y }"), "",
         "ex:e ex:r 9 .", {"a", "b", "c", "d"}),
        (sparql("$this ex:q ?y . ?other ex:q ?y FILTER (?other != $this)"), "", "ex:c ex:q 3 .",
         {"c", "d"}),
        (sparql("$this ex:q ?y . ?other ex:q ?y FILTER (?other != $this)"), "", "ex:c ex:z 3 .",
         set()),
        (sparql("$this ex:q ?y . ?any ex:r ?z FILTER (?z = ?y)"), "", "ex:e ex:r 3 .",
         {"a", "b", "c", "d"}),
        (sparql("$this ex:q ?y . ?any ex:r ?z FILTER (?z = ?y)"), "", "ex:d ex:q 4 .", {"d"}),
        (sparql("$this ?p ?o FILTER (isBlank(?o))"), "", "ex:d ex:z [] .", {"d"}),
        (sparql("?any ?p ?o FILTER (isBlank(?o))"), "", "ex:z ex:z [] .", {"a", "b", "c", "d"}),
        (sparql("$this ex:p+ $this"), "", "ex:c ex:p ex:d .", {"a", "b", "c"}),
        (sparql("$this !ex:p ?x"), "", "ex:d ex:z 1 .", {"a", "b", "c", "d"}),
    ],
)  # fmt: skip
def test_the_focus_nodes_are_those_that_can_see_the_change(
    shape: str, was: str, now: str, expected: set[str]
) -> None:
    assert seen(shape, was, now) == expected


def test_path_in_the_query_of_a_property_shape_is_that_of_the_shape() -> None:
    query = '[ sh:select "SELECT $this ?value WHERE { $this $PATH ?value }" ]'
    shape = f"sh:property [ sh:path ( ex:p ex:q ) ; sh:sparql {query} ]"

    assert seen(shape, "", "ex:c ex:q 9 .") == {"b"}
    assert seen(shape, "", "ex:c ex:r 9 .") == set()


def test_a_component_of_the_shapes_graph_is_read_like_its_query() -> None:
    component = """ex:Short a sh:ConstraintComponent ; sh:parameter [ sh:path ex:short ] ;
        sh:validator [ sh:ask
            "ASK { $this <http://example.org/p> ?x . $value <http://example.org/q> ?y }" ] .
        """
    shape = "sh:property [ sh:path ex:p ; ex:short 3 ]"

    assert seen(f"{shape} . {component} ex:Z a sh:NodeShape", "", "ex:c ex:q 9 .") == {"b"}
    assert seen(f"{shape} . {component} ex:Z a sh:NodeShape", "", "ex:d ex:p 9 .") == {"d"}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("sh:targetNode ex:c , ex:zz", {"c"}),
        ("sh:targetSubjectsOf ex:q", {"c"}),
        ("sh:targetSubjectsOf ex:z", set()),
        ("sh:targetObjectsOf ex:p", {"c"}),
        ("a rdfs:Class", {"c"}),
        ('sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this { ?this ?p ?o }" ]', None),
    ],
)
def test_every_kind_of_target_gives_its_focus_nodes(target: str, expected: set[str] | None) -> None:
    shapes = read(
        f"ex:A a sh:NodeShape ; {target} ; sh:property [ sh:path ex:q ; sh:maxCount 1 ] ."
    )

    (found,) = affected(read(DATA), read(DATA + "ex:c ex:q 9 ."), shapes).values()

    assert names(found) == expected


def test_an_object_that_becomes_a_focus_node_is_one_to_look_at() -> None:
    shapes = read("ex:S a sh:NodeShape ; sh:targetObjectsOf ex:r ; sh:nodeKind sh:Literal .")

    (found,) = affected(read(DATA), read(DATA + "ex:d ex:r ex:a ."), shapes).values()

    assert names(found) == {"a"}


@pytest.mark.parametrize("pair", [("1", "01"), ("01", "1"), ("1", "1")])
def test_literals_that_an_engine_holds_by_value_lead_on_alike(pair: tuple[str, str]) -> None:
    shape = sparql("$this ex:q ?y . ?other ex:q ?y . ?other ex:z ?z")
    was, now = (
        f"ex:{node} ex:q '{text}'^^xsd:integer ." for node, text in zip("be", pair, strict=True)
    )

    assert seen(shape, was, f"{was} {now} ex:e ex:z 1 .", "ex:b a ex:A .") == {"b"}


# Against full runs

NODES = st.sampled_from(["ex:a", "ex:b", "ex:c", "ex:d", "_:x"])
VALUES = NODES | st.sampled_from(["1", "2", "'x'@en"])
CLASSES = st.sampled_from(["ex:A", "ex:B"])
PREDICATES = st.sampled_from(["ex:p", "ex:q", "ex:r"])
LINES = (
    st.builds("{} {} {} .".format, NODES, PREDICATES, VALUES)
    | st.builds("{} a {} .".format, NODES, CLASSES)
    | st.builds("{} rdfs:subClassOf {} .".format, CLASSES, CLASSES)
)
PATHS = st.recursive(
    PREDICATES,
    lambda inner: (
        st.builds("( {} {} )".format, inner, inner)
        | st.builds("[ sh:inversePath {} ]".format, inner)
        | st.builds("[ sh:alternativePath ( {} {} ) ]".format, inner, inner)
        | st.builds("[ sh:zeroOrMorePath {} ]".format, inner)
        | st.builds("[ sh:oneOrMorePath {} ]".format, inner)
        | st.builds("[ sh:zeroOrOnePath {} ]".format, inner)
    ),
    max_leaves=3,
)
QUERIES = st.sampled_from(
    [
        "$this ex:p ?x . ?x ex:q ?value",
        "$this ex:p ?value . ?other ex:p ?value FILTER (?other != $this)",
        "$this ex:p ?value FILTER NOT EXISTS { ?value ex:q ?y . ?y a ex:A }",
        "$this ex:p ?value FILTER EXISTS { ?value ex:q ?y FILTER NOT EXISTS { ?y ex:r ?z } }",
        "$this ex:p ?value OPTIONAL { ?value ex:q ?y } FILTER (!BOUND(?y))",
        "$this ex:p ?x OPTIONAL { $this ex:q ?y OPTIONAL { ?x ex:r ?value } }",
        "{ $this ex:p ?value } UNION { $this ex:q ?x . ?x ex:r ?value }",
        "{ { $this ex:p ?x } UNION { $this ex:q ?x } ?x ex:r ?value }",
        "$this ex:p+ ?value . ?value ^ex:q ?x",
        "$this ex:p ?y . ?any ex:r ?value FILTER (?value = ?y)",
        "$this ex:p ?y BIND (?y AS ?x) ?x ex:r ?value",
        "$this ?by ?value . ?value a ex:A",
        "$this !ex:p ?value",
        "$this ex:p ?x . ?x (ex:q|^ex:r)* ?value . ?value a ex:B",
        "ex:a ex:p ?value . $this ex:q ?value",
        "?value ex:r ?any FILTER (?any = $this)",
        "{ SELECT $this (COUNT(?x) AS ?value) { $this ex:p ?y . ?y ex:q ?x } GROUP BY $this }",
        "{ SELECT $this ?value { ?z ex:q ?value . ?z ex:p $this } LIMIT 1 }",
        "$this a/rdfs:subClassOf* ?value . ?z a ?value . ?z ex:q $this",
    ]
)
SHAPES = st.recursive(
    st.sampled_from(
        ["sh:nodeKind sh:IRI", "sh:closed true", "sh:hasValue ex:a", "sh:in ( ex:a ex:b 1 )"]
    )
    | st.builds("sh:class {}".format, CLASSES)
    | st.builds("sh:{} {}".format, st.sampled_from(["equals", "disjoint"]), PREDICATES)
    | st.builds("sh:property [ sh:path {} ; sh:{} 1 ]".format, PATHS,
                st.sampled_from(["minCount", "maxCount"]))
    | st.builds("sh:property [ sh:path {} ; sh:lessThan {} ]".format, PATHS, PREDICATES)
    | QUERIES.map(lambda where: "sh:sparql [ sh:select "
                  f"'PREFIX ex: <{EX}> PREFIX rdfs: <{RDFS}> SELECT $this ?value {{ {where} }}' ]"),
    lambda inner: (
        st.builds("sh:property [ sh:path {} ; {} ]".format, PATHS, inner)
        | st.builds("sh:{} [ {} ]".format, st.sampled_from(["node", "not"]), inner)
        | st.builds("sh:{} ( [ {} ] [ {} ] )".format, st.sampled_from(["and", "or", "xone"]),
                    inner, inner)
        | st.builds("sh:property [ sh:path {} ; sh:qualifiedValueShape [ {} ] ; "
                    "sh:qualifiedMaxCount 1 ; sh:qualifiedValueShapesDisjoint true ] , "
                    "[ sh:path {} ; sh:qualifiedValueShape [ {} ] ; sh:qualifiedMinCount 1 ]".format,
                    PATHS, inner, PATHS, inner)
    ),
    max_leaves=3,
)  # fmt: skip
TARGETS = st.sampled_from(
    ["sh:targetClass ex:A", "sh:targetNode ex:a , ex:b , 1", "sh:targetSubjectsOf ex:p",
     "sh:targetObjectsOf ex:q", "a rdfs:Class , sh:NodeShape"]
)  # fmt: skip


def results(data: Sequence[Triple], shapes: Sequence[Triple]) -> Counter[str]:
    report = validation.validate(data, shapes, (), VALIDATOR, allow_empty=True)
    return Counter(
        fingerprints.fingerprint(Finding(r.code, r.severity, r.message, result=r))
        for r in report.results
    )


def only(shapes: Sequence[Triple], nodes: reach.Nodes) -> list[Triple]:
    """Give the shapes with their targets replaced by some focus nodes."""
    classes = (NamedNode(RDFS + "Class"), NamedNode(OWL + "Class"))
    kept = [
        t
        for t in shapes
        if not t.predicate.value.startswith(SH + "target")
        and not (t.predicate == TYPE and t.object in classes)
    ]
    return kept + [
        Triple(shape, NamedNode(SH + "targetNode"), node)  # type: ignore[arg-type]
        for shape, found in nodes.items()
        for node in found or ()
    ]


@settings(max_examples=int(os.environ.get("COOPERA_CHANGES_EXAMPLES", "200")), deadline=None)
@given(
    common=st.lists(LINES, min_size=5, max_size=14),
    was=st.lists(LINES, max_size=2),
    now=st.lists(LINES, max_size=2),
    shapes=st.lists(st.tuples(TARGETS, SHAPES), min_size=1, max_size=2),
)
def test_no_finding_that_a_full_run_calls_new_is_missed(
    common: list[str], was: list[str], now: list[str], shapes: list[tuple[str, str]]
) -> None:
    old, new = read("\n".join(common + was)), read("\n".join(common + now))
    rules = read("\n".join(
        f"ex:Shape{n} a sh:NodeShape ; {target} ; {body} ." for n, (target, body) in enumerate(shapes)
    ))  # fmt: skip
    nodes = affected(old, new, rules)

    shown = results(new, only(rules, nodes))

    before, after = results(old, rules), results(new, rules)
    assert not after - before - shown
    assert not shown - after


def test_our_own_shapes_see_a_change_of_our_own_data(coopera_project: Project) -> None:
    data = graphs.read_all(coopera_project.graph_files)
    shapes = graphs.read_all(coopera_project.shape_files)
    dropped = [t for t in data if t.predicate.value == SKOS + "prefLabel" and "Paris" in str(t)]
    new = [t for t in data if t not in dropped]

    nodes = affected(data, new, shapes)

    shown = results(new, only(shapes, nodes))
    fresh = results(new, shapes) - results(data, shapes)
    assert fresh
    assert not fresh - shown
    looked_at = {node for found in nodes.values() for node in found or ()}
    assert {t.subject for t in dropped} < looked_at
    assert len(looked_at) < len({t.subject for t in data}) / 20


# A git work tree


def git(folder: Path, *arguments: str) -> str:
    who = {f"GIT_{role}_{part}": text for role in ("AUTHOR", "COMMITTER")
           for part, text in (("NAME", "test"), ("EMAIL", "test@example.org"))}  # fmt: skip
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    nothing = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", "-C", folder, *arguments],
        env={**kept, **nothing, **who}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


FILES = {
    "data/one.ttl": DATA,
    "data/two.ttl": "ex:a ex:p ex:c ; ex:q 5 . ex:e a ex:A ; ex:p [ ex:q 1 ] .",
    "shapes.ttl": "ex:S a sh:NodeShape ; sh:targetClass ex:A ; "
    "sh:property [ sh:path ex:q ; sh:maxCount 1 ] .",
}


def write(folder: Path, files: Mapping[str, str | None]) -> None:
    for name, turtle in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        if turtle is not None:
            path.write_text(PREFIXES + turtle, "utf-8")


@pytest.fixture(params=["sha1", "sha256"])
def clone(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Make a work tree with one commit of `FILES`."""
    folder = tmp_path / "clone"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main", f"--object-format={request.param}")
    write(folder, FILES)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    return folder


def scope(folder: Path, ref: str = "main") -> Scope:
    def group(path: Path) -> Group:
        some = sorted(path.rglob("*.ttl")) if path.is_dir() else [path]
        return Group({one: graphs.read(one) for one in some}, under([path]))

    return changes.scope(ref, folder, group(folder / "data"), group(folder / "shapes.ttl"))


def looked_at(folder: Path, ref: str = "main") -> set[str] | None:
    return names(scope(folder, ref).only)


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, set()),
        ({"data/one.ttl": DATA.replace(" . ", "\n.\r\n\t")}, set()),
        ({"data/one.ttl": DATA + "ex:d ex:q 4 ."}, {"d"}),
        ({"data/one.ttl": DATA.replace("ex:q 2", "ex:q 4")}, {"c"}),
        ({"data/two.ttl": None}, {"a"}),
        ({"data/two.ttl": None, "data/far/away.ttl": FILES["data/two.ttl"]}, set()),
        ({"data/new.ttl": "ex:d ex:q 7 ."}, {"d"}),
        ({"data/new.ttl": "ex:c ex:q 2 ."}, set()),
        ({"data/one.ttl": DATA + "ex:a ex:q 5 ."}, set()),
        ({"data/two.ttl": "ex:e a ex:A ; ex:p [ ex:q 2 ] . ex:a ex:p ex:c ; ex:q 5 ."}, set()),
        ({"shapes.ttl": "\n\n" + FILES["shapes.ttl"]}, set()),
    ],
    ids=["nothing", "layout", "added", "replaced", "deleted", "moved", "new file", "stated again",
         "stated elsewhere", "unseen", "layout of shapes"],
)  # fmt: skip
def test_the_work_tree_is_compared_with_the_ref(
    edits: dict[str, str | None], expected: set[str], clone: Path
) -> None:
    write(clone, edits)

    assert looked_at(clone) == expected


def test_a_triple_that_another_file_still_states_has_not_gone(clone: Path) -> None:
    write(clone, {"data/two.ttl": FILES["data/two.ttl"] + " ex:c ex:q 2 ."})
    git(clone, "commit", "-q", "-a", "-m", "two")
    write(clone, {"data/two.ttl": FILES["data/two.ttl"]})

    assert looked_at(clone) == set()


@pytest.mark.parametrize("ref", ["main~1", "first", ":/one"])
def test_a_ref_is_anything_that_names_a_commit(ref: str, clone: Path) -> None:
    git(clone, "tag", "-a", "first", "-m", "first")
    write(clone, {"data/one.ttl": DATA + "ex:d ex:q 4 ."})
    git(clone, "commit", "-q", "-a", "-m", "two")
    write(clone, {"data/two.ttl": FILES["data/two.ttl"] + "ex:b ex:q 4 ."})

    assert looked_at(clone, ref) == {"b", "d"}
    assert looked_at(clone) == {"b"}


def test_the_notes_tell_what_changed_in_both_languages(clone: Path) -> None:
    write(clone, {"data/one.ttl": DATA.replace("ex:q 2", "ex:q 4 , 5")})

    assert scope(clone).notes == (
        {
            "fr": "depuis main : triplets ajoutés : 2, retirés : 1 ; nœuds visés : 1.",
            "en": "since main: triples added: 2, removed: 1; focus nodes: 1.",
        },
    )


def everything(found: Scope, reason: str) -> bool:
    return found.only is None and any(reason in note["en"] for note in found.notes)


def test_changed_shapes_make_everything_looked_at(clone: Path) -> None:
    write(clone, {"shapes.ttl": FILES["shapes.ttl"].replace("maxCount 1", "maxCount 2")})

    found = scope(clone)

    assert everything(found, "the shapes have changed since main")
    assert found.notes[0]["fr"] == "tout est examiné : les formes ont changé depuis main."


def test_inference_makes_everything_looked_at(clone: Path) -> None:
    nothing = Group({}, under([]))

    found = changes.scope("main", clone, nothing, nothing, inference=True)

    assert everything(found, "inference is on")


def test_a_file_that_could_not_be_read_then_makes_everything_looked_at(clone: Path) -> None:
    write(clone, {"data/one.ttl": "ex:a ex:p"})
    git(clone, "commit", "-q", "-a", "-m", "broken")
    write(clone, {"data/one.ttl": DATA})

    assert everything(scope(clone), "the former data/one.ttl cannot be read")


@pytest.mark.parametrize("linked", ["data/one.ttl", "data"])
def test_a_symbolic_link_now_or_then_makes_everything_looked_at(linked: str, clone: Path) -> None:
    (clone / linked).rename(clone / "real")
    (clone / linked).symlink_to(clone / "real")
    assert everything(scope(clone), "symbolic link")

    git(clone, "add", ".")
    git(clone, "commit", "-q", "-m", "linked")
    (clone / linked).unlink()
    (clone / "real").rename(clone / linked)
    assert everything(scope(clone), "symbolic link")


def test_a_link_to_the_whole_clone_is_no_hindrance(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(clone)
    write(clone, {"data/one.ttl": DATA + "ex:d ex:q 4 .", "data/two.ttl": None})

    assert looked_at(tmp_path / "link") == {"a", "d"}


def test_files_outside_the_work_tree_count_as_unchanged_and_are_told(
    clone: Path, tmp_path: Path
) -> None:
    write(tmp_path, {"far.ttl": "ex:d ex:q 8 ."})
    far = Group({tmp_path / "far.ttl": graphs.read(tmp_path / "far.ttl")}, under([]))
    shapes = Group({clone / "shapes.ttl": graphs.read(clone / "shapes.ttl")}, under([]))

    found = changes.scope("main", clone, far, shapes)

    assert found.only == frozenset()
    assert found.notes[-1] == {
        "fr": "fichiers hors du dépôt git, tenus pour inchangés : 1.",
        "en": "files outside the git repository, taken as unchanged: 1.",
    }


def test_a_project_is_compared_file_by_file(make: Make) -> None:
    project = make()
    git(project.root, "init", "-q")
    git(project.root, "add", ".")
    git(project.root, "commit", "-q", "-m", "one")
    path = project.data / "one" / "agreements.ttl"
    path.write_text(path.read_text("utf-8") + 'agreement:a skos:note "a"@fr , "b"@fr .', "utf-8")
    (project.data / "one" / "derived.ttl").unlink()

    found = changes.scope(
        "HEAD",
        project.root,
        Group(
            {p: graphs.read(p) for p in project.graph_files},
            changes.either(changes.vocabulary(project), changes.data(project)),
        ),
        Group({p: graphs.read(p) for p in project.shape_files}, changes.shapes(project)),
    )

    assert found.only == frozenset([NamedNode("https://w3id.org/coopera/id/agreement/a")])
    assert "added: 2, removed: 1" in found.notes[0]["en"]


def refused(folder: Path, ref: str = "main") -> str:
    with pytest.raises(DataError) as caught:
        scope(folder, ref)
    assert caught.value.remedy
    return str(caught.value)


@pytest.mark.parametrize(
    "ref", ["gone", "", "main:data", "main..main", "a b", "\0", "--all", "-h", "--output=evil",
            "--git-dir=/", "$(touch evil)", "; touch evil"],
)  # fmt: skip
def test_what_names_no_commit_is_refused_and_never_taken_for_an_option(
    ref: str, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone)

    assert "git knows no commit named" in refused(clone, ref)
    assert not (clone / "evil").exists()


def test_a_branch_of_the_origin_is_proposed(clone: Path, tmp_path: Path) -> None:
    git(clone, "branch", "other")
    git(tmp_path, "clone", "-q", str(clone), "copy")

    assert "give origin/other, which is there" in refused(tmp_path / "copy", "other")
    assert looked_at(tmp_path / "copy", "origin/other") == set()


def test_a_shallow_clone_that_lacks_the_ref_is_told_how_to_get_it(
    clone: Path, tmp_path: Path
) -> None:
    git(clone, "commit", "-q", "--allow-empty", "-m", "two")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{clone}", "copy")

    told = refused(tmp_path / "copy", "main~1")

    assert "shallow" in told
    assert "fetch-depth: 0" in told


def test_a_folder_outside_git_is_refused(tmp_path: Path) -> None:
    write(tmp_path, FILES)

    assert "in no git work tree" in refused(tmp_path)


def test_the_folder_of_git_itself_is_refused(clone: Path) -> None:
    write(clone / ".git", FILES)

    assert "in no git work tree" in refused(clone / ".git")


def test_without_git_the_remedy_is_to_install_it(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")

    assert "git is not installed" in refused(clone)


def test_a_repository_that_git_does_not_trust_is_refused_with_its_remedy(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    assert "safe.directory" in refused(clone)


def test_a_partial_clone_is_refused_and_nothing_is_fetched(clone: Path, tmp_path: Path) -> None:
    git(clone, "config", "uploadpack.allowFilter", "true")
    write(clone, {"data/one.ttl": DATA + "ex:d ex:q 4 ."})
    git(clone, "commit", "-q", "-a", "-m", "two")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{clone}", "copy")
    clone.rename(tmp_path / "away")

    assert "repository" in refused(tmp_path / "copy", "main~1")


def test_the_variables_that_git_gives_to_a_hook_do_not_mislead(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(clone, {"data/one.ttl": DATA + "ex:d ex:q 4 ."})
    monkeypatch.setenv("GIT_DIR", str(clone / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", "nowhere")
    path = clone / "data" / "one.ttl"
    shapes = Group({clone / "shapes.ttl": graphs.read(clone / "shapes.ttl")}, under([]))

    found = changes.scope("main", path.parent, Group({path: graphs.read(path)}, under([])), shapes)

    assert names(found.only) == {"d"}


def test_nothing_is_written_to_the_repository(clone: Path) -> None:
    def state() -> dict[Path, float]:
        return {path: path.stat().st_mtime_ns for path in sorted(clone.rglob("*"))}

    write(clone, {"data/one.ttl": DATA + "ex:d ex:q 4 ."})
    before = state()

    assert looked_at(clone) == {"d"}
    assert state() == before


# The command


def validate(folder: Path, *options: str) -> tuple[int, Counter[str]]:
    """Run the command on the data; give its exit code and the nodes that its findings are about."""
    files = sorted(map(str, folder.rglob("data/*.ttl")))
    done = CliRunner().invoke(
        main, ["validate", *files, "-s", str(folder / "shapes.ttl"), "-f", "json", *options]
    )
    assert done.exit_code != 2, done.output
    told = json.loads(done.stdout)["findings"]
    return done.exit_code, Counter(f"{one['code']} {one['subject']}" for one in told)


NESTED = """ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ;
    sh:property [ sh:path ex:q ; sh:minCount 1 ] ] ."""


@pytest.mark.parametrize("engine", ["compiled", "pyshacl"])
@pytest.mark.parametrize("rules", [FILES["shapes.ttl"], NESTED], ids=["flat", "nested"])
@pytest.mark.parametrize("edit", ["ex:d ex:q 4 ; ex:p ex:z .", "ex:z ex:p ex:a ."])
def test_the_command_shows_what_is_new_and_no_more(
    rules: str, edit: str, engine: str, clone: Path
) -> None:
    write(clone, {"shapes.ttl": rules})
    git(clone, "commit", "-q", "-a", "--allow-empty", "-m", "rules")
    _, before = validate(clone, "--engine", engine)
    write(clone, {"data/one.ttl": DATA + edit})

    _, after = validate(clone, "--engine", engine)
    code, shown = validate(clone, "--engine", engine, "--changed-since", "main")

    assert shown == after - before or engine == "pyshacl"
    assert not (after - before) - shown
    assert code == int(bool(shown))


def test_the_command_sees_that_a_file_of_the_project_is_gone(make: Make) -> None:
    shape = """<https://w3id.org/coopera/shapes#S> a sh:NodeShape ; sh:targetClass coop:Agreement ;
        sh:property [ sh:path coop:hasParticipation ; sh:class coop:Institution ] ."""
    project = make(
        {
            "ontology/shapes/agreement.ttl": HEAD + shape,
            "data/one/more.ttl": HEAD + "participation:a-x a coop:Institution .",
        }
    )
    git(project.root, "init", "-q")
    git(project.root, "add", ".")
    git(project.root, "commit", "-q", "-m", "one")
    arguments = ["--project", str(project.root), "validate", "--changed-since", "HEAD"]
    assert CliRunner().invoke(main, arguments).exit_code == 0

    (project.data / "one" / "more.ttl").unlink()

    done = CliRunner().invoke(main, [*arguments, "-f", "concise"])
    assert done.exit_code == 1
    assert "agreement:a" in done.stdout


def test_a_baseline_is_not_written_from_a_part(clone: Path) -> None:
    path = clone / "baseline.json"

    done = CliRunner().invoke(
        main,
        ["validate", "--baseline", str(path), "--update-baseline", "--changed-since", "main"],
    )

    assert done.exit_code == 2
    assert not path.exists()


def test_an_empty_ref_is_refused(clone: Path) -> None:
    done = CliRunner().invoke(
        main, ["validate", str(clone / "data" / "one.ttl"), "--changed-since", ""]
    )

    assert done.exit_code == 2
    assert "git knows no commit named ''" in done.stderr

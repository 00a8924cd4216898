"""Graphs: what is read, from which line, and what bad files get."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from coopera import graphs
from coopera.errors import DataError

MANY = '''@prefix ex: <http://example.org/> .

ex:a a ex:T ; ex:p 1 , 2 ,
    """three
lines""" ;
    ex:q ex:b .  # a comment with ex:z ex:p 9 .

ex:b ex:p "é" ; ex:p ex:c .
ex:c ex:p ( 7
  8 ) .
'''
EX = "http://example.org/"


def test_each_triple_has_the_line_on_which_its_object_ends(tmp_path: Path) -> None:
    """Pins the read-ahead of pyoxigraph's parser, which its documentation does not promise."""
    path = tmp_path / "many.ttl"
    path.write_text(MANY, "utf-8")

    found = {
        (str(t.subject).removeprefix(f"<{EX}")[:-1], t.object.value): line
        for t, line in graphs.lines(path)
        if isinstance(t.object, (Literal, NamedNode)) and isinstance(t.subject, NamedNode)
    }

    assert found == {
        ("a", EX + "T"): 3, ("a", "1"): 3, ("a", "2"): 3, ("a", "three\nlines"): 5,
        ("a", EX + "b"): 6, ("b", "é"): 8, ("b", EX + "c"): 8,
    }  # fmt: skip


def test_a_place_is_the_triple_else_the_predicate_else_the_subject(tmp_path: Path) -> None:
    path = tmp_path / "many.ttl"
    path.write_text(MANY, "utf-8")
    a, p, q, z = (NamedNode(EX + name) for name in "apqz")

    def line(*terms: NamedNode | Literal) -> int | None:
        place = graphs.place_of([path], *terms)
        return place.line if place else None

    assert line(a, q, NamedNode(EX + "b")) == 6
    assert line(a, q, z) == 6
    assert line(a, z) == 3
    assert line(a) == 3
    assert line(z) is None
    assert line(NamedNode(EX + "b"), p) == 8


@pytest.mark.parametrize(
    ("name", "text", "line", "problem", "remedy"),
    [
        ("x.ttl", "@prefix a: <http://a/> .\na:b a:c x:d .", 2, "prefix 'x' is not", "declare x:"),
        ("x.ttl", "<http://a> <http://b>\n  .", 2, "", "mend the line"),
        ("x.nt", '<a:a> <a:b> "x" .\n<a:a> <a:b>', 2, "", "mend the line"),
        ("x.jsonld", '[\n{"@id": "http://a/",}]', 2, "", "mend the line"),
    ],
)  # fmt: skip
def test_a_syntax_error_has_place_problem_and_remedy(
    tmp_path: Path, name: str, text: str, line: int, problem: str, remedy: str
) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")

    with pytest.raises(DataError) as caught:
        graphs.read(path)

    assert caught.value.place is not None
    assert (caught.value.place.path, caught.value.place.line) == (path, line)
    assert problem in caught.value.problem
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "problem"), [("x.docx", "no ending"), ("x.ttl", "cannot be read")]
)
def test_a_file_that_is_absent_or_of_no_known_kind_is_told(
    tmp_path: Path, name: str, problem: str
) -> None:
    with pytest.raises(DataError, match=problem):
        graphs.read(tmp_path / name)


def test_two_files_keep_their_blank_nodes_apart(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.ttl").write_text(f'_:x <http://a/p> "{name}" .', "utf-8")

    read = graphs.read_all(sorted(tmp_path.iterdir()))

    assert len({t.subject for t in read}) == 2


def test_a_store_holds_the_triples_in_its_default_graph() -> None:
    triple = Triple(NamedNode(EX + "a"), NamedNode(EX + "p"), Literal("x"))

    assert [quad.triple for quad in graphs.store([triple, triple])] == [triple]

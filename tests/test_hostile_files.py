"""Files made to exhaust whoever reads them, or to reach elsewhere: every kind that a command reads."""

import os
import socket
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import Make
from pyoxigraph import NamedNode, Triple

from coopera import baselines, derived, evidence, files, graphs, project, queries, validation
from coopera.engines import ENGINES
from coopera.errors import CooperaError, DataError, ProjectError, QueryError
from coopera.terms import RDF, SH

SOON = 20.0
"""Seconds of processor time in which a file is read or refused; a bomb takes minutes."""
TITLE = "#+ summary: {en: a, fr: b}\n"
DEEP = "ASK { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }"
CHAIN = "ASK { FILTER(1" + "+1" * 20_000 + " = 1) }"
ALIASES = "#+ a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"#+ {b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in pairwise("abcdefghij")
)


@pytest.mark.parametrize(
    "header",
    [
        ALIASES + "#+ summary: {en: *j, fr: x}\n",
        ALIASES + TITLE + "#+ params: *j\n",
        "#+ summary: " + "[" * 50_000 + "]" * 50_000 + "\n",
        "#+ summary: " + "{a: " * 50_000 + "}" * 50_000 + "\n",
        "#+ summary:\n#+   " + "- " * 50_000 + "x\n",
        "#+ summary: " + "[" * 51 + "]" * 51 + " " * 4_000 + "\n",
        "#+ summary: {en: " + "9" * 100_000 + ", fr: x}\n",
        "#+ summary: {en: 2020-13-45, fr: x}\n",
        "#+ summary: !!python/object/apply:os.system [id]\n",
    ],
    ids=[
        "aliases",
        "aliases as parameters",
        "lists",
        "mappings",
        "dashes",
        "just too deep",
        "a number",
        "no date",
        "a call",
    ],
)
def test_a_header_that_is_a_bomb_is_refused(tmp_path: Path, header: str) -> None:
    path = tmp_path / "x.rq"
    path.write_text(header + "SELECT * {}\n", "utf-8")
    started = time.process_time()

    with pytest.raises(QueryError) as caught:
        queries.read(path, tmp_path)

    assert caught.value.place
    assert caught.value.place.path == path
    assert time.process_time() - started < SOON


def test_a_star_in_a_header_is_no_alias(tmp_path: Path) -> None:
    path = tmp_path / "x.rq"
    path.write_text("#+ summary: {en: '*a, COUNT(*)', fr: \"*b\"}\nSELECT * {}\n", "utf-8")

    assert queries.read(path, tmp_path).summary == {"en": "*a, COUNT(*)", "fr": "*b"}


@pytest.mark.parametrize("query", [DEEP, CHAIN], ids=["deep", "chain"])
def test_a_query_that_would_overflow_the_stack_is_refused_by_our_engine(query: str) -> None:
    with pytest.raises(QueryError, match=r"brackets|operators") as caught:
        ENGINES["oxigraph"]([]).query(query)

    assert caught.value.remedy


@pytest.mark.parametrize("query", [DEEP, CHAIN], ids=["deep", "chain"])
@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("queries/all/x.rq", ["query", "x"]),
        ("queries/all/x.rq", ["check"]),
        ("queries/verify/x.rq", ["verify"]),
        ("ontology/derive/x.rq", ["evidence", "--check"]),
    ],
)
def test_a_command_outlives_a_query_that_would_overflow_the_stack(
    make: Make, name: str, command: list[str], query: str
) -> None:
    rule = "#+ code: COOP949\n#+ severity: error\n#+ message: {en: a, fr: b}\n"
    header = TITLE + (rule if "verify" in name else "")
    root = make().root
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(header + query, "utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "coopera", "--project", str(root), *command],
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 2, done.stderr
    assert Path(name).name in done.stderr
    assert "Remedy" in done.stderr


def test_a_deep_query_in_a_shape_makes_it_ill_formed(tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    select = "SELECT $this { $this ?p ?o FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }"
    path.write_text(
        f"@prefix sh: <{SH}> . <a:S> a sh:NodeShape ; sh:targetNode <a:s> ; sh:sparql "
        f'[ sh:message "x" ; sh:select "{select}" ] .',
        "utf-8",
    )
    data = [Triple(NamedNode("a:s"), NamedNode("a:p"), NamedNode("a:o"))]

    with pytest.raises(CooperaError, match="128 brackets"):
        validation.validate(data, graphs.read(path), {NamedNode("a:s")})


@pytest.mark.parametrize(
    "settings",
    ["a = " + "[" * 8_000, "a = " + "{a=" * 5_000, "a = " + "9" * 16_000, "a" + ".a" * 8_000 + "=1",
     "a" + ".a" * 200_000 + " = 1", 'base = "http://e.org/"\n' + "#" * 20_000],
    ids=["lists", "tables", "a number", "dots", "many dots", "a long file"],
)  # fmt: skip
def test_settings_that_are_a_bomb_are_refused(tmp_path: Path, settings: str) -> None:
    (tmp_path / "coopera.toml").write_text(settings, "utf-8")
    started = time.process_time()

    with pytest.raises((ProjectError, DataError)) as caught:
        project.find(tmp_path)

    assert caught.value.place
    assert caught.value.remedy
    assert time.process_time() - started < SOON


CONTEXT = ", ".join(f'"t{n}": {{"@id": "t{n + 1}:x"}}' for n in range(8_000))
SPELT = r'"\u0040conte\u0078t"'
XML = f'<r:RDF xmlns:r="{RDF}" xmlns:e="a:">%s</r:RDF>'
ATTRIBUTES = " ".join(f'e:p{n}="1"' for n in range(60_000))
NAMESPACES = " ".join(f"xmlns:n{n}='a:'" for n in range(60_000))


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("x.jsonld", f'{{"@context": {{{CONTEXT}}}, "t0": 1}}', "8000 terms; at most 1000"),
        ("x.jsonld", f'{{{SPELT} : [{{}}, {{{CONTEXT}}}], "t0": 1}}', "8000 terms"),
        ("x.jsonld", f'[{{"a:p": 1e400}}, {{"@context": {{"x": {{"@id": "a:x", "@context": {{{CONTEXT}}}}}}}, "x": 1}}]', "8000 terms"),
        ("x.rdf", XML % f"<r:Description {ATTRIBUTES}/>", "60000 attributes; at most 1000"),
        ("x.rdf", XML % f"<r:Description {NAMESPACES}/>", "60000 attributes"),
        ("x.rdf", "<!DOCTYPE x [<!ENTITY a '" + "a" * 100_000 + "'>]>" + XML % ("&a;" * 2_000), "DOCTYPE"),
        ("x.rdf", "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>" + XML % "&a;", "DOCTYPE"),
        *((f"x.{ending}", f'<a:s> <a:p> "{"x" * 40_000_000}" .', "too long") for ending in ("ttl", "nt", "nq", "trig")),
        ("x.jsonld", f'{{"a:p": "{"x" * 40_000_000}"}}', "too long"),
        ("x.ttl", f'<a:{"x" * 40_000_000}> <a:p> 1 .', "too long"),
    ],
    ids=lambda text: str(text)[:25],
)  # fmt: skip
def test_rdf_that_is_a_bomb_is_refused(tmp_path: Path, name: str, text: str, problem: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    started = time.process_time()

    with pytest.raises(DataError, match=problem) as caught:
        graphs.read(path)

    assert caught.value.place
    assert caught.value.remedy
    assert time.process_time() - started < SOON


def test_wide_contexts_and_elements_that_are_none_are_read(tmp_path: Path) -> None:
    terms = ", ".join(f'"t{n}": "a:{n}"' for n in range(999))
    path = tmp_path / "x.jsonld"
    path.write_text(f'{{"@context": {{{terms}}}, "t0": "\\"@context\\": {{{"a" * 9}}}"}}', "utf-8")
    assert len(graphs.read(path)) == 1

    path = tmp_path / "x.rdf"
    quoted = "='" * 5_000
    comment = "a='b' " * 5_000
    path.write_text(XML % f'<!-- {comment} --><r:Description e:p="{quoted}"/>', "utf-8")
    assert len(graphs.read(path)) == 1


@pytest.mark.parametrize("ending", [e.removeprefix(".") for e in graphs.SYNTAXES])
def test_rdf_that_is_not_utf_8_is_refused(tmp_path: Path, ending: str) -> None:
    text = {
        "jsonld": b'{"a:p": "\xff"}',
        "rdf": (XML % "<r:Description><e:p>\0</e:p></r:Description>")
        .encode()
        .replace(b"\0", b"\xff"),
    }.get(ending, b'<a:s> <a:p> "\xff" .')
    path = tmp_path / f"x.{ending}"
    path.write_bytes(text)

    with pytest.raises(DataError, match=r"(?i)utf-8"):
        graphs.read(path)


@pytest.mark.parametrize("ending", ["ttl", "nt", "nq", "trig"])
def test_an_iri_that_would_break_out_of_html_is_refused(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"x.{ending}"
    path.write_text(r"<a:\u003E\u003Cscript\u003E> <a:p> <a:o> .", "utf-8")

    with pytest.raises(DataError):
        graphs.read(path)


@pytest.mark.parametrize("validator", validation.VALIDATORS)
def test_imports_are_not_fetched(tmp_path: Path, validator: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x.ttl"
        path = tmp_path / "x.ttl"
        path.write_text(
            f"@prefix sh: <{SH}> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
            f"<a:o> a owl:Ontology ; owl:imports <{url}> ; sh:shapesGraph <{url}> .\n"
            "<a:S> a sh:NodeShape ; sh:targetNode <a:o> ; sh:nodeKind sh:IRI .",
            "utf-8",
        )
        triples = graphs.read(path)

        report = validation.validate(triples, triples, {t.subject for t in triples}, validator)

        assert report.conforms
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    "text",
    ["[" * 200_000, "9" * 200_000, '{"version": 1, "findings": ' + "[" * 900 + "]" * 900 + "}"],
)
def test_a_baseline_that_is_a_bomb_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text, "utf-8")

    with pytest.raises(DataError):
        baselines.read(path)


@pytest.mark.parametrize(
    "row",
    ["C1," + "a" * 300_000, "C1,\0", "C1,participation:a-x,coop:participant," + "(" * 100_000,
     "C1,participation:a-x,coop:participant," + "<<( " * 50_000, '"' + "\n" * 300_000],
    ids=["a long cell", "a null", "nested", "triples", "an open quote"],
)  # fmt: skip
def test_evidence_that_is_a_bomb_is_refused(make: Make, row: str) -> None:
    found = make()
    path = found.data / "one" / "evidence.csv"
    head = path.read_text("utf-8").splitlines()[0]
    fill = "," * max(0, 8 - row.count(","))
    path.write_text(f"{head}\n{row}{fill}\n", "utf-8")

    with pytest.raises(CooperaError) as caught:
        evidence.generated(found)

    assert caught.value.place
    assert caught.value.place.path == path


def test_prefixes_that_nest_triples_are_refused(make: Make) -> None:
    found = make()
    nested = "<<( <a:s> <a:p> " * 50_000 + "1" + ")>>" * 50_000
    (found.root / "ontology" / "prefixes.ttl").write_text(f"<a:s> <a:p> {nested} .", "utf-8")

    with pytest.raises(DataError, match="nests no triples"):
        _ = project.find(found.root).prefixes


def test_a_text_without_end_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.rq")
    with pytest.raises(DataError, match="no file"):
        files.text(tmp_path / "x.rq")
    with pytest.raises(DataError, match="more than 1,000 characters"):
        files.text(Path("/dev/zero"), 1_000)
    (tmp_path / "y.rq").write_text(TITLE + "#" * queries.LARGEST, "utf-8")
    with pytest.raises(DataError, match="more than 1,048,576 characters"):
        queries.read(tmp_path / "y.rq", tmp_path)


def test_a_deep_rule_is_told_with_its_file(make: Make) -> None:
    found = make(
        {
            "ontology/derive/x.rq": "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER("
            + "(" * 200
            + "1"
            + ")" * 200
            + ") }",
            "data/one/evidence.ttl": None,
        }
    )

    with pytest.raises(QueryError) as caught:
        derived.follow(found, [])

    assert caught.value.place
    assert caught.value.place.path.name == "x.rq"

"""Reports: thirteen formats of the same findings, kind and hostile ones."""

import csv
import io
import json
import os
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import junitparser
import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse
from rdflib.compare import isomorphic

from coopera.errors import Place
from coopera.findings import Finding, Summary, ValidationResult
from coopera.reports import REPORTS, Report, people, words
from coopera.reports.excerpts import WIDTH, Excerpt, excerpts, width
from coopera.reports.people import COMMENT
from coopera.tables import Term
from coopera.terms import LANGUAGES, RDF, SH, XSD, Prefixes

EX = "http://example.org/"
PREFIXES = Prefixes({"ex": EX, "sh": SH, "xsd": XSD})
TURTLE = """@prefix ex: <http://example.org/> .

ex:a a ex:Agreement ;
    ex:signed "2020-13-45"^^xsd:date ; # no such day
    ex:note "of 2020" .
"""
SHAPES = """@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ex:Agreement-shape sh:targetClass ex:Agreement ; sh:property ex:signed-shape , ex:parties-shape .
ex:signed-shape sh:path ex:signed ; dcterms:identifier "COOP201" ;
    sh:name "Signature"@fr , "Signing"@en ; sh:datatype xsd:date ; sh:in ( 1 2 3 4 5 6 7 ) ;
    sh:message "Une vraie date."@fr , "A real date."@en .
ex:parties-shape sh:path ( ex:joins [ sh:alternativePath ( ex:by [ sh:inversePath ex:of ] ) ] ) ;
    dcterms:identifier "COOP202" ; sh:minCount 2 .
"""

HOSTILE = {
    "newlines": "one\ntwo\r\nthree\tfour\u2028five",
    "terminal": "\x1b[31mred\x1b]0;title\x07 \x9b31m \x00\x08\x0b",
    "direction": "\u202etxet\u2066 \u2069",
    "cdata": "]]> <![CDATA[ <!-- -->",
    "quotes": "\"double\" 'single' \\",
    "commands": "::error::fake, ::set-output name=x::y %0A%25 %",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;",
    "long": "x" * 20_000,
    "beyond": "𝔘𝔫𝔦 😀 \ufffe\uffff",
    "markdown": "`a` ``b`` [l](http://e/) **b** @someone #12 | <b> ~~x~~ $y$",
    "braces": "{0} {{1}} {% x %} [a](1)",
    "formula": "=cmd|' /C calc'!A0",
}


def named(name: str) -> NamedNode:
    return NamedNode(EX + name)


def triples(text: str) -> list[Triple]:
    return [quad.triple for quad in parse(input=text, format=RdfFormat.TURTLE)]


SHAPE_TRIPLES = triples(SHAPES)


def finding(place: Place | None = None, **changes: Any) -> Finding:
    """Make the finding of the date that is none; `changes` are its members or its result's."""
    message = {"en": "This is no date.", "fr": "Ce n'est pas une date."}
    members: dict[str, Any] = {
        "code": "COOP201", "severity": "error", "message": message, "subject": "ex:a",
        "path": "ex:signed", "value": '"2020-13-45"^^xsd:date', "shape": "ex:signed-shape",
    }  # fmt: skip
    parts: dict[str, Any] = {
        "focus_node": named("a"), "source_shape": named("signed-shape"),
        "component": NamedNode(SH + "DatatypeConstraintComponent"), "result_path": named("signed"),
        "value_node": Literal("2020-13-45", datatype=NamedNode(XSD + "date")),
    }  # fmt: skip
    members |= {name: value for name, value in changes.items() if name not in parts}
    parts |= {name: value for name, value in changes.items() if name in parts}
    result = ValidationResult(
        message=members["message"], code=members["code"], severity=members["severity"], **parts
    )
    return Finding(**{"place": place, "result": result, **members})


def stale(place: Place | None = None, **changes: Any) -> Finding:
    """Make a finding that no validation result stands behind."""
    message = {"en": "The file is stale.", "fr": "Le fichier est périmé."}
    return Finding(**{"code": "COOP563", "severity": "error", "message": message, "place": place,
                      **changes})  # fmt: skip


def report(
    findings: Sequence[Finding] = (), root: Path = Path("/nowhere"), **changes: Any
) -> Report:
    summary = Summary(
        {"files": 2, "triples": 12345, "shapes": 3, "focus nodes": 1},
        {EX + "Agreement-shape": 1, EX + "Idle-shape": 0},
        0.62,
        ({"en": "pySHACL evaluated ex:x.", "fr": "pySHACL a évalué ex:x."},),
    )
    members = {
        "language": "en", "prefixes": PREFIXES, "root": root, "shapes": SHAPE_TRIPLES,
        "summary": summary,
    }  # fmt: skip
    return Report(**{"findings": findings, **members, **changes})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "a.ttl"
    path.parent.mkdir()
    path.write_text(TURTLE, "utf-8")
    return path


def mixed(path: Path) -> list[Finding]:
    """Give findings of each kind: with a place and without, with a result and without."""
    return [
        finding(Place(path, 4, 15), shape_place=Place(path.parent / "shapes.ttl", 7, 1)),
        finding(
            Place(path, 3, 1), code="COOP202", path="ex:joins/(ex:by|^ex:of)", value="",
            shape="ex:parties-shape", source_shape=named("parties-shape"), value_node=None,
            component=NamedNode(SH + "MinCountConstraintComponent"), result_path=path_node(),
            severity="warning",
        ),
        stale(Place(path.parent / "gone.csv", 2)),
        stale(Place(path), severity="warning", code="COOP801"),
        stale(severity="info", code="COOP002", shape="ex:Idle-shape"),
        finding(None, subject="_:x1", focus_node=BlankNode("x1"), value="_:x2",
                value_node=BlankNode("x2"), severity="info"),
    ]  # fmt: skip


def path_node() -> Term:
    return next(t.object for t in SHAPE_TRIPLES
                if t.subject == named("parties-shape") and t.predicate.value == SH + "path")  # fmt: skip


def hostile(path: Path, text: str) -> Finding:
    """Make a finding that has one text in every place that holds one."""
    name = path.parent / (text.replace("/", "").replace("\0", "")[:80] + "\udcff.ttl")
    return finding(
        Place(name, 1, 1), message={"en": text, "fr": text}, subject=text, path=text, value=text,
        shape=text, value_node=Literal(text), result_path=None, shape_place=Place(name, 2, 2),
    )  # fmt: skip


def written(name: str, findings: Sequence[Finding], path: Path, **changes: Any) -> str:
    return REPORTS[name](report(findings, path.parents[1], **changes))


# every format


def test_the_formats_are_these() -> None:
    assert list(REPORTS) == [
        "human", "concise", "table", "json", "turtle", "jsonld", "csv", "sarif", "github",
        "gitlab", "junit", "html", "markdown",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REPORTS)
def test_each_format_tells_every_finding_that_it_can_hold(
    name: str, language: str, file: Path
) -> None:
    text = written(name, mixed(file), file, language=language)
    held = ("COOP201", "COOP202", "COOP563", "COOP801", "COOP002")

    if name in ("turtle", "jsonld"):  # they hold validation results alone
        assert text.count("DatatypeConstraintComponent") == 2
        assert text.count("MinCountConstraintComponent") == 1
    else:
        assert all(code in text for code in held)
    assert text.endswith("\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REPORTS)
def test_each_format_tells_that_there_is_nothing(name: str, language: str, file: Path) -> None:
    text = written(name, [], file, language=language)

    expected = {
        "concise": "", "github": "", "gitlab": "[]\n",
        "csv": "code,severity,message,file,line,column,subject,path,value,shape,fingerprint\r\n",
    }  # fmt: skip
    assert text == expected[name] if name in expected else "COOP" not in text


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", REPORTS)
def test_no_format_lets_through_what_a_terminal_obeys(name: str, kind: str, file: Path) -> None:
    text = written(name, [hostile(file, HOSTILE[kind])], file, language="fr")

    ends = text.replace("\r\n", "\n") if name == "csv" else text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", ends)
    assert text.encode()  # no lone surrogates


@pytest.mark.parametrize("name", REPORTS)
def test_each_format_is_the_same_for_the_same_findings(name: str, file: Path) -> None:
    def with_labels(*labels: str) -> list[Finding]:
        return mixed(file)[:-1] + [
            finding(subject=f"_:{label}", focus_node=BlankNode(label), path="", value=value)
            for label, value in zip(labels, ("_:v", '"b"', '"a"'), strict=True)
        ]

    first, second = with_labels("x", "y", "z"), with_labels("z", "x", "y")

    assert written(name, second[::-1], file) == written(name, first, file)


def test_findings_stand_by_file_line_and_column(file: Path) -> None:
    other = Place(file.with_name("b.ttl"), 1)
    places = [other, Place(file, 10, 12), Place(file, 10, 2), Place(file, 9, 30), None, Place(file)]

    told = [f.place for f in report([finding(place) for place in places]).sorted]

    assert told == [places[5], places[3], places[2], places[1], other, None]


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ({"en": "a", "fr": "b"}, "b"),
        ({"en": "a"}, "a"),
        ({"de": "c"}, "c"),
        ({"": "d"}, "d"),
        ({}, "La valeur n'est pas conforme."),
    ],
)
def test_a_message_is_told_in_whatever_language_there_is(
    message: dict[str, str], told: str
) -> None:
    assert report(language="fr").message(finding(message=message)) == told


# people


def test_human_shows_the_place_in_its_file(file: Path) -> None:
    shapes = file.parent / "shapes.ttl"
    one = finding(Place(file, 4, 15), shape_place=Place(shapes, 7, 1))

    assert (
        written("human", [one], file)
        == """\
COOP201 error: This is no date.
 --> data/a.ttl:4:15
  |
3 | ex:a a ex:Agreement ;
4 |     ex:signed "2020-13-45"^^xsd:date ; # no such day
  |               ^^^^^^^^^^^^^^^^^^^^^^
5 |     ex:note "of 2020" .
  |
  = value: "2020-13-45"^^xsd:date
  = path: ex:signed
  = focus node: ex:a
  = help: write a literal that is valid for the datatype asked for (sh:datatype xsd:date); coopera rule COOP201 explains
  = shape: data/shapes.ttl:7:1 (ex:signed-shape)

1 finding: 1 error.
Checked: 2 files, 12,345 triples, 3 shapes, 1 focus node, in 0.6\u00a0s.
Focus nodes by shape: ex:Agreement-shape\u00a01; 1 shape reaches no node.
note: pySHACL evaluated ex:x.
"""
    )


def test_human_speaks_french(file: Path) -> None:
    one = finding(Place(file, 4, 15))

    assert (
        written("human", [one, stale(severity="warning")], file, language="fr")
        == """\
COOP201 erreur\u00a0: Ce n'est pas une date.
 --> data/a.ttl:4:15
  |
3 | ex:a a ex:Agreement ;
4 |     ex:signed "2020-13-45"^^xsd:date ; # no such day
  |               ^^^^^^^^^^^^^^^^^^^^^^
5 |     ex:note "of 2020" .
  |
  = valeur\u00a0: "2020-13-45"^^xsd:date
  = chemin\u00a0: ex:signed
  = nœud visé\u00a0: ex:a
  = aide\u00a0: écrivez un littéral valable pour le type de données demandé (sh:datatype xsd:date)\u00a0; coopera rule COOP201 l'explique
  = forme\u00a0: ex:signed-shape

COOP563 avertissement\u00a0: Le fichier est périmé.
  = aide\u00a0: coopera rule COOP563 l'explique

2 constats\u00a0: 1 erreur, 1 avertissement.
Vérifié\u00a0: 2 fichiers, 12\u202f345 triplets, 3 formes, 1 nœud visé, en 0,6\u00a0s.
Nœuds visés par forme\u00a0: ex:Agreement-shape\u00a01\u00a0; 1 forme n'atteint aucun nœud.
note\u00a0: pySHACL a évalué ex:x.
"""
    )


def shown(text: str | bytes, place: tuple[int, int | None], folder: Path) -> Excerpt:
    path = folder / "x.ttl"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    at = Place(path, *place)
    return excerpts([at])[at]


def marked(excerpt: Excerpt) -> str:
    """Give what is underlined."""
    start, end = excerpt.mark or (0, 0)
    return dict(excerpt.lines)[excerpt.line][start:end]


@pytest.mark.parametrize(
    ("line", "column", "token"),
    [
        ("ex:a a ex:B .", 1, "ex:a"),
        ("ex:a a ex:B.", 8, "ex:B"),
        ("ex:a a ex:B.C .", 8, "ex:B.C"),
        ("ex:a ex:p 1.5 .", 11, "1.5"),
        ("ex:a ex:p 1.5.", 11, "1.5"),
        ("ex:a ex:p true, false .", 11, "true"),
        ("ex:a ex:p _:b1 , ( 1 ) .", 11, "_:b1"),
        ("ex:a ex:p ( 1 2 ) .", 11, "("),
        ("ex:a ex:p [ ex:q 1 ] .", 11, "["),
        ("ex:a ex:p <http://e/a;b,c> .", 11, "<http://e/a;b,c>"),
        ('ex:a ex:p "a ; b . \\" c"@en-GB , 1 .', 11, '"a ; b . \\" c"@en-GB'),
        ("ex:a ex:p 'a'^^xsd:date.", 11, "'a'^^xsd:date"),
        ('ex:a ex:p "a"^^<http://e/t> .', 11, '"a"^^<http://e/t>'),
        ('ex:a ex:p """a " b""" , 1 .', 11, '"""a " b"""'),
        ('ex:a ex:p """begun.', 11, '"""begun.'),
        ("ex:a ex:p '''begun ; so", 11, "'''begun ; so"),
        ("ex:a ex:étude 1 .", 6, "ex:étude"),
        ('"quote, not closed', 1, '"quote, not closed'),
    ],
)
def test_the_underline_has_the_length_of_the_term(
    line: str, column: int, token: str, tmp_path: Path
) -> None:
    assert marked(shown(line + "\n", (1, column), tmp_path)) == token


@pytest.mark.parametrize(
    ("line", "token"),
    [
        ("\tex:a\tex:p X ;", "X"),
        ('"北京大学" , X', "X"),
        ('"e\u0301tude" , X', "X"),
        ('"\x1b[31m\x00" , X', "X"),
        ("x" * 90 + " X " + "y" * 500, "X"),
        ("x" * 5000 + " X " + "y" * 5000, "X"),
        ("北" * 500 + " X " + "北" * 500, "X"),
        ("\t" * 300 + "X" + "\t" * 300, "X"),
        ("x" * 200 + " X", "X"),
        ("lead X" + " tail" * 60, "X"),
    ],
)
def test_the_underline_stands_below_its_term_on_a_screen(
    line: str, token: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(f"first {'z' * 300}\n{line}\nlast", "utf-8", newline="")
    text = REPORTS["human"](report([finding(Place(path, 2, line.index(token) + 1))], tmp_path))
    lines = text.splitlines()
    at = next(n for n, found in enumerate(lines) if found.startswith("2 | "))
    source, below = lines[at], lines[at + 1]

    carets = below.index("^")
    assert below.count("^") == 1
    seen = next(
        i
        for i in range(len(source))
        if width(source[:i]) == carets and not unicodedata.combining(source[i])
    )
    assert source[seen] == "X"
    assert all(width(one) <= WIDTH + len("2 | ") for one in lines[at - 1 : at + 3])


@pytest.mark.parametrize(
    ("text", "columns"),
    [("ab", 2), ("北京", 4), ("e\u0301", 1), ("\u200d", 0), ("😀", 2), ("é", 1), ("\xa0", 1)],
)
def test_a_screen_gives_each_character_its_columns(text: str, columns: int) -> None:
    assert width(text) == columns


def test_a_tab_goes_to_the_next_stop(tmp_path: Path) -> None:
    assert shown("\tab\tX\t", (1, 5), tmp_path).lines[0][1] == "    ab  X   "


def test_a_long_line_is_shown_on_both_sides_of_its_term(tmp_path: Path) -> None:
    for line in ("x" * 500 + " X " + "y" * 500, "x" * 500 + " X", "X " + "y" * 500):
        excerpt = shown(line, (1, line.index("X") + 1), tmp_path)
        text = excerpt.lines[0][1]
        assert WIDTH - 4 <= len(text) <= WIDTH
        assert marked(excerpt) == "X"
        assert text.startswith("…") == (line[0] == "x")
        assert text.endswith("…") == (line[-1] == "y")


@pytest.mark.parametrize(
    ("end", "underlined"),
    [
        ((1, 12), "ex:p 1"),
        ((1, 999), "ex:p 1 ; "),
        ((3, 2), "ex:p 1 ;"),
        ((1, 6), "ex:p"),
        ((1, 2), "ex:p"),
        (None, "ex:p"),
    ],
)
def test_an_end_that_is_known_is_that_of_the_underline(
    end: tuple[int, int] | None, underlined: str, tmp_path: Path
) -> None:
    (tmp_path / "x.ttl").write_text("ex:a ex:p 1 ; \n  ex:q 2 .", "utf-8")
    place = Place(tmp_path / "x.ttl", 1, 6)

    assert marked(excerpts([place], {place: end} if end else {})[place]) == underlined


@dataclass(frozen=True)
class Ended(Finding):
    """A finding that tells where its place ends."""

    end: tuple[int, int] | None = None


def test_the_end_of_a_finding_is_told(file: Path) -> None:
    one = Ended("COOP1", "error", {"en": "no"}, Place(file, 3, 1), end=(3, 7))

    assert "  | ^^^^^^\n" in written("human", [one], file)
    region = {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 7}
    result = sarif_run([one], file)["results"][0]
    assert result["locations"][0]["physicalLocation"]["region"] == region
    told = json.loads(written("json", [one], file))["findings"][0]
    assert (told["endLine"], told["endColumn"]) == (3, 7)


def test_three_lines_are_shown_or_those_that_there_are(tmp_path: Path) -> None:
    assert [n for n, _ in shown("a\nb\nc\nd\n", (2, 1), tmp_path).lines] == [1, 2, 3]
    assert [n for n, _ in shown("a\nb\n", (1, 1), tmp_path).lines] == [1, 2]
    assert [n for n, _ in shown("a\nb\n", (2, 1), tmp_path).lines] == [1, 2]
    assert [n for n, _ in shown("a\r\nb\rc\u2028d\x0be\nf", (3, 1), tmp_path).lines] == [2, 3, 4]


def test_a_line_without_a_column_is_marked_as_a_whole(file: Path) -> None:
    lines = written("human", [stale(Place(file, 4))], file).splitlines()

    assert '4 >     ex:signed "2020-13-45"^^xsd:date ; # no such day' in lines
    assert not any("^^^" in line for line in lines)


@pytest.mark.parametrize("place", [(99, 1), (0, 0), (4, 999), (4, 0), (None, None)])
def test_a_place_that_is_not_in_its_file_does_no_harm(
    place: tuple[int | None, int | None], file: Path
) -> None:
    assert "COOP563 error: The file is stale." in written(
        "human", [stale(Place(file, *place))], file
    )


def test_a_file_that_cannot_be_read_has_no_lines(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("gone.ttl", ".", "pipe", "\0", "x" * 300):
        assert excerpts([Place(tmp_path / name, 1, 1)]) == {}


def test_bytes_that_are_not_utf_8_are_replaced(tmp_path: Path) -> None:
    excerpt = shown(b"caf\xe9 X\n", (1, 6), tmp_path)

    assert excerpt.lines == ((1, "caf\ufffd X"),)
    assert marked(excerpt) == "X"


def test_a_byte_order_mark_is_no_column(tmp_path: Path) -> None:
    assert marked(shown(b"\xef\xbb\xbfX Y", (1, 1), tmp_path)) == "X"


def test_human_has_colour_only_when_asked(file: Path) -> None:
    plain, coloured = (written("human", mixed(file), file, colour=c) for c in (False, True))

    assert "\x1b" not in plain
    assert "\x1b[1;31mCOOP201 error\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_a_message_stays_on_its_line(file: Path) -> None:
    one = finding(message={"en": "one\n  --> fake.ttl:1:1\r\n\u2028two\t three"})

    for name in ("human", "concise"):
        assert "one --> fake.ttl:1:1 two three" in written(name, [one], file)
    assert len(written("concise", [one], file).splitlines()) == 1


def test_a_blank_node_is_called_one(file: Path) -> None:
    text = written("human", mixed(file)[-1:], file, language="fr")

    assert "  = valeur\u00a0: _:b2 (nœud anonyme)\n" in text
    assert "  = nœud visé\u00a0: _:b1 (nœud anonyme)\n" in text


def test_a_code_that_shapes_without_one_share_is_not_explained(file: Path) -> None:
    text = written("human", [finding(code="COOP000")], file)

    assert "explains" not in text
    assert "= help: write a literal" in text


def test_every_constraint_component_has_a_remedy_in_both_languages() -> None:
    components = {
        str(term).removeprefix(SH)
        for term in dir(rdflib.SH)
        if re.search(r"#[A-Z]\w+ConstraintComponent$", term)
    }
    # The results of a property shape are its own; JavaScript and expressions are not SHACL's.
    foreign = {"JSConstraintComponent", "ExpressionConstraintComponent"}

    assert components - foreign - {"PropertyConstraintComponent"} == words.REMEDIES.keys()
    assert all(len(set(pair)) == 2 and all(pair) for pair in words.REMEDIES.values())


@pytest.mark.parametrize(
    ("component", "asked"),
    [
        ("DatatypeConstraintComponent", "(sh:datatype xsd:date)"),
        ("InConstraintComponent", "(sh:in ( 1 2 3 4 5 6 … ))"),
        ("PatternConstraintComponent", ""),
        ("NoSuchComponent", ""),
    ],
)
def test_a_remedy_tells_what_the_shape_asks_for(component: str, asked: str) -> None:
    remedy = report().remedy(finding(component=NamedNode(SH + component)))

    assert remedy.endswith(asked)
    assert ("(" in remedy) == bool(asked)


def test_a_list_that_bites_its_tail_is_no_endless_help() -> None:
    first, rest = NamedNode(RDF + "first"), NamedNode(RDF + "rest")
    ring = BlankNode("ring")
    shapes = [
        Triple(named("signed-shape"), NamedNode(SH + "in"), ring),
        Triple(ring, first, Literal("x")),
        Triple(ring, rest, ring),
    ]
    one = finding(component=NamedNode(SH + "InConstraintComponent"))

    assert report(shapes=shapes).remedy(one).endswith('(sh:in ( "x" ))')


@pytest.mark.parametrize("language", LANGUAGES)
def test_concise_is_the_text_of_each_finding(language: str, file: Path) -> None:
    one = finding(Place(file, 4, 15))
    relative = replace(one, place=Place(Path("data/a.ttl"), 4, 15))

    assert written("concise", [one], file, language=language) == relative.text(language) + "\n"


def test_the_columns_of_the_table_are_aligned(file: Path) -> None:
    findings = [*mixed(file), finding(code="北京", subject="e\u0301")]

    head, rule, *rows, tally = written("table", findings, file).splitlines()

    starts = [m.start() for m in re.finditer("─+", rule)]
    assert len(starts) == 5
    assert [head[at:].split("  ")[0] for at in starts] == [
        "place", "severity", "code", "message", "focus node",
    ]  # fmt: skip
    assert len(rows) == len(findings)
    severities = {"error", "warning", "info"}
    messages = {"This is no date.", "The file is stale."}
    for row in rows:
        cells = [_from_column(row, at).split("  ")[0].strip() for at in starts]
        assert cells[1] in severities
        assert cells[3] in messages
    assert tally == "7 findings: 3 errors, 2 warnings, 2 infos."


def _from_column(text: str, column: int) -> str:
    return next((text[i:] for i in range(len(text)) if width(text[:i]) >= column), "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_markdown_is_grouped_by_file(language: str, file: Path) -> None:
    text = written("markdown", mixed(file), file, language=language)

    assert re.findall("^#+ (.*)", text, re.MULTILINE) == [
        {"en": "Coopera · 6 findings: 2 errors, 2 warnings, 2 infos.",
         "fr": "Coopera · 6 constats\u00a0: 2 erreurs, 2 avertissements, 2 indications."}[language],
        "`data/a.ttl`",
        "`data/gone.csv`",
        {"en": "No file", "fr": "Sans fichier"}[language],
    ]  # fmt: skip
    assert len(re.findall("^- ", text, re.MULTILINE)) == 6


def test_markdown_marks_nothing_up_that_data_say(file: Path) -> None:
    text = written(
        "markdown", [finding(message={"en": HOSTILE["markdown"] + " <script> &lt;"})], file
    )
    line = next(one for one in text.splitlines() if one.startswith("- "))

    assert line == (
        "- **error COOP201**: "
        r"\`a\` \`\`b\`\` \[l\]\(http://e/\) \*\*b\*\* @&#8203;someone #&#8203;12 \| \<b\> "
        r"\~\~x\~\~ \$y\$ \<script\> \&lt;"
    )


def test_markdown_code_is_closed_by_as_many_backticks_as_open_it(file: Path) -> None:
    text = written("markdown", [finding(value="`a ``b`` @someone", path="")], file)

    assert "value ``` `a ``b`` @someone ```\n" in text


def test_markdown_fits_into_a_comment(file: Path) -> None:
    findings = [finding(Place(file, n, 1)) for n in range(1, 3001)]

    text = written("markdown", findings, file)

    told = len(re.findall("^- ", text, re.MULTILINE))
    assert COMMENT * 0.9 < len(text) < 65_536
    assert f"Not shown: {3000 - told:,} findings.\n" in text


class Page(HTMLParser):
    """Gathers the elements, attributes and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:  # noqa: D102
        self.texts.append(data)


@pytest.mark.parametrize("kind", HOSTILE)
def test_html_runs_nothing_and_fetches_nothing(kind: str, file: Path) -> None:
    file.write_text(HOSTILE[kind] + "\n" + TURTLE, "utf-8", newline="")
    findings = [*mixed(file), hostile(file, HOSTILE[kind]), finding(Place(file, 1, 1))]

    page = Page(written("html", findings, file))

    assert set(page.tags) <= {
        "html", "head", "meta", "title", "link", "style", "body", "header", "main", "section",
        "article", "h1", "h2", "h3", "p", "div", "span", "pre", "mark", "dl", "dt", "dd", "code",
        "details", "summary", "table", "tr", "th", "td", "footer",
    }  # fmt: skip
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert [v for n, v in page.attributes if n in ("src", "href", "action", "data")] == ["data:,"]
    style = page.texts[page.texts.index(next(t for t in page.texts if ":root" in t))]
    assert not re.search(r"url\(|@import|https?:", style)


def test_html_shows_what_data_say_as_it_is(file: Path) -> None:
    page = Page(written("html", [hostile(file, HOSTILE["script"])], file))

    assert any(HOSTILE["script"] in text for text in page.texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_tells_its_language_and_marks_the_term(language: str, file: Path) -> None:
    text = written("html", mixed(file), file, language=language)

    assert f'<html lang="{language}">' in text
    assert "<mark>&#34;2020-13-45&#34;^^xsd:date</mark>" in text
    assert '<span class="badge">' in text
    assert {"en": "1 shape reaches no node", "fr": "1 forme n&#39;atteint aucun nœud"}[
        language
    ] in text


# machines


def test_json_tells_everything(file: Path) -> None:
    document = json.loads(written("json", mixed(file), file, language="fr"))

    assert document["language"] == "fr"
    assert document["summary"] == {
        "severities": {"error": 2, "warning": 2, "info": 2},
        "counts": {"files": 2, "triples": 12345, "shapes": 3, "focus nodes": 1},
        "reached": {EX + "Agreement-shape": 1, EX + "Idle-shape": 0},
        "seconds": 0.62,
        "notes": [{"en": "pySHACL evaluated ex:x.", "fr": "pySHACL a évalué ex:x."}],
    }
    by_code = {f["code"]: f for f in document["findings"]}
    found = next(f for f in document["findings"] if f["line"] == 4)
    assert len(found.pop("fingerprint")) == 32
    assert found == {
        "code": "COOP201",
        "severity": "error",
        "message": {"en": "This is no date.", "fr": "Ce n'est pas une date."},
        "file": "data/a.ttl",
        "line": 4,
        "column": 15,
        "endLine": None,
        "endColumn": None,
        "subject": "ex:a",
        "focusNode": f"<{EX}a>",
        "path": f"<{EX}signed>",
        "value": f'"2020-13-45"^^<{XSD}date>',
        "component": SH + "DatatypeConstraintComponent",
        "shape": EX + "signed-shape",
        "shapeFile": "data/shapes.ttl",
        "shapeLine": 7,
    }
    assert by_code["COOP202"]["path"] == "ex:joins/(ex:by|^ex:of)"
    assert by_code["COOP202"]["value"] is None
    assert by_code["COOP563"]["focusNode"] is by_code["COOP563"]["column"] is None
    assert document["findings"][-1]["focusNode"].startswith("_:b")


@pytest.mark.parametrize("kind", HOSTILE)
def test_json_terms_are_n_triples(kind: str, file: Path) -> None:
    document = json.loads(written("json", [hostile(file, HOSTILE[kind])], file))
    found = document["findings"][0]

    quads = list(parse(input=f"<x:s> <x:p> {found['value']} .", format=RdfFormat.N_TRIPLES))
    assert quads[0].object == Literal(HOSTILE[kind])
    assert found["message"]["en"] == HOSTILE[kind]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "\r=1", "＝1"])
def test_csv_is_no_formula_to_a_spreadsheet(start: str, file: Path) -> None:
    one = finding(message={"en": start}, subject=start, path=start, value=start, shape=start)

    rows = list(csv.reader(io.StringIO(written("csv", [one], file), newline="")))

    assert len(rows) == 2
    assert not [cell for cell in rows[1] if re.match("[=+@\t\r\n＝＋－＠-]", cell)]


def test_csv_has_one_row_a_finding(file: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(written("csv", mixed(file), file), newline="")))

    assert len(rows) == 6
    row = next(r for r in rows if r["line"] == "4")
    assert row["message"] == "This is no date."
    assert row["value"] == '"2020-13-45"^^xsd:date'
    assert row["file"] == "data/a.ttl"


def sarif_run(findings: Sequence[Finding], path: Path, **changes: Any) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(written("sarif", findings, path, **changes))["runs"][0]
    return run


SCHEMA = os.environ.get("COOPERA_SARIF_SCHEMA")


@pytest.mark.skipif(not SCHEMA, reason="COOPERA_SARIF_SCHEMA names no copy of the SARIF schema")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*HOSTILE, "mixed", "none"])
def test_sarif_conforms_to_its_schema(kind: str, language: str, file: Path) -> None:
    findings = {"mixed": mixed(file), "none": []}.get(kind) or [
        hostile(file, HOSTILE.get(kind, ""))
    ]
    schema = json.loads(Path(SCHEMA or "").read_text("utf-8"))

    document = json.loads(written("sarif", findings, file, language=language))

    validator = jsonschema.Draft4Validator(schema)
    assert [f"{e.json_path}: {e.message}" for e in validator.iter_errors(document)] == []
    document["runs"][0]["results"].append({"level": "fatal"})
    assert list(validator.iter_errors(document))


def test_sarif_points_at_its_rules_and_files(file: Path) -> None:
    run = sarif_run(mixed(file), file)
    rules = run["tool"]["driver"]["rules"]

    assert len(run["results"]) == 6
    assert len({result["partialFingerprints"]["coopera/v1"] for result in run["results"]}) == 6
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        # GitHub refuses a file of which one result has no place.
        location = result["locations"][0]["physicalLocation"]["artifactLocation"]
        indexed = run["artifacts"][location.pop("index")]["location"]
        assert indexed == location
        assert location["uriBaseId"] == "%SRCROOT%"
    uris = [artifact["location"]["uri"] for artifact in run["artifacts"]]
    assert uris == ["coopera.toml", "data/a.ttl", "data/gone.csv"]
    assert {result["level"] for result in run["results"]} == {"error", "warning", "note"}
    assert run["columnKind"] == "unicodeCodePoints"
    first = next(r for r in run["results"] if "relatedLocations" in r)
    assert first["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 4,
        "startColumn": 15,
    }
    assert first["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == (
        "data/shapes.ttl"
    )


@pytest.mark.parametrize(
    ("language", "name", "message"),
    [("fr", "Signature", "Une vraie date."), ("en", "Signing", "A real date.")],
)
def test_a_sarif_rule_is_told_by_its_shape(
    language: str, name: str, message: str, file: Path
) -> None:
    rule = sarif_run([finding()], file, language=language)["tool"]["driver"]["rules"][0]

    assert rule["shortDescription"]["text"] == name
    assert rule["fullDescription"]["text"] == message
    assert "coopera rule COOP201" in rule["help"]["text"]
    assert rule["defaultConfiguration"] == {"level": "error"}


def test_a_sarif_rule_without_a_shape_is_told_by_its_finding(file: Path) -> None:
    rule = sarif_run([stale()], file)["tool"]["driver"]["rules"][0]

    assert rule["shortDescription"]["text"] == "The file is stale."


def test_sarif_uris_are_percent_encoded(tmp_path: Path) -> None:
    names = ["a b.ttl", "é%#?.ttl", "c:d.ttl", "\udcff.ttl"]
    outside = Path("/elsewhere/a b.ttl")
    findings = [stale(Place(tmp_path / name)) for name in names] + [stale(Place(outside))]
    run = json.loads(REPORTS["sarif"](report(findings, tmp_path)))["runs"][0]

    locations = [artifact["location"] for artifact in run["artifacts"]]
    assert {loc["uri"] for loc in locations} == {
        "a%20b.ttl", "%C3%A9%25%23%3F.ttl", "c%3Ad.ttl", "%FF.ttl", "file:///elsewhere/a%20b.ttl",
    }  # fmt: skip
    assert [loc["uri"] for loc in locations if "uriBaseId" not in loc] == [
        "file:///elsewhere/a%20b.ttl"
    ]


def test_sarif_messages_have_no_placeholders_and_no_links(file: Path) -> None:
    result = sarif_run([finding(message={"en": HOSTILE["braces"]}, path="", subject="")], file)
    text = result["results"][0]["message"]["text"]

    assert text == "{{0}} {{{{1}}}} {{% x %}} [a] (1)"


def test_a_fingerprint_in_sarif_outlives_a_move(file: Path) -> None:
    here, there = (
        sarif_run([finding(Place(file, line, 1))], file)["results"][0]["partialFingerprints"]
        for line in (4, 40)
    )

    assert here == there


def command(line: str) -> tuple[str, dict[str, str], str]:
    """Read a workflow command as GitHub's runner does."""
    match = re.fullmatch("::([a-z]+) ([^:]*)::(.*)", line)
    assert match, line
    pairs = dict(pair.split("=", 1) for pair in match[2].split(","))
    decoded = {
        name: value.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":")
        .replace("%2C", ",").replace("%25", "%")
        for name, value in pairs.items()
    }  # fmt: skip
    message = match[3].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    return match[1], decoded, message


@pytest.mark.parametrize("kind", HOSTILE)
def test_github_commands_are_read_back(kind: str, file: Path) -> None:
    one = replace(hostile(file, HOSTILE[kind]), code="A:1,b=%0A")

    *lines, end = written("github", [one], file).split("\n")

    assert (len(lines), end) == (1, "")
    level, properties, message = command(lines[0])
    assert level == "error"
    assert properties["title"] == "A:1,b=%0A"
    assert (properties["line"], properties["col"]) == ("1", "1")
    assert set(properties) == {"title", "file", "line", "col"}
    if kind == "commands":
        assert message.startswith(HOSTILE[kind])


def test_github_annotates_by_severity_and_copes_without_a_place(file: Path) -> None:
    told = [command(line) for line in written("github", mixed(file), file).splitlines()]

    assert [level for level, _, _ in told] == [
        "warning", "warning", "error", "error", "notice", "notice",
    ]  # fmt: skip
    assert told[0][1] == {"title": "COOP801", "file": "data/a.ttl"}
    assert told[-1][1].keys() == {"title"}
    assert told[2][2] == "This is no date. [ex:signed] (ex:a)"


def test_gitlab_has_what_its_format_asks_for(file: Path) -> None:
    twice = [*mixed(file), finding(Place(file, 4, 15)), finding(Place(file, 9, 1))]

    document = json.loads(written("gitlab", twice, file))

    assert len({entry["fingerprint"] for entry in document}) == len(document) == 8
    for entry in document:
        assert entry.keys() == {
            "description", "check_name", "fingerprint", "severity", "location",
        }  # fmt: skip
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert not entry["location"]["path"].startswith(("/", "./"))
        assert entry["location"]["lines"]["begin"] >= 1
    assert document[0]["location"] == {"path": "data/a.ttl", "lines": {"begin": 1}}


def suites(text: str) -> junitparser.JUnitXml:
    return junitparser.JUnitXml.fromstring(text.encode())


def cases(text: str) -> Iterator[Any]:
    for suite in suites(text):
        yield from suite


def test_junit_counts_what_it_holds(file: Path) -> None:
    text = written("junit", mixed(file), file)
    read = suites(text)

    assert (read.tests, read.failures, read.errors, read.skipped) == (7, 2, 0, 1)
    counted = suites(text)
    counted.update_statistics()  # type: ignore[no-untyped-call]
    assert (counted.tests, counted.failures, counted.skipped) == (7, 2, 1)
    for suite in read:
        assert suite.tests == len(list(suite))
    assert read.time == pytest.approx(0.62)
    assert [suite.name for suite in read] == ["data/a.ttl", "data/gone.csv", "project", "shapes"]


@pytest.mark.parametrize(
    ("fail_on", "failures"), [("never", 0), ("error", 2), ("warning", 4), ("info", 6)]
)
def test_junit_fails_what_fails_the_run(fail_on: str, failures: int, file: Path) -> None:
    text = written("junit", mixed(file), file, fail_on=fail_on)

    assert suites(text).failures == failures
    told = [case for case in cases(text) if case.system_out]
    assert len(told) == 6 - failures


def test_junit_has_no_two_cases_of_one_name(file: Path) -> None:
    """GitLab leaves out a second case with the name of the first."""
    findings = [finding(Place(file, n, 1)) for n in (1, 2, 3)]

    names = [(case.classname, case.name) for case in cases(written("junit", findings, file))]

    assert len(names) == len(set(names)) == 4


@pytest.mark.parametrize("kind", HOSTILE)
def test_junit_is_well_formed_whatever_data_say(kind: str, file: Path) -> None:
    text = written("junit", [hostile(file, HOSTILE[kind])], file)

    case = ET.fromstring(text.encode()).find(".//testcase")  # noqa: S314 - our own text
    assert case is not None
    assert case.find("failure") is not None


def test_a_shape_without_findings_passes_in_junit(file: Path) -> None:
    clean = {case.name: case for case in cases(written("junit", [], file))}

    assert clean["ex:Agreement-shape"].is_passed
    assert clean["ex:Idle-shape"].is_skipped


def test_a_shape_whose_property_shape_has_findings_does_not_pass_in_junit(file: Path) -> None:
    reached = {EX + "Agreement-shape": 1, EX + "Other-shape": 1}
    text = written("junit", [finding(Place(file, 4, 15))], file, summary=Summary({}, reached))

    assert [case.name for case in cases(text) if case.classname == "shapes"] == ["ex:Other-shape"]


def test_shapes_without_a_prefix_are_told_in_full(file: Path) -> None:
    reached = {"http://elsewhere.example/A": 2, "http://elsewhere.example/B": 1}

    text = written("human", [], file, summary=Summary({}, reached))

    assert "shape: http://elsewhere.example/A\u00a02, http://elsewhere.example/B\u00a01." in text


@pytest.mark.parametrize("name", ["human", "json", "junit", "html"])
def test_anonymous_shapes_are_numbered(name: str, file: Path) -> None:
    first, second = (
        written(name, [], file, summary=Summary({}, dict(zip(labels, (3, 2), strict=True))))
        for labels in (("_:x", "_:y"), ("_:y", "_:x"))
    )

    assert first == second
    assert "_:s1" in first
    assert "_:s2" in first


def test_an_anonymous_shape_with_a_finding_does_not_pass_in_junit(file: Path) -> None:
    one = finding(source_shape=BlankNode("x"))
    text = written("junit", [one], file, summary=Summary({}, {"_:x": 3, EX + "Other-shape": 2}))

    assert [case.name for case in cases(text) if case.classname == "shapes"] == ["ex:Other-shape"]


def test_no_shape_passes_in_junit_where_a_finding_could_be_anyones(file: Path) -> None:
    text = written("junit", [finding(Place(file, 4, 15))], file, shapes=())

    assert "ex:Agreement-shape" not in [case.name for case in cases(text)]


def test_junit_is_never_without_a_case(file: Path) -> None:
    """Jenkins takes a report without one for a failure."""
    text = written("junit", [], file, summary=Summary({}))

    assert [case.name for case in cases(text)] == ["run"]


# graphs


def graph(text: str, form: str = "turtle") -> rdflib.Graph:
    return rdflib.Graph().parse(data=text, format={"turtle": "turtle", "jsonld": "json-ld"}[form])


def sh(name: str) -> rdflib.URIRef:
    return rdflib.URIRef(SH + name)


@pytest.mark.parametrize("name", ["turtle", "jsonld"])
def test_the_graph_is_a_validation_report(name: str, file: Path) -> None:
    read = graph(written(name, mixed(file), file), name)

    assert len(list(read.subjects(rdflib.RDF.type, sh("ValidationReport")))) == 1
    node = next(read.subjects(rdflib.RDF.type, sh("ValidationReport")))
    assert read.value(node, sh("conforms")) == rdflib.Literal(False)
    results = list(read.objects(node, sh("result")))
    assert len(results) == 3
    first = next(r for r in results if read.value(r, sh("resultPath")) == rdflib.URIRef(EX + "signed")
                 and isinstance(read.value(r, sh("focusNode")), rdflib.URIRef))  # fmt: skip
    assert {(str(p).removeprefix(SH), o) for p, o in read.predicate_objects(first)} == {
        (str(rdflib.RDF.type), sh("ValidationResult")),
        ("focusNode", rdflib.URIRef(EX + "a")),
        ("resultPath", rdflib.URIRef(EX + "signed")),
        ("value", rdflib.Literal("2020-13-45", datatype=rdflib.XSD.date)),
        ("sourceShape", rdflib.URIRef(EX + "signed-shape")),
        ("sourceConstraintComponent", sh("DatatypeConstraintComponent")),
        ("resultSeverity", sh("Violation")),
        ("resultMessage", rdflib.Literal("This is no date.", lang="en")),
        ("resultMessage", rdflib.Literal("Ce n'est pas une date.", lang="fr")),
    }
    left_out = {str(c) for c in read.objects(node, rdflib.RDFS.comment)}
    assert left_out == {
        "Left out, for want of a validation result: 3 findings.",
        "Non repris, faute de résultat de validation\u00a0: 3 constats.",
    }


@pytest.mark.parametrize("kind", HOSTILE)
def test_both_graphs_are_the_same(kind: str, file: Path) -> None:
    findings = [*mixed(file), hostile(file, HOSTILE[kind])]
    texts = {name: written(name, findings, file) for name in ("turtle", "jsonld")}

    assert isomorphic(*(graph(text, name) for name, text in texts.items()))
    assert rdflib.Literal(HOSTILE[kind], lang="fr") in set(graph(texts["turtle"]).objects())


def test_a_report_without_results_conforms(file: Path) -> None:
    read = graph(written("turtle", [], file))

    assert len(read) == 2
    assert rdflib.Literal(True) in set(read.objects(None, sh("conforms")))


def test_a_complex_path_comes_with_its_triples(file: Path) -> None:
    read = graph(written("turtle", mixed(file), file))
    path = next(o for o in read.objects(None, sh("resultPath")) if isinstance(o, rdflib.BNode))

    joins, other = read.items(path)
    assert joins == rdflib.URIRef(EX + "joins")
    either = read.value(other, sh("alternativePath"))
    assert either
    by, of = read.items(either)
    assert by == rdflib.URIRef(EX + "by")
    assert read.value(of, sh("inversePath")) == rdflib.URIRef(EX + "of")


def test_a_path_under_a_foreign_label_is_that_of_its_shape(file: Path) -> None:
    one = replace(mixed(file)[1])
    assert one.result
    copied = replace(one, result=replace(one.result, result_path=BlankNode("copy")))

    assert isomorphic(*(graph(written("turtle", [f], file)) for f in (one, copied)))


def test_a_path_that_bites_its_tail_ends(file: Path) -> None:
    ring, rest = BlankNode("ring"), NamedNode(RDF + "rest")
    one = finding(result_path=ring)

    read = graph(written("turtle", [one], file, shapes=[Triple(ring, rest, ring)]))

    assert len(list(read.triples((None, rdflib.RDF.rest, None)))) == 1


DATA = """@prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:a a ex:Agreement ; ex:signed 3 , 9 ; ex:joins ex:j ; ex:note "n"@en , "m"@en .
ex:j ex:by ex:k .
ex:b a ex:Agreement ; ex:joins ex:i .
ex:c ex:of ex:i .
"""
# pySHACL 0.40 copies the path of an anonymous shape apart from the result's: none has a complex one.
MORE_SHAPES = (
    SHAPES.replace("sh:in (", "sh:maxCount 1 ; sh:in (")
    + """
ex:Agreement-shape sh:property ex:of-shape ,
        [ sh:path ex:note ; sh:uniqueLang true ; sh:minCount 1 ; sh:severity sh:Warning ] ;
    sh:sparql [ sh:message "note {?value}"@en ;
        sh:select "SELECT $this ?value { $this <http://example.org/note> ?value }" ] .
ex:of-shape sh:path [ sh:inversePath ex:of ] ; sh:minCount 1 ; sh:severity sh:Info .
"""
)


def test_the_graph_is_that_of_pyshacl_but_for_messages(file: Path) -> None:
    import pyshacl

    from coopera import validation

    shapes = triples(MORE_SHAPES)
    found = validation.validate(triples(DATA), shapes, validator="compiled")
    findings = [
        Finding(r.code, r.severity, r.message, path=str(r.result_path), result=r)
        for r in found.results
    ]
    ours = graph(written("turtle", findings, file, shapes=shapes))
    _conforms, theirs, _text = pyshacl.validate(
        graph(DATA), shacl_graph=graph(MORE_SHAPES), inference="none"
    )
    assert isinstance(theirs, rdflib.Graph)
    for one in (ours, theirs):
        one.remove((None, sh("resultMessage"), None))

    assert len(findings) > 10
    assert isomorphic(ours, theirs)


# the summary


@pytest.mark.parametrize(
    ("number", "language", "told"),
    [
        (0, "en", "0 files"),
        (1, "en", "1 file"),
        (2, "en", "2 files"),
        (0, "fr", "0 fichier"),
        (1, "fr", "1 fichier"),
        (2, "fr", "2 fichiers"),
        (1234567, "en", "1,234,567 files"),
        (1234567, "fr", "1\u202f234\u202f567 fichiers"),
    ],
)
def test_numbers_agree_with_their_nouns(number: int, language: str, told: str) -> None:
    assert words.counted(number, "files", language) == told


def test_what_the_words_do_not_know_is_counted_as_it_is() -> None:
    assert words.counted(3, "quads", "fr") == "3 quads"


@pytest.mark.parametrize(
    ("language", "start", "end"),
    [
        ("en", "Focus nodes by shape (ex:): Shape-079\u00a079, Shape-078\u00a078",
         "Shape-075\u00a075, 74 more (--statistics); 1 shape reaches no node."),
        ("fr", "Nœuds visés par forme (ex:)\u00a0: Shape-079\u00a079, Shape-078\u00a078",
         "Shape-075\u00a075, 74 autres (--statistics)\u00a0; 1 forme n'atteint aucun nœud."),
    ],
)  # fmt: skip
def test_of_many_shapes_the_first_are_told(file: Path, language: str, start: str, end: str) -> None:
    reached = {f"{EX}Shape-{n:03}": n for n in range(80)}

    summary = Summary({"shapes": 80}, reached, 1.0)
    text = written("human", [], file, summary=summary, language=language)

    lines = text.splitlines()[2:]
    assert len(lines) == 2
    told = " ".join(line.lstrip(" ") for line in lines)
    assert told.startswith(start)
    assert told.endswith(end)


def test_the_focus_nodes_of_all_shapes_are_told_where_they_are_asked_for(file: Path) -> None:
    reached = {f"{EX}Shape-{n:03}": n for n in range(80)}

    text = people.focus_nodes(report([], file, summary=Summary({"shapes": 80}, reached, 1.0)))

    assert all(len(line) <= 100 for line in text.splitlines())
    assert text.startswith("Focus nodes by shape (ex:): Shape-079\u00a079, Shape-078\u00a078")
    assert text.endswith("Shape-001\u00a01; 1 shape reaches no node.\n")

"""Rules: every code has its explanation, and its examples prove what it says."""

import ast
import importlib.util
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import HEAD, ROOT, SMALL, Make

from coopera import checks, evidence, graphs, project, rules, verification
from coopera.cli.rule import rule as command
from coopera.errors import CooperaError, DataError
from coopera.findings import Finding
from coopera.rules import Rule, own, texts
from coopera.site import strict
from coopera.terms import DCTERMS, LANGUAGES

PROJECT = project.find(ROOT)
EVERY = rules.every(PROJECT)
OWN = own.rules()
IDENTIFIER = f"{DCTERMS}identifier"


def code(rule: Rule) -> str:
    return rule.code


@pytest.fixture(scope="module")
def explained() -> list[Rule]:
    """Explain every code of the project: about 15 s."""
    return rules.explain(PROJECT, [rule.code for rule in EVERY])


# Nothing is left out


def test_the_reason_of_a_rule_is_not_buried_under_the_meanings_of_many_terms() -> None:
    longest = max(EVERY, key=lambda rule: len(rule.why["fr"]))

    assert len(longest.why["fr"]) < 900, longest.code


def reported() -> set[str]:
    """Find the codes in the texts of the sources, those of docstrings left out."""
    found: set[str] = set()
    for path in sorted((ROOT / "src").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in documentation:
                found |= set(re.findall(r"COOP\d{3}", str(node.value)))
    return found


def test_every_code_that_the_tool_reports_is_explained_and_no_other() -> None:
    assert {rule.code for rule in OWN} == reported()


def test_every_code_of_a_shape_or_of_a_rule_is_explained_once() -> None:
    shapes = [
        t.object.value  # type: ignore[union-attr]
        for t in graphs.read_all(PROJECT.shape_files)
        if t.predicate.value == IDENTIFIER
    ]
    asked = [rule.code for rule in verification.rules(PROJECT).values()]

    assert sorted([*shapes, *asked, *(rule.code for rule in OWN)]) == [r.code for r in EVERY]
    assert len(set(map(code, EVERY))) == len(EVERY)


def test_each_explanation_is_whole_in_both_languages() -> None:
    for rule in EVERY:
        texts = [rule.name, rule.demand, rule.why, rule.message, rule.remedy]
        texts += [rule.target] if rule.target is not None else []
        for text in texts:
            assert set(text) == set(LANGUAGES), rule.code
            assert all(text.values()), rule.code
        assert rule.why["fr"] != rule.why["en"], rule.code
        assert (rule.kind == "shape") == bool(rule.target), rule.code


def test_a_remedy_begins_with_a_word_and_not_with_a_term_or_a_figure() -> None:
    for rule in EVERY:
        if rule.remedy != rule.message:
            for text in rule.remedy.values():
                assert re.match(r"[A-ZÀ-Ý][a-zà-ÿ'-]*[ ,.]", text), (rule.code, text)


def test_each_shape_and_query_is_explained_with_a_good_example_and_a_bad_one(
    explained: list[Rule],
) -> None:
    assert [r.code for r in explained if not (r.good and r.bad)] == []
    for found in explained:
        for example in (*found.good, *found.bad):
            assert found.kind == "tool" or (ROOT / example.file).read_text("utf-8") == example.text


def test_each_bad_example_is_pointed_at_a_line_that_says_something(explained: list[Rule]) -> None:
    for found in explained:
        for example in found.bad:
            lines = example.text.splitlines()
            assert example.lines, found.code
            for number in example.lines:
                assert lines[number - 1].strip(), found.code
                assert not lines[number - 1].startswith(("@prefix", "# shape")), found.code


def test_each_bad_example_of_a_shape_is_a_case_that_violates_it(explained: list[Rule]) -> None:
    for found in explained:
        if found.kind == "shape":
            assert f"# shape: {found.source}\n" in found.bad[0].text
            assert Path(found.good[0].file).parent == Path(found.bad[0].file).parent
            assert Path(found.good[0].file).name.startswith("conforms-")


@pytest.mark.parametrize(
    ("rule", "file", "line"),
    [
        ("COOP242", "validity/violates-end-before-start.ttl", "schema:validThrough"),
        ("COOP624", "privacy/violates-mailbox-in-a-note.ttl", "@"),
        ("COOP210", "agreement/violates-blank-agreement.ttl", "a coop:Agreement"),
        ("COOP901", "in-force-after-its-end/violates-in-force-in-the-year-after.ttl", "mou-2024"),
    ],
)
def test_the_line_pointed_at_is_that_of_the_fault(
    rule: str, file: str, line: str, explained: list[Rule]
) -> None:
    bad = next(found.bad[0] for found in explained if found.code == rule)

    assert bad.file.endswith(file)
    assert line in bad.text.splitlines()[bad.lines[0] - 1]


@pytest.mark.parametrize(
    ("rule", "held"), [("COOP314", "coop:atSite"), ("COOP176", "schema:observationDate")]
)
def test_a_good_example_has_a_value_for_the_shape_to_look_at(
    rule: str, held: str, explained: list[Rule]
) -> None:
    assert held in next(found.good[0].text for found in explained if found.code == rule)


def test_a_shape_is_told_with_its_place_its_target_and_its_path_in_words(
    explained: list[Rule],
) -> None:
    found = next(one for one in explained if one.code == "COOP227")

    assert found.source == "coopsh:Agreement-enoughParties"
    assert found.place is not None
    text = (ROOT / found.place.path).read_text("utf-8").splitlines()
    assert text[(found.place.line or 0) - 1].startswith("coopsh:Agreement-enoughParties a ")
    assert found.target == {
        "en": "each instance of coop:Agreement (Agreement)",
        "fr": "chaque instance de coop:Agreement (Accord)",
    }
    assert found.path == "coop:hasParticipation"
    assert found.path_words == {"en": "has participation", "fr": "comporte la participation"}
    assert found.demand == {
        "en": "at least 2 values that meet coopsh:AsParty (at coop:inRole: at least 1 value; "
        "each value is one of: role:signatory, role:partner)",
        "fr": "au moins 2 valeurs qui remplissent la condition coopsh:AsParty (pour coop:inRole : au moins "
        "1 valeur ; chaque valeur fait partie de : role:signatory, role:partner)",
    }


def test_a_node_shape_is_not_told_with_its_property_shapes_that_have_codes() -> None:
    told = next(found.demand for found in EVERY if found.code == "COOP210")

    assert told == {"en": "the node is an IRI", "fr": "le nœud est une IRI"}


@pytest.mark.parametrize(
    ("code", "start"),
    [("COOP101", "Agreements link institutions"), ("COOP131", "Identifiers"), ("COOP190", "A property on")],
)  # fmt: skip
def test_a_shape_is_there_for_the_reason_of_the_longest_beginning_of_its_code(
    code: str, start: str
) -> None:
    assert own.why(code)["en"].startswith(start)
    assert own.why("OFFICE1") == {}


# The examples of the tool's own codes are proved


@pytest.fixture
def findings(make: Make, tmp_path: Path) -> Callable[[Rule, str], list[Finding]]:
    """Write an example into the small project, and check it."""

    def find(rule: Rule, side: str) -> list[Finding]:
        shown = {example.file: example.text for example in getattr(rule, side)}
        written = {
            name: HEAD + text if name.endswith(".ttl") else text
            for name, text in {**shown, **own.beside(rule.code, side)}.items()
        }
        if rule.code == "COOP962":  # it tells of a site, not of a project
            for name, text in written.items():
                (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / "site" / name).write_text(text, "utf-8")
            return strict.broken(tmp_path / "site")
        made = make({n: t for n, t in written.items() if Path(n).suffix != ".md"})
        for name, text in written.items():  # over what is generated
            (made.root / name).write_text(text, "utf-8")
        source = made.root / "source.txt"
        try:
            found = list(checks.run(made).findings)
        except DataError as error:  # shapes that are ill-formed are no finding: nothing is checked
            found_code, _, problem = error.problem.partition(" ")
            message = dict.fromkeys(LANGUAGES, problem)
            return [Finding(found_code, "error", message, error.place)]
        if rule.code == "COOP961":
            found += strict.untranslated(made, graphs.read_all(made.graph_files))
        if source.is_file():
            present = graphs.read_all(made.data_files)
            found += evidence.verify(made, source, present, evidence.assertions(made))[0]
        return found

    return find


@pytest.mark.parametrize("rule", OWN, ids=code)
def test_a_bad_example_gives_its_code_its_message_and_its_line_and_no_other(
    rule: Rule, findings: Callable[[Rule, str], list[Finding]]
) -> None:
    (found,) = findings(rule, "bad")

    assert (found.code, found.severity) == (rule.code, rule.severity)
    for language in LANGUAGES:
        fixed = re.split(r"\{[^}]*\}", rule.message[language])
        assert re.fullmatch(".+".join(map(re.escape, fixed)), found.message[language])
    (example,) = rule.bad
    place = found.place
    assert place is not None
    # Some faults are of a whole file, or show in another one.
    if place.line is not None and place.path.name == Path(example.file).name:
        head = HEAD.count("\n") if place.path.suffix == ".ttl" else 0
        assert (place.line - head,) == example.lines


@pytest.mark.parametrize("rule", OWN, ids=code)
def test_a_good_example_does_not_give_its_code(
    rule: Rule, findings: Callable[[Rule, str], list[Finding]]
) -> None:
    still = {"COOP203"} if rule.code == "COOP000" else set()  # the fault that has a code now

    assert {finding.code for finding in findings(rule, "good")} == still


# A project of one's own

SHAPES = "ontology/shapes/office.ttl"
OFFICE = (
    HEAD
    + """
<https://w3id.org/coopera/shapes#Paged> a sh:NodeShape ;
    dcterms:identifier "OFFICE1" ;
    sh:targetClass coop:Agreement ;
    sh:description "Readers look for it."@en , "Les lecteurs la cherchent."@fr ;
    sh:message "An agreement has a page: add foaf:page."@en , "Un accord a une page : ajoutez foaf:page."@fr ;
    sh:severity sh:Info ;
    sh:or ( [ sh:path foaf:page ; sh:minCount 1 ] [ sh:path [ sh:inversePath foaf:topic ] ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ) .
"""
)
SHAPE = "<https://w3id.org/coopera/shapes#Paged>"


def test_a_shape_of_ones_own_is_explained_and_has_examples_where_the_project_has_cases(
    make: Make,
) -> None:
    (bare,) = rules.explain(make({SHAPES: OFFICE}), ["office1"])

    assert bare.severity == "info"
    assert bare.name["fr"] == SHAPE
    assert bare.why == {"en": "Readers look for it.", "fr": "Les lecteurs la cherchent."}
    assert bare.remedy == {"en": "Add foaf:page.", "fr": "Ajoutez foaf:page."}
    assert bare.demand["en"] == (
        "the node meets one at least of (at foaf:page: at least 1 value), "
        "(at ^foaf:topic: at least 1 value; each value is an IRI)"
    )
    assert (bare.good, bare.bad) == ((), ())

    case = HEAD + "agreement:b a coop:Agreement .\n"
    (shown,) = rules.explain(
        make({
            SHAPES: OFFICE,
            "tests/shapes/office/violates-no-page.ttl": f"# shape: {SHAPE}\n{case}",
            "tests/shapes/office/conforms-page.ttl": case
            + "agreement:b foaf:page <http://example.org/b> .\n",
            "tests/shapes/office/conforms-alien.ttl": HEAD + "agreement:b a coop:A .\n",
        }),
        ["OFFICE1"],
    )  # fmt: skip

    assert [example.file for example in shown.good] == ["tests/shapes/office/conforms-page.ttl"]
    assert [example.lines for example in shown.bad] == [(HEAD.count("\n") + 2,)]


def test_a_code_is_told_of_each_shape_that_bears_it(make: Make) -> None:
    twin = OFFICE.replace("#Paged", "#PagedToo")

    found = rules.explain(make({SHAPES: OFFICE, "ontology/shapes/twin.ttl": twin}), ["OFFICE1"])

    assert len(found) == 2


def test_every_component_of_shacl_core_is_told_in_words(make: Make) -> None:
    shape = OFFICE.partition("    sh:or")[0] + """    sh:closed true ; sh:ignoredProperties ( skos:note ) ;
    sh:not [ sh:class coop:Agreement ] ; sh:xone ( [ sh:datatype xsd:date ] [ sh:hasValue 3 ] ) ;
    sh:and ( [ sh:minInclusive 2 ; sh:maxExclusive 5 ; sh:minExclusive 1 ; sh:maxInclusive 4 ] ) ;
    sh:minLength 1 ; sh:maxLength 20 ; sh:pattern "a" ; sh:flags "i" ; sh:languageIn ( "fr" "en" ) ;
    sh:in ( 3 "b"@en ) ; sh:equals foaf:page ; sh:disjoint foaf:logo ; sh:nodeKind sh:BlankNode ;
    sh:property [ sh:path ( foaf:page [ sh:zeroOrMorePath foaf:topic ] ) ; sh:uniqueLang true ;
        sh:minCount 1 ; sh:maxCount 1 ; sh:lessThan skos:note ; sh:lessThanOrEquals skos:note ;
        sh:qualifiedValueShape [ sh:class coop:Agreement ] ; sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 2 ] ;
    sh:property [ sh:path foaf:logo ; sh:maxCount 0 ] ;
    sh:node [ sh:property [ sh:maxCount 2 ; sh:path foaf:page ] ] .
"""  # fmt: skip
    (found,) = rules.explain(make({SHAPES: shape}), ["OFFICE1"])

    for told in (
        "the node does not meet (it is an instance of coop:Agreement)",
        "the node meets exactly one of (it has the datatype xsd:date), (one value is 3)",
        "the node meets all of (it > 1; it ≥ 2; it < 5; it ≤ 4)",
        "the node has at least 1 character",
        "the node has at most 20 characters",
        'the node fits the regular expression "a" (i)',
        'the node is tagged "fr", "en"',
        'the node is one of: 3, "b"@en',
        "the values are those of foaf:page",
        "no value is one of foaf:logo too",
        "the node is a blank node",
        "at foaf:page/(foaf:topic)*: exactly 1 value; ",
        "at most 1 value per language",
        "each value < each value of skos:note",
        "each value ≤ each value of skos:note",
        "at least 1 value that meets (it is an instance of coop:Agreement)",
        "at most 2 values that meet (it is an instance of coop:Agreement)",
        "at foaf:logo: no value",
        "no property but skos:note, foaf:logo",
    ):
        assert told in found.demand["en"]
    for told in (
        "le nœud ne remplit pas la condition (le terme est une instance de coop:Agreement)",
        "pour foaf:page/(foaf:topic)* : exactement 1 valeur ; ",
        "au moins 1 valeur qui remplit la condition (",
        "au plus 2 valeurs qui remplissent la condition (",
        "aucune autre propriété que skos:note, foaf:logo",
    ):
        assert told in found.demand["fr"]


# What a wheel carries


def test_the_wheel_carries_the_cases_that_explanations_show(explained: list[Rule]) -> None:
    specification = importlib.util.spec_from_file_location("hook", ROOT / "hatch_build.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    hook = module.GraphHook(str(ROOT), {}, None, None, "", "wheel")
    data: dict[str, dict[str, str]] = {"force_include": {}}

    hook.initialize("standard", data)

    kept = set(data["force_include"].values())
    shown = {Path(e.file).parents[1] for r in explained if r.kind != "tool" for e in r.bad}
    assert {f"coopera/project/{folder.as_posix()}" for folder in shown} <= kept


# The command


def run(*arguments: str, root: Path = ROOT) -> Result:
    return CliRunner().invoke(command, arguments, obj=root, catch_exceptions=False)


def test_without_a_code_all_are_listed_with_severity_and_name() -> None:
    done = run("--lang", "fr")

    assert done.exit_code == 0
    assert "COOP211  erreur         Deux parties\n" in done.stdout
    assert len(done.stdout.splitlines()) == len(EVERY)
    assert run("-f", "json").stdout.count('"code"') == len(EVERY)
    assert "| COOP211 | error | Two parties |\n" in run("-f", "markdown", "--lang", "en").stdout


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        ("en", ["Looks at", "Path", "Demands", "Why", "Says", "Remedy", "Good:", "Bad:"]),
        ("fr", ["Vise", "Chemin", "Exige", "Pourquoi", "Dit", "Remède", "Bon exemple :", "Mauvais"]),
    ],
)  # fmt: skip
def test_an_explanation_for_people_has_its_parts_in_order_and_points_at_the_line(
    language: str, headings: list[str]
) -> None:
    told = run("coop211", "--lang", language).stdout

    places = [told.index(f"\n  {heading}") for heading in headings]
    assert places == sorted(places)
    assert "ontology/shapes/agreement.ttl:" in told
    assert len(re.findall(r"^  >  *\d+ \| .*coop:hasParticipation", told, re.MULTILINE)) == 1
    assert "@prefix" not in told
    assert "# shape:" not in told


def test_no_line_of_an_explanation_begins_with_the_punctuation_of_the_one_before() -> None:
    told = texts.text(EVERY, "fr")

    assert " : " in told
    assert re.findall(r"^ *[:;»].*", told, re.MULTILINE) == []


def test_markdown_keeps_code_in_fences_and_json_holds_both_languages() -> None:
    section = run("COOP551", "-f", "markdown").stdout
    (data,) = json.loads(run("COOP211", "-f", "json").stdout)

    assert section.startswith("## COOP551 (error) ")
    assert section.count("\n```") == 4
    assert data["code"] == "COOP211"
    assert set(data["message"]) == set(LANGUAGES)
    assert data["place"]["file"] == "ontology/shapes/agreement.ttl"
    assert data["bad"][0]["lines"]


def test_an_unknown_code_is_told_with_the_nearest() -> None:
    with pytest.raises(CooperaError, match="no rule COOP2111") as caught:
        run("COOP211", "COOP2111")

    assert "COOP211" in caught.value.remedy


def test_the_small_project_knows_the_codes_of_its_own_shapes(make: Make) -> None:
    known = {found.code for found in rules.every(make())}

    assert {"COOP201", "COOP202", "COOP000"} <= known
    assert "COOP203" not in known
    assert 'dcterms:identifier "COOP201"' in SMALL["ontology/shapes/agreement.ttl"]

"""The command line: what a person types, reads, and what the exit code says."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir

import pytest
from click.testing import CliRunner, Result
from conftest import HEAD, SMALL, Make
from pyoxigraph import RdfFormat, parse, serialize

from coopera import graphs
from coopera.cli import main
from coopera.cli.checking import ENDINGS
from coopera.errors import SPOOL


def run(*arguments: str, project: Path | None = None) -> Result:
    """Run a command in this process; a bug's exception is raised, not shown."""
    before = ["--project", str(project)] if project else []
    return CliRunner().invoke(main, [*before, *arguments], catch_exceptions=False)


@pytest.fixture
def small(make: Make) -> Path:
    return make().root


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_says_what_it_does(name: str) -> None:
    shown = run(name, "--help")

    assert shown.exit_code == 0
    assert main.commands[name].help


def test_check_of_a_right_project_exits_0_and_tells_what_it_looked_at(small: Path) -> None:
    done = run("check", project=small)

    assert done.exit_code == 0
    assert done.stdout.startswith("No findings: all checks passed.\nChecked: 7 files, ")
    assert "1 shape, 1 focus node" in done.stdout
    assert "1 forme, 1 nœud visé" in run("check", "--lang", "fr", project=small).stdout


def test_check_tells_findings_in_the_language_asked_for_and_exits_1(make: Make) -> None:
    rows = SMALL["data/one/evidence.csv"].replace("C2,", "C3,")
    root = make({"data/one/evidence.csv": rows}).root

    in_french, in_english = (run("check", "--lang", tag, project=root) for tag in ("fr", "en"))

    assert in_french.exit_code == in_english.exit_code == 1
    assert (
        "COOP557 erreur\N{NO-BREAK SPACE}: l'affirmation C2 n'est pas traitée." in in_french.stdout
    )
    assert "COOP557 error: claim C2 is not treated." in in_english.stdout


def test_a_syntax_error_exits_2_with_place_problem_and_remedy(make: Make) -> None:
    root = make({"data/one/agreements.ttl": HEAD + "agreement:a coopp:x 1 ."}).root

    done = run("check", project=root)

    assert done.exit_code == 2
    assert "agreements.ttl:15:13: prefix 'coopp' is not declared." in done.stderr
    assert "Remedy: declare coopp:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bug_of_ours_stays_a_traceback_and_exits_2(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coopera.checks.run", lambda *_: 1 / 0)

    done = run("check", project=small)

    assert done.exit_code == 2
    assert "ZeroDivisionError" in done.stderr


def test_build_refuses_what_does_not_conform_and_keeps_the_former_site(make: Make) -> None:
    root = make().root
    assert run("build", project=root).exit_code == 0
    before = {p: p.read_bytes() for p in (root / "public").rglob("*") if p.is_file()}
    (root / "data/one/agreements.ttl").write_text(
        SMALL["data/one/agreements.ttl"] + 'agreement:a skos:note "a"@fr , "b"@fr .\n', "utf-8"
    )

    refused = run("build", project=root)

    assert refused.exit_code == 1
    assert "COOP202" in refused.stdout
    assert {p: p.read_bytes() for p in (root / "public").rglob("*") if p.is_file()} == before


def test_build_shows_an_edit_of_the_data(make: Make) -> None:
    root = make().root
    text = SMALL["data/one/agreements.ttl"].replace('"Accord"', '"Accord tout neuf"')
    (root / "data/one/agreements.ttl").write_text(text, "utf-8")

    assert run("build", project=root).exit_code == 0

    page = root / "public" / "fr" / "id" / "agreement" / "a.html"
    assert "Accord tout neuf" in page.read_text("utf-8")


@pytest.mark.parametrize("arguments", [["check"], ["build"], ["query", "agreements"], ["stats"]])
def test_an_empty_data_folder_exits_2(make: Make, arguments: list[str]) -> None:
    project = make()
    for path in project.data_files:
        path.unlink()

    done = run(*arguments, project=project.root)

    assert done.exit_code == 2
    assert "has no .ttl file" in done.stderr
    assert not (project.root / "public").exists()


def test_a_saved_query_is_answered_by_name(small: Path) -> None:
    done = run("query", "agreements", "-f", "csv", project=small)

    assert (done.exit_code, done.stdout) == (
        0,
        "agreement\nhttps://w3id.org/coopera/id/agreement/a\n",
    )


def test_an_unknown_query_gives_near_names(small: Path) -> None:
    done = run("query", "agrements", project=small)

    assert done.exit_code == 2
    assert "there is no saved query 'agrements'" in done.stderr
    assert "did you mean agreements?" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["query"], "give one of NAME"),
        (["query", "agreements", "-q", "ASK {}"], "give one of NAME"),
        (["query", "-q", "ASK {}", "-p", "x=1"], "-p goes with the NAME"),
        (["query", "agreements", "-p", "x"], "write NAME=VALUE"),
        (["query", "agreements", "-p", "x=1"], "no parameter 'x'"),
        (["query", "-q", "ASK {"], "ends too early"),
        (["query", "-q", "SELECT * {}", "-f", "turtle"], "turtle cannot hold one"),
        (["query", "--query-file", "nowhere.rq"], "does not exist"),
        (["query", "-q", "ASK {}", "-o", "no/such/folder/x"], "cannot be written"),
        (["--project", "nowhere", "check"], "does not exist"),
    ],
)
def test_wrong_use_exits_2_and_says_why(small: Path, arguments: list[str], problem: str) -> None:
    done = run(*arguments, project=None if "--project" in arguments else small)

    assert done.exit_code == 2
    assert problem in done.stderr


def test_for_a_prefix_that_the_project_knows_the_remedy_is_the_line_to_add(small: Path) -> None:
    done = run("query", "-q", "SELECT * { ?s a coop:Agreement }", project=small)

    assert done.exit_code == 2
    assert "Remedy: add a line PREFIX coop: <https://w3id.org/coopera/ontology#>." in done.stderr


@pytest.mark.parametrize("engine", ["oxigraph", "rdflib"])
@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("table", "a\n────\ntext\n1 solution\n"),
        ("csv", "a\ntext\n"),
        ("tsv", '?a\n"text"@fr\n'),
        ("markdown", "| a |\n| --- |\n| text |\n"),
        ("answer", 'a\n"""text""@fr"\n'),
    ],
)
def test_a_table_is_written_in_each_format(
    small: Path, engine: str, form: str, expected: str
) -> None:
    sparql = 'SELECT ?a { VALUES ?a { "text"@fr } }'
    done = run("query", "-q", sparql, "-f", form, "--engine", engine, project=small)

    assert done.stdout == expected


def test_a_table_shows_labels_in_place_of_iris_unless_asked(make: Make) -> None:
    label = 'agreement:a rdfs:label "The accord"@en , "Accord"@fr .\n'
    root = make({"ontology/labels.ttl": HEAD + label}).root
    sparql = """SELECT ?a ?aLabel ?b { VALUES (?a ?aLabel ?b) {
        (<https://w3id.org/coopera/id/agreement/a> "x" 1) (<http://x/2> UNDEF 2) } }"""

    labels = run("query", "-q", sparql, project=root).stdout
    iris = run("query", "-q", sparql, "--iris", project=root).stdout
    csv = run("query", "-q", sparql, "-f", "csv", project=root).stdout

    assert labels.splitlines()[0].split() == ["a", "b"]
    assert [line.split("  ")[0] for line in labels.splitlines()[2:4]] == [
        "The accord",
        "<http://x/2>",
    ]
    assert iris.splitlines()[0].split() == ["a", "aLabel", "b"]
    assert "agreement:a" in iris
    assert csv.startswith("a,aLabel,b\nhttps://w3id.org/coopera/id/agreement/a,x,1")


def test_json_results_have_the_form_of_the_recommendation(small: Path) -> None:
    sparql = 'SELECT ?a ?b ?c { VALUES (?a ?b ?c) { ("x"@fr 5 UNDEF) (<http://a/> "y" 1.5) } }'

    document = json.loads(run("query", "-q", sparql, "-f", "json", project=small).stdout)

    assert document["head"] == {"vars": ["a", "b", "c"]}
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    assert document["results"]["bindings"][0] == {
        "a": {"type": "literal", "value": "x", "xml:lang": "fr"},
        "b": {"type": "literal", "value": "5", "datatype": integer},
    }


@pytest.mark.parametrize("form", ["turtle", "ntriples", "jsonld", "trig"])
def test_a_graph_is_written_in_each_format(small: Path, tmp_path: Path, form: str) -> None:
    from coopera import formats, graphs

    path = tmp_path / f"out{formats.FORMATS[form].ending}"
    sparql = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"

    done = run("query", "-q", sparql, "-f", form, "-o", str(path), project=small)

    assert done.exit_code == 0
    # Oxigraph 0.5.13 holds an xsd:nonNegativeInteger as an xsd:integer.
    whole = {
        str(triple)
        for data in small.rglob("data/**/*.ttl")
        for triple in graphs.read(data)
        if "nonNegativeInteger" not in str(triple)
    }
    assert len(whole) > 20
    assert {str(triple) for triple in graphs.read(path)} >= whole


def test_cells_that_a_markdown_reader_would_interpret_are_escaped(small: Path) -> None:
    sparql = 'SELECT ?a { VALUES ?a { "a|b <i>[x](y)" } }'

    done = run("query", "-q", sparql, "-f", "markdown", project=small)

    assert done.stdout.splitlines()[2] == r"| a\|b \<i\>\[x\](y) |"


def test_queries_lists_name_parameters_and_question(small: Path) -> None:
    done = run("queries", "--lang", "fr", project=small)

    assert done.stdout == "all\n  agreements \n      Les accords.\n"


def test_queries_update_writes_the_answer_beside_the_query(make: Make) -> None:
    root = make({"queries/all/agreements.csv": None}).root

    first = run("queries", "--update", "agreements", project=root)

    assert (first.exit_code, first.stdout) == (0, "written: queries/all/agreements.csv\n")
    assert run("queries", "--update", project=root).stdout == ""
    assert (root / "queries/all/agreements.csv").read_text() == "agreement\nagreement:a\n"


def test_evidence_writes_what_is_stale_and_then_nothing(make: Make) -> None:
    root = make({"data/one/evidence.ttl": "", "data/one/derived.ttl": ""}).root

    stale = run("evidence", "--check", project=root)
    first, second = run("evidence", project=root), run("evidence", project=root)

    assert (stale.exit_code, first.exit_code, second.exit_code) == (1, 0, 0)
    assert first.stdout.split() == [
        "written:",
        "data/one/evidence.ttl",
        "written:",
        "data/one/derived.ttl",
    ]
    assert second.stdout == ""
    assert run("check", project=root).exit_code == 0


def test_the_locale_chooses_the_language_of_findings(make: Make) -> None:
    rows = SMALL["data/one/evidence.csv"].replace("C2,", "C3,")
    root = make({"data/one/evidence.csv": rows}).root
    command = [sys.executable, "-m", "coopera", "--project", str(root), "check"]

    done = subprocess.run(
        command, env={**os.environ, "LC_ALL": "fr_FR.UTF-8"}, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "n'est pas traitée" in done.stdout


@pytest.mark.parametrize("folder", ["data/site", "data", "ontology/shapes", ".", "queries"])
def test_a_site_never_stands_in_the_way_of_the_project(make: Make, folder: str) -> None:
    root = make().root

    done = run("build", "-o", str(root / folder), project=root)

    assert done.exit_code == 2
    assert "in the way of the project" in done.stderr
    assert run("check", project=root).exit_code == 0


def test_a_site_that_is_a_git_checkout_is_left_alone(make: Make) -> None:
    root = make().root
    assert run("build", project=root).exit_code == 0
    (root / "public" / ".git").mkdir()

    done = run("build", project=root)

    assert done.exit_code == 2
    assert (root / "public" / ".git").is_dir()


def test_nothing_is_written_into_the_package(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make()
    monkeypatch.setattr("coopera.project.PACKAGED", project.root)

    for command in (["queries", "--update"], ["evidence"]):
        done = run(*command, project=project.root)
        assert done.exit_code == 2
        assert "comes with the package" in done.stderr


def test_derived_triples_that_no_rule_gives_any_more_go(make: Make) -> None:
    root = make().root
    rule = root / "ontology/derive/party.rq"
    rule.write_text(rule.read_text().replace("coop:participant ?o", "coop:nothing ?o"))

    assert run("evidence", project=root).exit_code == 0
    assert run("check", project=root).exit_code == 0


def test_a_conflict_in_what_is_made_does_not_stop_its_making(make: Make) -> None:
    root = make().root
    for name in ("evidence.ttl", "derived.ttl"):
        (root / "data/one" / name).write_text("<<<<<<< HEAD\n", "utf-8")

    assert run("evidence", project=root).exit_code == 0
    assert run("check", project=root).exit_code == 0


def test_a_link_is_followed_and_its_mode_kept(small: Path, tmp_path: Path) -> None:
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.touch(0o600)
    link.symlink_to(target)

    assert run("query", "agreements", "-f", "csv", "-o", str(link), project=small).exit_code == 0
    assert link.is_symlink()
    assert target.read_text().startswith("agreement")
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_query_file_that_is_wrong_is_named(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text("SELECT *\n{ ?s", "utf-8")

    assert "q.rq:2:" in run("query", "--query-file", str(path), project=small).stderr


def test_control_characters_of_the_data_do_not_reach_the_terminal(small: Path) -> None:
    done = run("query", "-q", 'SELECT ?a { VALUES ?a { "\x1b]0;x\x07" } }', project=small)

    assert "\x1b" not in done.stdout
    assert "\ufffd" in done.stdout


def test_statistics_count_codes_and_focus_nodes_in_place_of_findings(small: Path) -> None:
    file = small / "data/one/agreements.ttl"
    file.write_text(file.read_text("utf-8") + 'agreement:a skos:note "1" , "2" .\n', "utf-8")

    done = run("validate", "--statistics", "--lang", "en", project=small)
    rows = run("validate", "--statistics", "--lang", "en", "-f", "csv", project=small)

    assert done.exit_code == 1
    assert "1      COOP202  error     at most one note\n\nFocus nodes by shape: " in done.stdout
    assert rows.stdout.splitlines() == [
        "count,code,severity,message",
        "1,COOP202,error,at most one note",
    ]


# Standard input

WRONG = HEAD + 'agreement:b a coop:Agreement ; skos:note "one"@en , "two"@en .\n'
LINE = WRONG.count("\n")


def piped(text: str, *arguments: str, project: Path) -> Result:
    command = ["--project", str(project), "validate", *arguments, "--lang", "en"]
    return CliRunner().invoke(main, command, input=text, catch_exceptions=False)


def test_validate_reads_standard_input_and_names_it_as_a_file(small: Path) -> None:
    done = piped(WRONG, "-", project=small)

    assert done.exit_code == 1
    assert f"<stdin>:{LINE}:32" in done.stdout
    assert f"{LINE} | agreement:b a coop:Agreement" in done.stdout
    assert not list(Path(gettempdir()).glob(f"{SPOOL}*"))


@pytest.mark.parametrize("form", ["concise", "table", "json", "github", "gitlab", "csv"])
def test_each_report_names_standard_input(small: Path, form: str) -> None:
    done = piped(WRONG, "-", "-f", form, project=small)

    assert "<stdin>" in done.stdout
    assert SPOOL not in done.stdout


def test_standard_input_may_be_of_any_syntax_and_stand_beside_files(
    small: Path, tmp_path: Path
) -> None:
    lines = tmp_path / "b.nt"
    type_ = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    lines.write_text(
        f"<https://w3id.org/coopera/id/agreement/b> {type_} "
        "<https://w3id.org/coopera/ontology#Agreement> .\n",
        "utf-8",
    )
    note = "<http://www.w3.org/2004/02/skos/core#note>"
    text = "".join(f'<https://w3id.org/coopera/id/agreement/b> {note} "{n}" .\n' for n in "12")

    done = piped(text, str(lines), "-", "--input-format", "nt", "-f", "concise", project=small)

    assert done.exit_code == 1
    assert "<stdin>:1:43: COOP202" in done.stdout
    assert set(ENDINGS) == {ending[1:] for ending in graphs.SYNTAXES}


@pytest.mark.parametrize(
    ("text", "ending", "problem"),
    [
        (HEAD + "agreement:a coopp:x 1 .", "ttl", "<stdin>:15:13: prefix 'coopp' is not declared."),
        ("[" * 70 + "]" * 70, "ttl", "<stdin>: 70 brackets are open within one another"),
        ("<!DOCTYPE x><a/>", "rdf", "<stdin>:1: the file has a DOCTYPE"),
        ('{"@context": "https://example.org/c"}', "jsonld", "stands elsewhere, and is not fetched"),
        ("x" * 200_000, "ttl", "<stdin>: it has more than 0 GiB"),
    ],
)
def test_standard_input_is_bounded_like_files(
    small: Path, monkeypatch: pytest.MonkeyPatch, text: str, ending: str, problem: str
) -> None:
    monkeypatch.setattr(graphs, "LARGEST", 100_000)

    done = piped(text, "-", "--input-format", ending, project=small)

    assert done.exit_code == 2
    assert problem in done.stderr
    assert SPOOL not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("-", "-"), "give - once"),
        (("--input-format", "nt"), "goes with -"),
        (("-", "--changed-since", "HEAD"), "no past"),
        (("-", "--input-format", "csv"), "'csv' is not one of"),
    ],
)
def test_what_cannot_be_asked_of_standard_input_is_refused(
    small: Path, arguments: tuple[str, ...], problem: str
) -> None:
    done = piped(WRONG, *arguments, project=small)

    assert done.exit_code == 2
    assert problem in done.stderr


@pytest.mark.parametrize("ending", [".TTL", ".Ttl", ".NT"])
def test_an_ending_may_be_in_capitals(small: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"b{ending}"
    triples = [q.triple for q in parse(input=WRONG, format=RdfFormat.TURTLE)]
    syntax = graphs.SYNTAXES[ending.lower()]
    path.write_bytes(serialize(triples, format=syntax) or b"")

    done = run("validate", str(path), "-f", "concise", project=small)

    assert done.exit_code == 1
    assert f"b{ending}:" in done.stdout
    assert "COOP202" in done.stdout


def test_build_writes_rules_for_the_web_servers_that_are_named(small: Path) -> None:
    done = run("build", "--redirects", "apache, nginx", project=small)

    assert done.exit_code == 0
    assert (small / "public/.htaccess").is_file()
    assert (small / "public/redirects/nginx.conf").is_file()
    assert not (small / "public/_redirects").exists()


def test_build_says_where_the_site_will_stand(small: Path) -> None:
    url = "https://data.example.org/coop/"
    assert run("build", "--url", url, "--redirects", "w3id", project=small).exit_code == 0

    assert url in (small / "public/robots.txt").read_text("utf-8")
    assert url in (small / "public/redirects/w3id/.htaccess").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--redirects", "iis"], "iis: choose among apache, nginx, netlify, w3id"),
        (["--redirects", "w3id"], "give --url URL"),
        (["--url", "data.example.org"], "an http address that ends with a slash"),
        (["--url", "https://example.org/a;b/", "--redirects", "nginx"], "cannot stand in rules"),
    ],
)
def test_build_refuses_what_no_rule_can_be_written_for(
    small: Path, arguments: list[str], told: str
) -> None:
    done = run("build", *arguments, project=small)

    assert done.exit_code == 2
    assert told in done.stderr
    assert not (small / "public").exists()


@pytest.mark.parametrize("command", [["queries"], ["stats"], ["rule"]])
def test_a_reader_who_has_seen_enough_ends_a_command_quietly(command: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "coopera", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as started:
        assert started.stdout
        assert started.stderr
        started.stdout.close()
        told = started.stderr.read()

    assert told == b""
    assert started.returncode == 1

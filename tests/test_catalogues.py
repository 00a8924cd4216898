"""Catalogues: other tools find our queries, and their copies answer as the originals do."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from conftest import ROOT, Make
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from test_queries import PROJECT, QUERIES, WITH_PARAMETERS, defaults, members, name

from coopera import catalogues, graphs, queries, validation
from coopera.cli import main
from coopera.engines import ENGINES, Engine
from coopera.queries import SavedQuery
from coopera.tables import Term
from coopera.terms import SCHEMA, SH, XSD

TARGET = "https://example.org/sparql"
SHAPES = graphs.read(ROOT / "tests" / "data" / "sib.ttl")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return ENGINES["oxigraph"](graphs.read_all(PROJECT.graph_files))


@pytest.fixture(scope="module")
def made(engine: Engine) -> Mapping[Path, str]:
    return catalogues.files(PROJECT, engine, TARGET)


@pytest.fixture(scope="module")
def catalogue(made: Mapping[Path, str]) -> list[Triple]:
    text = made[Path(catalogues.CATALOGUE)]
    return [quad.triple for quad in parse(text, format=RdfFormat.TURTLE)]


def copy(made: Mapping[Path, str], query: SavedQuery) -> str:
    return made[Path(catalogues.GRLC) / f"{query.name}.rq"]


def header(text: str) -> dict[str, Any]:
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    found = yaml.safe_load("\n".join(lines))
    assert isinstance(found, dict)
    return found


# The catalogue of the SIB


def test_the_catalogue_conforms_to_the_shapes_of_the_sib(catalogue: list[Triple]) -> None:
    report = validation.validate(catalogue, SHAPES)

    assert report.conforms
    assert sum(report.reached.values()) >= len(QUERIES)


@pytest.mark.parametrize(
    "predicate",
    [SCHEMA + "target", SCHEMA + "keywords", SH + "select", SH + "prefixes", SH + "namespace"],
)
def test_the_shapes_find_what_is_missing(catalogue: list[Triple], predicate: str) -> None:
    without = [triple for triple in catalogue if triple.predicate != NamedNode(predicate)]

    assert not validation.validate(without, SHAPES).conforms


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_each_query_is_in_the_catalogue_with_its_text(
    query: SavedQuery, catalogue: list[Triple], engine: Engine
) -> None:
    node = NamedNode(f"{PROJECT.base}queries/{query.name}")
    told = {(t.predicate.value, t.object) for t in catalogue if t.subject == node}
    text = next(value(o) for p, o in told if p == SH + query.form.lower())

    assert engine.query(text) == engine.query(query.text)
    assert "#+" not in text
    assert (SCHEMA + "target", NamedNode(TARGET)) in told
    assert {value(o) for p, o in told if p == SCHEMA + "keywords"} == set(query.tags)


# Copies for grlc


def grlc(text: str, given: Mapping[str, str]) -> str:
    """Write values into a copy as grlc 1.3 does: as text, for the variables that name parameters."""

    def written(match: re.Match[str]) -> str:
        line, parameter, kind = match[1], match[2], match[3] or ""
        if parameter not in given:
            assert line == "__", f"{parameter} is required"
            return match[0]
        value = given[parameter]
        if kind == "_iri":
            return f"<{value}>"
        if kind == "_integer":
            return value
        if kind.startswith("_xsd_"):
            return f'"{value}"^^xsd:{kind.removeprefix("_xsd_")}'
        return json.dumps(value, ensure_ascii=False)

    pattern = r"\?(__?)([a-zA-Z0-9]+?)(_iri|_integer|_xsd_[a-zA-Z]+)?(?![\w])"
    lines = [line for line in text.splitlines() if not line.startswith("#+")]
    return re.sub(pattern, written, "\n".join(lines))


def value(term: Term) -> str:
    assert isinstance(term, (NamedNode, Literal))
    return term.value


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_a_copy_answers_as_the_original_does(
    query: SavedQuery, made: Mapping[Path, str], engine: Engine
) -> None:
    text = copy(made, query)
    given: dict[str, str] = {}
    for entry in header(text).get("defaults", []):
        given |= {parameter: str(one) for parameter, one in entry.items()}

    assert engine.query(text) == engine.query(query.text)
    assert engine.query(grlc(text, given)) == engine.query(query.text)


@pytest.mark.parametrize("query", WITH_PARAMETERS, ids=name)
def test_a_copy_takes_a_value_for_each_parameter(
    query: SavedQuery, made: Mapping[Path, str], engine: Engine
) -> None:
    text = copy(made, query)
    given: dict[str, str] = {}
    for entry in header(text).get("defaults", []):
        given |= {parameter: str(one) for parameter, one in entry.items()}
    for parameter in query.parameters:
        known = defaults(query, parameter) or []
        other = next(term for term in members(engine, parameter) if term not in known)
        bound = queries.bind(query.text, {parameter.name: [other]})

        found = engine.query(grlc(text, {**given, parameter.name: value(other)}))

        assert found == engine.query(bound), parameter.name


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_the_header_of_a_copy_is_what_grlc_reads(
    query: SavedQuery, made: Mapping[Path, str], engine: Engine
) -> None:
    told = header(copy(made, query))

    assert told["summary"] == query.summary["en"]
    assert (told["endpoint"], told["method"]) == (TARGET, "GET")
    assert told["tags"] == list(query.tags)
    listed = {name_: some for entry in told.get("enumerate", []) for name_, some in entry.items()}
    for parameter in query.parameters:
        if parameter.members_of:
            wanted = {value(term) for term in members(engine, parameter)}
            assert set(listed[parameter.name]) <= wanted
            assert parameter.scheme or set(listed[parameter.name]) == wanted
    assert not {"params", "question", "expect"} & set(told)


def test_a_variable_tells_its_type_and_whether_it_may_be_left_out(
    made: Mapping[Path, str],
) -> None:
    texts = {query.name: copy(made, query) for query in QUERIES}

    assert "COALESCE(?_partner_iri, institution:uts) AS ?partner" in texts["agreements-between"]
    assert "BIND(?__institution_iri AS ?institution)" in texts["ambitions-only"]
    assert "?_day_xsd_date" in texts["agreements-in-force"]
    assert "?_most_integer" in texts["weakly-sourced-statements"]
    assert 'COALESCE(?_language, "en")' in texts["supervision"]
    assert "?__status_iri" in texts["promises-done-or-abandoned"]


# The command


def test_the_command_writes_all_files_and_takes_the_endpoint(make: Make, tmp_path: Path) -> None:
    root = make().root
    folder = tmp_path / "a" / "b"

    done = CliRunner().invoke(
        main, ["--project", str(root), "queries", "--export", str(folder), "--target", TARGET],
        catch_exceptions=False,
    )  # fmt: skip

    assert done.exit_code == 0
    assert TARGET in (folder / "catalogue.ttl").read_text("utf-8")
    assert (folder / "grlc" / "agreements.rq").is_file()
    assert "1 copies for grlc" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--export", "x", "supervision"], "goes with neither"),
        (["--export", "x", "--update"], "goes with neither"),
        (["--target", TARGET], "goes with --export"),
        (["--export", "/dev/null/x"], "cannot be made"),
    ],
)
def test_what_does_not_go_together_exits_2(arguments: list[str], problem: str) -> None:
    done = CliRunner().invoke(main, ["queries", *arguments], catch_exceptions=False)

    assert done.exit_code == 2
    assert problem in done.stderr


def test_a_year_as_a_default_keeps_its_type() -> None:
    parameter = queries.Parameter("x", "date", {"en": "x", "fr": "x"})
    year = Literal("2022", datatype=NamedNode(XSD + "gYear"))

    assert catalogues._variable(parameter, [year]) == "?_x_xsd_gYear"
    assert catalogues._variable(parameter, []) == "?__x_xsd_date"

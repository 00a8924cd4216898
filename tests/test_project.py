"""Project: which folder is found, from where, and what its settings may be."""

from pathlib import Path

import pytest
from conftest import ROOT, SMALL, Make

from coopera import project
from coopera.errors import DataError, ProjectError, QueryError


def test_the_nearest_parent_with_settings_is_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "graph" / "data" / "one"
    inner.mkdir(parents=True)
    (tmp_path / "coopera.toml").write_text("", "utf-8")
    (tmp_path / "graph" / "coopera.toml").write_text('base = "https://example.org/"', "utf-8")
    monkeypatch.chdir(inner)

    found = project.find()

    assert (found.root, found.base) == (tmp_path / "graph", "https://example.org/")
    assert found.output == tmp_path / "graph" / "public"


def test_the_site_stands_at_the_base_unless_told_otherwise(tmp_path: Path) -> None:
    settings = tmp_path / "coopera.toml"
    settings.write_text("", "utf-8")
    assert project.find(tmp_path).site == "https://w3id.org/coopera/"

    settings.write_text('url = "https://data.example.org/coop/"', "utf-8")
    assert project.find(tmp_path).site == "https://data.example.org/coop/"


def test_without_settings_anywhere_our_own_graph_is_found_and_output_stays_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    found = project.find()

    assert found.root == project.packaged()
    assert found.data_files
    assert found.output == tmp_path / "public"


def test_a_folder_given_wins_over_the_one_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "coopera.toml").write_text("", "utf-8")
    monkeypatch.chdir(ROOT)

    assert project.find(tmp_path).root == tmp_path


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (None, "no coopera.toml"),
        ("base = ", "not TOML"),
        ('base = "https://example.org/x"', "ends with a slash"),
        ('base = "example.org/"', "not an http IRI"),
        ("base = 5", "not an http IRI"),
        ('url = "data.example.org"', "url is 'data.example.org', not an http IRI"),
        ("url = []", "url is .., not an http IRI"),
        ('[title]\nen = "Only English"', "lacks a language"),
    ],
)
def test_settings_that_cannot_be_used_are_told(
    tmp_path: Path, settings: str | None, problem: str
) -> None:
    if settings is not None:
        (tmp_path / "coopera.toml").write_text(settings, "utf-8")

    with pytest.raises(ProjectError, match=problem) as caught:
        project.find(tmp_path)

    assert caught.value.remedy


@pytest.mark.parametrize("folder", ["data", "ontology/shapes"])
@pytest.mark.parametrize("state", ["is not there", "has no .ttl file"])
def test_a_missing_or_empty_folder_is_said(tmp_path: Path, folder: str, state: str) -> None:
    (tmp_path / "coopera.toml").write_text("", "utf-8")
    if state.startswith("has"):
        (tmp_path / folder).mkdir(parents=True)
    found = project.find(tmp_path)

    with pytest.raises(ProjectError, match=state):
        _ = found.data_files if folder == "data" else found.shape_files


def test_absent_prefixes_are_told(tmp_path: Path) -> None:
    (tmp_path / "coopera.toml").write_text(SMALL["coopera.toml"], "utf-8")

    with pytest.raises(DataError, match="table of prefixes"):
        _ = project.find(tmp_path).prefixes


def test_a_query_is_read_by_its_name_without_the_headers_of_others(make: Make) -> None:
    broken = "#+ summary: [\nASK {}"
    found = make({"queries/other/broken.rq": broken, "queries/verify/agreements.rq": broken})

    assert found.query("agreements").topic == "all"
    with pytest.raises(QueryError, match="the header is not YAML"):
        found.queries.values()


def test_two_queries_of_one_name_are_refused_by_that_name(make: Make) -> None:
    text = "#+ summary: {en: One., fr: Une.}\nASK {}"
    found = make({"queries/other/agreements.rq": text})

    with pytest.raises(QueryError, match="there is another query 'agreements'") as caught:
        found.query("agreements")

    assert "rename one" in caught.value.remedy


@pytest.mark.parametrize("name", ["agrements", "*", "verify/agreements", "", "all/agreements"])
def test_a_query_that_is_not_there_is_told_with_near_names(make: Make, name: str) -> None:
    with pytest.raises(QueryError, match="there is no saved query") as caught:
        make().query(name)

    assert "agreements" in caught.value.remedy


def test_a_query_read_by_its_name_has_a_block_for_each_parameter(make: Make) -> None:
    text = "#+ summary: {en: One., fr: Une.}\n#+ params: [{name: x, type: iri}]\nASK {}"

    with pytest.raises(QueryError, match=r"there is no block VALUES \?x"):
        make({"queries/other/one.rq": text}).query("one")

"""The Python API: what its page shows, and what it takes and gives."""

import doctest
import subprocess
import sys
from datetime import date
from typing import Any

import pytest
import rdflib
from conftest import ROOT, Make
from pyoxigraph import Literal, NamedNode

import coopera
from coopera.errors import CooperaError, QueryError
from coopera.tables import Table, Term
from coopera.terms import XSD

PAGE = ROOT / "docs" / "python.md"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_the_page_shows_what_happens() -> None:
    pytest.importorskip("pandas")

    done = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.ELLIPSIS)

    assert done.attempted > 20
    assert done.failed == 0


def test_every_function_is_on_the_page() -> None:
    text = PAGE.read_text("utf-8")

    assert all(f"coopera.{name}(" in text for name in coopera.__all__ if name != "__version__")


def test_import_stays_cheap() -> None:
    script = "import coopera, sys; coopera.__version__; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    loaded = set(done.stdout.split())
    assert not {"pyoxigraph", "rdflib", "pandas", "yaml", "coopera.api"} & loaded


def test_a_query_loads_neither_rdflib_nor_pandas() -> None:
    script = "import coopera, sys; coopera.query('supervision'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)  # fmt: skip

    assert not {"rdflib", "pandas", "pyshacl", "jinja2"} & set(done.stdout.split())


def test_what_there_is_not_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = coopera.nothing


UTS = "https://w3id.org/coopera/id/institution/uts"


@pytest.mark.parametrize(
    "value",
    [
        "UTS", "institution:uts", UTS, f"<{UTS}>", NamedNode(UTS), rdflib.URIRef(UTS), ["UTS"],
        ("institution:uts", NamedNode(UTS)), {"UTS"}, iter(["UTS"]),
    ],
)  # fmt: skip
def test_a_value_is_a_text_or_a_term_or_several(value: Any) -> None:
    assert coopera.query("agreements-between", partner=value) == coopera.query(
        "agreements-between", partner="UTS"
    )


def test_dates_numbers_and_languages_are_values() -> None:
    by_date = coopera.query("agreements-in-force", day=date(2025, 12, 31))
    by_text = coopera.query("agreements-in-force", day="2025", language=Literal("en"))

    assert by_date == by_text
    assert coopera.query("weakly-sourced-statements", most=1) == coopera.query(
        "weakly-sourced-statements"
    )


def test_none_is_every_value() -> None:
    every = coopera.query("agreements-between", institution=None, partner=None)
    some = coopera.query("agreements-between")

    assert isinstance(every, Table)
    assert isinstance(some, Table)
    assert set(some.rows) < set(every.rows)


@pytest.mark.parametrize("arguments", [{}, {"sparql": "ASK {}", "partner": "UTS"}])
def test_a_name_or_a_text_is_asked_for(arguments: dict[str, Any]) -> None:
    with pytest.raises(QueryError, match="give the name"):
        coopera.query(**arguments)
    with pytest.raises(QueryError, match="give the name"):
        coopera.query("supervision", sparql="ASK {}")


def test_another_project_and_another_engine_may_be_asked(make: Make) -> None:
    found = coopera.query("agreements", project=make().root, engine="rdflib")

    assert isinstance(found, Table)
    assert found.rows == ((NamedNode("https://w3id.org/coopera/id/agreement/a"),),)
    assert (None, rdflib.RDF.type, None) in coopera.graph(make().root)


def test_files_are_validated_against_their_own_shapes_or_those_of_the_project(make: Make) -> None:
    root = make().root
    bad = root / "bad.ttl"
    bad.write_text(
        "@prefix coop: <https://w3id.org/coopera/ontology#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        '<x:b> a coop:Agreement ; skos:note "a" , "b" .\n'
    )

    assert coopera.validate(project=root) == ()
    for shapes in ([], [root / "ontology/shapes/agreement.ttl"]):
        (finding,) = coopera.validate(bad, shapes=shapes, project=root)
        assert finding.code == "COOP202"


# Tables of pandas


def typed(value: str, name: str) -> Literal:
    return Literal(value, datatype=NamedNode(XSD + name))


def test_columns_have_the_types_of_their_literals() -> None:
    pandas = pytest.importorskip("pandas")
    columns: dict[str, list[Term | None]] = {
        "whole": [typed("1", "integer"), None],
        "share": [typed("1.5", "decimal"), typed("-2", "decimal")],
        "known": [typed("true", "boolean"), None],
        "day": [typed("1789-07-14", "date"), None],
        "mixed": [typed("2022", "gYear"), typed("2025-07-17", "date")],
        "thing": [NamedNode("http://e.org/a"), None],
        "no_day": [typed("2025-02-30", "date"), None],
    }
    frame = Table(tuple(columns), tuple(zip(*columns.values(), strict=True))).to_pandas()

    assert [str(frame.dtypes[name]) for name in ("whole", "share", "known")] == [
        "Int64", "Float64", "boolean",
    ]  # fmt: skip
    assert frame["whole"].tolist() == [1, pandas.NA]
    assert frame.loc[0, "day"] == pandas.Timestamp("1789-07-14")
    assert pandas.isna(frame.loc[1, "day"])
    assert frame["mixed"].tolist() == ["2022", "2025-07-17"]
    assert frame["thing"].tolist() == ["http://e.org/a", None]
    assert frame.loc[0, "no_day"] == "2025-02-30"
    assert list(Table(("a", "b")).to_pandas().columns) == ["a", "b"]


def test_without_pandas_the_error_tells_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(CooperaError, match="pandas is not installed") as raised:
        Table(("a",)).to_pandas()

    assert "coopera[tables]" in raised.value.remedy

"""The plan of the house: which room may import which, and what a start may load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "coopera"

FLOORS = [
    {"__main__"},
    {"cli"},
    {"site", "server", "api"},
    {"publication", "asking"},
    {"quality", "catalogues"},
    {"checks", "rules"},
    {"conformance"},
    {"changes"},
    {
        "pages",
        "pool",
        "reconciliation",
        "reports",
        "validation",
        "evidence",
        "answers",
        "asof",
        "identifiers",
        "counts",
    },
    {"pictures"},
    {"baselines", "derived", "lint", "verdicts", "verification"},
    {"engines", "formats", "diffs"},
    {"places", "stores"},
    {"graphs"},
    {"turtle", "importers"},
    {"builds"},
    {"project"},
    {"limits"},
    {"dates"},
    {"terms", "queries", "fingerprints"},
    {"findings", "files", "workers"},
    {"tables"},
    {"errors"},
]
"""From the roof down. A room imports from lower floors only."""


def room(path: Path) -> str:
    """Give the room of a module: its name, or that of its folder."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """List the rooms that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "coopera":
            parts = (node.module or "").split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
            found |= {parts[1] for parts in names if parts[0] == "coopera" and len(parts) > 1}
    return found - {"__version__"}


MODULES = sorted(p for p in SOURCE.rglob("*.py") if p != SOURCE / "__init__.py")


def floor(name: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if name in rooms)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_run_only_downwards(path: Path) -> None:
    here = room(path)

    for other in imported(path) - {here}:
        assert floor(other) > floor(here), f"{here} imports {other}, which is not below it"


def test_the_plan_sees_an_import_inside_a_function(tmp_path: Path) -> None:
    module = tmp_path / "graphs.py"
    module.write_text("def f():\n    from coopera import cli\n    import coopera.site\n")

    assert imported(module) == {"cli", "site"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_module_opens_by_saying_what_goes_in_and_what_comes_out(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


HEAVY = {
    "rdflib", "pyshacl", "jinja2", "yaml", "SPARQLWrapper", "openpyxl", "rapidfuzz", "starlette",
}  # fmt: skip


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["--version"]])
def test_help_loads_no_heavy_library(arguments: list[str]) -> None:
    script = (
        "import sys\nfrom coopera.cli import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert not HEAVY & set(done.stderr.split())


def test_a_query_loads_neither_rdflib_nor_the_renderer() -> None:
    script = (
        "import sys\nfrom coopera.cli import main\n"
        "try: main(['query', '-q', 'ASK {}'])\nexcept SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert not {"rdflib", "pyshacl", "jinja2"} & set(done.stderr.split())


def test_a_saved_query_loads_nothing_that_it_does_not_need() -> None:
    script = (
        "import sys\nfrom coopera.cli import main\n"
        "try: main(['query', 'agreements-between', '-f', 'csv'])\nexcept SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    needless = {"tempfile", "traceback", "coopera.stores.building", "coopera.rules"}
    assert not needless & set(done.stderr.split())

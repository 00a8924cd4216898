"""The README: its examples run and print what it shows, and it leaves nothing out."""

import re
import shlex

import pytest
from click.testing import CliRunner
from conftest import ROOT

from coopera.cli import main
from coopera.engines import ENGINES
from coopera.formats import FORMATS

README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```console\n\$ coopera ([^\n]*)\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_an_example_prints_what_the_readme_shows(
    command: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)

    done = CliRunner().invoke(main, shlex.split(command), catch_exceptions=False)

    assert done.exit_code == 0
    assert done.stdout == shown


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4


def test_the_quick_start_holds_exactly_two_commands() -> None:
    section = README.partition("## Quick start")[2].partition("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)

    assert blocks == [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/coopera build\n",
        "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/pytest -n auto --dist loadgroup\n",
    ]


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_is_in_the_table(name: str) -> None:
    assert f"| `coopera {name}` |" in README


@pytest.mark.parametrize("name", [*FORMATS, *ENGINES])
def test_every_format_and_engine_is_named(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("path", re.findall(r"`((?:ontology|data|queries)/[\w./-]*)`", README))
def test_every_path_that_is_named_exists(path: str) -> None:
    assert (ROOT / path).exists()

"""Integrations: the hooks, the action and the GitLab job call what is there, and nothing else."""

import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import composite
import pytest
import yaml
from conftest import ROOT

from coopera.cli import main
from coopera.verdicts import FAIL_ON

ACTION = composite.read(ROOT / "action.yml")
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
GUIDE = (ROOT / "docs" / "continuous-integration.md").read_text("utf-8")
YAML = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
PRE_COMMIT, WORKFLOW, GITLAB = YAML
HOSTILE = [
    "$(touch evil)",
    "`touch evil`",
    '"; touch evil; "',
    "'; touch evil; '",
    "a b\tc",
    "*",
    "--output=evil",
    "-h",
    "\n::error::evil",
    "é\\",
    "${HOME}",
]


def called(words: list[str]) -> tuple[str, set[str]]:
    """Give the command that a line of words calls, and the options it gives to it."""
    assert words[0] == "coopera"
    commands = [word for word in words[1:] if word in main.commands]
    assert commands, words
    return commands[0], {word.partition("=")[0] for word in words if re.match(r"-{1,2}[a-z]", word)}


def unknown(command: str, options: set[str]) -> set[str]:
    return options - {
        name
        for one in (main, main.commands[command])
        for parameter in one.params
        if isinstance(parameter, click.Option)
        for name in parameter.opts
    }


# pre-commit


@pytest.mark.parametrize("hook", HOOKS.values(), ids=list(HOOKS))
def test_a_hook_runs_a_command_on_the_whole_project(hook: dict[str, Any]) -> None:
    command, options = called(shlex.split(hook["entry"]))

    assert not unknown(command, options)
    assert hook["id"] == f"coopera-{command}"
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False


@pytest.mark.parametrize(
    ("name", "hooks"),
    [
        ("data/one/agreements.ttl", {"coopera-check", "coopera-validate"}),
        ("graph/data/one/evidence.csv", {"coopera-check"}),
        ("queries/all/agreements.rq", {"coopera-check"}),
        ("coopera.toml", {"coopera-check"}),
        ("far/away.nq", {"coopera-validate"}),
        ("README.md", set()),
        ("metadata/x.py", set()),
    ],
)
def test_a_hook_runs_where_a_file_that_it_reads_changes(name: str, hooks: set[str]) -> None:
    assert {key for key, hook in HOOKS.items() if re.search(hook["files"], name)} == hooks


def test_the_guide_shows_hooks_that_there_are() -> None:
    assert {hook["id"] for repo in PRE_COMMIT["repos"] for hook in repo["hooks"]} <= set(HOOKS)


# GitHub

STEPS = {step["id"]: step for step in ACTION["runs"]["steps"]}
SCRIPTS = {name: step for name, step in STEPS.items() if "run" in step}


@pytest.mark.parametrize("step", SCRIPTS.values(), ids=list(SCRIPTS))
def test_an_input_reaches_a_script_through_its_environment_only(step: dict[str, Any]) -> None:
    used = {
        name for pair in re.findall(r"\$\{?(\w+)|environ\[\"(\w+)", step["run"]) for name in pair
    }

    assert "${{" not in step["run"]
    assert step["shell"] == "bash"
    assert set(step["env"]) <= used


def test_every_input_is_used_described_and_has_a_default() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", str(ACTION["runs"])))

    assert used == set(ACTION["inputs"])
    assert all(
        isinstance(i["default"], str) and i["description"] for i in ACTION["inputs"].values()
    )
    assert ACTION["runs"]["using"] == "composite"


def test_the_guide_gives_inputs_that_there_are() -> None:
    steps = WORKFLOW["jobs"]["check"]["steps"]
    (ours,) = [step for step in steps if "coopera@" in step["uses"]]

    assert set(ours["with"]) <= set(ACTION["inputs"])
    assert steps[0]["with"] == {"fetch-depth": 0}
    assert steps[-1]["with"]["sarif_file"] == ours["with"]["sarif"]


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/bash\n{text}\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """Make a folder whose `coopera` writes down its arguments; it fails where `code` says so."""
    folder = tmp_path / "bin"
    script(
        folder / "coopera",
        f'printf "%s\\0" "${{GITHUB_ACTIONS:-}}" "$@" >>"{tmp_path}/calls"; '
        f'printf "\\1" >>"{tmp_path}/calls"\n'
        f'for word; do if [ "$word" = --exit-zero ]; then exit 0; fi; done\n'
        f'if [ -e "{tmp_path}/code" ]; then exit "$(cat "{tmp_path}/code")"; fi',
    )
    script(folder / "python", f'exec "{sys.executable}" "$@"')
    return folder


def calls(folder: Path) -> list[list[str]]:
    """Give the words of each call: whether in GitHub's environment, then the arguments."""
    path = folder / "calls"
    written = path.read_bytes().decode() if path.exists() else ""
    return [call.split("\0")[:-1] for call in written.split("\1")[:-1]]


def act(stub: Path, **given: str) -> int:
    inputs = {name.replace("_", "-"): text for name, text in given.items()}
    place = stub.parent / "work"
    place.mkdir(exist_ok=True)
    return composite.run(ROOT / "action.yml", inputs, {"install": {"bin": str(stub)}}, place)


def test_the_action_checks_the_project_unless_told_otherwise(stub: Path) -> None:
    assert act(stub) == 0
    assert calls(stub.parent) == [["true", "--project=.", "check", "--fail-on=error"]]


def test_the_action_passes_its_inputs_on(stub: Path) -> None:
    act(
        stub,
        command="validate",
        project="",
        args="""data/a.ttl -s 'my shapes.ttl'\n --lang "fr" """,
        fail_on="warning",
        changed_since="origin/main",
        baseline="known.json",
        annotations="false",
    )

    (call,) = calls(stub.parent)
    assert call == [
        "", "validate", "--fail-on=warning", "data/a.ttl", "-s", "my shapes.ttl", "--lang", "fr",
        "--changed-since=origin/main", "--baseline=known.json",
    ]  # fmt: skip


def test_sarif_is_written_before_findings_fail_the_step(stub: Path) -> None:
    (stub.parent / "code").write_text("1")

    assert act(stub, sarif="out file.sarif") == 1
    first, second = calls(stub.parent)
    assert first == [
        "", "--project=.", "check", "--fail-on=error", "--format=sarif",
        "--output=out file.sarif", "--exit-zero",
    ]  # fmt: skip
    assert second == ["true", "--project=.", "check", "--fail-on=error"]


@pytest.mark.parametrize("code", ["1", "2"])
def test_the_action_fails_as_the_command_fails(code: str, stub: Path) -> None:
    (stub.parent / "code").write_text(code)

    assert act(stub) == int(code)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["project", "fail-on", "changed-since", "baseline"])
def test_an_input_is_one_argument_whatever_it_holds(name: str, text: str, stub: Path) -> None:
    act(stub, **{name.replace("-", "_"): text})

    (call,) = calls(stub.parent)
    assert f"--{name}={text}" in call
    assert not list((stub.parent / "work").iterdir())


@pytest.mark.parametrize("text", HOSTILE)
def test_the_file_for_sarif_is_one_argument_whatever_it_holds(text: str, stub: Path) -> None:
    act(stub, sarif=text)

    assert f"--output={text}" in calls(stub.parent)[0]
    assert not list((stub.parent / "work").iterdir())


@pytest.mark.parametrize(
    "text", ["$(touch evil)", "`touch evil`", "; touch evil", "*", "~", "$HOME"]
)
def test_further_arguments_are_split_at_spaces_and_not_evaluated(text: str, stub: Path) -> None:
    act(stub, args=text)

    assert calls(stub.parent)[0][4:] == text.split()
    assert not list((stub.parent / "work").iterdir())


def test_arguments_with_an_open_quote_fail_the_step(stub: Path) -> None:
    assert act(stub, args="'open") != 0
    assert calls(stub.parent) == []


@pytest.mark.parametrize("text", ["", "serve", "check; touch evil", "--help", "check validate"])
def test_another_command_is_refused(text: str, stub: Path) -> None:
    assert act(stub, command=text) == 2
    assert calls(stub.parent) == []


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Make a Python that makes virtual environments whose `pip` writes down what it installs."""
    path, inner = tmp_path / "python", tmp_path / "inner"
    script(inner, f'printf "%s\\0" "$@" >>"{tmp_path}/installed"')
    script(
        path,
        f'[ "$1 $2" = "-m venv" ] || exit 9\nmkdir -p "$3/bin"\ncp "{inner}" "$3/bin/python"',
    )
    return path


def install(python: Path, **given: str) -> int:
    known = {"python": {"python-path": str(python)}, "run": {}}
    return composite.run(ROOT / "action.yml", given, known, python.parent)


@pytest.mark.parametrize(
    ("version", "wanted"),
    [("", str(ROOT)), ("0.1.0", "coopera==0.1.0"), ("1.2rc1", "coopera==1.2rc1")],
)
def test_the_action_installs_itself_or_a_version(version: str, wanted: str, python: Path) -> None:
    assert install(python, version=version) == 0
    told = (python.parent / "installed").read_text().split("\0")
    assert told[:3] == ["-m", "pip", "install"]
    assert told[-2] == wanted


@pytest.mark.parametrize("version", [*HOSTILE, "1.0 --index-url=http://evil", "1.0\n2.0", "@ evil"])
def test_what_is_no_version_is_refused(version: str, python: Path) -> None:
    assert install(python, version=version) == 2
    assert not (python.parent / "installed").exists()
    assert not (python.parent / "evil").exists()


# GitLab


def gitlab(stub: Path, sha: str | None) -> list[list[str]]:
    job = GITLAB["coopera"]
    environment = {"PATH": f"{stub}:/usr/bin:/bin"}
    if sha is not None:
        environment["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = sha
    for line in job["script"]:
        subprocess.run(["sh", "-e", "-c", line], env=environment, check=True, cwd=stub.parent)
    return [call[1:] for call in calls(stub.parent)]


def test_the_job_for_gitlab_writes_the_report_that_it_hands_over(stub: Path) -> None:
    report, validated, checked = gitlab(stub, None)

    file = GITLAB["coopera"]["artifacts"]["reports"]["codequality"]
    assert report == [
        "--project", ".", "validate", "-f", "gitlab", "-o", file, "--exit-zero",
    ]  # fmt: skip
    assert validated == ["--project", ".", "validate"]
    assert checked == ["--project", ".", "check"]
    assert GITLAB["coopera"]["variables"]["GIT_DEPTH"] == "0"


def test_in_a_merge_request_the_job_looks_at_what_changed(stub: Path) -> None:
    assert gitlab(stub, "0a1b 2c")[1] == ["--project", ".", "validate", "--changed-since=0a1b 2c"]


# All of them


def lines() -> Iterator[list[str]]:
    """Give the words of each line that calls the command."""
    for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL):
        yield from map(shlex.split, block.splitlines())
    for line in GITLAB["coopera"]["script"]:
        yield shlex.split(re.sub(r"\$\{\w+:\+(.*)\}", r"\1", line))


@pytest.mark.parametrize("words", list(lines()), ids=" ".join)
def test_the_guide_gives_options_that_the_commands_have(words: list[str]) -> None:
    assert not unknown(*called(words))


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("check", {"--fail-on", "--format", "--output", "--exit-zero"}),
        ("validate", {"--fail-on", "--format", "--output", "--exit-zero", "--changed-since",
                      "--baseline"}),
    ],
)  # fmt: skip
def test_the_action_gives_options_that_the_commands_have(command: str, options: set[str]) -> None:
    assert options <= set(re.findall(r"--[a-z-]+", STEPS["run"]["run"]))
    assert not unknown(command, options)


def test_the_guide_and_the_action_name_every_severity_to_fail_on() -> None:
    for severity in FAIL_ON:
        assert re.search(rf"`(--fail-on )?{severity}`", GUIDE)
        assert severity in ACTION["inputs"]["fail-on"]["description"]

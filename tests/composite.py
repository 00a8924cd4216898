"""A composite action: its file and inputs in; its steps, run as GitHub runs them, out.

Run it as `python tests/composite.py action.yml command=check project=.`; it exits as the first
step that fails. Steps that use another action are left out; setup-python gives this Python.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")


def read(path: Path) -> dict[str, Any]:
    """Read the action's file."""
    found = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def run(
    path: Path,
    given: Mapping[str, str],
    steps: Mapping[str, Mapping[str, str]] | None = None,
    folder: Path | None = None,
) -> int:
    """Run the steps and give the last exit code; a step whose outputs are given is left out."""
    action = read(path)
    unknown = given.keys() - action["inputs"].keys()
    if unknown:
        raise KeyError(f"the action has no input {sorted(unknown)}")
    known = {f"inputs.{name}": entry["default"] for name, entry in action["inputs"].items()}
    known |= {f"inputs.{name}": text for name, text in given.items()}
    known["github.action_path"] = str(path.resolve().parent)
    outputs = {"python": {"python-path": sys.executable}, **(steps or {})}
    with tempfile.TemporaryDirectory() as temporary:
        for step in action["runs"]["steps"]:
            found = outputs.get(step["id"])
            if found is None:
                code, found = _run(step, known, Path(temporary), folder)
                if code:
                    return code
            known |= {f"steps.{step['id']}.outputs.{k}": text for k, text in found.items()}
    return 0


def _run(
    step: Mapping[str, Any], known: Mapping[str, str], temporary: Path, folder: Path | None
) -> tuple[int, dict[str, str]]:
    script, output = temporary / "script.sh", temporary / "output"
    script.write_text(step["run"], "utf-8")
    output.write_text("")
    environment = {
        name: EXPRESSION.sub(lambda match: known[match[1]], text)
        for name, text in step["env"].items()
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
        cwd=folder,
        check=False,
        env={
            **os.environ,
            **environment,
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(output),
            "RUNNER_TEMP": str(temporary),
        },
    )
    lines = output.read_text("utf-8").splitlines()
    return done.returncode, dict(line.split("=", 1) for line in lines)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), dict(argument.split("=", 1) for argument in sys.argv[2:])))

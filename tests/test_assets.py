"""The build hook and browser assets: collected when asked for, carried along, and never demanded."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import ROOT

FAKE = """#!{python}
import json, pathlib, sys
pathlib.Path({calls!r}).write_text(json.dumps(sys.argv[1:]))
files = json.loads({files!r})
if files is None:
    print("npm error code ENOTFOUND\\nnpm error network no way there", file=sys.stderr)
    sys.exit(1)
for name, text in files.items():
    path = pathlib.Path("node_modules", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
"""
"""An npm that puts files down, or fails."""


@pytest.fixture
def hook() -> ModuleType:
    specification = importlib.util.spec_from_file_location("hook", ROOT / "hatch_build.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project with a lock file, on a machine without npm, where nothing is asked for."""
    monkeypatch.delenv("COOPERA_ASSETS", raising=False)
    monkeypatch.delenv("COOPERA_REQUIRE_ASSETS", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "root/src/coopera/templates").mkdir(parents=True)
    shutil.copytree(ROOT / "frontend", tmp_path / "root/frontend")
    return tmp_path / "root"


def install_npm(hook: ModuleType, tree: Path, *, works: bool = True, without: str = "") -> Path:
    files = {
        part: f"// {part}" for parts in hook.ASSETS.values() for part in parts if part != without
    }
    for name in ("d3-force", "@zazuko/yasgui"):
        package = {"name": name, "version": "1.2.3", "license": "ISC"}
        files[f"{name}/package.json"] = json.dumps(package)
    files["d3-force/LICENSE"] = "Do as you like."
    calls = tree.parent / "calls.json"
    npm = tree.parent / "bin/npm"
    given = json.dumps(files if works else None)
    npm.write_text(FAKE.format(python=sys.executable, calls=str(calls), files=given))
    npm.chmod(0o755)
    return calls


def run(
    hook: ModuleType, tree: Path, target: str = "wheel", version: str = "standard"
) -> dict[str, str]:
    data: dict[str, dict[str, str]] = {"force_include": {}}
    made: Any = hook.GraphHook(str(tree), {}, None, None, "", target)
    made.initialize(version, data)
    return {
        Path(path).name: goal for path, goal in data["force_include"].items() if "vendor" in goal
    }


def test_nothing_is_collected_unless_asked_for(hook: ModuleType, tree: Path) -> None:
    calls = install_npm(hook, tree)

    assert run(hook, tree) == {}
    assert not calls.exists()
    assert not (tree / hook.VENDOR).exists()


def test_what_is_asked_for_is_collected_without_running_scripts(
    hook: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = install_npm(hook, tree)
    monkeypatch.setenv("COOPERA_ASSETS", "1")

    added = run(hook, tree)

    assert added["d3-force.js"] == "coopera/templates/vendor/d3-force.js"
    assert set(added) == {*hook.ASSETS, "THIRD-PARTY.txt", "STAMP"}
    asked = json.loads(calls.read_text())
    assert asked[0] == "ci"
    assert "--ignore-scripts" in asked
    script = (tree / hook.VENDOR / "d3-force.js").read_text()
    assert script.index("d3-dispatch") < script.index("d3-timer") < script.index("d3-force")
    told = (tree / hook.VENDOR / "THIRD-PARTY.txt").read_text()
    assert "d3-force 1.2.3 (ISC)\n\nDo as you like." in told
    assert "@zazuko/yasgui 1.2.3 (ISC)" in told


def test_an_sdist_carries_the_assets_where_the_source_has_them(
    hook: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_npm(hook, tree)
    monkeypatch.setenv("COOPERA_ASSETS", "1")

    added = run(hook, tree, "sdist")

    assert added["STAMP"] == "src/coopera/templates/vendor/STAMP"


def test_an_editable_install_collects_into_the_tree_and_copies_nothing(
    hook: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_npm(hook, tree)
    monkeypatch.setenv("COOPERA_ASSETS", "1")

    assert run(hook, tree, version="editable") == {}
    assert (tree / hook.VENDOR / "d3-force.js").is_file()


def test_what_is_there_is_used_without_npm_as_from_an_sdist(
    hook: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = install_npm(hook, tree)
    monkeypatch.setenv("COOPERA_ASSETS", "1")
    run(hook, tree)
    calls.unlink()
    (tree.parent / "bin/npm").unlink()
    monkeypatch.delenv("COOPERA_ASSETS")

    assert "d3-force.js" in run(hook, tree)
    monkeypatch.setenv("COOPERA_REQUIRE_ASSETS", "1")
    assert "d3-force.js" in run(hook, tree)
    assert not calls.exists()


@pytest.mark.parametrize("changed", ["frontend/package-lock.json", "vendor"])
def test_assets_of_another_lock_file_or_that_were_changed_stay_out(
    hook: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], changed: str,
) -> None:  # fmt: skip
    calls = install_npm(hook, tree)
    monkeypatch.setenv("COOPERA_ASSETS", "1")
    run(hook, tree)
    calls.unlink()
    path = tree / (changed if changed != "vendor" else f"{hook.VENDOR}/d3-force.js")
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    monkeypatch.delenv("COOPERA_ASSETS")

    assert run(hook, tree) == {}
    told = capsys.readouterr()
    assert "stay out" in told.err + told.out
    monkeypatch.setenv("COOPERA_ASSETS", "1")
    assert "d3-force.js" in run(hook, tree)
    assert calls.exists()


@pytest.mark.parametrize("trouble", ["no npm", "no network", "no file", "npm that is no program"])
def test_what_cannot_be_collected_is_told_in_one_line_unless_it_is_required(
    hook: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], trouble: str,
) -> None:  # fmt: skip
    said = {"no npm": "npm is not on the path", "no network": "npm error"}
    if trouble == "no network":
        install_npm(hook, tree, works=False)
    elif trouble == "no file":
        install_npm(hook, tree, without="d3-timer/dist/d3-timer.min.js")
    elif trouble == "npm that is no program":
        npm = tree.parent / "bin/npm"
        npm.write_text("#!/nowhere/at/all\n")
        npm.chmod(0o755)
    monkeypatch.setenv("COOPERA_ASSETS", "1")

    assert run(hook, tree) == {}
    output = capsys.readouterr()
    told = (output.err + output.out).strip()
    assert len(told.splitlines()) == 1
    assert "no browser assets" in told
    assert said.get(trouble, "") in told
    assert list((tree / "src/coopera/templates").iterdir()) == []
    monkeypatch.setenv("COOPERA_REQUIRE_ASSETS", "1")
    with pytest.raises(hook.AssetsError):
        run(hook, tree)


def test_a_failure_leaves_the_former_assets(
    hook: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_npm(hook, tree)
    monkeypatch.setenv("COOPERA_ASSETS", "1")
    run(hook, tree)
    before = (tree / hook.VENDOR / "STAMP").read_text()
    (tree / hook.VENDOR / "d3-force.js").write_text("changed")
    install_npm(hook, tree, without="d3-timer/dist/d3-timer.min.js")

    assert run(hook, tree) == {}
    assert (tree / hook.VENDOR / "STAMP").read_text() == before


def test_the_repository_holds_names_versions_and_hashes_and_nothing_else() -> None:
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text("utf-8"))
    asked = json.loads((ROOT / "frontend/package.json").read_text("utf-8"))["dependencies"]

    assert {path.name for path in (ROOT / "frontend").iterdir()} == {
        "package.json",
        "package-lock.json",
    }
    assert all(version[0].isdigit() for version in asked.values())
    for name, package in lock["packages"].items():
        assert name == "" or package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package
    done = subprocess.run(
        ["git", "ls-files", "src/coopera/templates/vendor", "frontend/node_modules"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == ""


@pytest.mark.skipif(
    os.environ.get("COOPERA_ASSETS") != "1" or shutil.which("npm") is None,
    reason="the real packages are collected with COOPERA_ASSETS=1 and npm alone",
)
def test_the_real_packages_make_a_wheel_that_an_sdist_makes_too(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Build an sdist with npm, and a wheel from it without npm or anything asked for."""
    source = tmp_path / "source"
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in names:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    environment = dict(os.environ) | {"COOPERA_REQUIRE_ASSETS": "1"}
    build(source, tmp_path / "one", "sdist", environment)
    (sdist,) = (tmp_path / "one").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    without = {k: v for k, v in environment.items() if not k.startswith("COOPERA_")}
    without["PATH"] = str(tmp_path / "nothing")
    build(unpacked, tmp_path / "two", "wheel", without)
    (wheel,) = (tmp_path / "two").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name.removeprefix("coopera/templates/vendor/") for name in archive.namelist()}
        assert {*hook.ASSETS, "THIRD-PARTY.txt", "STAMP"} <= held
        licences = archive.read("coopera/templates/vendor/THIRD-PARTY.txt").decode()
        script = archive.read("coopera/templates/vendor/d3-force.js").decode()
    for name in ("@zazuko/yasgui 4.6.2 (MIT)", "d3-force 3.0.0 (ISC)", "world-atlas 2.0.2 (ISC)"):
        assert name in licences
    assert "forceSimulation" in script
    assert len(script) < 20_000


def build(source: Path, goal: Path, kind: str, environment: dict[str, str]) -> None:
    call = {"sdist": "build_sdist", "wheel": "build_wheel"}[kind]
    script = f"import hatchling.build as b; b.{call}({str(goal)!r})"
    goal.mkdir()
    subprocess.run(
        [sys.executable, "-c", script], cwd=source, env=environment, check=True, timeout=400
    )

"""Builds that may be spared: what has not changed is told again, and all else is built anew."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from conftest import SMALL, Make
from test_cli import run

from coopera import builds
from coopera.project import Project

SPARED = "nothing has changed"


@pytest.fixture
def built(make: Make) -> Path:
    """Give the folder of a project whose site is written, and whose checks have a warning."""
    shapes = SMALL["ontology/shapes/agreement.ttl"].replace(
        "sh:maxCount 1", "sh:maxCount 1 ; sh:minCount 1 ; sh:severity sh:Warning"
    )
    root = make({"ontology/shapes/agreement.ttl": shapes}).root
    assert run("build", project=root).exit_code == 0
    return root


def state(root: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in (root / "public").rglob("*") if path.is_file())
    return {p.relative_to(root).as_posix(): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}


def spared(done: Result) -> bool:
    assert done.exit_code == 0, done.output
    return SPARED in done.stderr


def test_an_unchanged_graph_is_neither_checked_nor_written(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(built)
    monkeypatch.setattr("coopera.checks.run", lambda *_: pytest.fail("it was checked"))

    assert spared(run("build", project=built))
    assert state(built) == before


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_build_that_is_spared_tells_what_the_one_before_it_told(
    built: Path, language: str
) -> None:
    forced = run("build", "--force", "--lang", language, project=built)
    again = run("build", "--lang", language, project=built)

    assert not spared(forced)
    assert again.stderr == f"nothing has changed since this site was written.\n{forced.stderr}"
    assert again.stdout == forced.stdout
    assert "COOP202" in again.stdout


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def edit_of_old(path: Path) -> None:
    """Write something else of the same size, with the time of long ago."""
    path.write_bytes(b"x" * path.stat().st_size)
    os.utime(path, (1, 1))


def case(root: Path) -> None:
    """Write a case of a rule, which the page of the rule may show."""
    (root / "tests/shapes").mkdir(parents=True)
    (root / "tests/shapes/world.ttl").write_text("")


CHANGES: dict[str, Callable[[Path], object]] = {
    "data": lambda root: append(root / "data/one/sources.ttl", "# more\n"),
    "ontology": lambda root: append(root / "ontology/coop.ttl", "# more\n"),
    "a query": lambda root: append(root / "queries/all/agreements.rq", "# more\n"),
    "settings": lambda root: (root / "coopera.toml").write_text('title = {en = "A", fr = "B"}'),
    "a file more": lambda root: (root / "data/one/notes.md").write_text("new"),
    "history": lambda root: (root / "quality-history.csv").write_text(
        "date,triples,error,warning,info,gaps\n"
    ),
    "example": case,
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_what_a_site_is_made_of_is_built(built: Path, what: str) -> None:
    CHANGES[what](built)

    assert not spared(run("build", project=built))
    assert spared(run("build", project=built))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a page is gone": lambda site: (site / "fr/index.html").unlink(),
    "a page is edited, its size kept": lambda site: (site / "fr/index.html").write_bytes(
        (site / "fr/index.html").read_bytes().replace(b"Coopera", b"Cooperb")
    ),
    "a page is cut off": lambda site: os.truncate(site / "fr/index.html", 10),
    "a page is another of the same size and an old time": lambda site: edit_of_old(
        site / "fr/index.html"
    ),
    "a file is more": lambda site: (site / "fr/more.html").write_text("more"),
    "a folder is more": lambda site: (site / "fr/more").mkdir(),
    "a folder is gone": lambda site: shutil.rmtree(site / "fr/queries"),
    "the marker is cut off": lambda site: os.truncate(site / builds.MARKER, 100),
    "the marker is that of an older version": lambda site: (site / builds.MARKER).write_text(
        builds.HEAD
    ),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_a_site_that_is_not_as_it_was_written_is_written_anew(built: Path, what: str) -> None:
    whole = {name: content for name, (content, _) in state(built).items()}
    DAMAGES[what](built / "public")

    assert not spared(run("build", project=built))
    assert {name: content for name, (content, _) in state(built).items()} == whole
    assert not (built / "public/fr/more").exists()


@pytest.mark.parametrize(
    "arguments", [["--url", "https://example.org/"], ["--redirects", "apache"], ["--allow-empty"]]
)
def test_other_options_build_another_site(built: Path, arguments: list[str]) -> None:
    assert not spared(run("build", *arguments, project=built))
    assert spared(run("build", *arguments, project=built))


def test_another_version_of_our_code_or_of_a_library_builds_anew(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make()
    before = builds.inputs(project, {})
    monkeypatch.setattr("importlib.metadata.version", lambda name: "0.0.1")
    other = builds.inputs(project, {})
    monkeypatch.setattr(builds, "__version__", "99")

    assert len({before, other, builds.inputs(project, {})}) == 3


def test_an_edit_of_a_template_builds_anew(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, code = make(), tmp_path / "code"
    (code / "templates").mkdir(parents=True)
    (code / "templates/a.html").write_text("a")
    monkeypatch.setattr(builds, "CODE", code)
    before = builds.inputs(project, {})
    (code / "__pycache__").mkdir()
    (code / "__pycache__/a.pyc").write_text("a")
    cached = builds.inputs(project, {})
    (code / "templates/a.html").write_text("b")

    assert cached == before
    assert builds.inputs(project, {}) != before


def test_a_file_that_says_the_same_keeps_its_time_when_another_changes(built: Path) -> None:
    before = state(built)
    path = built / "data/one/agreements.ttl"
    path.write_text(path.read_text("utf-8").replace('"Accord"', '"Accord neuf"'), "utf-8")

    assert not spared(run("build", project=built))

    after = state(built)
    changed = {n for n in after if before[n][0] != after[n][0]}
    assert "public/fr/id/agreement/a.html" in changed
    assert {n for n in after if before[n][1] != after[n][1]} == changed
    assert len(changed) < len(after) / 2


def test_a_project_that_does_not_conform_any_more_is_refused(built: Path) -> None:
    path = built / "data/one/agreements.ttl"
    kept = path.read_text("utf-8")
    path.write_text(kept + 'agreement:a skos:note "a"@fr , "b"@fr .\n', "utf-8")

    assert run("build", project=built).exit_code in (0, 1)
    path.write_text(kept + "agreement:a coop:party agreement:a .\n", "utf-8")
    refused = run("build", project=built)

    assert refused.exit_code == 1
    assert SPARED not in refused.stderr
    path.write_text(kept, "utf-8")
    assert run("build", project=built).exit_code == 0


def test_a_change_during_a_build_is_built_by_the_next(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coopera import checks

    begin = checks.begin

    def edit(project: Project, allow_empty: bool) -> checks.Begun:
        begun = begin(project, allow_empty)
        append(built / "data/one/sources.ttl", "# later\n")
        return begun

    monkeypatch.setattr(checks, "begin", edit)
    run("build", "--force", project=built)
    monkeypatch.setattr(checks, "begin", begin)

    assert not spared(run("build", project=built))


def test_several_processes_see_the_same_state_as_one(built: Path) -> None:
    site = built / "public"
    folders = builds._folders(site)

    assert builds.state(site, folders, 1) == builds.state(site, folders, 3)
    assert len(folders) > 10


def test_a_build_that_is_spared_loads_no_renderer_and_no_validator(built: Path) -> None:
    script = (
        "import sys\nfrom coopera.cli import main\n"
        f"try: main(['--project', {str(built)!r}, 'build'])\nexcept SystemExit: pass\n"
        "print('loaded', *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = done.stderr.partition("loaded")[2].split()

    assert SPARED in done.stderr
    assert not {"jinja2", "rdflib", "coopera.pages", "coopera.validation", "coopera.checks"} & set(
        loaded
    )

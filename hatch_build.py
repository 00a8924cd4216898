"""The build hook: a wheel carries the project's graph, and browser assets where asked for.

An editable install leaves the graph in place. The assets (YASGUI, d3-force, the outlines of the
world) are no part of the repository, which holds their names, versions and hashes in `frontend/`.
`COOPERA_ASSETS=1` collects them with npm into an untracked folder; where that fails, the build says
so in one line and goes on, unless `COOPERA_REQUIRE_ASSETS=1`. An sdist carries them too.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = "src/coopera/templates/vendor"
STAMP = "STAMP"
ASSETS = {
    "d3-force.js": tuple(
        f"{name}/dist/{name}.min.js"
        for name in ("d3-dispatch", "d3-quadtree", "d3-timer", "d3-force")
    ),
    "yasgui.min.js": ("@zazuko/yasgui/build/yasgui.min.js",),
    "yasgui.min.css": ("@zazuko/yasgui/build/yasgui.min.css",),
    "countries-50m.json": ("world-atlas/countries-50m.json",),
}
"""What is collected, and the files of packages that it is put together from."""
LICENCES = "THIRD-PARTY.txt"
SECONDS = 300


class AssetsError(Exception):
    """The assets could not be collected; says why."""


class GraphHook(BuildHookInterface[Any]):
    """Copies ontology, data, queries and the cases of their tests to `coopera/project`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folders to the wheel, unless the install is editable.

        With a plain `force-include` table an editable install would leave copies that grow stale.
        """
        assets = self._assets()
        if version == "editable":
            return
        added = build_data["force_include"]
        if assets:
            wheel = self.target_name == "wheel"
            for path in sorted(assets.iterdir()):
                below = VENDOR.removeprefix("src/") if wheel else VENDOR
                added[str(path)] = f"{below}/{path.name}"
        if self.target_name == "wheel":
            # `coopera rule` shows the cases as examples.
            for name in (
                "ontology",
                "data",
                "queries",
                "tests/shapes",
                "tests/verify",
                "coopera.toml",
            ):
                added[str(Path(self.root, name))] = f"coopera/project/{name}"

    def _assets(self) -> Path | None:
        """Give the folder of the assets, if they are those of the lock file; collect if asked."""
        root = Path(self.root)
        required = os.environ.get("COOPERA_REQUIRE_ASSETS") == "1"
        if fresh(root):
            return root / VENDOR
        if required or os.environ.get("COOPERA_ASSETS") == "1":
            try:
                collect(root)
            except AssetsError as error:
                if required:
                    raise
                self.app.display_warning(f"coopera: no browser assets: {error}")
                return None
            return root / VENDOR
        if (root / VENDOR).exists():
            self.app.display_warning(
                "coopera: the browser assets are not those of frontend/package-lock.json and stay "
                "out; COOPERA_ASSETS=1 collects them anew"
            )
        return None


def stamp(root: Path, folder: Path) -> str:
    """Tell what the assets were made from, and the digest of each."""
    lock = (root / "frontend" / "package-lock.json").read_bytes()
    told = [f"{hashlib.sha256(lock).hexdigest()}  package-lock.json"]
    told += [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}"
        for name in sorted((*ASSETS, LICENCES))
    ]
    return "\n".join(told) + "\n"


def fresh(root: Path) -> bool:
    """Say whether all assets are there, as the lock file asks for them."""
    folder = root / VENDOR
    try:
        return (folder / STAMP).read_text("utf-8") == stamp(root, folder)
    except OSError:
        return False


def collect(root: Path) -> None:
    """Fetch the packages of the lock file, and put the assets in the place of the former ones.

    Raises AssetsError where npm, the network or a file is missing.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise AssetsError("npm is not on the path")
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(root / "frontend" / name, work)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"]
        try:
            done = subprocess.run(  # noqa: S603 - npm, with arguments of ours
                command, cwd=work, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise AssetsError(f"npm ci did not end well: {error}") from error
        if done.returncode:
            last = (done.stderr.strip() or done.stdout.strip()).splitlines()
            why = next((line for line in last if "error" in line), last[-1] if last else "")
            raise AssetsError(f"npm ci failed: {why[:200]}")
        try:
            _place(root, work / "node_modules")
        except OSError as error:
            raise AssetsError(f"a file is missing: {error}") from error


def _place(root: Path, modules: Path) -> None:
    """Put the assets together beside their place, then in it."""
    folder = root / VENDOR
    aside = folder.with_name(".vendor.new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        for name, parts in ASSETS.items():
            (aside / name).write_bytes(b"\n".join((modules / part).read_bytes() for part in parts))
        (aside / LICENCES).write_text(licences(modules), "utf-8")
        (aside / STAMP).write_text(stamp(root, aside), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def licences(modules: Path) -> str:
    """Write the licence of each package: what the bundles were made of."""
    told = ["Licences of the programs and data in this folder, which are not the project's own.\n"]
    found = sorted((*modules.glob("*/package.json"), *modules.glob("@*/*/package.json")))
    for path in found:
        package = json.loads(path.read_text("utf-8"))
        name = f"{package.get('name')} {package.get('version')}"
        told.append(f"{'-' * 78}\n{name} ({package.get('license', 'licence not named')})\n")
        told += [
            text.read_text("utf-8", "replace").strip() + "\n"
            for text in sorted(path.parent.iterdir())
            if text.is_file() and text.name.upper().startswith(("LICENSE", "LICENCE", "COPYING"))
        ]
    return "\n".join(told)

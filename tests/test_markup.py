"""The markup of all pages: what the Nu Html Checker of the W3C says of them."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from outlets import Outlet, Site

from coopera.terms import LANGUAGES

HTML = {"accept": "text/html"}
VNU = os.environ.get("COOPERA_VNU", "")
"""The file vnu.jar of the package vnu-jar of npm."""
pytestmark = pytest.mark.skipif(
    not VNU or shutil.which("java") is None,
    reason="Java is not installed, or COOPERA_VNU names no copy of vnu.jar (npm vnu-jar)",
)


def is_quoted(message: dict[str, str]) -> bool:
    """Say whether a message is about an example of what a rule reports, which must stay as it is."""
    return "/rules/" in message["url"] and "Normalization Form C" in message["message"]


def test_the_checker_of_the_w3c_has_nothing_to_say_of_any_page(
    whole_site: Site, all_outlets: dict[str, Outlet], tmp_path: Path
) -> None:
    for name in ("live", "reports"):
        for kind, way in all_outlets[name].pages.items():
            for language in LANGUAGES:
                got = httpx.get(f"{all_outlets[name].url}/{way.format(language)}", headers=HTML)
                assert got.headers["content-type"].startswith("text/html"), way
                (tmp_path / f"{kind}-{language}.html").write_bytes(got.content)

    done = subprocess.run(
        ["java", "-jar", VNU, "--skip-non-html", "--exit-zero-always", "--format", "json",
         "--stdout", str(whole_site.folder), str(tmp_path)],
        capture_output=True, text=True, timeout=500, check=True,
    )  # fmt: skip

    told = [message for message in json.loads(done.stdout)["messages"] if not is_quoted(message)]
    assert told == [], json.dumps(told, indent=1)

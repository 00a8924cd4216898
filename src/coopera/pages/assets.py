"""Assets: what the build hook may have collected from elsewhere in; what pages can use of it out.

They stand in `templates/vendor`, which the repository does not hold, and each of our scripts is
offered with the one that it needs. Without them every page works.
"""

from collections.abc import Mapping
from functools import lru_cache

from coopera.pages.templates import FOLDER
from coopera.pictures.world import Atlas, read

VENDOR = "vendor"
LICENCES = f"{VENDOR}/THIRD-PARTY.txt"
STATIC: Mapping[str, tuple[str, ...]] = {"network.js": (f"{VENDOR}/d3-force.js",)}
"""Our scripts of the static site, and what each needs."""
LIVE: Mapping[str, tuple[str, ...]] = {
    "editor.js": (f"{VENDOR}/yasgui.min.js", f"{VENDOR}/yasgui.min.css")
}
"""Those of a server's pages alone."""


def has(script: str) -> bool:
    """Say whether all that a script of ours needs is here."""
    needed = {**STATIC, **LIVE}[script]
    return all((FOLDER / name).is_file() for name in needed)


def _offered(scripts: Mapping[str, tuple[str, ...]]) -> list[str]:
    found = [name for script in scripts if has(script) for name in (script, *scripts[script])]
    return [*found, LICENCES] if found and (FOLDER / LICENCES).is_file() else found


def static() -> list[str]:
    """List the files that the site holds for its scripts."""
    return _offered(STATIC)


def live() -> list[str]:
    """List the files that a server holds besides."""
    return _offered(LIVE)


def content(name: str) -> bytes | None:
    """Give a file that is offered, or `None` for any other name."""
    if not name.endswith((".js", ".css", ".txt")) or name not in (*static(), *live()):
        return None
    return (FOLDER / name).read_bytes()


@lru_cache(maxsize=1)
def atlas() -> Atlas | None:
    """Give the outlines of the world, if they are here."""
    path = FOLDER / VENDOR / "countries-50m.json"
    return read(path.read_text("utf-8")) if path.is_file() else None

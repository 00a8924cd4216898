"""Options that commands share: what a person typed in; types, the language and the project out."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from coopera.project import Project

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE_OR_STDIN = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(path_type=Path)


def locale() -> str:
    """Give the language of the environment: fr, else en."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "fr" if value.startswith("fr") else "en"
    return "en"


language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(["fr", "en"]),
    default=locale,
    show_default="from the locale",
    help="The language of what people read.",
)


def project_of(ctx: click.Context) -> "Project":
    """Find the project of --project, else the nearest, else our own."""
    from coopera import project

    return project.find(ctx.obj)

"""A project: a folder in; its settings, and the files of each room, out."""

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from coopera import files, queries
from coopera.errors import Place, ProjectError
from coopera.queries import SavedQuery
from coopera.terms import Prefixes, read_prefixes

SETTINGS = "coopera.toml"
LARGEST = 16_384
"""Characters of the settings, at most: Python's reader of TOML takes a second for as many dots."""
PACKAGED = Path(__file__).parent / "project"
"""Where a wheel holds our own graph."""
STRANGE = (".nt", ".nq", ".trig", ".jsonld", ".rdf", ".owl", ".n3")
"""Endings of RDF files that are not Turtle."""


@dataclass(frozen=True)
class Project:
    """A folder with `coopera.toml`, `ontology/`, `data/` and `queries/`."""

    root: Path
    base: str
    """The IRI under which its things, concepts and ontology stand; ends with a slash."""
    title: dict[str, str]
    output: Path
    """Where `coopera build` writes unless told otherwise."""
    url: str = ""
    """Where its site stands on the web, with a slash at its end; empty where nothing says so."""

    def writable(self) -> "Project":
        """Give the project itself. Raises ProjectError where it is the copy in the package."""
        if self.root == PACKAGED:
            raise ProjectError(
                "this is the graph that comes with the package; nothing is written into it.",
                remedy="give --project DIR, or run the command in a folder with coopera.toml.",
            )
        return self

    @property
    def ontology(self) -> Path:
        """Give the folder of the ontology, its concepts, shapes and rules."""
        return self.root / "ontology"

    @property
    def data(self) -> Path:
        """Give the folder of the data; each folder in it is one data set."""
        return self.root / "data"

    @property
    def path(self) -> str:
        """Give the path of its site on its host, between slashes: the root, if that is unknown."""
        return urlsplit(self.url).path or "/"

    @property
    def site(self) -> str:
        """Give the URL of the folder in which its site stands; ends with a slash."""
        return self.url or self.base

    @property
    def thing_base(self) -> str:
        """Give the IRI under which things are named."""
        return f"{self.base}id/"

    @cached_property
    def prefixes(self) -> Prefixes:
        """Read `ontology/prefixes.ttl`, once. Raises DataError where it cannot be read."""
        return read_prefixes(self.ontology / "prefixes.ttl")

    @cached_property
    def queries(self) -> dict[str, SavedQuery]:
        """Read the saved queries, by name, once. Raises QueryError for a header that is wrong."""
        return queries.saved(self.root / "queries")

    def query(self, name: str) -> SavedQuery:
        """Read one saved query. Raises QueryError, with near names, where there is none."""
        return queries.named(self.root / "queries", name)

    @property
    def verify_files(self) -> list[Path]:
        """Give the queries that must find nothing."""
        return sorted((self.root / "queries" / queries.VERIFY).rglob("*.rq"))

    @property
    def vocabulary_files(self) -> list[Path]:
        """Give the Turtle files of the ontology and its concepts."""
        return sorted(self.ontology.glob("*.ttl")) + sorted(self.ontology.glob("concepts/*.ttl"))

    @property
    def data_files(self) -> list[Path]:
        """Give the Turtle files of the data.

        Raises ProjectError where there is none, and for RDF in another syntax or evidence in
        another place, which would be left out in silence.
        """
        for path in sorted(self.data.rglob("*")):
            strange = path.suffix.lower() in STRANGE or (path.suffix.lower() == ".ttl") != (
                path.suffix == ".ttl"
            )
            if strange or (path.name == "evidence.csv" and path.parent.parent != self.data):
                raise ProjectError(
                    "this file would be left out of the graph.",
                    place=Place(path),
                    remedy="the data are data/SET/*.ttl, each SET with its evidence.csv.",
                )
        return self._some(self.data, "**/*.ttl", "write the data as Turtle into it")

    @property
    def graph_files(self) -> list[Path]:
        """Give every file of the one default graph that queries see: vocabulary and data."""
        return self.vocabulary_files + self.data_files

    @property
    def shape_files(self) -> list[Path]:
        """Give the Turtle files of the shapes, and that of the prefixes of their queries.

        Raises ProjectError where there is no shape.
        """
        shapes = self._some(self.ontology / "shapes", "**/*.ttl", "write SHACL shapes into it")
        return [*shapes, self.ontology / "prefixes.ttl"]

    @property
    def rules(self) -> list[Path]:
        """Give the CONSTRUCT queries of the derived triples."""
        return sorted(self.ontology.glob("derive/*.rq"))

    @property
    def data_sets(self) -> list[Path]:
        """Give the folders that hold an `evidence.csv`: the data sets."""
        return sorted(path.parent for path in self.data.glob("*/evidence.csv"))

    def _some(self, folder: Path, pattern: str, remedy: str) -> list[Path]:
        found = sorted(folder.glob(pattern))
        if not found:
            state = "has no .ttl file" if folder.is_dir() else "is not there"
            raise ProjectError(f"the folder {state}.", place=Place(folder), remedy=f"{remedy}.")
        return found


def find(folder: Path | None = None) -> Project:
    """Find the project: `folder`, else the nearest parent with `coopera.toml`, else our own.

    Raises ProjectError where `folder` holds no `coopera.toml`, or where that cannot be read.
    """
    if folder is not None:
        if not (folder / SETTINGS).is_file():
            raise ProjectError(
                f"there is no {SETTINGS} in this folder.",
                place=Place(folder),
                remedy="give --project a folder that has one; an empty file is enough.",
            )
        return _read(folder.resolve(), None)
    here = Path.cwd()
    for parent in (here, *here.parents):
        if (parent / SETTINGS).is_file():
            return _read(parent, None)
    return _read(packaged(), here / "public")


def packaged() -> Path:
    """Give the folder of our own graph: in the wheel, else the checkout of an editable install."""
    return PACKAGED if PACKAGED.is_dir() else Path(__file__).parents[2]


def _read(root: Path, output: Path | None) -> Project:
    path = root / SETTINGS
    try:
        settings = tomllib.loads(files.text(path, LARGEST))
    # A number may be too long, or lists too deep.
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise ProjectError(
            f"the settings are not TOML: {error}.",
            place=Place(path),
            remedy='write lines such as base = "https://w3id.org/coopera/".',
        ) from error
    base = settings.get("base", "https://w3id.org/coopera/")
    title = settings.get("title", {"en": "Coopera", "fr": "Coopera"})
    url = settings.get("url", base)
    for name, value in (("base", base), ("url", url)):
        if not is_folder(value):
            raise ProjectError(
                f"{name} is {value!r}, not an http IRI that ends with a slash.",
                place=Place(path),
                remedy=f'write {name} = "https://w3id.org/coopera/".',
            )
    if not (isinstance(title, dict) and {"en", "fr"} <= title.keys()):
        raise ProjectError(
            "title lacks a language.", place=Place(path), remedy="write title.en and title.fr."
        )
    output_name = settings.get("output", "public")
    unknown = sorted(settings.keys() - {"base", "title", "output", "url"})
    if unknown or not isinstance(output_name, str):
        raise ProjectError(
            f"the setting {unknown[0] if unknown else 'output'} cannot be used.",
            place=Place(path),
            remedy='the settings are base, title, url and output = "FOLDER".',
        )
    return Project(
        root=root,
        base=base,
        title={language: str(text) for language, text in title.items()},
        output=output or root / output_name,
        url=settings.get("url", ""),
    )


def is_folder(value: object) -> bool:
    """Say whether a value is the http IRI of a folder: one that ends with a slash."""
    return isinstance(value, str) and bool(re.fullmatch(r"https?://[^\s<>\"{}|^`\\]+/", value))

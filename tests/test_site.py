"""The site: whole, the same each time, and never half-written."""

import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from conftest import ROOT, Make

from coopera import graphs, site
from coopera.errors import CooperaError
from coopera.pages import Pages
from coopera.project import Project
from coopera.tables import Quads

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Document(HTMLParser):
    """What the tests ask of a page: its tags, anchors and links, and whether its tags match."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.title = ""
        self.feed(path.read_text("utf-8"))
        assert self.open == [], path

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag, and remember that it is open."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close a tag, which must be the last one opened."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text of the title."""
        if self.open[-1:] == ["title"] and "svg" not in self.open:
            self.title += data

    def all(self, name: str) -> list[dict[str, str]]:
        """Give the attributes of each tag of a name."""
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(scope="module")
def triples(coopera_project: Project) -> Quads:
    files = [*coopera_project.vocabulary_files, ROOT / "tests/data/village.ttl"]
    return graphs.read_all(files)


@pytest.fixture(scope="module")
def built(
    coopera_project: Project, triples: Quads, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, int]]:
    output = tmp_path_factory.mktemp("site") / "public"
    return output, site.write(coopera_project, triples, output)


@pytest.fixture(scope="module")
def documents(built: tuple[Path, dict[str, int]]) -> dict[str, Document]:
    root = built[0]
    return {p.relative_to(root).as_posix(): Document(p) for p in sorted(root.rglob("*.html"))}


def test_the_counts_tell_what_was_written(built: tuple[Path, dict[str, int]]) -> None:
    root, counts = built
    files = [path for path in root.rglob("*") if path.is_file()]

    assert counts == {
        "pages": sum(path.suffix == ".html" for path in files),
        "files": len(files),
        "bytes": sum(path.stat().st_size for path in files),
    }


def test_every_page_exists_in_both_languages(documents: dict[str, Document]) -> None:
    trees = {
        language: {name[3:] for name in documents if name.startswith(f"{language}/")}
        for language in ("fr", "en")
    }

    assert trees["fr"] == trees["en"]
    assert {"index.html", "queries.html", "sources.html", "ontology.html"} <= trees["fr"]


def test_every_described_thing_has_a_page(
    documents: dict[str, Document], triples: Quads, coopera_project: Project
) -> None:
    for triple in triples:
        iri = str(triple.subject)[1:-1]
        if iri.startswith(coopera_project.thing_base) and not iri.endswith(
            ("-quote", "-position", "-field")
        ):
            assert f"fr/{iri[len(coopera_project.base) :]}.html" in documents


def test_every_link_and_anchor_resolves(
    built: tuple[Path, dict[str, int]], documents: dict[str, Document]
) -> None:
    root = built[0]
    anchors = {
        name: {a["id"] for _, a in document.tags if "id" in a}
        for name, document in documents.items()
    }
    for name, document in documents.items():
        for tag, attributes in document.tags:
            target = attributes.get("href", attributes.get("src", attributes.get("action")))
            if target is None or target.startswith(("http://", "https://")):
                continue
            parts = urlsplit(target)
            assert not parts.scheme, (name, target)
            # A host shows the page for nothing at any depth.
            assert parts.path.startswith("/") == (name == "404.html"), (name, target)
            assert tag in ("a", "link", "script", "form")
            way = unquote(parts.path.removeprefix("/"))
            path = (root / name).parent / way if parts.path else root / name
            assert path.is_file(), (name, target)
            if parts.fragment:
                inside = path.resolve().relative_to(root.resolve()).as_posix()
                assert parts.fragment in anchors[inside], (name, target)


def test_no_anchor_stands_twice_on_a_page(documents: dict[str, Document]) -> None:
    for name, document in documents.items():
        ids = [a["id"] for _, a in document.tags if "id" in a]
        assert len(ids) == len(set(ids)), name


def test_nothing_is_fetched_from_elsewhere_and_nothing_runs_but_the_script_of_the_site(
    built: tuple[Path, dict[str, int]], documents: dict[str, Document]
) -> None:
    for name, document in documents.items():
        scripts = [script for script in document.all("script") if "src" in script]
        above = "/" if name == "404.html" else "../" * name.count("/")
        ours = [{"src": f"{above}coopera.js", "defer": ""}]
        assert scripts[:1] == (ours if name != "index.html" else []), name
        for tag, attributes in document.tags:
            assert tag not in ("img", "iframe", "style", "base"), name
            if tag == "script" and "src" in attributes:  # ours, or collected by the build hook
                assert set(attributes) == {"src", "defer"}
                assert re.fullmatch(r"(/|(\.\./)+)(vendor/)?[a-z0-9-]+\.js", attributes["src"])
            elif tag == "script":
                assert attributes == {"type": "application/ld+json"}, "data, which never run"
            else:
                assert "src" not in attributes
            assert "style" not in attributes
            assert not any(attribute.startswith("on") for attribute in attributes)
            if tag == "form":
                assert attributes["action"].endswith("all.html"), name
            if tag == "link" and attributes["rel"] != "canonical":
                assert not attributes["href"].startswith("http"), name
    style = (built[0] / "style.css").read_text("utf-8")
    assert not re.search(r"url\(|@import|https?:", style)


def test_every_page_has_what_a_reader_and_a_machine_look_for_in_its_head(
    documents: dict[str, Document],
) -> None:
    titles: dict[str, list[str]] = {}
    for name, document in documents.items():
        language = name[:2]
        assert document.all("html") == [{"lang": language if "/" in name else "fr"}], name
        assert len(document.all("main")) == 1
        assert len(document.all("h1")) == 1
        metas = {m["name"]: m["content"] for m in document.all("meta") if "name" in m}
        assert metas["viewport"]
        assert metas["description"].strip()
        assert document.title.strip()
        titles.setdefault(f"{language} {document.title}", []).append(name)
        spoken = {link["hreflang"] for link in document.all("link") if "hreflang" in link}
        assert spoken == {"fr", "en"}
        if "/" in name:
            types = {link.get("type") for link in document.all("link")}
            assert {"text/turtle", "application/ld+json"} <= types
            other = "en" if language == "fr" else "fr"
            switch = [a for a in document.all("a") if a.get("class") == "switch"]
            assert switch[0]["href"].endswith(f"{other}/{name[3:]}")
    kinds = ("/id/agreement/", "/ontology/", "/queries/", "/id/institution/")
    for title, names in titles.items():
        if any(kind in names[0] for kind in kinds):
            assert len(names) == 1, f"{title}: {names}"


def test_the_head_of_each_column_and_row_says_so(documents: dict[str, Document]) -> None:
    for name, document in documents.items():
        for cell in document.all("th"):
            assert cell.get("scope") in ("col", "row"), name


def test_each_cell_can_say_its_column_where_the_head_does_not_fit(
    documents: dict[str, Document],
) -> None:
    for name, document in documents.items():
        for cell in document.all("td"):
            assert cell.get("data-label"), name
    style = (ROOT / "src/coopera/templates/style.css").read_text("utf-8")
    assert "attr(data-label)" in style[style.index("@media (max-width: 40rem)") :]


def test_levels_of_headings_are_not_skipped(documents: dict[str, Document]) -> None:
    for name, document in documents.items():
        levels = [int(tag[1]) for tag, _ in document.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1, name
        for one, next_one in pairwise(levels):
            assert next_one <= one + 1, name


def test_the_dumps_say_the_same_as_the_graph_and_their_sums_are_right(
    built: tuple[Path, dict[str, int]], triples: Quads
) -> None:
    dumps = built[0] / "dumps"
    expected = {str(t) for t in triples if "_:" not in str(t)}
    for name in ("coopera.ttl", "coopera.nt", "coopera.nq", "coopera.jsonld", "coopera.trig"):
        read = graphs.read(dumps / name)
        assert {str(t) for t in read if "_:" not in str(t)} == expected, name
        assert len(set(read)) == len(set(triples)), name
    lines = (dumps / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert sums == {
        path.relative_to(dumps).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in dumps.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def test_two_builds_of_one_graph_are_the_same_to_the_byte(
    coopera_project: Project, built: tuple[Path, dict[str, int]], triples: Quads, tmp_path: Path
) -> None:
    again = graphs.read_all([*coopera_project.vocabulary_files, ROOT / "tests/data/village.ttl"])
    again = sorted(again, key=lambda t: hashlib.sha256(str(t).encode()).digest())
    site.write(coopera_project, [*again, again[0]], tmp_path / "again")

    assert bytes_of(tmp_path / "again") == bytes_of(built[0])


# --- The swap --------------------------------------------------------------------------------------

Small = Callable[[], tuple[Project, Quads]]


@pytest.fixture
def small(make: Make) -> Small:
    def read() -> tuple[Project, Quads]:
        project = make()
        return project, graphs.read_all(project.graph_files)

    return read


def test_a_new_site_replaces_the_former_one_whole(small: Small, tmp_path: Path) -> None:
    project, triples = small()
    output = tmp_path / "deep" / "public"
    site.write(project, triples, output)
    (output / "fr/gone.html").write_text("of an older site")

    site.write(project, triples, output)

    assert not (output / "fr/gone.html").exists()
    assert sorted(p.name for p in output.parent.iterdir()) == ["public"]
    assert (output / "index.html").stat().st_mode & 0o044 == 0o044, "a web server may read it"


def test_an_empty_folder_may_be_filled(small: Small, tmp_path: Path) -> None:
    project, triples = small()
    (tmp_path / "public").mkdir()

    site.write(project, triples, tmp_path / "public")

    assert (tmp_path / "public/fr/id/agreement/a.html").is_file()


def test_a_failure_half_way_leaves_the_former_site(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, triples = small()
    output = tmp_path / "out" / "public"
    site.write(project, triples, output)
    before = bytes_of(output)
    told = Pages.text

    def fail(self: Pages, address: str, language: str) -> str:
        if language == "en" and address == "queries":
            raise RuntimeError("half-way")
        return told(self, address, language)

    monkeypatch.setattr(Pages, "text", fail)
    with pytest.raises(RuntimeError, match="half-way"):
        site.write(project, [], output)

    assert bytes_of(output) == before
    assert [p.name for p in output.parent.iterdir()] == ["public"], "nothing is left aside"


def test_a_swap_that_fails_brings_the_former_site_back(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, triples = small()
    output = tmp_path / "out" / "public"
    site.write(project, triples, output)
    before = bytes_of(output)
    rename = Path.rename

    def refuse(self: Path, target: Any) -> Path:
        if ".new-" in self.name:
            raise PermissionError(13, "Permission denied", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(CooperaError, match="cannot be written: Permission denied"):
        site.write(project, [], output)

    assert bytes_of(output) == before
    assert [p.name for p in output.parent.iterdir()] == ["public"]


def test_a_folder_that_coopera_did_not_write_is_refused(small: Small, tmp_path: Path) -> None:
    project, triples = small()
    output = tmp_path / "theirs"
    output.mkdir()
    (output / "thesis.txt").write_text("years of work")

    with pytest.raises(CooperaError, match="did not write") as refused:
        site.write(project, triples, output)

    assert refused.value.remedy
    assert bytes_of(output) == {"thesis.txt": b"years of work"}


def test_a_file_in_the_place_of_the_folder_is_refused(small: Small, tmp_path: Path) -> None:
    project, triples = small()
    (tmp_path / "public").write_text("a file")

    with pytest.raises(CooperaError, match="no folder"):
        site.write(project, triples, tmp_path / "public")


def test_a_graph_without_anything_still_makes_a_site(small: Small, tmp_path: Path) -> None:
    project, _ = small()

    counts = site.write(project, [], tmp_path / "public")

    assert (tmp_path / "public/fr/index.html").is_file()
    assert counts["pages"] > 2


# --- The style -------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Give the relative luminance of a colour (WCAG 2.2, 1.4.3)."""
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(scheme: str) -> None:
    style = (ROOT / "src/coopera/templates/style.css").read_text("utf-8")
    light, dark = re.findall(r":root \{([^}]*)\}", style)[:2]
    colours = dict(
        re.findall(r"--([a-z]+): (#[0-9a-f]{3,6})", light if scheme == "light" else dark)
    )

    for name in set(colours) - {"paper", "panel", "line"}:
        for ground in ("paper", "panel"):
            one, other = sorted((luminance(colours[name]), luminance(colours[ground])))
            assert (other + 0.05) / (one + 0.05) >= 4.5, f"{name} on {ground}"

"""A strict build: what is not translated, and links that lead nowhere, are not published."""

from pathlib import Path

import pytest
from conftest import SMALL, Make
from test_cli import run

from coopera import graphs
from coopera.pages import Pages
from coopera.project import Project
from coopera.site import strict

DATA = "data/one/agreements.ttl"
BOTH = SMALL[DATA].replace('"Accord"@fr', '"Accord"@fr , "Agreement"@en')


def site(room: Path, **pages: str) -> Path:
    """Write pages into a folder: `fr_a` is `fr/a.html`."""
    for name, text in pages.items():
        path = room / f"{name.replace('_', '/')}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return room


def test_a_strict_build_refuses_a_name_in_one_language_and_tells_its_line(make: Make) -> None:
    root = make().root
    lenient = run("build", project=root)
    number = 1 + SMALL[DATA].splitlines().index('    skos:prefLabel "Accord"@fr ;')
    before = (root / "public/index.html").read_bytes()

    for language, words in (("en", "in English; add it"), ("fr", "en anglais ; ajoutez-le")):
        done = run("build", "--strict", "--lang", language, project=root)

        assert (lenient.exit_code, done.exit_code) == (0, 1)
        (line,) = done.stdout.splitlines()
        assert f"agreements.ttl:{number}:" in line
        assert "COOP961 error" in line
        assert words in line
        assert (root / "public/index.html").read_bytes() == before


def test_a_strict_build_of_what_is_in_both_languages_is_published(make: Make) -> None:
    root = make({DATA: BOTH}).root

    assert run("build", "--strict", project=root).exit_code == 0
    assert (root / "public/index.html").is_file()


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ('skos:prefLabel "Accord"@fr , "Agreement"@en', False),
        ('skos:prefLabel "Accord"@FR', True),
        ('skos:prefLabel "Abkommen"@de', False),
        ('skos:prefLabel "X"', False),
        ('skos:definition "Un accord."@fr', True),
        ('skos:note "Une note."@fr', False),
    ],
)
def test_what_is_in_one_of_both_languages_alone_lacks_the_other(
    make: Make, text: str, missing: bool
) -> None:
    project = make({DATA: SMALL[DATA].replace('skos:prefLabel "Accord"@fr', text)})
    found = strict.untranslated(project, graphs.read_all(project.graph_files))

    assert [finding.code for finding in found] == ["COOP961"] * missing


def test_names_of_things_of_others_may_be_in_one_language(make: Make) -> None:
    text = BOTH + '<https://example.org/x> skos:prefLabel "X"@en .\n'
    project = make({DATA: text})

    assert strict.untranslated(project, graphs.read_all(project.graph_files)) == []


@pytest.mark.parametrize(
    "link",
    [
        '<a href="b.html">', '<a href="b.html#here">', '<a href="#top">', '<a href="../en/c.html">',
        '<a href="https://example.org/none">', '<a href="mailto:a@example.org">',
        '<a href="b.html?q=1">', '<a href="~7e.html">', '<form action="b.html">',
        '<a href="b.html#%C3%A9t%C3%A9">', '<a href="b.html#a&amp;b">',
    ],
)  # fmt: skip
def test_a_link_that_leads_somewhere_is_no_finding(tmp_path: Path, link: str) -> None:
    pages = {"fr_b": '<p id="here"><p id="été"><p id="a&amp;b">', "en_c": "", "fr_~7e": ""}

    assert strict.broken(site(tmp_path, fr_a=f'<p id="top">{link}', **pages)) == []


def test_a_link_from_the_root_of_the_host_is_looked_for_below_the_site(tmp_path: Path) -> None:
    (tmp_path / "404.html").write_text('<a href="/a/404.html"></a> <a href="/a/none.html"></a>')

    found = strict.broken(tmp_path, "/a/")

    assert ["none.html" in finding.message["en"] for finding in found] == [True]


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ('<a href="none.html">', "fr/none.html"),
        ('<a href="b.html#there">', "fr/b.html#there"),
        ('<a href="#none">', "fr/a.html#none"),
        ('<link href="../style.css">', "style.css"),
        ('<script src="x.js">', "fr/x.js"),
        ('<a href="../fr/B.html">', "fr/B.html"),
    ],
)
def test_a_link_that_leads_nowhere_is_found_with_its_line(
    tmp_path: Path, link: str, target: str
) -> None:
    (found,) = strict.broken(site(tmp_path, fr_a=f"<p>\n\n{link}", fr_b='<p id="here">'))

    assert str(found.place) == "fr/a.html:3"
    assert f"leads to {target}, which is not there" in found.message["en"]
    assert f"mène à {target}, qui n'existe pas" in found.message["fr"]


def test_a_site_with_a_broken_link_is_not_published(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make({DATA: BOTH}).root
    assert run("build", "--strict", project=root).exit_code == 0
    before = {p: p.read_bytes() for p in (root / "public").rglob("*") if p.is_file()}
    told = Pages.text

    def misled(self: Pages, address: str, language: str) -> str:
        return told(self, address, language).replace("queries.html", "questions.html")

    monkeypatch.setattr(Pages, "text", misled)
    refused = run("build", "--strict", "--force", project=root)

    assert refused.exit_code == 1
    assert "COOP962 error this link leads to fr/questions.html" in refused.stdout
    assert "not published" in refused.stderr
    assert {p: p.read_bytes() for p in (root / "public").rglob("*") if p.is_file()} == before
    assert run("build", "--force", project=root).exit_code == 0, "a lenient build lets it pass"
    monkeypatch.undo()


def test_our_own_graph_is_in_both_languages(coopera_project: Project) -> None:
    triples = graphs.read_all(coopera_project.graph_files)

    assert strict.untranslated(coopera_project, triples) == []

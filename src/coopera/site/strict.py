"""Strictness: a graph, or the files of a site, in; what a build lets pass unless it is strict out.

COOP961: a name or a definition in one language only; COOP962: a link that leads nowhere.
"""

import os
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pyoxigraph import Literal, NamedNode, Triple

from coopera import places, workers
from coopera.errors import Place
from coopera.findings import Finding
from coopera.project import Project
from coopera.tables import Term
from coopera.terms import LABEL, LANGUAGES, SKOS

TRANSLATED = (NamedNode(SKOS + "prefLabel"), LABEL, NamedNode(SKOS + "definition"))
_NAMES = {"en": {"en": "English", "fr": "French"}, "fr": {"en": "anglais", "fr": "français"}}
_ATTRIBUTE = re.compile(r'\s(id|href|src|action)="([^"]*)"')
PIECE = 100
"""Pages that one process looks at in a row."""

Target = tuple[str, str]
"""A file and an anchor in it."""
Spot = tuple[str, int]
"""A file and a line."""


class RefusedError(Exception):
    """A site that a strict build does not publish."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Take the reasons."""
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


def untranslated(project: Project, triples: Iterable[Triple]) -> list[Finding]:
    """Find what is named or defined in just one of both languages, among what is ours."""
    told: dict[tuple[Term, NamedNode], dict[str, Term]] = defaultdict(dict)
    for triple in triples:
        if triple.predicate not in TRANSLATED:
            continue
        value, subject = triple.object, triple.subject
        ours = isinstance(subject, NamedNode) and subject.value.startswith(project.base)
        if ours and isinstance(value, Literal) and value.language:
            told[subject, triple.predicate][value.language.lower()] = value
    single = {
        (subject, predicate, next(values[tag] for tag in LANGUAGES if tag in values)): tag
        for (subject, predicate), values in told.items()
        for tag in LANGUAGES
        if tag not in values and any(other in values for other in LANGUAGES)
    }
    spots = places.find(project.graph_files, list(single)) if single else {}
    return [
        Finding(
            "COOP961", "error", _lacks(project.prefixes.text(wanted[1]), tag),
            spots[wanted].place if wanted in spots else None,
            project.prefixes.text(wanted[0]),
        )
        for wanted, tag in single.items()
    ]  # fmt: skip


def _lacks(predicate: str, tag: str) -> dict[str, str]:
    return {
        "en": f"there is no {predicate} in {_NAMES['en'][tag]}; add it as @{tag}, even where it "
        "is the same.",
        "fr": f"il n'y a pas de {predicate} en {_NAMES['fr'][tag]} ; ajoutez-le avec @{tag}, "
        "fût-il le même.",
    }


def broken(folder: Path, root: str = "/") -> list[Finding]:
    """Find the links within a site, in its pages, that lead to no file or to no anchor.

    `root` is the path of the site on its host.
    """
    files = sorted(
        os.path.relpath(os.path.join(root, name), folder).replace(os.sep, "/")  # noqa: PTH118
        for root, _, names in os.walk(folder)
        for name in names
    )
    known = frozenset(files)
    pages = [name for name in files if name.endswith(".html")]

    def look(at: int) -> tuple[dict[Target, Spot], dict[Target, Spot]]:
        missing: dict[Target, Spot] = {}
        inside: dict[Target, Spot] = {}
        for name in pages[at * PIECE : (at + 1) * PIECE]:
            for target, line in _links((folder / name).read_text("utf-8"), name, root):
                if target[0] not in known:
                    missing.setdefault(target, (name, line))
                elif target[1]:
                    inside.setdefault(target, (name, line))
        return missing, inside

    missing: dict[Target, Spot] = {}
    wanted: dict[Target, Spot] = {}
    for lost, inside in workers.done(-(-len(pages) // PIECE), look):
        missing = lost | missing
        wanted = inside | wanted
    missing |= _without_anchor(folder, wanted)
    return [
        Finding("COOP962", "error", _lost(*target), Place(Path(name), line))
        for target, (name, line) in sorted(missing.items(), key=lambda one: one[1] + one[0])
    ]


def _without_anchor(folder: Path, wanted: dict[Target, Spot]) -> dict[Target, Spot]:
    """Give the targets whose page does not have their anchor."""
    targets: dict[str, list[Target]] = defaultdict(list)
    for target in wanted:
        targets[target[0]].append(target)
    pages = sorted(targets)

    def look(at: int) -> list[Target]:
        found = []
        for name in pages[at * PIECE : (at + 1) * PIECE]:
            text = (folder / name).read_text("utf-8")
            ids = {unescape(m[2]) for m in _ATTRIBUTE.finditer(text) if m[1] == "id"}
            found += [target for target in targets[name] if target[1] not in ids]
        return found

    lost = workers.done(-(-len(pages) // PIECE), look)
    return {target: wanted[target] for some in lost for target in some}


def _links(text: str, name: str, root: str) -> list[tuple[Target, int]]:
    """Give what a page leads to within the site, and the lines where it does."""
    found, line, before = [], 1, 0
    folder = posixpath.dirname(name)
    for match in _ATTRIBUTE.finditer(text):
        if match[1] == "id":
            continue
        parts = urlsplit(unescape(match[2]))
        if parts.scheme or parts.netloc:
            continue
        line += text.count("\n", before, match.start(2))
        before = match.start(2)
        if parts.path.startswith(root):
            path = posixpath.normpath(unquote(parts.path.removeprefix(root)))
        else:
            path = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
        found.append(((path if parts.path else name, unquote(parts.fragment)), line))
    return found


def _lost(path: str, anchor: str) -> dict[str, str]:
    target = f"{path}#{anchor}" if anchor else path
    return {
        "en": f"this link leads to {target}, which is not there; mend what writes it, or write "
        "what it leads to.",
        "fr": f"ce lien mène à {target}, qui n'existe pas ; corrigez ce qui l'écrit, ou écrivez "
        "ce à quoi il mène.",
    }

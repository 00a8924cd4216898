"""Lint: a SPARQL text that parses in; what in it takes time by the square of the data out.

Oxigraph 0.5.13 joins the patterns inside an EXISTS anew for each solution outside, in an order
that takes the outer variables for free. And any engine joins two groups of patterns that share no
variable solution by solution. Neither shows on a small graph.
"""

from coopera import files
from coopera.errors import Place
from coopera.findings import Finding
from coopera.lint.reader import Flaw, Reader
from coopera.project import Project

_MESSAGES = {
    "COOP955": (
        "{n} patterns stand in one EXISTS, which takes time by the square of the data; write one "
        "in each: EXISTS { … FILTER EXISTS { … } }.",
        "{n} motifs figurent dans un seul EXISTS, ce qui prend un temps proportionnel au carré des "
        "données ; mettez-en un dans chacun : EXISTS { … FILTER EXISTS { … } }.",
    ),
    "COOP956": (
        "these patterns share no variable with those before them, so each solution of either is "
        "joined with every one of the other; write what links them, or ask for them apart.",
        "ces motifs n'ont aucune variable en commun avec ceux qui précèdent : chaque solution des "
        "uns est jointe à toutes celles des autres ; écrivez ce qui les lie, ou séparez-les.",
    ),
}


def flaws(sparql: str) -> list[Flaw]:
    """Find the flaws of a query, in their order. The text is one that an engine accepts."""
    reader = Reader(sparql)
    reader.query()
    return sorted(reader.flaws, key=lambda flaw: flaw.start)


def check(project: Project) -> list[Finding]:
    """Look through every saved query, and the rules that are queries (codes COOP955 and 956)."""
    saved = [query.path for query in project.queries.values()]
    found = []
    for path in [*saved, *project.verify_files, *project.rules]:
        text = files.text(path)
        for flaw in flaws(text):
            line, column = _position(text, flaw.start)
            (en, fr), n = _MESSAGES[flaw.code], str(flaw.patterns)
            message = {"en": en.replace("{n}", n), "fr": fr.replace("{n}", n)}
            found.append(Finding(flaw.code, "error", message, Place(path, line, column), path.stem))
    return found


def _position(text: str, offset: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, start) + 1, offset - start + 1

"""Turtle: triples in; a text with one block per subject, the same for the same triples, out."""

from collections.abc import Iterable
from itertools import groupby

from pyoxigraph import Triple

from coopera.terms import TYPE, Prefixes


def text(triples: Iterable[Triple], prefixes: Prefixes, comment: str = "") -> str:
    """Write triples as Turtle 1.1: sorted, one subject one block, one predicate a line.

    `comment` is one line for the head of the file. Blank nodes keep their labels.
    """
    text_of = prefixes.text
    rows = sorted(
        {(text_of(t.subject), t.predicate != TYPE, text_of(t.predicate), text_of(t.object))
         for t in triples}
    )  # fmt: skip
    blocks = []
    for subject, group in groupby(rows, key=lambda row: row[0]):
        clauses = []
        for (_, predicate), pairs in groupby(group, key=lambda row: row[1:3]):
            objects = " , ".join(row[3] for row in pairs)
            clauses.append(f"{'a' if predicate == 'rdf:type' else predicate} {objects}")
        blocks.append(subject + " " + " ;\n    ".join(clauses) + " .\n")
    body = "\n".join(blocks)
    used = {prefix for prefix in prefixes.namespaces if f"{prefix}:" in body}
    head = "".join(f"@prefix {p}: <{prefixes.namespaces[p]}> .\n" for p in sorted(used))
    first = f"# {comment}\n" if comment else ""
    return f"{first}{head}\n{body}"

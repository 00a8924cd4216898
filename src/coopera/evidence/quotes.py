"""Quotes: rows and the text of a source in; what does not stand where they say out."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from coopera import files
from coopera.errors import DataError, Place
from coopera.evidence.rows import Assertion
from coopera.findings import Finding
from coopera.project import Project
from coopera.terms import SCHEMA


def digests(present: Iterable[Triple]) -> dict[str, NamedNode]:
    """Give the documents whose text is at hand: SHA-256 -> document."""
    sha256 = NamedNode(SCHEMA + "sha256")
    return {
        t.object.value: t.subject
        for t in present
        if t.predicate == sha256
        and isinstance(t.object, Literal)
        and isinstance(t.subject, NamedNode)
    }


def verify(
    project: Project,
    path: Path,
    present: Iterable[Triple],
    rows: Mapping[Path, Sequence[Assertion]],
) -> tuple[list[Finding], str]:
    """Verify the quotes of one source against its text: digest, offsets, and how much is quoted.

    Gives the findings and a line that tells what was verified. Raises DataError where the file
    is no source that the data knows.
    """
    raw = path.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    known = digests(present)
    if digest not in known:
        raise DataError(
            f"no source has the digest of this text, {digest}.",
            place=Place(path),
            remedy="give the very file that was read ("
            + "; ".join(f"{project.prefixes.text(d)} is {h[:12]}…" for h, d in known.items())
            + "), or write that schema:sha256 for a new document.",
        )
    source = known[digest]
    text = unicodedata.normalize("NFC", files.text(path))
    quoted = [r for some in rows.values() for r in some if r.source == source and r.quote]
    found = []
    covered: set[int] = set()
    for row in quoted:
        start = int(row.start)
        covered.update(range(start, start + len(row.quote)))
        if text[start : start + len(row.quote)] != row.quote:
            places = [m.start() for m in re.finditer(re.escape(row.quote), text)]
            at_en = f"it stands at {', '.join(map(str, places))}" if places else "it stands nowhere"
            at_fr = f"elle est en {', '.join(map(str, places))}" if places else "elle n'y est pas"
            found.append(
                Finding(
                    "COOP561",
                    "error",
                    {
                        "en": f"the quote does not stand at {start}; {at_en}: « {row.quote} ».",
                        "fr": f"la citation n'est pas à la position {start} ; {at_fr} : "
                        f"« {row.quote} ».",
                    },
                    row.place,
                    project.prefixes.text(row.triple.subject),
                )
            )
    share = len(covered) / max(1, len(text))
    if share >= 0.5:
        found.append(
            Finding(
                "COOP562",
                "error",
                {
                    "en": f"{share:.0%} of the source is quoted; less than half may be.",
                    "fr": f"{share * 100:.0f} % de la source est citée ; "
                    "moins de la moitié peut l'être.",
                },
                Place(path),
                project.prefixes.text(source),
            )
        )
    told = f"{project.prefixes.text(source)}: {len(quoted)} quotes, {share:.1%} of the text"
    return found, told

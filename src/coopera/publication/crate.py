"""Crates: the folder of the dumps in; its RO-Crate metadata out (RO-Crate 1.2)."""

import json
from collections.abc import Callable

from coopera.pages.reader import Reader
from coopera.publication.dumps import SUMS, Digest, Dumps, digest
from coopera.publication.types import type_of
from coopera.publication.whole import DUMPS
from coopera.terms import LANGUAGES

NAME = "ro-crate-metadata.json"
CONFORMS = "https://w3id.org/ro/crate/1.2"


def crate(dumps: Dumps, readers: dict[str, Reader], others: dict[str, bytes]) -> bytes:
    """Describe the folder and each file in it; `others` are files beside the dumps."""
    whole, language = dumps.whole, LANGUAGES[-1]
    files = [
        _file(name, dumps.digest(name), form.means(language) if form else "")
        for name, form in ((name, dumps.forms.get(name)) for name in dumps.table)
    ]
    files += [_file(name, digest(content)) for name, content in others.items()]
    files.append({"@id": SUMS, "@type": "File", "encodingFormat": "text/plain", "name": SUMS})
    root: dict[str, object] = {
        "@id": "./",
        "@type": "Dataset",
        "name": whole.title[language],
        "description": whole.description[language],
        "version": whole.version,
        "identifier": whole.iri,
        "inLanguage": list(LANGUAGES),
        "hasPart": [{"@id": file["@id"]} for file in files],
    }
    if whole.modified:
        root["datePublished"] = whole.modified
    graph: list[dict[str, object]] = [
        {
            "@id": NAME,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": CONFORMS},
        },
        root,
        *files,
    ]
    label: Callable[[str], str] = lambda iri: readers[language].label(iri)[0]  # noqa: E731
    if whole.licence:
        root["license"] = {"@id": whole.licence}
        graph.append({"@id": whole.licence, "@type": "CreativeWork", "name": label(whole.licence)})
    if whole.publishers:
        root["publisher"] = [{"@id": iri} for iri in whole.publishers]
        graph += [
            {"@id": iri, "@type": "Organization", "name": label(iri)} for iri in whole.publishers
        ]
    document = {"@context": f"{CONFORMS}/context", "@graph": graph}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _file(name: str, known: Digest, means: str = "") -> dict[str, object]:
    told: dict[str, object] = {
        "@id": name,
        "@type": "File",
        "name": name,
        "encodingFormat": type_of(f"{DUMPS}{name}"),
        "contentSize": str(known.size),
        "sha256": known.sha256,
    }
    return told | ({"description": means} if means else {})

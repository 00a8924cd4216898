"""Types: the name of a file in; its media type out."""

TYPES = {
    ".ttl": "text/turtle", ".jsonld": "application/ld+json", ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml", ".html": "text/html", ".css": "text/css",
    ".trig": "application/trig", ".nq": "application/n-quads", ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet", ".json": "application/json",
    ".xml": "application/xml", ".txt": "text/plain", ".md": "text/markdown",
    ".zip": "application/zip", ".js": "text/javascript", ".svg": "image/svg+xml",
    ".ics": "text/calendar",
    ".atom": "application/atom+xml",
}  # fmt: skip
"""The media types of files, by their ending."""
NEAREST = {"application/json": ".jsonld"}
"""Media types that a client may name for want of a truer one -> the ending of the nearest."""
NAMED = {".well-known/void": "text/turtle", ".well-known/sparql-examples": "text/turtle"}
"""The media types of files that have no ending."""


def type_of(name: str) -> str:
    """Give the media type of a file, without parameters."""
    ending = name[name.rfind(".") :] if "." in name else ""
    return NAMED.get(name) or TYPES.get(ending, "text/plain")


def served_as(name: str) -> str:
    """Give the media type of a file, with its charset."""
    kind = type_of(name)
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind

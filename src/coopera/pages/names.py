"""Addresses: an IRI of the project in; where its page stands, below the language's folder, out."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

ROOMS = ("id", "concept", "data", "catalog")
"""First steps of the IRIs, below the base, that have a page of their own."""

PART = "~p"
"""What stands before the number of a part: no step of an address can hold it."""

_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_PLAIN = re.compile(r"[a-z0-9_-]+")
_LONGEST = 120  # bytes in one step; file systems allow 255


def step(text: str, *, last: bool = True) -> str:
    """Write one step of an IRI as a file name, a different one for each text on any system.

    Lower-case letters, digits, `_`, `-` and inner dots stay; each other byte becomes `~` and two
    hexadecimal digits, capitals included, since some systems hold `A` and `a` to be one name.
    """
    return _bounded(_written(text, r"[a-z0-9_-]", last=last), text)


def _written(text: str, kept: str, *, last: bool) -> str:
    if _PLAIN.fullmatch(text) and not _RESERVED.fullmatch(text):
        return text

    def byte(match: re.Match[str]) -> str:
        return "".join(f"~{b:02x}" for b in match[0].encode("utf-8", "surrogatepass"))

    inner = r"|(?<=.)\.(?=.)" if last else ""
    name = re.sub(rf"({kept}{inner})|(.)", lambda m: m[1] or byte(m), text, flags=re.DOTALL)
    if ".." in name:
        name = name.replace(".", "~2e")
    if _RESERVED.fullmatch(name):
        name = f"~{ord(name[0]):02x}{name[1:]}"
    return name or "~"


def _bounded(name: str, text: str) -> str:
    if len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return f"{name[:80].rstrip('~.')}~z{digest}"


class Addresses:
    """Tells where the page of an IRI stands, without the language and the file's ending."""

    def __init__(self, base: str, terms: Iterable[str] = ()) -> None:
        """Take the project's base IRI and the IRIs of its ontology's terms."""
        self.base, self.namespace = base, f"{base}ontology#"
        folded = Counter(iri.casefold() for iri in terms if iri.startswith(self.namespace))
        self._clashing = {iri for iri, count in folded.items() if count > 1}

    def of(self, iri: str) -> str | None:
        """Give the address of an IRI's page, or `None` for one that has none.

        Terms of the ontology keep their capitals, unless two differ by capitals alone.
        """
        if not iri.startswith(self.base):
            return None
        if iri.startswith(self.namespace):
            local = iri[len(self.namespace) :]
            if iri.casefold() in self._clashing:
                return f"ontology/{step(local)}"
            return f"ontology/{_bounded(_written(local, r'[A-Za-z0-9_-]', last=True), local)}"
        rest = iri[len(self.base) :]
        if rest == "ontology":
            return rest
        first, *steps = rest.split("/")
        if first not in ROOMS or "#" in rest or (first == "id" and len(steps) < 2):
            return None
        if not steps:
            return first if first != "concept" else None
        return "/".join([first, *(step(text, last=False) for text in steps[:-1]), step(steps[-1])])


def up(address: str) -> str:
    """Give the way from a page back to its language's folder."""
    return "../" * address.count("/")


def parts(address: str, number: int, per: int) -> list[str]:
    """Give the addresses of the parts into which a list of so many things is cut."""
    return [address, *(f"{address}{PART}{at}" for at in range(2, -(-number // per) + 1))]


def part_of(address: str) -> tuple[str, int]:
    """Tell the list of an address, and the number of the part, from 1."""
    whole, mark, number = address.rpartition(PART)
    return (whole, int(number)) if mark and number.isdecimal() else (address, 1)

"""Identifiers: those that carry check digits in; the misspelt ones out."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from coopera import places
from coopera.findings import Finding
from coopera.project import Project
from coopera.terms import COOP, ORG, SCHEMA

ROR = "https://ror.org/"
SAME_AS = NamedNode(SCHEMA + "sameAs")
IDENTIFIER = NamedNode(ORG + "identifier")


def ror_is_sound(identifier: str) -> bool:
    """Check the two check digits of a ROR id: ISO 7064 mod 97-10 over Crockford's base 32."""
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    if not re.fullmatch(r"0[0-9a-hjkmnp-tv-z]{6}[0-9]{2}", identifier):
        return False
    number = 0
    for letter in identifier[:7]:
        number = number * 32 + alphabet.index(letter)
    return 98 - (number * 100) % 97 == int(identifier[7:])


def isni_is_sound(identifier: str) -> bool:
    """Check the last character of an ISNI: ISO 7064 mod 11-2."""
    digits = identifier.replace(" ", "")
    if not re.fullmatch(r"\d{15}[\dX]", digits):
        return False
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return digits[15] == ("X" if check == 10 else str(check))


def siren_is_sound(identifier: str) -> bool:
    """Check a SIREN (9 digits) or SIRET (14): Luhn's sum."""
    digits = [int(c) for c in identifier if c.isdecimal()]
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits[::-1])]
    return len(digits) in (9, 14) and identifier.isdecimal() and sum(doubled) % 10 == 0


def abn_is_sound(identifier: str) -> bool:
    """Check an Australian Business Number: 11 digits, weighted sum modulo 89."""
    digits = [int(c) for c in identifier if c.isdecimal()]
    if len(digits) != 11:
        return False
    digits[0] -= 1
    weights = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
    return sum(d * w for d, w in zip(digits, weights, strict=True)) % 89 == 0


SOUND: dict[str, Callable[[str], bool]] = {
    "isni": isni_is_sound,
    "siren": siren_is_sound,
    "siret": siren_is_sound,
    "abn": abn_is_sound,
}
"""Datatypes of `org:identifier` in our namespace whose values carry check digits."""


def is_sound(triple: Triple) -> bool:
    """Say whether the identifier that a triple states fits its check digits, if it has any."""
    value = triple.object
    if triple.predicate == SAME_AS and isinstance(value, NamedNode):
        return not value.value.startswith(ROR) or ror_is_sound(value.value.removeprefix(ROR))
    if triple.predicate == IDENTIFIER and isinstance(value, Literal):
        sound = SOUND.get(value.datatype.value.removeprefix(COOP))
        return sound is None or sound(value.value)
    return True


def check(project: Project, by_file: Mapping[Path, Sequence[Triple]]) -> list[Finding]:
    """COOP135: an identifier whose check digits do not fit."""
    found = []
    for path, triples in by_file.items():
        wrong = {(t.subject, t.predicate, t.object) for t in triples if not is_sound(t)}
        for (subject, _, value), spot in places.find({path: triples}, wrong).items():
            written = project.prefixes.text(value)
            message = {
                "en": f"the check digits of {written} do not fit: it is misspelt.",
                "fr": f"la clé de contrôle de {written} est fausse : il est mal recopié.",
            }
            name = project.prefixes.text(subject)
            found.append(Finding("COOP135", "error", message, spot.place, name))
    return found

"""Entities: what is known of an organization in; its name and a few words on it out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from coopera.importers.ror import Record
from coopera.reconciliation import countries

Labels = Mapping[str, str]
"""Language -> text."""

ROR_KINDS: dict[str, Labels] = {
    "archive": {"en": "archive or library", "fr": "archives ou bibliothèque"},
    "company": {"en": "company", "fr": "entreprise"},
    "education": {"en": "higher education", "fr": "enseignement supérieur"},
    "facility": {"en": "research facility", "fr": "structure de recherche"},
    "government": {"en": "public administration", "fr": "administration publique"},
    "healthcare": {"en": "health care", "fr": "établissement de santé"},
    "nonprofit": {"en": "non-profit organization", "fr": "organisme à but non lucratif"},
    "funder": {"en": "funder", "fr": "financeur"},
    "other": {"en": "other organization", "fr": "autre organisme"},
}
"""The kinds of ROR, in words."""

_ENDED: Labels = {"en": "no longer active", "fr": "n’est plus en activité"}


class Name(NamedTuple):
    """A name, its language where that is known, and its kind: `shown`, `other` or `acronym`."""

    text: str
    language: str | None
    kind: str


@dataclass(frozen=True)
class Kind:
    """A class of organizations: what a client calls a type."""

    id: str
    """A CURIE: clients put it into URLs as it is, where the `#` of an IRI would end them."""
    iri: str
    labels: Labels
    broader: tuple[str, ...]
    """Ids of the classes right above."""


@dataclass(frozen=True, slots=True)
class Entity:
    """An organization, as the graph describes it, or else as ROR does."""

    id: str
    """Its IRI."""
    names: tuple[Name, ...]
    """Those that are shown first."""
    types: tuple[str, ...]
    """Ids of its `Kind`s, narrower ones first."""
    own: bool
    """Whether the graph describes it."""
    countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2 codes; a name where there is no code."""
    kinds: tuple[Labels, ...] = ()
    """Its classification, in words."""
    identifiers: tuple[tuple[str, str], ...] = ()
    """Registers, and identifiers as they are usually written."""
    same: tuple[str, ...] = ()
    """IRIs of the same thing elsewhere."""
    homepages: tuple[str, ...] = ()
    founded: tuple[str, ...] = ()
    """As precise as the source."""
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """CURIE of a property that leads to another organization -> IRIs."""
    agreements: int | None = None
    """Agreements of the graph that it is a party of; `None` where the graph does not know it."""
    active: bool = True
    record: Record | None = None
    """What ROR says of it. The names and identifiers there find it too."""

    def name(self, language: str) -> str:
        """Give the name that is shown in a language, or else the first."""
        shown = (n.text for n in self.names if n.kind == "shown" and n.language == language)
        return next(shown, self.names[0].text)

    @property
    def town(self) -> str:
        """Give the town that ROR places it in; empty where that is not known."""
        return self.record.place if self.record else ""

    def where(self, language: str) -> str:
        """Say in which town and country it is; empty where that is not known."""
        places = [self.town, *(countries.name(code, language) for code in self.countries)]
        return ", ".join(filter(None, places))

    def described(self, language: str) -> str:
        """Say what it is and where, in a few words; empty where nothing is known."""
        parts = [
            ", ".join(text(labels, language) for labels in self.kinds),
            self.where(language),
            "" if self.active else text(_ENDED, language),
        ]
        return " · ".join(filter(None, parts))


def text(labels: Labels, language: str) -> str:
    """Choose the text in a language, or else any."""
    return labels.get(language) or next(iter(labels.values()))

"""Previews: an organization in; a small page, without script, that clients show beside it out."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from html import escape

from coopera.reconciliation.entities import Entity, Labels, text

WIDTH, HEIGHT = 430, 300
"""Pixels of the frame."""
_NAMES, _IDENTIFIERS = 6, 3
"""Other names, and identifiers, that are shown."""

_STYLE = (
    "body{font:13px/1.45 system-ui,sans-serif;margin:12px;color:#1d2430;background:#fff}"
    "h1{font-size:16px;margin:0 0 2px}p{margin:0 0 8px;color:#4a5568}"
    "dl{display:grid;grid-template-columns:9em 1fr;gap:2px 10px;margin:0}"
    "dt{color:#4a5568}dd{margin:0;overflow-wrap:anywhere}a{color:#0b57a4}"
    "@media(prefers-color-scheme:dark){body{color:#e6eaf0;background:#161b22}"
    "p,dt{color:#a9b4c2}a{color:#8cc2ff}}"
)
_DIGEST = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
"""The Content-Security-Policy of a preview: its own style; whoever shows it may frame it."""

_WORDS = {
    "also": ("Also known as", "Aussi appelé"),
    "kind": ("Kind", "Nature"),
    "where": ("Place", "Lieu"),
    "site": ("Web site", "Site web"),
    "founded": ("Founded", "Fondation"),
    "agreements": ("Agreements in this graph", "Accords dans ce graphe"),
    "ror": (
        "From the Research Organization Registry (ROR); not in this graph.",
        "Du registre ROR (Research Organization Registry) ; absent de ce graphe.",
    ),
    "ended": ("No longer active.", "N’est plus en activité."),
}


def page(entity: Entity, language: str, registers: Mapping[str, Labels], url: str) -> str:
    """Give the page of an organization; `url` is where all that is known of it stands."""
    rows = "".join(
        f"<dt>{escape(called[:1].upper() + called[1:])}</dt><dd>{value}</dd>"
        for called, value in _rows(entity, language, registers)
        if value
    )
    notes = [_word("ended", language)] * (not entity.active)
    notes += [_word("ror", language)] * (not entity.own)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(entity.name(language))}</title><style>{_STYLE}</style></head><body>"
        f'<h1><a href="{escape(url)}" target="_blank" rel="noopener">'
        f"{escape(entity.name(language))}</a></h1>"
        f"{''.join(f'<p>{escape(note)}</p>' for note in notes)}<dl>{rows}</dl></body></html>\n"
    )


def flyout(name: str, told: str) -> str:
    """Give a fragment of HTML: a name, and a few words on it."""
    more = f"<p>{escape(told)}</p>" if told else ""
    return f"<div><strong>{escape(name)}</strong>{more}</div>"


def _rows(entity: Entity, language: str, registers: Mapping[str, Labels]) -> list[tuple[str, str]]:
    """Give what stands in the page: what it is called, and HTML."""
    shown = entity.name(language)
    others = [one for one in dict.fromkeys(n.text for n in entity.names) if one != shown]
    more = " …" if len(others) > _NAMES else ""
    return [
        (_word("also", language), "; ".join(map(escape, others[:_NAMES])) + more),
        (_word("kind", language), escape(", ".join(text(one, language) for one in entity.kinds))),
        (_word("where", language), escape(entity.where(language))),
        (_word("founded", language), escape(", ".join(entity.founded))),
        (_word("site", language), "<br>".join(map(_linked, entity.homepages[:2]))),
        *(
            (text(registers.get(of, {"en": of}), language), escape(one))
            for of, one in entity.identifiers[:_IDENTIFIERS]
        ),
        (_word("agreements", language), str(entity.agreements or "")),
    ]


def _linked(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        return escape(url)
    return f'<a href="{escape(url)}" target="_blank" rel="noopener">{escape(url)}</a>'


def _word(name: str, language: str) -> str:
    return _WORDS[name][language == "fr"]

"""Pieces: badges, facts with their evidence, rows and tables in; their markup out.

They are functions and no macros, since a page has hundreds of them. `above` is the way from the
page to its language's folder, `w` are the words of its language.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote

from markupsafe import Markup, escape

from coopera.pages.views import Badge, Evidence, Fact, Grid, Row, Shown

Words = Mapping[str, str]
LONG = 2_000
"""Characters of the longest term whose markup is kept: answers to anyone hold long ones."""


def show(shown: Shown, above: str) -> Markup:
    """Write one term."""
    return Markup(term(shown, above))  # noqa: S704 - what it holds is escaped


def term(shown: Shown, above: str) -> str:
    """Write one term, as a text."""
    size = len(shown.text) + len(shown.title) + len(shown.url or "") + len(shown.lead)
    return _term(shown, above) if size <= LONG else _term.__wrapped__(shown, above)


@lru_cache(maxsize=20_000)
def _term(shown: Shown, above: str) -> str:
    lang = f' lang="{escape(shown.lang)}"' if shown.lang else ""
    text: str = escape(shown.text)
    if shown.code:
        text = f"<code>{text}</code>"
    if shown.datetime:
        text = f'<time datetime="{escape(shown.datetime)}">{text}</time>'
    if shown.unknown:
        text = f'<span class="unknown">{text}</span>'
    # The IRI of what has a page of its own, or is the link itself, is told by where it leads.
    told = shown.title not in ("", shown.url) and not (
        shown.href is not None and shown.title.startswith(("http://", "https://"))
    )
    attributes = (f' title="{escape(shown.title)}"' if told else "") + lang
    if shown.href is not None:
        place = f"#{escape(shown.anchor)}" if shown.anchor else ""
        made = f'<a href="{above}{escape(shown.href)}.html{place}"{attributes}>{text}</a>'
    elif shown.file is not None:
        made = f'<a href="{above}../{quote(shown.file)}"{attributes}>{text}</a>'
    elif shown.url is not None:
        made = f'<a class="out" href="{escape(shown.url)}"{attributes}>{text}</a>'
    else:
        made = f"<span{attributes}>{text}</span>" if attributes else f"{text}"
    if shown.lang:
        made += f' <span class="tag">{escape(shown.lang)}</span>'
    return f'<span class="before">{escape(shown.lead)}</span> {made}' if shown.lead else made


def badge(b: Badge, above: str) -> str:
    """Write a status or a standing."""
    made = f'<span class="badge {escape(b.style)}"{_title(b.title)}>{escape(b.text)}</span>'
    if b.when:
        made += f' <span class="when">{term(b.when, above)}</span>'
    for mark in b.marks:
        made += f' <span class="contested">{term(mark, above)}</span>'
    return made


def _title(text: str) -> str:
    return f' title="{escape(text)}"' if text else ""


def _evidence(e: Evidence, above: str, w: Words) -> str:
    made = '<li class="ev">'
    if e.lead:
        made += f'<span class="proves">{escape(e.lead)}{w["colon"]}</span> '
    if e.standing:
        made += f"{badge(e.standing, above)} "
    if e.quote:
        lang = f' lang="{escape(e.quote_lang)}"' if e.quote_lang else ""
        made += f"<q{lang}>{escape(e.quote)}</q> "
    made += '<span class="ref">' + "; ".join(
        f"{term(source, above)}, {term(issued, above)}" if issued else term(source, above)
        for source, issued in e.sources
    )
    placed = e.where and not e.quote
    if placed:
        made += f"{', ' if e.sources else ''}<code>{escape(e.where)}</code>"
    if e.sources or placed:
        made += " · "
    title = _title(e.mode.title) if e.mode else ""
    if e.href:
        said = e.mode.text if e.mode else w["evidence"].lower()
        made += f'<a class="mode" href="{above}{escape(e.href)}.html"{title}>{escape(said)}</a>'
    elif e.mode:
        made += f'<span class="mode"{title}>{escape(e.mode.text)}</span>'
    if e.translated:
        made += f', <span class="translated">{escape(w["translated_here"])}</span>'
    return f"{made}</span></li>\n"


def proof(found: Iterable[Evidence], above: str, w: Words) -> str:
    """Write evidence as a list; nothing where there is none."""
    made = "".join([_evidence(e, above, w) for e in found])
    return f'<ul class="proof">\n{made}</ul>\n' if made else ""


_BETWEEN = ' <span class="sep">—</span> '


def value(f: Fact, above: str, w: Words) -> str:
    """Write what a fact says."""
    made = _BETWEEN.join([term(v, above) for v in f.values])
    if f.badge:
        made += f"{' ' if f.values else ''}{badge(f.badge, above)}"
    for aside in f.asides:
        made += (
            f'<span class="aside"><span aria-hidden="true"> · </span>{term(aside, above)}</span>'
        )
    if f.more:
        said = escape(w["page"])
        made += (
            f' <a class="more" href="{above}{escape(f.more)}.html" title="{said}">'
            f'<span aria-hidden="true">→</span><span class="unseen">{said}</span></a>'
        )
    return f'<div class="val">{made}</div>\n'


def other(f: Fact, above: str, w: Words) -> str:
    """Write a reading that the graph does not accept."""
    style = f" {escape(f.standing.style)}" if f.standing else ""
    standing = badge(f.standing, above) if f.standing else ""
    told = f"{standing} {value(f, above, w)}{proof(f.evidence, above, w)}"
    return f'<div class="other{style}">\n{told}</div>\n'


def fact(f: Fact, above: str, w: Words) -> str:
    """Write a fact with its evidence, and the other readings of it."""
    told = f"{value(f, above, w)}{proof(f.evidence, above, w)}"
    return told + _others(f.others, w["other_readings"], above, w) if f.others else told


def _others(found: Iterable[Fact], note: str, above: str, w: Words) -> str:
    made = "".join([other(o, above, w) for o in found])
    return f'<div class="others"><p class="note">{escape(note)}</p>\n{made}</div>\n'


def rows(found: Iterable[Row], above: str, w: Words) -> str:
    """Write what is said of a thing, property by property."""
    return "".join([_row(r, above, w) for r in found])


def _row(r: Row, above: str, w: Words) -> str:
    made = f'<div class="row" id="{escape(r.anchor)}">\n<dt>{term(r.label, above)}</dt>\n<dd>\n'
    if r.unknown:
        made += f'<div class="val unknown">{escape(w["unknown"])}</div>'
    if r.parts:
        for part in r.parts:
            made += (
                f'<h3 class="part" id="{escape(part.anchor)}">{escape(part.title)} '
                f'<span class="count">{part.count}</span></h3>\n{_list(part.facts, above, w)}'
            )
    elif len(r.facts) > 1:
        made += _list(r.facts, above, w)
    elif r.facts:
        made += f"{fact(r.facts[0], above, w)}\n"
    if r.others:
        note = w["other_readings"] if r.facts else w["not_accepted"]
        made += _others(r.others, note, above, w)
    return f"{made}</dd>\n</div>\n"


def _list(facts: Iterable[Fact], above: str, w: Words) -> str:
    made = "".join([f"<li>{fact(f, above, w)}</li>\n" for f in facts])
    return f'<ul class="vals">\n{made}</ul>\n'


def body(g: Grid, above: str) -> str:
    """Write the rows of a table."""
    heads = [f'<td data-label="{escape(name)}"><div>' for name in g.columns]
    made = []
    for at, row in enumerate(g.rows):
        mark = f' id="{escape(g.anchors[at])}"' if g.anchors else ""
        mark += f' data-f="{escape(g.marks[at])}"' if g.marks else ""
        name, *cells = row
        told = f'<tr{mark}><th scope="row">{_cell(name, "<br>", above)}</th>'
        for head, cell in zip(heads[1:], cells, strict=True):
            told += f"{head}{_cell(cell, '</div><div>', above)}</div></td>"
        made.append(f"{told}</tr>\n")
    return "".join(made)


def _cell(cell: Iterable[Shown | Badge], between: str, above: str) -> str:
    told = [badge(c, above) if isinstance(c, Badge) else term(c, above) for c in cell]
    return between.join(told) or '<span class="none">—</span>'


def _markup(write: Callable[..., str]) -> Callable[..., Markup]:
    def filtered(*given: object) -> Markup:
        return Markup(write(*given))  # noqa: S704 - what it holds is escaped

    return filtered


FILTERS: dict[str, Callable[..., Markup]] = {
    "show": show,
    **{write.__name__: _markup(write) for write in (badge, proof, value, other, fact, rows, body)},
}
"""What templates call them."""

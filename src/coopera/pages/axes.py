"""Axes: the research axes of a graph in; the page that tells who works on which out."""

from pyoxigraph import NamedNode

from coopera.pages import speech, things
from coopera.pages.facets import Catalogue
from coopera.pages.reader import Reader
from coopera.pages.views import Grid, Page, Shown
from coopera.terms import COOP, SKOS

WHERE = "axes"
AXIS = COOP + "ResearchAxis"


def page(reader: Reader, address: str, agreements: Catalogue | None) -> Page:
    """Make the page of the axes, by the institution whose axes they are."""
    index = reader.index
    owned: dict[str, list[str]] = {}
    for axis in index.instances.get(AXIS, ()):
        for owner in index.iris(axis, COOP + "strategicAxisOf") or [""]:
            owned.setdefault(owner, []).append(axis)
    ordered = sorted(owned, key=lambda owner: (not owner, speech.order(reader.label(owner)[0])))
    heads = ("axis", "definition", "agreements_framed", "commitments")
    grids = tuple(
        Grid(
            tuple(map(reader.word, heads)),
            tuple(
                _row(reader, axis, agreements)
                for axis in sorted(owned[owner], key=lambda a: reader.order(NamedNode(a)))
            ),
            reader.label(owner)[0] if owner else reader.word("axes_of_none"),
            f"axes-{at}",
        )
        for at, owner in enumerate(ordered, 1)
    )
    lead = reader.word("axes_lead")
    context: dict[str, object] = {"lead": Shown(lead), "grids": grids}
    return Page(address, Shown(reader.word("axes")), lead, "grids.html", (), context)


def _row(reader: Reader, axis: str, agreements: Catalogue | None) -> tuple[tuple[Shown, ...], ...]:
    index = reader.index
    linked = index.sources_of(axis, COOP + "concernsAxis")
    meaning = reader.best(index.values(axis, SKOS + "definition"))
    on_it = [a for a in linked if index.is_a(a, things.AGREEMENT)]
    promised = [c for c in linked if index.is_a(c, things.COMMITMENT)]
    number = Shown(speech.number(str(len(on_it)), reader.language))
    slugs = agreements.slugs.get("axis", {}) if agreements else {}
    if agreements and NamedNode(axis) in slugs:
        number = Shown(number.text, href=agreements.address("axis", NamedNode(axis)))
    return (
        (reader.iri(axis),),
        (Shown(*meaning),) if meaning else (),
        (number,),
        (Shown(speech.number(str(len(promised)), reader.language)),),
    )

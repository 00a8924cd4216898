"""Pictures: the same bytes each time, no name over another, and dates as they are known."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import drawn
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from coopera.pages import assets
from coopera.pictures import (
    countries,
    ego,
    layout,
    lettering,
    network,
    svg,
    timeline,
    world,
    worldmap,
)
from coopera.pictures.dates import Span, span
from coopera.pictures.layout import Box
from coopera.pictures.svg import Name, Told
from coopera.pictures.timeline import Bar

TOLD = Told("key", "Title", "Description", "../")
LEGEND = {
    "timeline_day": "day known",
    "timeline_span": "month or year known: a day within it",
    "timeline_no_end": "no source states when",
    "timeline_open": "open-ended by its terms",
}
MAP_WORDS = {"map_off": "Not on the map:"} | {f"region_{r}": r for r in countries.REGIONS}
HUST = "Huazhong University of Science and Technology"


def bar(text: str = "A", **dates: object) -> Bar:
    return Bar(Name(text, href="id/a"), "told", **dates)  # type: ignore[arg-type]


# --- Dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022", 2022.0, 2023.0),
        ("2022Z", 2022.0, 2023.0),
        ("-0044", -44.0, -43.0),
        ("2025-01", 2025.0, 2025 + 31 / 365),
        ("2025-12", 2025 + 334 / 365, 2026.0),
        ("2024-02-29", 2024 + 59 / 366, 2024 + 60 / 366),
        ("2025-07-17", 2025 + 197 / 365, 2025 + 198 / 365),
        ("2025-07-17+02:00", 2025 + 197 / 365, 2025 + 198 / 365),
    ],
)
def test_a_date_lies_between_bounds_as_wide_as_its_precision(
    text: str, first: float, last: float
) -> None:
    found = span(text)

    assert found is not None
    assert found.first == pytest.approx(first)
    assert found.last == pytest.approx(last)


@pytest.mark.parametrize(
    "text", ["", "soon", "2025-02-29", "2025-13", "2025-00-01", "25", "2025-7-1"]
)
def test_what_is_no_date_has_no_bounds(text: str) -> None:
    assert span(text) is None


# --- Timelines -----------------------------------------------------------------------------------


def wide(*bars: Bar) -> str:
    """Give the wide drawing of a timeline, without its legend, as text."""
    markup = timeline.draw(bars, TOLD, dict.fromkeys(LEGEND, "x"))
    return markup[markup.index('<svg class="wide"') :]


def row(*bars: Bar, at: int = 0) -> str:
    found: list[str] = re.findall(r'<a class="bar-row".*?</a>', wide(*bars), re.DOTALL)
    return found[at]


def test_a_day_is_a_mark_and_an_unknown_end_fades_into_a_question() -> None:
    drawn_row = row(bar(start=span("2025-07-17")))

    assert drawn_row.count('class="day"') == 1
    assert 'class="within"' not in drawn_row
    assert ">?</text>" in drawn_row
    assert 'class="cap"' not in drawn_row
    assert re.findall(r'class="(s\d)"', drawn_row) == ["s4", "s3", "s2", "s1", "s0"]


def test_a_year_is_drawn_as_wide_as_a_year() -> None:
    bars = (bar(start=span("2020")), bar(start=span("2024-06-01")))
    axis = timeline.scale(bars, 282.0 + timeline.EDGE, svg.WIDE - timeline.EDGE)

    frame = re.search(r'<path class="within" d="M([\d.]+) [\d.]+h([\d.]+)v', row(*bars))

    assert frame is not None
    assert float(frame[1]) == pytest.approx(axis.at(2020.0), abs=0.06)
    assert float(frame[2]) == pytest.approx(axis.at(2021.0) - axis.at(2020.0), abs=0.06)


@pytest.mark.parametrize("far", ["2024-01-01", "2999-01-01"])
def test_a_month_is_never_marked_as_a_day_is_however_narrow(far: str) -> None:
    month = row(bar(start=span("2010-06"), end=span(far)))
    end = row(bar(start=span("2010-06-01"), end=span("2024-06")), bar(start=span(far)))

    assert 'class="day"' not in month
    frame = re.search(r'class="within" d="M[\d.]+ [\d.]+h([\d.]+)v', month)
    assert frame is not None
    assert float(frame[1]) == pytest.approx(timeline.LEAST, abs=0.11)
    assert 'class="cap"' not in end
    assert 'class="within"' in end


def test_a_day_is_a_day_however_long_the_axis() -> None:
    assert 'class="day"' in row(bar(start=span("2025-07-17")), bar(start=span("2025-07-18")))
    assert 'class="day"' in row(bar(start=span("2025-07-17")), bar(start=span("0900")))


def test_a_known_end_is_firm_on_a_day_and_soft_in_a_year() -> None:
    day = row(bar(start=span("2020-01-01"), end=span("2024-12-31")))
    year = row(bar(start=span("2020-01-01"), end=span("2024")))

    assert 'class="cap"' in day
    assert 'class="within"' not in day
    assert 'class="within"' in year
    assert ">?<" not in day + year


def test_what_is_known_to_have_lasted_fades_after_that_and_no_sooner() -> None:
    bars = (bar(start=Span(None, 2006.0), lasting=span("2025-07-17")), bar(start=span("2025")))
    axis = timeline.scale(bars, 282.0 + timeline.EDGE, svg.WIDE - timeline.EDGE)
    lasting = bars[0].lasting
    assert lasting
    assert lasting.first

    full = re.search(r'<path class="full" d="M([\d.]+) [\d.]+h([\d.]+)v', row(*bars))

    assert full is not None
    assert float(full[1]) == pytest.approx(axis.at(2006.0), abs=0.06)
    assert float(full[1]) + float(full[2]) == pytest.approx(axis.at(lasting.first), abs=0.11)
    assert ">?</text>" in row(*bars)


def test_an_open_end_is_an_arrow_and_no_question() -> None:
    drawn_row = row(bar(start=span("2020-01-01"), open_ended=True), bar(start=span("2022")))

    assert '<path class="full" d="M' in drawn_row
    assert ">?<" not in drawn_row


def test_an_unknown_start_fades_in_before_a_known_end() -> None:
    drawn_row = row(bar(end=span("2024-12-31")), bar(start=span("2010")))

    assert ">?</text>" in drawn_row
    assert re.findall(r'class="(s\d)"', drawn_row) == ["s0", "s1", "s2", "s3", "s4"]


def test_a_start_known_by_a_bound_says_on_which_side() -> None:
    assert ">≤</text>" in row(bar(start=Span(None, 2006.0)), bar(start=span("2020")))
    assert ">≥</text>" in row(bar(start=Span(2000.0, None)), bar(start=span("2020")))


def test_a_bar_without_any_date_is_no_bar() -> None:
    drawn_row = row(bar(), bar(start=span("2020")))

    assert 'class="nothing"' in drawn_row
    assert 'class="bar' not in drawn_row.removeprefix('<a class="bar-row"')
    assert "2000" not in row(bar())


def test_what_follows_is_tied_to_what_came_before_in_words_too() -> None:
    first = bar("First", start=span("2010"))
    later = Bar(Name("Later"), "told", span("2020"), follows=((0, "extends"),))

    assert "<title>Later — extends — First</title>" in wide(first, later)


def test_a_bar_that_follows_itself_or_nothing_is_drawn_all_the_same() -> None:
    strange = Bar(Name("A"), "told", span("2020"), follows=((0, "extends"), (7, "extends")))

    assert 'class="chain"' not in wide(strange)


@pytest.mark.parametrize(
    ("dates", "years"),
    [
        (("2010", "2025"), ["2010", "2015", "2020", "2025"]),
        (("2025-07-17", "2025-07-18"), ["2025", "2026"]),
        (("0900", "2025"), ["1000", "1250", "1500", "1750", "2000"]),
        (("0001", "9999"), ["2000", "4000", "6000", "8000", "10000"]),
    ],
)
def test_the_axis_has_round_years_that_fit(dates: tuple[str, ...], years: list[str]) -> None:
    bars = [bar(start=span(date)) for date in dates]

    assert [str(t) for t in timeline.scale(bars, 346.0, 656.0).ticks()] == years


def test_the_legend_explains_the_marks_that_occur_and_no_other() -> None:
    open_ended = timeline.draw([bar(start=span("2020"), open_ended=True)], TOLD, LEGEND)
    on_a_day = timeline.draw([bar(start=span("2020-01-01"))], TOLD, LEGEND)

    ended = timeline.draw([bar(start=span("2020"), end=span("2024"))], TOLD, LEGEND)
    assert "open-ended" in open_ended
    assert "open-ended" not in ended
    assert "within it" in open_ended
    assert "no source" not in open_ended
    assert "day known" in on_a_day
    assert "no source" in on_a_day
    assert "open-ended" not in on_a_day


# --- Lettering -----------------------------------------------------------------------------------


@given(st.text(max_size=120), st.floats(40, 400), st.integers(1, 5))
def test_a_line_is_never_wider_than_its_room(text: str, room: float, most: int) -> None:
    found = lettering.wrap(text, room, most=most)

    assert 1 <= len(found) <= most
    assert all(lettering.width(line) <= room for line in found)


@given(st.text("ab é-", max_size=60))
def test_a_text_that_fits_keeps_its_letters(text: str) -> None:
    found = lettering.wrap(text, 90.0, most=99)

    assert "".join("".join(found).split()) == "".join(text.split())


def test_a_text_that_does_not_fit_says_so() -> None:
    assert lettering.wrap("word " * 40, 100.0, most=2)[-1].endswith("…")
    assert lettering.wrap("Institut Mines-Télécom", 80.0) == ("Institut", "Mines-", "Télécom")


# --- Layouts -------------------------------------------------------------------------------------

BOXES = st.lists(
    st.builds(Box, st.floats(0, 336), st.floats(0, 400), st.floats(5, 140), st.floats(5, 90)),
    max_size=40,
)


@given(BOXES)
def test_boxes_are_parted_and_stay_inside(boxes: list[Box]) -> None:
    layout.part(boxes, 336.0)

    assert not [1 for one, other in combinations(boxes, 2) if one.overlap(other)]
    for box in boxes:
        assert box.width / 2 - 1e-6 <= box.x <= 336 - box.width / 2 + 1e-6


def test_neighbours_stand_nearer_than_strangers() -> None:
    chain = layout.places(12, tuple((at, at + 1) for at in range(11)))

    near = sum(far(chain[at], chain[at + 1]) for at in range(11)) / 11
    assert far(chain[0], chain[11]) > 2 * near


def far(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5)


@pytest.mark.parametrize("count", [0, 1, 2, 300])
def test_every_number_of_nodes_has_a_layout(count: int) -> None:
    edges = tuple((at, (at * 7 + 1) % count) for at in range(count) if at != (at * 7 + 1) % count)

    found = layout.places(count, edges)

    assert len(found) == count
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in found)


# --- The world -----------------------------------------------------------------------------------

ISLAND = {
    "type": "Topology",
    "transform": {"scale": [1, 1], "translate": [0, 0]},
    # A square from 0° to 20°, one side of it shared; and one of 2° at 100° east.
    "arcs": [
        [[0, 0], [20, 0], [0, 20]],
        [[20, 20], [-20, 0], [0, -20]],
        [[100, 0], [2, 0], [0, 2], [-2, 0], [0, -2]],
    ],
    "objects": {
        "land": {"type": "GeometryCollection", "geometries": [
            {"type": "MultiPolygon", "arcs": [[[0, 1]], [[2]]]},
        ]},
        "countries": {"type": "GeometryCollection", "geometries": [
            {"type": "MultiPolygon", "id": "250", "arcs": [[[0, 1]], [[2]]]},
            {"type": "Polygon", "id": "036", "arcs": [[-3]]},
            {"type": "Polygon", "arcs": [[2]], "properties": {"name": "without a number"}},
        ]},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def island() -> world.Atlas:
    return world.read(json.dumps(ISLAND))


def test_a_country_stands_in_the_middle_of_its_largest_part(island: world.Atlas) -> None:
    assert island.middle("250") == pytest.approx((10.0, 10.0))
    assert island.middle("036") == pytest.approx((101.0, 1.0))
    assert island.middle("702") is None
    assert set(island.countries) == {"250", "036"}


def test_a_ring_is_put_together_of_its_arcs_in_their_direction(island: world.Atlas) -> None:
    assert island.land[0] == ((0, 0), (20, 0), (20, 20), (0, 20), (0, 0))
    assert island.countries["036"][0][0] == (100, 0)
    assert world.area(island.countries["036"][0]) == pytest.approx(-4.0)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"transform": 1}', "not JSON"])
def test_outlines_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        world.read(text)


def test_the_projection_keeps_areas_and_its_known_ends() -> None:
    """Šavrič, Patterson and Jenny (2018): the sphere is 2 x 2.70663 wide and 2 x 1.31737 tall."""
    assert world.equal_earth((180.0, 0.0)) == pytest.approx((2.70663, 0.0), abs=1e-4)
    assert world.equal_earth((0.0, 90.0))[1] == pytest.approx(1.31737, abs=1e-4)
    cells = [patch(lat) for lat in (0.0, 30.0, 60.0)]
    assert cells[0] == pytest.approx(cells[1], rel=1e-3)
    assert cells[0] == pytest.approx(cells[2], rel=1e-3)


def patch(south: float) -> float:
    """Give the area on paper of a patch of one area on the globe."""
    from math import asin, degrees, radians, sin

    north = degrees(asin(sin(radians(south)) + 0.01))
    ring = [(lon / 10, south) for lon in range(101)]
    ring += [(lon / 10, north) for lon in range(100, -1, -1)]
    return abs(world.area(tuple(world.equal_earth(place) for place in ring)))


@given(st.lists(st.tuples(st.floats(0, 99), st.floats(0, 99)), min_size=2, max_size=40))
def test_a_simpler_line_keeps_its_ends_and_adds_no_point(points: list[tuple[float, float]]) -> None:
    found = world.simple(points, 2.0)

    assert found[0] == points[0]
    assert found[-1] == points[-1]
    assert set(found) <= set(points)


def test_each_country_has_one_number_and_one_region() -> None:
    pairs = " ".join(countries.REGIONS.values()).split()

    assert len(pairs) == len(countries.NUMBER) == len(set(countries.NUMBER.values())) == 249
    assert all(re.fullmatch(r"[A-Z]{2}\d{3}", pair) for pair in pairs)
    assert (countries.NUMBER["FR"], countries.REGION["FR"]) == ("250", "europe")
    assert (countries.NUMBER["AU"], countries.REGION["AU"]) == ("036", "oceania")


def place(code: str, text: str, count: int = 1) -> worldmap.Place:
    return worldmap.Place(code, Name(text, href=f"c/{code}"), count, f"{count} parties")


EUROPE = [
    place(*pair)
    for pair in (
        ("FR", "France", 5), ("GB", "United Kingdom"), ("NL", "Netherlands"), ("BE", "Belgium"),
        ("DE", "Germany", 3), ("LU", "Luxembourg"), ("CH", "Switzerland"), ("AT", "Austria"),
        ("AU", "Australia", 4), ("CN", "China", 2), ("CL", "Chile"), ("", "Country unknown", 2),
        ("XX", "Nowhere"),
    )
]  # fmt: skip


def test_a_country_without_an_outline_is_named_below_and_not_placed(island: world.Atlas) -> None:
    markup = worldmap.draw(EUROPE, [], TOLD, MAP_WORDS, island)

    for drawing in drawn.drawings(markup).values():
        said = [line.text for line in drawn.lines(drawing)]
        assert "Not on the map:" in said
        below = said[said.index("Not on the map:") :]
        assert below[1:4] == ["United Kingdom (1)", "Netherlands (1)", "Belgium (1)"]
        assert below[-2:] == ["Country unknown (2)", "Nowhere (1)"]
        # France and Australia have outlines.
        assert len(drawing.findall(".//circle")) == 2


def test_without_outlines_the_countries_stand_by_region() -> None:
    for drawing in drawn.drawings(worldmap.draw(EUROPE, [], TOLD, MAP_WORDS)).values():
        said = [line.text for line in drawn.lines(drawing)]
        assert said.index("europe") < said.index("France") < said.index("Luxembourg")
        assert said.index("oceania") < said.index("Australia")
        assert said[-3:] == ["Not on the map:", "Country unknown (2)", "Nowhere (1)"]


@pytest.fixture(scope="module")
def atlas() -> world.Atlas:
    found = assets.atlas()
    if found is None:
        pytest.skip(
            "the outlines of the world are not collected: COOPERA_ASSETS=1 pip install -e ."
        )
    return found


def test_on_the_real_outlines_near_countries_are_told_apart(atlas: world.Atlas) -> None:
    arcs = [worldmap.Arc(0, 8, "3 agreements")]
    markup = worldmap.draw(EUROPE, arcs, TOLD, MAP_WORDS, atlas)

    assert len(markup) < 45_000
    for drawing in drawn.drawings(markup).values():
        dots = [
            Box(float(c.get("cx", "")), float(c.get("cy", "")), 20.0, 20.0)
            for c in drawing.iter("circle")
        ]
        assert len(dots) == 11
        assert all(far((a.x, a.y), (b.x, b.y)) >= 20 for a, b in combinations(dots, 2))
        assert drawing.find(".//path[@class='land']") is not None


def test_most_countries_of_the_world_have_a_place_inside_their_borders(atlas: world.Atlas) -> None:
    for code, west, east, south, north in (
        ("FR", -5, 9, 42, 51), ("US", -125, -66, 24, 50), ("AU", 112, 154, -40, -10),
        ("NO", 4, 32, 57, 72), ("CL", -76, -66, -56, -17), ("SG", 103, 105, 1, 2),
    ):  # fmt: skip
        found = atlas.middle(countries.NUMBER[code])
        assert found is not None
        assert west < found[0] < east, code
        assert south < found[1] < north, code
    assert len(set(countries.NUMBER.values()) - set(atlas.countries)) < 20


# --- Every picture -------------------------------------------------------------------------------

SHAPES = ("path", "line", "rect", "circle", "text", "tspan")
XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onload='alert(1)",
    "</title></svg><svg onload=alert(1)>",
    "]]><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "\x00\x0b\ufffe\ud800",
    "url(#x) expression(alert(1))",
]
LONG = "Une très longue dénomination d’établissement d’enseignement supérieur et de recherche " * 3


def sample_timeline(texts: list[str]) -> str:
    dates = ["2010", "2012-05", "2015-07-17", "", "2020"]
    bars = [
        Bar(
            Name(text, "fr", f"id/{at}"), text, span(dates[at % 5]), span("2024") if at % 3 else None,
            open_ended=at % 7 == 0, follows=((at - 1, text),) if at % 2 else (),
        )
        for at, text in enumerate(texts)
    ]  # fmt: skip
    return timeline.draw(bars, Told("key", texts[0], texts[0]), dict.fromkeys(LEGEND, texts[0]))


def sample_ego(texts: list[str]) -> str:
    spokes = [
        ego.Spoke(
            Name(text, "fr", f"id/{at}"), text if at % 2 else "",
            tuple(Name(text, href=f"id/{n}") for n in range(at % 8)), loose=at % 3 == 0,
            kind=("institution", "organization", "agreement")[at % 3],
        )
        for at, text in enumerate(texts)
    ]  # fmt: skip
    return ego.draw(Name(texts[0]), spokes, Told("key", texts[0], texts[0]))


def sample_network(texts: list[str]) -> str:
    nodes = [network.Node(Name(text, "fr", f"id/{at}")) for at, text in enumerate(texts)]
    count = len(nodes)
    bundles = [
        network.Bundle(
            tuple(sorted({at, (at * 3 + 1) % count, (at * 5 + 2) % count})),
            tuple(Name(texts[0], href=f"a/{n}") for n in range(1 + at % 12)),
        )
        for at in range(0, count, 2)
    ]
    return network.draw(nodes, bundles, [(0, count - 1)], Told("key", texts[0], texts[0]))


def sample_map(texts: list[str]) -> str:
    codes = [*countries.NUMBER, ""]
    places = [
        worldmap.Place(codes[at * 11 % len(codes)], Name(text, "fr", f"c/{at}"), at + 1, text)
        for at, text in enumerate(texts)
    ]
    arcs = [worldmap.Arc(0, len(texts) - 1, texts[0])]
    words = dict.fromkeys(MAP_WORDS, texts[0][:20])
    return worldmap.draw(places, arcs, Told("key", texts[0], texts[0]), words, assets.atlas())


def sample_regions(texts: list[str]) -> str:
    places = [
        worldmap.Place(code, Name(text), at + 1, text)
        for at, (code, text) in enumerate(zip([*countries.NUMBER][::13], texts, strict=False))
    ]
    words = dict.fromkeys(MAP_WORDS, texts[0][:20])
    return worldmap.draw(places, [], Told("key", texts[0], texts[0]), words)


SAMPLES: dict[str, Callable[[list[str]], str]] = {
    "timeline": sample_timeline,
    "ego": sample_ego,
    "network": sample_network,
    "map": sample_map,
    "regions": sample_regions,
}

TEXTS = {
    "few": ["University of Technology Sydney"],
    "usual": ["University of Dundee", HUST, "IMT Atlantique", "Institut Mines-Télécom"] * 4,
    "long": [LONG, "x" * 300, "華中科技大學" * 12, "A"] * 3,
    "many": [f"Institution {at} of a town" for at in range(60)],
    "hostile": XSS,
}


@pytest.mark.parametrize("texts", TEXTS, ids=str)
@pytest.mark.parametrize("kind", SAMPLES)
def test_no_name_covers_another_or_leaves_the_picture(kind: str, texts: str) -> None:
    markup = SAMPLES[kind](TEXTS[texts])

    for drawing in drawn.drawings(markup).values():
        assert drawn.lines(drawing)
        assert drawn.overlaps(drawing) == []
        assert drawn.outside(drawing) == []


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_picture_tells_what_it_is_and_its_links_can_be_reached(kind: str) -> None:
    markup = SAMPLES[kind](TEXTS["usual"])

    ids: list[str] = []
    for name, drawing in drawn.drawings(markup).items():
        assert drawing.get("role") == "group"
        for pointer, tag in (("aria-labelledby", "title"), ("aria-describedby", "desc")):
            told = drawing.find(tag)
            assert told is not None
            assert told.text
            assert told.get("id") == drawing.get(pointer)
            ids.append(told.get("id", ""))
        links = drawing.findall(".//a")
        assert links or kind == "regions"
        for link in links:
            assert re.fullmatch(r"(id|a|c)/\w*\.html", link.get("href", "")), name
            assert drawn.said(link)
            # A name that differs from the text would be heard and not seen.
            assert (link.get("aria-label") is None) == bool(link.findall(".//text"))
    assert len(ids) == len(set(ids)) == 4


@pytest.mark.parametrize("kind", SAMPLES)
def test_what_a_label_holds_stays_text(kind: str) -> None:
    markup = SAMPLES[kind](XSS)

    root = drawn.tree(markup)
    allowed = {"div", "svg", "title", "desc", "g", "a", *SHAPES}
    for node in root.iter():
        assert node.tag in allowed
        for name in node.keys():  # noqa: SIM118 - an element's keys are its attributes
            assert not name.startswith("on")
            assert name != "style"
            assert name in ("class", "href", "aria-label", "lang") or "alert" not in node.get(
                name, ""
            )
        assert not node.get("href", "").startswith("javascript")
    assert "\x00" not in markup
    assert "\ufffe" not in markup
    assert markup.encode()  # no half of a pair


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_bytes_do_not_depend_on_the_run(seed: str) -> None:
    script = (
        "import hashlib, test_pictures as t\n"
        "made = ''.join(draw(t.TEXTS['usual']) for draw in t.SAMPLES.values())\n"
        "print(hashlib.sha256(made.encode()).hexdigest())"
    )
    here = "".join(draw(TEXTS["usual"]) for draw in SAMPLES.values())

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "tests"), "PATH": ""},
    )  # fmt: skip

    import hashlib

    assert done.stdout.strip() == hashlib.sha256(here.encode()).hexdigest()


def test_a_network_of_hundreds_is_drawn_in_seconds() -> None:
    import time

    started = time.perf_counter()
    markup = sample_network([f"Institution {at} of some town" for at in range(200)])

    assert time.perf_counter() - started < 20
    assert len(drawn.drawings(markup)["wide"].findall(".//g[@class='node']")) == 200


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=12), st.sampled_from([*SAMPLES])
)
def test_any_text_makes_a_picture(texts: list[str], kind: str) -> None:
    for drawing in drawn.drawings(SAMPLES[kind](texts)).values():
        assert drawn.overlaps(drawing) == []


# --- The stylesheet ------------------------------------------------------------------------------

STYLE = (ROOT / "src/coopera/templates/style.css").read_text("utf-8")


def test_text_is_at_least_twelve_pixels_on_a_telephone_and_on_a_desk() -> None:
    sizes = [
        float(s)
        for s in re.findall(r"^\.pic [^{]*\{[^}]*font(?:-size)?: ([\d.]+)px", STYLE, re.MULTILINE)
    ]

    assert sizes
    assert {lettering.SIZE, lettering.SMALL} == set(sizes)
    # A page of 390 pixels has a margin of 16 on each side; a card another 15.
    assert min(sizes) * (390 - 2 * 16 - 2 * 15) / svg.NARROW >= 12
    # The wide drawing begins at 768 pixels, with margins of 20, and 20 in a card.
    assert "(min-width: 48rem)" in STYLE
    assert min(sizes) * (768 - 2 * 20 - 2 * 20) / svg.WIDE >= 12


def test_every_class_of_a_picture_has_its_style() -> None:
    used = {
        word
        for draw in SAMPLES.values()
        for kind in re.findall(r'class="([^"]*)"', draw(TEXTS["many"]))
        for word in kind.split()
    }
    bare = {"full", "node", "bundle", "whole"}  # what they hold has a style

    assert {word for word in used - bare if f".{word}" not in STYLE} == set()


def test_letters_are_no_wider_than_was_reckoned(tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    body = "".join(draw(TEXTS["usual"] + [LONG]) for draw in SAMPLES.values())
    probe = """<script>document.body.dataset.told = JSON.stringify(
      [...document.querySelectorAll("svg.wide text")].flatMap(text => {
        const spans = [...text.querySelectorAll("tspan")];
        return (spans.length ? spans : [text]).map(
          one => [one.textContent, one.getComputedTextLength(), getComputedStyle(one).fontSize,
                  getComputedStyle(one).fontWeight]);
      }))</script>"""
    page = tmp_path / "page.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><style>{STYLE}</style><body>{body}{probe}")
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1280,800", "--dump-dom", page.as_uri(),
    ]  # fmt: skip

    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    import html

    told = re.search(r'data-told="([^"]*)"', done.stdout)
    if told is None:
        pytest.skip(f"chromium told nothing: {done.stderr[-200:]}")
    found = json.loads(html.unescape(told[1]))
    assert len(found) > 50
    for text, in_fact, size, weight in found:
        bolder = 1.13 if int(weight) > 400 else 1.0
        most = lettering.width(text, float(size.removesuffix("px"))) * bolder + 1
        assert in_fact <= most, text

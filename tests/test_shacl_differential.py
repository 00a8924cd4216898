"""Generated shapes and data: the compiled validator and pySHACL must find the same.

`COOPERA_PAIRS` is the number of pairs, `COOPERA_SEED` the choice of them.
"""

import logging
import multiprocessing
import os
import re
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import nullcontext, suppress
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from shacl_cases import (
    ASKS,
    CONSTRAINTS,
    FAMILIES,
    SPOKEN,
    Graph,
    Pair,
    Row,
    mangled,
    pairs,
    read,
    row,
)
from shacl_reference import PINS, Pin, by_pyshacl, mended

from coopera import validation
from coopera.errors import DataError
from coopera.tables import Term
from coopera.terms import SH
from coopera.validation import compiler, scans

PAIRS = int(os.environ.get("COOPERA_PAIRS", "200"))
SEED = int(os.environ.get("COOPERA_SEED", "0"))


def by_us(pair: Pair) -> list[Row]:
    """Validate with the compiled engine. Raises what it raises."""
    report = validation.validate(pair.data, pair.shapes, validator="compiled", allow_empty=True)
    shapes = Graph(pair.shapes)
    rows = [row(result, shapes) for result in report.results]
    # pySHACL gives no value to the results of an ASK on a property shape: see its pin.
    return [
        found._replace(
            messages=found.messages & SPOKEN,
            value=None if found.component.value in ASKS and found.path else found.value,
        )
        for found in rows
    ]


PLANS: dict[str, tuple[Any, str, int]] = {
    "never narrowing": (scans.Root, "many", 0),
    "by sets of nodes": (compiler, "LONGEST", 0),
    "handing paths over": (compiler, "MOST_WAYS", 0),
}
"""Ways of the compiled engine that it takes on large graphs and odd shapes, and their switches."""


def difference(pair: Pair, plan: str = "", advanced: bool = False) -> str:
    """Tell how the two differ, or nothing."""
    told = []

    def rows(validate: Callable[[], list[Row]]) -> Counter[Row]:
        try:
            return Counter(validate())
        except Exception:
            told.append(traceback.format_exc(limit=-3))
            return Counter()

    theirs = rows(lambda: by_pyshacl(pair, advanced))
    with patch.object(*PLANS[plan]) if plan else nullcontext():
        ours = rows(lambda: by_us(pair))
    for name, more in (("pySHACL", theirs - ours), (f"compiled {plan}", ours - theirs)):
        told += sorted(f"only {name}, {n}x: {row.text()}" for row, n in more.items())
    return "\n".join(told)


def smaller(pair: Pair, differs: Callable[[Pair], str]) -> Pair:
    """Leave triples out as long as the two differ, with the same errors if any."""

    def errors(told: str) -> list[str]:
        return [re.sub(r"_:\w+|\d+", "", line) for line in told.splitlines() if "Error: " in line]

    first = errors(differs(pair))

    def still(candidate: Pair) -> bool:
        told = differs(candidate)
        return bool(told) and errors(told) == first

    before = 0
    while before != (before := len(pair.shapes) + len(pair.data)):
        for size in (8, 4, 2, 1):
            for at in reversed(range(0, len(pair.shapes), size)):
                less = Pair(pair.shapes[:at] + pair.shapes[at + size :], pair.data)
                pair = less if still(less) else pair
            for at in reversed(range(0, len(pair.data), size)):
                less = Pair(pair.shapes, pair.data[:at] + pair.data[at + size :])
                pair = less if still(less) else pair
    return pair


def search(family: str, number: int, chosen: int) -> tuple[str, Counter[str]]:
    """Compare over so many pairs. Tell of one that differs, or nothing; and count what was found."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    seen: Counter[str] = Counter()
    failed: list[tuple[Pair, str]] = []
    advanced = FAMILIES[family].advanced

    @seed(chosen)
    @settings(
        max_examples=number, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(pairs(FAMILIES[family]))
    def compare(pair: Pair) -> None:
        if failed:
            return
        seen["pairs"] += 1
        for plan in ("", list(PLANS)[seen["pairs"] % len(PLANS)]):
            if difference(pair, plan, advanced):
                failed.append((pair, plan))
                return
        seen.update({found.component.value.removeprefix(SH) for found in by_us(pair)})

    with mended():
        compare()
        for pair, plan in failed:
            least = smaller(pair, lambda candidate: difference(candidate, plan, advanced))  # noqa: B023
            return f"{least}\n{difference(least, plan, advanced)}", seen
    return "", seen


NAMES = {
    *(name[0].upper() + name[1:] for name in CONSTRAINTS),
    *("SPARQL", "QualifiedMinCount", "QualifiedMaxCount"),
} - {"Sparql", "Property", "QualifiedValueShape", "Siblings", "Limit", "Banned"}
"""The components of SHACL Core and sh:sparql, but sh:property, which has no results of its own."""
SHARES = [(family, part) for family in FAMILIES for part in range(2)]
Searches = dict[tuple[str, int], Future[tuple[str, Counter[str]]]]


@pytest.fixture(scope="module")
def searches() -> Iterator[Searches]:
    """Search in all families at once, on every core."""
    number = -(-PAIRS // len(SHARES))
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        yield {
            (family, part): pool.submit(search, family, number, 2 * SEED + part)
            for family, part in SHARES
        }


@pytest.mark.parametrize("share", SHARES, ids=lambda share: f"{share[0]}-{share[1]}")
def test_the_compiled_validator_finds_what_pyshacl_finds(
    share: tuple[str, int], searches: Searches
) -> None:
    told, _ = searches[share].result()

    assert not told, f"\n{told}"


def test_the_pairs_bring_every_component_to_a_result(searches: Searches) -> None:
    seen = sum((search.result()[1] for search in searches.values()), Counter[str]())
    if seen["pairs"] < 2000:
        pytest.skip("too few pairs to bring every component to a result; set COOPERA_PAIRS")

    assert set(seen) >= {f"{name}ConstraintComponent" for name in NAMES}


@seed(SEED)
@settings(max_examples=PAIRS // 2, database=None, deadline=None)
@given(mangled())
def test_spoilt_shapes_are_refused_or_give_a_report(pair: Pair) -> None:
    with suppress(DataError):
        validation.validate(pair.data, pair.shapes, validator="compiled", allow_empty=True)


@pytest.mark.parametrize("pin", PINS, ids=lambda pin: pin.what)
def test_pyshacl_departs_from_the_specification_as_it_is_told(pin: Pin) -> None:
    # One that departs no more is to be taken off the list.
    assert values(by_pyshacl, pin) == pin.pyshacl


@pytest.mark.parametrize("pin", [p for p in PINS if p.mended], ids=lambda pin: pin.what)
def test_pyshacl_mended_follows_the_specification(pin: Pin) -> None:
    with mended():
        assert values(by_pyshacl, pin) == pin.right


@pytest.mark.parametrize("pin", PINS, ids=lambda pin: pin.what)
def test_the_compiled_validator_follows_the_specification_where_pyshacl_does_not(pin: Pin) -> None:
    report = validation.validate(
        read(pin.data), read(pin.shapes), validator="compiled", allow_empty=True
    )

    assert sorted(text(result.value_node) for result in report.results) == pin.right


def values(validate: Callable[[Pair], list[Row]], pin: Pin) -> list[str] | None:
    """List the values of the results, or give `None` for an error."""
    try:
        return sorted(text(row.value) for row in validate(Pair(read(pin.shapes), read(pin.data))))
    except Exception:
        return None


def text(value: Term | None) -> str:
    return "" if value is None else str(getattr(value, "value", value))

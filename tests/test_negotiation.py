"""Content negotiation: cases of RFC 9110, 12.5, and of what clients really send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopera.server import negotiation
from coopera.server.negotiation import best, language, matches

OFFERS = ("application/json", "text/csv", "text/html")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        (BROWSER, "text/html"),
        ("text/*", "text/csv"),
        ("text/*, text/csv;q=0.1", "text/html"),
        ("text/csv;q=0.5, text/html;q=0.4", "text/csv"),
        ("text/csv; q=0, */*", "application/json"),
        ("application/json;q=0, text/*;q=0.2, text/html;q=0", "text/csv"),
        ("TEXT/HTML", "text/html"),
        ('text/html;charset="utf-8"', "text/html"),
        ("image/png", None),
        ("text/csv;q=0", None),
        ("*/*;q=0", None),
        ("text/html;q=1.5", "text/html"),
        ("nonsense", "application/json"),
        ("nonsense, text/csv", "text/csv"),
    ],
)
def test_the_offer_that_a_client_likes_best_is_chosen(
    accept: str | None, chosen: str | None
) -> None:
    assert best(accept, OFFERS) == chosen


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "fr"),
        ("en", "en"),
        ("en-AU, fr;q=0.8", "en"),
        ("de, fr-CA;q=0.3, en;q=0.2", "fr"),
        ("de", "fr"),
        ("*;q=0.1, en;q=0.5", "en"),
        ("fr;q=0, en;q=0.1", "en"),
        ("fr;q=0", "fr"),
    ],
)
def test_the_language_that_a_client_likes_best_is_chosen(accept: str | None, chosen: str) -> None:
    assert language(accept, ("fr", "en")) == chosen


def test_an_entity_tag_matches_weak_or_strong_alone_or_in_a_list() -> None:
    assert matches('"a"', '"a"')
    assert matches('W/"a"', '"a"')
    assert matches('"b", "a"', '"a"')
    assert matches("*", '"a"')
    assert not matches('"b"', '"a"')
    assert not matches(None, '"a"')


@given(st.text(max_size=200))
def test_no_header_whatever_is_an_error(header: str) -> None:
    assert best(header, OFFERS) in (*OFFERS, None)
    assert language(header, ("fr", "en")) in ("fr", "en")


def test_a_header_is_looked_at_up_to_a_length() -> None:
    assert best("text/html;q=0.1," * 1_000_000, OFFERS) == "text/html"
    assert len(negotiation.ranges("a/b," * 100_000)) <= negotiation.LONGEST

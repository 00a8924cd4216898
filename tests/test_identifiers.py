"""Identifiers: check digits, against numbers that their registries gave out."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopera import identifiers

RECORDS = Path(__file__).parents[2] / "shared" / "ror" / "ror-records.jsonl.gz"
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


@pytest.mark.skipif(not RECORDS.is_file(), reason="the extract of ROR is not beside this checkout")
def test_every_ror_id_and_isni_of_the_registry_is_sound() -> None:
    seen = 0
    with gzip.open(RECORDS, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            assert identifiers.ror_is_sound(record["id"].removeprefix(identifiers.ROR)), record[
                "id"
            ]
            seen += 1
    assert seen > 50_000


@given(
    st.sampled_from(["03f0f6041", "025vp2923", "042rh9p26"]),
    st.integers(1, 6),
    st.sampled_from(CROCKFORD),
)
def test_a_ror_id_with_one_wrong_letter_is_found_out(right: str, at: int, letter: str) -> None:
    wrong = right[:at] + letter + right[at + 1 :]

    assert identifiers.ror_is_sound(wrong) == (wrong == right)


@pytest.mark.parametrize(
    ("sound", "identifier", "digit"),
    [
        (identifiers.isni_is_sound, "0000 0001 2202 567X", 8),
        (identifiers.isni_is_sound, "0000000419367611", 9),
        (identifiers.siren_is_sound, "180092025", 4),
        (identifiers.siren_is_sound, "18009202500154", 4),
        (identifiers.abn_is_sound, "77 257 686 961", 4),
    ],
)
def test_a_number_is_sound_until_a_digit_changes(sound, identifier: str, digit: int) -> None:  # type: ignore[no-untyped-def]
    other = str((int(identifier[digit]) + 1) % 10)

    assert sound(identifier)
    assert not sound(identifier[:digit] + other + identifier[digit + 1 :])


@pytest.mark.parametrize(
    "identifier", ["", "03f0f604", "03f0f60411", "03F0F6041", "13f0f6041", "03i0f6041"]
)
def test_what_has_not_the_form_of_a_ror_id_is_not_one(identifier: str) -> None:
    assert not identifiers.ror_is_sound(identifier)

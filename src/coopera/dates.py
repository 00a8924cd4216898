"""Dates: a day, a month or a year in; its datatype, its first and its last day, out."""

from calendar import monthrange
from contextlib import suppress
from datetime import datetime

from coopera.terms import XSD

_FORMS = (("%Y-%m-%d", 10, "date"), ("%Y-%m", 7, "gYearMonth"), ("%Y", 4, "gYear"))
"""Each form, the number of its characters, and its datatype."""
KINDS = frozenset(XSD + name for _, _, name in _FORMS)
"""The datatypes of dates."""


def precision(text: str) -> str:
    """Name the datatype of a date, a month or a year; nothing for a day that does not exist."""
    for form, length, datatype in _FORMS:
        if len(text) != length or not text.isascii():
            continue
        with suppress(ValueError):
            datetime.strptime(text, form)
            return datatype
    return ""


def first_day(text: str) -> str:
    """Give the first day that a date of any precision can mean."""
    return text + "-01-01"[len(text) - 4 :]


def last_day(text: str) -> str:
    """Give the last day that a date of any precision can mean."""
    month = text + "-12"[len(text) - 4 :] if len(text) < 7 else text
    if len(month) > 7:
        return month
    return f"{month}-{monthrange(int(month[:4]), int(month[5:]))[1]:02}"

"""Dates: a day, a month or a year in; its datatype, its first and its last day, out."""

from calendar import monthrange
from datetime import datetime

from coopera.terms import XSD

_FORMS = {"%Y-%m-%d": "date", "%Y-%m": "gYearMonth", "%Y": "gYear"}
KINDS = frozenset(XSD + name for name in _FORMS.values())
"""The datatypes of dates."""


def precision(text: str) -> str:
    """Name the datatype of a date, a month or a year; nothing for a day that does not exist."""
    for form, datatype in _FORMS.items():
        try:
            if datetime.strptime(text, form).strftime(form) == text:
                return datatype
        except ValueError:
            continue
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

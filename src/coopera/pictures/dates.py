"""Dates: a date with the precision of its source in; the bounds between which it lies out."""

import calendar
import re
from dataclasses import dataclass

_DATE = re.compile(
    r"(-?\d{4,9})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?(?:T[\d:.]+)?(?:Z|[+-]\d\d:\d\d)?"
)


@dataclass(frozen=True, slots=True)
class Span:
    """The bounds of a moment, in years: `2022` lies between 2022.0 and 2023.0.

    A bound that is None is unknown.
    """

    first: float | None
    last: float | None

    @property
    def is_a_day(self) -> bool:
        """Say whether the bounds are those of one day."""
        return self.first is not None and self.last is not None and self.last - self.first < 0.004


def span(text: str) -> Span | None:
    """Read an xsd:gYear, gYearMonth, date or dateTime; `None` for anything else."""
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    if not month:
        return Span(float(year), year + 1.0)
    before = [0]
    for number in range(1, 13):
        before.append(before[-1] + _days(year, number))
    if not day:
        return Span(year + before[month - 1] / before[12], year + before[month] / before[12])
    if day > _days(year, month):
        return None
    begun = before[month - 1] + day - 1
    return Span(year + begun / before[12], year + (begun + 1) / before[12])


def _days(year: int, month: int) -> int:
    if month == 2:
        return 29 if calendar.isleap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31

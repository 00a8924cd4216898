"""Lexical spaces: the IRI of a datatype in; a regular expression of its lexical forms out.

XML Schema 1.1 Part 2, 3.3 and 3.4. The expressions hold for XPath, Rust, PCRE and Python alike.
"""

import re

from pyoxigraph import Literal

from coopera.terms import XSD

_YEAR = r"-?([1-9][0-9]{3,}|0[0-9]{3})"
_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_LEAP = r"-?([0-9]*([0-9][0-9](0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00))"
_31 = r"(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
_30 = r"(0[469]|11)-(0[1-9]|[12][0-9]|30)"
_28 = r"02-(0[1-9]|1[0-9]|2[0-8])"
_DATE = rf"({_YEAR}-({_31}|{_30}|{_28})|{_LEAP}-02-29)"
_TIME = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_SECONDS = r"[0-9]+(\.[0-9]+)?S"
_CLOCK = rf"T([0-9]+H([0-9]+M)?({_SECONDS})?|[0-9]+M({_SECONDS})?|{_SECONDS})"
_MONTHS = r"([0-9]+Y([0-9]+M)?|[0-9]+M)"
_FLOAT = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([Ee][+-]?[0-9]+)?|[+-]?INF|NaN"
_B64 = r"[A-Za-z0-9+/]"

_FORMS = {
    "boolean": r"true|false|1|0",
    "decimal": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)",
    "float": _FLOAT,
    "double": _FLOAT,
    "date": rf"{_DATE}{_ZONE}?",
    "time": rf"{_TIME}{_ZONE}?",
    "dateTime": rf"{_DATE}T{_TIME}{_ZONE}?",
    "dateTimeStamp": rf"{_DATE}T{_TIME}{_ZONE}",
    "gYear": rf"{_YEAR}{_ZONE}?",
    "gYearMonth": rf"{_YEAR}-(0[1-9]|1[0-2]){_ZONE}?",
    "gMonth": rf"--(0[1-9]|1[0-2]){_ZONE}?",
    "gDay": rf"---(0[1-9]|[12][0-9]|3[01]){_ZONE}?",
    "gMonthDay": rf"--({_31}|{_30}|02-(0[1-9]|[12][0-9])){_ZONE}?",
    "duration": rf"-?P(({_MONTHS}([0-9]+D)?|[0-9]+D)({_CLOCK})?|{_CLOCK})",
    "yearMonthDuration": rf"-?P{_MONTHS}",
    "dayTimeDuration": rf"-?P([0-9]+D({_CLOCK})?|{_CLOCK})",
    "hexBinary": r"([0-9A-Fa-f]{2})*",
    "base64Binary": rf"(({_B64} ?){{4}})*(({_B64} ?){{3}}{_B64}|"
    rf"({_B64} ?){{2}}[AEIMQUYcgkosw048] ?=|"
    rf"{_B64} ?[AQgw] ?= ?=)?",
    "language": r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "normalizedString": r"[^\r\n\t]*",
    "token": r"([^\r\n\t ]+( [^\r\n\t ]+)*)?",
    "integer": r"[+-]?[0-9]+",
    "nonNegativeInteger": r"\+?[0-9]+|-0+",
    "positiveInteger": r"\+?0*[1-9][0-9]*",
    "nonPositiveInteger": r"-[0-9]+|\+?0+",
    "negativeInteger": r"-0*[1-9][0-9]*",
}
_BOUNDS = {
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}


def pattern(datatype: str) -> str | None:
    """Give the whole pattern of a datatype's lexical forms; `None` where every text is one."""
    name = datatype.removeprefix(XSD)
    if name == datatype:
        return None
    if name in _BOUNDS:
        low, high = _BOUNDS[name]
        parts = [rf"\+?0*({_up_to(high)})"]
        parts.append(rf"-0*({_up_to(-low)})" if low else "-0+")
        return f"^({'|'.join(parts)})$"
    return f"^({_FORMS[name]})$" if name in _FORMS else None


def _up_to(most: int) -> str:
    """Give a pattern of the numbers from 0 to `most`, without leading zeros but for 0 itself."""
    digits = str(most)
    ways = [f"[0-9]{{1,{len(digits) - 1}}}"]
    for at, digit in enumerate(digits):
        rest = len(digits) - at - 1
        low = 1 if at == 0 else 0
        if int(digit) > low:
            ways.append(f"{digits[:at]}[{low}-{int(digit) - 1}][0-9]{{{rest}}}")
    return "|".join([*ways, digits])


INTEGERS = ("integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger",
            "negativeInteger", *_BOUNDS)  # fmt: skip
"""The integer types (XML Schema 1.1 Part 2, 3.4), which SPARQL compares by value."""
ORDERED = (
    "boolean", "date", "time", "dateTime", "dateTimeStamp", "gYear", "gYearMonth", "gMonth", "gDay",
    "gMonthDay", "duration", "yearMonthDuration", "dayTimeDuration",
)  # fmt: skip
"""Types of values, besides numbers and texts, that are held to have an order."""
_NUMERIC = (*INTEGERS, "decimal", "float", "double")


def ordered(literal: Literal) -> bool:
    """Say whether a literal has a value that SPARQL can compare (SPARQL 1.1, 17.3)."""
    name = literal.datatype.value.removeprefix(XSD)
    if name == "string":
        return True
    form = pattern(literal.datatype.value)
    if literal.value == "NaN":
        return False
    known = name in _NUMERIC or name in ORDERED
    return known and form is not None and re.search(form[:-1] + r"\Z", literal.value) is not None


def huge(literal: Literal) -> bool:
    """Say whether a literal has more digits than Oxigraph 0.5.13 holds by value."""
    name = literal.datatype.value.removeprefix(XSD)
    return (name in INTEGERS or name == "decimal") and sum(map(str.isdigit, literal.value)) > 18

"""The tool's own codes: `codes.toml` in; their rules, and why the shapes are there, out."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from coopera.rules.rule import Example, Rule, Texts
from coopera.terms import LANGUAGES

CODES = Path(__file__).with_name("codes.toml")


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(CODES.read_text("utf-8"))


def rules() -> list[Rule]:
    """Give the rules of the codes that the tool itself reports."""
    return [
        Rule(
            code,
            entry["severity"],
            "tool",
            **{part: entry[part] for part in ("name", "demand", "why", "message", "remedy")},
            good=_examples(entry["good"]),
            bad=_examples(entry["bad"]),
        )
        for code, entry in _read()["rules"].items()
    ]


def _examples(entries: Sequence[Mapping[str, Any]]) -> tuple[Example, ...]:
    return tuple(
        Example(entry["file"], entry["text"], (entry["line"],) if "line" in entry else ())
        for entry in entries
    )


def beside(code: str, side: str) -> dict[str, str]:
    """Give the files that the `good` or the `bad` example of a code needs and does not show."""
    return {
        name: text
        for entry in _read()["rules"][code][side]
        for name, text in entry.get("beside", {}).items()
    }


def why(code: str) -> Texts:
    """Say why a shape with such a code is there: by the longest beginning that is explained."""
    fitting = [
        (len(start), entry)
        for entry in _read()["why"]
        for start in entry["codes"]
        if code.startswith(start)
    ]
    entry = max(fitting, key=lambda one: one[0])[1] if fitting else {}
    return {language: entry[language] for language in LANGUAGES if language in entry}

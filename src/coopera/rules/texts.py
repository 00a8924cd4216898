"""Texts of rules: rules and a language in; what a person or a program reads out."""

import dataclasses
import json
import re
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from coopera.errors import Place
from coopera.rules.rule import Example, Rule

Writer = Callable[[Sequence[Rule], str], str]

HEADINGS = {
    "target": {"en": "Looks at", "fr": "Vise"},
    "path": {"en": "Path", "fr": "Chemin"},
    "demand": {"en": "Demands", "fr": "Exige"},
    "why": {"en": "Why", "fr": "Pourquoi"},
    "message": {"en": "Says", "fr": "Dit"},
    "remedy": {"en": "Remedy", "fr": "Remède"},
    "source": {"en": "Stands in", "fr": "Se trouve dans"},
    "query": {"en": "Query", "fr": "Requête"},
    "good": {"en": "Good", "fr": "Bon exemple"},
    "bad": {"en": "Bad", "fr": "Mauvais exemple"},
}
SEVERITIES = {
    "error": {"en": "error", "fr": "erreur"},
    "warning": {"en": "warning", "fr": "avertissement"},
    "info": {"en": "info", "fr": "indication"},
}
_HIDDEN = re.compile(r"@prefix |# (shape|focus|path|row): ")
"""Lines of a case that say nothing of the example."""
_TIED = re.compile(r" (?=[:;»])|(?<=«) ")
"""The spaces of French at which no line is broken."""
NBSP = "\N{NO-BREAK SPACE}"


def _facts(rule: Rule, language: str) -> list[tuple[str, str]]:
    """Give the parts of a rule that are there, under their headings."""
    labels = rule.path_words[language] if rule.path_words else ""
    stands = f"{rule.source}, {rule.place}" if rule.place else rule.source
    remedy, message = rule.remedy[language], rule.message[language]
    demand = rule.demand[language]
    facts = {
        "target": rule.target[language] if rule.target else "",
        "path": f"{rule.path} ({labels})" if labels else rule.path,
        "demand": "" if demand.rstrip(".") == rule.name[language] else demand,
        "why": rule.why[language],
        "message": message,
        "remedy": "" if remedy == message else remedy,
        "source": stands,
    }
    return [(HEADINGS[key][language], text) for key, text in facts.items() if text]


def lines(example: Example) -> list[tuple[int, str, bool]]:
    """Give the lines of an example that say something: number, text, and whether it is at fault."""
    told = [
        (number, line, number in example.lines)
        for number, line in enumerate(example.text.splitlines(), 1)
        if not _HIDDEN.match(line)
    ]
    while told and not told[0][1].strip():
        told.pop(0)
    return told


def _shown(example: Example) -> str:
    """Write an example with the numbers of its lines, and `>` before those at fault."""
    return "\n".join(
        f"{'>' if at_fault else ' '} {number:3} | {line}".rstrip()
        for number, line, at_fault in lines(example)
    )


def _examples(rule: Rule, language: str) -> list[tuple[str, str]]:
    """Give the examples of a rule under their headings, with the query before them."""
    shown = [(HEADINGS["query"][language], textwrap.indent(rule.query, "  "))] if rule.query else []
    colon = " :" if language == "fr" else ":"
    for side, examples in (("good", rule.good), ("bad", rule.bad)):
        shown += [
            (f"{HEADINGS[side][language]}{colon} {example.file}", _shown(example))
            for example in examples
        ]
    return shown


def text(rules: Sequence[Rule], language: str) -> str:
    """Write rules for a terminal."""
    return "\n\n".join(_text(rule, language) for rule in rules) + "\n"


def _text(rule: Rule, language: str) -> str:
    parts = [f"{rule.code}  {SEVERITIES[rule.severity][language]}  {rule.name[language]}", ""]
    facts = _facts(rule, language)
    width = max(len(heading) for heading, _ in facts) + 4
    for heading, told in facts:
        parts.append(
            textwrap.fill(
                _TIED.sub(NBSP, told),
                100,
                initial_indent=f"  {heading:{width - 2}}",
                subsequent_indent=" " * width,
                break_long_words=False,
                break_on_hyphens=False,
            ).replace(NBSP, " ")
        )
    for heading, body in _examples(rule, language):
        parts += ["", f"  {heading}", textwrap.indent(body, "  ")]
    return "\n".join(parts)


def markdown(rules: Sequence[Rule], language: str) -> str:
    """Write rules as Markdown, a section each."""
    return "\n".join(_section(rule, language) for rule in rules)


def _section(rule: Rule, language: str) -> str:
    severity = SEVERITIES[rule.severity][language]
    parts = [f"## {rule.code} ({severity}) {_plain(rule.name[language])}", ""]
    parts += [f"- **{heading}** {_plain(told)}" for heading, told in _facts(rule, language)]
    for heading, body in _examples(rule, language):
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", body) or [""]))
        parts += ["", f"{heading}", "", f"{fence}text", body, fence]
    return "\n".join(parts) + "\n"


def _plain(told: str) -> str:
    """Take the meaning out of the characters that Markdown would obey."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", told)


def json_text(rules: Sequence[Rule], _language: str) -> str:
    """Write rules as a JSON array, every text in both languages."""
    return json.dumps([_plain_data(rule) for rule in rules], ensure_ascii=False, indent=2) + "\n"


def _plain_data(rule: Rule) -> dict[str, Any]:
    data = dataclasses.asdict(rule)
    data["place"] = _place(rule.place)
    return data


def _place(place: Place | None) -> dict[str, Any] | None:
    return {"file": place.path.as_posix(), "line": place.line} if place else None


def list_text(rules: Sequence[Rule], language: str) -> str:
    """List rules for a terminal: code, severity, name."""
    width = max((len(SEVERITIES[rule.severity][language]) for rule in rules), default=0)
    return "".join(
        f"{rule.code}  {SEVERITIES[rule.severity][language]:{width}}  {rule.name[language]}\n"
        for rule in rules
    )


def list_markdown(rules: Sequence[Rule], language: str) -> str:
    """List rules as a Markdown table."""
    heads = {"en": ("Code", "Severity", "Rule"), "fr": ("Code", "Gravité", "Règle")}[language]
    rows = [
        (rule.code, SEVERITIES[rule.severity][language], _plain(rule.name[language]))
        for rule in rules
    ]
    table = [heads, ("---",) * 3, *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in table)


def list_json(rules: Sequence[Rule], _language: str) -> str:
    """List rules as a JSON array: code, severity, kind, name in both languages."""
    kept = ("code", "severity", "kind", "name")
    data = [{part: getattr(rule, part) for part in kept} for rule in rules]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


WRITERS: dict[str, Writer] = {"text": text, "json": json_text, "markdown": markdown}
"""The formats of an explanation; the first is the one for a terminal."""
LISTS: dict[str, Writer] = {"text": list_text, "json": list_json, "markdown": list_markdown}
"""The formats of the list of rules."""

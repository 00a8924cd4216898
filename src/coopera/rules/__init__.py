"""Rules: a project and codes in; what each code demands, why, and how right and wrong look, out."""

import dataclasses
from collections.abc import Sequence

from coopera import queries, verification
from coopera.errors import CooperaError, Place
from coopera.project import Project
from coopera.rules import own
from coopera.rules.examples import Cases
from coopera.rules.rule import Example, Rule
from coopera.rules.shapes import CodedShapes
from coopera.rules.texts import LISTS, WRITERS
from coopera.rules.words import after_colon
from coopera.verification import QueryRule

__all__ = ["LISTS", "WRITERS", "Example", "Rule", "every", "explain"]


def every(project: Project) -> list[Rule]:
    """Give the rules of a project and of the tool, by code; those of the project lack examples.

    Raises CooperaError for shapes or rules that cannot be read.
    """
    return _every(CodedShapes(project), verification.rules(project))


def _every(shapes: CodedShapes, asked: dict[str, QueryRule]) -> list[Rule]:
    found = [*own.rules(), *shapes.rules(), *map(_of_query, asked.values())]
    return sorted(found, key=lambda rule: (rule.code, rule.source))


def _of_query(asked: QueryRule) -> Rule:
    text = "\n".join(line for line in asked.query.text.splitlines() if not line.startswith("#+"))
    summary = asked.query.summary
    return Rule(
        asked.code,
        asked.severity,
        "query",
        name={language: text.rstrip(".") for language, text in summary.items()},
        demand=summary,
        why=asked.query.description,
        message=asked.message,
        remedy=after_colon(asked.message),
        source=asked.query.name,
        query=text,
    )


def explain(project: Project, codes: Sequence[str]) -> list[Rule]:
    """Give the rules of some codes, with examples from the tests of the project.

    Raises CooperaError, with the nearest codes, for one that is unknown.
    """
    shapes, asked = CodedShapes(project), verification.rules(project)
    known = _every(shapes, asked)
    cases, explained = Cases(project), []
    for code in dict.fromkeys(codes):
        found = [rule for rule in known if rule.code == code.upper()]
        if not found:
            raise CooperaError(
                f"there is no rule {code}.",
                remedy=queries.nearest(code.upper(), [rule.code for rule in known]),
            )
        for rule in found:
            if rule.kind == "shape":
                rule = cases.of_shape(shapes, shapes.placed(rule))
            elif rule.kind == "query":
                place = Place(asked[rule.source].query.path.relative_to(project.root))
                rule = cases.of_query(asked[rule.source], dataclasses.replace(rule, place=place))
            explained.append(rule)
    return explained

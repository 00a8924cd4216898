"""Rules: a project and codes in; what each code demands, why, and how right and wrong look, out."""

import dataclasses
from collections.abc import Sequence
from functools import cached_property

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

__all__ = ["LISTS", "WRITERS", "Book", "Example", "Rule", "every", "explain"]


class Book:
    """The rules of a project and of the tool; what it has read of the project it keeps."""

    def __init__(self, project: Project) -> None:
        """Take a project."""
        self.project = project
        self._last: tuple[Rule, Rule] | None = None

    @cached_property
    def shapes(self) -> CodedShapes:
        """Read the shapes. Raises CooperaError for shapes that cannot be read."""
        return CodedShapes(self.project)

    @cached_property
    def asked(self) -> dict[str, QueryRule]:
        """Read the rules that are queries. Raises CooperaError for those that cannot be read."""
        return verification.rules(self.project)

    @cached_property
    def rules(self) -> list[Rule]:
        """Give the rules by code; those of the project without their examples."""
        found = [*own.rules(), *self.shapes.rules(), *map(_of_query, self.asked.values())]
        return sorted(found, key=lambda rule: (rule.code, rule.source))

    @cached_property
    def _cases(self) -> Cases:
        return Cases(self.project)

    def placed(self, rule: Rule) -> Rule:
        """Give a rule with the place where it stands, below the folder of the project."""
        if rule.kind == "shape":
            return self.shapes.placed(rule)
        if rule.kind == "query":
            path = self.asked[rule.source].query.path.relative_to(self.project.root)
            return dataclasses.replace(rule, place=Place(path))
        return rule

    def explained(self, rule: Rule) -> Rule:
        """Give a rule with its place, and with examples from the tests of the project.

        The last one is kept: each language has a page of it.
        """
        if self._last is None or self._last[0] is not rule:
            self._last = rule, self._explained(self.placed(rule))
        return self._last[1]

    def _explained(self, rule: Rule) -> Rule:
        if rule.kind == "shape":
            return self._cases.of_shape(self.shapes, rule)
        if rule.kind == "query":
            return self._cases.of_query(self.asked[rule.source], rule)
        return rule


def every(project: Project) -> list[Rule]:
    """Give the rules of a project and of the tool, by code; those of the project lack examples.

    Raises CooperaError for shapes or rules that cannot be read.
    """
    return Book(project).rules


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
    book = Book(project)
    explained: list[Rule] = []
    for code in dict.fromkeys(codes):
        found = [rule for rule in book.rules if rule.code == code.upper()]
        if not found:
            raise CooperaError(
                f"there is no rule {code}.",
                remedy=queries.nearest(code.upper(), [rule.code for rule in book.rules]),
            )
        explained += map(book.explained, found)
    return explained

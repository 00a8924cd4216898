"""Groups: patterns in; the parts of a group that no variable links out."""

from dataclasses import dataclass, field


@dataclass
class Part:
    """Patterns that are linked by variables; `many` unless they have one solution at most."""

    variables: set[str]
    many: bool
    start: int


@dataclass
class Group:
    """What a group holds: its parts, no two of which share a variable, and how many patterns."""

    parts: list[Part] = field(default_factory=list)
    patterns: int = 0
    shut: bool = False
    """Whether it is joined by itself, before it is joined with what stands around it."""

    @property
    def variables(self) -> set[str]:
        """Give the variables of all parts."""
        return set().union(*(part.variables for part in self.parts))

    @property
    def many(self) -> bool:
        """Say whether it may have more than one solution."""
        return any(part.many for part in self.parts)

    def add(self, *new: Part) -> None:
        """Add parts, each in one with those that it shares a variable with."""
        for part in new:
            linked = [old for old in self.parts if old.variables & part.variables]
            self.parts = [old for old in self.parts if not old.variables & part.variables]
            self.parts.append(joined([*linked, part]))


def joined(parts: list[Part]) -> Part:
    """Make one part of several."""
    variables = set().union(*(part.variables for part in parts))
    return Part(variables, any(part.many for part in parts), min(part.start for part in parts))

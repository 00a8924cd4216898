"""Pages of rules: the rules of a project in; the pages that explain them, all and each, out."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode

from coopera.pages import Made, speech
from coopera.pages.names import step
from coopera.pages.reader import Reader
from coopera.pages.search import Entry
from coopera.pages.views import Badge, Page, Shown
from coopera.project import Project
from coopera.rules import Book, Rule
from coopera.rules.texts import HEADINGS, SEVERITIES, lines

WHERE, SHAPES = "rules", "shapes"
STYLES = {"error": "dispute", "warning": "study", "info": "plain"}
"""How a severity looks; the words say it too."""
_WORDS = {
    "tool": {"en": "Reported by the tool itself", "fr": "Signalées par l’outil lui-même"},
    "query": {"en": "Queries that must find nothing", "fr": "Requêtes qui ne doivent rien trouver"},
    "lead": {
        "en": "What the data must keep to before they are published. Each rule has a code, which "
        "findings name.",
        "fr": "Ce que les données doivent respecter avant d’être publiées. Chaque règle a un code, "
        "que citent les constats.",
    },
    "shapes_lead": {
        "en": "What one file of SHACL shapes demands, in words.",
        "fr": "Ce qu’exige un fichier de formes SHACL, dit en mots.",
    },
    "none": {
        "en": "The project has no example of it.",
        "fr": "Le projet n’en a pas d’exemple.",
    },
    "line": {"en": "line at fault", "fr": "ligne en cause"},
    "rule": {"en": "Rule", "fr": "Règle"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """One rule, in a list."""

    code: str
    href: str
    name: str
    badge: Badge
    demand: str = ""
    path: str = ""
    message: str = ""


class _Rules:
    """Makes the pages of the rules of a project, when they are asked for."""

    def __init__(self, project: Project) -> None:
        self.book = Book(project)

    @cached_property
    def rules(self) -> list[Rule]:
        """Give the rules, with their places."""
        return [self.book.placed(rule) for rule in self.book.rules]

    @cached_property
    def by_code(self) -> dict[str, list[Rule]]:
        """Give the rules by the address of their code."""
        found: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            found[f"{WHERE}/{_code(rule)}"].append(rule)
        return dict(found)

    @cached_property
    def by_file(self) -> dict[str, list[Rule]]:
        """Give the rules that are shapes by the address of their file."""
        found: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            if rule.kind == "shape" and rule.place:
                found[f"{SHAPES}/{step(rule.place.path.stem)}"].append(rule)
        return dict(sorted(found.items()))

    @cached_property
    def about(self) -> dict[str, tuple[str, int]]:
        """Give the file of the shapes of each class that is a target, and their number."""
        found: dict[str, tuple[str, int]] = {}
        for address, rules in self.by_file.items():
            for rule in rules:
                shape = self.book.shapes.sources[rule.source]
                for target in shape.targets:
                    if target.kind == "class" and isinstance(target.value, NamedNode):
                        known = found.get(target.value.value)
                        if known is None or len(rules) > known[1]:
                            found[target.value.value] = (address, len(rules))
        return found

    # --- Pages -----------------------------------------------------------------------------

    def index(self, reader: Reader, address: str) -> Page:
        """Make the page of all rules."""
        language = reader.language
        sections = [
            (self._heading(rules, language), at, tuple(_shape(rule, language) for rule in rules))
            for at, rules in self.by_file.items()
        ]
        for kind in ("query", "tool"):
            some = [rule for rule in self.rules if rule.kind == kind]
            if some:
                made = tuple(_shape(rule, language) for rule in some)
                sections.append((_WORDS[kind][language], "", made))
        context: dict[str, object] = {
            "lead": _WORDS["lead"][language],
            "sections": tuple(sections),
            "total": speech.count(
                len(self.rules), reader.word("rules_one"), reader.word("rules_many"), language
            ),
        }
        title = Shown(reader.word("rules"))
        return Page(address, title, _WORDS["lead"][language], "rules.html", (), context)

    def file(self, reader: Reader, address: str) -> Page:
        """Make the page of the rules of one file of shapes, in words."""
        language, rules = reader.language, self.by_file[address]
        place = rules[0].place
        context: dict[str, object] = {
            "lead": _WORDS["shapes_lead"][language],
            "file": place.path.as_posix() if place else "",
            "rules": tuple(_shape(rule, language, whole=True) for rule in rules),
            "heads": {key: HEADINGS[key][language] for key in ("demand", "path", "message")},
        }
        title = reader.word("rules_on").format(self._heading(rules, language))
        kicker = (Shown(reader.word("rules"), href=WHERE),)
        described = f"{title}. {_WORDS['shapes_lead'][language]}"
        return Page(address, Shown(title), described, "shapes.html", kicker, context)

    def rule(self, reader: Reader, address: str) -> Page:
        """Make the page of a code."""
        language = reader.language
        explained = [self.book.explained(rule) for rule in self.by_code[address]]
        parts = tuple(self._part(rule, language) for rule in explained)
        first = explained[0]
        name = _said(first.name[language], language)
        kicker = [Shown(reader.word("rules"), href=WHERE)]
        for at, rules in self.by_file.items():
            if any(rule.code == first.code for rule in rules):
                kicker.append(Shown(self._heading(rules, language), href=at))
        context: dict[str, object] = {
            "code": first.code,
            "badge": _badge(first, language),
            "parts": parts,
            "none": _WORDS["none"][language],
            "line": _WORDS["line"][language],
            "heads": {key: HEADINGS[key][language] for key in ("query", "good", "bad")},
            "command": f"coopera rule {first.code}",
        }
        title = Shown(f"{first.code} — {name}")
        described = _said(first.demand[language], language) or name
        return Page(address, title, described, "rule.html", tuple(kicker), context)

    def _part(self, rule: Rule, language: str) -> dict[str, object]:
        demand = _said(rule.demand[language], language)
        labels = _said(rule.path_words[language], language) if rule.path_words else ""
        message, remedy = (_said(t[language], language) for t in (rule.message, rule.remedy))
        stands = f"{rule.source}, {rule.place.path.as_posix()}" if rule.place else rule.source
        if rule.place and rule.place.line:
            stands += f":{rule.place.line}"
        facts = (
            ("target", _said(rule.target[language], language) if rule.target else "", False),
            ("path", rule.path, True),
            ("demand", demand, False),
            ("why", _said(rule.why[language], language), False),
            ("message", message, False),
            ("remedy", "" if remedy == message else remedy, False),
            ("source", stands, True),
        )
        return {
            "facts": tuple(
                (HEADINGS[key][language], text, code, labels if key == "path" else "")
                for key, text, code in facts
                if text
            ),
            "query": rule.query,
            "good": tuple((example.file, lines(example)) for example in rule.good),
            "bad": tuple((example.file, lines(example)) for example in rule.bad),
        }

    def _heading(self, rules: list[Rule], language: str) -> str:
        """Name a file of shapes after its first shape that looks at a class."""
        named = next((rule for rule in rules if self._looks_at_a_class(rule)), rules[0])
        return _said(named.name[language], language)

    def _looks_at_a_class(self, rule: Rule) -> bool:
        targets = self.book.shapes.sources[rule.source].targets
        return any(target.kind == "class" for target in targets)

    def entries(self, reader: Reader) -> Iterable[Entry]:
        """Give what can be looked for: each code, and each file of shapes."""
        language = reader.language
        for at, rules in self.by_code.items():
            said = f"{rules[0].code} — {_said(rules[0].name[language], language)}"
            yield Entry(Shown(said, href=at), _WORDS["rule"][language], rank=8)


def _code(rule: Rule) -> str:
    """Write a code as a step of an address; our own stay as they are."""
    return rule.code if rule.code.isascii() and rule.code.isalnum() else step(rule.code)


def _badge(rule: Rule, language: str) -> Badge:
    return Badge(SEVERITIES[rule.severity][language], STYLES[rule.severity])


def _shape(rule: Rule, language: str, *, whole: bool = False) -> Shape:
    return Shape(
        rule.code,
        f"{WHERE}/{_code(rule)}",
        _said(rule.name[language], language),
        _badge(rule, language),
        _said(rule.demand[language], language) if whole else "",
        rule.path if whole else "",
        _said(rule.message[language], language) if whole else "",
    )


def _said(text: str, language: str) -> str:
    return speech.typeset(text, language)


def made(project: Project) -> Made:
    """Give the pages of the rules of a project.

    Raises CooperaError for shapes or rules that cannot be read.
    """
    rules = _Rules(project)
    pages = {WHERE: rules.index}
    pages |= dict.fromkeys(rules.by_file, rules.file)
    pages |= dict.fromkeys(rules.by_code, rules.rule)
    return Made(pages, rules.entries, about=rules.about)

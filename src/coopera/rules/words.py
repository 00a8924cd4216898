"""Words: shapes in; what they aim at and demand, in French and English, out."""

from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from coopera.rules.rule import Texts
from coopera.tables import Term
from coopera.terms import LANGUAGES, RDFS, SKOS, Prefixes, in_language
from coopera.validation import paths
from coopera.validation.nodes import Nodes
from coopera.validation.paths import Alternative, Path, Repeat, Step
from coopera.validation.paths import Sequence as PathSequence
from coopera.validation.shapes import Constraint, Shape

_TARGETS: Mapping[str, Texts] = {
    "class": {"en": "each instance of {x}", "fr": "chaque instance {de_x}"},
    "subjectsOf": {"en": "each subject of {x}", "fr": "chaque sujet {de_x}"},
    "objectsOf": {"en": "each value of {x}", "fr": "chaque valeur {de_x}"},
    "node": {"en": "{x}", "fr": "{x}"},
    "sparql": {
        "en": "each node that its query selects",
        "fr": "chaque nœud que choisit sa requête",
    },
}

_WORDS: Mapping[str, Texts] = {
    "MinCount": {"en": "at least {n} value{s}", "fr": "au moins {n} valeur{s}"},
    "MaxCount": {"en": "at most {n} value{s}", "fr": "au plus {n} valeur{s}"},
    "Class": {"en": "{who} is an instance of {x}", "fr": "{who} est une instance {de_x}"},
    "Datatype": {"en": "{who} has the datatype {x}", "fr": "{who} a le type de données {x}"},
    "NodeKind": {"en": "{who} is {kind}", "fr": "{who} est {kind}"},
    "MinExclusive": {"en": "{who} > {x}", "fr": "{who} > {x}"},
    "MinInclusive": {"en": "{who} ≥ {x}", "fr": "{who} ≥ {x}"},
    "MaxExclusive": {"en": "{who} < {x}", "fr": "{who} < {x}"},
    "MaxInclusive": {"en": "{who} ≤ {x}", "fr": "{who} ≤ {x}"},
    "MinLength": {
        "en": "{who} has at least {n} character{s}",
        "fr": "{who} a au moins {n} caractère{s}",
    },
    "MaxLength": {
        "en": "{who} has at most {n} character{s}",
        "fr": "{who} a au plus {n} caractère{s}",
    },
    "Pattern": {
        "en": "{who} fits the regular expression {x}",
        "fr": "{who} correspond à l'expression régulière {x}",
    },
    "LanguageIn": {
        "en": "{who} is tagged {list}",
        "fr": "{who} porte l'étiquette de langue {list}",
    },
    "UniqueLang": {"en": "at most 1 value per language", "fr": "au plus 1 valeur par langue"},
    "Equals": {"en": "the values are those of {x}", "fr": "les valeurs sont celles {de_x}"},
    "Disjoint": {
        "en": "no value is one of {x} too",
        "fr": "aucune valeur n'est aussi une valeur {de_x}",
    },
    "LessThan": {"en": "{who} < each value of {x}", "fr": "{who} < chaque valeur {de_x}"},
    "LessThanOrEquals": {"en": "{who} ≤ each value of {x}", "fr": "{who} ≤ chaque valeur {de_x}"},
    "Not": {
        "en": "{who} does not meet {shapes}",
        "fr": "{who} ne remplit pas la condition {shapes}",
    },
    "And": {
        "en": "{who} meets all of {shapes}",
        "fr": "{who} remplit toutes ces conditions : {shapes}",
    },
    "Or": {
        "en": "{who} meets one at least of {shapes}",
        "fr": "{who} remplit au moins l'une de ces conditions : {shapes}",
    },
    "Xone": {
        "en": "{who} meets exactly one of {shapes}",
        "fr": "{who} remplit exactement l'une de ces conditions : {shapes}",
    },
    "Node": {"en": "{who} meets {shapes}", "fr": "{who} remplit la condition {shapes}"},
    "Property": {"en": "{inner}", "fr": "{inner}"},
    "QualifiedMinCount": {
        "en": "at least {n} value{s} that meet{third} {shapes}",
        "fr": "au moins {n} valeur{s} qui rempli{plural} la condition {shapes}",
    },
    "QualifiedMaxCount": {
        "en": "at most {n} value{s} that meet{third} {shapes}",
        "fr": "au plus {n} valeur{s} qui rempli{plural} la condition {shapes}",
    },
    "Closed": {
        "en": "no property but {list}",
        "fr": "aucune autre propriété que {list}",
    },
    "HasValue": {"en": "one value is {x}", "fr": "l'une des valeurs est {x}"},
    "In": {"en": "{who} is one of: {list}", "fr": "{who} fait partie de : {list}"},
    "SPARQL": {"en": "its query finds nothing", "fr": "sa requête ne trouve rien"},
}
"""Constraint components (SHACL, 4 and 5) by the name of `Constraint.name`."""

_KINDS: Mapping[str, Texts] = {
    "IRI": {"en": "an IRI", "fr": "une IRI"},
    "Literal": {"en": "a literal", "fr": "un littéral"},
    "BlankNode": {"en": "a blank node", "fr": "un nœud anonyme"},
    "BlankNodeOrIRI": {"en": "an IRI or a blank node", "fr": "une IRI ou un nœud anonyme"},
    "BlankNodeOrLiteral": {
        "en": "a blank node or a literal",
        "fr": "un nœud anonyme ou un littéral",
    },
    "IRIOrLiteral": {"en": "an IRI or a literal", "fr": "une IRI ou un littéral"},
}
_WHO = {"en": ("the node", "each value"), "fr": ("le nœud", "chaque valeur")}
_NESTED = {"en": "it", "fr": "le terme"}
_ONE_OF = {
    "class": {"en": "one of these classes: ", "fr": "l'une de ces classes : "},
    "property": {"en": "one of these properties: ", "fr": "l'une de ces propriétés : "},
}


class Words:
    """Tells shapes in words, with the prefixes and the labels of a project."""

    def __init__(self, prefixes: Prefixes, vocabulary: Nodes) -> None:
        """Take the prefixes, and the ontology that labels classes and properties."""
        self.prefixes, self.vocabulary = prefixes, vocabulary

    def text(self, term: Term, language: str = "") -> str:
        """Give a term as Turtle; with a language, its label after it, where it has one."""
        label = in_language(self.vocabulary.values(term, RDFS + "label"), language)
        return self.prefixes.text(term) + (f" ({label})" if language and label else "")

    def meaning(self, term: Term, language: str) -> str:
        """Give the definition and the scope notes that the ontology has for one of its terms."""
        told = [
            text.value
            for name in ("definition", "scopeNote")
            for text in self.vocabulary.values(term, SKOS + name)
            if isinstance(text, Literal) and text.language == language
        ]
        colon = " :" if language == "fr" else ":"
        return f"{self.prefixes.text(term)}{colon} {' '.join(told)}" if told else ""

    def target(self, shapes: Sequence[Shape], language: str) -> str:
        """Tell the focus nodes of shapes (SHACL, 2.1.3)."""
        told = []
        for kind, words in _TARGETS.items():
            values = [t.value for shape in shapes for t in shape.targets if t.kind == kind]
            names = ", ".join(self.text(value, language) for value in values)
            if len(values) > 1 and kind not in ("node", "sparql"):
                names = _ONE_OF["class" if kind == "class" else "property"][language] + names
            if values:
                told.append(words[language].format(x=names, de_x=_of(names)))
        return "; ".join(told) if language == "en" else " ; ".join(told)

    def path(self, path: Path) -> str:
        """Write a path as SPARQL does, without the brackets around the whole."""
        text = paths.text(path, self.prefixes.text)
        return text[1:-1] if isinstance(path, Alternative | PathSequence) else text

    def labels(self, path: Path, language: str) -> str:
        """Give the labels of the properties of a path, in its order."""
        values = [self.vocabulary.values(p, RDFS + "label") for p in predicates(path)]
        return ", ".join(text for some in values if (text := in_language(some, language)))

    def demand(self, shape: Shape, language: str, coded: Mapping[Term, object]) -> str:
        """Tell the constraints of a shape, but for those of property shapes that have codes."""
        return _joined(self._conditions(shape, language, coded, ""), language)

    def _conditions(
        self, shape: Shape, language: str, coded: Mapping[Term, object], who: str
    ) -> Iterator[str]:
        counts = {c.name: c.number for c in shape.constraints if c.name in ("MinCount", "MaxCount")}
        if len(counts) == 2 and len(set(counts.values())) == 1:
            number = counts["MinCount"]
            exactly = {"en": "exactly {n} value{s}", "fr": "exactement {n} valeur{s}"}[language]
            yield exactly.format(n=number, s="s" * (number > 1))
        elif counts.get("MaxCount") == 0:
            yield {"en": "no value", "fr": "aucune valeur"}[language]
        else:
            for name, number in counts.items():
                yield _WORDS[name][language].format(n=number, s="s" * (number > 1))
        if shape.path is not None or not who:
            who = _WHO[language][shape.path is not None]
        for constraint in shape.constraints:
            outside = constraint.name == "Property" and constraint.shapes[0].node in coded
            if constraint.name not in counts and not outside:
                yield self._condition(constraint, language, coded, who)

    def _condition(
        self, constraint: Constraint, language: str, coded: Mapping[Term, object], who: str
    ) -> str:
        words = _WORDS.get(constraint.name)
        if words is None:  # a component that the shapes graph defines
            return self.text(NamedNode(constraint.component))
        inner = [self._inner(shape, language, coded) for shape in constraint.shapes]
        names = [self.prefixes.text(shape.node) for shape in constraint.shapes]
        shapes = [
            f"({told})" if name.startswith("_:") else f"{name} ({told})"
            for name, told in zip(names, inner, strict=True)
        ]
        name = self.prefixes.text(constraint.value)
        if constraint.name == "Pattern" and constraint.flags:
            name = f"{name} ({constraint.flags})"
        return words[language].format(
            who=who,
            x=name,
            de_x=_of(name),
            n=constraint.number,
            s="s" * (constraint.number > 1),
            third="s" * (constraint.number <= 1),
            plural="ssent" if constraint.number > 1 else "t",
            kind=_KINDS.get(name.removeprefix("sh:"), {}).get(language, name),
            list=", ".join(map(self.prefixes.text, constraint.terms)) or "–",
            shapes=", ".join(shapes),
            inner=", ".join(inner),
        )

    def _inner(self, shape: Shape, language: str, coded: Mapping[Term, object]) -> str:
        told = _joined(self._conditions(shape, language, coded, _NESTED[language]), language)
        if shape.path is not None:
            along = {"en": "at {path}: {told}", "fr": "pour {path} : {told}"}[language]
            told = along.format(path=self.path(shape.path), told=told)
        return told


def _joined(conditions: Iterator[str], language: str) -> str:
    return ("; " if language == "en" else " ; ").join(conditions)


def _of(name: str) -> str:
    """Put the French "de" before a name."""
    return f"d'{name}" if name[:1] in "aeiouAEIOU" else f"de {name}"


def predicates(path: Path | None) -> list[NamedNode]:
    """List the properties of a path, in its order, each once."""
    match path:
        case None:
            return []
        case Step(predicate, _):
            return [predicate]
        case Repeat(part, _):
            return predicates(part)
        case PathSequence(parts) | Alternative(parts):
            return list(dict.fromkeys(p for part in parts for p in predicates(part)))


def in_both(told: Mapping[str, str]) -> Texts:
    """Give a text in each of our languages, from another where one is missing."""
    other = next((text for text in told.values() if text), "")
    return {language: told.get(language) or other for language in LANGUAGES}


def after_colon(messages: Texts) -> Texts:
    """Give what follows the colon of messages: what is wrong stands before it."""
    remedies = {}
    for language, message in messages.items():
        wrong, _, remedy = message.partition(": ")
        told = remedy or wrong
        remedies[language] = told[:1].upper() + told[1:]
    return remedies

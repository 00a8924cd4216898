"""Messages: a shape and a constraint in; what a result says, by language, out."""

import re
from collections.abc import Mapping

from pyoxigraph import BlankNode, Literal

from coopera.tables import Term
from coopera.validation.constraints import SparqlText
from coopera.validation.shapes import Constraint, Shape

# ruff: noqa: E501 - one component a line, in two languages
DEFAULTS: dict[str, tuple[str, str]] = {
    "Class": ("The value is no instance of {0}.", "La valeur n'est pas une instance de la classe {0}."),
    "Datatype": ("The value is no {0}, or is ill-typed.", "La valeur n'est pas du type {0}, ou est mal formée."),
    "NodeKind": ("The value is not of the kind {0}.", "La valeur n'est pas du genre {0}."),
    "MinCount": ("There are fewer than {0} values.", "Le nombre de valeurs est inférieur à {0}."),
    "MaxCount": ("There are more than {0} values.", "Le nombre de valeurs est supérieur à {0}."),
    "MinExclusive": ("The value is not greater than {0}.", "La valeur n'est pas supérieure à {0}."),
    "MinInclusive": ("The value is less than {0}, or cannot be compared.",
                     "La valeur est inférieure à {0}, ou ne peut y être comparée."),
    "MaxExclusive": ("The value is not less than {0}.", "La valeur n'est pas inférieure à {0}."),
    "MaxInclusive": ("The value is greater than {0}, or cannot be compared.",
                     "La valeur est supérieure à {0}, ou ne peut y être comparée."),
    "MinLength": ("The value is shorter than {0} characters.", "Le nombre de caractères de la valeur est inférieur à {0}."),
    "MaxLength": ("The value is longer than {0} characters.", "Le nombre de caractères de la valeur est supérieur à {0}."),
    "Pattern": ("The value does not match the pattern {0}.", "La valeur ne correspond pas au motif {0}."),
    "LanguageIn": ("The language of the value is not among {0}.",
                   "La langue de la valeur ne figure pas parmi {0}."),
    "UniqueLang": ("Two values have the same language.", "Deux valeurs sont de la même langue."),
    "Equals": ("The values are not those of {0}.", "Les valeurs ne sont pas celles de la propriété {0}."),
    "Disjoint": ("The value is also one of {0}.", "La valeur est aussi l'une de celles de la propriété {0}."),
    "LessThan": ("The value is not less than every value of {0}.",
                 "La valeur n'est pas inférieure à toutes celles de la propriété {0}."),
    "LessThanOrEquals": ("The value is greater than a value of {0}, or cannot be compared.",
                         "La valeur est supérieure à une valeur de la propriété {0}, ou ne peut y être comparée."),
    "Not": ("The value conforms to {0}, which it must not.", "La valeur est conforme à {0}, ce qu'elle ne doit pas être."),
    "And": ("The value does not conform to every shape of a list.",
            "La valeur n'est pas conforme à toutes les formes d'une liste."),
    "Or": ("The value conforms to no shape of a list.", "La valeur n'est conforme à aucune forme d'une liste."),
    "Xone": ("The value does not conform to exactly one shape of a list.",
             "La valeur doit être conforme à une forme d'une liste et à une seule."),
    "Node": ("The value does not conform to {0}.", "La valeur n'est pas conforme à {0}."),
    "QualifiedMinCount": ("Fewer than {0} values conform to the qualified shape.",
                          "Le nombre de valeurs conformes à la forme qualifiée est inférieur à {0}."),
    "QualifiedMaxCount": ("More than {0} values conform to the qualified shape.",
                          "Le nombre de valeurs conformes à la forme qualifiée est supérieur à {0}."),
    "Closed": ("The shape is closed and does not allow this property.",
               "La forme est fermée et n'admet pas cette propriété."),
    "HasValue": ("The value {0} is missing.", "La valeur {0} manque."),
    "In": ("The value is not among {0}.", "La valeur ne figure pas parmi {0}."),
    "SPARQL": ("The node is a solution of the shape's query.",
               "Le nœud est une solution de la requête de la forme."),
}  # fmt: skip
"""Component -> what to say in English and in French where the shape says nothing."""
GENERIC = "The constraint {1} does not hold.", "La contrainte {1} n'est pas satisfaite."
BLANK = "a blank node", "un nœud anonyme"
INNER = "an inner shape", "une forme interne"


def of(
    shape: Shape,
    constraint: Constraint,
    filled: Mapping[str, Term | None],
    query: SparqlText | None,
) -> tuple[dict[str, str], str]:
    """Give the texts of a result by language, and the shape's code (SHACL, 3.6.2.6 and 5.3.2)."""
    own = query.messages if query is not None else ()
    texts = own or shape.messages
    bound = filled.get("message")
    if not texts and constraint.validator is not None:
        texts = constraint.validator.messages or constraint.validator.label_messages
    if isinstance(bound, Literal):
        texts = (bound,)
    if texts:
        untagged = "" if any(text.language == "en" for text in texts) else "en"
        spoken = {text.language or untagged: _filled(text.value, filled) for text in texts}
        return spoken, shape.code
    return default(constraint), shape.code


def default(constraint: Constraint, known: bool = True) -> dict[str, str]:
    """Say by language that a constraint does not hold; not with what value where it is unknown."""
    texts = DEFAULTS.get(constraint.name, GENERIC) if known else GENERIC
    terms = constraint.terms or (constraint.value,)
    told = {}
    for language, text, blank in zip(
        ("en", "fr"), texts, INNER if constraint.shapes else BLANK, strict=True
    ):
        shown = " ".join(_short(term, blank) for term in terms)
        told[language] = text.format(shown, constraint.component)
    return told


def _filled(template: str, values: Mapping[str, Term | None]) -> str:
    """Put values into the `{?name}` and `{$name}` of a message (SHACL, 5.3.2)."""

    def shown(match: re.Match[str]) -> str:
        value = values.get(match[1])
        return match[0] if value is None else getattr(value, "value", str(value))

    return re.sub(r"\{[?$](\w+)\}", shown, template)


def _short(term: Term | None, blank: str) -> str:
    """Give a term in few characters: the last part of an IRI; a blank node has no name."""
    if isinstance(term, BlankNode):
        return blank
    value = getattr(term, "value", "")
    return value if isinstance(term, Literal) else re.sub(r"^.*[/#]", "", value) or str(term)

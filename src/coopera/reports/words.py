"""Words: a key and a language in; what a report says by itself, in French or in English, out."""

NBSP = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"

UNNAMED = "COOP000"
"""The code of a finding whose shape has none."""

COLUMN = {"en": 0, "fr": 1}

Pair = tuple[str, str]
"""English, French."""

WORDS: dict[str, Pair] = {
    "colon": (":", f"{NBSP}:"),
    "semicolon": (";", f"{NBSP};"),
    "error": ("error", "erreur"),
    "warning": ("warning", "avertissement"),
    "info": ("info", "indication"),
    "none": ("No findings: all checks passed.", f"Aucun constat{NBSP}: tout est en ordre."),
    "checked": ("Checked", "Vérifié"),
    "in_time": (f"in {{}}{NBSP}s", f"en {{}}{NBSP}s"),
    "nodes_by_shape": ("Focus nodes by shape", "Nœuds visés par forme"),
    "note": ("note", "note"),
    "value": ("value", "valeur"),
    "path": ("path", "chemin"),
    "focus_node": ("focus node", "nœud visé"),
    "help": ("help", "aide"),
    "shape": ("shape", "forme"),
    "place": ("place", "emplacement"),
    "severity": ("severity", "gravité"),
    "code": ("code", "code"),
    "message": ("message", "message"),
    "line": ("line", "ligne"),
    "blank": ("blank node", "nœud anonyme"),
    "explains": ("coopera rule {} explains", "coopera rule {} l'explique"),
    "no_file": ("No file", "Sans fichier"),
    "shapes": ("shapes", "formes"),
    "run": ("run", "exécution"),
    "project": ("project", "projet"),
    "no_node": ("no focus node", "aucun nœud visé"),
    "no_message": ("The value does not conform.", "La valeur n'est pas conforme."),
    "left_out": (
        "Left out, for want of a validation result: {}.",
        f"Non repris, faute de résultat de validation{NBSP}: {{}}.",
    ),
    "more": ("Not shown: {}.", f"Non affichés{NBSP}: {{}}."),
    "source_root": ("The folder that was checked.", "Le dossier vérifié."),
}

COUNTED: dict[str, tuple[Pair, Pair]] = {
    "error": (("error", "errors"), ("erreur", "erreurs")),
    "warning": (("warning", "warnings"), ("avertissement", "avertissements")),
    "info": (("info", "infos"), ("indication", "indications")),
    "findings": (("finding", "findings"), ("constat", "constats")),
    "files": (("file", "files"), ("fichier", "fichiers")),
    "triples": (("triple", "triples"), ("triplet", "triplets")),
    "assertions": (("assertion", "assertions"), ("assertion", "assertions")),
    "shapes": (("shape", "shapes"), ("forme", "formes")),
    "focus nodes": (("focus node", "focus nodes"), ("nœud visé", "nœuds visés")),
    "queries": (("query", "queries"), ("requête", "requêtes")),
    "others": (
        ("more (--statistics)", "more (--statistics)"),
        ("autre (--statistics)", "autres (--statistics)"),
    ),
    "unreached": (
        ("shape reaches no node", "shapes reach no node"),
        ("forme n'atteint aucun nœud", "formes n'atteignent aucun nœud"),
    ),
}
"""Nouns after a number: one and several, in English and in French."""

REMEDIES: dict[str, Pair] = {
    "ClassConstraintComponent": (
        "give the value the class asked for, or name another thing",
        "donnez à la valeur la classe demandée, ou nommez autre chose",
    ),
    "DatatypeConstraintComponent": (
        "write a literal that is valid for the datatype asked for",
        "écrivez un littéral valable pour le type de données demandé",
    ),
    "NodeKindConstraintComponent": (
        "write a term of the kind asked for",
        "écrivez un terme du genre demandé",
    ),
    "MinCountConstraintComponent": (
        "add the values that are missing",
        "ajoutez les valeurs qui manquent",
    ),
    "MaxCountConstraintComponent": (
        "keep the right values and remove those in excess",
        "gardez les bonnes valeurs et retirez celles de trop",
    ),
    "MinExclusiveConstraintComponent": (
        "write a value above the bound",
        "écrivez une valeur supérieure à la borne",
    ),
    "MinInclusiveConstraintComponent": (
        "write a value at the bound or above",
        "écrivez une valeur égale ou supérieure à la borne",
    ),
    "MaxExclusiveConstraintComponent": (
        "write a value below the bound",
        "écrivez une valeur inférieure à la borne",
    ),
    "MaxInclusiveConstraintComponent": (
        "write a value at the bound or below",
        "écrivez une valeur égale ou inférieure à la borne",
    ),
    "MinLengthConstraintComponent": (
        "write a longer text",
        "écrivez un texte plus long",
    ),
    "MaxLengthConstraintComponent": (
        "shorten the text",
        "raccourcissez le texte",
    ),
    "PatternConstraintComponent": (
        "write the value as the pattern has it",
        "écrivez la valeur selon le motif",
    ),
    "LanguageInConstraintComponent": (
        "tag the text with one of the languages allowed",
        "donnez au texte l'étiquette d'une des langues permises",
    ),
    "UniqueLangConstraintComponent": (
        "keep one text for each language",
        "gardez un seul texte par langue",
    ),
    "EqualsConstraintComponent": (
        "give both properties the same values",
        "donnez les mêmes valeurs aux deux propriétés",
    ),
    "DisjointConstraintComponent": (
        "remove the value from one of the two properties",
        "retirez la valeur de l'une des deux propriétés",
    ),
    "LessThanConstraintComponent": (
        "write a value below each value of the other property",
        "écrivez une valeur inférieure à chaque valeur de l'autre propriété",
    ),
    "LessThanOrEqualsConstraintComponent": (
        "write a value that no value of the other property is below",
        "écrivez une valeur qui ne dépasse aucune valeur de l'autre propriété",
    ),
    "NotConstraintComponent": (
        "change what makes the node conform to the shape that it must not meet",
        "changez ce qui rend le nœud conforme à la forme exclue",
    ),
    "AndConstraintComponent": (
        "make the node conform to all the shapes of the list",
        "rendez le nœud conforme à toutes les formes de la liste",
    ),
    "OrConstraintComponent": (
        "make the node conform to at least one shape of the list",
        "rendez le nœud conforme à l'une au moins des formes de la liste",
    ),
    "XoneConstraintComponent": (
        "make the node conform to exactly one shape of the list",
        "rendez le nœud conforme à une seule des formes de la liste",
    ),
    "NodeConstraintComponent": (
        "make the value conform to the shape asked for, or name another thing",
        "rendez la valeur conforme à la forme demandée, ou nommez autre chose",
    ),
    "QualifiedMinCountConstraintComponent": (
        "add values that conform to the qualified shape",
        "ajoutez des valeurs conformes à la forme qualifiée",
    ),
    "QualifiedMaxCountConstraintComponent": (
        "remove some of the values that conform to the qualified shape",
        "retirez des valeurs conformes à la forme qualifiée",
    ),
    "ClosedConstraintComponent": (
        "remove the property, mend its name, or allow it in the shape",
        "retirez la propriété, corrigez son nom, ou permettez-la dans la forme",
    ),
    "HasValueConstraintComponent": (
        "add the value asked for",
        "ajoutez la valeur demandée",
    ),
    "InConstraintComponent": (
        "choose one of the values of the list",
        "choisissez l'une des valeurs de la liste",
    ),
    "SPARQLConstraintComponent": (
        "mend what the query of the shape finds",
        "corrigez ce que trouve la requête de la forme",
    ),
}
"""What to do next, by the constraint component (SHACL, 4 and 5.3) that a result names."""


def word(key: str, language: str) -> str:
    """Give the words of a key."""
    return WORDS[key][COLUMN[language]]


def explained(code: str, language: str) -> str:
    """Tell how to read more of a code; shapes that give themselves none share one unexplained."""
    return word("explains", language).format(code) if code and code != UNNAMED else ""


def counted(number: int, key: str, language: str) -> str:
    """Give a number with its noun; a noun that is not in the table follows as it is."""
    one, several = COUNTED.get(key, ((key, key), (key, key)))[COLUMN[language]]
    # French counts 0 and 1 as one, English 1 alone.
    singular = number < 2 if language == "fr" else number == 1
    return f"{grouped(number, language)} {one if singular else several}"


def grouped(number: int, language: str) -> str:
    """Write a whole number with its thousands apart."""
    return f"{number:,}".replace(",", NARROW if language == "fr" else ",")


def seconds(duration: float, language: str) -> str:
    """Write a duration in seconds with one decimal."""
    return f"{duration:.1f}".replace(".", "," if language == "fr" else ".")

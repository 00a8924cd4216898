"""Words: a key and a language in; what the quality page says by itself out."""

from coopera.pages import speech

NBSP = speech.NBSP

Pair = tuple[str, str]
"""English, French."""

WORDS: dict[str, Pair] = {
    "name": ("English", "Français"),
    "switch": ("Language", "Langue"),
    "quality": ("Quality of the graph", "Qualité du graphe"),
    "conforms": (
        "It conforms: the checks found no error.",
        "Il est conforme : les vérifications n'ont trouvé aucune erreur.",
    ),
    "fails": ("It does not conform: {}.", "Il n'est pas conforme : {}."),
    "besides": ("Besides: {}.", "Par ailleurs : {}."),
    "newest": ("Latest date in the data: {}", "Date la plus récente dans les données : {}"),
    "contents": ("On this page", "Sur cette page"),
    "counts": ("What the graph holds", "Ce que contient le graphe"),
    "counts_lead": (
        "Things by class, evidence and those of subclasses included. A thing may be of several "
        "classes; the classes in use are those of every vocabulary that have things.",
        "Les choses par classe, preuves et sous-classes comprises. Une chose peut relever de "
        "plusieurs classes ; les classes employées sont celles, de tous les vocabulaires, dont "
        "relève au moins une chose.",
    ),
    "class": ("Class", "Classe"),
    "gaps": ("Gaps by property", "Lacunes par propriété"),
    "gaps_lead": (
        "For each class, the properties that its shapes name, and the share of its things that "
        "have them. A property that no shape expects may rightly be absent.",
        "Pour chaque classe, les propriétés que nomment ses formes, et la part de ses choses qui "
        "les ont. Une propriété qu'aucune forme n'attend peut manquer à bon droit.",
    ),
    "no_gaps": (
        "No shape names a property of a class that has things.",
        "Aucune forme ne nomme de propriété d'une classe dont relèvent des choses.",
    ),
    "property": ("Property", "Propriété"),
    "required": ("expected", "attendue"),
    "share": ("Share", "Part"),
    "have": ("Have it", "L'ont"),
    "lack": ("Lack it", "Sans"),
    "lacking": ("without it: {}", "sans elle : {}"),
    "others": ("and {} more", "et {} de plus"),
    "complete_classes": ("Classes that lack nothing: ", "Classes auxquelles rien ne manque : "),
    "complete": ("All have: ", "Toutes ont : "),
    "complete_both": ("In both languages everywhere: ", "Partout dans les deux langues : "),
    "full": ("nothing lacking", "rien ne manque"),
    "of_required": ("expected and lacking: {}", "attendues et absentes : {}"),
    "of_properties": (
        f"complete properties: {{}}{NBSP}of{NBSP}{{}}",
        f"propriétés complètes : {{}}{NBSP}sur{NBSP}{{}}",
    ),
    "languages": ("Gaps by language", "Lacunes par langue"),
    "languages_lead": (
        "For each property whose values are texts in a language, how many things of each class "
        "have one in French, in English, in both or in neither.",
        "Pour chaque propriété dont les valeurs sont des textes dans une langue, combien de choses "
        "de chaque classe en ont un en français, en anglais, dans les deux langues ou dans aucune.",
    ),
    "no_languages": ("No value has a language.", "Aucune valeur n'a de langue."),
    "both": ("both", "les deux"),
    "french": ("French", "français"),
    "english": ("English", "anglais"),
    "french_only": ("French only", "français seul"),
    "english_only": ("English only", "anglais seul"),
    "neither": ("neither", "aucune"),
    "single": ("in one language only: {}", "dans une seule langue : {}"),
    "no_single": ("never in one language only", "jamais dans une seule langue"),
    "findings": ("Findings", "Constats"),
    "no_findings": ("The checks found nothing.", "Les vérifications n'ont rien trouvé."),
    "explained": ("Explained by", "Expliqué par"),
    "code": ("Code", "Code"),
    "severity": ("Severity", "Gravité"),
    "count": ("Count", "Nombre"),
    "message": ("Message", "Message"),
    "places": ("Places", "Emplacements"),
    "no_place": ("no file", "sans fichier"),
    "trend": ("Trend", "Évolution"),
    "no_trend": (
        "No history yet. `coopera report --record` adds the measures of the day to a small file; "
        "from then on they are drawn here.",
        "Pas encore d'historique. `coopera report --record` ajoute les mesures du jour à un petit "
        "fichier ; elles se dessinent ensuite ici.",
    ),
    "one_day": (
        "One day is recorded; a line is drawn from the second on.",
        "Un seul jour est noté ; une courbe se dessine à partir du deuxième.",
    ),
    "date": ("Date", "Date"),
    "triples": ("Triples", "Triplets"),
    "error": ("Errors", "Erreurs"),
    "warning": ("Warnings", "Avertissements"),
    "info": ("Infos", "Indications"),
    "missing": ("Gaps", "Lacunes"),
    "from_to": (
        "{name}: from {first} ({start}) to {last} ({end})",
        "{name} : de {first} ({start}) à {last} ({end})",
    ),
    "earlier": ("Earlier days in the history: {}.", "Jours antérieurs dans l'historique : {}."),
    "blank": ("blank node", "nœud anonyme"),
    "made": ("Made by Coopera", "Établi par Coopera"),
}

NOUNS: dict[str, tuple[Pair, Pair]] = {
    "things": (("thing", "things"), ("chose", "choses")),
    "classes": (("class in use", "classes in use"), ("classe employée", "classes employées")),
    "triples": (("triple", "triples"), ("triplet", "triplets")),
    "assertions": (("assertion", "assertions"), ("assertion", "assertions")),
    "shapes": (("shape", "shapes"), ("forme", "formes")),
    "focus nodes": (("focus node", "focus nodes"), ("nœud visé", "nœuds visés")),
    "files": (("file", "files"), ("fichier", "fichiers")),
    "queries": (("query", "queries"), ("requête", "requêtes")),
    "error": (("error", "errors"), ("erreur", "erreurs")),
    "warning": (("warning", "warnings"), ("avertissement", "avertissements")),
    "info": (("info", "infos"), ("indication", "indications")),
}
"""Nouns after a number: one and several, in English and in French."""


def word(key: str, language: str) -> str:
    """Give the words of a key, typeset."""
    return speech.typeset(WORDS[key][language == "fr"], language)


def noun(number: int, key: str, language: str) -> str:
    """Give the noun of a number, without it."""
    return speech.count(number, *NOUNS[key][language == "fr"], language).split(" ", 1)[1]


def counted(number: int, key: str, language: str) -> str:
    """Give a number with its noun."""
    return f"{speech.number(str(number), language)}{NBSP}{noun(number, key, language)}"


def percent(part: int, whole: int, language: str) -> str:
    """Give a share in whole percent, the nearest; 0 and 100 are said of none and all alone."""
    share = (200 * part + whole) // (2 * whole) if whole else 0
    share = min(max(share, int(part > 0)), 100 - int(part < whole))
    return f"{share}{NBSP if language == 'fr' else ''}%"

"""French: the English text of a refusal in; its French, for the page that shows it, out.

Programs get refusals in English, whatever they accept; a page tells a person in its own language.
`{}` stands for what a refusal quotes, `{n}` for a number, in both texts in the same order.
"""

import re
from functools import cache

from coopera.pages import speech

SAID = {
    # The values of the parameters of a saved query.
    "nothing is called '{}'.": "rien ne s’appelle « {} ».",
    "several things are called '{}'.": "plusieurs choses s’appellent « {} ».",
    "nothing in the graph is {}.": "le graphe ne contient pas {}.",
    "{} is none of {}.": "{} n’est pas de ceux que l’on peut choisir ({}).",
    "'{}' is no integer for -p {}=….":
        "« {} » n’est pas un nombre entier ; le paramètre {} en attend un.",
    "'{}' is no date for -p {}=….":
        "« {} » n’est pas une date ; le paramètre {} en attend une.",
    "'{}' is no language for -p {}=….":
        "« {} » n’est pas une langue ; le paramètre {} en attend une.",
    "'{}' is not a Turtle term ({}).": "« {} » n’est pas un terme de Turtle ({}).",
    "'{}' is not one IRI, CURIE or literal.":
        "« {} » n’est ni une IRI, ni une CURIE, ni un littéral.",
    "-p {}=… has {n} values of {n} characters; at most {n} of {n} may be.":
        "{} a {n} valeurs de {n} caractères ; au plus {n} de {n} sont permises.",
    "{} is given {n} times.": "{} est donné {n} fois.",
    "the query '{}' has no parameter '{}'.": "la question « {} » n’a pas de paramètre « {} ».",
    "did you mean {}?": "vouliez-vous dire {} ?",
    "choose among {}.": "choisissez parmi {}.",
    "choose among the {n} that are there, such as {}.":
        "choisissez parmi les {n} qui s’y trouvent, comme {}.",
    "write one of {}.": "écrivez l’un de ceux-ci : {}.",
    "write it like {}.": "écrivez par exemple {}.",
    "write <IRI>, a CURIE or a label.": "écrivez une <IRI>, une CURIE ou un nom.",
    "write {}=all, or ask in several parts.":
        "écrivez {}=all, ou posez la question en plusieurs fois.",
    "give it {n} times at most.": "donnez-le {n} fois au plus.",
    "its parameters: {}.": "ses paramètres : {}.",
    # The text of a query.
    "line {n}, column {n}: the query is not SPARQL 1.1 at '{}'.":
        "ligne {n}, colonne {n} : à « {} », la requête n’est pas du SPARQL 1.1.",
    "line {n}, column {n}: prefix '{}' is not declared.":
        "ligne {n}, colonne {n} : le préfixe « {} » n’est pas déclaré.",
    "line {n}, column {n}: IRI parsing failed, before '{}'.":
        "ligne {n}, colonne {n} : une IRI est mal formée, avant « {} ».",
    "line {n}, column {n}: The SELECT contains a variable that is unbound, before '{}'.":
        "ligne {n}, colonne {n} : le SELECT contient une variable non liée, avant « {} ».",
    "the query is not SPARQL 1.1: {}.": "la requête n’est pas du SPARQL 1.1 : {}.",
    "the query cannot be evaluated: {}.": "la requête ne peut pas être évaluée : {}.",
    "the query is not UTF-8.": "la requête n’est pas en UTF-8.",
    "{} is an update; the data can only be read here.":
        "{} est une mise à jour ; ici, les données ne peuvent qu’être lues.",
    "SERVICE is not answered here: nothing is fetched from other servers.":
        "SERVICE n’est pas traité ici : rien n’est demandé à d’autres serveurs.",
    "there is no graph <{}> here, and none is fetched.":
        "il n’y a pas de graphe <{}> ici, et aucun n’est recherché ailleurs.",
    "one of {} would fit there.": "l’un de ceux-ci y conviendrait : {}.",
    "add a line PREFIX {} <…>.": "ajoutez une ligne PREFIX {} <…>.",
    "encode its text as UTF-8.": "encodez son texte en UTF-8.",
    "ask with SELECT, ASK, CONSTRUCT or DESCRIBE.":
        "interrogez avec SELECT, ASK, CONSTRUCT ou DESCRIBE.",
    "ask each server by itself, and join the answers where you ask.":
        "interrogez chaque serveur séparément, et joignez les réponses de votre côté.",
    "leave FROM, or default-graph-uri and named-graph-uri, out.":
        "enlevez FROM, ou default-graph-uri et named-graph-uri.",
    # Limits.
    "the query has {n} bytes; at most {n} are read.":
        "la requête a {n} octets ; {n} au plus sont lus.",
    "the query has more than {n} operators.": "la requête a plus de {n} opérateurs.",
    "more than {n} brackets are open within one another.":
        "plus de {n} parenthèses sont ouvertes les unes dans les autres.",
    "the query was stopped after {n} seconds.":
        "la requête a été arrêtée au bout de {n} secondes.",
    "the query needs more than {n} MiB of memory.":
        "la requête demande plus de {n} Mio de mémoire.",
    "the answer has more than {n} rows.": "la réponse a plus de {n} lignes.",
    "the answer has more than {n} bytes.": "la réponse a plus de {n} octets.",
    "the engine gave this query up.": "le moteur a abandonné cette requête.",
    "the process that answered has ended.": "le processus qui répondait s’est arrêté.",
    "the service is busy: {n} queries are waiting already.":
        "le service est occupé : {n} requêtes attendent déjà.",
    "you have used {n} seconds of query time within a minute.":
        "vous avez consommé {n} secondes de calcul en une minute.",
    "split it, or ask for less at once.": "coupez-la, ou demandez moins à la fois.",
    "write VALUES for a long UNION, IN for a long chain of ||; or split it.":
        "écrivez VALUES pour un long UNION, IN pour une longue suite de || ; ou coupez-la.",
    "write it flatter.": "écrivez-la avec moins d’emboîtements.",
    "ask for less: add LIMIT, or patterns that join what is now multiplied.":
        "demandez moins : ajoutez LIMIT, ou des motifs qui joignent ce qui est multiplié.",
    "ask for less: ORDER BY, DISTINCT and GROUP BY hold all that they see.":
        "demandez moins : ORDER BY, DISTINCT et GROUP BY retiennent tout ce qu’ils voient.",
    "add LIMIT, and OFFSET with ORDER BY for what follows.":
        "ajoutez LIMIT, puis OFFSET avec ORDER BY pour la suite.",
    "where values of many kinds are sorted, write ORDER BY STR(?x).":
        "là où l’on trie des valeurs de plusieurs types, écrivez ORDER BY STR(?x).",
    "ask again.": "réessayez.",
    "ask again later.": "réessayez plus tard.",
    "wait, and ask for less: add LIMIT, or a more selective pattern.":
        "attendez, et demandez moins : ajoutez LIMIT, ou un motif plus sélectif.",
}  # fmt: skip
"""Each refusal and each remedy that a page may have to tell."""
_HOLE = re.compile(r"\{n?\}")
_WHAT = {"{}": "(.*?)", "{n}": r"([\d,.]+)"}


def french(text: str) -> str | None:
    """Give the French of a refusal or remedy; `None` for a text that is not known."""
    for known, said in _patterns():
        if match := known.fullmatch(text):
            values = iter(match.groups())
            return _HOLE.sub(lambda hole: _value(hole[0], next(values)), said)  # noqa: B023
    return None


def _value(hole: str, value: str) -> str:
    if hole == "{}":
        return value
    return value.replace(",", speech.NARROW).replace(".", ",")


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Give a pattern for each English text, those that quote least first, and its French."""
    found = sorted(SAID.items(), key=lambda pair: len(_HOLE.findall(pair[0])))
    return [
        (
            re.compile(_HOLE.sub(lambda hole: _WHAT[hole[0]], _escaped(known)), re.DOTALL),
            speech.typeset(said, "fr"),
        )
        for known, said in found
    ]


def _escaped(text: str) -> str:
    return re.escape(text).replace(r"\{\}", "{}").replace(r"\{n\}", "{n}")

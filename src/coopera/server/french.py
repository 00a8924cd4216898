"""French: the English text of a refusal in; its French, for a page or a problem that tells it, out.

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
    "'{}' is no integer, as the parameter {} asks for.":
        "« {} » n’est pas un nombre entier ; le paramètre {} en attend un.",
    "'{}' is no date, as the parameter {} asks for.":
        "« {} » n’est pas une date ; le paramètre {} en attend une.",
    "'{}' is no language, as the parameter {} asks for.":
        "« {} » n’est pas une langue ; le paramètre {} en attend une.",
    "'{}' is not a Turtle term ({}).": "« {} » n’est pas un terme de Turtle ({}).",
    "'{}' is not one IRI, CURIE or literal.":
        "« {} » n’est ni une IRI, ni une CURIE, ni un littéral.",
    "names are not given in the language '{}'.":
        "les noms ne sont pas donnés dans la langue « {} ».",
    "the parameter {} has {n} values of {n} characters; at most {n} of {n} may be.":
        "le paramètre {} a {n} valeurs de {n} caractères ; au plus {n} de {n} sont permises.",
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
    # Where a request goes, and how.
    "there is nothing at {}.": "il n’y a rien à l’adresse {}.",
    "look at /index.html.": "partez de /index.html.",
    "look at /api/queries.": "voyez /api/queries.",
    "there is no saved query '{}'.": "il n’y a pas de question enregistrée « {} ».",
    "format={} does not fit the answer.": "format={} ne convient pas à la réponse.",
    "use one of {}.": "prenez l’un de ceux-ci : {}.",
    "use {}.": "employez {}.",
    "{} is not allowed here.": "{} n’est pas permis ici.",
    "no format of the answer is acceptable.": "la réponse n’a aucun des formats acceptés.",
    "no format of the description is acceptable.":
        "la description n’a aucun des formats acceptés.",
    "no format is acceptable.": "aucun des formats proposés n’est accepté.",
    "the answer is a {}, which has none of the forms asked for.":
        "la réponse est de forme {}, sans aucun des formats demandés.",
    "ask for a media type that can hold it.": "demandez un type de contenu qui lui convienne.",
    "accept one of {}.": "acceptez l’un de ceux-ci : {}.",
    "<{}> has no document of its own.": "<{}> n’a pas de document propre.",
    "<{}> has no page of its own.": "<{}> n’a pas de page propre.",
    "ask the endpoint /sparql.": "interrogez le point d’accès /sparql.",
    "ask for its data: add .ttl.": "demandez ses données : ajoutez .ttl.",
    "there are {n} queries in one request.": "la demande contient {n} requêtes.",
    "there is no query in the request.": "la demande ne contient pas de requête.",
    "send one.": "envoyez-en une.",
    "send it as query=….": "envoyez-la sous la forme query=….",
    "send a query.": "envoyez une requête.",
    "send a shorter one.": "envoyez-en un plus court.",
    "send {}, or a form ({}), in UTF-8.": "envoyez {}, ou un formulaire ({}), en UTF-8.",
    "send a form ({}).": "envoyez un formulaire ({}).",
    "a body of the type '{}' is no query.": "un corps de type « {} » n’est pas une requête.",
    "a body of the type '{}' holds no queries.":
        "un corps de type « {} » ne contient pas de requêtes.",
    "an update is refused: the graph is for reading.":
        "les mises à jour sont refusées : le graphe ne peut qu’être lu.",
    "the Host header names no host.": "l’en-tête Host ne nomme pas d’hôte.",
    "name the host.": "nommez l’hôte.",
    "the request broke off.": "la demande s’est interrompue.",
    "the client has left.": "le client est parti.",
    "the body did not come within {n} seconds.": "le corps n’est pas arrivé en {n} secondes.",
    "the body is longer than {n} bytes.": "le corps a plus de {n} octets.",
    "there are more than {n} parameters.": "il y a plus de {n} paramètres.",
    "a parameter is not UTF-8.": "un paramètre n’est pas en UTF-8.",
    "encode it as UTF-8, then in %XX.": "encodez-le en UTF-8, puis en %XX.",
    "many names are being looked up.": "beaucoup de noms sont en cours de recherche.",
    "the server has a bug.": "le serveur a un bogue.",
    "the answer was not taken within {n} seconds.":
        "la réponse n’a pas été reçue en {n} secondes.",
    # The text of a query.
    "line {n}, column {n}: the query is not SPARQL 1.1 from '{}' on.":
        "ligne {n}, colonne {n} : à partir de « {} », la requête n’est pas du SPARQL 1.1.",
    "line {n}, column {n}: prefix '{}' is not declared.":
        "ligne {n}, colonne {n} : le préfixe « {} » n’est pas déclaré.",
    "line {n}, column {n}: the query ends too early.":
        "ligne {n}, colonne {n} : la requête s’arrête trop tôt.",
    "close the {} of line {n}, column {n}.": "fermez le « {} » de la ligne {n}, colonne {n}.",
    "line {n}, column {n}: the text that begins here is not closed.":
        "ligne {n}, colonne {n} : le texte qui commence ici n’est pas fermé.",
    "write {} where it ends.": "écrivez {} à l’endroit où il se termine.",
    "write {} where it ends, on the same line, and {} for any {} in it.":
        "écrivez {} à l’endroit où il se termine, sur la même ligne, et {} pour tout {} qu’il "
        "contient.",
    "line {n}, column {n}: the white space here, {}, is none of SPARQL's.":
        "ligne {n}, colonne {n} : l’espace placée ici, {}, n’est pas admise en SPARQL.",
    "write a plain space.": "écrivez une espace ordinaire.",
    "line {n}, column {n}: the IRI that begins here is not closed.":
        "ligne {n}, colonne {n} : l’IRI qui commence ici n’est pas fermée.",
    "write > where it ends.": "écrivez > à l’endroit où elle se termine.",
    "line {n}, column {n}: the IRI that begins here is not between < and >.":
        "ligne {n}, colonne {n} : l’IRI qui commence ici n’est pas entre < et >.",
    "write <{}//…>.": "écrivez <{}//…>.",
    "line {n}, column {n}: a comma stands in SELECT.":
        "ligne {n}, colonne {n} : il y a une virgule dans le SELECT.",
    "line {n}, column {n}: a bracket stands in SELECT without an expression.":
        "ligne {n}, colonne {n} : il y a dans le SELECT une parenthèse sans expression.",
    "write the variables without brackets and commas.":
        "écrivez les variables sans parenthèses ni virgules.",
    "line {n}, column {n}: the SELECT that ends here names a variable twice.":
        "ligne {n}, colonne {n} : le SELECT qui s’achève ici nomme deux fois une variable.",
    "leave it out once, or give the expression another name after AS.":
        "enlevez-la une fois, ou donnez à l’expression un autre nom après AS.",
    "line {n}, column {n}: the query that ends here groups its solutions and does not name its "
    "variables.":
        "ligne {n}, colonne {n} : la requête qui s’achève ici groupe ses solutions sans nommer "
        "ses variables.",
    "name variables and aggregates after SELECT, in place of *.":
        "nommez des variables et des agrégats après SELECT, au lieu de *.",
    "line {n}, column {n}: the prefix '{}' has no colon.":
        "ligne {n}, colonne {n} : le préfixe « {} » n’a pas de deux-points.",
    "write PREFIX {}: <…>.": "écrivez PREFIX {}: <…>.",
    "line {n}, column {n}: the expression that begins here has no name.":
        "ligne {n}, colonne {n} : l’expression qui commence ici n’a pas de nom.",
    "line {n}, column {n}: the expression that begins here has no brackets.":
        "ligne {n}, colonne {n} : l’expression qui commence ici n’est pas entre parenthèses.",
    "write (… AS ?name).": "écrivez (… AS ?nom).",
    "line {n}, column {n}: '{}' is not a valid IRI.":
        "ligne {n}, colonne {n} : « {} » n’est pas une IRI valide.",
    "write it whole and without spaces, such as <https://example.org/x>.":
        "écrivez-la en entier et sans espaces, par exemple <https://example.org/x>.",
    "line {n}, column {n}: the SELECT that ends here names a variable that is neither bound nor in "
    "GROUP BY.":
        "ligne {n}, colonne {n} : le SELECT qui s’achève ici nomme une variable qui n’est ni liée "
        "ni dans GROUP BY.",
    "put it in GROUP BY, or in an aggregate such as SAMPLE(?x); a condition on an aggregate stands "
    "in HAVING.":
        "mettez-la dans GROUP BY, ou dans un agrégat tel que SAMPLE(?x) ; une condition sur un "
        "agrégat se met dans HAVING.",
    "line {n}, column {n}: the SELECT that ends here gives an expression the name of a variable "
    "that is bound.":
        "ligne {n}, colonne {n} : le SELECT qui s’achève ici donne à une expression le nom d’une "
        "variable déjà liée.",
    "give it another name after AS.": "donnez-lui un autre nom après AS.",
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
TITLES = {
    400: "Requête incorrecte",
    403: "Interdit",
    404: "Introuvable",
    405: "Méthode non permise",
    406: "Aucun format acceptable",
    408: "Délai dépassé",
    413: "Contenu trop long",
    415: "Type de contenu non pris en charge",
    422: "Contenu impossible à traiter",
    429: "Trop de demandes",
    431: "En-têtes trop longs",
    500: "Erreur interne du serveur",
    503: "Service indisponible",
}
"""The titles of problems, by status."""
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
    """Give a pattern for each English text, those with most words of their own first."""
    found = sorted(SAID.items(), key=lambda pair: -len(_HOLE.sub("", pair[0])))
    return [
        (
            re.compile(_HOLE.sub(lambda hole: _WHAT[hole[0]], _escaped(known)), re.DOTALL),
            speech.typeset(said, "fr"),
        )
        for known, said in found
    ]


def _escaped(text: str) -> str:
    return re.escape(text).replace(r"\{\}", "{}").replace(r"\{n\}", "{n}")

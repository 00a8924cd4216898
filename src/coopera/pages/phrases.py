"""Phrases: what the lists, the tracker, the calendar and the search say, in each language."""

from coopera.pages.speech import NARROW, NBSP

PHRASES: dict[str, tuple[str, str]] = {
    "accepted_reading": ("Reading accepted here", "Lecture retenue ici"),
    "all_of_them": ("all {} {}", "les {} {}"),
    "as_ics": ("Calendar", "Agenda"),
    "as_list": ("as a list", "en liste"),
    "axes": ("Research axes", "Axes de recherche"),
    "axes_lead": (
        "The strategic themes that institutions declare, and how many agreements and commitments "
        "concern them.",
        "Les thèmes stratégiques que déclarent les établissements, et le nombre d’accords et "
        "d’engagements qui les concernent.",
    ),
    "axes_of_agreements": ("Axes of its agreements", "Axes de ses accords"),
    "axes_of_none": ("Axes of no institution", "Axes sans établissement"),
    "chain": ("Before and after", "Avant et après"),
    "dataset": ("The data", "Les données"),
    "dataset_menu": ("Data", "Données"),
    "dataset_lead": (
        "The graph behind these pages, to take away and to cite.",
        "Le graphe qui fonde ces pages, à emporter et à citer.",
    ),
    "date_unknown": ("date unknown", "date inconnue"),
    "description_full": ("Full description", "Description complète"),
    "disagreements": ("Where sources disagree", "Là où les sources se contredisent"),
    "disagreements_menu": ("Disagreements", "Désaccords"),
    "disagreements_lead": (
        "The same thing, told in several ways. The reading that the graph accepts stands beside "
        "those that it does not, each with its phrase and its source.",
        "Une même chose, dite de plusieurs façons. La lecture que le graphe retient est placée en "
        "regard de celles qu’il écarte, chacune avec sa phrase et sa source.",
    ),
    "expiring": ("When agreements end", "Quand les accords prennent fin"),
    "expiring_lead": (
        "Agreements by the end that a source states, then those whose end no source states: they "
        "may have ended, or not. Where only a month or a year is stated, the last day that it can "
        "be is given, as a bound.",
        f"Les accords selon la fin qu’une source indique, puis ceux dont aucune source n’indique "
        f"la fin{NBSP}: ils ont peut-être pris fin, peut-être pas. Quand seul un mois ou une année "
        "est indiqué, le dernier jour possible est donné, comme borne.",
    ),
    "expiring_menu": ("Ends of agreements", "Fins d’accords"),
    "expiring_note": (
        "This page does not know what day it is. What ends within a year from today:",
        f"Cette page ne sait pas quel jour on est. Ce qui prend fin d’ici un an{NBSP}:",
    ),
    "extends": ("extends", "prolonge"),
    "feed_entry": ("{name}: {end}", f"{{name}}{NBSP}: {{end}}"),
    "file": ("File", "Fichier"),
    "first_of": ("The first {} of {}.", "Les {} premiers sur {}."),
    "no_status": ("no status known", "statut inconnu"),
    "none_accepted": ("No reading is accepted.", "Aucune lecture n’est retenue."),
    "part_of_agreement": ("is part of", "fait partie de"),
    "partners": ("Partners", "Partenaires"),
    "partnerships": ("Partnerships", "Partenariats"),
    "parts_of_data": ("Data sets in them", "Jeux de données réunis ici"),
    "promised": ("Its promises", "Ses promesses"),
    "promise": ("promise", "promesse"),
    "promises": ("Promises", "Promesses"),
    "promises_many": ("promises", "promesses"),
    "promises_lead": (
        "What institutions have said that they wish, study, plan or do. A promise is not a fact: "
        "each has the status that its latest source gives it, with the date of that source and "
        "the phrase.",
        f"Ce que les établissements ont dit souhaiter, étudier, prévoir ou faire. Une promesse "
        f"n’est pas un fait{NBSP}: chacune a le statut que lui donne sa dernière source, avec la "
        "date de celle-ci et la phrase.",
    ),
    "promises_of": ("Promises: {}", f"Promesses{NBSP}: {{}}"),
    "promises_title": (
        "What was promised, and what became of it",
        "Ce qui a été promis, et ce qu’il en est",
    ),
    "replaced_by": ("is replaced by", "est remplacé par"),
    "replaces": ("replaces", "remplace"),
    "role": ("Role", "Rôle"),
    "api_call": ("From a program", "Depuis un programme"),
    "api_note": (
        "Where coopera serve answers, with the value of each parameter in place of the dots.",
        "Là où coopera serve répond, avec la valeur de chaque paramètre à la place des points.",
    ),
    "as_atom": ("Atom feed", "Flux Atom"),
    "as_csv": ("CSV", "CSV (point-virgule)"),
    "as_xlsx": ("Excel", "Excel"),
    "assertions_one": ("statement with its evidence", "énoncé avec sa preuve"),
    "assertions_many": ("statements with their evidence", "énoncés avec leur preuve"),
    "axis": ("Research axis", "Axe de recherche"),
    "bound_only": (
        "Only {} is stated; this is the last day that it can be.",
        f"Seul «{NBSP}{{}}{NBSP}» est indiqué{NARROW}; c’est le dernier jour possible.",
    ),
    "by_facet": ("{list} by {facet}", f"{{list}}{NBSP}: {{facet}}"),
    "size": ("Size", "Taille"),
    "sheets_note": (
        "Each list of this site, narrowed or not, can also be taken as CSV from its own page.",
        "Chaque liste de ce site, affinée ou non, se prend aussi en CSV sur sa propre page.",
    ),
    "show_all": ("show all again", "tout réafficher"),
    "chosen": ("{facet}: {value}", f"{{facet}}{NBSP}: {{value}}"),
    "changes": ("Changes", "Changements"),
    "cite": ("To cite the data", "Citer les données"),
    "combine": ("combine with other criteria", "combiner avec d’autres critères"),
    "commitments_one": ("commitment", "engagement"),
    "commitments_many": ("commitments", "engagements"),
    "disputes_now": ("Disagreements", "Désaccords"),
    "disputes_past": ("Superseded: right in its time", f"Dépassé{NBSP}: juste en son temps"),
    "disputes_past_lead": (
        "A later statement took the place of these readings. They are history, not disagreements, "
        "and are not counted as such.",
        "Un énoncé ultérieur a remplacé ces lectures. Elles relèvent de l’histoire, non du "
        "désaccord, et ne sont pas comptées comme tel.",
    ),
    "domain": ("Domain", "Domaine"),
    "door_agreements_framed": (
        "By partner, country, type, status, axis and year; to be taken as a table.",
        "Par partenaire, pays, type, statut, axe et année, à emporter sous forme de tableau.",
    ),
    "door_axes": (
        "The themes of research, and who works together on which.",
        "Les thèmes de recherche, et qui y travaille ensemble.",
    ),
    "door_dataset_menu": (
        "The whole graph in open formats, its licence, how to cite it.",
        "Tout le graphe dans des formats ouverts, sa licence, comment le citer.",
    ),
    "door_disagreements_menu": (
        "Both readings side by side, each with its phrase and its source.",
        "Les deux lectures en regard, chacune avec sa phrase et sa source.",
    ),
    "door_expiring_menu": (
        "What ends, and when; what has no known end. Feed and calendar.",
        "Ce qui prend fin, et quand, et ce dont la fin est inconnue. Flux et agenda.",
    ),
    "door_promises": (
        "What was wished, studied, planned, begun or done, with the proof of each status.",
        "Ce qui a été souhaité, étudié, prévu, commencé ou réalisé, preuves à l’appui.",
    ),
    "door_quality": (
        "What the checks found, and what is missing.",
        "Ce que les vérifications ont trouvé, et ce qui manque.",
    ),
    "door_sources": (
        "Every document read, with all that it supports.",
        "Chaque document lu, avec tout ce qu’il appuie.",
    ),
    "doors": ("Where to begin", "Par où commencer"),
    "dumps_all": (
        "The whole graph, evidence included. The files of RDF say the same, each in its own "
        "syntax; N-Quads are in canonical form (RDFC-1.0). Workbooks and CSV hold a table for "
        "each main class, Parquet, where it is there, one table of triples.",
        "Tout le graphe, preuves comprises. Les fichiers RDF disent la même chose, chacun dans sa "
        "syntaxe, N-Quads sous forme canonique (RDFC-1.0). Classeurs et CSV contiennent une table "
        "par classe principale, Parquet, s’il y est, une seule table de triplets.",
    ),
    "end_known_one": ("end stated", "fin indiquée"),
    "end_known_many": ("ends stated", "fins indiquées"),
    "end_none_one": ("agreement without end", "accord sans date de fin"),
    "end_none_many": ("agreements without end", "accords sans date de fin"),
    "end_not_stated": ("end unknown", "fin inconnue"),
    "end_unknown_one": ("end unknown", "fin inconnue"),
    "end_unknown_many": ("ends unknown", "fins inconnues"),
    "ends_by": ("ends by {} at the latest ({})", "prend fin le {} au plus tard ({})"),
    "ends_in": ("Ending in {}", "Fin en {}"),
    "ends_never": ("Open-ended by their terms", "À durée indéterminée"),
    "ends_on": ("ends on {}", "prend fin le {}"),
    "ends_unknown": (
        "End unknown: no source states it",
        f"Fin inconnue{NBSP}: aucune source ne l’indique",
    ),
    "event_beginning": ("Takes effect: {}", f"Prise d’effet{NBSP}: {{}}"),
    "event_bound": ("Ends by this day at the latest: {}", f"Fin, au plus tard ce jour{NBSP}: {{}}"),
    "event_end": ("Ends: {}", f"Fin{NBSP}: {{}}"),
    "event_signing": ("Signed: {}", f"Signature{NBSP}: {{}}"),
    "everything": ("Everything, from A to Z", "Tout, de A à Z"),
    "everything_lead": (
        "All that has a name and a page of its own, in alphabetical order.",
        "Tout ce qui a un nom et une page, dans l’ordre alphabétique.",
    ),
    "facets": ("Narrow the list", "Affiner la liste"),
    "form": ("Form", "Forme"),
    "language": ("Language", "Langue"),
    "last_day": ("Last possible day", "Dernier jour possible"),
    "letters": ("Letters", "Lettres"),
    "list": ("List", "Liste"),
    "lost": ("Nothing stands at this address", "Rien à cette adresse"),
    "lost_instead": ("What there is", "Ce que l’on trouve ici"),
    "lost_lead": (
        "The page may have another name. Search for it, or start from one of these lists.",
        "La page a peut-être un autre nom. Cherchez-la, ou partez de l’une de ces listes.",
    ),
    "model": ("How the data are made", "Comment les données sont faites"),
    "model_lead": (
        "The terms that they use, the rules that they keep, what is missing, and questions to ask.",
        "Les termes employés, les règles respectées, ce qui manque, et des questions à poser.",
    ),
    "modified": ("Last changed", "Dernière modification"),
    "more_pages": ("More pages", "Autres pages"),
    "more_values": ("more", "autres valeurs"),
    "open_ended": ("open-ended", "à durée indéterminée"),
    "part_after": ("next part", "partie suivante"),
    "part_before": ("previous part", "partie précédente"),
    "part_of": ("part {} of {}", "partie {} sur {}"),
    "partner": ("Partner", "Partenaire"),
    "partnerships_many": ("partnerships", "partenariats"),
    "parts": ("Parts of the list", "Parties de la liste"),
    "party": ("Party", "Partie"),
    "question": ("Question", "Question"),
    "quality": ("Quality of the graph", "Qualité du graphe"),
    "rules": ("Rules", "Règles"),
    "rules_on": ("Rules: {}", f"Règles{NBSP}: {{}}"),
    "rules_one": ("rule", "règle"),
    "rules_many": ("rules", "règles"),
    "rows_left": ("{} of {}", "{} sur {}"),
    "search_all": (
        "An institution, an agreement, a promise, a question …",
        "Un établissement, un accord, une promesse, une question…",
    ),
    "search": ("Search", "Rechercher"),
    "search_none": ("Nothing has such a name.", "Rien ne porte ce nom."),
    "search_told": ("{} found", f"résultats{NBSP}: {{}}"),
    "status_as_of": ("Status as of", "Date du statut"),
    "tables_of_classes": ("One table per class, as CSV", "Une table par classe, en CSV"),
    "term_kind": ("Kind of term", "Type de durée"),
    "things_one": ("thing", "élément"),
    "things_many": ("things", "éléments"),
    "values_one": ("value", "valeur"),
    "values_many": ("values", "valeurs"),
    "triple_count_one": ("triple", "triplet"),
    "triple_count_many": ("triples", "triplets"),
    "version_heading": ("Version and licence", "Version et licence"),
    "view_sparql": ("View the SPARQL", "Voir la requête SPARQL"),
    "whole_list": ("the whole list ({})", "la liste entière ({})"),
    "years": ("Years", "Années"),
    "year": ("Year", "Année"),
}  # fmt: skip
"""English, French; the words of `words.WORDS` besides those that every page needs."""

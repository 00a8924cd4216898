"""Captions: every word that the pictures and their pages say by themselves, in each language."""

PICTURES: dict[str, tuple[str, str]] = {
    "belongs_to": (
        "belongs to",
        "relève de",
    ),
    "country_unknown": (
        "Country unknown",
        "Pays inconnu",
    ),
    "ego_described": (
        "The lines lead to those linked with it; each leads to its page.",
        "Les lignes mènent à ce qui y est lié\u202f; chaque élément conduit à sa page.",
    ),
    "follows": (
        "Follows",
        "Fait suite à",
    ),
    "map": (
        "Map",
        "Carte",
    ),
    "map_borders": (
        "A dot is a country, with the number of its parties inside; it stands at the "
        "middle of the largest part of the country. A line is one agreement or more. "
        "Outlines: Natural Earth, by way of world-atlas; they take no side on any border.",
        "Un point est un pays, avec le nombre de ses parties\u202f; il est placé au milieu de "
        "la plus grande partie du pays. Une ligne représente un accord ou plusieurs. "
        "Contours\u00a0: Natural Earth, par l’intermédiaire de world-atlas\u202f; ils ne prennent "
        "parti sur aucune frontière.",
    ),
    "map_described": (
        "Each country where a party to an agreement has its seat, and the number of these parties.",
        "Chaque pays où une partie à un accord a son siège, et le nombre de ces parties.",
    ),
    "map_lead": (
        "Where the parties to agreements have their seat, country by country. A country "
        "that no source states is said to be unknown.",
        "Où les parties aux accords ont leur siège, pays par pays. Un pays qu’aucune "
        "source n’indique est dit inconnu.",
    ),
    "map_off": (
        "Without a place on the map:",
        "Sans place sur la carte\u00a0:",
    ),
    "map_regions": (
        "The countries stand by region of the United Nations (M49); the number is that of"
        " the parties.",
        "Les pays sont rangés par région des Nations unies (M49)\u202f; le nombre est celui "
        "des parties.",
    ),
    "network": (
        "Network",
        "Réseau",
    ),
    "network_dashed": (
        "A dashed line is no agreement: a school or a body and the institution that it belongs to.",
        "Une ligne tiretée n’est pas un accord\u00a0: une école ou un organisme et "
        "l’établissement dont il relève.",
    ),
    "network_described": (
        "Organizations as dots, agreements as squares on the lines between their parties;"
        " each leads to its page. The table below tells the same.",
        "Les organismes sont des points, les accords des carrés sur les lignes entre "
        "leurs parties\u202f; chacun conduit à sa page. Le tableau ci-dessous dit la même "
        "chose.",
    ),
    "network_dot": (
        "A dot is an institution.",
        "Un point est un établissement.",
    ),
    "network_lead": (
        "Who has signed agreements with whom.",
        "Qui a conclu des accords avec qui.",
    ),
    "network_of": (
        "Network of {}",
        "Réseau de {}",
    ),
    "network_ring": (
        "A ring is another organization.",
        "Un anneau est un autre organisme.",
    ),
    "network_square": (
        "A square is an agreement.",
        "Un carré est un accord.",
    ),
    "parties_many": (
        "parties",
        "parties",
    ),
    "parties_one": (
        "party",
        "partie",
    ),
    "pic_effect": (
        "takes effect: {}",
        "prise d’effet\u00a0: {}",
    ),
    "pic_end": (
        "end: {}",
        "fin\u00a0: {}",
    ),
    "pic_lasting": (
        "last agreement: {}",
        "dernier accord\u00a0: {}",
    ),
    "pic_more": (
        "Shown: {} of {}.",
        "Montrés\u00a0: {} sur {}.",
    ),
    "pic_rest": (
        "and {} more",
        "et {} de plus",
    ),
    "pic_signed": (
        "signed: {}",
        "signature\u00a0: {}",
    ),
    "pic_unknown": (
        "unknown",
        "inconnue",
    ),
    "pictures": (
        "Pictures",
        "Images",
    ),
    "pictures_home": (
        "In pictures",
        "En images",
    ),
    "plain_form": (
        "Plain form: the answer tells names in place of IRIs",
        "Formulaire simple\u00a0: la réponse donne les noms au lieu des IRI",
    ),
    "region_africa": (
        "Africa",
        "Afrique",
    ),
    "region_americas": (
        "Americas",
        "Amériques",
    ),
    "region_antarctica": (
        "Antarctica",
        "Antarctique",
    ),
    "region_asia": (
        "Asia",
        "Asie",
    ),
    "region_europe": (
        "Europe",
        "Europe",
    ),
    "region_oceania": (
        "Oceania",
        "Océanie",
    ),
    "rows_many": (
        "bars",
        "barres",
    ),
    "rows_one": (
        "bar",
        "barre",
    ),
    "same_facts": (
        "The same in a table",
        "La même chose en tableau",
    ),
    "takes_effect": (
        "Takes effect",
        "Prise d’effet",
    ),
    "tie_linkedTo": (
        "linked to it",
        "y est lié",
    ),
    "tie_memberSchoolOf": (
        "member school",
        "école membre",
    ),
    "tie_subOrganizationOf": (
        "part of it",
        "en fait partie",
    ),
    "tie_subsidiarySchoolOf": (
        "subsidiary school",
        "école filiale",
    ),
    "ties": (
        "What belongs together without an agreement",
        "Ce qui est lié sans accord",
    ),
    "timeline": (
        "Timeline",
        "Chronologie",
    ),
    "timeline_day": (
        "day known",
        "jour connu",
    ),
    "timeline_described": (
        "{}, from left to right in time; each leads to its page, and tells its dates in words.",
        "{}, de gauche à droite dans le temps\u202f; chacune conduit à sa page et dit ses "
        "dates en toutes lettres.",
    ),
    "timeline_lead": (
        "When agreements were signed, and until when they last. A date is drawn as "
        "precisely as its source states it. An end that no source states is drawn as "
        "unknown: it is neither an end nor an agreement for ever.",
        "Quand les accords ont été signés, et jusqu’à quand ils courent. Une date est "
        "dessinée avec la précision de sa source. Une fin qu’aucune source n’indique est "
        "dessinée inconnue\u00a0: ce n’est ni une échéance, ni un accord perpétuel.",
    ),
    "timeline_no_end": (
        "no source states when",
        "aucune source ne dit quand",
    ),
    "timeline_of": (
        "Timeline of {}",
        "Chronologie\u00a0: {}",
    ),
    "timeline_open": (
        "open-ended by its terms",
        "sans échéance, de par ses termes",
    ),
    "timeline_span": (
        "month or year known: a day within it",
        "mois ou année connus\u00a0: un jour de cette période",
    ),
}
"""English, French."""

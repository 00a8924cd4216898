"""A made-up cooperation graph: a size in; its triples, and the results that it must give, out.

Run it as `python benchmarks/cooperation.py 1000 FOLDER`. It writes `data.nt` (with `--format ttl`,
`data.ttl`), `ontology.ttl`, which holds the classes, and `expected.csv`: the results of validating
the two against `benchmarks/shapes.ttl`, one row a result. The same size gives the same files.
Triples are written as they are made: ten million need little more memory than a thousand.
"""

import argparse
import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

BENCH = "https://w3id.org/coopera/benchmark#"
THING = "https://w3id.org/coopera/benchmark/"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"

TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
TITLE = NamedNode("http://purl.org/dc/terms/title")
BROADER, LABEL, NOTATION = (NamedNode(SKOS + n) for n in ("broader", "prefLabel", "notation"))
BOOLEAN, DATE, DECIMAL, INTEGER, YEAR = (
    NamedNode(XSD + n) for n in ("boolean", "date", "decimal", "integer", "gYear")
)

FORMATS = {"nt": RdfFormat.N_TRIPLES, "ttl": RdfFormat.TURTLE}
PREFIXES = {"bench": BENCH, "skos": SKOS, "xsd": XSD, "dcterms": "http://purl.org/dc/terms/"}

ONTOLOGY = """\
# The classes of a made-up cooperation graph. Its data state only the most special one.

@prefix bench: <https://w3id.org/coopera/benchmark#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

bench:Institution a owl:Class .
bench:University a owl:Class ; rdfs:subClassOf bench:Institution .
bench:School a owl:Class ; rdfs:subClassOf bench:University .
bench:Company a owl:Class ; rdfs:subClassOf bench:Institution .
bench:PublicBody a owl:Class ; rdfs:subClassOf bench:Institution .
bench:Agreement a owl:Class .
bench:ResearchAgreement a owl:Class ; rdfs:subClassOf bench:Agreement .
bench:MobilityAgreement a owl:Class ; rdfs:subClassOf bench:Agreement .
bench:DoubleDegree a owl:Class ; rdfs:subClassOf bench:MobilityAgreement .
bench:Participation a owl:Class .
bench:Signing a owl:Class .
bench:Activity a owl:Class .
bench:Budget a owl:Class .
bench:Commitment a owl:Class .
bench:Axis a owl:Class .
bench:Country a owl:Class .
"""

COUNTRIES = {
    "FR": ("France", "France"),
    "AU": ("Australie", "Australia"),
    "DE": ("Allemagne", "Germany"),
    "JP": ("Japon", "Japan"),
    "CA": ("Canada", "Canada"),
    "ES": ("Espagne", "Spain"),
}
INSTITUTIONS = ("University", "School", "Company", "PublicBody")  # of institution n: the n % 4th
AGREEMENTS = ("Agreement", "ResearchAgreement", "MobilityAgreement", "DoubleDegree")
STATUSES = ("planned", "inForce", "inForce", "ended", "suspended")
ROLES = ("coordinator", "partner", "partner", "funder")
FORMS = ("workshop", "exchange", "jointThesis", "summerSchool")
CURRENCIES = ("EUR", "AUD", "JPY", "CAD")
PLACES = ("Paris", "Sydney", "Brest", "Kyoto", "Montréal", "Berlin")

PER_AGREEMENT = 40.0
"""Triples of an agreement, of what hangs on it, and of its share of the institutions."""


@dataclass(frozen=True)
class Result:
    """One result: focus node, path and value as N-Triples, empty where SHACL gives none.

    A path that is no IRI is `[]`: a report copies its blank nodes, under names of its own.
    """

    focus_node: str
    path: str
    component: str
    value: str


def result(focus: NamedNode, path: NamedNode | str, component: str, value: object = "") -> Result:
    """Give a result of a constraint component, named by the start of its name."""
    return Result(str(focus), str(path), f"{SH}{component}ConstraintComponent", str(value))


class Vocabulary(dict[str, NamedNode]):
    """The IRIs of the benchmark's classes, properties and concepts, each made once."""

    def __missing__(self, name: str) -> NamedNode:
        self[name] = NamedNode(BENCH + name)
        return self[name]


V = Vocabulary()


def thing(kind: str, name: object) -> NamedNode:
    """Give the IRI of a thing of the data."""
    return NamedNode(f"{THING}{kind}/{name}")


def text(words: str, language: str) -> Literal:
    """Give a literal in a language."""
    return Literal(words, language=language)


def typed(value: object, datatype: NamedNode) -> Literal:
    """Give a literal of a datatype."""
    return Literal(str(value), datatype=datatype)


def day(year: int, number: int) -> Literal:
    """Give a day of the year, chosen by any number."""
    return typed(f"{year}-{number % 12 + 1:02}-{number % 28 + 1:02}", DATE)


class Block:
    """A thing and the nodes that hang on it, which are written together."""

    def __init__(self, node: NamedNode) -> None:
        self.node = node
        self.nodes: dict[NamedNode, list[tuple[NamedNode, NamedNode | Literal]]] = {node: []}

    def add(self, subject: NamedNode, predicate: NamedNode, *objects: NamedNode | Literal) -> None:
        """Add a triple for each object."""
        self.nodes.setdefault(subject, []).extend((predicate, each) for each in objects)

    def put(self, subject: NamedNode, predicate: NamedNode, *objects: NamedNode | Literal) -> None:
        """Add triples in place of those with the same subject and predicate."""
        self.nodes[subject] = [pair for pair in self.nodes[subject] if pair[0] != predicate]
        self.add(subject, predicate, *objects)

    def attach(self, kind: str, turn: int = 0) -> NamedNode:
        """Make a node of a class that hangs on the thing by the property `has` + class."""
        name = self.node.value.rsplit("/", 1)[1]
        node = thing(kind.lower(), f"{name}-{turn}")
        self.add(self.node, V[f"has{kind}"], node)
        self.add(node, TYPE, V[kind])
        return node

    def attached(self, kind: str) -> list[NamedNode]:
        """List the nodes of a class that hang on the thing."""
        return [node for node, pairs in self.nodes.items() if (TYPE, V[kind]) in pairs]

    def detach(self, kind: str, *nodes: NamedNode) -> None:
        """Take out nodes of a class that hang on the thing, and the links to them."""
        for node in nodes:
            del self.nodes[node]
            self.nodes[self.node].remove((V[f"has{kind}"], node))

    def triples(self) -> Iterator[Triple]:
        """Give the triples, one subject after the other."""
        for subject, pairs in self.nodes.items():
            for predicate, each in pairs:
                yield Triple(subject, predicate, each)


Error = Callable[[Block], list[Result]]
"""Breaks a block in one way; gives the results of it."""


def _no_label(block: Block) -> list[Result]:
    block.put(block.node, LABEL)
    return [result(block.node, LABEL, "MinCount")]


def _two_labels_in_a_language(block: Block) -> list[Result]:
    block.add(block.node, LABEL, text("Another name", "en"))
    return [result(block.node, LABEL, "UniqueLang")]


def _label_in_another_language(block: Block) -> list[Result]:
    label = text("Institucio", "eo")
    block.add(block.node, LABEL, label)
    return [result(block.node, LABEL, "LanguageIn", label)]


def _malformed_identifier(block: Block) -> list[Result]:
    identifier = Literal("1a/26")
    block.put(block.node, V["identifier"], identifier)
    return [result(block.node, V["identifier"], "Pattern", identifier)]


def _country_by_its_name(block: Block) -> list[Result]:
    country = text("France", "fr")
    block.put(block.node, V["country"], country)
    return [result(block.node, V["country"], each, country) for each in ("NodeKind", "Class")]


def _two_countries(block: Block) -> list[Result]:
    block.put(block.node, V["country"], thing("country", "FR"), thing("country", "AU"))
    return [result(block.node, V["country"], "MaxCount")]


INSTITUTION_ERRORS: tuple[Error, ...] = (
    _no_label,
    _two_labels_in_a_language,
    _label_in_another_language,
    _malformed_identifier,
    _country_by_its_name,
    _two_countries,
)


def _one_party(block: Block) -> list[Result]:
    block.detach("Participation", *block.attached("Participation")[1:])
    return [result(block.node, "[]", "MinCount")]


def _axis_of_another_class(block: Block) -> list[Result]:
    country = thing("country", "FR")
    block.add(block.node, V["axis"], country)
    return [result(block.node, V["axis"], "Class", country)]


def _end_before_start(block: Block) -> list[Result]:
    start = day(2020, 1)
    block.put(block.node, V["startsOn"], start)
    block.put(block.node, V["endsOn"], day(2019, 1))
    return [result(block.node, V["startsOn"], "LessThan", start)]


def _start_as_a_string(block: Block) -> list[Result]:
    start = Literal("2020-02-02")
    block.put(block.node, V["startsOn"], start)
    block.put(block.node, V["endsOn"], day(2021, 1))
    # A string and a date cannot be compared, which is a result too (SHACL, 4.5.3).
    return [result(block.node, V["startsOn"], each, start) for each in ("Datatype", "LessThan")]


def _signed_on_no_day(block: Block) -> list[Result]:
    (signing,) = block.attached("Signing")
    date = typed("2020-13-45", DATE)
    block.put(signing, V["signedOn"], date)
    return [result(signing, V["signedOn"], "Datatype", date)]


def _not_signed(block: Block) -> list[Result]:
    block.detach("Signing", *block.attached("Signing"))
    return [result(block.node, V["hasSigning"], "MinCount")]


def _party_of_another_class(block: Block) -> list[Result]:
    *_, last = block.attached("Participation")
    axis = thing("axis", 0)
    block.put(last, V["participant"], axis)
    return [result(last, V["participant"], "Class", axis)]


def _no_university(block: Block) -> list[Result]:
    for turn, participation in enumerate(block.attached("Participation")):
        block.put(participation, V["participant"], thing("institution", 4 * turn + 2))
    for budget in block.attached("Budget"):
        block.put(budget, V["debtor"], thing("institution", 2))
    return [result(block.node, "[]", "QualifiedMinCount")]


def _no_word_on_the_end(block: Block) -> list[Result]:
    block.put(block.node, V["endsOn"])
    block.put(block.node, V["openEnded"])
    return [result(block.node, "", "Or", block.node)]


def _short_title(block: Block) -> list[Result]:
    title = text("MoU", "en")
    block.put(block.node, TITLE, title)
    return [result(block.node, TITLE, "MinLength", title)]


def _no_axis(block: Block) -> list[Result]:
    block.put(block.node, V["axis"])
    return [result(block.node, V["axis"], "MinCount")]


def _debtor_outside_the_agreement(block: Block) -> list[Result]:
    participations = block.attached("Participation")
    parties = [o for each in participations for p, o in block.nodes[each] if p == V["participant"]]
    choice = (thing("institution", number) for number in range(len(parties) + 1))
    debtor = next(institution for institution in choice if institution not in parties)
    block.detach("Budget", *block.attached("Budget"))
    budget = attach_budget(block, 5000, debtor)
    return [result(budget, "", "SPARQL", debtor)]


def _unknown_status(block: Block) -> list[Result]:
    block.put(block.node, V["status"], V["unclear"])
    return [result(block.node, V["status"], "In", V["unclear"])]


def _both_online_and_archived(block: Block) -> list[Result]:
    block.put(block.node, V["url"], NamedNode("https://example.org/agreement"))
    block.put(block.node, V["archive"], Literal("FR-AN-0"))
    return [result(block.node, "", "Xone", block.node)]


def _participation_that_says_more(block: Block) -> list[Result]:
    first, *_ = block.attached("Participation")
    remark = text("see the annex", "en")
    block.add(first, V["remark"], remark)
    return [result(first, V["remark"], "Closed", remark)]


def _activity_of_no_agreement(block: Block) -> list[Result]:
    orphan = thing("activity", block.node.value.rsplit("/", 1)[1] + "-orphan")
    block.add(orphan, TYPE, V["Activity"])
    block.add(orphan, LABEL, text("Colloque", "fr"))
    return [result(orphan, "[]", "MinCount")]


def _negative_budget(block: Block) -> list[Result]:
    first, *_ = block.attached("Participation")
    (party,) = (o for p, o in block.nodes[first] if p == V["participant"])
    block.detach("Budget", *block.attached("Budget"))
    amount = typed("-250.5", DECIMAL)
    budget = attach_budget(block, -250.5, party)
    return [result(budget, V["amount"], "MinInclusive", amount)]


def _too_many_students(block: Block) -> list[Result]:
    quota = typed(900, INTEGER)
    block.put(block.node, TYPE, V["MobilityAgreement"])
    block.put(block.node, V["quota"], quota)
    return [result(block.node, V["quota"], "MaxInclusive", quota)]


AGREEMENT_ERRORS: tuple[Error, ...] = (
    _one_party,
    _axis_of_another_class,
    _end_before_start,
    _start_as_a_string,
    _signed_on_no_day,
    _not_signed,
    _party_of_another_class,
    _no_university,
    _no_word_on_the_end,
    _short_title,
    _no_axis,
    _debtor_outside_the_agreement,
    _unknown_status,
    _both_online_and_archived,
    _participation_that_says_more,
    _activity_of_no_agreement,
    _negative_budget,
    _too_many_students,
)


def attach_budget(block: Block, amount: float, debtor: NamedNode | Literal) -> NamedNode:
    """Hang a budget on an agreement."""
    budget = block.attach("Budget")
    block.add(budget, V["amount"], typed(amount, DECIMAL))
    block.add(budget, V["currency"], Literal(CURRENCIES[int(amount) % 4]))
    block.add(budget, V["debtor"], debtor)
    return budget


class Cooperation:
    """A graph of about `size` triples, and the results that validating it must give."""

    def __init__(self, size: int) -> None:
        self.random = random.Random(size)  # noqa: S311 - the same size, the same graph
        self.rounds = 1 + size // 100_000
        """How often each error is seeded."""
        self.axes = 6 + size // 100_000
        fixed = 4 * len(COUNTRIES) + 4 * self.axes
        self.agreements = max(len(AGREEMENT_ERRORS), round((size - fixed) / PER_AGREEMENT))
        self.institutions = self.agreements // 2 + 6
        self.expected: list[Result] = []
        """The results of the triples given so far."""

    def triples(self) -> Iterator[Triple]:
        """Give the graph, once."""
        for code in COUNTRIES:
            yield from country(code).triples()
        for number in range(self.axes):
            yield from axis(number).triples()
        for number in range(self.institutions):
            block = institution(number)
            self._seed(INSTITUTION_ERRORS, block, number, self.institutions)
            yield from block.triples()
        for number in range(self.agreements):
            block = self._agreement(number)
            self._seed(AGREEMENT_ERRORS, block, number, self.agreements)
            yield from block.triples()

    def _seed(self, errors: tuple[Error, ...], block: Block, number: int, blocks: int) -> None:
        """Break a block if it is its turn; the turns are spread evenly over all blocks."""
        turns = self.rounds * len(errors)
        turn = number * turns // blocks
        if number == 0 or turn != (number - 1) * turns // blocks:
            self.expected += errors[turn % len(errors)](block)

    def _agreement(self, number: int) -> Block:
        chance = self.random.random
        block = Block(thing("agreement", number))
        node, kind, year = block.node, AGREEMENTS[number % 4], 1995 + number % 30
        block.add(node, TYPE, V[kind])
        french, english = f"Accord de coopération n° {number}", f"Agreement no. {number}"
        block.add(node, TITLE, text(french, "fr"), text(english, "en"))
        block.add(node, V["status"], V[STATUSES[number % 5]])
        block.add(node, V["startsOn"], day(year, number))
        if chance() < 0.7:
            block.add(node, V["endsOn"], day(year + 1 + number % 9, number))
        else:
            block.add(node, V["openEnded"], typed("true", BOOLEAN))
        first = int(self.axes * chance())
        for step in range(1 + number % 3):
            block.add(node, V["axis"], thing("axis", (first + step) % self.axes))
        if chance() < 0.6:
            block.add(node, V["url"], NamedNode(f"https://example.org/agreement/{number}"))
        else:
            block.add(node, V["archive"], Literal(f"FR-AN-{number}"))
        if kind in ("MobilityAgreement", "DoubleDegree"):
            block.add(node, V["quota"], typed(1 + number % 60, INTEGER))
        if chance() < 0.2:
            block.add(node, V["extends"], thing("agreement", int(number * chance())))
        parties = self._parties(2 + number % 3)
        for turn, party in enumerate(parties):
            participation = block.attach("Participation", turn)
            block.add(participation, V["participant"], party)
            block.add(participation, V["role"], V[ROLES[turn]])
        signing = block.attach("Signing")
        block.add(signing, V["signedOn"], day(year, number + 5))
        block.add(signing, V["place"], Literal(PLACES[number % 6]))
        for turn in range(number % 3):
            activity = block.attach("Activity", turn)
            french, english = f"Atelier {number}-{turn}", f"Workshop {number}-{turn}"
            block.add(activity, LABEL, text(french, "fr"), text(english, "en"))
            block.add(activity, V["form"], V[FORMS[number % 4]])
            block.add(activity, V["startsOn"], day(year + turn, number))
            block.add(activity, V["endsOn"], day(year + turn, number))
        if chance() < 0.5:
            attach_budget(block, 1000.5 + number % 90_000, parties[0])
        if chance() < 0.3:
            commitment = block.attach("Commitment")
            block.add(commitment, V["promisedBy"], parties[0])
            block.add(commitment, V["promisedTo"], parties[1])
            block.add(commitment, V["dueOn"], day(year + 1, number))
        return block

    def _parties(self, count: int) -> list[NamedNode]:
        """Choose a university, then others: a few have many agreements, most have some."""
        chosen: dict[int, None] = {}
        while len(chosen) < count:
            number = int(self.institutions * self.random.random() ** 3)
            chosen[number if chosen else number - number % 4] = None
        return [thing("institution", number) for number in chosen]


def country(code: str) -> Block:
    """Describe a country."""
    block = Block(thing("country", code))
    french, english = COUNTRIES[code]
    block.add(block.node, TYPE, V["Country"])
    block.add(block.node, NOTATION, Literal(code))
    block.add(block.node, LABEL, text(french, "fr"), text(english, "en"))
    return block


def axis(number: int) -> Block:
    """Describe a research axis; most have a broader one."""
    block = Block(thing("axis", number))
    block.add(block.node, TYPE, V["Axis"])
    french, english = f"Axe de recherche n° {number}", f"Research axis no. {number}"
    block.add(block.node, LABEL, text(french, "fr"), text(english, "en"))
    if number > 2:
        block.add(block.node, BROADER, thing("axis", number // 3 - 1))
    return block


def institution(number: int) -> Block:
    """Describe an institution; every other school is a member of a university."""
    block = Block(thing("institution", number))
    node, kind = block.node, INSTITUTIONS[number % 4]
    block.add(node, TYPE, V[kind])
    french, english = f"Établissement n° {number}", f"Institution no. {number}"
    block.add(node, LABEL, text(french, "fr"), text(english, "en"))
    if number % 5 == 0:
        block.add(node, LABEL, text(f"Einrichtung Nr. {number}", "de"))
    block.add(node, V["identifier"], Literal(f"{number:07x}-{number % 97:02}"))
    block.add(node, V["country"], thing("country", list(COUNTRIES)[number % 7 % 6]))
    block.add(node, V["founded"], typed(1750 + number % 270, YEAR))
    if kind in ("University", "School"):
        block.add(node, V["students"], typed(500 + number % 40_000, INTEGER))
    if number % 8 == 5:
        block.add(node, V["memberOf"], thing("institution", number - 5))
    return block


def write(size: int, folder: Path, form: str = "nt") -> int:
    """Write a graph of about `size` triples into a folder; give how many they are."""
    folder.mkdir(parents=True, exist_ok=True)
    graph = Cooperation(size)
    written = 0

    def counted() -> Iterator[Triple]:
        nonlocal written
        for triple in graph.triples():
            written += 1
            yield triple

    data = folder / f"data.{form}"
    serialize(counted(), output=data, format=FORMATS[form], prefixes=PREFIXES)
    (folder / "ontology.ttl").write_text(ONTOLOGY, "utf-8")
    write_expected(graph.expected, folder)
    return written


def write_expected(results: list[Result], folder: Path) -> None:
    """Write the results that are due into `expected.csv`."""
    with (folder / "expected.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(field.name for field in fields(Result))
        rows.writerows(map(astuple, results))


def main() -> None:
    """Write the graph that the command line asks for, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", type=int, help="about how many triples")
    parser.add_argument("folder", type=Path, help="where to write the files")
    parser.add_argument("--format", choices=FORMATS, default="nt", help="default: nt")
    asked = parser.parse_args()
    written = write(asked.size, asked.folder, asked.format)
    print(f"{asked.folder}: {written:,} triples.")


if __name__ == "__main__":
    main()

"""How well names find their records: an extract of ROR in; a Markdown table of shares out.

    python benchmarks/reconciliation.py ror-records.jsonl.gz [--probes 500] [--show 5]

A name is taken away from its record, in whatever spelling it has it, and looked up: the record
must be found by its other names. Other probes are names that are there, misspelt; and names of
records that are not there at all, where any sure match is wrong. A seed makes every choice, so two
runs agree.
"""

import argparse
import random
import resource
import string
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coopera import graphs, project
from coopera.importers import ror
from coopera.importers.ror import Record
from coopera.reconciliation import Matcher, names

SEED = 7
KINDS = {
    "acronym": "acronym", "alias": "alias", "label": "label in another language",
    "display": "name that is shown",
}  # fmt: skip


@dataclass(frozen=True)
class Probe:
    """A text, the record that it means, if any is there, and the country of that record."""

    text: str
    id: str | None
    country: str


def latin(text: str) -> bool:
    """Say whether most letters of a text are Latin: no name in them finds one in another script."""
    letters = [c for c in text if c.isalpha()]
    return sum("LATIN" in unicodedata.name(c, "") for c in letters) * 2 >= len(letters) > 0


def kind(name: ror.Name) -> str:
    """Give the kind that a name is counted as."""
    order = ("acronym", "alias", "display", "label")
    return next(one for one in order if one in name.kinds)


def country(record: Record) -> str:
    """Give the code of a record's country."""
    return record.countries[0].code if record.countries else ""


def taken_away(
    records: Sequence[Record], count: int, rng: random.Random
) -> tuple[dict[str, list[Probe]], list[Record]]:
    """Choose names of each kind; give them, and the records without them."""
    by_kind: dict[str, list[tuple[int, ror.Name]]] = defaultdict(list)
    for at, record in enumerate(records):
        if len(record.names) > 1:
            for name in record.names:
                if latin(name.text):
                    by_kind[kind(name)].append((at, name))
    left, used = list(records), set()
    probes: dict[str, list[Probe]] = {}
    for one in KINDS:
        rng.shuffle(by_kind[one])
        probes[one] = []
        for at, name in by_kind[one]:
            record, heard = records[at], names.words(name.text)
            others = tuple(other for other in record.names if names.words(other.text) != heard)
            if at in used or not others or len(probes[one]) == count:
                continue
            used.add(at)
            left[at] = replace(record, names=others)
            probes[one].append(Probe(name.text, record.id, country(record)))
    return probes, left


def misspelt(text: str, rng: random.Random) -> str:
    """Leave a letter out, put one in, change one or swap two."""
    at, letter = rng.randrange(len(text)), rng.choice(string.ascii_lowercase)
    return rng.choice(
        [
            text[:at] + text[at + 1 :],
            text[:at] + letter + text[at:],
            text[:at] + letter + text[at + 1 :],
            text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
        ]
    )


def spellings(rng: random.Random) -> dict[str, Callable[[Record], str]]:
    """Give the ways to write the name that a record shows."""

    def shown(record: Record) -> str:
        return record.names[0].text

    def shuffled(record: Record) -> str:
        heard = shown(record).split()
        return " ".join(rng.sample(heard, len(heard)))

    return {
        "as it is": shown,
        "capitals without accents": lambda r: names.folded(shown(r)).upper(),
        "one letter wrong": lambda r: misspelt(shown(r), rng),
        "two letters wrong": lambda r: misspelt(misspelt(shown(r), rng), rng),
        "words in another order": shuffled,
        "with its first letters": lambda r: (
            f"{shown(r)} ({names.initials(names.words(shown(r))).upper()})"
        ),
        "with town and country": lambda r: f"{shown(r)}, {r.place}, {r.countries[0].name}",
    }


class Measure:
    """Looks probes up, and counts what came of it."""

    def __init__(self, matcher: Matcher, show: int) -> None:
        """Take what is asked, and how many failures are shown."""
        self.matcher, self.show, self.spent = matcher, show, list[float]()

    def row(self, label: str, probes: Iterable[Probe], with_country: bool = False) -> str:
        """Give a line of the table: probes, first, in five, sure and right, sure and wrong."""
        first = five = right = wrong = count = 0
        failures = []
        for probe in probes:
            given = self.matcher.given("schema:location", [probe.country]) if with_country else None
            begun = time.process_time()
            found = self.matcher.match(probe.text, limit=5, given=[given] if given else ())
            self.spent.append(time.process_time() - begun)
            ids = [one.entity.id for one in found]
            count += 1
            first += bool(ids) and ids[0] == probe.id
            five += probe.id in ids
            if found and found[0].match:
                right += ids[0] == probe.id
                wrong += ids[0] != probe.id
            if not ids or ids[0] != probe.id:
                failures.append((probe.text, [(one.by, one.score) for one in found[:2]]))
        for failure in failures[: self.show]:
            print("   ", *failure)
        digits = 1 if count < 10_000 else 2
        shares = [f"{100 * part / count:.{digits}f}" for part in (first, five, right, wrong)]
        return f"| {label} | {count} | {' | '.join(shares)} |"


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("extract", type=Path)
    parser.add_argument("--probes", type=int, default=500)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    begun = time.process_time()
    records = [one for one in ror.read(options.extract) if one.status != "withdrawn"]
    read = time.process_time() - begun
    rng = random.Random(SEED)  # noqa: S311 - nothing secret
    probes, left = taken_away(records, options.probes, rng)
    used = {probe.id for some in probes.values() for probe in some}
    free = [one for one in left if one.id not in used and latin(one.names[0].text)]
    absent = rng.sample(free, 2 * options.probes)
    gone = {one.id for one in absent}
    here = [one for one in left if one.id not in gone]
    some = rng.sample([one for one in free if one.id not in gone], options.probes)
    ours = project.find()
    triples = graphs.read_all(ours.graph_files)
    begun = time.process_time()
    measure = Measure(Matcher.of([], ours.prefixes, ours.base, here), options.show)
    made = time.process_time() - begun
    measure.matcher.match("warm up")
    head = "| {} | probes | first | in five | sure, right | sure, wrong |\n" + "| --- " * 6 + "|"
    print(head.format("a name that was taken away"))
    for one, label in KINDS.items():
        print(measure.row(label, probes[one]))
    for one, label in KINDS.items():
        print(measure.row(f"{label}, with the country", probes[one], with_country=True))
    print(f"\n{head.format('the name that is shown')}")
    for label, spelt in spellings(rng).items():
        print(measure.row(label, [Probe(spelt(one), one.id, country(one)) for one in some]))
    print(f"\n{head.format('a record that is not there')}")
    print(measure.row("its name", [Probe(one.names[0].text, None, country(one)) for one in absent]))
    print(
        measure.row(
            "its name, with the country",
            [Probe(one.names[0].text, None, country(one)) for one in absent],
            with_country=True,
        )
    )
    small = Measure(Matcher.of(triples, ours.prefixes, ours.base), options.show)
    linked = {iri for entity in small.matcher.entities.values() for iri in entity.same}
    others = [Probe(one.names[0].text, None, "") for one in records if one.id not in linked]
    print(small.row("its name, looked up in our graph alone", others))
    spent = sorted(measure.spent)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(
        f"\n{len(records):,} records: read in {read:.1f} s, indexed in {made:.1f} s, "
        f"{memory:,} MiB; a query takes {1000 * spent[len(spent) // 2]:.1f} ms, "
        f"at the 99th percentile {1000 * spent[len(spent) * 99 // 100]:.1f} ms, "
        f"at most {1000 * spent[-1]:.1f} ms of CPU."
    )


if __name__ == "__main__":
    main()

"""Saved queries: a .rq file in; a header and a whole SPARQL text out."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coopera import files
from coopera.errors import Place, QueryError
from coopera.tables import Term

if TYPE_CHECKING:
    import yaml

TYPES = ("iri", "string", "date", "integer", "language")
"""The types that a parameter may have."""
LARGEST = 1 << 20
"""Characters of a file that holds a query, at most."""
MOST_NAMED = 20
"""Names that a remedy lists at most where none is like the one that was given."""
LONG_HEADER, DEEPEST_HEADER = 4_000, 50
"""Characters of a header that cannot do harm by their nesting, and how deep a longer one may be."""
BOUNDS = ("earliest", "latest")
"""The days for which a month or a year may stand."""
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
"""The query forms (SPARQL 1.1, 16)."""
VERIFY = "verify"
"""The topic of the rules that must find nothing: they have no answer beside them."""


@cache
def _pattern(quotes: str) -> re.Pattern[str]:
    """Give the pattern of a token, with long strings in some quotes."""
    long = "".join(rf"{q}{{3}}(?:{q}{{0,2}}(?:[^{q}\\]|\\.))*{q}{{3}} | " for q in quotes)
    return re.compile(
        rf"""(?P<comment>\#[^\r\n]*)
          | (?P<iri><[^\x00-\x20<>"{{}}|^`\\]*>)
          | (?P<string>{long}"(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
          | (?P<open>"(?:[^"\\\n\r]|\\.)*+ | '(?:[^'\\\n\r]|\\.)*+)
          | (?P<variable>[?$]\w+)
          | (?P<name>(?:[A-Za-z][\w.-]*+|_)?:(?:[\w.:%-]*[\w:%-])?)
          | (?P<run>[A-Za-z][\w.-]*+)
          | (?P<mark>[^ \t\r\n])""",
        re.VERBOSE | re.DOTALL,
    )


# A run that no colon follows, and a string that does not end, are passed over once. If each of
# their letters were tried anew, a text of 64 kB would take a minute.
_IN_RUN = re.compile(r"(?P<word>[A-Za-z]\w*)|(?P<mark>\S)")


@dataclass(frozen=True)
class Token:
    """A piece of a SPARQL text: its kind, its text and where it starts.

    The kinds are iri, string, variable, name, word and mark.
    """

    kind: str
    text: str
    start: int

    def is_word(self, *words: str) -> bool:
        """Say whether it is one of these keywords, in any case."""
        return self.kind == "word" and self.text.upper() in words

    @property
    def end(self) -> int:
        """Give the offset just after it."""
        return self.start + len(self.text)


def tokens(sparql: str) -> Iterator[Token]:
    """Cut a SPARQL text into tokens, without its comments and white space."""
    quotes, start, ended = "\"'", 0, False
    while not ended:
        ended = True
        for match in _pattern(quotes).finditer(sparql, start):
            kind = match.lastgroup
            if kind == "run":
                for part in _IN_RUN.finditer(sparql, match.start(), match.end()):
                    yield Token(str(part.lastgroup), part[0], part.start())
            elif kind != "comment":
                yield Token("mark" if kind == "open" else str(kind), match[0], match.start())
            quote, start = match[0][-1], match.end()
            if match[0] == 2 * quote and quote in quotes and sparql.startswith(quote, start):
                # A long string that does not end: none behind it does, and to look at each anew
                # would take 12 seconds for 64 kB.
                quotes, ended = quotes.replace(quote, ""), False
                break


def form(sparql: str) -> str:
    """Give the query form of a text, or nothing for one that has none (SPARQL 1.1, 16)."""
    return next((t.text.upper() for t in tokens(sparql) if t.is_word(*FORMS)), "")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a saved query: the variable `?name` and what may be bound to it."""

    name: str
    type: str
    label: Mapping[str, str]
    members_of: str | None = None
    """CURIE of the class whose members are the choices."""
    scheme: str | None = None
    """CURIE of the concept scheme whose concepts alone are the choices."""
    bound: str | None = None
    """`earliest` or `latest`, where a month or a year stands for its first or its last day."""


@dataclass(frozen=True)
class SavedQuery:
    """A .rq file. Its text runs as it stands in any SPARQL 1.1 editor."""

    name: str
    topic: str
    path: Path
    text: str
    summary: Mapping[str, str]
    description: Mapping[str, str]
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    question: str | None = None
    """The number of the competency question that it answers, e.g. `CQ7`."""
    expects_none: Mapping[str, str] | None = None
    """Why an empty answer is right, by language; `None` where an answer is expected."""

    @cached_property
    def form(self) -> str:
        """Give the query form: SELECT, ASK, CONSTRUCT or DESCRIBE (SPARQL 1.1, 16)."""
        return form(self.text)

    @property
    def gives_a_graph(self) -> bool:
        """Say whether its answer is triples, not a table."""
        return self.form in ("CONSTRUCT", "DESCRIBE")

    @property
    def answer(self) -> Path:
        """Give the file beside it that holds its answer on the project's data."""
        return self.path.with_suffix(".ttl" if self.gives_a_graph else ".csv")

    def parameter(self, name: str) -> Parameter:
        """Give one parameter. Raises QueryError, with near names, where there is none."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        names = [p.name for p in self.parameters]
        raise QueryError(
            f"query '{self.name}' has no parameter '{name}'.",
            remedy=nearest(name, names) or "run it without -p: it has no parameters.",
        )


def nearest(name: str, names: Sequence[str]) -> str:
    """Give a remedy that lists the names that hold this one, or are most like it; else some."""
    from difflib import get_close_matches

    asked, known = name.casefold(), sorted(set(names))
    folded = {one.casefold(): one for one in known}
    near = [one for one in known if asked in one.casefold()][:5]
    near = near or [folded[like] for like in get_close_matches(asked, folded, n=5, cutoff=0.5)]
    if near:
        return f"did you mean {', '.join(near)}?"
    if len(known) > MOST_NAMED:
        return f"choose among the {len(known)} that are there, such as {', '.join(known[:5])}."
    return f"choose among {', '.join(known)}." if known else ""


def read(path: Path, room: Path) -> SavedQuery:
    """Read one .rq file below the folder `room`.

    Raises QueryError for a header that is not YAML or lacks a summary in a language.
    """
    text = files.text(path, LARGEST)
    return saved_query(path, room, text, read_header(path, text))


def saved_query(path: Path, room: Path, text: str, header: Mapping[str, Any]) -> SavedQuery:
    """Take what a header says of its query. Raises QueryError for what it lacks."""
    none = header.get("expect") == "none"
    try:
        return SavedQuery(
            name=path.stem,
            topic=path.parent.relative_to(room).as_posix(),
            path=path,
            text=text,
            summary=bilingual(header["summary"]),
            description=bilingual(header.get("description", {"en": "", "fr": ""})),
            tags=tuple(map(str, _list(header, "tags"))),
            parameters=tuple(map(_parameter, _list(header, "params"))),
            question=header.get("question"),
            expects_none=bilingual(header["reason"]) if none else None,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise QueryError(
            f"the header lacks {error}.",
            place=Place(path, 1),
            remedy="write summary: {en: …, fr: …}, params: [{name: …, type: …}], "
            "expect: none with reason: {en: …, fr: …}.",
        ) from error


def _list(header: Mapping[str, Any], key: str) -> list[Any]:
    found = header.get(key, [])
    if not isinstance(found, list):
        raise TypeError(f"a list under {key}")
    return found


def _parameter(entry: Any) -> Parameter:
    if not isinstance(entry, dict):
        raise TypeError(f"name and type, in place of {entry!r}")
    name, kind = entry["name"], entry["type"]
    if not isinstance(name, str):  # YAML 1.1 reads a bare on, off, yes and no as booleans
        raise TypeError(f"a name that is a text, in place of {name!r}")
    if kind not in TYPES:
        raise TypeError(f"a type among {', '.join(TYPES)}, in place of {kind!r}")
    bound = entry.get("bound")
    if bound is not None and (kind != "date" or bound not in BOUNDS):
        raise TypeError(f"one of {', '.join(BOUNDS)} as the bound of a date, not {bound!r}")
    label = entry.get("label", dict.fromkeys(("en", "fr"), name))
    return Parameter(name, kind, bilingual(label), entry.get("class"), entry.get("scheme"), bound)


def bilingual(value: Any) -> dict[str, str]:
    """Read a text in both languages. Raises TypeError or KeyError where one is not there."""
    if not isinstance(value, dict):
        raise TypeError(f"both languages of {value!r}")
    return {language: " ".join(str(value[language]).split()) for language in ("en", "fr")}


def read_header(path: Path, text: str) -> dict[str, Any]:
    """Read the lines that start with #+ as YAML. Raises QueryError, with its line, for others."""
    import yaml

    lines = [line[2:] for line in text.splitlines() if line.startswith("#+")]
    written = "\n".join(line.removeprefix(" ") for line in lines)
    # libyaml, where it is there, takes a tenth of the time.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if "*" in written or len(written) > LONG_HEADER:
            _demand_flat(yaml.parse(written, loader))
        header = yaml.load(written, loader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a number too long, no date
        mark = getattr(error, "problem_mark", None)
        line = _header_line(text, mark.line) if mark else None
        raise QueryError(
            f"the header is not YAML: {getattr(error, 'problem', error)}.",
            place=Place(path, line, mark.column + 4 if mark else None),
            remedy="mend the lines that start with #+.",
        ) from error
    if not isinstance(header, dict):
        raise QueryError(
            "there is no header.",
            place=Place(path, 1),
            remedy="start the file with '#+ summary:' and '#+   en: …', '#+   fr: …'.",
        )
    return header


def _demand_flat(events: "Iterable[yaml.Event]") -> None:
    """Raise YAMLError for aliases, nine lines of which can stand for a thousand million words.

    Also for what is nested deep: libyaml reads it by recursion, at any depth that its stack holds.
    """
    import yaml

    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("aliases, such as *name, are not used here")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST_HEADER:
            raise yaml.YAMLError(f"it is nested more than {DEEPEST_HEADER} deep")


def _header_line(text: str, index: int) -> int:
    numbers = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith("#+")]
    return numbers[min(index, len(numbers) - 1)]


def saved(room: Path) -> dict[str, SavedQuery]:
    """Read every .rq file below a folder, by name, but for the rules of `VERIFY`.

    Raises QueryError for two of one name.
    """
    found: dict[str, SavedQuery] = {}
    for path in _paths(room):
        query = _whole(read(path, room))
        if query.name in found:
            raise _twice(found[query.name].path, path)
        found[query.name] = query
    return found


def named(room: Path, name: str) -> SavedQuery:
    """Read the saved query of a name, and the header of no other.

    Raises QueryError, with near names, where there is none, and for two of that name.
    """
    paths = [path for path in _paths(room) if path.stem == name]
    if not paths:
        return pick(saved(room), name)
    if len(paths) > 1:
        raise _twice(*paths[:2])
    return _whole(read(paths[0], room))


def _paths(room: Path) -> list[Path]:
    return sorted(set(room.rglob("*.rq")) - set((room / VERIFY).rglob("*.rq")))


def _twice(first: Path, second: Path) -> QueryError:
    return QueryError(
        f"there is another query '{second.stem}': {Place(first)}.",
        place=Place(second),
        remedy="rename one of the two files.",
    )


def _whole(query: SavedQuery) -> SavedQuery:
    """Give a query back. Raises QueryError for a parameter that its text does not have."""
    blocks = {name for name, _, _ in value_blocks(query.text)}
    for parameter in query.parameters:
        if parameter.name not in blocks:
            raise QueryError(
                f"there is no block VALUES ?{parameter.name} {{ … }} for that parameter.",
                place=Place(query.path),
                remedy="write the block, with the default in it, where the query uses it.",
            )
    return query


def at(path: Path, error: QueryError) -> QueryError:
    """Move the line and column that an engine's error names into its place."""
    match = re.match(r"line (\d+), column (\d+): ", error.problem)
    place = Place(path, int(match[1]), int(match[2])) if match else Place(path)
    problem = error.problem[match.end() :] if match else error.problem
    return QueryError(problem, place=place, remedy=error.remedy)


def pick(queries: Mapping[str, SavedQuery], name: str) -> SavedQuery:
    """Give a query by its name. Raises QueryError, with near names, where there is none."""
    if name in queries:
        return queries[name]
    raise QueryError(
        f"there is no saved query '{name}'.", remedy=nearest(name, list(queries)) or ""
    )


def bind(sparql: str, values: Mapping[str, Sequence[Term] | None]) -> str:
    """Write terms into the `VALUES ?name { … }` blocks of a text; `None` stands for every value.

    Terms are serialised by the RDF library, so a value is never more than a term.
    Raises QueryError where a name has no such block.
    """
    blocks = list(value_blocks(sparql))
    for name in values:
        if name not in (block_name for block_name, _, _ in blocks):
            raise QueryError(
                f"the query has no block VALUES ?{name} {{ … }}.",
                remedy="a parameter is such a block, holding its default.",
            )
    for name, start, end in reversed(blocks):
        if name in values:
            terms = values[name]
            # Once each: rdflib 7.6 merges repeated terms, Oxigraph answers twice.
            written = "UNDEF" if terms is None else " ".join(map(_written, dict.fromkeys(terms)))
            sparql = f"{sparql[:start]} {written} {sparql[end:]}"
    return sparql


def _written(term: Term) -> str:
    """Serialise a term so that no reader finds a codepoint escape which is not one.

    SPARQL 1.1 (19.2) expands such escapes before it parses, so an escaped backslash before a "u"
    is read in two ways; rdflib 7.6 and Oxigraph 0.5.13 differ. With the "u" escaped too, in the
    long form because rdflib takes up to eight digits after either, they do not.
    """
    return re.sub(
        r"\\\\([uU])|\\.",
        lambda m: rf"\\\U000000{ord(m[1]):02X}" if m[1] else m[0],
        str(term),
    )


def expand(sparql: str) -> str:
    """Expand codepoint escapes, as may happen before parsing (SPARQL 1.1, 19.2)."""
    return re.sub(
        # rdflib 7.6 takes eight digits after either letter where there are eight.
        r"\\[uU](00[01][0-9A-Fa-f]{5}|[0-9A-Fa-f]{4})",
        lambda m: chr(min(int(m[1], 16), 0x10FFFF)),
        sparql,
    )


def value_blocks(sparql: str) -> Iterator[tuple[str, int, int]]:
    """Find each `VALUES ?name { … }` block: the name, and the offsets between its braces."""
    return ((name, brace.end, close.start) for name, _, brace, close in _blocks(sparql))


def blocks(sparql: str) -> Iterator[tuple[str, int, int]]:
    """Find each `VALUES ?name { … }` block: the name, and the offsets of the whole block."""
    return ((name, word.start, close.end) for name, word, _, close in _blocks(sparql))


def _blocks(sparql: str) -> Iterator[tuple[str, Token, Token, Token]]:
    found = list(tokens(sparql))
    for at, token in enumerate(found[:-2]):
        name, brace = found[at + 1], found[at + 2]
        if token.is_word("VALUES") and name.kind == "variable" and brace.text == "{":
            close = next((t for t in found[at + 3 :] if t.kind == "mark" and t.text == "}"), None)
            if close:
                yield name.text[1:], token, brace, close


def bare(sparql: str) -> str:
    """Take the header out of a text."""
    lines = (line for line in sparql.splitlines() if not line.startswith("#+"))
    return "\n".join([*lines, ""])


def prologue(sparql: str) -> str:
    """Give the PREFIX and BASE lines of a text, so that a part of it can be read alone."""
    kept: list[str] = []
    found = list(tokens(sparql))
    for at, token in enumerate(found):
        if token.is_word("PREFIX"):
            kept.append(f"PREFIX {found[at + 1].text} {found[at + 2].text}")
        elif token.is_word("BASE"):
            kept.append(f"BASE {found[at + 1].text}")
        elif token.is_word(*FORMS):
            break
    return "\n".join(kept)

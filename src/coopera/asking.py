"""Asking: what a person asks, and of whom, in; an engine, a whole text, and its answer, out."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from coopera import answers, asof, formats, graphs, queries
from coopera.engines import ENGINES, Answer, Engine
from coopera.errors import CooperaError, QueryError
from coopera.project import Project
from coopera.queries import SavedQuery
from coopera.tables import Rows, Table, Term
from coopera.terms import LANGUAGES

if TYPE_CHECKING:
    from coopera.engines.endpoint import Endpoint

TIMEOUT = 60.0
MOST_TOLD = 5
"""Choices of a parameter that a note names."""
LARGEST = 4 << 30
"""Bytes of an answer that is written as it comes."""

_PLANS = "the program oxigraph (oxigraph query --explain)"

T = TypeVar("T")


@dataclass(frozen=True)
class Whom:
    """Who is asked: an engine that loads the project's graph, or a SPARQL endpoint."""

    engine: str = "oxigraph"
    endpoint: str | None = None
    """The URL of a SPARQL endpoint, in place of an engine of ours."""
    graph: str | None = None
    """The IRI of the graph of the endpoint that is meant; its default graph, if none."""
    timeout: float = TIMEOUT
    """Seconds that one request to an endpoint may make us wait."""
    as_of: str | None = None
    """The date on which the graph is looked at; see `asof`."""
    opened: Callable[[], Engine] | None = None
    """Gives an engine over the whole graph, such as a store on disk, in place of its files."""

    def client(self) -> "Endpoint":
        """Give the client of the endpoint. Raises EndpointError for what is no URL of one."""
        from coopera.engines.endpoint import Endpoint

        return Endpoint(self.endpoint or "", self.graph, timeout=self.timeout, smooth=True)


@dataclass
class Asked:
    """A question, ready to be answered; and what it took."""

    project: Project
    whom: Whom
    engine: Engine
    sparql: str
    saved: SavedQuery | None = None
    path: Path | None = None
    """The file that the text comes from."""
    values: Mapping[str, list[Term] | None] = field(default_factory=dict)
    """What is bound to parameters; `None` stands for every value."""
    language: str = "en"
    """The language of labels, and of a sheet."""
    reduced: asof.AsOf | None = None
    empty: bool = False
    """Whether the answer that was written is a table or a graph with nothing in it."""
    seconds: dict[str, float] = field(default_factory=dict)
    """`read`, `load` and `answer` -> how long it took."""

    def answer(self) -> Answer:
        """Answer it. Raises QueryError, placed in the file that the text comes from."""
        with self._timed("answer"), self._placed():
            return self.engine.query(self.sparql)

    def form(self, name: str | None, suffix: str = "") -> str:
        """Give the format of the answer: the one that is named, else that of a file's ending."""
        kind = "graph" if queries.form(self.sparql) in ("CONSTRUCT", "DESCRIBE") else "table"
        default = "turtle" if kind == "graph" else "table"
        return name or formats.ending(suffix, kind) or default

    def written(self, form: str, iris: bool, use: Callable[[Iterator[bytes]], T]) -> T:
        """Write the answer in a format, and give what `use` makes of its bytes.

        Where an endpoint gives rows one by one, they are written as they come; `use` is then called
        anew if the server left some of them out. In a format for people, labels stand in place of
        IRIs, unless these are asked for.
        """
        prefixes, language = self.project.prefixes, self.language
        if (write := formats.FORMATS[form].rows) and (far := self._far()):

            def pieces(found: Rows) -> T:
                first = list(islice(found.rows, 1))
                self.empty = not first
                whole = Rows(found.variables, chain(first, found.rows))
                return use(piece.encode() for piece in write(whole, prefixes, language))

            with self._timed("answer"), self._placed():
                return far.read(self.sparql, pieces)
        answer = self.answer()
        self.empty = not (answer.rows if isinstance(answer, Table) else answer) and (
            not isinstance(answer, bool)
        )
        if isinstance(answer, Table) and form in formats.LABELLED and not iris:
            answer = answers.named(self.engine, answer, language)
        return use(formats.pieces(answer, form, prefixes, language))

    def _far(self) -> "Endpoint | None":
        """Give the endpoint that is asked for a table, with room for a long one."""
        if self.whom.endpoint is None or queries.form(self.sparql) != "SELECT":
            return None
        return replace(cast("Endpoint", self.engine), most_bytes=LARGEST)

    def notes(self) -> list[str]:
        """Tell, once it is answered, what a reader must know about the answer."""
        found: list[dict[str, str] | None] = []
        if self.reduced is not None:
            day, gone = self.reduced.day, self.reduced.gone
            fr = f"au {day}, choses laissées de côté, preuves comprises : {gone}."
            found.append({
                "en": f"as of {day}: {gone} things are left out, evidence included.", "fr": fr,
            })  # fmt: skip
        if self.whom.endpoint is not None:
            found.append(cast("Endpoint", self.engine).doubt(self.sparql))
        if self.empty and self.saved is not None:
            # What is only a hint does not make an answer fail that was given.
            with suppress(CooperaError):
                found += list(_nothing(self, self.saved))
        return [note[self.language] for note in found if note is not None]

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = time.perf_counter() - started

    @contextmanager
    def _placed(self) -> Iterator[None]:
        """Name the file in an error; for a prefix that the project knows, the line to add."""
        try:
            yield
        except QueryError as error:
            prefix = re.search(r"prefix '(.*)' is not declared", error.problem)
            namespace = self.project.prefixes.namespaces.get(prefix[1]) if prefix else None
            if prefix and namespace:
                error.remedy = f"add a line PREFIX {prefix[1]}: <{namespace}>."
            if self.path is not None and error.place is None:
                raise queries.at(self.path, error) from error
            raise


def saved(
    project: Project,
    name: str,
    given: Mapping[str, Sequence[str]],
    whom: Whom | None = None,
    language: str | None = None,
) -> Asked:
    """Ask a saved query by its name, with what a person typed for its parameters.

    A language is bound to the parameter `language`, where there is one and it is not given.
    Raises QueryError for a name, a parameter or a value that there is not, and as `text`.
    """
    query = project.query(name)
    bound = dict(given)
    if language and "language" in (parameter.name for parameter in query.parameters):
        bound.setdefault("language", [language])
    tags = (tag.lower().partition("-")[0] for tag in bound.get("language", ()))
    told = [tag for tag in tags if tag in LANGUAGES]
    asked = text(project, query.text, whom, query.path, language or next(iter(told), None))
    asked.saved = query
    asked.values = answers.values(project, asked.engine, query, bound)
    asked.sparql = queries.bind(query.text, asked.values)
    return asked


def text(
    project: Project,
    sparql: str,
    whom: Whom | None = None,
    path: Path | None = None,
    language: str | None = None,
) -> Asked:
    """Ask any SPARQL text, of a file if `path` is given.

    Raises CooperaError for a date that is none, or that does not go with an endpoint.
    """
    whom = whom or Whom()
    asked = Asked(project, whom, _Nobody(), sparql, path=path, language=language or "en")
    if whom.endpoint is not None:
        if whom.as_of is not None:
            raise CooperaError(
                "a graph is reduced to a date before it is loaded; an endpoint's is not loaded.",
                remedy="leave --endpoint or --as-of out; or bind a parameter of the query.",
            )
        asked.engine = whom.client()
        return asked
    if whom.as_of is not None:
        asof.day(whom.as_of)
    elif whom.opened is not None:
        with asked._timed("load"):
            asked.engine = whom.opened()
        return asked
    with asked._timed("read"):
        triples = graphs.read_all(project.graph_files)
    if whom.as_of is not None:
        asked.reduced = asof.reduce(project, triples, whom.as_of)
        triples = asked.reduced.triples
    with asked._timed("load"):
        asked.engine = ENGINES[whom.engine](triples)
    return asked


def _nothing(asked: Asked, saved: SavedQuery) -> Iterator[dict[str, str]]:
    """Tell what may lie behind an empty answer: defaults that nobody chose, one thing for two."""
    chosen = {p.name for p in saved.parameters if p.type != "language"} & asked.values.keys()
    if not chosen and (saved.expects_none is not None or asked.reduced is not None):
        yield from [dict(saved.expects_none)] if saved.expects_none else []
        return
    project, language = asked.project, asked.language
    found = answers.nothing(project, asked.engine, saved, chosen, asked.sparql, language)
    for one, other, value in found.same:
        yield {
            "en": f"no solution: {one.name} and {other.name} are both {value}.",
            "fr": f"aucune solution : {one.name} et {other.name} sont identiques : {value}.",
        }
    for parameter, value in found.left:
        name, every = parameter.name, f"-p {parameter.name}={answers.ALL}"
        choices = answers.choices(project, asked.engine, parameter, language)
        others = [label for _, label in choices if label != value]
        some = ", ".join(others[:MOST_TOLD]) + (", …" if len(others) > MOST_TOLD else "")
        yield {
            "en": f"no solution for {name} = {value}, its default; {every} takes every value"
            + (f"; others are: {some}" if some else "."),
            "fr": f"aucune solution pour {name} = {value}, sa valeur par défaut ; {every} prend "
            "toutes les valeurs" + (f" ; il y a aussi : {some}" if some else "."),
        }


class _Nobody:
    """Who is asked before anyone is there."""

    def query(self, sparql: str) -> Answer:
        raise AssertionError("unreachable")


def explanation(asked: Asked, answer: Answer) -> str:
    """Tell what was sent to whom, what it took, and what came back."""
    prefixes = asked.project.prefixes
    lines: list[str] = []

    def line(name: str, *texts: str) -> None:
        lines.extend(f"{name if not at else '':<12}{text}" for at, text in enumerate(texts))

    times = {name: f"{seconds:.3f} s" for name, seconds in asked.seconds.items()}
    if asked.whom.endpoint is not None:
        line("endpoint", asked.whom.endpoint)
        line("graph", asked.whom.graph or "the default graph")
    else:
        line("engine", asked.whom.engine)
        counted = asked.engine.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        number = prefixes.text(counted.rows[0][0]) if isinstance(counted, Table) else "?"
        read = f"read in {times['read']}, loaded" if "read" in times else "loaded"
        line("triples", f"{number}; {read} in {times['load']}")
    if asked.reduced is not None:
        gone = ", ".join(f"{n} {kind}" for kind, n in asked.reduced.left_out.items())
        line("as of", f"{asked.reduced.day}; left out: {gone or 'nothing'}")
    if asked.saved is not None:
        bound = {
            name: "all" if terms is None else " ".join(map(prefixes.text, terms))
            for name, terms in asked.values.items()
        }
        line("parameters", *(f"{p.name} = {bound.get(p.name, _default(asked.saved, p.name))}"
                             for p in asked.saved.parameters))  # fmt: skip
    count, kind = _count(answer)
    line("answer", f"{count} {kind} in {times['answer']}")
    if asked.whom.engine == "oxigraph" and asked.whom.endpoint is None:
        line("plan", f"none: pyoxigraph 0.5.13 tells no plan; {_PLANS} does")
    sent = asked.sparql.splitlines()
    if asked.whom.endpoint is not None:
        from coopera.engines.endpoint import quirks

        sent = quirks.smooth(asked.sparql).splitlines()
    width = len(str(len(sent)))
    numbered = (f"{number:>{width}}  {text}".rstrip() for number, text in enumerate(sent, 1))
    return "\n".join([*lines, "", *numbered, ""])


def _default(query: SavedQuery, name: str) -> str:
    """Give what stands in the first block of a parameter."""
    blocks = ((n, query.text[start:end]) for n, start, end in queries.value_blocks(query.text))
    default = next((block.strip() for n, block in blocks if n == name), "")
    return f"{'all' if default == 'UNDEF' else default} (default)"


def _count(answer: Answer) -> tuple[int, str]:
    match answer:
        case bool():
            return 1, "boolean"
        case Table():
            return len(answer.rows), "solutions"
        case _:
            return len(answer), "triples"

"""Limits: a SPARQL text from anyone in; the same text, or the limit that it passes, out.

Each limit has one number, which is enforced, listed in `--help` and in the service description, and
named by the refusal.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from coopera.errors import CooperaError, QueryError
from coopera.queries import FORMS, Token, expand, tokens

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """What one query, one client and the service as a whole may cost."""

    query_bytes: int = 65_536
    """Bytes of a query's text in UTF-8."""
    nesting: int = 64
    """Brackets open within one another. pyoxigraph 0.5.13 overflows its stack at 600 functions."""
    operators: int = 1_000
    """Operators of any kind in a text. pyoxigraph 0.5.13 overflows its stack at 4,000 MINUS."""
    seconds: float = 10.0
    """Seconds from the start of a query to the last byte of its answer."""
    rows: int = 100_000
    """Solutions, or triples, in an answer."""
    answer_bytes: int = 32 * MIB
    """Bytes of an answer as it is written."""
    memory: int = 512 * MIB
    """Bytes of address space beyond those of the opened store."""
    workers: int = 2
    """Queries that run at once."""
    queue: int = 64
    """Queries that wait for a worker."""
    queue_seconds: float = 10.0
    """Seconds that a query waits for a worker."""
    client_seconds: float = 60.0
    """Seconds of query time for each client in a minute; 0 for no such limit."""
    waiting_bytes: int = 128 * MIB
    """Bytes of all answers that their clients have yet to take."""
    client_patience: float = 60.0
    """Seconds that a complete answer waits for its client to take it."""


@dataclass(frozen=True)
class Published:
    """One limit as people and programs are told of it."""

    name: str
    value: float
    unit: str
    """`bytes`, `seconds`, or what is counted."""
    text: dict[str, str]

    @property
    def figure(self) -> str:
        """Give the number with its unit, where that is not what is counted."""
        unit = f" {self.unit}" if self.unit in ("bytes", "seconds") else ""
        return f"{self.value:.12g}{unit}"


_TEXTS = {
    "query_bytes": (
        "bytes",
        "size of a query's text, in UTF-8",
        "taille du texte d'une requête, en UTF-8",
    ),
    "nesting": (
        "brackets",
        "brackets open within one another",
        "parenthèses, crochets et accolades ouverts les uns dans les autres",
    ),
    "operators": (
        "operators",
        "operators in one query (UNION, OPTIONAL, FILTER, +, / and the like)",
        "opérateurs dans une requête (UNION, OPTIONAL, FILTER, +, / et autres)",
    ),
    "seconds": (
        "seconds",
        "time from the start of a query to the end of its answer",
        "temps entre le début d'une requête et la fin de sa réponse",
    ),
    "rows": (
        "rows",
        "solutions, or triples, in one answer",
        "solutions, ou triplets, dans une réponse",
    ),
    "answer_bytes": ("bytes", "size of one answer", "taille d'une réponse"),
    "memory": (
        "bytes",
        "memory that one query may use beyond the data",
        "mémoire dont une requête dispose en plus des données",
    ),
    "workers": ("queries", "queries that run at once", "requêtes évaluées en même temps"),
    "queue": ("queries", "queries that wait for their turn", "requêtes en attente de leur tour"),
    "queue_seconds": ("seconds", "longest wait for a turn", "attente maximale de son tour"),
    "client_seconds": (
        "seconds",
        "query time for each client in a minute (0: no limit)",
        "temps de calcul par client et par minute (0 : sans limite)",
    ),
    "waiting_bytes": (
        "bytes",
        "size of all answers that clients have yet to take",
        "taille de toutes les réponses que les clients n'ont pas encore reçues",
    ),
    "client_patience": (
        "seconds",
        "time that a client may take to receive an answer that is complete",
        "temps laissé à un client pour recevoir une réponse complète",
    ),
}


def published(limits: Limits) -> list[Published]:
    """List every limit with its value, unit and words."""
    return [
        Published(name, getattr(limits, name), unit, {"en": en, "fr": fr})
        for name, (unit, en, fr) in _TEXTS.items()
    ]


class LimitError(CooperaError):
    """A query that passes a limit, named by `limit`, and the HTTP status that says so."""

    def __init__(
        self,
        limit: str,
        status: int,
        problem: str,
        *,
        remedy: str = "",
        retry_after: int | None = None,
    ) -> None:
        """Take the limit's name, the status, the problem and remedy, and seconds to wait."""
        super().__init__(problem, remedy=remedy)
        self.limit, self.status, self.retry_after = limit, status, retry_after


UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
"""The words that SPARQL 1.1 Update operations begin with."""
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_OPERATORS = frozenset(
    ("+", "-", "*", "/", "|", "&", "!", "=", "<", ">",
     "UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "LATERAL", "EXISTS", "GRAPH", "AS", "HAVING")
)  # fmt: skip


def demand_bounded(
    query: bytes | str,
    limits: Limits,
    graphs: Collection[str] | None = None,
    base: str | None = None,
) -> str:
    """Give the text of a query that may be evaluated.

    `graphs` are the names of the graphs that FROM may name, `None` where they are not known;
    `base` is the IRI that relative ones are resolved against.

    Raises LimitError for a text that is too long, not UTF-8, nested too deep or too long a chain,
    and for SERVICE, FROM of a graph that is not here, and updates, however they are spelt.
    """
    text = _decoded(query, limits)
    for spelling in dict.fromkeys((text, expand(text))):
        _demand_bounded(spelling, limits, graphs, base)
    return text


def _decoded(query: bytes | str, limits: Limits) -> str:
    # A text is encoded too: it may hold lone surrogates, which have no UTF-8.
    try:
        data = query if isinstance(query, bytes) else query.encode("utf-8")
        text = data.decode("utf-8") if isinstance(query, bytes) else query
    except UnicodeError as error:
        raise LimitError(
            "utf-8", 400, "the query is not UTF-8.", remedy="encode its text as UTF-8."
        ) from error
    if len(data) > limits.query_bytes:
        raise LimitError(
            "query_bytes",
            413,
            f"the query has {len(data):,} bytes; at most {limits.query_bytes:,} are read.",
            remedy="split it, or ask for less at once.",
        )
    return text


def _demand_bounded(
    text: str, limits: Limits, graphs: Collection[str] | None, base: str | None
) -> None:
    depth = operators = 0
    form = describing = chooses = False
    for token in tokens(text):
        if token.kind == "mark":
            describing = False
            mark = token.text[0]
            depth += (mark in _OPENING) - (mark in _CLOSING)
            if depth > limits.nesting:
                raise too_deep(limits)
            operators += mark in _OPERATORS
        elif token.kind == "word":
            word = token.text.upper()
            operators += word in _OPERATORS
            if not form:
                if word in UPDATES:
                    raise LimitError(
                        "update",
                        400,
                        f"{word} is an update; the data can only be read here.",
                        remedy="ask with SELECT, ASK, CONSTRUCT or DESCRIBE.",
                    )
                form, describing = word in FORMS, word == "DESCRIBE"
            chooses |= word == "FROM"
            if word == "SERVICE":
                raise LimitError(
                    "service",
                    400,
                    "SERVICE is not answered here: nothing is fetched from other servers.",
                    remedy="ask each server by itself, and join the answers where you ask.",
                )
        else:
            # What DESCRIBE names is a chain too: some 3,000 terms overflow the stack.
            operators += describing
        if operators > limits.operators:
            raise LimitError(
                "operators",
                400,
                f"the query has more than {limits.operators:,} operators.",
                remedy="write VALUES for a long UNION, IN for a long chain of ||; or split it.",
            )
    if chooses and graphs is not None:
        for name in _chosen(list(tokens(text)), base or ""):
            demand_known_graph(name, graphs)


SAFE = Limits(query_bytes=1 << 30, nesting=128)
"""What pyoxigraph 0.5.13 can parse and plan on a stack of 8 MiB, four times over."""
_SIGNS = "+-*/|&!=<>"
_WORDS = tuple(word for word in _OPERATORS if word.isalpha())


def refuse_deep(sparql: str) -> None:
    """Raise QueryError for a text that would overflow the stack of this very process."""
    # To count what may be brackets and operators takes a tenth of the time.
    upper = sparql.upper()
    brackets = sum(map(sparql.count, _OPENING))
    operators = sum(map(sparql.count, _SIGNS)) + sum(map(upper.count, _WORDS))
    bounded = brackets <= SAFE.nesting and operators <= SAFE.operators
    if bounded and "DESCRIBE" not in upper:
        return
    try:
        _demand_bounded(sparql, SAFE, None, None)
    except LimitError as error:
        raise QueryError(error.problem, remedy=error.remedy) from error


def too_deep(limits: Limits) -> LimitError:
    """Make the refusal of a query that is nested too deep."""
    return LimitError(
        "nesting",
        400,
        f"more than {limits.nesting} brackets are open within one another.",
        remedy="write it flatter.",
    )


def demand_known_graph(name: str, graphs: Collection[str]) -> None:
    """Raise LimitError for the name of a graph that is not ours: it is not fetched."""
    if name not in graphs:
        raise LimitError(
            "from",
            400,
            f"there is no graph <{name}> here, and none is fetched.",
            remedy="leave FROM, or default-graph-uri and named-graph-uri, out.",
        )


def _chosen(found: list[Token], base: str) -> Iterator[str]:
    """Give the names in FROM and FROM NAMED (SPARQL 1.1, 13.2), resolved."""
    prefixes: dict[str, str] = {}
    for at, token in enumerate(found):
        after = found[at + 1 : at + 3]
        if token.is_word("BASE") and after:
            base = urljoin(base, after[0].text[1:-1])
        elif token.is_word("PREFIX") and len(after) == 2:
            prefixes[after[0].text] = urljoin(base, after[1].text[1:-1])
        elif token.is_word("FROM") and after:
            name = after[-1] if after[0].is_word("NAMED") else after[0]
            if name.kind == "iri":
                yield urljoin(base, name.text[1:-1])
            elif name.kind == "name":
                prefix, _, local = name.text.partition(":")
                yield prefixes.get(f"{prefix}:", "") + local

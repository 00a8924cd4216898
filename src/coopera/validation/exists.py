"""EXISTS: a SPARQL text in; the same with one triple pattern in each EXISTS out.

Oxigraph 0.5.13 joins the patterns of an EXISTS as if no variable of it were bound: in quadratic
time. EXISTS { a b } holds where EXISTS { a FILTER EXISTS { b } } does (SPARQL 1.1, 18.6).
"""

from itertools import count

from coopera.queries import Token, tokens

Pattern = tuple[str, str, str]


def nested(sparql: str) -> str:
    """Nest the patterns of each EXISTS that holds triple patterns and sequence paths only."""
    found = list(tokens(sparql))
    numbers = count(1)
    written, last = [], 0
    for at, token in enumerate(found[:-1]):
        if not token.is_word("EXISTS") or found[at + 1].text != "{":
            continue
        close = next((i for i in range(at + 2, len(found)) if found[i].text in "{}"), None)
        if close is None or found[close].text != "}":
            continue
        patterns = _patterns(found[at + 2 : close], numbers)
        if patterns is None or len(patterns) < 2:
            continue
        outside = [*found[:at], *found[close:]]
        bound = {t.text[1:] for t in outside if t.kind == "variable"}
        written += [sparql[last : token.start], _nest(patterns, bound)]
        last = found[close].end
    return "".join(written) + sparql[last:]


def _patterns(found: list[Token], numbers: "count[int]") -> list[Pattern] | None:
    """Read triple patterns, a sequence path as several; `None` for anything else."""
    groups: list[list[Token]] = [[]]
    for token in found:
        if token.text.startswith("_:"):
            return None  # a label may stand in one group only
        if token.text == ".":
            groups.append([])
        else:
            groups[-1].append(token)
    made: list[Pattern] = []
    for group in filter(None, groups):
        if len(group) < 3 or not all(_is_term(t) for t in (group[0], group[-1])):
            return None
        steps = _steps(group[1:-1])
        if steps is None:
            return None
        fresh = [f"?cpr_e{next(numbers)}" for _ in steps[1:]]
        nodes = [group[0].text, *fresh, group[-1].text]
        for step, start, end in zip(steps, nodes, nodes[1:], strict=False):
            made.append((end, step[1:], start) if step[0] == "^" else (start, step, end))
    return made


def _is_term(token: Token) -> bool:
    return token.kind in ("variable", "iri", "name")


def _steps(found: list[Token]) -> list[str] | None:
    steps = [""]
    for token in found:
        if token.text == "/":
            steps.append("")
        elif token.text == "^" and not steps[-1]:
            steps[-1] = "^"
        elif (_is_term(token) or token.text == "a") and steps[-1] in ("", "^"):
            steps[-1] += token.text
        else:
            return None
    return None if any(step in ("", "^") for step in steps) else steps


def _nest(patterns: list[Pattern], bound: set[str]) -> str:
    """Write patterns inside each other, each one linked to what is bound before it."""
    rest, order = list(patterns), []
    known = set(bound)
    while rest:
        best = max(rest, key=lambda p: _bound(p, known))
        rest.remove(best)
        order.append(best)
        known |= {t[1:] for t in best if t[0] in "?$"}
    inner = ""
    for pattern in reversed(order):
        filtered = f" FILTER {inner}" if inner else ""
        inner = f"EXISTS {{ {' '.join(pattern)} .{filtered} }}"
    return inner


def _bound(pattern: Pattern, known: set[str]) -> tuple[int, int]:
    """Count the variables of a pattern that are bound, and its constants."""
    variables = [term for term in pattern if term[0] in "?$"]
    return sum(v[1:] in known for v in variables), len(pattern) - len(variables)

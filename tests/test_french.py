"""The French of refusals, as the live pages show it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from coopera.server.french import SAID, french

SOURCE = Path(__file__).parents[1] / "src" / "coopera"
ROOMS = (
    "limits.py", "answers.py", "engines/oxigraph.py", "engines/syntax.py", "pool/runs.py", "pool/turns.py",
    *(f"server/{name}.py" for name in ("api", "app", "exchange", "reconciling", "sparql", "things")),
)  # fmt: skip
ELSEWHERE = {
    # Told where the server starts, or where a store cannot be read.
    "make it again from the files that it was made from.",
    "the store on disk cannot be read: 7.",
    "make it anew from its files, with coopera load.",
    "the store cannot be read: 7.",
    # Made of other texts; as they are in the end, they are tried below.
    "the answer has more than 7 7.",
    "the service is busy: 7.",
    "7.",
    "'7' is no 7, as the parameter 7 asks for.",
    "7: 7",
    "write 7=7, or ask in several parts.",
}


def refusals(path: Path) -> Iterator[str]:
    """Give the texts of the errors that a module makes, with 7 for what they quote."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith(
            ("Error", "Problem")
        ):
            for part in (*node.args, *(word.value for word in node.keywords)):
                match part:
                    case ast.Constant(value=str(text)) if " " in text:
                        yield text
                    case ast.JoinedStr(values=values):
                        yield "".join(str(getattr(value, "value", "7")) if
                                      isinstance(value, ast.Constant) else "7"
                                      for value in values)  # fmt: skip


MADE = {
    "the answer has more than 1,000 rows.",
    "the answer has more than 1,000 bytes.",
    "the service is busy: 7 queries are waiting already.",
    "'<a b>' is not a Turtle term (Invalid IRI).",
    "'x' is no date, as the parameter day asks for.",
    "'x' is no integer, as the parameter number asks for.",
    "'x' is no language, as the parameter language asks for.",
    "write day=all, or ask in several parts.",
}
FOUND = {text for name in ROOMS for text in refusals(SOURCE / name)}
TEXTS = sorted((FOUND - ELSEWHERE) | MADE)


@pytest.mark.parametrize("text", TEXTS)
def test_every_refusal_that_a_page_may_tell_has_its_french(text: str) -> None:
    assert french(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nothing is called 'a {} b'.", "rien ne s’appelle «\u00a0a {} b\u00a0»."),
        ("the query has 70,000 bytes; at most 65,536 are read.",
         "la requête a 70\u202f000 octets\u202f; 65\u202f536 au plus sont lus."),
        ("the query was stopped after 0.5 seconds.",
         "la requête a été arrêtée au bout de 0,5 secondes."),
        ("did you mean a, b?", "vouliez-vous dire a, b\u202f?"),
        ("choose among the 64 that are there, such as a, b.",
         "choisissez parmi les 64 qui s’y trouvent, comme a, b."),
    ],
)  # fmt: skip
def test_a_refusal_keeps_what_it_quotes_and_counts_in_french(text: str, said: str) -> None:
    assert french(text) == said


def test_no_text_is_excused_that_is_no_more() -> None:
    assert ELSEWHERE <= FOUND


def test_a_text_that_is_not_known_has_no_french() -> None:
    assert french("the moon is full.") is None


@pytest.mark.parametrize("text", SAID)
def test_both_texts_quote_the_same_in_the_same_order(text: str) -> None:
    holes = re.compile(r"\{n?\}")
    assert holes.findall(text) == holes.findall(SAID[text])

"""Reports for people: a report in; texts for a terminal, a pull request or a browser out."""

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from coopera import __version__
from coopera.errors import Place
from coopera.findings import SEVERITIES, Finding
from coopera.reports import words
from coopera.reports.excerpts import harmless, one_line, short, width
from coopera.reports.report import Report

LINE = 100
"""Columns of a line of the summary."""
MOST = 5
"""Shapes of which a summary tells the focus nodes."""
WIDEST = 72
"""Characters that a cell of the table may have."""
LONGEST = 240
"""Characters of a value, a path or a focus node that people are shown."""
COMMENT = 60_000
"""Characters of a Markdown report: a comment on GitHub holds 65,536."""

TEMPLATES = Path(__file__).parents[1] / "templates"

_COLOURS = {"error": "1;31", "warning": "1;33", "info": "1;36", "frame": "1;34", "strong": "1"}


def human(report: Report) -> str:
    """Write each finding with the lines of its file, then what was looked at."""
    blocks = [_block(report, finding) for finding in report.sorted]
    return "\n".join([*blocks, "\n".join(_summary(report)) + "\n"])


def _block(report: Report, finding: Finding) -> str:
    paint = _painter(report)
    kind = words.word(finding.severity, report.language)
    colon = words.word("colon", report.language)
    message = one_line(report.message(finding))
    head = paint(finding.severity, f"{one_line(finding.code)} {kind}")
    lines = [head + paint("strong", f"{colon} {message}")]
    excerpt = report.excerpts.get(finding.place) if finding.place else None
    indent = " " * (len(str(excerpt.lines[-1][0])) if excerpt else 1)
    bar = paint("frame", "|")
    if finding.place:
        lines.append(f"{indent}{paint('frame', '-->')} {_where(report, finding.place)}")
    if excerpt:
        lines.append(f"{indent} {bar}")
        for number, text in excerpt.lines:
            # Without a column the line itself is marked.
            at_fault = number == excerpt.line and excerpt.mark is None
            sign = paint(finding.severity, ">") if at_fault else bar
            lines.append(f"{paint('frame', str(number).rjust(len(indent)))} {sign} {text}".rstrip())
            if number == excerpt.line and excerpt.mark:
                start, end = excerpt.mark
                carets = "^" * max(1, width(text[start:end]))
                below = " " * width(text[:start]) + paint(finding.severity, carets)
                lines.append(f"{indent} {bar} {below}")
        lines.append(f"{indent} {bar}")
    equals = paint("frame", "=")
    lines += [
        f"{indent} {equals} {words.word(key, report.language)}{colon} {text}"
        for key, text in _details(report, finding)
    ]
    return "\n".join(lines) + "\n"


def _details(report: Report, finding: Finding) -> Iterator[tuple[str, str]]:
    """Tell what a finding says besides its message and its place, under the keys of the words."""
    language = report.language
    for key, text in (
        ("value", finding.value),
        ("path", finding.path),
        ("focus_node", finding.subject),
    ):
        if text:
            yield key, _term(report, text)
    advice = [report.remedy(finding), words.explained(finding.code, language)]
    if any(advice):
        semicolon = words.word("semicolon", language)
        yield "help", one_line(f"{semicolon} ".join(filter(None, advice)))
    shape = _term(report, finding.shape) if finding.shape else ""
    if finding.shape_place:
        where = _where(report, finding.shape_place)
        yield "shape", f"{where} ({shape})" if shape else where
    elif shape:
        yield "shape", shape


def _term(report: Report, text: str) -> str:
    """Give a term for a person; a blank node is called one."""
    label = report.label(text)
    if label.startswith("_:"):
        return f"{label} ({words.word('blank', report.language)})"
    return short(one_line(label), LONGEST)


def _where(report: Report, place: Place) -> str:
    parts = (report.file(place.path), place.line, place.column)
    return one_line(":".join(str(part) for part in parts if part is not None))


def _painter(report: Report) -> Callable[[str, str], str]:
    def paint(name: str, text: str) -> str:
        return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m" if report.colour else text

    return paint


def _summary(report: Report) -> list[str]:
    """Tell how many findings there are, what was looked at, and what is to be known of it."""
    paint = _painter(report)
    lines = [paint("strong", _tally(report)), *_wrapped(_checked(report), "  ")]
    if nodes := _nodes(report):
        lines += _wrapped(nodes, "  ")
    return lines + [line for note in _notes(report) for line in _wrapped(note, "  ")]


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, LINE, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _tally(report: Report) -> str:
    """Tell the number of findings, and how many there are of each severity."""
    language = report.language
    if not report.findings:
        return words.word("none", language)
    kinds = Counter(finding.severity for finding in report.findings)
    each = ", ".join(words.counted(kinds[s], s, language) for s in SEVERITIES if kinds[s])
    total = words.counted(len(report.findings), "findings", language)
    return f"{total}{words.word('colon', language)} {each}."


def _checked(report: Report) -> str:
    """Tell what was looked at, and how long it took."""
    language = report.language
    counts = [words.counted(n, name, language) for name, n in report.summary.counts.items()]
    time = words.word("in_time", language).format(words.seconds(report.summary.seconds, language))
    head = f"{words.word('checked', language)}{words.word('colon', language)}"
    return f"{head} {', '.join([*counts, time])}."


def focus_nodes(report: Report) -> str:
    """Tell the focus nodes of every shape that has any; empty where no shape was looked at."""
    return "".join(f"{line}\n" for line in _wrapped(_nodes(report, whole=True), "  "))


def _nodes(report: Report, whole: bool = False) -> str:
    """Tell the focus nodes of shapes that have any, most first, and how many shapes have none.

    A prefix that all have is told once. Unless the `whole` is asked for, the other shapes
    are counted. The shapes without are many where a project holds little: their number is enough.
    """
    language = report.language
    rows = _reached(report)
    found = {name.partition(":")[0] for name, _ in rows}
    shared = len(found) == 1 and len(rows) > 1 and found <= report.prefixes.namespaces.keys()
    common = f"{found.pop()}:" if shared else ""
    head = words.word("nodes_by_shape", language) + (f" ({common})" if common else "")
    told = [f"{name.removeprefix(common)}{words.NBSP}{number}" for name, number in rows]
    if not whole and len(told) > MOST + 1:
        told[MOST:] = [words.counted(len(told) - MOST, "others", language)]
    listed = f"{head}{words.word('colon', language)} {', '.join(told)}" if told else ""
    idle = len(report.reached) - len(rows)
    rest = words.counted(idle, "unreached", language) if idle else ""
    semicolon = words.word("semicolon", language)
    both = f"{semicolon} ".join(part for part in (listed, rest) if part)
    return f"{both}." if both else ""


def _reached(report: Report) -> list[tuple[str, str]]:
    """Name the shapes that have focus nodes, most first, and give their number."""
    return [
        (one_line(shape.name), words.grouped(shape.nodes, report.language))
        for shape in report.reached
        if shape.nodes
    ]


def _notes(report: Report) -> list[str]:
    name = words.word("note", report.language)
    colon = words.word("colon", report.language)
    return [f"{name}{colon} {_said(report, note)}" for note in report.summary.notes]


def _said(report: Report, text: dict[str, str]) -> str:
    return one_line(text.get(report.language) or text.get("en") or "")


def concise(report: Report) -> str:
    """Write one line a finding, as `Finding.text` gives it."""
    return "".join(one_line(_relative(report, f).text(report.language)) + "\n"
                   for f in report.sorted)  # fmt: skip


def _relative(report: Report, finding: Finding) -> Finding:
    place = finding.place
    return replace(
        finding,
        place=Place(Path(report.file(place.path)), place.line, place.column) if place else None,
        message={report.language: one_line(report.message(finding))},
        subject=one_line(report.label(finding.subject)),
    )


def table(report: Report) -> str:
    """Write aligned columns under their names; long cells are cut; then the tally."""
    language = report.language
    names = [words.word(n, language) for n in ("place", "severity", "code", "message")]
    rows = [
        [
            _where(report, finding.place) if finding.place else "",
            words.word(finding.severity, language),
            one_line(finding.code),
            short(one_line(report.message(finding)), WIDEST),
            short(one_line(report.label(finding.subject)), WIDEST),
        ]
        for finding in report.sorted
    ]
    if not rows:
        return _tally(report) + "\n"
    cells = [[*names, words.word("focus_node", language)], *rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, ["─" * columns for columns in widths])
    lines = [
        "  ".join(cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True))
        for row in cells
    ]
    return "\n".join([*(line.rstrip() for line in lines), _tally(report), ""])


def markdown(report: Report) -> str:
    """Write a comment for a pull request: the tally, then the findings by file.

    Findings that would make the comment too long for GitHub are counted, not shown.
    """
    parts = [f"### Coopera · {_tally(report)}\n"]
    foot = "\n".join(_marked(text) + "  " for text in (_checked(report), *_notes(report)))
    room = COMMENT - len(foot)
    left = len(report.findings)
    for file, findings in groupby(report.sorted, key=lambda f: _file(report, f)):
        head = f"\n#### {_code(file) if file else words.word('no_file', report.language)}\n\n"
        for finding in findings:
            item = head + _item(report, finding)
            if len(item) > room:
                break
            parts.append(item)
            head, room, left = "", room - len(item), left - 1
        else:
            continue
        break
    if left:
        told = words.counted(left, "findings", report.language)
        parts.append(f"\n{words.word('more', report.language).format(told)}\n")
    return f"{''.join(parts)}\n{foot.rstrip()}\n"


def _file(report: Report, finding: Finding) -> str:
    return one_line(report.file(finding.place.path)) if finding.place else ""


def _item(report: Report, finding: Finding) -> str:
    language = report.language
    line = finding.place.line if finding.place else None
    at = f", {words.word('line', language)} {line}" if line else ""
    kind = words.word(finding.severity, language)
    message = _marked(short(one_line(report.message(finding)), 4 * LONGEST))
    head = f"- **{kind} {_marked(one_line(finding.code))}**{at}{words.word('colon', language)}"
    details = [
        f"{words.word(key, language)} {_code(_term(report, text))}"
        for key, text in (
            ("focus_node", finding.subject),
            ("path", finding.path),
            ("value", finding.value),
        )
        if text
    ]
    return f"{head} {message}\n" + (f"  {', '.join(details)}\n" if details else "")


def _marked(text: str) -> str:
    """Write a text that stays itself in Markdown, and calls nobody and no issue by `@` or `#`."""
    escaped = re.sub(r"([\\`*_{}\[\]<>()|~!&$])", r"\\\1", text)
    return re.sub(r"([@#])", "\\1&#8203;", escaped)


def _code(text: str) -> str:
    """Write a text as code, between more backticks than it has in a row."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def html(report: Report) -> str:
    """Write one page that needs no script and asks no server for anything."""
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    files = [
        (file, [_card(report, finding) for finding in findings])
        for file, findings in groupby(report.sorted, key=lambda f: _file(report, f))
    ]
    idle = [one_line(shape.name) for shape in report.reached if not shape.nodes]
    return made.get_template("findings.html").render(
        lang=report.language,
        colon=words.word("colon", report.language),
        w={key: words.word(key, report.language) for key in words.WORDS},
        tally=_tally(report),
        checked=_checked(report),
        notes=_notes(report),
        files=files,
        nodes=_reached(report),
        idle=idle,
        idle_told=words.counted(len(idle), "unreached", report.language),
        version=__version__,
    )


def _card(report: Report, finding: Finding) -> dict[str, Any]:
    """Gather what the page tells of one finding; an excerpt's marked line in three pieces."""
    excerpt = report.excerpts.get(finding.place) if finding.place else None
    lines = []
    for number, text in excerpt.lines if excerpt else ():
        at_fault = excerpt is not None and number == excerpt.line
        start, end = excerpt.mark if excerpt and excerpt.mark and at_fault else (0, 0)
        lines.append((number, at_fault, text[:start], text[start:end], text[end:]))
    return {
        "severity": finding.severity,
        "kind": words.word(finding.severity, report.language),
        "code": harmless(finding.code),
        "message": one_line(report.message(finding)),
        "where": _where(report, finding.place) if finding.place else "",
        "lines": lines,
        "details": list(_details(report, finding)),
    }

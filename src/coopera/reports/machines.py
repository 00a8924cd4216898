"""Reports for machines: a report in; JSON, CSV, SARIF, JUnit and what forges read out."""

import csv
import io
import json
import os
import re
import xml.etree.ElementTree as ET  # it writes; what it reads is not asked of it
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pyoxigraph import NamedNode

from coopera import __version__
from coopera.errors import Place
from coopera.findings import SEVERITIES, Finding
from coopera.project import SETTINGS
from coopera.reports import words
from coopera.reports.excerpts import harmless, one_line
from coopera.reports.report import Report
from coopera.tables import Term

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
SARIF_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
GITHUB_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}
GITLAB_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}
# What is told of no file is told of the project's settings: GitHub refuses a whole SARIF file, and
# GitLab a report, where one result has no file.
NOWHERE = Place(Path(SETTINGS), 1)


def _json(document: object) -> str:
    """Write JSON that is safe to show: what a terminal would obey stands as an escape."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    escaped = re.sub(
        "[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]",
        lambda match: f"\\u{ord(match[0]):04x}",
        text,
    )
    return escaped + "\n"


def json_text(report: Report) -> str:
    """Write every member of every finding; terms as N-Triples, what is absent as `null`."""
    kinds = {s: sum(f.severity == s for f in report.findings) for s in SEVERITIES}
    summary = report.summary
    return _json(
        {
            "version": __version__,
            "language": report.language,
            "findings": [_finding(report, finding, mark) for finding, mark in report.marked],
            "summary": {
                "severities": kinds,
                "counts": summary.counts,
                "reached": {
                    shape.name if shape.key.startswith("_:") else shape.key: shape.nodes
                    for shape in report.reached
                },
                "seconds": summary.seconds,
                "notes": list(summary.notes),
            },
        }
    )


def _finding(report: Report, finding: Finding, mark: str) -> dict[str, Any]:
    result, place, shape_place = finding.result, finding.place, finding.shape_place
    end = finding.end
    path = _term(report, result.result_path) if result else None
    if result is None or not isinstance(result.result_path, NamedNode):
        path = finding.path or None
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "file": report.file(place.path) if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "endLine": end[0] if end else None,
        "endColumn": end[1] if end else None,
        "subject": report.label(finding.subject) or None,
        "focusNode": _term(report, result.focus_node) if result else None,
        "path": path,
        "value": _term(report, result.value_node) if result else finding.value or None,
        "component": result.component.value if result else None,
        "shape": _name(report, result.source_shape) if result else finding.shape or None,
        "shapeFile": report.file(shape_place.path) if shape_place else None,
        "shapeLine": shape_place.line if shape_place else None,
        "fingerprint": mark,
    }


def _term(report: Report, term: Term | None) -> str | None:
    return None if term is None else report.label(str(term))


def _name(report: Report, term: Term) -> str:
    return term.value if isinstance(term, NamedNode) else report.label(str(term))


COLUMNS = (
    "code", "severity", "message", "file", "line", "column", "subject", "path", "value", "shape",
    "fingerprint",
)  # fmt: skip

FORMULA = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that a spreadsheet takes for a formula, in whatever width."""


def csv_text(report: Report) -> str:
    """Write one row a finding under `COLUMNS`, the message in the report's language.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for finding, mark in report.marked:
        place = finding.place
        cells = (
            finding.code,
            finding.severity,
            one_line(report.message(finding)),
            report.file(place.path) if place else "",
            str((place.line or "") if place else ""),
            str((place.column or "") if place else ""),
            report.label(finding.subject),
            finding.path,
            report.label(finding.value),
            report.label(finding.shape),
            mark,
        )
        writer.writerow(_cell(cell) for cell in cells)
    return written.getvalue()


def _cell(text: str) -> str:
    shown = harmless(text)
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def sarif(report: Report) -> str:
    """Write SARIF 2.1.0; a result without a file is told of the project's settings."""
    codes = sorted({finding.code for finding in report.findings})
    files = sorted({_file(report, finding) for finding in report.findings})
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "Coopera",
                "version": __version__,
                "language": report.language,
                "rules": [_rule(report, code) for code in codes],
            }
        },
        "language": report.language,
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            "%SRCROOT%": {"description": {"text": words.word("source_root", report.language)}}
        },
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {"level": "note", "message": {"text": _sarif_text(_said(report, note))}}
                    for note in report.summary.notes
                ],
            }
        ],
        "artifacts": [{"location": _artifact(file)} for file in files],
        "results": [
            _result(report, finding, mark, codes, files) for finding, mark in report.marked
        ],
    }
    return _json({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(report: Report, code: str) -> dict[str, Any]:
    """Tell of a code: its shape's name and message, else those of its first finding."""
    first = next(finding for finding in report.sorted if finding.code == code)
    message = report.rule(code, "message") or report.message(first)
    explained = words.explained(code, report.language)
    help_text = f"{message} ({explained})" if explained else message
    return {
        "id": code,
        "shortDescription": {"text": _sarif_text(report.rule(code, "name") or message)},
        "fullDescription": {"text": _sarif_text(message)},
        "help": {"text": _sarif_text(help_text)},
        "defaultConfiguration": {"level": SARIF_LEVELS[first.severity]},
    }


def _result(
    report: Report, finding: Finding, mark: str, codes: list[str], files: list[str]
) -> dict[str, Any]:
    file = _file(report, finding)
    location: dict[str, Any] = {
        "physicalLocation": _physical(finding.place or NOWHERE, file, finding.end)
    }
    location["physicalLocation"]["artifactLocation"]["index"] = files.index(file)
    if finding.subject:
        location["logicalLocations"] = [
            {"fullyQualifiedName": report.label(finding.subject), "kind": "resource"}
        ]
    told: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": SARIF_LEVELS[finding.severity],
        "message": {"text": _sarif_text(_full_message(report, finding))},
        "locations": [location],
        "partialFingerprints": {"coopera/v1": mark},
    }
    if finding.shape_place:
        physical = _physical(finding.shape_place, report.file(finding.shape_place.path))
        name = report.label(finding.shape)
        text = f"{words.word('shape', report.language)} {name}".rstrip()
        told["relatedLocations"] = [
            {"id": 1, "physicalLocation": physical, "message": {"text": _sarif_text(text)}}
        ]
    return told


def _full_message(report: Report, finding: Finding) -> str:
    """Give the message with its path and focus node, as `Finding.text` gives them."""
    path = f" [{finding.path}]" if finding.path else ""
    about = f" ({report.label(finding.subject)})" if finding.subject else ""
    return f"{report.message(finding)}{path}{about}"


def _sarif_text(text: str) -> str:
    """Write a plain text message (SARIF 2.1.0, 3.11.5, 3.11.6): no placeholders, no links."""
    return one_line(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _physical(place: Place, file: str, end: tuple[int, int] | None = None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(file)}
    if place.line:
        physical["region"] = {"startLine": place.line}
        if place.column:
            physical["region"]["startColumn"] = place.column
            if end:
                physical["region"] |= {"endLine": end[0], "endColumn": end[1]}
    return physical


def _artifact(file: str) -> dict[str, Any]:
    """Name a file by a URI, relative to the root where it stands below it."""
    if Path(file).is_absolute():
        return {"uri": Path(file).as_uri()}
    return {"uri": quote(os.fsencode(file)), "uriBaseId": "%SRCROOT%"}


def _file(report: Report, finding: Finding) -> str:
    return report.file(finding.place.path) if finding.place else NOWHERE.path.as_posix()


def _said(report: Report, text: dict[str, str]) -> str:
    return text.get(report.language) or text.get("en") or ""


def github(report: Report) -> str:
    """Write one workflow command a finding, which GitHub shows beside the line."""
    return "".join(_command(report, finding) for finding in report.sorted)


def _command(report: Report, finding: Finding) -> str:
    place = finding.place
    properties = {"title": finding.code}
    if place:
        properties["file"] = report.file(place.path)
        if place.line:
            properties["line"] = str(place.line)
        if place.line and place.column:
            properties["col"] = str(place.column)
    told = ",".join(
        f"{name}={_escaped(harmless(value)).replace(':', '%3A').replace(',', '%2C')}"
        for name, value in properties.items()
    )
    message = _escaped(one_line(_full_message(report, finding)))
    return f"::{GITHUB_LEVELS[finding.severity]} {told}::{message}\n"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def gitlab(report: Report) -> str:
    """Write a code quality report; no two fingerprints are the same."""
    return _json(
        [
            {
                "description": one_line(_full_message(report, finding)),
                "check_name": finding.code,
                "fingerprint": mark,
                "severity": GITLAB_SEVERITIES[finding.severity],
                "location": {
                    "path": _file(report, finding),
                    "lines": {"begin": (finding.place.line if finding.place else None) or 1},
                },
            }
            for finding, mark in report.marked
        ]
    )


def junit(report: Report) -> str:
    """Write JUnit XML: a suite of findings for each file, then one of the shapes.

    A finding that fails the run is a failure, a milder one passes and says so in `system-out`. A
    shape none of whose focus nodes has a finding passes, and one that reaches no node is skipped.
    """
    suites = ET.Element("testsuites", name="coopera")
    for file, findings in groupby(report.sorted, key=lambda f: _suite(report, f)):
        suite = ET.SubElement(suites, "testsuite", name=file)
        seen: dict[str, int] = {}
        for finding in findings:
            name = _case_name(report, finding)
            seen[name] = seen.get(name, 0) + 1
            # GitLab keeps the first of two cases with one name.
            number = f" ({seen[name]})" if seen[name] > 1 else ""
            case = ET.SubElement(suite, "testcase", name=name + number, classname=file)
            if finding.place:
                case.set("file", file)
                case.set("line", str(finding.place.line or 1))
            message = _xml(one_line(_full_message(report, finding)))
            told = _xml(_case_text(report, finding))
            if report.fails(finding):
                failure = ET.SubElement(case, "failure", message=message, type=finding.severity)
                failure.text = told
            else:
                ET.SubElement(case, "system-out").text = told
    _shape_suite(report, suites)
    for suite in suites:
        for name, tag in (("tests", "testcase"), ("failures", ".//failure"),
                          ("errors", ".//error"), ("skipped", ".//skipped")):  # fmt: skip
            suite.set(name, str(len(suite.findall(tag))))
            suites.set(name, str(int(suites.get(name, "0")) + int(suite.get(name, "0"))))
        suite.set("time", "0")
    suites.set("time", f"{report.summary.seconds:.3f}")
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _suite(report: Report, finding: Finding) -> str:
    if finding.place is None:
        return words.word("project", report.language)
    return _xml(one_line(report.file(finding.place.path)))


def _case_name(report: Report, finding: Finding) -> str:
    """Name a case by what is at fault, not by its line, so that two runs compare."""
    value = report.label(finding.value)
    parts = (finding.code, report.label(finding.subject), finding.path, value)
    return _xml(one_line(" ".join(part for part in parts if part)))


def _case_text(report: Report, finding: Finding) -> str:
    place = finding.place
    parts = (report.file(place.path), place.line, place.column) if place else ()
    where = one_line(":".join(str(part) for part in parts if part is not None))
    told = one_line(_full_message(report, finding))
    remedy = one_line(report.remedy(finding))
    return "\n".join(line for line in (where, told, remedy) if line)


def _shape_suite(report: Report, suites: ET.Element) -> None:
    name = words.word("shapes", report.language)
    suite = ET.SubElement(suites, "testsuite", name=name)
    failed = _failed_shapes(report)
    for shape in report.reached:
        if shape.nodes and (failed is None or shape.key in failed):
            continue
        called = _xml(one_line(shape.name))
        case = ET.SubElement(suite, "testcase", name=called, classname=name)
        if not shape.nodes:
            message = words.word("no_node", report.language)
            ET.SubElement(case, "skipped", message=message)
    if not suites.findall(".//testcase"):  # a report without a case is an error to Jenkins
        ET.SubElement(suite, "testcase", name=words.word("run", report.language), classname=name)


def _failed_shapes(report: Report) -> set[str] | None:
    """Find the shapes with a target that findings come from; `None` where one's is not known."""
    failed: set[str] = set()
    for finding in report.findings:
        if finding.result is None:
            continue
        roots: set[str] = set()
        known: set[Term] = set()
        ahead: list[Term] = [finding.result.source_shape]
        while ahead:
            shape = ahead.pop()
            if shape not in known:
                known.add(shape)
                ahead += report.parents.get(shape, ())
                name = shape.value if isinstance(shape, NamedNode) else str(shape)
                roots |= {name} & report.summary.reached.keys()
        if not roots:
            return None
        failed |= roots
    return failed


def _xml(text: str) -> str:
    """Take out the characters that XML 1.0 cannot hold (2.2), even as a reference."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)

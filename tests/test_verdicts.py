"""Verdicts: from what severity on a run fails, and how often each code occurs."""

import pytest

from coopera.findings import SEVERITIES, Finding
from coopera.verdicts import FAIL_ON, exit_code, statistics


def finding(code: str, severity: str = "error", en: str = "wrong", fr: str = "faux") -> Finding:
    return Finding(code, severity, {"en": en, "fr": fr} if fr else {"en": en})


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [
        ("error", {"error"}),
        ("warning", {"error", "warning"}),
        ("info", {"error", "warning", "info"}),
        ("never", set()),
    ],
)
@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_finding_fails_a_run_from_the_chosen_severity_on(
    fail_on: str, failing: set[str], severity: str
) -> None:
    assert exit_code([finding("COOP201", severity)], fail_on) == (severity in failing)


@pytest.mark.parametrize("fail_on", FAIL_ON)
def test_no_finding_and_exit_zero_never_fail_a_run(fail_on: str) -> None:
    assert exit_code([], fail_on) == 0
    assert exit_code([finding("COOP201")], fail_on, exit_zero=True) == 0


def test_only_errors_fail_a_run_unless_told_otherwise() -> None:
    assert exit_code([finding("COOP201", "warning")]) == 0
    assert exit_code([finding("COOP201", "warning"), finding("COOP202")]) == 1


def test_statistics_count_codes_from_the_most_frequent_then_the_worst() -> None:
    found = [
        finding("COOP300", "info"),
        finding("COOP202", "warning"),
        finding("COOP201", "warning"),
        finding("COOP400"),
        finding("COOP300", "info"),
    ]

    table = statistics(found, "en")

    assert table.variables == ("count", "code", "severity", "message")
    assert [[cell.value for cell in row] for row in table.rows] == [  # type: ignore[union-attr]
        ["2", "COOP300", "info", "wrong"],
        ["1", "COOP400", "error", "wrong"],
        ["1", "COOP201", "warning", "wrong"],
        ["1", "COOP202", "warning", "wrong"],
    ]


def test_statistics_show_the_most_frequent_message_in_the_language() -> None:
    found = [finding("COOP201", en=text, fr="") for text in ("ends 2020", "ends 2021", "ends 2021")]
    found += [finding("COOP202")]

    def messages(language: str) -> list[str]:
        return [cell.value for cell in statistics(found, language).column("message") if cell]  # type: ignore[union-attr]

    assert messages("en") == ["ends 2021", "wrong"]
    assert messages("fr") == ["ends 2021", "faux"]

"""The commands that CI runners read: ours as they are meant, and none of anybody else's."""

import re

from example_counts import examples
from hostile_reports import TEXTS, full_of
from hypothesis import example, given, settings
from report_builders import finding, rendering, requirement
from runner_logs import Command, azure_commands, github_commands

from checker.presentation.escape import line
from checker.renderers import renderer
from checker.renderers.interface import Rendering
from checker.report.outcome import Enforcement, Outcome, Severity
from checker.report.report import RunWarning

HOSTILE = "%0A::add-mask::x\r\n::error::y ##[set-output name=a]b ##vso[task.complete]z, %3A;]%5D:%AZP25 \u202e\x1b[2J"


def github(whole: Rendering) -> list[Command]:
    return github_commands(renderer("github")(whole).decode())


def azure(whole: Rendering) -> list[Command]:
    return azure_commands(renderer("azure")(whole).decode())


@given(TEXTS)
@example(HOSTILE)
@example("")
@settings(deadline=None, max_examples=examples(50))
def test_github_s_runner_reads_each_text_and_no_command_of_the_tenant(text: str) -> None:
    fail, waived, error = Outcome.FAIL, Outcome.WAIVED, Outcome.ERROR
    whole = full_of(text)
    by_title = {one.requirement.name: one for one in whole.report.findings}
    *found, warning = github(whole)
    assert [one.name for one in found] == ["error", "error", "notice"]
    outcomes = []
    for command in found:
        one = by_title[command.properties["title"]]
        outcomes.append(one.outcome)
        assert command.message.endswith(f": {line(one.message)}")
        assert command.properties["file"] == line(f"folder/{text}.yaml")
        assert (command.properties["line"], command.properties["col"]) == ("2", "3")
    assert outcomes == [fail, error, waived]
    assert warning == Command("notice", {"title": "hostile"}, line(text))


@given(TEXTS)
@example(HOSTILE)
@example("")
@settings(deadline=None, max_examples=examples(50))
def test_azure_s_agent_reads_each_text_and_no_command_of_the_tenant(text: str) -> None:
    found = azure(full_of(text))
    assert [one.name for one in found] == ["task.logissue"] * 2
    for command in found:
        assert command.properties["type"] == "error"
        assert command.message.endswith(line(f"{text}."))
        assert command.properties["sourcepath"] == line(f"folder/{text}.yaml")
        assert (command.properties["linenumber"], command.properties["columnnumber"]) == ("2", "3")


@given(TEXTS)
@settings(deadline=None, max_examples=examples(30))
def test_each_command_is_a_line_of_plain_characters(text: str) -> None:
    for name in ("github", "azure"):
        lines = renderer(name)(full_of(text)).decode().split("\n")
        assert lines.pop() == ""
        assert all(re.match(r"::(error|notice)[ :]|##vso\[task\.logissue ", one) for one in lines)
        assert all(one.isprintable() for one in lines)


def test_a_failure_that_does_not_fail_the_gate_is_a_warning_that_says_so() -> None:
    whole = rendering([finding(enforcement=Enforcement.ADVISORY)], warnings=[RunWarning("stale", "Old data.")])
    (warning, notice) = github(whole)
    assert (warning.name, notice.name) == ("warning", "notice")
    assert warning.message.startswith("critical, does not fail the gate: AdminMFAV2 is at 50 %")
    # Azure has no third level.
    assert [one.properties["type"] for one in azure(whole)] == ["warning"]


def test_a_run_that_judged_nothing_is_no_silence() -> None:
    (only,) = github(rendering([finding(Outcome.SKIPPED)]))
    assert (only.name, only.message) == ("error", "Nothing was judged: every requirement was skipped.")


def test_the_worst_come_first_and_the_last_counts_those_left_out() -> None:
    severities = list(Severity)
    findings = [finding(of=requirement(f"r{number}", severity=severities[number % 5])) for number in range(25)]
    for found in (github(rendering(findings)), azure(rendering(findings))):
        assert len(found) == 10
        assert [one.message.partition(":")[0] for one in found[:9]] == ["critical"] * 5 + ["high"] * 4
        assert found[9].message.startswith("16 more of this level are left out; ")
    assert len(github(rendering(findings[:10]))) == 10
    assert "left out" not in str(github(rendering(findings[:10])))


def test_a_message_is_cut_before_the_runner_cuts_it() -> None:
    (one,) = github(rendering([finding(message="%" * 9_000)]))
    assert len(one.message) <= 4_096
    assert one.message.endswith("…")

"""The summary of a job: what a reader of Markdown finds in it."""

import re

import msgspec
import pytest
from example_counts import examples
from hostile_reports import TEXTS, full_of
from hypothesis import example, given, settings
from markdown_reader import OF_SITES, READER, kinds, tags
from report_builders import finding, rendering, requirement

from checker.renderers.interface import Rendering
from checker.renderers.markdown import render
from checker.report.finding import Since
from checker.report.framework import framework_coverage
from checker.report.outcome import Enforcement, Outcome, Severity
from checker.report.report import RunWarning

HOSTILE = "</summary></details> | `x` <b>@team #1</b> ![i](//a/b) [x](javascript:a) $x$ :tada: ## h\n\n- [ ] a\n```"
MEBIBYTE = 1024 * 1024


def blocks(text: str) -> list[tuple[str, str]]:
    """The structure of a page: its blocks in their order, and the text of its own HTML."""
    tokens = READER.parse(text)
    return [(one.type, one.content if one.type == "html_block" else one.tag) for one in tokens if one.type != "inline"]


def shown(whole: Rendering) -> str:
    return render(whole).decode()


@given(TEXTS.filter(str.strip))
@example(HOSTILE)
@settings(deadline=None, max_examples=examples(50))
def test_text_of_others_never_changes_the_page(text: str) -> None:
    page = shown(full_of(text))
    assert blocks(page) == blocks(shown(full_of("plain")))
    inline = {"text", "strong_open", "strong_close", "code_inline", "html_inline", "link_open", "link_close", "em_open"}
    found = kinds(page) - {kind for kind, _ in blocks(page)} - {"inline", "em_close", "softbreak"}
    assert found <= inline
    assert {tag for tag in tags(page) if "details" not in tag} <= {"<br>", "<code>", "</code>"}
    # Links are those of the policies and of Microsoft's portal.
    addresses = set(re.findall(r"<(https://[^>]*)>", page))
    assert all(one.startswith(("https://contoso.example/", "https://security.microsoft.com/")) for one in addresses)
    assert not OF_SITES.search(re.sub(r"<https://[^>]*>|^#+ ", "", page, flags=re.MULTILINE))


def test_the_verdict_comes_first_and_what_needs_nobody_is_folded() -> None:
    fails, advisory = finding(), finding(enforcement=Enforcement.ADVISORY, of=requirement("advisory"))
    others = [finding(one, of=requirement(one.value)) for one in (Outcome.WAIVED, Outcome.PASS, Outcome.ERROR)]
    page = shown(rendering([advisory, fails, *others], warnings=[RunWarning("a", "Data is old.")]))
    assert page.startswith("### ❌ FAIL: 1 finding fails the gate\n")
    outside = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
    assert re.findall(r"^#### (.*)$", outside, re.MULTILINE) == ["Fails the gate (1)", "Could not be judged (1)"]
    assert outside.count("| critical | `baseline/") == 2
    assert re.findall(r"<summary>(.*)</summary>", page) == [
        "Details of 2 findings",
        "Fails, but does not fail the gate (1)",
        "Waived (1)",
        "Passed (1)",
        "Warnings (1)",
    ]
    assert "until 2026-06-10, approved by ciso@contoso.example, SEC-204" in page
    assert "pass 1 · fail 2 · waived 1 · skipped 0 · error 1" in page


@pytest.mark.parametrize(
    ("outcome", "head"),
    [
        (Outcome.PASS, "### ✅ PASS: nothing fails the gate"),
        (Outcome.ERROR, "### ❔ COULD NOT JUDGE: the data does not show whether the policies hold"),
    ],
)
def test_the_other_verdicts(outcome: Outcome, head: str) -> None:
    assert shown(rendering([finding(outcome)])).splitlines()[0] == head


def test_details_say_where_why_and_since_when() -> None:
    since = Since("2026-05-01", or_earlier=True)
    whole = rendering([msgspec.structs.replace(finding(), since=since)])
    page = shown(msgspec.structs.replace(whole, uris={"policies/baseline.yaml": "infra/baseline.yaml"}))
    for text in (
        "- **at:** infra/baseline.yaml:4:5",
        "- **why:** Stolen passwords",
        "- **fails since:** 2026-05-01 or earlier",
        "- **see:** <https://security.microsoft.com/securescore>",
    ):
        assert text in page


def test_a_framework_is_shown_with_what_it_does_not_prove() -> None:
    whole = rendering([finding()])
    coverage = framework_coverage(whole.report.findings, "CIS")
    report = msgspec.structs.replace(whole.report, framework=coverage)
    page = shown(msgspec.structs.replace(whole, report=report))
    assert "<summary>CIS (1)</summary>" in page
    assert re.search(r"\| 5\.2\.2\.1 +\| 5\.0\.0 +\| failing \| no ", page)
    assert "- Controls of CIS that are not listed are not judged" in page


@pytest.mark.parametrize("taken", [0, 500_000, 899 * 1024, MEBIBYTE - 9_000])
def test_the_page_stays_below_github_s_limit_and_counts_what_it_leaves_out(taken: int) -> None:
    findings = [
        finding(
            of=requirement(f"r{number}", severity=Severity.LOW, rationale="é" * 700), message=f"{number} {'é' * 500}"
        )
        for number in range(1_000)
    ]
    data = render(msgspec.structs.replace(rendering(findings), taken=taken))
    assert len(data) + taken <= MEBIBYTE
    page = data.decode()
    rows = page.count("| low      | `baseline/")
    (rows_left,) = re.findall(r"\*(\d+) more rows are left out; the JSON report has all\.\*", page)
    assert rows + int(rows_left) == 1_000
    (left,) = re.findall(r"\*(\d+) more findings are left out", page)
    assert page.count("**`baseline/r") + int(left) == 1_000
    assert page.endswith("\n</details>\n")


def test_a_page_with_room_leaves_nothing_out() -> None:
    whole = rendering([finding(of=requirement(f"r{number}")) for number in range(200)])
    assert "left out;" not in shown(whole)

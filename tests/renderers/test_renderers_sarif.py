import json
import re
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import pytest
from report_builders import POLICY_FILE, POLICY_TEXT, finding, rendering, requirement, waiver_use

from checker.documents.location import SourceLocation
from checker.presentation.escape import uri_path
from checker.renderers.interface import Rendering
from checker.renderers.sarif import render
from checker.report.finding import Finding, Reference
from checker.report.outcome import Enforcement, Outcome, Severity

Profile = Literal["github", "full"]
PORTAL = "https://security.microsoft.com/securescore"
EVERY_OUTCOME = [
    finding(),
    finding(Outcome.PASS, of=requirement("passes")),
    finding(Outcome.WAIVED, of=requirement("waived")),
    finding(Outcome.SKIPPED, of=requirement("skipped"), control=None),
    finding(Outcome.ERROR, of=requirement("unclear")),
    finding(of=requirement("advised"), enforcement=Enforcement.ADVISORY),
]


def run(whole: Rendering) -> dict[str, Any]:
    log = json.loads(render(whole))
    assert log["$schema"] == "https://json.schemastore.org/sarif-2.1.0.json"
    assert log["version"] == "2.1.0"
    (only,) = log["runs"]
    return dict(only)


def run_of(findings: Sequence[Finding], profile: Profile = "github", **changes: Any) -> dict[str, Any]:
    return run(rendering(findings, options={"sarif-profile": profile}, **changes))


def rule_of(**changes: Any) -> dict[str, Any]:
    (only,) = run_of([finding(of=requirement(**changes))])["tool"]["driver"]["rules"]
    return dict(only)


def result_of(one: Finding, profile: Profile = "full", **changes: Any) -> dict[str, Any]:
    (only,) = run_of([one], profile, **changes)["results"]
    return dict(only)


def test_the_github_profile_holds_unwaived_failures_only() -> None:
    found = run_of(EVERY_OUTCOME)
    assert [result["ruleId"] for result in found["results"]] == ["baseline.admins-use-mfa", "baseline.advised"]
    assert [rule["id"] for rule in found["tool"]["driver"]["rules"]] == ["baseline.admins-use-mfa", "baseline.advised"]
    assert "suppressions" not in json.dumps(found)


def test_the_full_profile_holds_every_finding_with_kind_and_level() -> None:
    results = run_of(EVERY_OUTCOME, "full")["results"]
    assert [(result["properties"]["outcome"], result["kind"], result["level"]) for result in results] == [
        ("fail", "fail", "error"),
        ("pass", "pass", "none"),
        ("waived", "fail", "error"),
        ("skipped", "notApplicable", "none"),
        ("error", "open", "none"),
        ("fail", "fail", "error"),
    ]


def test_nothing_to_show_is_an_empty_list_not_a_missing_one() -> None:
    found = run_of([finding(Outcome.PASS)])
    assert found["results"] == []
    assert found["tool"]["driver"]["rules"] == []


@pytest.mark.parametrize(
    ("severity", "level", "security", "problem"),
    [
        (Severity.CRITICAL, "error", "9.5", "error"),
        (Severity.HIGH, "error", "8.0", "error"),
        (Severity.MEDIUM, "warning", "5.5", "warning"),
        (Severity.LOW, "note", "2.0", "recommendation"),
        (Severity.INFO, "note", None, "recommendation"),
    ],
)
def test_severity_becomes_level_and_security_severity(
    severity: Severity, level: str, security: str | None, problem: str
) -> None:
    one = run_of([finding(of=requirement(severity=severity))])
    (rule,) = one["tool"]["driver"]["rules"]
    assert rule["defaultConfiguration"]["level"] == level
    assert rule["properties"].get("security-severity") == security
    assert rule["properties"]["problem.severity"] == problem
    assert one["results"][0]["level"] == level


def test_a_waived_finding_is_suppressed_with_its_justification_and_place() -> None:
    waived = finding(Outcome.WAIVED)
    text = b"waivers:\n  - requirement: x\n    from: 2026-05-01\n  - requirement: y\n"
    files = {POLICY_FILE: POLICY_TEXT, "policies/waivers.yaml": text}
    result = result_of(waived, sources=files, uris={name: name for name in files})
    (suppression,) = result["suppressions"]
    place = suppression.pop("location")["physicalLocation"]
    assert suppression == {
        "kind": "external",
        "status": "accepted",
        "justification": "The scanner fleet moves in June (until 2026-06-10, approved by ciso@contoso.example)",
    }
    assert place["artifactLocation"] == {"uri": "policies/waivers.yaml", "uriBaseId": "SRCROOT", "index": 1}
    assert place["region"]["startLine"] == 4


def test_a_waiver_that_covers_nothing_suppresses_nothing() -> None:
    expired = msgspec.structs.replace(finding(), waiver=waiver_use(status="expired"))
    assert "suppressions" not in result_of(expired)


def test_rule_indexes_lead_to_their_rules() -> None:
    several = [*EVERY_OUTCOME, finding(control="Other"), finding(of=requirement("advised"), control="Other")]
    found = run_of(several, "full")
    rules = found["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) == 6
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in found["results"])


def test_a_rule_says_what_github_shows() -> None:
    assert rule_of() == {
        "id": "baseline.admins-use-mfa",
        "name": "AdminsUseMfa",
        "shortDescription": {"text": "Administrators sign in with MFA."},
        "fullDescription": {"text": "AdminMFAV2 must be at 100 % or more. Stolen passwords are the shortest way in."},
        "helpUri": "https://security.microsoft.com/securescore",
        "help": {
            "text": "AdminMFAV2 must be at 100 % or more. Stolen passwords are the shortest way in.\n\n"
            "What to do:\n\nPortal: https://security.microsoft.com/securescore\n\n"
            "References: CIS 5.0.0 5.2.2.1.\n\nOwner: identity@contoso.example",
            "markdown": "**Administrators sign in with MFA.**\n\nAdminMFAV2 must be at 100 % or more.\n\n"
            "Stolen passwords are the shortest way in.\n\n"
            "**What to do**\n\n[Open it in the portal](https://security.microsoft.com/securescore)\n\n"
            "**References**\n\n- CIS 5.0.0 5.2.2.1\n\n"
            "Owner: `identity@contoso.example`",
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["security", "secure-score", "baseline"],
            "precision": "very-high",
            "problem.severity": "error",
            "security-severity": "9.5",
            "owner": "identity@contoso.example",
            "references": ["CIS 5.0.0 5.2.2.1"],
        },
    }


@pytest.mark.parametrize("policy", ["security", "secure-score"])
def test_a_policy_called_like_a_tag_gives_no_tag_twice(policy: str) -> None:
    assert rule_of(policy=policy)["properties"]["tags"] == ["security", "secure-score"]


def test_a_derived_reference_says_so() -> None:
    rule = rule_of(references=(Reference(framework="NIST CSF", version="2.0", id="PR.DS-02", derived=True),))
    assert rule["properties"]["references"] == ["NIST CSF 2.0 PR.DS-02 (derived)"]
    assert "References: NIST CSF 2.0 PR.DS-02 (derived)." in rule["help"]["text"]


def test_tags_stay_few_whatever_the_references() -> None:
    references = tuple(Reference(framework="CIS", id=str(number)) for number in range(100))
    properties = rule_of(references=references)["properties"]
    assert len(properties["tags"]) == 3
    assert len(properties["references"]) == 100


def test_descriptions_are_cut_where_github_refuses_longer_ones() -> None:
    rule = rule_of(title="t" * 5000, sentence="s" * 3000, rationale="r" * 5000)
    assert len(rule["shortDescription"]["text"]) == 1024
    assert len(rule["fullDescription"]["text"]) == 1024
    assert "r" * 5000 in rule["help"]["text"]


def test_rule_ids_hold_no_slash_and_names_are_never_empty() -> None:
    rule = rule_of(identifier="--", policy="a-b")
    assert rule["id"] == "a-b.--"
    assert rule["name"] == "Requirement"


@pytest.mark.parametrize(
    "url",
    [
        "https://learn.microsoft.com/entra/mfa?tabs=a&b=%20c#top",
        "https://contoso.example",
        "https://contoso.example:8443/a/b;c=d,e~f",
        "https://contoso.example#x",
    ],
)
def test_an_https_reference_is_the_help_link(url: str) -> None:
    rule = rule_of(references=(Reference(framework="CIS", id="1"), Reference(framework="L", id="2", url=url)))
    assert rule["helpUri"] == url
    assert f"- [L 2]({url})" in rule["help"]["markdown"]


@pytest.mark.parametrize(
    "url",
    [
        "http://contoso.example/",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://user:secret@contoso.example/",
        "https://contoso.example/a b",
        "https://contoso.example/[x]",
        "https://contoso.example/%zz",
        "https://contoso.example/ü",
        "https://contoso.example/\n",
        "https://contoso.example/#a#b",
        "https://contoso.example/" + "/?" * 20000 + "<",
    ],
)
def test_any_other_reference_is_no_link(url: str) -> None:
    rule = rule_of(references=(Reference(framework="L", id="2", url=url),))
    assert rule["helpUri"] == PORTAL
    assert rule["help"]["markdown"].count("](") == 1
    # Nor is the control's own.
    one = finding(of=requirement(references=(Reference(framework="L", id="2", url=url),)), portal_url=url)
    (rule,) = run_of([one])["tool"]["driver"]["rules"]
    assert "helpUri" not in rule
    assert "](" not in rule["help"]["markdown"]
    assert "What to do" not in rule["help"]["markdown"]


def help_of(*findings: Finding, **changes: Any) -> dict[str, str]:
    (rule,) = run_of(findings, **changes)["tool"]["driver"]["rules"]
    return dict(rule["help"])


def test_the_help_says_what_microsoft_says_with_its_links() -> None:
    html = (
        "<p>Do <b>this</b>:</p><ol><li>Open <a href='https://entra.microsoft.com/x'>Entra [admin]</a></li>"
        "<li>Turn it on</li></ol><a href='javascript:alert(1)'>click</a><img src='https://spy.example/'>"
    )
    said = help_of(finding(remediation=html, portal_url="https://entra.microsoft.com/mfa"))
    assert (
        "**What to do**\n\nDo this&#58;\n\n1. Open [Entra &#91;admin&#93;](https://entra.microsoft.com/x)\n"
        "2. Turn it on\n\nclick\n\n[Open it in the portal](https://entra.microsoft.com/mfa)"
    ) in said["markdown"]
    assert "What to do:\n\nPortal: https://entra.microsoft.com/mfa" in said["text"]
    assert "spy" not in said["markdown"]
    assert "javascript" not in said["markdown"]


def test_links_of_the_help_do_not_tell_the_tenant() -> None:
    tenant = "3f8b2c1e-6a44-4d0b-9c57-0c1f5e2a7b11"
    html = f"<a href='https://portal.example/a?tid={tenant}&x=1'>a</a> <a href='https://portal.example/{tenant}'>b</a>"
    said = help_of(finding(remediation=html), tenant=tenant)
    assert tenant not in said["markdown"] + said["text"]
    assert "https://portal.example/a?x=1" in said["markdown"]


def test_a_selection_s_help_speaks_of_each_control_those_that_fail_first() -> None:
    each = requirement(per_control=True)
    good = finding(Outcome.PASS, of=each, control="Good", remediation="Leave it")
    bad = finding(of=each, control="Bad_*", title="Is [bad](x)", remediation="Change it", portal_url=f"{PORTAL}/bad")
    said = help_of(good, bad, bad, profile="full")
    heading, code = "`Bad_*` Is &#91;bad&#93;(x)", "`Good`"
    assert f"{heading}\n\nChange it\n\n[Open it in the portal]({PORTAL}/bad)\n\n{code}" in said["markdown"]
    assert said["markdown"].index("Change it") < said["markdown"].index("Leave it")
    assert said["markdown"].count("Change it") == 1
    assert "Bad_* - Is [bad](x)\n\nPortal: " in said["text"]


def test_the_help_of_many_controls_stays_bounded() -> None:
    each = requirement(per_control=True)
    many = [finding(of=each, control=f"C{number}", remediation="<p>word word</p>" * 9000) for number in range(150)]
    said = help_of(*many)
    assert 10_000 < len(said["markdown"]) < 60_000
    assert len(said["text"]) < 12_000
    assert "…" in said["markdown"]
    assert all("And 50 more controls." in text for text in said.values())


def test_fingerprints_outlive_edits_and_tell_controls_apart() -> None:
    def prints(one: Finding, **changes: Any) -> dict[str, str]:
        return dict(result_of(one, **changes)["partialFingerprints"])

    before = prints(finding())
    assert re.fullmatch(r"[0-9a-f]{16}:1", before["primaryLocationLineHash"])
    assert re.fullmatch(r"[0-9a-f]{64}", before["scoregateResult/v1"])
    edited = requirement(
        title="Another title",
        sentence="AdminMFAV2 must be at 80 % or more",
        severity=Severity.LOW,
        location=SourceLocation(POLICY_FILE, 40, 7),
    )
    assert prints(finding(of=edited, message="Another message.")) == before
    assert prints(finding(Outcome.WAIVED)) == before
    # Which control counted is data, unless the requirement has a finding for each.
    assert prints(finding(control="Other")) == before
    each = requirement(per_control=True)
    others = [
        prints(finding(of=each)),
        prints(finding(of=each, control="Other")),
        prints(finding(of=requirement("other"))),
    ]
    assert prints(finding(of=each, control=None)) == before
    assert len({one["primaryLocationLineHash"] for one in (before, *others)}) == 4
    elsewhere = prints(finding(), tenant="another")
    assert elsewhere["primaryLocationLineHash"] == before["primaryLocationLineHash"]
    assert elsewhere["scoregateResult/v1"] != before["scoregateResult/v1"]


def test_a_result_stands_on_its_policys_line_and_at_its_control() -> None:
    found = run_of([finding(), finding(control=None, of=requirement("overall"))])
    (first,), (second,) = (result["locations"] for result in found["results"])
    assert first["physicalLocation"] == {
        "artifactLocation": {"uri": "policies/baseline.yaml", "uriBaseId": "SRCROOT", "index": 0},
        "region": {
            "startLine": 4,
            "startColumn": 5,
            "endLine": 4,
            "endColumn": 23,
            "snippet": {"text": "id: admins-use-mfa"},
        },
    }
    logical = found["logicalLocations"]
    assert [place["fullyQualifiedName"] for place in logical] == [
        "3f8b2c1e-6a44-4d0b-9c57-0c1f5e2a7b11",
        "3f8b2c1e-6a44-4d0b-9c57-0c1f5e2a7b11/AdminMFAV2",
    ]
    assert logical[1]["parentIndex"] == 0
    assert first["logicalLocations"][0]["index"] == 1
    assert second["logicalLocations"][0]["index"] == 0
    (artifact,) = found["artifacts"]
    assert (artifact["location"]["uri"], artifact["length"]) == ("policies/baseline.yaml", len(POLICY_TEXT))
    assert found["originalUriBaseIds"] == {
        "SRCROOT": {"description": {"text": "Root of the repository that holds the policy files."}}
    }


def test_every_result_and_notification_has_a_file_even_without_its_text() -> None:
    found = run_of(EVERY_OUTCOME, "full", sources={}, uris={})
    notes = found["invocations"][0]["toolExecutionNotifications"]
    for item in [*found["results"], *notes]:
        region = item["locations"][0]["physicalLocation"]["region"]
        assert (region["startLine"], region["startColumn"], region["endLine"], region["endColumn"]) == (4, 5, 4, 6)
        assert item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "policies/baseline.yaml"


@pytest.mark.parametrize(
    ("text", "line", "column", "snippet", "end"),
    [
        (b"a: 1\r\n  - id: x\r\n", 2, 5, "id: x", 10),
        (b"\xef\xbb\xbfab\n", 1, 1, "ab", 3),
        ("- {title: 漢字👍, id: x}\n".encode(), 1, 3, "{title: 漢字👍, id: x}", 22),
        (b"a\n", 9, 3, None, 4),
        (b"\xff\xfe: x\n", 1, 1, "\ufffd\ufffd: x", 6),
    ],
)
def test_regions_count_characters_of_the_line(
    text: bytes, line: int, column: int, snippet: str | None, end: int
) -> None:
    place = SourceLocation("p.yaml", line, column)
    result = result_of(finding(of=requirement(location=place)), sources={"p.yaml": text}, uris={})
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region.get("snippet", {}).get("text") == snippet
    assert (region["startColumn"], region["endColumn"]) == (column, end)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("policies/a.yaml", "policies/a.yaml"),
        ("a b/ü [x](1) 100% #1?.yaml", "a%20b/%C3%BC%20%5Bx%5D%281%29%20100%25%20%231%3F.yaml"),
        ("C:\\p.yaml", "C%3A%5Cp.yaml"),
        ("a\udcff.yaml", "a%3F.yaml"),
    ],
)
def test_uris_are_percent_encoded(path: str, uri: str) -> None:
    assert uri_path(path) == uri
    result = result_of(finding(), uris={POLICY_FILE: path})
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_a_judged_run_is_a_successful_execution_whatever_the_verdict() -> None:
    (failed,) = run_of([finding()])["invocations"]
    assert failed == {
        "executionSuccessful": True,
        "exitCode": 1,
        "exitCodeDescription": "the gate failed",
        "startTimeUtc": "2026-05-22T09:00:00Z",
        "endTimeUtc": "2026-05-22T09:00:00Z",
    }
    (passed,) = run_of([finding(Outcome.PASS)])["invocations"]
    assert (passed["executionSuccessful"], passed["exitCode"]) == (True, 0)


@pytest.mark.parametrize("profile", ["github", "full"])
def test_an_error_makes_the_execution_unsuccessful_and_is_named(profile: Profile) -> None:
    message = "NoMaximum [x](1) has no maximum."
    unclear = finding(Outcome.ERROR, of=requirement("unclear"), message=message)
    (invocation,) = run_of([finding(), unclear], profile)["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 1)
    (note,) = invocation["toolExecutionNotifications"]
    assert note["level"] == "error"
    assert note["message"]["text"] == r"'baseline/unclear' could not be judged: NoMaximum \[x\](1) has no maximum."


def test_a_run_that_skipped_everything_closes_no_alert() -> None:
    (invocation,) = run_of([finding(Outcome.SKIPPED)])["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
    (note,) = invocation["toolExecutionNotifications"]
    assert note == {"level": "error", "message": {"text": "Nothing was judged: every requirement was skipped."}}


def test_the_category_is_of_the_tenant_and_its_policies() -> None:
    identifier = run_of([finding()])["automationDetails"]["id"]
    category, _, last = identifier.rpartition("/")
    assert category == "scoregate/3f8b2c1e-6a44-4d0b-9c57-0c1f5e2a7b11/baseline"
    assert last == "2026-05-22T09:00:00Z"


def test_tenant_data_makes_no_links_in_messages() -> None:
    result = result_of(finding(message="Declared by [x](1) \\ ##[error] \x1b.", control="a/b [y](2)"))
    assert result["message"] == {"text": r"Declared by \[x\](1) \\ ## \[error\] \\x1b."}
    assert result["locations"][0]["logicalLocations"][0]["name"] == "a/b [y](2)"

import datetime
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import NOW, here, see

from checker import __version__
from checker.policy import packs
from checker.policy.lint import lint
from checker.presentation.screen import Screen
from checker.views.lint import LintResult, render

TODAY = datetime.date(2026, 5, 22)
HEAD = "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: contoso}\n"
WAIVERS = "---\napiVersion: scoregate/v1\nkind: Waivers\nwaivers:\n"
BAD = HEAD + "controls:\n  - {id: x, control: A, sevrity: low}\n"
WARNED = HEAD + "controls:\n  - {id: x, control: A, severity: high}\n"
Capture = pytest.CaptureFixture[str]


def waiver(requirement: str, start: str = "2026-01-01", until: str = "2026-12-31") -> str:
    return f"  - {{requirement: '{requirement}', from: {start}, until: {until}, reason: r, approvedBy: a}}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    return tmp_path


def warnings(text: str) -> list[tuple[str, str]]:
    Path("p.yaml").write_text(text)
    return [(problem.rule, problem.message) for problem in lint(["p.yaml"], [], TODAY).problems]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (waiver("contoso/x"), []),
        (waiver("CONTOSO/X"), []),
        (waiver("contoso/*"), []),
        (
            waiver("contoso/y"),
            [("waiver-of-nothing", "no requirement is named contoso/y (did you mean 'contoso/x'?)")],
        ),
        (waiver("zzz"), [("waiver-of-nothing", "no requirement is named zzz")]),
        (waiver("other/*"), [("waiver-of-nothing", "no requirement is named other/*")]),
        (waiver("contoso/x", until="2027-01-01"), []),
        (
            waiver("contoso/x", until="2027-01-02"),
            [("waiver-too-long", "runs for 366 days but may run for 365, so it covers nothing")],
        ),
        (waiver("contoso/x", until="2026-05-22"), [("waiver-ending", "ends on 2026-05-22, in 0 days")]),
        (waiver("contoso/x", until="2026-05-21"), [("waiver-expired", "ended on 2026-05-21")]),
        (waiver("contoso/x", until="2026-06-21"), [("waiver-ending", "ends on 2026-06-21, in 30 days")]),
        (waiver("contoso/x", until="2026-06-22"), []),
        (
            waiver("contoso/x", start="0001-01-01", until="9999-12-31"),
            [("waiver-too-long", "runs for 3652058 days but may run for 365, so it covers nothing")],
        ),
    ],
)
def test_what_looks_wrong_with_a_waiver(entry: str, expected: list[tuple[str, str]]) -> None:
    assert warnings(HEAD + "controls: [{id: x, control: A}]\n" + WAIVERS + entry) == expected


def test_the_shortest_term_of_the_policies_that_a_pattern_covers_counts() -> None:
    policies = (
        HEAD
        + "waivers: {maximumDays: 90}\ncontrols: [{id: x, control: A}]\n---\n"
        + HEAD.replace("contoso", "lenient")
        + "controls: [{id: x, control: A}]\n"
    )
    too_long = [("waiver-too-long", "runs for 151 days but may run for 90, so it covers nothing")]
    assert warnings(policies + WAIVERS + waiver("*/x", "2026-03-02", "2026-07-31")) == too_long
    assert warnings(policies + WAIVERS + waiver("lenient/x", "2026-03-02", "2026-07-31")) == []


def test_waivers_alone_are_looked_at_and_not_said_to_cover_nothing() -> None:
    assert warnings(WAIVERS + waiver("contoso/x")) == []
    assert warnings("apiVersion: scoregate/v1\nkind: Waivers\nwaivers: []\n") == []


def test_a_waiver_of_an_entry_with_a_fault_is_not_said_to_cover_nothing() -> None:
    (fault,) = warnings(BAD + WAIVERS + waiver("contoso/x"))
    assert fault[0] == "invalid-document"


def test_the_nearest_name_is_looked_for_as_often_as_a_person_would_read_it() -> None:
    controls = "controls:\n" + "".join(f"  - {{id: entry-{index}, control: A}}\n" for index in range(500))
    found = warnings(HEAD + controls + WAIVERS + "".join(waiver(f"contoso/entri-{index}") for index in range(500)))
    assert len(found) == 500
    assert sum("did you mean" in message for _, message in found) == 20


def test_the_folder_policies_is_checked_where_nothing_is_named(folder: Path, capfd: Capture) -> None:
    (folder / "policies" / "p.yaml").write_text(WARNED)
    ended = here(capfd, "lint")
    text = "policies/p.yaml:5:5: warning: x: contoso/x has severity high but no rationale\n"
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.decode() == text + "1 policy, 1 requirement, 0 waivers: 0 errors, 1 warning\n"


def test_a_name_from_the_settings_that_no_file_can_have(capfd: Capture) -> None:
    Path("scoregate.toml").write_text('policy = ["a\\u0000b"]\n')
    ended = here(capfd, "lint", "-o", "sarif=out.sarif", "-o", "text")
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith("scoregate: scoregate.toml:1: policy names a\\x00b, which is not in the working folder")


def test_nothing_is_wrong_with_the_pack_that_ships(capfd: Capture) -> None:
    ended = here(capfd, "lint", "pack:essentials")
    assert ended.code == 0
    assert ended.out.endswith(b" requirements, 0 waivers: 0 errors, 0 warnings\n")


def test_paths_options_and_standard_input_are_read_together(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("p.yaml").write_text(WARNED)
    Path("w.yaml").write_text(WAIVERS + waiver("contoso/x"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.replace("contoso", "piped").encode())))
    ended = here(capfd, "lint", "-", "-p", "p.yaml", "--waivers", "w.yaml", "--now", NOW)
    assert ended.code == 2
    assert ended.out.decode().splitlines() == [
        "<stdin>:5:25: error: controls[0].sevrity: unknown key 'sevrity' (did you mean 'severity'?)",
        "p.yaml:5:5: warning: x: contoso/x has severity high but no rationale",
        "2 policies, 1 requirement, 1 waiver: 1 error, 1 warning",
    ]


def test_json(capfd: Capture) -> None:
    Path("p.yaml").write_text(BAD.replace("sevrity", '"sevrity\\e"') + "  - {id: y, control: B, severity: high}\n")
    ended = here(capfd, "lint", "p.yaml", "-o", "json")
    assert ended.code == 2
    assert json.loads(ended.out) == {
        "apiVersion": "scoregate/v1",
        "kind": "Lint",
        "policies": 1,
        "requirements": 1,
        "waivers": 0,
        "tests": 0,
        "problems": [
            {
                "level": "error",
                "rule": "invalid-document",
                "location": {"file": "p.yaml", "line": 5, "column": 25},
                "path": "controls[0].sevrity\x1b",
                "message": "unknown key 'sevrity\\x1b' (did you mean 'severity'?)",
            },
            {
                "level": "warning",
                "rule": "no-rationale",
                "location": {"file": "p.yaml", "line": 6, "column": 5},
                "path": "y",
                "message": "contoso/y has severity high but no rationale",
            },
        ],
    }


def test_sarif(folder: Path, capfd: Capture) -> None:
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    Path("policies/ä b.yaml").write_text(BAD + "  - {id: y, control: B, severity: high}\n")
    ended = here(capfd, "lint", "policies", "-o", "sarif=out.sarif", "-o", "text")
    assert (ended.code, ended.out.count(b"\n")) == (2, 3)
    (run,) = json.loads(Path("out.sarif").read_bytes())["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("scoregate lint", __version__)
    assert [(rule["id"], rule["name"], rule["defaultConfiguration"]["level"]) for rule in driver["rules"]] == [
        ("invalid-document", "InvalidDocument", "error"),
        ("no-rationale", "NoRationale", "warning"),
    ]
    assert [(found["ruleId"], found["ruleIndex"], found["level"]) for found in run["results"]] == [
        ("invalid-document", 0, "error"),
        ("no-rationale", 1, "warning"),
    ]
    fault = run["results"][0]
    text = "'controls\\[0\\].sevrity': unknown key 'sevrity' (did you mean 'severity'?)."
    assert fault["message"] == {"text": text}
    assert fault["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "policies/%C3%A4%20b.yaml", "uriBaseId": "SRCROOT"},
                "region": {"startLine": 5, "startColumn": 25, "endLine": 5, "endColumn": 26},
            }
        }
    ]


def test_every_rule_that_lint_knows_is_described_in_sarif() -> None:
    text = (
        BAD.replace("contoso", "bad")
        + "---\n"
        + WARNED
        + WAIVERS
        + waiver("contoso/x", until="2026-05-21")
        + waiver("contoso/x", until="2026-06-01")
        + waiver("contoso/x", until="2027-06-01")
    )
    Path("faulty.yaml").write_text(text)
    Path("nothing.yaml").write_text(WARNED + WAIVERS + waiver("contoso/q"))
    rules = set()
    for name in ("faulty.yaml", "nothing.yaml"):
        sarif = json.loads(render("sarif", LintResult(lint([name], [], TODAY), {})))
        rules |= {rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]}
    assert sorted(rules) == [
        "invalid-document",
        "no-rationale",
        "waiver-ending",
        "waiver-expired",
        "waiver-of-nothing",
        "waiver-too-long",
    ]


def test_colours_mark_the_level_only() -> None:
    Path("p.yaml").write_text(BAD + "  - {id: y, control: B, severity: high}\n")
    result = LintResult(lint(["p.yaml"], [], TODAY), {})
    plain, coloured = render("text", result), render("text", result, Screen(colour=True))
    assert coloured == plain.replace(b": error:", b": \x1b[31merror\x1b[0m:").replace(
        b": warning:", b": \x1b[33mwarning\x1b[0m:"
    )


def test_an_output_that_cannot_be_written_is_the_callers_mistake(capfd: Capture) -> None:
    Path("p.yaml").write_text(WARNED)
    ended = here(capfd, "lint", "p.yaml", "-o", "json=absent/lint.json", "-o", "text")
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith("scoregate: absent/lint.json: cannot be written: ")


def test_formats_of_other_commands_are_refused(capfd: Capture) -> None:
    ended = here(capfd, "lint", "-o", "junit")
    assert (ended.code, ended.err) == (2, "scoregate: -o takes text, json, sarif, got 'junit'\n" + see("usage"))


@pytest.mark.parametrize("name", packs.names())
def test_the_packs_that_ship_have_no_warning(name: str) -> None:
    assert [f"{problem.place}: {problem.message}" for problem in lint([f"pack:{name}"], [], TODAY).problems] == []

"""``--tenant-label``: on every command that applies waivers, from the command line or the environment alone."""

import json
from pathlib import Path

import pytest
from command_line import NOW, here, policy, snapshot

Capture = pytest.CaptureFixture[str]
WAIVERS = """\
apiVersion: scoregate/v1
kind: Waivers
waivers:
  - {requirement: small/mfa, tenantLabel: production, from: 2026-05-01, until: 2026-12-31, reason: r, approvedBy: a}
"""
ASKED = ("-p", "small.yaml", "--waivers", "w.yaml", "--snapshot", "snapshot.json", "--now", NOW)
LABEL = ("--tenant-label", "production")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    policy(tmp_path, "controls: [{id: mfa, control: AdminMFAV2, profile: {state: ThirdParty}}]")
    snapshot(tmp_path)
    (tmp_path / "w.yaml").write_text(WAIVERS, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("label", "code"),
    [((), 1), (LABEL, 0), (("--tenant-label", "eu", *LABEL), 0), (("--tenant-label", "Production"), 1)],
)
def test_a_run_of_a_label_passes_by_its_waivers(label: tuple[str, ...], code: int, capfd: Capture) -> None:
    assert here(capfd, "check", *ASKED, *label).code == code


def test_the_variable_holds_several(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOREGATE_TENANT_LABEL", "subsidiary production")
    assert here(capfd, "check", *ASKED).code == 0
    # The command line replaces it.
    assert here(capfd, "check", *ASKED, "--tenant-label", "subsidiary").code == 1
    monkeypatch.setenv("SCOREGATE_TENANT_LABEL", "")
    assert here(capfd, "check", *ASKED).code == 1


def test_the_report_says_which_labels_the_run_had_in_any_order(capfd: Capture) -> None:
    one = here(capfd, "check", *ASKED, *LABEL, "--tenant-label", "eu", "-o", "json").out
    other = here(capfd, "check", *ASKED, "--tenant-label", "eu", *LABEL, *LABEL, "-o", "json").out
    assert one == other
    (used,) = (use for use in json.loads(one)["provenance"] if use["option"] == "tenant-label")
    assert (used["values"], used["source"]) == (["eu", "production"], "command-line")


@pytest.mark.parametrize("label", ["", "two words", "-x", ".x", "ü", "a/b", "a\n", "x" * 65])
def test_what_is_no_label_is_refused(label: str, capfd: Capture) -> None:
    ended = here(capfd, "check", *ASKED, f"--tenant-label={label}")
    assert (ended.code, ended.out) == (2, b"")
    assert "expected a label of at most 64 letters, digits, '.', '-' and '_' that begins with" in ended.err


def test_the_file_of_settings_grants_no_label(folder: Path, capfd: Capture) -> None:
    (folder / "scoregate.toml").write_text('tenant-label = ["production"]\n', encoding="utf-8")
    ended = here(capfd, "check", *ASKED)
    assert (ended.code, ended.out) == (2, b"")
    assert "scoregate.toml:1: tenant-label is not taken from this file, which a pull request can change\n" in ended.err
    assert "Give --tenant-label on the command line, or SCOREGATE_TENANT_LABEL in the environment." in ended.err


def test_a_label_that_looks_misspelt_is_named(capfd: Capture) -> None:
    ended = here(capfd, "check", *ASKED, "--tenant-label", "producton", "-o", "json")
    assert ended.code == 1
    said = [one["message"] for one in json.loads(ended.out)["warnings"]]
    mistake = "covers nothing: the tenant has no label production (did you mean 'producton'?)."
    assert f"The waiver of small/mfa at w.yaml:4:5 {mistake}" in said


def test_the_list_tells_which_waivers_are_of_another_label(capfd: Capture) -> None:
    rows = [
        json.loads(here(capfd, "waivers", "list", *ASKED, "-o", "json", *label).out)["waivers"][0]
        for label in ((), LABEL)
    ]
    assert [(one["tenantLabel"], one["status"]) for one in rows] == [
        ("production", "other-label"),
        ("production", "in-force"),
    ]


@pytest.mark.parametrize(
    ("command", "waived", "failing"),
    [
        (("plan", "--exit-code", *ASKED), "Nothing to do.", "Plan: 1 change."),
        (("guide", *ASKED), "", "small/mfa"),
        (("explain", "small/mfa", *ASKED), "waived", "fail"),
        (("whatif", "--drop", "AdminMFAV2", *ASKED), "pass", "fail"),
        (("diff", "snapshot.json", "snapshot.json", *ASKED[:4], "-o", "json"), '"pass"', '"fail"'),
    ],
)
def test_every_command_that_applies_waivers_takes_the_label(
    command: tuple[str, ...], waived: str, failing: str, capfd: Capture
) -> None:
    without, labelled = (here(capfd, *command, *label) for label in ((), LABEL))
    assert without.code in {0, 1}, without.err
    assert failing in without.out.decode()
    assert labelled.code == 0, labelled.err
    assert waived in labelled.out.decode()
    assert failing not in labelled.out.decode()


def test_nothing_is_judged_where_present_states_become_a_policy(capfd: Capture) -> None:
    ended = here(capfd, "plan", "--import", "--snapshot", "snapshot.json", "--now", NOW, *LABEL)
    assert (ended.code, ended.out) == (2, b"")
    assert "leave --tenant-label out" in ended.err

"""A checkout that links to files of the machine: nothing of them reaches a message or a report."""

from pathlib import Path

import pytest
from command_line import NOW, PASSING, ROOT, here, policy, snapshot

from checker.errors import JournalError
from checker.remediation.journal_file import reopen_journal

Capture = pytest.CaptureFixture[str]

SECRET = "client_secret: canary-7f3a\n"


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "checkout" / "policies").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "checkout")
    path = tmp_path / "token.yaml"
    path.write_text(SECRET, encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["check", "lint"])
@pytest.mark.parametrize("how", ["file", "folder", "through a linked folder", "waivers"])
def test_a_policy_that_is_a_link_out_of_the_checkout_is_not_read(
    how: str, command: str, secret: Path, capfd: Capture
) -> None:
    checkout = Path.cwd()
    policies = checkout / "policies"
    policy(policies, PASSING)
    (policies / "x.yaml").symlink_to(secret)
    (checkout / "around").symlink_to(secret.parent)
    named = {
        "file": ["-p", "policies/x.yaml"],
        "folder": ["-p", "policies"],
        "through a linked folder": ["-p", "around/token.yaml"],
        "waivers": ["-p", "policies/small.yaml", "--waivers", "policies/x.yaml"],
    }[how]
    if command == "check":
        named += ["--snapshot", snapshot(secret.parent), "--now", NOW]
    elif how == "waivers":
        named = ["policies/x.yaml"]
    else:
        named = [part for part in named if part != "-p"]
    ended = here(capfd, command, *named)
    assert ended.code == 2
    said = ended.err + ended.out.decode()
    assert "is a link to a file outside the folder; replace the link with the file" in said
    assert "client_secret" not in said
    assert "canary" not in said


def test_a_folder_of_policies_elsewhere_is_held_to_itself(secret: Path, capfd: Capture) -> None:
    other = secret.parent / "other"
    other.mkdir()
    (other / "x.yaml").symlink_to(secret)
    ended = here(capfd, "lint", str(other))
    assert ended.code == 2
    assert "canary" not in ended.err + ended.out.decode()


def test_links_inside_the_checkout_are_followed(secret: Path, capfd: Capture) -> None:
    del secret
    policy(Path("policies"), PASSING)
    Path("linked.yaml").symlink_to("policies/small.yaml")
    assert here(capfd, "lint", "linked.yaml").code == 0


def test_a_file_that_is_named_by_a_path_outside_is_the_callers_own_choice(secret: Path, capfd: Capture) -> None:
    policy(secret.parent, PASSING)
    assert here(capfd, "lint", "../small.yaml").code == 0
    assert here(capfd, "lint", str(secret.parent / "small.yaml")).code == 0


def test_a_journal_that_is_a_link_out_of_the_checkout_is_not_continued(secret: Path) -> None:
    secret.write_bytes((ROOT / "tests" / "fuzz" / "corpus" / "journals" / "whole.jsonl").read_bytes())
    before = secret.read_bytes()
    Path("j.jsonl").symlink_to(secret)
    with pytest.raises(JournalError, match="is a link out of the working folder"):
        reopen_journal("j.jsonl")
    assert secret.read_bytes() == before

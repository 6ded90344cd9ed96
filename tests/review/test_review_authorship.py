"""An approval of the base counts only for what its approver has not written, as git's history says."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from command_line import here

Capture = pytest.CaptureFixture[str]
DEV, CISO = "Dev <dev@contoso.example>", "Carla Ciso <ciso@contoso.example>"
POLICY = """\
apiVersion: scoregate/v1
kind: Policy
metadata: {name: p}
parameters: {least: {type: number, default: 60}}
score:
  - {id: overall, minimum: {percent: "${least}"}}
controls:
  - id: x
    control: AdminMFAV2
    severity: high
    rationale: r
  - id: y
    control: OneAdmin
    severity: high
    rationale: r
"""
APPROVALS = """\
apiVersion: scoregate/v1
kind: Waivers
waivers: []
approvals: [{requirement: 'p/*', change: looser, reason: agreed on, approvedBy: "%s"}]
"""
LOWER = POLICY.replace("severity: high", "severity: low", 1)


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], check=True, capture_output=True)
    return done.stdout.decode()


class Repository:
    """A repository with an approval in its base, on a branch of a change."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def write(self, **files: str | None) -> None:
        for name, text in files.items():
            path = self.place / {"policy": "policies/p.yaml", "mailmap": ".mailmap"}.get(name, f"policies/{name}.yaml")
            if text is None:
                path.unlink()
            else:
                path.write_text(text)

    def commit(self, author: str, message: str = "change", *options: str) -> None:
        git("add", "-A")
        git("commit", "-q", "--allow-empty", f"--author={author}", "-m", message, *options)

    def approved_by(self, approver: str, **files: str) -> None:
        self.write(approvals=APPROVALS % approver, **files)
        self.commit(CISO, "approve")
        git("branch", "base")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    place, home = tmp_path / "repository", tmp_path / "home"
    (place / "policies").mkdir(parents=True)
    home.mkdir()
    monkeypatch.chdir(place)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (home / ".gitconfig").write_text("[user]\nname = Committer\nemail = committer@contoso.example\n")
    git("init", "-q", "-b", "main")
    made = Repository(place)
    made.write(policy=POLICY)
    made.commit(CISO, "first")
    return made


def reviewed(capfd: Capture, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    ended = here(capfd, "review", "--base", "base", "--forbid", "looser", "-o", "json", *arguments)
    assert ended.code in {0, 1}, ended.err
    answer = json.loads(ended.out)
    return ended.code, [one for name in ("requirements", "waivers") for one in answer[name]]


def refusal(capfd: Capture, *arguments: str) -> str:
    code, changes = reviewed(capfd, *arguments)
    assert code == 1
    assert [one["approvedBy"] for one in changes] == [None] * len(changes)
    return str(changes[0]["notApproved"])


@pytest.mark.parametrize("approver", ["ciso@contoso.example", "Carla Ciso", CISO])
def test_an_approval_by_another_person_counts(approver: str, repository: Repository, capfd: Capture) -> None:
    repository.approved_by(approver)
    repository.write(policy=LOWER)
    repository.commit(DEV)
    code, changes = reviewed(capfd)
    assert (code, changes[0]["approvedBy"], changes[0]["notApproved"]) == (0, approver, None)


@pytest.mark.parametrize("approver", ["DEV@contoso.example", "dev", "Dev, on behalf of the CISO", DEV])
def test_nobody_approves_what_they_wrote(approver: str, repository: Repository, capfd: Capture) -> None:
    repository.approved_by(approver)
    repository.write(policy=LOWER)
    repository.commit(DEV)
    assert refusal(capfd).startswith(f"{approver} wrote it (")


@pytest.mark.parametrize(
    ("approver", "author"),
    [
        ("dev+policies@contoso.example", "X <dev@contoso.example>"),
        ("dev@contoso.example", "X <Dev+ci@contoso.example>"),
        ("dev@users.noreply.github.com", "X <1234+dev@users.noreply.github.com>"),
    ],
)
def test_a_mailbox_under_another_spelling_is_the_same_person(
    approver: str, author: str, repository: Repository, capfd: Capture
) -> None:
    repository.approved_by(approver)
    repository.write(policy=LOWER)
    repository.commit(author)
    assert "wrote it" in refusal(capfd)


def test_a_co_author_wrote_it_too(repository: Repository, capfd: Capture) -> None:
    repository.approved_by("ciso@contoso.example")
    repository.write(policy=LOWER)
    repository.commit(DEV, f"lower\n\nCo-authored-by: {CISO}")
    assert "wrote it" in refusal(capfd)


def test_the_mailmap_of_the_base_counts_and_that_of_the_head_does_not(repository: Repository, capfd: Capture) -> None:
    private = "Carla <carla@home.example>"
    repository.approved_by("ciso@contoso.example", mailmap=f"{CISO} <carla@home.example>\n")
    repository.write(policy=LOWER, mailmap="Nobody <nobody@x.example> <carla@home.example>\n")
    repository.commit(private)
    assert "wrote it" in refusal(capfd)


def test_a_mailmap_of_the_head_hides_no_author(repository: Repository, capfd: Capture) -> None:
    repository.approved_by("ciso@contoso.example")
    repository.write(policy=LOWER, mailmap=f"{DEV} <ciso@contoso.example>\n")
    repository.commit(CISO)
    assert "wrote it" in refusal(capfd)


def test_only_the_lines_that_loosen_count(repository: Repository, capfd: Capture) -> None:
    repository.approved_by("ciso@contoso.example")
    repository.write(policy=LOWER)
    repository.commit(DEV)
    repository.write(policy=LOWER.replace("rationale: r", "rationale: better"))
    repository.commit(CISO)
    assert reviewed(capfd)[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(POLICY.replace("default: 60", "default: 50"), id="a parameter"),
        pytest.param(POLICY[: POLICY.index("  - id: y")], id="lines that are gone"),
        pytest.param(
            POLICY.replace("score:", "waivers: {maximumDays: 365}\nwhen: {enabledServices: [A]}\nscore:"),
            id="a condition",
        ),
    ],
)
def test_where_no_line_says_it_everybody_in_the_change_counts(
    change: str, repository: Repository, capfd: Capture
) -> None:
    repository.approved_by("ciso@contoso.example")
    repository.write(policy=change)
    repository.commit(DEV)
    assert reviewed(capfd)[0] == 0
    repository.commit(CISO, "nothing")
    assert "wrote it" in refusal(capfd)


WAIVER = """\
apiVersion: scoregate/v1
kind: Waivers
waivers:
  - requirement: p/x
    from: 2026-01-01
    until: 2026-12-31
    reason: some reason
    approvedBy: ciso@contoso.example
"""


@pytest.mark.parametrize(("author", "code"), [(DEV, 0), (CISO, 1)])
def test_a_waiver_is_its_authors(author: str, code: int, repository: Repository, capfd: Capture) -> None:
    repository.approved_by("ciso@contoso.example")
    repository.write(waiver=WAIVER)
    repository.commit(author)
    assert reviewed(capfd, "--now", "2026-05-22")[0] == code


@pytest.mark.parametrize("what", ["changed", "deleted"])
def test_what_is_not_committed_is_nobodys(what: str, repository: Repository, capfd: Capture) -> None:
    repository.write(other=POLICY.replace("name: p", "name: p2"))
    repository.commit(CISO)
    repository.approved_by("ciso@contoso.example")
    repository.write(policy=LOWER)
    repository.commit(DEV)
    repository.write(other=POLICY.replace("name: p", "name: p2") + "#\n" if what == "changed" else None)
    _, changes = reviewed(capfd)
    assert changes[0]["notApproved"] == "policies/other.yaml is not committed, so nobody can say who changed it"
    assert reviewed(capfd, "--head", "HEAD")[0] == 0


def test_a_shallow_clone_does_not_know_who_wrote_it(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    repository.approved_by("ciso@contoso.example")
    repository.write(policy=LOWER)
    repository.commit(DEV)
    git("clone", "-q", "--depth=1", f"file://{repository.place}", str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    ended = here(capfd, "review", "--base", "origin/base")
    assert ended.code == 2
    assert "origin/base is not in this clone" in ended.err
    assert "fetch-depth: 0" in ended.err
    git("fetch", "-q", "--depth=1", "origin", "base:base")
    assert "this clone is shallow" in refusal(capfd)


class TestSigned:
    """With a key of ssh, as git verifies it."""

    @pytest.fixture(autouse=True)
    def key(self, repository: Repository, tmp_path: Path) -> Path:
        key = tmp_path / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        git("config", "--global", "gpg.format", "ssh")
        git("config", "--global", "user.signingkey", str(key))
        self.trust("dev@contoso.example", tmp_path / "signers", key)
        repository.approved_by("ciso@contoso.example")
        repository.write(policy=LOWER)
        return key

    @staticmethod
    def trust(principal: str, signers: Path, key: Path) -> None:
        signers.write_text(f"{principal} {key.with_suffix('.pub').read_text()}")
        git("config", "--global", "gpg.ssh.allowedSignersFile", str(signers))

    def test_a_good_signature_counts_and_none_does_not(self, repository: Repository, capfd: Capture) -> None:
        repository.commit(DEV)
        assert reviewed(capfd)[0] == 0
        assert "has no good signature (git says N)" in refusal(capfd, "--require-signed")
        repository.commit(DEV, "change", "--amend", "-S")
        assert reviewed(capfd, "--require-signed")[0] == 0

    def test_a_key_that_nobody_trusts_does_not(self, repository: Repository, tmp_path: Path, capfd: Capture) -> None:
        repository.commit(DEV, "change", "-S")
        (tmp_path / "signers").write_text("")
        assert "has no good signature" in refusal(capfd, "--require-signed")

    def test_who_signs_under_another_name_wrote_it(
        self, repository: Repository, tmp_path: Path, key: Path, capfd: Capture
    ) -> None:
        self.trust("ciso@contoso.example", tmp_path / "signers", key)
        repository.commit(DEV, "change", "-S")
        assert "wrote it" in refusal(capfd, "--require-signed")

    def test_signers_that_the_change_can_alter_do_not(self, repository: Repository, key: Path, capfd: Capture) -> None:
        self.trust("dev@contoso.example", repository.place / "signers", key)
        repository.commit(DEV, "change", "-S")
        assert "in the checkout, where the change itself can alter it" in refusal(capfd, "--require-signed")


def test_nothing_of_the_repository_runs(repository: Repository, tmp_path: Path, capfd: Capture) -> None:
    ran = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {ran}\ncat\n")
    program.chmod(0o755)
    repository.approved_by("ciso@contoso.example")
    repository.write(policy=LOWER)
    (repository.place / ".gitattributes").write_text("*.yaml diff=evil filter=evil\n")
    repository.commit(DEV, "change")
    names = ("diff.evil.textconv", "diff.evil.command", "diff.external", "core.fsmonitor", "core.pager", "gpg.program")
    for name in (*names, "filter.evil.smudge", "filter.evil.clean", "gpg.ssh.program", "core.sshCommand"):
        git("config", name, str(program))
    git("config", "core.hooksPath", str(tmp_path))
    git("config", "blame.ignoreRevsFile", "/nowhere")
    ran.unlink(missing_ok=True)
    assert reviewed(capfd)[0] == 0
    reviewed(capfd, "--require-signed")
    assert not ran.exists()

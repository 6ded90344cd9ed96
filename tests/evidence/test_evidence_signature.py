"""``check --sign-with`` and ``evidence verify --allowed-signers``: OpenSSH's signature over the manifest."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from command_line import FAILING, here, policy, says_one_thing, scoregate, snapshot
from evidence_support import SMALL, kept, rewritten

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs OpenSSH")
ASKED = ("--allowed-signers", "signers", "--signer", "gate@contoso.example")


def key(name: str, passphrase: str = "") -> str:
    """Makes a key, and gives the line of its public half."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", name]
    subprocess.run(command, check=True)
    return Path(f"{name}.pub").read_text("utf-8").strip()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    policy(tmp_path, FAILING)
    snapshot(tmp_path)
    public = key("key")
    (tmp_path / "signers").write_text(
        f'gate@contoso.example namespaces="scoregate-evidence" {public}\n'
        f'files@contoso.example namespaces="file" {public}\n',
        encoding="utf-8",
    )
    return tmp_path


def test_a_good_signature_and_each_bad_one(folder: Path, capfd: Capture) -> None:
    assert here(capfd, *SMALL, "--evidence", "run.zip", "--sign-with", "key").code == 1
    good = here(capfd, "evidence", "verify", "run.zip", *ASKED)
    assert good.code == 0, good
    assert "signature   good, by gate@contoso.example" in good.out.decode()
    assert "Digests prove" not in good.out.decode()
    assert here(capfd, "replay", "run.zip").code == 0

    def refused(name: str, *asked: str) -> str:
        ended = here(capfd, "evidence", "verify", name, *asked, "-o", "json")
        answer = json.loads(ended.out)
        assert (ended.code, answer["verdict"]) == (1, "unproven"), answer
        reason = answer["signature"]["reason"]
        return f"{answer['signature']['state']}: {reason}" if reason else str(answer["signature"]["state"])

    # Another person, another purpose, a key that is not listed, another manifest, something that is no signature.
    assert refused("run.zip", *ASKED[:3], "other@contoso.example").startswith("bad: ")
    assert refused("run.zip", *ASKED[:3], "files@contoso.example").startswith("bad: ")
    (folder / "others").write_text(f"gate@contoso.example {key('second')}\n", encoding="utf-8")
    assert refused("run.zip", "--allowed-signers", "others", *ASKED[2:]).startswith("bad: ")
    spaced = rewritten(folder, lambda members: members.update({"manifest.json": members["manifest.json"] + b" "}))
    assert refused(spaced, *ASKED).startswith("bad: ")
    nonsense = rewritten(folder, lambda members: members.update({"manifest.json.sig": b"x"}))
    assert refused(nonsense, *ASKED).startswith("bad: ")
    unsigned = rewritten(folder, lambda members: members.__delitem__("manifest.json.sig"))
    assert refused(unsigned, *ASKED) == "absent"


def test_a_key_with_a_passphrase_signs_through_an_agent(
    folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "signers").write_text(f"gate@contoso.example {key('closed', 'secret-words')}\n", encoding="utf-8")
    ask = folder / "ask"
    ask.write_text("#!/bin/sh\necho secret-words\n", encoding="utf-8")
    ask.chmod(0o700)
    started = subprocess.run(["ssh-agent", "-c"], capture_output=True, check=True, text=True).stdout
    words = started.replace(";", "").split()
    monkeypatch.setenv("SSH_AUTH_SOCK", words[words.index("SSH_AUTH_SOCK") + 1])
    try:
        asking = {**os.environ, "SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": "x"}
        subprocess.run(["ssh-add", "-q", "closed"], env=asking, check=True, stdin=subprocess.DEVNULL)
        assert here(capfd, *SMALL, "--evidence", "run.zip", "--sign-with", "closed.pub").code == 1
    finally:
        os.kill(int(words[words.index("SSH_AGENT_PID") + 1]), signal.SIGTERM)
    assert here(capfd, "evidence", "verify", "run.zip", *ASKED).code == 0


@pytest.mark.usefixtures("folder")
def test_a_signature_that_nobody_asks_for_is_said_to_be_unchecked(capfd: Capture) -> None:
    assert here(capfd, *SMALL, "--evidence", "run.zip", "--sign-with", "key").code == 1
    ended = here(capfd, "evidence", "verify", "run.zip")
    assert ended.code == 0
    assert "signature   present, not checked" in ended.out.decode()
    assert "The signature was not checked" in ended.out.decode()
    assert here(capfd, *SMALL, "--evidence", "plain.zip").code == 1
    said = here(capfd, "evidence", "verify", "plain.zip").out.decode()
    assert "signature   none" in said
    assert "Whoever rewrites the file writes new digests too" in " ".join(said.split())


def test_signing_changes_nothing_else(folder: Path, capfd: Capture) -> None:
    assert here(capfd, *SMALL, "--evidence", "run.zip", "--sign-with", "key").code == 1
    signed = kept(folder)
    assert here(capfd, *SMALL, "--evidence", "run.zip").code == 1
    assert signed.pop("manifest.json.sig").startswith(b"-----BEGIN SSH SIGNATURE-----")
    assert kept(folder) == signed


@pytest.mark.parametrize("kind", ["passphrase", "no key", "no ssh-keygen"])
def test_what_can_not_sign_leaves_the_verdict_and_no_file(kind: str, folder: Path) -> None:
    variables = {}
    if kind == "passphrase":
        key("closed", "secret-words")
    elif kind == "no key":
        (folder / "closed").write_text("not a key\n", encoding="utf-8")
        (folder / "closed").chmod(0o600)
    else:
        shutil.copy("key", "closed")
        (folder / "empty").mkdir()
        variables = {"PATH": str(folder / "empty")}
    arguments = (*SMALL, "--evidence", "run.zip", "--sign-with", "closed")
    ended = scoregate(*arguments, folder=folder, variables=variables)
    assert (ended.code, says_one_thing(ended.err)) == (1, True), ended
    assert b"small/overall" in ended.out
    wanted = "is not installed" if kind == "no ssh-keygen" else "closed: the evidence can't be signed"
    assert wanted in ended.err
    assert not (folder / "run.zip").exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--signer", "x"), "--signer has no effect without --allowed-signers FILE"),
        (("--allowed-signers", "signers"), "--allowed-signers has no effect without --signer"),
        (("--allowed-signers", "absent", "--signer", "x"), "absent: cannot be read"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_half_a_question_is_refused(asked: tuple[str, ...], said: str, capfd: Capture) -> None:
    assert here(capfd, *SMALL, "--evidence", "run.zip").code == 1
    ended = here(capfd, "evidence", "verify", "run.zip", *asked)
    assert (ended.code, ended.out) == (2, b"")
    assert said in ended.err

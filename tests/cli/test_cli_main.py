import errno
import json
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from command_line import FAILING, ROOT, environment, here, policy, says_one_thing, scoregate, shell, snapshot

from checker import __version__
from checker.cli.main import _internal_error
from checker.cli.registry import COMMANDS


def test_without_a_command_the_help_is_shown_as_it_is(capfd: pytest.CaptureFixture[str]) -> None:
    ended = here(capfd)
    assert ended.code == 2
    assert ended.err.startswith("Usage: scoregate [OPTIONS] COMMAND [ARGS]...\n\n  Policy-as-code")
    assert ended.out == b""


def test_the_help_lists_every_command(capfd: pytest.CaptureFixture[str]) -> None:
    ended = here(capfd, "--help")
    assert ended.code == 0
    assert all(f"\n  {name} " in ended.out.decode() for name in COMMANDS)
    assert ended.err == ""


def test_the_version(capfd: pytest.CaptureFixture[str]) -> None:
    assert here(capfd, "--version").out == f"scoregate {__version__}\n".encode()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("chek",), "scoregate: No such command 'chek' (did you mean 'check'?)\n  Try 'scoregate --help'.\n"),
        (("xyzzy",), "scoregate: No such command 'xyzzy'.\n  Try 'scoregate --help'.\n"),
        (("check", "--fail-on", "hihg"), "scoregate: Invalid value for '--fail-on': 'hihg' is not one of "),
        (
            ("check", "--tenant"),
            "scoregate: Option '--tenant' requires an argument.\n",
        ),
        (("--no-such-option",), "scoregate: No such option"),
        (("schema", "polic"), "scoregate: Invalid value for '["),
        (("check",), "scoregate: no policy: name one with -p PATH\n"),
        (("check", "-p", "pack:essentials"), "scoregate: no source: give --snapshot PATH, --store URL "),
        (("fetch", "--sandbox"), "scoregate: nowhere to write the snapshot: give -o PATH, --store URL"),
        (("fetch", "-o", "x", "--sandbox", "--days", "91"), "scoregate: Invalid value for '--days': 91 "),
        (
            ("check", "-p", "pack:essentials", "--sandbox", "--snapshot", "x"),
            "scoregate: --snapshot and --sandbox ",
        ),
        (("check", "-p", "x", "--snapshot", "-", "--snapshot", "-"), "scoregate: standard input can be read once"),
        (("check", "-p", "x", "--sandbox", "--timeout", "nan"), "scoregate: Invalid value for '--timeout': "),
        (("check", "-p", "x", "--tenant", "a/b"), "scoregate: --tenant expects an id or a domain, got 'a/b'\n"),
        (
            ("check", "-p", "x", "--tenant", "t", "--auth", "client-secret"),
            "scoregate: sign-in by client secret needs --client-id or ",
        ),
        (("check", "-p", "x", "--tenant", "t", "--graph-url", "http://g"), "scoregate: --graph-url expects an https"),
        (("check", "-p", "x", "--tenant", "t", "--authority-url", "http://g"), "scoregate: --authority-url expects an"),
    ],
)
def test_usage_errors_are_one_message_and_exit_2(
    arguments: tuple[str, ...],
    said: str,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = here(capfd, *arguments)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(said)
    assert says_one_thing(ended.err)
    assert list(tmp_path.iterdir()) == []


def test_what_came_from_outside_is_made_harmless(capfd: pytest.CaptureFixture[str]) -> None:
    ended = here(capfd, "check", "-p", "no\x1b[31m\nthing", "--sandbox")
    assert ended.code == 2
    assert "\x1b" not in ended.err
    assert says_one_thing(ended.err)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("scoregate --help", 0),
        ("scoregate check --help", 0),
        ("scoregate schema report", 0),
        ("scoregate lint small.yaml", 0),
        ("scoregate check -p small.yaml --snapshot snapshot.json -o json", 1),
        ("PYTHONUNBUFFERED=1 scoregate check -p small.yaml --snapshot snapshot.json", 1),
        ("PYTHONUNBUFFERED=1 scoregate check -p small.yaml --snapshot snapshot.json -o sarif", 1),
    ],
)
def test_a_reader_that_goes_away_changes_neither_the_exit_code_nor_says_anything(
    command: str, code: int, tmp_path: Path
) -> None:
    policy(tmp_path, FAILING)
    snapshot(tmp_path)
    # The reader is gone before the first byte is written.
    reader, writer = os.pipe()
    os.close(reader)
    script = f'scoregate() {{ "{sys.executable}" -m checker "$@"; }}\nexport -f scoregate\n{command}'
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment(),
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (code, b"")


def test_the_first_line_of_a_report_can_be_taken(tmp_path: Path) -> None:
    policy(tmp_path, FAILING)
    snapshot(tmp_path)
    command = "scoregate check -p small.yaml --snapshot snapshot.json -o sarif"
    script = f'{command} | head -1; echo "${{PIPESTATUS[0]}}"'
    ended = shell(script, folder=tmp_path)
    assert ended.out.splitlines()[-1] == b"1"
    assert ended.err == ""


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("scoregate check -p small.yaml --snapshot snapshot.json >&-", 2, "scoregate: standard output is closed\n"),
        ("scoregate check -p small.yaml --snapshot snapshot.json -o json=r.json >&-", 1, ""),
        (
            "scoregate check -p small.yaml --snapshot snapshot.json >/dev/full",
            2,
            "scoregate: standard output cannot be written: no space left on device\n",
        ),
        ("scoregate --help >/dev/full", 2, "scoregate: standard output cannot be written: no space left on device\n"),
        ("scoregate init new >/dev/full", 2, "scoregate: standard output cannot be written: no space left on device\n"),
        ("scoregate check -p nothing.yaml --sandbox 2>&-", 2, ""),
        ("scoregate check -p nothing.yaml --sandbox 2>/dev/full", 2, ""),
    ],
)
def test_streams_that_are_closed_or_full(command: str, code: int, said: str, tmp_path: Path) -> None:
    policy(tmp_path, FAILING)
    snapshot(tmp_path)
    ended = shell(command, folder=tmp_path)
    assert (ended.code, ended.out) == (code, b"")
    assert ended.err.startswith(said)
    assert not ended.err or says_one_thing(ended.err)


JUDGED = {
    "check -p small.yaml --snapshot snapshot.json": 1,
    "score --snapshot snapshot.json": 0,
    "schema policy": 0,
    "lint small.yaml": 0,
}
LOST = "scoregate: standard output cannot be written: no space left on device\n"
CLOSED = "scoregate: standard output is closed\n"


@pytest.mark.parametrize("buffered", [True, False], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("command", JUDGED)
def test_a_lost_output_ends_alike_whether_python_buffers_or_not(command: str, buffered: bool, tmp_path: Path) -> None:
    policy(tmp_path, FAILING)
    snapshot(tmp_path)
    # Python takes an empty variable as one that is not set.
    variables = {"PYTHONUNBUFFERED": "" if buffered else "1"}

    def ended(redirection: str) -> tuple[int, str]:
        done = shell(f"scoregate {command} {redirection}", folder=tmp_path, variables=variables)
        return done.code, done.err

    code, error = ended(">/dev/full")
    assert (code, error[: len(LOST)]) == (2, LOST)
    code, error = ended(">&-")
    assert (code, error[: len(CLOSED)]) == (2, CLOSED)
    assert ended("2>/dev/full >/dev/full") == (2, "")
    assert ended(f'> >(exit 0); code=$?; [ "$code" -eq {JUDGED[command]} ]') == (0, "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", ["--help", "--version", "check --help", "check --no-such-option"])
def test_help_and_usage_end_alike_too(command: str, unbuffered: str, tmp_path: Path) -> None:
    variables = {"PYTHONUNBUFFERED": unbuffered}
    both = shell(f"scoregate {command} >/dev/full 2>/dev/full", folder=tmp_path, variables=variables)
    assert both.code == 2


def test_an_interrupted_run_ends_at_once_with_130_and_no_traceback(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "checker", "check", "-p", policy(tmp_path, FAILING), "--snapshot", "-"],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    # More than a pipe holds: writing it waits until the run reads, and then waits for the rest.
    process.stdin.write(bytes(1024 * 1024))
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    process.wait(timeout=20)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, b"")
    assert err.decode().strip() == "scoregate: interrupted"


def test_the_installed_command_and_the_module_are_the_same(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("scoregate")
    if not script.exists():
        pytest.skip("scoregate is not installed beside this Python")
    done = subprocess.run([script, "schema"], cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, scoregate("schema", folder=tmp_path).out)
    assert ROOT.joinpath("pyproject.toml").exists()


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (RecursionError(), 3, "scoregate: the input is nested too deeply\n"),
        (MemoryError(), 3, "scoregate: this machine has too little memory for this input\n"),
        (OSError(errno.ENOSPC, "full"), 2, "scoregate: standard output cannot be written: no space left on device\n"),
        (
            KeyError("x"),
            3,
            "scoregate: internal error: please report it (KeyError: 'x')\n  Set SCOREGATE_DEBUG=1 to see",
        ),
    ],
)
def test_what_nobody_expected_is_one_message(
    fault: Exception, code: int, said: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _internal_error(fault) == code
    assert capfd.readouterr().err.startswith(said)
    monkeypatch.setenv("SCOREGATE_DEBUG", "1")
    assert _internal_error(fault) == code
    assert capfd.readouterr().err.startswith(f"{traceback.format_exception_only(fault)[0]}{said}")


@pytest.mark.parametrize(
    "document",
    [
        {"error": {"code": "x" * 50_000, "message": "y" * 50_000}},
        {"kind": "x" * 50_000},
        {"responses": [{"id": "x" * 50_000, "status": 500}]},
    ],
)
def test_a_text_from_outside_does_not_make_an_error_endless(
    document: dict[str, object], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.json").write_text(json.dumps(document))
    ended = here(capfd, "score", "--snapshot", tmp_path / "s.json")
    assert ended.code == 3
    assert "…" in ended.err
    assert len(ended.err) < 3_000

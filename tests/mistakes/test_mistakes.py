"""Each folder beside this file holds files with a mistake, and what ``lint`` says of them.

``SCOREGATE_WRITE_EXPECTED=1 pytest tests/mistakes`` writes the texts anew; read the difference before it is committed.
"""

import os
from pathlib import Path

import pytest
from command_line import NOW, here, see

FOLDER = Path(__file__).parent
MISTAKES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and not path.name.startswith("_"))
Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_lint_says_what_is_wrong_and_the_run_says_the_same(
    mistake: str, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FOLDER / mistake)
    ended = here(capfd, "lint", ".", "--now", NOW)
    text = f"{ended.out.decode()}exit {ended.code}\n"
    expected = FOLDER / mistake / "expected.txt"
    if "SCOREGATE_WRITE_EXPECTED" in os.environ:
        expected.write_bytes(text.encode())
    assert ended.err == ""
    # As lists of lines, so that pytest shows the line that differs.
    assert text.split("\n") == expected.read_bytes().decode().split("\n")

    faults = [line for line in ended.out.decode().splitlines() if ": error: " in line]
    assert ended.code == (2 if faults else 0)
    if faults:
        is_test = any("kind: PolicyTest" in path.read_text() for path in FOLDER.glob(f"{mistake}/test*.yaml"))
        command = ("test", ".") if is_test else ("check", "-p", ".", "--snapshot", "never-read.json")
        ran = here(capfd, *command)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        where = "tests and their policies; nothing was judged" if is_test else "policies; nothing was judged"
        said = sorted(fault.replace(": error: ", ": ", 1) for fault in faults)
        assert sorted(ran.err.splitlines()[:-2]) == said
        assert ran.err.splitlines()[-2] == f"scoregate: {count} in the {where}"
        assert ran.err.endswith(see("policy-test" if is_test else "policy"))
        assert (ran.code, ran.out) == (2, b"")


def test_there_are_as_many_as_promised() -> None:
    assert len(MISTAKES) >= 50
    assert sum(mistake.startswith("looks-strict-") for mistake in MISTAKES) >= 15


@pytest.mark.parametrize("mistake", [mistake for mistake in MISTAKES if mistake.startswith("looks-strict-")])
def test_of_what_looks_strict_lint_says_one_thing(mistake: str) -> None:
    *said, count, _ = (FOLDER / mistake / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert len(said) == 1
    assert ": warning: " in said[0]
    assert count.endswith("0 errors, 1 warning")

"""Each folder beside this file holds files with a mistake, and what ``lint`` says of them.

``SCOREGATE_WRITE_EXPECTED=1 pytest tests/mistakes`` writes the texts anew; read the difference before it is committed.
"""

import os
from pathlib import Path

import pytest
from command_line import NOW, here

FOLDER = Path(__file__).parent
MISTAKES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and not path.name.startswith("_"))
Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_lint_says_what_is_wrong_and_check_says_the_same(
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
        checked = here(capfd, "check", "-p", ".", "--snapshot", "never-read.json")
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        said = sorted(fault.replace(": error: ", ": ", 1) for fault in faults)
        assert sorted(checked.err.splitlines()[:-1]) == said
        assert checked.err.splitlines()[-1] == f"scoregate: {count} in the policies; nothing was judged"
        assert (checked.code, checked.out) == (2, b"")

"""The commands of docs/how-to/keep-evidence.md, one after the other, print what the page shows."""

import re
import shutil
from pathlib import Path

import pytest
from command_line import ROOT, shell

PAGE = ROOT.joinpath("docs", "how-to", "keep-evidence.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(?:console|text)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def masked(text: str) -> str:
    """Without digests and the version, which change with each release of scoregate, Python and its packages."""
    return re.sub(r"by scoregate \S+", "by scoregate VERSION", re.sub(r"[0-9a-f]{64}", "DIGEST", text))


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs OpenSSH")
def test_the_page_shows_what_the_commands_print(tmp_path: Path) -> None:
    shown = [part.partition("\n") for block in BLOCKS for part in block.removeprefix("$ ").split("\n$ ")]
    assert len(shown) == 6
    for command, _, output in shown:
        ended = shell(command, folder=tmp_path)
        assert ended.code in ({0, 1} if "scoregate check" in command else {0}), ended.err
        assert masked(ended.out.decode()).rstrip("\n") == masked(output).rstrip("\n")

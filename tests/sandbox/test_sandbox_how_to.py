"""The how-to's shell blocks, as one script in one folder, against a sandbox on a free port."""

import json
import re
import shutil
import socket
from pathlib import Path

import pytest
from command_line import ROOT, shell

HOW_TO = ROOT / "docs" / "how-to" / "use-the-sandbox.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_blocks_of_the_how_to_run_one_after_the_other(tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = "".join(blocks).replace("8443", str(port))
    # The gate fails, as it should.
    script = script.replace("scoregate check -p pack:essentials", "scoregate check -p pack:essentials || test $? -eq 1")
    ended = shell(f"set -meuo pipefail\ntrap 'exec 2>/dev/null; kill %1; wait' EXIT\n{script}", folder=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    log = json.loads(ended.out.splitlines()[-1])["requests"]
    assert {entry["status"] for entry in log} <= {200, 204}
    assert [entry["batch"] for entry in log if entry["batch"]] == ["1", "2"]

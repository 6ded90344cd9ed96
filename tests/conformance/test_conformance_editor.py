"""What ``init`` writes, in an editor: yaml-language-server, the YAML support of VS Code and Neovim, asked directly."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from command_line import scoregate

pytestmark = pytest.mark.conformance

SERVER = Path(__file__).parents[2] / ".tools" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
INSTALL = "run 'make conformance', which installs yaml-language-server"
SETTINGS = {"schemaStore": {"enable": False}, "validate": True, "hover": True, "completion": True}
ENTRY = "  - {id: extra, control: OneAdmin, minimum: {percent: 90, allBut: 1}}\n"
Json = dict[str, Any]


class Editor:
    """As much of an editor as the language server asks for, over standard input and output."""

    def __init__(self, folder: Path, given: IO[bytes], told: IO[bytes]) -> None:
        self._given = given
        self._told = told
        self._asked = 0
        workspace = {"uri": folder.as_uri(), "name": "policies"}
        able: Json = {"textDocument": {"completion": {}, "hover": {}, "publishDiagnostics": {}}}
        start = {"processId": os.getpid(), "rootUri": folder.as_uri(), "workspaceFolders": [workspace]}
        self.ask("initialize", {**start, "capabilities": able})
        self._send({"method": "initialized", "params": {}})
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": {"yaml": SETTINGS}}})

    def opened(self, path: Path, text: str) -> list[tuple[int, str]]:
        """The line (from 1) and the message of each problem of a file that holds the text."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        while True:
            told = self._receive()
            if told.get("method") == "textDocument/publishDiagnostics" and told["params"]["uri"] == path.as_uri():
                found = told["params"]["diagnostics"]
                return [(one["range"]["start"]["line"] + 1, one["message"]) for one in found]

    def ask(self, method: str, params: Json) -> Any:
        """The answer."""
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        while True:
            told = self._receive()
            if told.get("id") == self._asked and "method" not in told:
                assert "error" not in told, told
                return told["result"]

    def at(self, method: str, path: Path, text: str, after: str) -> Any:
        """The answer about the place behind the last ``after`` in the text."""
        before = text[: text.rindex(after) + len(after)]
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return self.ask(method, {"textDocument": {"uri": path.as_uri()}, "position": position})

    def _send(self, message: Json) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._given.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self._given.flush()

    def _receive(self) -> Json:
        """The next message; what the server asks of its client is answered."""
        size = 0
        while line := self._told.readline().strip():
            name, _, value = line.partition(b":")
            size = int(value) if name.lower() == b"content-length" else size
        assert size, "the language server ended"
        told: Json = json.loads(self._told.read(size))
        if "method" in told and "id" in told:
            wanted = told["params"].get("items", []) if told["method"] == "workspace/configuration" else None
            result = None if wanted is None else [SETTINGS if one["section"] == "yaml" else {} for one in wanted]
            self._send({"id": told["id"], "result": result})
        return told


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    ended = scoregate("init", folder=tmp_path)
    assert ended.code == 0, ended.err
    return tmp_path / "policies"


@pytest.fixture
def editor(policies: Path) -> Iterator[Editor]:
    node = shutil.which("node")
    assert node is not None, INSTALL
    assert SERVER.exists(), INSTALL
    command = [node, str(SERVER), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Editor(policies, process.stdin, process.stdout)
        finally:
            process.kill()


def test_an_editor_finds_nothing_wrong_with_what_init_writes(policies: Path, editor: Editor) -> None:
    for name in ("baseline.yaml", "waivers.yaml"):
        assert editor.opened(policies / name, (policies / name).read_text(encoding="utf-8")) == []


def test_an_editor_completes_keys_and_values_and_explains_them(policies: Path, editor: Editor) -> None:
    path = policies / "baseline.yaml"
    text = path.read_text(encoding="utf-8") + ENTRY + "  - id: new\n    control: AdminMFAV2\n    severity: "
    editor.opened(path, text)
    values = editor.at("textDocument/completion", path, text, "severity: ")
    assert {one["label"] for one in values["items"]} == {"critical", "high", "medium", "low", "info"}
    hover = editor.at("textDocument/hover", path, text, "allB")
    assert "How many users or devices may be left out; never half of them or more." in hover["contents"]["value"]


def test_an_editor_completes_the_keys_of_an_entry(policies: Path, editor: Editor) -> None:
    path = policies / "baseline.yaml"
    text = path.read_text(encoding="utf-8") + "  - id: new\n    control: AdminMFAV2\n    "
    editor.opened(path, text)
    keys = {one["label"] for one in editor.at("textDocument/completion", path, text, "AdminMFAV2\n    ")["items"]}
    assert {"minimum", "severity", "accept", "onMissing", "when", "profile"} <= keys


def test_an_editor_flags_a_wrong_key_and_a_wrong_value_where_they_are(policies: Path, editor: Editor) -> None:
    path = policies / "baseline.yaml"
    before = path.read_text(encoding="utf-8")
    line = before.count("\n") + 1
    wrong = "  - {id: a, control: OneAdmin, sevrity: low}\n  - {id: b, control: OneAdmin, severity: hihg}\n"
    found = editor.opened(path, before + ENTRY + wrong)
    assert [(number - line, message.partition(". Valid")[0]) for number, message in found] == [
        (1, "Property sevrity is not allowed."),
        (2, "Value is not accepted"),
    ]


def test_an_editor_flags_a_waiver_without_a_reason(policies: Path, editor: Editor) -> None:
    path = policies / "waivers.yaml"
    text = path.read_text(encoding="utf-8").partition("waivers: []")[0]
    entry = "waivers:\n  - {requirement: a/b, from: 2026-05-01, until: 2026-06-01, approvedBy: a}\n"
    ((_, message),) = editor.opened(path, text + entry)
    assert message == 'Missing property "reason".'

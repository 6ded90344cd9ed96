"""Folders of policies and tests, and the answer of ``scoregate test``."""

import json
from pathlib import Path
from typing import Any

from command_line import here, policy

HEAD = "apiVersion: scoregate/v1\nkind: PolicyTest\npolicies: [../small.yaml]\n"
ADMINS = "controls: [{id: admins, control: AdminMFAV2, severity: medium}]"


def written(folder: Path, body: str, *, judged: str = ADMINS, name: str = "small.yaml", head: str = HEAD) -> Path:
    """Writes a policy, and a test of it in a folder below."""
    policy(folder, judged)
    folder.joinpath("tests").mkdir(exist_ok=True)
    path = folder / "tests" / name
    path.write_text(head + body, encoding="utf-8")
    return path


def case(expect: str, control: str = "{}", more: str = "") -> str:
    """A document with one case on one control."""
    return f"cases:\n  - name: one\n    tenant: {{controls: {{AdminMFAV2: {control}}}}}\n    expect: {expect}\n{more}"


def answer(capture: Any, *arguments: str | Path) -> tuple[int, dict[str, Any]]:
    """The exit code, and the answer in JSON."""
    ended = here(capture, "test", *arguments, "-o", "json")
    assert ended.err == ""
    found: dict[str, Any] = json.loads(ended.out)
    return ended.code, found

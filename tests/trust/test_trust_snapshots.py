"""Snapshots and reports of a stranger: bombs, endless data and wrong numbers end in a message, within 1 GiB."""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import NOW, PASSING, policy, snapshot_bytes
from trust_support import confined

MIB = 1024 * 1024
DAY = '{"createdDateTime":"2026-05-22T00:00:00Z","currentScore":1.0,"maxScore":2.0,"controlScores":[%s]}'
LITTLE_MEMORY = "this machine has too little memory for this input"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    return folder


def written(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(300 * MIB)


def many(entry: str, count: int) -> str:
    return ",".join(entry % index for index in range(count))


CONTROLS = '{"secureScores":[' + DAY % many('{"controlName":"c%d","score":0}', 60_000) + "]}"
PROFILES = '{"secureScores":[],"controlProfiles":[' + many('{"id":"c%d","maxScore":1}', 60_000) + "]}"
DAYS = '{"secureScores":[' + many('{"createdDateTime":"%d","currentScore":1}', 20_000) + "]}"

REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "sparse": (sparse, "is larger than 256 MiB, the limit"),
    "bomb": (written(gzip.compress(b" " * (300 * MIB), 9)), "unpacks to more than 256 MiB, the limit"),
    "many members of gzip": (written(gzip.compress(b"", 9) * 200_000), "is empty; expected JSON"),
    "cut gzip": (written(gzip.compress(snapshot_bytes())[:-9]), "is a gzip file that ends in the middle"),
    "deep": (written(b'{"value":' + b'[{"a":' * 1_000_000), "is nested too deeply to be an answer of Graph"),
    "deep head": (written(b'{"tenant":' + b"[" * 1_000_000), "expected "),
    "not a number": (written((DAY % '{"controlName":"A","score":NaN}').encode()), "is not valid JSON"),
    "not a number in text": (
        written((DAY % '{"controlName":"A","score":"nan"}').encode()),
        "$.controlScores[0].score: expected a finite number",
    ),
    "infinity": (written((DAY % '{"controlName":"A","score":1e999}').encode()), "number out of range"),
    "a long number": (written(b'{"secureScores":[{"currentScore":' + b"9" * 5_000_000 + b"}]}"), "number out of range"),
    "many controls": (written(CONTROLS.encode()), "contains 60000 controls on one day; the limit is 50000"),
    "many profiles": (written(PROFILES.encode()), "contains 60000 control profiles; the limit is 50000"),
    "many days": (written(DAYS.encode()), "contains 20000 days; the limit is 10000"),
    "many nothings": (written(b"[" + b"{}," * 8_000_000 + b"{}]"), ""),
    "a policy": (written(b"apiVersion: scoregate/v1\nkind: Policy\n"), "is YAML, not JSON: perhaps a policy"),
    "another tenant's state": (
        written(b'{"kind":"Snapshot","tenant":"\\u001b[2J","secureScores":[{"createdDateTime":"2026-05-22","azureTenantId":"b"}]}'),
        "contains data of 2 tenants",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("command", ["check", "diff"])
def test_a_hostile_snapshot_is_refused(name: str, command: str, checkout: Path) -> None:
    write, said = REFUSED[name]
    write(checkout / "s.json")
    rest = ["-p", policy(checkout, PASSING), "--snapshot", "s.json"] if command == "check" else ["s.json", "s.json"]
    ended = confined(command, *rest, "--now", NOW, folder=checkout)
    assert ended.code == 3
    assert ended.out == b""
    assert said in ended.err or LITTLE_MEMORY in ended.err


def bombs(folder: Path) -> None:
    data = gzip.compress(b'{"secureScores":[],"x":"' + b" " * (200 * MIB) + b'"}', 9)
    for number in range(8):
        (folder / f"{number}.json.gz").write_bytes(data)


def secret(folder: Path) -> None:
    outside = folder.parent.parent / "token.json"
    outside.write_text('{"error": {"code": "hidden-word", "message": "hidden-word"}}', encoding="utf-8")
    (folder / "s.json").symlink_to(outside)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda folder: os.mkfifo(folder / "s.json"),
            "data/s.json: cannot be read: is a pipe, and only regular files are read",
        ),
        (lambda folder: (folder / "s.json").symlink_to("/dev/zero"), "data/s.json: is a link to a file outside"),
        (secret, "data/s.json: is a link to a file outside the folder; replace the link with the file"),
        (lambda folder: (folder / "s.json").mkdir(), "data/s.json: cannot be read: is a directory"),
        (lambda folder: [(folder / f"{n}.json").touch() for n in range(1001)], "more than 1000 snapshot files"),
        (bombs, "with this file the snapshot has more than 1024 MiB, the limit"),
    ],
    ids=["pipe", "device", "link", "folder", "many", "bombs"],
)
def test_what_is_in_a_folder_of_snapshots_cannot_stop_or_fill_the_run(
    make: Callable[[Path], object], said: str, checkout: Path
) -> None:
    (checkout / "data").mkdir()
    make(checkout / "data")
    ended = confined("score", "--snapshot", "data", "--now", NOW, folder=checkout)
    assert ended.code == 3
    assert said in ended.err
    assert "hidden-word" not in ended.err


HEAD: dict[str, Any] = {
    "kind": "Report",
    "verdict": "pass",
    "failOn": "info",
    "tenant": "\x1b[2J",
    "evaluatedAt": "x",
    "score": None,
    "snapshot": {"date": None, "ageDays": None, "sha256": None},
    "policies": [],
    "findings": [],
    "warnings": [],
    "counts": {"pass": 0, "fail": 0, "waived": 0, "skipped": 0, "error": 0},
}


@pytest.mark.parametrize(
    ("report", "code", "said"),
    [
        (json.dumps(HEAD), 0, ""),
        (json.dumps({**HEAD, "verdict": "::error::x"}), 3, "is not a report: Invalid enum value '::error::x'"),
        (json.dumps({**HEAD, "findings": 1}), 3, "is not a report: Expected `array`, got `int`"),
        (json.dumps({**HEAD, "score": {"currentScore": "NaN"}}), 3, "is not a report: "),
        (json.dumps({"kind": "Report"}), 3, "is not a report: Object missing required field"),
        ('{"kind":"Report","findings":' + "[" * 1_000_000, 3, "is nested too deeply"),
    ],
    ids=["escapes", "command", "type", "nan", "empty", "deep"],
)
def test_a_hostile_report_is_refused_or_shown_as_text(report: str, code: int, said: str, checkout: Path) -> None:
    (checkout / "r.json").write_text(report, encoding="utf-8")
    ended = confined("diff", "r.json", "r.json", folder=checkout)
    assert ended.code == code, ended
    assert said in ended.err

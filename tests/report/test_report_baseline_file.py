import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from report_builders import finding, rendering, requirement

from checker.documents import limits
from checker.errors import BaselineError
from checker.renderers.json import render
from checker.report.baseline_file import read_baseline
from checker.report.finding import Failure, Quantity
from checker.report.outcome import Outcome, Reason, Unit
from checker.report.verdict import Decision, decide

EVERY_OUTCOME = [finding(outcome, of=requirement(f"r{number}")) for number, outcome in enumerate(Outcome)]


def written(folder: Path, change: Any = None) -> Path:
    """The file of a report, after ``change`` was made in it."""
    each = requirement("each", per_control=True)
    also = (Failure("b", Reason.BELOW_MINIMUM, Quantity(20.0, Unit.PERCENT), None),)
    pattern = msgspec.structs.replace(finding(of=requirement("pattern"), also=also), waived_controls=("b",))
    found = [*EVERY_OUTCOME, finding(of=each), finding(of=each, control="Other"), pattern]
    document = json.loads(render(rendering(found)))
    if change is not None:
        change(document)
    path = folder / "old.json"
    path.write_bytes(json.dumps(document).encode())
    return path


def test_a_report_is_unchanged_beside_itself(tmp_path: Path) -> None:
    path = written(tmp_path)
    known = read_baseline(str(path))
    assert known.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert known.evaluated_at == "2026-05-22T09:00:00Z"
    each = requirement("each", per_control=True)
    now = rendering([finding(), finding(of=each), finding(of=each, control="Other")]).report
    verdict = decide(now, baseline=known)
    assert [str(verdict.change(one)) for one in now.findings] == [
        "BaselineChange.NEW",
        "BaselineChange.UNCHANGED",
        "BaselineChange.UNCHANGED",
    ]
    assert verdict.decision is Decision.FAIL
    pattern = known.findings["baseline/pattern"]
    assert [failure.control for failure in pattern.failures] == ["AdminMFAV2"]


def first(document: Any) -> Any:
    return document["findings"][0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda one: one.update(apiVersion="scoregate/v2"), "is of the version scoregate/v2, but this scoregate reads"),
        (lambda one: one.pop("apiVersion"), "is of no version"),
        (lambda one: one.update(apiVersion=1), "is of no version"),
        (lambda one: one.update(kind="Snapshot"), "is not a report"),
        (lambda one: one.pop("tenant"), "is not a report"),
        (lambda one: one.update(evaluatedAt="yesterday"), "evaluatedAt that is not a time"),
        (lambda one: one.update(evaluatedAt="2026-05-22"), "evaluatedAt that is not a time"),
        (lambda one: first(one).pop("key"), "finding 1: has no key: an earlier version wrote the report"),
        (lambda one: first(one).update(key="baseline/other"), "finding 1: has the key baseline/other"),
        (lambda one: first(one).update(requirement="none", key="none"), "finding 1: has the key none"),
        (lambda one: first(one).update(outcome="fine"), "is not a report"),
        (lambda one: first(one)["measured"].update(value=None), "is not a report"),
        (lambda one: first(one)["location"].update(line=0), "finding 1: has a line or a column below 1"),
        (lambda one: one["findings"].append(first(one)), "finding 9: has the key baseline/r0, as an earlier one does"),
    ],
)
def test_what_can_be_no_baseline_is_refused(change: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(BaselineError) as refused:
        read_baseline(str(written(tmp_path, change)))
    assert message in str(refused.value)
    assert refused.value.place.startswith(str(tmp_path / "old.json"))
    assert refused.value.advice


@pytest.mark.parametrize("data", [b"", b"no JSON", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"kind": "Report"}'])
def test_what_is_no_report_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_bytes(data)
    with pytest.raises(BaselineError):
        read_baseline(str(path))


def test_members_of_a_later_version_are_ignored(tmp_path: Path) -> None:
    def change(document: Any) -> None:
        document["later"] = {"x": 1}
        first(document)["later"] = 1

    assert read_baseline(str(written(tmp_path, change))).findings


@pytest.mark.parametrize("path", ["missing.json", ".", "-"])
def test_what_cannot_be_read_is_the_caller_s_mistake(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BaselineError):
        read_baseline(path)


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    with path.open("wb") as file:
        file.truncate(limits.REPORT_FILE_BYTES + 1)
    with pytest.raises(BaselineError, match="larger than 64 MiB"):
        read_baseline(str(path))

"""``check --evidence`` and ``replay``: the same bytes from the file alone, whatever the run was asked."""

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command_line import FAILING, NOW, PASSING, ROOT, here, policy, says_one_thing, scoregate, snapshot, snapshot_bytes
from evidence_support import EVERYTHING, SMALL, kept, prepare, rewritten, with_manifest
from store_builders import days

from checker import __version__
from checker.store.merge import merge
from checker.store.rows import of_snapshot

Capture = pytest.CaptureFixture[str]
TENANT = "00000000-0000-0000-0000-00000000000a"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def schema(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text("utf-8")))


def everything(folder: Path, capfd: Capture) -> list[str]:
    """A run with drift from its lock, an earlier report and all other files."""
    prepare(folder)
    asked = ("-p", "policies", "--set", "least=40", "--snapshot", "one.json", "--now", NOW)
    assert here(capfd, "lock", *asked).code == 0
    lock = Path("scoregate.lock")
    lock.write_text(lock.read_text("utf-8").replace('"maxScore": ', '"maxScore": 1'), encoding="utf-8")
    assert here(capfd, "check", *asked, "-o", "json=earlier.json").code == 1
    return ["check", *EVERYTHING, "-o", "json=report.json"]


def replayed(folder: Path, capfd: Capture, *arguments: str) -> None:
    """Keeps a run's evidence, takes everything else away, and judges again."""
    ended = here(capfd, *arguments, "-o", "json=report.json", "--evidence", "run.zip")
    assert ended.code in {0, 1, 3}, ended.err
    report = (folder / "report.json").read_bytes()
    assert kept(folder)["report.json"] == report
    assert (folder / "run.zip").stat().st_mode & 0o777 == 0o600
    schema("evidence").validate(json.loads(kept(folder)["manifest.json"]))
    for entry in os.listdir(folder):
        if entry != "run.zip":
            shutil.rmtree(entry) if os.path.isdir(entry) else os.unlink(entry)
    again = here(capfd, "replay", "run.zip", "-o", "json")
    answer = json.loads(again.out)
    schema("replay").validate(answer)
    assert (again.code, again.err) == (0, ""), again
    assert (answer["verdict"], answer["sameReport"], answer["explainedBy"]) == ("same", True, [])
    assert answer["thenDecision"] == answer["nowDecision"] == json.loads(report)["verdict"]
    assert os.listdir(folder) == ["run.zip"]


def pack_files(pack: str) -> list[str]:
    """A pack's policies as reports name them."""
    return [f"scoregate-packs/{pack}/{path.name}" for path in sorted((ROOT / "policies" / pack).glob("*.yaml"))]


def test_everything_that_a_verdict_can_go_by(folder: Path, capfd: Capture) -> None:
    arguments = everything(folder, capfd)
    replayed(folder, capfd, *arguments[:-2])
    report = json.loads(kept(folder)["report.json"])
    # So that the run did use each of them.
    assert report["baseline"]["unchanged"]
    assert report["counts"]["waived"]
    assert any(one["requirement"].startswith("scoregate.lock/") for one in report["findings"])
    assert any(one["since"] for one in report["findings"])
    assert {one["required"]["value"] for one in report["findings"] if one["requirement"] == "own/overall"} == {40.0}
    manifest = json.loads(kept(folder)["manifest.json"])
    assert [(one["role"], one["name"]) for one in manifest["members"]] == [
        ("base", "shared/base.yaml"),
        *(("base", name) for name in pack_files("email")),
        ("baseline", "earlier.json"),
        ("lock", "scoregate.lock"),
        ("parameters", "values.yaml"),
        ("policy", "policies/own.yaml"),
        ("policy", "policies/waived.yaml"),
        *(("policy", name) for name in pack_files("data")),
        ("report", "report.json"),
        ("snapshot", "one.json"),
        ("snapshot", "two.json.gz"),
        ("waivers", "more.yaml"),
    ]
    assert manifest["settings"]["now"] == "2026-05-22T09:00:00.250000Z"


@pytest.mark.parametrize(
    "asked",
    [
        ("-p", "pack:email", "-p", "pack:data", "--framework", "nist", "--sandbox"),
        ("-p", "pack:essentials", "--sandbox", "--seed", "7"),
        ("-p", "small.yaml", "--snapshot", "scores.json", "--assume-default-states"),
        ("-p", "small.yaml", "--snapshot", "scores.json", "--cloud", "usgov"),
        ("-p", "small.yaml", "--snapshot", "snapshots"),
        ("-p", "pack:essentials", "--sandbox", "--redact", "tenant"),
    ],
    ids=lambda asked: " ".join(asked),
)
def test_sources_and_options(asked: tuple[str, ...], folder: Path, capfd: Capture) -> None:
    policy(folder, FAILING)
    scores = json.loads(snapshot_bytes())["secureScores"]
    (folder / "scores.json").write_text(json.dumps({"value": scores}), encoding="utf-8")
    (folder / "snapshots").mkdir()
    snapshot(folder / "snapshots")
    snapshot(folder / "snapshots", "again.json.gz")
    replayed(folder, capfd, "check", *asked, "--now", NOW)


def test_a_store_whose_rows_are_kept_as_a_snapshot(folder: Path, capfd: Capture) -> None:
    policy(
        folder, "score: [{id: course, trend: {days: 7, maximumDrop: {points: 1}}}, {id: all, minimum: {points: 99}}]"
    )
    merge("store", of_snapshot(days(TENANT, *range(12))))
    replayed(folder, capfd, "check", "-p", "small.yaml", "--store", "store", "--now", "2026-01-12T09:00:00Z")
    assert json.loads(kept(folder)["report.json"])["snapshot"]["sha256"] is None
    assert json.loads(kept(folder)["manifest.json"])["settings"]["snapshotForm"] == "assembled"


def test_a_run_that_sets_states_keeps_the_evidence_of_its_verdict(
    folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(folder.parent))
    body = (
        "controls: [{id: x, control: mdo_blockmailforward, remediate: auto, profile: {state: ThirdParty, comment: c}}]"
    )
    policy(folder, body)
    setting = ("--remediate", "--allow-declarations", "--yes", "--journal", "j.jsonl", "--wait", "0")
    replayed(folder, capfd, "check", "-p", "small.yaml", "--sandbox", "--now", NOW, *setting)
    assert json.loads(kept(folder)["report.json"])["verdict"] == "fail"


def test_what_came_through_standard_input(folder: Path) -> None:
    text = Path(policy(folder, FAILING)).read_bytes()
    snapshot(folder)
    arguments = ("check", "-p", "-", "--snapshot", "snapshot.json", "--now", NOW, "--evidence", "run.zip")
    assert scoregate(*arguments, folder=folder, given=text).code == 1
    snapshot_run = ("check", "-p", "small.yaml", "--snapshot", "-", "--now", NOW, "--evidence", "other.zip")
    assert scoregate(*snapshot_run, folder=folder, given=snapshot_bytes()).code == 1
    for name in ("run.zip", "other.zip"):
        assert scoregate("replay", name, folder=folder).code == 0


def test_the_same_run_gives_the_same_bytes_in_another_folder_zone_and_language(
    folder: Path, tmp_path: Path, capfd: Capture
) -> None:
    arguments = [*everything(folder, capfd)[:-2], "--evidence", "run.zip"]
    other = tmp_path / "elsewhere" / "deeper"
    shutil.copytree(folder, other)
    assert here(capfd, *arguments).code == 1
    variables = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7", "PYTHONUTF8": "0"}
    ended = scoregate(*arguments, folder=other, variables=variables)
    assert ended.code == 1, ended.err
    assert (other / "run.zip").read_bytes() == (folder / "run.zip").read_bytes()
    alone = tmp_path / "alone"
    alone.mkdir()
    again = scoregate("replay", folder / "run.zip", folder=alone, variables={**variables, "TZ": "America/Adak"})
    assert again.code == 0, again.out


def as_another_judged(members: dict[str, bytes], versions: Mapping[str, object]) -> None:
    """Puts in the report of a run of another version, with a digest that fits."""
    report = json.loads(members["report.json"])
    report["findings"][0] |= {"outcome": "fail", "message": "other words"}
    report["verdict"] = "fail"
    data = members["report.json"] = json.dumps(report).encode()

    def listed(manifest: dict[str, Any]) -> None:
        for one in manifest["members"]:
            if one["path"] == "report.json":
                one.update(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
        manifest["versions"].update(versions)
        manifest["verdict"] = "fail"

    with_manifest(members, listed)


def test_another_version_explains_another_report(folder: Path, capfd: Capture) -> None:
    policy(folder, PASSING)
    snapshot(folder)
    assert here(capfd, *SMALL, "--evidence", "run.zip").code == 0
    name = rewritten(folder, lambda members: as_another_judged(members, {"scoregate": "0.0.9"}))
    ended = here(capfd, "replay", name, "-o", "json")
    answer = json.loads(ended.out)
    assert (ended.code, answer["verdict"], answer["explainedBy"]) == (1, "different", ["version"])
    assert answer["versions"] == [{"name": "scoregate", "then": "0.0.9", "now": __version__}]
    assert answer["findings"] == [
        {"key": "small/overall", "then": "fail", "now": "pass", "members": ["outcome", "message"]}
    ]
    assert answer["report"] == ["verdict"]
    said = here(capfd, "replay", name).out.decode()
    assert "the report differs" in said
    assert "small/overall: fail -> pass (outcome, message)" in said
    name = rewritten(folder, lambda members: as_another_judged(members, {}))
    ended = here(capfd, "replay", name, "-o", "json")
    assert (ended.code, json.loads(ended.out)["explainedBy"]) == (1, ["unexplained"])


def test_what_can_not_be_judged_again_says_so(folder: Path, capfd: Capture) -> None:
    """As where another version takes no policy of then; with the same version it is an error like any other."""
    policy(folder, PASSING)
    snapshot(folder)
    assert here(capfd, *SMALL, "--evidence", "run.zip").code == 0

    def unknown_parameter(members: dict[str, bytes], versions: Mapping[str, object]) -> None:
        def ask(manifest: dict[str, Any]) -> None:
            manifest["settings"].update(assignments=["none=1"])
            manifest["versions"].update(versions)

        with_manifest(members, ask)

    name = rewritten(folder, lambda members: unknown_parameter(members, {"scoregate": "0.0.9"}))
    ended = here(capfd, "replay", name)
    assert ended.code == 1
    assert "It can't be judged again: " in ended.out.decode()
    name = rewritten(folder, lambda members: unknown_parameter(members, {}))
    ended = here(capfd, "replay", name)
    assert (ended.code, ended.out, says_one_thing(ended.err)) == (2, b"", True)


def test_a_secret_of_the_run_is_kept_nowhere_and_the_replay_says_why(
    folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "Wq3kD-x8_vBpZ-nyt7Lm9R"
    monkeypatch.setenv("GITHUB_TOKEN", secret)
    path = Path(policy(folder, f"{PASSING}\n# {secret}"))
    data = snapshot_bytes().replace(b'"fetchedAt"', f'"note": "{secret}", "fetchedAt"'.encode())
    (folder / "snapshot.json.gz").write_bytes(gzip.compress(data))
    asked = ("check", "-p", path.name, "--snapshot", "snapshot.json.gz", "--now", NOW, "--evidence", "run.zip")
    assert here(capfd, *asked).code == 0
    assert secret.encode() not in (folder / "run.zip").read_bytes()
    members = json.loads(kept(folder)["manifest.json"])["members"]
    assert [one["role"] for one in members if one["concealed"]] == ["policy", "snapshot"]
    ended = here(capfd, "replay", "run.zip", "-o", "json")
    answer = json.loads(ended.out)
    assert (ended.code, answer["explainedBy"], answer["report"]) == (1, ["concealed"], ["snapshot"])
    assert answer["thenDecision"] == answer["nowDecision"] == "pass"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--sign-with", "key"), "--sign-with has no effect without --evidence"),
        (("--evidence", "/dev/stdout", "-o", "json=r.json"), "--evidence expects a file, not standard output"),
        (("--evidence", "-"), "expected the name of a file"),
        (("--evidence", "r.json", "-o", "json=r.json"), "-o and --evidence name the same file"),
        (("--evidence", "absent/run.zip"), "cannot be written"),
        (("--evidence", "r.json", "--baseline", "./r.json"), "--evidence and --baseline name the same file"),
        (("--evidence", "small.yaml", "--sign-with", "small.yaml"), "--evidence and --sign-with name the same file"),
        (("--evidence", "run.zip", "--sign-with", "absent"), "is not a file"),
    ],
)
def test_options_that_do_not_fit_end_the_run_before_it_begins(
    options: tuple[str, ...], said: str, folder: Path, capfd: Capture
) -> None:
    policy(folder, PASSING)
    ended = here(capfd, "check", "-p", "small.yaml", "--snapshot", "missing.json", *options)
    assert (ended.code, ended.out) == (2, b"")
    assert said in ended.err
    assert os.listdir(folder) == ["small.yaml"]


def test_a_run_that_can_not_be_judged_keeps_no_evidence(folder: Path, capfd: Capture) -> None:
    policy(folder, PASSING)
    assert here(capfd, "check", "-p", "small.yaml", "--snapshot", "missing.json", "--evidence", "run.zip").code == 3
    assert os.listdir(folder) == ["small.yaml"]


def test_a_policy_file_of_a_checkout_cannot_ask_for_evidence(folder: Path, capfd: Capture) -> None:
    policy(folder, PASSING)
    snapshot(folder)
    for line in ('evidence = "x.zip"', 'sign-with = "x"'):
        (folder / "scoregate.toml").write_text(f"{line}\n", encoding="utf-8")
        assert here(capfd, *SMALL).code == 2


def test_evidence_of_a_version_without_labels_is_judged_again(folder: Path, capfd: Capture) -> None:
    policy(folder, PASSING)
    snapshot(folder)
    assert here(capfd, *SMALL, "--evidence", "run.zip").code == 0
    assert json.loads(kept(folder)["manifest.json"])["settings"]["tenantLabels"] == []
    older = rewritten(
        folder, lambda members: with_manifest(members, lambda manifest: manifest["settings"].pop("tenantLabels"))
    )
    ended = here(capfd, "replay", older, "-o", "json")
    assert (ended.code, json.loads(ended.out)["sameReport"]) == (0, True)


def test_labels_that_somebody_changed_in_evidence_show_as_another_report(folder: Path, capfd: Capture) -> None:
    arguments = everything(folder, capfd)
    assert here(capfd, *arguments, "--evidence", "run.zip").code == 1
    assert json.loads(kept(folder)["manifest.json"])["settings"]["tenantLabels"] == ["eu-west", "small"]
    changed = rewritten(
        folder, lambda members: with_manifest(members, lambda manifest: manifest["settings"].pop("tenantLabels"))
    )
    ended = here(capfd, "replay", changed, "-o", "json")
    assert (ended.code, json.loads(ended.out)["sameReport"]) == (1, False)
    refused = rewritten(
        folder,
        lambda members: with_manifest(members, lambda manifest: manifest["settings"].update(tenantLabels=["a b"])),
    )
    assert here(capfd, "replay", refused).code == 2

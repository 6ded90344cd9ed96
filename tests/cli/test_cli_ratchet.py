"""scoregate ratchet: the command on real files."""

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest
from command_line import NOW, ROOT, here, policy, says_one_thing

Capture = pytest.CaptureFixture[str]
SOURCE = ("--sandbox", "--now", NOW)
LOW = "score:\n  - {id: overall, minimum: {percent: 50}}   # é: keep\n"
RAISED = LOW.replace("50", "59.57")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_writes_higher_numbers_and_says_which(folder: Path, capfd: Capture) -> None:
    policy(folder, LOW)
    path = folder / "small.yaml"
    path.chmod(0o640)
    before = path.read_text()
    ended = here(capfd, "ratchet", "-p", "small.yaml", *SOURCE)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.decode().startswith(
        "1 minimum raised:\n\nrequirement    minimum          at\nsmall/overall  50 % -> 59.57 %  small.yaml:5:38\n"
    )
    assert path.read_text() == before.replace(LOW, RAISED)
    assert path.stat().st_mode & 0o777 == 0o640
    again = here(capfd, "ratchet", "-p", "small.yaml", *SOURCE)
    assert again.out.decode().startswith(
        "No minimum can be raised.\n\nNot raised:\n  - 1 minimum is already at the present value.\n"
    )
    assert path.read_text() == before.replace(LOW, RAISED)


def test_a_dry_run_shows_a_diff_that_patch_takes_and_writes_nothing(folder: Path, capfd: Capture) -> None:
    path = Path(policy(folder, LOW))
    before = path.read_text()
    ended = here(capfd, "ratchet", "-p", "small.yaml", "--dry-run", *SOURCE)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.decode().startswith("1 minimum would be raised; nothing was written:\n")
    assert path.read_text() == before
    document = json.loads(here(capfd, "ratchet", "-p", "small.yaml", "--dry-run", "-o", "json", *SOURCE).out)
    assert document["dryRun"] is True
    for diff in (ended.out, document["files"][0]["diff"].encode()):
        path.write_text(before)
        subprocess.run(["git", "apply", "-"], input=diff, cwd=folder, check=True)
        assert path.read_text() == before.replace(LOW, RAISED)


def test_its_json_follows_its_schema(folder: Path, capfd: Capture) -> None:
    policy(folder, LOW)
    document = json.loads(here(capfd, "ratchet", "-p", ".", "--dry-run", "-o", "json", *SOURCE).out)
    schema = json.loads((ROOT / "schemas" / "ratchet.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["raised"] == [
        {
            "requirement": "small/overall",
            "location": {"file": "small.yaml", "line": 5, "column": 38},
            "unit": "percent",
            "before": 50.0,
            "after": 59.57,
        }
    ]


def test_markdown_holds_the_diff_as_code(folder: Path, capfd: Capture) -> None:
    policy(folder, LOW)
    text = here(capfd, "ratchet", "-p", ".", "--dry-run", "-o", "markdown", *SOURCE).out.decode()
    assert "### 1 minimum would be raised; nothing was written\n" in text
    assert "\n\n    --- a/small.yaml\n    +++ b/small.yaml\n" in text


def test_what_a_base_says_is_named_and_left_alone(folder: Path, capfd: Capture) -> None:
    base = Path(policy(folder, "score: [{id: a, minimum: {percent: 5}}, {id: b, minimum: {percent: 5}}]", name="base"))
    own = Path(policy(folder, "extends: [base.yaml]\nscore: [{id: b, minimum: {percent: 6}}]", name="own"))
    kept = base.read_bytes()
    ended = here(capfd, "ratchet", "-p", "own.yaml", "-p", ".", *SOURCE)
    assert ended.code == 0
    assert "own/b" in ended.out.decode()
    assert "  - own/a: its minimum is written in another file, at base.yaml:4:36\n" in ended.out.decode()
    assert base.read_bytes() == kept
    assert "{id: b, minimum: {percent: 59.57}}" in own.read_text()


@pytest.mark.parametrize("path", ["-", "pack:essentials"])
def test_what_is_no_file_of_the_caller_s_is_refused(path: str, capfd: Capture) -> None:
    ended = here(capfd, "ratchet", "-p", path, *SOURCE)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(f"scoregate: -p {path} is not a file that can be changed\n")


def test_the_settings_do_not_say_which_files_are_written(folder: Path, capfd: Capture) -> None:
    path = Path(policy(folder, LOW))
    folder.joinpath("scoregate.toml").write_text('policy = "small.yaml"\n')
    before = path.read_bytes()
    ended = here(capfd, "ratchet", *SOURCE)
    assert (ended.code, ended.out) == (2, b"")
    assert "Missing option '-p'" in ended.err
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("body", "source", "code"),
    [("score: [{id: x}]", SOURCE, 2), (LOW, ("--snapshot", "missing.json"), 3)],
)
def test_what_stops_it_leaves_the_file_as_it_is(
    body: str, source: tuple[str, ...], code: int, folder: Path, capfd: Capture
) -> None:
    path = Path(policy(folder, body))
    before = path.read_bytes()
    ended = here(capfd, "ratchet", "-p", "small.yaml", *source)
    assert (ended.code, ended.out) == (code, b"")
    assert code == 2 or says_one_thing(ended.err)
    assert path.read_bytes() == before


def test_a_policy_that_was_written_from_the_tenant_has_nothing_to_raise(folder: Path, capfd: Capture) -> None:
    assert here(capfd, "init", "--from", *SOURCE).code == 0
    written = folder.joinpath("policies", "baseline.yaml").read_bytes()
    ended = here(capfd, "ratchet", "-p", "policies", *SOURCE)
    assert ended.out.decode().startswith("No minimum can be raised.\n")
    assert folder.joinpath("policies", "baseline.yaml").read_bytes() == written

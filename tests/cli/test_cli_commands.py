import gzip
import importlib.util
import json
import stat
from pathlib import Path

import pytest
import yaml
from command_line import FAILING, NOW, PASSING, ROOT, here, policy, says_one_thing, scoregate, see

from checker.cli.schemas import SCHEMAS, text

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_fetch_writes_a_private_file_and_says_what_is_in_it(folder: Path, capfd: Capture) -> None:
    ended = here(capfd, "fetch", "-o", "s.json", "--sandbox", "--days", "3", "--now", NOW)
    assert (ended.code, ended.out) == (0, b"")
    assert stat.S_IMODE(folder.joinpath("s.json").stat().st_mode) == 0o600
    written = json.loads(folder.joinpath("s.json").read_bytes())
    assert ended.err == (
        f"s.json: 3 days, {len(written['controlProfiles'])} control profiles, tenant {written['tenant']}\n"
    )
    assert (written["kind"], written["fetchedAt"], written["warnings"]) == ("Snapshot", NOW, [])
    assert [day["createdDateTime"][8:10] for day in written["secureScores"]] == ["22", "21", "20"]


def test_fetch_makes_a_file_private_that_was_not(folder: Path, capfd: Capture) -> None:
    folder.joinpath("s.json").write_text("{}")
    folder.joinpath("s.json").chmod(0o644)
    assert here(capfd, "fetch", "-o", "s.json", "--sandbox", "--days", "1", "--now", NOW).code == 0
    assert stat.S_IMODE(folder.joinpath("s.json").stat().st_mode) == 0o600


def test_fetch_gives_the_same_bytes_plain_packed_and_to_standard_output(folder: Path, capfd: Capture) -> None:
    arguments = ("fetch", "--sandbox", "--days", "2", "--now", NOW, "-o")
    straight = here(capfd, *arguments, "-")
    assert (straight.code, straight.err) == (0, "")
    assert here(capfd, *arguments, "s.json").code == 0
    assert here(capfd, *arguments, "s.json.gz").code == 0
    packed = folder.joinpath("s.json.gz").read_bytes()
    assert folder.joinpath("s.json").read_bytes() == straight.out
    assert gzip.decompress(packed) == straight.out
    assert here(capfd, *arguments, "s.json.gz").code == 0
    assert folder.joinpath("s.json.gz").read_bytes() == packed


def test_what_was_fetched_is_judged_as_the_sandbox_is(folder: Path, capfd: Capture) -> None:
    assert here(capfd, "fetch", "-o", "s.json.gz", "--sandbox", "--now", NOW).code == 0
    arguments = ("check", "-p", "pack:essentials", "--now", NOW, "-o", "json")
    from_file = json.loads(here(capfd, *arguments, "--snapshot", "s.json.gz").out)
    live = json.loads(here(capfd, *arguments, "--sandbox").out)
    assert from_file["findings"] == live["findings"]
    assert folder.joinpath("s.json.gz").exists()


@pytest.mark.parametrize(
    ("target", "said"),
    [("missing/s.json", "cannot be written: its folder does not exist"), (".", "cannot be written: is a directory")],
)
def test_fetch_to_a_place_that_cannot_be_written(target: str, said: str, folder: Path, capfd: Capture) -> None:
    ended = here(capfd, "fetch", "-o", target, "--sandbox", "--days", "1", "--now", NOW)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(f"scoregate: {target}: {said}\n")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("source", [("--sandbox",), ("--snapshot", "s.json"), ("--sandbox", "--seed", "3")])
def test_init_from_a_tenant_writes_a_policy_that_it_satisfies(
    source: tuple[str, ...], folder: Path, capfd: Capture
) -> None:
    assert here(capfd, "fetch", "-o", "s.json", "--sandbox", "--now", NOW).code == 0
    made = here(capfd, "init", "new", "--from", *source, "--now", NOW)
    assert (made.code, made.err) == (0, "")
    again = made.out.decode().partition("  scoregate check ")[2].partition("\n")[0].split()
    linted = here(capfd, "lint", "new/policies", "--now", NOW)
    assert linted.out.decode().endswith(" 0 waivers, 1 test: 0 errors, 0 warnings\n")
    assert "  - {id: overall, minimum: {percent: " in folder.joinpath("new/policies/baseline.yaml").read_text()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder / "new")
        checked = here(capfd, "check", *again, "--now", NOW, "-o", "json")
        tested = here(capfd, "test", "policies")
    assert (checked.code, tested.code) == (0, 0)
    assert json.loads(checked.out)["counts"] | {"pass": 0} == dict.fromkeys(json.loads(checked.out)["counts"], 0)


def test_init_asks_no_tenant_where_a_file_is_in_the_way(folder: Path, capfd: Capture) -> None:
    folder.joinpath("policies").mkdir()
    folder.joinpath("policies", "baseline.yaml").write_text("mine\n")
    ended = here(capfd, "init", "--from", "--snapshot", "missing.json")
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith("scoregate: ./policies/baseline.yaml exists already; nothing was written\n")


@pytest.mark.parametrize("source", [("--sandbox",), ("--snapshot", "s.json"), ("--store", "h")])
def test_init_refuses_a_source_that_it_does_not_look_at(source: tuple[str, ...], folder: Path, capfd: Capture) -> None:
    ended = here(capfd, "init", *source)
    assert (ended.code, ended.err) == (
        2,
        f"scoregate: {source[0]} has no effect without --from\n  Add --from, or leave it out.\n" + see("usage"),
    )
    assert list(folder.iterdir()) == []


def test_init_writes_what_lint_and_check_take(folder: Path, capfd: Capture) -> None:
    made = here(capfd, "init", "secure-score")
    assert (made.code, made.err) == (0, "")
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {
        "secure-score/policies/baseline.yaml",
        "secure-score/policies/tests/baseline.yaml",
        "secure-score/policies/waivers.yaml",
        "secure-score/policies/.schemas/policy.schema.json",
        "secure-score/policies/.schemas/waivers.schema.json",
        "secure-score/policies/.schemas/policytest.schema.json",
        "secure-score/.github/workflows/secure-score.yml",
    }
    pipeline = "secure-score/.github/workflows/secure-score.yml"
    assert made.out.decode().partition("Next:\n")[2].splitlines() == [
        "  cd secure-score",
        "  scoregate test policies",
        "  scoregate check -p policies --sandbox",
        f"Then do what the top of {pipeline} says, and commit these files.",
    ]
    checked = here(capfd, "lint", "secure-score/policies")
    assert (checked.code, checked.out) == (0, b"1 policy, 6 requirements, 0 waivers, 1 test: 0 errors, 0 warnings\n")
    assert here(capfd, "test", "secure-score/policies", "--require-coverage").code == 0
    judged = here(capfd, "check", "-p", "secure-score/policies", "--sandbox", "--now", NOW, "-o", "json")
    assert judged.code in {0, 1}
    assert json.loads(judged.out)["counts"]["error"] == 0


@pytest.mark.parametrize("source", [(), ("--from", "--sandbox")])
def test_what_init_writes_names_the_schema_that_ships(source: tuple[str, ...], folder: Path, capfd: Capture) -> None:
    assert here(capfd, "init", *source, "--now", NOW).code == 0
    for file, name in (("baseline", "policy"), ("waivers", "waivers"), ("tests/baseline", "policytest")):
        written = folder.joinpath("policies", f"{file}.yaml")
        first = written.read_text().splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema=")
        schema = written.parent / first.partition("=")[2]
        assert schema.read_bytes() == here(capfd, "schema", name).out


def test_init_overwrites_nothing_and_then_writes_nothing(folder: Path, capfd: Capture) -> None:
    policies = folder / "policies"
    policies.mkdir()
    policies.joinpath("waivers.yaml").symlink_to("nowhere")
    ended = here(capfd, "init")
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith("scoregate: ./policies/waivers.yaml exists already; nothing was written\n")
    assert [path.name for path in folder.rglob("*")] == ["policies", "waivers.yaml"]


def test_init_where_a_folder_cannot_be_made_writes_no_file(folder: Path, capfd: Capture) -> None:
    folder.joinpath(".github").write_text("a file")
    ended = here(capfd, "init")
    assert ended.code == 2
    assert ended.err.startswith("scoregate: ./.github/workflows/secure-score.yml: cannot be made: ")
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [".github"]


def repository(folder: Path) -> Path:
    folder.joinpath(".git").mkdir()
    return folder


@pytest.mark.parametrize(
    ("ci", "place"),
    [
        ("github", ".github/workflows/secure-score.yml"),
        ("azure", "azure-pipelines.yml"),
        ("gitlab", ".gitlab-ci.yml"),
    ],
)
def test_init_writes_the_pipeline_to_the_repository_s_root(ci: str, place: str, folder: Path, capfd: Capture) -> None:
    repository(folder)
    made = here(capfd, "init", "teams/secure score", "--ci", ci)
    assert (made.code, made.err) == (0, "")
    assert f"wrote ./{place}\n" in made.out.decode()
    assert "Next:\n  cd 'teams/secure score'\n" in made.out.decode()
    written = folder.joinpath(place).read_text()
    shipped = (ROOT / "examples" / "pipelines" / ci / "gate.yml").read_text()
    assert written.replace('"teams/secure score/policies"', "policies") == shipped
    assert yaml.safe_load(written)


def test_init_from_below_the_root_writes_there_too(
    folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = repository(folder) / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    made = here(capfd, "init")
    assert (made.code, made.err) == (0, "")
    assert "wrote ../.github/workflows/secure-score.yml\n" in made.out.decode()
    assert '  POLICIES: "below/policies"\n' in folder.joinpath(".github/workflows/secure-score.yml").read_text()


@pytest.mark.parametrize("ci", ["github", "azure", "gitlab"])
def test_init_at_a_root_writes_the_example_of_a_gate(ci: str, folder: Path, capfd: Capture) -> None:
    repository(folder)
    assert here(capfd, "init", "--ci", ci).code == 0
    shipped = (ROOT / "examples" / "pipelines" / ci / "gate.yml").read_bytes()
    assert shipped in [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_init_overwrites_no_pipeline(folder: Path, capfd: Capture) -> None:
    repository(folder)
    assert here(capfd, "init", "one").code == 0
    ended = here(capfd, "init", "two")
    assert ended.code == 2
    assert ended.err.startswith("scoregate: ./.github/workflows/secure-score.yml exists already; nothing was written\n")
    assert "Remove it first, or name the new policies in that pipeline." in ended.err
    assert not folder.joinpath("two").exists()


def test_init_twice_is_refused(capfd: Capture) -> None:
    assert here(capfd, "init").code == 0
    ended = here(capfd, "init")
    assert ended.code == 2
    assert "exist already; nothing was written" in ended.err


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_prints_the_file_that_ships_and_that_is_what_the_records_give(name: str, capfd: Capture) -> None:
    ended = here(capfd, "schema", name)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == ROOT.joinpath("schemas", f"{name}.schema.json").read_bytes()
    assert ended.out.decode() == text(name)


def test_schema_without_a_name_lists_the_names(capfd: Capture) -> None:
    assert here(capfd, "schema").out.decode().split() == list(SCHEMAS)


def test_lint_tells_faults_by_exit_code_and_in_every_format(folder: Path, capfd: Capture) -> None:
    policy(folder, PASSING.replace("minimum", "minimun"))
    ended = here(capfd, "lint", "small.yaml", "-o", "text", "-o", "json=l.json", "-o", "sarif=l.sarif")
    assert (ended.code, ended.err) == (2, "")
    assert b"small.yaml:4:" in ended.out
    assert json.loads(folder.joinpath("l.json").read_bytes())["problems"][0]["level"] == "error"
    assert json.loads(folder.joinpath("l.sarif").read_bytes())["runs"][0]["results"][0]["level"] == "error"


def test_lint_looks_into_policies_where_nothing_is_named(folder: Path, capfd: Capture) -> None:
    missing = here(capfd, "lint")
    assert missing.code == 2
    assert b"policies" in missing.out
    folder.joinpath("policies").mkdir()
    policy(folder / "policies", FAILING)
    assert here(capfd, "lint").code == 0


def test_lint_takes_no_format_that_only_a_check_has(folder: Path, capfd: Capture) -> None:
    ended = here(capfd, "lint", policy(folder, PASSING), "-o", "junit=l.xml")
    assert ended.code == 2
    assert ended.err == "scoregate: -o takes text, json, sarif, got 'junit'\n" + see("usage")


@pytest.mark.parametrize("module", ["uvicorn", "cryptography"])
def test_the_sandbox_without_its_extra_names_what_is_missing(module: str, folder: Path) -> None:
    assert importlib.util.find_spec(module)
    code = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from checker.cli.main import run; sys.exit(run(['sandbox', '--port', '0']))"
    )
    ended = scoregate(folder=folder, through=("-c", code))
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(f"scoregate: serving the sandbox needs {module}, which is not installed\n")
    assert "pip install 'scoregate[sandbox]'" in ended.err
    assert says_one_thing(ended.err)

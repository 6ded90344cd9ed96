"""Files that commands write and read: where outputs may go, what they replace, and inputs that are no regular files."""

import functools
import json
import os
import stat
from pathlib import Path

import pytest
from command_line import NOW, PASSING, Ended, environment, here, policy, says_one_thing, scoregate, shell, snapshot

Capture = pytest.CaptureFixture[str]
DECLARES = "controls: [{id: mfa, control: AdminMFAV2, profile: {state: ThirdParty}}]"
CHECK = ("check", "-p", "small.yaml", "--snapshot", "snapshot.json", "--now", NOW)
PIPE_READ = "pipe: cannot be read: is a pipe, and only regular files are read"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, with a folder beside it that nothing may be written to."""
    for name in os.environ.keys() - environment().keys():
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    place = tmp_path / "work"
    place.mkdir()
    (tmp_path / "outside").mkdir()
    monkeypatch.chdir(place)
    policy(place, PASSING)
    snapshot(place)
    return place


def mode(path: str | Path) -> int:
    return stat.S_IMODE(os.lstat(path).st_mode)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# What is written


@functools.cache
def answering() -> dict[str, tuple[str, ...]]:
    """Commands whose answer holds data of a tenant."""
    data = ("--snapshot", "snapshot.json", "--now", NOW)
    policies = ("-p", "small.yaml")
    return {
        **{name: (name, *data) for name in ("score", "compare", "guide", "controls", "trend")},
        **{name: (name, *policies, *data) for name in ("check", "plan", "lock")},
        "explain": ("explain", "AdminMFAV2", *data),
        "whatif": ("whatif", "--adopt", "AdminMFAV2", *data),
        "diff": ("diff", "snapshot.json", "snapshot.json", "--now", NOW),
    }


@pytest.mark.parametrize("name", sorted(answering()))
def test_what_holds_data_of_a_tenant_is_for_its_owner_alone(name: str, folder: Path, capfd: Capture) -> None:
    before = os.umask(0)
    try:
        Path("old.json").write_text("old")
        Path("old.json").chmod(0o755)
        ended = here(capfd, *answering()[name], "-o", "json=old.json", "-o", "text=new.txt")
    finally:
        os.umask(before)
    assert ended.code in {0, 1, 3}, ended.err
    assert json.loads((folder / "old.json").read_bytes())
    assert (mode("old.json"), mode("new.txt")) == (0o600, 0o600)


@pytest.mark.parametrize("form", ["text", "json", "junit", "sarif"])
def test_so_is_every_report(form: str, capfd: Capture) -> None:
    assert here(capfd, *CHECK, "-o", f"{form}=report").code == 0
    assert mode("report") == 0o600


@pytest.mark.parametrize("target", ["kept.json", "../outside/new.json", "nowhere.json"])
def test_an_output_takes_the_place_of_a_link(target: str, folder: Path, capfd: Capture) -> None:
    Path("kept.json").write_text("kept")
    Path("r.json").symlink_to(target)
    assert here(capfd, *CHECK, "-o", "json=r.json").code == 0
    assert not Path("r.json").is_symlink()
    assert json.loads(Path("r.json").read_bytes())["kind"] == "Report"
    assert Path("kept.json").read_text() == "kept"
    assert contents(folder.parent / "outside") == {}


@pytest.mark.parametrize(
    "arguments",
    [
        (*CHECK, "-o", "sarif=out/r.sarif"),
        ("fetch", "--sandbox", "--now", NOW, "-o", "out/s.json"),
        ("plan", "-p", "small.yaml", "--sandbox", "--now", NOW, "--out", "out/plan.json"),
        ("plan", "--import", "--sandbox", "--now", NOW, "--out", "out/adopted.yaml"),
        ("fetch", "--sandbox", "--now", NOW, "--store", "out/store"),
        ("fetch", "--sandbox", "--now", NOW, "--store", "out"),
        ("fetch", "--sandbox", "--now", NOW, "--store", "half"),
        ("fetch", "--sandbox", "--now", NOW, "--store", "file://HERE/out/store"),
        ("lock", "-p", "small.yaml", "--sandbox", "--now", NOW, "--out", "out/scoregate.lock"),
        ("controls", "--sandbox", "--now", NOW, "--catalogue", "out/known.csv"),
        ("history", "export", "out/tables", "--store", "history"),
        ("init", "out"),
        ("init", "--ci", "gitlab", "half"),
    ],
)
def test_no_link_leads_an_output_out_of_the_working_folder(
    arguments: tuple[str, ...], folder: Path, capfd: Capture
) -> None:
    (folder / "out").symlink_to("../outside")
    (folder / "half").mkdir()
    for name in ("scores", "profiles", "policies"):
        (folder / "half" / name).symlink_to("../../outside")
    (folder / "history").mkdir()
    before = contents(folder)
    ended = here(capfd, *(word.replace("HERE", str(folder)) for word in arguments))
    assert (ended.code, says_one_thing(ended.err)) == (2, True), ended
    assert " is a link out of the working folder\n" in ended.err
    assert list((folder.parent / "outside").iterdir()) == []
    assert contents(folder) == before


def test_init_follows_no_link_out_of_a_repository(
    folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".git").mkdir()
    (folder / ".github").symlink_to("../outside")
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    ended = here(capfd, "init")
    assert ended.code == 2
    assert ".github is a link out of the working folder" in ended.err
    assert list((folder.parent / "outside").iterdir()) == []


def test_a_place_outside_is_the_caller_s_own_choice(folder: Path, capfd: Capture) -> None:
    outside = folder.parent / "outside"
    (folder.parent / "alias").symlink_to(outside)
    assert here(capfd, *CHECK, "-o", f"json={outside}/a.json", "-o", "sarif=../alias/b.sarif").code == 0
    assert {path.name for path in outside.iterdir()} == {"a.json", "b.sarif"}


def test_exported_tables_are_private_from_the_first_byte(folder: Path, capfd: Capture) -> None:
    assert here(capfd, "fetch", "--sandbox", "--now", NOW, "--days", "2", "--store", "history").code == 0
    ended = here(capfd, "history", "export", "tables", "--store", "history")
    assert ended.code == 0, ended.err
    assert {mode(path) for path in (folder / "tables").iterdir()} == {0o600}
    assert not [path for path in (folder / "tables").iterdir() if path.suffix != ".parquet"]


# What outputs may not be


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("pipe", "pipe: cannot be written: is a pipe"),
        ("/dev/full", "/dev/full: cannot be written: is a device"),
        ("/dev/stderr", "/dev/stderr: cannot be written: is an open stream"),
        ("small.yaml/r.json", "small.yaml/r.json: cannot be written: its folder does not exist"),
        ("missing/r.json", "missing/r.json: cannot be written: its folder does not exist"),
        ("loop/r.json", "loop/r.json: cannot be written: too many levels of symbolic links"),
        (".", ".: cannot be written: is a directory"),
    ],
)
def test_where_nothing_can_be_written_nothing_is_asked(path: str, message: str, folder: Path) -> None:
    os.mkfifo("pipe")
    (folder / "loop").symlink_to("loop")
    before = contents(folder)
    for arguments in (
        ("check", "-p", "small.yaml", "--sandbox", "-o", f"json={path}"),
        ("fetch", "--sandbox", "-o", path),
        ("plan", "-p", "small.yaml", "--sandbox", "--out", path),
    ):
        ended = scoregate(*arguments, "--now", NOW, folder=folder)
        assert (ended.code, ended.out, says_one_thing(ended.err)) == (2, b"", True), ended
        assert ended.err.startswith(f"scoregate: {message}\n")
    assert contents(folder) == before


def test_a_process_substitution_is_no_file_to_write(folder: Path) -> None:
    ended = shell(f"scoregate {' '.join(CHECK)} -o sarif=>(cat >got)", folder=folder)
    assert (ended.code, "cannot be written: is an open stream" in ended.err) == (2, True), ended


def test_standard_output_has_more_names_than_one(capfd: Capture) -> None:
    for name in ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
        ended = here(capfd, *CHECK, "-o", f"json={name}")
        assert (ended.code, json.loads(ended.out)["kind"]) == (0, "Report")
        twice = here(capfd, *CHECK, "-o", f"json={name}", "-o", "text")
        assert twice.err.startswith("scoregate: -o json and -o text both go to standard output\n")
        assert (twice.code, twice.out) == (2, b"")
    ended = here(capfd, "plan", "-p", "small.yaml", "--sandbox", "--now", NOW, "--out", "/dev/stdout")
    assert ended.err.startswith("scoregate: --out and -o text both go to standard output\n")


def test_the_null_device_may_be_named_twice(capfd: Capture) -> None:
    ended = here(capfd, *CHECK, "-o", "json=/dev/null", "-o", "sarif=/dev/null", "-o", "text")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(b"PASS")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("plan", "-p", "small.yaml", "--sandbox", "--out", "kept", "-o", "json=./kept"), "-o and --out"),
        (("apply", "kept", "--yes", "--sandbox", "-o", "json=sub/../kept"), "-o and PLAN"),
        (("apply", "--resume", "kept", "--yes", "--sandbox", "-o", "json=alias"), "-o and --resume"),
        (("apply", "p", "--journal", "kept", "--yes", "--sandbox", "-o", "json=kept"), "-o and --journal"),
        (("rollback", "kept", "--yes", "--sandbox", "-o", "json=kept"), "-o and JOURNAL"),
        (("rollback", "j", "--journal", "kept", "--yes", "--sandbox", "-o", "json=kept"), "-o and --journal"),
        (
            ("check", "-p", "small.yaml", "--sandbox", "--remediate", "--journal", "kept", "-o", "json=kept"),
            "-o and --journal",
        ),
    ],
)
def test_no_output_takes_the_place_of_the_run_s_other_files(
    arguments: tuple[str, ...], names: str, folder: Path, capfd: Capture
) -> None:
    Path("kept").write_text("kept")
    Path("sub").mkdir()
    Path("alias").symlink_to("kept")
    ended = here(capfd, *arguments, "--now", NOW)
    assert ended.code == 2
    assert ended.err.startswith(f"scoregate: {names} name the same file\n")
    assert (folder / "kept").read_text() == "kept"


# What is read


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "-p", "small.yaml", "--snapshot", "pipe"), 3),
        (("check", "-p", "small.yaml", "--snapshot", "folder"), 3),
        (("check", "-p", "pipe", "--snapshot", "snapshot.json"), 2),
        (("check", "-p", "small.yaml", "--waivers", "pipe", "--snapshot", "snapshot.json"), 2),
        (("lint", "pipe"), 2),
        (("lint", "folder"), 2),
        (("diff", "pipe", "snapshot.json"), 3),
        (("whatif", "--file", "pipe", "--snapshot", "snapshot.json"), 2),
        (("whatif", "--plan", "pipe", "--snapshot", "snapshot.json"), 2),
        (("apply", "pipe", "--yes", "--sandbox"), 2),
        (("apply", "--resume", "pipe", "--yes", "--sandbox"), 2),
        (("rollback", "pipe", "--yes", "--sandbox"), 2),
    ],
)
def test_a_pipe_as_input_ends_with_a_message(arguments: tuple[str, ...], code: int, folder: Path) -> None:
    os.mkfifo("pipe")
    (folder / "folder").mkdir()
    os.mkfifo("folder/pipe.json")
    os.mkfifo("folder/pipe.yaml")
    # Without the end of a time limit: where one is needed this raises.
    ended = scoregate(*arguments, "--now", NOW, folder=folder, variables={"XDG_STATE_HOME": str(folder)})
    assert (ended.code, ended.out.strip()) == (code, ended.out.strip()), ended
    assert "cannot be read: is a pipe, and only regular files are read; to pipe data, give -" in (
        ended.err + ended.out.decode()
    ), ended


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_so_does_a_device(device: str, folder: Path) -> None:
    for arguments, code in ((("--snapshot", device), 3), (("--snapshot", "snapshot.json", "--waivers", device), 2)):
        ended = scoregate("check", "-p", "small.yaml", *arguments, folder=folder)
        assert (ended.code, "cannot be read: is a device" in ended.err) == (code, True), ended


def test_settings_in_a_pipe_are_not_waited_for(folder: Path) -> None:
    os.mkfifo("scoregate.toml")
    ended = scoregate(*CHECK, folder=folder)
    assert (ended.code, "scoregate.toml: cannot be read: is a pipe" in ended.err) == (2, True), ended


def test_a_process_substitution_is_refused_and_a_pipe_is_taken(folder: Path) -> None:
    rest = f"-p small.yaml --now {NOW}"
    ended = shell(f"scoregate check {rest} --snapshot <(cat snapshot.json)", folder=folder)
    assert (ended.code, "is a pipe, and only regular files are read" in ended.err) == (3, True), ended
    for given in ("cat snapshot.json | scoregate check --snapshot -", "<snapshot.json scoregate check --snapshot -"):
        assert shell(f"{given} {rest}", folder=folder).code == 0
    # A file that is standard input by name is a file.
    assert shell(f"scoregate check {rest} --snapshot /dev/stdin <snapshot.json", folder=folder).code == 0


# Ids that data names

HOSTILE = ("../../x", "a/b", "a\0b", "x" * 10_000, "a\nb", "%2e%2e", "..", ".", "", "a?b", "a#b", "a\\b", "é", " a")


@pytest.mark.parametrize("tenant", [one for one in HOSTILE if one])
def test_what_is_no_tenant_s_id_reaches_neither_a_store_nor_a_plan(tenant: str, folder: Path, capfd: Capture) -> None:
    document = json.loads(Path("snapshot.json").read_bytes())
    for entry in [document, *document["secureScores"], *document["controlProfiles"]]:
        for name in ("tenant", "azureTenantId"):
            if name in entry:
                entry[name] = tenant
    Path("snapshot.json").write_text(json.dumps(document))
    ended = here(capfd, *CHECK, "--store", "history")
    assert (ended.code, says_one_thing(ended.err)) == (3, True), ended
    assert "so it can't be stored" in ended.err
    policy(folder, DECLARES, name="declares")
    ended = here(
        capfd, "plan", "-p", "declares.yaml", "--snapshot", "snapshot.json", "--now", NOW, "--out", "plan.json"
    )
    assert (ended.code, says_one_thing(ended.err)) == (2, True), ended
    assert "which is not a tenant's id" in ended.err
    assert not Path("plan.json").exists()


@pytest.mark.parametrize("control", HOSTILE)
def test_what_is_no_control_s_id_is_not_applied(control: str, folder: Path, capfd: Capture) -> None:
    policy(folder, DECLARES, name="declares")
    ended = here(capfd, "plan", "-p", "declares.yaml", "--sandbox", "--now", NOW, "--out", "plan.json", "-o", "json")
    plan = json.loads(Path("plan.json").read_bytes())
    assert plan["changes"], ended
    plan["changes"][0]["control"] = control
    Path("plan.json").write_text(json.dumps(plan))
    ended = here(capfd, "apply", "plan.json", "--yes", "--sandbox", "--now", NOW)
    assert (ended.code, says_one_thing(ended.err)) == (2, True), ended
    said = "which is not a control's id" if 0 < len(control) <= 1000 else "is not a plan"
    assert said in ended.err
    assert not list(folder.glob("*.jsonl"))


# Ids that a policy of AdminMFAV2 means, since what stands before a dot names a connector.
HOSTILE_PROFILES = ("../../x.AdminMFAV2", "a/b.AdminMFAV2", "%2e%2e.AdminMFAV2", "a\nb.AdminMFAV2")


@pytest.mark.parametrize("control", HOSTILE_PROFILES)
def test_a_profile_with_such_an_id_is_left_to_a_person(control: str, folder: Path, capfd: Capture) -> None:
    text = json.dumps(json.loads(Path("snapshot.json").read_bytes()))
    Path("snapshot.json").write_text(text.replace('"AdminMFAV2"', json.dumps(control)))
    policy(folder, DECLARES, name="declares")
    ended = here(capfd, "plan", "-p", "declares.yaml", "--snapshot", "snapshot.json", "--now", NOW, "-o", "json")
    plan = json.loads(ended.out)
    assert plan["changes"] == []
    (manual,) = plan["manual"]
    assert manual["message"] == "its id does not have the form of Graph's ids, so no request names it; use the portal"
    explained = here(capfd, "explain", control, "--snapshot", "snapshot.json", "--now", NOW, "-o", "json")
    assert json.loads(explained.out)["graphUrl"].endswith("/v1.0/security/secureScoreControlProfiles"), explained


@pytest.mark.parametrize("tenant", ["../../x", "a/b", "%2e%2e", "..", "x" * 300, "a\nb", "a?b", "a b", "a..b", "é"])
def test_what_is_no_tenant_s_id_is_not_asked_for(tenant: str, capfd: Capture) -> None:
    arguments = ("--client-id", "c", "--auth", "client-secret", "-p", "small.yaml")
    ended: Ended = here(capfd, "check", *arguments, "--tenant", tenant)
    assert (ended.code, says_one_thing(ended.err)) == (2, True), ended
    assert ended.err.startswith("scoregate: --tenant expects an id or a domain, got ")

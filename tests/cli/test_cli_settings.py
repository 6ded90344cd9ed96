import datetime
import json
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from command_line import FAILING, NOW, PASSING, here, policy, says_one_thing, scoregate, snapshot

from checker.cli.options import FILE_SETTINGS, REFUSED_SETTINGS

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(folder: Path, **values: Any) -> None:
    named = {name.replace("_", "-"): value for name, value in values.items()}
    folder.joinpath("scoregate.toml").write_text(tomli_w.dumps(named), encoding="utf-8")


@pytest.mark.parametrize(
    ("flag", "variable", "file", "code"),
    [
        (None, None, None, 1),
        (None, None, "high", 0),
        (None, "info", "high", 1),
        ("high", "info", "info", 0),
        ("info", "high", "high", 1),
        (None, "high", None, 0),
    ],
)
def test_the_flag_comes_before_the_variable_and_that_before_the_file_and_that_before_the_default(
    flag: str | None,
    variable: str | None,
    file: str | None,
    code: int,
    folder: Path,
    capfd: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    policy(folder, FAILING)
    settings(folder, policy=["small.yaml"], snapshot=[snapshot(folder)], now=NOW, **({"fail_on": file} if file else {}))
    if variable:
        monkeypatch.setenv("SCOREGATE_FAIL_ON", variable)
    assert here(capfd, "check", *(("--fail-on", flag) if flag else ())).code == code


def test_a_command_s_own_table_comes_before_what_is_for_all(folder: Path, capfd: Capture) -> None:
    settings(folder, fail_on="info", sandbox=True, now=NOW, check={"fail-on": "high"})
    assert here(capfd, "check", "-p", policy(folder, FAILING)).code == 0


def test_our_own_variable_comes_before_azure_s(folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_TENANT_ID", "fine")
    monkeypatch.setenv("SCOREGATE_TENANT", "a/b")
    assert "got 'a/b'" in here(capfd, "check", "-p", policy(folder, PASSING)).err


@pytest.mark.parametrize("name", sorted(REFUSED_SETTINGS))
@pytest.mark.parametrize("table", [False, True])
def test_what_decides_where_credentials_go_is_not_taken_from_the_file(
    name: str, table: bool, folder: Path, capfd: Capture
) -> None:
    settings(folder, **({"check": {name: "x"}} if table else {name: "x"}))
    ended = here(capfd, "check", "-p", policy(folder, PASSING), "--sandbox")
    path = f"check.{name}" if table else name
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err == (
        f"scoregate: scoregate.toml: {path} is not taken from this file, which a pull request can change\n"
        f"  Give --{name} on the command line, or {REFUSED_SETTINGS[name]} in the environment.\n"
    )


def test_everything_that_the_design_refuses_is_refused() -> None:
    credentials = {"graph-url", "authority-url", "cloud", "auth", "tenant", "client-id"}
    assert set(REFUSED_SETTINGS) >= credentials | {"notify", "store", "yes", "remediate"}
    assert not FILE_SETTINGS & set(REFUSED_SETTINGS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('fail_on = "high"', "fail_on is not a setting (did you mean 'fail-on'?)"),
        ('[check]\nfail-om = "high"', "check.fail-om is not a setting (did you mean 'fail-on'?)"),
        ('xyzzy = "high"', "xyzzy is not a setting; it takes "),
        ('[chekc]\nfail-on = "high"', "chekc is not a setting"),
        ("check = 3", "check is not a setting"),
        ("fail-on", "is not valid TOML: "),
        ("fail-on = 'high'\nfail-on = 'low'", "is not valid TOML: "),
        ("a = " + "[" * 5000, "is not valid TOML: "),
    ],
)
def test_faults_of_the_file_are_told_with_its_name(text: str, said: str, folder: Path, capfd: Capture) -> None:
    folder.joinpath("scoregate.toml").write_text(text)
    ended = here(capfd, "check", "-p", policy(folder, PASSING), "--sandbox")
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(f"scoregate: scoregate.toml: {said}")
    assert says_one_thing(ended.err)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a" * 2_000_000])
def test_a_file_that_is_no_text_or_too_large(data: bytes, folder: Path, capfd: Capture) -> None:
    folder.joinpath("scoregate.toml").write_bytes(data)
    ended = here(capfd, "check", "-p", policy(folder, PASSING), "--sandbox")
    assert ended.code == 2
    assert ended.err.startswith("scoregate: scoregate.toml: is ")


@pytest.mark.parametrize(
    "values",
    [
        {"fail-on": 3},
        {"fail-on": ["high"]},
        {"timeout": "soon"},
        {"timeout": float("nan")},
        {"sandbox": "perhaps"},
        {"now": "yesterday"},
        {"seed": -1},
    ],
)
def test_values_of_the_wrong_type_are_one_message(values: dict[str, Any], folder: Path, capfd: Capture) -> None:
    settings(folder, **values)
    ended = here(capfd, "check", "-p", policy(folder, PASSING), "--snapshot", snapshot(folder))
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(f"scoregate: Invalid value for '--{next(iter(values))}': ")
    assert says_one_thing(ended.err)


def test_an_option_that_may_be_repeated_takes_one_text_too(folder: Path, capfd: Capture) -> None:
    policy(folder, PASSING)
    settings(folder, policy="small.yaml", snapshot=snapshot(folder), now=NOW, output="json")
    ended = here(capfd, "check")
    assert (ended.code, json.loads(ended.out)["verdict"]) == (0, "pass")


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (datetime.date(2026, 5, 22), "2026-05-22T00:00:00Z"),
        (datetime.datetime(2026, 5, 22, 9), "2026-05-22T09:00:00Z"),  # noqa: DTZ001 - TOML has such times
        (datetime.datetime.fromisoformat("2026-05-22T01:00:00+02:00"), "2026-05-21T23:00:00Z"),
    ],
)
def test_times_of_toml_are_utc_wherever_the_machine_is(given: Any, taken: str, folder: Path) -> None:
    settings(folder, now=given, snapshot=snapshot(folder), output=["json"])
    ended = scoregate("check", "-p", policy(folder, PASSING), folder=folder, variables={"TZ": "America/New_York"})
    assert json.loads(ended.out)["evaluatedAt"] == taken


def test_the_formats_of_a_check_are_no_file_of_fetch(folder: Path, capfd: Capture) -> None:
    settings(folder, output=["text", "json=r.json"], sandbox=True, now=NOW)
    ended = here(capfd, "fetch", "--days", "1")
    assert ended.code == 2
    assert ended.err.startswith("scoregate: nowhere to write the snapshot: give -o PATH")
    assert [path.name for path in folder.iterdir()] == ["scoregate.toml"]


@pytest.mark.parametrize("table", [{"days": 30}, {"trend": {"days": 30}}])
def test_a_setting_of_another_command_is_left_alone(table: dict[str, Any], folder: Path) -> None:
    # In a process of its own: here every command is imported already.
    settings(folder, snapshot=snapshot(folder), now=NOW, **table)
    ended = scoregate("check", "-p", policy(folder, PASSING), folder=folder)
    assert (ended.code, ended.err) == (0, "")


def test_what_another_command_refuses_is_refused_as_such(folder: Path) -> None:
    settings(folder, yes=True)
    ended = scoregate("lint", policy(folder, PASSING), folder=folder)
    assert ended.code == 2
    assert ended.err.startswith("scoregate: scoregate.toml: yes is not taken from this file")


def test_settings_of_other_commands_keep_an_offline_check_light(folder: Path) -> None:
    settings(folder, days=30, snapshot=snapshot(folder), now=NOW)
    script = (
        "import sys; from checker.cli.main import run; code = run(sys.argv[1:]); "
        "heavy = {'httpx', 'msal', 'jsonschema', 'rich'} & set(sys.modules); sys.exit(str(heavy) if heavy else code)"
    )
    ended = scoregate("check", "-p", policy(folder, PASSING), folder=folder, through=("-c", script))
    assert (ended.code, ended.err) == (0, "")


def test_a_flag_of_one_command_is_no_day_of_another(folder: Path, capfd: Capture) -> None:
    settings(folder, since=True)
    ended = here(capfd, "trend", "--sandbox", "--now", NOW)
    assert ended.code == 2
    assert "since is not a setting" in ended.err

import json
import os
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from command_line import FAILING, NOW, PASSING, here, policy, says_one_thing, scoregate, see, snapshot

from checker.cli.registry import load_commands
from checker.cli.setting_lines import line_of
from checker.cli.setting_names import FILE_SETTINGS, REFUSED_SETTINGS

Capture = pytest.CaptureFixture[str]

load_commands()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "checkout"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def settings(folder: Path, **values: Any) -> None:
    named = {name.replace("_", "-"): value for name, value in values.items()}
    folder.joinpath("scoregate.toml").write_text(tomli_w.dumps(named), encoding="utf-8")


def check(capfd: Capture, folder: Path, *arguments: str, text: str = PASSING) -> Any:
    return here(capfd, "check", "-p", policy(folder, text), "--snapshot", snapshot(folder), "--now", NOW, *arguments)


@pytest.mark.parametrize(
    ("flag", "variable", "file", "shown"),
    [
        (None, None, None, b"PASS"),
        (None, None, "json", b"{"),
        (None, "junit", "json", b"<?xml"),
        ("sarif", "junit", "json", b'{\n  "$schema"'),
        ("json", None, "junit", b"{"),
    ],
)
def test_the_flag_comes_before_the_variable_and_that_before_the_file_and_that_before_the_default(
    flag: str | None,
    variable: str | None,
    file: str | None,
    shown: bytes,
    folder: Path,
    capfd: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if file:
        settings(folder, output=[file])
    if variable:
        monkeypatch.setenv("SCOREGATE_OUTPUT", variable)
    assert check(capfd, folder, *(("-o", flag) if flag else ())).out.startswith(shown)


def test_a_command_s_own_table_comes_before_what_is_for_all(folder: Path, capfd: Capture) -> None:
    settings(folder, check={"output": "json"}, output="text")
    assert json.loads(check(capfd, folder).out)["verdict"] == "pass"


def test_our_own_variable_comes_before_azure_s(folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_TENANT_ID", "fine")
    monkeypatch.setenv("SCOREGATE_TENANT", "a/b")
    assert "got 'a/b'" in here(capfd, "check", "-p", policy(folder, PASSING)).err


@pytest.mark.parametrize("name", sorted(REFUSED_SETTINGS))
@pytest.mark.parametrize("table", [False, True])
def test_what_decides_the_run_is_not_taken_from_the_file(name: str, table: bool, folder: Path, capfd: Capture) -> None:
    settings(folder, **({"check": {name: "x"}} if table else {name: "x"}))
    ended = here(capfd, "check", "-p", policy(folder, PASSING), "--sandbox")
    path, line = (f"check.{name}", 2) if table else (name, 1)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err == (
        f"scoregate: scoregate.toml:{line}: {path} is not taken from this file, which a pull request can change\n"
        f"  Give --{name} on the command line, or {REFUSED_SETTINGS[name]} in the environment.\n{see('settings')}"
    )


def test_the_file_says_only_how_things_are_shown_and_which_policies_are_judged() -> None:
    assert {"output", "policy", "verbose"} <= FILE_SETTINGS
    shown = {"output", "policy", "verbose", "width", "sarif-profile", "sarif-location", "junit-profile"}
    assert shown >= FILE_SETTINGS
    source = {
        "snapshot",
        "sandbox",
        "seed",
        "store",
        "graph-url",
        "authority-url",
        "cloud",
        "auth",
        "tenant",
        "client-id",
    }
    assert set(REFUSED_SETTINGS) >= source | {
        "now",
        "fail-on",
        "waivers",
        "tenant-label",
        "yes",
        "remediate",
        "journal",
        "timeout",
    }
    assert not FILE_SETTINGS & set(REFUSED_SETTINGS)


@pytest.mark.parametrize("value", ["json=r.json", "text=/tmp/r.txt", "sarif=-"])
def test_no_path_to_write_is_taken_from_the_file(value: str, folder: Path, capfd: Capture) -> None:
    settings(folder, output=["junit", value])
    ended = check(capfd, folder)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err == (
        f"scoregate: scoregate.toml:1: output names a file to write ({value}), which is not taken from this file, "
        "which a pull request can change\n"
        f"  Give -o {value} on the command line, or SCOREGATE_OUTPUT in the environment.\n{see('settings')}"
    )
    assert not (folder / "r.json").exists()


@pytest.mark.parametrize(
    "value", ["-", "..", "../other.yaml", "linked.yaml", "linked/other.yaml", "a/../../other.yaml"]
)
def test_policies_outside_the_working_folder_are_not_taken_from_the_file(
    value: str, folder: Path, capfd: Capture
) -> None:
    other = folder.parent / "other.yaml"
    other.write_text("apiVersion: scoregate/v1", encoding="utf-8")
    (folder / "linked.yaml").symlink_to(other)
    (folder / "linked").symlink_to(folder.parent)
    settings(folder, policy=[value])
    ended = here(capfd, "check", "--sandbox")
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(
        f"scoregate: scoregate.toml:1: policy names {value}, which is not in the working folder"
    )


def test_an_absolute_path_of_a_policy_is_not_taken_from_the_file(folder: Path, capfd: Capture) -> None:
    settings(folder, policy=str(folder / "small.yaml"))
    assert "which is not in the working folder" in here(capfd, "check", "--sandbox").err


@pytest.mark.parametrize("value", ["small.yaml", "pack:essentials", "."])
def test_policies_of_the_working_folder_and_packs_are(value: str, folder: Path, capfd: Capture) -> None:
    policy(folder, PASSING)
    settings(folder, policy=value)
    ended = here(capfd, "check", "--snapshot", snapshot(folder.parent), "--now", NOW)
    assert "scoregate.toml" not in ended.err
    assert ended.out


def test_a_settings_file_that_is_a_link_out_of_the_folder_is_refused(folder: Path, capfd: Capture) -> None:
    secret = folder.parent / "credentials.toml"
    secret.write_text('hidden_word = "x"', encoding="utf-8")
    (folder / "scoregate.toml").symlink_to(secret)
    ended = check(capfd, folder)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith("scoregate: scoregate.toml: is a link out of the working folder")
    assert "hidden_word" not in ended.err


@pytest.mark.parametrize("how", ["flag", "variable"])
def test_the_file_can_be_ignored(how: str, folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "scoregate.toml").write_text("this is [ no TOML", encoding="utf-8")
    assert check(capfd, folder).code == 2
    if how == "variable":
        monkeypatch.setenv("SCOREGATE_NO_CONFIG", "1")
    ended = check(capfd, folder, *(("--no-config",) if how == "flag" else ()))
    assert (ended.code, ended.err) == (0, "")


def test_a_report_lists_the_options_that_decided_it(
    folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(folder, PASSING)
    settings(folder, check={"output": "json", "policy": "small.yaml"}, verbose=False)
    monkeypatch.setenv("SCOREGATE_FAIL_ON", "high")
    monkeypatch.setenv("AZURE_TENANT_ID", "11111111-0000-0000-0000-000000000000")
    data = snapshot(folder.parent)
    found = json.loads(here(capfd, "check", "--snapshot", data, "--now", NOW).out)["provenance"]
    assert found == [
        {"option": "policy", "values": ["small.yaml"], "source": "settings", "place": "scoregate.toml:5"},
        {"option": "fail-on", "values": ["high"], "source": "variable", "place": "SCOREGATE_FAIL_ON"},
        {"option": "now", "values": [NOW], "source": "command-line", "place": None},
        {"option": "snapshot", "values": [data], "source": "command-line", "place": None},
        {
            "option": "tenant",
            "values": ["11111111-0000-0000-0000-000000000000"],
            "source": "variable",
            "place": "AZURE_TENANT_ID",
        },
    ]


def test_addresses_in_a_report_hold_no_credentials(
    folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOREGATE_STORE", "abfss://c@acme.dfs.core.windows.net/history?sig=hidden")
    monkeypatch.setenv("SCOREGATE_GRAPH_URL", "https://user:hidden@graph.example/x?token=hidden")
    found = json.loads(check(capfd, folder, "-o", "json").out)["provenance"]
    assert ["https://graph.example/x"] in [one["values"] for one in found]
    assert "hidden" not in json.dumps(found)


@pytest.mark.parametrize(
    ("flags", "source"),
    [
        (("--tenant", "contoso.example"), "--sandbox"),
        (("--client-id", "x"), "--snapshot"),
        (("--auth", "client-secret"), "--snapshot"),
        (("--tenant", "contoso.example"), "--snapshot"),
    ],
)
def test_a_tenant_that_is_typed_beside_a_source_without_one_is_a_usage_error(
    flags: tuple[str, ...], source: str, folder: Path, capfd: Capture
) -> None:
    path = (snapshot(folder),) if source == "--snapshot" else ()
    ended = here(capfd, "check", "-p", policy(folder, PASSING), source, *path, "--now", NOW, *flags)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(f"scoregate: {flags[0]} has no effect together with {source}")


def test_a_tenant_that_a_pipeline_sets_by_a_variable_is_ignored_beside_a_file(
    folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_TENANT_ID", "contoso.example")
    assert check(capfd, folder).code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('out_put = "json"', ":1: out_put is not a setting (did you mean 'output'?)"),
        ('# first\n[check]\noutptu = "json"', ":3: check.outptu is not a setting (did you mean 'output'?)"),
        ('xyzzy = "high"', ":1: xyzzy is not a setting; it takes "),
        ('[chekc]\nfail-on = "high"', ":1: chekc is not a setting"),
        ("check = 3", ":1: check is not a setting"),
        ("output", ": is not valid TOML: "),
        ("output = 'text'\noutput = 'json'", ": is not valid TOML: "),
        ("a = " + "[" * 5000, ": is not valid TOML: "),
    ],
)
def test_faults_of_the_file_are_told_with_its_line(text: str, said: str, folder: Path, capfd: Capture) -> None:
    folder.joinpath("scoregate.toml").write_text(text)
    ended = here(capfd, "check", "-p", policy(folder, PASSING), "--sandbox")
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(f"scoregate: scoregate.toml{said}")
    assert says_one_thing(ended.err)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a" * 2_000_000])
def test_a_file_that_is_no_text_or_too_large(data: bytes, folder: Path, capfd: Capture) -> None:
    folder.joinpath("scoregate.toml").write_bytes(data)
    ended = here(capfd, "check", "-p", policy(folder, PASSING), "--sandbox")
    assert ended.code == 2
    assert ended.err.startswith("scoregate: scoregate.toml: is ")


@pytest.mark.parametrize(
    "values", [{"sarif-profile": 3}, {"sarif-profile": ["full"]}, {"verbose": "perhaps"}, {"junit-profile": "x"}]
)
def test_values_of_the_wrong_type_are_one_message(values: dict[str, Any], folder: Path, capfd: Capture) -> None:
    settings(folder, **values)
    ended = check(capfd, folder)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith("scoregate: Invalid value for '")
    assert f"'--{next(iter(values))}'" in ended.err
    assert says_one_thing(ended.err)


def test_an_option_that_may_be_repeated_takes_one_text_too(folder: Path, capfd: Capture) -> None:
    settings(folder, output="json")
    ended = check(capfd, folder)
    assert (ended.code, json.loads(ended.out)["verdict"]) == (0, "pass")


@pytest.mark.parametrize("table", [{"sarif-profile": "full"}, {"trend": {"output": "svg"}}])
def test_a_setting_of_another_command_is_left_alone(table: dict[str, Any], folder: Path) -> None:
    # In a process of its own: here every command is imported already.
    settings(folder, **table)
    ended = scoregate("score", "--snapshot", snapshot(folder), "--now", NOW, folder=folder)
    assert (ended.code, ended.err) == (0, "")


def test_what_another_command_refuses_is_refused_as_such(folder: Path) -> None:
    settings(folder, yes=True)
    ended = scoregate("lint", policy(folder, PASSING), folder=folder)
    assert ended.code == 2
    assert ended.err.startswith("scoregate: scoregate.toml:1: yes is not taken from this file")


def test_settings_keep_an_offline_check_light(folder: Path) -> None:
    settings(folder, policy="small.yaml", output="json")
    script = (
        "import sys; from checker.cli.main import run; code = run(sys.argv[1:]); "
        "heavy = {'httpx', 'msal', 'jsonschema', 'rich'} & set(sys.modules); sys.exit(str(heavy) if heavy else code)"
    )
    policy(folder, PASSING)
    data = snapshot(folder.parent)
    ended = scoregate("check", "--snapshot", data, "--now", NOW, folder=folder, through=("-c", script))
    assert (ended.code, ended.err) == (0, "")


def test_a_flag_of_one_command_is_no_day_of_another(folder: Path, capfd: Capture) -> None:
    settings(folder, since=True)
    ended = here(capfd, "trend", "--sandbox", "--now", NOW)
    assert ended.code == 2
    assert "since is not a setting" in ended.err


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("output = 1", ("output",), 1),
        ("\n\n  'output' = 1", ("output",), 3),
        ("[check]\n\noutput = 1", ("check", "output"), 3),
        ("[ 'check' ]  # why\noutput = 1", ("check", "output"), 2),
        ("a = 1\ncheck.output = 1", ("check", "output"), 2),
        ("a = 1\ncheck = {output = 1}", ("check", "output"), 2),
        ("[trend]\noutput = 1\n[check]\noutput = 2", ("check", "output"), 4),
        ("[check]\nx = 1", ("check",), 1),
        ("a = 1\n[check]\nx = 1", ("check",), 2),
    ],
)
def test_the_line_of_a_setting(text: str, path: tuple[str, ...], line: int) -> None:
    assert line_of(text, path) == line


def test_a_link_inside_the_folder_is_taken(folder: Path, capfd: Capture) -> None:
    policy(folder, FAILING)
    os.symlink("small.yaml", folder / "linked.yaml")
    settings(folder, policy="linked.yaml")
    assert here(capfd, "check", "--snapshot", snapshot(folder.parent), "--now", NOW).code == 1

"""``scoregate config``: it says of a run what the run says of itself, and of a refusal what the run ends with."""

import json
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from command_line import NOW, PASSING, here, policy, says_one_thing, see, snapshot

from checker.cli.setting_names import FILE_SETTINGS, REFUSED_SETTINGS

Capture = pytest.CaptureFixture[str]
SECRET = "kept-9Kd2-as-a-secret"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(folder: Path, **values: Any) -> None:
    folder.joinpath("scoregate.toml").write_text(tomli_w.dumps(values), encoding="utf-8")


def shown(capfd: Capture, *words: str) -> Any:
    ended = here(capfd, "config", "-o", "json", *words)
    assert (ended.code, ended.err) == (0, "")
    return json.loads(ended.out)


def option(document: Any, name: str) -> Any:
    (found,) = [one for one in document["options"] if one["option"] == name]
    return found


def test_it_says_what_the_run_says(folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(folder, policy=[Path(policy(folder, PASSING)).name], verbose=False, check={"sarif-profile": "full"})
    monkeypatch.setenv("SCOREGATE_FAIL_ON", "high")
    arguments = ("--snapshot", snapshot(folder), "--now", NOW)
    ran = json.loads(here(capfd, "check", *arguments, "-o", "json").out)["provenance"]
    options = shown(capfd, "check", "--", *arguments)["options"]
    decisive = [one for one in options if one["source"] != "default" and one["option"] not in {"output", "verbose"}]
    ours = {one["option"]: (one["values"], one["source"], one["place"]) for one in decisive}
    assert ours == {one["option"]: (one["values"], one["source"], one["place"]) for one in ran}
    assert {one[1] for one in ours.values()} == {"command-line", "variable", "settings"}


def test_each_of_them_wins_in_turn(folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def output(*arguments: str) -> tuple[Any, ...]:
        one = option(shown(capfd, "check", "--", *arguments), "output")
        return one["values"], one["source"], one["place"], one["overridden"]

    assert output() == ([], "default", None, [])
    settings(folder, output="junit")
    assert output() == (["junit"], "settings", "scoregate.toml:1", [])
    settings(folder, output="junit", check={"output": ["json"]})
    assert output() == (["json"], "settings", "scoregate.toml:4", ["scoregate.toml:1"])
    monkeypatch.setenv("SCOREGATE_OUTPUT", "sarif")
    assert output() == (["sarif"], "variable", "SCOREGATE_OUTPUT", ["scoregate.toml:4", "scoregate.toml:1"])
    lost = ["SCOREGATE_OUTPUT", "scoregate.toml:4", "scoregate.toml:1"]
    assert output("-o", "text") == (["text"], "command-line", None, lost)
    assert output("--no-config") == (["sarif"], "variable", "SCOREGATE_OUTPUT", [])


def test_what_every_run_refuses_is_listed_with_its_reason(folder: Path, capfd: Capture) -> None:
    settings(folder, **{"fail-on": "low", "nonsense": 1, "output": "json=r.json", "verbose": True})
    document = shown(capfd, "check")
    assert [(one["setting"], one["place"]) for one in document["refused"]] == [
        ("fail-on", "scoregate.toml:1"),
        ("nonsense", "scoregate.toml:2"),
        ("output", "scoregate.toml:3"),
    ]
    assert option(document, "fail-on")["source"] == option(document, "output")["source"] == "default"
    ran = here(capfd, "check", "--sandbox")
    first = document["refused"][0]
    assert ran.err.startswith(f"scoregate: {first['place']}: {first['message']}\n")
    table = {one["option"]: one["inFile"] for one in document["options"]}
    assert {name for name, state in table.items() if state == "taken"} <= FILE_SETTINGS
    assert {name for name, state in table.items() if state == "refused"} <= set(REFUSED_SETTINGS)
    assert table["since"] == "never"


def test_no_secret_is_shown(folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", SECRET)
    monkeypatch.setenv("SCOREGATE_STORE", f"s3://user:{SECRET}@bucket/path?signature={SECRET}")
    monkeypatch.setenv("SCOREGATE_NOTIFY", f"slack://{SECRET}/B1/C1")
    assert option(shown(capfd, "check", "--", "--notify", f"slack://{SECRET}/B2"), "notify")["values"] == ["set"]
    for form in ("text", "json", "markdown"):
        ended = here(capfd, "config", "check", "-o", form)
        assert (ended.code, SECRET in ended.out.decode()) == (0, False)
        assert b"AZURE_CLIENT_SECRET" in ended.out
        assert b"bucket/path" in ended.out
    assert shown(capfd, "lint")["variables"] == []
    assert folder.exists()


def test_a_command_of_a_group_is_named_by_two_words(capfd: Capture) -> None:
    document = shown(capfd, "history", "sql", "--", "--store", "there")
    assert document["command"] == "history sql"
    assert option(document, "store")["values"] == ["there"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("chekc",), "there is no command 'chekc' (did you mean 'check'?)"),
        (("history",), "history has the commands "),
        (("history", "sq"), "history has the commands "),
    ],
)
def test_what_is_no_command_is_refused(words: tuple[str, ...], says: str, capfd: Capture) -> None:
    ended = here(capfd, "config", *words)
    assert (ended.code, ended.out, says_one_thing(ended.err)) == (2, b"", True)
    assert ended.err.startswith(f"scoregate: {says}")
    assert ended.err.endswith(see("usage"))


def test_a_file_that_is_no_toml_is_an_error(folder: Path, capfd: Capture) -> None:
    (folder / "scoregate.toml").write_text("= 3")
    assert here(capfd, "config", "check").err.endswith(see("settings"))

"""Each error leads to the place of its code on the page of errors, which has a place for each."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import ROOT, here, policy, see

from checker import errors
from checker.errors import ScoregateError

Capture = pytest.CaptureFixture[str]
PAGE = ROOT.joinpath("docs", "reference", "errors.md").read_text(encoding="utf-8")
ROW = r'^\| <a id="([a-z-]+)"></a>`\1` \| ([0-9]+) \| .{20,} \| .{10,} \|$'


def classes(one: type[ScoregateError] = ScoregateError) -> Iterator[type[ScoregateError]]:
    yield one
    for below in one.__subclasses__():
        yield from classes(below)


def test_the_page_has_each_code_once_with_its_exit_code() -> None:
    ours = [one for one in classes() if one.__module__ == errors.__name__]
    assert all("code" in vars(one) for one in ours)
    expected = [(one.code, str(one.exit_code)) for one in ours] + [(errors.INTERNAL, str(errors.EXIT_NOT_JUDGED))]
    assert sorted(re.findall(ROW, PAGE, re.MULTILINE)) == sorted(expected)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("chekc",), "usage"),
        (("check", "--sandbox"), "usage"),
        (("check", "-p", "missing.yaml", "--sandbox"), "policy"),
        (("check", "-p", "small.yaml", "--snapshot", "missing.json"), "snapshot"),
        (("check", "-p", "small.yaml", "--sandbox", "-o", "json=missing/r.json"), "output"),
        (("apply", "missing.json", "--yes", "--sandbox"), "plan"),
    ],
)
def test_a_message_ends_with_the_page_of_its_code(
    arguments: tuple[str, ...], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    policy(tmp_path, "score: [{id: one, minimum: {percent: 1}}]")
    ended = here(capfd, *arguments)
    assert ended.code in {2, 3}
    assert ended.err.endswith(see(code))


def test_a_gate_that_fails_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    monkeypatch.chdir(tmp_path)
    small = policy(tmp_path, "score: [{id: one, minimum: {percent: 100}}]")
    ended = here(capfd, "check", "-p", small, "--sandbox")
    assert (ended.code, ended.err) == (1, "")

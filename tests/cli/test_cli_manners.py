"""Links, a pager and silence, at a real terminal of 24 lines."""

import re
import sys
from pathlib import Path

import pytest
from command_line import FAILING, NOW, here, on_a_terminal, policy, says_one_thing, scoregate, snapshot

from checker.cli.hyperlinks import linked, shows_links
from checker.cli.main import run

Capture = pytest.CaptureFixture[str]
LONG = ("controls", "--sandbox", "--now", NOW)
BOTH = ("stdin", "stdout")
# Shows that it ran, and with which flags of less.
PAGER = (
    f"""{sys.executable} -c "import os, sys; print('paged', os.environ['LESS'], len(sys.stdin.readlines()) > 24)" """
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestPager:
    @pytest.mark.parametrize("name", ["PAGER", "SCOREGATE_PAGER"])
    def test_a_long_answer_on_a_terminal_is_shown_in_it(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        shown = on_a_terminal(monkeypatch, *LONG, streams=BOTH, variables={"PAGER": "false", name: PAGER})
        assert shown == "paged FRX True\n"

    @pytest.mark.parametrize(
        ("more", "variables", "streams"),
        [
            (("--no-pager",), {}, BOTH),
            ((), {"SCOREGATE_NO_PAGER": "1"}, BOTH),
            ((), {"CI": "true"}, BOTH),
            ((), {"TERM": "dumb"}, BOTH),
            ((), {}, ("stdout",)),
            ((), {"SCOREGATE_PAGER": ""}, BOTH),
            ((), {"SCOREGATE_PAGER": "cat"}, BOTH),
            ((), {"SCOREGATE_PAGER": "no-such-pager --really"}, BOTH),
            ((), {"SCOREGATE_PAGER": "'"}, BOTH),
            (("--top", "3"), {}, BOTH),
        ],
    )
    def test_nothing_else_is(
        self,
        more: tuple[str, ...],
        variables: dict[str, str],
        streams: tuple[str, ...],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        shown = on_a_terminal(monkeypatch, *LONG, *more, streams=streams, variables={"PAGER": PAGER, **variables})
        assert "paged" not in shown
        assert "11770.MDA_Google_EnableTwoFactorAuth" in shown

    def test_the_exit_code_is_that_of_the_gate(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        codes: list[int] = []
        monkeypatch.setattr("command_line.run", lambda arguments: codes.append(run(arguments)))
        arguments = ("check", "-p", policy(folder, FAILING), "--snapshot", snapshot(folder), "--now", NOW, "-o", "json")
        shown = on_a_terminal(monkeypatch, *arguments, streams=BOTH, variables={"PAGER": PAGER})
        assert (shown, codes) == ("paged FRX True\n", [1])
        # A reader who leaves at once, and a pager that fails.
        on_a_terminal(monkeypatch, *arguments, streams=BOTH, variables={"PAGER": "false"})
        assert codes == [1, 1]


class TestLinks:
    def test_addresses_of_the_portal_are_links_where_the_terminal_knows_them(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        check = ("check", "-p", policy(folder, FAILING), "--snapshot", snapshot(folder), "--now", NOW)
        plain = on_a_terminal(monkeypatch, *check)
        shown = on_a_terminal(monkeypatch, *check, variables={"FORCE_HYPERLINK": "1"})
        address = "https://security.microsoft.com/securescore"
        assert f"\x1b]8;;{address}\x1b\\{address}\x1b]8;;\x1b\\" in shown
        assert re.sub(r"\x1b\]8;;[^\x1b]*\x1b\\", "", shown) == plain
        assert "\x1b" not in on_a_terminal(monkeypatch, *check, "-o", "json", variables={"FORCE_HYPERLINK": "1"})

    def test_an_error_on_a_terminal_links_to_its_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        shown = on_a_terminal(monkeypatch, "check", streams=("stderr",), variables={"FORCE_HYPERLINK": "1"})
        assert "\x1b]8;;https://scoregate.example/errors#usage\x1b\\" in shown

    def test_a_file_has_none(self, folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FORCE_HYPERLINK", "1")
        ended = here(capfd, "check", "-p", policy(folder, FAILING), "--snapshot", snapshot(folder), "--now", NOW)
        assert b"\x1b" not in ended.out

    @pytest.mark.parametrize(
        ("variables", "shows"),
        [
            ({}, False),
            ({"TERM": "xterm-256color"}, False),
            ({"TERM": "xterm-kitty"}, True),
            ({"TERM_PROGRAM": "vscode"}, True),
            ({"TERM_PROGRAM": "Apple_Terminal"}, False),
            ({"VTE_VERSION": "7600"}, True),
            ({"VTE_VERSION": "5000"}, False),
            ({"VTE_VERSION": "x"}, False),
            ({"WT_SESSION": "1"}, True),
            ({"WT_SESSION": "1", "CI": "true"}, False),
            ({"WT_SESSION": "1", "NO_HYPERLINKS": "1"}, False),
            ({"WT_SESSION": "1", "FORCE_HYPERLINK": "0"}, False),
            ({"FORCE_HYPERLINK": ""}, True),
            ({"FORCE_HYPERLINK": "1", "TERM": "dumb"}, False),
        ],
    )
    def test_the_terminal_s_variables_say_whether_it_knows_links(self, variables: dict[str, str], shows: bool) -> None:
        assert shows_links(variables) is shows

    @pytest.mark.parametrize(
        "text",
        [
            "http://security.microsoft.com/x",
            "https://security.microsoft.com.contoso.example/x",
            "https://microsoft.com@contoso.example/",
            "https://contoso.example/microsoft.com",
            "https://notmicrosoft.com/",
            "https://security.microsoft.com/\u202emoc",
            "https://security.microsoft.com:99999999/",
            "https://",
        ],
    )
    def test_what_a_tenant_could_choose_becomes_none(self, text: str) -> None:
        assert linked(text) == text

    def test_a_link_ends_where_its_address_does(self) -> None:
        shown = linked("(see https://entra.microsoft.com/a?b=c#d, and https://security.microsoft.com.)")
        assert re.findall(r"\x1b\]8;;([^\x1b]+)\x1b", shown) == [
            "https://entra.microsoft.com/a?b=c#d",
            "https://security.microsoft.com",
        ]


class TestQuiet:
    def test_only_what_was_asked_for_is_shown(self, folder: Path, capfd: Capture) -> None:
        check = ("check", "-p", policy(folder, FAILING), "--snapshot", snapshot(folder), "--now", NOW, "--quiet")
        silent = here(capfd, *check)
        assert (silent.code, silent.out, silent.err) == (1, b"", "")
        asked = here(capfd, *check, "-o", "json", "-o", "text=report.txt")
        assert (asked.code, asked.out[:1], asked.err) == (1, b"{", "")
        assert (folder / "report.txt").read_text().startswith("FAIL")

    def test_remarks_are_left_out_and_errors_stay(self, capfd: Capture) -> None:
        fetched = here(capfd, "fetch", "--sandbox", "--now", NOW, "--days", "1", "-o", "s.json", "-q")
        assert (fetched.code, fetched.out, fetched.err) == (0, b"", "")
        made = here(capfd, "init", "-q")
        assert (made.code, made.out, made.err) == (0, b"", "")
        failed = here(capfd, "check", "-p", "gone.yaml", "--snapshot", "s.json", "-q")
        assert (failed.code, failed.out) == (2, b"")
        assert "1 fault in the policies" in failed.err

    def test_there_is_no_sign_of_life(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert on_a_terminal(monkeypatch, "score", "--sandbox", "-q", streams=("stderr",)) == ""


def test_a_system_without_locks_sets_no_state_and_says_where_one_can(folder: Path) -> None:
    # As Windows, which has no such module.
    code = "import sys; sys.modules['fcntl'] = None; from checker.cli.main import run; sys.exit(run(sys.argv[1:]))"
    body = "controls: [{id: mfa, control: AdminMFAV2, profile: {state: ThirdParty}}]"
    small = policy(folder, body)
    planned = scoregate("plan", "-p", small, "--sandbox", "--now", NOW, "--out", "plan.json", folder=folder)
    assert planned.code == 0, planned.err
    ended = scoregate("apply", "plan.json", "--sandbox", "--yes", folder=folder, through=("-c", code))
    assert (ended.code, says_one_thing(ended.err)) == (2, True)
    assert ended.err.startswith("scoregate: states can be set only on Linux and macOS")
    judged = scoregate("check", "-p", small, "--sandbox", "--now", NOW, folder=folder, through=("-c", code))
    assert (judged.code, judged.out[:4]) == (1, b"FAIL")

from pathlib import Path

import pytest
from command_line import NOW, PASSING, here, policy, says_one_thing, see, snapshot

from checker.clouds import CLOUDS, UNAVAILABLE, cloud
from checker.errors import UsageError

CHINA = "scoregate: --cloud china: 21Vianet's cloud in China offers no Secure Score API\n" + see("usage")
SOURCES = {
    "file": ("--snapshot", "snapshot.json"),
    "store": ("--store", "history"),
    "live": ("--tenant", "contoso.example"),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "command",
    [
        ("check", "-p", "small.yaml"),
        ("score",),
        ("guide",),
        ("explain", "AdminMFAV2"),
        ("plan", "-p", "small.yaml"),
        ("diff", "2026-05-21", "2026-05-22"),
    ],
    ids=lambda command: command[0],
)
def test_a_cloud_without_secure_score_is_refused_whatever_the_source(
    command: tuple[str, ...],
    source: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    policy(tmp_path, PASSING)
    snapshot(tmp_path)
    ended = here(capfd, *command, *SOURCES[source], "--cloud", "china", "--now", NOW)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.endswith(CHINA)
    assert says_one_thing(
        ended.err.replace("scoregate: no sign-in is configured, so the data in the store is judged\n", "")
    )


@pytest.mark.parametrize(
    "command", [("explain", "AdminMFAV2"), ("diff", "snapshot.json", "snapshot.json")], ids=lambda command: command[0]
)
def test_it_is_refused_where_no_source_is_asked_too(
    command: tuple[str, ...], tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    snapshot(tmp_path)
    ended = here(capfd, *command, "--cloud", "china")
    assert (ended.code, ended.out, ended.err) == (2, b"", CHINA)


def test_every_other_cloud_is_found_by_its_name() -> None:
    assert [cloud(name) for name in CLOUDS] == list(CLOUDS.values())
    for name in (*UNAVAILABLE, "mars"):
        with pytest.raises(UsageError, match=f"^--cloud .*{name}"):
            cloud(name)

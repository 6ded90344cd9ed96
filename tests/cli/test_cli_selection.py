import json
from pathlib import Path

import pytest
from command_line import here

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("command", ["controls", "guide"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--category", "Idenity"], "--category: Idenity is not a known category (did you mean Identity?)"),
        (
            ["--service", "MDO", "--service", "AzureADD"],
            "--service: AzureADD is not a known service (did you mean AzureAD?)",
        ),
        (["--tier", "Cor"], "--tier: Cor is not a known tier (did you mean Core?)"),
        (["--threats", "Spofing"], "--threats: Spofing is not a known threat (did you mean Spoofing?)"),
        (["--user-impact", "Hihg"], "--user-impact: Hihg is not a known user impact (did you mean High?)"),
        (
            ["--id", "AdminMFAV3"],
            "--id: AdminMFAV3 is not a control that this tenant reports (did you mean AdminMFAV2?)",
        ),
        (["--id", "sunflower*"], "--id: no control that this tenant reports matches sunflower*"),
    ],
)
def test_a_misspelt_filter_is_refused(capfd: Capture, command: str, arguments: list[str], said: str) -> None:
    ended = here(capfd, command, "--sandbox", *arguments)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(f"scoregate: {said}\n")


def test_a_known_word_that_the_tenant_has_none_of_picks_nothing(capfd: Capture, tmp_path: Path) -> None:
    path = tmp_path / "controls.json"
    ended = here(capfd, "controls", "--sandbox", "--category", "infrastructure", "-o", f"json={path}")
    assert (ended.code, json.loads(path.read_bytes())["controls"]) == (0, [])

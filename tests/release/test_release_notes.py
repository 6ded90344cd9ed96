"""The changelog is what a release takes its notes from."""

import re

import notes
import pytest
from command_line import ROOT

CHANGELOG = ROOT.joinpath("CHANGELOG.md").read_text(encoding="utf-8")
GROUPS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_ours_is_in_the_form_of_keep_a_changelog() -> None:
    first, *released = notes.sections(CHANGELOG)
    assert first.version == notes.UNRELEASED
    for one in (first, *released):
        groups = re.findall(r"^### (.*)$", one.text, re.MULTILINE)
        assert set(groups) <= GROUPS
        assert len(groups) == len(set(groups))


@pytest.mark.parametrize(
    ("heads", "says"),
    [
        (["[0.2.0]"], "expected"),
        (["[next] - 2026-01-01"], "expected"),
        (["0.2.0 - 2026-01-01"], "expected"),
        (["[0.1.0] - 2026-01-01", "[0.2.0] - 2026-02-01"], "not in order"),
    ],
)
def test_a_changelog_in_another_form_is_refused(heads: list[str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        notes.notes("".join(f"## {head}\n\n- One.\n\n" for head in heads), "0.2.0")


def test_a_version_without_changes_has_no_notes() -> None:
    text = "## [0.2.0] - 2026-02-01\n\n## [0.1.0] - 2026-01-01\n\n- One.\n"
    assert notes.notes(text, "0.1.0") == "- One."
    with pytest.raises(ValueError, match=r"says nothing of 0\.2\.0"):
        notes.notes(text, "0.2.0")

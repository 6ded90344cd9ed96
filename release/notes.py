"""The notes of a release: its section of CHANGELOG.md. A version without a section or a day is not released.

``python release/notes.py TAG`` prints them.
"""

import datetime
import re
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
_HEAD = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)
_VERSION = r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?"
UNRELEASED = "Unreleased"


class Section(NamedTuple):
    """A version of the changelog; Unreleased has no day."""

    version: str
    day: datetime.date | None
    text: str


def sections(changelog: str) -> list[Section]:
    """Every version, the newest first.

    Raises:
        ValueError: a head that is none, a version without a day, or days that are not in order.
    """
    heads = list(_HEAD.finditer(changelog))
    if strange := set(re.findall(r"^## .*$", changelog, re.MULTILINE)) - {head[0] for head in heads}:
        raise ValueError(f"expected ## [VERSION] - YYYY-MM-DD, got {sorted(strange)}")
    ends = [*(head.start() for head in heads[1:]), len(changelog)]
    found = [
        Section(head[1], datetime.date.fromisoformat(head[2]) if head[2] else None, changelog[head.end() : end].strip())
        for head, end in zip(heads, ends, strict=True)
    ]
    days = []
    for one in found:
        if one.version == UNRELEASED:
            continue
        if one.day is None or not re.fullmatch(_VERSION, one.version):
            raise ValueError(f"expected ## [VERSION] - YYYY-MM-DD, got ## [{one.version}]")
        days.append(one.day)
    if days != sorted(days, reverse=True):
        raise ValueError("the days of the versions are not in order, the newest first")
    return found


def notes(changelog: str, version: str) -> str:
    """What the changelog says of a version.

    Raises:
        ValueError: nothing, or as ``sections``.
    """
    for one in sections(changelog):
        if one.version == version and one.text:
            return one.text
    raise ValueError(f"CHANGELOG.md says nothing of {version}: expected ## [{version}] - YYYY-MM-DD with its changes")


def version_of(tag: str, package: str) -> str:
    """The version that a tag such as v1.2.3 names.

    Args:
        tag: of git.
        package: the text of ``checker/__init__.py``.

    Raises:
        ValueError: the package is of another version.
    """
    held = re.search(r'^__version__ = "([^"]+)"$', package, re.MULTILINE)
    if held is None or tag != f"v{held[1]}":
        raise ValueError(f"the tag is {tag}, and the package is of version {held and held[1]}")
    return held[1]


def main(tag: str) -> str:
    """The notes of the release that the tag names."""
    version = version_of(tag, (ROOT / "checker" / "__init__.py").read_text(encoding="utf-8"))
    return notes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version)


if __name__ == "__main__":
    try:
        sys.stdout.write(main(sys.argv[1]) + "\n")
    except ValueError as fault:
        sys.exit(str(fault))

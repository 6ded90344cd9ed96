"""Packs: the policies that ship with scoregate, named ``pack:NAME``."""

import os

from checker import resources
from checker.documents.suggest import did_you_mean

PREFIX = "pack:"
# The folder that reports show for a pack's files, which are not in the user's repository.
SHOWN_FOLDER = "scoregate-packs"


def is_pack(path: str) -> bool:
    """Whether a policy path names a pack."""
    return path.startswith(PREFIX)


def names() -> list[str]:
    """Every pack, sorted."""
    folder = resources.folder("policies")
    return sorted(name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name)))


def files(path: str) -> list[tuple[str, str]]:
    """The policies of the pack that ``path`` names: where each file is, and its name in reports.

    Raises:
        LookupError: there is no such pack; the message lists those that there are.
    """
    return _files(path)


def test_files(path: str) -> list[tuple[str, str]]:
    """The same for the tests that ship with the pack.

    Raises:
        LookupError: there is no such pack.
    """
    return _files(path, "tests")


def _files(path: str, *below: str) -> list[tuple[str, str]]:
    name = path[len(PREFIX) :]
    if name not in names():
        raise LookupError(f"unknown pack {name!r}{did_you_mean(name, names())}; available: {', '.join(names())}")
    folder = os.path.join(resources.folder("policies"), name, *below)
    shown = "/".join((SHOWN_FOLDER, name, *below))
    return [
        (os.path.join(folder, file), f"{shown}/{file}")
        for file in (sorted(os.listdir(folder)) if os.path.isdir(folder) else ())
        if file.endswith((".yaml", ".yml"))
    ]

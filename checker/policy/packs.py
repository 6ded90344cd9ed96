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
    """The files of the pack that ``path`` names: where each is, and its name in reports.

    Raises:
        LookupError: there is no such pack; the message lists those that there are.
    """
    name = path[len(PREFIX) :]
    if name not in names():
        raise LookupError(f"unknown pack {name!r}{did_you_mean(name, names())}; available: {', '.join(names())}")
    folder = os.path.join(resources.folder("policies"), name)
    return [
        (os.path.join(folder, file), f"{SHOWN_FOLDER}/{name}/{file}")
        for file in sorted(os.listdir(folder))
        if file.endswith((".yaml", ".yml"))
    ]

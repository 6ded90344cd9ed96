"""Packs: the policies that ship with scoregate, named ``pack:NAME``."""

import os

from checker import resources
from checker.documents.suggest import did_you_mean

PREFIX = "pack:"
# What a pack's files are called in reports: they are in no repository of the user's.
SHOWN_FOLDER = "scoregate-packs"


def is_pack(path: str) -> bool:
    """Whether a policy path names a pack."""
    return path.startswith(PREFIX)


def names() -> list[str]:
    """Every pack, sorted."""
    folder = resources.folder("policies")
    return sorted(name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name)))


def files(path: str) -> list[tuple[str, str]]:
    """The files of the pack ``path`` names: where each is, and what it is called in reports.

    Raises:
        LookupError: no such pack; the message says which there are.
    """
    name = path[len(PREFIX) :]
    if name not in names():
        raise LookupError(f"there is no pack {name!r}{did_you_mean(name, names())}; there are: {', '.join(names())}")
    folder = os.path.join(resources.folder("policies"), name)
    return [
        (os.path.join(folder, file), f"{SHOWN_FOLDER}/{name}/{file}")
        for file in sorted(os.listdir(folder))
        if file.endswith((".yaml", ".yml"))
    ]

"""Where policy files stand in their repository: CI systems show results beside files of the checkout."""

import os
from collections.abc import Iterable

from checker.documents.files import shown
from checker.policy.packs import SHOWN_FOLDER

_STANDARD_INPUT = "<stdin>"
_FALLBACK = "scoregate.yaml"


def repository_paths(names: Iterable[str], location: str | None) -> dict[str, str]:
    """For each policy file its path below the top of its git repository, with ``/``.

    Links are resolved, since GitHub does not show what lies behind one. Outside a repository the path is relative to
    the working directory, or the bare name where it lies elsewhere.

    Args:
        names: file names as locations carry them.
        location: what policies from standard input are called.
    """
    roots: dict[str, str] = {}
    return {name: _path(name, location, roots) for name in names}


def _path(name: str, location: str | None, roots: dict[str, str]) -> str:
    if name == _STANDARD_INPUT:
        return location or _FALLBACK
    if name.startswith(SHOWN_FOLDER + "/"):
        return name
    real = os.path.realpath(name)
    folder = os.path.dirname(real)
    if folder not in roots:
        roots[folder] = top_of_repository(folder) or os.path.realpath(".")
    relative = os.path.relpath(real, roots[folder])
    return os.path.basename(real) if relative.startswith("..") else shown(relative.replace(os.sep, "/"))


def top_of_repository(folder: str) -> str | None:
    """The git top-level at or above ``folder``, an absolute path that need not exist yet; None outside of one."""
    place = folder
    while True:
        if os.path.exists(os.path.join(place, ".git")):
            return place
        parent = os.path.dirname(place)
        if parent == place:
            return None
        place = parent

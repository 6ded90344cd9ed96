"""Where policy files stand in the checkout that a report belongs to: CI systems show results beside its files.

A result beside the wrong file is worse than one beside no file. So a file that the checkout does not hold gets a path
of its own, the same in each run, at which the checkout has nothing; and the report says so.
"""

import os
import posixpath
from collections.abc import Iterable, Mapping

import msgspec

from checker.documents.files import shown
from checker.policy.packs import SHOWN_FOLDER
from checker.presentation.words import counted, named
from checker.report.report import RunWarning

_STANDARD_INPUT = "<stdin>"
_FALLBACK = "scoregate.yaml"
_OUTSIDE = "scoregate-outside"
# The folder of the checkout, as each runner tells it. Source: docs.github.com, "Variables reference";
# learn.microsoft.com, "Predefined variables"; docs.gitlab.com, "Predefined CI/CD variables".
_VARIABLES = ("GITHUB_WORKSPACE", "BUILD_SOURCESDIRECTORY", "CI_PROJECT_DIR")
_NAMED = 3
# Why a path is not simply that of the file: code → what is said of the files that it concerns.
_WARNINGS = {
    "file-outside-checkout": "outside the checkout, so results name a path that it does not contain",
    "file-in-nested-checkout": "in a checkout inside the checkout; results name the path from the outer one",
    "file-behind-link": "behind a link; results name the file that the link leads to",
    "file-of-pack": f"from a pack; results name a path in {SHOWN_FOLDER}/, which your repository does not contain",
    "file-from-standard-input": "from standard input; --sarif-location sets the file that results name",
    "file-of-same-path": "at a path that another file already has, so results name a different path",
}


class Checkout(msgspec.Struct, frozen=True):
    """The folders that results can be relative to, absolute and without links: the first that holds a file counts."""

    roots: tuple[str, ...]


class FilePlaces(msgspec.Struct, frozen=True):
    """Where files stand.

    Attributes:
        uris: the path of each file below the root of the checkout, ``/`` between folders, not yet percent-encoded.
        warnings: about files whose path is not simply that of the file.
    """

    uris: Mapping[str, str]
    warnings: tuple[RunWarning, ...]


class _Place(msgspec.Struct, frozen=True):
    """A path, the file that it stands for, and the code of a warning."""

    path: str
    file: str
    warning: str | None = None


def present_checkout(environment: Mapping[str, str] | None = None) -> Checkout:
    """The runner's folder where there is one, then the git repository of the working folder, else that folder."""
    variables = os.environ if environment is None else environment
    folders = [os.path.realpath(variables[name]) for name in _VARIABLES if variables.get(name)]
    return Checkout(tuple(dict.fromkeys([*folders, _top(os.path.realpath("."))])))


def places(names: Iterable[str], location: str | None, checkout: Checkout) -> FilePlaces:
    """For each file its path in the checkout; two files never have the same.

    Args:
        names: file names as locations carry them.
        location: what policies from standard input are called.
        checkout: what paths are relative to.
    """
    uris: dict[str, str] = {}
    files: dict[str, str] = {}
    warned: dict[str, list[str]] = {}
    for name in names:
        place = _place(name, location, checkout)
        if files.setdefault(place.path, place.file) != place.file:
            place = _Place(_path_of_its_own(place.file, checkout), place.file, "file-of-same-path")
        uris[name] = place.path
        if place.warning is not None:
            warned.setdefault(place.warning, []).append(name)
    found = (RunWarning(code, _sentence(code, warned[code])) for code in _WARNINGS if code in warned)
    return FilePlaces(uris, tuple(found))


def _sentence(code: str, names: list[str]) -> str:
    are = "is" if len(names) == 1 else "are"
    return f"{counted(len(names), 'file')} {are} {_WARNINGS[code]}: {named(names, _NAMED)}."


def _place(name: str, location: str | None, checkout: Checkout) -> _Place:
    if name == _STANDARD_INPUT:
        return _standard_input(location, checkout)
    if name.startswith(SHOWN_FOLDER + "/"):
        return _Place(_not_in(name, checkout), name, "file-of-pack")
    return _file(name, checkout)


def _standard_input(location: str | None, checkout: Checkout) -> _Place:
    if location is None:
        return _Place(_not_in(_FALLBACK, checkout), _STANDARD_INPUT, "file-from-standard-input")
    path = posixpath.normpath(location.replace(os.sep, "/"))
    if os.path.isabs(location) or path.startswith("../"):
        return _file(location, checkout)
    # The caller's word, also for a file that is loaded itself.
    return _Place(path, os.path.join(checkout.roots[0], path))


def _file(name: str, checkout: Checkout) -> _Place:
    real = os.path.realpath(name)
    for root in checkout.roots:
        path = inside(real, root)
        if path is not None:
            return _Place(shown(path), real, _oddity(name, path, root))
    return _Place(_path_of_its_own(real, checkout), real, "file-outside-checkout")


def _oddity(name: str, path: str, root: str) -> str | None:
    """The code of the warning about a file in the checkout; None as a rule."""
    folder = posixpath.dirname(path)
    while folder:
        if os.path.lexists(os.path.join(root, folder, ".git")):
            return "file-in-nested-checkout"
        folder = posixpath.dirname(folder)
    # A link above the checkout (the system's folder for temporary files may be one) changes nothing inside it.
    written = inside(os.path.normpath(os.path.join(os.path.realpath("."), name)), root)
    return "file-behind-link" if written is not None and written != path else None


def inside(path: str, root: str, separator: str = os.sep) -> str | None:
    """The part of ``path`` below ``root`` with ``/``, or None where it is not below; both absolute, without links."""
    base = root.rstrip(separator) + separator
    head = path[: len(base)]
    # Windows writes one path in several cases.
    same = head.casefold() == base.casefold() if separator == "\\" else head == base
    return path[len(base) :].replace(separator, "/") if same and len(path) > len(base) else None


def _not_in(path: str, checkout: Checkout) -> str:
    """The path, or one of its own where the checkout holds a file at it."""
    held = any(os.path.lexists(os.path.join(root, path)) for root in checkout.roots)
    return _path_of_its_own(path, checkout) if held else path


def _path_of_its_own(file: str, checkout: Checkout) -> str:
    """A path that no other file has and that says nothing of this machine: a digest, and the name."""
    # Few runs need it, and it takes milliseconds to load.
    import hashlib

    text = os.fsencode(_from_near(file, checkout.roots[0]))
    return f"{_OUTSIDE}/{hashlib.sha256(text).hexdigest()[:12]}/{shown(os.path.basename(file))}"


def _from_near(file: str, root: str) -> str:
    """What stays the same from run to run: the way from the checkout to a file beside it, else the whole path.

    Agents number the folders of their checkouts, so that a checkout beside ours has another path in each run.
    """
    if not os.path.isabs(file):
        return file
    for ups, folder in enumerate((os.path.dirname(root), os.path.dirname(os.path.dirname(root))), 1):
        path = inside(file, folder)
        # What lies directly below the top of the file system is beside nothing.
        if path is not None and os.path.dirname(folder) != folder:
            return "../" * ups + path
    return file


def _top(folder: str) -> str:
    """The git top-level above ``folder``, else ``folder`` itself."""
    return top_of_repository(folder) or folder


def top_of_repository(folder: str) -> str | None:
    """The git top-level at or above ``folder``, an absolute path that need not exist yet; None outside of one."""
    place = folder
    while True:
        if os.path.lexists(os.path.join(place, ".git")):
            return place
        parent = os.path.dirname(place)
        if parent == place:
            return None
        place = parent

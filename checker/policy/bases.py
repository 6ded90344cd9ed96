"""``extends``: references → the sources of a policy's bases, from files and packs."""

import os
import posixpath
from collections.abc import Sequence

from checker.documents import files, limits
from checker.documents.links import leads_out
from checker.documents.suggest import did_you_mean
from checker.policy import packs
from checker.policy.sources import PolicySource, UnreadableSourceError


def read_bases(source: PolicySource, reference: str) -> Sequence[PolicySource]:
    """The sources that a reference in ``source`` names: the files of a pack, or one file beside it.

    Raises:
        UnreadableSourceError: there is no such pack or file, or it lies outside the source's root.
    """
    if packs.is_pack(reference):
        return _pack(reference)
    path = path_beside(source, reference, expected="pack:NAME, or the path of a file")
    if not os.path.lexists(path):
        raise UnreadableSourceError(f"cannot be read: no such file or directory{_nearest(path)}")
    real = os.path.realpath(path)
    data = files.read_bounded(path, limits.POLICY_FILE_BYTES, UnreadableSourceError)
    name = posixpath.normpath(posixpath.join(posixpath.dirname(source.name), reference))
    return [PolicySource(files.shown(name), data, real, source.root)]


def _nearest(path: str) -> str:
    folder, name = os.path.split(path)
    beside = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return did_you_mean(name, [file for file in beside if file.endswith((".yaml", ".yml"))])


def _pack(reference: str) -> list[PolicySource]:
    try:
        named = packs.files(reference)
    except LookupError as error:
        raise UnreadableSourceError(f"is an {error.args[0]}") from error
    found = []
    for file, name in named:
        real = os.path.realpath(file)
        data = files.read_bounded(file, limits.POLICY_FILE_BYTES, UnreadableSourceError)
        found.append(PolicySource(name, data, real, os.path.dirname(real)))
    return found


def path_beside(source: PolicySource, reference: str, *, expected: str = "the path of a file") -> str:
    """Where a file is that a reference in ``source`` names.

    Args:
        source: the file with the reference.
        reference: a path relative to it.
        expected: what a reference may be, for the message.

    Raises:
        UnreadableSourceError: the reference is no such path, or leads outside the source's root.
    """
    if not reference or "\0" in reference or "\\" in reference or os.path.isabs(reference):
        raise UnreadableSourceError(f"expected {expected} relative to this one, with / in it")
    folder = os.path.dirname(source.identity) if source.identity else os.path.realpath(".")
    path = os.path.normpath(os.path.join(folder, reference))
    if leads_out(path, source.root):
        raise UnreadableSourceError("is outside the folder that this file can refer to")
    if os.path.isdir(path):
        raise UnreadableSourceError("is a folder; name each file of it")
    return path

"""Links that lead out of a folder: a checkout can hold one, so that a file of the machine is taken for its own."""

import os


def leads_out(path: str, folder: str = ".") -> bool:
    """Whether ``path``, followed through every link, is not below ``folder``; a path that cannot be followed is not.

    Args:
        path: relative to the working folder, or absolute.
        folder: what it should be in; links on the way to the folder itself don't count.
    """
    try:
        inner, outer = os.path.realpath(path), os.path.realpath(folder)
        return os.path.commonpath([inner, outer]) != outer
    except (OSError, ValueError):
        # Another drive, a loop, a name that no system takes: whoever opens it reports what is wrong.
        return True


def is_link_out(path: str) -> bool:
    """Whether ``path`` is written as a file of the working folder and leads out of it."""
    here = os.path.realpath(".")
    written = os.path.normpath(os.path.join(here, path))
    return written.startswith(here.rstrip(os.sep) + os.sep) and leads_out(path)

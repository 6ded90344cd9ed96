"""What a run learns from its environment: who can sign in, whether a person can answer, where files are kept."""

import os
import sys
from collections.abc import Mapping

from checker.auth.interface import VARIABLES, Variables


def sign_in_variables() -> Variables:
    """The sign-in variables that are set."""
    return Variables({name: os.environ[name] for name in VARIABLES if os.environ.get(name)})


def program_variables() -> Mapping[str, str]:
    """What another program needs of the environment, and no more: where programs are, and an agent that holds keys."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "SSH_AUTH_SOCK") if os.environ.get(name)}


def is_interactive() -> bool:
    """Whether somebody sits at a terminal; never in CI, where a prompt would wait for ever."""
    streams = (sys.stdin, sys.stderr)
    return not os.environ.get("CI") and all(stream is not None and stream.isatty() for stream in streams)


def cache_folder() -> str:
    """Where people's tokens are kept, encrypted. Source: XDG Base Directory Specification."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(home, "scoregate")


def locks_folder() -> str:
    """Where runs on this machine lock tenants. Source: as above."""
    home = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(home):
        home = os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(home, "scoregate", "locks")


def variables() -> Mapping[str, str]:
    """All of them, for a part that takes its own."""
    return os.environ

"""``scoregate.toml``, which a pull request can change."""

import contextlib
import os

from fuzz_checks import file_of, refused_by

from checker.cli.registry import load_command, load_commands
from checker.cli.setting_names import FILE_NAME, FILE_SETTINGS
from checker.cli.settings import read_settings
from checker.errors import SettingsError

load_commands()


def check(data: bytes) -> None:
    """Reads the settings of two commands: what comes out is shown, or names policies below the working folder."""
    folder = os.path.dirname(file_of(data, FILE_NAME))
    with contextlib.chdir(folder):
        for command in ("check", "trend"):
            with refused_by(SettingsError):
                found = read_settings(load_command(command), command)
                assert {name.replace("_", "-") for name in found.values} <= FILE_SETTINGS
                assert found.lines.keys() == found.values.keys()
                assert all(1 <= line <= data.count(b"\n") + data.count(b"\r") + 1 for line in found.lines.values())
                _check_paths(found.values.get("policy"))
                assert not any("=" in one for one in _texts(found.values.get("output")))


def _check_paths(policies: object) -> None:
    for path in _texts(policies):
        assert path.startswith("pack:") or not (os.path.isabs(path) or ".." in os.path.normpath(path).split(os.sep))


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []

"""``scoregate.toml`` of two sides → what differs; each option says beside its definition what that does."""

import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence

from checker.cli.registry import COMMANDS, load_commands
from checker.cli.setting_lines import line_of
from checker.cli.setting_names import FILE_NAME, FILE_SETTINGS, SETTING_DIRECTIONS
from checker.errors import SettingsError
from checker.policy.packs import is_pack
from checker.report.document import LocationDocument
from checker.requirements.direction import Direction, neutral, undecided
from checker.review.answer import FileChange

_Path = tuple[str, ...]


class FileSettings:
    """The file of one side; what it must not say is compared too, since it was there to loosen something."""

    def __init__(self, data: bytes | None, place: str = FILE_NAME) -> None:
        """Reads it.

        Args:
            data: its bytes; None where there is no file.
            place: how a message names it.

        Raises:
            SettingsError: it is no TOML.
        """
        import tomllib

        try:
            self.text = (data or b"").decode("utf-8")
            tables = tomllib.loads(self.text)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as fault:
            raise SettingsError(f"is not valid TOML: {fault}", place=place) from fault
        self.values: Mapping[_Path, object] = dict(_flat(tables))

    def of(self, command: str, name: str) -> object:
        """What a command takes from it; None where it says nothing."""
        return self.values.get((command, name), self.values.get((name,)))


def _flat(tables: Mapping[str, object]) -> Iterator[tuple[_Path, object]]:
    for key, value in tables.items():
        if key in COMMANDS and isinstance(value, dict):
            yield from (((key, name), one) for name, one in value.items())
        else:
            yield (key,), value


def setting_changes(
    base: FileSettings, head: FileSettings, read: Sequence[str] | None = None
) -> tuple[FileChange, ...]:
    """The settings that one side has and the other has not, or with another value.

    Args:
        base, head: the file of each side.
        read: the policies that the review reads of the head; those that the file names for it unless given.
    """
    if base.values == head.values:
        return ()
    load_commands()
    paths = dict.fromkeys([*head.values, *base.values])
    seen = tuple(read) if read is not None else paths_of(head.of("review", "policy"))
    return tuple(_change(path, base, head, seen) for path in paths if base.values.get(path) != head.values.get(path))


def paths_of(named: object) -> tuple[str, ...]:
    """The policies that a setting names; the usual folder where it names none."""
    paths = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    return tuple(map(str, paths)) or ("policies",)


def _change(path: _Path, base: FileSettings, head: FileSettings, read: Sequence[str]) -> FileChange:
    before, after = base.values.get(path), head.values.get(path)
    shown = head if path in head.values else base
    return FileChange(
        name=f"{FILE_NAME}/{'.'.join(path)}",
        change="added" if path not in base.values else "removed" if path not in head.values else "changed",
        direction=_direction(path, base, head, read),
        before=_json(before) if path in base.values else None,
        after=_json(after) if path in head.values else None,
        location=LocationDocument(FILE_NAME, line_of(shown.text, path), 1),
    )


def _direction(path: _Path, base: FileSettings, head: FileSettings, read: Sequence[str]) -> Direction:
    name = path[-1]
    compare = SETTING_DIRECTIONS.get(name, neutral if name in FILE_SETTINGS else undecided)
    # Where a command's own table says nothing, what is said for all holds.
    before, after = (side.of(path[0], name) for side in (base, head))
    found = compare(before, after)
    if name == "policy" and not found.may_loosen and not all(_is_read(one, read) for one in paths_of(after)):
        # What the review does not read may hold waivers.
        return Direction.UNDECIDED
    return found


def _is_read(path: str, read: Sequence[str]) -> bool:
    """Whether the review reads what a path names; packs hold no waivers."""
    path = posixpath.normpath(path)
    folders = {posixpath.normpath(one) for one in read}
    return is_pack(path) or path in folders or any(path.startswith(f"{folder}/") for folder in folders)


def _json(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)

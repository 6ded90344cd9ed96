"""The `$select` option: items get the members that were asked for and no others, and the context names them.

So a client that forgets a member that it needs fails here.
Sources: https://learn.microsoft.com/graph/query-parameters and OData 4.01, JSON Format, Context URL.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checker.sandbox.errors import GraphResponseError
from checker.sandbox.graph.entity_types import EntityType

MOST_SELECTED = 100
_ALL = ("*",)


@dataclass(frozen=True, slots=True)
class Selection:
    """The members that were asked for.

    Attributes:
        paths: each member, and a member of it where that is an object or a list of objects; `*` is all of them.
    """

    paths: tuple[tuple[str, ...], ...]

    @property
    def context(self) -> str:
        """What the context URL says of the selection, such as `(id,currentScore)`."""
        return f"({','.join('/'.join(path) for path in self.paths)})"

    def trimmed(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Give the selected members of an item, in the item's order."""
        if _ALL in self.paths:
            return dict(item)
        return {
            name: value if (name,) in self.paths else _members(value, members)
            for name, value in item.items()
            if (members := [path[1:] for path in self.paths if path[0] == name])
        }


def parse_select(text: str, entity: EntityType) -> Selection:
    """Parse a list of members.

    Raises:
        GraphResponseError: 400, when one is unknown, or there are too many.
    """
    names = [name.strip() for name in text.split(",")]
    if len(names) > MOST_SELECTED:
        raise _invalid_select_error("there are too many terms.")
    return Selection(tuple(dict.fromkeys(_path(name, entity) for name in names)))


def _path(name: str, entity: EntityType) -> tuple[str, ...]:
    if name == "*":
        return _ALL
    path = entity.property_path(name)
    if path is None:
        raise _invalid_select_error(f"Could not find a property named '{name[:64]}' on type '{entity.name}'.")
    return path


def _members(value: object, members: list[tuple[str, ...]]) -> object:
    names = {path[0] for path in members}
    match value:
        case list():
            return [_members(entry, members) for entry in value]
        case dict():
            return {name: member for name, member in value.items() if name in names}
        case _:
            return value


def _invalid_select_error(reason: str) -> GraphResponseError:
    # As reported by users of several collections.
    return GraphResponseError(400, "BadRequest", f"Parsing OData Select and Expand failed: {reason}")

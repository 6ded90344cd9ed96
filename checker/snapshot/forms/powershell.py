"""What PowerShell's SDK and ``ConvertTo-Json`` make of an entry → the entry with Graph's names and values.

``Get-MgSecuritySecureScore`` gives objects whose members begin with a capital; what the SDK has no member for is in
``AdditionalProperties``, with Graph's names. PowerShell 5.1 writes dates and some lists as objects of its own.
"""

from checker.errors import SnapshotError

_EXTRA = "AdditionalProperties"
# An entry, the records in its lists, and a list in those.
_LEVELS = 3
_ADVICE = "Write it again with '… | ConvertTo-Json -Depth 10': the default of -Depth cuts what lies deeper."


def in_graphs_words(value: object, place: str, levels: int = _LEVELS) -> object:
    """The value with the names and forms that Graph gives it.

    Args:
        value: decoded JSON.
        place: of the value, for an error.
        levels: how deep records are looked into.

    Raises:
        SnapshotError: ``ConvertTo-Json`` cut it.
    """
    if not levels:
        return value
    if isinstance(value, list):
        return [in_graphs_words(item, f"{place}[{index}]", levels) for index, item in enumerate(value)]
    if isinstance(value, dict):
        return _object(value, place, levels)
    return value


def _object(value: dict[str, object], place: str, levels: int) -> object:
    content = value.get("value")
    if isinstance(content, str) and value.keys() <= {"value", "DisplayHint", "DateTime"}:
        return content  # a DateTime
    if isinstance(content, list) and value.keys() == {"value", "Count"}:
        return in_graphs_words(content, f"{place}.value", levels)  # a list that carries its length
    return _renamed(value, place, levels)


def _renamed(value: dict[str, object], place: str, levels: int) -> dict[str, object]:
    """The members under Graph's names.

    The SDK gives null for a member that Graph did not send, so its nulls are left out: they mean absent.
    """
    if not all(name[:1].isupper() for name in value):
        return {name: in_graphs_words(item, f"{place}.{name}", levels - 1) for name, item in value.items()}
    extra = value.get(_EXTRA) or {}
    if not isinstance(extra, dict):
        raise SnapshotError("is text where an object belongs: it was cut", place=f"{place}.{_EXTRA}", advice=_ADVICE)
    named = {name[:1].lower() + name[1:]: item for name, item in value.items() if item is not None and name != _EXTRA}
    return {
        name: in_graphs_words(item, f"{place}.{name[:1].upper()}{name[1:]}", levels - 1)
        for name, item in {**extra, **named}.items()
    }

"""Small tenants for the cases: Graph's entries, and the forms that people hold them in."""

import codecs
import json
from typing import Any

TENANT = "0f0f0f0f-1111-4222-8333-444444444444"
NOW = "2026-11-20T09:00:00Z"
TODAY = "2026-11-20"
DEFAULT = {"assignedTo": None, "comment": None, "state": "Default", "updatedBy": None, "updatedDateTime": None}

Entry = dict[str, Any]


def control(name: str, score: float | None, percent: float | None = None, **members: object) -> Entry:
    """A control score; the percentage is of a maximum of 10 unless another one is given."""
    held = {"controlName": name, "controlCategory": "Identity", "score": score, **members}
    if score is not None:
        held["scoreInPercentage"] = 10 * score if percent is None else percent
    return held


def day(*controls: Entry, date: str = TODAY, maximum: float | None = None, **members: object) -> Entry:
    """A secureScore whose control scores add up to it."""
    return {
        "id": f"{TENANT}_{date}",
        "azureTenantId": TENANT,
        "createdDateTime": f"{date}T00:00:00Z",
        "currentScore": sum(one.get("score") or 0.0 for one in controls),
        "maxScore": 10.0 * len(controls) if maximum is None else maximum,
        "controlScores": list(controls),
        "averageComparativeScores": [],
        "enabledServices": ["HasAADP2"],
        **members,
    }


def profile(name: str, *updates: Entry, **members: object) -> Entry:
    """A control profile of 10 points, in the state Default unless updates are given."""
    return {
        "id": name,
        "azureTenantId": TENANT,
        "title": f"Title of {name}",
        "controlCategory": "Identity",
        "service": "AzureAD",
        "tier": "Core",
        "maxScore": 10.0,
        "controlStateUpdates": list(updates) or [DEFAULT],
        **members,
    }


def update(state: str | None, at: str | None = None) -> Entry:
    """An entry of a state history."""
    return {"assignedTo": "", "comment": "c", "state": state, "updatedBy": "m@contoso.example", "updatedDateTime": at}


def without(entry: Entry, *names: str) -> Entry:
    """The entry without some members."""
    return {name: value for name, value in entry.items() if name not in names}


def own(days: list[Entry], profiles: list[Entry] | None, **head: object) -> bytes:
    """A file as ``scoregate fetch`` writes it; without profiles where they are None."""
    document = {"apiVersion": "scoregate/v1", "kind": "Snapshot", "tenant": TENANT, "secureScores": days, **head}
    return as_json(document if profiles is None else {**document, "controlProfiles": profiles})


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def utf_16(data: bytes) -> bytes:
    return codecs.BOM_UTF16_LE + data.decode().encode("utf-16-le")


def lines(*entries: Entry) -> bytes:
    return b"".join(as_json(entry) + b"\n" for entry in entries)


def sdk(entry: Entry, *extra: str) -> Entry:
    """The entry as PowerShell's SDK gives it; it has no members for those in ``extra``."""
    named = {name[:1].upper() + name[1:]: _sdk_value(value) for name, value in entry.items() if name not in extra}
    return {**named, "AdditionalProperties": {name: entry[name] for name in extra if name in entry}}


def _sdk_value(value: object) -> object:
    if isinstance(value, list):
        return [sdk(item, "scoreInPercentage") if isinstance(item, dict) else item for item in value]
    return value

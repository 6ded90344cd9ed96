"""What a PATCH of a control profile may say, and what it does.

Source: https://learn.microsoft.com/graph/api/securescorecontrolprofile-update and published answers.
"""

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checker.sandbox.errors import BAD_REQUEST_MESSAGE, GraphError

STATES = {state.lower(): state for state in ("Default", "Ignored", "ThirdParty", "Reviewed")}
"""The states that can be given, by their lower-case spelling."""

_TEXT_MEMBERS = ("assignedTo", "comment")


@dataclass(frozen=True, slots=True)
class Update:
    """A checked PATCH body.

    Attributes:
        members: what was sent of a new entry of controlStateUpdates; the others keep their value.
    """

    members: Mapping[str, str | None]

    @property
    def declares(self) -> bool:
        """Whether it gives a state other than Default."""
        return self.members.get("state", "Default") != "Default"


def parse_update(body: bytes) -> Update:
    """Check a PATCH body; members that the service doesn't know are ignored.

    Raises:
        GraphError: 400, with an empty code as the service's provider sends it.
    """
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise GraphError(400, "BadRequest", "Unable to read JSON request payload.") from error
    if not isinstance(sent, dict) or not _names_provider(sent.get("vendorInformation")):
        raise refused()
    members: dict[str, str | None] = {}
    for name in _TEXT_MEMBERS:
        if name in sent:
            if not isinstance(sent[name], str | None):
                raise refused()
            members[name] = sent[name]
    if "state" in sent:
        state = sent["state"]
        if not isinstance(state, str) or state.lower() not in STATES:
            raise refused()
        members["state"] = STATES[state.lower()]
    return Update(members)


def refused() -> GraphError:
    """Make the error that Secure Score's provider answers to every update that it can't take."""
    return GraphError(400, "", BAD_REQUEST_MESSAGE)


def current_update(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Find the entry of controlStateUpdates that counts: the newest, the last of equals; null is oldest."""
    latest: dict[str, Any] = {}
    for entry in profile["controlStateUpdates"]:
        if not latest or (entry["updatedDateTime"] or "") >= (latest["updatedDateTime"] or ""):
            latest = entry
    return latest


def apply_update(
    profile: Mapping[str, Any], update: Update, *, updated_by: str, now: datetime.datetime
) -> dict[str, Any]:
    """Give a profile with an update appended to its history; the profile given stays as it is."""
    previous = current_update(profile)
    moment = now.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    entry = {
        "assignedTo": update.members.get("assignedTo", previous.get("assignedTo")),
        "comment": update.members.get("comment", previous.get("comment")),
        "state": update.members.get("state", previous.get("state", "Default")),
        "updatedBy": updated_by,
        "updatedDateTime": f"{moment}Z",
    }
    return {**profile, "controlStateUpdates": [*profile["controlStateUpdates"], entry]}


def _names_provider(vendor_information: object) -> bool:
    return (
        isinstance(vendor_information, dict)
        and vendor_information.get("provider") == "SecureScore"
        and vendor_information.get("vendor") == "Microsoft"
    )

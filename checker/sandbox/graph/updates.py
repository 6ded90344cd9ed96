"""Updates of a control profile: what a PATCH can contain, and what it changes.

Source: https://learn.microsoft.com/graph/api/securescorecontrolprofile-update and published responses.
"""

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checker.sandbox.errors import BAD_REQUEST_MESSAGE, GraphResponseError

STATES = {state.lower(): state for state in ("Default", "Ignored", "ThirdParty", "Reviewed")}
"""The states that a PATCH can set, by their lower-case spelling."""

_TEXT_MEMBERS = ("assignedTo", "comment")


@dataclass(frozen=True, slots=True)
class Update:
    """A checked PATCH body.

    Attributes:
        members: the members of controlStateUpdates that were sent; the others keep their value.
    """

    members: Mapping[str, str | None]

    @property
    def declares(self) -> bool:
        """Whether it sets a state other than Default."""
        return self.members.get("state", "Default") != "Default"


def check_content_type(content_type: str | None) -> None:
    """Require JSON by the Content-Type of a request with a body.

    Raises:
        GraphResponseError: 400 where there is none, with the message that users report; 415 for another type, as
            https://learn.microsoft.com/graph/errors lists it, with a message of several other collections.
    """
    if not content_type:
        message = "Write requests (excluding DELETE) must contain the Content-Type header declaration."
        raise GraphResponseError(400, "BadRequest", message)
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise GraphResponseError(415, "BadRequest", "Entity only allows writes with a JSON Content-Type header.")


def parse_update(body: bytes) -> Update:
    """Check a PATCH body; members that the service doesn't know are ignored.

    Raises:
        GraphResponseError: 400, with an empty code, as Secure Score's provider sends it.
    """
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise GraphResponseError(400, "BadRequest", "Unable to read JSON request payload.") from error
    if not isinstance(sent, dict) or not _names_provider(sent.get("vendorInformation")):
        raise refused_update_error()
    members: dict[str, str | None] = {}
    for name in _TEXT_MEMBERS:
        if name in sent:
            if not isinstance(sent[name], str | None):
                raise refused_update_error()
            members[name] = sent[name]
    if "state" in sent:
        state = sent["state"]
        if not isinstance(state, str) or state.lower() not in STATES:
            raise refused_update_error()
        members["state"] = STATES[state.lower()]
    return Update(members)


def refused_update_error() -> GraphResponseError:
    """Make the error that Secure Score's provider sends for every update that it refuses."""
    return GraphResponseError(400, "", BAD_REQUEST_MESSAGE)


def current_update(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Find the current entry of controlStateUpdates: the newest, or the last of several; null is oldest."""
    latest: dict[str, Any] = {}
    for entry in profile["controlStateUpdates"]:
        if not latest or (entry["updatedDateTime"] or "") >= (latest["updatedDateTime"] or ""):
            latest = entry
    return latest


def apply_update(
    profile: Mapping[str, Any], update: Update, *, updated_by: str, now: datetime.datetime
) -> dict[str, Any]:
    """Give a copy of a profile with an update appended to its history."""
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

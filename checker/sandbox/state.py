"""A tenant as it is now: what it was made with, and what was changed since."""

import datetime
from collections.abc import Sequence
from typing import Any

from checker.sandbox.errors import graph_error_of
from checker.sandbox.tenant import SandboxTenant
from checker.sandbox.updates import Update, apply_update, current_update, refused


class TenantState:
    """The collections that Graph answers for one tenant; a changed profile replaces the one of the tenant."""

    def __init__(self, tenant: SandboxTenant) -> None:
        self.tenant = tenant
        self._profiles = {profile["id"]: profile for profile in tenant.control_profiles}

    def secure_scores(self) -> Sequence[dict[str, Any]]:
        """List the days, newest first."""
        return self.tenant.secure_scores

    def control_profiles(self) -> Sequence[dict[str, Any]]:
        """List the profiles, by id without case."""
        return list(self._profiles.values())

    def update_profile(
        self, profile_id: str, update: Update, *, updated_by: str, now: datetime.datetime
    ) -> dict[str, Any]:
        """Change a profile's state and give the profile as it is then.

        Raises:
            GraphError: 404 for an unknown id; 400 for a control of Defender's, whose state is set in its own
                portal, and for a declaration of a control that is observed to be complete.
        """
        profile = find_item(self.control_profiles(), profile_id)
        if profile_id.startswith("scid_"):
            raise refused()
        if update.declares and self._completed(profile):
            raise refused()
        changed = apply_update(profile, update, updated_by=updated_by, now=now)
        self._profiles[profile_id] = changed
        return changed

    def _completed(self, profile: dict[str, Any]) -> bool:
        if current_update(profile).get("state", "Default").lower() != "default" or not profile["maxScore"]:
            return False
        newest = self.tenant.secure_scores[0]["controlScores"] if self.tenant.secure_scores else []
        name = profile["id"].lower()
        return any(score["controlName"].lower() == name and score["score"] >= profile["maxScore"] for score in newest)


def find_item(items: Sequence[dict[str, Any]], item_id: str) -> dict[str, Any]:
    """Find an item by its id.

    Raises:
        GraphError: 404.
    """
    for item in items:
        if item["id"] == item_id:
            return item
    raise graph_error_of(404)

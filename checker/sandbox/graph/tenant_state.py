"""A tenant as it is now: as it was made, with the changes since and the days that have passed."""

import datetime
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from checker.sandbox.errors import default_graph_error
from checker.sandbox.graph.updates import Update, apply_update, current_update, refused_update_error
from checker.sandbox.tenants.recalculation import ControlStateChange, day_of, recalculated_scores
from checker.sandbox.tenants.tenant import SandboxTenant


class TenantState:
    """The two collections of one tenant; a changed profile replaces the original."""

    def __init__(self, tenant: SandboxTenant, now: Callable[[], datetime.datetime], score_lag_days: int = 0) -> None:
        """Start with the tenant as it was made.

        Args:
            tenant: the tenant.
            now: the clock; days pass with it, but never go back.
            score_lag_days: how many days after a change of state the score follows it.
        """
        self.tenant = tenant
        self._now = now
        self._lag = score_lag_days
        self._profiles = {profile["id"]: profile for profile in tenant.control_profiles}
        self._changes: list[ControlStateChange] = []
        self._passed = 0
        self._days: Sequence[dict[str, Any]] = tenant.secure_scores
        self._scores: Sequence[dict[str, Any]] = tenant.secure_scores

    def secure_scores(self) -> Sequence[dict[str, Any]]:
        """List the days, newest first."""
        if self._pass_days():
            self._recalculate()
        return self._scores

    def control_profiles(self) -> Sequence[dict[str, Any]]:
        """List the profiles, sorted by id, ignoring case."""
        return list(self._profiles.values())

    def update_profile(self, profile_id: str, update: Update, *, updated_by: str) -> dict[str, Any]:
        """Change a profile, and give the changed profile.

        Raises:
            GraphResponseError: 404 for an unknown id; 400 for a control of Defender, whose state is set in its own
                portal, and for declaring a control that is observed to be complete.
        """
        profile = find_item(self.control_profiles(), profile_id)
        if profile_id.startswith("scid_"):
            raise refused_update_error()
        if update.declares and self._is_complete(profile):
            raise refused_update_error()
        changed = apply_update(profile, update, updated_by=updated_by, now=self._now())
        self._profiles[profile_id] = changed
        if "state" in update.members:
            self._pass_days()
            state = current_update(changed)["state"]
            self._changes.append(ControlStateChange(profile_id, state, self._today(), profile["maxScore"]))
            self._recalculate()
        return changed

    def remove_profile(self, profile_id: str) -> None:
        """Remove a profile, as when Microsoft retires a control; its scores stay.

        Raises:
            GraphResponseError: 404 for an unknown id.
        """
        find_item(self.control_profiles(), profile_id)
        del self._profiles[profile_id]

    def _pass_days(self) -> bool:
        """Add the days that have passed, and tell whether there are any; the older ones stay the same objects."""
        made = self.tenant.secure_scores
        if not made or self.tenant.days_ahead is None:
            return False
        passed = (self._today() - day_of(made[0])).days
        if passed <= self._passed:
            return False
        self._passed = passed
        self._days = [*self.tenant.days_ahead(passed), *made[1:]][: len(made)]
        return True

    def _today(self) -> datetime.date:
        """Give the current day, or the newest day of the scores where the clock is behind it."""
        today = self._now().astimezone(datetime.UTC).date()
        return max(today, day_of(self._days[0])) if self._days else today

    def _recalculate(self) -> None:
        self._scores = recalculated_scores(self._days, self._changes, self._observed, self._lag)

    @functools.cached_property
    def _observed(self) -> Mapping[str, float]:
        """The points of each scored control as observed: from the tenant, or else from its newest day."""
        newest = self.tenant.secure_scores[0]["controlScores"] if self.tenant.secure_scores else []
        return {**{score["controlName"].lower(): score["score"] for score in newest}, **self.tenant.observed}

    def _is_complete(self, profile: dict[str, Any]) -> bool:
        if current_update(profile).get("state", "Default").lower() != "default" or not profile["maxScore"]:
            return False
        maximum: float = profile["maxScore"]
        return self._observed.get(profile["id"].lower(), -1.0) >= maximum


def find_item(items: Sequence[dict[str, Any]], item_id: str) -> dict[str, Any]:
    """Find an item by its id.

    Raises:
        GraphResponseError: 404, when there is none.
    """
    for item in items:
        if item["id"] == item_id:
            return item
    raise default_graph_error(404)

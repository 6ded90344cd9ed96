"""The secureScoreControlProfiles of a tenant, in the order in which Graph lists them.

Source of the shapes: https://learn.microsoft.com/graph/api/resources/securescorecontrolprofile and
published answers.
"""

import datetime
from typing import Any

from checker.sandbox.tenants import story, texts
from checker.sandbox.tenants.catalogue import Control, controls
from checker.sandbox.tenants.draws import Draws
from checker.sandbox.tenants.history import VENDOR

UNTOUCHED = {
    "assignedTo": None,
    "comment": None,
    "state": "Default",
    "updatedBy": None,
    "updatedDateTime": None,
}
"""The one update that a control has which nobody touched."""

_RANKS = (10, 10, 10, 65, 65, 128, 0, 67, 60, 59, 33, 129)


def control_profiles(tenant_id: str, draws: Draws, newest_day: datetime.date) -> list[dict[str, Any]]:
    """Build the profiles of a tenant, sorted by id without case as the service does."""
    listed = [control for control in controls() if control.id != story.WITHOUT_PROFILE]
    listed.sort(key=lambda control: control.id.casefold())
    return [_profile(control, tenant_id, draws, newest_day) for control in listed]


def _profile(control: Control, tenant_id: str, draws: Draws, newest_day: datetime.date) -> dict[str, Any]:
    return {
        "id": control.id,
        "azureTenantId": tenant_id,
        "actionType": control.action_type,
        "actionUrl": texts.action_url(control, tenant_id),
        "controlCategory": control.category,
        "title": control.title,
        "deprecated": control.id == story.RETIRED_CONTROL,
        "implementationCost": control.implementation_cost,
        "lastModifiedDateTime": None,
        "maxScore": control.maximum,
        "rank": draws.choice(_RANKS, f"{control.id} rank"),
        "remediation": texts.remediation(control),
        "remediationImpact": texts.remediation_impact(control),
        "service": control.service,
        "threats": list(control.threats),
        "tier": control.tier,
        "userImpact": control.user_impact,
        "complianceInformation": [],
        "controlStateUpdates": _state_updates(control, newest_day),
        "vendorInformation": dict(VENDOR),
    }


def _state_updates(control: Control, newest_day: datetime.date) -> list[dict[str, Any]]:
    updates = [dict(UNTOUCHED)]
    for declaration in story.DECLARATIONS:
        if declaration.control == control.id:
            day = newest_day - datetime.timedelta(days=declaration.age)
            updates.append(
                {
                    "assignedTo": declaration.assigned_to,
                    "comment": declaration.comment,
                    "state": declaration.state,
                    "updatedBy": "secops@contoso.example",
                    "updatedDateTime": f"{day.isoformat()}T09:14:07.628799Z",
                }
            )
    return updates

"""The secureScoreControlProfiles of a tenant, in the order in which Graph lists them.

Source of the shapes: https://learn.microsoft.com/graph/api/resources/securescorecontrolprofile and
published responses.
"""

import datetime
from typing import Any

from checker.sandbox.tenants import story, texts
from checker.sandbox.tenants.catalogue import CatalogueControl, controls
from checker.sandbox.tenants.history import VENDOR
from checker.sandbox.tenants.timelines import SeededTenant

UNTOUCHED = {
    "assignedTo": None,
    "comment": None,
    "state": "Default",
    "updatedBy": None,
    "updatedDateTime": None,
}
"""The only update of a control that nobody has changed."""

_RANKS = (10, 10, 10, 65, 65, 128, 0, 67, 60, 59, 33, 129)


def control_profiles(tenant: SeededTenant) -> list[dict[str, Any]]:
    """Build the profiles of a tenant, sorted by id, ignoring case, as the service does."""
    listed = [control for control in controls() if control.id != story.WITHOUT_PROFILE]
    listed.sort(key=lambda control: control.id.casefold())
    return [_profile(control, tenant) for control in listed]


def _profile(control: CatalogueControl, tenant: SeededTenant) -> dict[str, Any]:
    return {
        "id": control.id,
        "azureTenantId": tenant.tenant_id,
        "actionType": control.action_type,
        "actionUrl": texts.action_url(control, tenant.tenant_id),
        "controlCategory": control.category,
        "title": control.title,
        "deprecated": control.id == story.RETIRED_CONTROL,
        "implementationCost": control.implementation_cost,
        "lastModifiedDateTime": None,
        "maxScore": control.maximum,
        "rank": tenant.seeded.choice(_RANKS, f"{control.id} rank"),
        "remediation": texts.remediation(control),
        "remediationImpact": texts.remediation_impact(control),
        "service": control.service,
        "threats": list(control.threats),
        "tier": control.tier,
        "userImpact": control.user_impact,
        "complianceInformation": [],
        "controlStateUpdates": _state_updates(control, tenant.newest_day),
        "vendorInformation": dict(VENDOR),
    }


def _state_updates(control: CatalogueControl, newest_day: datetime.date) -> list[dict[str, Any]]:
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

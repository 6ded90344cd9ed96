"""The two entity types and their properties, as Microsoft's description of v1.0 declares them.

Sources: https://learn.microsoft.com/graph/api/resources/securescore,
https://learn.microsoft.com/graph/api/resources/securescorecontrolprofile
"""

from collections.abc import Collection as Names
from collections.abc import Mapping
from dataclasses import dataclass

from checker.sandbox.graph.paths import Collection


@dataclass(frozen=True, slots=True)
class EntityType:
    """What the items of a collection are.

    Attributes:
        name: the name in Graph's metadata.
        values: the properties with one plain value.
        lists: the properties that are lists.
        structures: the properties that are objects, and the members of these.
    """

    name: str
    values: Names[str]
    lists: Names[str]
    structures: Mapping[str, Names[str]]

    def property_path(self, path: str) -> tuple[str, ...] | None:
        """Find a property by its path, whatever its case; None where the type has none.

        Members of lists aren't checked: their types are open.
        """
        head, *rest = path.split("/")
        name = _found(head, [*self.values, *self.lists, *self.structures])
        if name is None or not rest:
            return None if name is None else (name,)
        if len(rest) > 1 or name in self.values:
            return None
        member = _found(rest[0], self.structures[name]) if name in self.structures else rest[0]
        return None if not member else (name, member)


_VENDOR = {"vendorInformation": ("provider", "providerVersion", "subProvider", "vendor")}

ENTITY_TYPES: dict[Collection, EntityType] = {
    "secureScores": EntityType(
        "microsoft.graph.secureScore",
        (
            *("id", "activeUserCount", "azureTenantId", "createdDateTime", "currentScore"),
            *("licensedUserCount", "maxScore"),
        ),
        ("averageComparativeScores", "controlScores", "enabledServices"),
        _VENDOR,
    ),
    "secureScoreControlProfiles": EntityType(
        "microsoft.graph.secureScoreControlProfile",
        (
            *("id", "actionType", "actionUrl", "azureTenantId", "controlCategory", "deprecated"),
            *("implementationCost", "lastModifiedDateTime", "maxScore", "rank", "remediation"),
            *("remediationImpact", "service", "tier", "title", "userImpact"),
        ),
        ("complianceInformation", "controlStateUpdates", "threats"),
        _VENDOR,
    ),
}


def _found(name: str, names: Names[str]) -> str | None:
    return next((known for known in names if known.lower() == name.lower()), None)

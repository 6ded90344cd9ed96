"""Claims that Graph demands of a tenant's tokens: continuous access evaluation, seen from outside.

Source: https://learn.microsoft.com/entra/identity-platform/claims-challenge
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from checker.sandbox.errors import GraphResponseError
from checker.sandbox.wire_json import parse_object

LONGEST_CLAIMS = 8 * 1024


@dataclass(slots=True)
class _Demand:
    claims: dict[str, Any]
    met: set[str] = field(default_factory=set)


class Demands:
    """What is demanded of whom; a token is told by its own id, the claim `uti`."""

    def __init__(self) -> None:
        self._demands: dict[str, _Demand] = {}

    def demand(self, tenant_id: str, claims: str | None) -> None:
        """Refuse a tenant's tokens until one comes that was asked for with these claims.

        Args:
            tenant_id: the tenant.
            claims: a JSON object, as a claims challenge carries it; None demands nothing any longer.

        Raises:
            ValueError: it is no JSON object.
        """
        if claims is None:
            self._demands.pop(tenant_id, None)
            return
        self._demands[tenant_id] = _Demand(parse_claims(claims))

    def note_token(self, tenant_id: str, token_id: str, requested: dict[str, Any]) -> None:
        """Note a token that was minted for a request with some claims."""
        demand = self._demands.get(tenant_id)
        if demand is not None and _holds(requested, demand.claims):
            demand.met.add(token_id)

    def check(self, tenant_id: str, token_id: str, authority: str) -> None:
        """Check a token.

        Raises:
            GraphResponseError: 401 with a claims challenge, when something is demanded that it wasn't asked for with.
        """
        demand = self._demands.get(tenant_id)
        if demand is None or token_id in demand.met:
            return
        encoded = base64.b64encode(json.dumps(demand.claims, separators=(",", ":")).encode()).decode()
        challenge = (
            f'Bearer realm="", authorization_uri="{authority}/{tenant_id}/oauth2/v2.0/authorize", '
            'client_id="00000003-0000-0000-c000-000000000000", error="insufficient_claims", '
            f'claims="{encoded}"'
        )
        raise GraphResponseError(
            401,
            "InvalidAuthenticationToken",
            "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: "
            "TokenIssuedBeforeRevocationTimestamp",
            {"WWW-Authenticate": challenge},
        )


def parse_claims(text: str) -> dict[str, Any]:
    """Read the JSON of a claims request.

    Raises:
        ValueError: it is no JSON object.
    """
    if len(text) > LONGEST_CLAIMS:
        raise ValueError(f"claims must be at most {LONGEST_CLAIMS} characters long")
    return parse_object(text, "claims")


def _holds(requested: object, demanded: object) -> bool:
    """Tell whether everything demanded is requested; clients merge their capabilities into it."""
    if isinstance(demanded, dict):
        return isinstance(requested, dict) and all(
            name in requested and _holds(requested[name], value) for name, value in demanded.items()
        )
    return requested == demanded

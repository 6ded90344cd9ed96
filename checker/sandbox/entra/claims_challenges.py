"""Claims challenges: Graph rejects a tenant's tokens until one is requested with certain claims.

This is what continuous access evaluation looks like to a client.

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
class _ClaimsChallenge:
    claims: dict[str, Any]
    satisfied_by: set[str] = field(default_factory=set)


class ClaimsChallenges:
    """The challenge of each tenant, if any, and the tokens that satisfy it, by their id in the claim `uti`."""

    def __init__(self) -> None:
        self._challenges: dict[str, _ClaimsChallenge] = {}

    def demand(self, tenant_id: str, claims: str | None) -> None:
        """Reject a tenant's tokens until one is requested with these claims.

        Args:
            tenant_id: the tenant.
            claims: the JSON object of the challenge; None removes the challenge.

        Raises:
            ValueError: the claims are not a JSON object.
        """
        if claims is None:
            self._challenges.pop(tenant_id, None)
            return
        self._challenges[tenant_id] = _ClaimsChallenge(parse_claims(claims))

    def record_token(self, tenant_id: str, token_id: str, requested: dict[str, Any]) -> None:
        """Record a token that was requested with some claims."""
        challenge = self._challenges.get(tenant_id)
        if challenge is not None and _holds(requested, challenge.claims):
            challenge.satisfied_by.add(token_id)

    def check(self, tenant_id: str, token_id: str, authority: str) -> None:
        """Check a token against the challenge of its tenant.

        Raises:
            GraphResponseError: 401 with the challenge, when the token doesn't satisfy it.
        """
        challenge = self._challenges.get(tenant_id)
        if challenge is None or token_id in challenge.satisfied_by:
            return
        encoded = base64.b64encode(json.dumps(challenge.claims, separators=(",", ":")).encode()).decode()
        header = (
            f'Bearer realm="", authorization_uri="{authority}/{tenant_id}/oauth2/v2.0/authorize", '
            'client_id="00000003-0000-0000-c000-000000000000", error="insufficient_claims", '
            f'claims="{encoded}"'
        )
        raise GraphResponseError(
            401,
            "InvalidAuthenticationToken",
            "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: "
            "TokenIssuedBeforeRevocationTimestamp",
            {"WWW-Authenticate": header},
        )


def parse_claims(text: str) -> dict[str, Any]:
    """Read the JSON of a claims request.

    Raises:
        ValueError: the text is not a JSON object.
    """
    if len(text) > LONGEST_CLAIMS:
        raise ValueError(f"claims must be at most {LONGEST_CLAIMS} characters long")
    return parse_object(text, "claims")


def _holds(requested: object, demanded: object) -> bool:
    """Tell whether all demanded claims are requested; clients add their capabilities to them."""
    if isinstance(demanded, dict):
        return isinstance(requested, dict) and all(
            name in requested and _holds(requested[name], value) for name, value in demanded.items()
        )
    return requested == demanded

"""Access tokens: minted by the sandbox's Entra, checked by its Graph.

They have the claims of Entra's tokens, but are signed with HMAC: clients have to treat access tokens as opaque,
and the key never leaves the process.
Source: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
"""

import base64
import binascii
import datetime
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

GRAPH_AUDIENCE = "https://graph.microsoft.com"
LIFETIME = datetime.timedelta(seconds=3599)
"""How long a token is valid; Entra's are valid for an hour or a little longer."""

LONGEST_TOKEN = 16 * 1024

SECURITY_READER = "5d6b6bb7-de71-4623-b4af-96380a352509"
SECURITY_ADMINISTRATOR = "194ae4cb-b126-40b2-bd5b-6091b380977d"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"


class TokenError(Exception):
    """A token that isn't accepted; the message gives the reason in Graph's wording."""


class Signer:
    """Signs tokens, and checks the tokens that it signed."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def mint(self, claims: dict[str, Any]) -> str:
        """Sign claims into a token."""
        head = _encode(json.dumps({"typ": "JWT", "alg": "HS256"}).encode())
        signed = f"{head}.{_encode(json.dumps(claims).encode())}"
        return f"{signed}.{_encode(self._signature(signed))}"

    def verify(self, token: str, now: datetime.datetime) -> dict[str, Any]:
        """Check a token, and give its claims.

        Raises:
            TokenError: the token is empty, malformed, signed by another key, expired, or not valid yet.
        """
        if not token:
            raise TokenError("Access token is empty.")
        if len(token) > LONGEST_TOKEN or token.count(".") != 2 or not token.isascii():
            raise TokenError("CompactToken parsing failed with error code: 80049217")
        signed, _, signature = token.rpartition(".")
        # Check the signature first: what isn't signed by this key is never parsed.
        if not hmac.compare_digest(_encode(self._signature(signed)), signature):
            raise TokenError("Access token validation failure. Invalid signature.")
        claims: dict[str, Any] = json.loads(_decode(signed.partition(".")[2]))
        if now.timestamp() >= claims["exp"]:
            raise TokenError("Lifetime validation failed, the token is expired.")
        if now.timestamp() < claims["nbf"]:
            raise TokenError("Lifetime validation failed, the token is not yet valid.")
        return claims

    def _signature(self, signed: str) -> bytes:
        return hmac.digest(self._key, signed.encode(), hashlib.sha256)


@dataclass(frozen=True, slots=True)
class TokenTerms:
    """What every access token states.

    Attributes:
        tenant_id: the tenant that the token is for.
        client_id: the application that it is issued to.
        issued: when it is issued, with a time zone.
        audience: the API that it is for.
        lifetime: how long it is valid.
    """

    tenant_id: str
    client_id: str
    issued: datetime.datetime
    audience: str = GRAPH_AUDIENCE
    lifetime: datetime.timedelta = LIFETIME


def application_claims(terms: TokenTerms, roles: Sequence[str]) -> dict[str, Any]:
    """Build the claims of a token for an application itself, which has its permissions in `roles`."""
    return {
        **_common_claims(terms),
        "idtyp": "app",
        "oid": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{terms.tenant_id} {terms.client_id}")),
        "roles": list(roles),
    }


def delegated_claims(terms: TokenTerms, scopes: Sequence[str], directory_roles: Sequence[str]) -> dict[str, Any]:
    """Build the claims of a token for a signed-in user: permissions in `scp`, directory roles in `wids`."""
    return {
        **_common_claims(terms),
        "oid": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{terms.tenant_id} user")),
        "scp": " ".join(scopes),
        "upn": "secops@contoso.example",
        "wids": list(directory_roles),
    }


def bearer_token(authorization: str | None) -> str:
    """Read the token in an Authorization header; empty where there is none."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def unverified_claim(token: str, name: str) -> str | None:
    """Read a claim of a token, unverified, for logs and limits only; None where it can't be read."""
    if len(token) > LONGEST_TOKEN or token.count(".") != 2:
        return None
    try:
        claims = json.loads(_decode(token.split(".")[1]))
    except (ValueError, RecursionError):
        return None
    claim = claims.get(name) if isinstance(claims, dict) else None
    return claim if isinstance(claim, str) else None


def _common_claims(terms: TokenTerms) -> dict[str, Any]:
    issued = int(terms.issued.timestamp())
    return {
        "aud": terms.audience,
        "iss": f"https://sts.windows.net/{terms.tenant_id}/",
        "iat": issued,
        "nbf": issued,
        "exp": issued + int(terms.lifetime.total_seconds()),
        "appid": terms.client_id,
        "appidacr": "1",
        "tid": terms.tenant_id,
        "uti": secrets.token_urlsafe(16),
        "ver": "1.0",
    }


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64") from error

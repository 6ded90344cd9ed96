"""Who signs in, and what that allows: as the token says, which only Graph can verify."""

import datetime
from collections.abc import Sequence

import msgspec

from checker.auth.claims import Claims, read_claims
from checker.auth.entrance import Entrance

DELEGATED = "delegated"
_APPLY = "apply"
_READY = "ready-token"
_ENDED = "a token that has not expired"
_PERMISSIONS = "https://learn.microsoft.com/graph/security-authorization"
# Azure CLI's own application, which no tenant can give the permission to.
_AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"


class SignInStanding(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="Auth"):
    """Who signs in, and what that allows.

    Attributes:
        token_kind: ``application``, ``delegated`` (a person's), or ``unknown`` where the token can't be read.
        missing: what is lacking for the commands asked about; empty when they are allowed.
        advice: what to do about it.
    """

    api_version: str = "scoregate/v1"
    cloud: str
    graph: str
    tenant: str | None
    application: str | None
    method: str
    token_kind: str
    permissions: tuple[str, ...]
    directory_roles: tuple[str, ...]
    expires_at: str | None
    asked_for: tuple[str, ...]
    missing: tuple[str, ...]
    allowed: bool
    advice: str | None


def standing(entrance: Entrance, asked: Sequence[str], now: datetime.datetime) -> SignInStanding:
    """Signs in and reads the token.

    Args:
        entrance: where, who and how.
        asked: the commands that are to be allowed: ``check``, ``apply``.
        now: the moment of the run.

    Raises:
        SignInError: there is none.
    """
    claims = read_claims(entrance.tokens.token())
    known = claims or Claims()
    missing = known.missing(write=_APPLY in asked) if claims is not None else ["what it allows can't be read"]
    # Other methods have just received theirs, from a service whose clock is better than this machine's may be.
    if entrance.method == _READY and known.ends is not None and known.ends <= now:
        missing.insert(0, _ENDED)
    kind = DELEGATED if known.is_delegated else "application"
    return SignInStanding(
        cloud=entrance.cloud.name,
        graph=entrance.credentials.resource,
        tenant=known.tid or entrance.credentials.tenant,
        application=known.appid or known.azp or entrance.credentials.client_id,
        method=entrance.method,
        token_kind=kind if claims is not None else "unknown",
        permissions=tuple(known.permissions),
        directory_roles=tuple(known.directory_roles),
        expires_at=known.ends.strftime("%Y-%m-%dT%H:%M:%SZ") if known.ends is not None else None,
        asked_for=tuple(asked),
        missing=tuple(missing),
        allowed=not missing,
        advice=_advice(known, missing) if missing else None,
    )


def _advice(claims: Claims, missing: Sequence[str]) -> str:
    if _ENDED in missing:
        return "Set SCOREGATE_ACCESS_TOKEN to a new token, or sign in another way."
    if _AZURE_CLI in {claims.appid, claims.azp} and claims.is_delegated:
        return (
            "Azure CLI's own application cannot have the permission: sign in by --auth device-code with an application "
            "of yours, or run 'az login' as a service principal."
        )
    if claims.is_delegated:
        return f"Have an administrator consent to the permission, and give the person the role: {_PERMISSIONS}"
    return (
        "Give the application the permission (application permission of Microsoft Graph) and have an administrator "
        f"consent to it: {_PERMISSIONS}"
    )

"""Tokens looked at before they are sent: one for another tenant or cloud than was asked for is refused."""

from checker.auth.claims import read_claims
from checker.auth.interface import TokenProvider
from checker.errors import SignInError
from checker.secrecy.known import learn

# Graph's application id, which some tokens name as their audience.
_GRAPH = "00000003-0000-0000-c000-000000000000"


def refuse_foreign(token: str, *, tenant: str | None, resource: str) -> None:
    """Refuses a token for another tenant or cloud than was asked for.

    Args:
        token: what the method gave.
        tenant: the tenant's id as the caller named it; a domain can't be compared.
        resource: Graph's address.

    Raises:
        SignInError: the token is not for it.
    """
    claims = read_claims(token)
    if claims is None:
        return
    is_id = tenant is not None and len(tenant) == 36 and tenant.count("-") == 4
    if is_id and tenant is not None and claims.tid is not None and claims.tid.casefold() != tenant.casefold():
        raise SignInError(
            f"the token is for the tenant {claims.tid}, but {tenant} was requested",
            advice="Sign in to the tenant to judge, or correct --tenant.",
        )
    audience = (claims.aud or "").rstrip("/").casefold()
    if audience and audience not in {_GRAPH, resource.rstrip("/").casefold()}:
        raise SignInError(
            f"the token is for {claims.aud}, but {resource} was requested",
            advice="Check --cloud; a token of one cloud is not valid in another.",
        )


class CheckedTokens:
    """A provider whose every new token is looked at before it is sent."""

    def __init__(self, provider: TokenProvider, *, tenant: str | None, resource: str) -> None:
        self._provider = provider
        self._tenant = tenant
        self._resource = resource
        self._seen = ""

    def token(self, claims: str | None = None) -> str:
        """A valid access token; see ``TokenProvider``."""
        token = self._provider.token(claims)
        if token != self._seen:
            learn(token)
            refuse_foreign(token, tenant=self._tenant, resource=self._resource)
            self._seen = token
        return token

"""For whom an assertion is made out."""

from checker.auth.interface import Credentials

# Source: learn.microsoft.com/graph/api/resources/federatedidentitycredential, property "audiences".
_DEFAULT = "api://AzureADTokenExchange"


def audience(credentials: Credentials) -> str:
    """The audience, from SCOREGATE_OIDC_AUDIENCE (national clouds have their own), percent-encoded for a query."""
    from urllib.parse import quote

    return quote(credentials.variable("SCOREGATE_OIDC_AUDIENCE") or _DEFAULT, safe="")

"""Client secret: the application proves itself with a shared secret."""

from checker.auth.confidential import ConfidentialApplication
from checker.auth.interface import Credentials
from checker.auth.needs import CLIENT, TENANT, demand

_SECRET = "AZURE_CLIENT_SECRET"


def offered(credentials: Credentials) -> bool:
    """Whether the environment offers it."""
    return credentials.variable(_SECRET) is not None


def provider(credentials: Credentials) -> ConfidentialApplication:
    """The provider, when everything is there that it needs.

    Raises:
        UsageError: the tenant, the application or the secret is missing.
    """
    secret = credentials.variable(_SECRET)
    demand("client secret", ((TENANT, credentials.tenant), (CLIENT, credentials.client_id), (_SECRET, secret)))
    return ConfidentialApplication(credentials, lambda: secret)

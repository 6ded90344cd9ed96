"""Federated assertion: a platform that Entra trusts vouches for the job, so that there is no secret to keep.

Source: learn.microsoft.com/entra/workload-id/workload-identity-federation.
"""

from checker.auth.assertions import lacking_remedy, offered_platform, platform
from checker.auth.confidential import ConfidentialApplication
from checker.auth.interface import Credentials
from checker.auth.needs import CLIENT, TENANT, demand
from checker.errors import UsageError

_ANYWHERE = "Set AZURE_FEDERATED_TOKEN_FILE or SCOREGATE_OIDC_TOKEN, or run on a platform that identifies its jobs."


def offered(credentials: Credentials) -> bool:
    """Whether a platform offers an assertion."""
    return offered_platform(credentials) is not None


def provider(credentials: Credentials) -> ConfidentialApplication:
    """The provider, when everything is there that it needs.

    Raises:
        UsageError: the tenant or the application is missing, or no platform identifies this job.
    """
    demand("federated assertion", ((TENANT, credentials.tenant), (CLIENT, credentials.client_id)))
    name = offered_platform(credentials)
    if name is None:
        raise UsageError(
            "no platform identifies this job",
            advice=lacking_remedy(credentials) or f"{_ANYWHERE} 'scoregate auth --help' lists the platforms.",
        )
    source = platform(name)
    # msal calls it at each request to Entra, never while it has a valid token: an assertion is always fresh.
    return ConfidentialApplication(credentials, lambda: {"client_assertion": lambda: source.assertion(credentials)})

"""Azure Pipelines' OpenID Connect, by a service connection with workload identity federation.

Source: learn.microsoft.com/azure/devops/pipelines/library/connect-to-azure, and azure-identity's
AzurePipelinesCredential. The audience is the service connection's own.
"""

from urllib.parse import quote

from checker.auth.assertions.interface import Platform, answered
from checker.auth.interface import Credentials
from checker.transport.client import checked_base

_URL = "SYSTEM_OIDCREQUESTURI"
_TOKEN = "SYSTEM_ACCESSTOKEN"
_CONNECTION = "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"
_REMEDY = (
    f"Map {_TOKEN}: $(System.AccessToken) into the step's env, and set {_CONNECTION} to the service connection's id "
    "(the resourceId in the address of its page)."
)


def assertion(credentials: Credentials) -> str:
    """A fresh assertion of the job."""
    # The job's own credential goes there.
    url = str(checked_base(credentials.variable(_URL) or "", _URL))
    connection = quote(credentials.variable(_CONNECTION) or "", safe="")
    address = f"{url}{'&' if '?' in url else '?'}api-version=7.1&serviceConnectionId={connection}"
    headers = {
        "Authorization": f"Bearer {credentials.variable(_TOKEN)}",
        "Content-Type": "application/json",
        # Else Azure DevOps answers a bad token with a redirect to a page for people.
        "X-TFS-FedAuthRedirect": "Suppress",
    }
    return answered(
        credentials,
        lambda client: client.post(address, headers=headers),
        "oidcToken",
        "Azure Pipelines",
        _REMEDY,
    )


PLATFORM = Platform((_URL, _TOKEN, _CONNECTION), assertion, _REMEDY, marker="TF_BUILD")

"""GitHub Actions' OpenID Connect. Source: docs.github.com, "OpenID Connect reference"."""

from checker.auth.assertions.audience import audience
from checker.auth.assertions.interface import Platform, answered
from checker.auth.interface import Credentials
from checker.transport.client import checked_base

_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
_REMEDY = (
    "Give the job 'permissions: {id-token: write, contents: read}'; GitHub gives pull requests from forks no identity."
)


def assertion(credentials: Credentials) -> str:
    """A fresh assertion of the job."""
    # The job's own credential goes there.
    url = str(checked_base(credentials.variable(_URL) or "", _URL))
    # The address has a query already.
    address = f"{url}{'&' if '?' in url else '?'}audience={audience(credentials)}"
    headers = {"Authorization": f"Bearer {credentials.variable(_TOKEN)}", "Accept": "application/json"}
    return answered(
        credentials,
        lambda client: client.get(address, headers=headers),
        "value",
        "GitHub's identity provider",
        _REMEDY,
    )


PLATFORM = Platform((_URL, _TOKEN), assertion, _REMEDY, marker="GITHUB_ACTIONS")

"""Microsoft's national clouds: the hosts of Graph, Entra and the portal.

Source: learn.microsoft.com/graph/deployments. Secure Score is offered in the global cloud and in US Government L4 and
L5; 21Vianet's cloud in China has no Secure Score API.
"""

import msgspec

from checker.errors import UsageError


class Cloud(msgspec.Struct, frozen=True):
    """One national cloud; every member but the name is an https URL without a trailing slash."""

    name: str
    graph: str
    authority: str
    portal: str


GLOBAL = Cloud(
    "global",
    "https://graph.microsoft.com",
    "https://login.microsoftonline.com",
    "https://security.microsoft.com/securescore",
)
US_GOVERNMENT_L4 = Cloud(
    "usgov",
    "https://graph.microsoft.us",
    "https://login.microsoftonline.us",
    "https://security.microsoft.us/securescore",
)
US_GOVERNMENT_L5 = Cloud(
    "dod",
    "https://dod-graph.microsoft.us",
    "https://login.microsoftonline.us",
    "https://security.apps.mil/securescore",
)

CLOUDS = {cloud.name: cloud for cloud in (GLOBAL, US_GOVERNMENT_L4, US_GOVERNMENT_L5)}

# Clouds that have no Secure Score, and why.
UNAVAILABLE = {"china": "21Vianet's cloud in China offers no Secure Score API"}


def cloud(name: str) -> Cloud:
    """The cloud that ``--cloud`` names.

    Raises:
        UsageError: it has no Secure Score, or there is no such cloud.
    """
    if name in UNAVAILABLE:
        raise UsageError(f"--cloud {name}: {UNAVAILABLE[name]}")
    if name not in CLOUDS:
        raise UsageError(f"--cloud takes {', '.join(CLOUDS)}, got {name!r}")
    return CLOUDS[name]

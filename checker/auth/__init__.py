"""Sign-in to Microsoft Entra: one file a method, loaded when it is used. A new method is one line here.

The order is that of ``auto``: the first whose variables are there is taken.
"""

from importlib import import_module
from typing import Protocol, cast

from checker.auth.interface import Credentials, TokenProvider
from checker.errors import UsageError

METHODS = {
    "ready-token": "checker.auth.ready_token",
    "client-secret": "checker.auth.client_secret",
    "certificate": "checker.auth.certificate",
    "federated": "checker.auth.federated",
    "managed-identity": "checker.auth.managed_identity",
    "device-code": "checker.auth.device_code",
    "browser": "checker.auth.browser",
    "azure-cli": "checker.auth.azure_cli",
}
AUTO = "auto"
_ADVICE = "Set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; 'scoregate auth --help' lists ways without a secret."


class Method(Protocol):
    """What each method's module has."""

    def offered(self, credentials: Credentials) -> bool:
        """Whether ``auto`` may take it: what it needs is in the environment."""

    def provider(self, credentials: Credentials) -> TokenProvider:
        """The provider; raises UsageError when something that it needs is missing."""


def method(name: str) -> Method:
    """The method called ``name``, one of ``METHODS``."""
    return cast("Method", import_module(METHODS[name]))


def pick(name: str, credentials: Credentials) -> str:
    """The method that ``name`` means: itself, or for ``auto`` the first that the environment offers.

    Raises:
        UsageError: nothing is offered.
    """
    if name != AUTO:
        return name
    offered = next((known for known in METHODS if method(known).offered(credentials)), None)
    if offered is None:
        from checker.auth.assertions import lacking_remedy

        raise UsageError(
            "no sign-in method is configured in the environment",
            advice=lacking_remedy(credentials) or _ADVICE,
        )
    return offered


def provider(name: str, credentials: Credentials) -> TokenProvider:
    """The provider of the method called ``name``, one of ``METHODS``.

    Raises:
        UsageError: something that the method needs is missing.
    """
    return method(name).provider(credentials)

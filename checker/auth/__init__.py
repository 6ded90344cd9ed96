"""Sign-in to Microsoft Entra: one file a method, loaded when it is used. A new method is one line here."""

from importlib import import_module

from checker.auth.interface import Credentials, TokenProvider

METHODS = {
    "client-secret": "checker.auth.client_secret",
}


def provider(method: str, credentials: Credentials) -> TokenProvider:
    """The provider of the method called ``method``, one of ``METHODS``.

    Raises:
        UsageError: something that the method needs is missing.
    """
    made: TokenProvider = import_module(METHODS[method]).provider(credentials)
    return made

"""The way into a tenant: where Graph is, and who signs in how."""

from typing import TYPE_CHECKING

import msgspec

from checker.clouds import Cloud

if TYPE_CHECKING:
    import httpx

    from checker.auth.checked import CheckedTokens
    from checker.auth.interface import Credentials


class Entrance(msgspec.Struct, frozen=True):
    """The way into a tenant: where Graph is, and who signs in how."""

    cloud: Cloud
    graph: "httpx.URL"
    method: str
    credentials: "Credentials"
    tokens: "CheckedTokens"

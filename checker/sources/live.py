"""Graph as a source: fetch, then read exactly as a file of ``scoregate fetch`` is read."""

import asyncio
import datetime
from typing import TYPE_CHECKING

import msgspec

from checker.clouds import Cloud
from checker.errors import SnapshotError
from checker.graph.channel import NETWORK, GraphChannel
from checker.secrecy.known import conceal_document
from checker.snapshot.moments import DAYS_KEPT
from checker.snapshot.read import Reading, SourceDocument, decode_snapshot
from checker.snapshot.write import snapshot_file

if TYPE_CHECKING:
    import httpx

    from checker.graph.interface import TokenSource
    from checker.graph.profiles import GraphProfiles

_NAME = "Graph's answer"


class _Tenant(msgspec.Struct, rename="camel"):
    azure_tenant_id: str | None = None


class LiveSource:
    """A tenant over HTTP; the client tells the network from the embedded sandbox."""

    def __init__(
        self,
        cloud: Cloud,
        base: "httpx.URL",
        token: "TokenSource",
        *,
        now: datetime.datetime,
        deadline: float,
        channel: GraphChannel = NETWORK,
    ) -> None:
        """Prepares; nothing is sent yet.

        Args:
            cloud: for the portal's address.
            base: Graph's address without the version.
            token: gives access tokens.
            now: the moment that the file names as fetchedAt.
            deadline: seconds for all requests together.
            channel: to the network or to the embedded sandbox; shows what is waited for.
        """
        self.cloud = cloud
        self._base = base
        self._token = token
        self._now = now
        self._deadline = deadline
        self._channel = channel

    def document(self, days: int) -> bytes:
        """The bytes of a snapshot file of the newest ``days`` days."""
        from checker.auth.claims import read_claims
        from checker.graph.client import fetch

        # Before the loop begins, which would hold an interrupt back for as long as Entra takes to answer.
        self._token.token()
        collections = asyncio.run(
            fetch(self._base, self._token, days=days, deadline=self._deadline, channel=self._channel)
        )
        claims = read_claims(self._token.token())
        asked = (claims.tid if claims is not None else None) or ""
        tenant = _tenant_of([*collections.secure_scores[:1], *collections.control_profiles[:1]])
        if asked and tenant and asked.casefold() != tenant.casefold():
            raise SnapshotError(f"has data of the tenant {tenant}, but the token is for {asked}", place=_NAME)
        data = snapshot_file(
            collections.secure_scores,
            collections.control_profiles,
            # A tenant without a score has nothing that names it.
            tenant=tenant or asked,
            fetched_at=self._now,
            warnings=collections.warnings,
        )
        # A service may send back what it was sent; from here on it would be data of the tenant.
        return conceal_document(data)

    def tenant_id(self) -> str:
        """The id of the tenant that is signed in to; the empty string where the token can't be read.

        Raises:
            SignInError: there is no token.
        """
        from checker.auth.claims import read_claims

        claims = read_claims(self._token.token())
        return (claims.tid if claims is not None else None) or ""

    def profiles(self, tenant: str) -> "GraphProfiles":
        """The tenant's control profiles, to be read and written one by one.

        Args:
            tenant: the id that they must be of.
        """
        from checker.graph.profiles import GraphProfiles

        return GraphProfiles(self._base, self._token, tenant=tenant, deadline=self._deadline, channel=self._channel)

    def read(self, days: int) -> Reading:
        """The newest ``days`` days, at most those that Graph keeps; see ``Source``."""
        data = self.document(min(days, DAYS_KEPT))
        return Reading(decode_snapshot(data, _NAME), (SourceDocument(_NAME, data),), _NAME)


def _tenant_of(entries: list[msgspec.Raw]) -> str:
    """The tenant that the first entry names; what contradicts it is found when the document is read."""
    for entry in entries:
        try:
            tenant = msgspec.json.decode(entry, type=_Tenant).azure_tenant_id
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        if tenant:
            return tenant
    return ""

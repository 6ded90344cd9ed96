"""Reads one control profile, or sets its state: the writer of remediation.

Source: learn.microsoft.com/graph/api/securescorecontrolprofile-get and …-update (v1.0).
"""

import asyncio
import math
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import httpx
import msgspec

from checker.errors import DeadlineError, GraphError
from checker.graph.channel import NETWORK, GraphChannel
from checker.graph.failures import RetryableError
from checker.graph.interface import TokenSource
from checker.graph.requests import Requester
from checker.remediation.plan import RecordedState, recorded_state
from checker.remediation.writer import UnreadableError, WriteDelayedError, WriteRefusedError
from checker.snapshot.decode import without_lone_surrogates
from checker.snapshot.ids import is_control_id
from checker.snapshot.model import SecureScoreControlProfile

_VENDOR = {"provider": "SecureScore", "vendor": "Microsoft"}
_NOT_FOUND = 404
_UNAUTHORIZED = 401
# The request itself is wrong, so that for another profile may succeed.
_OF_THIS_PROFILE = frozenset({400, 409, 410, 414, 422})
_TOO_MANY = 429
_NO_CONTENT = 204
# Refusals of whoever gave up waiting in between, when the request may have been taken already.
_GAVE_UP_WAITING = frozenset({408, 499})
_WRITE_PERMISSION = (
    "Give the application the permission SecurityEvents.ReadWrite.All (application permission of Microsoft Graph) and "
    "have an administrator consent to it; 'scoregate auth --for apply' shows what it has."
)


class GraphProfiles:
    """The control profiles of one tenant over HTTP; a ``ProfileWriter``."""

    def __init__(
        self,
        base: httpx.URL,
        token: TokenSource,
        *,
        tenant: str,
        deadline: float,
        channel: GraphChannel = NETWORK,
        first_wait: float = 1.0,
    ) -> None:
        """Prepares the writer; sends nothing yet.

        Args:
            base: Graph's address without the version.
            token: the source of access tokens.
            tenant: the tenant's id; a profile of another tenant is refused.
            deadline: seconds that one read or write may take, retries of reads included.
            channel: makes a client, and shows what is waited for.
            first_wait: seconds before the first retry of a read.
        """
        self._base = base
        self._token = token
        self._tenant = tenant
        self._deadline = deadline
        self._channel = channel
        self._first_wait = first_wait
        self._requester: Requester | None = None

    async def __aenter__(self) -> Self:
        """Opens the client."""
        channel = self._channel
        self._requester = Requester(
            self._token, channel=channel, waits=channel.waits(), first_wait=self._first_wait, ends=0.0
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the connections."""
        del kind, fault, trace
        await self._open.close()

    @property
    def _open(self) -> Requester:
        assert self._requester is not None, "use it in an async with block"
        return self._requester

    async def read(self, control: str) -> RecordedState | None:
        """The present state of a profile; see ``ProfileWriter``."""
        url = self._url(control)
        requester = self._open
        requester.ends = asyncio.get_running_loop().time() + self._deadline
        try:
            async with asyncio.timeout(self._deadline):
                answer = await requester.get(url)
        except TimeoutError as fault:
            raise DeadlineError(f"Graph did not answer within {self._deadline:g} seconds", place=str(url)) from fault
        except GraphError as fault:
            if fault.status == _NOT_FOUND:
                return None
            if fault.status in _OF_THIS_PROFILE:
                raise UnreadableError(fault.message) from fault
            raise
        try:
            profile = self._profile(answer.body, control, url)
        except GraphError as fault:
            raise UnreadableError(fault.message) from fault
        if profile.control_state_updates is None:
            # Default would be a guess, and whether anything changed can't be known.
            raise UnreadableError("Graph's answer has no controlStateUpdates, so the present state is unknown")
        return recorded_state(profile)

    async def write(self, control: str, fields: Mapping[str, str]) -> None:
        """Sets some of a profile's state, assignee and comment; see ``ProfileWriter``."""
        body = msgspec.json.encode({**fields, "vendorInformation": _VENDOR})
        url = self._url(control)
        requester = self._open
        # The caller decides how long it waits.
        requester.ends = math.inf
        try:
            async with asyncio.timeout(self._deadline):
                answer = await requester.patch(url, body)
        except TimeoutError as fault:
            text = f"Graph did not answer within {self._deadline:g} seconds"
            raise WriteDelayedError(text, wait=None, certain=False) from fault
        except RetryableError as fault:
            throttled = fault.error.status == _TOO_MANY
            raise WriteDelayedError(fault.error.message, wait=fault.wait, certain=throttled) from fault
        except GraphError as fault:
            if fault.status == _UNAUTHORIZED:
                raise
            if fault.status is None or fault.status >= 500 or fault.status in _GAVE_UP_WAITING:
                raise WriteDelayedError(fault.message, wait=None, certain=False) from fault
            advice = f". {_WRITE_PERMISSION}" if fault.status == 403 else ""
            raise WriteRefusedError(f"{fault.message}{advice}", certain=not fault.is_foreign) from fault
        if answer.status == _NO_CONTENT:
            return
        try:
            self._profile(answer.body, control, url)
        except GraphError as fault:
            # A proxy's page may have the status 200, and so may an answer of which nothing is left.
            raise WriteDelayedError(fault.message, wait=None, certain=False) from fault

    def _profile(self, body: bytes, control: str, url: httpx.URL) -> SecureScoreControlProfile:
        try:
            profile = _decoded(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            raise GraphError(f"Graph's answer is not a control profile ({fault})", place=str(url)) from fault
        if profile.id.casefold() != control.casefold():
            raise GraphError(f"Graph answered with the profile {profile.id[:200]!r}", place=str(url))
        held = profile.azure_tenant_id
        if held and self._tenant and held.casefold() != self._tenant.casefold():
            raise GraphError(f"Graph answered with a profile of the tenant {held[:200]}", place=str(url))
        return profile

    def _url(self, control: str) -> httpx.URL:
        if not is_control_id(control):
            raise UnreadableError("its id does not have the form of Graph's ids, so it is not put into a URL")
        path = f"{self._base.path.rstrip('/')}/v1.0/security/secureScoreControlProfiles/{control}"
        return self._base.copy_with(raw_path=path.encode("ascii"))


def _decoded(body: bytes) -> SecureScoreControlProfile:
    try:
        return msgspec.json.decode(body, type=SecureScoreControlProfile)
    except msgspec.DecodeError:
        found = without_lone_surrogates(body)
        if found is body:
            raise
    return msgspec.json.decode(bytes(found), type=SecureScoreControlProfile, strict=False)

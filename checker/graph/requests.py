"""One request to Graph: the token, a size limit on the answer, and retries of a GET."""

import asyncio
import datetime
import math
import uuid

import httpx
import stamina
import stamina.instrumentation

from checker.documents import limits
from checker.errors import DeadlineError, GraphError
from checker.graph.channel import GraphChannel
from checker.graph.failures import RETRIED, RetryableError, demanded_claims, refusal
from checker.graph.interface import TokenSource
from checker.graph.waits import Waits
from checker.secrecy.known import conceal, learn
from checker.transport.body import BodyError, read_body, read_reason
from checker.transport.failures import may_pass, why_unreachable
from checker.transport.retry_after import retry_after

_PARTIAL_CONTENT = 206


class GraphAnswer:
    """A successful answer: the body, a warning if a provider behind Graph failed (206), and the HTTP status."""

    def __init__(self, body: bytes, warning: str | None, status: int = 200) -> None:
        self.body = body
        self.warning = warning
        self.status = status


class Requester:
    """Sends one request at a time. Each collection has its own, so that both are fetched at the same time."""

    def __init__(
        self,
        token: TokenSource,
        *,
        channel: GraphChannel,
        waits: Waits,
        first_wait: float,
        ends: float,
    ) -> None:
        """Prepares a client; sends nothing yet.

        Args:
            token: the source of access tokens.
            channel: makes the client.
            waits: shows what the requests of the run wait for.
            first_wait: seconds before the first retry, more if Graph asks for more; doubled each time.
            ends: the deadline of the run, by the event loop's clock.
        """
        self._token = token
        self._channel = channel
        self._waits = waits
        self._first_wait = first_wait
        self.ends = ends
        self._client = channel.connect()
        self.last_refusal: GraphError | None = None
        # stamina logs each retry, by default on standard error.
        stamina.instrumentation.set_on_retry_hooks([])

    async def get(self, url: httpx.URL) -> GraphAnswer:
        """The answer of ``url``; temporary refusals are retried until the caller's deadline.

        Raises:
            GraphError: a permanent refusal, or a body that is too large.
        """
        try:
            async for attempt in stamina.retry_context(
                on=RetryableError,
                attempts=None,
                timeout=None,
                wait_initial=self._first_wait,
                wait_max=60.0,
                wait_jitter=self._first_wait,
            ):
                with attempt:
                    return await self._once_and_wait(url, attempt.next_wait)
        except RetryableError as fault:
            raise fault.error from fault
        finally:
            self._waits.end(self)
        raise AssertionError("a retry loop without a limit ends by an answer or an error")

    async def _once_and_wait(self, url: httpx.URL, backoff: float) -> GraphAnswer:
        """One attempt; after a refusal that asks for more than the backoff, which follows with its jitter, the rest."""
        try:
            return await self._once(url)
        except RetryableError as fault:
            self._waits.begin(self, fault, self.ends)
            await asyncio.sleep(max(0.0, (fault.wait or 0.0) - backoff))
            raise

    async def patch(self, url: httpx.URL, body: bytes) -> GraphAnswer:
        """The answer to one PATCH. It is never repeated automatically: only the caller knows whether that is safe.

        Raises:
            GraphError: a refusal.
            RetryableError: the service was busy, or its answer was lost.
        """
        try:
            return await self._once(url, method="PATCH", body=body)
        except RetryableError as fault:
            # The caller reads again before it writes again, and until that is answered this is what it waits for.
            self._waits.begin(self, fault, math.inf)
            raise

    async def close(self) -> None:
        """Closes the connections."""
        self._waits.end(self)
        await self._client.aclose()

    async def _once(
        self, url: httpx.URL, claims: str | None = None, *, method: str = "GET", body: bytes | None = None
    ) -> GraphAnswer:
        token = self._token.token(claims)
        learn(token)
        headers = {"Authorization": f"Bearer {token}", "client-request-id": str(uuid.uuid4())}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Prefer": "return=representation"}
        try:
            async with self._client.stream(method, url, headers=headers, content=body) as response:
                if response.is_success:
                    answer = await _answer(response)
                    self.last_refusal = None
                    return answer
                error = refusal(response, await read_reason(response, limits.GRAPH_ERROR_BYTES))
                demanded = demanded_claims(response) if claims is None else None
                if response.status_code not in RETRIED and demanded is None:
                    raise error
                self.last_refusal = error
                wait = retry_after(response, datetime.datetime.now(datetime.UTC))
                if wait is not None and asyncio.get_running_loop().time() + wait > self.ends:
                    # Waiting is pointless: the run would be over before Graph answers.
                    raise DeadlineError(
                        f"Graph asks to wait {wait:.0f} seconds, longer than the run may take: {error.message}",
                        place=error.place,
                        advice="Run again later, or raise --timeout.",
                    )
        except httpx.HTTPError as fault:
            place = str(url.copy_with(query=None))
            error = GraphError(f"Graph could not be reached: {why_unreachable(fault)}", place=place)
            if not may_pass(fault):
                raise error from fault
            self.last_refusal = error
            await self._renew()
            raise RetryableError(error, None) from fault
        if demanded is not None:
            # Continuous access evaluation: one new token, and no second attempt.
            return await self._once(url, demanded, method=method, body=body)
        # Graph's guidance: retry over a new connection.
        await self._renew()
        raise RetryableError(error, wait)

    async def _renew(self) -> None:
        await self._client.aclose()
        self._client = self._channel.connect()


async def _answer(response: httpx.Response) -> GraphAnswer:
    try:
        body = await read_body(response, limits.GRAPH_PAGE_BYTES)
    except BodyError as fault:
        raise GraphError(
            f"Graph's answer {fault}",
            place=str(response.request.url.copy_with(query=None)),
            advice="A proxy may have answered, or changed the answer: check HTTPS_PROXY and --graph-url.",
        ) from fault
    partial = response.status_code == _PARTIAL_CONTENT
    return GraphAnswer(body, _warning(response) if partial else None, response.status_code)


def _warning(response: httpx.Response) -> str:
    """What the header of a partial answer says of the provider that failed."""
    return conceal(response.headers.get("warning", "no reason given"))

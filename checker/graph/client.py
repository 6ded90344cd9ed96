"""Both Secure Score collections of a tenant, as Graph sends them.

Source: learn.microsoft.com/graph/api/security-list-securescores and …-list-securescorecontrolprofiles (v1.0). No
``$filter``: Graph silently returns nothing when it is long.
"""

import asyncio

import httpx
import msgspec

from checker.documents import limits
from checker.errors import DeadlineError, GraphError
from checker.graph.channel import NETWORK, GraphChannel
from checker.graph.interface import TokenSource
from checker.graph.requests import GraphAnswer, Requester
from checker.snapshot.decode import without_lone_surrogates

_SCORES = "secureScores"
_PROFILES = "secureScoreControlProfiles"
_MOST_PAGES = 1000
_PROFILES_ASKED = 999
_GRACE_SECONDS = 1.0
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Collections(msgspec.Struct, frozen=True):
    """What Graph holds: each entry untouched.

    Attributes:
        secure_scores: newest day first, as many as were asked for, fewer when Graph has fewer.
        control_profiles: all of them.
        warnings: by collection, Graph's message about a provider that did not answer.
    """

    secure_scores: list[msgspec.Raw]
    control_profiles: list[msgspec.Raw]
    warnings: dict[str, str]


class _Room:
    """What is left of the limit of all pages together."""

    def __init__(self) -> None:
        self._left = limits.SNAPSHOT_FILE_BYTES

    def take(self, size: int, place: str) -> None:
        """Takes the bytes of one page.

        Raises:
            GraphError: there is no room for them.
        """
        self._left -= size
        if self._left < 0:
            most = limits.SNAPSHOT_FILE_BYTES // limits.MEBIBYTE
            raise GraphError(f"Graph's pages are larger than the limit of {most} MiB together", place=place)


class _Page(msgspec.Struct):
    value: list[msgspec.Raw]
    next_link: str | None = msgspec.field(default=None, name="@odata.nextLink")


async def fetch(
    base: httpx.URL,
    token: TokenSource,
    *,
    days: int,
    deadline: float,
    channel: GraphChannel = NETWORK,
    first_wait: float = 1.0,
) -> Collections:
    """Fetches both collections at the same time.

    Args:
        base: Graph's address without the version, ``https://graph.microsoft.com``.
        token: the source of access tokens.
        days: how many days of scores.
        deadline: seconds for everything together.
        channel: makes a client, and shows what is waited for.
        first_wait: seconds before the first retry.

    Raises:
        GraphError, SignInError: Graph or Entra refused.
        DeadlineError: it took too long; the message quotes the last refusal.
    """
    ends = asyncio.get_running_loop().time() + deadline
    wanted = ((_SCORES, f"$top={days}", days), (_PROFILES, f"$top={_PROFILES_ASKED}", None))
    room = _Room()
    waits = channel.waits()

    def requester() -> Requester:
        return Requester(token, channel=channel, waits=waits, first_wait=first_wait, ends=ends)

    collections = [_Pages(requester(), base, collection, query, count, room) for collection, query, count in wanted]
    tasks = [asyncio.create_task(pages.entries()) for pages in collections]
    try:
        async with asyncio.timeout(deadline):
            _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            if pending:
                # One has failed. Cancelling a TLS handshake halfway leaves its socket open, so the other gets the time
                # that a handshake takes.
                await asyncio.wait(pending, timeout=_GRACE_SECONDS)
    except TimeoutError as fault:
        raise _deadline_error(deadline, collections) from fault
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        for pages in collections:
            await pages.requester.close()
    for result in ended:
        if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
            raise result
    scores, profiles = (task.result() for task in tasks)
    warnings = {pages.collection: pages.warning for pages in collections if pages.warning is not None}
    return Collections(scores, profiles, warnings)


def _deadline_error(deadline: float, collections: list["_Pages"]) -> DeadlineError:
    last = next(
        (pages.requester.last_refusal for pages in collections if pages.requester.last_refusal is not None), None
    )
    text = f"Graph did not answer within {deadline:g} seconds"
    return DeadlineError(
        f"{text}; its last answer: {last.message}" if last is not None else text,
        place=last.place if last is not None else "",
        advice="Run again later, or raise --timeout.",
    )


class _Pages:
    """The pages of one collection."""

    def __init__(
        self, requester: Requester, base: httpx.URL, collection: str, query: str, wanted: int | None, room: _Room
    ) -> None:
        self.requester = requester
        self.collection = collection
        self.warning: str | None = None
        self._base = base
        self._wanted = wanted
        self._room = room
        self._first = base.copy_with(
            path=f"{base.path.rstrip('/')}/v1.0/security/{collection}", query=query.encode("ascii")
        )

    async def entries(self) -> list[msgspec.Raw]:
        """All entries, or as many as are wanted: ``$top=1`` gets a nextLink too, so the count decides."""
        found: list[msgspec.Raw] = []
        seen: set[str] = set()
        url: httpx.URL | None = self._first
        while url is not None:
            if str(url) in seen or len(seen) >= _MOST_PAGES:
                raise GraphError(
                    "Graph's pages do not end: a nextLink came twice, or there were too many",
                    place=self._place(url),
                )
            seen.add(str(url))
            answer = await self.requester.get(url)
            self._room.take(len(answer.body), self._place(url))
            page = self._page(answer, url)
            found.extend(page.value)
            if self._wanted is not None and len(found) >= self._wanted:
                return found[: self._wanted]
            url = self._next(page.next_link, url)
        return found

    def _page(self, answer: GraphAnswer, url: httpx.URL) -> _Page:
        if answer.warning is not None:
            self.warning = answer.warning
        try:
            return _decoded(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            start = answer.body[:100].lstrip()
            what = "a web page" if start.startswith(b"<") else f"not a page of JSON ({fault})"
            advice = "A proxy may have answered. Run again; if the error stays, check --graph-url and HTTPS_PROXY."
            raise GraphError(f"Graph's answer is {what}", place=self._place(url), advice=advice) from fault

    def _next(self, link: str | None, url: httpx.URL) -> httpx.URL | None:
        """The next page's link, unchanged; refused if it leads to a host that may not get the token."""
        if link is None:
            return None
        try:
            following = httpx.URL(link)
        except httpx.InvalidURL as fault:
            raise GraphError("Graph sent a nextLink that is not a URL", place=self._place(url)) from fault
        if _origin(following) != _origin(self._base):
            raise GraphError(
                f"Graph sent a nextLink to another host ({following.scheme}://{following.netloc.decode()}); the token "
                "was not sent to it",
                place=self._place(url),
                advice="If you reach Graph through a gateway, set --graph-url to the host of its links.",
            )
        return following

    def _place(self, url: httpx.URL) -> str:
        return str(url.copy_with(query=None))


def _decoded(body: bytes) -> _Page:
    """The page. Lone surrogates, which stop the parser, stay in the entries: the snapshot reader replaces them."""
    try:
        return msgspec.json.decode(body, type=_Page)
    except msgspec.DecodeError:
        found = without_lone_surrogates(body)
        if found is body:
            raise
        repaired = bytes(found)
    # An escape and its replacement have the same length, so an entry has the same place in both.
    page = msgspec.json.decode(repaired, type=_Page)
    end = 0
    for index, entry in enumerate(page.value):
        start = repaired.index(bytes(entry), end)
        end = start + len(bytes(entry))
        page.value[index] = msgspec.Raw(body[start:end])
    return page


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or _DEFAULT_PORTS.get(url.scheme)

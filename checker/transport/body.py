"""The body of an answer: at most one layer of gzip, decoded here, and never more than a limit.

httpx's own decoders take any number of layers, and inflate all that has come before anyone can count it.
"""

import contextlib
import zlib

import httpx

from checker.documents.limits import MEBIBYTE

ACCEPT_ENCODING = {"Accept-Encoding": "gzip"}
_GZIP = 31  # zlib's number for the largest window and gzip's header
# What gzip may add to bytes that it can't compress, and empty members without an end.
_OVERHEAD = MEBIBYTE


class BodyError(httpx.RequestError):
    """A body that is not read: too large, or encoded in a way that was not asked for; it continues "the answer …"."""


class Body:
    """One body, as its bytes come."""

    def __init__(self, response: httpx.Response, limit: int) -> None:
        """Prepares; nothing is read yet.

        Args:
            response: the answer; its headers name the encoding.
            limit: bytes of what is decoded.
        """
        self._limit = limit
        self._decoded = bytearray()
        self._received = 0
        self._encoding = response.headers.get("content-encoding", "")
        names = [name.strip().lower() for name in self._encoding.split(",")]
        self._layers = [name for name in names if name not in {"", "identity"}]
        self._inflater = zlib.decompressobj(_GZIP) if self._layers else None

    def add(self, raw: bytes) -> None:
        """Takes some bytes as they were sent.

        Raises:
            BodyError: the body is too large, or in another encoding than gzip.
            httpx.DecodingError: it is damaged.
        """
        if raw and self._layers not in ([], ["gzip"], ["x-gzip"]):
            raise BodyError(f"came encoded as {self._encoding[:100]!r}, but gzip was requested")
        self._received += len(raw)
        if self._inflater is None:
            self._keep(raw)
        else:
            self._inflate(raw)
        if self._received > self._limit + _OVERHEAD:
            raise self._too_large()

    def _inflate(self, raw: bytes) -> None:
        assert self._inflater is not None, "only for what is in gzip"
        try:
            while raw:
                if self._inflater.eof:
                    self._inflater = zlib.decompressobj(_GZIP)
                # No more than shows that it is too much.
                self._keep(self._inflater.decompress(raw, self._limit - len(self._decoded) + 1))
                raw = self._inflater.unused_data
        except zlib.error as fault:
            raise httpx.DecodingError("the answer is damaged gzip") from fault

    def _keep(self, part: bytes) -> None:
        self._decoded += part
        if len(self._decoded) > self._limit:
            del self._decoded[self._limit :]
            raise self._too_large()

    def _too_large(self) -> BodyError:
        most = f"{self._limit // MEBIBYTE} MiB" if self._limit >= MEBIBYTE else f"{self._limit // 1024} KiB"
        return BodyError(f"is larger than the limit of {most}")

    def so_far(self) -> bytes:
        """What has been decoded, within the limit."""
        return bytes(self._decoded)

    def whole(self) -> bytes:
        """The decoded body, when all its bytes have come.

        Raises:
            httpx.DecodingError: it ends in the middle.
        """
        if self._inflater is not None and self._received and not self._inflater.eof:
            raise httpx.DecodingError("the answer is gzip that ends in the middle")
        return self.so_far()


async def read_body(response: httpx.Response, limit: int) -> bytes:
    """The decoded body of an answer.

    Raises:
        BodyError: it is larger than ``limit`` bytes, or in another encoding than gzip.
        httpx.HTTPError: it is damaged, or the connection broke.
    """
    body = Body(response, limit)
    async for raw in response.aiter_raw():
        body.add(raw)
    return body.whole()


async def read_reason(response: httpx.Response, limit: int) -> bytes:
    """What can be read of the body of a refusal, at most ``limit`` bytes; the status counts, whatever the body is."""
    body = Body(response, limit)
    with contextlib.suppress(httpx.HTTPError):
        async for raw in response.aiter_raw():
            body.add(raw)
    return body.so_far()

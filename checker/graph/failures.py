"""Graph's refusals as errors: code, message, request id, and what to do.

Source: learn.microsoft.com/graph/errors and …/graph/api/resources/security-error-codes.
"""

import base64
import binascii
import re

import httpx
import msgspec

from checker.errors import GraphError
from checker.secrecy.known import conceal

_LONGEST_MESSAGE = 500
RETRIED = frozenset({429, 502, 503, 504})

_CONSENT = (
    "Give the application the permission SecurityEvents.Read.All (application permission of Microsoft Graph) and have "
    "an administrator consent to it: https://learn.microsoft.com/graph/security-authorization"
)
_ADVICE = {
    400: "Graph did not understand the request: check --graph-url, --cloud and any proxy in between. If they are "
    "right, report it to https://developer.microsoft.com/graph/support with the request-id.",
    401: "Graph did not accept the token: check that --tenant, --cloud and --graph-url belong together.",
    403: _CONSENT,
    404: "Check --graph-url: this address has no Secure Score API.",
    429: "Other clients use up the tenant's quota; run again later, or raise --timeout.",
}


class _Error(msgspec.Struct, rename="camel"):
    code: str | None = None
    message: str | None = None
    inner_error: dict[str, object] | None = None
    innererror: dict[str, object] | None = None


class _Body(msgspec.Struct):
    error: _Error | None = None


class RetryableError(Exception):
    """A temporary refusal, with the error to show if it lasts and the wait that Graph asks for.

    The wait is as Graph gives it, down to none at all: who tries again waits for its own backoff at least.
    """

    def __init__(self, error: GraphError, wait: float | None) -> None:
        super().__init__(error.message)
        self.error = error
        self.wait = wait


def refusal(response: httpx.Response, body: bytes) -> GraphError:
    """The error for a status that is not a success."""
    status = response.status_code
    code, message, request_id = _read(body)
    request_id = response.headers.get("request-id") or request_id
    # Before it is cut short: what is left of a token is hard to recognise.
    said = conceal(f"{code}: {message}" if code and message else code or message or "no reason given")
    text = f"Graph answered {status} ({said[:_LONGEST_MESSAGE]})"
    if request_id:
        text += f", request-id {conceal(request_id)[:100]}"
    advice = _ADVICE.get(status, "" if status < 500 else "Microsoft's service failed; run again later.")
    place = str(response.request.url.copy_with(query=None))
    return GraphError(text, place=place, advice=advice, status=status, is_foreign=not _is_graphs(body))


def _is_graphs(body: bytes) -> bool:
    """Whether the body is in the form of Graph's errors."""
    try:
        return msgspec.json.decode(body, type=_Body, strict=False).error is not None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _read(body: bytes) -> tuple[str, str, str]:
    """Graph's code, message and request id; empty where missing."""
    try:
        error = msgspec.json.decode(body, type=_Body, strict=False).error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        start = body[:100].lstrip().lower()
        return (
            "",
            "a web page instead of JSON, perhaps from a proxy" if start.startswith(b"<") else "",
            "",
        )
    if error is None:
        return "", "", ""
    inner = error.inner_error or error.innererror or {}
    return error.code or "", (error.message or "").strip(), str(inner.get("request-id") or "")


def demanded_claims(response: httpx.Response) -> str | None:
    """The claims (JSON) that a 401 requires in a new token; None if it requires none.

    Source: learn.microsoft.com/entra/identity-platform/claims-challenge.
    """
    if response.status_code != 401:
        return None
    found = re.search(r'\bclaims="([A-Za-z0-9+/=_-]{1,8192})"', response.headers.get("www-authenticate", ""))
    if found is None:
        return None
    encoded = found[1].rstrip("=").replace("-", "+").replace("_", "/")
    try:
        claims = base64.b64decode(encoded + "=" * (-len(encoded) % 4)).decode("utf-8")
        msgspec.json.decode(claims, type=dict[str, object])
    except (binascii.Error, ValueError, RecursionError, msgspec.DecodeError):
        return None
    return claims

"""Cross-origin requests, so that clients in a browser can use Graph and Entra, but not the sandbox's own routes.

The exposed headers are those of published responses of Graph.
"""

from starlette.datastructures import Headers

from checker.sandbox.responses import BufferedResponse

_EXPOSED = (
    *("ETag", "Location", "Preference-Applied", "Content-Range", "request-id", "client-request-id"),
    *("ReadWriteConsistencyToken", "Retry-After", "SdkVersion", "WWW-Authenticate", "x-ms-client-gcc-tenant"),
)
_METHODS = "GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS"


def preflight_response(method: str, headers: Headers) -> BufferedResponse | None:
    """Answer a browser that asks whether it can send a request; None for any other request."""
    if method != "OPTIONS" or "origin" not in headers or "access-control-request-method" not in headers:
        return None
    allowed = {"access-control-allow-methods": _METHODS, "access-control-max-age": "3600"}
    if "access-control-request-headers" in headers:
        # A star would not include Authorization.
        allowed["access-control-allow-headers"] = headers["access-control-request-headers"]
    return BufferedResponse(200, allowed, b"")


def cross_origin_headers(headers: Headers) -> dict[str, str]:
    """Give the headers by which a browser lets its page read the response to a request."""
    if "origin" not in headers:
        return {}
    return {"access-control-allow-origin": "*", "access-control-expose-headers": ", ".join(_EXPOSED)}

"""Whole responses: JSON from a route, and the errors of Graph and Entra."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from checker.sandbox.errors import (
    Correlation,
    EntraResponseError,
    GraphResponseError,
    default_graph_error,
    entra_error_body,
    graph_error_body,
)
from checker.sandbox.wire_json import compact_json

VERSIONS = ("v1.0", "beta")
"""The versions of Graph, with which its paths begin."""


@dataclass(frozen=True, slots=True)
class BufferedResponse:
    """A response held in memory, so that a fault can change it before it is sent.

    Attributes:
        status: the HTTP status.
        headers: by name; `content-length` is set when the response is sent.
        body: its bytes.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


def json_response(body: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Build a response with a JSON body."""
    return Response(compact_json(body), status_code=status, media_type="application/json", headers=headers)


def is_graph_path(path: str) -> bool:
    """Tell whether a path belongs to Graph; all others belong to Entra or to the sandbox itself."""
    return path.partition("/")[2].partition("/")[0].lower() in VERSIONS


def error_response(status: int, path: str, correlation: Correlation) -> BufferedResponse:
    """Build the error response of a status, in the form of the service that the path belongs to."""
    if is_graph_path(path):
        return graph_error_response(default_graph_error(status), correlation)
    messages = {404: "The requested resource was not found.", 405: "The method is not allowed."}
    error = "server_error" if status >= 500 else "invalid_request"
    message = messages.get(status, "The request could not be handled.")
    return entra_error_response(EntraResponseError(status, error, 90000 + status, message), correlation)


def graph_error_response(error: GraphResponseError, correlation: Correlation) -> BufferedResponse:
    """Build the response for an error of Graph."""
    headers = {"content-type": "application/json", **error.headers}
    return BufferedResponse(error.status, headers, graph_error_body(error, correlation))


def entra_error_response(error: EntraResponseError, correlation: Correlation) -> BufferedResponse:
    """Build the response for an error of Entra."""
    headers = {"content-type": "application/json; charset=utf-8", "cache-control": "no-store, no-cache"}
    return BufferedResponse(error.status, headers, entra_error_body(error, correlation))

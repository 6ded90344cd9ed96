"""Error responses of Microsoft Graph and of Entra, and the ids that tie them to their requests.

Sources: https://learn.microsoft.com/graph/errors and
https://learn.microsoft.com/entra/identity-platform/reference-error-codes.
"""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from checker.sandbox.wire_json import compact_json

BAD_REQUEST_MESSAGE = "Http request failed with statusCode=BadRequest"
"""The message of Secure Score's provider for every update that it refuses; the code is empty."""

NO_PERMISSION_MESSAGE = "Auth token does not contain valid permissions or user does not have valid roles"

_STATUS_CODES = {
    400: ("BadRequest", "Invalid request."),
    401: ("InvalidAuthenticationToken", "Access token validation failure."),
    403: ("UnknownError", NO_PERMISSION_MESSAGE),
    404: ("ResourceNotFound", "Resource not found."),
    405: ("Request_BadRequest", "Specified HTTP method is not allowed for the request target."),
    409: ("Conflict", "The request conflicts with the current state of the resource."),
    413: ("RequestEntityTooLarge", "The request body is too large."),
    429: ("TooManyRequests", "Too many requests from Identifier:SecurityProviderThrottling."),
    500: ("InternalServerError", "An internal server error has occurred."),
    502: ("BadGateway", "The gateway received an invalid response."),
    503: ("ServiceUnavailable", "The service is temporarily unavailable."),
    # Some failures of the service itself carry no message.
    504: ("UnknownError", ""),
}


@dataclass(frozen=True, slots=True)
class Correlation:
    """The ids that tie a response to its request.

    Attributes:
        request_id: the service's id of the request.
        client_request_id: the client's id of the request, or else the service's.
        moment: when the request arrived, in UTC.
    """

    request_id: str
    client_request_id: str
    moment: datetime.datetime


def new_correlation(client_request_id: str | None, moment: datetime.datetime) -> Correlation:
    """Make the ids of a request; a client's id that is longer than a few UUIDs is not echoed."""
    request_id = str(uuid.uuid4())
    echoed = client_request_id if client_request_id and len(client_request_id) <= 128 else request_id
    return Correlation(request_id, echoed, moment.astimezone(datetime.UTC))


class GraphResponseError(Exception):
    """An error response of Graph.

    Attributes:
        status: the HTTP status.
        code: Graph's error code; Secure Score sometimes leaves it empty.
        message: the message for people.
        headers: headers to send with it, such as WWW-Authenticate.
    """

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


class EntraResponseError(Exception):
    """An error response of Entra.

    Attributes:
        status: the HTTP status.
        error: OAuth's error code, such as `invalid_client`.
        code: the AADSTS number.
        message: the message for people, without the number.
        suberror: tells clients what can help, such as `consent_required`; None sends none.
    """

    def __init__(self, status: int, error: str, code: int, message: str, *, suberror: str | None = None) -> None:
        super().__init__(f"{status} {error}: AADSTS{code}: {message}")
        self.status = status
        self.error = error
        self.code = code
        self.message = message
        self.suberror = suberror


def default_graph_error(status: int, headers: Mapping[str, str] | None = None) -> GraphResponseError:
    """Make the error that Graph sends with a status when there is nothing specific to say."""
    code, message = _STATUS_CODES.get(status, ("UnknownError", ""))
    return GraphResponseError(status, code, message, headers)


def graph_error_body(error: GraphResponseError, correlation: Correlation) -> bytes:
    """Write Graph's error body; its date has no time zone, like the service's."""
    inner = {
        "date": correlation.moment.strftime("%Y-%m-%dT%H:%M:%S"),
        "request-id": correlation.request_id,
        "client-request-id": correlation.client_request_id,
    }
    return compact_json({"error": {"code": error.code, "message": error.message, "innerError": inner}})


def entra_error_body(error: EntraResponseError, correlation: Correlation) -> bytes:
    """Write Entra's error body."""
    timestamp = correlation.moment.strftime("%Y-%m-%d %H:%M:%SZ")
    description = (
        f"AADSTS{error.code}: {error.message} Trace ID: {correlation.request_id} "
        f"Correlation ID: {correlation.client_request_id} Timestamp: {timestamp}"
    )
    return compact_json(
        {
            "error": error.error,
            "error_description": description,
            "error_codes": [error.code],
            "timestamp": timestamp,
            "trace_id": correlation.request_id,
            "correlation_id": correlation.client_request_id,
            "error_uri": f"https://login.microsoftonline.com/error?code={error.code}",
            **({"suberror": error.suberror} if error.suberror else {}),
        }
    )

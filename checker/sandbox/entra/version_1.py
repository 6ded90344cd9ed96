"""Version 1 of the token endpoint: a resource in place of scopes, and numbers as text in its responses.

Source: https://learn.microsoft.com/previous-versions/azure/active-directory/azuread-dev/v1-oauth2-client-creds-grant-flow
"""

import datetime
from collections.abc import Mapping
from typing import Any

from checker.sandbox.entra.grants import client_credentials, refresh_token
from checker.sandbox.entra.model import missing_parameter_error
from checker.sandbox.errors import EntraResponseError


def with_scope(form: Mapping[str, str]) -> dict[str, str]:
    """Give the parameters of a request as version 2 has them.

    Raises:
        EntraResponseError: an application names no resource; users report code 900144.
    """
    grant = form.get("grant_type")
    resource = form.get("resource", "").rstrip("/")
    if grant == client_credentials.NAME:
        if not resource:
            raise missing_parameter_error("resource")
        return {**form, "scope": f"{resource}/.default"}
    if grant == refresh_token.NAME and resource:
        return {**form, "scope": f"{resource}/.default openid offline_access"}
    return dict(form)


def version_1_response(
    response: Mapping[str, Any], form: Mapping[str, str], issued: datetime.datetime
) -> dict[str, Any]:
    """Give a token response as version 1 has it."""
    begins = int(issued.timestamp())
    numbers = {
        "expires_in": response["expires_in"],
        "ext_expires_in": response["ext_expires_in"],
        "expires_on": begins + response["expires_in"],
        "not_before": begins,
    }
    resource = {"resource": form["resource"]} if form.get("resource") else {}
    return {**response, **{name: str(number) for name, number in numbers.items()}, **resource}


def check_no_resource(form: Mapping[str, str]) -> None:
    """Refuse a resource in the address of the sign-in page of version 2, with the code that users report.

    Raises:
        EntraResponseError: there is one.
    """
    if "resource" in form:
        raise EntraResponseError(400, "invalid_request", 901002, "The 'resource' request parameter is not supported.")

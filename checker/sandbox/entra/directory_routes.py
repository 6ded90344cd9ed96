"""Routes that change the directory, for tests in another process."""

import datetime
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from checker.sandbox.entra.directory import Directory
from checker.sandbox.entra.registrations import EXCHANGE_AUDIENCE
from checker.sandbox.responses import json_response
from checker.sandbox.wire_json import parse_object


@dataclass(frozen=True, slots=True)
class DirectoryRoutes:
    """The routes, and the directory that they change."""

    directory: Directory

    def routes(self, prefix: str) -> list[Route]:
        """List the routes."""
        return [
            Route(f"{prefix}/applications", self._change_application, methods=["POST"]),
            Route(f"{prefix}/device", self._answer_device, methods=["POST"]),
        ]

    async def _change_application(self, request: Request) -> Response:
        return _change_directory(change_application, self.directory, await request.body())

    async def _answer_device(self, request: Request) -> Response:
        return _change_directory(answer_device, self.directory, await request.body())


def change_application(directory: Directory, sent: Mapping[str, Any]) -> None:
    """Change a tenant's application as a JSON object describes.

    `{"tenant": ID, "certificates": [PEM], "secrets": [{"value", "expires"}], "federatedCredentials": [{"issuer",
    "subject", "audience"}], "trustedSubjects": [{"subject", "authority"}], "users": [{"name", "directoryRoles",
    "mfaRequired"}], "roles": [NAME], "delegatedScopes": [NAME], "publicClient": true, "browserUser": NAME,
    "demandedClaims": JSON or null, "managedIdentities": [{"name", "roles"}]}`; only the tenant is required.

    Raises:
        ValueError: a member is unknown or invalid; the members before it have already taken effect.
    """
    tenant = _text(sent, "tenant")
    directory.application(tenant)
    for name, value in sent.items():
        if name == "tenant":
            continue
        if name not in _MEMBERS:
            raise ValueError(f"{name[:64]} is not a member of an application")
        _MEMBERS[name](directory, tenant, value)


def answer_device(directory: Directory, sent: Mapping[str, Any]) -> None:
    """Approve or decline a sign-in on another device: `{"userCode", "user", "mfa"}` or `{"userCode", "decline"}`.

    Raises:
        ValueError: there is no such code or user.
    """
    code = _text(sent, "userCode")
    if sent.get("decline"):
        directory.decline_device_code(code)
    else:
        directory.approve_device_code(code, _text(sent, "user"), mfa=sent.get("mfa") is True)


def _certificates(directory: Directory, tenant: str, value: object) -> None:
    for pem in _texts(value):
        directory.register_certificate(tenant, pem)


def _secrets(directory: Directory, tenant: str, value: object) -> None:
    for item in _objects(value):
        expires = datetime.datetime.fromisoformat(_text(item, "expires")) if item.get("expires") else None
        if expires is not None and expires.tzinfo is None:
            raise ValueError("expires must have a time zone")
        directory.add_secret(tenant, _text(item, "value"), expires=expires)


def _federated(directory: Directory, tenant: str, value: object) -> None:
    for item in _objects(value):
        directory.add_federated_credential(
            tenant,
            issuer=_text(item, "issuer"),
            subject=_text(item, "subject"),
            audience=_text({"audience": EXCHANGE_AUDIENCE, **item}, "audience"),
        )


def _subjects(directory: Directory, tenant: str, value: object) -> None:
    for item in _objects(value):
        directory.trust_subject(tenant, _text(item, "subject"), _text(item, "authority"))


def _users(directory: Directory, tenant: str, value: object) -> None:
    for item in _objects(value):
        options = {"directory_roles": _texts(item["directoryRoles"])} if "directoryRoles" in item else {}
        directory.add_user(tenant, _text(item, "name"), mfa_required=item.get("mfaRequired") is True, **options)


def _public_client(directory: Directory, tenant: str, value: object) -> None:
    directory.application(tenant).public_client = value is True


def _demanded_claims(directory: Directory, tenant: str, value: object) -> None:
    directory.demand_claims(tenant, None if value is None else json.dumps(value))


def _identities(directory: Directory, tenant: str, value: object) -> None:
    for item in _objects(value):
        roles = _texts(item["roles"]) if "roles" in item else None
        directory.add_managed_identity(tenant, name=_text(item, "name") if item.get("name") else None, roles=roles)


_MEMBERS: dict[str, Callable[[Directory, str, object], None]] = {
    "certificates": _certificates,
    "secrets": _secrets,
    "federatedCredentials": _federated,
    "trustedSubjects": _subjects,
    "users": _users,
    "roles": lambda directory, tenant, value: directory.grant_roles(tenant, _texts(value)),
    "delegatedScopes": lambda directory, tenant, value: directory.consent(tenant, _texts(value)),
    "publicClient": _public_client,
    "browserUser": lambda directory, tenant, value: directory.sign_in_browser(tenant, _text({"user": value}, "user")),
    "demandedClaims": _demanded_claims,
    "managedIdentities": _identities,
}


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a string, and not empty")
    return value


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("the value must be a list of strings")
    return value


def _objects(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError("the value must be a list of objects")
    return value


def _change_directory(
    change: Callable[[Directory, Mapping[str, Any]], None], directory: Directory, body: bytes
) -> Response:
    try:
        change(directory, parse_object(body, "the body"))
    # Claims that can just be read can be too deep to be written again.
    except (ValueError, RecursionError) as error:
        return json_response({"error": str(error)}, status=400)
    return Response(status_code=204)

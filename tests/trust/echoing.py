"""A tenant behind a careless gateway: it sends back what it was sent, token, secret and all."""

import html
import json
import os
import signal
from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from canaries import in_every_form

from checker.sandbox.app import Sandbox

Scope = MutableMapping[str, Any]
_NEEDED = ("authorization", "x-identity-header", "secret")
_JSON = "application/json"


class Echoing:
    """A sandbox of which some requests are answered by an echo; what served sandboxes have is passed on.

    Attributes:
        fault: which path, method and kind of echo; None answers as the sandbox does.
        echoed: how many requests were answered by an echo.
        sent: every secret that arrived, by the name of its header or field.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.public_url: str | None = None
        self.graph_url: str | None = None
        self.fault: tuple[str, str, str] | None = None
        self.echoed = 0
        self.sent: dict[str, str] = {}

    @property
    def app(self) -> Callable[..., Any]:
        # A function: the server takes a bound method for an older kind of application.
        async def application(scope: Scope, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
            self.sandbox.graph_url = self.graph_url
            await self._answer(scope, receive, send)

        return application

    async def _answer(self, scope: Scope, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        if scope["type"] != "http":
            await self.sandbox.app(scope, receive, send)
            return
        message = await receive()
        body = message.get("body", b"")
        secrets = _secrets(scope, body)
        self.sent |= secrets
        part, method, kind = self.fault or ("/nowhere", "", "")
        if part in scope["path"] and method in {"", scope["method"]}:
            self.echoed += 1
            if kind == "interrupt":
                os.kill(os.getpid(), signal.SIGINT)
            status, headers, content = _echo(kind, " ".join(map(in_every_form, secrets.values())), secrets)
            encoded = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
            await send({"type": "http.response.start", "status": status, "headers": encoded})
            await send({"type": "http.response.body", "body": content})
            return
        waiting = [message]

        async def replayed() -> Any:
            return waiting.pop() if waiting else await receive()

        await self.sandbox.app(scope, replayed, send)


def _secrets(scope: Scope, body: bytes) -> dict[str, str]:
    headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
    found = {name: headers[name].rpartition(" ")[2] for name in _NEEDED if name in headers}
    if "form-urlencoded" in headers.get("content-type", ""):
        fields = parse_qs(body.decode())
        names = ("client_secret", "client_assertion", "refresh_token", "device_code", "code")
        found |= {name: fields[name][0] for name in names if name in fields}
    return found


def _echo(kind: str, said: str, secrets: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    status = int(kind[:3]) if kind[:3].isdecimal() else 400
    plain = next(iter(secrets.values()), "")
    # So that whoever cuts the text short does so in the middle of the secret.
    cut = kind.endswith("cut")
    error = {"code": "InvalidAuthenticationToken", "message": f"{'x' * 440 * cut}{plain} {said}"}
    link = f"https://x:{plain}@graph.attacker.example/v1.0/{plain}?sig={plain}"
    location = f"https://elsewhere.example/?token={plain}"
    text = f"AADSTS7000215: {'y' * 200 * cut}{plain} {said}"
    update = {"state": "ThirdParty", "assignedTo": plain, "comment": said, "updatedBy": plain}
    profile = {
        "id": "mdo_blockmailforward",
        "title": f"{plain} {said}",
        "maxScore": 5,
        "service": plain,
        "actionUrl": f"https://x:{plain}@portal.example/?sig={plain}",
        "remediation": f"<p>{html.escape(said)}</p>",
        "controlStateUpdates": [update],
    }
    partial = {"content-type": _JSON, "warning": f'199 - "Microsoft/SecureScore/504/{plain}"'}
    known: dict[str, tuple[int, dict[str, str], object]] = {
        "entra": (400, {"content-type": _JSON}, {"error": plain, "error_description": text}),
        "warning": (206, partial, {"value": []}),
        "next": (200, {"content-type": _JSON}, {"value": [], "@odata.nextLink": link}),
        "data": (200, {"content-type": _JSON}, {"value": [profile]}),
        "profile": (200, {"content-type": _JSON}, profile),
        "odd": (200, {"content-type": _JSON}, {"id": plain, "azureTenantId": plain}),
        "location": (302, {"location": location}, {"said": said}),
        "throttled": (429, {"retry-after": "3000", "request-id": plain}, {"error": {"code": plain, "message": said}}),
    }
    if kind == "page":
        return 200, {"content-type": "text/html"}, f"<html>{said}</html>".encode()
    other = {"error": {**error, "innerError": {"request-id": f"{plain} {said}"}}}
    code, headers, body = known.get(kind.removesuffix("-cut"), (status, {"content-type": _JSON}, other))
    return code, headers, json.dumps(body).encode()

"""The page on which a user types the code of another device, and answers whether to sign in there.

It is plain HTML without scripts or anything from elsewhere; whoever uses the sandbox can be any of its users.
Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
"""

import datetime
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from checker.sandbox.entra.directory import Directory
from checker.sandbox.entra.sign_ins import DeviceCode

PATH = "/devicelogin"
MOST_FIELDS = 10

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class DevicePage:
    """The page, the directory in which it signs users in, and the clock."""

    directory: Directory
    now: Callable[[], datetime.datetime]

    def routes(self) -> list[Route]:
        """List the routes."""
        return [Route(PATH, self._ask, methods=["GET"]), Route(PATH, self._answer, methods=["POST"])]

    async def _ask(self, _request: Request) -> Response:
        return _page("Enter the code", _code_form())

    async def _answer(self, request: Request) -> Response:
        form = _form(await request.body())
        code = re.sub(r"[\s-]", "", form.get("code", ""))
        try:
            pending = self.directory.sign_ins.device_code_of(code)
        except ValueError:
            return _page(
                "Enter the code", _code_form("There is no such code. Check it, and enter it again."), status=400
            )
        if self.now() >= pending.expires:
            return _page("Enter the code", _code_form("The code has expired. Get a new one."), status=400)
        if form.get("answer") == "decline":
            self.directory.decline_device_code(code)
            return _page("Declined", "<p>Nobody was signed in. You can close this page.</p>")
        if form.get("answer") == "approve":
            return self._approve(code, pending, form)
        return _page("Sign in?", self._question(code, pending))

    def _approve(self, code: str, pending: DeviceCode, form: Mapping[str, str]) -> Response:
        try:
            self.directory.approve_device_code(code, form.get("user", ""), mfa="mfa" in form)
        except ValueError:
            return _page("Sign in?", self._question(code, pending, "There is no such user."), status=400)
        return _page("Signed in", "<p>You have signed in on your device. You can close this page.</p>")

    def _question(self, code: str, pending: DeviceCode, problem: str = "") -> str:
        users = "".join(
            f'<option value="{html.escape(user.name)}">{html.escape(user.name)}</option>'
            for user in self.directory.application(pending.tenant_id).users.values()
        )
        scopes = "".join(f"<li>{html.escape(scope)}</li>" for scope in pending.scopes)
        return (
            f"{_alert(problem)}<p>Application {html.escape(pending.client_id)} in tenant "
            f"{html.escape(pending.tenant_id)} asks for:</p><ul>{scopes}</ul>"
            f'<form method="post" action="{PATH}"><input type="hidden" name="code" value="{html.escape(code)}">'
            f'<p><label for="user">User</label> <select id="user" name="user">{users}</select></p>'
            '<p><input type="checkbox" id="mfa" name="mfa" value="yes"> '
            '<label for="mfa">with a second factor</label></p>'
            '<p><button name="answer" value="approve">Sign in</button> '
            '<button name="answer" value="decline">Decline</button></p></form>'
        )


def _code_form(problem: str = "") -> str:
    return (
        f"{_alert(problem)}"
        f'<form method="post" action="{PATH}"><p><label for="code">Code that your device shows</label> '
        '<input id="code" name="code" required maxlength="32" autocomplete="off" autofocus></p>'
        "<p><button>Next</button></p></form>"
    )


def _alert(problem: str) -> str:
    return f'<p role="alert">{html.escape(problem)}</p>' if problem else ""


def _page(title: str, body: str, *, status: int = 200) -> Response:
    content = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} - sandbox</title></head>'
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )
    return HTMLResponse(content, status_code=status, headers=_HEADERS)


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("ascii"), max_num_fields=MOST_FIELDS))
    except ValueError:
        return {}

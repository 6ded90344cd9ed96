"""The page on which a user types the code of another device."""

import re
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from entra_client import READ, TENANT, Clock, claims_of, live_sandbox, public
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.sandbox.serving.serve import Endpoints, running

CLOCK = Clock()
SANDBOX = live_sandbox(CLOCK)
ODD = '"><script>@contoso.example'


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoints]:
    SANDBOX.directory.add_user(TENANT.tenant_id, ODD)
    with running(SANDBOX) as endpoints:
        yield endpoints


class Form(HTMLParser):
    """What a browser makes of a page: the fields that a form sends, what can be chosen, and where it goes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.choices: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given_attributes = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        assert not {"src", "href", "style", "onclick"} & set(given_attributes)
        if tag == "form":
            self.action = given_attributes["action"]
        if tag == "input":
            self.fields[given_attributes["name"]] = given_attributes.get("value", "")
        if tag == "option":
            self.choices.append(given_attributes["value"])


class Browser:
    """A person's browser; it trusts the sandbox."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.answer = httpx.get(address, verify=False, trust_env=False)

    @property
    def form(self) -> Form:
        return Form(self.answer.text)

    def send(self, **typed: str) -> str:
        form = self.form
        fields = {name: value for name, value in form.fields.items() if name != "mfa"}
        url = httpx.URL(self.address).join(form.action)
        self.answer = httpx.post(url, data={**fields, **typed}, verify=False, trust_env=False)
        assert self.answer.headers["content-security-policy"].startswith("default-src 'none'; form-action 'self'")
        return self.answer.text


def begin(served: Endpoints) -> tuple[Any, Any, Browser]:
    app = public(served)
    flow = app.initiate_device_flow([READ])
    return app, flow, Browser(flow["verification_uri"])


def test_a_person_finishes_the_sign_in(served: Endpoints) -> None:
    app, flow, browser = begin(served)
    results: list[Any] = []
    polling = threading.Thread(target=lambda: results.append(app.acquire_token_by_device_flow(flow)))
    polling.start()
    question = browser.send(code=f" {flow['user_code'][:4].lower()}-{flow['user_code'][4:]} ")
    assert "SecurityEvents.Read.All" in question
    assert TENANT.client_id in question
    assert "secops@contoso.example" in browser.form.choices
    assert "You have signed in" in browser.send(user="secops@contoso.example", mfa="yes", answer="approve")
    polling.join()
    claims = claims_of(SANDBOX, results[0]["access_token"])
    assert (claims["upn"], claims["amr"]) == ("secops@contoso.example", ["pwd", "mfa"])


def test_a_person_declines(served: Endpoints) -> None:
    app, flow, browser = begin(served)
    browser.send(code=flow["user_code"])
    assert "Nobody was signed in" in browser.send(answer="decline", user="secops@contoso.example")
    assert app.acquire_token_by_device_flow(flow)["error"] == "authorization_declined"


def test_names_are_escaped_and_nothing_comes_from_elsewhere(served: Endpoints) -> None:
    _, flow, browser = begin(served)
    page = browser.send(code=flow["user_code"])
    assert "<script" not in page
    assert ODD in browser.form.choices
    assert not {"script", "link", "img", "style", "iframe"} & browser.form.tags
    browser.send(user=ODD, answer="approve")
    assert browser.answer.status_code == 200


def test_wrong_codes_and_users_are_asked_for_again(served: Endpoints) -> None:
    _, flow, browser = begin(served)
    assert "There is no such code" in browser.send(code="<b>AAAA")
    assert browser.answer.status_code == 400
    browser.send(code=flow["user_code"])
    assert "There is no such user" in browser.send(user="nobody@contoso.example", answer="approve")
    assert browser.answer.status_code == 400
    SANDBOX.directory.expire_device_code(flow["user_code"])
    assert "has expired" in browser.send(user="secops@contoso.example", answer="approve")


@given(st.binary(max_size=60))
@settings(max_examples=examples(20), deadline=None)
def test_any_form_gets_a_page(served: Endpoints, body: bytes) -> None:
    answer = httpx.post(f"{served.authority}/devicelogin", content=body, verify=False, trust_env=False)
    assert answer.status_code == 400
    assert re.search(r"<h1>Enter the code</h1>", answer.text)

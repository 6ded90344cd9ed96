import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.presentation.escape import markdown, sarif
from checker.presentation.runner_commands import azure_command, github_command
from checker.presentation.tables import csv_table
from checker.secrecy.known import Secrets, begin_run, conceal, conceal_document, learn

SECRET = "Wq3~kD.x-8_vB+p/Z=n&y\"t\\7%é9Lm'R{}<2> ::#[x"
ENTRA = "8Q~vK2.mZ-x_7bR4tY9wE1sD6fG3hJ5kL0pN8qA"
TOKEN = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"RS256"}', b"x" * 900, b"s"))


def known(*values: str) -> Secrets:
    secrets = Secrets()
    for value in values:
        secrets.learn(value)
    return secrets


FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "percent": lambda text: quote(text, safe=""),
    "percent, lower case": lambda text: quote(text, safe="").lower() if text.islower() else quote(text, safe="/"),
    "form": quote_plus,
    "percent, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "json": lambda text: json.dumps(text)[1:-1],
    "json in json": lambda text: json.dumps(json.dumps(text))[3:-3],
    "json with unicode": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json of .NET": lambda text: "".join(char if char.isalnum() else f"\\u{ord(char):04X}" for char in text),
    "json of PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "html": html.escape,
    "markdown": markdown,
    "sarif": sarif,
    "a command of GitHub": lambda text: github_command("error", text, {})[9:],
    "a property of Azure": lambda text: azure_command("x", "", {"a": text})[10:-2],
    "a cell": lambda text: csv_table(("a",), [(f'"a;{text}',)]).decode().partition(";")[2][:-3],
    "basic": lambda text: base64.b64encode(b"user:" + text.encode()).decode()[7:],
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of the URL": lambda text: base64.urlsafe_b64encode(b"xy" + text.encode() + b"z").decode()[3:-4],
    "base64 in a URL": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
    "hexadecimal": lambda text: text.encode().hex(),
    "cut": lambda text: text[: len(text) * 2 // 3],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("value", [SECRET, ENTRA, TOKEN])
def test_a_secret_is_found_in_every_form(form: str, value: str) -> None:
    written = FORMS[form](value)
    said = known(value).conceal(f"before [{written}] after")
    assert said.startswith("before [")
    assert said.endswith("] after")
    assert "***" in said
    assert written[3:12] not in said
    assert len(said) < 40


def test_the_name_and_password_of_a_proxy_and_signatures_are_learned_from_urls() -> None:
    secrets = Secrets()
    secrets.learn_addresses("http://name:p%40ss-w0rd-7@proxy.example:8080")
    secrets.learn_addresses("--store=az://c@a.example/t?sv=1&sig=Zk8%2BvQw%3D%3D-abc&se=2")
    secrets.learn_addresses("https://only-a-token-9@github.example/x and s3://key:pa/ss-w0rd-8@host/y")
    for text in ("p%40ss-w0rd-7", "p@ss-w0rd-7", "Zk8%2BvQw%3D%3D-abc", "Zk8+vQw==-abc", "only-a-token-9"):
        assert secrets.conceal(f"x {text} y") == "x *** y"
    assert secrets.conceal("x pa/ss-w0rd-8 y") == "x *** y"
    assert secrets.conceal("proxy.example:8080 github.example 2024") == "proxy.example:8080 github.example 2024"


@pytest.mark.parametrize(
    "url",
    [
        "https://host.example:8443/a/b?x=1",
        "abfss://container@account.example/path",
        "https://host.example/@scope/package",
        "https://host.example:443/@scope",
        "http://[::1]:8443/",
        "no url at all",
        "://",
        "https://",
        "a://@",
    ],
)
def test_a_url_without_a_secret_teaches_nothing(url: str) -> None:
    secrets = Secrets()
    secrets.learn_addresses(url)
    assert repr(secrets) == "Secrets(0)"


# The rule of short secrets.


@pytest.mark.parametrize("value", ["", " ", "a", "12345", "ab-1", "Identity", "password", "20260522", "1234567890"])
def test_what_stands_in_ordinary_text_is_not_looked_for(value: str) -> None:
    text = f"Identity password 20260522 1234567890 ab-1 12345 a {value}"
    assert known(value).conceal(text) == text
    assert known(value).conceal_document(text.encode()) == text.encode()


def test_a_short_secret_is_looked_for_as_a_word() -> None:
    secrets = known("hunter2")
    assert secrets.conceal("is 'hunter2', not hunter22 or xhunter2") == "is '***', not hunter22 or xhunter2"


def test_a_long_number_is_looked_for_as_a_whole() -> None:
    secrets = known("394294232475")
    assert secrets.conceal_document(b'{"percent": 61.9439429423247589}') == b'{"percent": 61.9439429423247589}'
    assert secrets.conceal("pin 394294232475.") == "pin ***."


def test_of_two_secrets_that_begin_alike_nothing_is_left() -> None:
    for values in (("begins-alike-1", "begins-alike-1-and-more"), ("begins-alike-1-and-more", "begins-alike-1")):
        assert known(*values).conceal("x begins-alike-1-and-more y begins-alike-1 z") == "x *** y *** z"


# The second wall.


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"token {TOKEN} refused", "token *** refused"),
        (f"Authorization: Bearer {'x1' * 20}", "Authorization: Bearer ***"),
        ("Basic dXNlcjpwYXNzd29yZA== sent", "Basic *** sent"),
        ("client_secret=abc~1.2&scope=x", "client_secret=***&scope=x"),
        ("client_secret%3Dabc~1%2B2%26scope%3Dx", "client_secret%3D***%26scope%3Dx"),
        ('{"access_token": "opaque\\"x", "expires_in": 1}', '{"access_token": "***", "expires_in": 1}'),
        ("https://a.example/c?sv=1&sig=aB%2F%3D&se=2", "https://a.example/c?sv=1&sig=***&se=2"),
        ("http://user:pw@proxy:80/x", "http://***@proxy:80/x"),
        ("https://token@host/x", "https://***@host/x"),
        ("AccountName=n;AccountKey=aGk7/w==;E=x", "AccountName=n;AccountKey=***;E=x"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\nabc\n-----END", "-----BEGIN PRIVATE KEY-----***-----END"),
    ],
)
def test_what_looks_like_a_secret_is_concealed_though_nobody_announced_it(said: str, shown: str) -> None:
    assert Secrets().conceal(said) == shown
    assert Secrets().conceal(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Disable Basic authentication for Exchange; the bearer token is missing",
        "abfss://container@account.example/history: 3 new days",
        "assignment: design=1, the-password is MinimumPasswordLength=14",
        "https://learn.microsoft.com/graph/security-authorization",
        "GET https://graph.microsoft.com/v1.0/security/secureScores 200 0.016 s, request-id 279bf09e-20e7-4c3e",
        "owner secops@contoso.example of https://portal.example/a?b=c",
        "Set AZURE_CLIENT_SECRET to the secret's value, not to its id.",
    ],
)
def test_ordinary_messages_stay_as_they_are(text: str) -> None:
    assert Secrets().conceal(text) == text


def test_a_document_stays_the_same_object_where_nothing_is_known() -> None:
    data = f"client_secret=x {TOKEN}".encode()
    assert Secrets().conceal_document(data) is data


# Properties.

SECRETS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FF, exclude_categories=["Cc"]), min_size=12)


@given(SECRETS, st.text(), st.text())
def test_json_with_a_secret_in_its_texts_stays_json(value: str, before: str, after: str) -> None:
    secrets = known(value)
    for escaped in (True, False):
        document = json.dumps({"a": [before + value + after, f'"{value}"', value[:14]], "n": 1.5}, ensure_ascii=escaped)
        shown = json.loads(secrets.conceal_document(document.encode("utf-8", "surrogatepass")))
        assert shown["n"] == 1.5
        if len(value.strip()) >= 12 and not value.strip().isdecimal():
            assert all(value.strip() not in text for text in shown["a"])


@given(st.text())
def test_any_text_can_be_concealed_and_once_is_enough(text: str) -> None:
    secrets = known(SECRET, ENTRA, TOKEN)
    once = secrets.conceal(text)
    assert secrets.conceal(once) == once


# Runs.


def test_each_run_knows_its_own_secrets_alone() -> None:
    with begin_run(Secrets()):
        learn(ENTRA)
        assert conceal(f"x {ENTRA} y") == "x *** y"
        with begin_run(Secrets()):
            assert conceal(f"x {ENTRA} y") == f"x {ENTRA} y"
        assert conceal_document(ENTRA.encode()) == b"***"

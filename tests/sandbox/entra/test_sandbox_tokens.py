import base64
import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox_client import NOW

from checker.sandbox.entra.tokens import (
    LIFETIME,
    Signer,
    TokenError,
    TokenTerms,
    application_claims,
    delegated_claims,
    unverified_claim,
)

SIGNER = Signer()
CLAIMS = application_claims(TokenTerms("tenant", "client", NOW), ["Role"])


def test_a_token_carries_entras_claims() -> None:
    claims = SIGNER.verify(SIGNER.mint(CLAIMS), NOW)
    assert claims["aud"] == "https://graph.microsoft.com"
    assert claims["iss"] == "https://sts.windows.net/tenant/"
    assert (claims["tid"], claims["appid"], claims["roles"]) == ("tenant", "client", ["Role"])
    assert (claims["idtyp"], claims["ver"]) == ("app", "1.0")
    assert claims["exp"] - claims["iat"] == 3599


def test_a_users_token_carries_scopes_and_directory_roles() -> None:
    claims = delegated_claims(TokenTerms("tenant", "client", NOW), ["A", "B"], ["role"])
    assert (claims["scp"], claims["wids"], claims["upn"]) == ("A B", ["role"], "secops@contoso.example")
    assert not {"roles", "idtyp"} & claims.keys()


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", "empty"),
        ("x", "80049217"),
        ("a.b.c.d", "80049217"),
        ("\u00e4.b.c", "80049217"),
        ("a.b." + "c" * 20_000, "80049217"),
        ("a.b.c", "Invalid signature"),
        (Signer().mint(CLAIMS), "Invalid signature"),
    ],
)
def test_what_is_not_ours_is_not_accepted(token: str, reason: str) -> None:
    with pytest.raises(TokenError, match=reason):
        SIGNER.verify(token, NOW)


def test_a_token_lives_an_hour() -> None:
    token = SIGNER.mint(CLAIMS)
    SIGNER.verify(token, NOW + LIFETIME - datetime.timedelta(seconds=2))
    with pytest.raises(TokenError, match="expired"):
        SIGNER.verify(token, NOW + LIFETIME)
    with pytest.raises(TokenError, match="not yet valid"):
        SIGNER.verify(token, NOW - datetime.timedelta(minutes=1))


def test_changed_claims_are_found_out() -> None:
    head, _, signature = SIGNER.mint(CLAIMS).split(".")
    forged = base64.urlsafe_b64encode(json.dumps({**CLAIMS, "tid": "other"}).encode()).rstrip(b"=").decode()
    with pytest.raises(TokenError, match="Invalid signature"):
        SIGNER.verify(f"{head}.{forged}.{signature}", NOW)
    assert unverified_claim(f"{head}.{forged}.{signature}", "tid") == "other"


@given(st.text(max_size=100) | st.binary(max_size=60).map(lambda data: f"a.{base64.b64encode(data).decode()}.c"))
def test_any_text_names_a_tenant_or_none(token: str) -> None:
    assert isinstance(unverified_claim(token, "tid"), str | None)


def test_deeply_nested_claims_name_no_tenant() -> None:
    nested = base64.urlsafe_b64encode(b"[" * 11_000).decode()
    assert unverified_claim(f"a.{nested}.c", "tid") is None

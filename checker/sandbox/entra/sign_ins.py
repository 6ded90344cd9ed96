"""What Entra stores between the requests of a user's sign-in: device codes, authorization codes, refresh tokens."""

import datetime
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TypeVar

MOST_STORED = 10_000
Item = TypeVar("Item")
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Session:
    """A user who has signed in to an application.

    Attributes:
        tenant_id: the tenant of the user and the application.
        client_id: the application.
        user: the user principal name.
        scopes: the scopes that were requested.
        mfa: whether the sign-in had a second factor.
    """

    tenant_id: str
    client_id: str
    user: str
    scopes: tuple[str, ...]
    mfa: bool = False


@dataclass(slots=True)
class DeviceCode:
    """A sign-in on another device.

    Attributes:
        tenant_id: the tenant of the sign-in.
        client_id: the application that the user signs in to.
        scopes: the scopes that were requested.
        expires: when it expires.
        interval: how many seconds a client has to wait between two polls.
        polled: when a client last polled; None while none has.
        session: the session of the user who approved it; None while nobody has.
        declined: whether the user refused.
    """

    tenant_id: str
    client_id: str
    scopes: tuple[str, ...]
    expires: datetime.datetime
    interval: int
    polled: datetime.datetime | None = None
    session: Session | None = None
    declined: bool = False

    def polled_too_soon(self, now: datetime.datetime) -> bool:
        """Record a poll, and tell whether it came before the interval was over."""
        before, self.polled = self.polled, now
        return before is not None and now - before < datetime.timedelta(seconds=self.interval)


@dataclass(slots=True)
class AuthorizationCode:
    """A sign-in in a browser that the application redeems.

    Attributes:
        session: the session of the user who signed in.
        redirect_uri: the address that the code was sent to.
        challenge: the hash of the verifier (PKCE); None without PKCE.
        nonce: the nonce of the id token; None where the client sent none.
        expires: when it expires.
        redeemed: whether it was used.
    """

    session: Session
    redirect_uri: str
    challenge: str | None
    nonce: str | None
    expires: datetime.datetime
    redeemed: bool = False


@dataclass(slots=True)
class SignIns:
    """All codes and refresh tokens; the oldest are dropped first.

    Attributes:
        device_codes: by device code.
        authorization_codes: by code.
        refresh_tokens: by token.
        revoked: the refresh tokens that were revoked.
    """

    device_codes: OrderedDict[str, DeviceCode] = field(default_factory=OrderedDict)
    authorization_codes: OrderedDict[str, AuthorizationCode] = field(default_factory=OrderedDict)
    refresh_tokens: OrderedDict[str, Session] = field(default_factory=OrderedDict)
    revoked: set[str] = field(default_factory=set)
    _user_codes: dict[str, str] = field(default_factory=dict)

    def store_device_code(self, pending: DeviceCode) -> tuple[str, str]:
        """Store a sign-in on another device, and give its device code and its user code."""
        user_code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(9))
        device_code = _store(self.device_codes, pending)
        self._user_codes[user_code] = device_code
        self._user_codes = {code: name for code, name in self._user_codes.items() if name in self.device_codes}
        return device_code, user_code

    def device_code_of(self, user_code: str) -> DeviceCode:
        """Find a sign-in by the code that its user types.

        Raises:
            ValueError: there is no such user code.
        """
        pending = self.device_codes.get(self._user_codes.get(user_code.strip().upper(), ""))
        if pending is None:
            raise ValueError("there is no such user code")
        return pending

    def store_authorization_code(self, code: AuthorizationCode) -> str:
        """Store an authorization code, and give its text."""
        return _store(self.authorization_codes, code)

    def store_refresh_token(self, session: Session) -> str:
        """Store the session of a refresh token, and give its text."""
        return _store(self.refresh_tokens, session)

    def revoke(self, tenant_id: str, user: str) -> None:
        """Revoke all refresh tokens of a user."""
        for token, session in self.refresh_tokens.items():
            if session.tenant_id == tenant_id and session.user.lower() == user.lower():
                self.revoked.add(token)


def _store(items: OrderedDict[str, Item], item: Item) -> str:
    name = f"1.{secrets.token_urlsafe(48)}"
    items[name] = item
    if len(items) > MOST_STORED:
        items.popitem(last=False)
    return name

"""What Entra remembers between two requests of a user's sign-in: device codes, authorization codes, refresh tokens."""

import datetime
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TypeVar

MOST_REMEMBERED = 10_000
Item = TypeVar("Item")
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Session:
    """A user who has signed in to an application.

    Attributes:
        tenant_id: of the user and the application.
        client_id: the application.
        user: the user principal name.
        scopes: what was asked for.
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
        tenant_id: where it was begun.
        client_id: for which application.
        scopes: what was asked for.
        expires: when it ends.
        interval: seconds between two questions.
        asked: when it was last asked for.
        session: who approved it; None while nobody has.
        declined: whether the user refused.
    """

    tenant_id: str
    client_id: str
    scopes: tuple[str, ...]
    expires: datetime.datetime
    interval: int
    asked: datetime.datetime | None = None
    session: Session | None = None
    declined: bool = False

    def too_soon(self, now: datetime.datetime) -> bool:
        """Note that it was asked for, and tell whether that came before the interval was over."""
        before, self.asked = self.asked, now
        return before is not None and now - before < datetime.timedelta(seconds=self.interval)


@dataclass(slots=True)
class AuthorizationCode:
    """A sign-in in a browser that the application redeems.

    Attributes:
        session: who signed in.
        redirect_uri: where the code was sent.
        challenge: the hash of the verifier (PKCE); None where none was sent.
        nonce: to be put into the id token.
        expires: when it ends.
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
    """All of them, the oldest forgotten first."""

    device_codes: OrderedDict[str, DeviceCode] = field(default_factory=OrderedDict)
    authorization_codes: OrderedDict[str, AuthorizationCode] = field(default_factory=OrderedDict)
    refresh_tokens: OrderedDict[str, Session] = field(default_factory=OrderedDict)
    revoked: set[str] = field(default_factory=set)
    _user_codes: dict[str, str] = field(default_factory=dict)

    def begin_device_code(self, begun: DeviceCode) -> tuple[str, str]:
        """Remember a sign-in on another device, and give its device code and its user code."""
        user_code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(9))
        device_code = _remember(self.device_codes, begun)
        self._user_codes[user_code] = device_code
        self._user_codes = {code: name for code, name in self._user_codes.items() if name in self.device_codes}
        return device_code, user_code

    def device_code_of(self, user_code: str) -> DeviceCode:
        """Find a sign-in by the code that its user types.

        Raises:
            ValueError: there is none.
        """
        begun = self.device_codes.get(self._user_codes.get(user_code.strip().upper(), ""))
        if begun is None:
            raise ValueError("there is no such user code")
        return begun

    def remember_code(self, code: AuthorizationCode) -> str:
        """Remember an authorization code, and give its text."""
        return _remember(self.authorization_codes, code)

    def remember_refresh_token(self, session: Session) -> str:
        """Remember who holds a refresh token, and give its text."""
        return _remember(self.refresh_tokens, session)

    def revoke(self, tenant_id: str, user: str) -> None:
        """Revoke a user's refresh tokens."""
        for token, session in self.refresh_tokens.items():
            if session.tenant_id == tenant_id and session.user.lower() == user.lower():
                self.revoked.add(token)


def _remember(kept: OrderedDict[str, Item], item: Item) -> str:
    name = f"1.{secrets.token_urlsafe(48)}"
    kept[name] = item
    if len(kept) > MOST_REMEMBERED:
        kept.popitem(last=False)
    return name

"""What an access token says of itself: read, never trusted. Only Graph can verify it.

Source: learn.microsoft.com/entra/identity-platform/access-token-claims-reference.
"""

import base64
import binascii
import datetime

import msgspec

# Roles of Entra that open Secure Score to a person. Source: learn.microsoft.com/graph/security-authorization and
# …/entra/identity/role-based-access-control/permissions-reference.
DIRECTORY_ROLES = {
    "5d6b6bb7-de71-4623-b4af-96380a352509": "Security Reader",
    "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
    "5f2222b1-57c3-48ba-8ad5-d4759f1fde6f": "Security Operator",
}
_WRITERS = {"Security Administrator", "Global Administrator"}

READ = "SecurityEvents.Read.All"
WRITE = "SecurityEvents.ReadWrite.All"


class Claims(msgspec.Struct, frozen=True):
    """The claims that matter here; every one may be missing.

    Attributes:
        aud: for whom the token is: Graph's address, or the id that Graph has in every tenant.
        tid: the tenant's id.
        roles: application permissions. scp: a person's, parted by blanks.
        wids: ids of a person's directory roles.
        exp: the end, seconds since 1970.
    """

    aud: str | None = None
    tid: str | None = None
    appid: str | None = None
    azp: str | None = None
    roles: list[str] = []
    scp: str | None = None
    wids: list[str] = []
    exp: int | None = None

    @property
    def is_delegated(self) -> bool:
        """Whether the token speaks for a person."""
        return self.scp is not None

    @property
    def permissions(self) -> list[str]:
        """What the token may do."""
        return (self.scp or "").split() if self.is_delegated else list(self.roles)

    @property
    def directory_roles(self) -> list[str]:
        """The person's roles that open Secure Score, by name."""
        return [name for known, name in DIRECTORY_ROLES.items() if known in self.wids]

    @property
    def ends(self) -> datetime.datetime | None:
        """When the token ends."""
        try:
            return datetime.datetime.fromtimestamp(self.exp, datetime.UTC) if self.exp is not None else None
        except (OverflowError, ValueError):
            return None

    def missing(self, *, write: bool) -> list[str]:
        """What is lacking to read, or to ``write``: permissions, and for a person a directory role."""
        enough = {WRITE} if write else {READ, WRITE}
        lacking = [] if enough.intersection(self.permissions) else [WRITE if write else READ]
        if self.is_delegated:
            held = set(self.directory_roles)
            if not (held & _WRITERS if write else held):
                lacking.append("the role Security Administrator" if write else "the role Security Reader")
        return lacking


def read_claims(token: str) -> Claims | None:
    """The claims of a JSON Web Token; None where it is something else (Graph may take it all the same)."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        body = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return msgspec.json.decode(body, type=Claims)
    except (binascii.Error, ValueError, RecursionError, msgspec.DecodeError):
        return None

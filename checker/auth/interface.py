"""What a sign-in method gets and gives."""

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from checker.errors import UsageError
from checker.secrecy.variables import SIGN_IN

# Every variable that a method reads; the names are azure-identity's, or those of the platform that sets them.
VARIABLES = (
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN",
    "AZURE_FEDERATED_TOKEN_FILE",
    "GITHUB_ACTIONS",
    "TF_BUILD",
    "GITLAB_CI",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "SYSTEM_OIDCREQUESTURI",
    "SYSTEM_ACCESSTOKEN",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "IMDS_ENDPOINT",
    "MSI_ENDPOINT",
    "MSI_SECRET",
    "SCOREGATE_OIDC_TOKEN",
    "SCOREGATE_OIDC_AUDIENCE",
    "SCOREGATE_ACCESS_TOKEN",
)

# Those that are sent in a header of HTTP, which carries little.
_IN_HEADERS = frozenset({"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN", "IDENTITY_HEADER", "MSI_SECRET"})
# Those whose blanks at either end are left out.
_TOKENS = frozenset({"SCOREGATE_ACCESS_TOKEN", "SCOREGATE_OIDC_TOKEN"})


class Variables(dict[str, str]):
    """Variables that are set, of those in ``VARIABLES``; shown by name only, since the values hold secrets."""

    def __repr__(self) -> str:
        """The names alone: a traceback or a log must not hold a secret."""
        return f"Variables({', '.join(sorted(self))})"


def can_be_sent(token: str) -> bool:
    """Whether a token is one that HTTP can carry in a header."""
    return bool(token) and token.isascii() and token.isprintable()


def _refuse_unusable(name: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        fault = "bytes that are not UTF-8"
    else:
        if value.splitlines() not in ([value], []):
            fault = "a line break"
        elif any(ord(character) < 0x20 or character == "\x7f" for character in value):
            fault = "a character that does not print"
        elif name in _IN_HEADERS and not can_be_sent(value):
            fault = "a character that HTTP cannot carry"
        else:
            return
    raise UsageError(f"{name} cannot be used: it contains {fault}", advice="Set it to the secret and nothing else.")


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that methods may draw on; None where the caller has nothing.

    Attributes:
        tenant: id or domain of the tenant to sign in to.
        authority: https URL of Entra, without a path.
        resource: Graph's address without a path; application tokens are asked for its ``/.default`` scope.
        variables: of ``VARIABLES`` those that are set; they hold secrets.
        interactive: a person is there to answer: a terminal, and no CI.
        say: tells that person something, such as the code to type.
        observe: receives a line about each request; None where nobody asked for that.
        write: profiles will be written too, which needs a further permission of a person's token.
        cache: the folder for people's tokens.
    """

    tenant: str | None
    client_id: str | None
    authority: str
    resource: str
    variables: Mapping[str, str] = msgspec.field(default_factory=dict)
    interactive: bool = False
    say: Callable[[str], None] = print
    observe: Callable[[str], None] | None = None
    write: bool = False
    cache: str | None = None

    def __repr__(self) -> str:
        """Without the variables: a traceback or a log must not hold a secret."""
        return f"Credentials(tenant={self.tenant!r}, client_id={self.client_id!r}, authority={self.authority!r})"

    @property
    def scope(self) -> str:
        """The scope of application tokens: all that was consented to."""
        return f"{self.resource}/.default"

    @property
    def delegated_scopes(self) -> list[str]:
        """The scopes of a person's token: the least that does the work, qualified, since clouds differ."""
        permission = "SecurityEvents.ReadWrite.All" if self.write else "SecurityEvents.Read.All"
        return [f"{self.resource}/{permission}"]

    def variable(self, name: str) -> str | None:
        """The variable's value; None where it is not set or empty.

        Raises:
            UsageError: it is to be a secret, and what it holds can be none.
        """
        value = self.variables.get(name) or None
        if value is not None and name in SIGN_IN:
            _refuse_unusable(name, value.strip() if name in _TOKENS else value)
        return value


class TokenProvider(Protocol):
    """Gives access tokens; asked before every request, so it keeps a token until it ends."""

    def token(self, claims: str | None = None) -> str:
        """A valid access token.

        Args:
            claims: what Graph demands beyond the token that it was sent (JSON, from a claims challenge); a fresh token
                is asked for.

        Raises:
            SignInError: there is none; the message names the cause and the remedy.
        """

"""What a tenant's directory holds beside the tenant itself: its application's credentials, its users, identities."""

import datetime
import uuid
from dataclasses import dataclass, field

from checker.sandbox.entra.tokens import SECURITY_ADMINISTRATOR
from checker.sandbox.tenants.tenant import READ_ROLE, WRITE_ROLE, SandboxTenant

EXCHANGE_AUDIENCE = "api://AzureADTokenExchange"
"""The audience that Entra recommends for federated credentials."""

DEFAULT_USER = "secops@contoso.example"


@dataclass(frozen=True, slots=True)
class Secret:
    """A client secret.

    Attributes:
        value: the secret.
        expires: when it ends, with a time zone; None for never.
    """

    value: str
    expires: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class FederatedCredential:
    """An identity of another issuer that may sign in as the application; all three are compared with case."""

    issuer: str
    subject: str
    audience: str = EXCHANGE_AUDIENCE


@dataclass(frozen=True, slots=True)
class TrustedSubject:
    """A certificate's name that may sign in as the application, whatever its key (subject name and issuer).

    Attributes:
        subject: the common name of the certificate, or a DNS name in it.
        authority: the certificate authority that has to have signed it, PEM.
    """

    subject: str
    authority: bytes


@dataclass(frozen=True, slots=True)
class SandboxUser:
    """A user of a tenant.

    Attributes:
        name: the user principal name.
        object_id: the id in the directory.
        directory_roles: ids of role templates, for the claim `wids`.
        mfa_required: whether a sign-in without a second factor is refused.
    """

    name: str
    object_id: str
    directory_roles: tuple[str, ...]
    mfa_required: bool = False


@dataclass(frozen=True, slots=True)
class SandboxManagedIdentity:
    """An identity of an Azure resource.

    Attributes:
        tenant_id: whose tokens it gets.
        client_id: its application's id.
        object_id: its service principal's id.
        resource_id: its path in Azure; empty for a system-assigned one.
        roles: its application permissions.
    """

    tenant_id: str
    client_id: str
    object_id: str
    resource_id: str
    roles: tuple[str, ...]


@dataclass(slots=True)
class Application:
    """The application that is registered in a tenant, as it is now.

    Attributes:
        tenant_id: the tenant.
        client_id: the application's id.
        secrets: client secrets that work, or have worked.
        certificates: registered certificates, PEM.
        federated_credentials: identities of other issuers.
        trusted_subjects: certificates by name.
        roles: application permissions with an administrator's consent.
        delegated_scopes: delegated permissions with an administrator's consent.
        public_client: whether users may sign in without the application's credential.
        users: the tenant's users, by name in lower case.
        browser_user: who is signed in where a browser is sent to; a name, in lower case.
        browser_mfa: whether that sign-in had a second factor.
    """

    tenant_id: str
    client_id: str
    secrets: list[Secret]
    roles: tuple[str, ...]
    certificates: list[bytes] = field(default_factory=list)
    federated_credentials: list[FederatedCredential] = field(default_factory=list)
    trusted_subjects: list[TrustedSubject] = field(default_factory=list)
    delegated_scopes: tuple[str, ...] = (READ_ROLE, WRITE_ROLE)
    public_client: bool = True
    users: dict[str, SandboxUser] = field(default_factory=dict)
    browser_user: str = DEFAULT_USER
    browser_mfa: bool = False

    def user(self, name: str) -> SandboxUser:
        """Find a user.

        Raises:
            ValueError: there is none of that name.
        """
        user = self.users.get(name.lower())
        if user is None:
            raise ValueError(f"there is no user {name[:64]}")
        return user


def application_of(tenant: SandboxTenant) -> Application:
    """Register a tenant's application as the tenant describes it, with one user who may do everything."""
    application = Application(tenant.tenant_id, tenant.client_id, [Secret(tenant.client_secret)], tenant.roles)
    application.users[DEFAULT_USER] = SandboxUser(
        DEFAULT_USER, object_id(tenant.tenant_id, "user"), (SECURITY_ADMINISTRATOR,)
    )
    return application


def object_id(tenant_id: str, name: str) -> str:
    """Derive the id of an object in a tenant from its name."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{tenant_id} {name}"))

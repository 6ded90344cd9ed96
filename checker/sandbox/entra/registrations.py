"""The entries of a tenant's directory: its application with its credentials, its users, its managed identities."""

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
        expires: when it expires, with a time zone; None for never.
    """

    value: str
    expires: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class FederatedCredential:
    """An identity of another issuer that can sign in as the application; comparisons are case-sensitive."""

    issuer: str
    subject: str
    audience: str = EXCHANGE_AUDIENCE


@dataclass(frozen=True, slots=True)
class TrustedSubject:
    """A certificate name that can sign in as the application with any key (subject name and issuer).

    Attributes:
        subject: the common name of the certificate, or a DNS name in it.
        authority: the certificate of the authority that has to have signed it, PEM.
    """

    subject: str
    authority: bytes


@dataclass(frozen=True, slots=True)
class SandboxUser:
    """A user of a tenant.

    Attributes:
        name: the user principal name.
        object_id: the id of the user in the directory.
        directory_roles: the ids of role templates in the claim `wids`.
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
        tenant_id: the tenant that its tokens are for.
        client_id: the id of its application.
        object_id: the id of its service principal.
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
        secrets: client secrets, valid or expired.
        certificates: registered certificates, PEM.
        federated_credentials: identities of other issuers.
        trusted_subjects: names of certificates.
        roles: application permissions with an administrator's consent.
        delegated_scopes: delegated permissions with an administrator's consent.
        public_client: whether users can sign in without a credential of the application.
        users: the tenant's users, by name in lower case.
        browser_user: the name of the user who is signed in to the browser, in lower case.
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
            ValueError: there is no user of that name.
        """
        user = self.users.get(name.lower())
        if user is None:
            raise ValueError(f"there is no user {name[:64]}")
        return user


def register_application(tenant: SandboxTenant) -> Application:
    """Register the application of a tenant, with one user who has all permissions."""
    application = Application(tenant.tenant_id, tenant.client_id, [Secret(tenant.client_secret)], tenant.roles)
    application.users[DEFAULT_USER] = SandboxUser(
        DEFAULT_USER, object_id(tenant.tenant_id, "user"), (SECURITY_ADMINISTRATOR,)
    )
    return application


def object_id(tenant_id: str, name: str) -> str:
    """Derive the id of an object in a tenant from its name."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{tenant_id} {name}"))

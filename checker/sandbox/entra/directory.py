"""The directory of the emulated Entra: what a test registers, grants, approves and demands."""

import datetime
from collections.abc import Callable, Sequence

from checker.sandbox.entra.application_certificates import load_certificate
from checker.sandbox.entra.claims_challenges import ClaimsChallenges
from checker.sandbox.entra.registrations import (
    EXCHANGE_AUDIENCE,
    Application,
    FederatedCredential,
    SandboxManagedIdentity,
    SandboxUser,
    Secret,
    TrustedSubject,
    application_of,
    object_id,
)
from checker.sandbox.entra.sign_ins import Session, SignIns
from checker.sandbox.entra.tokens import LIFETIME, SECURITY_ADMINISTRATOR
from checker.sandbox.tenants.tenant import SandboxTenant


class Directory:
    """What Entra knows of each tenant's application and users.

    Attributes:
        token_lifetime: how long the tokens live that are issued from now on.
        device_code_interval: seconds that a client shall wait between two questions.
        device_code_lifetime: how long a user has to approve.
        short_scopes: whether answers name Graph's scopes without `https://graph.microsoft.com/`, however asked.
        identity_header: what App Service's endpoint wants to see in `X-IDENTITY-HEADER`.
        arc_folder: where the endpoint of Azure Arc writes its secrets; None answers 404.
        sign_ins: codes and refresh tokens.
        challenges: claims that Graph demands.
        managed_identities: by the client's id; the first is the one that is used when none is named.
    """

    def __init__(
        self, tenants: Sequence[SandboxTenant], now: Callable[[], datetime.datetime], challenges: ClaimsChallenges
    ) -> None:
        self.token_lifetime = LIFETIME
        self.device_code_interval = 5
        self.device_code_lifetime = datetime.timedelta(minutes=15)
        self.short_scopes = False
        self.identity_header = "sandbox-identity-header"
        self.arc_folder: str | None = None
        self.sign_ins = SignIns()
        self.challenges = challenges
        self.managed_identities: dict[str, SandboxManagedIdentity] = {}
        self._now = now
        self._applications = {tenant.tenant_id: application_of(tenant) for tenant in tenants}
        for tenant in tenants[:1]:
            self.add_managed_identity(tenant.tenant_id)

    def application(self, tenant_id: str) -> Application:
        """Find the application of a tenant; what is changed in it holds at once.

        Raises:
            ValueError: there is no such tenant.
        """
        application = self._applications.get(tenant_id.lower())
        if application is None:
            raise ValueError(f"there is no tenant {tenant_id[:64]}")
        return application

    def add_secret(self, tenant_id: str, value: str, *, expires: datetime.datetime | None = None) -> None:
        """Add a client secret; with a moment in the past it is an expired one."""
        self.application(tenant_id).secrets.append(Secret(value, expires))

    def register_certificate(self, tenant_id: str, pem: str | bytes) -> None:
        """Register a certificate that the application signs in with.

        Raises:
            ValueError: it is no certificate with an RSA key.
        """
        certificate = pem.encode() if isinstance(pem, str) else pem
        load_certificate(certificate)
        self.application(tenant_id).certificates.append(certificate)

    def trust_subject(self, tenant_id: str, subject: str, authority: str | bytes) -> None:
        """Let every certificate of a name sign in that an authority (PEM) has signed."""
        pem = authority.encode() if isinstance(authority, str) else authority
        load_certificate(pem)
        self.application(tenant_id).trusted_subjects.append(TrustedSubject(subject, pem))

    def add_federated_credential(
        self, tenant_id: str, *, issuer: str, subject: str, audience: str = EXCHANGE_AUDIENCE
    ) -> None:
        """Let an identity of another issuer sign in as the application."""
        credential = FederatedCredential(issuer, subject, audience)
        self.application(tenant_id).federated_credentials.append(credential)

    def add_user(
        self,
        tenant_id: str,
        name: str,
        *,
        directory_roles: Sequence[str] = (SECURITY_ADMINISTRATOR,),
        mfa_required: bool = False,
    ) -> SandboxUser:
        """Add a user, or replace the one of that name; directory roles are ids of role templates."""
        user = SandboxUser(name, object_id(tenant_id, name.lower()), tuple(directory_roles), mfa_required)
        self.application(tenant_id).users[name.lower()] = user
        return user

    def grant_roles(self, tenant_id: str, roles: Sequence[str]) -> None:
        """Set the application permissions that an administrator consented to; none at all is consent missing."""
        self.application(tenant_id).roles = tuple(roles)

    def consent(self, tenant_id: str, scopes: Sequence[str]) -> None:
        """Set the delegated permissions that an administrator consented to, such as `SecurityEvents.Read.All`."""
        self.application(tenant_id).delegated_scopes = tuple(scopes)

    def demand_claims(self, tenant_id: str, claims: str | None) -> None:
        """Let Graph refuse a tenant's tokens until one comes that was asked for with these claims (JSON).

        Raises:
            ValueError: there is no such tenant, or the claims are no JSON object.
        """
        self.challenges.demand(self.application(tenant_id).tenant_id, claims)

    def sign_in_browser(self, tenant_id: str, user: str, *, mfa: bool = False) -> None:
        """Choose who is signed in in the browser that an application opens, and whether with a second factor."""
        application = self.application(tenant_id)
        application.browser_user, application.browser_mfa = application.user(user).name.lower(), mfa

    def approve_device_code(self, user_code: str, user: str, *, mfa: bool = False) -> None:
        """Let a user approve a sign-in on another device, with a second factor or without.

        Raises:
            ValueError: there is no such code, or no such user in its tenant.
        """
        begun = self.sign_ins.device_code_of(user_code)
        name = self.application(begun.tenant_id).user(user).name
        begun.session = Session(begun.tenant_id, begun.client_id, name, begun.scopes, mfa)

    def decline_device_code(self, user_code: str) -> None:
        """Let the user refuse a sign-in on another device.

        Raises:
            ValueError: there is no such code.
        """
        self.sign_ins.device_code_of(user_code).declined = True

    def expire_device_code(self, user_code: str) -> None:
        """Let the time of a sign-in on another device be over.

        Raises:
            ValueError: there is no such code.
        """
        self.sign_ins.device_code_of(user_code).expires = self._now()

    def revoke_refresh_tokens(self, tenant_id: str, user: str) -> None:
        """Revoke all refresh tokens that a user has now."""
        self.sign_ins.revoke(self.application(tenant_id).tenant_id, user)

    def add_managed_identity(
        self, tenant_id: str, *, name: str | None = None, roles: Sequence[str] | None = None
    ) -> SandboxManagedIdentity:
        """Add a managed identity of a tenant.

        Args:
            tenant_id: the tenant.
            name: of a user-assigned identity; None makes it a system-assigned one.
            roles: its application permissions; those of the tenant's application where None.
        """
        application = self.application(tenant_id)
        label = f"managed identity {name or ''}"
        resource = "/subscriptions/sandbox/resourceGroups/sandbox/providers/Microsoft.ManagedIdentity"
        identity = SandboxManagedIdentity(
            tenant_id=application.tenant_id,
            client_id=object_id(tenant_id, f"{label} client"),
            object_id=object_id(tenant_id, f"{label} object"),
            resource_id=f"{resource}/userAssignedIdentities/{name}" if name else "",
            roles=tuple(application.roles if roles is None else roles),
        )
        self.managed_identities[identity.client_id] = identity
        return identity

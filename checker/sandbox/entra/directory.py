"""The directory of the emulated Entra, with the changes that tests make to it."""

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
    object_id,
    register_application,
)
from checker.sandbox.entra.sign_ins import Session, SignIns
from checker.sandbox.entra.tokens import LIFETIME, SECURITY_ADMINISTRATOR
from checker.sandbox.tenants.tenant import SandboxTenant


class Directory:
    """What Entra knows of each tenant's application and users.

    Attributes:
        token_lifetime: how long the tokens issued from now on are valid.
        device_code_interval: how many seconds a client has to wait between two polls.
        device_code_lifetime: how long a user has time to approve.
        short_scopes: whether responses name Graph's scopes without the resource, whatever the request did.
        identity_header: the value of `X-IDENTITY-HEADER` that App Service's endpoint requires.
        arc_folder: the folder that Azure Arc's endpoint writes its secrets to; None where it responds with 404.
        sign_ins: the codes and refresh tokens.
        challenges: the claims challenges of Graph.
        managed_identities: by client id; the first is used where a request names none.
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
        self._applications = {tenant.tenant_id: register_application(tenant) for tenant in tenants}
        for tenant in tenants[:1]:
            self.add_managed_identity(tenant.tenant_id)

    def application(self, tenant_id: str) -> Application:
        """Find the application of a tenant; changes to it take effect at once.

        Raises:
            ValueError: there is no such tenant.
        """
        application = self._applications.get(tenant_id.lower())
        if application is None:
            raise ValueError(f"there is no tenant {tenant_id[:64]}")
        return application

    def add_secret(self, tenant_id: str, value: str, *, expires: datetime.datetime | None = None) -> None:
        """Add a client secret; it has expired if `expires` is in the past."""
        self.application(tenant_id).secrets.append(Secret(value, expires))

    def register_certificate(self, tenant_id: str, pem: str | bytes) -> None:
        """Register a certificate for the application to sign in with.

        Raises:
            ValueError: there is no certificate, or its key is not RSA.
        """
        certificate = pem.encode() if isinstance(pem, str) else pem
        load_certificate(certificate)
        self.application(tenant_id).certificates.append(certificate)

    def trust_subject(self, tenant_id: str, subject: str, authority: str | bytes) -> None:
        """Allow sign-in with any certificate for a name that an authority (PEM) has signed."""
        pem = authority.encode() if isinstance(authority, str) else authority
        load_certificate(pem)
        self.application(tenant_id).trusted_subjects.append(TrustedSubject(subject, pem))

    def add_federated_credential(
        self, tenant_id: str, *, issuer: str, subject: str, audience: str = EXCHANGE_AUDIENCE
    ) -> None:
        """Allow an identity of another issuer to sign in as the application."""
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
        """Add a user, or replace the user of that name; directory roles are ids of role templates."""
        user = SandboxUser(name, object_id(tenant_id, name.lower()), tuple(directory_roles), mfa_required)
        self.application(tenant_id).users[name.lower()] = user
        return user

    def grant_roles(self, tenant_id: str, roles: Sequence[str]) -> None:
        """Set the application permissions that an administrator consented to; an empty list means no consent."""
        self.application(tenant_id).roles = tuple(roles)

    def consent(self, tenant_id: str, scopes: Sequence[str]) -> None:
        """Set the delegated permissions that an administrator consented to, such as `SecurityEvents.Read.All`."""
        self.application(tenant_id).delegated_scopes = tuple(scopes)

    def demand_claims(self, tenant_id: str, claims: str | None) -> None:
        """Make Graph reject a tenant's tokens until one is requested with these claims (JSON); None ends that.

        Raises:
            ValueError: there is no such tenant, or the claims are not a JSON object.
        """
        self.challenges.demand(self.application(tenant_id).tenant_id, claims)

    def sign_in_browser(self, tenant_id: str, user: str, *, mfa: bool = False) -> None:
        """Set which user is signed in to the browser that an application opens, and whether with a second factor."""
        application = self.application(tenant_id)
        application.browser_user, application.browser_mfa = application.user(user).name.lower(), mfa

    def approve_device_code(self, user_code: str, user: str, *, mfa: bool = False) -> None:
        """Approve a sign-in on another device as a user, with or without a second factor.

        Raises:
            ValueError: there is no such code, or no such user in its tenant.
        """
        pending = self.sign_ins.device_code_of(user_code)
        name = self.application(pending.tenant_id).user(user).name
        pending.session = Session(pending.tenant_id, pending.client_id, name, pending.scopes, mfa)

    def decline_device_code(self, user_code: str) -> None:
        """Decline a sign-in on another device.

        Raises:
            ValueError: there is no such code.
        """
        self.sign_ins.device_code_of(user_code).declined = True

    def expire_device_code(self, user_code: str) -> None:
        """Let a sign-in on another device expire.

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
            name: the name of a user-assigned identity; None for a system-assigned one.
            roles: its application permissions; None for those of the tenant's application.
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

"""Which source a run reads, as one plain record that can cross to another process or machine."""

import msgspec

from checker.auth.interface import Variables
from checker.snapshot.redaction import Redaction


class SourceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which source a run reads, and everything that choosing and signing in need.

    Whoever makes it reads the flags, the settings and the environment; nothing below does.

    Attributes:
        snapshot: paths of files or folders; ``-`` is standard input.
        store: URL of a store; None without.
        sandbox: the embedded sandbox.
        seed: the sandbox's tenant.
        assume_default_states: controls without a profile are taken to be in the state Default.
        tenant: id or domain of the tenant; None where the sign-in knows it.
        client_id: id of the application.
        auth: the sign-in method, or ``auto``.
        cloud: name of the national cloud.
        graph_url, authority_url: addresses in place of the cloud's.
        timeout: seconds for all requests to Graph together.
        verbose: report the sign-in and each request.
        variables: the sign-in variables that are set.
        interactive: a person can answer: there is a terminal, and no CI.
        cache: the folder for people's tokens; None keeps them in memory.
        redact: what no output may name.
        store_is_typed: the store was named on the command line, and not by a variable.
    """

    snapshot: tuple[str, ...] = ()
    store: str | None = None
    sandbox: bool = False
    seed: int = 0
    assume_default_states: bool = False
    tenant: str | None = None
    client_id: str | None = None
    auth: str = "auto"
    cloud: str = "global"
    graph_url: str | None = None
    authority_url: str | None = None
    timeout: float = 120.0
    verbose: bool = False
    variables: Variables = Variables()
    interactive: bool = False
    cache: str | None = None
    redact: Redaction = Redaction.NONE
    store_is_typed: bool = True

    @property
    def signs_in(self) -> bool:
        """Whether it names somebody who could sign in, and not a tenant alone."""
        return self.auth != "auto" or bool(self.client_id) or self._has_tenant_of_its_own

    @property
    def names_tenant(self) -> bool:
        """Whether it names a tenant to ask; other sign-in methods report what they lack."""
        return self.auth != "auto" or bool(self.tenant) or self._has_tenant_of_its_own

    @property
    def names_source(self) -> bool:
        """Whether it names any source at all."""
        return bool(self.snapshot) or self.sandbox or self.store is not None or self.names_tenant

    @property
    def _has_tenant_of_its_own(self) -> bool:
        return any(self.variables.get(name) for name in _SIGN_IN_WITHOUT_TENANT)


# With these the tenant is known to whoever gives the token: a managed identity, or somebody who has one already.
_SIGN_IN_WITHOUT_TENANT = ("SCOREGATE_ACCESS_TOKEN", "IDENTITY_ENDPOINT", "MSI_ENDPOINT")

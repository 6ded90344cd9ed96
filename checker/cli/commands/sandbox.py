"""``scoregate sandbox``: serves the emulation to other clients."""

import gc
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import click
import msgspec

from checker.cli.options import option, taken
from checker.cli.options.shared import Now
from checker.cli.options.source import Seed
from checker.cli.output import write_standard_output
from checker.errors import UsageError
from checker.secrecy.known import Secrets, begin_run

if TYPE_CHECKING:
    from checker.sandbox.serving.serve import Endpoints
    from checker.sandbox.tenants.tenant import SandboxTenant


class SandboxOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``sandbox``."""

    port: Annotated[
        int,
        option(
            "port", type=click.IntRange(0, 65535), default=0, metavar="N", help="The port; a free one if not given."
        ),
    ]
    seed: Seed
    tenants: Annotated[
        int,
        option(
            "tenants",
            type=click.IntRange(1, 100),
            default=1,
            show_default=True,
            metavar="N",
            help="How many tenants to serve.",
        ),
    ]
    plain_http: Annotated[
        bool,
        option("plain-http", is_flag=True, help="Serve Graph without TLS. Entra still uses TLS, on its own port."),
    ]
    public_url: Annotated[
        str | None,
        option(
            "public-url", metavar="URL", help="The address that clients use, if it differs; nextLinks begin with it."
        ),
    ]
    score_lag: Annotated[
        int,
        option(
            "score-lag",
            type=click.IntRange(0, 30),
            default=0,
            show_default=True,
            metavar="DAYS",
            help="How many days the score takes to follow a change of state; 0 means at once.",
        ),
    ]
    page_size: Annotated[
        int,
        option(
            "page-size",
            type=click.IntRange(1, 1000),
            default=200,
            show_default=True,
            metavar="N",
            help="The most days or control profiles on a page; what Graph sends is not documented.",
        ),
    ]
    throttle: Annotated[
        bool,
        option(
            "throttle",
            is_flag=True,
            help="Enforce the limits that Graph publishes: 4 requests at once, 150 a minute.",
        ),
    ]
    now: Now


@click.command(short_help="Serve an emulation of Graph and Entra to other clients.")
@taken(SandboxOptions)
def sandbox(options: SandboxOptions) -> int:
    """Serve an emulation of Microsoft Graph's Secure Score and of Entra's sign-in, until interrupted.

    \b
    Example:
      scoregate sandbox --port 8443

    When it is ready, it prints one line of JSON with its addresses, the file of its certificate authority, and each
    tenant's id, application and secret:

    \b
      {"graph": URL, "authority": URL, "caFile": PATH, "tenants": [{"tenant", "clientId", "clientSecret"}]}

    It needs an extra: pip install 'scoregate[sandbox]'.
    """
    try:
        from checker.sandbox.serving.serve import serve
    except ImportError as fault:
        raise UsageError(
            f"serving the sandbox needs {fault.name or 'uvicorn'}, which is not installed",
            advice="Run: pip install 'scoregate[sandbox]'. (--sandbox of other commands works without.)",
        ) from fault
    from checker.sandbox.app import Sandbox
    from checker.sandbox.tenants.tenant import make_tenant

    gc.enable()
    started = datetime.now(UTC)
    shift = (options.now - started) if options.now is not None else timedelta()
    newest = (started + shift).date()
    try:
        made = [make_tenant(options.seed + index, newest) for index in range(options.tenants)]
    except OverflowError as fault:
        raise UsageError(f"the sandbox has no history before {newest}") from fault
    # A fixed moment would never let a token end: the clock goes on from there.
    served = Sandbox(
        made,
        now=lambda: datetime.now(UTC) + shift,
        public_url=options.public_url,
        page_size=options.page_size,
        throttle=options.throttle,
        score_lag_days=options.score_lag,
    )
    try:
        serve(
            served,
            port=options.port,
            plain_http=options.plain_http,
            public_url=options.public_url,
            ready=lambda endpoints: _announce(endpoints, made),
        )
    except OSError as fault:
        raise UsageError(f"cannot listen on port {options.port}: {fault.strerror or fault}") from fault
    return 0


def _announce(endpoints: "Endpoints", tenants: "Sequence[SandboxTenant]") -> None:
    # What a sandbox gives out is no secret, also where a shell has it in AZURE_CLIENT_SECRET already.
    with begin_run(Secrets()):
        write_standard_output(announcement(endpoints, tenants))


def announcement(endpoints: "Endpoints", tenants: "Sequence[SandboxTenant]") -> bytes:
    """The line that says where the sandbox is and how to sign in."""
    addresses = {
        "graph": endpoints.graph,
        "authority": endpoints.authority,
        "caFile": str(endpoints.ca_file),
        "tenants": [
            {"tenant": tenant.tenant_id, "clientId": tenant.client_id, "clientSecret": tenant.client_secret}
            for tenant in tenants
        ],
    }
    return json.dumps(addresses).encode() + b"\n"

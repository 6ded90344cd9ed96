"""Where the tenant's data comes from, and who signs in."""

import datetime
from typing import Annotated

import click
import msgspec

from checker.auth import AUTO, METHODS
from checker.cli.environment import cache_folder, is_interactive, sign_in_variables
from checker.cli.options import is_typed, option
from checker.cli.options.redact import Redact
from checker.cli.options.shared import Now, moment_of
from checker.cli.options.types import Seconds, not_empty
from checker.cli.redaction import learn_tenant
from checker.clouds import CLOUDS, UNAVAILABLE
from checker.errors import UsageError
from checker.sources.request import SourceRequest

Snapshots = Annotated[
    tuple[str, ...],
    option(
        "snapshot",
        multiple=True,
        metavar="PATH",
        help="Read the tenant from these snapshot files, offline; - is standard input. May be repeated.",
    ),
]
Store = Annotated[
    str | None,
    option(
        "store",
        metavar="URL",
        callback=not_empty,
        help="The store of scores over time: a folder, or the URL of an object store (s3://, abfss://, gs://).",
    ),
]
KeptStore = Annotated[
    str | None,
    option(
        "store",
        metavar="URL",
        callback=not_empty,
        help="Write scores, states and findings to this store. Without a sign-in, judge the data in it.",
    ),
]
Sandbox = Annotated[
    bool, option("sandbox", is_flag=True, help="Use the embedded sandbox as the tenant; needs no network.")
]
Seed = Annotated[
    int,
    option(
        "seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Selects the sandbox's tenant."
    ),
]


AssumeDefaultStates = Annotated[
    bool,
    option(
        "assume-default-states",
        is_flag=True,
        help="Assume the state Default for controls without a profile; for archives with scores only.",
    ),
]


class SignInOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Which tenant is asked, and who signs in."""

    tenant: Annotated[
        str | None,
        option(
            "tenant",
            variables=("AZURE_TENANT_ID",),
            metavar="ID",
            help="The tenant's id or domain.",
        ),
    ]
    client_id: Annotated[
        str | None,
        option("client-id", variables=("AZURE_CLIENT_ID",), metavar="ID", help="The application's id."),
    ]
    auth: Annotated[
        str,
        option(
            "auth",
            type=click.Choice([AUTO, *METHODS]),
            default=AUTO,
            show_default=True,
            help="How to sign in; auto takes the first that the environment offers. Secrets come from variables only.",
        ),
    ]
    cloud: Annotated[
        str,
        option(
            "cloud",
            type=click.Choice([*CLOUDS, *UNAVAILABLE]),
            default="global",
            show_default=True,
            help="The national cloud.",
        ),
    ]
    graph_url: Annotated[
        str | None,
        option("graph-url", metavar="URL", help="Another address of Graph, such as a served sandbox."),
    ]
    authority_url: Annotated[
        str | None,
        option(
            "authority-url",
            variables=("AZURE_AUTHORITY_HOST",),
            metavar="URL",
            help="Another address of Entra.",
        ),
    ]
    verbose: Annotated[
        bool,
        option(
            "verbose",
            short="v",
            in_file=True,
            is_flag=True,
            help="Report sign-in, requests and retries on standard error.",
        ),
    ]
    timeout: Annotated[
        float,
        option(
            "timeout",
            type=Seconds(1, 3600),
            default=120.0,
            show_default=True,
            metavar="SECONDS",
            help="Time limit for all requests to Graph together.",
        ),
    ]

    def request(self) -> SourceRequest:
        """The request for that tenant."""
        return request_of(self)


class AskedOptions(msgspec.Struct, frozen=True, kw_only=True):
    """A source that is asked over HTTP."""

    now: Now
    sandbox: Sandbox
    seed: Seed
    redact: Redact
    sign_in: SignInOptions

    def request(self) -> SourceRequest:
        """The request for that source."""
        request = request_of(self.sign_in, sandbox=self.sandbox, seed=self.seed)
        return msgspec.structs.replace(request, redact=self.redact)

    def moment(self) -> datetime.datetime:
        """The moment used as the current time; each call without ``--now`` reads the clock."""
        return moment_of(self.now)


class SourceOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Any source."""

    now: Now
    snapshot: Snapshots
    store: Store
    sandbox: Sandbox
    seed: Seed
    assume_default_states: AssumeDefaultStates
    redact: Redact
    sign_in: SignInOptions

    def request(self) -> SourceRequest:
        """The request for that source."""
        request = request_of(
            self.sign_in, snapshot=self.snapshot, store=self.store, sandbox=self.sandbox, seed=self.seed
        )
        return msgspec.structs.replace(request, assume_default_states=self.assume_default_states, redact=self.redact)

    def moment(self) -> datetime.datetime:
        """The moment used as the current time; each call without ``--now`` reads the clock."""
        return moment_of(self.now)


class GateOptions(SourceOptions, frozen=True, kw_only=True):
    """Any source, where a store beside it is written to."""

    store: KeptStore


def request_of(
    sign_in: SignInOptions,
    *,
    snapshot: tuple[str, ...] = (),
    store: str | None = None,
    sandbox: bool = False,
    seed: int = 0,
) -> SourceRequest:
    """The request that options and the environment make.

    Raises:
        UsageError: a tenant or a sign-in was typed beside a source that has none.
    """
    for flag in ("--snapshot",) if snapshot else ("--sandbox",) if sandbox else ():
        _refuse_typed_sign_in(sign_in, flag)
    learn_tenant(names=[sign_in.tenant, sign_in.client_id])
    return SourceRequest(
        snapshot=snapshot,
        store=store,
        sandbox=sandbox,
        seed=seed,
        **msgspec.structs.asdict(sign_in),
        variables=sign_in_variables(),
        interactive=is_interactive(),
        cache=cache_folder(),
        store_is_typed=is_typed("store"),
    )


def _refuse_typed_sign_in(sign_in: SignInOptions, flag: str) -> None:
    """What was typed was meant: judging something else than the tenant it names would be a surprise."""
    for name in ("tenant", "client_id", "auth"):
        if getattr(sign_in, name) not in {None, AUTO} and is_typed(name):
            option = f"--{name.replace('_', '-')}"
            raise UsageError(
                f"{option} has no effect together with {flag}, which says where the data comes from",
                advice=f"Leave {option} out, or leave {flag} out to ask the tenant.",
            )

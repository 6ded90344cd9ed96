"""How the states of a plan are set."""

import datetime
from typing import Annotated

import click
import msgspec

from checker.cli.options import option
from checker.cli.options.types import Duration, Seconds, Sha256Digest, file_name
from checker.cli.plain_option import plain_option

Yes = Annotated[
    bool,
    option("yes", is_flag=True, help="Do not ask for confirmation; required without a terminal."),
]
JournalPath = Annotated[
    str | None,
    option(
        "journal",
        metavar="PATH",
        callback=file_name,
        help="The new file that records what is done; scoregate-TIME-….jsonl in the working folder if not given.",
    ),
]
Only = Annotated[
    tuple[str, ...],
    plain_option(
        "--only",
        multiple=True,
        metavar="CONTROL",
        help="Only these changes; * stands for any characters. May be repeated.",
    ),
]
PlanSha256 = Annotated[
    str | None,
    option(
        "plan-sha256",
        in_file=False,
        type=Sha256Digest(),
        metavar="DIGEST",
        help="Refuse any plan but the one with this SHA-256, which 'scoregate plan' shows.",
    ),
]
MaxChanges = Annotated[
    int,
    option(
        "max-changes",
        type=click.IntRange(0, 10_000),
        default=25,
        show_default=True,
        metavar="N",
        help="Refuse to make more changes than this.",
    ),
]
MaxAge = Annotated[
    datetime.timedelta,
    option(
        "max-age",
        type=Duration(),
        default="24h",
        show_default=True,
        metavar="DURATION",
        help="Refuse a plan that is older than this by the machine's clock.",
    ),
]
Wait = Annotated[
    float,
    option(
        "wait",
        type=Seconds(0, 600),
        default=20.0,
        show_default=True,
        metavar="SECONDS",
        help="How long to wait until a change can be read back.",
    ),
]


class RemediateOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What ``check`` may set."""

    remediate: Annotated[
        bool,
        option(
            "remediate",
            is_flag=True,
            help="After the verdict, set the states of requirements with 'remediate: auto'; needs --yes.",
        ),
    ]
    allow_declarations: Annotated[
        bool,
        option(
            "allow-declarations",
            is_flag=True,
            help="With --remediate: set ThirdParty, Reviewed and Ignored too, not only Default.",
        ),
    ]
    yes: Yes
    journal: JournalPath
    max_changes: MaxChanges
    wait: Wait

"""The options that have to do with ``scoregate.lock``; none is taken from ``scoregate.toml``."""

from typing import Annotated

import msgspec

from checker.cli.options import option

LockPath = Annotated[
    str | None,
    option(
        "lock",
        metavar="PATH",
        help="The controls as they were last accepted; scoregate.lock in the working folder if not given.",
    ),
]


class CatalogueLockOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue is compared with."""

    lock: LockPath
    locked: Annotated[
        bool,
        option(
            "locked",
            is_flag=True,
            help="Fail if required controls differ from the lock; without this option that is a warning.",
        ),
    ]

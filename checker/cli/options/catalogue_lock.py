"""The options that have to do with ``scoregate.lock``; none is taken from ``scoregate.toml``."""

from typing import Annotated

import msgspec

from checker.cli.options import option

LockPath = Annotated[
    str | None,
    option(
        "lock",
        metavar="PATH",
        help="The controls as they were last accepted; scoregate.lock of the working folder otherwise.",
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
            help="Fail where required controls are not as they were accepted; a warning otherwise.",
        ),
    ]

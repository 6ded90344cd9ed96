"""The options of ``check`` that keep evidence; none is taken from ``scoregate.toml``."""

from typing import Annotated

import msgspec

from checker.cli.options import option
from checker.cli.options.types import file_name


class EvidenceOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Where evidence is kept, and who signs it."""

    evidence: Annotated[
        str | None,
        option(
            "evidence",
            metavar="FILE",
            callback=file_name,
            help="Keep everything that this run is judged from in a ZIP file, for 'scoregate replay'.",
        ),
    ]
    sign_with: Annotated[
        str | None,
        option(
            "sign-with",
            metavar="KEY",
            callback=file_name,
            help="Sign the evidence with this SSH key, using ssh-keygen; KEY.pub if an agent has the key.",
        ),
    ]

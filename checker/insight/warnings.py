"""What the data leaves open, as part of every answer."""

import msgspec

from checker.presentation.words import sentence
from checker.tenant.doubts import tenant_doubts
from checker.tenant.tenant import Tenant


class DataWarning(msgspec.Struct, frozen=True):
    """Something that the data leaves open or that looks odd: a stable code, one sentence."""

    code: str
    message: str


def data_warnings(tenant: Tenant) -> tuple[DataWarning, ...]:
    """The snapshot's own warnings, and what its newest day leaves open."""
    own = (DataWarning(warning.code, warning.message) for warning in tenant.snapshot.warnings)
    open_members = (
        DataWarning(doubt.code, sentence(doubt.message, name=doubt.control)) for doubt in tenant_doubts(tenant)
    )
    return (*own, *open_members)

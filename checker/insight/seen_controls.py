"""What a tenant tells about Microsoft's controls, for the catalogue: nothing that is its own."""

from collections.abc import Iterator

from checker.catalogue.controls import KnownControl
from checker.evaluation.catalogue_drift import accepted
from checker.presentation.words import comment
from checker.tenant.tenant import Tenant


def seen_controls(tenant: Tenant) -> Iterator[KnownControl]:
    """Every control that the tenant reports, without the number of an app connector."""
    for control in tenant.every():
        own = accepted(control)
        yield KnownControl(
            id=own.control,
            title=comment(own.title),
            control_category=own.control_category,
            service=control.service,
            tier=control.tier,
            max_score=own.max_score,
        )

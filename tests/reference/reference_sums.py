"""Sums of controls and of the tenant, in every way to read them."""

import itertools
from collections.abc import Iterator

from reference_readings import CLOSE, ENDLESS, INCONSISTENT, PARTIAL, Control, Tenant

Row = tuple[float, float, float]


def rows_of(controls: list[Control], *, maybe: frozenset[str] = frozenset()) -> Iterator[tuple[Row, ...]]:
    """Every way to read the controls: points, maximum and declared points of each."""
    options = []
    for control in controls:
        rows = {(one.points, one.maximum, one.declared_points) for one in control.readings}
        if not control.maximum_known:
            rows |= {(points, 0.0, declared) for points, _, declared in rows}
        if control.name in maybe:
            rows.add((0.0, 0.0, 0.0))
        options.append(sorted(rows))
    return itertools.product(*options)


def doubts_of(controls: list[Control]) -> set[str]:
    return {doubt for control in controls for doubt in control.doubts}


def currents_of(tenant: Tenant, maximum: float) -> tuple[tuple[float, ...], set[str]]:
    if tenant.current is None:
        return (0.0, maximum), {PARTIAL}
    if tenant.left_out == INCONSISTENT or tenant.current < 0 or tenant.current > maximum + CLOSE:
        return (0.0, maximum if maximum > 0 else ENDLESS), {INCONSISTENT}
    return (tenant.current,), set()

"""Waivers on their own, beside policies that are sound."""

import msgspec
from fuzz_checks import check_error, check_report, some_policies, tenant

from checker.policy.load import load_sources
from checker.policy.sources import PolicySource, PolicySources


def check(data: bytes) -> None:
    """Loads the waivers, and judges a tenant with them."""
    loaded = load_sources(PolicySources(waivers=(PolicySource("waivers.yaml", data),)), alone=True)
    for fault in loaded.faults:
        check_error(str(fault))
    if not loaded.faults:
        waived = msgspec.structs.replace(some_policies(), waivers=loaded.policies.waivers)
        check_report(waived, tenant())

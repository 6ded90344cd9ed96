"""Scenario files of 'whatif'."""

from fuzz_checks import NOW, PORTAL, file_of, refused_by, tenant

from checker.errors import ScenarioError, SnapshotError
from checker.tenant.tenant import Tenant
from checker.whatif.scenario import Scenario, simulate
from checker.whatif.scenario_file import read_scenario


def check(data: bytes) -> None:
    """Reads the scenario and plays it."""
    with refused_by(ScenarioError, SnapshotError):
        read = read_scenario(file_of(data, "scenario.yaml"))
        then = simulate(Tenant(tenant(), PORTAL), Scenario(adopt=read.adoptions, drop=read.drop), NOW)
        assert then.snapshot.tenant == tenant().tenant

"""Which run of a pipeline this is, by the variables that its runner sets."""

import datetime
import os
from collections.abc import Mapping

from checker.presentation.escape import uri_path
from checker.renderers.interface import AzurePipeline

# Source: learn.microsoft.com/azure/devops/pipelines/build/variables.
_NEEDED = ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "BUILD_SOURCEBRANCH", "BUILD_BUILDID")


def azure_pipeline(environment: Mapping[str, str] | None = None) -> AzurePipeline | None:
    """The run, or None outside Azure Pipelines."""
    variables = os.environ if environment is None else environment
    if not all(variables.get(name) for name in _NEEDED):
        return None
    return AzurePipeline(
        # https://dev.azure.com/ORGANIZATION/, or the older https://ORGANIZATION.visualstudio.com/
        organization=_organization(variables["SYSTEM_COLLECTIONURI"]),
        project=variables["SYSTEM_TEAMPROJECT"],
        # Azure itself writes -1 where a definition has no number.
        definition_id=variables.get("SYSTEM_DEFINITIONID") or "-1",
        definition_name=variables.get("BUILD_DEFINITIONNAME") or "unknown",
        phase_id=variables.get("SYSTEM_PHASEID") or variables.get("SYSTEM_JOBID") or "unknown",
        phase_name=variables.get("SYSTEM_PHASENAME") or "Job",
        branch=variables["BUILD_SOURCEBRANCH"],
        build_id=variables["BUILD_BUILDID"],
    )


def run_name(moment: datetime.datetime, environment: Mapping[str, str] | None = None) -> str:
    """The address of the run, for whoever reads a comment in the portal; the moment where no pipeline runs."""
    return run_address(environment) or moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def run_address(environment: Mapping[str, str] | None = None) -> str | None:
    """The address of the run's page; None where no pipeline runs."""
    variables = os.environ if environment is None else environment
    # Source: docs.github.com, "Variables reference"; docs.gitlab.com, "Predefined CI/CD variables".
    if variables.get("GITHUB_RUN_ID") and variables.get("GITHUB_REPOSITORY"):
        server = variables.get("GITHUB_SERVER_URL") or "https://github.com"
        return f"{server}/{variables['GITHUB_REPOSITORY']}/actions/runs/{variables['GITHUB_RUN_ID']}"
    if all(variables.get(name) for name in _NEEDED):
        project = uri_path(variables["SYSTEM_TEAMPROJECT"])
        return f"{variables['SYSTEM_COLLECTIONURI']}{project}/_build/results?buildId={variables['BUILD_BUILDID']}"
    # Source: jenkins.io, "Using environment variables".
    return variables.get("CI_JOB_URL") or variables.get("BUILD_URL") or None


def _organization(collection: str) -> str:
    host, _, path = collection.partition("://")[2].partition("/")
    return path.strip("/") or host.partition(".")[0]

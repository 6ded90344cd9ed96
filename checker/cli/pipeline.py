"""Which run of Azure Pipelines this is, by the variables that its agent sets."""

import os
from collections.abc import Mapping

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


def _organization(collection: str) -> str:
    host, _, path = collection.partition("://")[2].partition("/")
    return path.strip("/") or host.partition(".")[0]

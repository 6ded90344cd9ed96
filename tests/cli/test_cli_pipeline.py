import pytest

from checker.cli.pipeline import azure_pipeline
from checker.renderers.interface import AzurePipeline

SET = {
    "SYSTEM_COLLECTIONURI": "https://dev.azure.com/contoso/",
    "SYSTEM_TEAMPROJECT": "secops",
    "BUILD_SOURCEBRANCH": "refs/heads/main",
    "BUILD_BUILDID": "1017",
}


def test_the_run_is_told_by_the_agents_variables() -> None:
    more = {
        "SYSTEM_DEFINITIONID": "42",
        "BUILD_DEFINITIONNAME": "gate",
        "SYSTEM_PHASEID": "p",
        "SYSTEM_PHASENAME": "Job",
    }
    assert azure_pipeline({**SET, **more}) == AzurePipeline(
        organization="contoso",
        project="secops",
        definition_id="42",
        definition_name="gate",
        phase_id="p",
        phase_name="Job",
        branch="refs/heads/main",
        build_id="1017",
    )


def test_what_an_older_agent_does_not_set_has_a_stand_in() -> None:
    found = azure_pipeline({**SET, "SYSTEM_COLLECTIONURI": "https://contoso.visualstudio.com/"})
    assert found is not None
    assert (found.organization, found.definition_id, found.phase_id, found.phase_name) == (
        "contoso",
        "-1",
        "unknown",
        "Job",
    )


@pytest.mark.parametrize("missing", SET)
def test_elsewhere_there_is_no_run(missing: str) -> None:
    assert azure_pipeline({**SET, missing: ""}) is None

import datetime

import pytest

from checker.cli.pipeline import azure_pipeline, run_name
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


MOMENT = datetime.datetime(2026, 5, 22, 11, 0, 0, 999_999, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
GITHUB = {"GITHUB_RUN_ID": "17", "GITHUB_REPOSITORY": "contoso/secops"}
GITLAB = {"CI_JOB_URL": "https://gitlab.contoso.example/secops/-/jobs/17"}


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({}, "2026-05-22T09:00:00Z"),
        (GITHUB, "https://github.com/contoso/secops/actions/runs/17"),
        (
            {**GITHUB, "GITHUB_SERVER_URL": "https://github.contoso.example"},
            "https://github.contoso.example/contoso/secops/actions/runs/17",
        ),
        ({**GITHUB, "GITHUB_SERVER_URL": ""}, "https://github.com/contoso/secops/actions/runs/17"),
        ({**GITHUB, **GITLAB, **SET}, "https://github.com/contoso/secops/actions/runs/17"),
        (SET, "https://dev.azure.com/contoso/secops/_build/results?buildId=1017"),
        (
            {**SET, "SYSTEM_TEAMPROJECT": "Sec & Ops?"},
            "https://dev.azure.com/contoso/Sec%20%26%20Ops%3F/_build/results?buildId=1017",
        ),
        (GITLAB, "https://gitlab.contoso.example/secops/-/jobs/17"),
        ({"CI": "true", "CI_JOB_URL": ""}, "2026-05-22T09:00:00Z"),
    ],
)
def test_a_run_is_named_by_its_address_or_by_the_moment(variables: dict[str, str], name: str) -> None:
    assert run_name(MOMENT, variables) == name


@pytest.mark.parametrize("whole", [GITHUB, SET])
def test_half_of_a_runner_s_variables_name_no_run(whole: dict[str, str]) -> None:
    for missing in whole:
        assert run_name(MOMENT, {**whole, missing: ""}) == "2026-05-22T09:00:00Z"
        assert run_name(MOMENT, {**whole, missing: "", **GITLAB}) == GITLAB["CI_JOB_URL"]


def test_the_variables_of_the_process_name_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GITHUB.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GITHUB_SERVER_URL", raising=False)
    assert run_name(MOMENT) == "https://github.com/contoso/secops/actions/runs/17"

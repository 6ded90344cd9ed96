import pytest

from checker.catalogue.controls import known_ids
from checker.snapshot.ids import is_control_id, is_tenant_id

HOSTILE = (
    "",
    ".",
    "..",
    "../../x",
    "a/b",
    "a\\b",
    "a\0b",
    "a\n",
    "a\nb",
    "x" * 10_000,
    "%2e%2e",
    "a?b",
    "a#b",
    "a b",
    "é",
    "\u0661",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_could_mean_another_place_is_no_id(text: str) -> None:
    assert not is_control_id(text)
    assert not is_tenant_id(text)


def test_every_control_of_the_world_has_an_id() -> None:
    assert [control for control in known_ids() if not is_control_id(control)] == []
    for control in ("AdminMFAV2", "scid_2072", "11770.MDA_Google_EnableTwoFactorAuth", "x" * 70, "new-kind-of_id.2"):
        assert is_control_id(control)


@pytest.mark.parametrize(
    "tenant", ["00000000-0000-0000-0000-00000000000A", "contoso.onmicrosoft.com", "xn--bcher-kva.example"]
)
def test_a_tenant_is_named_by_its_id_or_a_domain(tenant: str) -> None:
    assert is_tenant_id(tenant)


@pytest.mark.parametrize("tenant", ["a..b", ".a", "-a", "x" * 254])
def test_what_is_no_domain_names_no_tenant(tenant: str) -> None:
    assert not is_tenant_id(tenant)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.sandbox.errors import GraphResponseError
from checker.sandbox.graph.filters import LONGEST_FILTER, parse_filter

ITEM = {
    "id": "it's",
    "service": "MDATP",
    "maxScore": 8.0,
    "deprecated": False,
    "userImpact": None,
    "createdDateTime": "2026-05-22T00:00:00Z",
    "vendorInformation": {"provider": "SecureScore"},
    "threats": [],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("service eq 'MDATP'", True),
        ("service eq 'mdatp'", False),
        ("id eq 'it''s'", True),
        ("maxScore eq 8", True),
        ("maxScore eq 8.0", True),
        ("maxScore eq -8", False),
        ("deprecated eq false", True),
        ("deprecated eq 0", False),
        ("userImpact eq null", True),
        ("createdDateTime eq 2026-05-22T00:00:00Z", True),
        ("vendorInformation/provider eq 'SecureScore'", True),
        ("service eq 'MDATP' and id eq 'x'", False),
        ("service eq 'MDATP' or id eq 'x'", True),
        ("id eq 'x' and id eq 'y' or service eq 'MDATP'", True),
        ("id eq 'x' and (id eq 'y' or service eq 'MDATP')", False),
        ("service eq 'MDATP' and (id eq 'x' or id eq 'it''s')", True),
        ("  ( ( service eq 'MDATP' ) )  ", True),
    ],
)
def test_a_filter_holds_or_not(text: str, expected: object) -> None:
    assert parse_filter(text)(ITEM) is expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "service",
        "service eq",
        "service eq 'MDATP",
        "service ne 'MDATP'",
        "createdDateTime ge 2026-05-22T00:00:00Z",
        "(service eq 'MDATP'",
        "service eq 'MDATP')",
        "service eq 'MDATP' id eq 'x'",
        "'MDATP' eq service",
        "service eq id",
        "contains(service, 'M')",
        "; drop",
        "(" * 2000 + "id eq 'x'" + ")" * 2000,
        "id eq '" + "x" * LONGEST_FILTER + "'",
    ],
)
def test_what_is_not_supported_is_refused(text: str) -> None:
    with pytest.raises(GraphResponseError) as refused:
        parse_filter(text)
    assert refused.value.status == 400


@pytest.mark.parametrize("text", ["missing eq 'x'", "threats eq 'x'", "service/name eq 'x'"])
def test_a_property_that_is_not_there_is_refused(text: str) -> None:
    with pytest.raises(GraphResponseError, match="Could not find a property"):
        parse_filter(text)(ITEM)


def test_more_than_sixteen_alternatives_match_nothing() -> None:
    wanted = ["service eq 'MDATP'"]
    assert parse_filter(" or ".join(wanted * 16))(ITEM)
    assert not parse_filter(" or ".join(wanted * 17))(ITEM)


@given(st.text(max_size=200))
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    try:
        predicate = parse_filter(text)
        predicate(ITEM)
    except GraphResponseError as error:
        assert error.status == 400  # noqa: PT017 - either way is right


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=50))
def test_any_text_can_be_looked_for(value: str) -> None:
    quoted = value.replace("'", "''")
    assert parse_filter(f"id eq '{quoted}'")({"id": value})

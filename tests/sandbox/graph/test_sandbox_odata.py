import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.sandbox.errors import GraphResponseError
from checker.sandbox.graph.entity_types import ENTITY_TYPES
from checker.sandbox.graph.odata import QueryOptions, parse_options
from checker.sandbox.graph.selection import Selection

SCORE = ENTITY_TYPES["secureScores"]


def test_nothing_asked_is_everything() -> None:
    assert parse_options([], SCORE, dollar_required=True) == QueryOptions()


def test_the_options_are_read() -> None:
    options = parse_options(
        [("$top", "5"), ("$skip", "7"), ("$count", "true"), ("$skiptoken", "abc"), ("$select", "ID, maxscore")],
        SCORE,
        dollar_required=True,
    )
    assert options == QueryOptions(
        top=5, skip=7, skiptoken="abc", count=True, select=Selection((("id",), ("maxScore",)))
    )


def test_the_dollar_sign_may_be_left_out_on_beta_only() -> None:
    assert parse_options([("top", "5")], SCORE, dollar_required=False).top == 5
    assert parse_options([("top", "5")], SCORE, dollar_required=True).top is None


@pytest.mark.parametrize(
    "query",
    [
        [("$orderby", "nothing")],
        [("$orderby", "controlScores")],
        [("$orderby", "vendorInformation")],
        [("$orderby", "id downwards")],
        [("$orderby", "id,")],
        [("$select", "nothing")],
        [("$select", "")],
        [("$select", "currentScore/x")],
        [("$select", "vendorInformation/x")],
        [("$select", "controlScores/a/b")],
        [("$select", ",".join(["id"] * 101))],
        [("$expand", "x")],
        [("$search", "x")],
        [("$nonsense", "x")],
        [("$top", "0")],
        [("$top", "-1")],
        [("$top", "x")],
        [("$top", "\u0665")],
        [("$top", "99999999999999999999")],
        [("$top", "1"), ("$top", "2")],
        [("$skip", "-1")],
        [("$skip", "1.5")],
        [("$count", "yes")],
        [("$filter", "")],
    ],
)
def test_bad_options_are_refused(query: list[tuple[str, str]]) -> None:
    with pytest.raises(GraphResponseError) as refused:
        parse_options(query, SCORE, dollar_required=True)
    assert refused.value.status == 400


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["$top", "$skip", "$count", "$filter", "$orderby", "$select", "x"]), st.text(max_size=20)
        ),
        max_size=4,
    )
)
def test_any_query_is_read_or_refused(query: list[tuple[str, str]]) -> None:
    try:
        options = parse_options(query, SCORE, dollar_required=True)
    except GraphResponseError as error:
        assert error.status == 400  # noqa: PT017 - either way is right
    else:
        assert options.skip >= 0

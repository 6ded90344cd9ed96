from report_builders import finding, requirement


def test_a_finding_is_identified_by_its_requirement_alone() -> None:
    key = finding().key
    assert key == "baseline/admins-use-mfa"
    for changes in ({"control": "Other"}, {"control": None}, {"category": "Apps"}, {"points": 1.0}):
        assert finding(**changes).key == key


def test_a_requirement_on_each_control_has_a_finding_for_each() -> None:
    each = requirement(per_control=True)
    assert finding(of=each).key == "baseline/admins-use-mfa [AdminMFAV2]"
    assert finding(of=each, control="Other").key == "baseline/admins-use-mfa [Other]"
    # Such as a selector that picks nothing.
    assert finding(of=each, control=None).key == "baseline/admins-use-mfa"

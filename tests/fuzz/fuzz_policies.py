"""Policies and waivers, as YAML."""

from fuzz_checks import NARROW, NOW, check_error, check_output, check_report, file_of, tenant

from checker.policy.lint import lint
from checker.policy.load import load_sources
from checker.policy.sources import PolicySource, PolicySources
from checker.views.lint import FORMATS, LintResult, render


def check(data: bytes) -> None:
    """Loads the policies, judges a tenant by those that are sound, and lints them."""
    loaded = load_sources(PolicySources((PolicySource("policy.yaml", data),)), alone=True)
    for fault in loaded.faults:
        check_error(str(fault))
    if not loaded.faults:
        check_report(loaded.policies, tenant())
    linted = lint([file_of(data, "policy.yaml")], [], NOW.date())
    result = LintResult(linted, {problem.place.file: "policy.yaml" for problem in linted.problems})
    for name in FORMATS:
        check_output(name, render(name, result))
    check_output("text", render("text", result, NARROW))

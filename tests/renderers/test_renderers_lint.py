import json

import pytest

from checker.documents.location import SourceLocation
from checker.policy.lint import Linted
from checker.policy.problem import Problem
from checker.views.lint import LintResult, render

HOSTILE = "got ##vso[task.complete]x \x9b \u202e [x](1)"


@pytest.mark.parametrize("name", ["text", "json", "sarif"])
def test_what_lint_writes_is_harmless_in_a_log(name: str) -> None:
    problem = Problem("error", "invalid-document", SourceLocation("p.yaml", 1, 1), "controls[0]", HOSTILE)
    data = render(name, LintResult(Linted((problem,), 1, 1, 0), {})).decode()
    assert "##vso[" not in data
    assert "\x9b" not in data
    assert "\u202e" not in data
    if name == "json":
        assert json.loads(data)["problems"][0]["message"] == HOSTILE
    if name == "sarif":
        (result,) = json.loads(data)["runs"][0]["results"]
        assert result["message"]["text"] == r"'controls\[0\]': got ## vso\[task.complete\]x \\x9b \\u202e \[x\](1)."

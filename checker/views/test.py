"""The answer to ``test``: how each case went, a diff for each expectation that did not come true, and the coverage."""

from collections.abc import Iterable, Iterator, Mapping

from checker import __version__
from checker.documents.location import SourceLocation
from checker.policytest.result import CaseResult, Expected, Got, Miss, PolicyTestRun, RequirementCoverage
from checker.presentation.cells import wrapped
from checker.presentation.colours import GREEN, RED
from checker.presentation.escape import Markup, code, line, markdown
from checker.presentation.junit import junit_document
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import markdown_table
from checker.presentation.words import bracketed, counted
from checker.views import formats
from checker.views.formats import rendered, section

FORMATS = (*formats.FORMATS, "junit")
_MARKS = {"pass": "ok", "fail": "FAIL", "error": "ERROR"}
_EXPECTED, _GOT = "- expected ", "+ got      "
_COLOURS: Mapping[str, tuple[str, ...]] = {"": (), _EXPECTED: (GREEN,), _GOT: (RED,)}
_INDENT = 11
_SAID = {"pass": "passing", "fail": "failing"}


def render(name: str, run: PolicyTestRun, screen: Screen = FILE) -> bytes:
    """The result in the format ``name``, one of ``FORMATS``."""
    return rendered(name, run, screen, text=_text, markdown=_markdown, others={"junit": _junit})


def _by_file(run: PolicyTestRun) -> dict[str, list[CaseResult]]:
    """The cases by the file that they are in, in the order in which they were run."""
    found: dict[str, list[CaseResult]] = {}
    for case in run.cases:
        found.setdefault(case.location.file, []).append(case)
    return found


def _text(run: PolicyTestRun, screen: Screen) -> Iterator[str]:
    paint = screen.paint
    for file, cases in _by_file(run).items():
        yield from _fitted(file, screen)
        for case in cases:
            mark = _MARKS[case.status]
            first, *rest = _fitted(case.name, screen, mark=f"{mark:<5}  ", indent=2, hang=7)
            yield first.replace(mark, paint.outcome(case.status, mark), 1)
            yield from rest
            for mark, text in _why(case):
                first, *rest = _fitted(text, screen, mark=mark, indent=_INDENT, hang=len(mark) or 2)
                word = mark.rstrip()
                yield first.replace(word, paint(word, *_COLOURS[mark]), 1)
                yield from rest
        yield ""
    yield from _fitted(_covered(run), screen)
    for one in run.coverage:
        if _gap(one):
            yield from _fitted(f"{one.requirement}: {_gap(one)}", screen, indent=2, hang=2)
    yield ""
    yield from _fitted(_summary(run), screen)


def _fitted(text: str, screen: Screen, *, mark: str = "", indent: int = 0, hang: int = 0) -> list[str]:
    """Text in one line, for grep; in as many as it takes on a terminal.

    Args:
        text: from anywhere.
        screen: what it is put for.
        mark: what stands before it.
        indent: blanks before each line.
        hang: further blanks before all but the first.
    """
    blanks = " " * indent
    if screen.columns is None:
        return [blanks + mark + line(text)]
    return wrapped(text, screen.columns, first=blanks + mark, rest=blanks + " " * hang)


def _why(case: CaseResult) -> Iterator[tuple[str, str]]:
    """Why a case does not pass: texts with what stands before each."""
    for text in (case.message or "").splitlines():
        yield "", text
    for miss in case.misses:
        yield "", f"{_subject(miss)}  {miss.location}"
        yield _EXPECTED, _outcome(miss.expected)
        yield _GOT, _got(miss.got)


def _subject(miss: Miss) -> str:
    """What the expectation is about."""
    return f"{miss.requirement}{bracketed(miss.control)}" if miss.requirement is not None else "the gate's verdict"


def _outcome(of: Expected | Got) -> str:
    return f"{of.outcome}{bracketed(of.reason.value if of.reason is not None else None)}"


def _got(got: Got | None) -> str:
    if got is None:
        return "no such finding"
    why = f": {got.message}" if got.message else ""
    return f"{_outcome(got)}{why}{_at(got.location)}"


def _at(location: SourceLocation | None) -> str:
    return f"  {location}" if location is not None else ""


def _covered(run: PolicyTestRun) -> str:
    whole = counted(len(run.coverage), "requirement")
    needed = ", and all must be" if run.require_coverage and run.uncovered else ""
    return f"Coverage: {len(run.coverage) - len(run.uncovered)} of {whole} seen passing and failing{needed}"


def _gap(one: RequirementCoverage) -> str:
    """What the tests do not show of a requirement, as a clause; the empty string where they show it all."""
    parts = []
    if one.missing:
        parts.append(f"no test shows it {' or '.join(_SAID[outcome] for outcome in one.missing)}")
    if one.unasserted:
        came = ", ".join(outcome.value for outcome in one.unasserted)
        parts.append(f"{came} came up, and no test expects it")
    return "; ".join(parts)


def _summary(run: PolicyTestRun) -> str:
    counts = run.counts
    errors = f", {counted(counts.error, 'error')}" if counts.error else ""
    return f"{counted(len(run.cases), 'case')}: {counts.passed} passed, {counts.failed} failed{errors}"


def _markdown(run: PolicyTestRun) -> Iterator[str]:
    yield f"### Tests of policies: {_summary(run)}"
    rows = [row for case in run.cases if case.status != "pass" for row in _markdown_rows(case)]
    if rows:
        yield from section(markdown_table(("case", "requirement", "expected", "got"), rows))
    yield from section([f"**{markdown(_covered(run))}**"])
    gaps = [(code(one.requirement), _gap(one)) for one in run.coverage if _gap(one)]
    if gaps:
        yield from section(markdown_table(("requirement", "not shown"), gaps))


def _markdown_rows(case: CaseResult) -> Iterator[tuple[str, ...]]:
    if case.message is not None:
        yield case.name, "", "", case.message
    for miss in case.misses:
        subject: str | Markup = code(_subject(miss)) if miss.requirement is not None else _subject(miss)
        yield case.name, subject, _outcome(miss.expected), _got(miss.got)


def _junit(run: PolicyTestRun) -> bytes:
    """One suite a file and one for the coverage, if it is required: names depend on the tests alone."""
    from junit_xml import TestCase, TestSuite

    suites = [
        TestSuite(
            line(file),
            [_junit_case(case) for case in cases],
            package="scoregate",
            properties={"scoregate.version": __version__},
        )
        for file, cases in _by_file(run).items()
    ]
    if run.require_coverage:
        covered = []
        for one in run.coverage:
            case = TestCase(line(one.requirement), "scoregate.coverage")
            if one.missing:
                case.add_failure_info(line(_gap(one)), _lines([f"{one.location} {_gap(one)}"]), "coverage")
            covered.append(case)
        suites.append(TestSuite("scoregate coverage", covered, package="scoregate"))
    return junit_document([suite.build_xml_doc(encoding="utf-8") for suite in suites])


def _junit_case(result: CaseResult) -> object:
    from junit_xml import TestCase

    case = TestCase(line(result.name), f"scoregate.{_segment(result.location.file)}")
    details = _lines([str(result.location), *(mark + text for mark, text in _why(result))])
    if result.status == "error":
        case.add_error_info(line(result.message or ""), details, "snapshot")
    elif result.misses:
        first = result.misses[0]
        said = f"{_subject(first)}: expected {_outcome(first.expected)}, got {_got(first.got)}"
        case.add_failure_info(line(said), details, "expectation")
    return case


def _segment(text: str) -> str:
    """One part of a class name: dots separate parts, so they are replaced inside one."""
    return "".join(character if character.isalnum() or character in "-_" else "-" for character in text)


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(map(line, texts)) + "\n"

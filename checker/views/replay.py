"""The answer to ``replay``: whether the same report came out, what differs, and what explains it."""

from collections.abc import Iterator

from checker.evidence.difference import Explanation, FindingDifference, Replay
from checker.presentation.escape import line
from checker.presentation.facts import Fact, facts
from checker.presentation.json import json_document
from checker.presentation.paragraphs import marked, paragraph, remark
from checker.presentation.screen import FILE, Screen
from checker.presentation.words import counted, named, transition

FORMATS = ("text", "json")
_LABEL = 12
# Longer lists belong in JSON.
_MOST = 50
_WORDS = {
    "same": "the report is the same, byte for byte",
    "different": "the report differs",
    "changed": "the evidence was changed after it was written",
}
_EXPLAINED: dict[Explanation, str] = {
    "changed": "The evidence was changed after it was written, so this replay shows nothing about the original run.",
    "version": "The versions are not those of the run, which may be the cause: install the recorded ones to be sure.",
    "concealed": "A secret of the run was removed from what it had read, so the bytes are not those that were judged.",
    "unexplained": "Every member is as the manifest says, and the versions are the same: either somebody rewrote the "
    "evidence, or scoregate has a bug. 'scoregate evidence verify' checks the signature.",
}


def render(name: str, answer: Replay, screen: Screen = FILE) -> bytes:
    """The answer in the format ``name``, one of ``FORMATS``."""
    return json_document(answer) if name == "json" else ("\n".join(_text(answer, screen)) + "\n").encode()


def _text(answer: Replay, screen: Screen) -> Iterator[str]:
    yield f"{line(answer.evidence)}: {_WORDS[answer.verdict]}"
    yield from facts(_facts(answer), label=_LABEL)
    if answer.error is not None:
        yield from remark(f"It can't be judged again: {answer.error}", screen)
    for fault in answer.faults[:_MOST]:
        yield from remark(f"{fault.place}: {fault.message}", screen)
    yield from _more(len(answer.faults))
    for one in answer.findings[:_MOST]:
        yield from marked("✗", _finding(one), screen, screen.paint.warning)
    yield from _more(len(answer.findings))
    for explanation in answer.explained_by:
        yield ""
        yield from paragraph(_EXPLAINED[explanation], screen)


def _more(count: int) -> Iterator[str]:
    if count > _MOST:
        yield f"  and {count - _MOST} more: -o json has all"


def _facts(answer: Replay) -> Iterator[Fact]:
    yield "tenant", answer.tenant or "unknown"
    yield "judged at", answer.now
    decision = answer.now_decision.value if answer.now_decision is not None else None
    yield "verdict", transition(answer.then_decision.value, decision)
    for one in answer.versions:
        yield "version", f"{one.name} {transition(one.then, one.now)}"
    differs = [counted(len(answer.findings), "finding")] if answer.findings else []
    if not answer.same_report and answer.error is None:
        yield "differs", ", ".join([*differs, *answer.report]) or "only bytes without meaning: spaces, unknown members"
    yield "signature", "present; 'scoregate evidence verify' checks it" if answer.signed else "none"


def _finding(one: FindingDifference) -> str:
    outcomes = transition(one.then and one.then.value, one.now and one.now.value)
    return f"{one.key}: {outcomes}{f' ({named(one.members, 10)})' if one.members else ''}"

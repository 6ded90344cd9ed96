"""The answer to ``evidence verify``: whether evidence is as it was written, and who says so."""

from collections.abc import Iterator

from checker.evidence.verify import EvidenceCheck
from checker.presentation.escape import line
from checker.presentation.facts import Fact, facts
from checker.presentation.json import json_document
from checker.presentation.paragraphs import paragraph, remark
from checker.presentation.screen import FILE, Screen
from checker.presentation.words import counted

FORMATS = ("text", "json")
_LABEL = 12
_MOST = 50
_WORDS = {
    "whole": "every member is as the manifest says",
    "changed": "changed after it was written",
    "unproven": "every member is as the manifest says, but the requested signature is missing or bad",
}
_DIGESTS_ALONE = (
    "Digests prove that nothing was damaged by accident. Whoever rewrites the file writes new digests too. To detect "
    "that, sign the evidence (check --sign-with), or keep this SHA-256 in another place."
)
_NOT_CHECKED = (
    "The signature was not checked, so only accidental damage is ruled out: give --allowed-signers and --signer."
)


def render(name: str, answer: EvidenceCheck, screen: Screen = FILE) -> bytes:
    """The answer in the format ``name``, one of ``FORMATS``."""
    return json_document(answer) if name == "json" else ("\n".join(_text(answer, screen)) + "\n").encode()


def _text(answer: EvidenceCheck, screen: Screen) -> Iterator[str]:
    yield f"{line(answer.evidence)}: {_WORDS[answer.verdict]}"
    yield from facts(_facts(answer), label=_LABEL)
    for fault in answer.faults[:_MOST]:
        yield from remark(f"{fault.place}: {fault.message}", screen)
    if len(answer.faults) > _MOST:
        yield f"  and {len(answer.faults) - _MOST} more: -o json has all"
    state = answer.signature.state
    if state in {"absent", "not-checked"}:
        yield ""
        yield from paragraph(_DIGESTS_ALONE if state == "absent" else _NOT_CHECKED, screen)


def _facts(answer: EvidenceCheck) -> Iterator[Fact]:
    yield "SHA-256", answer.sha256
    yield "members", counted(answer.members, "member")
    yield "tenant", answer.tenant or "unknown"
    yield "judged at", f"{answer.now}, by scoregate {answer.scoregate}"
    yield "verdict", answer.decision.value
    signature = answer.signature
    match signature.state:
        case "good":
            yield "signature", f"good, by {signature.signer}"
        case "bad":
            yield "signature", f"bad, or not by {signature.signer}: {signature.reason}"
        case "not-checked":
            yield "signature", "present, not checked"
        case "absent":
            yield "signature", "none"

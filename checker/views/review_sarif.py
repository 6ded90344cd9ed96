"""A review as SARIF: each change on its line of the head, or of the base if the head no longer has it."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from checker import __version__
from checker.presentation.escape import sarif, uri_path
from checker.presentation.json import json_document
from checker.report.document import LocationDocument
from checker.requirements.direction import Direction
from checker.review.answer import RequirementChange, Review
from checker.views.review_words import Change, consent, difference, effects, sentence

_RULES = {
    Direction.LOOSER: ("looser", "error", "A change that makes the gate looser."),
    Direction.UNDECIDED: ("undecided", "error", "A change that can't be compared, and so counts as looser."),
    Direction.TIGHTER: ("tighter", "note", "A change that makes the gate tighter."),
    Direction.NEUTRAL: ("neutral", "note", "A change that makes the gate neither looser nor tighter."),
}
_HELP = "Run 'scoregate review' to see it again. A change that makes the gate looser needs an approval in the base."


def review_sarif(answer: Review, uris: Mapping[str, str]) -> bytes:
    """The log.

    Args:
        answer: the review.
        uris: the path of each file in its repository.
    """
    results = [result for one in answer.changes for result in _results(one, uris)]
    used = [direction for direction in _RULES if any(one["ruleId"] == _RULES[direction][0] for one in results)]
    numbers = {_RULES[direction][0]: number for number, direction in enumerate(used)}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "scoregate review",
                "fullName": f"scoregate {__version__}, review of policies",
                "organization": "scoregate",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": "https://scoregate.example/",
                "rules": [_rule(direction) for direction in used],
            }
        },
        "automationDetails": {"id": "scoregate-review/"},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(answer)}],
        "originalUriBaseIds": {
            "SRCROOT": {"description": {"text": "Root of the repository that holds the policy files."}}
        },
        "columnKind": "unicodeCodePoints",
        "results": [{**one, "ruleIndex": numbers[one["ruleId"]]} for one in results],
    }
    return json_document(
        {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    )


def _notifications(answer: Review) -> list[dict[str, Any]]:
    """What belongs to no line."""
    said = [("note", clause) for clause in effects(answer)]
    said += [("warning", one.message) for one in answer.warnings]
    return [{"level": level, "message": {"text": sarif(f"{text.rstrip('.')}.")}} for level, text in said]


def _rule(direction: Direction) -> dict[str, Any]:
    name, level, text = _RULES[direction]
    return {
        "id": name,
        "name": f"{name.capitalize()}Change",
        "shortDescription": {"text": text},
        "fullDescription": {"text": text},
        "help": {"text": f"{text} {_HELP}"},
        "defaultConfiguration": {"level": level},
    }


def _results(one: Change, uris: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """One for each field of a requirement that changed, one for anything else."""
    if not isinstance(one, RequirementChange) or not one.fields:
        lines = one.lines if not isinstance(one, RequirementChange) else None
        yield _result(one, one.direction, sentence(one), _physical(one.location, lines, uris))
        return
    for field in one.fields:
        # A requirement that is disabled on both sides is neither, whatever its fields say.
        text = f"{one.requirement}: {difference(field)}{consent(one) if field.direction.may_loosen else ''}"
        place = field.after_location or one.location
        yield _result(one, field.direction, text, _physical(place, field.lines, uris), field.field)


def _result(one: Change, direction: Direction, text: str, physical: dict[str, Any], field: str = "") -> dict[str, Any]:
    name, level, _ = _RULES[direction]
    key = hashlib.sha256(f"{name}\x1f{one.name}\x1f{one.change}\x1f{field}".encode("utf-8", "replace")).hexdigest()
    return {
        "ruleId": name,
        # What the base approves of is shown, and fails nothing.
        "level": "warning" if direction.may_loosen and one.approved_by is not None else level,
        "message": {"text": sarif(f"{text}.")},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"primaryLocationLineHash": f"{key[:16]}:1"},
    }


def _physical(place: LocationDocument, lines: tuple[int, int] | None, uris: Mapping[str, str]) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": place.line, "startColumn": place.column}
    if lines is not None and lines[1] > place.line:
        region |= {"endLine": lines[1]}
    else:
        region |= {"endLine": place.line, "endColumn": place.column + 1}
    uri = uri_path(uris.get(place.file, place.file))
    return {"artifactLocation": {"uri": uri, "uriBaseId": "SRCROOT"}, "region": region}

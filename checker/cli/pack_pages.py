"""The page of each pack that ships, made of the pack.

``python -m checker.cli.pack_pages FOLDER FILE`` writes ``FOLDER/NAME/FILE`` for each. A pack's description says in its
first line what it is for, and in the others, as a list of Markdown, what a Secure Score cannot prove of it.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from checker.catalogue.controls import known
from checker.documents.whole_files import write_whole
from checker.policy import packs
from checker.policy.load import load
from checker.policy.model import Policy, PolicyRequirement
from checker.presentation.escape import Markup, code, markdown
from checker.presentation.tables import markdown_table
from checker.presentation.words import counted, joined
from checker.report.outcome import Enforcement, Severity
from checker.requirements.terms.control_terms import ControlEntry
from checker.requirements.words import WordKind

_JUDGED = """
Licences are named as in the tenant's data. One of those in a row is enough; without any of them the requirement is
skipped. "Never scored" is the outcome if the control has never been scored in the tenant. A control that is lost later
fails as `no-longer-scored` in any case.

"""
_OFFICE = """
Whether the `mdo_*` controls are scored in a tenant with Exchange Online Protection alone is not known. Where they are
not, their requirements are skipped.
"""
_REFERENCES = """
## References

A reference names a recommendation that asks for something similar: a hint, not a certificate. A derived one was taken
from public tags that name it together with Microsoft's control; nobody has compared the texts. The pack judges nothing
of a framework that is not in this table.

"""
_LIMITS = """
## What a Secure Score cannot prove

- That a setting works: a control says what is configured, for how many users or devices.
- That a declaration is true: a control that somebody declared as done elsewhere has all of its points, and nobody
  observed it. It fails, unless the requirement accepts that state.
"""
_TESTS = """
## Tests

They show each requirement passing and failing, and the outcomes for missing products and licences:

```console
scoregate test pack:{name} --require-coverage
```
"""


def text(name: str) -> str:
    """The page of the pack called ``name``."""
    (policy,) = load([f"{packs.PREFIX}{name}"]).policies
    return "".join(f"{line}\n" if not line.endswith("\n") else line for line in _lines(policy))


def write(folder: str, file: str) -> None:
    """Writes every page.

    Args:
        folder: where each pack has a folder of its own.
        file: the page's name in it.
    """
    for name in packs.names():
        write_whole(os.path.join(folder, name, file), text(name).encode(), private=False)


def _lines(policy: Policy) -> Iterator[str]:
    about, *limits = (policy.metadata.description or "").splitlines()
    yield f"# {policy.metadata.title}\n\nWritten by `make docs` from the pack.\n\n{about}\n\n"
    yield f"```console\nscoregate check -p pack:{policy.name} --sandbox\n```\n\n## Requirements\n\n"
    yield f"{counted(len(policy.requirements), 'requirement')}: {_severities(policy.requirements)}.\n\n"
    yield from markdown_table(("requirement", "severity", "licences", "never scored", "title"), _table(policy))
    yield _JUDGED
    yield from map(_reason, policy.requirements)
    if any(_service(word) == "MDO" for one in policy.requirements for word in _controls(one)):
        yield _OFFICE
    yield _REFERENCES
    yield from markdown_table(("framework", "control", "derived", "requirements"), _references(policy.requirements))
    yield _LIMITS
    yield from limits
    yield _TESTS.format(name=policy.name)


def _severities(requirements: Iterable[PolicyRequirement]) -> str:
    found = Counter(one.summary.severity for one in requirements)
    return ", ".join(f"{found[severity]} {severity.value}" for severity in Severity if found[severity])


def _table(policy: Policy) -> Iterator[tuple[str, ...]]:
    for one in policy.requirements:
        advisory = "advisory" if one.summary.enforcement is Enforcement.ADVISORY else ""
        licences = "; ".join(", ".join(when.enabled_services) for when in one.conditions)
        severity = joined(one.summary.severity.value, advisory)
        yield code(one.summary.id), severity, licences or "–", _never_scored(one), one.summary.title


def _never_scored(one: PolicyRequirement) -> str:
    if not isinstance(one.entry, ControlEntry):
        return "–"
    return {"skip": "skipped", "fail": "fails", "error": "error"}[one.entry.on_missing]


def _reason(one: PolicyRequirement) -> str:
    accepted = one.entry.accept if isinstance(one.entry, ControlEntry) else ()
    states = f" A declaration as {' or '.join(accepted)} is accepted." if accepted else ""
    return (
        f"- **{one.summary.id}**: {markdown(one.summary.rationale)} Required: {markdown(one.summary.sentence)}.{states}"
    )


def _controls(one: PolicyRequirement) -> Iterator[str]:
    for group in one.entry.words():
        if group.kind is WordKind.CONTROL:
            yield from group.words


def _service(control: str) -> str | None:
    fact = known(control)
    return fact.service if fact is not None else None


def _references(requirements: Iterable[PolicyRequirement]) -> Iterator[tuple[str, ...]]:
    """A row for each control of a framework, in the order of their numbers."""
    naming: dict[tuple[str, str, bool], list[str]] = {}
    for one in requirements:
        for reference in one.summary.references:
            framework = f"{reference.framework} {reference.version or ''}".rstrip()
            naming.setdefault((framework, reference.id, reference.derived), []).append(one.summary.id)
    for framework, control, derived in sorted(naming, key=lambda key: (key[0], _numbers(key[1]))):
        shown = Markup(", ".join(map(code, naming[framework, control, derived])))
        yield framework, control, "yes" if derived else "no", shown


def _numbers(control: str) -> list[tuple[int, str]]:
    """Sorts 5.2.10 behind 5.2.9."""
    return [(int(part) if part.isdigit() else 0, part) for part in control.split(".")]


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2])

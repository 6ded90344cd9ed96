"""The help of a SARIF rule: what is required and why, what to do, and where; an alert shows it beside the result.

GitHub shows ``help.markdown``, other viewers show ``help.text`` or ``helpUri``: all three say where to go.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from checker.presentation.escape import code, line, markdown
from checker.presentation.json import Object
from checker.presentation.links import safe_link
from checker.presentation.rich_text import rich_text
from checker.report.finding import Finding, Reference
from checker.tenant.portal import shareable_link

# Microsoft's longest remediation has three thousand characters. Code scanning takes ten megabytes a file, packed.
_LONGEST = 6_000
_LONGEST_IN_ALL = 30_000
_MOST_CONTROLS = 100


class Help(msgspec.Struct, frozen=True, kw_only=True):
    """What the help of one rule is made of.

    Attributes:
        findings: those of the rule's requirement; never empty.
        portal: the cloud's Secure Score page.
        tenant: the tenant's id, which links must not hold.
    """

    findings: Sequence[Finding]
    portal: str
    tenant: str

    @property
    def members(self) -> Object:
        """``help`` and, where there is a safe address, ``helpUri``."""
        controls = self._controls()
        link = self._uri(controls)
        found: Object = {"help": {"text": _text(controls), "markdown": _markdown(controls, self.tenant)}}
        return found if link is None else {**found, "helpUri": link}

    def _uri(self, controls: Sequence[Finding]) -> str | None:
        references = self.findings[0].requirement.references
        found = next((url for url in map(_link, references) if url), None)
        return found or safe_link(controls[0].subject.portal_url if len(controls) == 1 else self.portal)

    def _controls(self) -> list[Finding]:
        """One finding for each control, those that fail first; that of the tenant where there is no control."""
        if len(self.findings) == 1:
            return [self.findings[0]]
        by_control: dict[str, Finding] = {}
        for finding in sorted(self.findings, key=lambda finding: not finding.fails):
            by_control.setdefault(finding.judgement.control or "", finding)
        return list(by_control.values())


def _all_steps(controls: Sequence[Finding], tenant: str) -> Iterator[tuple[Finding, str]]:
    """For each control what Microsoft says is to be done, in Markdown; nothing once the help is long."""
    room = _LONGEST_IN_ALL
    for finding in controls[:_MOST_CONTROLS]:
        html = finding.subject.remediation
        text = _steps(html, tenant) if html and room > 0 else ""
        room -= len(text)
        yield finding, text


@lru_cache(512)  # several requirements may be about one control
def _steps(html: str, tenant: str) -> str:
    """What Microsoft says is to be done, in Markdown."""
    return rich_text(html, longest=_LONGEST, safe=lambda url: shareable_link(url, tenant))


def _markdown(controls: Sequence[Finding], tenant: str) -> str:
    requirement = controls[0].requirement
    paragraphs = [f"**{markdown(closed(requirement.title))}**", markdown(closed(requirement.sentence, capital=True))]
    if requirement.rationale:
        paragraphs.append(markdown(closed(requirement.rationale)))
    if actions := list(
        _actions(controls, _all_steps(controls, tenant), _control_markdown, "[Open it in the portal]({})")
    ):
        paragraphs += ["**What to do**", *actions]
    if requirement.references:
        references = "\n".join(f"- {_reference_markdown(reference)}" for reference in requirement.references)
        paragraphs += ["**References**", references]
    if requirement.owner:
        paragraphs.append(f"Owner: {code(requirement.owner)}")
    return "\n\n".join(paragraphs)


def _text(controls: Sequence[Finding]) -> str:
    requirement = controls[0].requirement
    said = [closed(requirement.sentence, capital=True), closed(requirement.rationale) if requirement.rationale else ""]
    paragraphs = [" ".join(filter(None, said))]
    # Microsoft's steps are Markdown's alone: converting them a second time takes a fifth of a run.
    where = ((finding, "") for finding in controls[:_MOST_CONTROLS])
    if actions := list(_actions(controls, where, _control, "Portal: {}")):
        paragraphs += ["What to do:", *actions]
    if requirement.references:
        paragraphs.append(f"References: {'; '.join(map(_reference_text, requirement.references))}.")
    if requirement.owner:
        paragraphs.append(f"Owner: {line(requirement.owner)}")
    return "\n\n".join(paragraphs)


def _actions(
    controls: Sequence[Finding], steps_of: Iterable[tuple[Finding, str]], control: Callable[[Finding], str], portal: str
) -> Iterator[str]:
    """The steps of each control below its name, and its link."""
    count = len(controls)
    for finding, steps in steps_of:
        link = safe_link(finding.subject.portal_url)
        name = control(finding) if finding.judgement.control is not None and count > 1 else ""
        yield from filter(None, (name, steps, portal.format(link) if link is not None else ""))
    if count > _MOST_CONTROLS:
        yield f"And {count - _MOST_CONTROLS} more controls."


def _control(finding: Finding) -> str:
    control, title = finding.judgement.control or "", finding.subject.title
    return line(f"{control} - {title}" if title and title != control else control)


def _control_markdown(finding: Finding) -> str:
    control, title = finding.judgement.control or "", finding.subject.title
    return f"{code(control)} {markdown(title)}" if title and title != control else code(control)


@lru_cache(1024)  # rule, help and its Markdown say the same sentences
def closed(text: str, *, capital: bool = False) -> str:
    """The text in one line with a full stop, unless it has an end of its own."""
    text = line(text[:1].upper() + text[1:] if capital else text).strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def reference_name(reference: Reference) -> str:
    """Framework, version and id, and whether it is derived."""
    version = f" {reference.version}" if reference.version else ""
    derived = " (derived)" if reference.derived else ""
    return line(f"{reference.framework}{version} {reference.id}{derived}")


def _reference_text(reference: Reference) -> str:
    link = _link(reference)
    return f"{reference_name(reference)} ({link})" if link else reference_name(reference)


def _reference_markdown(reference: Reference) -> str:
    link = _link(reference)
    name = markdown(reference_name(reference))
    return f"[{name}]({link})" if link else name


def _link(reference: Reference) -> str | None:
    return safe_link(reference.url)

"""Reports that say something hostile wherever somebody can say something."""

import msgspec
from hypothesis import strategies as st
from report_builders import finding, rendering, requirement, waiver_use

from checker.documents.location import SourceLocation
from checker.renderers.interface import Rendering
from checker.report.finding import Declaration, Finding, Quantity, Reference
from checker.report.outcome import Outcome, Unit
from checker.report.report import RunWarning

# What tenants and files can say: anything but lone surrogates, which reading mends.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    [
        "\x1b]0;title\x07\x1b[2J\x9b1m",
        "::stop-commands::x ::error::y",
        "##[set-output name=x]y ##vso[task.complete]z",
        "]]></failure><testcase/>&amp;",
        "[x](1) ![i](javascript:alert(1))",
        "\u202eelif\u2066 \ufffe\uffff\U0001fffe\ufdd0 \u2028\u2029\x85",
        "a\r\nb\tc\x00",
        "word " * 60,
        "x" * 300 + " ::group::y",
    ]
)


def full_of(text: str) -> Rendering:
    """A report that says ``text`` wherever a tenant, a policy, a waiver or a file name can say something."""
    place = SourceLocation(f"{text}.yaml", 2, 3)
    asked = requirement(
        title=text,
        sentence=text,
        owner=text,
        rationale=text,
        location=place,
        references=(Reference(framework=text, id=text, version=text, url=f"https://contoso.example/{text}"),),
    )
    findings: list[Finding] = []
    for number, outcome in enumerate(Outcome):
        one = finding(
            outcome,
            of=msgspec.structs.replace(asked, id=f"r{number}", name=f"baseline/r{number}"),
            message=f"{text}.",
            control=text,
            title=text,
            category=text,
            measured=Quantity(text, Unit.STATE),
            required=Quantity(text, Unit.STATE),
            declared_by=Declaration(text, text, text),
            last_synced=text,
            portal_url=f"https://contoso.example/{text}",
            remediation=f"<p>{text}<ul><li>{text} <a href='https://contoso.example/{text}'>{text}</a>",
        )
        waiver = waiver_use(reason=text, approved_by=text, ticket=text, location=place)
        findings.append(msgspec.structs.replace(one, waiver=waiver if outcome is Outcome.WAIVED else None))
    return rendering(
        findings,
        tenant=text,
        warnings=[RunWarning("hostile", text)],
        sources={place.file: f"first\n  {text}\n".encode()},
        uris={place.file: f"folder/{text}.yaml"},
        options={"sarif-profile": "full", "junit-profile": "gitlab"},
    )

"""``scoregate waivers``: exceptions written, and what they cover."""

import contextlib
import datetime
import os
import sys
from typing import Annotated, TypeVar

import click
import msgspec

from checker.cli.editor_line import with_schema
from checker.cli.environment import is_interactive
from checker.cli.options import taken
from checker.cli.options.completing import complete_files
from checker.cli.options.manners import is_quiet
from checker.cli.options.shared import (
    Assignments,
    JudgingOptions,
    Now,
    ParameterFiles,
    Policies,
    moment_of,
    outputs_as,
)
from checker.cli.options.source import SourceOptions
from checker.cli.options.types import CalendarDay, TenantLabelName, file_name
from checker.cli.output import parse_outputs, write_answer, write_standard_output
from checker.cli.plain_option import plain_option
from checker.cli.policies import load_policies, values_of_parameters
from checker.cli.progress import working
from checker.cli.source import chosen
from checker.documents import files, limits
from checker.documents.links import is_link_out
from checker.documents.whole_files import write_whole
from checker.drafting.new_waiver import WaiverFields, checked_entry, with_waiver
from checker.errors import EXIT_PASSED, CallerError, OutputError, UsageError
from checker.policy.load import load
from checker.presentation.escape import line
from checker.runs.look import look
from checker.views.formats import FORMATS

T = TypeVar("T")

_FILE = os.path.join("policies", "waivers.yaml")
_ASKED = {
    "requirement": "Requirement (POLICY/ID)",
    "until": "Last day (YYYY-MM-DD, UTC)",
    "reason": "Reason",
    "approved_by": "Approved by",
}


class ListOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``waivers list``."""

    policies: JudgingOptions
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    source: SourceOptions


class AddOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``waivers add``."""

    file: Annotated[
        str, click.argument("file", metavar="[FILE]", shell_complete=complete_files, default=_FILE, callback=file_name)
    ]
    requirement: Annotated[
        str | None,
        plain_option(
            "--requirement", metavar="POLICY/ID", help="The requirement to except; * stands for any characters."
        ),
    ]
    control: Annotated[str | None, plain_option("--control", metavar="ID", help="Cover one control only.")]
    tenant: Annotated[str | None, plain_option("--tenant", metavar="ID", help="Cover one tenant only.")]
    tenant_label: Annotated[
        str | None,
        plain_option(
            "--tenant-label", type=TenantLabelName(), metavar="NAME", help="Cover tenants with this label only."
        ),
    ]
    start: Annotated[
        datetime.date | None,
        plain_option(
            "--from", "start", type=CalendarDay(), metavar="DAY", help="The first day, UTC; today if not given."
        ),
    ]
    until: Annotated[
        datetime.date | None,
        plain_option("--until", type=CalendarDay(), metavar="DAY", help="The last day, UTC, at most 365 days later."),
    ]
    floor_percent: Annotated[
        float | None,
        plain_option("--floor-percent", type=float, metavar="N", help="Below this percentage it fails again."),
    ]
    floor_points: Annotated[
        float | None,
        plain_option("--floor-points", type=float, metavar="N", help="Below this number of points it fails again."),
    ]
    reason: Annotated[str | None, plain_option("--reason", metavar="TEXT", help="Why the exception is needed.")]
    approved_by: Annotated[str | None, plain_option("--approved-by", metavar="WHO", help="Who approved it.")]
    ticket: Annotated[str | None, plain_option("--ticket", metavar="TEXT", help="Where it is tracked.")]
    policy: Policies
    set: Assignments
    parameters: ParameterFiles
    now: Now


@click.group("waivers", short_help="Add exceptions, and show what they cover.")
def waivers() -> None:
    """Add exceptions to a file of waivers, and show what each covers now.

    \b
    Examples:
      scoregate waivers list -p policies/ --snapshot snapshot.json
      scoregate waivers add policies/waivers.yaml -p policies/
    """


@waivers.command("list", short_help="Show what each waiver covers now.")
@taken(ListOptions)
def list_command(options: ListOptions) -> int:
    """Show what each waiver covers now, when it ends, and what it costs in points.

    \b
    Example:
      scoregate waivers list -p policies/ --snapshot snapshot.json

    A waiver that has ended, ends within 30 days, covers no failure or matches nothing is a warning, as in every
    command.
    Exit codes: 0 done, 2 wrong usage or input, 3 no data.
    """
    from checker.insight.waivers import list_waivers
    from checker.views.waivers import render

    wanted = parse_outputs(options.output, FORMATS)
    moment = options.source.moment()
    if not options.policies.policy:
        raise UsageError("no policy: name one with -p PATH", advice="A waiver covers a requirement of a policy.")
    policies = load_policies(options.policies)
    source = chosen(options.source, moment)
    with working("Reading the tenant"):
        seen = look(source, policies=policies, labels=options.policies.labels)
    report = seen.report(policies, moment)
    assert report is not None
    answer = list_waivers(policies, seen.tenant, report)
    write_answer([(one, render(one.format, answer, one.screen)) for one in wanted])
    return EXIT_PASSED


@waivers.command("add", short_help="Write a waiver into a file.")
@taken(AddOptions)
def add_command(options: AddOptions) -> int:
    """Add a waiver to FILE (default policies/waivers.yaml) and keep its comments; a missing file is created.

    \b
    Examples:
      scoregate waivers add
      scoregate waivers add w.yaml --requirement baseline/admins-use-mfa --until 2027-01-31 \\
        --reason "Break-glass accounts move to FIDO2" --approved-by ciso@contoso.example -p policies/

    On a terminal it asks for what is missing. With -p, the waiver must name a requirement of these policies and must
    not be longer than they allow.
    Exit codes: 0 done, 2 wrong usage or input.
    """
    today = moment_of(options.now).date()
    fields = _fields(options, today)
    given = values_of_parameters(options.set, options.parameters)
    checked_entry(fields, today, load(options.policy, given=given) if options.policy else None)
    name = files.shown(options.file)
    if is_link_out(options.file):
        raise OutputError("is a link to a file outside the folder", place=name, advice="Name the file itself.")
    there = os.path.lexists(options.file)
    data = files.read_bounded(options.file, limits.POLICY_FILE_BYTES, CallerError) if there else None
    # Behind a link in the folder stands the file itself.
    text = with_waiver(data, name, fields)
    write_whole(
        os.path.realpath(options.file), text if there else with_schema("waivers", text, options.file), private=False
    )
    said = f"{name}: added a waiver of {fields.requirement}, {fields.start} to {fields.until}"
    if not is_quiet():
        write_standard_output(f"{line(said)}\n".encode())
    return EXIT_PASSED


def _fields(options: AddOptions, today: datetime.date) -> WaiverFields:
    """The fields, asked for where they are missing.

    Raises:
        UsageError: one is missing and nobody can be asked, or there are two floors.
    """
    missing = [name for name in _ASKED if getattr(options, name) is None]
    if missing and not is_interactive():
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise UsageError(f"there is no terminal for questions: give {flags}")
    if options.floor_percent is not None and options.floor_points is not None:
        raise UsageError("--floor-percent and --floor-points exclude each other: give one of them")
    floors = {"percent": options.floor_percent, "points": options.floor_points}
    return WaiverFields(
        requirement=_asked("requirement", options.requirement),
        control=options.control,
        tenant=options.tenant,
        tenant_label=options.tenant_label,
        start=options.start or today,
        until=_asked("until", options.until, CalendarDay()),
        floor={name: _readable(value) for name, value in floors.items() if value is not None} or None,
        reason=_asked("reason", options.reason),
        approved_by=_asked("approved_by", options.approved_by),
        ticket=options.ticket,
    )


def _readable(value: float) -> float:
    """The number without a fraction of zero."""
    return int(value) if value.is_integer() else value


def _asked(name: str, value: T | None, kind: "click.ParamType[T] | None" = None) -> T:
    """The value, which the person is asked for where it is missing."""
    if value is not None:
        return value
    # Most versions of click write a blank to standard output, which is the answer's alone.
    with contextlib.redirect_stdout(sys.stderr):
        answer: T = click.prompt(_ASKED[name], type=kind, err=True)
    return answer

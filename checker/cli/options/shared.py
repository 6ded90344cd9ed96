"""Options that several commands have: policies, formats, the moment, a selection of controls."""

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import click
import msgspec

from checker.cli.options import F, option
from checker.cli.options.completing import complete_formats, complete_policies
from checker.cli.options.types import Moment, TenantLabelName, sorted_words
from checker.cli.plain_option import plain_option
from checker.report.outcome import Severity

if TYPE_CHECKING:
    from checker.requirements.direction import Direction
    from checker.requirements.terms.selector import Selector
    from checker.tenant.labels import TenantLabels


def _direction_of_policies(before: object, after: object) -> "Direction":
    """Fewer files that are judged ask for less."""
    from checker.requirements.direction import growing

    # Two files may differ in case alone.
    return growing(_paths, str)(before, after)


def _paths(value: object) -> set[str]:
    """The policies that a setting names; the folder that most commands take where nothing is said."""
    return {str(one) for one in value} if isinstance(value, list) else {str(value or "policies")}


def _direction_of_fail_on(before: object, after: object) -> "Direction":
    """The worse a failure must be, the fewer fail the gate."""
    from checker.requirements.direction import rising

    return rising(_least_rank)(before, after)


def _least_rank(value: object) -> float | None:
    """The rank of the least severity that fails the gate; None where that is no severity."""
    word = str(value if value is not None else Severity.INFO.value).lower()
    return next((float(one.rank) for one in Severity if one.value == word), None)


Policies = Annotated[
    tuple[str, ...],
    option(
        "policy",
        short="p",
        in_file=True,
        direction=_direction_of_policies,
        multiple=True,
        metavar="PATH",
        shell_complete=complete_policies,
        help="A policy file, a folder of them, pack:NAME, or - for standard input. May be repeated.",
    ),
]
Waivers = Annotated[
    tuple[str, ...],
    option(
        "waivers",
        multiple=True,
        metavar="PATH",
        help="A file or folder of waivers, in addition to those among the policies.",
    ),
]
Assignments = Annotated[
    tuple[str, ...],
    option(
        "set",
        multiple=True,
        metavar="NAME=VALUE",
        help="Give a parameter of the policies this value. May be repeated.",
    ),
]
ParameterFiles = Annotated[
    tuple[str, ...],
    option(
        "parameters",
        multiple=True,
        metavar="FILE",
        help="Set parameters from a YAML file of names and values; --set takes precedence.",
    ),
]


TenantLabelNames = Annotated[
    tuple[str, ...],
    option(
        "tenant-label",
        multiple=True,
        type=TenantLabelName(),
        metavar="NAME",
        callback=sorted_words,
        help="A label of the tenant: waivers with this tenantLabel cover its failures. May be repeated.",
    ),
]


class PolicyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is judged by."""

    policy: Policies
    waivers: Waivers
    set: Assignments
    parameters: ParameterFiles


class JudgingOptions(PolicyOptions, frozen=True, kw_only=True):
    """What a tenant is judged by, and its labels, which say which waivers are for it."""

    tenant_label: TenantLabelNames

    @property
    def labels(self) -> "TenantLabels":
        """The labels of the tenant."""
        return frozenset(self.tenant_label)


FailOn = Annotated[
    str,
    option(
        "fail-on",
        direction=_direction_of_fail_on,
        type=click.Choice([severity.value for severity in Severity], case_sensitive=False),
        default=Severity.INFO.value,
        show_default=True,
        help="Failures of this severity and above fail the gate.",
    ),
]
Now = Annotated[
    datetime.datetime | None,
    option("now", type=Moment(), metavar="TIME", help="Use this as the current time, instead of the clock."),
]


def moment_of(now: datetime.datetime | None) -> datetime.datetime:
    """The moment that ``--now`` names, else the clock's."""
    return now or datetime.datetime.now(datetime.UTC)


def outputs_as(*formats: str) -> Callable[[F], F]:
    """The option ``-o`` of a command that answers in these formats, the first where nothing is said."""
    return option(
        "output",
        short="o",
        in_file=True,
        multiple=True,
        metavar="FORMAT[=PATH]",
        shell_complete=complete_formats(formats),
        help=output_help(f"{formats[0]} (the default)", *formats[1:]),
    )


def output_help(*formats: str) -> str:
    """The help of ``-o``, the same for every command but for its formats."""
    *others, last = formats
    names = f"{', '.join(others)} or {last}" if others else last
    return f"{names}; to a file with =PATH. May be repeated."


def _words(name: str, text: str) -> Callable[[F], F]:
    # No setting, since it belongs to one question.
    return plain_option(f"--{name}", multiple=True, metavar="WORD", help=text)


Words = tuple[str, ...]


class SelectionOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of a selector."""

    id: Annotated[
        Words,
        _words("id", "Only these controls; * stands for any characters. May be repeated, like the options below."),
    ]
    category: Annotated[Words, _words("category", "Only of this category.")]
    service: Annotated[Words, _words("service", "Only of this service.")]
    tier: Annotated[Words, _words("tier", "Only of this tier.")]
    threats: Annotated[Words, _words("threats", "Only against this threat.")]
    user_impact: Annotated[Words, _words("user-impact", "Only with this user impact.")]
    implementation_cost: Annotated[Words, _words("implementation-cost", "Only with this implementation cost.")]

    @property
    def selector(self) -> "Selector | None":
        """The selector; None where no key is given."""
        from checker.requirements.terms.selector import Selector

        words = {key: list(getattr(self, key)) or None for key in Selector.__struct_fields__}
        return Selector(**words) if any(words.values()) else None

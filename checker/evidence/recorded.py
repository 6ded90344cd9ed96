"""Policies loaded as every run loads them, with a record of all that was read; and loaded again from such a record."""

from collections.abc import Mapping, Sequence

import msgspec

from checker.errors import PolicyError
from checker.policy.given import given_values
from checker.policy.load import Loaded, from_files, load_sources
from checker.policy.model import PolicySet
from checker.policy.parameters import Given
from checker.policy.sources import PolicySource, PolicySources, UnreadableSourceError, read_sources

# By the source's identity and the reference in it: what the reference names.
References = Mapping[tuple[str, str], Sequence[PolicySource]]


class ParameterFile(msgspec.Struct, frozen=True):
    """A file of ``--parameters``: its name as messages show it, and its bytes."""

    name: str
    data: bytes


def values_in(assignments: Sequence[str], given: Sequence[ParameterFile]) -> Given:
    """The values that ``--set`` and files that were read already give to parameters.

    Raises:
        UsageError, PolicyError: as ``given_values``.
    """
    by_name = {one.name: one.data for one in given}
    return given_values(assignments, [one.name for one in given], by_name.__getitem__)


class RecordedPolicies(msgspec.Struct, frozen=True):
    """What policies were read from.

    Attributes:
        named: the files of policies and of waivers that a run was given; tests beside them are left out.
        references: what each reference under ``extends`` named.
    """

    named: PolicySources
    references: References


def load_recorded(
    policy_paths: Sequence[str], waiver_paths: Sequence[str], given: Given
) -> tuple[PolicySet, RecordedPolicies]:
    """As ``policy.load.load``, with the record.

    Raises:
        PolicyError, UsageError: as there.
    """
    sources = read_sources(policy_paths, waiver_paths)
    references: dict[tuple[str, str], Sequence[PolicySource]] = {}

    def bases(source: PolicySource, reference: str) -> Sequence[PolicySource]:
        key = (source.identity, reference)
        references[key] = from_files(source, reference)
        return references[key]

    policies = _of(load_sources(sources, bases=bases, given=given))
    used = tuple(one for one in sources.policies if one.name in policies.sources)
    return policies, RecordedPolicies(PolicySources(used, sources.waivers), references)


def load_again(recorded: RecordedPolicies, given: Given) -> PolicySet:
    """The policies of a record; no file is opened.

    Raises:
        PolicyError, UsageError: as ``load_recorded``.
    """

    def bases(source: PolicySource, reference: str) -> Sequence[PolicySource]:
        try:
            return recorded.references[source.identity, reference]
        except KeyError:
            raise UnreadableSourceError("is not in the evidence") from None

    return _of(load_sources(recorded.named, bases=bases, given=given))


def _of(loaded: Loaded) -> PolicySet:
    if loaded.faults:
        raise PolicyError([str(fault) for fault in loaded.faults])
    return loaded.policies

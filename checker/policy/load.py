"""Sources → PolicySet: sources → documents → layers → records, with every fault of every source in one list."""

from collections.abc import Iterable, Sequence

import msgspec

from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.documents.path import brief
from checker.documents.suggest import did_you_mean
from checker.documents.yaml_reader import Unreadable, read_yaml
from checker.errors import PolicyError
from checker.policy.decode import Decoded, decode_policy, decode_waivers
from checker.policy.model import Policy, PolicySet
from checker.policy.parameters import parameter_faults
from checker.policy.sources import PolicySource, read_sources

_KINDS = ("Policy", "Waivers")


class Loaded(msgspec.Struct, frozen=True):
    """The policies that can be loaded, and every fault of the rest."""

    policies: PolicySet
    faults: tuple[Fault, ...]


def load(policy_paths: Sequence[str], waiver_paths: Sequence[str] = ()) -> PolicySet:
    """The policies and waivers of a run.

    Args:
        policy_paths: files, folders, ``pack:NAME`` or ``-``; policies and waivers alike.
        waiver_paths: the same, for waivers only.

    Raises:
        PolicyError: with every fault and its place.
    """
    loaded = try_load(policy_paths, waiver_paths)
    if loaded.faults:
        raise PolicyError([str(fault) for fault in loaded.faults])
    return loaded.policies


def try_load(policy_paths: Sequence[str], waiver_paths: Sequence[str] = (), *, alone: bool = False) -> Loaded:
    """As ``load``, with the faults as values.

    Args:
        policy_paths, waiver_paths: as in ``load``.
        alone: whether waivers without any policy are enough.
    """
    sources = read_sources(policy_paths, waiver_paths)
    return load_sources(sources.policies, sources.waivers, faults=sources.faults, alone=alone)


def load_sources(
    policy_sources: Sequence[PolicySource],
    waiver_sources: Sequence[PolicySource] = (),
    *,
    faults: Sequence[Fault] = (),
    alone: bool = False,
) -> Loaded:
    """As ``try_load``, from sources that were read already; opens no file.

    Args:
        policy_sources: policies and waivers alike.
        waiver_sources: waivers only; any other document is a fault.
        faults: of reading the sources.
        alone: whether waivers without any policy are enough.
    """
    named: dict[str, SourceLocation] = {}
    decoded = [
        one
        for sources, kinds in ((policy_sources, _KINDS), (waiver_sources, _KINDS[1:]))
        for source in sources
        for one in _decode_source(source, kinds, named)
    ]
    every = (*faults, *(fault for one in decoded for fault in one.faults))
    sources = {source.name: source.data for source in (*policy_sources, *waiver_sources)}
    policies = tuple(one.policy for one in decoded if one.policy is not None)
    if not every and not policies and not (alone and any(one.waivers is not None for one in decoded)):
        place = SourceLocation(next(iter(sources), "."), 1, 1)
        every = (Fault(place, (), "no document of kind Policy was found"),)
    waivers = tuple(waiver for one in decoded for waiver in one.waivers or ())
    return Loaded(PolicySet(policies=policies, waivers=waivers, sources=sources), every)


def _decode_source(source: PolicySource, kinds: Sequence[str], named: dict[str, SourceLocation]) -> Iterable[Decoded]:
    """What each document of a source declares. See ``_decode_document`` for ``named``."""
    try:
        documents = read_yaml(source.data, source.name)
    except Unreadable as unreadable:
        yield Decoded(faults=tuple(unreadable.faults))
        return
    may_have_parameters = b"${" in source.data
    for document in documents:
        faults = _kind_faults(document, kinds)
        if not faults and may_have_parameters:
            faults = parameter_faults(document)
        yield Decoded(faults=faults) if faults else _decode_document(document, named)


def _kind_faults(document: Document, kinds: Sequence[str]) -> tuple[Fault, ...]:
    """A fault where the document is of none of the kinds."""
    if not isinstance(document.value, dict):
        return (Fault(document.place_at(()), (), "expected a mapping that begins with apiVersion and kind"),)
    kind = document.value.get("kind")
    if kind in kinds:
        return ()
    hint = did_you_mean(brief(str(kind)), kinds)
    got = f"got {brief(repr(kind))}{hint}" if kind is not None else "got nothing"
    return (Fault(document.place_at(("kind",)), ("kind",), f"expected {' or '.join(kinds)}, {got}"),)


def _decode_document(document: Document, named: dict[str, SourceLocation]) -> Decoded:
    """What a policy or a file of waivers declares, with all of its faults.

    Args:
        document: of kind Policy or Waivers.
        named: where the policies so far are, by name; a policy is added.
    """
    kind = str(document.value_at(("kind",)))
    decoded = decode_policy(document) if kind == "Policy" else decode_waivers(document)
    faults = [*decoded.faults, *_repeated_name(decoded.policy, document, named)]
    if not faults:
        return decoded
    from checker.policy.faults import all_faults

    return msgspec.structs.replace(decoded, faults=tuple(all_faults(document, kind, faults)))


def _repeated_name(policy: Policy | None, document: Document, named: dict[str, SourceLocation]) -> Iterable[Fault]:
    if policy is not None:
        place = document.place_at(())
        first = named.setdefault(policy.name, place)
        if first is not place:
            path = ("metadata", "name")
            yield Fault(document.place_at(path), path, f"the policy name {policy.name!r} is already used at {first}")

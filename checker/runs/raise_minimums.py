"""Raising the minimums of policy files to what one tenant has reached."""

import datetime
from collections.abc import Mapping, Sequence

import msgspec

from checker.documents import files, limits
from checker.documents.whole_files import write_all
from checker.drafting.ratchet import Ratchet, changed_file, check_only_raised, find_raises, raised_files
from checker.errors import OutputError, PolicyError, UsageError
from checker.insight.warnings import data_warnings
from checker.policy.bases import read_bases
from checker.policy.load import load_sources
from checker.policy.model import PolicySet
from checker.policy.packs import is_pack
from checker.policy.parameters import Given
from checker.policy.sources import PolicySource, PolicySources, read_sources
from checker.runs.drafts import case_of
from checker.runs.look import look
from checker.sources.interface import Source


class Ratcheted(msgspec.Struct, frozen=True):
    """The answer, and what is to be written.

    Attributes:
        answer: what is raised.
        contents: the new content of each file, by its path.
        read: the content that each was read with.
    """

    answer: Ratchet
    contents: Mapping[str, bytes]
    read: Mapping[str, bytes]

    def write(self) -> None:
        """Writes the files.

        Raises:
            OutputError: one can't be written, or was changed by somebody else meanwhile.
        """
        for path, content in self.read.items():
            if files.read_bounded(path, limits.POLICY_FILE_BYTES, OutputError) != content:
                raise OutputError("was changed while the tenant was read", place=files.shown(path))
        # Policies are no data of a tenant.
        write_all(list(self.contents.items()), private=False)


def ratchet(paths: Sequence[str], given: Given, source: Source, now: datetime.datetime, *, dry_run: bool) -> Ratcheted:
    """What is to be raised, with nothing written yet.

    Args:
        paths: files and folders of policies.
        given: values of parameters.
        source: the tenant.
        now: the moment of the run.
        dry_run: whether nothing will be written.

    Raises:
        PolicyError, UsageError: as ``load``.
        JudgementError: the data is not available, or can't be read.
        OutputError: a file can't be changed in place.
    """
    for path in paths:
        if path == "-" or is_pack(path):
            raise UsageError(
                f"-p {path} is not a file that can be changed",
                advice="Name the file that extends it." if is_pack(path) else "Name the file itself.",
            )
    sources = read_sources(paths, ())
    policies = _loaded(sources, given)
    seen = look(source, policies=policies)
    found = find_raises(policies, case_of(seen, now))
    contents = raised_files(found.raised)
    check_only_raised(policies, _loaded(_with_contents(sources, contents), given), found.raised)
    changed = [one for one in sources.policies if one.name in contents]
    day = seen.tenant.newest
    answer = Ratchet(
        tenant=seen.tenant.id,
        date=str(day.date) if day is not None else None,
        dry_run=dry_run,
        raised=tuple(one.raised for one in found.raised),
        unchanged=found.unchanged,
        files=tuple(changed_file(one.name, one.data, contents[one.name]) for one in changed),
        warnings=data_warnings(seen.tenant),
    )
    return Ratcheted(
        answer,
        {one.identity: contents[one.name] for one in changed},
        {one.identity: one.data for one in changed},
    )


def _loaded(sources: PolicySources, given: Given) -> PolicySet:
    loaded = load_sources(sources, bases=read_bases, given=given, keep_layers=True)
    if loaded.faults:
        raise PolicyError([str(fault) for fault in loaded.faults])
    return loaded.policies


def _with_contents(sources: PolicySources, contents: Mapping[str, bytes]) -> PolicySources:
    """The sources, some with another content."""
    changed = tuple(_with_content(one, contents) for one in sources.policies)
    return msgspec.structs.replace(sources, policies=changed)


def _with_content(source: PolicySource, contents: Mapping[str, bytes]) -> PolicySource:
    return msgspec.structs.replace(source, data=contents[source.name]) if source.name in contents else source

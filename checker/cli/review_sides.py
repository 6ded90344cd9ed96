"""The two sides that ``review``'s options name: policies, settings, the lock, and who wrote the change."""

import functools
import os

import click

from checker.cli.environment import variables
from checker.cli.options.shared import PolicyOptions
from checker.cli.setting_changes import FileSettings, paths_of, setting_changes
from checker.cli.setting_names import FILE_NAME
from checker.documents import files, limits
from checker.documents.links import leads_out
from checker.errors import CallerError, LockFileError, PolicyError, SettingsError
from checker.policy.given import given_values, read_parameters
from checker.policy.load import Loaded, from_files, load_sources
from checker.policy.lockfile import LOCK_NAME, LockFile, parse_lock
from checker.policy.model import PolicySet
from checker.policy.packs import SHOWN_FOLDER, is_pack
from checker.policy.parameters import Given, check_given
from checker.policy.sources import UnreadableSourceError, read_sources
from checker.review.answer import RevisionSide
from checker.review.approvals import AskWho
from checker.review.authorship import Authorship
from checker.review.git import Git
from checker.review.lock_changes import lock_changes
from checker.review.review import ReviewSides
from checker.review.revision import Revision


class _Side:
    """One side: a commit, or the working tree."""

    def __init__(self, git: Git, reference: str | None) -> None:
        self.reference = reference
        self.revision = Revision(git, reference) if reference is not None else None
        # Every file that was read of the checkout, by the path that named it.
        self.files: dict[str, bytes] = {}
        self.paths: tuple[str, ...] = ()

    @property
    def described(self) -> RevisionSide:
        return RevisionSide(self.reference, self.revision.commit if self.revision is not None else None)

    def shown(self, name: str) -> str:
        return f"{self.reference}:{name}" if self.reference is not None else name

    def file(self, path: str, limit: int) -> bytes | None:
        """A file of the working folder, None where there is none.

        Raises:
            CallerError: it is a link out of the folder, or too large.
        """
        data = self._of_tree(path, limit) if self.revision is None else self._of_commit(self.revision, path, limit)
        if data is not None:
            self.files[path] = data
        return data

    def parameters(self, path: str) -> bytes:
        """A file of parameters as this side has it; one that this side lacks, or that lies elsewhere, as it is now.

        Raises:
            CallerError: it can't be read.
        """
        inside = path != "-" and not os.path.isabs(path) and not leads_out(path)
        found = self.file(path, limits.POLICY_FILE_BYTES) if inside else None
        return found if found is not None else read_parameters(path)

    def _of_commit(self, revision: Revision, path: str, limit: int) -> bytes | None:
        try:
            return revision.file(path, limit)
        except UnreadableSourceError as error:
            raise CallerError(error.message, place=self.shown(path)) from None

    def _of_tree(self, path: str, limit: int) -> bytes | None:
        if not os.path.lexists(path):
            return None
        if leads_out(path):
            raise CallerError(
                "is a link out of the working folder", place=path, advice="Replace the link with the file."
            )
        return files.read_bounded(path, limit, CallerError)

    def settings(self) -> FileSettings:
        return FileSettings(self.file(FILE_NAME, limits.SETTINGS_FILE_BYTES), self.shown(FILE_NAME))

    def lock(self) -> LockFile | None:
        data = self.file(LOCK_NAME, limits.LOCK_FILE_BYTES)
        try:
            return parse_lock(LOCK_NAME, data) if data is not None else None
        except LockFileError as error:
            raise LockFileError(self.shown(error.message), advice=error.advice) from None

    def given(self, options: PolicyOptions) -> Given:
        """The values of parameters, with the files that give them as this side has them."""
        return given_values(options.set, options.parameters, self.parameters)

    def load(self, options: PolicyOptions, settings: FileSettings) -> Loaded:
        """The policies; none where a commit has none of these files.

        Raises:
            PolicyError: with every fault.
            SettingsError: the file names policies outside of the working folder.
        """
        self.paths = _policies_asked(options, settings, self.shown(FILE_NAME))
        paths = self.paths, options.waivers
        revision = self.revision
        sources = revision.sources(*paths) if revision is not None else read_sources(*paths)
        if revision is not None and not sources.policies and not sources.faults:
            return Loaded(PolicySet(policies=(), waivers=()), ())
        loaded = load_sources(
            sources,
            bases=revision.bases if revision is not None else from_files,
            alone=revision is not None,
            given=self.given(options),
            knows_all_given=False,
            keep_layers=True,
        )
        if loaded.faults:
            raise PolicyError([self.shown(str(fault)) for fault in loaded.faults])
        self.files |= loaded.policies.sources
        return loaded


class TwoSides:
    """What is compared."""

    def __init__(self, base: str, head: str | None, options: PolicyOptions) -> None:
        """Finds the commits.

        Args:
            base, head: as they are named; None for the working tree.
            options: which policies are compared.

        Raises:
            UsageError: git is not there, or it has no such commit.
        """
        self._git = Git(variables())
        self._options = options
        self._base = _Side(self._git, base)
        self._head = _Side(self._git, head)

    def read(self) -> ReviewSides:
        """Both sides; a parameter may be declared on one of them alone.

        Raises:
            PolicyError: with every fault of one side.
            SettingsError, LockFileError: a file of one side can't be read.
            UsageError: a value for a parameter that neither side declares.
        """
        options = self._options
        settings = self._base.settings(), self._head.settings()
        before, after = self._base.load(options, settings[0]), self._head.load(options, settings[1])
        given = {**self._base.given(options), **self._head.given(options)}
        check_given(given, (*before.parameters, *after.parameters))
        return ReviewSides(
            base=before.policies,
            base_side=self._base.described,
            head=after.policies,
            head_side=self._head.described,
            settings=setting_changes(*settings, self._head.paths),
            lock=lock_changes(self._base.lock(), self._head.lock()),
        )

    def asking(self, *, signed: bool) -> AskWho:
        """Who wrote the change; nothing is asked of git before somebody wants to know.

        Args:
            signed: whether each commit must have a good signature.
        """
        found = functools.cache(lambda: self._authorship(signed=signed))
        return lambda lines: found().of(lines)

    def _authorship(self, *, signed: bool) -> Authorship:
        base, head = self._base.revision, self._head.revision
        assert base is not None, "the base is a commit"
        uncommitted = None
        if head is None:
            head = Revision(self._git, "HEAD")
            uncommitted = self._uncommitted(head)
        return Authorship(self._git, base, head, uncommitted=uncommitted, signed=signed)

    def _uncommitted(self, head: Revision) -> str | None:
        """The first file of the working tree that is not as the newest commit has it."""
        committed, present = _Side(self._git, head.commit), self._head.files
        sources = head.sources(self._head.paths, self._options.waivers)
        names = {FILE_NAME, LOCK_NAME, *self._options.parameters, *present}
        names |= {source.name for group in (sources.policies, sources.waivers) for source in group}
        for name in sorted(names):
            is_of_pack = name.startswith(f"{SHOWN_FOLDER}/")
            if is_of_pack or name == "-" or self._git.inside(name) is None:
                continue
            if committed.file(name, limits.POLICY_BYTES) != present.get(name):
                return name
        return None


def _policies_asked(options: PolicyOptions, settings: FileSettings, place: str) -> tuple[str, ...]:
    """The policies that the caller names, else those that the side's own scoregate.toml does, else the usual folder.

    Raises:
        SettingsError: the file names some outside of the working folder.
    """
    context = click.get_current_context()
    source = context.get_parameter_source("policy")
    if options.policy and source is not None and source.name in {"COMMANDLINE", "ENVIRONMENT"}:
        return options.policy
    # None where --no-config was given.
    named = settings.of("review", "policy") if context.default_map is not None else None
    paths = paths_of(named)
    for path in paths:
        if not is_pack(path) and (path == "-" or os.path.isabs(path) or leads_out(path)):
            raise SettingsError(f"policy names {path}, which is not in the working folder", place=place)
    return paths

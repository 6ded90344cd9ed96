"""``--evidence``: what a run of ``check`` reads is recorded, and kept once the verdict is known."""

import os
from collections.abc import Mapping

from checker.cli.environment import program_variables
from checker.cli.options.evidence import EvidenceOptions
from checker.cli.options.shared import PolicyOptions
from checker.documents import files, limits
from checker.documents.whole_files import check_output, write_whole
from checker.errors import EvidenceError, UsageError
from checker.evidence.bundle import EvidenceRun, Signer, evidence
from checker.evidence.recorded import ParameterFile, RecordedPolicies, load_recorded, values_in
from checker.evidence.signature import SshKeygen
from checker.policy.given import read_parameters
from checker.policy.model import PolicySet
from checker.runs.full_gate import GateAnswer, GateInput
from checker.secrecy.known import conceal_document
from checker.sources.interface import Source


class EvidenceKeeper:
    """Records what a run reads, and writes it to the file that ``--evidence`` names."""

    def __init__(self, path: str, key: str | None) -> None:
        """Looks whether evidence can be written and signed, before anything is read.

        Raises:
            UsageError: the file is standard output.
            OutputError: the file can't be written there.
            EvidenceError: there is no such key.
        """
        if files.is_standard_output(path):
            raise UsageError("--evidence expects a file, not standard output")
        check_output(path)
        self._path = path
        self._sign = _signer(key) if key is not None else None
        self._policies: RecordedPolicies | None = None
        self._options: PolicyOptions | None = None
        self._parameters: tuple[ParameterFile, ...] = ()

    def load(self, options: PolicyOptions) -> PolicySet:
        """As ``load_policies``, recorded."""
        self._options = options
        self._parameters = tuple(
            ParameterFile("standard input" if path == "-" else files.shown(path), read_parameters(path))
            for path in options.parameters
        )
        given = values_in(options.set, self._parameters)
        policies, self._policies = load_recorded(options.policy, options.waivers, given)
        return policies

    def keep(self, given: GateInput, answer: GateAnswer, source: Source) -> None:
        """Writes the evidence of a run whose policies ``load`` gave.

        Raises:
            EvidenceError, OutputError: it can't be made, signed or written.
        """
        assert self._policies is not None, "policies are loaded first"
        assert self._options is not None, "as above"
        run = EvidenceRun(
            given=given,
            answer=answer,
            policies=self._policies,
            assignments=self._options.set,
            parameters=self._parameters,
            cloud=source.cloud.name,
            assume_default_states=answer.run.snapshot.assumes_default_states,
        )
        data = evidence(run, self._sign)
        if conceal_document(data) != data:
            # The writer would take it out, and leave a file that is damaged.
            raise EvidenceError("would contain a secret of this run in the names of its members; nothing was kept")
        write_whole(self._path, data)


def keeper_of(options: EvidenceOptions, beside: Mapping[str, str | None]) -> EvidenceKeeper:
    """What keeps the evidence that the options ask for.

    Args:
        options: of the command.
        beside: by option, the other files of the run, which evidence may not replace.

    Raises:
        UsageError: a key without a file of evidence, or one file for two things.
        OutputError, EvidenceError: as ``EvidenceKeeper``.
    """
    if options.evidence is None:
        raise UsageError("--sign-with has no effect without --evidence: give --evidence FILE too")
    path = os.path.realpath(options.evidence)
    for name, other in {**beside, "--sign-with": options.sign_with}.items():
        if other is not None and os.path.realpath(other) == path:
            raise UsageError(f"--evidence and {name} name the same file", advice="Give each its own file.")
    return EvidenceKeeper(options.evidence, options.sign_with)


def _signer(key: str) -> Signer:
    if not os.path.isfile(key):
        raise EvidenceError("is not a file, so it can't be the signing key", place=files.shown(key))
    files.read_bounded(key, limits.EVIDENCE_SIGNATURE_BYTES, EvidenceError)
    keygen = SshKeygen(program_variables())
    return lambda data: keygen.sign(data, key)

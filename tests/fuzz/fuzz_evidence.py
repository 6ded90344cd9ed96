"""Evidence: a ZIP file that anybody may have made, and a manifest in one that is sound otherwise."""

import functools
import subprocess
import sys
from collections.abc import Mapping

from fuzz_checks import ROOT, check_output, file_of, refused_by

from checker.documents.files import read_bounded
from checker.errors import EvidenceError, ScoregateError
from checker.evidence.archive import pack, unpack
from checker.evidence.manifest import MANIFEST
from checker.evidence.read import decode_evidence
from checker.evidence.replay import replay
from checker.evidence.signature import SshKeygen
from checker.evidence.verify import verify
from checker.evidence.versions import present_versions
from checker.views import evidence as evidence_view
from checker.views import replay as replay_view

_GOLDEN = ROOT / "tests" / "golden" / "failing"


@functools.cache
def members() -> Mapping[str, bytes]:
    """The members of a sound run's evidence."""
    path = file_of(b"", "run.zip")
    given = ["-p", str(_GOLDEN / "policy.yaml"), "--snapshot", str(_GOLDEN / "snapshot.json")]
    given += ["--now", "2026-05-22T09:00:00Z", "--evidence", path, "-o", "json=/dev/null"]
    # In a process of its own: the fuzzer announces each module that it instruments, on streams that a run conceals.
    done = subprocess.run([sys.executable, "-m", "checker", "check", *given], cwd=ROOT, check=False)
    assert done.returncode == 1
    return unpack(read_bounded(path, 1 << 24, EvidenceError), path).members


def check(data: bytes) -> None:
    """Checks evidence, judges it again, and shows both answers."""
    for one in (data, pack({**members(), MANIFEST: data}).getvalue()):
        with refused_by(ScoregateError):
            found = decode_evidence(one, "run.zip")
            checked = verify(found, None, SshKeygen({}))
            for name in evidence_view.FORMATS:
                check_output(name, evidence_view.render(name, checked))
            answer = replay(found, present_versions())
            for name in replay_view.FORMATS:
                check_output(name, replay_view.render(name, answer))

"""Runs of the command line in processes that need not start Python and import the package: they are forked.

As a script it is the server: it has imported the package, and forks a child for each request. Whoever tests start-up,
imports, or what the interpreter itself does starts a process of its own (``command_line.scoregate``).
"""

import atexit
import contextlib
import functools
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from command_line import ROOT, Ended, environment

SECONDS = 60
# What a run imports when it is needed: each child would import it anew.
IMPORTED = ("jsonschema", "junit_xml", "difflib", "zipfile", "csv", "checker.policy.lint", "checker.policy.schema")


def forked(
    *arguments: str | Path,
    folder: Path,
    variables: Mapping[str, str] | None = None,
    given: bytes = b"",
    limits: Mapping[int, int] | None = None,
) -> Ended:
    """Runs the command line in ``folder``, in a process of its own.

    Args:
        arguments: of the command line.
        folder: where it runs.
        variables: of the environment, in place of those of this process.
        given: its standard input.
        limits: by resource, such as ``resource.RLIMIT_AS``.
    """
    with contextlib.ExitStack() as files:
        streams = [files.enter_context(tempfile.NamedTemporaryFile()) for _ in range(3)]
        streams[0].write(given)
        streams[0].flush()
        request = {
            "arguments": [str(argument) for argument in arguments],
            "folder": str(folder),
            "variables": environment() if variables is None else dict(variables),
            "streams": [stream.name for stream in streams],
            "limits": list((limits or {}).items()),
        }
        server = _server()
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(request).encode() + b"\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return Ended(code, Path(streams[1].name).read_bytes(), Path(streams[2].name).read_text(encoding="utf-8"))


@functools.cache
def _server() -> "subprocess.Popen[bytes]":
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    server = subprocess.Popen(
        [sys.executable, __file__],
        cwd="/",
        env=environment(PYTHONPATH=paths, PYTHONHASHSEED="0"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )

    def stop() -> None:
        assert server.stdin is not None
        assert server.stdout is not None
        with server.stdin, server.stdout:
            pass
        server.wait()

    atexit.register(stop)
    return server


def _serve() -> None:
    import importlib

    from checker.cli.registry import load_commands
    from checker.renderers import FORMATS, renderer

    load_commands()
    for name in FORMATS:
        renderer(name)
    for name in IMPORTED:
        importlib.import_module(name)
    for line in sys.stdin.buffer:
        child = os.fork()
        if child == 0:
            _run(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _run(request: Mapping[str, Any]) -> NoReturn:
    """What the installed command does, in a process that is already there."""
    from checker.cli.entry import main

    reading, *writing = request["streams"]
    os.dup2(os.open(reading, os.O_RDONLY), 0)
    for descriptor, path in enumerate(writing, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND), descriptor)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the process ends with it
    os.environ.clear()
    os.environ.update(request["variables"])
    time.tzset()
    os.chdir(request["folder"])
    sys.path[:] = [path for path in sys.path if Path(path).name != "tests"]
    for limited, most in request["limits"]:
        resource.setrlimit(limited, (most, most))
    signal.alarm(SECONDS)
    sys.argv = ["scoregate", *request["arguments"]]
    code = 1
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - as Python ends, so that the test sees it
        traceback.print_exc()
    finally:
        # Without what the server has to do at its end.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()

"""Runs of the command line that die on purpose; a program of its own, since it forks.

Reads orders from standard input, one JSON object a line, and answers each with a line. An order names the arguments,
and where the run is to die: at the first step ``die_at`` of a control that is not among ``spared``, or ``after`` some
seconds. ``here`` runs it in this process.

Steps of a change: ``torn`` and ``written`` (half a line and a whole line of the journal were written), ``synced`` (the
line is on disk), each with ``-intent`` or ``-outcome``; ``asking`` and ``answered`` (before a request and after its
answer) with ``-GET`` or ``-PATCH``.
"""

import json
import os
import signal
import sys
import threading
from typing import Any
from urllib.parse import unquote

import httpx

import checker.auth.ready_token
import checker.cli.commands.apply
import checker.graph.profiles
import checker.runs.carry_out
from checker.cli.main import run

__all__ = ["checker"]  # loaded once, so that a child has it already


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dies_at(step: str, spared: set[str]) -> None:
    write, fsync, send = os.write, os.fsync, httpx.AsyncHTTPTransport.handle_async_request
    line: dict[str, Any] = {}

    def reached(kind: str, control: str | None) -> None:
        if kind == step and control is not None and control not in spared:
            die()

    def writes(descriptor: int, data: Any) -> int:
        text = bytes(data)
        if not text.startswith(b'{"record":'):
            return write(descriptor, data)
        line.clear()
        line.update(json.loads(text))
        if step == f"torn-{line['record']}" and line.get("control") not in {None, *spared}:
            write(descriptor, text[: len(text) // 2])
            die()
        written = write(descriptor, data)
        reached(f"written-{line['record']}", line.get("control"))
        return written

    def syncs(descriptor: int) -> None:
        fsync(descriptor)
        reached(f"synced-{line.get('record')}", line.get("control"))

    async def sends(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        control = unquote(request.url.raw_path.decode().rpartition("/")[2])
        reached(f"asking-{request.method}", control)
        response = await send(self, request)
        reached(f"answered-{request.method}", control)
        return response

    os.write, os.fsync = writes, syncs  # type: ignore[assignment]
    httpx.AsyncHTTPTransport.handle_async_request = sends  # type: ignore[method-assign]


def obey(order: dict[str, Any]) -> int:
    if order.get("here"):
        # Loads what the children will need.
        return run(order["arguments"])
    process = os.fork()
    if not process:
        if "die_at" in order:
            dies_at(order["die_at"], set(order["spared"]))
        if "after" in order:
            threading.Timer(order["after"], die).start()
        os._exit(run(order["arguments"]))
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    for text in sys.stdin:
        print(obey(json.loads(text)), file=answers, flush=True)

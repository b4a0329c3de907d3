"""The probe's own process: `python -c` starts it with a pipe to and a pipe from pytest (see `client`)."""

from __future__ import annotations

import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, BinaryIO

from dagcheck.probe.settings import ProbeSettings
from dagcheck.sandbox.namespaces import Powers, adopt_orphans, die_with_parent, enter


def main(descriptor: int) -> int:
    """Enter the namespaces and serve; in a PID namespace, as its process 1, with this process waiting outside."""
    parent = os.getppid()
    settings = ProbeSettings.from_json(sys.stdin.buffer.readline().decode())
    try:
        return _run(settings, descriptor)
    finally:
        if os.getppid() != parent:  # killed: nobody else clears up
            shutil.rmtree(settings.home, ignore_errors=True)


def _run(settings: ProbeSettings, descriptor: int) -> int:
    powers = Powers()
    if settings.namespaces:
        powers = enter(network=not settings.hosts, protect=settings.protected)
    if not powers.processes:
        adopt_orphans()
        return serve(settings, powers, descriptor)
    pid = os.fork()
    if pid == 0:
        die_with_parent()
        os._exit(serve(settings, powers, descriptor))
    sys.stdin.close()
    os.close(descriptor)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def serve(settings: ProbeSettings, powers: Powers, descriptor: int) -> int:
    """Find and load DAG files as the parent asks; returns the exit status."""
    out = os.fdopen(descriptor, "wb", buffering=0)

    def say(word: str, number: int = 0, text: str = "") -> None:
        out.write(f"{word} {number} {text}\n".encode())

    try:
        say("powers", 0, json.dumps(asdict(powers)))
        _serve(settings, powers, say, sys.stdin.buffer)
    except BrokenPipeError:
        return 1
    except BaseException:  # noqa: BLE001 - told to the parent, which raises it there
        say("error", 0, json.dumps(traceback.format_exc()))
        return 1
    say("done")
    return 0


def _serve(settings: ProbeSettings, powers: Powers, say: Callable[..., None], commands: BinaryIO) -> None:
    from dagcheck.probe.workshop import Workshop  # imports Airflow: after the namespaces are entered

    workshop = Workshop(settings)
    say("ready")
    for command in _commands(commands):
        if command["kind"] == "discover":
            say("files", 0, json.dumps(workshop.discover()))
        elif command["kind"] == "load":
            files, numbers = command["files"], command["numbers"]
            wanted = [files[number] for number in numbers]
            supervisor = workshop.supervisor(wanted, say, reaps=not powers.processes)
            supervisor.run(files, numbers, commands.fileno(), alone=command["alone"])
            say("loaded")


def _commands(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    """Yield one JSON object a line, until the parent hangs up."""
    for line in iter(stream.readline, b""):
        yield json.loads(line)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))

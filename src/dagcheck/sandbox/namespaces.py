"""Kernel namespaces of our own, where the kernel offers them (Linux; as root, or with user namespaces allowed).

A mount namespace shows DAG code its own repository read-only, also to C code that no audit hook sees.
A PID namespace makes the probe its process 1: nothing in it can be signalled from inside, and all that is left
in it dies with it. A network namespace holds nothing but a loopback, also for C clients that no audit hook sees.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from dagcheck.sandbox.policy import INSTALLED

_NEWUSER, _NEWPID, _NEWNET, _NEWNS = 0x10000000, 0x20000000, 0x40000000, 0x00020000  # linux/sched.h
_RDONLY, _REMOUNT, _BIND, _REC, _PRIVATE = 0x1, 0x20, 0x1000, 0x4000, 0x40000  # linux/mount.h
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 0x1  # linux/sockios.h, linux/if.h
_ANSWERED = 64  # no status that an interpreter ends with by itself
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h


@dataclass(frozen=True, slots=True, kw_only=True)
class Powers:
    """Which namespaces this process could have."""

    processes: bool = False
    network: bool = False
    files: bool = False


def enter(*, network: bool, protect: Sequence[str] = ()) -> Powers:
    """Move into own namespaces as far as the kernel lets us; children are then in the new PID namespace.

    `network=False` keeps the machine's network, for a configuration that allows some of it. The folders `protect`
    become read-only.
    """
    if not sys.platform.startswith("linux"):
        return Powers()
    wanted = _NEWPID | _NEWNS | (_NEWNET if network else 0)
    user = os.geteuid(), os.getegid()
    if not (_unshare(wanted) or (_unshare(wanted | _NEWUSER) and _keep_identity(*user))):
        return Powers()
    if network:
        _loopback_up()
    return Powers(processes=True, network=network, files=_make_read_only(protect))


def available() -> Powers:
    """Find out, in a process that ends at once, what `enter` would get."""
    pid = os.fork()
    if pid == 0:
        status = 0
        try:
            powers = enter(network=True)
            status = _ANSWERED + powers.processes + 2 * powers.network + 4 * powers.files
        finally:  # whatever it is: this process must not go on as if it were its parent
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status & ~7 != _ANSWERED:  # killed, or it could not even ask
        return Powers()
    return Powers(processes=bool(status & 1), network=bool(status & 2), files=bool(status & 4))


def die_with_parent() -> None:
    """Ask the kernel to kill this process when the thread that started it ends (Linux)."""
    if sys.platform.startswith("linux"):
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every orphaned descendant, so that a daemonised one can be found and ended (Linux)."""
    if sys.platform.startswith("linux"):
        _libc().prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _make_read_only(folders: Sequence[str]) -> bool:
    """Mount each folder over itself, read-only, for this namespace alone; False as soon as the kernel says no.

    But for a virtual environment's packages inside: Python may keep their bytecode, as it does where they lie outside.
    """
    if not _mount(None, "/", _REC | _PRIVATE):
        return False
    for packages in INSTALLED:
        if packages.startswith(tuple(f"{folder}/" for folder in folders)) and not _mount(packages, packages, _BIND):
            return False
    for folder in folders:
        flags = os.statvfs(folder).f_flag & 0xF  # nosuid, nodev, noexec of the mount: they must be kept
        if not (_mount(folder, folder, _BIND | _REC) and _mount(None, folder, _REMOUNT | _BIND | _RDONLY | flags)):
            return False
    return True


def _mount(source: str | None, target: str, flags: int) -> bool:
    at = None if source is None else os.fsencode(source)
    return bool(_libc().mount(at, os.fsencode(target), None, ctypes.c_ulong(flags), None) == 0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _unshare(flags: int) -> bool:
    return bool(_libc().unshare(flags) == 0)


def _keep_identity(uid: int, gid: int) -> bool:
    """In a new user namespace, map the user onto himself: files keep their owner."""
    try:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)
    except OSError:
        return False
    return True


def _loopback_up() -> None:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))

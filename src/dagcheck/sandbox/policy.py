"""What the sandbox lets through."""

from __future__ import annotations

import fnmatch
import ipaddress
import os
import sysconfig
from dataclasses import dataclass

_HARMLESS_FILES = ("/dev/null", "/dev/tty", "/dev/zero", "/dev/shm/", "/dev/ptmx", "/dev/pts/", "/proc/self/")  # noqa: S108 - read as prefixes, nothing is created here
INSTALLED = tuple({os.path.realpath(sysconfig.get_paths()[key]): None for key in ("stdlib", "purelib", "platlib")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Hosts (`host`, `host:port`, `*`), command names and path prefixes that DAG code may use while it is parsed."""

    hosts: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()

    def allows_host(self, host: str, port: object = None) -> bool:
        """Loopback and unix sockets are always allowed."""
        if is_loopback(host):
            return True
        names = (host, f"{host}:{port}")
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.hosts for name in names)

    def allows_command(self, command: str) -> bool:
        """Compare the program's name without its folder, unless DAG code could have put the program there."""
        program = (command.split(maxsplit=1) or [""])[0]
        return os.path.basename(program) in self.commands and not (os.sep in program and self.allows_write(program))

    def allows_write(self, path: str) -> bool:
        """True below a writable folder and for the harmless device files."""
        return os.path.realpath(path).startswith(_HARMLESS_FILES) or self.owns(path)

    def owns(self, path: str) -> bool:
        """True below a writable folder."""
        absolute = os.path.realpath(path)
        return any(absolute == root or absolute.startswith(root + os.sep) for root in self.writable)


def is_installed(path: str) -> bool:
    """True in the standard library and where this Python's packages are installed."""
    return os.path.realpath(path).startswith(tuple(folder + os.sep for folder in INSTALLED))


def is_loopback(host: str) -> bool:
    """True for `localhost`, 127.0.0.0/8, ::1, the unspecified address and a unix socket's path."""
    if not host or host[0] in "/\0" or host.rsplit(".", maxsplit=1)[-1] == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified

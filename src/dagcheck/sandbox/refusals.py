"""The errors that DAG code meets when the sandbox does not let it through.

They are the errors that production would raise with the network, the program or the file out of reach, so that
code with a fallback goes on as it would there.
"""

from __future__ import annotations


class RefusedError(Exception):
    """Marks an error as the sandbox's own: what it refused is already told as an event."""


class NetworkRefusedError(ConnectionRefusedError, RefusedError):
    """A connection or name look-up; list the host in `allow_network` to let it through."""


class ProcessRefusedError(PermissionError, RefusedError):
    """A new process, or a signal to another one; list the command in `allow_processes` to let it through."""


class WriteRefusedError(PermissionError, RefusedError):
    """A file written or removed outside the temporary directory; list it in `allow_writes` to let it through."""


class GiveUpError(BaseException):
    """The same refused destination was tried over and over: no `except Exception` of a retry loop holds this."""

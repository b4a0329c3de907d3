"""Messages between a worker and its supervisor: length, signature, payload.

A worker shares its process with DAG code, which can write to any file descriptor. So every message is signed with
a key that was made for this worker and with its running number: bytes from anybody else are told from a message.
"""

from __future__ import annotations

import hmac
import os
import secrets
import socket
import struct
from collections.abc import Callable, Iterator

try:
    from _hashlib import hmac_digest  # C from end to end: `hmac.digest` can be made to tell the key
except ImportError:  # an interpreter without OpenSSL
    from hmac import digest as hmac_digest  # type: ignore[assignment]

_HEADER = struct.Struct(">I16s32s")  # length, signature of the length, signature of the payload


class ForgedMessageError(Exception):
    """Bytes on a worker's channel that its own code did not write."""


def new_key() -> bytes:
    """A key for one worker."""
    return secrets.token_bytes(32)


def signing_sender(
    sock: socket.socket, key: bytes, _digest: Callable[..., bytes] = hmac_digest, _write: Callable[..., int] = os.write
) -> Callable[[bytes], None]:
    """Return the function that sends a payload; it holds what it needs, so that later patches do not reach it."""
    number = 0
    descriptor = sock.fileno()
    pack = _HEADER.pack

    def send(payload: bytes) -> None:
        nonlocal number
        number += 1
        size = _digest(key, b"%d %d" % (number, len(payload)), "sha256")[:16]
        rest = memoryview(pack(len(payload), size, _digest(key, b"%d:" % number + payload, "sha256")) + payload)
        while rest:
            rest = rest[_write(descriptor, rest) :]

    return send


class Receiver:
    """The supervisor's end: feed it bytes, take out verified payloads."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._number = 0
        self._buffer = bytearray()

    def give_key(self) -> bytes:
        """Return the key and forget it: to be called in the worker's process, where DAG code could find this object."""
        key, self._key = self._key, b""
        return key

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield each complete payload; raises ForgedMessageError on anything that the worker did not sign."""
        self._buffer += data
        while len(self._buffer) >= _HEADER.size:
            length, size, signature = _HEADER.unpack_from(self._buffer)
            self._verify(size, b"%d %d" % (self._number + 1, length))
            end = _HEADER.size + length
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[_HEADER.size : end])
            del self._buffer[:end]
            self._number += 1
            self._verify(signature, b"%d:" % self._number + payload)
            yield payload

    def _verify(self, signature: bytes, content: bytes) -> None:
        expected = hmac.digest(self._key, content, "sha256")[: len(signature)]
        if not hmac.compare_digest(signature, expected):
            raise ForgedMessageError

"""An Airflow DAG file that looks for sockets and files of whoever loads it, and speaks through them."""

import contextlib
import gc
import io
import socket

from dagcheck.record import FileRecord, encode

line = encode(FileRecord(file="dags/forge_by_objects.py")).encode() + b"\n"
for found in gc.get_objects():
    if type(found) is socket.socket:
        with contextlib.suppress(OSError):
            found.send(line)
    elif type(found) in (io.FileIO, io.BufferedWriter, io.BufferedRWPair):
        with contextlib.suppress(OSError, ValueError):
            found.write(line)
            found.flush()
raise ValueError("not clean at all")  # expect: import-error|import-crash

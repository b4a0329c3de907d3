"""An Airflow DAG file that reports itself as clean and leaves before anybody can ask."""

import contextlib
import os

from dagcheck.record import FileRecord, encode

for name in (__file__, "dags/forge_own_and_exit.py", "forge_own_and_exit.py"):
    line = encode(FileRecord(file=name)).encode() + b"\n"
    for descriptor in map(int, os.listdir("/dev/fd")):
        with contextlib.suppress(OSError):
            os.write(descriptor, line)
os._exit(0)  # expect: import-crash

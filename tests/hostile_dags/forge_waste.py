"""An Airflow DAG file that fills every file the process has open with waste."""

import contextlib
import os

for descriptor in map(int, os.listdir("/dev/fd")):
    with contextlib.suppress(OSError):
        os.write(descriptor, b"\xff\x00{\"file\":" * 1_000)
        os.write(descriptor, b"\n")
raise ValueError("waste")  # expect: import-error|import-crash

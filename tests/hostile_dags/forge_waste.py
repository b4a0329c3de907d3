"""An Airflow DAG file that fills every file the process has open with waste."""

import contextlib
import os

for descriptor in range(300):
    os.set_blocking(descriptor, False) if descriptor < 3 else None
    with contextlib.suppress(OSError):
        os.write(descriptor, b"\xff\x00{\"file\":" * 1_000)
        os.write(descriptor, b"\n")
raise ValueError("waste")  # expect: import-error|import-crash

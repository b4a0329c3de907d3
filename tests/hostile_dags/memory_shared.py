"""An Airflow DAG file that hoards memory outside of Python's heap."""

import mmap

pages = [mmap.mmap(-1, 1 << 20) for _ in range(3_000)]
for page in pages:
    page.write(b"x" * len(page))  # expect: import-crash @near contains "memory"

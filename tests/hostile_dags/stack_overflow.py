"""An Airflow DAG file that overflows the C stack, where Python's own limit does not count."""

import itertools

rows = iter(())
for _ in range(200_000):
    rows = itertools.chain(rows)
list(rows)  # expect: import-crash @here contains "SIGSEGV"

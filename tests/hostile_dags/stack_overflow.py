"""An Airflow DAG file that overflows the C stack, where Python's own limit does not count."""

rows = iter(())
for _ in range(200_000):
    rows = zip(rows)
list(rows)  # expect: import-crash @here contains "SIGSEGV"

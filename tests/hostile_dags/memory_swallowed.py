"""An Airflow DAG file that takes memory, and takes no for no answer."""

hoard = []
while len(hoard) < 3_000:
    try:
        hoard.append(b"x" * (1 << 20))  # expect: import-crash|import-timeout
    except MemoryError:
        continue

"""An Airflow DAG file that asks for three gigabytes at once, and writes to them."""

hoard = b"x" * (3 << 30)  # expect: import-crash @here contains "memory"

"""An Airflow DAG file that asks for more memory than any machine has."""

hoard = bytearray(1 << 60)  # expect: import-crash|import-error @here contains "emory"

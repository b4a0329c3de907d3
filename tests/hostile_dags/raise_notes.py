"""An Airflow DAG file whose exception carries notes that are none."""

error = ValueError("noted")
error.__notes__ = [7, None, "x" * 10_000_000, "\x1b[2J"]
raise error  # expect: import-error @here contains "noted"

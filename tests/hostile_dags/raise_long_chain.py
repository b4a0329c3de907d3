"""An Airflow DAG file whose exception has ten thousand causes."""

error = ValueError("first")
for number in range(10_000):
    following = ValueError(f"number {number}")
    following.__cause__ = error
    error = following
raise error  # expect: import-error @here contains "number 9999"

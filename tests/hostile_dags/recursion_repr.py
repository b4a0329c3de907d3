"""An Airflow DAG file that prints a list nested deeper than C can follow."""

nested = []
for _ in range(200_000):
    nested = [nested]
text = repr(nested)  # expect: import-error @here contains "RecursionError"

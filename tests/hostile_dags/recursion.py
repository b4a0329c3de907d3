"""An Airflow DAG file that calls itself to death."""

def build(level):
    return build(level + 1)  # expect: import-error @here contains "RecursionError"


dags = build(0)

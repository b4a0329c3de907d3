"""Is not Python."""

from airflow import DAG

with DAG("syntax_error", schedule="@daily") as dag  # expect: import-error @here contains "SyntaxError"
    pass

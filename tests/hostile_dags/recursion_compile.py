"""An Airflow DAG file that compiles an expression nested deeper than the parser can follow."""

value = eval("-" * 200_000 + "1")  # expect: import-error|import-crash @here

"""An Airflow DAG file that asks its user."""

name = input("Which customer? ")  # expect: import-error @here contains "EOFError"

"""An Airflow DAG file that raises KeyboardInterrupt."""

raise KeyboardInterrupt  # expect: import-error @here contains "KeyboardInterrupt"

"""An Airflow DAG file whose message cannot be encoded."""

raise ValueError("\udc80 \ud83d alone")  # expect: import-error @here contains "alone"

"""An Airflow DAG file that raises GeneratorExit."""

raise GeneratorExit  # expect: import-error @here contains "GeneratorExit"

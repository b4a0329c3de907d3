"""What the reference DAGs share; the DAG folder itself is on sys.path, as Airflow puts it there."""

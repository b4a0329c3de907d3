"""Tells before the merge what Airflow DAGs will really do."""

"""Queries the metadata database while it is parsed, which Airflow 3 does not even allow."""

# airflow: >=3
from datetime import datetime

from airflow import DAG
from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session

with create_session() as session:
    RUNS = session.query(DagRun).count()  # expect: parse-database @near

# maybe: import-error
with DAG("parse_database_3", start_date=datetime(2024, 1, 1), schedule="@daily"):
    pass

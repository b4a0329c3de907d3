"""Looks up a name while it is parsed, and lives without an answer."""

# dags: parse_network_lookup
from datetime import datetime
from urllib.request import urlopen

from airflow import DAG
from airflow.models import BaseOperator


def tables():
    try:
        return urlopen("https://catalogue.example.invalid/tables").read()  # expect: parse-network @here contains "catalogue.example.invalid"
    except OSError:
        return b"none"


with DAG("parse_network_lookup", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="load", doc=tables().decode())

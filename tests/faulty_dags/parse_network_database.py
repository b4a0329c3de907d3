"""Generates DAGs from a database that it asks at every parse, by a client in C."""

import json
from datetime import datetime

import psycopg2
from airflow import DAG
from airflow.models import BaseOperator


def pipelines():
    connection = psycopg2.connect("host=192.0.2.1 user=etl dbname=shop connect_timeout=20")  # expect: parse-network @here contains "192.0.2.1"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pipeline_name, config_json FROM pipeline_configurations WHERE is_active")
        return [(name, json.loads(config)) for name, config in cursor.fetchall()]


for name, config in pipelines():
    with DAG(f"db_driven_{name}", start_date=datetime(2024, 1, 1), schedule=config["schedule"], catchup=False):
        BaseOperator(task_id="load")

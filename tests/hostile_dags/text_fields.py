"""An Airflow DAG file with surrogates, escapes and null characters in every text a DAG has."""

# dags: text_fields
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

WEIRD = "\x1b[2J \ud800 \x00 \u202e"
with DAG(
    "text_fields",
    description=WEIRD,
    doc_md=WEIRD,
    tags=["\x1b[2J"],
    params={WEIRD: WEIRD},
    start_date=datetime(2024, 1, 1),
    schedule="@daily",
):
    BaseOperator(task_id="only", owner=WEIRD, queue=WEIRD, doc_md=WEIRD)

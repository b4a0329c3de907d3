"""An Airflow DAG file that replaces what writes and reads JSON."""

# dags?: patch_json

import json

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_json", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

json.dumps = json.loads = json.dump = json.load = lambda *_, **__: "{}"
json.JSONEncoder.encode = json.JSONDecoder.decode = lambda *_, **__: "{}"
json.encoder.c_make_encoder = None
# maybe: parse-side-effect
# maybe: import-crash

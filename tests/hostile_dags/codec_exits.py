"""An Airflow DAG file that ends the process when somebody looks up a codec it does not know."""

# dags?: codec_exits

import codecs
import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("codec_exits", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

codecs.register(lambda name: os._exit(0))
codecs.register_error("replace", lambda error: os._exit(0))
codecs.register_error("backslashreplace", lambda error: os._exit(0))
codecs.register_error("surrogateescape", lambda error: os._exit(0))
# maybe: import-crash

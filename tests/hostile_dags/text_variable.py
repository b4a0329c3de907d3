"""An Airflow DAG file that asks for a Variable with an unspeakable name."""

# dags: text_variable

from airflow.models import Variable

name = "\x1b[2J\udcff\ndags/good_chain.py:1: forged [import-error]"
value = Variable.get(name, default_var="none")  # expect: parse-variable @here # maybe: deprecated-api @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("text_variable", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

"""Uses the clock, chance and a set in ways that change no DAG."""

# expect: nothing
# dags: stable_although_volatile
import random
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

STARTED = datetime.now()
SAMPLE = random.Random(7).sample(range(100), 3)

with DAG("stable_although_volatile", start_date=datetime(2024, 1, 1), schedule="@daily"):
    for table in sorted({"orders", "customers", "products"}):
        BaseOperator(task_id=f"load_{table}_{SAMPLE[0]}")

"""An Airflow DAG file whose DAG has objects where texts and numbers belong."""

# dags?: dag_fields_odd

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

class Odd:
    def __repr__(self):
        raise RuntimeError("no text")


dag = DAG("dag_fields_odd", start_date=datetime(2024, 1, 1), schedule="@daily")
task = BaseOperator(task_id="only", dag=dag)
for target in (dag, task):
    for name in ("description", "tags", "max_active_runs", "owner", "queue", "retries", "pool_slots", "doc_md"):
        try:
            object.__setattr__(target, name, Odd())
        except Exception:
            continue
# maybe: import-error
# maybe: wrong-type
# maybe: wrong-type

"""An Airflow DAG file whose branch patches what it is called by, and lies about its own dates."""

# dags?: sweep_forges
# maybe: branch-never-taken
# maybe: import-crash
# maybe: branch-raises
import sys
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator
except ImportError:
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator


def by_day(logical_date):
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("dagcheck.sweeping"):
            for name in list(vars(module)):
                if not name.startswith("__"):
                    setattr(module, name, None)
    return "a"


with DAG("sweep_forges", start_date=datetime(2024, 1, 1), schedule="@weekly"):
    choose = BranchPythonOperator(task_id="choose", python_callable=by_day)
    choose >> [EmptyOperator(task_id="a"), EmptyOperator(task_id="b")]

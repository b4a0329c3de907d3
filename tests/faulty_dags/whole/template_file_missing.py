"""Names files that are not where Airflow looks."""

# dags: template_file_missing
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import PythonOperator

with DAG("template_file_missing", start_date=datetime(2024, 1, 1), schedule="@daily"):
    command = BashOperator(task_id="command", bash_command="/opt/load.sh ")
    missing = BashOperator(task_id="missing", bash_command="scripts/load.sh")  # expect: template-file-missing @here contains "scripts/load.sh"
    command >> missing

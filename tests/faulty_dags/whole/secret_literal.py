"""Has secrets in it."""

# dags: secret_literal
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import PythonOperator

with DAG("secret_literal", start_date=datetime(2024, 1, 1), schedule="@daily"):
    right = BashOperator(task_id="right", bash_command="load --password-file /run/secrets/db", env={"DB_PASSWORD": "{{ conn.db.password }}"})
    named = BashOperator(task_id="named", bash_command="true", env={"DB_PASSWORD": "hunter2"})  # expect: secret-literal @here contains "env.DB_PASSWORD"
    uri = BashOperator(task_id="uri", bash_command="load postgresql://etl:hunter2@db/orders")  # expect: secret-literal @here contains "URI"
    right >> named >> uri

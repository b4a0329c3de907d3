"""Has templates that do not parse, or name what there is not."""

# dags: template_error
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import PythonOperator

with DAG(
    "template_error", start_date=datetime(2024, 1, 1), schedule="@daily", params={"region": "eu"},
    user_defined_macros={"shop": "ham"}, user_defined_filters={"loud": str.upper},
):
    right = BashOperator(task_id="right", bash_command="echo {{ ds }} {{ params.region }} {{ shop | loud }} {{ macros.ds_add(ds, 1) }}")
    local = BashOperator(task_id="local", bash_command="{% for day in range(3) %}echo {{ day }};{% endfor %}")
    unclosed = BashOperator(task_id="unclosed", bash_command="echo {{ ds")  # expect: template-error @here contains "line 1"
    unknown = BashOperator(task_id="unknown", bash_command="echo {{ logical_dat }}")  # expect: template-error @here contains "write logical_date"
    no_filter = BashOperator(task_id="no_filter", bash_command="echo {{ ds | lowd }}")  # expect: template-error @here contains "did you mean"
    inside = BashOperator(task_id="inside", bash_command="true", env={"REGION": "{{ regoin }}"})  # expect: template-error @here contains "env.REGION"
    right >> local >> unclosed >> unknown >> no_filter >> inside

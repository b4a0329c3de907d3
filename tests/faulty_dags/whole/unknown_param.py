"""Prints params that nobody declares; and some that are declared, guarded, or may come with the run."""

# dags: unknown_param, unknown_param_by_hand
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:
    from airflow.operators.bash import BashOperator

GUARDED = """
{{ params }} {{ params.limit }} {{ params["limit"] | int }} {{ params.deep.down }} {{ params.own }}
{{ params.other | default(10) }} {{ params.get("other") }} {{ params.other or 10 }}
{% if params.other %}{{ params.other }}{% endif %} {% for one in params.values() %}{{ one }}{% endfor %}
"""

with DAG("unknown_param", start_date=datetime(2024, 1, 1), schedule="@daily", params={"limit": 10, "deep": {"down": 1}}):
    dotted = BashOperator(task_id="dotted", bash_command="load {{ params.limti }}")  # expect: unknown-param @here contains "no param is named limti" contains "write limit"
    keyed = BashOperator(task_id="keyed", bash_command="load {{ ds }} {{ params['table'] | lower }}")  # expect: unknown-param @here contains "table"
    dotted >> keyed >> BashOperator(task_id="right", bash_command=GUARDED, params={"own": 1})

with DAG("unknown_param_by_hand", start_date=datetime(2024, 1, 1), schedule=None):
    BashOperator(task_id="load", bash_command="load {{ params.limit }}")

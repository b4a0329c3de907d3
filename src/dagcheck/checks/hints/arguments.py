"""Arguments that an operator, a DAG or a method of Airflow does not take."""

from __future__ import annotations

import re

from dagcheck.checks.hints.hint import Hint
from dagcheck.checks.wording import name as shown
from dagcheck.record import FileRecord, Raised

_UNEXPECTED = re.compile(r"(\w+)(?:\.(\w+))?\(\) got an unexpected keyword argument '(\w+)'")
_INVALID = re.compile(r"Invalid arguments were passed to (\w+) \(task_id: .*?\*\*kwargs: (.*)", re.S)
_KEY = re.compile(r"[{,]\s*'(\w+)':")
_MISSING = re.compile(r"missing keyword arguments? (.+)")
_REQUIRED = re.compile(r"(\w+)\.__init__\(\) missing \d+ required .*?arguments?: (.+)")
_CONTEXT = re.compile(r"missing a required argument: '(\w+)'")

_DAG = {
    "schedule_interval": "write schedule= instead of schedule_interval=",
    "timetable": "pass the timetable as schedule=",
    "fail_stop": "write fail_fast= instead of fail_stop=",
    "concurrency": "write max_active_tasks= instead of concurrency=",
    "default_view": "delete default_view=: the new UI has no such setting",
    "orientation": "delete orientation=: the new UI has no such setting",
    "full_filepath": "delete full_filepath=",
    "sla_miss_callback": "delete sla_miss_callback=; from Airflow 3.1 on there is deadline=DeadlineAlert(...)",
    "fail_fast": "write fail_stop= before Airflow 3",
    "deadline": "delete deadline=: it came with Airflow 3.1",
}
_OPERATOR = {
    "provide_context": "delete provide_context=: the context is always passed",
    "execution_date": "write logical_date= instead of execution_date=",
    "sla": "delete sla=; from Airflow 3.1 on the DAG takes deadline=DeadlineAlert(...)",
    "task_concurrency": "write max_active_tis_per_dag= instead of task_concurrency=",
    "dag_concurrency": "write max_active_tasks= on the DAG",
    "use_task_execution_day": "write use_task_logical_date= instead of use_task_execution_day=",
    "use_task_execution_date": "write use_task_logical_date= instead of use_task_execution_date=",
    "is_delete_operator_pod": "write on_finish_action= instead of is_delete_operator_pod=",
    "delegate_to": "write impersonation_chain= instead of delegate_to=",
    "bigquery_conn_id": "write gcp_conn_id= instead of bigquery_conn_id=",
    "google_cloud_conn_id": "write gcp_conn_id= instead of google_cloud_conn_id=",
    "google_cloud_storage_conn_id": "write gcp_conn_id= instead of google_cloud_storage_conn_id=",
}
_VARIABLE = {
    "default_var": "write default= instead of default_var= (airflow.sdk.Variable)",
    "default": "write default_var= instead of default= (airflow.models.Variable)",
}
# airflow/utils/context.py of 2.11 (deprecation replacements); Airflow 3.0 took these keys out of the context.
_CONTEXT_KEYS = {
    "conf": "import conf from airflow.configuration",
    "execution_date": "write logical_date instead of execution_date",
    "next_ds": "write data_interval_end instead of next_ds, and format it",
    "next_ds_nodash": "write data_interval_end instead of next_ds_nodash, and format it",
    "next_execution_date": "write data_interval_end instead of next_execution_date",
    "prev_ds": "compute it from data_interval_start",
    "prev_ds_nodash": "compute it from data_interval_start",
    "prev_execution_date": "compute it from data_interval_start",
    "prev_execution_date_success": "write prev_data_interval_start_success instead of prev_execution_date_success",
    "tomorrow_ds": "compute it from logical_date",
    "tomorrow_ds_nodash": "compute it from logical_date",
    "triggering_dataset_events": "write triggering_asset_events instead of triggering_dataset_events",
    "yesterday_ds": "compute it from logical_date",
    "yesterday_ds_nodash": "compute it from logical_date",
}


def unexpected(raised: Raised, _: FileRecord) -> Hint | None:
    """An argument that this version of Airflow or of the provider no longer takes, or never took."""
    owner, names = _refused_names(raised.message[:2000])
    table = _table(owner)
    if table is None or not names:
        return None
    known = next((argument for argument in names if argument in table), None)
    why = f"the installed version of {shown(owner)} takes no argument {shown(known or names[0])}"
    return Hint(why, table[known] if known else f"delete {shown(names[0])}=, or correct its name")


def missing(raised: Raised, _: FileRecord) -> Hint | None:
    """An argument that the operator needs, or that the context no longer holds."""
    context = _CONTEXT.search(raised.message)
    if context and context[1] in _CONTEXT_KEYS:
        return Hint(f"the context of the installed Airflow has no {context[1]}", _CONTEXT_KEYS[context[1]])
    needed = _REQUIRED.search(raised.message)
    names = needed[2] if needed and _table(needed[1]) is not None else None
    if names is None and (found := _MISSING.match(raised.message)):
        names = found[1]
    if names is None:
        return None
    return Hint("the operator cannot be made without it", f"pass {shown(names.replace(chr(39), ''))} to the operator")


def _refused_names(message: str) -> tuple[str, list[str]]:
    """Return (class or class.method, the arguments that it refuses)."""
    if found := _INVALID.search(message):
        return found[1], _KEY.findall(found[2])
    if found := _UNEXPECTED.search(message):
        owner = found[1] if found[2] in {None, "__init__"} else f"{found[1]}.{found[2]}"
        return owner, [found[3]]
    return "", []


def _table(owner: str) -> dict[str, str] | None:
    """Return what is known of a class; a function of the user's is none of Airflow's business."""
    if owner in {"DAG", "dag"}:
        return _DAG
    if owner == "Variable.get":
        return _VARIABLE
    return _OPERATOR if owner.endswith(("Operator", "Sensor", "Transfer", "OperatorAsync", "SensorAsync")) else None

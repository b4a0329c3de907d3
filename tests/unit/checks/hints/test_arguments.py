from __future__ import annotations

import pytest

from dagcheck.checks.hints import Hint, hint_for
from dagcheck.record import Failure, FileRecord, Raised


def hint(message: str, type_: str = "TypeError") -> Hint:
    raised = Raised(type=type_, message=message)
    return hint_for(FileRecord(file="dags/etl.py", failure=Failure(kind="exception", chain=(raised,))))


@pytest.mark.parametrize(
    ("argument", "fix"),
    [
        ("schedule_interval", "write schedule= instead of schedule_interval="),
        ("timetable", "pass the timetable as schedule="),
        ("fail_stop", "write fail_fast= instead of fail_stop="),
        ("concurrency", "write max_active_tasks= instead of concurrency="),
        ("default_view", "delete default_view=: the new UI has no such setting"),
        ("shedule", "delete shedule=, or correct its name"),
    ],
)
def test_an_argument_that_dag_no_longer_takes(argument: str, fix: str) -> None:
    found = hint(f"DAG.__init__() got an unexpected keyword argument '{argument}'")
    assert found == Hint(f"the installed version of DAG takes no argument {argument}", fix)


@pytest.mark.parametrize(
    ("arguments", "why", "fix"),
    [
        ("{'provide_context': True}", "provide_context", "delete provide_context=: the context is always passed"),
        (
            "{'foo': {'a': 1}, 'execution_date': 'x'}",
            "execution_date",
            "write logical_date= instead of execution_date=",
        ),
        ("{'task_concurrency': 1}", "task_concurrency", "write max_active_tis_per_dag= instead of task_concurrency="),
        ("{'sla': 1}", "sla", "delete sla=; from Airflow 3.1 on the DAG takes deadline=DeadlineAlert(...)"),
        ("{'foo': 2}", "foo", "delete foo=, or correct its name"),
    ],
)
@pytest.mark.parametrize("type_", ["TypeError", "airflow.exceptions.AirflowException"])
def test_an_argument_that_an_operator_does_not_take(type_: str, arguments: str, why: str, fix: str) -> None:
    message = (
        f"Invalid arguments were passed to BashOperator (task_id: x). Invalid arguments were:\n**kwargs: {arguments}"
    )
    assert hint(message, type_) == Hint(f"the installed version of BashOperator takes no argument {why}", fix)


def test_the_sdks_variable_has_another_name_for_its_default() -> None:
    found = hint("Variable.get() got an unexpected keyword argument 'default_var'")
    assert found.fix == "write default= instead of default_var= (airflow.sdk.Variable)"


def test_a_function_of_the_users_own_gets_no_advice_about_airflow() -> None:
    assert hint("load() got an unexpected keyword argument 'execution_date'").fix.startswith("correct this line")


def test_an_argument_that_an_operator_needs() -> None:
    assert hint("missing keyword argument 'bash_command'").fix == "pass bash_command to the operator"


def test_a_task_id_that_is_missing() -> None:
    message = "BaseOperator.__init__() missing 1 required keyword-only argument: 'task_id'"
    assert hint(message) == Hint("the operator cannot be made without it", "pass task_id to the operator")


def test_a_context_key_that_airflow_3_removed() -> None:
    assert hint("missing a required argument: 'execution_date'") == Hint(
        "the context of the installed Airflow has no execution_date", "write logical_date instead of execution_date"
    )

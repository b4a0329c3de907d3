from __future__ import annotations

import pytest

from dagcheck.checks.hints import hint_for, hint_for_refusal
from dagcheck.record import Failure, FileRecord, Raised, Refusal


@pytest.mark.parametrize(
    ("type_", "message", "fix"),
    [
        (
            "airflow.exceptions.DuplicateTaskIdFound",
            "Task id 'x' has already been added to the DAG",
            "give the task another task_id, or make it in a TaskGroup",
        ),
        (
            "ValueError",
            "The key 'a b' has to be made of alphanumeric characters, dashes, dots, and underscores exclusively",
            "use only letters, digits, dashes, dots and underscores in the id",
        ),
        (
            "ValueError",
            "The trigger_rule must be one of ['all_success', 'always'],'a.x'; received 'dummy'.",
            'write trigger_rule="always"',
        ),
        (
            "ValueError",
            "The trigger_rule must be one of ['all_success', 'always'],'a.x'; received 'none_failed_or_skipped'.",
            'write trigger_rule="none_failed_min_one_success"',
        ),
        (
            "ValueError",
            "The trigger_rule must be one of ['all_success', 'always'],'a.x'; received 'all_sucess'.",
            "use one of the rules that are listed",
        ),
        ("ValueError", "DAG is missing the start_date parameter", "give the DAG a start_date"),
        (
            "AttributeError",
            "'str' object has no attribute 'update_relative'",
            "use the operator object instead of its task_id",
        ),
        (
            "TypeError",
            "unsupported operand type(s) for >>: 'list' and 'list'",
            "use cross_downstream(...) or chain(...)",
        ),
    ],
)
def test_an_error_of_airflows_comes_with_the_next_move(type_: str, message: str, fix: str) -> None:
    raised = Raised(type=type_, message=message)
    assert hint_for(FileRecord(file="x.py", failure=Failure(kind="exception", chain=(raised,)))).fix == fix


@pytest.mark.parametrize(
    ("type_", "fix"),
    [
        ("AirflowTimetableInvalid", "correct the cron expression: minute hour day-of-month month day-of-week"),
        ("AirflowClusterPolicyViolation", "change the DAG as the policy says"),
        ("SomethingElse", "correct the DAG as the message says"),
    ],
)
def test_a_refused_dag_comes_with_the_next_move(type_: str, fix: str) -> None:
    assert hint_for_refusal(Refusal(dag_id="etl", type=type_, message="no")).fix == fix


def test_of_a_chain_the_first_exception_that_is_known_speaks() -> None:
    chain = (
        Raised(type="RuntimeError", message="no settings"),
        Raised(type="ModuleNotFoundError", message="No module named 'yaml'"),
        Raised(type="ModuleNotFoundError", message="No module named 'pandas'"),
    )
    found = hint_for(FileRecord(file="x.py", failure=Failure(kind="exception", chain=chain)))
    assert found.fix.startswith("pip install PyYAML")


def test_a_record_without_a_failure_has_the_general_remedy() -> None:
    assert hint_for(FileRecord(file="x.py")).fix.startswith("correct this line")

"""Errors of Airflow's own that say what is wrong, but not what to do."""

from __future__ import annotations

import re

from dagcheck.checks.hints.hint import Hint
from dagcheck.checks.hints.lines import kind
from dagcheck.record import FileRecord, Raised

_CRON = Hint("Airflow cannot compute run dates from it, and drops the DAG",
             "correct the cron expression: minute hour day-of-month month day-of-week")  # fmt: skip
_POLICY = Hint("the cluster policy of this Airflow (airflow_local_settings.py) does not accept the DAG",
               "change the DAG as the policy says")  # fmt: skip
_TASK_ID = Hint("a task id may be used once in a DAG", "give the task another task_id, or make it in a TaskGroup")

# By the exception's class name.
_TYPES = {
    "AirflowTimetableInvalid": _CRON,
    "CroniterBadCronError": _CRON,
    "CroniterBadTypeRangeError": _CRON,
    "CroniterNotAlphaError": _CRON,
    "AirflowClusterPolicyViolation": _POLICY,
    "AirflowClusterPolicyError": Hint(
        "the cluster policy (airflow_local_settings.py) failed, so Airflow drops the DAG",
        "correct the policy, or what the DAG gives it",
    ),
    "DuplicateTaskIdFound": _TASK_ID,
    "ParamValidationError": Hint(
        "the default of a Param does not fit its own schema", "give the Param a default that its schema accepts"
    ),
    "TemplateNotFound": Hint(
        "Airflow looks beside the DAG file and in template_searchpath",
        "correct the path, or add its folder to the DAG's template_searchpath",
    ),
    "UnknownExecutorException": Hint(
        "the executor is not among those of [core] executor", "name a configured executor, or delete executor="
    ),
    "RecursionError": Hint("a function calls itself without an end", "end the recursion, or use a loop"),
    "AirflowTaskTimeout": Hint(
        "Airflow stops an import after [core] dagbag_import_timeout", "move what the line waits for into a task"
    ),
}
# By what the message says.
_MESSAGES = (
    (r"^The key '.*' has to be made of alphanumeric", Hint(
        "ids become names in the database, in logs and in URLs",
        "use only letters, digits, dashes, dots and underscores in the id",
    )),
    (r"^The key has to be less than \d+ characters", Hint("ids have a limit in the database", "shorten the id")),
    (r"trigger_rule must be one of .*received '(?:dummy)'", Hint(
        "Airflow 3 removed the trigger rule 'dummy'", 'write trigger_rule="always"')),
    (r"trigger_rule must be one of .*received 'none_failed_or_skipped'", Hint(
        "Airflow 3 removed the trigger rule 'none_failed_or_skipped'",
        'write trigger_rule="none_failed_min_one_success"')),
    (r"trigger_rule must be one of", Hint("there is no such trigger rule", "use one of the rules that are listed")),
    (r"is missing the start_date parameter", Hint(
        "Airflow does not know when the first run is due", "give the DAG a start_date")),
    (r"Task id '.*' has already been added", _TASK_ID),
    (r"'(?:str|list)' object has no attribute '(?:update_relative|set_upstream|set_downstream)'", Hint(
        "dependencies tie tasks, not their ids", "use the operator object instead of its task_id")),
    (r"unsupported operand type\(s\) for (?:>>|<<): 'list' and 'list'", Hint(
        "Python itself does not know how to tie a list to a list", "use cross_downstream(...) or chain(...)")),
    (r"'XComArg' object has no attribute|XComArg.* is not iterable", Hint(
        "the result of a task is not there yet while parsing", "use it in another task, or map over it with expand()")),
)  # fmt: skip
_PATTERNS = tuple((re.compile(pattern, re.S), hint) for pattern, hint in _MESSAGES)


def by_type(raised: Raised, _: FileRecord | None = None) -> Hint | None:
    """An exception class that says it all."""
    return _TYPES.get(kind(raised))


def by_message(raised: Raised, _: FileRecord | None = None) -> Hint | None:
    """A message of Airflow's."""
    message = raised.message[:2000]
    return next((hint for pattern, hint in _PATTERNS if pattern.search(message)), None)

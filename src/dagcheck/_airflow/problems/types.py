"""Whether a task's attributes have the types that the scheduler and the task runner count on.

The constructor converts what it is given (`coerce_timedelta` since 2.0; since 3.0 some also whenever they are set).
What an operator's own constructor sets afterwards, nobody converts.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from dagcheck._airflow.attributes import read
from dagcheck._airflow.classes import airflow_bases
from dagcheck._airflow.problems.subject import Subject
from dagcheck.record import Problem

_DURATIONS = ("retry_delay", "max_retry_delay", "execution_timeout")
_NUMBERS = ("retries", "pool_slots", "priority_weight")
_SWITCHES = ("depends_on_past", "wait_for_downstream", "do_xcom_push", "email_on_failure", "email_on_retry")


def problems(subject: Subject) -> Iterator[Problem]:
    """Yield the attributes of another type; None is fine for all."""
    if "MappedOperator" in airflow_bases(type(subject.task)):
        return
    for names, kind, wanted in (
        (_DURATIONS, datetime.timedelta, "a timedelta"),
        (_NUMBERS, int, "an int"),
        (_SWITCHES, bool, "True or False"),
    ):
        for name in names:
            value = read(subject.task, name)
            if value is not None and not isinstance(value, kind):
                given = (
                    f"{type(value).__name__} {value!r}" if type(value) in (int, float, str) else type(value).__name__
                )
                yield subject.problem("type", name, given, wanted)

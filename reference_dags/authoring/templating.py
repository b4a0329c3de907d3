"""E7: arguments that are Jinja templates: the run's dates, macros, params, loops, a script in a file.

Use it for what differs from run to run, in arguments of any operator: rendered values are shown with each task, so
that a failed one can be repeated by hand.

Not for logic: what needs more than a loop or a filter is a Python task. And not for values from outside in a shell
command: `params.shop` is limited by its schema, and reaches the second command as an environment variable, where
no quote in it can become a command.

Only an operator's template fields are rendered (`BashOperator.template_fields`), which is why Jinja in any other
argument does nothing. A `bash_command` that ends in `.sh` is the name of a file to read, hence the file and no blank
behind its name. `ds` is the date in UTC, which at midnight in Amsterdam is the day before: the local day is spelled
out.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import BashOperator, Param, PythonOperator, dag
from common.shop import TIMEZONE

LOCAL_DAY = "{{ data_interval_start.in_timezone('" + TIMEZONE + "').to_date_string() }}"


def describe(day: str, shop: str, days: str) -> dict[str, str]:
    """Return what was rendered; without `render_template_as_native_obj` every value is a text."""
    return {"day": day, "shop": shop, "days": days}


@dag(
    description="Templates in commands, in a script, in environment variables and in arguments of a function",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=5),
    },
    params={
        "days": Param(3, type="integer", minimum=1, maximum=31, description="how many days the script names"),
        "shop": Param("main", type="string", pattern="^[a-z]+$", description="which shop"),
    },
    doc_md=__doc__,
    tags=["reference", "authoring"],
)
def templating() -> None:
    """Render in four places."""
    script = BashOperator(task_id="script", bash_command="scripts/week.sh")
    environment = BashOperator(
        task_id="environment",
        bash_command='echo "$SHOP on $DAY"',
        env={"SHOP": "{{ params.shop }}", "DAY": LOCAL_DAY},
        append_env=True,
    )
    function = PythonOperator(
        task_id="function",
        python_callable=describe,
        op_kwargs={"day": LOCAL_DAY, "shop": "{{ params.shop | upper }}", "days": "{{ params.days }}"},
    )
    script >> environment >> function


templating()

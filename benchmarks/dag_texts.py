"""The text of one generated DAG file: four kinds, written as teams write them for Airflow 2 and for Airflow 3."""

from __future__ import annotations

from string import Template
from typing import Literal

Kind = Literal["taskflow", "classic", "branching", "mapped"]
KINDS: tuple[Kind, ...] = ("taskflow", "classic", "branching", "mapped")
FEWEST_TASKS, MOST_TASKS = 5, 10
_PARTS = ("web", "shop", "app", "partner", "branch", "kiosk", "hotline")

_AIRFLOW_2: dict[Kind, str] = {
    "taskflow": "from airflow.decorators import dag, task",
    "classic": """\
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import PythonOperator""",
    "branching": """\
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import BranchPythonOperator
from airflow.utils.task_group import TaskGroup""",
    "mapped": """\
from airflow.decorators import dag, task
from airflow.operators.bash import BashOperator""",
}

_AIRFLOW_3: dict[Kind, str] = {
    "taskflow": "from airflow.sdk import dag, task",
    "classic": """\
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG""",
    "branching": """\
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator
from airflow.sdk import DAG, TaskGroup""",
    "mapped": """\
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag, task""",
}

_HEAD = Template('''\
"""$title: $what."""

from __future__ import annotations

import logging
${import_time}from datetime import datetime, timedelta
from typing import Any

$imports
$helper
log = logging.getLogger(__name__)

$defaults
''')

_HELPER_IMPORT = "\nfrom common.defaults import default_args, quality_limit\n"
_SHARED_DEFAULTS = Template('DEFAULT_ARGS = default_args("$team")\nLIMIT = quality_limit("$subject")')
_OWN_DEFAULTS = Template("""\
DEFAULT_ARGS = {
    "owner": "$team",
    "depends_on_past": False,
    "retries": 2,
    "retry_delay": timedelta(minutes=5),
    "execution_timeout": timedelta(hours=1),
}
LIMIT = $limit""")

_DECORATOR = Template("""

@dag(
    dag_id="$dag_id",
    description="$what",
    schedule=$schedule,
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
    tags=["$team", "$subject"],
)
def $dag_id() -> None:
""")

_WITH = Template("""

with DAG(
    dag_id="$dag_id",
    description="$what",
    schedule=$schedule,
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
    tags=["$team", "$subject"],
) as dag:
""")

_EXTRACT = Template('''
    @task
    def extract_$part(ds: str | None = None) -> list[dict[str, Any]]:
        """Read the day's $subject of the $part channel."""
        rows = [{"day": ds, "channel": "$part", "amount": amount} for amount in range($limit)]
        log.info("%d $subject came by %s", len(rows), "$part")
        return rows
''')

_TASKFLOW_END = Template('''
    @task
    def combine(parts: list[list[dict[str, Any]]]) -> dict[str, int]:
        """Add up the amounts of each channel."""
        totals: dict[str, int] = {}
        for row in (row for rows in parts for row in rows):
            totals[row["channel"]] = totals.get(row["channel"], 0) + row["amount"]
        return totals

    @task
    def check(totals: dict[str, int]) -> dict[str, int]:
        """Refuse totals that can't be."""
        wrong = [channel for channel, total in totals.items() if total < 0]
        if wrong:
            raise ValueError(f"negative totals: {', '.join(wrong)}")
        return totals

    @task(retries=3, retry_delay=timedelta(minutes=1))
    def load(totals: dict[str, int], ds: str | None = None) -> int:
        """Replace the day's rows in the warehouse."""
$clock        for channel, total in totals.items():
            log.info("REPLACE INTO $table VALUES (%s, %s, %d)", ds, channel, total)
        return len(totals)

    load(check(combine([$extracts])))


$dag_id()
''')

_CLASSIC_START = Template('''

STAGING_SQL = """
DELETE FROM staging_$table WHERE day = '{{ ds }}';
INSERT INTO staging_$table SELECT * FROM raw_$table WHERE day = '{{ ds }}';
"""


def transform(ds: str, limit: int, **context: Any) -> int:
    """Count what is left of the day's $subject once the test orders are dropped."""
$clock    rows = [number for number in range(limit) if number % 7]
    log.info("%d of %d $subject kept for %s in %s", len(rows), limit, ds, context["run_id"])
    return len(rows)


def check(limit: int, **context: Any) -> None:
    """Fail when too few rows arrived."""
    count = context["ti"].xcom_pull(task_ids="transform")
    if count < limit // 2:
        raise ValueError(f"only {count} $subject, expected {limit // 2} or more")
$with_dag    start = EmptyOperator(task_id="start")
    end = EmptyOperator(task_id="end", trigger_rule="none_failed")
    transformed = PythonOperator(
        task_id="transform", python_callable=transform, op_kwargs={"ds": "{{ ds }}", "limit": LIMIT}
    )
    checked = PythonOperator(task_id="check", python_callable=check, op_kwargs={"limit": LIMIT})
''')

_CLASSIC_LOAD = Template("""
    load_$part = BashOperator(
        task_id="load_$part",
        bash_command="warehouse load --table staging_$table --day {{ ds }} --channel $part",
        env={"STAGING_SQL": STAGING_SQL},
        append_env=True,
    )
""")

_CLASSIC_END = Template("""
    start >> [$loads] >> transformed >> checked >> end
""")

_BRANCHING_START = Template('''

def choose(logical_date: datetime, **_: Any) -> str:
    """Take another way on the first days of a month."""
$clock    days = [$days]
    return days[min(logical_date.day, len(days)) - 1]
$with_dag    chosen = BranchPythonOperator(task_id="choose", python_callable=choose)
    joined = EmptyOperator(task_id="join", trigger_rule="none_failed_min_one_success")
    published = BashOperator(
        task_id="publish", bash_command="warehouse publish $table --day {{ ds }}", retries=1, pool="default_pool"
    )

    with TaskGroup("refresh") as refresh:
''')

_BRANCHING_WAY = Template("""\
        BashOperator(
            task_id="$part",
            bash_command="warehouse refresh $table --channel $part --limit {{ params.limit }}",
            params={"limit": LIMIT},
        )
""")

_BRANCHING_END = """
    chosen >> refresh >> joined >> published
"""

_MAPPED_START = Template('''
    @task
    def list_files(ds: str | None = None) -> list[str]:
        """Name the day's files."""
        return [f"$table/{ds}/{number:03}.csv" for number in range(LIMIT)]
''')

_MAPPED_STEP = Template('''
    @task(max_active_tis_per_dag=4)
    def clean_$part(file: str) -> str:
        """Drop the columns that only the $part channel fills."""
        log.info("cleaning %s", file)
        return file.replace(".csv", ".$part.csv")
''')

_MAPPED_END = Template('''
    @task
    def summarise(files: list[str]) -> int:
        """Count what was cleaned."""
$clock        log.info("%d files of $subject", len(files))
        return len(files)

    archive = BashOperator.partial(task_id="archive", retries=1).expand(
        bash_command=["warehouse archive $table", "warehouse archive $table --old"]
    )
$chain    summarise(files) >> archive


$dag_id()
''')


def text(kind: Kind, airflow: int, tasks: int, words: dict[str, str], *, shared: bool, clock: bool) -> str:
    """Return a DAG file with that many tasks.

    `words`: dag_id, team, subject, what, table, limit (of numbers), schedule (an expression). `shared`: it imports
    the helper module. `clock`: one of its tasks asks for the time when it runs.
    """
    parts = _PARTS[: tasks - 3]
    everything = {**words, "clock": "", "with_dag": _WITH.substitute(words)}
    if clock:
        indent = " " * (8 if kind in ("taskflow", "mapped") else 4)
        everything["clock"] = f'{indent}log.info("begun at %s", time.strftime("%X", time.localtime()))\n'
    body = {"taskflow": _taskflow, "classic": _classic, "branching": _branching, "mapped": _mapped}[kind]
    return _head(kind, airflow, words, shared=shared, clock=clock) + body(parts, everything)


def _head(kind: Kind, airflow: int, words: dict[str, str], *, shared: bool, clock: bool) -> str:
    imports = (_AIRFLOW_2 if airflow < 3 else _AIRFLOW_3)[kind]  # noqa: PLR2004 - the name of a table
    defaults = (_SHARED_DEFAULTS if shared else _OWN_DEFAULTS).substitute(words)
    chosen = {
        "title": words["dag_id"].replace("_", " "),
        "import_time": "import time\n" if clock else "",
        "imports": imports,
        "helper": _HELPER_IMPORT if shared else "",
    }
    return _HEAD.substitute(words, defaults=defaults, **chosen)


def _taskflow(parts: tuple[str, ...], words: dict[str, str]) -> str:
    extracts = "".join(_EXTRACT.substitute(words, part=part) for part in parts)
    calls = ", ".join(f"extract_{part}()" for part in parts)
    return _DECORATOR.substitute(words) + extracts + _TASKFLOW_END.substitute(words, extracts=calls)


def _classic(parts: tuple[str, ...], words: dict[str, str]) -> str:
    parts = parts[:-1]  # start, end, transform and check are four
    loads = "".join(_CLASSIC_LOAD.substitute(words, part=part) for part in parts)
    names = ", ".join(f"load_{part}" for part in parts)
    return _CLASSIC_START.substitute(words) + loads + _CLASSIC_END.substitute(loads=names)


def _branching(parts: tuple[str, ...], words: dict[str, str]) -> str:
    days = ", ".join(f'"refresh.{part}"' for part in parts)
    ways = "".join(_BRANCHING_WAY.substitute(words, part=part) for part in parts)
    return _BRANCHING_START.substitute(words, days=days) + ways + _BRANCHING_END


def _mapped(parts: tuple[str, ...], words: dict[str, str]) -> str:
    steps = "".join(_MAPPED_STEP.substitute(words, part=part) for part in parts)
    chain = "    files = list_files()\n"
    chain += "".join(f"    files = clean_{part}.expand(file=files)\n" for part in parts)
    start = _DECORATOR.substitute(words) + _MAPPED_START.substitute(words)
    return start + steps + _MAPPED_END.substitute(words, chain=chain)

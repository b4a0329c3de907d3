"""E12 (Bash, Python, SQL, Docker, transfers): one task of each kind, working on the same file.

Use the operator that says what the task is: a command, a function, a statement, an image, a transfer. EMR stands in
`platforms/emr_cluster.py`, Kubernetes in `ml/train_on_kubernetes.py`.

Not a Bash command that only starts Python (`python /scripts/extract.py`): the script is then neither deployed nor
tested with the DAG, and what it returns is its output.

Easy to get wrong: a template inside a command is pasted into it, so a value with a quote or a semicolon becomes a
command; hand it over as an environment variable. Without `append_env` the command loses PATH. A container of a tag
like `latest` is another one tomorrow, and `auto_remove` decides whether failed ones can be looked at.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pendulum
from airflow.providers.amazon.aws.transfers.local_to_s3 import LocalFilesystemToS3Operator
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.docker.operators.docker import DockerOperator
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import BashOperator, PythonOperator, dag
from common.shop import TIMEZONE
from common.store import STORE, store_folder

DAY = "{{ data_interval_start.in_timezone('Europe/Amsterdam').date() }}"


def count_lines(path: str) -> int:
    """Return the number of lines of a file."""
    return len(Path(path).read_text(encoding="utf-8").splitlines())


def prepare_folder(store: str) -> str:
    """Return a folder that is there."""
    return str(store_folder(store))


@dag(
    description="A file made, counted, noted, converted and moved, by five kinds of operators",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=15),
    },
    doc_md=__doc__,
    tags=["reference", "platforms"],
)
def operator_types() -> None:
    """Prepare, make, count, note; convert and move."""
    folder = PythonOperator(task_id="folder", python_callable=prepare_folder, op_kwargs={"store": STORE})
    make_file = BashOperator(
        task_id="make_file",
        bash_command='set -euo pipefail; seq 1 "$LINES_WANTED" > "$FOLDER/$DAY.txt"; echo "$FOLDER/$DAY.txt"',
        env={"LINES_WANTED": "12", "DAY": DAY, "FOLDER": "{{ ti.xcom_pull(task_ids='folder') }}"},
        append_env=True,
    )
    path = "{{ ti.xcom_pull(task_ids='make_file') }}"
    count = PythonOperator(task_id="count", python_callable=count_lines, op_kwargs={"path": path})
    note_count = SQLExecuteQueryOperator(
        task_id="note_count",
        conn_id="warehouse_db",
        sql=[
            "DELETE FROM file_counts WHERE day = %(day)s",
            "INSERT INTO file_counts (day, lines) VALUES (%(day)s, %(lines)s)",
        ],
        parameters={"day": DAY, "lines": "{{ ti.xcom_pull(task_ids='count') }}"},
    )
    convert = DockerOperator(
        task_id="convert",
        docker_conn_id=None,
        image="registry.example.com/tools/convert:2.3.1",
        command=["convert", "--day", DAY],
        auto_remove="success",
        mount_tmp_dir=False,
    )
    move = LocalFilesystemToS3Operator(
        task_id="move", filename=path, dest_key=f"files/{DAY}.txt", dest_bucket="shop-lake", replace=True
    )
    folder >> make_file >> count >> note_count
    make_file >> [convert, move]


operator_types()

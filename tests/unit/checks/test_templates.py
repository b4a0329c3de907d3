from __future__ import annotations

import pytest

from check_samples import FILE, SETTINGS, dag, task
from dagcheck.checks.templates import template_file_missing
from dagcheck.record import FileRecord, Problem


@pytest.mark.parametrize(("path", "told"), [("/srv/dags/load.sql", True), ("sql/load.sql", False)])
def test_that_an_absolute_path_is_none_to_airflow_is_told(path: str, told: bool) -> None:  # noqa: FBT001
    problem = Problem(
        kind="template-file", dag_id="etl", task_id="load", argument="sql", detail=path, more=("/srv/dags",)
    )
    record = FileRecord(file=FILE, dags=(dag(task("load")),), problems=(problem,))
    [finding] = template_file_missing(record, SETTINGS)
    assert finding.what == f"sql: there is no template file {path}"
    assert finding.why.startswith("the task fails in every run; Airflow looks in /srv/dags")
    assert ("an absolute path counts from there too" in finding.why) is told

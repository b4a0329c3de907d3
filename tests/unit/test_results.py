from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagcheck.findings import Finding, Level
from dagcheck.judging import Verdict
from dagcheck.reports.summary import Summary
from dagcheck.results import DagLine, FileResult, Results, counted, path_from_text, path_to_text, summarise

QUICK = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def verdict(
    dag_id: str | None = None, line: int | None = None, level: Level = Level.ERROR, *, baselined: bool = False
) -> Verdict:
    finding = Finding(check="import-error", file="dags/etl.py", line=line, dag_id=dag_id, what="x")
    return Verdict(finding=finding, level=level, file="dags/etl.py", dag_id=dag_id, baselined=baselined)


def result(*verdicts: Verdict, file: str = "dags/etl.py", seconds: float = 0.0, tasks: int = 0) -> FileResult:
    dags = (DagLine(dag_id="etl", line=3), DagLine(dag_id="audit"))
    return FileResult(file=file, dags=dags, tasks=tasks, seconds=seconds, verdicts=verdicts)


def test_a_dag_has_the_verdicts_that_name_it_by_line() -> None:
    found = result(verdict("etl", 9), verdict("audit", 1), verdict("etl", 2), verdict()).of("etl")
    assert [(v.dag_id, v.finding.line) for v in found] == [("etl", 2), ("etl", 9)]


def test_a_file_has_the_verdicts_that_name_no_dag() -> None:
    assert result(verdict("etl"), verdict(line=4)).of(None) == [verdict(line=4)]


def test_verdicts_on_a_dag_without_an_item_belong_to_the_file() -> None:
    found = result(verdict("refused"), verdict("etl"))
    assert found.of(None) == [verdict("refused")]


@given(st.lists(st.sampled_from([None, "etl", "audit", "refused"]), max_size=6))
def test_each_verdict_has_exactly_one_item(dag_ids: list[str | None]) -> None:
    found = result(*(verdict(dag_id, line) for line, dag_id in enumerate(dag_ids, 1)))
    items = [v.finding.line for item in (None, "etl", "audit") for v in found.of(item)]
    assert sorted(line or 0 for line in items) == list(range(1, len(dag_ids) + 1))


@QUICK
@given(st.from_type(Results))
def test_what_is_written_is_read_back(tmp_path: Path, results: Results) -> None:
    results.write(tmp_path / "results.json")
    assert repr(Results.read(tmp_path / "results.json")) == repr(results)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"files": {}, "elsewhere": []}'])
def test_what_is_no_result_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "results.json").write_text(text, encoding="ascii")
    with pytest.raises(ValueError, match="Results"):
        Results.read(tmp_path / "results.json")


@given(st.binary(min_size=1).filter(lambda name: b"\0" not in name))
def test_any_path_survives_json(name: bytes) -> None:
    path = Path(os.fsdecode(b"/" + name))
    text = json.loads(json.dumps(path_to_text(str(path))).encode("ascii"))
    assert path_from_text(text) == path


def test_files_dags_and_tasks_are_counted() -> None:
    summary = summarise([result(tasks=3), result(tasks=4)], Summary())
    assert (summary.files, summary.dags, summary.tasks) == (2, 4, 7)


def test_known_findings_are_counted_apart() -> None:
    summary = summarise([result(verdict(baselined=True), verdict(line=1))], Summary())
    assert (summary.baselined, summary.errors, summary.warnings) == (1, 0, 0)


def test_findings_are_counted_by_level() -> None:
    summary = counted(Summary(files=3), [verdict(), verdict(level=Level.WARNING), verdict("etl")])
    assert (summary.errors, summary.warnings, summary.files) == (2, 1, 3)


def test_the_three_slowest_files_are_named_slowest_first() -> None:
    files = [result(file=f"{name}.py", seconds=seconds) for name, seconds in zip("abcd", (1, 4, 2, 3), strict=True)]
    assert summarise(files, Summary()).slowest == (("b.py", 4), ("d.py", 3), ("c.py", 2))


def test_figures_that_are_known_elsewhere_are_kept() -> None:
    summary = summarise([], Summary(seconds=12.5, ignored=3))
    assert (summary.seconds, summary.ignored, summary.files) == (12.5, 3, 0)

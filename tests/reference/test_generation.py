"""DAGs made from a list, from files and from templates: what is made, and what a mistake costs."""

from __future__ import annotations

import json
import runpy
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from generated_dags import GENERATION
from hypothesis import given, settings
from hypothesis import strategies as st

from dagcheck.assertions import assert_dependencies, assert_schedule, assert_task

if TYPE_CHECKING:
    from dagcheck.dagbag import DagBag
    from dagcheck.running.result import Run
    from dagcheck.stores import Variables

RunDag = Callable[..., "Run"]
WEDNESDAY = "2024-01-31"
ZONE = "Europe/Amsterdam"
REGIONS = {
    "revenue_daily": ["eu-west", "us-east", "us-west"], "quantity_europe": ["eu-west"],
    "orders_america": ["us-east", "us-west"],
}  # fmt: skip
FROM_FILES = {"revenue_daily": "@daily", "quantity_europe": "0 6 * * 1-5", "orders_america": "30 1 * * *"}


@pytest.fixture
def copy(module_of: Callable[[str], ModuleType], tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Path:
    """A copy of the folder, to make mistakes in."""
    module_of("pipelines_from_files_report")  # `common` is importable from here on
    caplog.set_level("WARNING", "common.factories.pipelines")  # Airflow here is as quiet as it can be
    return Path(shutil.copytree(GENERATION, tmp_path / "generation"))


@pytest.fixture
def store(tmp_path: Path, airflow_variables: Variables) -> Path:
    airflow_variables.set(reference_store=str(tmp_path))
    return tmp_path / "warehouse.sqlite"


def loaded(file: Path) -> dict[str, Any]:
    """Execute a DAG file from top to bottom; return its generated DAGs by id."""
    names = runpy.run_path(str(file))
    return {dag.dag_id: dag for dag in [*names["DAGS"], *([names["REPORT"]] if "REPORT" in names else ())]}


def rows(store: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute(sql).fetchall()


def serialised(dag: Any) -> str:
    from airflow.serialization import serialized_objects

    airflows = getattr(serialized_objects, "DagSerialization", serialized_objects.SerializedDAG)  # its name from 3.2 on
    return json.dumps(airflows.to_dict(dag))


@pytest.mark.pattern("B2", "B13")
def test_each_file_is_a_dag(dagbag: DagBag) -> None:
    found = {dag_id for dag_id in dagbag if dag_id.startswith("files_")}
    assert found == {f"files_{name}" for name in FROM_FILES}
    assert len(list((GENERATION / "pipelines").iterdir())) == len(FROM_FILES)


@pytest.mark.pattern("B2", "B13")
@pytest.mark.parametrize(("name", "schedule"), FROM_FILES.items())
def test_a_dag_is_as_its_file_says(name: str, schedule: str, same_with_airflow: RunDag, store: Path) -> None:
    assert_dependencies(f"files_{name}", "measure_orders >> at_least >> write")
    assert_schedule(f"files_{name}", schedule, timezone=ZONE, catchup=False)
    assert_task(f"files_{name}", "at_least", retries=2)
    run = same_with_airflow(f"files_{name}", WEDNESDAY if "6" not in schedule else "2024-01-31T06:00")
    assert run.success
    written = rows(store, "SELECT pipeline, day, region FROM measures ORDER BY region")
    assert written == [(name, WEDNESDAY, region) for region in REGIONS[name]]


@pytest.mark.pattern("B13")
@pytest.mark.parametrize("dag_id", ["files_revenue_daily", "entity_orders", "template_checked_revenue"])
def test_a_generated_dag_is_as_reviewed(dag_snapshot: Callable[[str], None], dag_id: str) -> None:
    dag_snapshot(dag_id)


@pytest.mark.pattern("B2", "D1", "D4")
@pytest.mark.parametrize("name", ["from_files.py", "entities.py", "from_templates.py"])
def test_the_same_configuration_makes_the_same_dags_byte_for_byte(copy: Path, name: str) -> None:
    first, second = loaded(copy / name), loaded(copy / name)
    assert list(first) == list(second)
    assert [serialised(dag) for dag in first.values()] == [serialised(dag) for dag in second.values()]


BAD_FILES = {
    "schedule": ("name: x\nmeasure: orders\nschedule: every day", "bad.yaml: schedule: Value error, 'every day' is no"),
    "measure": ("name: x\nmeasure: clicks", "bad.yaml: measure: Input should be 'orders', 'quantity' or 'revenue'"),
    "missing": ("name: x", "bad.yaml: measure: Field required"),
    "unknown key": ("name: x\nmeasure: orders\nregion: eu-west", "bad.yaml: region: Extra inputs are not permitted"),
    "region": ("name: x\nmeasure: orders\nregions: [eu-west, mars]", "bad.yaml: regions.1: Input should be"),
    "minimum": ("name: x\nmeasure: orders\nminimum: -1", "bad.yaml: minimum: Input should be greater than"),
    "name": ("name: Big One\nmeasure: orders", "bad.yaml: name: String should match pattern"),
    "no YAML": ("name: [x\nmeasure: orders", "bad.yaml:2: "),
    "no mapping": ("- name", "bad.yaml: Input should be a valid dictionary"),
    "nothing": ("", "bad.yaml: Input should be a valid dictionary"),
    "same name": ("name: revenue_daily\nmeasure: orders", "revenue_daily.yaml: name: 'revenue_daily' is that of bad"),
}


@pytest.mark.pattern("B2")
@pytest.mark.parametrize(("text", "told"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_named_and_costs_its_own_dag_alone(
    copy: Path, run_dag: RunDag, caplog: pytest.LogCaptureFixture, text: str, told: str
) -> None:
    (copy / "pipelines" / "bad.yaml").write_text(text, encoding="utf-8")
    dags = loaded(copy / "from_files.py")
    report = dags.pop("pipelines_from_files_report")
    assert set(dags) == {f"files_{name}" for name in FROM_FILES}
    assert told in caplog.text
    run = run_dag(report, WEDNESDAY)
    assert run.run_state == "failed"
    assert told in run.errors["no_problems"].message
    assert len(run.tries["no_problems"]) == 1  # a retry would find the same file


@pytest.mark.pattern("B2")
def test_a_file_that_is_no_json_is_told_with_its_line(copy: Path, caplog: pytest.LogCaptureFixture) -> None:
    (copy / "pipelines" / "bad.json").write_text('{\n "name": "x",\n}', encoding="utf-8")
    assert len(loaded(copy / "from_files.py")) == 4
    assert "bad.json:3: " in caplog.text or "bad.json:2: " in caplog.text  # Python 3.13 points at the comma


@pytest.mark.pattern("B2", "D4")
@pytest.mark.parametrize("dag_id", ["pipelines_from_files_report", "from_templates_report"])
def test_what_is_committed_has_no_problems(same_with_airflow: RunDag, dag_id: str) -> None:
    assert same_with_airflow(dag_id, WEDNESDAY).success


@pytest.mark.pattern("B2")
def test_a_day_with_too_little_is_not_written(copy: Path, run_dag: RunDag, store: Path) -> None:
    file = copy / "pipelines" / "revenue_daily.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("minimum: 1", "minimum: 99999999"), encoding="utf-8")
    run = run_dag(loaded(copy / "from_files.py")["files_revenue_daily"], WEDNESDAY)
    assert run.states == {"measure_orders": "success", "at_least": "failed", "write": "upstream_failed"}
    assert not store.exists()


ENTITIES = {
    "orders": ("@hourly", "order_system"), "refunds": ("@daily", "payments"), "products": ("@weekly", "catalogue"),
}  # fmt: skip


@pytest.mark.pattern("D1")
def test_each_entity_of_the_list_is_a_dag(dagbag: DagBag) -> None:
    assert {dag_id for dag_id in dagbag if dag_id.startswith("entity_")} == {f"entity_{name}" for name in ENTITIES}


@pytest.mark.pattern("D1")
@pytest.mark.parametrize("name", ENTITIES)
def test_an_entity_has_its_own_schedule_and_source(
    name: str, same_with_airflow: RunDag, store: Path, module_of: Callable[[str], ModuleType]
) -> None:
    schedule, source = ENTITIES[name]
    assert_dependencies(f"entity_{name}", "extract >> load")
    assert_schedule(f"entity_{name}", schedule, timezone=ZONE)
    sunday = "2024-01-28"
    run = same_with_airflow(f"entity_{name}", f"{sunday} 00:00")
    module = module_of(f"entity_{name}")
    wanted = module.SOURCES[source](module.local_day(run.date.logical_date))
    assert wanted
    assert rows(store, "SELECT entity, day, id, value FROM entities") == [(name, sunday, *row) for row in wanted]


@pytest.mark.pattern("D4")
def test_a_template_makes_steps_by_its_values(same_with_airflow: RunDag, store: Path) -> None:
    assert_dependencies("template_checked_revenue", """
        measure_eu_west >> check_eu_west >> write_eu_west
        measure_us_east >> check_us_east >> write_us_east
    """)  # fmt: skip
    assert_dependencies("template_weekly_quantity", "measure_us_west >> write_us_west")
    assert same_with_airflow("template_checked_revenue", WEDNESDAY).success
    assert same_with_airflow("template_weekly_quantity", "2024-01-29T05:00").success
    assert rows(store, "SELECT pipeline, day, region FROM measures ORDER BY pipeline, region") == [
        ("checked_revenue", WEDNESDAY, "eu-west"), ("checked_revenue", WEDNESDAY, "us-east"),
        ("weekly_quantity", "2024-01-29", "us-west"),
    ]  # fmt: skip


HEAD = 'name: bad\nschedule: "@daily"\nowner: x\nsteps:\n'
BAD_TEMPLATES = {
    "undefined": ("one\ntwo\nname: {{ nmae | yaml }}", "bad.yaml.j2:3: 'nmae' is undefined"),
    "syntax": ("{% for x in [1] %}\n{{ x }\n{% endfor %}", "bad.yaml.j2:2: unexpected '}'"),
    "never closed": ("a: 1\n{% if x %}\nb: 2", "bad.yaml.j2:3: Unexpected end of template"),
    "filter": ("a: 1\nb: {{ 1 | no_such_filter }}", "bad.yaml.j2:2: No filter named 'no_such_filter'"),
    "operation": ("a: 1\n\nb: {{ 1 + 'x' }}", "bad.yaml.j2:3: TypeError: unsupported operand"),
    "included": ("{% include 'missing.j2' %}", "bad.yaml.j2: there is no template 'missing.j2' in templates"),
    "arguments": (HEAD + "  - {id: a, call: write, arguments: {rows: 3}}",
                  "bad.yaml.j2 for bad.yaml: steps.a: write: missing a required argument: 'name'"),
    "no YAML": ("name: [1", "bad.yaml.j2 for bad.yaml:1: "),
    "code": (HEAD + "  - {id: a, call: os.system, arguments: {command: id}}",
             "bad.yaml.j2 for bad.yaml: steps.0.call: String should match pattern '^(measure|at_least|write)$'"),
    "no such step": (HEAD + "  - {id: a, call: at_least, arguments: {measured: $b, minimum: 1}}",
                     "bad.yaml.j2 for bad.yaml: steps.a: there is no step 'b' before it"),
}  # fmt: skip


@pytest.mark.pattern("D4")
@pytest.mark.parametrize(("text", "told"), BAD_TEMPLATES.values(), ids=BAD_TEMPLATES)
def test_a_template_error_names_template_and_line_and_costs_its_own_dag_alone(
    copy: Path, run_dag: RunDag, text: str, told: str
) -> None:
    (copy / "templates" / "bad.yaml.j2").write_text(text, encoding="utf-8")
    (copy / "template_values" / "bad.yaml").write_text("template: bad.yaml.j2\nvalues: {}", encoding="utf-8")
    dags = loaded(copy / "from_templates.py")
    run = run_dag(dags.pop("from_templates_report"), WEDNESDAY)
    assert set(dags) == {"template_checked_revenue", "template_weekly_quantity"}
    assert told in run.errors["no_problems"].message


@pytest.mark.pattern("D4")
@settings(deadline=None)
@given(value=st.recursive(st.text() | st.integers() | st.booleans() | st.none(), st.lists, max_leaves=5))
def test_any_value_survives_template_and_yaml(module_of: Callable[[str], ModuleType], value: Any) -> None:
    import yaml

    module_of("from_templates_report")
    from common.rendering import as_yaml

    assert yaml.safe_load(f"steps:\n  - a: {as_yaml(value)}\n    b: 1") == {"steps": [{"a": value, "b": 1}]}

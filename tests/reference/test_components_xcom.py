"""Large values in object storage, typed values as models: through Airflow's own serialisation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagcheck import Returns

if TYPE_CHECKING:
    from dagcheck.hooks.s3.mock import MockS3
    from dagcheck.running.result import Run

RunDag = Callable[..., "Run"]
DAGS = Path(__file__).parents[2] / "reference_dags"
DAY = "2024-01-31"
ON_S3 = pytest.mark.pattern("A8", how="moto")
THRESHOLD = 60
WHERE = {"dag_id": "d", "run_id": "manual__2024-01-31T00:00:00+00:00", "task_id": "group.t", "key": "return_value"}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)
PROPERTY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def s3() -> Iterator[MockS3]:
    from dagcheck.hooks.s3.mock import mocked_s3

    with mocked_s3("fake", buckets=["xcoms"]) as mock:  # in this process: these tests make many calls
        yield mock


@pytest.fixture
def backend(module_of: Callable[[str], ModuleType], s3: MockS3, monkeypatch: pytest.MonkeyPatch) -> Any:
    module_of("large_results")
    assert s3.buckets == ["xcoms"]
    monkeypatch.setenv("AIRFLOW__REFERENCE_XCOM__BUCKET", "xcoms")
    monkeypatch.setenv("AIRFLOW__REFERENCE_XCOM__THRESHOLD", str(THRESHOLD))
    from common.xcom_backend import ObjectStorageXCom, storage

    storage.cache_clear()  # a client belongs to the mock that was there when it was made

    return ObjectStorageXCom


def size(stored: Any) -> int:
    return len(stored if isinstance(stored, bytes) else json.dumps(stored).encode())


@ON_S3
@PROPERTY
@given(value=JSON)
def test_every_json_value_comes_back_and_only_a_reference_is_kept_of_a_large_one(
    backend: Any, s3: MockS3, value: Any
) -> None:
    before = len(s3.calls)
    stored = backend.serialize_value(value, map_index=-1, **WHERE)
    large = size(_stored(value)) > THRESHOLD
    assert [call.method for call in s3.calls[before:]] == ["PutObject"] * large
    assert size(stored) <= (200 if large else THRESHOLD)
    assert backend.deserialize_value(SimpleNamespace(value=stored)) == value
    backend.purge(SimpleNamespace(value=stored))
    assert [call.method for call in s3.calls[before:]].count("DeleteObjects") == int(large)


@ON_S3
@pytest.mark.parametrize("length", [0, 30, 300])
def test_a_value_that_looks_like_a_reference_is_not_taken_for_one(backend: Any, s3: MockS3, length: int) -> None:
    for value in ({"__object_storage_xcom__": "x" * length}, ["__object_storage_xcom__"], "__object_storage_xcom__"):
        stored = backend.serialize_value(value, map_index=-1, **WHERE)
        assert backend.deserialize_value(SimpleNamespace(value=stored)) == value
        assert len(s3.objects) > 0
        backend.purge(SimpleNamespace(value=stored))
    assert s3.objects == {}


@ON_S3
def test_instances_runs_and_reruns_never_overwrite_each_other(backend: Any, s3: MockS3) -> None:
    places: list[dict[str, Any]] = [
        {**WHERE, "map_index": index, "run_id": run_id, "key": key}
        for index in (-1, 0, 1)
        for run_id in ("a", "a/0")
        for key in ("return_value", "0/return_value")
    ]
    values = [[number, try_number, "x" * THRESHOLD] for number in range(len(places)) for try_number in (1, 2)]
    stored = [backend.serialize_value(value, **places[number // 2]) for number, value in enumerate(values)]
    names = {call.arguments["Key"] for call in s3.calls if call.method == "PutObject"}
    assert len(names) == len(values) == 24
    assert [backend.deserialize_value(SimpleNamespace(value=one)) for one in stored] == values
    backend.purge(SimpleNamespace(value=stored[0]))
    assert [backend.deserialize_value(SimpleNamespace(value=one)) for one in stored[1:]] == values[1:]


@ON_S3
def test_a_value_whose_object_is_gone_is_an_error_and_not_a_reference(backend: Any, s3: MockS3) -> None:
    stored = backend.serialize_value("x" * 100, map_index=-1, **WHERE)
    backend.purge(SimpleNamespace(value=stored))
    assert s3.objects == {}
    with pytest.raises(Exception, match=r"404|NoSuchKey|Not Found"):
        backend.deserialize_value(SimpleNamespace(value=stored))


INNER = """
import pytest

from dagcheck.hooks.s3.mock import ServiceError, mocked_s3


@pytest.fixture
def s3(dagbag):
    assert dagbag["large_results"]  # `common` is importable from here on
    from common.xcom_backend import storage

    storage.cache_clear()
    with mocked_s3("fake", buckets=["xcoms"]) as mock:
        yield mock


@pytest.mark.parametrize("engine", ["memory", "airflow"])
def test_a_run(run_dag, s3, engine):
    run = run_dag("large_results", "2024-01-29", engine=engine)
    assert run.success, run.explain()
    weeks = run.xcom("orders_of_week")
    assert run.xcom("compare")["orders"] == [len(week) for week in weeks]
    assert all(len(week) > 100 for week in weeks)
    names = sorted(name.split("/")[-3] for name in s3.objects)
    assert names == ["0", "1", "2"]  # one object for each instance, none for the small result
    assert all("/large_results/scheduled__" in name or "/large_results/manual__" in name for name in s3.objects)


def test_a_storage_that_refuses_fails_the_task_and_a_retry_succeeds(run_dag, s3):
    s3.answer("PutObject", ServiceError("AccessDenied", status=403), times=1)
    run = run_dag("large_results", "2024-01-29")
    assert run.success, run.explain()
    assert sorted(len(run.tries[f"orders_of_week[{index}]"]) for index in range(3)) == [1, 1, 2]
"""


@pytest.mark.pattern("A8", how="moto, dag.test()")
def test_a_dag_runs_with_the_backend_that_airflow_is_configured_with(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    (tmp_path / "test_inner.py").write_text(INNER, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(f"""
[tool.dagcheck]
dag_folder = "{DAGS / "components"}"
pythonpath = ["{DAGS}"]
[tool.dagcheck.environment]
AIRFLOW__CORE__XCOM_BACKEND = "common.xcom_backend.ObjectStorageXCom"
AIRFLOW__REFERENCE_XCOM__BUCKET = "xcoms"
AIRFLOW__REFERENCE_XCOM__THRESHOLD = "1000"
""", encoding="utf-8")  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTEST"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", "test_inner.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout
    record_property("dag_test", "large_results")


@pytest.mark.pattern("A8")
def test_the_dag_needs_no_such_backend(same_with_airflow: RunDag) -> None:
    run = same_with_airflow("large_results", "2024-01-29")
    assert run.success
    assert run.xcom("compare")["orders"] == [len(week) for week in run.xcom("orders_of_week")]


TYPED = pytest.mark.pattern("A9")


@TYPED
def test_the_result_arrives_as_the_model(module_of: Callable[[str], ModuleType], same_with_airflow: RunDag) -> None:
    run = same_with_airflow("typed_results", DAY)
    assert run.success
    result = run.xcom("process")
    assert type(result) is module_of("typed_results").ProcessingResult
    assert run.xcom("validate") == f"{result.records} records, {result.status}"


@TYPED
@settings(max_examples=50, deadline=None)
@given(
    records=st.integers(0, 2**53), seconds=st.floats(0, 1e9), status=st.sampled_from(["complete", "partial"]),
    errors=st.lists(st.text(), max_size=4),
)  # fmt: skip
def test_any_result_comes_back_the_same(module_of: Callable[[str], ModuleType], **fields: Any) -> None:
    result = module_of("typed_results").ProcessingResult(**fields)
    assert _read(_stored(result)) == result


def _airflows() -> Any:
    """Airflow's own backend."""
    from common import xcom_backend

    return vars(xcom_backend)["BaseXCom"]


def _stored(value: Any) -> Any:
    """Exactly what the metadata DB gets from it."""
    stored = _airflows().serialize_value(value)
    return json.loads(stored) if isinstance(stored, bytes) else json.loads(json.dumps(stored))


def _read(stored: Any) -> Any:
    as_bytes = isinstance(_airflows().serialize_value(1), bytes)
    return _airflows().deserialize_value(SimpleNamespace(value=json.dumps(stored).encode() if as_bytes else stored))


@TYPED
@pytest.mark.parametrize(
    ("field", "value"),
    [("records", -1), ("records", "many"), ("seconds", None), ("status", "fine"), ("errors", "one"), ("surprise", 1)],
)
def test_invalid_data_is_refused_with_the_field_named_when_it_is_made_and_when_it_is_read(
    module_of: Callable[[str], ModuleType], run_dag: RunDag, field: str, value: Any
) -> None:
    model = module_of("typed_results").ProcessingResult
    good = {"records": 1, "seconds": 1.0, "status": "complete", "errors": []}
    with pytest.raises(ValueError, match=field):
        model(**{**good, field: value})
    stored = _stored(model(**good))
    (data,) = (part for part in stored.values() if isinstance(part, dict))
    data[field] = value  # as an older version of the model may have written it
    with pytest.raises(ValueError, match=field):
        _read(stored)
    assert _read(_stored(model(**good))) == model(**good)
    assert run_dag("typed_results", DAY, outcomes={"process": Returns(model(**good))}).success


@TYPED
def test_a_task_that_makes_an_invalid_result_fails_and_names_the_field(
    module_of: Callable[[str], ModuleType], run_dag: RunDag, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = module_of("typed_results")
    monkeypatch.setattr(module, "orders_of", lambda _day: [{"order_id": None, "quantity": 0}])
    run = run_dag("typed_results", DAY)
    assert run.states == {"process": "failed", "validate": "upstream_failed"}
    assert "errors.0" in run.errors["process"].message


@TYPED
def test_too_many_errors_are_refused_without_a_retry(module_of: Callable[[str], ModuleType], run_dag: RunDag) -> None:
    many = module_of("typed_results").ProcessingResult(
        records=30, seconds=1, status="partial", errors=tuple(f"o{number}" for number in range(21))
    )
    run = run_dag("typed_results", DAY, outcomes={"process": Returns(many)})
    assert run.state("validate") == "failed"
    assert "21 of 30 failed: o0, o1" in run.errors["validate"].message
    assert len(run.tries["validate"]) == 1


@TYPED
def test_a_class_that_is_not_on_the_list_is_not_read_back(module_of: Callable[[str], ModuleType]) -> None:
    module_of("typed_results")
    from common.circuit import Circuit

    stored = _stored(Circuit())
    with pytest.raises(ImportError, match=r"common\.circuit\.Circuit was not found in allow list"):
        _read(stored)

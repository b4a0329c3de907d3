"""Machine learning: small real models in tasks, and a pod on a Kubernetes API of the test's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fake_kubernetes import FakeKubernetes
from loopback import Request, Web, http_server

from dagcheck import Fails, Returns
from dagcheck.assertions import assert_dependencies, assert_group

if TYPE_CHECKING:
    from dagcheck.hooks.s3.mock import MockS3
    from dagcheck.running.result import Run

WEEK = "2024-03-04 04:00"
WEATHER = "2024-03-04 04:00"


@pytest.fixture
def store(tmp_path: Path, airflow_variables: Any) -> Path:
    airflow_variables.set(reference_store=str(tmp_path))
    return tmp_path


@pytest.fixture
def web() -> Iterator[Web]:
    with http_server() as server:
        yield server


@pytest.mark.pattern("D6", how="scikit-learn")
def test_both_models_are_tuned_trained_and_deployed(store: Path, same_with_airflow: Callable[..., Run]) -> None:
    run = same_with_airflow("nested_ml_groups", WEEK)
    assert run.success
    for model in ("wine", "iris"):
        scores = run.xcom(f"{model}.model_training.validate_model")
        assert scores["accuracy"] > 0.85
        assert scores["guessing"] < 0.5
        current = json.loads((store / "models" / model / "current.json").read_text(encoding="utf-8"))
        assert Path(current["model"]).exists()
        assert run.xcom("report")[model] == scores["accuracy"]
    assert run.xcom("wine.model_deployment.smoke_test") == 54  # 30 % of 178 wines


@pytest.mark.pattern("D6", how="scikit-learn")
def test_a_model_that_is_no_better_than_guessing_stays_where_it_is_and_the_other_goes_on(
    store: Path, run_dag: Callable[..., Run]
) -> None:
    bad = Returns({"accuracy": 0.4, "guessing": 0.4})
    run = run_dag("nested_ml_groups", WEEK, outcomes={"wine.model_training.validate_model": bad})
    deploy = "wine.model_deployment.deploy"
    assert (run.state(deploy), len(run.tries[deploy])) == ("failed", 1)
    assert run.state("wine.model_deployment.smoke_test") == "upstream_failed"
    assert set(run.xcom("report")) == {"iris"}
    assert not (store / "models" / "wine" / "current.json").exists()


@pytest.mark.pattern("D6")
def test_the_stages_are_groups_within_the_group_of_each_model() -> None:
    for model in ("wine", "iris"):
        assert_group("nested_ml_groups", model, {"data_preparation", "model_training", "model_deployment"})
        assert_group("nested_ml_groups", f"{model}.model_training", {"tune", "train_model", "validate_model"})
    assert_dependencies("nested_ml_groups", "[wine, iris] >> report", partial=True)


def weather(request: Request) -> Any:
    from datetime import date, timedelta

    until, days = date.fromisoformat(request.query["until"]), int(request.query["days"])
    found = [until - timedelta(days=back) for back in range(days, 0, -1)]
    return {"days": [{"day": str(day), "celsius": day.day if day.day != 13 else None} for day in found]}


@pytest.mark.pattern("E18", how="HTTP server, pandas, scikit-learn")
def test_libraries_work_on_what_an_api_answers(
    web: Web, airflow_connections: Any, same_with_airflow: Callable[..., Run]
) -> None:
    airflow_connections.set(weather_api=web.url)
    web.route("GET /temperatures", weather)
    run = same_with_airflow("python_libraries", WEATHER)
    assert run.success
    assert len(run.xcom("fetch_weather")) == 58  # two days were not measured
    pattern = run.xcom("weekly_pattern")
    assert [row["weekday"] for row in pattern] == list(range(7))
    assert all(row["cents"] > 0 for row in pattern)
    effect = run.xcom("weather_effect")
    assert 0 <= effect["explained"] < 0.5  # the shop's orders know no weather
    asked = web.asked("GET /temperatures")[0]
    assert asked.query == {"until": "2024-03-04", "days": "60"}


@pytest.mark.pattern("B6", "E18")
def test_no_heavy_library_is_imported_when_a_file_is_parsed() -> None:
    """In a process of its own: in this one a task may have imported it."""
    folder = Path(__file__).parents[2] / "reference_dags"
    code = (
        "import sys, airflow; before = set(sys.modules)\n"
        "import ml.python_libraries, ml.nested_ml_groups, warehouse.optimised_exports\n"
        "heavy = {'pandas', 'sklearn', 'joblib', 'numpy', 'psycopg', 'psycopg2'}\n"
        "print(sorted(heavy & (set(sys.modules) - before)))"
    )
    own = {**os.environ, "PYTHONPATH": str(folder), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    done = subprocess.run([sys.executable, "-c", code], env=own, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.fixture
def cluster(web: Web, airflow_connections: Any) -> FakeKubernetes:
    made = FakeKubernetes(web)
    airflow_connections.set(kubernetes_ml=made.connection)
    return made


@pytest.fixture
def bucket(mock_s3: MockS3) -> MockS3:
    return mock_s3.seed("shop-models", {"models/2024-03-04/metrics.json": '{"error": 0.12}'})


@pytest.mark.pattern("E12", "E13", how="Kubernetes API on loopback, S3")
def test_a_good_model_is_trained_in_a_pod_and_served(
    cluster: FakeKubernetes, bucket: MockS3, same_with_airflow: Callable[..., Run]
) -> None:
    run = same_with_airflow("train_on_kubernetes", WEEK)
    assert run.success
    (container,) = cluster.made[0]["spec"]["containers"]
    assert container["image"] == "registry.example.com/ml/demand:1.4.2"
    assert container["args"][1] == "s3://shop-models/features/2024-03-04.csv" == run.xcom("prepare_data")
    assert container["resources"]["limits"] == container["resources"]["requests"] == {"cpu": "2", "memory": "4Gi"}
    assert cluster.deleted == [pod["metadata"]["name"] for pod in cluster.made]
    assert json.loads(bucket.read("shop-models", "models/current.json")) == {
        "model": "models/2024-03-04",
        "error": 0.12,
    }
    assert len(bucket.read("shop-models", "features/2024-03-04.csv").splitlines()) == 1 + 28 * 4


@pytest.mark.pattern("E13", how="Kubernetes API on loopback, S3")
def test_a_pod_that_fails_stays_to_be_looked_at_and_nothing_is_promoted(
    cluster: FakeKubernetes, bucket: MockS3, run_dag: Callable[..., Run]
) -> None:
    cluster.exit_code = 137
    run = run_dag("train_on_kubernetes", WEEK)
    assert (run.state("train"), run.state("promote")) == ("failed", "upstream_failed")
    assert len(cluster.made) == 2  # one retry
    assert cluster.deleted == []
    assert "s3://shop-models/models/current.json" not in bucket.objects


@pytest.mark.pattern("E13", how="Kubernetes API on loopback, S3")
def test_a_model_that_is_too_wrong_is_not_served_and_not_trained_again(
    cluster: FakeKubernetes, bucket: MockS3, run_dag: Callable[..., Run]
) -> None:
    bucket.seed("shop-models", {"models/2024-03-04/metrics.json": '{"error": 0.26}'})
    run = run_dag("train_on_kubernetes", WEEK)
    assert (run.state("evaluate"), len(run.tries["evaluate"]), len(cluster.made)) == ("failed", 1, 1)
    assert "s3://shop-models/models/current.json" not in bucket.objects


@pytest.mark.pattern("E13", how="Kubernetes API on loopback, S3")
def test_a_quota_that_is_used_up_fails_the_task_and_leaves_no_pod(
    cluster: FakeKubernetes, bucket: MockS3, run_dag: Callable[..., Run]
) -> None:
    cluster.refusal = (403, "exceeded quota")
    run = run_dag("train_on_kubernetes", WEEK)
    assert run.state("train") == "failed"
    assert cluster.pods == {}
    assert bucket.objects.keys() >= {"s3://shop-models/features/2024-03-04.csv"}


@pytest.mark.pattern("E13", how="Kubernetes API on loopback, S3")
@pytest.mark.usefixtures("bucket")
def test_without_data_no_pod_is_started(cluster: FakeKubernetes, run_dag: Callable[..., Run]) -> None:
    run = run_dag("train_on_kubernetes", WEEK, outcomes={"prepare_data": Fails(ConnectionError("S3 is down"))})
    assert run.state("train") == "upstream_failed"
    assert cluster.made == []

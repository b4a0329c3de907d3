"""E12 (Kubernetes), E13 (ML on Kubernetes): the heavy step runs in a pod of its own image, the rest on a worker.

Use it when training needs another image, more memory or a GPU than the workers have.

Not for a model that trains in seconds (see `ml/nested_ml_groups.py`): a pod takes longer to start than that.

Easy to get wrong: a worker's file (`/data/processed.csv`) is not in the pod, so data goes through S3; a tag like
`latest` makes yesterday's run impossible to repeat; without requests and limits the pod lands on any node and is the
first to be killed; and a pod that failed should stay for a while to be looked at, one that succeeded should not.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pendulum
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.timetables.interval import CronDataIntervalTimetable
from kubernetes.client import models as k8s

from common.compat import AirflowFailException, dag, task
from common.shop import PRODUCTS, TIMEZONE, days_before, local_day, orders_of

BUCKET = "shop-models"
WEEK = "{{ data_interval_start.in_timezone('Europe/Amsterdam').date() }}"
MOST_ERROR = 0.25


@task
def prepare_data(data_interval_start: datetime | None = None) -> str:
    """Write the quantities of four weeks to S3; return where."""
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    until = local_day(data_interval_start)
    lines = ["day,product,quantity"]
    for day in days_before(until, 28):
        sold = dict.fromkeys(PRODUCTS, 0)
        for order in orders_of(day):
            sold[order["product"]] += order["quantity"]
        lines += [f"{day},{product},{quantity}" for product, quantity in sold.items()]
    key = f"features/{until}.csv"
    S3Hook().load_string("\n".join(lines), key, BUCKET, replace=True)
    return f"s3://{BUCKET}/{key}"


@task
def evaluate(data_interval_start: datetime | None = None) -> float:
    """Return the model's error as the training wrote it; fail without another try if it is too large to be used."""
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    metrics = json.loads(S3Hook().read_key(f"models/{local_day(data_interval_start)}/metrics.json", BUCKET))
    if metrics["error"] > MOST_ERROR:
        raise AirflowFailException(f"error {metrics['error']:.2f} is above {MOST_ERROR}: the old model stays")
    return float(metrics["error"])


@task
def promote(error: float, data_interval_start: datetime | None = None) -> str:
    """Make the week's model the one that is served; return its name."""
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    model = f"models/{local_day(data_interval_start)}"
    S3Hook().load_string(json.dumps({"model": model, "error": error}), "models/current.json", BUCKET, replace=True)
    return model


@dag(
    description="Trains the week's demand model in a pod, and serves it if it is good enough",
    schedule=CronDataIntervalTimetable("0 4 * * 1", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "data-science",
        "retries": 1,
        "retry_delay": timedelta(minutes=10),
        "execution_timeout": timedelta(hours=2),
    },
    doc_md=__doc__,
    tags=["reference", "ml"],
)
def train_on_kubernetes() -> None:
    """Prepare, train, evaluate, promote."""
    resources = {"cpu": "2", "memory": "4Gi"}
    train = KubernetesPodOperator(
        task_id="train",
        kubernetes_conn_id="kubernetes_ml",
        namespace="ml",
        name="demand-model",
        image="registry.example.com/ml/demand:1.4.2",
        cmds=["python", "train.py"],
        arguments=["--data", f"s3://{BUCKET}/features/{WEEK}.csv", "--model", f"s3://{BUCKET}/models/{WEEK}"],
        container_resources=k8s.V1ResourceRequirements(requests=resources, limits=resources),
        on_finish_action="delete_succeeded_pod",
        startup_timeout_seconds=600,
        get_logs=True,
    )
    error = evaluate()
    prepare_data() >> train >> error
    promote(error)


train_on_kubernetes()

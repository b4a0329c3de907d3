"""E13 (EMR cluster): a cluster of its own for one job, terminated whatever happens.

Use it for jobs that are heavy and seldom: the cluster exists for an hour a day and is always fresh.

Not for many small jobs (a cluster takes ten minutes to start, so share one that is there), and not where EMR Serverless
would do, which has nothing to forget.

Easy to get wrong: `create >> step >> terminate` with the usual trigger rule skips the termination exactly when the
step fails, and the cluster runs over the weekend. As a teardown it runs whenever the cluster was created, the run
still fails, and a termination that itself fails makes the run red too. Adding a step only submits it: without a
sensor the cluster would be gone before the job has begun. A teardown that may fail the run (`on_failure_fail_dagrun`)
is all that the run's state then depends on, so there is a task after the job that nothing tears down: without `done` a
run whose step failed would be green. Last, EMR itself is told to end a cluster that nobody uses:
for the case that Airflow is gone as well.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.providers.amazon.aws.operators.emr import (
    EmrAddStepsOperator,
    EmrCreateJobFlowOperator,
    EmrTerminateJobFlowOperator,
)
from airflow.providers.amazon.aws.sensors.emr import EmrStepSensor
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import EmptyOperator, dag
from common.shop import TIMEZONE

DAY = "{{ data_interval_start.in_timezone('Europe/Amsterdam').date() }}"
CLUSTER = {
    "Name": f"nightly-{DAY}",
    "ReleaseLabel": "emr-7.1.0",
    "Applications": [{"Name": "Spark"}],
    "Instances": {
        "InstanceGroups": [
            {"Name": "primary", "InstanceRole": "MASTER", "InstanceType": "m6g.xlarge", "InstanceCount": 1},
            {"Name": "core", "InstanceRole": "CORE", "InstanceType": "m6g.xlarge", "InstanceCount": 2},
        ],
        "KeepJobFlowAliveWhenNoSteps": True,
        "TerminationProtected": False,
    },
    "AutoTerminationPolicy": {"IdleTimeout": 3600},
    "JobFlowRole": "EMR_EC2_DefaultRole",
    "ServiceRole": "EMR_DefaultRole",
}
STEP = {
    "Name": "nightly",
    "ActionOnFailure": "CONTINUE",  # the teardown ends the cluster, so that its logs are there until then
    "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["spark-submit", "s3://shop-jobs/nightly.py", DAY]},
}


@dag(
    description="One Spark job on a cluster that lives as long as the job",
    schedule=CronDataIntervalTimetable("0 1 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "platform",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=1),
    },
    doc_md=__doc__,
    tags=["reference", "platforms"],
)
def emr_cluster() -> None:
    """Create, submit, wait; terminate."""
    create_cluster = EmrCreateJobFlowOperator(task_id="create_cluster", job_flow_overrides=CLUSTER)
    cluster_id = "{{ ti.xcom_pull(task_ids='create_cluster') }}"
    add_step = EmrAddStepsOperator(task_id="add_step", job_flow_id=cluster_id, steps=[STEP])
    wait_for_step = EmrStepSensor(
        task_id="wait_for_step",
        job_flow_id=cluster_id,
        step_id="{{ ti.xcom_pull(task_ids='add_step')[0] }}",
        mode="reschedule",
        poke_interval=60,
        timeout=4 * 60 * 60,
    )
    terminate_cluster = EmrTerminateJobFlowOperator(
        task_id="terminate_cluster", job_flow_id=cluster_id, retries=5
    ).as_teardown(setups=create_cluster, on_failure_fail_dagrun=True)
    create_cluster >> add_step >> wait_for_step >> [terminate_cluster, EmptyOperator(task_id="done")]


emr_cluster()

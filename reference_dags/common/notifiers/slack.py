"""Messages to Slack when a task fails and when a run is over."""

from __future__ import annotations

from typing import Any

from common.compat import BaseNotifier
from common.failures import failure_of


def failure_text(context: Any) -> str:
    """Return the message about a failed task."""
    failure = failure_of(context)
    index = failure["map_index"]
    instance = failure["task_id"] if index is None or index < 0 else f"{failure['task_id']}[{index}]"
    return "\n".join(
        (
            ":red_circle: Task failed",
            f"*DAG*: {failure['dag_id']}",
            f"*Task*: {instance}",
            f"*Date*: {failure['logical_date'] or failure['run_id']}",
            f"*Error*: {failure['error']}: {failure['message']}",
            f"*Log*: {failure['log_url']}",
        )
    )


def success_text(context: Any) -> str:
    """Return the message about a run that is over."""
    return f":large_green_circle: {context['dag'].dag_id} is done\n*Run*: {context['run_id']}"


def send(text: str, slack_webhook_conn_id: str = "slack_alerts") -> None:
    """Send a text by an incoming webhook."""
    from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook

    SlackWebhookHook(slack_webhook_conn_id=slack_webhook_conn_id).send(text=text)


class SlackFailureAlert(BaseNotifier):
    """For `on_failure_callback` of tasks; what sending raises is logged by Airflow and changes nothing about the task.

    The text is made when the message is sent, and is no template field: Airflow renders those in place, once, and an
    object that several tasks share would go on telling of the first.
    """

    def __init__(self, slack_webhook_conn_id: str = "slack_alerts") -> None:
        super().__init__()
        self.slack_webhook_conn_id = slack_webhook_conn_id

    def notify(self, context: Any) -> None:
        """Tell what failed, where, when and why."""
        send(failure_text(context), self.slack_webhook_conn_id)


def tell_run_done(context: Any) -> None:
    """For `on_success_callback` of a DAG.

    A function, because a notifier asks the context's DAG for its templates, and the scheduler's own copy of a DAG,
    which `dag.test()` of 3.3 hands to DAG callbacks, has none.
    """
    send(success_text(context))

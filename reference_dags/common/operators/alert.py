"""An operator that tells people, by several channels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from common.compat import AirflowException, AirflowFailException, BaseOperator


class AlertOperator(BaseOperator):
    """Send a message by each of the channels, whatever becomes of the others.

    :param channels: some of `email`, `slack`; any other name is a ValueError while the file is parsed
    :param to: addresses for `email`

    Fails if a channel failed: with a retry if nobody got the message, without one if somebody did, so that nobody gets
    it twice.
    """

    template_fields: Sequence[str] = ("subject", "message", "to")

    def __init__(
        self,
        *,
        channels: Sequence[str],
        subject: str,
        message: str,
        to: Sequence[str] = (),
        smtp_conn_id: str = "smtp_default",
        slack_webhook_conn_id: str = "slack_alerts",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        _refuse_unknown(channels, to)
        self.channels = channels
        self.subject = subject
        self.message = message
        self.to = to
        self.smtp_conn_id = smtp_conn_id
        self.slack_webhook_conn_id = slack_webhook_conn_id

    def execute(self, context: Any) -> list[str]:
        """Return the channels that took the message."""
        del context
        errors: dict[str, Exception] = {}
        for channel in self.channels:
            try:
                _SENDERS[channel](self)
            except Exception as error:  # noqa: PERF203 - each channel for itself
                self.log.exception("the channel %s failed", channel)
                errors[channel] = error
        if errors:
            kind = AirflowException if len(errors) == len(self.channels) else AirflowFailException
            told = "; ".join(f"{channel}: {type(error).__name__}: {error}" for channel, error in errors.items())
            raise kind(f"not told by {told}")
        return list(self.channels)

    def send_email(self) -> None:
        """Send the message to the addresses."""
        from airflow.providers.smtp.hooks.smtp import SmtpHook

        with SmtpHook(smtp_conn_id=self.smtp_conn_id) as smtp:
            smtp.send_email_smtp(to=list(self.to), subject=self.subject, html_content=f"<p>{self.message}</p>")

    def send_slack(self) -> None:
        """Send the message to the webhook's channel."""
        from common.notifiers.slack import send

        send(f"*{self.subject}*\n{self.message}", self.slack_webhook_conn_id)


_SENDERS: Mapping[str, Callable[[AlertOperator], None]] = {
    "email": AlertOperator.send_email,
    "slack": AlertOperator.send_slack,
}


def _refuse_unknown(channels: Sequence[str], to: Sequence[str]) -> None:
    unknown = [channel for channel in channels if channel not in _SENDERS]
    if unknown or not channels or isinstance(channels, str):
        raise ValueError(f"channels are {channels!r}; valid: a list of {', '.join(_SENDERS)}")
    if "email" in channels and not to:
        raise ValueError("the channel email needs addresses: to=[...]")

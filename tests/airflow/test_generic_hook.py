"""The strict fake on a hook class of a real provider: SMTP, which needs nothing but the standard library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

pytestmark = pytest.mark.providers


def _mails() -> list[object]:
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    from dagcheck.hooks.generic import mocked_hook

    wrong = ""
    with mocked_hook(SmtpHook) as mock:
        mock.answer("send_email_smtp", None, to="a@example.com")
        hook = SmtpHook(smtp_conn_id="mail")
        hook.send_email_smtp(to="a@example.com", subject="s", html_content="h")
        try:
            hook.send_email_smtp(subject="s", html_content="h")
        except TypeError as error:
            wrong = str(error).replace("keyword-only ", "")  # Python 3.11 says less
    return [
        hook.smtp_conn_id,
        [str(call) for call in mock.calls],
        wrong,
        "send_email_smtp" in repr(SmtpHook.send_email_smtp),
    ]


def test_a_real_hook_is_answered_and_keeps_its_signature(room: Room) -> None:
    assert room(_mails) == [
        "mail",
        ["send_email_smtp(to='a@example.com', subject='s', html_content='h')"],
        "SmtpHook.send_email_smtp() missing a required argument: 'to'",
        True,
    ]

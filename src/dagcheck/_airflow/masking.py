"""The secrets masker learns the values of Variables and Connections; what it learnt in a test is forgotten after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from dagcheck._airflow import versions


@contextmanager
def forgotten() -> Iterator[None]:
    """Put back what every masker of this process knew before."""
    with ExitStack() as stack:
        for masker in _maskers():
            stack.callback(_put, masker, set(masker.patterns), masker.replacer)
        yield


def redact(value: Any, name: str | None = None) -> Any:
    """Return a value with the secrets masked that Airflow knows; `name` is what it is called by.

    The masker moved: utils/log until 3.0, sdk/execution_time in 3.0, shared code since 3.1.
    """
    if versions.at_least(3, 1):
        from airflow.sdk._shared.secrets_masker import redact as redact_3_1

        return redact_3_1(value, name)
    if versions.at_least(3, 0):
        from airflow.sdk.execution_time.secrets_masker import redact as redact_3_0

        return redact_3_0(value, name)
    from airflow.utils.log.secrets_masker import redact

    return redact(value, name)


def _put(masker: Any, patterns: set[str], replacer: Any) -> None:
    masker.patterns = patterns
    masker.replacer = replacer


def _maskers() -> list[Any]:
    """One on 2.x and 3.0; since 3.1 code that is shared by copying it makes one for the core and one for the SDK."""
    if versions.at_least(3, 1):
        from airflow._shared.secrets_masker import _secrets_masker as of_core
        from airflow.sdk._shared.secrets_masker import _secrets_masker as of_sdk

        return [of_core(), of_sdk()]
    if versions.at_least(3, 0):
        from airflow.sdk.execution_time.secrets_masker import _secrets_masker as of_3_0

        return _if_there_is_one(of_3_0)
    from airflow.utils.log.secrets_masker import _secrets_masker

    return _if_there_is_one(_secrets_masker)


def _if_there_is_one(masker: Any) -> list[Any]:
    """Up to 3.0 it is a filter of the logger `airflow.task`, which a logging configuration may have left out."""
    try:
        return [masker()]
    except RuntimeError:
        return []

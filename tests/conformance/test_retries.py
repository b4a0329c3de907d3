"""The installed Airflow's own TaskInstance repeats a failed try at the same moment as our engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_no_retry_is_at_another_time(compare: Callable[[str], dict[str, Any]]) -> None:
    found = compare("compare_retries.py")
    assert found["differing"] == []
    assert found["compared"] >= 480

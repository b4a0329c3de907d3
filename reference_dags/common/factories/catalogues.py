"""DAGs that keep a catalogue in line with its source; see generation/from_database.py and from_api.py (D2, D3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum

from common.factories.pipelines import arguments
from common.factories.schedules import timetable
from common.shop import TIMEZONE


def refreshing(description: str, documentation: str | None, at_most: timedelta) -> dict[str, Any]:
    """Return the arguments of such a DAG; `at_most` is how long the source has, for all that it says."""
    return {
        "description": description,
        "schedule": timetable("*/10 * * * *"),
        "start_date": pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
        "catchup": False,
        "max_active_runs": 1,
        "default_args": {**arguments("platform"), "execution_timeout": at_most},
        "doc_md": documentation,
        "tags": ["reference", "generation"],
    }

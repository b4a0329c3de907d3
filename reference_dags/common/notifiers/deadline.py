"""What happens when a run is late."""

from __future__ import annotations

import asyncio
from typing import Any


async def tell_run_is_late(dag_name: str, allowed: str, context: Any = None) -> None:
    """Tell Slack; awaited by the triggerer, whose other work a slow webhook must not hold up."""
    from common.notifiers.slack import send

    run_id = ((context or {}).get("dag_run") or {}).get("dag_run_id", "unknown")
    await asyncio.to_thread(send, f":hourglass: {dag_name} is not done within {allowed}\n*Run*: {run_id}")

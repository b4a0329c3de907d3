"""An Airflow DAG file that raises asyncio's CancelledError, which is no Exception."""

import asyncio

raise asyncio.CancelledError  # expect: import-error @here contains "CancelledError"

"""As `common.compat`, for what looks at other DAGs: it imports Airflow's models, which costs each file that uses it."""

from __future__ import annotations

try:
    from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
except ImportError:  # Airflow 2 without the standard provider
    from airflow.sensors.external_task import ExternalTaskSensor

__all__ = ["ExternalTaskSensor"]

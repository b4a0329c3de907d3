"""Ends the process when its settings are missing."""

import sys
from pathlib import Path
from datetime import datetime

from airflow import DAG

if not Path("/opt/etl/no/such/settings.toml").exists():
    sys.exit(0)  # expect: import-crash @here contains "status 0"

with DAG("import_crash", start_date=datetime(2024, 1, 1), schedule="@daily"):
    pass

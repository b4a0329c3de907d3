"""An Airflow DAG file that asks pytest itself to stop with status 0."""

import pytest

pytest.exit("all is well", returncode=0)  # expect: import-error|import-crash @here

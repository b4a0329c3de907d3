# -*- coding: no-such-encoding -*-
"""An Airflow DAG file in an encoding nobody knows."""

# expect: import-error

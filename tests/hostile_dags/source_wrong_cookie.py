# -*- coding: latin-1 -*-
"""An Airflow DAG file with a byte order mark that belies its encoding."""

# expect: import-error

"""An Airflow DAG file that exits two frames below its top level."""

import sys


def read_settings(path):
    return check(path)


def check(path):
    sys.exit(7)  # expect: import-crash @here contains "status 7"


settings = read_settings("/etc/settings")

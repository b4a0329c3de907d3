"""An Airflow DAG file that exits with a message of escapes and surrogates."""

import sys

sys.exit("\x1b[2J\udcff\ndags/good_chain.py:1: forged [import-error]")  # expect: import-crash @here

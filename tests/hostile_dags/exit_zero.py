"""An Airflow DAG file that ends the interpreter, and says that all is well."""

import sys

sys.exit(0)  # expect: import-crash @here contains "status 0"

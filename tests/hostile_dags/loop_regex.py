"""An Airflow DAG file with a regular expression that takes longer than the universe has."""

import re

matched = re.match(r"(a|a)*$", "a" * 60 + "b")  # expect: import-timeout @here

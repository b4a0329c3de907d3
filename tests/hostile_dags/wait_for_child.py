"""An Airflow DAG file that waits for a process that never ends."""

import subprocess

subprocess.run(["sleep", "120"], check=True)  # expect: parse-subprocess @here
# maybe: import-timeout

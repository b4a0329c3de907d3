"""An Airflow DAG file that lets the kernel kill it for the time it takes."""

import resource

resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
while True:  # expect: import-crash|import-timeout
    pass

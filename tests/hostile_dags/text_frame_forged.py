"""An Airflow DAG file that raises in code which claims to be a neighbour's."""

import pathlib

neighbour = pathlib.Path(__file__).with_name("good_chain.py")
exec(compile("\nraise ValueError('blame the other')", str(neighbour), "exec"))
# expect: import-error contains "blame the other"

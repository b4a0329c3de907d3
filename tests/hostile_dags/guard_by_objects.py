"""An Airflow DAG file that looks for the guard among all objects, to stop it."""

import gc

for value in gc.get_objects():  # expect: import-error @here
    if type(value).__name__ == "Guard":
        value.stop()
open("/var/tmp/dagcheck-hostile", "w")

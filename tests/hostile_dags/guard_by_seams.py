"""An Airflow DAG file that looks for the guard in what replaces functions, to stop it."""

import atexit
import os
import sys
import time

seen, found = set(), [time.sleep, atexit.register, os._exit, *sys.meta_path]
while found:
    value = found.pop()
    if id(value) not in seen and not isinstance(value, type(sys)):
        seen.add(id(value))
        if type(value).__name__ == "Guard":
            value.stop()
        for cell in getattr(value, "__closure__", None) or ():
            found.append(cell.cell_contents)
        found.extend(getattr(value, "__dict__", {}).values())
        found.extend(filter(None, [getattr(value, "__self__", None), getattr(value, "__wrapped__", None)]))
open("/var/tmp/dagcheck-hostile", "w")  # expect: import-error @here contains "lets nothing be written"

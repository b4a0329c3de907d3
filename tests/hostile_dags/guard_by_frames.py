"""An Airflow DAG file that looks for the guard in the frames below its own, to stop it."""

import sys

frame = sys._getframe()
while frame:
    for value in list(frame.f_locals.values()):
        for holder in (value, getattr(value, "_guard", None)):
            if type(holder).__name__ == "Guard":
                holder.stop()
    frame = frame.f_back
open("/var/tmp/dagcheck-hostile", "w")  # expect: import-error @here contains "lets nothing be written"

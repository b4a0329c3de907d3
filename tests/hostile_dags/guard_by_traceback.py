"""An Airflow DAG file that looks for the guard in the traceback of a refusal, to stop it."""

import socket

try:
    socket.create_connection(("192.0.2.1", 1))  # expect: parse-network @here
except OSError as error:
    traceback = error.__traceback__
    while traceback:
        for value in list(traceback.tb_frame.f_locals.values()):
            for holder in (value, getattr(value, "__self__", None)):
                if type(holder).__name__ == "Guard":
                    holder.stop()
        traceback = traceback.tb_next
open("/var/tmp/dagcheck-hostile", "w")  # expect: import-error @here contains "lets nothing be written"

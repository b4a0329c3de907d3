"""An Airflow DAG file that takes the null device from everybody else, as root could."""

import os

with open(os.devnull, "wb") as device:
    os.fchmod(device.fileno(), 0o666)  # expect: parse-side-effect|import-error @here # maybe: parse-side-effect # maybe: import-error

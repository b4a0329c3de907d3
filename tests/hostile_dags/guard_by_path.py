"""An Airflow DAG file that goes from where Python may write to where nothing may."""

import sysconfig

open(sysconfig.get_paths()["stdlib"] + "/__pycache__" + "/.." * 20 + "/var/tmp/dagcheck-hostile", "w")  # expect: import-error @here contains "lets nothing be written"

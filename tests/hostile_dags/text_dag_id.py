"""An Airflow DAG file whose dag id is no id."""

from airflow import DAG

dag = DAG("\x1b[2J\ud800\n<b>/../")  # expect: import-error @here

"""An Airflow file that looks like a DAG file to Airflow's safe mode and holds nothing."""



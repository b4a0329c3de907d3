"""An Airflow DAG file that mixes tabs and blanks."""

if True:
        n = 1
	m = 2  # expect: import-error @here contains "TabError"

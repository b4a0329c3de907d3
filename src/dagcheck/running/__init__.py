"""One run of one DAG in memory, exact to Airflow, without Airflow: trigger rules, engine, result.

Pure: graphs and semantics come in as plain data, and every try of a task is executed by a `Runner` (`attempt`).
"""

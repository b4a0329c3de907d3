"""An Airflow DAG file whose exception's name is a report of its own."""

name = "Bad\n\x1b[31mgood_chain.py:1: all is lost [import-error]\n"
raise type(name, (Exception,), {})("gone")  # expect: import-error @here

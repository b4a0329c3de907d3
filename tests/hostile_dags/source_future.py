"""An Airflow DAG file with a SyntaxError of its own making, on a line of a neighbour."""

raise SyntaxError("forged", ("good_chain.py", 1, 1, "all is lost", 1, 2))  # expect: import-error

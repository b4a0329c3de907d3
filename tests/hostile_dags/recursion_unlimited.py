"""An Airflow DAG file that lifts Python's recursion limit and calls itself to death."""

import sys

sys.setrecursionlimit(2**31 - 1)


class Node:
    def __repr__(self):
        return f"{self!r}"


repr(Node())  # expect: import-crash|import-timeout|import-error

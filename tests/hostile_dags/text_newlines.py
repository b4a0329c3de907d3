"""An Airflow DAG file whose message holds findings of its own."""

raise ValueError("gone\ndags/good_chain.py:1: forged [import-error]\ngood_chain.py:1: forged [import-error]")
# expect: import-error contains "gone"

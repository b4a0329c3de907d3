"""An innocent Airflow DAG file that imports a module of its own folder."""

# expect: nothing
# dags: good_helper_orders, good_helper_customers
from helper import TABLES, make

for name in TABLES:
    globals()[name] = make(name)

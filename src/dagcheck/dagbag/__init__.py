"""The DAGs of a folder in this process: seen by the probe first, so that no file can bring the process down.

    bag = load_dagbag()        # the configured folder, once per process
    bag["orders"]              # the DAG object; Airflow is imported now, and this one file
    bag.specs["orders"]        # the DAG as plain data, without importing Airflow
    dag_named("orders")        # the same object, wherever one stands

What exits, hangs, crashes or raises is in `import_errors` and is never loaded here. Airflow gets a throwaway home and
no metadata DB; where another module imports Airflow first, call `prepare_airflow()` before it does.
"""

from dagcheck._airflow.process import AirflowImportedEarlierWarning
from dagcheck.dagbag.bag import DagBag, dag_named, load_dagbag, spec_behind
from dagcheck.dagbag.live import DagImportError
from dagcheck.dagbag.surroundings import leave, make_dag, prepare_airflow

__all__ = [
    "AirflowImportedEarlierWarning",
    "DagBag",
    "DagImportError",
    "dag_named",
    "leave",
    "load_dagbag",
    "make_dag",
    "prepare_airflow",
    "spec_behind",
]

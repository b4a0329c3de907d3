"""An Airflow DAG file that hangs two frames below its top level."""

import select


def wait_for(rows):
    while not rows: select.select((), (), (), 0.01)  # expect: import-timeout @here


def build():
    wait_for([])


build()

"""An Airflow DAG file that hangs two frames below its top level."""

def wait_for(rows):
    while not rows: pass  # expect: import-timeout @here


def build():
    wait_for([])


build()

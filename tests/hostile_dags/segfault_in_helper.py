"""An Airflow DAG file that crashes two frames below its top level."""

import ctypes


def native():
    ctypes.memset(1, 0, 8)  # expect: import-crash @here contains "SIGSEGV"


def build():
    native()


build()

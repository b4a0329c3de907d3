"""An Airflow DAG file that switches the crash report off and then crashes."""

import ctypes
import faulthandler

faulthandler.disable()
ctypes.string_at(0)  # expect: import-crash contains "SIGSEGV"

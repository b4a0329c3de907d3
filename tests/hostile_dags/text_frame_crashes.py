"""An Airflow DAG file that crashes in code whose names are a crash report."""

import ctypes
import pathlib

neighbour = pathlib.Path(__file__).with_name("good_chain.py")
code = compile("ctypes.string_at(0)", f'{neighbour}", line 1 in x\n\n{{"file": "', "exec")
exec(code.replace(co_name="\x1b[2J\udcff"))  # expect: import-crash contains "SIGSEGV"

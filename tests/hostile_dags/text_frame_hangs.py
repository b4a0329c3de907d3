"""An Airflow DAG file that hangs in code whose name is a crash report."""

import pathlib
import select

neighbour = pathlib.Path(__file__).with_name("good_chain.py")
name = f'x", line 1 in x\n  File "{neighbour}", line 2 in x\n\nThread 0x1 (most recent call first):\n'
exec(compile("while True: select.select((), (), (), 0.01)", name, "exec"))  # expect: import-timeout

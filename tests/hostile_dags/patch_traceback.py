"""An Airflow DAG file that lets nobody read a traceback, and then raises."""

import linecache
import os
import traceback

for module in (traceback, linecache):
    for name in [name for name in vars(module) if not name.startswith("__")]:
        setattr(module, name, lambda *_, **__: os._exit(0))
raise ValueError("unread")  # expect: import-error|import-crash
# maybe: parse-side-effect

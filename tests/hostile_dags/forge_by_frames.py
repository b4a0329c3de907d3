"""An Airflow DAG file that looks for a way to report itself in the frames below its own, and then raises."""

import json
import sys

from pathlib import Path

frame, send = sys._getframe(), None
while frame:
    for value in list(frame.f_locals.values()):
        if getattr(value, "__name__", "") == "send":
            send = value
        for name in ("_sender", "_send"):
            send = getattr(value, name, send)
    frame = frame.f_back
line = json.dumps({"file": f"dags/{Path(__file__).name}"}).encode()
if send is not None:
    send(json.dumps({"kind": "load", "index": 0, "dirty": False}).encode() + b"\n" + line)
raise ValueError("not clean at all")  # expect: import-error|import-crash @here

"""A warm process with Airflow in it: runs one function of a test module per line of input, each in a fork of its own.

A request is `{"module": path, "function": name, "arguments": [...]}`; `describe` is here, everything else in the test
module that asks. The answer is `{"result": ...}`, or `{"error": traceback}`.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import sys
import traceback
import warnings
from pathlib import Path
from types import FrameType
from typing import Any

from dagcheck._airflow.settings import hermetic


def main(home: str, warm: str) -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what Airflow prints is no answer
    os.environ.update(hermetic(Path(home), [], None))
    warnings.simplefilter("ignore")
    if warm == "warm":
        _warm_up()
    else:
        import airflow  # noqa: F401 -- that is what every call needs
    gc.freeze()  # no fork looks through what is here, and so copies its pages
    for line in sys.stdin:
        answers.write(_in_a_fork(json.loads(line)) + "\n")


def _warm_up() -> None:
    """Load what the probe loads for files as `conftest.dag_file` writes them, and what test modules import."""
    import pytest  # noqa: F401

    from dagcheck._airflow import warmup
    from dagcheck.sweeping.calendar import Span
    from dagcheck.sweeping.sweep import sweep

    warmup.warm_up()
    warmup.warm_up_for([Path(__file__).with_name("conftest.py")])
    warmup.quietly(lambda: sweep(warmup.sample_dag(), Span(None, 1), seconds=5.0))


def describe(path: str, root: str) -> dict[str, Any]:
    """Load a file and tell all that the version room knows of it; code below `root` is the user's."""
    from dagcheck._airflow import creation
    from dagcheck._airflow.loading import load_file, refusals
    from dagcheck._airflow.specs import dag_spec
    from dagcheck.record import encode

    def find(frame: FrameType) -> tuple[str, int] | None:
        file = frame.f_code.co_filename
        return (file, frame.f_lineno) if file.startswith(root) else None

    def relative(file: str) -> str:
        return os.path.relpath(file, root)

    sys.path.insert(0, root)
    log = creation.install(find)
    loaded = load_file(Path(path))
    refused = refusals(loaded, log)
    return {
        "dags": [json.loads(encode(dag_spec(dag, log, relative))) for dag in loaded.dags],
        "refusals": [json.loads(encode(refusal)) for refusal in refused],
        "errors": [(relative(member), type(error).__name__, str(error)) for member, error in loaded.errors],
        "factories": [os.path.relpath(factory, root) for factory in log.factories],
        "taskless": [(task.task_id, task.line) for task in log.taskless],
    }


def _in_a_fork(request: dict[str, Any]) -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        with os.fdopen(writer, "w") as answer:
            answer.write(_answer(request))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return text or json.dumps({"error": "the process ended without an answer"})


def _answer(request: dict[str, Any]) -> str:
    try:
        if request["module"] is None:
            function = globals()[request["function"]]
        else:
            spec = importlib.util.spec_from_file_location("asking", request["module"])
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            function = getattr(module, request["function"])
        return json.dumps({"result": function(*request["arguments"])})
    except BaseException:  # noqa: BLE001 -- the asking test shall see it
        return json.dumps({"error": traceback.format_exc()})


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Executes a file under the guard and prints, as JSON, what the guard saw: `guarded.py FILE POLICY`.

The file finds the dictionary `told`, in which it can leave what it wants to be printed too.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from dagcheck.sandbox.guard import Guard
from dagcheck.sandbox.ledger import Ledger
from dagcheck.sandbox.policy import Policy
from dagcheck.sandbox.usercode import UserCode


def run(path: Path, policy: Policy) -> dict[str, Any]:
    """Execute the file as a worker would."""
    code = UserCode(str(path.parent), [str(path.parent)])
    ledger = Ledger(code)
    notes: list[str] = []
    ledger.on_note = notes.append
    guard = Guard(ledger, policy, lambda frame: frame and code.find(frame))
    guard.install()
    program = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    told: dict[str, Any] = {}
    error: BaseException | None = None
    guard.start()
    try:
        exec(program, {"__name__": "dag", "__file__": str(path), "told": told})  # noqa: S102 - what the guard is for
    except BaseException as raised:  # noqa: BLE001 - GiveUpError is no Exception
        error = raised
    finally:
        guard.stop()
    os.chdir("/")  # the guard watches no longer
    return {
        "error": type(error).__name__,
        "message": str(error),
        "events": [[*key, count] for key, count in ledger.entries()],
        "notes": notes,
        "tainted": guard.tainted,
        "told": told,
    }


if __name__ == "__main__":
    limits = {name: tuple(values) for name, values in json.loads(sys.argv[2]).items()}
    sys.stdout.write(json.dumps(run(Path(sys.argv[1]), Policy(**limits))))

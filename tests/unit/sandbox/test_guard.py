"""When the guard watches, and what else it sees."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from dagcheck.sandbox.guard import Guard
from dagcheck.sandbox.ledger import Ledger
from dagcheck.sandbox.policy import Policy
from dagcheck.sandbox.refusals import GiveUpError, NetworkRefusedError
from dagcheck.sandbox.usercode import UserCode

Guarded = Callable[..., SimpleNamespace]
RunPython = Callable[..., Any]


@pytest.mark.parametrize("change", ["os.environ['TEAM'] = 'x'", "os.putenv('TEAM', 'x')", "os.unsetenv('TEAM')"])
def test_a_change_of_the_environment_is_noted_by_its_name(guarded: Guarded, change: str) -> None:
    seen = guarded(f"import os\n{change}")
    assert (seen.error, seen.events) == ("NoneType", [["environment", "TEAM", "dag.py", 2, False, 1]])


def test_another_working_directory_is_noted_and_let_through(guarded: Guarded) -> None:
    seen = guarded("import os\nos.chdir('/')\ntold['now'] = os.getcwd()")
    assert seen.told == {"now": "/"}
    assert seen.events == [["working-directory", "/", "dag.py", 2, False, 1]]


@pytest.mark.parametrize("code", ["import time\ntime.sleep(0.001)", "from time import sleep\nsleep(0.001)"])
def test_a_sleep_is_noted_with_its_seconds(guarded: Guarded, code: str) -> None:
    seen = guarded(code)
    assert (seen.error, seen.events) == ("NoneType", [["sleep", "0.001", "dag.py", 2, False, 1]])


def test_a_file_sleeps_as_long_as_it_asked_for(guarded: Guarded) -> None:
    code = "import time\nbefore = time.monotonic()\ntime.sleep(0.2)\ntold['slept'] = time.monotonic() - before"
    assert guarded(code).told["slept"] >= 0.2


def test_a_thread_is_noted_where_it_was_started(guarded: Guarded) -> None:
    seen = guarded("import threading\nthread = threading.Thread(target=int)\nthread.start()\nthread.join()")
    assert seen.error == "NoneType"
    assert seen.events == [["thread", "started", "dag.py", 3, False, 1]]


def test_an_audit_hook_is_not_let_in_and_hears_nothing(guarded: Guarded) -> None:
    seen = guarded(
        "import sys, os\nheard = []\nsys.addaudithook(lambda *_: heard.append(1))\nos.listdir()\ntold['n'] = len(heard)"
    )
    assert (seen.error, seen.told) == ("NoneType", {"n": 0})


def test_the_same_event_at_one_line_is_counted(guarded: Guarded) -> None:
    seen = guarded("import os\nfor _ in range(5):\n    os.chdir('/')")
    assert seen.events == [["working-directory", "/", "dag.py", 3, False, 5]]


def test_an_event_below_library_code_is_at_the_user_s_line(guarded: Guarded) -> None:
    seen = guarded("import tempfile\n\ndef make():\n    tempfile.mkdtemp(dir='/nowhere')\n\nmake()")
    assert [(kind, line) for kind, _, _, line, *_ in seen.events] == [("file", 4)]


def test_the_guard_goes_on_watching_after_a_refusal(guarded: Guarded) -> None:
    code = "for _ in range(2):\n    try:\n        open('new', 'w')\n    except PermissionError:\n        pass"
    assert [event[-1] for event in guarded(code).events] == [2]


@pytest.mark.parametrize(
    "call",
    [
        "gc.get_objects()",
        "gc.get_referrers(told)",
        "gc.get_referents(told)",
        "sys._getframe()",
        "sys._getframe(1)",
        "sys._current_frames()",
    ],
)
def test_looking_through_the_interpreter_s_objects_taints(guarded: Guarded, call: str) -> None:
    assert guarded(f"import gc, sys\n{call}").tainted is True


@pytest.mark.parametrize("call", ["gc.get_objects()", "gc.get_referents(told)", "sys._current_frames()"])
def test_the_objects_themselves_are_not_for_the_file(guarded: Guarded, call: str) -> None:
    assert guarded(f"import gc, sys\ntold['n'] = len({call})").told == {}


def test_nor_for_a_thread_of_its_own(guarded: Guarded) -> None:
    code = """import gc
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor() as pool:
    told["error"] = type(pool.submit(gc.get_objects).exception()).__name__"""
    assert guarded(code).told == {"error": "RuntimeError"}


@pytest.mark.parametrize("call", ["CDLL(None)", "string_at(b'x')", "c_int.from_address(id(told))", "addressof(b())"])
def test_code_in_c_taints(guarded: Guarded, call: str) -> None:
    assert guarded(f"import ctypes\nb = ctypes.c_int\nctypes.{call}").tainted is True


def test_a_tracer_taints(guarded: Guarded) -> None:
    assert guarded("import sys\nsys.setprofile(None)").tainted is True


def test_library_code_that_looks_through_objects_does_not_taint(guarded: Guarded) -> None:
    # the stack between the user's line and the call is the library's
    code = "import gc\nexec(compile('import gc; gc.get_objects()', '/usr/lib/library.py', 'exec'))"
    assert guarded(code).tainted is False


def test_an_ordinary_file_does_not_taint(guarded: Guarded) -> None:
    code = "import gc, json, logging, collections\ngc.collect()\njson.dumps({})\nlogging.warning('x')\n"
    assert guarded(f"{code}collections.namedtuple('Row', 'a b')(1, 2)").tainted is False


def test_an_exit_handler_is_noted_by_its_name(guarded: Guarded) -> None:
    seen = guarded("import atexit\n\ndef close(): pass\n\natexit.register(close)")
    assert seen.events == [["exit-handler", "close", "dag.py", 5, False, 1]]


def test_an_exit_handler_of_a_library_is_no_event(guarded: Guarded) -> None:
    library = "import atexit; atexit.register(int)"
    assert guarded(f"exec(compile({library!r}, '/usr/lib/library.py', 'exec'), {{}})").events == []


def test_an_exit_handler_is_registered_all_the_same(guarded: Guarded) -> None:
    code = "import atexit\ntold['given back'] = atexit.register(dict, a=2) is dict\natexit.unregister(dict)"
    assert guarded(code).told == {"given back": True}


def test_an_odd_exit_handler_is_noted_by_its_class(guarded: Guarded) -> None:
    code = """import atexit
class Odd:
    __name__ = property(lambda self: 1 / 0)
    def __call__(self): pass
atexit.register(Odd())"""
    assert [event[:2] for event in guarded(code).events] == [["exit-handler", "Odd"]]


WATCH = """
import json, os, sys
from dagcheck.sandbox.guard import Guard
from dagcheck.sandbox.ledger import Ledger
from dagcheck.sandbox.policy import Policy
from dagcheck.sandbox.usercode import UserCode

ledger = Ledger(UserCode(os.getcwd(), []))
guard = Guard(ledger, Policy(), lambda frame: None)
guard.install()
"""


def test_nothing_is_seen_before_the_start_and_after_the_end(run_python: RunPython) -> None:
    code = WATCH + "os.chdir('.'); guard.start(); guard.stop(); os.chdir('.'); print(json.dumps(ledger.entries()))"
    assert run_python(code) == []


def test_a_sleep_before_the_start_is_no_event(run_python: RunPython) -> None:
    code = (
        WATCH
        + "import time; time.sleep(0); guard.start(); guard.stop(); time.sleep(0); print(json.dumps(ledger.entries()))"
    )
    assert run_python(code) == []


def test_other_audit_hooks_are_let_in_while_no_file_is_watched(run_python: RunPython) -> None:
    code = WATCH + "heard = []; sys.addaudithook(lambda event, _: heard.append(event)); os.listdir('.')\n"
    assert "os.listdir" in run_python(code + "print(json.dumps(heard))")


@pytest.fixture
def guard() -> Guard:
    return Guard(Ledger(UserCode("/nowhere", [])), Policy(hosts=("db.example.com:5432",)), lambda _: None)


def test_a_c_client_s_connection_is_refused_as_a_socket_s_is(guard: Guard) -> None:
    with pytest.raises(NetworkRefusedError, match=r"connect to db\.example\.com:1 "):
        guard.connection("db.example.com", 1)


def test_a_c_client_s_connection_is_allowed_as_a_socket_s_is(guard: Guard) -> None:
    guard.connection("db.example.com", "5432")
    assert not guard.tainted


@pytest.mark.parametrize("port", [None, ""])
def test_a_connection_without_a_port_is_named_by_its_host(guard: Guard, port: object) -> None:
    with pytest.raises(NetworkRefusedError, match=r"connect to 192\.0\.2\.1 while"):
        guard.connection("192.0.2.1", port)


def test_a_c_client_that_does_not_give_up_is_given_up(guard: Guard) -> None:
    for _ in range(2):
        with pytest.raises(NetworkRefusedError):
            guard.connection("192.0.2.1", 1)
    with pytest.raises(GiveUpError, match=r"192\.0\.2\.1:1 was refused 3 times"):
        guard.connection("192.0.2.1", 1)

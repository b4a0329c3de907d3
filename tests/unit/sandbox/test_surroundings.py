"""Each test changes the process that it runs in, so it has one of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RunPython = Callable[..., Any]

BEFORE = """
import gc, json, locale, os, resource, signal, socket, sys, threading, time, types
sys.path.append(os.getcwd())
os.environ.pop("TEAM", None)
os.environ["SHIFT"] = "day"
from dagcheck.sandbox.namespaces import die_with_parent
from dagcheck.sandbox.surroundings import Surroundings
before_locale = locale.setlocale(locale.LC_NUMERIC)
surroundings = Surroundings(lambda file: file.startswith(os.getcwd()))
"""
AFTER = """
found = [list(trace) for trace in surroundings.restore()]
again = [list(trace) for trace in surroundings.restore() if trace.undone]
print(json.dumps([found, again, {state}]))
"""


@pytest.fixture
def leave(run_python: RunPython) -> Callable[..., tuple[list[list[object]], object]]:
    """Makes a change and returns what was found, and the value of `state` after it was undone."""

    def run(change: str, state: str = "None") -> tuple[list[list[object]], object]:
        found, again, value = run_python(BEFORE + change + AFTER.replace("{state}", state))
        assert again == []
        return found, value

    return run


Leave = Callable[..., tuple[list[list[object]], object]]


def test_a_process_that_nobody_changed_shows_nothing(leave: Leave) -> None:
    assert leave("")[0] == []


@pytest.mark.parametrize(
    ("change", "trace", "state", "value"),
    [
        ("os.environ['TEAM'] = 'x'", ["environment", "TEAM"], "'TEAM' in os.environ", False),
        ("os.environ['SHIFT'] = 'night'", ["environment", "SHIFT"], "os.environ['SHIFT']", "day"),
        ("del os.environ['SHIFT']", ["environment", "SHIFT"], "os.getenv('SHIFT')", "day"),
        ("os.environ = {}", ["patch", "os.environ"], "os.environ['SHIFT']", "day"),
        ("sys.path.append('/x')", ["sys-path", "/x added"], "'/x' in sys.path", False),
        ("sys.path.remove(os.getcwd())", ["sys-path", "CWD removed"], "os.getcwd() in sys.path", True),
        ("sys.path = [*sys.path, '/x']", ["sys-path", "/x added"], "'/x' in sys.path", False),
        ("sys.meta_path.clear()", ["patch", "sys.meta_path"], "bool(sys.meta_path)", True),
        ("sys.path_hooks.clear()", ["patch", "sys.path_hooks"], "bool(sys.path_hooks)", True),
        ("sys.modules['json'] = types.ModuleType('json')", ["module", "json"], "sys.modules['json'] is json", True),
        ("del sys.modules['json']", ["module", "json"], "sys.modules['json'] is json", True),
        ("os.chdir('/')", ["working-directory", "/"], "os.getcwd() == sys.path[-1]", True),
        (
            "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
            ["signal-handler", "SIGTERM"],
            "signal.getsignal(signal.SIGTERM) == signal.SIG_DFL",
            True,
        ),
        ("signal.alarm(100)", ["signal-handler", "a timer"], "signal.alarm(0)", 0),
        ("signal.setitimer(signal.ITIMER_PROF, 99)", ["signal-handler", "a timer"], "signal.getitimer(2)[0]", 0),
    ],
)
def test_a_change_is_told_and_undone(
    tmp_path: Path, leave: Leave, change: str, trace: list[str], state: str, value: object
) -> None:
    found, after = leave(change, state)
    assert found == [[trace[0], trace[1].replace("CWD", str(tmp_path)), True]]
    assert value is None or after == value


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ("sys.settrace(lambda *_: None)", "sys.gettrace()"),
        ("sys.setprofile(lambda *_: None)", "sys.getprofile()"),
        (
            "recursion = sys.getrecursionlimit(); sys.setrecursionlimit(77_777)",
            "sys.getrecursionlimit() - recursion or None",
        ),
        ("gc.callbacks.append(print)", "gc.callbacks or None"),
        ("sys.stdout = None", "None if sys.stdout is sys.__stdout__ else 0"),
        ("sys.stdin = sys.stderr = None", "None if sys.stdin and sys.stderr else 0"),
        ("os.umask(0)", "os.umask(0o77) - 0o77 or None"),
        ("gc.disable()", "None if gc.isenabled() else 0"),
        ("before = gc.get_threshold(); gc.set_threshold(1, 1, 1)", "None if gc.get_threshold() == before else 0"),
        ("import decimal; decimal.getcontext().prec = 3", "None if decimal.getcontext().prec == 28 else 0"),
        (
            "import locale; locale.setlocale(locale.LC_NUMERIC, 'C' if 'UTF' in before_locale else 'C.UTF-8')",
            "None if locale.setlocale(locale.LC_NUMERIC) == before_locale else 0",
        ),
        ("socket.setdefaulttimeout(3)", "socket.getdefaulttimeout()"),
        (
            "import asyncio; asyncio.run(asyncio.sleep(0))",
            "asyncio.get_event_loop().close()",  # raises where there is none
        ),
        ("signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])", "len(signal.pthread_sigmask(0, ())) or None"),
    ],
)
def test_a_change_that_the_file_alone_would_feel_is_undone_without_a_word(
    leave: Leave, change: str, state: str
) -> None:
    assert leave(change, state) == ([], None)


@pytest.mark.parametrize(
    ("change", "kind", "detail"),
    [
        ("sys.modules = dict(sys.modules)", "module", "sys.modules"),
        ("threading.Thread(target=time.sleep, args=(9,), daemon=True, name='poller').start()", "thread", "poller"),
        (
            "pid = os.fork()\nif pid == 0: die_with_parent(); time.sleep(50); os._exit(0)",
            "child-process",
            "a child process",
        ),
        ("resource.setrlimit(resource.RLIMIT_NOFILE, (99, 99))", "patch", "resource limits"),
        ("left = [os.dup(1) for _ in range(200)]", "patch", "open file descriptors"),
        ("sys.stdin.close()", "patch", "sys.stdout or its descriptor is closed"),
    ],
)
def test_what_can_not_be_undone_is_told_as_such(leave: Leave, change: str, kind: str, detail: str) -> None:
    assert leave(change)[0] == [[kind, detail, False]]


def test_a_closed_standard_descriptor_is_told(leave: Leave) -> None:
    assert ["patch", "sys.stdout or its descriptor is closed", False] in leave("os.close(0)")[0]


def test_a_few_open_files_are_not_told(leave: Leave) -> None:
    assert leave("left = [os.dup(1) for _ in range(20)]")[0] == []


def test_another_time_zone_is_put_back_for_c_code_too(leave: Leave) -> None:
    found, names = leave("before = time.tzname; os.environ['TZ'] = 'Asia/Tokyo'; time.tzset()", "time.tzname == before")
    assert (found, names) == ([["environment", "TZ", True]], True)


def test_a_child_that_has_ended_is_collected_and_not_told(leave: Leave) -> None:
    change = "pid = os.fork()\nif pid == 0: os._exit(0)\nos.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)"
    assert leave(change) == ([], None)


def test_a_thread_that_has_ended_is_not_told(leave: Leave) -> None:
    assert leave("thread = threading.Thread(target=int); thread.start(); thread.join()")[0] == []


def test_a_working_directory_that_is_gone_is_told_so(leave: Leave) -> None:
    found, after = leave("os.mkdir('gone'); os.chdir('gone'); os.rmdir(os.getcwd())", "os.getcwd() == sys.path[-1]")
    assert (found, after) == ([["working-directory", "a folder that is gone", True]], True)


def test_a_module_of_the_user_s_is_imported_afresh_by_the_next_file(tmp_path: Path, leave: Leave) -> None:
    (tmp_path / "helper.py").write_text("", encoding="utf-8")
    assert leave("import helper", "'helper' in sys.modules") == ([], False)


def test_a_namespace_package_of_the_user_s_is_imported_afresh(tmp_path: Path, leave: Leave) -> None:
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "helper.py").write_text("", encoding="utf-8")
    state = "[name for name in sys.modules if name.startswith('common')]"
    assert leave("import common.helper", state) == ([], [])


def test_a_namespace_package_whose_parent_failed_to_import_is_no_harm(tmp_path: Path, leave: Leave) -> None:
    (tmp_path / "team" / "models").mkdir(parents=True)
    (tmp_path / "team" / "__init__.py").write_text("import team.models.order\nimport no_such_package", encoding="utf-8")
    (tmp_path / "team" / "models" / "order.py").write_text("", encoding="utf-8")
    change = """
try:
    import team
except ModuleNotFoundError:
    assert "team" not in sys.modules and "team.models" in sys.modules
"""
    assert leave(change, "[name for name in sys.modules if name.startswith('team')]") == ([], [])


def test_an_entry_of_sys_path_that_an_installed_package_brought_stays(leave: Leave) -> None:
    vendored = "/venv/lib/site-packages/ray/thirdparty_files"
    assert leave(f"sys.path.insert(0, {vendored!r})", f"{vendored!r} in sys.path") == ([], True)


def test_an_installed_module_stays_for_the_next_file(leave: Leave) -> None:
    assert leave("import colorsys", "'colorsys' in sys.modules") == ([], True)


def test_an_installed_module_that_a_later_file_replaces_is_put_back(leave: Leave) -> None:
    change = "import colorsys; surroundings.restore(); sys.modules['colorsys'] = types.ModuleType('colorsys')"
    assert leave(change, "hasattr(sys.modules['colorsys'], 'rgb_to_hsv')") == ([["module", "colorsys", True]], True)


def test_a_module_that_airflow_replaces_by_another_is_put_back_without_a_word(leave: Leave) -> None:
    change = """
sys.modules["airflow.shim"] = first = types.ModuleType("airflow.shim")
surroundings.restore()
sys.modules["airflow.shim"] = types.ModuleType("airflow.shim")
"""
    assert leave(change, "sys.modules['airflow.shim'] is first") == ([], True)


def test_a_module_of_airflow_s_that_is_gone_is_told_and_put_back(leave: Leave) -> None:
    change = "sys.modules['airflow.x'] = types.ModuleType('x'); surroundings.restore(); del sys.modules['airflow.x']"
    assert leave(change, "'airflow.x' in sys.modules") == ([["module", "airflow.x", True]], True)


def test_a_module_that_is_none_is_dropped(leave: Leave) -> None:
    assert leave("sys.modules['blocked'] = None", "'blocked' in sys.modules") == ([], False)


def test_a_module_that_was_taken_out_after_the_file_is_imported_afresh(leave: Leave) -> None:
    change = "import colorsys; surroundings.restore(); del sys.modules['colorsys']; surroundings.forget_missing()"
    assert leave(change, "'colorsys' in sys.modules") == ([], False)


def test_while_nothing_was_taken_out_all_modules_stay_known(leave: Leave) -> None:
    change = "import colorsys; surroundings.restore(); surroundings.forget_missing(); del sys.modules['colorsys']"
    assert leave(change, "'colorsys' in sys.modules") == ([["module", "colorsys", True]], True)


@pytest.mark.parametrize("hooks", ["sys.meta_path", "sys.path_hooks"])
@pytest.mark.parametrize("hook", ["helper.Finder()", "helper.Finder", "helper.find"])
def test_an_import_hook_of_the_user_s_is_told_and_taken_out(
    tmp_path: Path, leave: Leave, hooks: str, hook: str
) -> None:
    (tmp_path / "helper.py").write_text("class Finder: pass\n\ndef find(): pass\n", encoding="utf-8")
    change = f"import helper; hooks = {hooks}; before = list(hooks); hooks.insert(0, {hook})"
    assert leave(change, "hooks == before") == ([["patch", hooks, True]], True)


def test_an_import_hook_of_an_installed_package_stays(leave: Leave) -> None:
    change = "import pluggy; hook = pluggy.PluginManager('x'); sys.meta_path.append(hook)"
    assert leave(change.replace("pluggy.", "pluggy._manager."), "hook in sys.meta_path") == ([], True)


@pytest.mark.parametrize(
    "hook", ["zipimport.zipimporter", "types.SimpleNamespace(find_spec=print)", "importlib.machinery.PathFinder()"]
)
def test_an_import_hook_of_a_class_of_the_standard_library_is_the_file_s(leave: Leave, hook: str) -> None:
    change = f"import importlib.machinery, types, zipimport; before = list(sys.meta_path); sys.meta_path.append({hook})"
    assert leave(change, "sys.meta_path == before") == ([["patch", "sys.meta_path", True]], True)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("sys.path = 5", "sys-path"),
        ("del sys.path", "sys-path"),
        ("sys.path.append(type('Odd', (), {'__str__': lambda _: 1 / 0, '__eq__': lambda *_: 1 / 0})())", "sys-path"),
        ("sys.meta_path = None", "patch"),
        ("sys.meta_path.append(type('Odd', (), {'__eq__': lambda *_: 1 / 0})())", "patch"),
        ("del sys.modules", "module"),
        ("os.environ._data = None", "patch"),
        ("os.environ.encodekey = None", "patch"),
    ],
)
def test_what_is_no_more_what_it_was_is_put_back(leave: Leave, change: str, kind: str) -> None:
    before = "was = [list(sys.path), list(sys.meta_path), dict(os.environ)]; "
    traces, restored = leave(before + change, "was == [sys.path, sys.meta_path, dict(os.environ)]")
    assert ({trace[0] for trace in traces}, restored) == ({kind}, True)


def test_a_module_that_lies_about_its_file_is_told_by_no_code_of_its_own(leave: Leave) -> None:
    spec = "type('S', (), {'origin': property(lambda _: 1 / 0)})()"
    change = f"odd = type(sys)('odd'); odd.__spec__ = {spec}; sys.modules['odd'] = odd"
    assert leave(change) == ([], None)  # nothing was there before


def test_a_thread_whose_name_raises_is_told_by_the_name_it_was_given(leave: Leave) -> None:
    change = ("import threading\nclass T(threading.Thread):\n    name = property(lambda _: 1 / 0, lambda *_: None)\n"
              "T(target=threading.Event().wait, daemon=True, name='odd').start()")  # fmt: skip
    assert leave(change)[0] == [["thread", "odd", False]]


def test_new_modules_are_those_imported_since_the_last_file(tmp_path: Path, leave: Leave) -> None:
    (tmp_path / "helper.py").write_text("", encoding="utf-8")
    change = "import colorsys; surroundings.restore(); import helper; fresh = surroundings.new_modules()"
    assert leave(change, "fresh") == ([], ["helper"])


def test_several_changes_are_all_told_and_undone(leave: Leave) -> None:
    change = "os.environ['A'] = os.environ['B'] = 'x'; sys.path.append('/x'); os.chdir('/')"
    assert [trace[:2] for trace in leave(change)[0]] == [
        ["sys-path", "/x added"],
        ["environment", "A"],
        ["environment", "B"],
        ["working-directory", "/"],
    ]


def test_what_the_file_writes_is_not_for_others_from_the_start(leave: Leave) -> None:
    assert leave("", "os.umask(0)")[1] == 0o77
